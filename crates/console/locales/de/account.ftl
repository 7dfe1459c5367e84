# Das eigene Konto, und was diese Seiten mit denen über andere teilen.

nav-profile = Profil
nav-password = Passwort
nav-factors = Zweiter Faktor
nav-sessions = Sitzungen
nav-data = Ihre Daten
action = Aktion
add = Hinzufügen
remove = Entfernen
save = Speichern
state = Status
verified = Bestätigt
unverified = Nicht bestätigt
role-admin = Administrator
role-manager = Manager
role-default = Person
when-now = gerade eben
when-in-minutes =
    { $count ->
        [one] in { $count } Minute
       *[other] in { $count } Minuten
    }
when-in-hours =
    { $count ->
        [one] in { $count } Stunde
       *[other] in { $count } Stunden
    }
when-in-days =
    { $count ->
        [one] in { $count } Tag
       *[other] in { $count } Tagen
    }
when-minutes =
    { $count ->
        [one] vor { $count } Minute
       *[other] vor { $count } Minuten
    }
when-hours =
    { $count ->
        [one] vor { $count } Stunde
       *[other] vor { $count } Stunden
    }
when-days =
    { $count ->
        [one] vor { $count } Tag
       *[other] vor { $count } Tagen
    }
me-security = Sicherheit
me-password-set = Sie melden sich mit einem Passwort an.
me-password-change = Ändern
me-email-verified = Ihre E-Mail-Adresse ist bestätigt.
me-email-unverified = Ihre E-Mail-Adresse ist nicht bestätigt.
me-email-verify = Bestätigen
me-email-none = Es gibt keine E-Mail-Adresse für einen Link zum Zurücksetzen.
me-sessions =
    { $count ->
        [one] Sie sind auf { $count } Gerät angemeldet.
       *[other] Sie sind auf { $count } Geräten angemeldet.
    }
me-sessions-see = Ansehen
me-signins = Anmeldungen
me-this-signin = Diese
me-last-signin = Davor
me-last-none = Keine andere, die noch offen ist
me-since = Konto seit
me-not-you = Etwas kommt Ihnen fremd vor? Schließen Sie alle anderen aus; dann werden Sie zu einem neuen Passwort geführt.
profile-picture = Bild
profile-picture-upload = Hochladen
profile-picture-remove = Bild entfernen
profile-picture-hint = JPEG, PNG oder WebP, bis 5 MB. Die Mitte wird ausgeschnitten; wo und womit es aufgenommen wurde, wird entfernt.
profile-about = Über Sie
profile-bio = In wenigen Worten
profile-bio-hint = Bis zu 1000 Zeichen. Administratoren und Ihre Apps können es sehen.
profile-language-auto = Wie der Browser es wünscht
profile-names = Namen zum Anmelden
profile-names-lead = Jeder davon funktioniert zusammen mit Ihrem Passwort. Eine neue E-Mail-Adresse wird dazu, sobald Sie den Link öffnen, der dorthin geht.
profile-name-new = Weitere E-Mail-Adresse oder Benutzername
profile-name-verify = Link senden
profile-name-waits = Wartet auf Sie
profile-name-waits-hint = Ein Link ging dorthin; die Adresse gehört zu Ihrem Konto, sobald Sie ihn hier öffnen, binnen 24 Stunden.
profile-name-again = Noch einmal senden
profile-name-back = Zurücknehmen
password-title = Passwort ändern
password-current = Aktuelles Passwort
password-submit = Passwort ändern
password-others =
    { $count ->
        [0] Sie sind nur hier angemeldet, sonst endet also nichts.
        [one] Ihre andere Sitzung endet. Hier bleiben Sie angemeldet.
       *[other] Ihre { $count } anderen Sitzungen enden. Hier bleiben Sie angemeldet.
    }
password-end-others =
    { $count ->
        [one] Meine andere Sitzung abmelden
       *[other] Meine { $count } anderen Sitzungen abmelden
    }
