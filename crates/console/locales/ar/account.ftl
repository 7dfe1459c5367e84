# حساب المرء نفسه، وما تشترك فيه صفحاته مع صفحات الآخرين.

nav-profile = الملف الشخصي
nav-password = كلمة المرور
nav-factors = الخطوة الثانية
nav-sessions = الجلسات
nav-data = بياناتك
action = إجراء
add = إضافة
remove = إزالة
save = حفظ
state = الحالة
verified = مؤكَّد
unverified = غير مؤكَّد
role-admin = مدير النظام
role-manager = مشرف
role-default = شخص
when-now = الآن
when-minutes =
    { $count ->
        [one] قبل دقيقة ({ $count })
        [two] قبل دقيقتين ({ $count })
        [few] قبل { $count } دقائق
       *[other] قبل { $count } دقيقة
    }
when-hours =
    { $count ->
        [one] قبل ساعة ({ $count })
        [two] قبل ساعتين ({ $count })
        [few] قبل { $count } ساعات
       *[other] قبل { $count } ساعة
    }
when-days =
    { $count ->
        [one] قبل يوم ({ $count })
        [two] قبل يومين ({ $count })
        [few] قبل { $count } أيام
       *[other] قبل { $count } يومًا
    }
me-security = الأمان
me-password-set = تسجّل الدخول بكلمة مرور.
me-password-change = غيّرها
me-email-verified = بريدك الإلكتروني مؤكَّد.
me-email-unverified = بريدك الإلكتروني غير مؤكَّد.
me-email-verify = أكِّده
me-email-none = لا يوجد بريد إلكتروني لإرسال رابط إعادة التعيين إليه.
me-sessions =
    { $count ->
        [one] أنت مسجّل الدخول على جهاز واحد.
        [two] أنت مسجّل الدخول على جهازين.
        [few] أنت مسجّل الدخول على { $count } أجهزة.
       *[other] أنت مسجّل الدخول على { $count } جهازًا.
    }
me-sessions-see = اعرضها
me-signins = عمليات الدخول
me-this-signin = هذه
me-last-signin = التي قبلها
me-last-none = لا توجد أخرى ما زالت مفتوحة
me-since = الحساب منذ
me-not-you = هل ترى ما لا تعرفه؟ أنهِ تلك الجلسة ثم غيّر كلمة المرور.
profile-picture = الصورة
profile-picture-upload = رفع
profile-picture-remove = إزالة الصورة
profile-picture-hint = JPEG أو PNG أو WebP، حتى 5 ميغابايت. يُقتطع الوسط، ويُحذف مكان التقاطها وما التُقطت به.
profile-about = نبذة عنك
profile-bio = في كلمات قليلة
profile-bio-hint = حتى 1000 حرف. يراها مديرو النظام والتطبيقات التي تستخدمها.
profile-language-auto = كما يطلب المتصفح
profile-names = أسماء تسجيل الدخول
profile-names-lead = يعمل أي منها مع كلمة المرور.
profile-name-new = بريد إلكتروني آخر أو اسم مستخدم آخر
profile-name-verify = إرسال رابط
password-title = غيّر كلمة المرور
password-current = كلمة المرور الحالية
password-submit = تغيير كلمة المرور
password-others =
    { $count ->
        [0] أنت مسجّل الدخول هنا فقط، فلا ينتهي شيء آخر.
        [one] تنتهي جلستك الأخرى، وتبقى مسجّلًا هنا.
        [two] تنتهي جلستاك الأخريان، وتبقى مسجّلًا هنا.
       *[other] تنتهي جلساتك الأخرى وعددها { $count }، وتبقى مسجّلًا هنا.
    }
password-end-others =
    { $count ->
        [one] إنهاء جلستي الأخرى
        [two] إنهاء جلستيّ الأخريين
       *[other] إنهاء جلساتي الأخرى وعددها { $count }
    }
