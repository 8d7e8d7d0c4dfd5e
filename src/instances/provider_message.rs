//! Makes `providerMessage` out of what a vendor sent with its refusal (2.1).

use http::{HeaderMap, StatusCode, header};
use serde_json::Value;

use super::{connector::Reason, markup};

/// The longest message that is passed on, in characters.
const LIMIT: usize = 2000;
/// What stands in place of a secret that the vendor repeated.
const HIDDEN: &str = "********";
/// Secrets shorter than this are words that occur in any text.
const SHORTEST_SECRET: usize = 4;

/// The message in a refusal, never empty and without any of `secrets`.
pub(crate) fn from_answer(
    status: StatusCode,
    headers: &HeaderMap,
    body: &[u8],
    reasons: &[Reason],
    secrets: &[String],
) -> String {
    let text = String::from_utf8_lossy(body);
    let message = unwrapped(&text, reasons)
        .or_else(|| from_body(text.trim()))
        .or_else(|| from_challenge(headers))
        .unwrap_or_else(|| status.to_string());
    // Cut last: half a secret would not be recognised.
    without(message, secrets).chars().take(LIMIT).collect()
}

/// `message` without any of `secrets`, plain or encoded as in a form: vendors repeat tokens, and callers log messages.
pub(super) fn without(message: String, secrets: &[String]) -> String {
    let encoded = secrets.iter().map(|secret| form_urlencoded::byte_serialize(secret.as_bytes()).collect());
    let mut hidden: Vec<String> = secrets.iter().cloned().chain(encoded).collect();
    hidden.retain(|secret| secret.len() >= SHORTEST_SECRET);
    // A secret can be part of a longer one.
    hidden.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
    hidden.iter().fold(message, |message, secret| message.replace(secret.as_str(), HIDDEN))
}

/// The reason that stands somewhere inside the body: `3200 - AuthenticationFailed - null` (6.6).
fn unwrapped(text: &str, reasons: &[Reason]) -> Option<String> {
    if reasons.is_empty() {
        return None;
    }
    let body: Value = serde_json::from_str(text).ok()?;
    let reason = reasons.iter().find_map(|reason| {
        let found = reason.at.find(&body).filter(|found| !found.is_null())?;
        let first = found.as_array().map_or(Some(found), |entries| entries.first())?;
        Some(reason.members.iter().map(|member| nested(&first[member])).collect::<Vec<_>>())
    });
    reason.map(|parts| parts.join(" - "))
}

fn from_body(text: &str) -> Option<String> {
    if text.is_empty() {
        return None;
    }
    let message = serde_json::from_str(text)
        .ok()
        .and_then(|value| flattened(&value))
        .or_else(|| from_form(text))
        .unwrap_or_else(|| markup::strip(text).split_whitespace().collect::<Vec<_>>().join(" "));
    (!message.is_empty()).then_some(message)
}

