//! Adobe Sign's scopes: what may be done, and on whose behalf.

use std::{fmt, str::FromStr};

use crate::{
    oauth::{App, Grant},
    providers::adobe_sign::errors::ScopeError,
};

/// What may be done.
const NAMES: [&str; 20] = [
    "user_read",
    "user_write",
    "user_login",
    "agreement_read",
    "agreement_write",
    "agreement_send",
    "agreement_sign",
    "agreement_retention",
    "agreement_vault",
    "widget_read",
    "widget_write",
    "library_read",
    "library_write",
    "library_retention",
    "workflow_read",
    "workflow_write",
    "webhook_read",
    "webhook_write",
    "webhook_retention",
    "application_read",
];

/// On whose behalf.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    Own,
    Group,
    Account,
}

/// A scope as an app asks for it: `user_read:account`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Scope {
    name: &'static str,
    pub(super) reach: Reach,
}

impl FromStr for Scope {
    type Err = ScopeError;

    /// Without a modifier a scope is the user's own (ADOBE-018).
    fn from_str(text: &str) -> Result<Self, ScopeError> {
        let unknown = || ScopeError::Unknown(text.to_owned());
        let (name, modifier) = text.split_once(':').unwrap_or((text, "self"));
        let name = NAMES.into_iter().find(|known| *known == name).ok_or_else(unknown)?;
        let reach = match modifier {
            "self" => Reach::Own,
            "group" => Reach::Group,
            "account" => Reach::Account,
            _ => return Err(unknown()),
        };
        Ok(Self { name, reach })
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let modifier = match self.reach {
            Reach::Own => "self",
            Reach::Group => "group",
            Reach::Account => "account",
        };
        write!(f, "{}:{modifier}", self.name)
    }
}

/// The scopes in `asked`, all of which `app` must have enabled (ADOBE-015).
pub(super) fn requested(app: &App, asked: &str) -> Result<Vec<Scope>, ScopeError> {
    let enabled: Vec<Scope> = app.scopes.iter().filter_map(|scope| scope.parse().ok()).collect();
    let scopes = asked.split_whitespace().map(|text| {
        let scope: Scope = text.parse()?;
        if app.scopes.is_empty() || enabled.contains(&scope) {
            Ok(scope)
        } else {
            Err(ScopeError::NotEnabled(scope.to_string()))
        }
    });
    scopes.collect()
}

/// Whether `grant` lets the caller do what `name` says, on anybody's behalf (ADOBE-054). A grant without scopes comes
/// from a test's own hand, and lets everything.
pub(super) fn allows(grant: &Grant, name: &str) -> bool {
    let named = |scope: &Scope| scope.name == name;
    grant.scopes.is_empty() || scopes(grant).any(|scope| named(&scope))
}

/// Whether `grant` reaches beyond the user who gave it.
pub(super) fn reaches_others(grant: &Grant) -> bool {
    grant.scopes.is_empty() || scopes(grant).any(|scope| scope.reach != Reach::Own)
}

fn scopes(grant: &Grant) -> impl Iterator<Item = Scope> {
    grant.scopes.iter().filter_map(|scope| scope.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_without_a_modifier_is_the_users_own() {
        let parse = |text: &str| text.parse::<Scope>().map(|scope| scope.to_string()).ok();
        assert_eq!(parse("user_read").as_deref(), Some("user_read:self"), "ADOBE-018");
        assert_eq!(parse("agreement_send:account").as_deref(), Some("agreement_send:account"));
        assert_eq!(parse("user_read:everybody"), None);
        assert_eq!(parse("USER_READ"), None);
    }
}
