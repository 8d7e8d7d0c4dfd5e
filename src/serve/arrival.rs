//! Requests as providers and services read them, however they came.

use http::{HeaderMap, HeaderValue, Request, Uri, Version, header, uri::Authority};

use crate::{
    exchange::Secure,
    serve::connection::{Security, Visit},
};

/// What concerns one connection and not what lies behind it (RFC 9110 7.6.1), and what is for proxies.
const HOP_BY_HOP: [&str; 9] = [
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// Puts the host into `Host` and leaves the path, marks what came over TLS, and takes away what was for a proxy.
pub(super) fn settle<B>(request: Request<B>, visit: &Visit) -> Request<B> {
    let (mut parts, body) = request.into_parts();
    if let Some(authority) = parts.uri.authority() {
        // A request to a proxy names the whole URL (RFC 9112 3.2.2), HTTP/2 has a field of its own (RFC 9113 8.3.1).
        let host = host_header(authority);
        parts.uri = path_of(&parts.uri);
        if let Some(host) = host {
            parts.headers.insert(header::HOST, host);
        }
        if parts.version != Version::HTTP_2 {
            strip(&mut parts.headers);
        }
    }
    if !parts.headers.contains_key(header::HOST)
        && let Some(host) = visit.named.as_deref().and_then(|name| HeaderValue::from_str(name).ok())
    {
        parts.headers.insert(header::HOST, host);
    }
    if parts.version == Version::HTTP_2 {
        join_cookies(&mut parts.headers);
        parts.version = Version::HTTP_11;
    }
    if is_secure(visit.security) {
        parts.extensions.insert(Secure);
    }
    Request::from_parts(parts, body)
}

#[cfg(feature = "tls")]
fn is_secure(security: Security) -> bool {
    security == Security::Tls
}

#[cfg(not(feature = "tls"))]
fn is_secure(Security::None: Security) -> bool {
    false
}

/// Without the user that a URL may name.
fn host_header(authority: &Authority) -> Option<HeaderValue> {
    let text = authority.as_str();
    HeaderValue::from_str(text.rsplit_once('@').map_or(text, |(_, host)| host)).ok()
}

fn path_of(uri: &Uri) -> Uri {
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    // Without a path, a URL may go on with its query at once.
    let path = if path.starts_with('/') { path.to_owned() } else { format!("/{path}") };
    path.parse().unwrap_or_default()
}

fn strip(headers: &mut HeaderMap) {
    let named: Vec<String> = headers
        .get_all(header::CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|name| name.trim().to_ascii_lowercase())
        .collect();
    for name in named.iter().map(String::as_str).chain(HOP_BY_HOP) {
        // The length belongs to the body, whatever the client says of it.
        if !matches!(name, "content-length" | "host") {
            headers.remove(name);
        }
    }
}

/// HTTP/2 may send each cookie in a field of its own (RFC 9113 8.2.3).
fn join_cookies(headers: &mut HeaderMap) {
    let cookies: Vec<&[u8]> = headers.get_all(header::COOKIE).iter().map(HeaderValue::as_bytes).collect();
    if cookies.len() > 1
        && let Ok(joined) = HeaderValue::from_bytes(&cookies.join(&b"; "[..]))
    {
        headers.insert(header::COOKIE, joined);
    }
}
