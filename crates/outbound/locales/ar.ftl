# كل الرسائل.
link-below = إذا لم يعمل الزر، فافتح هذا الرابط:
token = الرمز: { $token }
foot = أرسله Tollgate من { $site }. لا أحد يقرأ الردود على هذا العنوان.
place-unknown = مكان مجهول

password-reset-subject = تعيين كلمة مرور جديدة
password-reset-lead = طلب شخص ما كلمة مرور جديدة لحسابك. يعمل هذا الرابط مرة واحدة، خلال { $minutes } دقيقة.
password-reset-button = تعيين كلمة مرور جديدة
password-reset-end = إن لم تكن أنت من طلب ذلك، فلا تفعل شيئًا: تبقى كلمة مرورك كما هي.

address-verification-subject = أكِّد بريدك الإلكتروني
address-verification-lead = يريد شخص أن يثبت أن هذا العنوان له. يعمل هذا الرابط مرة واحدة، خلال { $hours } ساعة.
address-verification-button = تأكيد هذا العنوان
address-verification-end = إن لم تكن أنت من طلب ذلك، فلا تفعل شيئًا: يبقى العنوان غير مؤكَّد.

confirmation-subject = هل كان هذا أنت؟ أكّد تسجيل دخول
confirmation-lead = يسجّل أحدهم الدخول بكلمة مرورك من جهاز أو شبكة لم يُستخدم حسابك منها من قبل. هذا الرمز يسمح بالدخول خلال { $minutes } دقيقة. اكتبه فقط في الصفحة التي تطلبه، ولا تخبر به أحدًا.
confirmation-end = إن لم تكن أنت، فكلمة مرورك معروفة لغيرك: عيّن كلمة جديدة في { $site }/forgot.
sign-in-link-subject = رابط الدخول
sign-in-link-lead = طلب شخص ما الدخول إلى حسابك بالبريد. يعمل هذا الرابط مرة واحدة، خلال { $minutes } دقيقة، في المتصفح الذي طلبه.
sign-in-link-button = تسجيل الدخول
sign-in-link-end = إن لم تكن أنت من طلب ذلك، فلا تفعل شيئًا، ولا تمرّر هذه الرسالة إلى أحد.

sign-in-code-subject = رمز الدخول
sign-in-code-lead = طلب شخص ما الدخول إلى حسابك بالبريد. اكتب هذا الرمز هناك؛ يعمل مرة واحدة، خلال { $minutes } دقيقة.
sign-in-code-end = إن لم تكن أنت من طلب ذلك، فلا تفعل شيئًا، ولا تخبر أحدًا بالرمز. لا يسأل عنه أحد ممن يديرون هذا الخادم.

factor-added-subject = أُضيف تطبيق مصادقة
factor-added-lead = منذ { $at } يتطلب الدخول إلى حسابك رمزًا من هذا التطبيق. انتهت جلساتك الأخرى.

factor-removed-subject = أُزيل تطبيق مصادقة
factor-removed-lead = منذ { $at } لم يعد أحد تطبيقات المصادقة يُدخلك.

passkey-added-subject = أُضيف مفتاح مرور
passkey-added-lead = منذ { $at } يُدخل مفتاح مرور جديد إلى حسابك. انتهت جلساتك الأخرى.

passkey-removed-subject = أُزيل مفتاح مرور
passkey-removed-lead = منذ { $at } لم يعد أحد مفاتيح المرور يُدخلك.

passkey-copied-subject = رُفض مفتاح مرور
passkey-copied-lead = في { $at } رُفض أحد مفاتيح المرور لديك لأنه ربما نُسخ من جهازه. إن لم يكن الجهاز في متناولك فسجّل الدخول بطريقة أخرى وأزله.

factors-reset-subject = أُزيلت عواملك الثانية
factors-reset-lead = في { $at } أزال المشغّل كل تطبيقات المصادقة ورموز الاسترداد من حسابك وأنهى جلساته. تكفي كلمة مرورك وحدها للدخول حتى تضيف تطبيقًا.

