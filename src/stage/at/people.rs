//! Apps and users of one vendor.

use std::sync::Arc;

use super::{At, AtVendor, HasPasswords};
use crate::{
    Secret,
    oauth::{App, User},
    stage::HandError,
};

impl<V: AtVendor> At<V> {
    /// An app of the vendor's look, to be changed and then registered.
    #[must_use]
    pub fn new_app(&self) -> App {
        self.tenant.new_app(V::VENDOR)
    }

    /// Registers an app, or replaces the one with the same client id.
    ///
    /// # Errors
    ///
    /// If another tenant has registered the client id.
    pub fn register_app(&self, app: App) -> Result<Arc<App>, HandError> {
        self.tenant.register_app(V::VENDOR, app)
    }

    /// The registered apps, by client id.
    #[must_use]
    pub fn apps(&self) -> Vec<Arc<App>> {
        self.tenant.apps(V::VENDOR)
    }

    /// Switches an app off, as an administrator would; all its codes and tokens die.
    ///
    /// # Errors
    ///
    /// If it is not registered.
    pub fn deactivate_app(&self, client_id: &str) -> Result<(), HandError> {
        self.tenant.deactivate_app(V::VENDOR, client_id)
    }

    /// A user of the vendor's look, to be changed and then registered.
    #[must_use]
    pub fn new_user(&self) -> User {
        self.tenant.new_user(V::VENDOR)
    }

    /// Registers a user, or replaces the one with the same login.
    ///
    /// # Errors
    ///
    /// If another tenant has what identifies the user, such as a domain.
    pub fn register_user(&self, user: User) -> Result<Arc<User>, HandError> {
        self.tenant.register_user(V::VENDOR, user)
    }
}

impl<V: HasPasswords> At<V> {
    /// Switches a user off; all tokens die.
    ///
    /// # Errors
    ///
    /// If the user is not registered.
    pub fn deactivate_user(&self, login: &str) -> Result<(), HandError> {
        self.tenant.deactivate_user(V::VENDOR, login)
    }

    /// Gives the user a new password; what depended on the old one dies.
    ///
    /// # Errors
    ///
    /// If the user does not exist.
    pub fn change_password(&self, login: &str) -> Result<Secret, HandError> {
        self.tenant.change_password(V::VENDOR, login)
    }
}
