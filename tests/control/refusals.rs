//! Every call of the control API, as its own description lists them, refuses what is wrong: with a sentence, and without
//! having changed anything.

use http::Method;
use serde_json::{Map, Value, json};

use crate::scene::Control;

/// One call of the description.
struct Call {
    method: Method,
    path: String,
    described: Value,
}

/// A request that is wrong in one way, and what the refusal says.
struct Wrong {
    what: String,
    method: Method,
    url: String,
    body: String,
    status: u16,
    says: String,
}

const ITS_TENANT: &str = "ci";

/// A body that each call would take, to be spoiled in one place.
fn good_body(path: &str) -> Value {
    let call = path.trim_start_matches("/v1").trim_start_matches("/tenants/{tenant}");
    match call {
        "/tenants"
        | "/policies/{vendor}"
        | "/switches/{vendor}"
        | "/snapshot"
        | "/bigcommerce/uninstall"
        | "/bigcommerce/remove-user" => json!({}),
        "/apps" | "/apps/deactivate" | "/users" | "/users/deactivate" | "/passwords" | "/codes"
        | "/developer-tokens" | "/tokens" => {
            json!({ "vendor": "box" })
        }
        "/inspect" | "/expire" | "/revoke" => json!({ "vendor": "box", "token": "unknown" }),
        "/age" => json!({ "vendor": "box", "token": "unknown", "by": "1m" }),
        "/clock" => json!({ "advance": "1s" }),
        "/consent" => json!({ "by": "auto" }),
        "/faults" => json!({ "effect": "html" }),
        "/journal/bounds" => json!({ "entries": 1 }),
        "/replay-protection/{vendor}" => json!({ "on": true }),
        _ => panic!("say here which body {path} takes"),
    }
}

/// A value of each parameter that would do.
fn good_parameter(name: &str) -> &'static str {
    match name {
        "tenant" => ITS_TENANT,
        "vendor" => "box",
        "number" | "count" | "under" | "since" => "1",
        "timeout" => "1ms",
        _ => panic!("say here which value {name} takes"),
    }
}

/// Values of a parameter that will not do, and what is said of them.
fn bad_parameters(name: &str) -> &'static [(&'static str, u16, &'static str)] {
    match name {
        "tenant" => &[("nobody", 404, "no tenant called \"nobody\"")],
        "vendor" => &[("dropbox", 400, "no vendor is called \"dropbox\""), ("", 400, "no vendor is called")],
        "number" => &[("9", 404, "no fault 9"), ("x", 404, "no fault x")],
        "count" | "under" => &[("x", 400, "is not a whole number"), ("-1", 400, "is not a whole number")],
        "since" => &[("x", 400, "the number of an entry")],
        "timeout" => &[("soon", 400, "a duration such as 5s")],
        "operation" => &[("tokn", 400, "operation \"tokn\"")],
        "verdict" => &[("maybe", 400, "maybe")],
        "status" => &[("teapot", 400, "teapot")],
        "method" => &[("G%20ET", 400, "an HTTP method")],
        "path" => &[],
        _ => panic!("say here which value {name} does not take"),
    }
}

fn calls(api: &Value) -> Vec<Call> {
    let paths = api["paths"].as_object().expect("the description has paths");
    let mut calls = Vec::new();
    for (path, item) in paths {
        let shared = item["parameters"].as_array().cloned().unwrap_or_default();
        for (method, described) in item.as_object().expect("a path has calls") {
            let Ok(method) = method.to_uppercase().parse::<Method>() else { continue };
            if method.as_str() == "PARAMETERS" {
                continue;
            }
            let mut described = described.clone();
            let mut parameters = described["parameters"].as_array().cloned().unwrap_or_default();
            parameters.extend(shared.clone());
            described["parameters"] = parameters.into();
            calls.push(Call { method, path: path.clone(), described });
        }
    }
    calls
}

impl Call {
    fn parameters(&self, place: &str) -> Vec<(String, bool)> {
        let all = self.described["parameters"].as_array().expect("parameters are a list");
        let of = all.iter().filter(|parameter| parameter["in"] == place);
        of.map(|of| {
            let name = of["name"].as_str().expect("a parameter has a name");
            (name.to_owned(), of["required"] == json!(true))
        })
        .collect()
    }

    fn takes_a_body(&self) -> bool {
        self.described["requestBody"].is_object()
    }

