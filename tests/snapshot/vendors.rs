//! What the histories ask of each vendor: redeem, refresh, revoke, read, write.

use bytes::Bytes;
use http::{Method, Request};
use rehearsal::{Demo, Vendor};

/// A kind of call, with the code or token it shows.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Ask {
    Redeem,
    Refresh,
    Revoke,
    Read,
    Write,
}

fn request(method: Method, target: &str, headers: &[(&str, &str)], body: String) -> Request<Bytes> {
    let mut request = Request::builder().method(method).uri(target).header("host", "127.0.0.1:4010");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(Bytes::from(body)).expect("the request is well formed")
}

fn form(target: &str, pairs: &[(&str, &str)]) -> Request<Bytes> {
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    request(Method::POST, target, &[("content-type", "application/x-www-form-urlencoded")], body)
}

/// The call of `vendor` that asks for it; `number` names what is written.
pub(crate) fn call(vendor: Vendor, ask: Ask, demo: &Demo, token: &str, number: usize) -> Request<Bytes> {
    let realm = demo.realm.as_deref().unwrap_or_default();
    let context = format!("stores/{realm}");
    let client = [("client_id", demo.client_id.as_str()), ("client_secret", demo.client_secret.expose())];
    let code = [
        ("grant_type", "authorization_code"),
        ("code", token),
        ("redirect_uri", demo.redirect_uri.as_str()),
        ("context", context.as_str()),
    ];
    let refresh = [("grant_type", "refresh_token"), ("refresh_token", token)];
    match ask {
        Ask::Redeem => form(token_path(vendor), &[&client[..], &code[..]].concat()),
        Ask::Refresh => {
            let path = if vendor == Vendor::AdobeSign { "/oauth/refresh" } else { token_path(vendor) };
            form(path, &[&client[..], &refresh[..]].concat())
        }
        Ask::Revoke => match vendor {
            Vendor::AdobeSign => form("/oauth/revoke", &[("token", token)]),
            Vendor::Box => form("/oauth2/revoke", &[&client[..], &[("token", token)]].concat()),
            Vendor::Salesforce => form("/services/oauth2/revoke", &[("token", token)]),
            Vendor::Egnyte => form(
                "/acme/pubapi/v1/tokens/revoke",
                &[&client[..], &[("token", token), ("token_type_hint", "access_token")]].concat(),
            ),
            // BigCommerce revokes nothing; an app reads instead.
            _ => read(vendor, realm, token),
        },
        Ask::Read => read(vendor, realm, token),
        Ask::Write => write(vendor, realm, token, number),
    }
}

fn token_path(vendor: Vendor) -> &'static str {
    match vendor {
        Vendor::AdobeSign => "/oauth/token",
        Vendor::Egnyte => "/acme/puboauth/token",
        Vendor::Salesforce => "/services/oauth2/token",
        _ => "/oauth2/token",
    }
}

fn read(vendor: Vendor, realm: &str, token: &str) -> Request<Bytes> {
    let bearer = format!("Bearer {token}");
    let get = |path: &str| request(Method::GET, path, &[("authorization", &bearer)], String::new());
    match vendor {
        Vendor::AdobeSign => get("/api/rest/v6/agreements"),
        Vendor::Box => get("/2.0/folders/0"),
        Vendor::Egnyte => get("/acme/pubapi/v1/fs/Shared"),
        Vendor::Salesforce => get("/services/data/v60.0/query?q=SELECT+Id,Name,CreatedDate+FROM+Account"),
        _ => {
            let path = format!("/stores/{realm}/v2/customers");
            request(Method::GET, &path, &[("x-auth-token", token)], String::new())
        }
    }
}

fn write(vendor: Vendor, realm: &str, token: &str, number: usize) -> Request<Bytes> {
    let bearer = format!("Bearer {token}");
    let post = |path: &str, body: String| {
        let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
        request(Method::POST, path, &headers, body)
    };
    match vendor {
        // Adobe Sign's account is only read here.
        Vendor::AdobeSign => read(vendor, realm, token),
        Vendor::Box => post("/2.0/folders", format!(r#"{{"name":"Folder {number}","parent":{{"id":"0"}}}}"#)),
        Vendor::Egnyte => {
            post(&format!("/acme/pubapi/v1/fs/Shared/F{number}"), r#"{"action":"add_folder"}"#.to_owned())
        }
        Vendor::Salesforce => post(
            "/services/data/v60.0/sobjects/Account",
            format!(r#"{{"Name":"Account {number}","AnnualRevenue":{}}}"#, f64::from(number as u32) / 7.0),
        ),
        _ => {
            let body = format!(r#"{{"first_name":"A","last_name":"B","email":"c{number}@shopper.example"}}"#);
            let headers = [("x-auth-token", token), ("content-type", "application/json")];
            request(Method::POST, &format!("/stores/{realm}/v2/customers"), &headers, body)
        }
    }
}
