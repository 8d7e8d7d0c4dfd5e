//! What is wrong with a configuration, and where.

use std::{fmt, io, ops::Range, path::PathBuf};

use crate::{stage::HandError, tenant::NameError};

/// A place in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    path: PathBuf,
    line: usize,
    column: usize,
}

impl Place {
    /// The place in `text` that stands `offset` bytes behind its beginning.
    pub(super) fn new(path: PathBuf, text: &str, offset: usize) -> Self {
        let before = text.get(..offset).unwrap_or(text);
        let line_begins = before.rfind('\n').map_or(0, |end| end + 1);
        let column = before[line_begins..].chars().count() + 1;
        Self { path, line: before.matches('\n').count() + 1, column }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, line {}, column {}", self.path.display(), self.line, self.column)
    }
}

/// A configuration that cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConfigurationError {
    #[error("there is no file {}; name the configuration, or write one as docs/configuration.md shows", .0.display())]
    Missing(PathBuf),
    #[error("{} cannot be read: {source}", .path.display())]
    Read { path: PathBuf, source: io::Error },
    /// It is no TOML, or not what a configuration holds.
    #[error("{place}: {message}")]
    Malformed { place: Place, message: String },
    #[error("{place}: {reason}")]
    Misfit { place: Place, reason: Misfit },
}

/// Something that reads well, and cannot be done.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Misfit {
    #[error(transparent)]
    Name(#[from] NameError),
    #[error(transparent)]
    Hand(#[from] HandError),
    #[error("{0} is empty; a client has to name it")]
    Empty(&'static str),
    #[error("{kind} {name:?} is declared twice; leave one of them out")]
    Twice { kind: &'static str, name: String },
    #[error("a value here cannot be a switch: {0}; write texts, numbers, lists and tables")]
    Unwritable(String),
    #[error("an operation is a vendor's; name the vendor, too")]
    OperationOfNobody,
}

/// What is wrong, and the bytes of the file it is about.
pub(super) struct Located {
    pub(super) span: Range<usize>,
    pub(super) reason: Misfit,
}

impl Located {
    pub(super) fn at(span: Range<usize>) -> impl FnOnce(Misfit) -> Self {
        |reason| Self { span, reason }
    }
}
