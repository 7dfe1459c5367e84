# Lo que tiene cada página: marco, formularios, piezas.

skip = Ir al contenido
foot-language = Idioma
foot-theme = Apariencia
theme-light = Claro
theme-dark = Oscuro
theme-system = Como el dispositivo
nav-main = Principal
nav-menu = Menú
nav-account = Tu cuenta
nav-admin = Administración
nav-overview = Resumen
nav-signout = Cerrar sesión
continue = Continuar
copy = Copiar
copied = Copiado
download = Descargar
optional = opcional
back-to-signin = Volver al inicio de sesión
back-form = Al formulario
back-home = A la primera página
form-faults = Todavía no ha funcionado. Revisa los campos de abajo.
plain-http = Esta página llegó por http sin cifrar: lo que escribas puede leerse por el camino. Pide https a quien opera el servidor.
field-name = Nombre
field-email = Correo electrónico
field-username = Nombre de usuario
field-login = Correo electrónico o nombre de usuario
field-password = Contraseña
field-new-password = Contraseña nueva
password-hint = Al menos { $least } caracteres. Unas cuantas palabras que recuerdes hacen una buena.
password-show = Mostrar
password-hide = Ocultar
strength = Solidez de la contraseña
strength-0 = Muy débil: cae en los primeros intentos.
strength-1 = Débil: cae pronto.
strength-2 = Regular: una palabra más ayudaría.
strength-3 = Buena.
strength-4 = Fuerte.
secret-once-title = Guárdalo ahora
secret-once-help = Solo se muestra esta vez. Nadie, ni siquiera nosotros, puede volver a mostrarlo.
wait-seconds =
    { $count ->
        [one] Espera { $count } segundo y vuelve a intentarlo.
       *[other] Espera { $count } segundos y vuelve a intentarlo.
    }
wait-minutes =
    { $count ->
        [one] Espera { $count } minuto y vuelve a intentarlo.
       *[other] Espera { $count } minutos y vuelve a intentarlo.
    }
