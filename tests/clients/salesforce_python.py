"""The client for Salesforce that most Python programs use: simple-salesforce. It speaks https alone."""

import requests
from simple_salesforce import Salesforce, SalesforceLogin
from simple_salesforce.exceptions import (
    SalesforceAuthenticationFailed,
    SalesforceExpiredSession,
    SalesforceResourceNotFound,
)

from rehearsal import World, end, equal, raises, step

world = World("salesforce")
app = world.app
# A domain other than `login` and `test` is the org's own.
DOMAIN = "rehearsal.my"


def session_of_code():
    """The session of a user who has just consented."""
    asked = {
        "client_id": app["client_id"],
        "redirect_uri": app["redirect_uri"],
        "response_type": "code",
        "scope": "api refresh_token",
    }
    url = requests.Request("GET", world.base + "/services/oauth2/authorize", params=asked).prepare().url
    form = {
        "grant_type": "authorization_code",
        "code": world.consent(url)["code"],
        "client_id": app["client_id"],
        "client_secret": app["client_secret"],
        "redirect_uri": app["redirect_uri"],
    }
    answer = requests.post("https://login.salesforce.com/services/oauth2/token", data=form)
    assert answer.ok, answer.text
    tokens = answer.json()
    return tokens, Salesforce(instance_url=tokens["instance_url"], session_id=tokens["access_token"])


with step("consent by code, and the first query"):
    tokens, org = session_of_code()
    assert org.query("SELECT Id, Name FROM Account")["totalSize"] > 0

with step("SFDC-081: query, create, change, delete, limits and usage"):
    made = org.Account.create({"Name": "From simple-salesforce"})
    assert made["success"]
    equal(org.Account.get(made["id"])["Name"], "From simple-salesforce")
    equal(org.Account.update(made["id"], {"Name": "Changed"}), 204)
    equal(org.Account.delete(made["id"]), 204)
    with raises(SalesforceResourceNotFound):
        org.Account.get(made["id"])
    assert org.limits()["DailyApiRequests"]["Max"] > 0
    assert org.api_usage["api-usage"].used > 0

with step("a describe, and a query with conditions"):
    types = {field["name"]: field["type"] for field in org.Account.describe()["fields"]}
    equal(types["NumberOfEmployees"], "double")
    found = org.query_all("SELECT Name FROM Account WHERE Name LIKE 'Example%' ORDER BY Name DESC LIMIT 5")
    equal([record["Name"] for record in found["records"]], ["Example Mills"])

with step("SFDC-082: an expired session raises SalesforceExpiredSession"):
    world.expire(tokens["access_token"])
    with raises(SalesforceExpiredSession):
        org.query("SELECT Id FROM Account")

with step("a refresh, and the new session works; revoked, it raises SalesforceExpiredSession"):
    form = {
        "grant_type": "refresh_token",
        "refresh_token": tokens["refresh_token"],
        "client_id": app["client_id"],
        "client_secret": app["client_secret"],
    }
    new = requests.post("https://login.salesforce.com/services/oauth2/token", data=form).json()
    org = Salesforce(instance_url=new["instance_url"], session_id=new["access_token"])
    assert org.query("SELECT Id FROM Account")["totalSize"] > 0
    answer = requests.post(
        "https://login.salesforce.com/services/oauth2/revoke", data={"token": tokens["refresh_token"]}
    )
    equal(answer.status_code, 200)
    with raises(SalesforceExpiredSession):
        org.query("SELECT Id FROM Account")

with step("SFDC-083: a session opened by password is opened again on 401, and the call repeated"):
    org = Salesforce(
        username=app["login"],
        password=app["password"],
        consumer_key=app["client_id"],
        consumer_secret=app["client_secret"],
    )
    before = org.session_id
    world.expire(before)
    assert org.query("SELECT Id FROM Account")["totalSize"] > 0
    assert org.session_id != before

with step("the same without a consumer key, by SOAP"):
    org = Salesforce(username=app["login"], password=app["password"], security_token="")
    assert org.query("SELECT Id FROM Account")["totalSize"] > 0

with step("a wrong password raises SalesforceAuthenticationFailed"):
    with raises(SalesforceAuthenticationFailed):
        SalesforceLogin(username=app["login"], password="wrong", security_token="")

with step("SFDC-084: client credentials by HTTP Basic give a session"):
    org = Salesforce(domain=DOMAIN, consumer_key=app["client_id"], consumer_secret=app["client_secret"])
    assert org.query("SELECT Id FROM Account")["totalSize"] > 0

with step("a new code, and it works again"):
    tokens, org = session_of_code()
    assert org.query("SELECT Id FROM Account")["totalSize"] > 0

end()