factor-blocked-subject = شخص يعرف كلمة مرورك يخمّن الرموز
factor-blocked-lead = في { $at } كان رمز آخر خاطئًا بعد كلمة المرور الصحيحة، لذلك لا يُقبل أي رمز لبعض الوقت. إن لم تكن أنت، فغيرك يعرف كلمة مرورك: عيّن كلمة جديدة.

password-blocked-subject = شخص سجّل الدخول باسمك يخمّن كلمة مرورك
password-blocked-lead = في { $at } أدخل شخص سجّل الدخول إلى حسابك كلمة المرور الحالية خطأً مرة أخرى، لذلك لا تُفحص أي كلمة هناك لبعض الوقت. إن لم تكن أنت، فأنهِ جلساتك الأخرى وعيّن كلمة مرور جديدة عبر البريد.

recovery-codes-made-subject = أُنشئت رموز استرداد جديدة
recovery-codes-made-lead = في { $at } أُنشئت رموز استرداد جديدة لحسابك. الرموز القديمة باطلة.

recovery-code-used-subject = استُخدم رمز استرداد
recovery-code-used-lead = في { $at } استُخدم رمز استرداد للدخول إلى حسابك أو لتغيير طريقة دخولك، من { $from }. { $left ->
    [0] لم يبقَ أي رمز.
    [one] بقي رمز واحد.
    [two] بقي رمزان.
   *[other] بقي { $left } من الرموز.
    } تُنشأ رموز جديدة تُبطل القديمة في { $site }/me/factors.

password-changed-subject = تغيّرت كلمة مرورك
password-changed-lead = منذ { $at } لحسابك كلمة مرور جديدة.

new-device-subject = سجّل جهاز جديد الدخول إلى حسابك
new-device-lead = في { $at } سجّل أحدهم الدخول إلى حسابك بجهاز أو من شبكة لا يعرفها الحساب: { $from }.

new-country-subject = تسجيل دخول إلى حسابك من بلد جديد
new-country-lead = في { $at } سجّل أحدهم الدخول إلى حسابك من { $from }، في بلد لم يُستخدم فيه من قبل.

second-step-code-subject = رمزك: { $code }
second-step-code-lead = يُكمل الرمز { $code } تسجيل دخولك إلى { $site }. يعمل مرة واحدة، لعشر دقائق، وفي المكان الذي بدأت منه فقط.
second-step-code-end = إذا لم تكن تسجّل الدخول الآن فإن شخصًا ما يعرف كلمة مرورك: عيّن كلمة جديدة. لا تُخبر أحدًا بهذا الرمز.

codes-turned-on-subject = فُعّلت الرموز بالبريد أو الرسائل النصية
codes-turned-on-lead = منذ { $at } يمكن لرمز يُرسل إليك أن يُكمل تسجيل الدخول إلى حسابك. انتهت جلساتك الأخرى.

codes-turned-off-subject = أُوقفت الرموز بالبريد أو الرسائل النصية
codes-turned-off-lead = منذ { $at } لم تعد الرموز المرسلة إليك تُكمل أي تسجيل دخول.

phone-verified-subject = أُضيف هاتف
phone-verified-lead = منذ { $at } لحسابك رقم هاتف آخر.

phone-removed-subject = أُزيل هاتفك
phone-removed-lead = منذ { $at } لم يعد لحسابك رقم هاتف.
account-recovery-subject = أكمل استعادة حسابك
account-recovery-lead = انتهى الانتظار. يعمل هذا الرابط مرة واحدة خلال { $hours } ساعة: يضع كلمة مرور جديدة ويزيل العوامل الثانية المفقودة.
account-recovery-button = استعادة الحساب
account-recovery-end = إن لم تطلب ذلك فلا تفتحه؛ سجّل الدخول وأوقف الاستعادة في صفحتك.

account-locked-subject = تباطأ تسجيل الدخول إلى حسابك
account-locked-lead = كتب أحدهم كلمات مرور خاطئة مرات كثيرة حتى لم يعد حسابك يقبل المزيد لبعض الوقت من أجهزة وشبكات لا يعرفها. يعمل هذا الرابط مرة واحدة خلال { $hours } ساعة: ينهي ذلك ويجعل المتصفح الذي تفتحه فيه معروفًا، فتدخل منه مهما حاول غيرك.
account-locked-button = أدخلني
account-locked-end = إن كنت تستخدم جهازًا سجّلت الدخول منه من قبل فلا حاجة إلى فعل شيء. لم يدخل أحد ولم تتغير كلمة مرورك. وإن كنت تستخدمها في مكان آخر أيضًا فاختر غيرها.

