"""schemathesis against a running server, by the server's own description.

Arguments: the server's URL, an access token or "-", examples for each operation.
Nothing may be answered with a server error, with a status or a media type that
is not declared, or with a body that is not of its schema.
"""

import sys

from schemathesis.cli import schemathesis

url, token, examples = sys.argv[1:]
# With a token: what would end its own session, or the account.
ENDS = ["sign_out", "delete_me", "change_password", "end_my_sessions", "end_my_session"]
CHECKS = [
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
]

arguments = [
    "run",
    f"{url}/api/openapi.json",
    "--checks",
    ",".join(CHECKS),
    "--phases",
    "coverage,fuzzing",
    "--max-examples",
    examples,
    "--generation-deterministic",
    "--continue-on-failure",
    "--warnings",
    "off",
    "--no-color",
]
if token != "-":
    arguments += ["--header", f"authorization: Bearer {token}"]
    for operation in ENDS:
        arguments += ["--exclude-operation-id", operation]
schemathesis(arguments)
