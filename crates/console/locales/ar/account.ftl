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
when-in-minutes =
    { $count ->
        [one] بعد دقيقة ({ $count })
        [two] بعد دقيقتين ({ $count })
        [few] بعد { $count } دقائق
       *[other] بعد { $count } دقيقة
    }
when-in-hours =
    { $count ->
        [one] بعد ساعة ({ $count })
        [two] بعد ساعتين ({ $count })
        [few] بعد { $count } ساعات
       *[other] بعد { $count } ساعة
    }
when-in-days =
    { $count ->
        [one] بعد يوم ({ $count })
        [two] بعد يومين ({ $count })
        [few] بعد { $count } أيام
       *[other] بعد { $count } يومًا
    }
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
me-not-you = هل ترى ما لا تعرفه؟ أخرج كل من سواك، ثم تُقاد إلى كلمة مرور جديدة.
profile-picture = الصورة
profile-picture-upload = رفع
profile-picture-remove = إزالة الصورة
profile-picture-hint = JPEG أو PNG أو WebP، حتى 5 ميغابايت. يُقتطع الوسط، ويُحذف مكان التقاطها وما التُقطت به.
profile-about = نبذة عنك
profile-bio = في كلمات قليلة
profile-bio-hint = حتى 1000 حرف. يراها مديرو النظام والتطبيقات التي تستخدمها.
profile-language-auto = كما يطلب المتصفح
profile-names = أسماء تسجيل الدخول
profile-names-lead = يعمل أي منها مع كلمة المرور. يصبح البريد الإلكتروني الجديد واحدًا منها حين تفتح الرابط المرسل إليه.
profile-name-new = بريد إلكتروني آخر أو اسم مستخدم آخر
profile-name-verify = إرسال رابط
profile-name-waits = في انتظارك
profile-name-waits-hint = أُرسل رابط إلى هناك؛ يصبح العنوان لك حين تفتحه هنا خلال 24 ساعة.
profile-name-again = إرسال مرة أخرى
profile-name-back = سحب
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
factor-wanted = يجب أن يكون لهذا الحساب عامل ثانٍ. لن يُفتح أي شيء آخر حتى تضيف واحدًا أو تُظهره.
factors-off = تطبيقات المصادقة معطّلة على هذا الخادم.
factors-apps = تطبيقات المصادقة
factors-none = لا يوجد تطبيق مصادقة بعد
factors-none-help = أضف تطبيقًا مثل Aegis أو 2FAS أو Google Authenticator.
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
factors-codes-help = يُدخلك كل رمز مرة واحدة حين لا يكون التطبيق في متناولك. احفظها بعيدًا عنه: في مدير كلمات مرور أو على ورق. الرموز الأقدم باطلة. وإلى جانب أحدهما لا يُرسل رمز.
factors-codes-kept = لقد حفظتها
step-up-title = أظهر رمزًا مرة أخرى
step-up-help = هكذا لا يغيّر أحد من متصفح مُعار طريقة دخولك. يكفي ذلك لعشر دقائق.
done-factor-added = أُضيف تطبيق المصادقة.
done-factor-removed = أُزيل تطبيق المصادقة.
passkeys = مفاتيح المرور
passkeys-none = لا يوجد مفتاح مرور بعد
passkeys-none-help = يُدخلك مفتاح المرور بإصبعك أو وجهك أو رمز جهازك، من غير كلمة مرور.
passkeys-kind = مكانه
passkeys-synced = على أجهزتك
passkeys-bound = على جهاز واحد
passkeys-manage = إدارة
passkeys-add = إضافة مفتاح مرور
passkeys-add-help = يبقى على هذا الجهاز أو في مدير كلمات المرور أو على مفتاح أمان. تنتهي جلساتك الأخرى عند إضافته.
passkeys-name = اسم مفتاح المرور
passkeys-name-hint = مثل «الحاسوب المحمول».
passkeys-unavailable = تحتاج مفاتيح المرور إلى https:// واسم مضيف، أو إلى localhost.
passkeys-create-lead = يسألك المتصفح الآن أين يُحفظ مفتاح المرور، وتفتحه بإصبعك أو وجهك أو رمزك.
passkeys-create = إنشاء مفتاح المرور
passkeys-edit = مفتاح المرور
passkeys-rename = إعادة التسمية
passkeys-remove = إزالة مفتاح المرور هذا
passkeys-remove-help = لن يُدخل «{ $name }» أحدًا بعد الآن. احذفه من جهازك أيضًا.
passkeys-remove-last = إنه العامل الثاني الأخير: ستكفي كلمة مرورك وحدها للدخول، وتبطل رموز الاسترداد.
done-passkey-added = أُضيف مفتاح المرور.
done-passkey-renamed = أُعيدت تسمية مفتاح المرور.
done-passkey-removed = أُزيل مفتاح المرور.
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
devices-title = الأجهزة المعروفة
devices-lead = متصفحات وتطبيقات سجّلت الدخول إلى حسابك. ما تنساه منها يُسجَّل خروجه، ويُعدّ جديدًا إذا عاد.
devices-forget-others = نسيان كل ما عداه
devices-forget-all = نسيان الكل
device-first = أول استخدام
device-forget = نسيان
device-trusted = بلا خطوة ثانية، حتى { $until }
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
done-device-forgotten = نُسي الجهاز وسُجّل خروجه.
done-devices-forgotten = نُسيت الأجهزة وسُجّل خروجها.
codes-title = رموز بالبريد أو الرسائل النصية
codes-weaker-badge = أضعف
codes-help = من يقرأ بريدك أو يستولي على رقمك يحصل على الرمز أيضًا. مفتاح المرور أو التطبيق يحميك أكثر.
codes-weaker = مفتاح المرور أو التطبيق يحميك أكثر من الرموز المرسلة.
codes-way = الطريقة
codes-to = يُرسل إلى
codes-by-email = رمز بالبريد
codes-by-sms = رمز برسالة نصية
codes-risk-email = هذا أضعف من التطبيق أو مفتاح المرور: من يقرأ بريدك يستطيع تعيين كلمة مرور جديدة ويحصل على الرمز أيضًا.
codes-risk-sms = هذا أضعف من التطبيق أو مفتاح المرور: يمكن الاستيلاء على الأرقام وقراءة الرسائل في الطريق.
codes-go-to = تُرسل الرموز إلى
codes-on = مفعّل،
codes-off = متوقف
codes-turn-on = تفعيل
codes-turn-off = إيقاف
codes-ask-email = أرسل رمزًا بالبريد إلى { $to }
codes-ask-sms = أرسل رمزًا برسالة نصية إلى { $to }
codes-sent = الرمز في الطريق. يعمل هنا لعشر دقائق.
done-codes-on = تُرسل الرموز من الآن. انتهت جلساتك الأخرى.
done-codes-off = لم تعد الرموز تُرسل.
phone-title = الهاتف
phone-lead = للرموز بالرسائل النصية إن فعّلتها. لا أحد يسجّل الدخول به، ولا يراه أحد غيرك.
phone-open = اعرضه أو غيّره
phone-add = أضف هاتفًا
phone-change = غيّر الهاتف
phone-add-help = تُرسل إلى الرقم رسالة نصية فيها رمز.
phone-number = رقم الهاتف
phone-number-hint = مع رمز البلد، مثل ‎+49 30 1234567.
phone-confirm = اكتب الرمز
phone-confirm-help = أُرسلت رسالة نصية فيها رمز إلى
phone-code-hint = ثمانية أرقام. تعمل لعشر دقائق.
phone-resend = أرسل رمزًا آخر
phone-remove = أزل الهاتف
phone-remove-help = لن تُرسل الرموز إليه بعد الآن.
phone-unavailable = هذا الخادم لا يرسل رسائل نصية.
done-phone-code-sent = رسالة نصية فيها رمز في الطريق.
done-phone-added = أُضيف الهاتف.
done-phone-removed = أُزيل الهاتف.
me-undelivered = تعذّر تسليم «{ $kind }» إلى { $to }.
me-undelivered-waits = ستُعاد المحاولة.
me-undelivered-given-up = تُرك الأمر. تحقّق من العنوان.
nav-activity = النشاط
activity-lead = ما حدث لحسابك، الأحدث أولاً. إن لم يكن شيء منه منك فأخرج كل من سواك.
activity-none = لم يحدث شيء بعد
activity-where = العنوان
lockdown = لم يكن هذا أنا
lockdown-title = إخراج كل من سواك؟
lockdown-follows = تنتهي جلساتك الأخرى فورًا، وتبطل الروابط والرموز التي في الطريق، وتتوقف أي استعادة. ثم تختار كلمة مرور جديدة.
lockdown-submit = أخرج كل من سواي
locked-down-title = كل من سواك في الخارج
locked-down = { $count ->
    [0] لم تكن هناك جلسة أخرى. بطلت الروابط والرموز التي كانت في الطريق.
    [one] انتهت جلسة أخرى واحدة. بطلت الروابط والرموز التي كانت في الطريق.
   *[other] انتهت { $count } جلسة أخرى. بطلت الروابط والرموز التي كانت في الطريق.
}
locked-down-next = افعل هذا الآن بهذا الترتيب:
locked-down-password = اختر كلمة مرور جديدة لا تستخدمها في أي مكان آخر.
locked-down-factors = راجع تطبيقاتك ومفاتيح المرور ورموز الاستعادة، وأزل ما ليس لك.
locked-down-names = راجع الأسماء والعناوين التي تسجّل بها الدخول.
locked-down-tell = أخبر من يشغّل هذا الخادم بما رأيت ومتى.
recover-title = استعد حسابك
recover-lead = اختر كلمة مرور جديدة. تُزال العوامل الثانية المفقودة؛ أضف عاملاً جديدًا بعد ذلك.
recover-submit = استعادة الحساب
recover-done-title = عاد حسابك إليك
recover-done = سجّل الدخول بكلمة المرور الجديدة وأضف عاملاً ثانيًا.
me-recovery = هناك من يستعيد حسابك
me-recovery-waits = قال أحد المديرين إنك فقدت ما تسجّل به الدخول. إن لم تفقد شيئًا فأوقفها. وإلا فسيصل رابط إلى عنوانك:
recovery-stop = إيقاف الاستعادة
me-factors-none = كلمة مرورك وحدها تُدخلك.
me-factors-add = أضف مفتاح مرور أو تطبيقًا
me-factors = { $count ->
    [one] يحميك عامل ثانٍ أو مفتاح مرور واحد.
   *[other] يحميك { $count } من العوامل الثانية ومفاتيح المرور.
}
done-recovery-started = الاستعادة تنتظر. أُبلغ صاحب الحساب.
done-recovery-stopped = أُوقفت الاستعادة.
step-up-password-title = اكتب كلمة مرورك مرة أخرى
step-up-password-help = يمنع ذلك متصفحًا مستعارًا من تغيير ما تسجّل به الدخول. يكفي لعشر دقائق.
step-up-signin-title = سجّل الدخول مرة أخرى
step-up-signin-help = مضت أكثر من عشر دقائق على دخولك، وليست لك كلمة مرور. يمنع الدخول من جديد متصفحًا مستعارًا من تغيير ما تسجّل به الدخول.
