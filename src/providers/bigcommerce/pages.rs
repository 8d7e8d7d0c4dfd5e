//! The names on the login and consent pages, and the pages that end an installation.
//!
//! BigCommerce publishes no field names; these follow the habit of the framework that its login service shows.

use http::StatusCode;

use crate::{
    Vendor,
    exchange::Reply,
    providers::html::{self, Control, Forms},
};

pub(super) const FORMS: Forms = Forms {
    vendor: Vendor::BigCommerce,
    login: Control { name: "user[email]", id: "user_email", class: "", label: "Username" },
    next: None,
    password: Control { name: "user[password]", id: "user_password", class: "", label: "Password" },
    sign_in: Control { name: "commit", id: "", class: "", label: "Log in" },
    allow: Control { name: "confirm", id: "confirm", class: "", label: "Confirm" },
    deny: Control { name: "cancel", id: "cancel", class: "", label: "Cancel" },
};

/// An authorization URL of no known app: shown in the page, since nowhere is safe to redirect to (inferred).
pub(super) fn error(error: &str, description: &str) -> Reply {
    html::error(StatusCode::BAD_REQUEST, "There is a problem with this app", description, &[("error", error)])
        .refused(format!("{error}: {description}"))
}

/// What a merchant sees who cancels an installation; the app hears nothing of it (inferred).
pub(super) fn install_cancelled() -> Reply {
    let message = "You cancelled the installation. Nothing was installed.";
    html::error(StatusCode::OK, "App not installed", message, &[])
        .refused("the merchant cancelled the installation")
}

/// Where an app sends the browser after it took its token (BC-021).
pub(super) fn install_succeeded() -> Reply {
    html::error(StatusCode::OK, "App installed", "The app was installed in your store.", &[])
}

/// Where an app sends the browser when it could not take its token (BC-021).
pub(super) fn install_failed() -> Reply {
    html::error(StatusCode::OK, "App not installed", "The app could not finish its installation.", &[])
}

/// The login page by itself, where the token endpoint sends those who bring too little.
pub(super) fn nothing_to_log_in_to() -> Reply {
    let message = "No app asks for access here. Start from the app's install link.";
    html::error(StatusCode::OK, "Log in to BigCommerce", message, &[])
}
