//! Who calls the Content API, and with what right.

use std::sync::Arc;

use http::header;
use sha2::{Digest, Sha256};

use crate::{
    exchange::Reply,
    oauth::{App, Flow, Grant, Refusal, User},
    providers::{
        box_com::{
            Site,
            drive::Drive,
            errors,
            item::{Holder, Item, ROOT_RESOURCE, SERVICE_ACCOUNTS},
            scopes::Need,
        },
        call::Call,
    },
};

/// The user on whose behalf a call is made.
pub(super) struct Caller {
    pub(super) user: Arc<User>,
    grant: Arc<Grant>,
    /// Whose files it sees.
    pub(super) holder: Holder,
}

/// Where the token of a call may stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Carried {
    InHeader,
    /// Or in the query, as downloads allow.
    Anywhere,
}

/// The caller behind the request's token, or Box's refusal (BOX-051, BOX-055, BOX-057).
pub(super) fn caller(call: &Call<'_>, site: &Site, need: Need) -> Result<Caller, Reply> {
    admit(call, site, need, Carried::InHeader)
}

/// The same for a download, whose token may stand in the query (BOX-069).
pub(super) fn downloader(call: &Call<'_>, site: &Site) -> Result<Caller, Reply> {
    admit(call, site, Need::Download, Carried::Anywhere)
}

fn admit(call: &Call<'_>, site: &Site, need: Need, carried: Carried) -> Result<Caller, Reply> {
    let mint = site.auth.mint();
    let in_header = call.header(header::AUTHORIZATION).is_some();
    let in_query = call.query().get("access_token").filter(|_| carried == Carried::Anywhere && !in_header);
    let token = match in_query {
        Some(token) => token,
        None if !in_header => return Err(errors::missing_token(mint)),
        None => call.authorization("Bearer").ok_or_else(|| errors::malformed_header(mint))?,
    };
    let admitted = site.auth.ledger().admit(token);
    let known = admitted.and_then(|grant| Ok((user(site, &grant).ok_or(Refusal::Unknown)?, grant)));
    let wording = site.switches.get().expired_token;
    let (user, grant) = known.map_err(|refusal| errors::invalid_token(mint, refusal, wording))?;
    if let Some(version) = call.header("box-version").filter(|version| *version != errors::API_VERSION) {
        return Err(errors::wrong_version(mint, version));
    }
    if !need.is_met(&grant) {
        return Err(errors::insufficient_scope(mint, "the token's scopes do not cover this call"));
    }
    let holder = Holder::of(&user);
    let caller = Caller { user, grant, holder };
    match call.header("as-user") {
        Some(id) => act_as(site, caller, id),
        None => Ok(caller),
    }
}

/// BOX-070: the app must be allowed to, and its user an administrator.
fn act_as(site: &Site, caller: Caller, id: &str) -> Result<Caller, Reply> {
    let (mint, switches) = (site.auth.mint(), site.switches.get());
    if !switches.of_app(&caller.grant.client_id).as_user {
        return Err(errors::insufficient_scope(mint, "the app may not act as other users"));
    }
    let first = || site.auth.first_user().is_some_and(|first| first.login == caller.user.login);
    let is_administrator = match switches.administrators.as_slice() {
        _ if caller.holder != Holder::Enterprise => true,
        [] => first(),
        named => named.iter().any(|login| **login == *caller.user.login),
    };
    if !is_administrator {
        return Err(errors::access_denied(mint, "only an administrator may act as other users"));
    }
    let wanted = |user: &Arc<User>| user.id == id && user.death.is_none();
    let user = site.auth.users().into_iter().find(wanted);
    let user = user.ok_or_else(|| errors::access_denied(mint, "As-User names no user of the enterprise"))?;
    Ok(Caller { user, holder: Holder::Enterprise, ..caller })
}

fn user(site: &Site, grant: &Grant) -> Option<Arc<User>> {
    site.auth.user(&grant.login).or_else(|| {
        let app = site.auth.app(&grant.client_id).filter(|_| grant.flow == Flow::Server)?;
        Some(Arc::new(service_account(&app))).filter(|account| account.login == grant.login)
    })
}

/// The user that an app with server authentication is: it has its own files, none at first.
pub(super) fn service_account(app: &App) -> User {
    let digest = Sha256::digest(app.client_id.as_bytes());
    let number = digest[..4].iter().fold(0_u32, |number, byte| number << 8 | u32::from(*byte));
    let suffix = base16ct::lower::encode_string(&digest[4..9]);
    let login = format!("AutomationUser_{number}_{suffix}@{SERVICE_ACCOUNTS}");
    User {
        id: format!("3{number:010}"),
        email: login.clone(),
        login: login.into(),
        // Nobody logs in as it.
        password: String::new().into(),
        name: app.name.clone(),
        realm: String::new(),
        death: None,
    }
}

/// Whose files a token of `grant` shows.
pub(super) fn holder(site: &Site, grant: &Grant) -> Option<Holder> {
    user(site, grant).map(|user| Holder::of(&user))
}

/// Whether tokens of `grant` are good for this item: an exchange may have narrowed them to one, and what is in it.
pub(super) fn within(grant: &Grant, drive: &Drive, item: Option<&Item>) -> bool {
    let Some(resource) = grant.narrowed.as_ref().and_then(|narrowed| narrowed.resource.as_deref()) else {
        return true;
    };
    let is_it = |item: &Item| item.resource() == resource;
    let is_in_it = |item: &Item| is_it(item) || drive.above(item).into_iter().any(is_it);
    resource == ROOT_RESOURCE || item.is_some_and(is_in_it)
}

impl Caller {
    /// Whether the token is good for this item; nothing is the root folder.
    pub(super) fn reach(&self, site: &Site, drive: &Drive, item: Option<&Item>) -> Result<(), Reply> {
        if within(&self.grant, drive, item) {
            Ok(())
        } else {
            Err(errors::insufficient_scope(site.auth.mint(), "the token is for another file or folder"))
        }
    }

    /// Whether the token is good for this item; it is left out where it is not.
    pub(super) fn sees(&self, drive: &Drive, item: &Item) -> bool {
        within(&self.grant, drive, Some(item))
    }

    /// Whether the user may change what is in a folder (BOX-059).
    pub(super) fn change(&self, site: &Site, drive: &Drive, folder: Option<&Item>) -> Result<(), Reply> {
        let switches = site.switches.get();
        let is_closed = |folder: &Item| folder.is_in_root() && switches.view_only.contains(&folder.name);
        let closed = folder.is_some_and(|folder| {
            is_closed(folder) || drive.above(folder).iter().any(|above| is_closed(above))
        });
        if closed && self.holder == Holder::Enterprise {
            return Err(errors::access_denied(site.auth.mint(), "the folder is switched to view-only"));
        }
        Ok(())
    }
}
