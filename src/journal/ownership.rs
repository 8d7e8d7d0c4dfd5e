//! Whether a tenant owns a call.

use std::str::FromStr;

/// Whether a tenant owns a call.
///
/// ```
/// use rehearsal::{Request, Stage, Vendor, journal::Ownership};
///
/// let stage = Stage::new();
/// stage.respond(Vendor::Box, &Request::default());
/// let call = stage.default_tenant().calls().last().ok_or("the call was journaled")?;
/// assert_eq!(call.ownership, Ownership::Anonymous);
/// # Ok::<(), &str>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ownership {
    /// A credential that it showed is the tenant's.
    Owned,
    /// It showed credentials, and no tenant owns any of them.
    Unowned,
    /// It showed no credential.
    Anonymous,
}

impl Ownership {
    /// Every case.
    pub const ALL: [Self; 3] = [Self::Owned, Self::Unowned, Self::Anonymous];

    /// The name used in queries and JSON: `owned`, `unowned`, `anonymous`.
    ///
    /// ```
    /// use rehearsal::journal::Ownership;
    ///
    /// assert_eq!("unowned".parse(), Ok(Ownership::Unowned));
    /// assert_eq!(Ownership::Unowned.key(), "unowned");
    /// ```
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Owned => "owned",
            Self::Unowned => "unowned",
            Self::Anonymous => "anonymous",
        }
    }
}

/// A text that names no case of ownership.
///
/// ```
/// use rehearsal::journal::Ownership;
///
/// let error = "mine".parse::<Ownership>().expect_err("there is no such case");
/// assert!(error.to_string().contains("there are owned, unowned and anonymous"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no ownership is called {0:?}; there are owned, unowned and anonymous")]
pub struct UnknownOwnership(String);

impl FromStr for Ownership {
    type Err = UnknownOwnership;

    fn from_str(key: &str) -> Result<Self, UnknownOwnership> {
        Self::ALL.into_iter().find(|of| of.key() == key).ok_or_else(|| UnknownOwnership(key.to_owned()))
    }
}
