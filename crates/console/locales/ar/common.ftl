# ما تحمله كل صفحة: الإطار والنماذج والأجزاء.

skip = الانتقال إلى المحتوى
foot-language = اللغة
foot-theme = المظهر
theme-light = فاتح
theme-dark = داكن
theme-system = مثل الجهاز
nav-main = الرئيسية
nav-menu = القائمة
nav-account = حسابك
nav-admin = الإدارة
nav-overview = نظرة عامة
nav-signout = تسجيل الخروج
continue = متابعة
copy = نسخ
copied = تم النسخ
download = تنزيل
optional = اختياري
back-to-signin = العودة إلى تسجيل الدخول
back-form = إلى النموذج
back-home = إلى الصفحة الأولى
form-faults = لم ينجح الأمر بعد. راجع الحقول أدناه.
plain-http = وصلت هذه الصفحة عبر http غير مشفّر: ما تكتبه يمكن قراءته في الطريق. اطلب من مشغّل الخادم توفير https.
field-name = الاسم
field-email = البريد الإلكتروني
field-username = اسم المستخدم
field-login = البريد الإلكتروني أو اسم المستخدم
field-password = كلمة المرور
field-new-password = كلمة المرور الجديدة
password-hint = { $least } محارف على الأقل. بضع كلمات تتذكرها تكفي لكلمة مرور جيدة.
password-show = إظهار
password-hide = إخفاء
strength = قوة كلمة المرور
strength-0 = ضعيفة جدًا: تسقط من المحاولات الأولى.
strength-1 = ضعيفة: تسقط سريعًا.
strength-2 = مقبولة: كلمة إضافية تفيد.
strength-3 = جيدة.
strength-4 = قوية.
secret-once-title = احفظه الآن
secret-once-help = لا يظهر إلا هذه المرة. لا يستطيع أحد، ولا حتى نحن، إظهاره مرة أخرى.
wait-seconds =
    { $count ->
        [zero] حاول مرة أخرى الآن.
        [one] انتظر ثانية واحدة ثم حاول مرة أخرى.
        [two] انتظر ثانيتين ثم حاول مرة أخرى.
        [few] انتظر { $count } ثوانٍ ثم حاول مرة أخرى.
        [many] انتظر { $count } ثانية ثم حاول مرة أخرى.
       *[other] انتظر { $count } ثانية ثم حاول مرة أخرى.
    }
wait-minutes =
    { $count ->
        [zero] حاول مرة أخرى الآن.
        [one] انتظر دقيقة واحدة ثم حاول مرة أخرى.
        [two] انتظر دقيقتين ثم حاول مرة أخرى.
        [few] انتظر { $count } دقائق ثم حاول مرة أخرى.
        [many] انتظر { $count } دقيقة ثم حاول مرة أخرى.
       *[other] انتظر { $count } دقيقة ثم حاول مرة أخرى.
    }
