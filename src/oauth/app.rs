//! Who takes part: the registered application and the person who consents.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::{Secret, oauth::Death};

/// A registered OAuth application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct App {
    /// The client id. Unique over all tenants, because it names the tenant.
    pub client_id: Arc<str>,
    /// The client secret.
    pub client_secret: Secret,
    /// The name that the consent page shows.
    pub name: String,
    /// The callbacks it may use; the first is its default.
    pub redirect_uris: Vec<String>,
    /// The scopes it may ask for. Empty: every scope that the vendor knows.
    pub scopes: Vec<String>,
    /// The flow it was registered for.
    pub flow: Flow,
    /// False once an administrator has switched it off.
    pub active: bool,
}

/// The flow an application was registered for, or a grant came about by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Flow {
    /// The user consents in a browser.
    #[default]
    Code,
    /// The application knows the user's password.
    Password,
    /// The application acts for itself; it has no callback.
    Server,
}

/// A person who has an account at the vendor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// The vendor's id of the account.
    pub id: String,
    /// What is typed into the login page.
    pub login: Arc<str>,
    /// The password, or a legacy account's API token.
    pub password: Secret,
    /// The name shown to others.
    pub name: String,
    /// The e-mail address.
    pub email: String,
    /// The customer account it belongs to: Egnyte's domain, BigCommerce's store hash, Salesforce's org id.
    pub realm: String,
    /// Why and when it was switched off.
    pub death: Option<Death>,
}
