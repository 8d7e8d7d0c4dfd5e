//! What Salesforce's scopes let an app ask for, and a token do.

use crate::oauth::{App, Grant};

/// Every scope (contract section 2, and `scopes_supported` of the discovery document).
pub(super) const SUPPORTED: [&str; 33] = [
    "address",
    "api",
    "cdp_api",
    "cdp_calculated_insight_api",
    "cdp_identityresolution_api",
    "cdp_ingest_api",
    "cdp_query_api",
    "cdp_segment_api",
    "chatbot_api",
    "chatter_api",
    "content",
    "custom_permissions",
    "eclair_api",
    "einstein_gpt_api",
    "email",
    "forgot_password",
    "full",
    "id",
    "interaction_api",
    "lightning",
    "mcp_api",
    "offline_access",
    "openid",
    "pardot_api",
    "phone",
    "profile",
    "pwdless_login_api",
    "refresh_token",
    "sfap_api",
    "user_registration_api",
    "visualforce",
    "wave_api",
    "web",
];

/// What an app has that names no scopes.
pub(super) const EVERYTHING: [&str; 2] = ["full", "refresh_token"];

/// Two names of one scope.
fn is_offline(scope: &str) -> bool {
    matches!(scope, "refresh_token" | "offline_access")
}

/// Whether a refresh token goes with these scopes; with none named, everything is granted (SFDC-031).
pub(super) fn offline(granted: &[String]) -> bool {
    granted.is_empty() || granted.iter().any(|scope| is_offline(scope))
}

/// The scopes that are granted when these are asked for: all that the app has if none is named. Nothing if one of them
/// is unknown or not the app's.
pub(super) fn granted(app: &App, asked: &str) -> Option<Vec<String>> {
    let asked: Vec<String> = asked.split_whitespace().map(ToOwned::to_owned).collect();
    if asked.is_empty() {
        return Some(named(&app.scopes));
    }
    let allowed = |scope: &String| {
        SUPPORTED.contains(&scope.as_str())
            && (app.scopes.is_empty()
                || covers(&app.scopes, scope)
                || is_offline(scope) && offline(&app.scopes))
    };
    asked.iter().all(allowed).then_some(asked)
}

/// The scopes of a token that an app gets without a consent page: all that it has, without the offline one.
pub(super) fn direct(app: &App) -> Vec<String> {
    named(&app.scopes).into_iter().filter(|scope| !is_offline(scope)).collect()
}

/// The scopes by name, where none stand for all.
pub(super) fn named(scopes: &[String]) -> Vec<String> {
    if scopes.is_empty() { EVERYTHING.map(ToOwned::to_owned).to_vec() } else { scopes.to_vec() }
}

/// Whether a token of `grant` may do what one of `scopes` allows.
pub(super) fn allow(grant: &Grant, scopes: &[&str]) -> bool {
    grant.scopes.is_empty() || scopes.iter().any(|scope| covers(&grant.scopes, scope))
}

/// `full` holds every scope but the offline one (contract section 2).
fn covers(granted: &[String], scope: &str) -> bool {
    granted.iter().any(|of| of == scope || (of == "full" && !is_offline(scope)))
}
