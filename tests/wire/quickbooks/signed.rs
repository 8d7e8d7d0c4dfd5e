//! OAuth 1.0a.

use std::collections::BTreeMap;

use base64::{Engine, prelude::BASE64_STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use http::Method;
use insta::assert_snapshot;
use rehearsal::{Consent, Reply};
use sha1::Sha1;

use super::{path, realm, scene, unnumbered};
use crate::scene::{Scene, member, redirect_parameter, wire};

const DAY: u64 = 24 * 3600;
const REQUEST_TOKEN: &str = "/oauth/v1/get_request_token";
const ACCESS_TOKEN: &str = "/oauth/v1/get_access_token";
const RECONNECT: &str = "/api/v1/connection/reconnect";
const DISCONNECT: &str = "/api/v1/connection/disconnect";
const MIGRATE: &str = "/v2/oauth2/tokens/migrate";

/// A token and its secret.
#[derive(Clone)]
struct Pair {
    token: String,
    secret: String,
}

fn encode(text: &str) -> String {
    const RESERVED: &percent_encoding::AsciiSet =
        &percent_encoding::NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
    percent_encoding::utf8_percent_encode(text, RESERVED).to_string()
}

/// The header of a request signed as a client library does it.
fn signed(
    scene: &Scene,
    method: &Method,
    target: &str,
    pair: Option<&Pair>,
    extra: &[(&str, &str)],
) -> String {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut oauth: BTreeMap<&str, &str> = extra.iter().copied().collect();
    oauth.extend([
        ("oauth_consumer_key", scene.demo.client_id.as_str()),
        ("oauth_nonce", "n0nce"),
        ("oauth_signature_method", "HMAC-SHA1"),
        ("oauth_timestamp", "1772366400"),
        ("oauth_version", "1.0"),
    ]);
    oauth.extend(pair.map(|pair| ("oauth_token", pair.token.as_str())));
    let mut covered: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes())
        .map(|(name, value)| (encode(&name), encode(&value)))
        .chain(oauth.iter().map(|(name, value)| (encode(name), encode(value))))
        .collect();
    covered.sort();
    let covered: Vec<_> = covered.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let address = encode(&format!("http://127.0.0.1:4013{path}"));
    let base = format!("{method}&{address}&{}", encode(&covered.join("&")));
    let key = format!(
        "{}&{}",
        encode(scene.demo.client_secret.expose()),
        encode(pair.map_or("", |pair| &pair.secret))
    );
    let mut mac = Hmac::<Sha1>::new_from_slice(key.as_bytes()).expect("any key will do");
    mac.update(base.as_bytes());
    let signature = BASE64_STANDARD.encode(mac.finalize().into_bytes());
    oauth.insert("oauth_signature", &signature);
    let parameters: Vec<_> =
        oauth.iter().map(|(name, value)| format!("{name}=\"{}\"", encode(value))).collect();
    format!("Authorization: OAuth {}", parameters.join(", "))
}

fn get(scene: &Scene, target: &str, pair: &Pair) -> Reply {
    scene.get(target, &[&signed(scene, &Method::GET, target, Some(pair), &[]), "Accept: application/json"])
}

fn pair(reply: &Reply) -> Pair {
    assert_eq!(reply.status(), 200, "{}", reply.text());
    let form: BTreeMap<String, String> = form_urlencoded::parse(reply.body()).into_owned().collect();
    Pair { token: form["oauth_token"].clone(), secret: form["oauth_token_secret"].clone() }
}

fn request_token(scene: &Scene) -> Reply {
    let callback = [("oauth_callback", scene.demo.redirect_uri.as_str())];
    scene.get(REQUEST_TOKEN, &[&signed(scene, &Method::GET, REQUEST_TOKEN, None, &callback)])
}

fn begin(scene: &Scene, request: &Pair) -> Reply {
    scene.tenant.set_consent(Consent::Auto);
    scene.get(&format!("/Connect/Begin?oauth_token={}", request.token), &[])
}

fn access_token(scene: &Scene, request: &Pair, verifier: &str) -> Reply {
    let verifier = [("oauth_verifier", verifier)];
    scene.get(ACCESS_TOKEN, &[&signed(scene, &Method::GET, ACCESS_TOKEN, Some(request), &verifier)])
}

/// A connection, from the request token to the access token.
fn connected(scene: &Scene) -> Pair {
    let request = pair(&request_token(scene));
    let verifier = redirect_parameter(&begin(scene, &request), "oauth_verifier").expect("QBO-052");
    pair(&access_token(scene, &request, &verifier))
}

