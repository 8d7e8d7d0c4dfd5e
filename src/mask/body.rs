//! Bodies as people may see them, whatever they are written in.

use serde_json::Value;

use super::{is_secret, is_secret_member, pairs, secret, url};
use crate::providers::multipart;

/// After this text a vendor repeats what a signature should have covered, the token among it.
const SIGNED: &str = "SignatureBaseString: ";

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
        assert_eq!(body("text/plain", b"hello"), "hello");
        let field = r#"<input name="login" value="avery">"#;
        assert_eq!(body("text/html", field.as_bytes()), field);
    }
}
