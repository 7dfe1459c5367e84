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
me-not-you = Etwas kommt Ihnen fremd vor? Beenden Sie die Sitzung und ändern Sie dann Ihr Passwort.
profile-picture = Bild
profile-picture-upload = Hochladen
profile-picture-remove = Bild entfernen
profile-picture-hint = JPEG, PNG oder WebP, bis 5 MB. Die Mitte wird ausgeschnitten; wo und womit es aufgenommen wurde, wird entfernt.
profile-about = Über Sie
profile-bio = In wenigen Worten
profile-bio-hint = Bis zu 1000 Zeichen. Administratoren und Ihre Apps können es sehen.
profile-language-auto = Wie der Browser es wünscht
profile-names = Namen zum Anmelden
profile-names-lead = Jeder davon funktioniert zusammen mit Ihrem Passwort.
profile-name-new = Weitere E-Mail-Adresse oder Benutzername
profile-name-verify = Link senden
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
factors-apps = Authenticator-Apps
factors-none = Noch keine Authenticator-App
factors-none-help = Ihr Passwort allein meldet Sie an. Fügen Sie eine App wie Aegis, 2FAS oder Google Authenticator hinzu.
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
factors-codes-help = Jeder meldet Sie einmal an, wenn die App nicht zur Hand ist. Bewahren Sie sie getrennt von ihr auf: in einem Passwortmanager oder auf Papier. Ältere Codes sind ungültig.
factors-codes-kept = Ich habe sie aufbewahrt
done-factor-added = Die Authenticator-App wurde hinzugefügt.
done-factor-removed = Die Authenticator-App wurde entfernt.
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