factors-title = الدخول بخطوتين
factors-lead = مع عامل ثانٍ لا تفتح كلمة مرور مسروقة شيئًا.
factors-apps = تطبيقات المصادقة
factors-none = لا يوجد تطبيق مصادقة بعد
factors-none-help = كلمة مرورك وحدها تكفي للدخول. أضف تطبيقًا مثل Aegis أو 2FAS أو Google Authenticator.
factors-added = أُضيف
factors-add = إضافة تطبيق مصادقة
factors-add-help = يعرض رمزًا جديدًا كل ثلاثين ثانية. تنتهي جلساتك الأخرى عند إضافته.
factors-name = الاسم
factors-name-hint = مثل «الهاتف».
factors-scan = امسح هذا بالتطبيق.
factors-qr = رمز QR يحمل السر
factors-type = أو اكتب هذا النص فيه:
factors-code-hint = الأرقام الستة التي يعرضها التطبيق الآن.
factors-confirm = إضافة
factors-remove = إزالة تطبيق المصادقة
factors-remove-help = لن يُدخل «{ $name }» أحدًا بعد الآن.
factors-remove-last = إنه الأخير: ستكفي كلمة مرورك وحدها للدخول، وتبطل رموز الاسترداد.
factors-codes = رموز الاسترداد
factors-codes-left =
    { $count ->
        [0] لم يبقَ أي رمز استرداد.
        [one] بقي رمز استرداد واحد.
        [two] بقي رمزا استرداد.
       *[other] بقي { $count } من رموز الاسترداد.
    }
factors-codes-few = أنشئ رموزًا جديدة قبل أن تحتاج إليها.
factors-codes-renew = إنشاء رموز جديدة
factors-codes-help = يُدخلك كل رمز مرة واحدة حين لا يكون التطبيق في متناولك. احفظها بعيدًا عنه: في مدير كلمات مرور أو على ورق. الرموز الأقدم باطلة.
factors-codes-kept = لقد حفظتها
done-factor-added = أُضيف تطبيق المصادقة.
done-factor-removed = أُزيل تطبيق المصادقة.
sessions-title = أين سجّلت الدخول
sessions-lead = أنهِ ما لا تعرفه أو لم تعد تستخدمه. يسري ذلك فورًا.
sessions-end-others = إنهاء كل ما عداها
session-device = الجهاز
session-place = العنوان
session-opened = سُجّل الدخول
session-seen = آخر استخدام
session-current = هذه
session-program = تطبيق
session-unknown = جهاز غير معروف
session-end = إنهاء
data-export-title = خذ بياناتك معك
data-export = الملف الشخصي والأسماء والجلسات وما جرى لحسابك في ملف JSON واحد. كلمة مرورك فيه على هيئة بصمة؛ احفظ الملف في مكان آمن.
data-delete-title = احذف حسابك
data-delete = يزول ملفك وأسماؤك وصورتك وجلساتك فورًا، هنا وفي كل تطبيق يسأل هذا الخادم. لا يستطيع أحد استعادتها.
data-delete-confirm = للتأكيد، اكتب { $login }
data-delete-submit = احذف حسابي
data-deleted-title = حُذف حسابك
data-deleted = زال كل شيء عنك، سوى أنه كان هنا حساب ومتى حُذف.
done-saved = حُفظ.
done-picture-saved = حُفظت الصورة.
done-picture-removed = أُزيلت الصورة.
done-name-added = أُضيف الاسم.
done-name-removed = أُزيل الاسم.
done-verification-sent = رسالة فيها رابط في طريقها إليك. يعمل الرابط 24 ساعة.
done-password-changed = تغيّرت كلمة المرور، وانتهت كل الجلسات الأخرى.
done-password-alone-changed = تغيّرت كلمة المرور.
done-session-ended = انتهت الجلسة.
done-others-ended = انتهت كل الجلسات الأخرى.
