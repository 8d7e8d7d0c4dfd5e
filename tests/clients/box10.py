"""Box's client for Python since its tenth major: boxsdk 10."""

from box_sdk_gen import (
    BaseUrls,
    BoxAPIError,
    BoxClient,
    BoxOAuth,
    BoxRetryStrategy,
    GetAuthorizeUrlOptions,
    NetworkSession,
    OAuthConfig,
)

from rehearsal import World, end, equal, raises, step

world = World("box")
session = NetworkSession(
    base_urls=BaseUrls(
        base_url=world.base, upload_url=world.base + "/api", oauth_2_url=world.base + "/api/oauth2"
    ),
    retry_strategy=BoxRetryStrategy(max_attempts=2, retry_base_interval=0.01),
)


def connect():
    """A client that the user has just consented to."""
    auth = BoxOAuth(OAuthConfig(client_id=world.app["client_id"], client_secret=world.app["client_secret"]))
    options = GetAuthorizeUrlOptions(redirect_uri=world.app["redirect_uri"], state="s1")
    given = world.consent(auth.get_authorize_url(options=options))
    equal(given["state"], "s1")
    auth.get_tokens_authorization_code_grant(given["code"], network_session=session)
    return auth, BoxClient(auth=auth, network_session=session)


with step("consent, and the first call"):
    auth, client = connect()
    equal(client.users.get_user_me().login, world.app["login"])

with step("BOX-073: after expiry the client refreshes, and the call succeeds"):
    before = auth.token_storage.get().access_token
    world.expire(before)
    equal(client.users.get_user_me().login, world.app["login"])
    assert auth.token_storage.get().access_token != before
    equal(len(world.calls(operation="token", refresh="true")), 1)

with step("a folder is listed"):
    assert client.folders.get_folder_items("0").entries

with step("the client revokes its token"):
    token = auth.token_storage.get()
    auth.revoke_token(network_session=session)
    equal(world.post("/inspect", vendor="box", token=token.refresh_token)["alive"], False)

with step("the client's own error for a dead token"):
    auth.token_storage.store(token)
    with raises(BoxAPIError, lambda error: equal(error.response_info.body["error"], "invalid_grant")):
        client.users.get_user_me()

with step("a new code, and it works again"):
    auth, client = connect()
    equal(client.users.get_user_me().login, world.app["login"])

end()
