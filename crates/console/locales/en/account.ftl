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
when-in-minutes =
    { $count ->
        [one] in { $count } minute
       *[other] in { $count } minutes
    }
when-in-hours =
    { $count ->
        [one] in { $count } hour
       *[other] in { $count } hours
    }
when-in-days =
    { $count ->
        [one] in { $count } day
       *[other] in { $count } days
    }
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
me-not-you = Something you do not know? Shut everybody else out: you are then led to a new password.
profile-picture = Picture
profile-picture-upload = Upload
profile-picture-remove = Remove the picture
profile-picture-hint = JPEG, PNG or WebP, up to 5 MB. The middle is cut out; where and with what it was taken is removed.
profile-about = About you
profile-bio = In a few words
profile-bio-hint = Up to 1000 characters. Administrators and the apps you use can see it.
profile-language-auto = As the browser asks
profile-names = Names to sign in with
profile-names-lead = Any of them works together with your password. A new e-mail address becomes one once you open the link that is sent there.
profile-name-new = Another e-mail address or username
profile-name-verify = Send a link
profile-name-waits = Waits for you
profile-name-waits-hint = A link was sent there; the address becomes yours once you open it here, within 24 hours.
profile-name-again = Send it again
profile-name-back = Take back
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
factor-wanted = This account must have a second factor. Until you add or show one, nothing else opens.
factors-off = Authenticator apps are switched off on this server.
factors-apps = Authenticator apps
factors-none = No authenticator app yet
factors-none-help = Add an app such as Aegis, 2FAS or Google Authenticator.
factors-added = Added
factors-add = Add an authenticator app
factors-add-help = It shows a new code every thirty seconds. Your other sessions end when it is added.
factors-name = Name of the app
factors-name-hint = Such as “Phone”.
factors-scan = Scan this with the app.
factors-qr = QR code with the secret
factors-type = Or type this text into it:
factors-code-hint = The six digits that the app shows now.
factors-confirm = Add it
factors-remove = Remove the authenticator app
factors-remove-help = Codes from “{ $name }” will no longer work.
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
factors-codes-help = Each signs you in once when the app is not at hand. Keep them apart from it: in a password manager or on paper. Older codes are void. Beside one of them, none is sent.
factors-codes-kept = I have saved them
step-up-title = Show a code again
step-up-help = Showing one keeps a borrowed browser from changing how you sign in. It is enough for ten minutes.
done-factor-added = The authenticator app was added.
done-factor-removed = The authenticator app was removed.
passkeys = Passkeys
passkeys-none = No passkey yet
passkeys-none-help = A passkey signs you in with your finger, your face or the PIN of your device, without a password.
passkeys-kind = Where it is
passkeys-synced = On your devices
passkeys-bound = On one device
passkeys-manage = Manage
passkeys-add = Add a passkey
passkeys-add-help = It stays on this device, in your password manager or on a security key. Your other sessions end when it is added.
passkeys-name = What to call the passkey
passkeys-name-hint = Such as “Laptop”.
passkeys-unavailable = Passkeys need https:// and a host name, or localhost.
passkeys-create-lead = Your browser now asks where to keep the passkey, and to unlock it with your finger, your face or your PIN.
passkeys-create = Create the passkey
passkeys-edit = Passkey
passkeys-rename = Rename
passkeys-remove = Remove this passkey
passkeys-remove-help = “{ $name }” signs nobody in any more. Delete it on your device too.
passkeys-remove-last = It is the last second factor: your password alone will sign you in, and the recovery codes are void.
done-passkey-added = The passkey was added.
done-passkey-renamed = The passkey was renamed.
done-passkey-removed = The passkey was removed.
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
devices-title = Known devices
devices-lead = Browsers and apps that signed in to your account. One that you forget is signed out, and is new when it comes again.
devices-forget-others = Forget all others
devices-forget-all = Forget all
device-first = First used
device-forget = Forget
device-trusted = No second step, until { $until }
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
done-device-forgotten = The device is forgotten and signed out.
done-devices-forgotten = The devices are forgotten and signed out.
codes-title = Codes by mail or text
codes-weaker-badge = Weaker
codes-help = Whoever reads your mail or takes over your number gets the code too. A passkey or an app protects you better.
codes-weaker = A passkey or an app protects you better than codes that are sent.
codes-way = Way
codes-to = Goes to
codes-by-email = Code by mail
codes-by-sms = Code by text message
codes-risk-email = This is weaker than an app or a passkey: whoever reads your mail can set a new password and gets the code too.
codes-risk-sms = This is weaker than an app or a passkey: numbers can be taken over, and texts be read on the way.
codes-go-to = Codes go to
codes-on = On,
codes-off = Off
codes-turn-on = Turn on
codes-turn-off = Turn off
codes-ask-email = Send a code by mail to { $to }
codes-ask-sms = Send a code by text to { $to }
codes-sent = A code is on its way. It works here, for ten minutes.
done-codes-on = Codes are sent from now on. Your other sessions have ended.
done-codes-off = Codes are no longer sent.
phone-title = Phone
phone-lead = For codes by text message, if you turn them on. Nobody signs in with it, and it is shown to nobody but you.
phone-open = See or change it
phone-add = Add a phone
phone-change = Change the phone
phone-add-help = A text with a code goes to the number.
phone-number = Phone number
phone-number-hint = With its country, such as +49 30 1234567.
phone-confirm = Type the code
phone-confirm-help = A text with a code went to
phone-code-hint = Eight digits. They work for ten minutes.
phone-resend = Send another code
phone-remove = Remove the phone
phone-remove-help = Codes are no longer sent there.
phone-unavailable = This server sends no text messages.
done-phone-code-sent = A text with a code is on its way.
done-phone-added = The phone was added.
done-phone-removed = The phone was removed.
me-undelivered = “{ $kind }” could not be delivered to { $to }.
me-undelivered-waits = It is tried again.
me-undelivered-given-up = It was given up. Check the address.
nav-activity = Activity
activity-lead = What happened to your account, newest first. If something was not you, shut everybody else out.
activity-none = Nothing happened yet
activity-where = Address
lockdown = This wasn’t me
lockdown-title = Shut everybody else out?
lockdown-follows = Your other sessions end at once, links and codes on their way become void, and a recovery is stopped. Then you choose a new password.
lockdown-submit = Shut everybody else out
locked-down-title = Everybody else is out
locked-down = { $count ->
    [0] There was no other session. Links and codes that were on their way are void.
    [one] One other session has ended. Links and codes that were on their way are void.
   *[other] { $count } other sessions have ended. Links and codes that were on their way are void.
}
locked-down-next = Do this now, in this order:
locked-down-password = Choose a new password that you use nowhere else.
locked-down-factors = Look through your apps, passkeys and recovery codes, and remove what is not yours.
locked-down-names = Look through the names and addresses that sign you in.
locked-down-tell = Tell whoever runs this server what you saw, and when.
recover-title = Recover your account
recover-lead = Choose a new password. The second factors that were lost are taken away; add a new one afterwards.
recover-submit = Recover the account
recover-done-title = Your account is yours again
recover-done = Sign in with the new password, and add a second factor.
me-recovery = Somebody is recovering your account
me-recovery-waits = An administrator said that you have lost what you sign in with. If you have lost nothing, stop it. Otherwise a link comes to your address:
recovery-stop = Stop the recovery
me-factors-none = Your password alone signs you in.
me-factors-add = Add a passkey or an app
me-factors = { $count ->
    [one] One second factor or passkey protects you.
   *[other] { $count } second factors and passkeys protect you.
}
done-recovery-started = The recovery waits. Its owner was told.
done-recovery-stopped = The recovery was stopped.
step-up-password-title = Type your password again
step-up-password-help = It keeps a borrowed browser from changing what signs you in. It is enough for ten minutes.
step-up-signin-title = Sign in again
step-up-signin-help = You signed in more than ten minutes ago, and have no password to type. Signing in again keeps a borrowed browser from changing how you sign in.