identifier-added-subject = أُضيف اسم لتسجيل الدخول
identifier-added-lead = منذ { $at } يمكن لاسم أو عنوان آخر الدخول إلى حسابك.

identifier-removed-subject = أُزيل اسم لتسجيل الدخول
identifier-removed-lead = منذ { $at } لم يعد أحد أسمائك أو عناوينك يُدخلك.

recovery-started-subject = بدأت استعادة حسابك
recovery-started-lead = في { $at } قال أحد المديرين إنك فقدت ما تسجّل به الدخول. بعد انتظار سيصل إلى هذا العنوان رابط لوضع كلمة مرور جديدة. إن لم تفقد شيئًا فسجّل الدخول وأوقف الاستعادة في صفحتك؛ كما أن تسجيل الدخول بعامل ثانٍ يوقفها.

account-recovered-subject = استُعيد حسابك
account-recovered-lead = منذ { $at } لحسابك كلمة مرور جديدة ولا عوامل ثانية له؛ وانتهت جميع جلساته. أضف عاملاً ثانيًا من جديد.
sign-in-token-issued-subject = أُنشئ رابط للدخول إلى حسابك
sign-in-token-issued-lead = في { $at } أنشأ أحد المشرفين رابطًا يدخل إلى حسابك مرة واحدة من دون كلمة مرورك.

reset-link-made-subject = أُنشئ رابط لتعيين كلمة مرور جديدة لحسابك
reset-link-made-lead = في { $at } أنشأ أحد المشرفين رابطًا يعيّن كلمة مرور جديدة لحسابك مرة واحدة.

role-changed-subject = تغيّر ما يحق لك فعله هنا
role-changed-lead = منذ { $at } لحسابك دور آخر: يحق لك هنا أكثر من ذي قبل، أو أقل.

device-trusted-subject = جهاز يدخل إلى حسابك من دون الخطوة الثانية
device-trusted-lead = في { $at } سجّل أحدهم الدخول إلى حسابك من { $from } وقال إن هذا الجهاز له: يدخل لفترة بكلمة المرور وحدها، من دون الخطوة الثانية. تراه في { $site }/me/sessions ويمكنك إزالته هناك.

locked-down-subject = أُخرج كل من سواك من حسابك
locked-down-lead = في { $at } أخرج شخص كان داخلًا إلى حسابك كل من سواه: انتهت كل الجلسات الأخرى، ولم تعد الأجهزة والروابط والرموز الأخرى صالحة.

token-reused-subject = أُنهيت إحدى جلساتك: استُخدم رمزها مرتين
token-reused-lead = في { $at } استُخدم رمز إحدى جلساتك مرة ثانية، كما تفعل نسخة منه. أُنهيت تلك الجلسة؛ سجّل الدخول هناك من جديد.

notice-end = إن كنت أنت، فلا تفعل شيئًا. وإلا فعيّن كلمة مرور جديدة في { $site }/forgot، وهذا ينهي كل الجلسات، وأخبر من يدير هذا الخادم.
notice-end-other = إن كنت تعرف السبب، فلا شيء عليك فعله. وإلا فاسأل من يدير هذا الخادم.
notice-end-copied = إن كنت قد نسخت أو استعدت ما يحفظه ذلك الجهاز أو التطبيق، فهذا هو السبب. وإلا فعيّن كلمة مرور جديدة في { $site }/forgot، وهذا ينهي كل الجلسات، وأخبر من يدير هذا الخادم.

test-subject = اختبار بريد Tollgate
test-lead = هذا اختبار. إذا كنت تقرأه، فإن { $site } يستطيع إرسال البريد.
test-end = لا يلزمك فعل شيء.

