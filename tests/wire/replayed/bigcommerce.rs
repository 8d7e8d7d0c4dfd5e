//! BigCommerce's clients for PHP (`bigcommerce/api` 3) and Ruby (`bigcommerce` 2), and the strategy of `OmniAuth` (0.7).

use base64::{Engine, prelude::BASE64_STANDARD};
use rehearsal::{Reply, Vendor, providers::bigcommerce::Switches};
use serde_json::Value;

use super::json;
use crate::scene::{Scene, redirect_parameter, ticket};

fn hash(scene: &Scene) -> &str {
    scene.demo.realm.as_deref().expect("a user belongs to a store")
}

fn basic(scene: &Scene, password: &str) -> String {
    format!("Authorization: Basic {}", BASE64_STANDARD.encode(format!("{}:{password}", scene.demo.login)))
}

/// What PHP's client sends: curl with the account and `Accept`, and no content type where there is no body.
fn php_get(scene: &Scene, path: &str, token: &str) -> Reply {
    let host = format!("Host: store-{}.mybigcommerce.com", hash(scene));
    scene.get(&format!("/api/v2{path}"), &[&host, &basic(scene, token), "Accept: application/json"])
}

#[test]
fn the_php_clients_requests_replayed() {
    let scene = Scene::at(Vendor::BigCommerce);
    let good = php_get(&scene, "/products", scene.demo.password.expose());
    // `getProducts` maps the members of a list to objects.
    let products = json(&good, "BC-064: a list");
    assert!(products.as_array().is_some_and(|list| list.iter().all(Value::is_object)), "BC-064: {products}");
    let time = json(&php_get(&scene, "/time", scene.demo.password.expose()), "BC-064: the time");
    assert!(time["time"].is_i64(), "BC-064: `getTime` makes a date of seconds: {time}");

    let refused = php_get(&scene, "/products", "wrong");
    assert_eq!(refused.status(), 401, "BC-064: the exception is a ClientError with this code");
    // Its constructor takes the message of the first member if the body is a list, and has no other way to a text.
    let body = json(&refused, "BC-064: the body is decoded first");
    assert!(body.is_array(), "BC-064: {body}");
    let message = body[0]["message"].as_str().expect("BC-064: the message of the exception is a text");
    assert!(!message.is_empty(), "BC-064");
}

/// What Ruby's client sends with every call, the ones without a body among them.
const RUBY: [&str; 4] = [
    "Accept: application/json",
    "Content-Type: application/json",
    "User-Agent: bigcommerce-api-ruby",
    "Accept-Encoding: gzip",
];

/// The client's exception, by status.
fn ruby_exception(reply: &Reply) -> Option<&'static str> {
    match reply.status().as_u16() {
        400 => Some("BadRequest"),
        401 => Some("Unauthorized"),
        403 => Some("Forbidden"),
        404 => Some("NotFound"),
        429 => Some("TooManyRequests"),
        500 => Some("InternalServerError"),
        509 => Some("BandwidthLimitExceeded"),
        _ => None,
    }
}

#[test]
fn the_ruby_clients_requests_replayed() {
    let scene = Scene::at(Vendor::BigCommerce);
    let legacy = |path: &str, password: &str| {
        let host = format!("Host: store-{}.mybigcommerce.com", hash(&scene));
        let account = basic(&scene, password);
        let headers = [&[host.as_str(), &account][..], &RUBY].concat();
        scene.get(&format!("/api/v2/{path}"), &headers)
    };
    let token = |scene: &Scene| {
        let issued = scene.tenant.issue_tokens(Vendor::BigCommerce, rehearsal::ConsentGiven::default());
        issued.expect("the demo app is registered").access_token.expose().to_owned()
    };
    let app = |path: &str, token: &str| {
        let client = format!("X-Auth-Client: {}", scene.demo.client_id);
        let token = format!("X-Auth-Token: {token}");
        let headers = [&["Host: api.bigcommerce.com", &client, &token][..], &RUBY].concat();
        scene.get(&format!("/stores/{}/v2/{path}", hash(&scene)), &headers)
    };
    let password = scene.demo.password.expose();
    let access_token = token(&scene);
    for (world, answers) in [
        ("legacy", ["time", "store", "products"].map(|path| legacy(path, password))),
        ("app", ["time", "store", "products"].map(|path| app(path, &access_token))),
    ] {
        let [time, store, products] = answers.map(|reply| {
            assert_eq!(ruby_exception(&reply), None, "BC-066: {world}: {}", reply.text());
            json(&reply, "BC-066: what is not empty is parsed")
        });
        assert!(time["time"].is_i64(), "BC-066: {world}: System.time: {time}");
        assert!(store["id"].is_string(), "BC-066: {world}: StoreInfo.info: {store}");
        assert!(products[0]["name"].is_string(), "BC-066: {world}: Product.all: {products}");
    }

    scene.tenant.revoke(Vendor::BigCommerce, &access_token).expect("the token is known");
    for refused in [legacy("products", "wrong"), app("products", &access_token)] {
        assert_eq!(ruby_exception(&refused), Some("Unauthorized"), "BC-066");
        retry_after_can_be_stored(&refused);
    }

    scene.tenant.set_switches(&Switches { calls_per_hour: 1, calls_per_window: 1, ..Switches::default() });
    let spent = legacy("products", password);
    assert_eq!(ruby_exception(&spent), Some("BandwidthLimitExceeded"), "BC-066");
    retry_after_can_be_stored(&spent);
    let access_token = token(&scene);
    app("products", &access_token);
    let limited = app("products", &access_token);
    assert_eq!(ruby_exception(&limited), Some("TooManyRequests"), "BC-066");
    retry_after_can_be_stored(&limited);
    let seconds = limited.headers().get("x-retry-after").and_then(|value| value.to_str().ok());
    assert!(seconds.is_some_and(|text| text.parse::<u32>().is_ok()), "BC-066: {seconds:?}");
}