factors-title = Anmelden in zwei Schritten
factors-lead = Mit einem zweiten Faktor öffnet ein gestohlenes Passwort nichts.
factor-wanted = Dieses Konto braucht einen zweiten Faktor. Bis Sie einen hinzufügen oder zeigen, öffnet sich sonst nichts.
factors-off = Authenticator-Apps sind auf diesem Server ausgeschaltet.
factors-apps = Authenticator-Apps
factors-none = Noch keine Authenticator-App
factors-none-help = Fügen Sie eine App wie Aegis, 2FAS oder Google Authenticator hinzu.
factors-added = Hinzugefügt
factors-add = Authenticator-App hinzufügen
factors-add-help = Sie zeigt alle dreißig Sekunden einen neuen Code. Ihre anderen Sitzungen enden dabei.
factors-name = Wie sie heißen soll
factors-name-hint = Zum Beispiel „Telefon“.
factors-scan = Scannen Sie dies mit der App.
factors-qr = QR-Code mit dem Geheimnis
factors-type = Oder tippen Sie diesen Text ein:
factors-code-hint = Die sechs Ziffern, die die App gerade zeigt.
factors-confirm = Hinzufügen
factors-remove = Authenticator-App entfernen
factors-remove-help = „{ $name }“ meldet niemanden mehr an.
factors-remove-last = Es ist die letzte: Ihr Passwort allein meldet Sie dann an, und die Wiederherstellungscodes sind ungültig.
factors-codes = Wiederherstellungscodes
factors-codes-left =
    { $count ->
        [0] Kein Wiederherstellungscode ist übrig.
        [one] { $count } Wiederherstellungscode ist übrig.
       *[other] { $count } Wiederherstellungscodes sind übrig.
    }
