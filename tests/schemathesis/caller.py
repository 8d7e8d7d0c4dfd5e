"""Makes an instance, and says what a run needs: the address, the header, and the names of things that are there.

    caller.py READY CONFIG    READY is the line of `serve --json`; CONFIG becomes a Schemathesis configuration
"""

import json
import sys
import urllib.request

ready, config = sys.argv[1:]
with open(ready) as line:
    place = json.loads(line.read())
url = place["instances"]
secrets = f"User {place['user_secret']}, Organization {place['organization_secret']}"
account = place["users"]["bigcommerce"]
body = {
    "element": {"key": "bigcommerce"},
    "name": "Schemathesis",
    "configuration": {
        "username": account["login"],
        "password": account["password"],
        "store.url": place["providers"]["bigcommerce"] + "/api/v2",
    },
}
request = urllib.request.Request(
    f"{url}/instances",
    json.dumps(body).encode(),
    {"Authorization": secrets, "Content-Type": "application/json"},
)
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
made = json.load(opener.open(request))
with open(config, "w") as file:
    file.write(
        "[parameters]\n"
        f'"path.id" = {json.dumps(str(made["id"]))}\n'
        '"path.keyOrId" = "box"\n'
        '"path.object" = "customers"\n'
        '"path.objectName" = "customers"\n'
        '"path.hub" = "ecommerce"\n'
    )
print(url)
print(f"Authorization: {secrets}, Element {made['token']}")
