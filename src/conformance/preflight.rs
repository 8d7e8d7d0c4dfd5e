//! A look at a target before a run: what answers, what does not, and what to change.

use super::{
    connector::{self, Connector},
    runner::{CheckError, PATIENCE},
    surroundings::Surroundings,
    target::{self, Call, Client, Target},
};
use crate::Vendor;

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// What was looked at.
    pub subject: String,
    /// What is wrong with it and what to change; nothing if it is as it should be.
    pub trouble: Option<String>,
}

fn finding(subject: impl Into<String>, trouble: Option<String>) -> Finding {
    Finding { subject: subject.into(), trouble }
}

/// Looks at the target, without making anything there.
///
/// # Errors
///
/// If the HTTP client cannot be set up.
pub async fn preflight(surroundings: &Surroundings, target: &Target) -> Result<Vec<Finding>, CheckError> {
    let client = Client::new(target::http_client(PATIENCE)?, target.clone());
    let mut findings = Vec::new();
    let answer = match client.make(Call::get("/instances")).await.answer {
        Ok(answer) => answer,
        Err(reason) => {
            let trouble = format!("nobody answers ({reason}); start it, or give its address with --target");
            return Ok(vec![finding(format!("the target at {}", target.url), Some(trouble))]);
        }
    };
    findings.push(finding(format!("the target at {}", target.url), None));
    let secrets = match answer.status.as_u16() {
        200 | 404 => None,
        status => Some(format!(
            "GET /instances answers {status}; give the caller's own --user-secret and --organization-secret"
        )),
    };
    findings.push(finding("the caller's secrets", secrets));
    findings.push(second_caller(&client, target).await);
    let declared = target.connectors.clone();
    for connector in declared.unwrap_or_else(|| connector::ALL.iter().collect()) {
        findings.push(known(&client, connector).await);
        if connector.takes_codes() {
            findings.push(leads_here(&client, connector, surroundings).await);
        }
    }
    Ok(findings)
}

async fn second_caller(client: &Client, target: &Target) -> Finding {
    let subject = "the second caller's secrets";
    if target.stranger.is_none() || !target.tells_callers_apart() {
        return finding("no second caller, so that what takes two is not applicable", None);
    }
    let answer = client.make(Call::get("/instances").by_stranger()).await.answer;
    let trouble = match answer.map(|answer| answer.status.as_u16()) {
        Ok(200 | 404) => None,
        Ok(status) => Some(format!("GET /instances answers {status}; give secrets of another organization")),
        Err(reason) => Some(reason),
    };
    finding(subject, trouble)
}

async fn known(client: &Client, connector: &Connector) -> Finding {
    let answer = client.make(Call::get(format!("/elements/{connector}"))).await.answer;
    let trouble = match answer.map(|answer| (answer.status.as_u16(), answer.json["key"] == connector.key)) {
        Ok((200, true)) => None,
        Ok((status, _)) => Some(format!(
            "GET /elements/{connector} answers {status}; leave it out of connectors in [target], or teach the target"
        )),
        Err(reason) => Some(reason),
    };
    finding(format!("the connector {connector}"), trouble)
}

/// Whether the OAuth URL of the connector leads to the stand-in of this run.
async fn leads_here(client: &Client, connector: &Connector, surroundings: &Surroundings) -> Finding {
    let subject = format!("the way of {connector} to its vendor");
    let call = Call::get(format!("/elements/{connector}/oauth/url"))
        .query("apiKey", "rehearsal-doctor")
        .query("apiSecret", "rehearsal-doctor")
        .query("callbackUrl", "https://app.example.com/callback")
        .query("subdomain", "rehearsal")
        // Read where there are two kinds of authentication.
        .query("authentication.type", "oauth2");
    let answer = client.make(call).await.answer;
    let given = answer
        .ok()
        .and_then(|answer| answer.json["oauthUrl"].as_str().and_then(|url| url::Url::parse(url).ok()));
    let here = surroundings.seen(connector.vendor);
    let trouble = match given {
        None => Some("it gives no OAuth URL".to_owned()),
        Some(url) if url.port_or_known_default() == here.port_or_known_default() => None,
        Some(url) if url.host_str().and_then(Vendor::of_host) == Some(connector.vendor) => None,
        Some(url) => Some(format!(
            "its OAuth URL leads to {}, and the stand-in is at {here}; set REHEARSAL_{}_URL or what the target has for \
             it, or another --port-base",
            url.origin().ascii_serialization(),
            connector.vendor.key().replace('-', "_").to_uppercase()
        )),
    };
    finding(subject, trouble)
}
