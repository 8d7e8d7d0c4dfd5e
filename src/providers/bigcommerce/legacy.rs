//! The legacy world: HTTP Basic with the username and API token of an account, and answers in XML or JSON.

use std::sync::Arc;

use http::{StatusCode, header};
use serde_json::Value;

use crate::{
    exchange::{self, Reply, Secure, Verdict},
    fault::Trouble,
    oauth::User,
    providers::{
        accept,
        bigcommerce::{
            Operation, Site,
            api::{self, Asked, Problem},
            errors,
            shop::Links,
            switches::Representation,
            xml,
        },
        call::Call,
        house::Answer,
    },
};

/// BC-007
const STORE_VERSION: &str = "7.3.6";

/// BC-008
const LIMIT_REACHED: &str = "The requests-per-hour limit has been reached.";

/// The hash in `store-{hash}.mybigcommerce.com`.
pub(super) fn store_of_host<'r>(call: &Call<'r>) -> Option<&'r str> {
    call.host().strip_prefix("store-")?.strip_suffix(".mybigcommerce.com")
}

/// Where the API of an account's store is, as the control panel shows it (BC-018).
#[cfg(feature = "serve")]
pub(crate) fn api_path(account: &User) -> String {
    format!("https://store-{}.mybigcommerce.com/api/v2/", account.realm)
}

/// Where a call goes that came by an alias of the store's host (BC-017), or by plain http where only https will do
/// (BC-070). Clients that follow to another host leave their credentials behind.
fn elsewhere(call: &Call<'_>, site: &Site) -> Option<Reply> {
    let switches = site.switches();
    let target = call.request().uri().path_and_query().map_or("/", |target| target.as_str());
    let is_secure = call.request().extensions().get::<Secure>().is_some();
    let scheme = if is_secure || switches.https_only { "https" } else { "http" };
    let (host, port) = exchange::host(call.request()).split_at(call.host().len());
    let canonical = switches.alias_hosts.get(host);
    let to = |host: &str| {
        // What is plain http's by default says nothing of https.
        let is_plain = !is_secure && scheme == "https" && port == ":80";
        let port = if host.contains(':') || is_plain { "" } else { port };
        Reply::empty(StatusCode::MOVED_PERMANENTLY)
            .with(header::LOCATION, &format!("{scheme}://{host}{port}{target}"))
    };
    match canonical {
        Some(canonical) => Some(to(canonical).refused("the host is an alias of the store's")),
        None if switches.https_only && !is_secure => Some(to(host).refused("the call came by plain http")),
        None => None,
    }
}

pub(super) fn answer(operation: Operation, call: &Call<'_>, site: &Site) -> Answer {
    if let Some(reply) = elsewhere(call, site) {
        return Err(reply);
    }
    let asked_for = representation(call);
    let account = account(call, site, asked_for)?;
    let now = site.auth.clock().now();
    let left = {
        let mut quotas = site.quotas();
        quotas.spend_by_account(&account.login, now, site.switches().calls_per_hour)
    };
    let with_headers = |reply: Reply| {
        reply
            .with_static("x-bc-apilimit-remaining", &left.unwrap_or(0).to_string())
            .with_static("x-bc-store-version", STORE_VERSION)
    };
    let refuse = |problem: Problem| with_headers(refusal(asked_for, &problem));
    if left.is_none() {
        return Err(refuse(Problem::new(limit_status(), LIMIT_REACHED)));
    }
    // BC-014: XML when nothing is said, unless switched.
    let representation = asked_for.unwrap_or(site.switches().unasked);
    let found = match operation {
        Operation::NotFound => Err(Problem::not_found()),
        Operation::WrongMethod => {
            Err(Problem::new(StatusCode::METHOD_NOT_ALLOWED, "The requested method is not allowed."))
        }
        operation => {
            let extension = match representation {
                Representation::Json => ".json", // BC-016
                Representation::Xml => ".xml",
            };
            let links = Links { base: format!("{}/api/v2", call.base()), extension };
            api::resource(&Asked { operation, call, hash: &account.realm.as_str().into(), links }, site)
        }
    };
    let found = found.map_err(|problem| match operation {
        Operation::NotFound => refuse(problem).because(Verdict::NoRoute),
        _ => refuse(problem),
    })?;
    let mut reply = match &found.body {
        Some(body) => written(representation, found.status, found.name, body),
        None => Reply::empty(found.status),
    };
    if let Some(location) = &found.location {
        reply = reply.with(header::LOCATION, location);
    }
    Ok(with_headers(reply))
}