# الرسائل النصية.
text-code = { $code } هو رمزك لدى { $host }. يعمل لمدة 10 دقائق. لا تُخبر به أحدًا.
text-test = هذا اختبار للرسائل النصية من { $host }.

# Alerts. Each rule has a name of its own.
alert-subject = Tollgate: { $severity }: { $title }
alert-lead = { $lines }
alert-end = انظر { $site }/admin/alerts. هناك يمكنك أن تؤكد أنك رأيته وأن تغلقه.
alert-line = { $severity }: { $title } — { $count } مرة، آخرها في { $at }
alert-severity-info = ملاحظة
alert-severity-warning = تحذير
alert-severity-critical = حرج
alert-next-person = اسأل صاحب الحساب إن كان يعلم به. وإلا فانظر ما حدث وأنهِ ما هو مفتوح: { $site }/admin/people/{ $subject }/review
alert-next-guessing = يُبطَّأ تلقائيًا. انظر من أين يأتي: { $site }/admin/audit؛ و[network] deny يحجب الشبكات.
alert-next-factors = يُضاف في { $site }/me/factors؛ و signin.second_factor = "admins" يفرضه على الجميع.
alert-next-mail = السبب، ولإعادة المحاولة: tollgate mail queue
alert-next-webhooks = انظر ما يُرسل وإلى أين: { $site }/admin/webhooks
alert-next-trail = اترك قاعدة البيانات كما هي وقارنها بنسخة احتياطية: tollgate audit verify
alert-next-compliance = انظر ما وُجد وأصلحه: { $site }/admin/compliance
alert-next-look = انظر من فعله ومتى: { $site }/admin/audit
alert-next-doctor = انظر ما الخطأ: tollgate doctor
alert-rule-test = هذا اختبار للتنبيهات
alert-rule-account-blocked = تسجيل الدخول إلى حساب محظور لفترة
alert-rule-many-blocked = حُظرت حسابات كثيرة خلال دقائق: ربما يخمّن أحدهم كلمات المرور
alert-rule-sign-ins-sprayed = جرّبت شبكة واحدة كلمات مرور على حسابات كثيرة، وهي محجوبة لبعض الوقت
alert-rule-sign-ins-stuffed = تفشل محاولات دخول كثيرة على حسابات كثيرة: على الغرباء إنجاز عمل حسابي لدخولهم حتى ينتهي الأمر
alert-rule-token-reused = استُخدم رمز تجديد مرتين: ربما سُرق
alert-rule-passkey-copied = رُفض مفتاح مرور قد يكون نسخة
alert-rule-factor-removed = أُزيل عامل ثانٍ
alert-rule-factors-reset = أُزيلت كل العوامل الثانية لحساب
alert-rule-recovery = تجري استعادة حساب دون إثبات من صاحبه
alert-rule-new-country = سجّل أحدهم الدخول من بلد لم يُستخدم فيه الحساب من قبل
alert-rule-locked-down = أخرج صاحب حساب كل من سواه منه: ربما اختُرق
alert-rule-administrator-made = هناك مدير جديد
alert-rule-administrator-recovered = أُنشئ مدير أو استُعيد من سطر الأوامر
alert-rule-administrator-without-factor = مدير بلا عامل ثانٍ
alert-rule-mail-failing = تُخلّي عن إرسال بريد أو رسالة نصية
alert-rule-webhook-stopped = لم يعد خطاف ويب يستقبل شيئًا فأُوقف
alert-rule-webhook-changed = أُضيف خطاف ويب أو عُدّل أو حُذف: تذهب الأحداث إلى مكان آخر أو لم تعد تُرسل
alert-rule-trail-broken = لم يعد سجل التدقيق متماسكًا
alert-rule-compliance-changed = وجدت القواعد شيئًا جديدًا
alert-rule-clock-stepped = قفزت ساعة الجهاز
alert-rule-backup-restored = استُعيدت نسخة احتياطية
alert-rule-signing-keys-changed = تغيّرت مفاتيح التوقيع
alert-rule-limits-hit = تُرفض طلبات كثيرة بسبب معدّلها
alert-rule-breach-check-failing = لا تُفحص كلمات المرور الجديدة مقابل المسرّبة
