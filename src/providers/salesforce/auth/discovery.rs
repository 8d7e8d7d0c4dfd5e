//! What Salesforce says about itself.

use http::StatusCode;
use serde_json::json;

use crate::{
    exchange::Reply,
    providers::{
        call::Call,
        salesforce::{auth::id_token, format, scopes},
    },
};

/// `/.well-known/openid-configuration`, with all URLs at the address that the request came in on (SFDC-002).
pub(in crate::providers::salesforce) fn open_id(call: &Call<'_>) -> Reply {
    let base = call.base();
    let at = |path: &str| format!("{base}{path}");
    let body = json!({
        "issuer": base,
        "authorization_endpoint": at("/services/oauth2/authorize"),
        "token_endpoint": at("/services/oauth2/token"),
        "revocation_endpoint": at("/services/oauth2/revoke"),
        "userinfo_endpoint": at("/services/oauth2/userinfo"),
        "jwks_uri": at("/id/keys"),
        "registration_endpoint": at("/services/oauth2/register"),
        "introspection_endpoint": at("/services/oauth2/introspect"),
        "scopes_supported": &scopes::SUPPORTED[..],
        "response_types_supported": ["code", "token", "token id_token"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "display_values_supported": ["page", "popup", "touch"],
        "token_endpoint_auth_methods_supported":
            ["client_secret_post", "client_secret_basic", "private_key_jwt"],
        "claims_supported": [
            "active", "address", "email", "email_verified", "family_name", "given_name", "is_app_installed",
            "language", "locale", "name", "nickname", "organization_id", "phone_number",
            "phone_number_verified", "photos", "picture", "preferred_username", "profile", "sub",
            "updated_at", "urls", "user_id", "user_type", "zoneinfo",
        ],
    });
    format::json(call, StatusCode::OK, &body)
}

/// `/id/keys` (SFDC-003)
pub(in crate::providers::salesforce) fn keys(call: &Call<'_>) -> Reply {
    format::json(call, StatusCode::OK, &json!({ "keys": [id_token::key()] }))
}
