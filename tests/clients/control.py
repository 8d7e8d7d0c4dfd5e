"""The tests of an application that uses Box, over HTTP and with nothing but `requests`: what happens when a token
expires, is revoked, or is refreshed by many at once, and when the token endpoint says "later" or sends garbage.

Started by `tests/clients/run`. To start it by hand:

    rehearsal serve
    REHEARSAL_CONTROL_URL=http://127.0.0.1:4010 REHEARSAL_BOX_URL=http://127.0.0.1:4014 python control.py
"""

import concurrent.futures
import os
import threading
import time

import requests

from rehearsal import end, step

BOX = os.environ["REHEARSAL_BOX_URL"].rstrip("/")
CONTROL = os.environ["REHEARSAL_CONTROL_URL"].rstrip("/")


# The application: a client that refreshes its access token when Box refuses it.


class Reauthenticate(Exception):
    """The user has to consent again."""


class BoxIsBroken(Exception):
    """Box is out of order, or out of its mind."""


class BoxClient:
    def __init__(self, app, tokens):
        self.app = app
        self.tokens = tokens
        self.refreshing = threading.Lock()

    def whoami(self):
        token = self.tokens["access_token"]
        answer = self.get_me(token)
        if answer.status_code == 401:
            answer = self.get_me(self.refreshed(token))
        if answer.status_code != 200:
            raise BoxIsBroken(answer.status_code)
        return answer.json()["login"]

    def get_me(self, token):
        return requests.get(f"{BOX}/2.0/users/me", headers={"Authorization": f"Bearer {token}"}, timeout=10)

    def refreshed(self, refused):
        """Another access token than `refused`: one that somebody else has got meanwhile, or a new one."""
        with self.refreshing:
            if self.tokens["access_token"] != refused:
                return self.tokens["access_token"]
            form = {
                "grant_type": "refresh_token",
                "refresh_token": self.tokens["refresh_token"],
                "client_id": self.app["client_id"],
                "client_secret": self.app["client_secret"],
            }
            for _attempt in range(3):
                try:
                    answer = requests.post(f"{BOX}/oauth2/token", data=form, timeout=10)
                    if answer.status_code == 429:
                        time.sleep(int(answer.headers["Retry-After"]))
                        continue
                    if answer.status_code == 400:
                        raise Reauthenticate(answer.json()["error"])
                    new = answer.json()
                    self.tokens = {name: new[name] for name in ("access_token", "refresh_token")}
                    return self.tokens["access_token"]
                except (requests.RequestException, ValueError, KeyError, TypeError) as error:
                    raise BoxIsBroken(error) from error
            raise BoxIsBroken("too many attempts")


# Its tests. Each has a tenant of its own, so that they could run in parallel.


class Tenant:
    def __init__(self):
        made = self.call("POST", f"{CONTROL}/v1/tenants")
        self.url = f"{CONTROL}/v1/tenants/{made['tenant']}"
        self.app = made["demos"]["box"]

    @staticmethod
    def call(method, url, **body):
        answer = requests.request(method, url, json=body or None, timeout=10)
        assert answer.ok, answer.text
        return answer.json()

    def post(self, path, **body):
        return self.call("POST", self.url + path, vendor="box", **body)

    def advance(self, by):
        self.call("PUT", f"{self.url}/clock", advance=by)

    def calls(self, **terms):
        answer = requests.get(f"{self.url}/journal", params={"vendor": "box", **terms}, timeout=10)
        return answer.json()["entries"]

    def assert_one_refresh(self, under):
        answer = requests.get(
            f"{self.url}/journal/assert-one-refresh", params={"vendor": "box", "under": under}, timeout=10
        )
        assert answer.ok, answer.json()["error"]

    def client(self):
        """A client that is connected, without a page."""
        return BoxClient(self.app, self.post("/tokens"))


with step("an expired token is refreshed, and after sixty days the user is asked again"):
    tenant = Tenant()
    client = tenant.client()
    assert client.whoami() == tenant.app["login"]
    tenant.advance("2h")
    assert client.whoami() == tenant.app["login"]
    tenant.assert_one_refresh(under=1)
    tenant.advance("61d")
    try:
        client.whoami()
        raise AssertionError("the refresh token has expired")
    except Reauthenticate:
        pass

with step("an access token that was revoked alone is refreshed, and with its grant it is not"):
    tenant = Tenant()
    client = tenant.client()
    tenant.post("/revoke", token=client.tokens["access_token"], alone=True)
    assert client.whoami() == tenant.app["login"]
    tenant.post("/revoke", token=client.tokens["access_token"], grant=True)
    try:
        client.whoami()
        raise AssertionError("the grant was revoked")
    except Reauthenticate:
        pass
    assert "revoked with its grant" in tenant.calls(operation="token")[-1]["verdict"]

with step("of many callers that meet a 401 one refreshes"):
    tenant = Tenant()
    client = tenant.client()
    tenant.post("/expire", token=client.tokens["access_token"])
    with concurrent.futures.ThreadPoolExecutor(20) as pool:
        logins = list(pool.map(lambda _: client.whoami(), range(20)))
    assert set(logins) == {tenant.app["login"]}, logins
    tenant.assert_one_refresh(under=1)

with step("a rate limit is waited for, and then the refresh succeeds"):
    tenant = Tenant()
    client = tenant.client()
    tenant.post("/expire", token=client.tokens["access_token"])
    tenant.post("/faults", operation="token", effect={"rate-limit": {"retry_after": "0s"}}, when={"first": 2})
    assert client.whoami() == tenant.app["login"]
    assert len(tenant.calls(operation="token", status=429)) == 2

with step("garbage from the token endpoint is told from a dead token"):
    garbage = ["not-json", "html", "empty", {"without": "access_token"}, "reset", "reset-during", "server-error"]
    for effect in garbage:
        tenant = Tenant()
        client = tenant.client()
        tenant.post("/expire", token=client.tokens["access_token"])
        tenant.post("/faults", operation="token", effect=effect)
        try:
            client.whoami()
            raise AssertionError(f"{effect} was taken for tokens")
        except BoxIsBroken:
            pass

end()