    /// The members that the description gives to the body.
    fn schema(&self, api: &Value) -> (Map<String, Value>, Vec<String>) {
        let mut schema = &self.described["requestBody"]["content"]["application/json"]["schema"];
        if let Some(name) = schema["$ref"].as_str().and_then(|of| of.strip_prefix("#/components/schemas/")) {
            schema = &api["components"]["schemas"][name];
        }
        let members = schema["properties"].as_object().cloned().unwrap_or_default();
        let required = schema["required"].as_array().into_iter().flatten();
        (members, required.filter_map(|name| name.as_str().map(str::to_owned)).collect())
    }

    /// The URL with every needed parameter, of which one may have another value.
    fn url(&self, other: Option<(&str, &str)>) -> String {
        let value = |name: &str| match other {
            Some((of, value)) if of == name => value.to_owned(),
            _ => good_parameter(name).to_owned(),
        };
        let mut url = self.path.clone();
        for (name, _) in self.parameters("path") {
            url = url.replace(&format!("{{{name}}}"), &value(&name));
        }
        let query = self.parameters("query").into_iter().filter_map(|(name, required)| {
            let named = other.is_some_and(|(of, _)| of == name);
            (required || named).then(|| format!("{name}={}", value(&name)))
        });
        let query: Vec<_> = query.collect();
        if query.is_empty() { url } else { format!("{url}?{}", query.join("&")) }
    }

    fn body(&self) -> String {
        if self.takes_a_body() { good_body(&self.path).to_string() } else { String::new() }
    }

    fn wrong(&self, what: impl Into<String>, url: String, body: String, status: u16, says: &str) -> Wrong {
        let (what, method, says) = (what.into(), self.method.clone(), says.to_owned());
        Wrong { what, method, url, body, status, says }
    }

    /// Wrong in its parameters: a value that will not do, a needed one that is missing, one that nobody knows.
    fn wrong_parameters(&self) -> Vec<Wrong> {
        let mut wrong = Vec::new();
        for (name, required) in self.parameters("path").into_iter().chain(self.parameters("query")) {
            // An empty path segment is another path.
            let values = bad_parameters(&name).iter();
            let values = values.filter(|(value, ..)| {
                !value.is_empty() || self.parameters("query").iter().any(|(of, _)| *of == name)
            });
            for (value, status, says) in values {
                let what = format!("{name} is {value:?}");
                wrong.push(self.wrong(what, self.url(Some((&name, value))), self.body(), *status, says));
            }
            if required && self.parameters("query").iter().any(|(of, _)| *of == name) {
                let given = format!("{name}={}", good_parameter(&name));
                let url = self.url(None).replace(&format!("{given}&"), "").replace(&given, "");
                let says = format!("{name} is missing");
                wrong.push(self.wrong(format!("no {name}"), url, self.body(), 400, &says));
            }
        }
        if !self.parameters("query").is_empty() {
            let url = self.url(None);
            let url = format!("{url}{}colour=red", if url.contains('?') { '&' } else { '?' });
            wrong.push(self.wrong("an unknown parameter", url, self.body(), 400, "colour"));
        }
        wrong
    }

    /// Wrong in the body: none, no JSON, the wrong type, an unknown member, a missing one, too large.
    fn wrong_bodies(&self, api: &Value) -> Vec<Wrong> {
        if !self.takes_a_body() {
            return Vec::new();
        }
        let good = good_body(&self.path);
        let is_snapshot = self.path.ends_with("/snapshot");
        let mut wrong = Vec::new();
        let mut add = |what: String, body: String, status: u16, says: &str| {
            wrong.push(self.wrong(what, self.url(None), body, status, says));
        };
        for body in ["{", "7", "\"text\"", "null", "[1,2]", "true", "{}{}", "\u{feff}{}", "client_id=x"] {
            add(format!("the body is {body}"), body.into(), 400, "");
        }
        add("the body is nested too deep".into(), "[".repeat(100_000), 400, "");
        let limit = if is_snapshot { 64 << 20 } else { 1 << 20 };
        add("the body is too large".into(), format!("\"{}\"", "x".repeat(limit)), 413, &limit.to_string());

        let with = |name: &str, value: Value| {
            let mut body = good.clone();
            body[name] = value;
            body.to_string()
        };
        let unknown = if is_snapshot { "" } else { "no_such_member" };
        add("an unknown member".into(), with("no_such_member", json!(1)), 400, unknown);
        let (members, required) = self.schema(api);
        for name in members.keys() {
            add(format!("{name} of the wrong type"), with(name, json!({ "x": [1] })), 400, "");
            add(format!("{name} of the wrong type"), with(name, json!([[1]])), 400, "");
        }
        for name in required {
            let mut body = good.clone();
            body.as_object_mut().expect("a body is an object").remove(&name);
            add(format!("no {name}"), body.to_string(), 400, &format!("missing field `{name}`"));
        }
        wrong
    }
}

