//! Who is measured.

use std::{fmt, str::FromStr};

use crate::{error::Error, folder::Folder};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Peer {
    Rehearsal,
    WiremockRs,
    Httpmock,
    Oauth2MockServer,
    Emulate,
    OidcProviderMock,
    WireMock,
    Mockoon,
}

impl Peer {
    pub(crate) const ALL: [Self; 8] = [
        Self::Rehearsal,
        Self::WiremockRs,
        Self::Httpmock,
        Self::Oauth2MockServer,
        Self::Emulate,
        Self::OidcProviderMock,
        Self::WireMock,
        Self::Mockoon,
    ];

    /// Its name on the command line, and of its files.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Rehearsal => "rehearsal",
            Self::WiremockRs => "wiremock-rs",
            Self::Httpmock => "httpmock",
            Self::Oauth2MockServer => "oauth2-mock-server",
            Self::Emulate => "emulate",
            Self::OidcProviderMock => "oidc-provider-mock",
            Self::WireMock => "wiremock",
            Self::Mockoon => "mockoon",
        }
    }

    /// Its name in the table.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Rehearsal => "`rehearsal serve`",
            Self::WireMock => "WireMock",
            Self::Mockoon => "Mockoon",
            other => other.name(),
        }
    }

    /// What is asked of it, and how it was told to run where that differs from what it does by itself.
    pub(crate) fn method(self) -> &'static str {
        match self {
            Self::Rehearsal => {
                "Box, all vendors served: a refresh that rotates, the current user by a live token"
            }
            Self::WiremockRs | Self::Httpmock => {
                "two stubs with Box's answers in a process of their own: a path, a path and an `Authorization`"
            }
            Self::Oauth2MockServer => "client credentials, a signed JWT each; its userinfo",
            Self::Emulate => {
                "Okta alone: client credentials, userinfo by a user's token. It refuses the 5,000th call in an hour \
                 with the same `Authorization`, also at its token endpoint, so each connection has one of its own"
            }
            Self::OidcProviderMock => "a refresh that does not rotate, userinfo by a live token",
            Self::WireMock => "two stubs with Box's answers, bodies not in chunks",
            Self::Mockoon => "two stubs with Box's answers, no log file",
        }
    }

    /// Whether tests have it in their own process; its start is that of the server alone.
    pub(crate) fn is_in_process(self) -> bool {
        matches!(self, Self::WiremockRs | Self::Httpmock)
    }

    /// Its version, from where it was installed by.
    pub(crate) fn version(self, folder: &Folder) -> Result<String, Error> {
        let crates = include_str!("../Cargo.lock");
        let version = match self {
            Self::Rehearsal => folder.rehearsal_version()?,
            Self::WiremockRs => between(crates, "name = \"wiremock\"\nversion = \"", "\""),
            Self::Httpmock => between(crates, "name = \"httpmock\"\nversion = \"", "\""),
            Self::Oauth2MockServer => folder.package_version("oauth2-mock-server")?,
            Self::Emulate => folder.package_version("emulate")?,
            Self::OidcProviderMock => {
                between(include_str!("../requirements.txt"), "oidc-provider-mock==", " ")
            }
            Self::WireMock => folder.package_version("wiremock")?,
            Self::Mockoon => folder.package_version("@mockoon/cli")?,
        };
        version.ok_or_else(|| Error::Uninstalled { peer: self, folder: folder.root().to_owned() })
    }
}

/// What stands after one text and before the next.
pub(crate) fn between(text: &str, before: &str, after: &str) -> Option<String> {
    let (_, rest) = text.split_once(before)?;
    Some(rest.split_once(after)?.0.to_owned())
}

/// All names, for those who wrote another.
pub(crate) fn names() -> String {
    Peer::ALL.map(Peer::name).join(" ")
}

impl FromStr for Peer {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        let known = Self::ALL.into_iter().find(|peer| peer.name() == name);
        known.ok_or_else(|| Error::UnknownPeer(name.to_owned()))
    }
}

impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
