//! The names on Adobe Sign's login and consent pages, as browser scripts address them.

use http::StatusCode;

use crate::{
    Vendor,
    exchange::Reply,
    providers::html::{self, Control, Forms},
};

// ADOBE-064; how the denying button is called is not known.
pub(super) const FORMS: Forms = Forms {
    vendor: Vendor::AdobeSign,
    login: Control { name: "j_username", id: "", class: "", label: "Email Address" },
    next: None,
    password: Control { name: "j_password", id: "", class: "", label: "Password" },
    sign_in: Control { name: "", id: "login", class: "", label: "Sign In" },
    allow: Control { name: "", id: "allow-button", class: "", label: "Allow Access" },
    deny: Control { name: "deny", id: "deny-button", class: "", label: "Deny Access" },
};

/// Every fault in the configuration is one sentence in the page, without a redirect (ADOBE-013 to ADOBE-015). The
/// status is not known.
pub(super) fn invalid_configuration(reason: impl Into<std::borrow::Cow<'static, str>>) -> Reply {
    const MESSAGE: &str =
        "Unable to authorize access because the client configuration is invalid: invalid_request";
    html::error(StatusCode::OK, "Adobe Sign", MESSAGE, &[]).refused(reason)
}
