"""BigCommerce's client for Python, in both of the vendor's worlds: a legacy account, and an app with a token.

It speaks https alone, to the vendor's hosts: started by `rehearsal exec`, whose proxy leads there.
"""

from bigcommerce.api import BigcommerceApi
from bigcommerce.exception import ClientRequestException, RateLimitingException

from rehearsal import World, end, equal, raises, step

world = World("bigcommerce")
app, store = world.app, world.app["realm"]


def unauthorized(error):
    equal(error.status_code, 401)


def install():
    """The app, as the merchant has just installed it."""
    api = BigcommerceApi(client_id=app["client_id"], store_hash=store)
    code = world.post("/codes", vendor="bigcommerce")["code"]
    token = api.oauth_fetch_token(
        app["client_secret"], code, f"stores/{store}", "store_v2_products", app["redirect_uri"]
    )
    equal(token["context"], f"stores/{store}")
    return token["access_token"], api


with step("app: the code is exchanged, and the store, its products and the time are read"):
    token, api = install()
    assert api.Store.all()["id"]
    assert api.Products.all(limit=2)
    assert api.Time.all()["time"]

with step("BC-065: after uninstalling the client raises its error for 401"):
    world.revoke(token, grant=True)
    with raises(ClientRequestException, unauthorized):
        api.Store.all()

with step("app: installed again, it works again"):
    token, api = install()
    assert api.Store.all()["id"]

with step("app: a code that is none raises the client's error"):
    with raises(ClientRequestException, lambda error: equal(error.status_code, 400)):
        BigcommerceApi(client_id=app["client_id"], store_hash=store).oauth_fetch_token(
            app["client_secret"], "dead", f"stores/{store}", "store_v2_products", app["redirect_uri"]
        )

with step("app: a rate limit raises the client's own error"):
    world.post("/faults", vendor="bigcommerce", operation="store", effect={"rate-limit": {"retry_after": "1s"}})
    with raises(RateLimitingException, lambda error: equal(error.status_code, 429)):
        api.Store.all()

with step("legacy: an account reads the products and makes a customer"):
    account = BigcommerceApi(f"store-{store}.mybigcommerce.com", (app["login"], app["password"]))
    products = account.Products.all()
    equal(account.Products.get(products[0]["id"])["name"], products[0]["name"])
    made = account.Customers.create(first_name="Ada", last_name="L.", email="ada@client.example")
    equal(account.Customers.get(made["id"])["first_name"], "Ada")

with step("legacy: after the API token was changed the client raises its error for 401, and the new one works"):
    new = world.post("/passwords", vendor="bigcommerce")["password"]
    with raises(ClientRequestException, unauthorized):
        account.Products.all()
    account = BigcommerceApi(f"store-{store}.mybigcommerce.com", (app["login"], new))
    assert account.Products.all()

end()
