# Was jede Seite hat: Rahmen, Formulare, Bausteine.

skip = Zum Inhalt springen
foot-language = Sprache
foot-theme = Darstellung
theme-light = Hell
theme-dark = Dunkel
theme-system = Wie das Gerät
nav-main = Hauptmenü
nav-menu = Menü
nav-account = Ihr Konto
nav-admin = Verwaltung
nav-overview = Übersicht
nav-signout = Abmelden
continue = Weiter
copy = Kopieren
copied = Kopiert
download = Herunterladen
optional = freiwillig
back-to-signin = Zurück zur Anmeldung
back-form = Zum Formular
back-home = Zur ersten Seite
form-faults = Das hat noch nicht geklappt. Bitte prüfen Sie die Felder unten.
plain-http = Diese Seite kam über unverschlüsseltes http: Was Sie eingeben, kann unterwegs mitgelesen werden. Bitten Sie den Betreiber um https.
field-name = Name
field-email = E-Mail-Adresse
field-username = Benutzername
field-login = E-Mail-Adresse oder Benutzername
field-password = Passwort
field-new-password = Neues Passwort
password-hint = Mindestens { $least } Zeichen. Ein paar Wörter, die Sie sich merken, ergeben ein gutes.
password-show = Zeigen
password-hide = Verbergen
strength = Stärke des Passworts
strength-0 = Sehr schwach: Es fällt bei den ersten Versuchen.
strength-1 = Schwach: Es fällt bald.
strength-2 = Mäßig: Ein Wort mehr hilft.
strength-3 = Gut.
strength-4 = Stark.
secret-once-title = Jetzt sichern
secret-once-help = Dies wird nur dieses eine Mal gezeigt. Niemand, auch wir nicht, kann es noch einmal zeigen.
wait-seconds =
    { $count ->
        [one] Warten Sie { $count } Sekunde und versuchen Sie es dann erneut.
       *[other] Warten Sie { $count } Sekunden und versuchen Sie es dann erneut.
    }
wait-minutes =
    { $count ->
        [one] Warten Sie { $count } Minute und versuchen Sie es dann erneut.
       *[other] Warten Sie { $count } Minuten und versuchen Sie es dann erneut.
    }
