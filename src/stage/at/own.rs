//! What only one vendor has.

use super::{At, AtVendor, BigCommerce, Egnyte, QuickBooks, Salesforce};
use crate::{Secret, stage::HandError};

impl<V: AtVendor> At<V> {
    /// The demo user's customer account, where the vendor has such.
    fn realm(&self) -> String {
        self.demo().realm.unwrap_or_default()
    }
}

impl At<BigCommerce> {
    /// The hash that names the store.
    ///
    /// ```
    /// # let tenant = rehearsal::Stage::new().tenant();
    /// assert!(!tenant.bigcommerce().store_hash().is_empty());
    /// ```
    #[must_use]
    pub fn store_hash(&self) -> String {
        self.realm()
    }

    /// Uninstalls the app that the token was issued to from its store; the token dies.
    ///
    /// # Errors
    ///
    /// If it was never issued to this tenant, or is dead already.
    pub fn uninstall(&self, token: &str) -> Result<(), HandError> {
        self.tenant.revoke_grant(<BigCommerce as AtVendor>::VENDOR, token)
    }

    /// Deletes a legacy API account.
    ///
    /// # Errors
    ///
    /// If there is none of this name.
    pub fn delete_legacy_account(&self, name: &str) -> Result<(), HandError> {
        self.tenant.deactivate_user(<BigCommerce as AtVendor>::VENDOR, name)
    }

    /// Gives a legacy API account a new token; the old one dies.
    ///
    /// ```
    /// # let tenant = rehearsal::Stage::new().tenant();
    /// let account = tenant.bigcommerce().demo();
    /// let token = tenant.bigcommerce().new_api_token(&account.login)?;
    /// assert_ne!(token, account.password);
    /// # Ok::<(), rehearsal::stage::HandError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If there is none of this name.
    pub fn new_api_token(&self, name: &str) -> Result<Secret, HandError> {
        self.tenant.change_password(<BigCommerce as AtVendor>::VENDOR, name)
    }
}

impl At<Egnyte> {
    /// The first label of the customer's host name.
    #[must_use]
    pub fn domain(&self) -> String {
        self.realm()
    }
}

impl At<QuickBooks> {
    /// The id of the company (`realmId`).
    #[must_use]
    pub fn company(&self) -> String {
        self.realm()
    }
}

impl At<Salesforce> {
    /// The id of the org.
    #[must_use]
    pub fn organization(&self) -> String {
        self.realm()
    }
}
