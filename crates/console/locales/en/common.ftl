# What every page has: frame, forms, parts.

skip = Skip to content
foot-language = Language
foot-theme = Appearance
theme-light = Light
theme-dark = Dark
theme-system = As the device
nav-main = Main
nav-menu = Menu
nav-account = Your account
nav-admin = Administration
nav-overview = Overview
nav-signout = Sign out
continue = Continue
copy = Copy
copied = Copied
download = Download
optional = optional
back-to-signin = Back to sign-in
back-form = Back to the form
back-home = Back to the first page
form-faults = That did not work yet. See the fields below.
plain-http = This page came over plain http: what you type can be read on the way. Ask the operator for https.
field-name = Name
field-email = E-mail address
field-username = Username
field-login = E-mail address or username
field-password = Password
field-new-password = New password
password-hint = At least { $least } characters. A few words you remember make a good one.
password-show = Show
password-hide = Hide
strength = Strength of the password
strength-0 = Very weak: guessed at once.
strength-1 = Weak: guessed quickly.
strength-2 = Fair: another word would help.
strength-3 = Good.
strength-4 = Strong.
secret-once-title = Save this now
secret-once-help = It is shown only this once. Nobody, not even we, can show it again.
wait-seconds =
    { $count ->
        [one] Wait { $count } second, then try again.
       *[other] Wait { $count } seconds, then try again.
    }
wait-minutes =
    { $count ->
        [one] Wait { $count } minute, then try again.
       *[other] Wait { $count } minutes, then try again.
    }
