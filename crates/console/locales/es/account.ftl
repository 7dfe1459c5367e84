# La cuenta propia, y lo que sus páginas comparten con las de otras personas.

nav-profile = Perfil
nav-password = Contraseña
nav-factors = Segundo factor
nav-sessions = Sesiones
nav-data = Tus datos
action = Acción
add = Añadir
remove = Quitar
save = Guardar
state = Estado
verified = Verificado
unverified = Sin verificar
role-admin = Administrador
role-manager = Gestor
role-default = Persona
when-now = ahora mismo
when-in-minutes =
    { $count ->
        [one] dentro de { $count } minuto
       *[other] dentro de { $count } minutos
    }
when-in-hours =
    { $count ->
        [one] dentro de { $count } hora
       *[other] dentro de { $count } horas
    }
when-in-days =
    { $count ->
        [one] dentro de { $count } día
       *[other] dentro de { $count } días
    }
when-minutes =
    { $count ->
        [one] hace { $count } minuto
       *[other] hace { $count } minutos
    }
when-hours =
    { $count ->
        [one] hace { $count } hora
       *[other] hace { $count } horas
    }
when-days =
    { $count ->
        [one] hace { $count } día
       *[other] hace { $count } días
    }
me-security = Seguridad
me-password-set = Entras con una contraseña.
me-password-change = Cambiarla
me-email-verified = Tu correo electrónico está verificado.
me-email-unverified = Tu correo electrónico no está verificado.
me-email-verify = Verificarlo
me-email-none = No hay un correo al que enviar un enlace para restablecerla.
me-sessions =
    { $count ->
        [one] Tienes la sesión abierta en { $count } dispositivo.
       *[other] Tienes la sesión abierta en { $count } dispositivos.
    }
me-sessions-see = Verlos
me-signins = Entradas
me-this-signin = Esta
me-last-signin = La anterior
me-last-none = Ninguna otra que siga abierta
me-since = Cuenta desde
me-not-you = ¿No reconoces algo? Deja fuera a todos los demás; después se te guía hasta una contraseña nueva.
profile-picture = Foto
profile-picture-upload = Subir
profile-picture-remove = Quitar la foto
profile-picture-hint = JPEG, PNG o WebP, hasta 5 MB. Se recorta el centro; se elimina dónde y con qué se tomó.
profile-about = Sobre ti
profile-bio = En pocas palabras
profile-bio-hint = Hasta 1000 caracteres. La ven los administradores y las aplicaciones que usas.
profile-language-auto = Como pida el navegador
profile-names = Nombres para entrar
profile-names-lead = Cualquiera de ellos sirve junto con tu contraseña. Una dirección nueva lo será cuando abras el enlace que se envía allí.
profile-name-new = Otro correo electrónico o nombre de usuario
profile-name-verify = Enviar un enlace
profile-name-waits = Te espera
profile-name-waits-hint = Se envió un enlace allí; la dirección será tuya cuando lo abras aquí, antes de 24 horas.
profile-name-again = Enviar otra vez
profile-name-back = Retirar
password-title = Cambia tu contraseña
password-current = Contraseña actual
password-submit = Cambiar la contraseña
password-others =
    { $count ->
        [0] Solo tienes esta sesión abierta, así que no se cierra nada más.
        [one] Tu otra sesión se cierra. Aquí sigues dentro.
       *[other] Tus otras { $count } sesiones se cierran. Aquí sigues dentro.
    }
password-end-others =
    { $count ->
        [one] Cerrar mi otra sesión
       *[other] Cerrar mis otras { $count } sesiones
    }
factors-title = Acceso en dos pasos
factors-lead = Con un segundo factor, una contraseña robada no abre nada.
factor-wanted = Esta cuenta debe tener un segundo factor. Hasta que añadas o muestres uno, no se abre nada más.
factors-off = Las aplicaciones de autenticación están desactivadas en este servidor.
factors-apps = Aplicaciones de autenticación
factors-none = Aún no hay ninguna aplicación
factors-none-help = Añade una aplicación como Aegis, 2FAS o Google Authenticator.
factors-added = Añadida
factors-add = Añadir una aplicación de autenticación
factors-add-help = Muestra un código nuevo cada treinta segundos. Tus otras sesiones terminan al añadirla.
factors-name = Cómo llamarla
factors-name-hint = Por ejemplo, «Teléfono».
factors-scan = Escanea esto con la aplicación.
factors-qr = Código QR con el secreto
factors-type = O escribe este texto en ella:
factors-code-hint = Las seis cifras que la aplicación muestra ahora.
factors-confirm = Añadirla
factors-remove = Quitar la aplicación de autenticación
factors-remove-help = «{ $name }» ya no dejará entrar a nadie.
factors-remove-last = Es la última: tu contraseña sola bastará para entrar y los códigos de recuperación quedan anulados.
factors-codes = Códigos de recuperación
factors-codes-left =
    { $count ->
        [0] No queda ningún código de recuperación.
        [one] Queda { $count } código de recuperación.
       *[other] Quedan { $count } códigos de recuperación.
    }
