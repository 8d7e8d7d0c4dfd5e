//! Masks secrets in what people get to see: journals, reports, the tour.

use serde_json::Value;
use sha2::{Digest, Sha256};

/// Names of fields, parameters and headers whose values are secrets, in lower case, without `-`, `_` and `.`.
const SECRETS: [&str; 30] = [
    "accesstoken",
    "actortoken",
    "apisecret",
    "assertion",
    "authorization",
    "clientassertion",
    "clientsecret",
    "code",
    "codeverifier",
    "cookie",
    "deletetoken",
    "idtoken",
    "jpassword",
    "oauthapisecret",
    "oauthtoken",
    "oauthtokensecret",
    "oauthuserrefreshtoken",
    "oauthusertoken",
    "oauthverifier",
    "organizationsecret",
    "password",
    "pw",
    "refreshtoken",
    "rehearsalticket",
    "securitytoken",
    "setcookie",
    "subjecttoken",
    "token",
    "usersecret",
    "xauthtoken",
];

/// After this text a vendor repeats the token that it refuses.
const REPEATED: &str = "invalid token: ";

/// After this text a vendor repeats what a signature should have covered, the token among it.
const SIGNED: &str = "SignatureBaseString: ";

/// Whether values called `name` are secrets.
#[must_use]
pub fn is_secret(name: &str) -> bool {
    let plain = || name.bytes().filter(u8::is_ascii_alphanumeric).map(|byte| byte.to_ascii_lowercase());
    SECRETS.iter().any(|secret| plain().eq(secret.bytes()))
}

/// What is shown in place of a secret: equal secrets look equal, and nothing else can be learned.
#[must_use]
pub fn secret(value: &str) -> String {
    if value.is_empty() {
        return String::new();
    }
    let digest = Sha256::digest(value.as_bytes());
    format!("••••{:02x}{:02x}{:02x}", digest[0], digest[1], digest[2])
}

/// A header's value as people may see it: each credential is masked, its scheme stays.
#[must_use]
pub fn header(name: &str, value: &str) -> String {
    match name.to_ascii_lowercase().as_str() {
        "location" => url(value),
        "cookie" => value.split(';').map(|part| cookie(part.trim())).collect::<Vec<_>>().join("; "),
        "set-cookie" => match value.split_once(';') {
            Some((first, attributes)) => format!("{};{attributes}", cookie(first)),
            None => cookie(value),
        },
        name if is_secret(name) => value
            .split(',')
            .map(|part| match part.trim().split_once(' ') {
                Some((scheme, credential)) => format!("{scheme} {}", secret(credential.trim())),
                None => secret(part.trim()),
            })
            .collect::<Vec<_>>()
            .join(", "),
        _ => value.to_owned(),
    }
}

fn cookie(pair: &str) -> String {
    match pair.split_once('=') {
        Some((name, value)) => format!("{name}={}", secret(value)),
        None => secret(pair),
    }
}

/// A URL, or path and query, as people may see it.
#[must_use]
pub fn url(url: &str) -> String {
    let (before, fragment) = match url.split_once('#') {
        Some((before, fragment)) => (before, format!("#{}", pairs(fragment))),
        None => (url, String::new()),
    };
    match before.split_once('?') {
        Some((path, query)) => format!("{path}?{}{fragment}", pairs(query)),
        None => format!("{before}{fragment}"),
    }
}

/// A body as people may see it: JSON, forms, XML and the fields of pages are masked one by one, other text is shown as it
/// is.
#[must_use]
pub fn body(content_type: &str, body: &[u8]) -> String {
    let Ok(text) = std::str::from_utf8(body) else {
        return format!("({} bytes that are not text)", body.len());
    };
    if let Ok(mut value @ (Value::Object(_) | Value::Array(_))) = serde_json::from_str::<Value>(text) {
        json(&mut value);
        return value.to_string();
    }
    match content_type {
        form if form.starts_with("application/x-www-form-urlencoded") => pairs(text),
        page if page.starts_with("text/html") => fields(text),
        xml if xml.contains("xml") => elements(text),
        _ => text.to_owned(),
    }
}

/// Masks every member of `value` whose name says that it is a secret.
pub fn json(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(json),
        Value::Object(members) => {
            for (name, member) in members {
                match member {
                    Value::String(text) if is_secret(name) => *text = secret(text),
                    Value::String(text) if text.contains("://") => *text = url(text),
                    _ => json(member),
                }
            }
        }
        _ => {}
    }
}

