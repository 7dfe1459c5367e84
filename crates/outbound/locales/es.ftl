# Todos los correos.
link-below = Si el botón no hace nada, abre este enlace:
token = Código: { $token }
foot = Enviado por Tollgate en { $site }. Nadie lee las respuestas a esta dirección.
place-unknown = un lugar desconocido

password-reset-subject = Elige una contraseña nueva
password-reset-lead = Alguien pidió una contraseña nueva para tu cuenta. Este enlace funciona una vez, durante { $minutes } minutos.
password-reset-button = Elegir una contraseña nueva
password-reset-end = Si no fuiste tú, no hagas nada: tu contraseña sigue igual.

address-verification-subject = Confirma tu correo electrónico
address-verification-lead = Alguien quiere demostrar que esta dirección es suya. Este enlace funciona una vez, durante { $hours } horas.
address-verification-button = Confirmar esta dirección
address-verification-end = Si no fuiste tú, no hagas nada: la dirección sigue sin confirmar.

confirmation-subject = ¿Fuiste tú? Confirma un inicio de sesión
confirmation-lead = Alguien con tu contraseña inicia sesión desde un dispositivo o una red donde tu cuenta no se había usado. Este código le deja entrar durante { $minutes } minutos. Escríbelo solo en la página que lo pide y no se lo digas a nadie.
confirmation-end = Si no fuiste tú, otros conocen tu contraseña: elige una nueva en { $site }/forgot.
sign-in-link-subject = Tu enlace para entrar
sign-in-link-lead = Alguien quiere entrar en tu cuenta por correo. Este enlace funciona una vez, durante { $minutes } minutos, en el navegador que lo pidió.
sign-in-link-button = Entrar
sign-in-link-end = Si no fuiste tú, no hagas nada y no reenvíes este correo a nadie.

sign-in-code-subject = Tu código para entrar
sign-in-code-lead = Alguien quiere entrar en tu cuenta por correo. Escribe allí este código; funciona una vez, durante { $minutes } minutos.
sign-in-code-end = Si no fuiste tú, no hagas nada y no digas el código a nadie. Quien cuida este servidor nunca lo pide.

factor-added-subject = Se añadió una aplicación de autenticación
factor-added-lead = Desde { $at } entrar en tu cuenta requiere un código de esa aplicación. Tus otras sesiones han terminado.

factor-removed-subject = Se quitó una aplicación de autenticación
factor-removed-lead = Desde { $at } una aplicación de autenticación ya no sirve para entrar.

passkey-added-subject = Se ha añadido una llave de acceso
passkey-added-lead = Desde { $at } una llave de acceso nueva entra en tu cuenta. Tus otras sesiones han terminado.

passkey-removed-subject = Se ha quitado una llave de acceso
passkey-removed-lead = Desde { $at } una llave de acceso ya no te deja entrar.

passkey-copied-subject = Se ha rechazado una llave de acceso
passkey-copied-lead = A las { $at } se rechazó una de tus llaves de acceso, porque quizá se copió de su dispositivo. Si no lo tienes a mano, entra de otra manera y quítala.

factors-reset-subject = Se retiraron tus segundos factores
factors-reset-lead = El { $at } el operador retiró de tu cuenta todas las aplicaciones de autenticación y los códigos de recuperación y terminó sus sesiones. Tu contraseña basta para entrar hasta que añadas una aplicación.

factor-blocked-subject = Alguien que conoce tu contraseña prueba códigos
factor-blocked-lead = El { $at } volvió a fallar un código tras la contraseña correcta, así que durante un tiempo no se acepta ninguno. Si no fuiste tú, otros conocen tu contraseña: elige una nueva.

password-blocked-subject = Alguien con tu sesión abierta prueba contraseñas
password-blocked-lead = El { $at } alguien que tiene una sesión abierta en tu cuenta volvió a escribir mal la contraseña actual, así que durante un tiempo allí no se comprueba ninguna. Si no fuiste tú, cierra tus otras sesiones y elige una contraseña nueva por correo.

recovery-codes-made-subject = Se crearon códigos de recuperación nuevos
recovery-codes-made-lead = El { $at } se crearon códigos de recuperación nuevos para tu cuenta. Los anteriores ya no valen.

recovery-code-used-subject = Se usó un código de recuperación
recovery-code-used-lead = El { $at } se usó un código de recuperación para entrar en tu cuenta o para cambiar cómo entras, desde { $from }. { $left ->
    [0] No queda ningún código.
    [one] Queda un código.
   *[other] Quedan { $left } códigos.
    } En { $site }/me/factors puedes crear otros, que anulan los anteriores.

password-changed-subject = Tu contraseña ha cambiado
password-changed-lead = Desde { $at } tu cuenta tiene una contraseña nueva.