/// `name - value` pairs joined by commas; arrays are read entry by entry.
fn flattened(value: &Value) -> Option<String> {
    let parts: Vec<String> = match value {
        Value::Object(members) => {
            members.iter().map(|(name, value)| format!("{name} - {}", nested(value))).collect()
        }
        Value::Array(entries) => entries.iter().filter_map(flattened).collect(),
        Value::Null => Vec::new(),
        scalar => vec![nested(scalar)],
    };
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// A value inside a pair: `{a=b, c=d}` for an object.
fn nested(value: &Value) -> String {
    let joined = |parts: Vec<String>| parts.join(", ");
    match value {
        Value::String(text) => text.clone(),
        Value::Object(members) => {
            let pairs = members.iter().map(|(name, value)| format!("{name}={}", nested(value))).collect();
            format!("{{{}}}", joined(pairs))
        }
        Value::Array(entries) => format!("[{}]", joined(entries.iter().map(nested).collect())),
        other => other.to_string(),
    }
}

/// Salesforce answers some refusals as a form: `error=invalid_token&error_description=...`.
fn from_form(text: &str) -> Option<String> {
    let is_form = text.split('&').all(|pair| {
        pair.split_once('=').is_some_and(|(name, value)| {
            let name_fits =
                !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
            name_fits && !value.contains(|character: char| character.is_whitespace() || character == '<')
        })
    });
    is_form.then(|| {
        let pairs = form_urlencoded::parse(text.as_bytes());
        pairs.map(|(name, value)| format!("{name} - {value}")).collect::<Vec<_>>().join(", ")
    })
}

/// Box refuses with an empty body; the reason stands in `WWW-Authenticate` (7, row 34).
fn from_challenge(headers: &HeaderMap) -> Option<String> {
    let challenge = headers.get(header::WWW_AUTHENTICATE)?.to_str().ok()?.trim();
    let parameters =
        challenge.split_once(' ').map(|(_, parameters)| quoted_pairs(parameters)).unwrap_or_default();
    let reasons: Vec<String> = parameters
        .into_iter()
        .filter(|(name, _)| !name.eq_ignore_ascii_case("realm"))
        .map(|(name, value)| format!("{name} - {value}"))
        .collect();
    let message = if reasons.is_empty() { challenge.to_owned() } else { reasons.join(", ") };
    (!message.is_empty()).then_some(message)
}

/// `a="b", c=d` as pairs. A comma inside quotes separates nothing.
fn quoted_pairs(mut text: &str) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    while let Some((name, rest)) = text.split_once('=') {
        let name = name.trim_matches([',', ' ']).to_owned();
        let (value, after) = match rest.trim_start().strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
            None => rest.split_once(',').unwrap_or((rest, "")),
        };
        pairs.push((name, value.trim().to_owned()));
        text = after;
    }
    pairs
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn message(body: &str) -> String {
        from_answer(StatusCode::UNAUTHORIZED, &HeaderMap::new(), body.as_bytes(), &[], &[])
    }

    /// INST-296, INST-297
    #[test]
    fn json_becomes_pairs_in_the_order_received() {
        let adobe =
            r#"{"code":"INVALID_ACCESS_TOKEN","message":"Access token provided is invalid or has expired"}"#;
        assert_eq!(
            message(adobe),
            "code - INVALID_ACCESS_TOKEN, message - Access token provided is invalid or has expired"
        );
        assert_eq!(
            message(r#"{"error":{"code":403,"message":"No","errors":[{"a":null}]}}"#),
            "error - {code=403, message=No, errors=[{a=null}]}"
        );
        assert_eq!(
            message(r#"[{"message":"Session expired or invalid","errorCode":"INVALID_SESSION_ID"}]"#),
            "message - Session expired or invalid, errorCode - INVALID_SESSION_ID"
        );
        assert_eq!(
            message(r#"[{"status":401,"message":"No credentials were supplied in the request."}]"#),
            "status - 401, message - No credentials were supplied in the request."
        );
    }

    #[test]
    fn forms_plain_text_and_pages_are_read_as_well() {
        assert_eq!(
            message(
                "error=unsupported_token_type&error_description=this%20token%20type%20is%20not%20supported"
            ),
            "error - unsupported_token_type, error_description - this token type is not supported"
        );
        assert_eq!(message("Bad_OAuth_Token"), "Bad_OAuth_Token");
        assert_eq!(message("<h1>Developer Inactive</h1>\n"), "Developer Inactive");
        assert_eq!(message("a = b"), "a = b");
    }

    #[test]
    fn an_empty_body_leaves_the_challenge() {
        let box_com = "Bearer realm=\"Service\", error=\"invalid_token\", \
                       error_description=\"The access token provided is invalid, or gone.\"";
        let headers =
            |text| HeaderMap::from_iter([(header::WWW_AUTHENTICATE, HeaderValue::from_str(text).unwrap())]);
        let status = StatusCode::UNAUTHORIZED;
        assert_eq!(
            from_answer(status, &headers(box_com), b"", &[], &[]),
            "error - invalid_token, error_description - The access token provided is invalid, or gone."
        );
        assert_eq!(from_answer(status, &headers("Token"), b" ", &[], &[]), "Token");
        assert_eq!(from_answer(status, &HeaderMap::new(), b"", &[], &[]), "401 Unauthorized");
        assert_eq!(from_answer(status, &HeaderMap::new(), b"{}", &[], &[]), "{}");
    }

    #[test]
    fn a_long_message_is_cut_without_leaving_half_a_secret() {
        let body = format!("{}s3cr3t-token", "x".repeat(LIMIT - 4));
        let cut = from_answer(
            StatusCode::OK,
            &HeaderMap::new(),
            body.as_bytes(),
            &[],
            &["s3cr3t-token".to_owned()],
        );
        assert_eq!(cut, format!("{}****", "x".repeat(LIMIT - 4)));
    }

    /// Intuit's gateway and its books wrap their reasons up differently.
    #[test]
    fn a_reason_is_found_where_the_connector_says() {
        let reasons: Vec<Reason> = serde_json::from_value(serde_json::json!([
            {"at": "fault.error", "members": ["code", "message", "detail"]},
            {"at": "Fault.Error", "members": ["code", "Message", "Detail"]},
        ]))
        .unwrap();
        let message = |body: &str| {
            from_answer(StatusCode::FORBIDDEN, &HeaderMap::new(), body.as_bytes(), &reasons, &[])
        };
        let gateway = r#"{"warnings":null,"fault":{"error":[{"message":"message=AuthorizationFailed; errorCode=003100; statusCode=403","detail":null,"code":"3100","element":null}],"type":"SERVICE"},"time":1}"#;
        assert_eq!(
            message(gateway),
            "3100 - message=AuthorizationFailed; errorCode=003100; statusCode=403 - null"
        );
        let books =
            r#"{"Fault":{"Error":[{"Message":"Object Not Found","Detail":"Gone","code":"610"}]},"time":"t"}"#;
        assert_eq!(message(books), "610 - Object Not Found - Gone");
        assert_eq!(message(r#"{"error":"invalid_grant"}"#), "error - invalid_grant");
        assert_eq!(message("<h1>503</h1>"), "503");
        assert_eq!(message(r#"{"fault":{"error":[]}}"#), "fault - {error=[]}");
    }

    #[test]
    fn secrets_do_not_pass() {
        let secrets = ["T9cE5asGnu".to_owned(), "on".to_owned()];
        assert_eq!(
            without("invalid token: T9cE5asGnu".to_owned(), &secrets),
            "invalid token: ********",
            "and words as short as \"on\" stay"
        );
        let secrets = ["a+b c".to_owned(), "a+b c/d".to_owned()];
        assert_eq!(without("code=a%2Bb+c%2Fd, a+b c/d.".to_owned(), &secrets), "code=********, ********.");
    }
}
