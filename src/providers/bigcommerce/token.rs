//! The token endpoint: a code for a permanent token, once (BC-022 to BC-037).

use http::{Method, StatusCode, header};
use serde_json::{Value, json};

use crate::{
    exchange::Reply,
    oauth::{Issued, Refusal, User},
    providers::{
        bigcommerce::{
            Site,
            auth::{account_uuid, context, known},
            errors,
            switches::{Missing, TokenAnswer},
        },
        call::Call,
        house::Answer,
    },
};

const REDIRECT_MISMATCH: &str = "Parameter redirect_uri does not match registered URI"; // BC-028

/// What was sent, as JSON or as a form.
struct Sent<'c, 'r> {
    call: &'c Call<'r>,
    json: Option<Value>,
}

impl<'c, 'r> Sent<'c, 'r> {
    fn read(call: &'c Call<'r>) -> Self {
        let is_json = call.content_type().eq_ignore_ascii_case("application/json");
        Self { call, json: if is_json { call.json() } else { None } }
    }

    /// A parameter, which may be empty.
    fn get(&self, name: &str) -> Option<&str> {
        let in_json = self.json.as_ref().and_then(|json| json.get(name)?.as_str());
        in_json.or_else(|| self.call.parameter(name))
    }
}

/// The checks stand in the order of the library that the login service seems to be built on.
pub(super) fn token(call: &Call<'_>, site: &Site) -> Answer {
    if !accepts_json(call) {
        return Err(errors::not_acceptable()); // BC-033
    }
    let sent = Sent::read(call);
    let invalid = |description: &str| errors::oauth("invalid_request", description);
    if call.query().get("client_secret").is_some() {
        return Err(invalid("must not send client credentials in the URI"));
    }
    if call.basic().is_some_and(|(user, _)| sent.get("client_id") != Some(&user)) {
        return Err(invalid("client_id from Basic Auth and request body do not match"));
    }
    if call.method() != Method::POST && sent.get("grant_type").is_some() {
        return Err(invalid("must be a POST request"));
    }
    // BC-032: the last that is missing is the one that is named.
    let absent = |name: &&str| sent.get(name).is_none();
    if let Some(name) = ["grant_type", "client_secret", "client_id"].into_iter().find(absent) {
        return Err(missing(call, site, name));
    }
    let parameter = |name| sent.get(name).unwrap_or_default();
    let grant_type = parameter("grant_type");
    if grant_type != "authorization_code" {
        // BC-031: this wins over a wrong client.
        let description = format!("The grant type {grant_type} is not recognized");
        return Err(errors::oauth("unsupported_grant_type", &description));
    }
    let client_id = parameter("client_id");
    let app = known(site, client_id)
        .ok_or_else(|| errors::oauth("invalid_client", &format!("Unknown client ID {client_id}")))?; // BC-029
    if !app.client_secret.matches(parameter("client_secret")) {
        return Err(errors::oauth("invalid_client", "Parameter client_secret does not match")); // BC-030
    }
    // BC-032: a missing redirect_uri wins over a missing code, and so does a wrong one.
    let Some(redirect_uri) = sent.get("redirect_uri") else {
        return Err(missing(call, site, "redirect_uri"));
    };
    if !app.redirect_uris.iter().any(|of| of == redirect_uri) {
        return Err(errors::oauth("redirect_uri_mismatch", REDIRECT_MISMATCH));
    }
    let Some(code) = sent.get("code") else { return Err(missing(call, site, "code")) };
    let issued = site.auth.ledger().redeem(code, &app.client_id, |grant| {
        if grant.redirect_uri.as_deref() != Some(redirect_uri) {
            return Err(Refusal::RedirectMismatch);
        }
        if !parameter("scope").split_whitespace().all(|scope| grant.has_scope(scope)) {
            return Err(Refusal::ScopeMismatch);
        }
        // BC-035: without the store it was granted for, the token is good for nothing.
        if grant.realm.is_empty() || sent.get("context") != Some(&context(&grant.realm)) {
            grant.realm = "".into();
            grant.scopes.clear();
        }
        Ok(())
    });
    issued.map(|issued| tokens(site, &issued)).map_err(refused)
}

/// Whether the client takes JSON; one that says nothing does.
fn accepts_json(call: &Call<'_>) -> bool {
    let Some(accept) = call.header(header::ACCEPT) else { return true };
    accept.split(',').any(|entry| {
        let mut parts = entry.split(';').map(str::trim);
        let kind = parts.next().unwrap_or_default().to_ascii_lowercase();
        let ruled_out = parts.any(|part| matches!(part, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"));
        !ruled_out && matches!(kind.as_str(), "application/json" | "application/*" | "*/*" | "text/json")
    })
}

/// Both answers were seen: JSON, and a way back to the login page. A client that does not say what it accepts gets the
/// latter.
fn missing(call: &Call<'_>, site: &Site, name: &str) -> Reply {
    let to_login = match site.switches().missing {
        Missing::ByAccept => call.header(header::ACCEPT).is_none(),
        Missing::Error => false,
        Missing::Login => true,
    };
    if to_login {
        errors::to_login(&call.base(), name)
    } else {
        errors::oauth("invalid_request", &format!("Missing required parameter {name}"))
    }
}

pub(super) fn refused(refusal: Refusal) -> Reply {
    let reply = match refusal {
        Refusal::RedirectMismatch => errors::oauth("redirect_uri_mismatch", REDIRECT_MISMATCH),
        // BC-034
        Refusal::ScopeMismatch => {
            errors::oauth("invalid_scope", "The request scope was never granted by the user")
        }
        // BC-027
        _ => errors::oauth("invalid_grant", "The access grant you supplied is invalid"),
    };
    reply.refused(refusal.to_string())
}

/// BC-022 to BC-025, BC-035
fn tokens(site: &Site, issued: &Issued) -> Reply {
    let grant = &issued.grant;
    let user = site.auth.user(&grant.login);
    let in_store = !grant.realm.is_empty();
    let owner = user.as_ref().and_then(|user| site.auth.first_user_of(&user.realm));
    let person = |user: &User| {
        // BC-025: ids are integers.
        let id = user.id.parse::<u64>().map_or_else(|_| user.id.as_str().into(), Value::from);
        json!({ "id": id, "username": user.email, "email": user.email })
    };
    if site.switches().token_answer == TokenAnswer::Older {
        let older = |user: &User| {
            let mut person = person(user);
            person.as_object_mut().map(|members| members.shift_remove("username"));
            person
        };
        let body = json!({
            "access_token": issued.access_token.expose(),
            "scope": in_store.then(|| grant.scopes.join(" ")),
            "user": user.as_deref().map(older),
            "context": in_store.then(|| context(&grant.realm)),
        });
        return errors::token_headers(Reply::new(StatusCode::OK, "application/json", body.to_string()));
    }
    let body = json!({
        "access_token": issued.access_token.expose(),
        "scope": in_store.then(|| grant.scopes.join(" ")),
        "user": user.as_deref().map(person),
        "owner": owner.as_deref().map(person),
        "context": in_store.then(|| context(&grant.realm)),
        "account_uuid": user.as_deref().map(|user| account_uuid(site, user)),
    });
    errors::token_headers(Reply::new(StatusCode::OK, "application/json", body.to_string()))
}