factors-codes-few = Erstellen Sie neue, bevor Sie sie brauchen.
factors-codes-renew = Neue Codes erstellen
factors-codes-help = Jeder meldet Sie einmal an, wenn die App nicht zur Hand ist. Bewahren Sie sie getrennt von ihr auf: in einem Passwortmanager oder auf Papier. Ältere Codes sind ungültig. Neben einem von beiden wird keiner gesendet.
factors-codes-kept = Ich habe sie aufbewahrt
step-up-title = Noch einmal einen Code zeigen
step-up-help = So ändert niemand an einem fremden Browser, wie Sie sich anmelden. Das genügt für zehn Minuten.
done-factor-added = Die Authenticator-App wurde hinzugefügt.
done-factor-removed = Die Authenticator-App wurde entfernt.
passkeys = Passkeys
passkeys-none = Noch kein Passkey
passkeys-none-help = Ein Passkey meldet Sie mit Finger, Gesicht oder der PIN Ihres Geräts an, ohne Passwort.
passkeys-kind = Wo er liegt
passkeys-synced = Auf Ihren Geräten
passkeys-bound = Auf einem Gerät
passkeys-manage = Verwalten
passkeys-add = Passkey hinzufügen
passkeys-add-help = Er bleibt auf diesem Gerät, in Ihrem Passwortmanager oder auf einem Sicherheitsschlüssel. Ihre anderen Sitzungen enden dabei.
passkeys-name = Wie der Passkey heißen soll
passkeys-name-hint = Zum Beispiel „Laptop“.
passkeys-unavailable = Passkeys brauchen https:// und einen Hostnamen oder localhost.
passkeys-create-lead = Ihr Browser fragt jetzt, wo der Passkey liegen soll, und Sie entsperren ihn mit Finger, Gesicht oder PIN.
passkeys-create = Passkey erstellen
passkeys-edit = Passkey
passkeys-rename = Umbenennen
passkeys-remove = Diesen Passkey entfernen
passkeys-remove-help = „{ $name }“ meldet niemanden mehr an. Löschen Sie ihn auch auf Ihrem Gerät.
passkeys-remove-last = Er ist der letzte zweite Faktor: Ihr Passwort allein meldet Sie dann an, und die Wiederherstellungscodes sind ungültig.
done-passkey-added = Der Passkey wurde hinzugefügt.
done-passkey-renamed = Der Passkey wurde umbenannt.
done-passkey-removed = Der Passkey wurde entfernt.
sessions-title = Wo Sie angemeldet sind
sessions-lead = Beenden Sie, was Sie nicht kennen oder nicht mehr nutzen. Es gilt sofort.
sessions-end-others = Alle anderen beenden
session-device = Gerät
session-place = Adresse
session-opened = Angemeldet
session-seen = Zuletzt genutzt
session-current = Diese
session-program = App
session-unknown = Unbekanntes Gerät
session-end = Beenden
devices-title = Bekannte Geräte
devices-lead = Browser und Apps, die sich bei Ihrem Konto angemeldet haben. Was Sie vergessen lassen, wird abgemeldet und gilt beim nächsten Mal als neu.
devices-forget-others = Alle anderen vergessen
devices-forget-all = Alle vergessen
device-first = Zuerst benutzt
device-forget = Vergessen
device-trusted = Ohne zweiten Schritt, bis { $until }
data-export-title = Daten mitnehmen
data-export = Profil, Namen, Sitzungen und was mit Ihrem Konto geschah, in einer JSON-Datei. Ihr Passwort steht als Hash darin; verwahren Sie die Datei sicher.
data-delete-title = Konto löschen
data-delete = Profil, Namen, Bild und Sitzungen sind sofort weg, hier und in jeder App, die diesen Server fragt. Niemand kann sie zurückholen.
data-delete-confirm = Geben Sie zur Bestätigung { $login } ein
data-delete-submit = Mein Konto löschen
data-deleted-title = Ihr Konto ist gelöscht
data-deleted = Alles über Sie ist weg, außer dass es ein Konto gab und wann es gelöscht wurde.
done-saved = Gespeichert.
done-picture-saved = Das Bild ist gespeichert.
done-picture-removed = Das Bild ist entfernt.
done-name-added = Der Name wurde hinzugefügt.
done-name-removed = Der Name wurde entfernt.
done-verification-sent = Eine Mail mit einem Link ist unterwegs. Er gilt 24 Stunden.
done-password-changed = Ihr Passwort ist geändert. Alle anderen Sitzungen sind beendet.
done-password-alone-changed = Ihr Passwort ist geändert.
done-session-ended = Die Sitzung ist beendet.
done-others-ended = Alle anderen Sitzungen sind beendet.
done-device-forgotten = Das Gerät ist vergessen und abgemeldet.
done-devices-forgotten = Die Geräte sind vergessen und abgemeldet.
codes-title = Codes per Mail oder SMS
codes-weaker-badge = Schwächer
codes-help = Wer Ihre Mail liest oder Ihre Nummer übernimmt, bekommt auch den Code. Ein Passkey oder eine App schützt Sie besser.
codes-weaker = Ein Passkey oder eine App schützt Sie besser als Codes, die geschickt werden.
codes-way = Weg
codes-to = Geht an
codes-by-email = Code per Mail
codes-by-sms = Code per SMS
codes-risk-email = Das ist schwächer als eine App oder ein Passkey: Wer Ihre Mail liest, kann ein neues Passwort setzen und bekommt auch den Code.
codes-risk-sms = Das ist schwächer als eine App oder ein Passkey: Nummern können übernommen und SMS unterwegs gelesen werden.
codes-go-to = Codes gehen an
codes-on = Ein,
codes-off = Aus
codes-turn-on = Einschalten
codes-turn-off = Ausschalten
codes-ask-email = Code per Mail an { $to } senden
codes-ask-sms = Code per SMS an { $to } senden
codes-sent = Ein Code ist unterwegs. Er gilt hier, zehn Minuten lang.
done-codes-on = Codes werden ab jetzt geschickt. Ihre anderen Sitzungen sind beendet.
done-codes-off = Codes werden nicht mehr geschickt.
phone-title = Telefon
phone-lead = Für Codes per SMS, wenn Sie diese einschalten. Niemand meldet sich damit an, und außer Ihnen sieht es niemand.
phone-open = Ansehen oder ändern
phone-add = Telefon hinzufügen
phone-change = Telefon ändern
phone-add-help = An die Nummer geht eine SMS mit einem Code.
phone-number = Telefonnummer
phone-number-hint = Mit Land, zum Beispiel +49 30 1234567.
phone-confirm = Code eingeben
phone-confirm-help = Eine SMS mit einem Code ging an
phone-code-hint = Acht Ziffern. Sie gelten zehn Minuten.
phone-resend = Noch einen Code senden
phone-remove = Telefon entfernen
phone-remove-help = Dorthin werden keine Codes mehr geschickt.
phone-unavailable = Dieser Server sendet keine SMS.
done-phone-code-sent = Eine SMS mit einem Code ist unterwegs.
done-phone-added = Das Telefon wurde hinzugefügt.
done-phone-removed = Das Telefon wurde entfernt.
me-undelivered = „{ $kind }“ konnte nicht an { $to } zugestellt werden.
me-undelivered-waits = Es wird wieder versucht.
me-undelivered-given-up = Es wurde aufgegeben. Prüfen Sie die Adresse.
nav-activity = Aktivität
activity-lead = Was mit Ihrem Konto geschah, das Neueste zuerst. Wenn etwas nicht von Ihnen kam, schließen Sie alle anderen aus.
activity-none = Noch ist nichts geschehen
activity-where = Adresse
lockdown = Das war ich nicht
lockdown-title = Alle anderen ausschließen?
lockdown-follows = Ihre anderen Sitzungen enden sofort, Links und Codes, die unterwegs sind, gelten nicht mehr, und eine Wiederherstellung wird angehalten. Dann wählen Sie ein neues Passwort.
lockdown-submit = Alle anderen ausschließen
locked-down-title = Alle anderen sind draußen
locked-down = { $count ->
    [0] Es gab keine andere Sitzung. Links und Codes, die unterwegs waren, gelten nicht mehr.
    [one] Eine andere Sitzung wurde beendet. Links und Codes, die unterwegs waren, gelten nicht mehr.
   *[other] { $count } andere Sitzungen wurden beendet. Links und Codes, die unterwegs waren, gelten nicht mehr.
}
locked-down-next = Tun Sie das jetzt, in dieser Reihenfolge:
locked-down-password = Wählen Sie ein neues Passwort, das Sie nirgends sonst verwenden.
locked-down-factors = Sehen Sie Ihre Apps, Passkeys und Wiederherstellungscodes durch und entfernen Sie, was nicht von Ihnen ist.
locked-down-names = Sehen Sie die Namen und Adressen durch, mit denen Sie sich anmelden.
locked-down-tell = Sagen Sie denen, die diesen Server betreiben, was Sie gesehen haben und wann.
recover-title = Konto wiederherstellen
recover-lead = Wählen Sie ein neues Passwort. Die verlorenen zweiten Faktoren werden entfernt; fügen Sie danach einen neuen hinzu.
recover-submit = Konto wiederherstellen
recover-done-title = Ihr Konto gehört wieder Ihnen
recover-done = Melden Sie sich mit dem neuen Passwort an und fügen Sie einen zweiten Faktor hinzu.
me-recovery = Jemand stellt Ihr Konto wieder her
me-recovery-waits = Ein Administrator hat gesagt, dass Sie verloren haben, womit Sie sich anmelden. Wenn Sie nichts verloren haben, halten Sie es an. Sonst kommt ein Link an Ihre Adresse:
recovery-stop = Wiederherstellung anhalten
me-factors-none = Ihr Passwort allein meldet Sie an.
me-factors-add = Passkey oder App hinzufügen
me-factors = { $count ->
    [one] Ein zweiter Faktor oder Passkey schützt Sie.
   *[other] { $count } zweite Faktoren und Passkeys schützen Sie.
}
done-recovery-started = Die Wiederherstellung wartet. Wem das Konto gehört, hat eine Nachricht bekommen.
done-recovery-stopped = Die Wiederherstellung wurde angehalten.
step-up-password-title = Geben Sie Ihr Passwort noch einmal ein
step-up-password-help = Das hindert einen geliehenen Browser daran zu ändern, womit Sie sich anmelden. Es genügt für zehn Minuten.
step-up-signin-title = Melden Sie sich noch einmal an
step-up-signin-help = Ihre Anmeldung liegt mehr als zehn Minuten zurück, und Sie haben kein Passwort. Eine neue Anmeldung hindert einen geliehenen Browser daran zu ändern, womit Sie sich anmelden.
