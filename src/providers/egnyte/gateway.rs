//! The two gateways that have stood in front of the Public API: what they let in, and how they refuse.

use std::time::Duration;

use http::{StatusCode, header};

use crate::{
    Mint,
    exchange::Reply,
    mint::ALPHANUMERIC,
    oauth::{Cause, Life, Refusal},
    providers::egnyte::Site,
};

/// Lower-case letters and digits without those that look alike (EGN-020).
const CLASSIC_ALPHABET: &str = "23456789abcdefghijklmnopqrstuvwxyz";

/// A gateway, with all that it changes on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gateway {
    /// The one of today.
    Apigee,
    /// The first one, until about 2024.
    Mashery,
}

impl Gateway {
    /// The gateway that a tenant's policy speaks of: only the first one gave tokens without a clock and nothing to
    /// refresh them by.
    pub(super) fn of(site: &Site) -> Self {
        let policy = site.auth.ledger().policy();
        if policy.access_life == Life::Unlimited && !policy.refreshable {
            Self::Mashery
        } else {
            Self::Apigee
        }
    }

    /// The look of an access token.
    pub(super) fn access_token(self, mint: &Mint) -> String {
        match self {
            Self::Apigee => mint.text(ALPHANUMERIC, 28),
            Self::Mashery => mint.text(CLASSIC_ALPHABET, 24), // EGN-020
        }
    }

    /// Too many calls (EGN-044 to EGN-046). The body of the one of today is its product's own; it was not seen here.
    pub(super) fn throttle(self, retry_after: Duration) -> Reply {
        let reply = match self {
            Self::Apigee => stock_fault(
                StatusCode::TOO_MANY_REQUESTS,
                "Rate limit quota violation",
                "policies.ratelimit.QuotaViolation",
            ),
            Self::Mashery => Reply::new(StatusCode::FORBIDDEN, "text/xml", "<h1>Developer Over Qps</h1>")
                .with(header::SERVER, "Mashery Proxy")
                .with_static("x-error-detail-header", "Account Over Queries Per Second Limit")
                .with_static("x-mashery-error-code", "ERR_403_DEVELOPER_OVER_QPS")
                .with_static("x-mashery-responder", MASHERY_RESPONDER),
        };
        reply.with(header::RETRY_AFTER, &retry_after.as_secs().to_string()).refused("called too often")
    }

    /// Out of order, in the words of the product behind the one of today; none of either was seen here.
    pub(super) fn unavailable(self) -> Reply {
        let code = "messaging.adaptors.http.flow.ServiceUnavailable";
        let reply = match self {
            Self::Apigee => {
                stock_fault(StatusCode::SERVICE_UNAVAILABLE, "The Service is temporarily unavailable", code)
            }
            Self::Mashery => {
                Reply::new(StatusCode::SERVICE_UNAVAILABLE, "text/xml", "<h1>Service Unavailable</h1>")
                    .with(header::SERVER, "Mashery Proxy")
            }
        };
        reply.refused("out of order")
    }

    /// A missing, unknown or dead access token. Both gateways say the same to all of these, but that the one of today
    /// tells an expired token (EGN-029, EGN-036 to EGN-039).
    pub(super) fn refuse(self, refusal: Option<Refusal>) -> Reply {
        let reply = match self {
            Self::Apigee if refusal.and_then(|refusal| refusal.cause()) == Some(Cause::Expired) => {
                fault("Access Token expired", "keymanagement.service.access_token_expired") // EGN-029
            }
            Self::Apigee => fault("Invalid access token", "oauth.v2.InvalidAccessToken"), // EGN-036, EGN-037
            Self::Mashery => developer_inactive(),                                        // EGN-038
        };
        match refusal {
            None => reply.refused("no access token in a Bearer header"),
            Some(refusal) => reply.refused(refusal.to_string()),
        }
    }
}

fn stock_fault(status: StatusCode, text: &str, code: &str) -> Reply {
    let body = serde_json::json!({ "fault": { "faultstring": text, "detail": { "errorcode": code } } });
    Reply::new(status, "application/json", body.to_string())
}

fn fault(text: &str, code: &str) -> Reply {
    let challenge =
        format!("Bearer realm=\"null\",error=\"invalid_token\",error_description=\"{code}: {text}\"");
    stock_fault(StatusCode::UNAUTHORIZED, text, code).with(header::WWW_AUTHENTICATE, &challenge)
}

fn developer_inactive() -> Reply {
    Reply::new(StatusCode::FORBIDDEN, "text/xml", "<h1>Developer Inactive</h1>")
        .with(header::SERVER, "Mashery Proxy")
        .with_static("x-error-detail-header", "Account Inactive")
        .with_static("x-mashery-error-code", "ERR_403_DEVELOPER_INACTIVE")
        .with_static("x-mashery-responder", MASHERY_RESPONDER)
}

/// The machine that the first gateway says answered.
pub(super) const MASHERY_RESPONDER: &str = "prod-j-worker-us-east-1b-01.mashery.com";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_of_the_first_gateway_has_its_look() {
        let token = Gateway::Mashery.access_token(&Mint::seeded(1));
        assert_eq!(token.len(), 24, "EGN-020");
        assert!(token.chars().all(|c| matches!(c, '2'..='9' | 'a'..='z')), "EGN-020: {token}");
    }
}
