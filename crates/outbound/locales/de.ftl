# Jede Mail.
link-below = Falls die Schaltfläche nichts bewirkt, öffnen Sie diesen Link:
token = Token: { $token }
foot = Gesendet von Tollgate auf { $site }. Antworten an diese Adresse liest niemand.
place-unknown = einem unbekannten Ort

password-reset-subject = Neues Passwort setzen
password-reset-lead = Jemand hat für Ihr Konto ein neues Passwort angefordert. Dieser Link funktioniert einmal, innerhalb von { $minutes } Minuten.
password-reset-button = Neues Passwort setzen
password-reset-end = Wenn Sie das nicht waren, tun Sie nichts: Ihr Passwort bleibt, wie es ist.

address-verification-subject = Bestätigen Sie Ihre E-Mail-Adresse
address-verification-lead = Jemand möchte zeigen, dass diese Adresse ihm gehört. Dieser Link funktioniert einmal, innerhalb von { $hours } Stunden.
address-verification-button = Diese Adresse bestätigen
address-verification-end = Wenn Sie das nicht waren, tun Sie nichts: Die Adresse bleibt unbestätigt.

confirmation-subject = Waren Sie das? Bestätigen Sie eine Anmeldung
confirmation-lead = Jemand meldet sich mit Ihrem Passwort von einem Gerät oder aus einem Netz an, in dem Ihr Konto bisher nicht benutzt wurde. Dieser Code lässt herein, innerhalb von { $minutes } Minuten. Geben Sie ihn nur auf der Seite ein, die danach fragt, und sagen Sie ihn niemandem.
confirmation-end = Wenn Sie das nicht waren, kennen andere Ihr Passwort: Setzen Sie auf { $site }/forgot ein neues.
sign-in-link-subject = Ihr Link zum Anmelden
sign-in-link-lead = Jemand möchte sich per Mail bei Ihrem Konto anmelden. Dieser Link funktioniert einmal, innerhalb von { $minutes } Minuten, in dem Browser, der ihn angefordert hat.
sign-in-link-button = Anmelden
sign-in-link-end = Wenn Sie das nicht waren, tun Sie nichts und geben Sie diese Mail nicht weiter.

sign-in-code-subject = Ihr Code zum Anmelden
sign-in-code-lead = Jemand möchte sich per Mail bei Ihrem Konto anmelden. Geben Sie dort diesen Code ein; er funktioniert einmal, innerhalb von { $minutes } Minuten.
sign-in-code-end = Wenn Sie das nicht waren, tun Sie nichts und sagen Sie den Code niemandem. Wer diesen Server betreut, fragt nie danach.

factor-added-subject = Eine Authenticator-App wurde hinzugefügt
factor-added-lead = Seit { $at } verlangt die Anmeldung bei Ihrem Konto einen Code dieser App. Ihre anderen Sitzungen sind beendet.

factor-removed-subject = Eine Authenticator-App wurde entfernt
factor-removed-lead = Seit { $at } meldet eine Authenticator-App Sie nicht mehr an.

passkey-added-subject = Ein Passkey wurde hinzugefügt
passkey-added-lead = Seit { $at } meldet ein neuer Passkey bei Ihrem Konto an. Ihre anderen Sitzungen wurden beendet.

passkey-removed-subject = Ein Passkey wurde entfernt
passkey-removed-lead = Seit { $at } meldet ein Passkey Sie nicht mehr an.

passkey-copied-subject = Ein Passkey wurde abgelehnt
passkey-copied-lead = Um { $at } wurde einer Ihrer Passkeys abgelehnt, weil er vielleicht von seinem Gerät kopiert wurde. Wenn Sie es nicht zur Hand haben, melden Sie sich auf andere Weise an und entfernen Sie ihn.

factors-reset-subject = Ihre zweiten Faktoren wurden entfernt
factors-reset-lead = Um { $at } hat der Betreiber alle Authenticator-Apps und Wiederherstellungscodes Ihres Kontos entfernt und seine Sitzungen beendet. Ihr Passwort allein meldet Sie an, bis Sie eine App hinzufügen.

factor-blocked-subject = Jemand, der Ihr Passwort kennt, rät Codes
factor-blocked-lead = Um { $at } war nach dem richtigen Passwort wieder ein Code falsch; eine Weile gilt nun keiner. Wenn Sie das nicht waren, kennen andere Ihr Passwort: Setzen Sie ein neues.

