# التطبيقات خلف البوابة، لمديري النظام.

nav-sites = المواقع
sort = الترتيب
sort-name = الاسم تصاعديًا
sort-name-back = الاسم تنازليًا
sort-changed = الأحدث تغييرًا
sort-changed-back = الأقدم تغييرًا
site = الموقع
sites-lead = التطبيقات خلف البوابة. يسأل الوكيل هنا قبل أن يدخل أحد.
sites-search = الاسم أو العنوان
sites-none = لا تطبيق خلف البوابة بعد
sites-none-help = حدّد مكان التطبيق ومن يدخله، ثم ضع في الوكيل النص الذي ستحصل عليه.
sites-manual = ما يقوله الدليل
sites-not-found = لا يوجد موقع كهذا
sites-not-found-help = جرّب حروفًا أقل أو مرشّحًا آخر.
sites-all = اعرض كل المواقع
site-new = موقع جديد
site-create = أضف الموقع
site-edit = تعديل
site-edit-title = تعديل { $name }
site-from = المصدر
site-configured = tollgate.toml
site-stored = قاعدة البيانات
site-locked = هذا الموقع مضبوط في `tollgate.toml`. غيّره هناك ثم اكتب `tollgate reload`.
site-rules = من يدخل
site-url = العنوان
site-url-hint = كما تراه المتصفحات: البروتوكول والمضيف، والمنفذ إن وُجد. مضيف خاص به.
site-name-hint = ما يسميه الناس.
site-about = التفاصيل
site-token = هوية موقّعة
site-token-hint = يرسل إلى التطبيق رمزًا موقّعًا بهوية الزائر في `Tollgate-Identity`. للتطبيقات التي تتحقق منه.
site-token-on = يُرسل في Tollgate-Identity
site-token-off = لا يُرسل
site-made = أُضيف
site-unsaved = لم يُحفظ بعد. لا يسري شيء من هذا قبل الحفظ.
site-overtaken = غيّر أحدهم هذا الموقع في هذه الأثناء. ما كتبته ما زال هنا؛ احفظ مرة أخرى ليحل محل تغييره.
site-remove = إزالة الموقع
site-remove-title = إزالة { $name }؟
site-remove-follows = يُرفض من الآن كل من يطلب { $url }، وتزول قواعده.
site-remove-proxy = يبقى التطبيق نفسه عاملًا. أزل الموقع من الوكيل أيضًا إن لم يعد لازمًا.
rules-lead = تُقرأ من الأعلى إلى الأسفل: أول قاعدة تنطبق هي التي تقرر، وما لا تنطبق عليه قاعدة يُرفض.
rules-hint = يشمل المسار كل ما تحته. افصل بين الطرق والأشخاص بفواصل. لا يُحتسب البريد إلا بعد التحقق منه.
rules-more =
    { $count ->
        [zero] ولا غيرها
        [one] وواحدة أخرى
        [two] واثنتان أخريان
        [few] و{ $count } أخرى
        [many] و{ $count } أخرى
       *[other] و{ $count } أخرى
    }
rules-none = لا يدخل أحد
rules-none-help = لا توجد قاعدة، وما لا تنطبق عليه قاعدة يُرفض. أضف واحدة.
entry-number = القاعدة
entry-title = القاعدة { $number }
entry-path = المسار
entry-methods = الطرق
entry-any-method = الكل
entry-who = من
entry-people = وهؤلاء الأشخاص
entry-add = أضف قاعدة
entry-up = ارفع القاعدة { $number }
entry-down = أنزل القاعدة { $number }
entry-remove = أزل القاعدة { $number }
who-anyone = الجميع، حتى الغرباء
who-signed-in = كل من له حساب
who-managers = المشرفون ومديرو النظام
who-admins = مديرو النظام
who-only-people = المذكورون بجانبه فقط
who-nobody = لا أحد
test-title = جرّب
test-lead = اسأل عما تقوله القواعد عن زيارة. لا يقوم بها أحد.
test-visit = المسار أو العنوان
test-method = الطريقة
test-as = بصفة من
test-hint = بريد إلكتروني أو اسم مستخدم أو معرّف؛ والفراغ يعني غريبًا.
test-submit = اسأل
verdict-allowed = مسموح.
verdict-sign-in = يُطلب تسجيل الدخول.
verdict-refused = مرفوض.
why-rule = القاعدة { $number } هي التي تقرر.
why-doubt = يمكن قراءة العنوان بأكثر من طريقة، وفي إحداها تقرر القاعدة { $number }.
why-no-rule = لا تنطبق أي قاعدة.
why-no-site = لا موقع مسجّل على هذا العنوان.
why-suspended = الحساب موقوف، فيُعامَل هنا معاملة الغريب.
why-elsewhere = العنوان لموقع آخر.
snippet-title = إعداد الوكيل
snippet-lead = يسأل الوكيل Tollgate قبل أن يدخل أحد. اختره وانسخ ما يحتاج إليه.
snippet-help = ضع هذا حيث يقرؤه الوكيل، ثم أعد تحميل الوكيل.
snippet-proxies = الوكلاء
snippet-upstream = يجد الوكيل التطبيق على
snippet-tollgate = يجد الوكيل Tollgate على
snippet-fill = املأ
done-site-added = أُضيف الموقع. أعدّ الوكيل الآن.
done-site-removed = أُزيل الموقع.
