//! Who may use the control API: programs on this machine, and whoever shows the token. Never a page in a browser.

use std::net::IpAddr;

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use http::header;

use super::error::ControlError;
use crate::{Secret, exchange::host_without_port};

/// Who may use the control API.
#[derive(Clone, Debug)]
pub enum Access {
    /// Whoever reaches it: right for a listener on loopback only.
    Open,
    /// Whoever shows this token as `Authorization: Bearer …`.
    Token(Secret),
}

pub(super) async fn guard(
    State(access): State<Access>,
    request: Request,
    next: Next,
) -> Result<Response, ControlError> {
    // A browser says where a request comes from, and a page must not reach into a rehearsal: neither by its own origin
    // nor by a name that was made to lead here.
    if request.headers().contains_key(header::ORIGIN) || request.headers().contains_key("sec-fetch-site") {
        return Err(ControlError::Browser);
    }
    match access {
        Access::Open => {
            let host =
                request.headers().get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
            let host = host_without_port(host);
            let by_address = host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok();
            if !by_address && !host.eq_ignore_ascii_case("localhost") {
                return Err(ControlError::ForeignHost(host.to_owned()));
            }
        }
        Access::Token(token) => {
            let shown = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
            let shown = shown.and_then(|value| value.strip_prefix("Bearer "));
            if !shown.is_some_and(|shown| token.matches(shown.trim())) {
                return Err(ControlError::NoToken);
            }
        }
    }
    Ok(next.run(request).await)
}
