//! Which scopes there are, and what they let a token do.

use crate::oauth::{App, Grant};

/// Scopes that an app may hold.
const ORDINARY: [&str; 14] = [
    "root_readonly",
    "root_readwrite",
    "manage_managed_users",
    "manage_app_users",
    "manage_groups",
    "manage_webhook",
    "manage_enterprise_properties",
    "manage_data_retention",
    "manage_legal_holds",
    "sign_requests.readwrite",
    "ai.readwrite",
    "manage_triggers",
    "enterprise_content",
    "admin_readwrite",
];

/// Scopes that only a token exchange gives.
const NARROW: [&str; 14] = [
    "base_explorer",
    "base_picker",
    "base_preview",
    "base_sidebar",
    "base_upload",
    "item_delete",
    "item_download",
    "item_preview",
    "item_rename",
    "item_share",
    "item_upload",
    "annotation_edit",
    "annotation_view_all",
    "annotation_view_self",
];

/// The narrow scopes that change something, and so come only from a token that may write.
const WRITING: [&str; 7] = [
    "base_upload",
    "item_delete",
    "item_rename",
    "item_share",
    "item_upload",
    "annotation_edit",
    "base_picker",
];

/// Whether a user may be asked to let `app` have `scope`.
pub(super) fn may_ask(app: &App, scope: &str) -> bool {
    ORDINARY.contains(&scope) && (app.scopes.is_empty() || app.scopes.iter().any(|of| of == scope))
}

/// Why a token is not exchanged for one with some scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unfit {
    /// Box has no such scope.
    Unknown,
    /// The token has less itself.
    TooWide,
}

/// Whether a token of `grant` may be exchanged for one with `scope`.
pub(super) fn may_narrow_to(grant: &Grant, scope: &str) -> Result<(), Unfit> {
    if !ORDINARY.contains(&scope) && !NARROW.contains(&scope) {
        return Err(Unfit::Unknown);
    }
    let any = |scopes: &[&str]| scopes.iter().any(|scope| has(grant, scope));
    let covered = has(grant, scope)
        || scope == "root_readonly" && has(grant, "root_readwrite")
        || NARROW.contains(&scope)
            && (any(&["root_readwrite"]) || any(&["root_readonly"]) && !WRITING.contains(&scope));
    if covered { Ok(()) } else { Err(Unfit::TooWide) }
}

/// What a call needs its token to be good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Need {
    /// Nothing but a user.
    User,
    /// To see what is in a folder.
    Browse,
    /// To see a file.
    File,
    /// To read a file's content.
    Download,
    /// To put a file into a folder.
    Upload,
    /// To make a folder.
    NewFolder,
    /// To delete a file or folder.
    Delete,
    /// To give an item another name.
    Change,
    /// To see and change users.
    Users,
    /// To see and change groups.
    Groups,
    /// To see and change webhooks.
    Webhooks,
    /// To see and change metadata templates.
    Properties,
}

impl Need {
    /// Any of these will do.
    fn scopes(self) -> &'static [&'static str] {
        match self {
            Self::User => &[],
            Self::Browse => &["root_readonly", "root_readwrite", "base_explorer", "base_picker"],
            Self::File => &[
                "root_readonly",
                "root_readwrite",
                "base_explorer",
                "base_picker",
                "base_preview",
                "base_sidebar",
                "item_download",
                "item_preview",
            ],
            Self::Download => &["root_readonly", "root_readwrite", "item_download"],
            Self::Upload => &["root_readwrite", "base_upload", "item_upload"],
            Self::NewFolder => &["root_readwrite", "base_picker"],
            Self::Delete => &["root_readwrite", "item_delete"],
            Self::Change => &["root_readwrite", "item_rename"],
            Self::Users => &["manage_managed_users", "manage_app_users"],
            Self::Groups => &["manage_groups"],
            Self::Webhooks => &["manage_webhook"],
            Self::Properties => &["manage_enterprise_properties"],
        }
    }

    /// Whether a token of `grant` is good for it (BOX-058).
    pub(super) fn is_met(self, grant: &Grant) -> bool {
        let any_of = self.scopes();
        any_of.is_empty() || any_of.iter().any(|scope| has(grant, scope))
    }
}

/// An app that names no scopes has them all, and so have its tokens until one is exchanged. An administrator's scope
/// holds those of the root folder; that is inferred.
fn has(grant: &Grant, scope: &str) -> bool {
    grant.has_scope(scope)
        || scope.starts_with("root_") && grant.has_scope("admin_readwrite")
        || grant.scopes.is_empty() && grant.narrowed.is_none() && ORDINARY.contains(&scope)
}
