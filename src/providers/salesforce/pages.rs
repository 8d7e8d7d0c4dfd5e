//! The names on Salesforce's login and consent pages, as browser scripts address them.

use http::StatusCode;

use crate::{
    Vendor,
    exchange::Reply,
    providers::{
        html::{self, Control, Forms},
        salesforce::{errors::OAuthError, format},
    },
};

pub(super) const FORMS: Forms = Forms {
    vendor: Vendor::Salesforce,
    login: Control { name: "username", id: "username", class: "input", label: "Username" },
    next: None,
    password: Control { name: "pw", id: "password", class: "input", label: "Password" },
    sign_in: Control { name: "Login", id: "Login", class: "button", label: "Log In" },
    allow: Control { name: "save", id: "oaapprove", class: "button", label: "Allow" },
    deny: Control { name: "cancel", id: "oadeny", class: "button", label: "Deny" },
};

/// An authorization URL that does not fit the app: the bare pair in the page, nowhere to redirect to (SFDC-010,
/// SFDC-011).
pub(super) fn error(error: OAuthError) -> Reply {
    let pairs = [("error", error.error), ("error_description", error.description)];
    Reply::new(StatusCode::BAD_REQUEST, "text/html;charset=UTF-8", format::form(&pairs))
        .refused(error.reason())
}

/// The branded page for an app that nobody may approve, which names no cause.
pub(super) fn approval_error() -> Reply {
    const TEXT: &str = "An unexpected error has occurred during authentication. Please try again.";
    let title = "We can't authorize you because of an OAuth error.";
    html::error(StatusCode::BAD_REQUEST, title, TEXT, &[("Error", "OAUTH_APPROVAL_ERROR_GENERIC")])
        .refused("OAUTH_APPROVAL_ERROR_GENERIC: the connected app is not installed in the org")
}

/// What the token endpoint says when it is not there; the words are inferred.
pub(super) fn unavailable() -> Reply {
    const TEXT: &str = "We are down for maintenance. Please try again later.";
    html::error(StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable", TEXT, &[]).refused("out of order")
}

/// Where a device's user types the code that the device shows.
pub(super) fn user_code(wrong: bool) -> Reply {
    const CODE: Control = Control { name: "user_code", id: "user_code", class: "input", label: "Code" };
    const CONNECT: Control = Control { name: "", id: "connect", class: "button", label: "Connect" };
    let wrong = wrong.then_some("No device waits with that code, or it has waited too long.");
    html::question(
        "Connect a device",
        "Type the code that your device shows.",
        wrong,
        "/setup/connect",
        &CODE,
        &CONNECT,
    )
}

/// The end of the device flow for its user.
pub(super) fn connected(allowed: bool) -> Reply {
    let text = if allowed { "You may go back to your device." } else { "The device has no access." };
    html::error(StatusCode::OK, if allowed { "Connected" } else { "Denied" }, text, &[])
}