factors-codes-few = Crea otros antes de necesitarlos.
factors-codes-renew = Crear códigos nuevos
factors-codes-help = Cada uno sirve una vez cuando no tienes la aplicación a mano. Guárdalos aparte: en un gestor de contraseñas o en papel. Los códigos anteriores quedan anulados. Junto a una de ellas no se envía ninguno.
factors-codes-kept = Los he guardado
step-up-title = Muestra un código otra vez
step-up-help = Así nadie cambia desde un navegador ajeno cómo entras. Basta para diez minutos.
done-factor-added = Se ha añadido la aplicación de autenticación.
done-factor-removed = Se ha quitado la aplicación de autenticación.
passkeys = Llaves de acceso
passkeys-none = Aún no hay ninguna llave de acceso
passkeys-none-help = Una llave de acceso te deja entrar con el dedo, la cara o el PIN de tu dispositivo, sin contraseña.
passkeys-kind = Dónde está
passkeys-synced = En tus dispositivos
passkeys-bound = En un dispositivo
passkeys-manage = Gestionar
passkeys-add = Añadir una llave de acceso
passkeys-add-help = Queda en este dispositivo, en tu gestor de contraseñas o en una llave de seguridad. Tus otras sesiones terminan al añadirla.
passkeys-name = Cómo llamar a la llave de acceso
passkeys-name-hint = Por ejemplo, «Portátil».
passkeys-unavailable = Las llaves de acceso necesitan https:// y un nombre de servidor, o localhost.
passkeys-create-lead = Tu navegador pregunta ahora dónde guardar la llave de acceso y te pide desbloquearla con el dedo, la cara o el PIN.
passkeys-create = Crear la llave de acceso
passkeys-edit = Llave de acceso
passkeys-rename = Renombrar
passkeys-remove = Quitar esta llave de acceso
passkeys-remove-help = «{ $name }» ya no dejará entrar a nadie. Bórrala también en tu dispositivo.
passkeys-remove-last = Es el último segundo factor: tu contraseña sola bastará para entrar y los códigos de recuperación quedan anulados.
done-passkey-added = Se ha añadido la llave de acceso.
done-passkey-renamed = Se ha renombrado la llave de acceso.
done-passkey-removed = Se ha quitado la llave de acceso.
sessions-title = Dónde tienes la sesión abierta
sessions-lead = Cierra lo que no reconozcas o ya no uses. Es inmediato.
sessions-end-others = Cerrar todas las demás
session-device = Dispositivo
session-place = Dirección
session-opened = Abierta
session-seen = Último uso
session-current = Esta
session-program = Aplicación
session-unknown = Dispositivo desconocido
session-end = Cerrar
devices-title = Dispositivos conocidos
devices-lead = Navegadores y aplicaciones que iniciaron sesión en tu cuenta. El que olvides pierde su sesión y será nuevo cuando vuelva.
devices-forget-others = Olvidar todos los demás
devices-forget-all = Olvidar todos
device-first = Primer uso
device-forget = Olvidar
device-trusted = Sin segundo paso, hasta { $until }
data-export-title = Llévate tus datos
data-export = Perfil, nombres, sesiones y lo que ocurrió con tu cuenta, en un archivo JSON. Contiene tu contraseña como hash; guárdalo bien.
data-delete-title = Eliminar tu cuenta
data-delete = Perfil, nombres, foto y sesiones desaparecen al instante, aquí y en toda aplicación que pregunte a este servidor. Nadie puede recuperarlos.
data-delete-confirm = Para confirmar, escribe { $login }
data-delete-submit = Eliminar mi cuenta
data-deleted-title = Tu cuenta está eliminada
data-deleted = Todo sobre ti ha desaparecido, salvo que hubo una cuenta y cuándo se eliminó.
done-saved = Guardado.
done-picture-saved = La foto está guardada.
done-picture-removed = La foto se ha quitado.
done-name-added = El nombre se ha añadido.
done-name-removed = El nombre se ha quitado.
done-verification-sent = Un correo con un enlace está en camino. Vale durante 24 horas.
done-password-changed = Tu contraseña ha cambiado. Todas las demás sesiones están cerradas.
done-password-alone-changed = Tu contraseña ha cambiado.
done-session-ended = La sesión está cerrada.
done-others-ended = Todas las demás sesiones están cerradas.
done-device-forgotten = El dispositivo está olvidado y su sesión terminada.
done-devices-forgotten = Los dispositivos están olvidados y sus sesiones terminadas.
codes-title = Códigos por correo o SMS
codes-weaker-badge = Más débil
codes-help = Quien lea tu correo o se apodere de tu número también recibe el código. Una llave de acceso o una aplicación te protege mejor.
codes-weaker = Una llave de acceso o una aplicación te protege mejor que los códigos enviados.
codes-way = Vía
codes-to = Se envía a
codes-by-email = Código por correo
codes-by-sms = Código por SMS
codes-risk-email = Es más débil que una aplicación o una llave de acceso: quien lea tu correo puede poner otra contraseña y recibe también el código.
codes-risk-sms = Es más débil que una aplicación o una llave de acceso: alguien puede apoderarse de un número, y los SMS se pueden leer por el camino.
codes-go-to = Los códigos se envían a
codes-on = Activado,
codes-off = Desactivado
codes-turn-on = Activar
codes-turn-off = Desactivar
codes-ask-email = Enviar un código por correo a { $to }
codes-ask-sms = Enviar un código por SMS a { $to }
codes-sent = Hay un código en camino. Sirve aquí, durante diez minutos.
done-codes-on = Desde ahora se envían códigos. Tus otras sesiones se han cerrado.
done-codes-off = Ya no se envían códigos.
phone-title = Teléfono
phone-lead = Para códigos por SMS, si los activas. Nadie inicia sesión con él y solo tú lo ves.
phone-open = Verlo o cambiarlo
phone-add = Añadir un teléfono
phone-change = Cambiar el teléfono
phone-add-help = Se envía un SMS con un código a ese número.
phone-number = Número de teléfono
phone-number-hint = Con su país, por ejemplo +49 30 1234567.
phone-confirm = Escribe el código
phone-confirm-help = Se envió un SMS con un código a
phone-code-hint = Ocho cifras. Sirven durante diez minutos.
phone-resend = Enviar otro código
phone-remove = Quitar el teléfono
phone-remove-help = Ya no se enviarán códigos allí.
phone-unavailable = Este servidor no envía SMS.
done-phone-code-sent = Hay un SMS con un código en camino.
done-phone-added = Se añadió el teléfono.
done-phone-removed = Se quitó el teléfono.
me-undelivered = No se pudo entregar «{ $kind }» a { $to }.
me-undelivered-waits = Se volverá a intentar.
me-undelivered-given-up = Se abandonó. Comprueba la dirección.
nav-activity = Actividad
activity-lead = Lo que pasó en tu cuenta, lo más nuevo primero. Si algo no fuiste tú, deja fuera a todos los demás.
activity-none = Aún no ha pasado nada
activity-where = Dirección
lockdown = No fui yo
lockdown-title = ¿Dejar fuera a todos los demás?
lockdown-follows = Tus otras sesiones terminan enseguida, los enlaces y códigos en camino dejan de valer y una recuperación se detiene. Después eliges una contraseña nueva.
lockdown-submit = Dejar fuera a todos los demás
locked-down-title = Todos los demás están fuera
locked-down = { $count ->
    [0] No había otra sesión. Los enlaces y códigos en camino ya no valen.
    [one] Otra sesión ha terminado. Los enlaces y códigos en camino ya no valen.
   *[other] Otras { $count } sesiones han terminado. Los enlaces y códigos en camino ya no valen.
}
locked-down-next = Haz esto ahora, en este orden:
locked-down-password = Elige una contraseña nueva que no uses en ningún otro sitio.
locked-down-factors = Repasa tus aplicaciones, llaves de acceso y códigos de recuperación, y quita lo que no sea tuyo.
locked-down-names = Repasa los nombres y direcciones con los que entras.
locked-down-tell = Di a quien administra este servidor qué viste y cuándo.
recover-title = Recupera tu cuenta
recover-lead = Elige una contraseña nueva. Los segundos factores perdidos se quitan; añade uno nuevo después.
recover-submit = Recuperar la cuenta
recover-done-title = Tu cuenta vuelve a ser tuya
recover-done = Entra con la contraseña nueva y añade un segundo factor.
me-recovery = Alguien está recuperando tu cuenta
me-recovery-waits = Un administrador dijo que has perdido aquello con lo que entras. Si no has perdido nada, detenlo. Si no, llegará un enlace a tu dirección:
recovery-stop = Detener la recuperación
me-factors-none = Tu contraseña sola te deja entrar.
me-factors-add = Añadir una llave de acceso o una aplicación
me-factors = { $count ->
    [one] Un segundo factor o llave de acceso te protege.
   *[other] { $count } segundos factores y llaves de acceso te protegen.
}
done-recovery-started = La recuperación espera. Se ha avisado a su dueño.
done-recovery-stopped = La recuperación se ha detenido.
step-up-password-title = Escribe tu contraseña otra vez
step-up-password-help = Evita que un navegador prestado cambie aquello con lo que entras. Basta para diez minutos.
step-up-signin-title = Entra otra vez
step-up-signin-help = Entraste hace más de diez minutos y no tienes contraseña. Entrar otra vez evita que un navegador prestado cambie aquello con lo que entras.
