//! The app and user that stand ready at each vendor, so that a test needs to register neither.

use crate::{
    Secret, Vendor,
    oauth::{App, User},
    stage::TenantHandle,
};

/// One registered app and one user at a vendor, ready for use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Demo {
    /// The app's client id.
    pub client_id: String,
    /// The app's client secret.
    pub client_secret: Secret,
    /// The app's callback.
    pub redirect_uri: String,
    /// The user's login; for BigCommerce the name of the legacy API account.
    pub login: String,
    /// The user's password; for BigCommerce the API token of the legacy account.
    pub password: Secret,
    /// The customer account: Egnyte's domain, BigCommerce's store hash, QuickBooks' company.
    pub realm: Option<String>,
}

impl TenantHandle {
    /// The app and user that stand ready at `vendor`. Made on first use, the same ever after.
    #[must_use]
    pub fn demo(&self, vendor: Vendor) -> Demo {
        let _here = self.tenant.enter();
        self.ready(vendor)
    }

    /// Lets an app and a user that are registered already stand ready; one that is not named is made.
    #[cfg(feature = "cli")]
    pub(crate) fn make_ready(&self, vendor: Vendor, client_id: Option<&str>, login: Option<&str>) {
        let _here = self.tenant.enter();
        let server = self.server(vendor);
        let app = client_id.and_then(|client_id| server.app(client_id));
        let user = login.and_then(|login| server.user(login));
        self.ready_with(vendor, app.as_deref().cloned(), user.as_deref().cloned());
    }

    pub(super) fn ready(&self, vendor: Vendor) -> Demo {
        self.ready_with(vendor, None, None)
    }

    /// The app and user that stand ready: `app` and `user` if none do so yet, else made in the vendor's look.
    fn ready_with(&self, vendor: Vendor, app: Option<App>, user: Option<User>) -> Demo {
        let backstage = self.stage.backstage(vendor);
        let server = backstage.server(&self.tenant);
        let (app, user) = server.demo(|| {
            let app = app.unwrap_or_else(|| backstage.new_app(&self.tenant));
            if let Some(user) = user {
                return (app, user);
            }
            let user = loop {
                // Names are random: another tenant has one of them as good as never.
                let user = backstage.new_user(&self.tenant);
                if let Ok(user) = backstage.claim(&self.tenant, user) {
                    break user;
                }
            };
            (app, user)
        });
        Demo {
            client_id: app.client_id.to_string(),
            client_secret: app.client_secret.clone(),
            redirect_uri: app.redirect_uris.first().cloned().unwrap_or_default(),
            login: user.login.to_string(),
            password: user.password.clone(),
            realm: Some(user.realm.clone()).filter(|realm| !realm.is_empty()),
        }
    }
}
