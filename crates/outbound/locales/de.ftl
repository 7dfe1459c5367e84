# Jede Mail.
link-below = Falls die Schaltfläche nichts bewirkt, öffnen Sie diesen Link:
token = Token: { $token }
foot = Gesendet von Tollgate auf { $site }. Antworten an diese Adresse liest niemand.

password-reset-subject = Neues Passwort setzen
password-reset-lead = Jemand hat für Ihr Konto ein neues Passwort angefordert. Dieser Link funktioniert einmal, innerhalb von { $minutes } Minuten.
password-reset-button = Neues Passwort setzen
password-reset-end = Wenn Sie das nicht waren, tun Sie nichts: Ihr Passwort bleibt, wie es ist.

address-verification-subject = Bestätigen Sie Ihre E-Mail-Adresse
address-verification-lead = Jemand, der sich mit dieser Adresse anmeldet, möchte zeigen, dass sie ihm gehört. Dieser Link funktioniert einmal, innerhalb von { $hours } Stunden.
address-verification-button = Diese Adresse bestätigen
address-verification-end = Wenn Sie das nicht waren, tun Sie nichts: Die Adresse bleibt unbestätigt.

test-subject = Ein Test der Mail von Tollgate
test-lead = Das ist ein Test. Wenn Sie ihn lesen, kann { $site } Mail senden.
test-end = Sie brauchen nichts zu tun.