#[test]
fn three_steps_lead_to_a_token_that_opens_the_books() {
    let scene = scene();
    let asked = request_token(&scene);
    assert_snapshot!("signed_request_token", wire(&asked));
    let request = pair(&asked);
    let back = begin(&scene, &request);
    assert_snapshot!("signed_begin", wire(&back));
    assert_eq!(redirect_parameter(&back, "realmId").as_deref(), Some(realm(&scene)), "QBO-052");
    assert_eq!(redirect_parameter(&back, "dataSource").as_deref(), Some("QBO"), "QBO-052");
    let verifier = redirect_parameter(&back, "oauth_verifier").expect("QBO-052");
    assert_eq!(verifier.len(), 7, "QBO-052");
    assert_eq!(access_token(&scene, &request, "wrong").text(), "oauth_problem=verifier_invalid");
    let granted = access_token(&scene, &request, &verifier);
    assert_snapshot!("signed_access_token", wire(&granted));
    let access = pair(&granted);
    assert_eq!((access.token.len(), &access.token[..2], access.secret.len()), (48, "qy", 40), "QBO-052");
    assert_eq!(access_token(&scene, &request, &verifier).text(), "oauth_problem=token_rejected", "once");

    let company = path(&scene, "companyinfo/1?minorversion=75");
    assert_eq!(get(&scene, &company, &access).status(), 200, "QBO-052");
    assert_eq!(get(&scene, "/v3/company/1/companyinfo/1", &access).status(), 403);
}

#[test]
fn a_wrong_signature_is_refused_in_xml() {
    let scene = scene();
    let access = connected(&scene);
    let forged = Pair { secret: "wrong".to_owned(), ..access.clone() };
    let company = path(&scene, "companyinfo/1");
    assert_snapshot!("signed_api_forged", wire(&get(&scene, &company, &forged)));
    let header = signed(&scene, &Method::GET, &company, Some(&access), &[]);
    assert_eq!(
        scene.get(&format!("{company}?minorversion=75"), &[&header]).status(),
        401,
        "the query is covered"
    );
    let unknown = Pair { token: "qyunknown".to_owned(), ..access.clone() };
    assert_snapshot!("signed_api_unknown_token", unnumbered(&get(&scene, &company, &unknown)));
    scene.advance(180 * DAY);
    let expired = get(&scene, &company, &access);
    assert_eq!(expired.status(), 401, "a connection lives 180 days");
    assert!(expired.verdict.to_string().contains("expired"), "{}", expired.verdict);
}

#[test]
fn the_handshake_refuses_what_is_not_signed_well() {
    let scene = scene();
    let refused = scene.get(REQUEST_TOKEN, &[]);
    assert_snapshot!("signed_no_parameters", wire(&refused));
    let unsigned = format!("{REQUEST_TOKEN}?oauth_consumer_key={}", scene.demo.client_id);
    assert_eq!(
        scene.get(&unsigned, &[]).text(),
        "oauth_problem=parameter_absent&oauth_parameters_absent=oauth_signature"
    );
    let plain = format!("{unsigned}&oauth_signature_method=PLAINTEXT&oauth_signature=x");
    assert_eq!(scene.get(&plain, &[]).text(), "oauth_problem=signature_method_rejected");
    assert_eq!(
        scene.get(&format!("{REQUEST_TOKEN}?oauth_consumer_key=x&oauth_signature=x"), &[]).text(),
        "oauth_problem=consumer_key_unknown"
    );
    let elsewhere = [("oauth_callback", "https://elsewhere.example/")];
    let header = signed(&scene, &Method::GET, REQUEST_TOKEN, None, &elsewhere);
    let request = pair(&scene.get(REQUEST_TOKEN, &[&header]));
    let page = begin(&scene, &request);
    assert!(
        page.headers()["location"].to_str().unwrap().contains("/oauth2/error"),
        "the callback is not the app's"
    );
    let early = access_token(&scene, &pair(&request_token(&scene)), "verifier");
    assert_eq!(early.text(), "oauth_problem=token_rejected", "nobody has consented");
}

