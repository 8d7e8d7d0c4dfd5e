#!/usr/bin/env python3
"""A small instances service of its own: the core of the contract for Box and BigCommerce, and nothing beyond.

It shares no code with the reference service. `rehearsal check --launch` starts it, and finds everything it needs in the
environment. Standard library only.
"""

import base64
import itertools
import json
import os
import secrets
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PREFIX = "/elements/api-v2"
CALLER = (os.environ["REHEARSAL_USER_SECRET"], os.environ["REHEARSAL_ORGANIZATION_SECRET"])
# At the vendor's own hosts, as in production, the environment's proxy leads to the stand-in.
VENDOR_HOSTS = "--vendor-hosts" in sys.argv
BOX = "https://api.box.com" if VENDOR_HOSTS else os.environ["REHEARSAL_BOX_URL"]
BOX_ACCOUNT = "https://account.box.com" if VENDOR_HOSTS else BOX

CONNECTORS = {
    "box": {
        "id": 1,
        "name": "Box",
        "hub": "documents",
        "authentication": {"type": "oauth2"},
        "canonical": {"files": "/2.0/folders/0/items", "folders": "/2.0/folders/0/items"},
        "vendor": {"users": "/2.0/users/me"},
    },
    "bigcommerce": {
        "id": 2,
        "name": "BigCommerce",
        "hub": "ecommerce",
        "authentication": {"type": "basic"},
        "canonical": {"products": "/products", "customers": "/customers"},
        "vendor": {"time": "/time"},
    },
}

# One lock for everything that is kept: no call to a provider is made while it is held.
lock = threading.Lock()
numbers = itertools.count(1000)
instances = {}
definitions = {}
transformations = {}


class Refused(Exception):
    """An answer that is an error: the service's own, or one that passes a provider's reason on."""

    def __init__(self, status, message, provider_message=None):
        super().__init__(message)
        self.status = status
        self.body = {"requestId": secrets.token_hex(12), "message": message}
        if provider_message is not None:
            self.body["providerMessage"] = provider_message


def described(key):
    """A connector as an instance describes it."""
    of = CONNECTORS[key]
    return {
        "id": of["id"], "name": of["name"], "key": key, "description": f"Connects to {of['name']}.", "image": "none.png",
        "active": True, "deleted": False, "typeOauth": key == "box", "trialAccount": False, "resources": [],
        "transformationsEnabled": True, "bulkDownloadEnabled": False, "bulkUploadEnabled": False, "cloneable": False,
        "extendable": False, "beta": False, "authentication": of["authentication"], "extended": False, "hub": of["hub"],
        "protocolType": "http", "parameters": [],
    }


def shown(instance):
    """An instance as it is told: secrets covered, the access token in clear."""
    configuration = dict(instance["configuration"])
    for name in ("oauth.api.key", "oauth.api.secret", "password"):
        if name in configuration:
            configuration[name] = "********"
    if instance["access"]:
        configuration["oauth.user.token"] = instance["access"]
    key = instance["key"]
    return {
        "id": instance["id"], "name": instance["name"], "token": instance["token"], "tags": instance["tags"],
        "createdDate": instance["created"], "valid": True, "disabled": False, "externalAuthentication": "none",
        "eventsEnabled": False, "traceLoggingEnabled": False, "cachingEnabled": False, "maxCacheSize": 0,
        "cacheTimeToLive": 0, "provisionInteractions": [], "configuration": configuration, "user": {"id": 1},
        "elementId": CONNECTORS[key]["id"], "element": described(key),
    }


def ask(url, headers=None, form=None):
    """Asks a provider; its status, headers and body."""
    data = urllib.parse.urlencode(form).encode() if form is not None else None
    request = urllib.request.Request(url, data=data, headers={"Accept": "application/json", **(headers or {})})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, error.read()
    except OSError as error:
        raise Refused(502, "Request failed", str(error)) from error


def reason(headers, body):
    """A provider's refusal as names and values."""
    try:
        told = json.loads(body)
    except ValueError:
        told = None
    if isinstance(told, list) and told:
        told = told[0]
    if isinstance(told, dict):
        return ", ".join(f"{name} - {value}" for name, value in told.items())
    text = body.decode(errors="replace")
    return text or headers.get("www-authenticate", "no reason given")


