//! What the owner of a BigCommerce store does with an app in the control panel.

use std::fmt;

use super::{At, BigCommerce};
use crate::{
    Vendor,
    oauth::{App, User},
    providers::bigcommerce::{self, installed},
    stage::HandError,
};

/// A call that BigCommerce makes to tell an app something: a GET of `url`, which carries a signed payload. The stage opens
/// no socket, so it is up to a test to make it; the control API makes it by itself.
#[derive(Clone, PartialEq, Eq)]
pub struct Callback {
    /// Where to, with everything in it.
    pub url: String,
}

impl fmt::Debug for Callback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // What follows is signed with the app's secret, and good to get in by.
        let place = self.url.split_once('?').map_or(self.url.as_str(), |(place, _)| place);
        write!(f, "Callback({place}?…)")
    }
}

impl At<BigCommerce> {
    /// Uninstalls an app from a BigCommerce store, as its owner does: the app's token for the store is dead at once,
    /// whatever the app says. The call that tells it, if it registered a callback for that.
    ///
    /// ```
    /// use rehearsal::{ConsentGiven, Stage, Vendor};
    ///
    /// let tenant = Stage::new().tenant();
    /// let tokens = tenant.bigcommerce().issue_tokens(ConsentGiven::default())?;
    /// let told = tenant.bigcommerce().uninstall_app(None, None)?;
    /// assert!(told.is_none(), "the demo app registered no callback");
    /// let standing = tenant.standing(Vendor::BigCommerce, tokens.access_token());
    /// assert!(standing.is_some_and(|of| of.death.is_some()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the app is not registered, or nobody belongs to the store.
    pub fn uninstall_app(
        &self,
        client_id: Option<&str>,
        store: Option<&str>,
    ) -> Result<Option<Callback>, HandError> {
        let (app, owner) =
            self.app_and_user(client_id, |user| store.is_none_or(|store| user.realm == store), store)?;
        let site = self.tenant.site::<bigcommerce::Site>();
        Ok(installed::uninstall(site, &app, &owner).map(|url| Callback { url }))
    }

    /// Takes a user's access to an app away, as the store's owner does. The app's token belongs to the store and stays
    /// alive. The call that tells the app, if it registered a callback for that.
    ///
    /// # Errors
    ///
    /// If the app or user is not registered.
    pub fn remove_app_user(
        &self,
        client_id: Option<&str>,
        login: Option<&str>,
    ) -> Result<Option<Callback>, HandError> {
        let (app, user) =
            self.app_and_user(client_id, |user| login.is_none_or(|login| *user.login == *login), login)?;
        let site = self.tenant.site::<bigcommerce::Site>();
        Ok(installed::remove_user(site, &app, &user).map(|url| Callback { url }))
    }

    /// The app that is named, or the demo app, and the first user that `is` wanted; `wanted` names that one.
    fn app_and_user(
        &self,
        client_id: Option<&str>,
        is: impl Fn(&User) -> bool,
        wanted: Option<&str>,
    ) -> Result<(std::sync::Arc<App>, std::sync::Arc<User>), HandError> {
        let vendor = Vendor::BigCommerce;
        let demo = self.demo();
        let server = self.tenant.server(vendor);
        let client_id = client_id.unwrap_or(&demo.client_id);
        let app = server.app(client_id).ok_or_else(|| HandError::NoApp(vendor, client_id.to_owned()))?;
        let user = match wanted {
            Some(wanted) => {
                let user = server.users().into_iter().find(|user| is(user));
                user.ok_or_else(|| HandError::NoUser(vendor, wanted.to_owned()))?
            }
            None => {
                let login = demo.login;
                server.user(&login).ok_or(HandError::NoUser(vendor, login))?
            }
        };
        Ok((app, user))
    }
}