new-device-subject = Un dispositivo nuevo inició sesión en tu cuenta
new-device-lead = A las { $at } alguien inició sesión en tu cuenta con un dispositivo, o desde una red, que la cuenta no conoce: { $from }.

new-country-subject = Un inicio de sesión en tu cuenta desde un país nuevo
new-country-lead = A las { $at } alguien inició sesión en tu cuenta desde { $from }, en un país donde no se había usado antes.

second-step-code-subject = Tu código: { $code }
second-step-code-lead = { $code } completa tu inicio de sesión en { $site }. Sirve una vez, durante diez minutos y solo donde empezaste.
second-step-code-end = Si no estás iniciando sesión, alguien conoce tu contraseña: elige una nueva. No digas este código a nadie.

codes-turned-on-subject = Se activaron los códigos por correo o SMS
codes-turned-on-lead = Desde { $at } un código que se te envía puede completar un inicio de sesión en tu cuenta. Tus otras sesiones se han cerrado.

codes-turned-off-subject = Se desactivaron los códigos por correo o SMS
codes-turned-off-lead = Desde { $at } los códigos que se te envían ya no completan ningún inicio de sesión.

phone-verified-subject = Se añadió un teléfono
phone-verified-lead = Desde { $at } tu cuenta tiene otro número de teléfono.

phone-removed-subject = Se quitó tu teléfono
phone-removed-lead = Desde { $at } tu cuenta ya no tiene número de teléfono.
account-recovery-subject = Termina la recuperación de tu cuenta
account-recovery-lead = La espera ha terminado. Este enlace funciona una vez, durante { $hours } horas: pone una contraseña nueva y quita los segundos factores perdidos.
account-recovery-button = Recuperar la cuenta
account-recovery-end = Si no lo has pedido, no lo abras; entra y detén la recuperación en tu página.

account-locked-subject = La entrada a tu cuenta está frenada
account-locked-lead = Alguien ha escrito contraseñas incorrectas tantas veces que tu cuenta no acepta más, durante un tiempo, desde dispositivos y redes que no conoce. Este enlace funciona una vez, durante { $hours } horas: termina con eso y da a conocer el navegador en el que lo abras, para que puedas entrar ahí intenten lo que intenten otros.
account-locked-button = Déjame entrar
account-locked-end = Si usas un dispositivo en el que ya has entrado, no tienes que hacer nada. Nadie ha entrado y tu contraseña no ha cambiado. Si la usas también en otro sitio, elige otra.

identifier-added-subject = Se ha añadido un nombre para entrar
identifier-added-lead = Desde { $at } un nombre o una dirección más permite entrar en tu cuenta.

identifier-removed-subject = Se ha quitado un nombre para entrar
identifier-removed-lead = Desde { $at } uno de tus nombres o direcciones ya no te permite entrar.

recovery-started-subject = Ha empezado una recuperación de tu cuenta
recovery-started-lead = El { $at } un administrador dijo que has perdido aquello con lo que entras. Tras una espera llegará a esta dirección un enlace para poner una contraseña nueva. Si no has perdido nada, entra y detén la recuperación en tu página; entrar con un segundo factor también la detiene.

account-recovered-subject = Tu cuenta se ha recuperado
account-recovered-lead = Desde { $at } tu cuenta tiene una contraseña nueva y ningún segundo factor; todas sus sesiones han terminado. Vuelve a añadir un segundo factor.
sign-in-token-issued-subject = Se creó un enlace para entrar en tu cuenta
sign-in-token-issued-lead = El { $at } un administrador creó un enlace que entra una vez en tu cuenta sin tu contraseña.

reset-link-made-subject = Se creó un enlace para elegir una contraseña nueva de tu cuenta
reset-link-made-lead = El { $at } un administrador creó un enlace que elige una vez una contraseña nueva para tu cuenta.

role-changed-subject = Cambió lo que puedes hacer aquí
role-changed-lead = Desde el { $at } tu cuenta tiene otro rol: aquí puedes hacer más que antes, o menos.

device-trusted-subject = Un dispositivo entra en tu cuenta sin el segundo paso
device-trusted-lead = El { $at } alguien inició sesión en tu cuenta desde { $from } y dijo que ese dispositivo es suyo: durante un tiempo entra solo con la contraseña, sin el segundo paso. Lo ves en { $site }/me/sessions y allí puedes quitarlo.

locked-down-subject = Se expulsó a todos los demás de tu cuenta
locked-down-lead = El { $at } alguien con sesión abierta en tu cuenta expulsó a todos los demás: las otras sesiones terminaron, y los otros dispositivos, enlaces y códigos ya no valen.