def exchange(configuration, code):
    """Exchanges a code at Box, once."""
    form = {
        "grant_type": "authorization_code", "code": code, "client_id": configuration["oauth.api.key"],
        "client_secret": configuration["oauth.api.secret"], "redirect_uri": configuration["oauth.callback.url"],
    }
    status, headers, body = ask(f"{BOX}/oauth2/token", form=form)
    if status != 200:
        raise Refused(400, "Request failed", reason(headers, body))
    return json.loads(body)["access_token"]


def through(instance, path):
    """Calls a provider through an instance; the body of its answer."""
    configuration = instance["configuration"]
    if instance["key"] == "box":
        url, credential = BOX + path, f"Bearer {instance['access']}"
    else:
        pair = f"{configuration['username']}:{configuration['password']}"
        url, credential = configuration["store.url"] + path, "Basic " + base64.b64encode(pair.encode()).decode()
    status, headers, body = ask(url, {"Authorization": credential})
    if status >= 300:
        raise Refused(status, "Request failed", reason(headers, body))
    return json.loads(body)


class Service(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # A small answer must not wait for the acknowledgement of its headers.
    disable_nagle_algorithm = True

    def log_message(self, *arguments):
        """Says nothing: paths hold secrets."""

    def answer(self):
        try:
            length = int(self.headers.get("Content-Length") or 0)
            raw = self.rfile.read(length)
            status, told = 200, self.serve(raw)
        except Refused as refused:
            status, told = refused.status, refused.body
        body = b"" if told is None else json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer

    def serve(self, raw):
        url = urllib.parse.urlsplit(self.path)
        if not url.path.startswith(PREFIX):
            raise Refused(404, "No resource found")
        path, query = url.path[len(PREFIX):].strip("/").split("/"), urllib.parse.parse_qs(url.query)
        body = self.read(raw)
        match (self.command, path):
            case ("GET", ["elements", "keys"]):
                return list(CONNECTORS)
            case ("GET", ["elements", key]):
                return described(self.connector(key))
            case ("GET", ["elements", key, "oauth", "url"]):
                return self.oauth_url(self.connector(key), query)
        element = self.authorize()
        match (self.command, path):
            case ("POST", ["instances"]):
                return self.create(body, (body.get("element") or {}).get("key"))
            case ("POST", ["elements", key, "instances"]):
                return self.create(body, key)
            case ("GET", ["instances"]):
                return self.list(element, query)
            case ("PATCH", ["instances"]):
                return self.change(self.instance(element), body)
            case ("GET", ["instances", number]):
                return shown(self.by_id(number))
            case ("DELETE", ["instances", number]):
                with lock:
                    instances.pop(self.by_id(number)["id"], None)
                return None
            case ("POST", ["organizations", "objects", name, "definitions"]):
                definitions[name] = body
                return body
            case ("POST", ["organizations", "elements", key, "transformations", name]):
                transformations[(self.connector(key), name)] = body
                return body
            case ("DELETE", ["organizations", "objects", name, "definitions"]):
                definitions.pop(name, None)
                return None
            case ("DELETE", ["organizations", "elements", key, "transformations", name]):
                transformations.pop((self.connector(key), name), None)
                return None
            case ("GET", ["hubs", _, name]) | ("GET", [name]):
                return self.resource(self.instance(element), name)
        raise Refused(404, "No resource found")

    def read(self, raw):
        try:
            body = json.loads(raw) if raw and raw != b"null" else {}
        except ValueError as error:
            raise Refused(400, "The body is no JSON") from error
        if not isinstance(body, dict):
            raise Refused(400, "The body is no JSON object")
        return body

    def authorize(self):
        """Checks the User and Organization parts; gives the Element part."""
        parts = {}
        for part in (self.headers.get("Authorization") or "").split(","):
            scheme, _, credential = part.strip().partition(" ")
            parts[scheme.lower()] = credential.strip()
        if (parts.get("user"), parts.get("organization")) != CALLER:
            raise Refused(401, "Invalid Organization or User secret, or invalid Element token provided.")
        return parts.get("element")

    def connector(self, key):
        for own, of in CONNECTORS.items():
            if key in (own, str(of["id"])):
                return own
        raise Refused(404, "No connector found")

    def instance(self, token):
        with lock:
            found = [of for of in instances.values() if token and secrets.compare_digest(of["token"], token)]
        if not found:
            raise Refused(401, "Invalid Organization or User secret, or invalid Element token provided.")
        return found[0]

    def by_id(self, number):
        found = instances.get(int(number)) if number.isdigit() else None
        if not found:
            raise Refused(404, "No instance found")
        return found

    def oauth_url(self, key, query):
        if key != "box":
            raise Refused(404, "No OAuth URL found")
        given = {name: values[0] for name, values in query.items()}
        asked = {
            "response_type": "code", "client_id": given.get("apiKey", ""), "redirect_uri": given.get("callbackUrl", ""),
            "state": given.get("state", key),
        }
        return {"element": key, "oauthUrl": f"{BOX_ACCOUNT}/api/oauth2/authorize?{urllib.parse.urlencode(asked)}"}

    def create(self, body, key):
        if key is None:
            raise Refused(400, "element.key is missing")
        key, configuration = self.connector(key), body.get("configuration") or {}
        needed = ["oauth.api.key", "oauth.api.secret", "oauth.callback.url"]
        missing = [name for name in (needed if key == "box" else ["username", "password", "store.url"]) if not configuration.get(name)]
        if missing:
            raise Refused(400, f"missing: {', '.join(missing)}")
        access = exchange(configuration, (body.get("providerData") or {}).get("code", "")) if key == "box" else None
        name = body.get("name", "")
        made = {
            "id": next(numbers), "token": secrets.token_urlsafe(32), "key": key, "name": name,
            "tags": body.get("tags") or [name], "configuration": configuration, "access": access,
            "created": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        }
        with lock:
            instances[made["id"]] = made
        told = shown(made)
        if body.get("retrieveObjectsAfterInstantiation"):
            told["objects"] = self.objects(key)
        return told

    def objects(self, key):
        of = CONNECTORS[key]
        listed = [{"name": name, "vendorName": name, "type": "ceCanonical"} for name in of["canonical"]]
        listed += [{"name": name, "vendorName": name, "type": "vendor"} for name in of["vendor"]]
        mapped = [(name, to) for (own, name), to in list(transformations.items()) if own == key and name in definitions]
        return listed + [{"name": name, "vendorName": to["vendorName"], "type": "vdr"} for name, to in mapped]

    def list(self, element, query):
        if element:
            return [shown(self.instance(element))]
        wanted = query.get("tags[]", [])
        with lock:
            found = [shown(of) for of in instances.values() if all(tag in of["tags"] for tag in wanted)]
        if "searchText" in query:
            found = [of for of in found if query["searchText"][0] in of["name"]]
        if not found:
            raise Refused(404, "No instances found")
        return found

    def change(self, instance, body):
        code = (body.get("providerData") or {}).get("code")
        configuration = {**instance["configuration"], **(body.get("configuration") or {})}
        access = exchange(configuration, code) if code else instance["access"]
        with lock:
            instance.update(configuration=configuration, access=access)
            instance.update({name: body[name] for name in ("name", "tags") if name in body})
        return shown(instance)

    def resource(self, instance, name):
        of, mapping = CONNECTORS[instance["key"]], transformations.get((instance["key"], name))
        if mapping:
            body = through(instance, of["canonical"][mapping["vendorName"]])
            entries = body["entries"] if isinstance(body, dict) else body
            return [{field["path"]: entry.get(field["vendorPath"]) for field in mapping["fields"]} for entry in entries]
        path = of["canonical"].get(name) or of["vendor"].get(name)
        if path is None:
            raise Refused(404, "No resource found")
        return through(instance, path)


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


if __name__ == "__main__":
    Server(("127.0.0.1", int(os.environ["PORT"])), Service).serve_forever()