password-blocked-subject = Jemand ist als Sie angemeldet und rät Ihr Passwort
password-blocked-lead = Um { $at } hat jemand, der in Ihrem Konto angemeldet ist, wieder ein falsches aktuelles Passwort eingegeben; eine Weile wird dort keines mehr geprüft. Wenn Sie das nicht waren, beenden Sie Ihre anderen Sitzungen und setzen Sie per E-Mail ein neues Passwort.

recovery-codes-made-subject = Neue Wiederherstellungscodes wurden erstellt
recovery-codes-made-lead = Um { $at } wurden für Ihr Konto neue Wiederherstellungscodes erstellt. Die alten sind ungültig.

recovery-code-used-subject = Ein Wiederherstellungscode wurde benutzt
recovery-code-used-lead = Um { $at } wurde ein Wiederherstellungscode benutzt, um sich bei Ihrem Konto anzumelden oder zu ändern, wie Sie das tun, von { $from } aus. { $left ->
    [0] Kein Code ist übrig.
    [one] Ein Code ist übrig.
   *[other] { $left } Codes sind übrig.
    } Neue, die die alten ungültig machen, erstellen Sie auf { $site }/me/factors.

password-changed-subject = Ihr Passwort wurde geändert
password-changed-lead = Seit { $at } hat Ihr Konto ein neues Passwort.

new-device-subject = Ein neues Gerät hat sich bei Ihrem Konto angemeldet
new-device-lead = Am { $at } hat sich jemand mit einem Gerät oder aus einem Netz, das Ihr Konto nicht kennt, bei ihm angemeldet: { $from }.

new-country-subject = Eine Anmeldung bei Ihrem Konto aus einem neuen Land
new-country-lead = Am { $at } hat sich jemand bei Ihrem Konto angemeldet, und zwar von { $from } aus, einem Land, in dem es bisher nicht benutzt wurde.

second-step-code-subject = Ihr Code: { $code }
second-step-code-lead = { $code } schließt Ihre Anmeldung bei { $site } ab. Er gilt einmal, zehn Minuten lang und nur dort, wo Sie begonnen haben.
second-step-code-end = Wenn Sie sich nicht gerade anmelden, kennt jemand Ihr Passwort: Setzen Sie ein neues. Sagen Sie diesen Code niemandem.

codes-turned-on-subject = Codes per Mail oder SMS wurden eingeschaltet
codes-turned-on-lead = Seit { $at } kann ein Code, der Ihnen geschickt wird, eine Anmeldung bei Ihrem Konto abschließen. Ihre anderen Sitzungen wurden beendet.

codes-turned-off-subject = Codes per Mail oder SMS wurden ausgeschaltet
codes-turned-off-lead = Seit { $at } schließen Codes, die Ihnen geschickt werden, keine Anmeldung mehr ab.

phone-verified-subject = Ein Telefon wurde hinzugefügt
phone-verified-lead = Seit { $at } hat Ihr Konto eine andere Telefonnummer.

phone-removed-subject = Ihr Telefon wurde entfernt
phone-removed-lead = Seit { $at } hat Ihr Konto keine Telefonnummer mehr.
account-recovery-subject = Schließen Sie die Wiederherstellung Ihres Kontos ab
account-recovery-lead = Die Wartezeit ist um. Dieser Link gilt einmal, innerhalb von { $hours } Stunden: Er setzt ein neues Passwort und entfernt die verlorenen zweiten Faktoren.
account-recovery-button = Konto wiederherstellen
account-recovery-end = Wenn Sie nicht darum gebeten haben, öffnen Sie ihn nicht; melden Sie sich an und halten Sie die Wiederherstellung auf Ihrer Seite an.

account-locked-subject = Das Anmelden an Ihrem Konto ist gebremst
account-locked-lead = Jemand hat so oft falsche Passwörter eingegeben, dass Ihr Konto eine Weile keine mehr von Geräten und aus Netzen annimmt, die es nicht kennt. Dieser Link gilt einmal, innerhalb von { $hours } Stunden: Er beendet das und macht den Browser bekannt, in dem Sie ihn öffnen, sodass Sie sich dort anmelden können, was andere auch versuchen.
account-locked-button = Lassen Sie mich ein
account-locked-end = Wenn Sie ein Gerät benutzen, auf dem Sie sich schon angemeldet haben, ist nichts zu tun. Niemand ist hineingekommen, und Ihr Passwort ist unverändert. Wenn Sie es auch anderswo benutzen, wählen Sie ein anderes.