/// Where the description leaves the body open, or one member depends on another.
fn more() -> Vec<Wrong> {
    let cases: [(&str, &str, Value, u16, &str); 35] = [
        ("POST", "/faults", json!({}), 400, "missing field `effect`"),
        ("POST", "/faults", json!({ "effect": "htm" }), 400, "unknown variant `htm`"),
        ("POST", "/faults", json!({ "effect": { "delay": 5 } }), 400, "invalid type"),
        ("POST", "/faults", json!({ "effect": "html", "vendor": "dropbox" }), 400, "no vendor is called"),
        ("POST", "/faults", json!({ "effect": "html", "vendor": 7 }), 400, "invalid type"),
        (
            "POST",
            "/faults",
            json!({ "effect": "html", "vendor": "box", "operation": "tokn" }),
            400,
            "it has authorize, token",
        ),
        ("POST", "/faults", json!({ "effect": "html", "operation": "token" }), 400, "name the vendor, too"),
        (
            "POST",
            "/faults",
            json!({ "effect": "html", "when": { "every": 0 } }),
            400,
            "every 1 is every call",
        ),
        ("POST", "/faults", json!({ "effect": "html", "when": { "first": 0 } }), 400, "the first is 1"),
        ("POST", "/apps", json!({ "vendor": "box", "client_id": "" }), 400, "client_id is empty"),
        ("POST", "/users", json!({ "vendor": "box", "login": "" }), 400, "login is empty"),
        ("POST", "/faults", json!({ "effect": "html", "when": "often" }), 400, "unknown variant `often`"),
        ("PUT", "/policies/box", json!({ "code_life": 30 }), 400, "invalid type"),
        ("PUT", "/policies/box", json!({ "access_life": "for ever" }), 400, "says no life"),
        ("PUT", "/policies/box", json!({ "limit": { "user": 0 } }), 400, "nonzero"),
        (
            "PUT",
            "/policies/box",
            json!({ "refresh_life": "2h since use" }),
            400,
            "write unlimited, or a duration",
        ),
        ("PUT", "/policies/box", json!({ "rotation": "sometimes" }), 400, "unknown variant `sometimes`"),
        ("PUT", "/switches/salesforce", json!({ "era": 7 }), 400, "invalid type"),
        ("PUT", "/switches/salesforce", json!({ "era": "golden" }), 400, "unknown variant `golden`"),
        ("PUT", "/clock", json!({}), 400, "not none"),
        ("PUT", "/clock", json!({ "freeze": true, "set": 1 }), 400, "not several"),
        ("PUT", "/clock", json!({ "advance": "soon" }), 400, "no duration"),
        ("PUT", "/clock", json!({ "set": 1_772_366_400_000_000_000_u64 }), 400, "nanoseconds"),
        ("POST", "/faults", json!({ "effect": { "answer": { "status": 100 } } }), 400, "from 200 to 999"),
        ("POST", "/apps", json!({ "vendor": "box", "client_secret": 123_456_789 }), 400, "and not a number"),
        ("PUT", "/consent", json!({ "by": "mail" }), 400, "unknown variant `mail`"),
        ("POST", "/tenants", json!({ "name": "C I" }), 400, "no name for a tenant"),
        ("POST", "/tenants", json!({ "name": ITS_TENANT }), 409, "already"),
        ("POST", "/codes", json!({ "vendor": "box", "client_id": "nobody" }), 404, "no app is registered"),
        ("POST", "/tokens", json!({ "vendor": "box", "login": "nobody" }), 404, "no user is registered"),
        (
            "POST",
            "/codes",
            json!({ "vendor": "box", "redirect_uri": "https://e.vil" }),
            400,
            "no redirect URI",
        ),
        (
            "POST",
            "/apps/deactivate",
            json!({ "vendor": "box", "client_id": "nobody" }),
            404,
            "no app is registered",
        ),
        (
            "POST",
            "/users/deactivate",
            json!({ "vendor": "box", "login": "nobody" }),
            404,
            "no user is registered",
        ),
        ("POST", "/passwords", json!({ "vendor": "box", "login": "nobody" }), 404, "no user is registered"),
        ("POST", "/age", json!({ "vendor": "box", "token": "unknown", "by": "-1s" }), 400, "no duration"),
    ];
    let more = cases.into_iter().map(|(method, path, body, status, says)| Wrong {
        what: body.to_string(),
        method: method.parse().expect("it is a method"),
        url: format!("/v1{path}"),
        body: body.to_string(),
        status,
        says: says.to_owned(),
    });
    let unknown = ["/inspect", "/expire", "/revoke", "/age"].map(|path| Wrong {
        what: "a token that was never issued".into(),
        method: Method::POST,
        url: format!("/v1{path}"),
        body: good_body(path).to_string(),
        status: 409,
        says: "no such credential was issued".into(),
    });
    more.chain(unknown).collect()
}

