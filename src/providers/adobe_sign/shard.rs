//! Which shard a call is addressed to, and which addresses are handed out.

use crate::{
    exchange,
    providers::{
        adobe_sign::{
            Site,
            switches::{Shard, Switches},
        },
        call::Call,
    },
};

const DOMAINS: [&str; 2] = ["echosign.com", "adobesign.com"];

/// What a call's host says of the shard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Host<'r> {
    /// An address of the stand-in's own, where every shard is right.
    Own,
    /// `secure.echosign.com`, `api.adobesign.com`.
    Unsharded(&'r str),
    /// `secure.na1.echosign.com`; nobody lives at a shard that does not exist.
    Sharded(&'r str, Option<Shard>),
}

impl<'r> Host<'r> {
    pub(super) fn of(call: &Call<'r>) -> Self {
        Self::named(call.host())
    }

    fn named(host: &'r str) -> Self {
        let labels = |domain: &'static str| Some((host.strip_suffix(domain)?.strip_suffix('.')?, domain));
        let Some((labels, domain)) = DOMAINS.into_iter().find_map(labels) else { return Self::Own };
        match labels.split_once('.') {
            None => Self::Unsharded(domain),
            Some((_, shard)) => {
                Self::Sharded(domain, Shard::ALL.into_iter().find(|known| known.key() == shard))
            }
        }
    }

    /// Whether the account at `shard` lives here.
    pub(super) fn is_home_of(self, shard: Shard) -> bool {
        match self {
            Self::Own => true,
            Self::Unsharded(_) => false,
            Self::Sharded(_, here) => here == Some(shard),
        }
    }

    /// Whether an app may send its users here: a partner's also to the host without a shard (ADOBE-016).
    pub(super) fn may_authorize(self, client_id: &str, switches: &Switches) -> bool {
        let is_partners = || switches.partner_apps.iter().any(|of| of == client_id);
        self.is_home_of(switches.shard) || matches!(self, Self::Unsharded(_)) && is_partners()
    }
}

/// What clients are told to call from then on: base URLs that end in a slash (ADOBE-065). At an address of its own the
/// stand-in is both the API host and the web host; asked by the vendor's names, it answers with them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct AccessPoints {
    pub(super) api: String,
    pub(super) web: String,
}

impl AccessPoints {
    pub(super) fn of(call: &Call<'_>, site: &Site) -> Self {
        let (Host::Unsharded(domain) | Host::Sharded(domain, _)) = Host::of(call) else {
            let own = format!("{}/", call.base());
            return Self { api: own.clone(), web: own };
        };
        let switches = site.switches();
        let base = call.base();
        let scheme = base.split_once("://").map_or("https", |(scheme, _)| scheme);
        let port = &exchange::host(call.request())[call.host().len()..];
        let shard = switches.shard.key();
        let point = |role: &str| format!("{scheme}://{role}.{shard}.{domain}{port}/");
        Self { api: point("api"), web: point(switches.vanity.as_deref().unwrap_or("secure")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_names_the_shard_or_none() {
        assert_eq!(Host::named("127.0.0.1"), Host::Own);
        assert_eq!(Host::named("echosign.com.example"), Host::Own);
        assert_eq!(Host::named("secure.echosign.com"), Host::Unsharded("echosign.com"));
        assert_eq!(Host::named("api.eu2.adobesign.com"), Host::Sharded("adobesign.com", Some(Shard::Eu2)));
        assert_eq!(
            Host::named("joesbikeshop.na3.adobesign.com"),
            Host::Sharded("adobesign.com", Some(Shard::Na3))
        );
        assert_eq!(Host::named("api.na9.echosign.com"), Host::Sharded("echosign.com", None));
    }

    #[test]
    fn a_partners_app_starts_where_no_account_lives() {
        let switches = Switches { partner_apps: vec!["partner".into()], ..Switches::default() };
        let may = |host, app| Host::named(host).may_authorize(app, &switches);
        assert!(may("secure.na1.echosign.com", "own") && may("secure.echosign.com", "partner"));
        assert!(!may("secure.echosign.com", "own") && !may("secure.na2.echosign.com", "own"));
        assert!(!may("secure.na2.echosign.com", "partner") && may("127.0.0.1", "own"));
    }
}
