//! The names on Salesforce's login and consent pages, as browser scripts address them.

use http::StatusCode;

use crate::{
    Vendor,
    exchange::Reply,
    providers::{
        html::{Control, Forms},
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