identifier-added-subject = Ein Name zum Anmelden ist dazugekommen
identifier-added-lead = Seit { $at } meldet ein weiterer Name oder eine weitere Adresse in Ihrem Konto an.

identifier-removed-subject = Ein Name zum Anmelden wurde entfernt
identifier-removed-lead = Seit { $at } meldet einer Ihrer Namen oder eine Ihrer Adressen Sie nicht mehr an.

recovery-started-subject = Eine Wiederherstellung Ihres Kontos hat begonnen
recovery-started-lead = Am { $at } hat ein Administrator gesagt, dass Sie verloren haben, womit Sie sich anmelden. Nach einer Wartezeit kommt an diese Adresse ein Link für ein neues Passwort. Wenn Sie nichts verloren haben, melden Sie sich an und halten Sie die Wiederherstellung auf Ihrer Seite an; auch eine Anmeldung mit zweitem Faktor hält sie an.

account-recovered-subject = Ihr Konto wurde wiederhergestellt
account-recovered-lead = Seit { $at } hat Ihr Konto ein neues Passwort und keine zweiten Faktoren mehr; alle Sitzungen wurden beendet. Fügen Sie wieder einen zweiten Faktor hinzu.
sign-in-token-issued-subject = Ein Link zum Anmelden bei Ihrem Konto wurde erstellt
sign-in-token-issued-lead = Um { $at } hat ein Administrator einen Link erstellt, der einmal ohne Ihr Passwort bei Ihrem Konto anmeldet.

reset-link-made-subject = Ein Link für ein neues Passwort Ihres Kontos wurde erstellt
reset-link-made-lead = Um { $at } hat ein Administrator einen Link erstellt, der einmal ein neues Passwort für Ihr Konto setzt.

role-changed-subject = Was Sie hier dürfen, wurde geändert
role-changed-lead = Seit { $at } hat Ihr Konto eine andere Rolle: Sie dürfen hier mehr als bisher, oder weniger.

device-trusted-subject = Ein Gerät meldet ohne den zweiten Schritt bei Ihrem Konto an
device-trusted-lead = Um { $at } hat sich jemand von { $from } aus bei Ihrem Konto angemeldet und gesagt, dass dieses Gerät ihm gehört: Es meldet nun eine Zeit lang mit dem Passwort allein an, ohne den zweiten Schritt. Auf { $site }/me/sessions sehen Sie es und können es entfernen.

locked-down-subject = Alle anderen wurden aus Ihrem Konto ausgesperrt
locked-down-lead = Um { $at } hat jemand, der bei Ihrem Konto angemeldet war, alle anderen ausgesperrt: Alle anderen Sitzungen sind beendet, und andere Geräte, Links und Codes gelten nicht mehr.

token-reused-subject = Eine Ihrer Sitzungen wurde beendet: Ihr Token wurde zweimal benutzt
token-reused-lead = Um { $at } wurde ein Token einer Ihrer Sitzungen ein zweites Mal benutzt, wie es eine Kopie täte. Diese Sitzung wurde beendet; melden Sie sich dort neu an.

notice-end = Wenn Sie das waren, tun Sie nichts. Wenn nicht, setzen Sie auf { $site }/forgot ein neues Passwort, was alle Sitzungen beendet, und sagen Sie es dem Betreiber dieses Servers.
notice-end-other = Wenn Sie wissen, warum, ist nichts zu tun. Wenn nicht, fragen Sie den Betreiber dieses Servers.
notice-end-copied = Wenn Sie kopiert oder zurückgespielt haben, was dieses Gerät oder diese App aufbewahrt, liegt es daran. Wenn nicht, setzen Sie auf { $site }/forgot ein neues Passwort, was alle Sitzungen beendet, und sagen Sie es dem Betreiber dieses Servers.

test-subject = Ein Test der Mail von Tollgate
test-lead = Das ist ein Test. Wenn Sie ihn lesen, kann { $site } Mail senden.
test-end = Sie brauchen nichts zu tun.