fn pairs(query: &str) -> String {
    let masked = query.split('&').map(|pair| match pair.split_once('=') {
        Some((name, value)) if is_secret(name) => {
            let value = percent_encoding::percent_decode_str(value).decode_utf8_lossy();
            format!("{name}={}", secret(&value))
        }
        Some((name, value)) => {
            let text = percent_encoding::percent_decode_str(value).decode_utf8_lossy();
            match text.strip_prefix(REPEATED) {
                Some(token) => format!("{name}={REPEATED}{}", secret(token)),
                None => pair.to_owned(),
            }
        }
        None => pair.to_owned(),
    });
    masked.collect::<Vec<_>>().join("&")
}

fn elements(xml: &str) -> String {
    let masked = xml.split('<').map(|piece| match piece.split_once('>') {
        Some((tag, value)) if is_secret(tag) => format!("{tag}>{}", secret(value)),
        Some((tag, value)) => match value.strip_prefix(SIGNED) {
            Some(signed) => format!("{tag}>{SIGNED}{}", secret(signed)),
            None => piece.to_owned(),
        },
        None => piece.to_owned(),
    });
    masked.collect::<Vec<_>>().join("<")
}

/// Masks what a page's form carries along: the value of a secret's `input`.
fn fields(page: &str) -> String {
    let masked = |piece: &str| {
        let attribute =
            |name: &str| piece.split_once(&format!(" {name}=\""))?.1.split_once('"').map(|(of, _)| of);
        let value = attribute("name").filter(|name| is_secret(name)).and_then(|_| attribute("value"))?;
        Some(piece.replacen(&format!(" value=\"{value}\""), &format!(" value=\"{}\"", secret(value)), 1))
    };
    let pieces = page.split('<').map(|piece| match piece.strip_prefix("input ") {
        Some(_) => masked(piece).unwrap_or_else(|| piece.to_owned()),
        None => piece.to_owned(),
    });
    pieces.collect::<Vec<_>>().join("<")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_masked_wherever_they_stand() {
        let mark = secret("s3cret");
        assert_eq!(
            header("authorization", "User s3cret, Element s3cret"),
            format!("User {mark}, Element {mark}")
        );
        assert_eq!(header("X-Auth-Token", "s3cret"), mark);
        assert_eq!(header("Cookie", "a=s3cret; b=s3cret"), format!("a={mark}; b={mark}"));
        assert_eq!(header("Set-Cookie", "a=s3cret; Path=/"), format!("a={mark}; Path=/"));
        assert_eq!(url("/revoke?token=s3cret&a=b"), format!("/revoke?token={mark}&a=b"));
        assert_eq!(header("location", "https://c/cb?code=s3cret"), format!("https://c/cb?code={mark}"));
        let both = "https://c/cb?x=1#access_token=s3cret&y=2";
        assert_eq!(url(both), format!("https://c/cb?x=1#access_token={mark}&y=2"));
        assert_eq!(
            body("application/json", br#"{"a":[{"oauth.user.token":"s3cret"}]}"#),
            format!(r#"{{"a":[{{"oauth.user.token":"{mark}"}}]}}"#)
        );
        assert_eq!(
            body("application/x-www-form-urlencoded", b"client_secret=s3cret&x=1"),
            format!("client_secret={mark}&x=1")
        );
        assert_eq!(
            body("application/x-www-form-urlencoded", b"error_description=invalid%20token%3A%20s3cret"),
            format!("error_description=invalid token: {mark}")
        );
        assert_eq!(
            body("application/xml", b"<OAuth><access_token>s3cret</access_token><id>1</id></OAuth>"),
            format!("<OAuth><access_token>{mark}</access_token><id>1</id></OAuth>")
        );
        assert_eq!(
            body(
                "text/html;charset=UTF-8",
                br#"<form><input type="hidden" name="rehearsal_ticket" value="s3cret">"#
            ),
            format!(r#"<form><input type="hidden" name="rehearsal_ticket" value="{mark}">"#)
        );
        assert_eq!(
            body("application/xml", b"<Detail>SignatureBaseString: s3cret</Detail>"),
            format!("<Detail>SignatureBaseString: {mark}</Detail>")
        );
    }

    #[test]
    fn what_is_no_secret_stays() {
        assert_eq!(header("accept", "application/json"), "application/json");
        assert_eq!(body("text/plain", b"hello"), "hello");
        let field = r#"<input name="login" value="avery">"#;
        assert_eq!(body("text/html", field.as_bytes()), field);
        assert_eq!(url("/2.0/folders/0/items"), "/2.0/folders/0/items");
    }
}
