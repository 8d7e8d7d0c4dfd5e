//! Masks secrets in what people get to see: journals, reports, the tour.

mod body;

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

pub use self::body::{body, is_form, json};

/// Names of fields, parameters and headers whose values are secrets: in lower case, their letters and digits alone, and in
/// order.
const SECRETS: [&str; 36] = [
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
    "devicecode",
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
    "proxyauthorization",
    "pw",
    "refreshtoken",
    "rehearsalticket",
    "securitytoken",
    "sessionid",
    "setcookie",
    "sharedlinkpassword",
    "sid",
    "subjecttoken",
    "token",
    "userpassword",
    "usersecret",
    "xauthtoken",
];

/// After this text a vendor repeats the token that it refuses.
const REPEATED: &str = "invalid token: ";

/// Whether values called `name` are secrets. The name may be encoded as in a query.
#[must_use]
pub fn is_secret(name: &str) -> bool {
    let letters = percent_encoding::percent_decode_str(name).filter(u8::is_ascii_alphanumeric);
    let plain: Vec<u8> = letters.map(|letter| letter.to_ascii_lowercase()).collect();
    SECRETS.binary_search_by(|secret| secret.as_bytes().cmp(&plain)).is_ok()
}

/// Whether the value of the member `name` of these is a secret. `within` is what the object is called.
///
/// Every vendor calls its errors' numbers `code`, too: it is an authorization code beside what is sent with one.
#[must_use]
pub fn is_secret_member(within: &str, members: &Map<String, Value>, name: &str) -> bool {
    const BESIDE: [&str; 4] = ["grant_type", "client_id", "redirect_uri", "code_verifier"];
    let is_code = || within == "providerData" || BESIDE.iter().any(|name| members.contains_key(*name));
    is_secret(name) && (!name.eq_ignore_ascii_case("code") || is_code())
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
        "location" | "referer" => url(value),
        "boxapi" => pairs(value),
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

/// A parameter's value as people may see it.
#[must_use]
pub fn parameter(name: &str, value: &str) -> String {
    if is_secret(name) {
        return secret(value);
    }
    match value.strip_prefix(REPEATED) {
        Some(token) => format!("{REPEATED}{}", secret(token)),
        // Where somebody is sent back to may hold a code.
        None if value.contains("://") => url(value),
        None => value.to_owned(),
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
    let (path, query) = before.split_once('?').map_or((before, None), |(path, query)| (path, Some(query)));
    // Some take a token behind the path (RFC 3986 3.3).
    let (path, parameters) = path.split_once(';').map_or((path, None), |(path, rest)| (path, Some(rest)));
    let mut masked = path.to_owned();
    for (sign, part) in [(';', parameters), ('?', query)] {
        if let Some(part) = part {
            masked.push(sign);
            masked += &pairs(part);
        }
    }
    masked + &fragment
}

fn pairs(query: &str) -> String {
    let masked = query.split('&').map(|pair| {
        let Some((name, value)) = pair.split_once('=') else { return pair.to_owned() };
        let spaced = value.replace('+', " ");
        let told = percent_encoding::percent_decode_str(&spaced).decode_utf8_lossy();
        let shown = parameter(name, &told);
        if shown == told { pair.to_owned() } else { format!("{name}={shown}") }
    });
    masked.collect::<Vec<_>>().join("&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_however_they_are_written() {
        for name in ["client%5Fsecret", "user[password]", "sessionId", "device_code", "X-Auth-Token", "sid"] {
            assert!(is_secret(name), "{name}");
        }
        for name in [
            "token_type",
            "expires_in",
            "nextPageToken",
            "wrong-secret",
            "wrong-password",
            "error",
            "scope",
            "",
        ] {
            assert!(!is_secret(name), "{name}");
        }
        assert!(SECRETS.is_sorted());
    }

    #[test]
    fn where_somebody_is_sent_may_hold_a_code() {
        let mark = secret("s3cret");
        assert_eq!(header("Referer", "https://a/b?code=s3cret"), format!("https://a/b?code={mark}"));
        assert_eq!(url("/x;access_token=s3cret?a=b"), format!("/x;access_token={mark}?a=b"));
        let nested = url("/login?next=https%3A%2F%2Fa%2Fb%3Fcode%3Ds3cret");
        assert_eq!(nested, format!("/login?next=https://a/b?code={mark}"));
        assert_eq!(parameter("user[password]", "s3cret"), mark);
    }

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
    }

    #[test]
    fn what_is_no_secret_stays() {
        assert_eq!(header("accept", "application/json"), "application/json");
        assert_eq!(url("/2.0/folders/0/items"), "/2.0/folders/0/items");
    }
}
