"""A service that shares the secret: mints tokens with SimpleJWT that must be
admitted, and reads ours with it.

    python simplejwt_peer.py BASE_URL EMAIL PASSWORD SECRET

The person has registered before.
"""

import sys
from datetime import timedelta

import requests
from django.conf import settings

base_url, email, password, secret = sys.argv[1:]
settings.configure(
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth"],
    SECRET_KEY=secret,
    SIMPLE_JWT={"ACCESS_TOKEN_LIFETIME": timedelta(minutes=60), "REFRESH_TOKEN_LIFETIME": timedelta(days=14)},
    USE_TZ=True,
)

import django

django.setup()

from rest_framework_simplejwt.tokens import AccessToken, RefreshToken


def expect(seen, wanted):
    assert seen == wanted, f"saw {seen!r}, not {wanted!r}"


def status(token):
    answer = requests.get(f"{base_url}/auth/status/", headers={"Authorization": f"Bearer {token}"})
    return answer.status_code, answer.json()


# Ours, read by theirs: signature, lifetime, type and claims are checked there.
pair = requests.post(f"{base_url}/api/token/", json={"email": email, "password": password}).json()
ours, ours_refresh = AccessToken(pair["access"]), RefreshToken(pair["refresh"])
me = status(pair["access"])[1]["user"]
expect((ours["user_id"], ours_refresh["user_id"]), (str(me["id"]), str(me["id"])))
expect(ours["exp"] - ours["iat"], 60 * 60)
expect(ours_refresh["exp"] - ours_refresh["iat"], 14 * 24 * 60 * 60)

# Theirs, admitted by us: a person's number may be a number or a text.
for number in [me["id"], str(me["id"])]:
    theirs = RefreshToken()
    theirs["user_id"] = number
    expect(status(theirs.access_token), (200, {"authenticated": True, "user": me}))
    expect(status(theirs)[0], 401)
    renewed = requests.post(f"{base_url}/api/token/refresh/", json={"refresh": str(theirs)})
    expect(renewed.status_code, 200)
    expect(AccessToken(renewed.json()["access"])["user_id"], str(me["id"]))

# And revoked like any other.
last = theirs.access_token
out = requests.post(f"{base_url}/auth/logout/", headers={"Authorization": f"Bearer {last}"})
expect(out.status_code, 200)
expect(status(last)[1]["code"], "token_not_valid")
expect(status(pair["access"])[0], 401)
renewed = requests.post(f"{base_url}/api/token/refresh/", json={"refresh": str(theirs)})
expect((renewed.status_code, renewed.json()["detail"]), (401, "Token is blacklisted"))
