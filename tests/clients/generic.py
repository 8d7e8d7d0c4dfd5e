"""Two generic clients of OAuth 2.0, requests-oauthlib and Authlib, at every vendor."""

import os

import requests

os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"  # the stand-ins are reached by plain http
os.environ["OAUTHLIB_RELAX_TOKEN_SCOPE"] = "1"  # vendors answer the scopes that were granted, in their own order

from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.requests_client import OAuth2Session as AuthlibSession
from oauthlib.oauth2.rfc6749.errors import OAuth2Error
from requests_oauthlib import OAuth2Session

from rehearsal import World, end, equal, raises, step


class Vendor:
    """Where a vendor has what, and what it wants besides."""

    def __init__(self, key, authorize, token, call, *, scope, refresh=None, revoke=None, basic=False, more=None):
        self.key, self.authorize, self.token, self.call = key, authorize, token, call
        self.scope, self.refresh, self.revoke, self.basic = scope, refresh, revoke, basic
        self.more = more or (lambda world: {})


VENDORS = [
    Vendor(
        "adobe-sign",
        "/public/oauth/v2",
        "/oauth/v2/token",
        "/api/rest/v6/users/me",
        scope=["user_login:self", "user_read:self"],
        refresh="/oauth/v2/refresh",
        revoke="/oauth/v2/revoke",
    ),
    Vendor(
        "box",
        "/api/oauth2/authorize",
        "/oauth2/token",
        "/2.0/users/me",
        scope=None,
        refresh="/oauth2/token",
        revoke="/oauth2/revoke",
    ),
    Vendor(
        "egnyte",
        "/puboauth/token",
        "/puboauth/token",
        "/pubapi/v1/userinfo",
        scope=["Egnyte.filesystem", "Egnyte.user"],
        refresh="/puboauth/token",
        revoke="/pubapi/v1/tokens/revoke",
    ),
    Vendor(
        "quickbooks",
        "/connect/oauth2",
        "/oauth2/v1/tokens/bearer",
        "/v3/company/{realm}/companyinfo/{realm}",
        scope=["com.intuit.quickbooks.accounting"],
        refresh="/oauth2/v1/tokens/bearer",
        revoke="/v2/oauth2/tokens/revoke",
        basic=True,
    ),
    Vendor(
        "salesforce",
        "/services/oauth2/authorize",
        "/services/oauth2/token",
        "/services/data/v60.0/limits",
        scope=["api", "refresh_token"],
        refresh="/services/oauth2/token",
        revoke="/services/oauth2/revoke",
    ),
    # Its tokens live until the app is uninstalled, and are shown in a header of their own.
    Vendor(
        "bigcommerce",
        "/oauth2/authorize",
        "/oauth2/token",
        "/stores/{realm}/v2/store",
        scope=["store_v2_information"],
        more=lambda world: {"context": f"stores/{world.app['realm']}"},
    ),
]



def json_headers():
    """Made anew each time: requests-oauthlib writes the token into the headers that it is given."""
    return {"Accept": "application/json"}


class RequestsOAuthlib:
    name = "requests-oauthlib"
    dead_code = dead_refresh = OAuth2Error

    def __init__(self, vendor, world):
        self.vendor, self.world = vendor, world
        self.session = OAuth2Session(
            world.app["client_id"], redirect_uri=world.app["redirect_uri"], scope=vendor.scope
        )

    def credentials(self):
        app = self.world.app
        if self.vendor.basic:
            return {"auth": (app["client_id"], app["client_secret"])}
        return {"client_secret": app["client_secret"], "include_client_id": True}

    def authorization_url(self):
        return self.session.authorization_url(
            self.world.base + self.vendor.authorize, **self.vendor.more(self.world)
        )

    def fetch(self, code):
        return self.session.fetch_token(
            self.world.base + self.vendor.token,
            code=code,
            headers=json_headers(),
            **self.credentials(),
            **self.vendor.more(self.world),
        )

    def renew(self):
        credentials = self.credentials()
        if not self.vendor.basic:
            credentials = {name: self.world.app[name] for name in ("client_id", "client_secret")}
        return self.session.refresh_token(self.world.base + self.vendor.refresh, headers=json_headers(), **credentials)


class Authlib:
    name = "Authlib"
    dead_code = dead_refresh = OAuthError

    def __init__(self, vendor, world):
        self.vendor, self.world = vendor, world
        app = world.app
        self.session = AuthlibSession(
            app["client_id"],
            app["client_secret"],
            redirect_uri=app["redirect_uri"],
            scope=vendor.scope,
            token_endpoint_auth_method="client_secret_basic" if vendor.basic else "client_secret_post",
        )

    def authorization_url(self):
        return self.session.create_authorization_url(
            self.world.base + self.vendor.authorize, **self.vendor.more(self.world)
        )

    def fetch(self, code):
        return self.session.fetch_token(
            self.world.base + self.vendor.token,
            code=code,
            **self.vendor.more(self.world),
        )

    def renew(self):
        return self.session.refresh_token(
            self.world.base + self.vendor.refresh, refresh_token=self.session.token["refresh_token"]
        )


def cycle(vendor, library):
    world = World(vendor.key)
    client = library(vendor, world)
    where = f"{library.name} at {vendor.key}"

    def connect():
        """Consent, and the exchange of the code."""
        url, state = client.authorization_url()
        given = world.consent(url)
        equal(given["state"], state)
        client.fetch(given["code"])
        assert client.session.token["access_token"]

    def call():
        url = world.base + vendor.call.replace("{realm}", world.app["realm"] or "")
        if vendor.key == "bigcommerce":
            token = {"X-Auth-Token": client.session.token["access_token"], **json_headers()}
            return client.session.get(url, headers=token, withhold_token=True).status_code
        return client.session.get(url, headers=json_headers()).status_code

    with step(f"{where}: consent by code, and the first call"):
        connect()
        equal(call(), 200)

    if vendor.refresh:
        with step(f"{where}: after a forced expiry the call is refused, and after a refresh it is not"):
            before = client.session.token
            world.expire(before["access_token"])
            refused = call()
            equal(refused, 401)
            client.renew()
            assert client.session.token["access_token"] != before["access_token"]
            equal(call(), 200)

    with step(f"{where}: the token is revoked, and the client's own error says that it is dead"):
        token = client.session.token
        if vendor.revoke:
            form = {"token": token.get("refresh_token") or token["access_token"]}
            app = world.app
            auth = (app["client_id"], app["client_secret"]) if vendor.basic else None
            if not vendor.basic:
                form |= {name: app[name] for name in ("client_id", "client_secret")}
            answer = requests.post(world.base + vendor.revoke, data=form, auth=auth, headers=json_headers())
            assert answer.ok, (answer.status_code, answer.text)
        else:
            world.revoke(token["access_token"], grant=True)
        if vendor.refresh and vendor.key != "egnyte":
            with raises(client.dead_refresh):
                client.renew()
        if not vendor.revoke:
            equal(call(), 401)

    with step(f"{where}: a code that is none gives the client's own error"):
        with raises(client.dead_code):
            client.fetch("dead")

    with step(f"{where}: a new code, and it works again"):
        connect()
        equal(call(), 200)


for vendor in VENDORS:
    for library in (RequestsOAuthlib, Authlib):
        cycle(vendor, library)

end()