# Textnachrichten.
text-code = { $code } ist Ihr Code für { $host }. Er gilt 10 Minuten. Sagen Sie ihn niemandem.
text-test = Das ist ein Test der Textnachrichten von { $host }.

# Alerts. Each rule has a name of its own.
alert-subject = Tollgate: { $severity }: { $title }
alert-lead = { $lines }
alert-end = Siehe { $site }/admin/alerts. Dort können Sie ihn als gesehen markieren und schließen.
alert-line = { $severity }: { $title } – { $count }×, zuletzt am { $at }
alert-severity-info = Hinweis
alert-severity-warning = Warnung
alert-severity-critical = Kritisch
alert-next-person = Fragen Sie nach, ob das bekannt ist. Wenn nicht, sehen Sie, was geschah, und beenden Sie, was offen ist: { $site }/admin/people/{ $subject }/review
alert-next-guessing = Es wird von selbst gebremst. Sehen Sie, woher es kommt: { $site }/admin/audit; [network] deny sperrt Netze aus.
alert-next-factors = Er wird unter { $site }/me/factors hinzugefügt; signin.second_factor = "admins" verlangt ihn von allen.
alert-next-mail = Warum, und um es erneut zu versuchen: tollgate mail queue
alert-next-webhooks = Sehen Sie, was wohin gesendet wird: { $site }/admin/webhooks
alert-next-trail = Lassen Sie die Datenbank, wie sie ist, und vergleichen Sie sie mit einer Sicherung: tollgate audit verify
alert-next-compliance = Sehen Sie, was gefunden wurde, und bringen Sie es in Ordnung: { $site }/admin/compliance
alert-next-look = Sehen Sie, wer es wann getan hat: { $site }/admin/audit
alert-next-doctor = Sehen Sie, was nicht stimmt: tollgate doctor
alert-rule-test = Das ist ein Test der Warnungen
alert-rule-account-blocked = Anmeldungen bei einem Konto sind eine Weile gesperrt
alert-rule-many-blocked = Viele Konten wurden binnen Minuten gesperrt: Jemand rät womöglich Passwörter
alert-rule-sign-ins-sprayed = Ein Netz hat an vielen Konten Passwörter versucht und ist eine Weile ausgesperrt
alert-rule-sign-ins-stuffed = Viele Anmeldungen schlagen an vielen Konten fehl: Fremde müssen für ihre arbeiten, bis es vorbei ist
alert-rule-token-reused = Ein Refresh-Token wurde zweimal benutzt: Es wurde womöglich gestohlen
alert-rule-passkey-copied = Ein Passkey wurde abgelehnt, der womöglich eine Kopie ist
alert-rule-factor-removed = Ein zweiter Faktor wurde entfernt
alert-rule-factors-reset = Alle zweiten Faktoren eines Kontos wurden entfernt
alert-rule-recovery = Ein Konto wird ohne Nachweis seines Inhabers wiederhergestellt
alert-rule-new-country = Jemand meldete sich aus einem Land an, in dem das Konto bisher nicht benutzt wurde
alert-rule-locked-down = Ein Inhaber hat alle anderen aus seinem Konto ausgesperrt: Es wurde womöglich darin eingebrochen
alert-rule-administrator-made = Es gibt einen neuen Administrator
alert-rule-administrator-recovered = Ein Administrator wurde an der Kommandozeile angelegt oder wiederhergestellt
alert-rule-administrator-without-factor = Ein Administrator hat keinen zweiten Faktor
alert-rule-mail-failing = Eine Mail oder Textnachricht wurde aufgegeben
alert-rule-webhook-stopped = Ein Webhook nimmt nichts mehr an und wurde abgeschaltet
alert-rule-webhook-changed = Ein Webhook wurde angelegt, geändert oder gelöscht: Ereignisse gehen anderswohin oder nicht mehr
alert-rule-trail-broken = Die Prüfspur passt nicht mehr zusammen
alert-rule-compliance-changed = Die Regeln finden etwas Neues
alert-rule-clock-stepped = Die Uhr der Maschine ist gesprungen
alert-rule-backup-restored = Eine Sicherung wurde zurückgespielt
alert-rule-signing-keys-changed = Signaturschlüssel wurden geändert
alert-rule-limits-hit = Viele Aufrufe werden wegen ihrer Häufigkeit abgelehnt
alert-rule-breach-check-failing = Neue Passwörter werden nicht gegen bekannt gewordene geprüft