/// The client writes `X-Retry-After` into the parsed body, or into an empty object if it cannot be parsed; a list would make
/// it fail with an error that is none of its own.
fn retry_after_can_be_stored(refused: &Reply) {
    let body: Option<Value> = serde_json::from_slice(refused.body()).ok();
    let is_list = body.is_some_and(|body| body.is_array());
    assert!(!is_list || !refused.headers().contains_key("x-retry-after"), "BC-066: {}", refused.text());
}

#[test]
fn the_requests_of_omniauth_replayed() {
    let scene = Scene::at(Vendor::BigCommerce);
    let context = format!("stores/{}", hash(&scene));
    // The app was opened with a scope and a context, and both go on.
    let url = format!(
        "/oauth2/authorize?client_id={}&redirect_uri={}&response_type=code&scope=users_basic_information\
         &context=stores%2F{}&state=0123456789abcdef",
        scene.demo.client_id,
        scene.callback(),
        hash(&scene)
    );
    let login =
        [("user[email]", scene.demo.login.as_str()), ("user[password]", scene.demo.password.expose())];
    let consent = scene.post(&url, &login);
    let allowed = scene.post(&url, &[("rehearsal_ticket", &ticket(&consent)), ("confirm", "true")]);
    assert_eq!(allowed.status(), 302, "BC-068: {}", allowed.text());
    let given = |name: &str| redirect_parameter(&allowed, name).unwrap_or_default();
    assert_eq!(given("context"), context, "BC-068: the callback has what the token is asked for with");

    // Credentials are in the body, and scope and context are those of the callback.
    let form = [
        ("client_id", scene.demo.client_id.as_str()),
        ("client_secret", scene.demo.client_secret.expose()),
        ("code", &given("code")),
        ("context", &given("context")),
        ("grant_type", "authorization_code"),
        ("redirect_uri", &scene.demo.redirect_uri),
        ("scope", &given("scope")),
    ];
    let exchange = || scene.post_with("/oauth2/token", &["Accept: */*", "User-Agent: Faraday v2.9.0"], &form);
    let issued = exchange();
    assert_eq!(issued.status(), 200, "BC-068: {}", issued.text());
    let content_type = issued.headers()["content-type"].to_str().expect("BC-068");
    assert!(content_type.starts_with("application/json"), "BC-068: by the type it is parsed: {content_type}");
    let token = json(&issued, "BC-068");
    assert!(token["user"]["id"].is_u64(), "BC-068: the uid is user.id: {token}");
    assert!(token["user"]["username"].is_string() && token["user"]["email"].is_string(), "BC-068: {token}");
    assert!(token["access_token"].is_string(), "BC-068: credentials.token: {token}");
    assert_eq!(
        (&token["scope"], &token["context"]),
        (&Value::from(given("scope")), &Value::from(context)),
        "BC-068"
    );
    // `expires` is false where none of these is there.
    for member in ["expires_in", "expires_at", "expires", "refresh_token"] {
        assert!(token.get(member).is_none(), "BC-068: credentials do not expire: {token}");
    }

    let refused = exchange();
    assert_eq!(refused.status(), 400, "BC-068: a code is good once");
    let error = json(&refused, "BC-068: a failure is named by `error`");
    assert_eq!(error["error"], "invalid_grant", "BC-068: {error}");
}