token-reused-subject = Se terminó una de tus sesiones: su token se usó dos veces
token-reused-lead = El { $at } un token de una de tus sesiones se usó por segunda vez, como lo haría una copia. Esa sesión se terminó; vuelve a entrar allí.

notice-end = Si fuiste tú, no hagas nada. Si no, elige una contraseña nueva en { $site }/forgot, lo que termina todas las sesiones, y avisa a quien administra este servidor.
notice-end-other = Si sabes por qué, no hay nada que hacer. Si no, pregunta a quien administra este servidor.
notice-end-copied = Si copiaste o restauraste lo que guarda ese dispositivo o esa aplicación, es por eso. Si no, elige una contraseña nueva en { $site }/forgot, lo que termina todas las sesiones, y avisa a quien administra este servidor.

test-subject = Una prueba del correo de Tollgate
test-lead = Esto es una prueba. Si la lees, { $site } puede enviar correo.
test-end = No tienes que hacer nada.

# Mensajes de texto.
text-code = { $code } es tu código para { $host }. Sirve durante 10 minutos. No se lo digas a nadie.
text-test = Esto es una prueba de los mensajes de texto de { $host }.

# Alerts. Each rule has a name of its own.
alert-subject = Tollgate: { $severity }: { $title }
alert-lead = { $lines }
alert-end = Vea { $site }/admin/alerts. Allí puede indicar que la ha visto y cerrarla.
alert-line = { $severity }: { $title } — { $count }×, la última el { $at }
alert-severity-info = Aviso
alert-severity-warning = Advertencia
alert-severity-critical = Crítica
alert-next-person = Pregunte si lo sabe. Si no, mire qué pasó y termine lo que está abierto: { $site }/admin/people/{ $subject }/review
alert-next-guessing = Se frena por sí solo. Mire de dónde viene: { $site }/admin/audit; [network] deny excluye redes.
alert-next-factors = Se añade en { $site }/me/factors; signin.second_factor = "admins" lo exige a todos.
alert-next-mail = Por qué, y para reintentar: tollgate mail queue
alert-next-webhooks = Mire qué se envía y adónde: { $site }/admin/webhooks
alert-next-trail = Deje la base de datos como está y compárela con una copia de seguridad: tollgate audit verify
alert-next-compliance = Mire qué se encontró y corríjalo: { $site }/admin/compliance
alert-next-look = Mire quién lo hizo y cuándo: { $site }/admin/audit
alert-next-doctor = Mire qué falla: tollgate doctor
alert-rule-test = Esta es una prueba de las alertas
alert-rule-account-blocked = Los inicios de sesión de una cuenta están bloqueados por un tiempo
alert-rule-many-blocked = Se bloquearon muchas cuentas en minutos: puede que alguien esté adivinando contraseñas
alert-rule-sign-ins-sprayed = Una red probó contraseñas en muchas cuentas y queda excluida un tiempo
alert-rule-sign-ins-stuffed = Muchos inicios de sesión fallan en muchas cuentas: los desconocidos tendrán que trabajar por el suyo hasta que pase
alert-rule-token-reused = Un token de renovación se usó dos veces: puede que lo hayan robado
alert-rule-passkey-copied = Se rechazó una llave de acceso que puede ser una copia
alert-rule-factor-removed = Se quitó un segundo factor
alert-rule-factors-reset = Se quitaron todos los segundos factores de una cuenta
alert-rule-recovery = Se está recuperando una cuenta sin prueba de su titular
alert-rule-new-country = Alguien inició sesión desde un país donde la cuenta no se había usado antes
alert-rule-locked-down = Un titular expulsó a todos los demás de su cuenta: puede que la hayan forzado
alert-rule-administrator-made = Hay un administrador nuevo
alert-rule-administrator-recovered = Se creó o restauró un administrador en la línea de comandos
alert-rule-administrator-without-factor = Un administrador no tiene segundo factor
alert-rule-mail-failing = Se desistió de enviar un correo o mensaje
alert-rule-webhook-stopped = Un webhook ya no recibe nada y se desactivó
alert-rule-webhook-changed = Se añadió, cambió o borró un webhook: los eventos van a otro lugar, o ya a ninguno
alert-rule-trail-broken = El registro de auditoría ya no encaja
alert-rule-compliance-changed = Las reglas encuentran algo nuevo
alert-rule-clock-stepped = El reloj de la máquina dio un salto
alert-rule-backup-restored = Se restauró una copia de seguridad
alert-rule-signing-keys-changed = Se cambiaron claves de firma
alert-rule-limits-hit = Se rechazan muchas llamadas por su frecuencia
alert-rule-breach-check-failing = Las contraseñas nuevas no se comprueban con las filtradas
