# Todos los correos.
link-below = Si el botón no hace nada, abre este enlace:
token = Código: { $token }
foot = Enviado por Tollgate en { $site }. Nadie lee las respuestas a esta dirección.

password-reset-subject = Elige una contraseña nueva
password-reset-lead = Alguien pidió una contraseña nueva para tu cuenta. Este enlace funciona una vez, durante { $minutes } minutos.
password-reset-button = Elegir una contraseña nueva
password-reset-end = Si no fuiste tú, no hagas nada: tu contraseña sigue igual.

address-verification-subject = Confirma tu correo electrónico
address-verification-lead = Alguien que inicia sesión con esta dirección quiere demostrar que es suya. Este enlace funciona una vez, durante { $hours } horas.
address-verification-button = Confirmar esta dirección
address-verification-end = Si no fuiste tú, no hagas nada: la dirección sigue sin confirmar.

test-subject = Una prueba del correo de Tollgate
test-lead = Esto es una prueba. Si la lees, { $site } puede enviar correo.
test-end = No tienes que hacer nada.
