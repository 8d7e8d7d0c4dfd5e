//! The names on Intuit's login and consent pages, as browser scripts address them, and the page for what went wrong.

use http::StatusCode;

use crate::{
    Vendor,
    exchange::Reply,
    providers::{
        call::Call,
        html::{self, Control, Forms},
        quickbooks::Site,
    },
};

/// QBO-056: the denying button's name is inferred.
pub(super) const FORMS: Forms = Forms {
    vendor: Vendor::QuickBooks,
    login: Control { name: "Email", id: "Email", class: "", label: "Email or user ID" },
    next: None,
    password: Control { name: "Password", id: "Password", class: "", label: "Password" },
    sign_in: Control { name: "SignIn", id: "ius-sign-in-submit-btn", class: "", label: "Sign in" },
    allow: Control { name: "authorize", id: "authorizeBtn", class: "", label: "Connect" },
    deny: Control { name: "cancel", id: "cancelBtn", class: "", label: "No, thanks" },
};

/// Where the browser is sent when an authorization URL cannot be used.
const ERROR_PATH: &str = "/oauth2/error";

/// What is wrong with an authorization URL.
#[derive(Clone, Copy, Debug)]
pub(super) enum Problem<'p> {
    UnknownClient,
    Redirect,
    /// The app is known by then.
    Parameters(&'p str),
}

/// Sends the browser to the error page, never to the client (QBO-011, QBO-012). That the address says what to show is
/// inferred.
pub(super) fn refuse(call: &Call<'_>, site: &Site, problem: Problem<'_>) -> Reply {
    let base = call.base();
    let (query, reason) = match problem {
        Problem::UnknownClient => (String::new(), "the client_id is unknown"),
        Problem::Redirect if site.profile().explained_redirects => {
            ("?details=redirect_uri".to_owned(), "the redirect_uri is not registered")
        }
        Problem::Redirect => (String::new(), "the redirect_uri is not registered"),
        Problem::Parameters(client_id) => {
            let client_id: String = form_urlencoded::byte_serialize(client_id.as_bytes()).collect();
            (format!("?client_id={client_id}"), "response_type or scope cannot be used")
        }
    };
    Reply::redirect(&format!("{base}{ERROR_PATH}{query}")).refused(reason)
}

/// The page itself. An app that could not be resolved is called `undefined`.
pub(super) fn error(call: &Call<'_>, site: &Site) -> Reply {
    let app = call.query().get("client_id").and_then(|id| site.auth.app(id));
    let name = app.as_ref().map_or("undefined", |app| app.name.as_str());
    let message = format!(
        "Sorry, but {name} didn't connect. Please try again later, or contact customer support for help."
    );
    let details = [(
        "details",
        "The redirect_uri query parameter value is invalid. Make sure it is listed in the Redirect URIs section on \
         your app's keys tab and matches it exactly.",
    )];
    let explained = call.query().get("details") == Some("redirect_uri");
    let details = if explained { &details[..] } else { &[] };
    html::error(StatusCode::OK, "Uh oh, there's a connection problem.", &message, details)
}
