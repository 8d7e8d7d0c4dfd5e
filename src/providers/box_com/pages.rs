//! The names on Box's login and consent pages, as browser scripts address them.

use http::StatusCode;

use crate::{
    Vendor,
    exchange::Reply,
    providers::{
        call::Call,
        html::{self, Control, Forms},
    },
};

pub(super) const FORMS: Forms = Forms {
    vendor: Vendor::Box,
    login: Control { name: "login", id: "login", class: "", label: "Email Address" },
    next: None,
    password: Control { name: "password", id: "password", class: "", label: "Password" },
    sign_in: Control { name: "login_submit", id: "", class: "", label: "Authorize" },
    allow: Control {
        name: "consent_accept",
        id: "consent_accept_button",
        class: "",
        label: "Grant access to Box",
    },
    deny: Control {
        name: "consent_reject",
        id: "consent_reject_button",
        class: "",
        label: "Deny access to Box",
    },
};

/// An authorization URL that does not fit the app: shown in the page, with what was received (BOX-009, BOX-010,
/// BOX-012).
pub(super) fn error(call: &Call<'_>, error: &str) -> Reply {
    let received = ["response_type", "redirect_uri", "state", "client_id", "scope"];
    let details: Vec<_> =
        received.into_iter().map(|name| (name, call.query().get(name).unwrap_or_default())).collect();
    let message = format!("Error: {error}");
    html::error(StatusCode::BAD_REQUEST, "There is a problem with this app", &message, &details)
        .refused(error.to_owned())
}
