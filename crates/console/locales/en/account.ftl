# One's own account, and what its pages share with those about others.

nav-profile = Profile
nav-password = Password
nav-factors = Two-step sign-in
nav-sessions = Sessions
nav-data = Your data
action = Action
add = Add
remove = Remove
save = Save
state = State
verified = Verified
unverified = Not verified
role-admin = Administrator
role-manager = Manager
role-default = Person
when-now = just now
when-minutes =
    { $count ->
        [one] { $count } minute ago
       *[other] { $count } minutes ago
    }
when-hours =
    { $count ->
        [one] { $count } hour ago
       *[other] { $count } hours ago
    }
when-days =
    { $count ->
        [one] { $count } day ago
       *[other] { $count } days ago
    }
me-security = Security
me-password-set = You sign in with a password.
me-password-change = Change it
me-email-verified = Your e-mail address is verified.
me-email-unverified = Your e-mail address is not verified.
me-email-verify = Verify it
me-email-none = There is no e-mail address to send a reset link to.
me-sessions =
    { $count ->
        [one] You are signed in on { $count } device.
       *[other] You are signed in on { $count } devices.
    }
me-sessions-see = See them
me-signins = Sign-ins
me-this-signin = This one
me-last-signin = Before that
me-last-none = No other that is still open
me-since = Account since
me-not-you = Something you do not know? End that session, then change your password.
profile-picture = Picture
profile-picture-upload = Upload
profile-picture-remove = Remove the picture
profile-picture-hint = JPEG, PNG or WebP, up to 5 MB. The middle is cut out; where and with what it was taken is removed.
profile-about = About you
profile-bio = In a few words
profile-bio-hint = Up to 1000 characters. Administrators and the apps you use can see it.
profile-language-auto = As the browser asks
profile-names = Names to sign in with
profile-names-lead = Any of them works together with your password.
profile-name-new = Another e-mail address or username
profile-name-verify = Send a link
password-title = Change your password
password-current = Current password
password-submit = Change password
password-others =
    { $count ->
        [0] You are signed in only here, so nothing else ends.
        [one] Your other session ends. You stay signed in here.
       *[other] Your { $count } other sessions end. You stay signed in here.
    }
password-end-others =
    { $count ->
        [one] Sign out my other session
       *[other] Sign out my { $count } other sessions
    }
factors-title = Two-step sign-in
factors-lead = With a second factor a stolen password opens nothing.
factors-apps = Authenticator apps
factors-none = No authenticator app yet
factors-none-help = Your password alone signs you in. Add an app such as Aegis, 2FAS or Google Authenticator.
factors-added = Added
factors-add = Add an authenticator app
factors-add-help = It shows a new code every thirty seconds. Your other sessions end when it is added.
factors-name = What to call it
factors-name-hint = Such as “Phone”.
factors-scan = Scan this with the app.
factors-qr = QR code with the secret
factors-type = Or type this text into it:
factors-code-hint = The six digits that the app shows now.
factors-confirm = Add it
factors-remove = Remove the authenticator app
factors-remove-help = “{ $name }” signs nobody in any more.
factors-remove-last = It is the last one: your password alone will sign you in, and the recovery codes are void.
factors-codes = Recovery codes
factors-codes-left =
    { $count ->
        [0] No recovery code is left.
        [one] { $count } recovery code is left.
       *[other] { $count } recovery codes are left.
    }
factors-codes-few = Make new ones before you need them.
factors-codes-renew = Make new codes
factors-codes-help = Each signs you in once when the app is not at hand. Keep them apart from it: in a password manager or on paper. Older codes are void.
factors-codes-kept = I have kept them
done-factor-added = The authenticator app was added.
done-factor-removed = The authenticator app was removed.
sessions-title = Where you are signed in
sessions-lead = End what you do not know or no longer use. It is out at once.
sessions-end-others = End all others
session-device = Device
session-place = Address
session-opened = Signed in
session-seen = Last used
session-current = This one
session-program = App
session-unknown = Unknown device
session-end = End
data-export-title = Take your data out
data-export = Profile, names, sessions and what happened to your account, as one JSON file. Your password is in it as a hash; keep the file safe.
data-delete-title = Delete your account
data-delete = Your profile, names, picture and sessions are gone at once, here and in every app that asks this server. Nobody can bring them back.
data-delete-confirm = To confirm, type { $login }
data-delete-submit = Delete my account
data-deleted-title = Your account is deleted
data-deleted = Everything about you is gone, except that there was an account and when it was deleted.
done-saved = Saved.
done-picture-saved = The picture is saved.
done-picture-removed = The picture is removed.
done-name-added = The name was added.
done-name-removed = The name was removed.
done-verification-sent = A mail with a link is on its way. It works for 24 hours.
done-password-changed = Your password is changed. All other sessions have ended.
done-password-alone-changed = Your password is changed.
done-session-ended = The session has ended.
done-others-ended = All other sessions have ended.
