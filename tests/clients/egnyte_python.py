"""Egnyte's client for Python: egnyte 0.5.3. It speaks https alone, to the customer's host.

Its own way to a token is the password grant, without a secret: by an internal key from before 2015. It knows no consent by
code, so the code is redeemed by hand.
"""

import requests
from egnyte import EgnyteClient
from egnyte.base import get_access_token
from egnyte.exc import NotAuthorized

from rehearsal import World, end, equal, raises, step

world = World("egnyte")
app, host = world.app, f"{world.app['realm']}.egnyte.com"
# Two calls a second are what Egnyte allows, and this client does not wait.
world.put("/switches/egnyte", limits="off")


def token_of(**grant):
    form = {"client_id": app["client_id"], "client_secret": app["client_secret"], **grant}
    answer = requests.post(f"https://{host}/puboauth/token", data=form)
    assert answer.ok, answer.text
    return answer.json()


def connect():
    """Tokens that the user has just consented to, and a client with them."""
    asked = {
        "client_id": app["client_id"],
        "redirect_uri": app["redirect_uri"],
        "response_type": "code",
        "scope": "Egnyte.filesystem Egnyte.user",
    }
    url = requests.Request("GET", f"https://{host}/puboauth/token", params=asked).prepare().url
    code = world.consent(url)["code"]
    tokens = token_of(grant_type="authorization_code", code=code, redirect_uri=app["redirect_uri"])
    return tokens, EgnyteClient({"domain": app["realm"], "access_token": tokens["access_token"]})


with step("EGN-059: over TLS a token by password, the users and a folder; a revoked token raises NotAuthorized"):
    internal = world.post("/apps", vendor="egnyte", flow="password", client_secret="", redirect_uris=[])
    config = {"domain": app["realm"], "api_key": internal["client_id"], "login": app["login"]}
    token = get_access_token({**config, "password": app["password"]})
    client = EgnyteClient({"domain": app["realm"], "access_token": token})
    assert list(client.users.list())
    folder = client.folder("/Shared")
    folder.list()
    assert folder.folders
    world.revoke(token)
    with raises(NotAuthorized):
        client.users.list()
    with raises(NotAuthorized):
        client.folder("/Shared").list()

with step("consent by code, and over TLS the user, the users and a folder"):
    tokens, client = connect()
    equal(client.user_info["username"], app["login"])
    assert list(client.users.list())
    folder = client.folder("/Shared")
    folder.list()
    assert folder.folders

with step("an expired token raises NotAuthorized, and after a refresh it works"):
    world.expire(tokens["access_token"])
    with raises(NotAuthorized):
        client.user_info
    tokens = token_of(grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    client = EgnyteClient({"domain": app["realm"], "access_token": tokens["access_token"]})
    equal(client.user_info["username"], app["login"])

with step("a revoked token raises NotAuthorized"):
    form = {"token": tokens["access_token"], "client_secret": app["client_secret"]}
    equal(requests.post(f"https://{host}/pubapi/v1/tokens/revoke", data=form).status_code, 200)
    with raises(NotAuthorized):
        client.user_info

with step("a new code, and it works again"):
    tokens, client = connect()
    equal(client.user_info["username"], app["login"])

end()
