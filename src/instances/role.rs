//! What a caller may do: a role is a set of privileges, and a call without the one it needs is answered 403.

use std::{collections::BTreeSet, fmt, str::FromStr};

use http::Method;
use serde::{Deserialize, Serialize};

/// Something that a caller may do.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Privilege {
    /// Read and list instances, their configuration and their documentation.
    ViewInstances,
    /// Make instances.
    CreateInstances,
    /// Change, re-authenticate, enable and disable instances.
    EditInstances,
    /// Delete instances.
    DeleteInstances,
    /// Call providers through instances.
    UseInstances,
    /// Define objects and transformations for the organization, and copy connectors.
    EditOrganization,
}

impl Privilege {
    /// All privileges.
    pub const ALL: [Self; 6] = [
        Self::ViewInstances,
        Self::CreateInstances,
        Self::EditInstances,
        Self::DeleteInstances,
        Self::UseInstances,
        Self::EditOrganization,
    ];

    /// The name it goes by.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::ViewInstances => "viewInstances",
            Self::CreateInstances => "createInstances",
            Self::EditInstances => "editInstances",
            Self::DeleteInstances => "deleteInstances",
            Self::UseInstances => "useInstances",
            Self::EditOrganization => "editOrganization",
        }
    }

    /// What `method` at `path` needs. The path begins behind the prefix of the API.
    pub(crate) fn of(method: &Method, path: &str) -> Self {
        let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
        let reads = matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS);
        match (segments.as_slice(), method) {
            _ if reads => Self::ViewInstances,
            (["organizations", ..] | ["elements", _, "clone"] | ["elements", _], _) => Self::EditOrganization,
            (["instances"] | ["elements", _, "instances"], &Method::POST) => Self::CreateInstances,
            // Behind `enabled` and the like, a deletion changes the instance.
            (["instances"] | ["elements", _, "instances", _], &Method::DELETE) => Self::DeleteInstances,
            (["instances", last], &Method::DELETE) if !matches!(*last, "enabled" | "transformations") => {
                Self::DeleteInstances
            }
            _ => Self::EditInstances,
        }
    }
}

impl fmt::Display for Privilege {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A set of privileges.
///
/// ```
/// use rehearsal::instances::{Privilege, Role};
///
/// let role = Role::administrator().without(Privilege::CreateInstances);
/// assert!(!role.allows(Privilege::CreateInstances) && role.allows(Privilege::ViewInstances));
/// ```
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Role(BTreeSet<Privilege>);

impl Role {
    /// May do everything.
    #[must_use]
    pub fn administrator() -> Self {
        Self(Privilege::ALL.into())
    }

    /// May make, use and change instances, but nothing that concerns the whole organization.
    #[must_use]
    pub fn user() -> Self {
        Self::administrator().without(Privilege::EditOrganization)
    }

    /// May only look.
    #[must_use]
    pub fn reader() -> Self {
        Self([Privilege::ViewInstances].into())
    }

    /// The same without `privilege`.
    #[must_use]
    pub fn without(mut self, privilege: Privilege) -> Self {
        self.0.remove(&privilege);
        self
    }

    /// Whether it has `privilege`.
    #[must_use]
    pub fn allows(&self, privilege: Privilege) -> bool {
        self.0.contains(&privilege)
    }
}

impl Default for Role {
    fn default() -> Self {
        Self::administrator()
    }
}

/// A role that does not exist.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no role; roles are administrator, user and reader")]
pub struct UnknownRole(String);

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(name: &str) -> Result<Self, UnknownRole> {
        match name {
            "administrator" => Ok(Self::administrator()),
            "user" => Ok(Self::user()),
            "reader" => Ok(Self::reader()),
            other => Err(UnknownRole(other.to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_call_needs_one_privilege() {
        for (method, path, needed) in [
            (Method::GET, "/instances/1", Privilege::ViewInstances),
            (Method::POST, "/instances", Privilege::CreateInstances),
            (Method::POST, "/elements/box/instances", Privilege::CreateInstances),
            (Method::PATCH, "/instances", Privilege::EditInstances),
            (Method::PUT, "/elements/box/instances/1", Privilege::EditInstances),
            (Method::DELETE, "/instances/1", Privilege::DeleteInstances),
            (Method::DELETE, "/instances", Privilege::DeleteInstances),
            (Method::DELETE, "/instances/1/enabled", Privilege::EditInstances),
            (Method::DELETE, "/instances/enabled", Privilege::EditInstances),
            (Method::DELETE, "/instances/transformations", Privilege::EditInstances),
            (Method::DELETE, "/elements/box/instances/1", Privilege::DeleteInstances),
            (Method::POST, "/organizations/objects/x/definitions", Privilege::EditOrganization),
            (Method::POST, "/elements/box/clone", Privilege::EditOrganization),
        ] {
            assert_eq!(Privilege::of(&method, path), needed, "{method} {path}");
        }
    }
}