/// What the legacy world says to a trouble; a retry time is none of its words.
pub(super) fn trouble(trouble: Trouble, call: &Call<'_>) -> Reply {
    let asked_for = representation(call);
    match trouble {
        Trouble::Refusal => refused_account(asked_for, "refused by a fault".into()),
        Trouble::RateLimit { .. } => refusal(asked_for, &Problem::new(limit_status(), LIMIT_REACHED))
            .with_static("x-bc-apilimit-remaining", "0")
            .with_static("x-bc-store-version", STORE_VERSION),
        // The text is inferred.
        Trouble::ServerError | Trouble::Unavailable { .. } => {
            let text = "The store is down for maintenance.";
            refusal(asked_for, &Problem::new(StatusCode::SERVICE_UNAVAILABLE, text))
        }
    }
}

/// BC-008
fn limit_status() -> StatusCode {
    StatusCode::from_u16(509).unwrap_or(StatusCode::TOO_MANY_REQUESTS)
}

fn unauthorized(asked_for: Option<Representation>, message: &str, reason: String) -> Reply {
    let body = errors::array(StatusCode::UNAUTHORIZED, message);
    refusal(asked_for, &Problem { status: StatusCode::UNAUTHORIZED, body, reason })
}

/// BC-004, BC-005, BC-010, BC-011: the text is inferred, and the same whatever the reason.
fn refused_account(asked_for: Option<Representation>, reason: String) -> Reply {
    unauthorized(asked_for, "The supplied credentials are invalid.", reason)
}

/// The account whose credentials the call shows. Its refusals carry no quota (BC-006).
fn account(call: &Call<'_>, site: &Site, asked_for: Option<Representation>) -> Result<Arc<User>, Reply> {
    let Some((username, token)) = call.basic() else {
        // BC-002, BC-003, BC-012
        let message = "No credentials were supplied in the request.";
        let reply = unauthorized(asked_for, message, "no Basic credentials".into());
        return Err(reply.with(header::WWW_AUTHENTICATE, "Basic"));
    };
    let refused = |reason| refused_account(asked_for, reason);
    let account = site.auth.authenticate(&username, &token);
    let account = account.map_err(|rejection| refused(errors::why_rejected(rejection)))?;
    match store_of_host(call) {
        Some(hash) if hash != account.realm => Err(refused("the account belongs to another store".into())),
        _ => Ok(account),
    }
}

/// A refusal is JSON unless the call asks for XML: clients read these arrays whatever they asked for (BC-002).
fn refusal(asked_for: Option<Representation>, problem: &Problem) -> Reply {
    let representation = asked_for.unwrap_or(Representation::Json);
    written(representation, problem.status, "error", &problem.body).refused(problem.reason.clone())
}

fn written(representation: Representation, status: StatusCode, name: &str, body: &Value) -> Reply {
    match representation {
        // Slashes come escaped, as PHP does.
        Representation::Json => Reply::new(status, "application/json", body.to_string().replace('/', "\\/")),
        Representation::Xml => Reply::new(status, "application/xml", xml::document(name, body)),
    }
}

/// What the call asks for: by the types it accepts without reserve, then by the path's extension, then by the types it
/// accepts at a lower priority (BC-014).
fn representation(call: &Call<'_>) -> Option<Representation> {
    let accept = call.header(header::ACCEPT).unwrap_or_default();
    let accepted = accept::accepted(accept, |name| match name {
        "application/json" | "text/json" => Some(Representation::Json),
        "application/xml" | "text/xml" => Some(Representation::Xml),
        _ => None,
    });
    let without_reserve = accepted.iter().find(|(_, quality)| *quality == accept::FULL_QUALITY);
    let by_extension = || match call.request().uri().path().rsplit_once('.') {
        Some((_, "json")) => Some(Representation::Json),
        Some((_, "xml")) => Some(Representation::Xml),
        _ => None,
    };
    let of = |entry: &(Representation, u16)| entry.0;
    without_reserve.map(of).or_else(by_extension).or_else(|| accepted.first().map(of))
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    #[test]
    fn accept_comes_first_then_the_extension_then_what_is_accepted_less_gladly() {
        let asked = |path: &str, accept: &str| {
            let request = http::Request::get(path).header("accept", accept).body(Bytes::new()).unwrap();
            representation(&Call::new(&request))
        };
        let (json, xml) = (Some(Representation::Json), Some(Representation::Xml));
        assert_eq!(asked("/api/v2/time.xml", "application/json"), json, "BC-014");
        assert_eq!(asked("/api/v2/time.xml", "application/json;q=0.9"), xml, "BC-014");
        assert_eq!(asked("/api/v2/time", "application/json;q=0.9, application/xml;q=0.95"), xml, "BC-014");
        assert_eq!(asked("/api/v2/time", "*/*"), None);
        assert_eq!(asked("/api/v2/time.json", "*/*"), json);
        assert_eq!(asked("/api/v2/time", "application/json;q=0"), None);
        assert_eq!(asked("/api/v2/time", "text/html, application/xml;q=0.9, */*;q=0.8"), xml);
    }
}
