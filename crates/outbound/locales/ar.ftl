# كل الرسائل.
link-below = إذا لم يعمل الزر، فافتح هذا الرابط:
token = الرمز: { $token }
foot = أرسله Tollgate من { $site }. لا أحد يقرأ الردود على هذا العنوان.

password-reset-subject = تعيين كلمة مرور جديدة
password-reset-lead = طلب شخص ما كلمة مرور جديدة لحسابك. يعمل هذا الرابط مرة واحدة، خلال { $minutes } دقيقة.
password-reset-button = تعيين كلمة مرور جديدة
password-reset-end = إن لم تكن أنت من طلب ذلك، فلا تفعل شيئًا: تبقى كلمة مرورك كما هي.

address-verification-subject = أكِّد بريدك الإلكتروني
address-verification-lead = يريد شخص يسجّل الدخول بهذا العنوان أن يثبت أنه له. يعمل هذا الرابط مرة واحدة، خلال { $hours } ساعة.
address-verification-button = تأكيد هذا العنوان
address-verification-end = إن لم تكن أنت من طلب ذلك، فلا تفعل شيئًا: يبقى العنوان غير مؤكَّد.

test-subject = اختبار بريد Tollgate
test-lead = هذا اختبار. إذا كنت تقرأه، فإن { $site } يستطيع إرسال البريد.
test-end = لا يلزمك فعل شيء.
