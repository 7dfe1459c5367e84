# Every mail.
link-below = If the button does nothing, open this link:
token = Token: { $token }
foot = Sent by Tollgate at { $site }. Replies to this address are not read.
place-unknown = an unknown place

password-reset-subject = Set a new password
password-reset-lead = Somebody asked for a new password for your account. This link works once, within { $minutes } minutes.
password-reset-button = Set a new password
password-reset-end = If it was not you, do nothing: your password stays as it is.

address-verification-subject = Confirm your e-mail address
address-verification-lead = Somebody asked to confirm that this address is theirs. This link works once, within { $hours } hours.
address-verification-button = Confirm this address
address-verification-end = If it was not you, do nothing: the address stays unconfirmed.

confirmation-subject = Was it you? Confirm a sign-in
confirmation-lead = Somebody with your password signs in from a device or a network that your account was not used from before. This code lets them in, within { $minutes } minutes. Type it only on the page that asks for it, and tell it to nobody.
confirmation-end = If it was not you, your password is known to others: set a new one at { $site }/forgot.
sign-in-link-subject = Your link to sign in
sign-in-link-lead = Somebody asked to sign in to your account by mail. This link works once, within { $minutes } minutes, in the browser that asked for it.
sign-in-link-button = Sign in
sign-in-link-end = If it was not you, do nothing, and pass this mail on to nobody.

sign-in-code-subject = Your code to sign in
sign-in-code-lead = Somebody asked to sign in to your account by mail. Type this code there; it works once, within { $minutes } minutes.
sign-in-code-end = If it was not you, do nothing, and tell the code to nobody. Nobody who looks after this server asks for it.

factor-added-subject = An authenticator app was added
factor-added-lead = Since { $at } signing in to your account takes a code of that app. Your other sessions have ended.

factor-removed-subject = An authenticator app was removed
factor-removed-lead = Since { $at } an authenticator app signs you in no more.

passkey-added-subject = A passkey was added
passkey-added-lead = Since { $at } a new passkey signs in to your account. Your other sessions have ended.

passkey-removed-subject = A passkey was removed
passkey-removed-lead = Since { $at } a passkey signs you in no more.

passkey-copied-subject = A passkey was refused
passkey-copied-lead = At { $at } a passkey of yours was refused, because it may have been copied from its device. If it is not at hand, sign in another way and remove it.

factors-reset-subject = Your second factors were taken away
factors-reset-lead = At { $at } the operator took all authenticator apps and recovery codes from your account and ended its sessions. Your password alone signs you in until you add an app.

factor-blocked-subject = Somebody who knows your password is guessing codes
factor-blocked-lead = At { $at } a code was wrong once more after the right password, so no code is taken for a while. If it was not you, your password is known to others: set a new one.

password-blocked-subject = Somebody who is signed in as you is guessing your password
password-blocked-lead = At { $at } somebody who is signed in to your account typed a wrong current password once more, so none is looked at there for a while. If it was not you, end your other sessions and set a new password by mail.

recovery-codes-made-subject = New recovery codes were made
recovery-codes-made-lead = At { $at } new recovery codes were made for your account. The old ones are void.

recovery-code-used-subject = A recovery code was used
recovery-code-used-lead = At { $at } a recovery code was used to sign in to your account, or to change how you do, from { $from }. { $left ->
    [0] No code is left.
    [one] One code is left.
   *[other] { $left } codes are left.
    } New ones, which make the old ones void, are made at { $site }/me/factors.

password-changed-subject = Your password was changed
password-changed-lead = Since { $at } your account has a new password.

new-device-subject = A new device signed in to your account
new-device-lead = At { $at } somebody signed in to your account with a device, or from a network, that it does not know: { $from }.

new-country-subject = A sign-in to your account from a new country
new-country-lead = At { $at } somebody signed in to your account from { $from }, in a country where it was not used before.

second-step-code-subject = Your code: { $code }
second-step-code-lead = { $code } finishes your sign-in at { $site }. It works once, for ten minutes, and only where you began.
second-step-code-end = If you are not signing in, somebody knows your password: set a new one. Never tell this code to anybody.

codes-turned-on-subject = Codes by mail or text were turned on
codes-turned-on-lead = Since { $at } a code that is sent to you can finish a sign-in to your account. Your other sessions have ended.

codes-turned-off-subject = Codes by mail or text were turned off
codes-turned-off-lead = Since { $at } codes that are sent to you finish no sign-in any more.

phone-verified-subject = A phone was added
phone-verified-lead = Since { $at } your account has another phone number.

phone-removed-subject = Your phone was removed
phone-removed-lead = Since { $at } your account has no phone number any more.
account-recovery-subject = Finish the recovery of your account
account-recovery-lead = The wait is over. This link works once, within { $hours } hours: it sets a new password and takes the lost second factors away.
account-recovery-button = Recover the account
account-recovery-end = If you did not ask for it, do not open it; sign in and stop the recovery on your page.

account-locked-subject = Sign-in to your account is slowed down
account-locked-lead = Somebody typed wrong passwords so often that your account takes no more for a while from devices and networks that it does not know. This link works once, within { $hours } hours: it ends that, and has the browser known in which you open it, so that you can sign in there whatever others try.
account-locked-button = Let me in
account-locked-end = If you use a device that you signed in on before, there is nothing to do. Nobody got in, and your password is unchanged. Was it a password that you use elsewhere too, choose another.

