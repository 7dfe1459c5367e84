# Every mail.
link-below = If the button does nothing, open this link:
token = Token: { $token }
foot = Sent by Tollgate at { $site }. Nobody reads answers to this address.

password-reset-subject = Set a new password
password-reset-lead = Somebody asked for a new password for your account. This link works once, within { $minutes } minutes.
password-reset-button = Set a new password
password-reset-end = If it was not you, do nothing: your password stays as it is.

address-verification-subject = Confirm your e-mail address
address-verification-lead = Somebody who signs in with this address wants to show that it is theirs. This link works once, within { $hours } hours.
address-verification-button = Confirm this address
address-verification-end = If it was not you, do nothing: the address stays unconfirmed.

test-subject = A test of Tollgate’s mail
test-lead = This is a test. If you read it, { $site } can send mail.
test-end = You need not do anything.
