//! Masks secrets in what people get to see: journals, reports, the tour.

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::providers::multipart;

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

/// After this text a vendor repeats what a signature should have covered, the token among it.
const SIGNED: &str = "SignatureBaseString: ";

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

/// A body as people may see it: JSON, forms, XML and the fields of pages are masked one by one, whatever the content type
/// says of them; other text is shown as it is.
#[must_use]
pub fn body(content_type: &str, body: &[u8]) -> String {
    let Ok(text) = std::str::from_utf8(body) else {
        return format!("({} bytes that are not text)", body.len());
    };
    let content_type = content_type.to_ascii_lowercase();
    let unmarked = text.trim_start_matches('\u{feff}');
    if let Ok(mut value @ (Value::Object(_) | Value::Array(_))) = serde_json::from_str::<Value>(unmarked) {
        json(&mut value);
        return value.to_string();
    }
    match &*content_type {
        page if page.starts_with("text/html") => fields(text),
        parts if parts.starts_with("multipart/") => files(parts, text),
        _ if unmarked.trim_start().starts_with(['{', '[']) => broken_json(text),
        _ if unmarked.trim_start().starts_with('<') => elements(text),
        _ if is_form(&content_type) || text.contains('=') => pairs(text),
        _ => text.to_owned(),
    }
}

/// Whether a body of this content type is a form.
#[must_use]
pub fn is_form(content_type: &str) -> bool {
    let kind = content_type.split(';').next().unwrap_or_default().trim();
    kind.eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

/// Masks every member of `value` whose name says that it is a secret.
pub fn json(value: &mut Value) {
    json_within("", value);
}

fn json_within(within: &str, value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| json_within(within, item)),
        Value::Object(members) => {
            let hidden: Vec<bool> =
                members.keys().map(|name| is_secret_member(within, members, name)).collect();
            for ((name, member), is_hidden) in members.iter_mut().zip(hidden) {
                if is_hidden {
                    hide(member);
                } else {
                    json_within(name, member);
                }
            }
        }
        Value::String(text) if text.contains("://") => *text = url(text),
        _ => {}
    }
}

/// Masks all that is told in a value.
fn hide(value: &mut Value) {
    match value {
        Value::Null | Value::Bool(_) => {}
        Value::String(text) => *text = secret(text),
        Value::Number(number) => *value = secret(&number.to_string()).into(),
        Value::Array(items) => items.iter_mut().for_each(hide),
        Value::Object(members) => members.values_mut().for_each(hide),
    }
}

/// What begins as JSON and does not go on as such: whatever stands behind a name of a secret is masked up to the next
/// comma or the end of the line.
fn broken_json(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, quoted)) = rest.split_once('"') {
        masked += before;
        masked.push('"');
        let Some((name, behind)) = quoted.split_once('"') else {
            rest = quoted;
            break;
        };
        masked += name;
        masked.push('"');
        rest = behind;
        if !is_secret(name) {
            continue;
        }
        let Some(value) = behind.trim_start().strip_prefix(':') else { continue };
        let value = value.trim_start();
        let end = match value.strip_prefix('"') {
            Some(text) => text.find('"').map_or(value.len(), |end| end + 2),
            None => value.find([',', '\n']).unwrap_or(value.len()),
        };
        masked.push(':');
        masked += &secret(value[..end].trim_matches('"'));
        rest = &value[end..];
    }
    masked + rest
}

/// Masks the parts of a form with files.
fn files(content_type: &str, text: &str) -> String {
    let parts = multipart::parts(content_type, text.as_bytes());
    let secrets = parts.iter().filter(|part| is_secret(part.name) && !part.content.is_empty());
    secrets.fold(text.to_owned(), |masked, part| {
        let content = String::from_utf8_lossy(part.content);
        masked.replace(&*content, &secret(&content))
    })
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

fn elements(xml: &str) -> String {
    // Whether the last tag says that what follows is a secret.
    let mut hides = false;
    let mut masked = Vec::new();
    for piece in xml.split('<') {
        if hides && let Some(told) = piece.strip_prefix("![CDATA[") {
            let (told, behind) = told.split_once("]]>").unwrap_or((told, ""));
            masked.push(format!("![CDATA[{}]]>{behind}", secret(told)));
            continue;
        }
        let Some((tag, value)) = piece.split_once('>') else {
            masked.push(piece.to_owned());
            continue;
        };
        let name = tag.split([' ', '\t', '\r', '\n']).next().unwrap_or_default();
        hides = !name.starts_with('/') && is_secret(name.rsplit(':').next().unwrap_or_default());
        masked.push(match value.strip_prefix(SIGNED) {
            Some(signed) => format!("{tag}>{SIGNED}{}", secret(signed)),
            None if hides && !value.trim().is_empty() => format!("{tag}>{}", secret(value)),
            None => piece.to_owned(),
        });
    }
    masked.join("<")
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
    fn a_body_is_masked_whatever_its_type_is_called() {
        let mark = secret("s3cret");
        let shown = |kind: &str, text: &str| body(kind, text.as_bytes());
        for kind in ["APPLICATION/x-www-form-urlencoded", "text/plain", ""] {
            assert_eq!(
                shown(kind, "a=b&client%5Fsecret=s3cret"),
                format!("a=b&client%5Fsecret={mark}"),
                "{kind}"
            );
        }
        let soap = "<e:Body><n1:password x=\"y\">s3cret</n1:password><password><![CDATA[s3cret]]></password></e:Body>";
        assert_eq!(shown("text/xml", soap), soap.replace("s3cret", &mark));
        let parts = "--b\r\ncontent-disposition: form-data; name=\"code\"\r\n\r\ns3cret\r\n--b--\r\n";
        assert_eq!(shown("multipart/form-data; boundary=b", parts), parts.replace("s3cret", &mark));
        let json = r#"{"client_secret":["s3cret"],"refresh_token":{"x":"s3cret"},"token":null}"#;
        assert_eq!(shown("application/json", json), json.replace("s3cret", &mark));
        for broken in
            [r#"{"a":1,"password":"s3cret",}"#, r#"{"password" : "s3cret"#, "[\"x\",{\"code\":s3cret,"]
        {
            assert!(!shown("application/json", broken).contains("s3cret"), "{broken}");
        }
        assert_eq!(
            shown("application/json", "\u{feff}{\"pw\":\"s3cret\"}"),
            format!("{{\"pw\":\"{mark}\"}}")
        );
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
    fn an_error_s_code_is_told_and_an_authorization_code_is_not() {
        let shown = |text: &str| body("application/json", text.as_bytes());
        let refusal = r#"{"code":"INVALID_ACCESS_TOKEN","message":"no"}"#;
        assert_eq!(shown(refusal), refusal);
        for request in [
            r#"{"grant_type":"authorization_code","code":"s3cret"}"#,
            r#"{"providerData":{"code":"s3cret"}}"#,
        ] {
            assert_eq!(shown(request), request.replace("s3cret", &secret("s3cret")));
        }
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