#[test]
fn a_connection_is_renewed_in_its_last_month() {
    let scene = scene();
    let access = connected(&scene);
    assert_snapshot!("signed_reconnect_too_early", wire(&get(&scene, RECONNECT, &access)));
    scene.advance(150 * DAY);
    let renewed = get(&scene, RECONNECT, &access);
    assert_snapshot!("signed_reconnect", wire(&renewed));
    let text = renewed.text();
    let element = |name: &str| {
        let (_, rest) = text.split_once(&format!("<{name}>")).expect("QBO-053");
        rest.split_once('<').expect("it is closed").0.to_owned()
    };
    let fresh = Pair { token: element("OAuthToken"), secret: element("OAuthTokenSecret") };
    assert_eq!(get(&scene, &path(&scene, "companyinfo/1"), &fresh).status(), 200, "QBO-053");
    assert_snapshot!("signed_reconnect_rejected", unnumbered(&get(&scene, RECONNECT, &access)));
    let unsigned = scene.get(RECONNECT, &[]);
    assert!(unsigned.text().contains("<ErrorCode>22</ErrorCode>"), "QBO-053: {}", unsigned.text());
    let unknown = scene.get(&format!("{RECONNECT}?oauth_consumer_key=x&oauth_signature=x"), &[]);
    assert!(unknown.text().contains("<ErrorCode>24</ErrorCode>"), "QBO-053: {}", unknown.text());
}

#[test]
fn a_disconnected_token_is_rejected() {
    let scene = scene();
    let access = connected(&scene);
    assert_snapshot!("signed_disconnect", wire(&get(&scene, DISCONNECT, &access)));
    let again = get(&scene, DISCONNECT, &access);
    assert_eq!(again.status(), 200, "QBO-054");
    assert!(
        again.text().contains("<ErrorMessage>OAuth Token Rejected</ErrorMessage><ErrorCode>270</ErrorCode>"),
        "QBO-054"
    );
    assert_eq!(get(&scene, &path(&scene, "companyinfo/1"), &access).status(), 401, "QBO-054");
}

#[test]
fn a_connection_moves_to_oauth_2() {
    let scene = scene();
    let access = connected(&scene);
    let migrate = |scope: &str, secret: &str| {
        let body = serde_json::json!({
            "scope": scope, "redirect_uri": scene.demo.redirect_uri, "client_id": scene.demo.client_id,
            "client_secret": secret,
        });
        let header = signed(&scene, &Method::POST, MIGRATE, Some(&access), &[]);
        scene.send(Method::POST, MIGRATE, &[&header, "Content-Type: application/json"], &body.to_string())
    };
    let secret = scene.demo.client_secret.expose();
    assert_eq!(migrate("com.intuit.quickbooks.accounting", "wrong").text(), r#"{"error":"invalid_client"}"#);
    assert_eq!(migrate("nothing", secret).text(), r#"{"error":"invalid_request"}"#);
    let moved = migrate("com.intuit.quickbooks.accounting", secret);
    assert_snapshot!("signed_migrate", wire(&moved));
    assert_eq!(super::call(&scene, &member(&moved, "access_token")).status(), 200, "QBO-055");
    assert_eq!(super::refresh(&scene, &member(&moved, "refresh_token")).status(), 200, "QBO-055");
    assert_eq!(
        migrate("com.intuit.quickbooks.accounting", secret).status(),
        401,
        "QBO-055: the old token is gone"
    );
}

#[test]
fn a_snapshot_holds_connections_and_those_that_are_being_made() {
    let scene = scene();
    let access = connected(&scene);
    let request = pair(&request_token(&scene));
    let verifier = redirect_parameter(&begin(&scene, &request), "oauth_verifier").expect("QBO-052");
    let saved = scene.tenant.snapshot();
    get(&scene, DISCONNECT, &access);
    assert_eq!(access_token(&scene, &request, &verifier).status(), 200);
    scene.tenant.reset();
    let company = path(&scene, "companyinfo/1");
    assert_eq!(get(&scene, &company, &access).status(), 401);
    scene.tenant.restore(&saved).expect("it is its own");
    assert_eq!(get(&scene, &company, &access).status(), 200);
    assert_eq!(access_token(&scene, &request, &verifier).status(), 200);
}

#[test]
fn the_journal_hides_what_was_signed() {
    let scene = scene();
    let access = connected(&scene);
    let forged = Pair { secret: "wrong".to_owned(), ..access.clone() };
    assert_eq!(get(&scene, &path(&scene, "companyinfo/1"), &forged).status(), 401);
    for entry in scene.tenant.journal().entries() {
        let shown = entry.to_json().to_string();
        assert!(!shown.contains(&access.token) && !shown.contains(&access.secret), "{shown}");
    }
}
