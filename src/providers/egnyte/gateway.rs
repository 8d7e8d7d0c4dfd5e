//! The two gateways that have stood in front of the Public API: what they let in, and how they refuse.

use std::time::Duration;

use http::{StatusCode, header};

use crate::{
    Mint,
    exchange::Reply,
    mint::ALPHANUMERIC,
    oauth::{Cause, Life, Refusal},
    providers::egnyte::{
        Site,
        counters::Beyond,
        switches::{DeadToken, Era},
    },
};

/// Lower-case letters and digits without those that look alike (EGN-020).
pub(super) const CLASSIC_ALPHABET: &str = "23456789abcdefghijklmnopqrstuvwxyz";

/// A gateway, with all that it changes on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gateway {
    /// The one of today.
    Apigee,
    /// The first one, until about 2024.
    Mashery,
}

impl Gateway {
    /// The gateway that the era has. A policy can speak of it as well: only the first one gave tokens without a clock
    /// and nothing to refresh them by.
    pub(super) fn of(site: &Site) -> Self {
        let policy = site.auth.ledger().policy();
        let is_classic = policy.access_life == Life::Unlimited && !policy.refreshable;
        if is_classic || site.switches().era == Era::Classic { Self::Mashery } else { Self::Apigee }
    }

    /// The look of an access token.
    pub(super) fn access_token(self, mint: &Mint) -> String {
        match self {
            Self::Apigee => mint.text(ALPHANUMERIC, 28),
            Self::Mashery => mint.text(CLASSIC_ALPHABET, 24), // EGN-020
        }
    }

    /// Too many calls in a second, to be tried again after that long.
    pub(super) fn throttle(self, retry_after: Duration) -> Reply {
        self.over(Beyond::Second, retry_after)
    }

    /// Too many calls (EGN-044 to EGN-046). The bodies of the one of today are its product's own; they were not seen here.
    pub(super) fn limit(self, beyond: Beyond) -> Reply {
        let retry_after = match beyond {
            Beyond::Second => Duration::from_secs(1),
            Beyond::Day(left) => left,
        };
        self.over(beyond, retry_after)
    }

    fn over(self, beyond: Beyond, retry_after: Duration) -> Reply {
        let (text, code, page, detail, error) = match beyond {
            Beyond::Second => (
                "Spike arrest violation. Allowed rate : MessageRate{capacity=2, period=Seconds}",
                "policies.ratelimit.SpikeArrestViolation",
                "<h1>Developer Over Qps</h1>",
                "Account Over Queries Per Second Limit",
                "ERR_403_DEVELOPER_OVER_QPS",
            ),
            Beyond::Day(_) => (
                "Rate limit quota violation. Quota limit  exceeded.",
                "policies.ratelimit.QuotaViolation",
                "<h1>Developer Over Rate</h1>",
                "Account Over Rate Limit",
                "ERR_403_DEVELOPER_OVER_RATE",
            ),
        };
        let reply = match self {
            Self::Apigee => stock_fault(StatusCode::TOO_MANY_REQUESTS, text, code),
            Self::Mashery => Reply::new(StatusCode::FORBIDDEN, "text/xml", page)
                .with(header::SERVER, "Mashery Proxy")
                .with_static("x-error-detail-header", detail)
                .with_static("x-mashery-error-code", error)
                .with_static("x-mashery-responder", MASHERY_RESPONDER),
        };
        let seconds = retry_after.as_millis().div_ceil(1000);
        reply.with(header::RETRY_AFTER, &seconds.to_string()).refused("called too often")
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
    pub(super) fn refuse(self, refusal: Option<Refusal>, dead_token: DeadToken) -> Reply {
        let was_good = matches!(refusal, Some(Refusal::Dead(_)));
        let reply = match self {
            Self::Apigee if refusal.and_then(|refusal| refusal.cause()) == Some(Cause::Expired) => {
                fault("Access Token expired", "keymanagement.service.access_token_expired") // EGN-029
            }
            Self::Apigee => fault("Invalid access token", "oauth.v2.InvalidAccessToken"), // EGN-036, EGN-037
            Self::Mashery if was_good && dead_token == DeadToken::Unauthorized => {
                developer_inactive(StatusCode::UNAUTHORIZED)
            }
            Self::Mashery => developer_inactive(StatusCode::FORBIDDEN), // EGN-038
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

fn developer_inactive(status: StatusCode) -> Reply {
    Reply::new(status, "text/xml", "<h1>Developer Inactive</h1>")
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
