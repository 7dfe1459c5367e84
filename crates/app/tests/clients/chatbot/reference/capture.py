"""Plays the exchanges of a golden file against the reference and prints the
file anew, with the answers that the installed releases give:

    python reference/capture.py crates/dialects/src/chatbot/golden/simplejwt_5_5.txt

How a golden file reads is told in crates/app/tests/it/chatbot/golden.rs.
"""

import re
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import django
from django.conf import settings

SECRET = "a shared secret of at least 32 bytes"
SHOWN = [
    "WWW-Authenticate",
    "Allow",
    "Content-Type",
    "X-Frame-Options",
    "X-Content-Type-Options",
    "Referrer-Policy",
    "Cross-Origin-Opener-Policy",
]

settings.configure(
    ALLOWED_HOSTS=["*"],
    AUTH_USER_MODEL="reference.CustomUser",
    AUTH_PASSWORD_VALIDATORS=[
        {"NAME": f"django.contrib.auth.password_validation.{name}"}
        for name in [
            "UserAttributeSimilarityValidator",
            "MinimumLengthValidator",
            "CommonPasswordValidator",
            "NumericPasswordValidator",
        ]
    ],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "rest_framework", "reference"],
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
    REST_FRAMEWORK={
        "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework_simplejwt.authentication.JWTAuthentication"],
        "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    },
    ROOT_URLCONF="reference.urls",
    SECRET_KEY=SECRET,
    USE_TZ=True,
)
django.setup()

import jwt
from django.core.management import call_command
from django.test import Client
from rest_framework_simplejwt.tokens import AccessToken, RefreshToken

from reference.models import CustomUser


def people():
    """Ann, who may sign in, and Ben, who may not any more."""
    call_command("migrate", run_syncdb=True, verbosity=0)
    ann = CustomUser.objects.create(email="ann@example.org")
    ann.set_password("horse battery staple")
    ann.save()
    ben = CustomUser.objects.create(email="ben@example.org", is_active=False)
    return ann, ben


def tokens(ann, ben):
    """What stands for each name in angle brackets."""
    now = int(time.time())

    def signed(key=SECRET, algorithm="HS256", **changes):
        claims = {"token_type": "access", "exp": now + 600, "iat": now, "jti": "0" * 32, "user_id": ann.id}
        claims = {name: value for name, value in (claims | changes).items() if value is not None}
        return jwt.encode(claims, key, algorithm)

    return {
        "ACCESS": str(AccessToken.for_user(ann)),
        "REFRESH": str(RefreshToken.for_user(ann)),
        "EXPIRED_ACCESS": signed(exp=now - 1, iat=now - 601),
        "EXPIRED_REFRESH": signed(token_type="refresh", exp=now - 1, iat=now - 601),
        "SUSPENDED_ACCESS": signed(user_id=ben.id),
        "SUSPENDED_REFRESH": signed(token_type="refresh", user_id=ben.id),
        "NOBODY": signed(user_id=999_999),
        "NO_USER": signed(user_id=None),
        "NO_ID": signed(jti=None),
        "NO_EXP": signed(exp=None),
        "NO_TYPE": signed(token_type=None),
        "FUTURE_IAT": signed(iat=now + 300),
        "FUTURE_NBF": signed(nbf=now + 300),
        "NUMBER_AS_SUB": signed(sub=1),
        "EXTRA_AUD": signed(aud="somebody"),
        "USER_AS_TEXT": signed(user_id=str(ann.id)),
        "USER_AS_NUMBER": signed(user_id=ann.id),
        "OTHER_KEY": signed(key="another secret of at least 32 bytes"),
        "HS512": signed(algorithm="HS512"),
        "UNSIGNED": signed(key=None, algorithm="none"),
    }


def answer(request, known):
    """The answer to one request of the file, as the file shows it."""
    head, _, body = request.partition("\n\n")
    first, *lines = head.split("\n")
    method, path = first.split(" ", 1)
    headers = dict(line.split(": ", 1) for line in lines)
    for name, token in known.items():
        body = body.replace(f"<{name}>", token)
        headers = {key: value.replace(f"<{name}>", token) for key, value in headers.items()}
    content_type = headers.pop("Content-Type", "")
    if content_type.startswith("multipart/"):
        body = f"{body}\n".replace("\n", "\r\n")
    client = Client(headers=headers, raise_request_exception=False)
    response = client.generic(method, path, body.encode(), content_type)
    shown = [f"{name}: {response[name]}" for name in SHOWN if name in response]
    text = re.sub(r"eyJ[\w-]+\.[\w-]+\.[\w-]+", "<JWT>", response.content.decode())
    return "\n".join([str(response.status_code), *shown, "", text])


def main():
    known = tokens(*people())
    preface, *exchanges = Path(sys.argv[1]).read_text().split("=== ")
    print(preface, end="")
    for exchange in exchanges:
        title, _, rest = exchange.partition("\n")
        request = rest.partition("\n---\n")[0].rstrip("\n")
        print(f"=== {title}\n{request}\n---\n{answer(request, known)}\n")


main()
