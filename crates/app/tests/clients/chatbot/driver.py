"""Lives through a session with the chatbot's own Python client, which lies
beside this file as its document prints it.

    python driver.py BASE_URL EMAIL PASSWORD

Fails with what it saw at the first step that goes otherwise than it should.
"""

import sys

from auth_client import AuthClient

base_url, email, password = sys.argv[1:]


def expect(seen, wanted):
    assert seen == wanted, f"saw {seen!r}, not {wanted!r}"


client = AuthClient(base_url)
registered = client.session.post(f"{base_url}/auth/register/", json={"email": email, "password": password})
expect((registered.status_code, registered.json()), (201, {"message": "User created successfully"}))

expect(client.login(email, "wrong"), False)
expect(client.login(email, password), True)
status = client.make_authenticated_request("/auth/status/")
expect((status["authenticated"], status["user"]["email"]), (True, email))
expect([cookie.name for cookie in client.session.cookies], ["refresh_token"])

# Signing out on another device ends this session too, at once.
other = AuthClient(base_url)
expect(other.login(email, password), True)
# Over plain HTTP the Secure cookie stays behind; the bearer must do.
headers = {"Authorization": f"Bearer {other.access_token}"}
out = other.session.post(f"{base_url}/auth/logout/", headers=headers)
expect((out.status_code, out.json()["status"]), (200, "success"))
expect(list(other.session.cookies), [])
expect(client.make_authenticated_request("/auth/status/")["code"], "token_not_valid")

expect(client.login(email, password), True)
expect(client.make_authenticated_request("/auth/status/")["authenticated"], True)
