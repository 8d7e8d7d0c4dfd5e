//! Who takes part: apps and users are registered, and switched off as an administrator would.

use std::sync::Arc;

use crate::{
    Secret, Vendor,
    mint::{ALPHANUMERIC, HEX},
    oauth::{App, User},
    stage::{HandError, TenantHandle},
};

impl TenantHandle {
    /// An app of the vendor's look, to be changed and then registered.
    #[must_use]
    pub fn new_app(&self, vendor: Vendor) -> App {
        let _here = self.tenant.enter();
        self.stage.backstage(vendor).new_app(&self.tenant)
    }

    /// Registers an app, or replaces the one with the same client id.
    ///
    /// # Errors
    ///
    /// If another tenant has registered the client id: it names the tenant.
    pub fn register_app(&self, vendor: Vendor, app: App) -> Result<Arc<App>, HandError> {
        let _here = self.tenant.enter();
        let client_id = app.client_id.to_string();
        let server = self.stage.backstage(vendor).server(&self.tenant);
        server.register_app(app).map_err(|taken| HandError::Taken(client_id, vendor, taken))
    }

    /// The registered apps, by client id.
    #[must_use]
    pub fn apps(&self, vendor: Vendor) -> Vec<Arc<App>> {
        let _here = self.tenant.enter();
        self.server(vendor).apps()
    }

    /// Switches an app off, as an administrator would; all its codes and tokens die.
    ///
    /// # Errors
    ///
    /// If it is not registered.
    pub fn deactivate_app(&self, vendor: Vendor, client_id: &str) -> Result<(), HandError> {
        let _here = self.tenant.enter();
        let done = self.server(vendor).deactivate_app(client_id);
        done.then_some(()).ok_or_else(|| HandError::NoApp(vendor, client_id.to_owned()))
    }

    /// A user of the vendor's look, to be changed and then registered.
    #[must_use]
    pub fn new_user(&self, vendor: Vendor) -> User {
        let _here = self.tenant.enter();
        self.stage.backstage(vendor).new_user(&self.tenant)
    }

    /// Registers a user, or replaces the one with the same login.
    ///
    /// # Errors
    ///
    /// If another tenant has what identifies the user, such as a domain.
    pub fn register_user(&self, vendor: Vendor, user: User) -> Result<Arc<User>, HandError> {
        let _here = self.tenant.enter();
        let backstage = self.stage.backstage(vendor);
        let user = backstage
            .claim(&self.tenant, user)
            .map_err(|(name, taken)| HandError::Taken(name.to_string(), vendor, taken))?;
        Ok(backstage.server(&self.tenant).register_user(user))
    }

    /// Switches a user off, or deletes a legacy account; all tokens die.
    ///
    /// # Errors
    ///
    /// If the user is not registered.
    pub fn deactivate_user(&self, vendor: Vendor, login: &str) -> Result<(), HandError> {
        let _here = self.tenant.enter();
        let done = self.server(vendor).deactivate_user(login);
        done.then_some(()).ok_or_else(|| HandError::NoUser(vendor, login.to_owned()))
    }

    /// Gives the user a new password, for BigCommerce a new API token; what depended on the old one dies.
    ///
    /// # Errors
    ///
    /// If the user does not exist.
    pub fn change_password(&self, vendor: Vendor, login: &str) -> Result<Secret, HandError> {
        let _here = self.tenant.enter();
        let server = self.server(vendor);
        // Before anything is drawn: with a seed, what is refused must not change what comes next.
        let user = server.user(login).ok_or_else(|| HandError::NoUser(vendor, login.to_owned()))?;
        // Drawn from the look of the old one.
        let alphabet = match vendor {
            Vendor::BigCommerce => HEX,
            _ => ALPHANUMERIC,
        };
        let password = Secret::from(server.mint().text(alphabet, user.password.expose().len()));
        server.change_password(login, password.clone());
        Ok(password)
    }
}