impl Control {
    /// All that a refused call must not have changed.
    async fn world(&self) -> Vec<Value> {
        let mut world = vec![self.get("/v1/tenants").await.1];
        for tenant in ["default", ITS_TENANT] {
            for part in ["snapshot", "clock", "consent", "faults", "journal", "journal/bounds"] {
                world.push(self.get(&format!("/v1/tenants/{tenant}/{part}")).await.1);
            }
        }
        world
    }

    async fn refuses(&self, wrong: Wrong) {
        let Wrong { what, method, url, body, status, says } = wrong;
        let request = self.client.request(method.clone(), format!("{}{url}", self.base)).body(body);
        let answer = request.send().await.unwrap_or_else(|error| panic!("{method} {url}, {what}: {error}"));
        let got = answer.status().as_u16();
        let text = answer.text().await.expect("the answer is text");
        let json: Value = serde_json::from_str(&text).unwrap_or_default();
        let error = json["error"].as_str().unwrap_or_default();
        assert!(
            got == status && !error.is_empty() && error.contains(&says) && error.len() < 1000,
            "{method} {url}, {what}: expected {status} and an error that says {says:?}, got {got} {text}"
        );
    }
}

#[tokio::test]
async fn every_call_refuses_what_is_wrong_and_changes_nothing() {
    let control = Control::start().await;
    control.post("/v1/tenants", json!({ "name": ITS_TENANT })).await;
    for tenant in ["default", ITS_TENANT] {
        control.put(&format!("/v1/tenants/{tenant}/clock"), json!({ "freeze": true })).await;
        // Its demo apps and users are made now, and not by the first call that is refused.
        control.get(&format!("/v1/tenants/{tenant}")).await;
    }
    let (_, api) = control.get("/v1/openapi.json").await;
    let before = control.world().await;
    let calls = calls(&api);
    let (mut tried, mut without_input) = (0, Vec::new());
    for call in &calls {
        let mut wrong = call.wrong_parameters();
        wrong.extend(call.wrong_bodies(&api));
        if wrong.is_empty() {
            without_input.push(format!("{} {}", call.method, call.path));
        }
        tried += wrong.len();
        for wrong in wrong {
            control.refuses(wrong).await;
        }
    }
    for wrong in more() {
        control.refuses(wrong).await;
    }
    assert!(calls.len() > 60 && tried > 500, "{} calls, {tried} requests", calls.len());
    // What neither takes a parameter nor a body can be asked in one way only.
    let expected = [
        "GET /v1/clock",
        "DELETE /v1/faults",
        "GET /v1/consent",
        "GET /v1/faults",
        "GET /v1/health",
        "DELETE /v1/journal",
        "GET /v1/journal/bounds",
        "POST /v1/reset",
        "GET /v1/snapshot",
        "GET /v1/tenants",
    ];
    let mut expected = expected.map(str::to_owned);
    expected.sort_unstable();
    without_input.sort_unstable();
    assert_eq!(without_input, expected);
    let after = control.world().await;
    for (before, after) in before.iter().zip(&after) {
        let [before, after] =
            [before, after].map(|part| serde_json::to_string_pretty(part).expect("it is JSON"));
        let differs = before.lines().zip(after.lines()).find(|(before, after)| before != after);
        assert!(before == after, "a refused call has changed something: {differs:?}");
    }
}

#[tokio::test]
async fn every_path_refuses_verbs_that_it_does_not_have() {
    let control = Control::start().await;
    let (_, api) = control.get("/v1/openapi.json").await;
    control.post("/v1/tenants", json!({ "name": ITS_TENANT })).await;
    let calls = calls(&api);
    for call in &calls {
        for method in [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
            if calls.iter().any(|other| other.path == call.path && other.method == method) {
                continue;
            }
            let says = format!("there is no {method} /v1");
            let what = "the wrong verb".to_owned();
            let wrong = Wrong { what, method, url: call.url(None), body: String::new(), status: 404, says };
            control.refuses(wrong).await;
        }
    }
}
