//! Requests signed with OAuth 1.0a, as `QuickBooks` takes them beside OAuth 2.0.
//!
//! The fuzz targets use this file, too.

use std::{collections::BTreeMap, time::Duration};

use base64::{Engine, prelude::BASE64_STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use rehearsal::{Consent, Reply};
use sha1::Sha1;

use crate::{request::Template, scene::Scene};

/// Where the samples say they go.
const HOST: &str = "127.0.0.1:4017";
const REQUEST_TOKEN: &str = "/oauth/v1/get_request_token";
const ACCESS_TOKEN: &str = "/oauth/v1/get_access_token";

/// A token and its secret.
#[derive(Clone, Debug, Default)]
struct Pair {
    token: String,
    secret: String,
}

/// The parameters that the header of a signed request has, for the samples' blanks.
pub(crate) fn blank(scene: &mut Scene, name: &str) -> Option<String> {
    match name {
        "signed_request_token" => Some(for_request_token(scene)),
        "request_token" => Some(request_token(scene)?.token),
        "signed_access_token" => for_access_token(scene),
        "signed_disconnect" => {
            let connection = connect(scene)?;
            Some(sign(scene, "GET", "/api/v1/connection/disconnect", &connection, &[]))
        }
        "signed_migrate" => {
            let connection = connect(scene)?;
            Some(sign(scene, "POST", "/v2/oauth2/tokens/migrate", &connection, &[]))
        }
        "signed_reconnect" => {
            let connection = connect(scene)?;
            // A connection is renewed in the last of its six months.
            scene.tenant.clock().advance(Duration::from_secs(160 * 24 * 3600));
            Some(sign(scene, "GET", "/api/v1/connection/reconnect", &connection, &[]))
        }
        _ => None,
    }
}

fn for_request_token(scene: &Scene) -> String {
    let callback = scene.demo.redirect_uri.clone();
    sign(scene, "GET", REQUEST_TOKEN, &Pair::default(), &[("oauth_callback", &callback)])
}

fn request_token(scene: &mut Scene) -> Option<Pair> {
    let header = for_request_token(scene);
    pair(&get(scene, REQUEST_TOKEN, Some(&header))?)
}

fn for_access_token(scene: &mut Scene) -> Option<String> {
    let request = request_token(scene)?;
    let before = scene.tenant.consent();
    scene.tenant.set_consent(Consent::Auto);
    let back = get(scene, &format!("/Connect/Begin?oauth_token={}", request.token), None);
    scene.tenant.set_consent(before);
    let back = back?;
    let location = back.headers().get("location")?.to_str().ok()?;
    let (_, query) = location.split_once('?')?;
    let (_, verifier) =
        form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "oauth_verifier")?;
    Some(sign(scene, "GET", ACCESS_TOKEN, &request, &[("oauth_verifier", &verifier)]))
}

fn connect(scene: &mut Scene) -> Option<Pair> {
    let header = for_access_token(scene)?;
    pair(&get(scene, ACCESS_TOKEN, Some(&header))?)
}

fn get(scene: &mut Scene, target: &str, header: Option<&str>) -> Option<Reply> {
    let authorization = header.map(|header| format!("\nAuthorization: OAuth {header}")).unwrap_or_default();
    scene.send(&Template::parse(format!("GET {target}\nHost: {HOST}{authorization}").as_bytes()))
}

fn pair(reply: &Reply) -> Option<Pair> {
    let form: BTreeMap<String, String> = form_urlencoded::parse(reply.body()).into_owned().collect();
    Some(Pair { token: form.get("oauth_token")?.clone(), secret: form.get("oauth_token_secret")?.clone() })
}

fn encode(text: &str) -> String {
    const RESERVED: &percent_encoding::AsciiSet =
        &percent_encoding::NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
    percent_encoding::utf8_percent_encode(text, RESERVED).to_string()
}

fn sign(scene: &Scene, method: &str, path: &str, pair: &Pair, extra: &[(&str, &str)]) -> String {
    let mut oauth: BTreeMap<&str, &str> = extra.iter().copied().collect();
    oauth.extend([
        ("oauth_consumer_key", scene.demo.client_id.as_str()),
        ("oauth_nonce", "n0nce"),
        ("oauth_signature_method", "HMAC-SHA1"),
        ("oauth_timestamp", "1772366400"),
        ("oauth_version", "1.0"),
    ]);
    if !pair.token.is_empty() {
        oauth.insert("oauth_token", &pair.token);
    }
    let encoded = |quote: &str| {
        oauth
            .iter()
            .map(|(name, value)| format!("{}={quote}{}{quote}", encode(name), encode(value)))
            .collect()
    };
    let covered: Vec<String> = encoded("");
    let base = format!("{method}&{}&{}", encode(&format!("http://{HOST}{path}")), encode(&covered.join("&")));
    let key = format!("{}&{}", encode(scene.demo.client_secret.expose()), encode(&pair.secret));
    let mut mac = Hmac::<Sha1>::new_from_slice(key.as_bytes()).expect("any key will do");
    mac.update(base.as_bytes());
    let signature = BASE64_STANDARD.encode(mac.finalize().into_bytes());
    let shown: Vec<String> = encoded("\"");
    format!("{}, oauth_signature=\"{}\"", shown.join(", "), encode(&signature))
}
