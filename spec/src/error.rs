//! What is wrong with a document, and where.

use std::fmt;

/// A place in a text; both count from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// Line.
    pub line: usize,
    /// Column.
    pub column: usize,
}

/// Why a document cannot be read. Its `Display` is one line: `schema.yml:12:3: reason`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// The file or URL, as the user wrote it.
    pub source: String,
    /// The place, where one is to blame.
    pub position: Option<Position>,
    /// What is wrong there.
    pub reason: String,
}

impl Error {
    pub(crate) fn new(source: &str, reason: impl Into<String>) -> Self {
        Self { source: source.to_owned(), position: None, reason: reason.into() }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.position {
            Some(Position { line, column }) => write!(f, "{}:{line}:{column}: {}", self.source, self.reason),
            None => write!(f, "{}: {}", self.source, self.reason),
        }
    }
}

impl std::error::Error for Error {}
