//! The head of an answer as it goes over HTTP/1: the case of its header names, and the words of its status line.

use http::HeaderName;

use crate::{Reply, Vendor};

/// Names that every vendor writes in another case than [title case](title_case).
const NAMES: &[&str] = &[
    "BOX-REQUEST-ID",
    "ETag",
    "P3P",
    "WWW-Authenticate",
    "X-BC-ApiLimit-Remaining",
    "X-BC-Store-Version",
    "intuit_tid",
];

/// The same, with those that not all vendors write alike.
const SALESFORCE_NAMES: &[&str] = &["ETag", "WWW-Authenticate", "X-XSS-Protection"];

impl Vendor {
    /// The header names that this vendor does not write in title case.
    pub(crate) fn header_names(self) -> &'static [&'static str] {
        match self {
            Self::Salesforce => SALESFORCE_NAMES,
            _ => NAMES,
        }
    }

    /// A header's name as the vendor writes it in HTTP/1. In HTTP/2, names are in lower case.
    ///
    /// ```
    /// use http::{HeaderName, header};
    /// use rehearsal::Vendor;
    ///
    /// assert_eq!(Vendor::Box.header_name(&header::CONTENT_TYPE), "Content-Type");
    /// assert_eq!(Vendor::Box.header_name(&HeaderName::from_static("box-request-id")), "BOX-REQUEST-ID");
    /// ```
    #[must_use]
    pub fn header_name(self, name: &HeaderName) -> String {
        let own = self.header_names().iter().find(|own| own.eq_ignore_ascii_case(name.as_str()));
        own.map_or_else(|| title_case(name.as_str()), |own| (*own).to_owned())
    }
}

/// Each word with a capital, as the server writes names that it knows nothing else of.
fn title_case(name: &str) -> String {
    let mut begins = true;
    let capital = |letter: char| {
        let cased = if begins { letter.to_ascii_uppercase() } else { letter };
        begins = letter == '-';
        cased
    };
    name.chars().map(capital).collect()
}

impl Reply {
    /// The words behind the status in the status line.
    ///
    /// ```
    /// use http::StatusCode;
    /// use rehearsal::Reply;
    ///
    /// assert_eq!(Reply::empty(StatusCode::NOT_FOUND).reason_phrase(), "Not Found");
    /// ```
    #[must_use]
    pub fn reason_phrase(&self) -> &'static str {
        match self.status().as_u16() {
            509 => "Bandwidth Limit Exceeded", // BC-008
            _ => self.status().canonical_reason().unwrap_or_default(),
        }
    }
}
