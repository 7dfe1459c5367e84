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
me-not-you = ¿No reconoces algo? Cierra esa sesión y después cambia tu contraseña.
profile-picture = Foto
profile-picture-upload = Subir
profile-picture-remove = Quitar la foto
profile-picture-hint = JPEG, PNG o WebP, hasta 5 MB. Se recorta el centro; se elimina dónde y con qué se tomó.
profile-about = Sobre ti
profile-bio = En pocas palabras
profile-bio-hint = Hasta 1000 caracteres. La ven los administradores y las aplicaciones que usas.
profile-language-auto = Como pida el navegador
profile-names = Nombres para entrar
profile-names-lead = Cualquiera de ellos sirve junto con tu contraseña.
profile-name-new = Otro correo electrónico o nombre de usuario
profile-name-verify = Enviar un enlace
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
factors-apps = Aplicaciones de autenticación
factors-none = Aún no hay ninguna aplicación
factors-none-help = Tu contraseña sola basta para entrar. Añade una aplicación como Aegis, 2FAS o Google Authenticator.
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
factors-codes-help = Cada uno sirve una vez cuando no tienes la aplicación a mano. Guárdalos aparte: en un gestor de contraseñas o en papel. Los códigos anteriores quedan anulados.
factors-codes-kept = Los he guardado
done-factor-added = Se ha añadido la aplicación de autenticación.
done-factor-removed = Se ha quitado la aplicación de autenticación.
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
