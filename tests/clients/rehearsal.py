"""What the Python programs share: a world of their own at one vendor, the user's browser, and steps that pass or fail.

It needs the standard library alone, so that the client under test decides what else is installed.
"""

import contextlib
import json
import os
import sys
import urllib.error
import urllib.parse
import urllib.request

PROGRAM = os.path.splitext(os.path.basename(sys.argv[0]))[0]

failed = 0
# The control API and the stand-ins are on this machine: a proxy that leads to the vendors' hosts is none of theirs.
direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@contextlib.contextmanager
def step(what):
    """One thing that the client has to do. It passes if the block ends without an exception; the next runs in any case."""
    global failed
    try:
        yield
    except Exception as error:  # noqa: BLE001: whatever the client raises is the finding
        failed += 1
        # Not by its own words: one client's cannot be printed.
        print(f"FAIL {PROGRAM}: {what}: {error!r}", flush=True)
    else:
        print(f"ok   {PROGRAM}: {what}", flush=True)


@contextlib.contextmanager
def raises(kind, check=lambda error: None):
    """The client has to raise its own error, of this kind and no other."""
    try:
        yield
    except kind as error:
        check(error)
    else:
        raise AssertionError(f"{kind.__name__} was not raised")


def equal(found, expected):
    if found != expected:
        raise AssertionError(f"{found!r} is not {expected!r}")


def end():
    sys.exit(1 if failed else 0)


class World:
    """A tenant with an app and a user at one vendor. The user consents without a page."""

    def __init__(self, vendor, consent="auto"):
        self.vendor = vendor
        self.base = os.environ[f"REHEARSAL_{vendor.replace('-', '_').upper()}_URL"].rstrip("/")
        made = self._call("POST", "/v1/tenants", {})
        self._path = "/v1/tenants/" + made["tenant"]
        self.app = made["demos"][vendor]
        self.put("/consent", by=consent)

    def _call(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        url = os.environ["REHEARSAL_CONTROL_URL"].rstrip("/") + path
        request = urllib.request.Request(url, data=data, method=method)
        if token := os.environ.get("REHEARSAL_CONTROL_TOKEN"):
            request.add_header("Authorization", "Bearer " + token)
        try:
            with direct.open(request) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{method} {path}: {error.read().decode()}") from None

    def get(self, path):
        return self._call("GET", self._path + path)

    def post(self, path, **body):
        return self._call("POST", self._path + path, body)

    def put(self, path, **body):
        return self._call("PUT", self._path + path, body)

    def expire(self, token):
        self.post("/expire", vendor=self.vendor, token=token)

    def revoke(self, token, **how):
        self.post("/revoke", vendor=self.vendor, token=token, **how)

    def calls(self, **terms):
        """The calls in the journal that these terms ask for."""
        terms = {"vendor": self.vendor, **terms}
        return self.get("/journal?" + urllib.parse.urlencode(terms))["entries"]

    def consent(self, url):
        """Opens an authorization URL as the user's browser does, and says what the callback is given."""
        parts = urllib.parse.urlsplit(url)
        here = urllib.parse.urlsplit(self.base)
        # What the client has built in leads to the vendor's host; the browser of this program stays on this machine.
        url = urllib.parse.urlunsplit((here.scheme, here.netloc, parts.path, parts.query, ""))
        headers = {"Host": parts.netloc} if self.vendor == "egnyte" else {}
        location = _redirect(urllib.request.Request(url, headers=headers))
        callback = urllib.parse.urlsplit(location)
        given = dict(urllib.parse.parse_qsl(callback.query or callback.fragment))
        return {**given, "url": location}


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def _redirect(request):
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirect)
    try:
        answer = opener.open(request)
    except urllib.error.HTTPError as error:
        if error.code in (301, 302, 303, 307):
            return error.headers["Location"]
        raise AssertionError(f"{request.full_url} answered {error.code}: {error.read()[:500]!r}") from None
    raise AssertionError(f"{request.full_url} answered {answer.status} and no redirect: {answer.read()[:500]!r}")