identifier-added-subject = A name to sign in with was added
identifier-added-lead = Since { $at } one more name or address signs in to your account.

identifier-removed-subject = A name to sign in with was removed
identifier-removed-lead = Since { $at } one of your names or addresses signs you in no more.

recovery-started-subject = A recovery of your account was started
recovery-started-lead = At { $at } an administrator said that you have lost what you sign in with. After a wait, a link to set a new password comes to this address. If you have lost nothing, sign in and stop the recovery on your page; signing in with a second factor stops it too.

account-recovered-subject = Your account was recovered
account-recovered-lead = Since { $at } your account has a new password and no second factors; all its sessions have ended. Add a second factor again.
sign-in-token-issued-subject = A link to sign in to your account was made
sign-in-token-issued-lead = At { $at } an administrator made a link that signs in to your account once, without your password.

reset-link-made-subject = A link to set a new password for your account was made
reset-link-made-lead = At { $at } an administrator made a link that sets a new password for your account, once.

role-changed-subject = What you may do here was changed
role-changed-lead = Since { $at } your account has another role: you may do more here than before, or less.

device-trusted-subject = A device signs in to your account without the second step
device-trusted-lead = At { $at } somebody signed in to your account from { $from } and said that this device is theirs: it signs in with the password alone, without the second step from now on, for a while. You see it at { $site }/me/sessions and can remove it there.

locked-down-subject = Everybody else was shut out of your account
locked-down-lead = At { $at } somebody who was signed in to your account shut everybody else out: all other sessions have ended, and other devices, links and codes count no more.

token-reused-subject = A session of yours was ended: its token was used twice
token-reused-lead = At { $at } a token of one of your sessions was used a second time, as a copy of it would be. That session was ended; sign in again there.

notice-end = If it was you, do nothing. If not, set a new password at { $site }/forgot, which ends all sessions, and tell whoever runs this server.
notice-end-other = If you know why, there is nothing to do. If not, ask whoever runs this server.
notice-end-copied = If you copied or restored what that device or app keeps, that is why. If not, set a new password at { $site }/forgot, which ends all sessions, and tell whoever runs this server.

test-subject = A test of Tollgate’s mail
test-lead = This is a test. If you read it, { $site } can send mail.
test-end = You need not do anything.

# Text messages.
text-code = { $code } is your code for { $host }. It works for 10 minutes. Never tell it to anybody.
text-test = This is a test of text messages from { $host }.

# Alerts. Each rule has a name of its own.
alert-subject = Tollgate: { $severity }: { $title }
alert-lead = { $lines }
alert-end = See { $site }/admin/alerts. There you can say that you have seen it, and close it.
alert-line = { $severity }: { $title } — { $count }×, last at { $at }
alert-severity-info = Note
alert-severity-warning = Warning
alert-severity-critical = Critical
alert-next-person = Ask them whether they know of it. If not, see what happened and end what is open: { $site }/admin/people/{ $subject }/review
alert-next-guessing = It is slowed down by itself. See from where it comes: { $site }/admin/audit; [network] deny shuts networks out.
alert-next-factors = They add one at { $site }/me/factors; signin.second_factor = "admins" requires it of all.
alert-next-mail = Why, and to try again: tollgate mail queue
alert-next-webhooks = See what is sent where: { $site }/admin/webhooks
alert-next-trail = Leave the database as it is, and compare it with a backup: tollgate audit verify
alert-next-compliance = See what is found, and put it right: { $site }/admin/compliance
alert-next-look = See who did it and when: { $site }/admin/audit
alert-next-doctor = See what is wrong: tollgate doctor
alert-rule-test = This is a test of alerts
alert-rule-account-blocked = Sign-ins to an account are blocked for a while
alert-rule-many-blocked = Many accounts were blocked within minutes: somebody may be guessing passwords
alert-rule-sign-ins-sprayed = One network tried passwords at many accounts, and is shut out for a while
alert-rule-sign-ins-stuffed = Many sign-ins fail at many accounts: strangers have to work for theirs until it is over
alert-rule-token-reused = A refresh token was used twice: it may have been stolen
alert-rule-passkey-copied = A passkey was refused that may be a copy
alert-rule-factor-removed = A second factor was removed
alert-rule-factors-reset = All second factors of an account were taken away
alert-rule-recovery = An account is being recovered without its owner’s proof
alert-rule-new-country = Somebody signed in from a country where the account was not used before
alert-rule-locked-down = An owner shut everybody else out of an account: it may have been broken into
alert-rule-administrator-made = There is a new administrator
alert-rule-administrator-recovered = An administrator was made or restored at the command line
alert-rule-administrator-without-factor = An administrator has no second factor
alert-rule-mail-failing = A mail or text was given up
alert-rule-webhook-stopped = A webhook takes nothing any more and was turned off
alert-rule-webhook-changed = A webhook was added, changed or deleted: events go elsewhere, or no longer
alert-rule-trail-broken = The audit trail does not fit together any more
alert-rule-compliance-changed = The compliance rules find something new
alert-rule-clock-stepped = The machine’s clock jumped
alert-rule-backup-restored = A backup was restored
alert-rule-signing-keys-changed = Signing keys were changed
alert-rule-limits-hit = Many calls are refused for their rate
alert-rule-breach-check-failing = New passwords are not checked against breaches
