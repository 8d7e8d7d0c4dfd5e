"""Box's client for Python before its tenth major: boxsdk 3.14.0."""

import logging

from boxsdk import Client, OAuth2
from boxsdk.config import API
from boxsdk.exception import BoxAPIException, BoxOAuthException

from rehearsal import World, end, equal, raises, step

# It prints every refused call.
logging.getLogger("boxsdk").setLevel(logging.CRITICAL)

world = World("box")
API.BASE_API_URL = world.base + "/2.0"
API.UPLOAD_URL = world.base + "/api/2.0"
API.OAUTH2_API_URL = world.base + "/oauth2"
API.OAUTH2_AUTHORIZE_URL = world.base + "/api/oauth2/authorize"

stored = []


def connect():
    """A client that the user has just consented to."""
    oauth = OAuth2(
        world.app["client_id"],
        world.app["client_secret"],
        store_tokens=lambda access, refresh: stored.append((access, refresh)),
    )
    url, csrf = oauth.get_authorization_url(world.app["redirect_uri"])
    given = world.consent(url)
    equal(given["state"], csrf)
    oauth.authenticate(given["code"])
    return oauth, Client(oauth)


with step("consent, and the first call"):
    oauth, client = connect()
    equal(client.user().get().login, world.app["login"])

with step("BOX-071: after a forced expiry the client refreshes silently, and the call succeeds"):
    before = oauth.access_token
    world.expire(before)
    equal(client.user().get().login, world.app["login"])
    assert oauth.access_token != before and stored[-1][0] == oauth.access_token
    equal([call["answer"]["status"] for call in world.calls(operation="current-user")[-2:]], [401, 200])
    equal(len(world.calls(operation="token", refresh="true")), 1)

with step("a folder is listed, made and refused"):
    items = list(client.folder("0").get_items())
    made = client.folder("0").create_subfolder("From boxsdk 3")
    equal(made.name, "From boxsdk 3")
    equal(len(list(client.folder("0").get_items())), len(items) + 1)
    with raises(BoxAPIException, lambda error: equal((error.status, error.code), (409, "item_name_in_use"))):
        client.folder("0").create_subfolder("From boxsdk 3")

with step("BOX-078: revoke() raises on the empty 200, as it does at Box"):
    with raises(BoxOAuthException, lambda error: equal(error.status, 200)):
        oauth.revoke()

with step("BOX-072: a bad refresh token raises BoxOAuthException with code and message"):

    def is_dead(error):
        equal((error.status, error.code, error.message), (400, "invalid_grant", "Invalid refresh token"))

    dead = OAuth2(
        world.app["client_id"], world.app["client_secret"], access_token="dead", refresh_token="dead"
    )
    with raises(BoxOAuthException, is_dead):
        Client(dead).user().get()

with step("after the revocation the client's own error says so"):
    with raises(BoxOAuthException, lambda error: equal(error.status, 400)):
        client.user().get()

with step("a new code, and it works again"):
    oauth, client = connect()
    equal(client.user().get().login, world.app["login"])

end()
