"""The life of a token at Box's own hosts, with requests, which knows nothing of stand-ins.

    rehearsal exec -- python3 tests/clients/box_cycle.py
"""

import os
from urllib.parse import parse_qs, urlsplit

import requests

CONTROL = os.environ["REHEARSAL_CONTROL_URL"]
APP = {
    "client_id": os.environ["REHEARSAL_BOX_CLIENT_ID"],
    "client_secret": os.environ["REHEARSAL_BOX_CLIENT_SECRET"],
}
REDIRECT_URI = os.environ["REHEARSAL_BOX_REDIRECT_URI"]

session = requests.Session()


def consent():
    """The user's browser goes to Box and comes back with a code."""
    answer = session.get(
        "https://account.box.com/api/oauth2/authorize",
        params={
            "response_type": "code",
            "client_id": APP["client_id"],
            "redirect_uri": REDIRECT_URI,
            "state": "s1",
        },
        allow_redirects=False,
    )
    assert answer.status_code == 302, (answer.status_code, answer.text)
    back = parse_qs(urlsplit(answer.headers["Location"]).query)
    assert back["state"] == ["s1"], back
    return back["code"][0]


def tokens(**grant):
    answer = session.post("https://api.box.com/oauth2/token", data={**APP, **grant})
    assert answer.status_code == 200, (answer.status_code, answer.text)
    return answer.json()


def me(token):
    return session.get(
        "https://api.box.com/2.0/users/me",
        headers={"Authorization": f"Bearer {token}"},
    )


# Nobody sits before a browser here.
requests.put(f"{CONTROL}/v1/consent", json={"by": "auto"}).raise_for_status()

first = tokens(grant_type="authorization_code", code=consent())
assert me(first["access_token"]).json()["type"] == "user"

second = tokens(grant_type="refresh_token", refresh_token=first["refresh_token"])
assert me(second["access_token"]).status_code == 200

revoked = session.post(
    "https://api.box.com/oauth2/revoke",
    data={**APP, "token": second["access_token"]},
)
assert revoked.status_code == 200, revoked.text
refused = me(second["access_token"])
assert refused.status_code == 401, refused.status_code
assert "invalid_token" in refused.headers["WWW-Authenticate"]

third = tokens(grant_type="authorization_code", code=consent())
assert me(third["access_token"]).status_code == 200

try:
    session.get("https://example.org/")
    raise AssertionError("example.org was reached")
except requests.exceptions.ProxyError as refusal:
    assert "502" in str(refusal), refusal

print("box: authorized, refreshed, revoked, refused, authorized again")
