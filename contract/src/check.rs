//! What is checked: Schemathesis' names and meanings.

use std::{fmt, str::FromStr};

/// A check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Check {
    /// The server does not fail (5xx).
    NotAServerError,
    /// The schema lists the status of the answer.
    StatusCodeConformance,
    /// The schema lists the content type of the answer.
    ContentTypeConformance,
    /// The headers that the schema describes are there and fit.
    ResponseHeadersConformance,
    /// The body of the answer fits its schema.
    ResponseSchemaConformance,
    /// A request that violates the schema is refused; if the refusal names fields, it names the one that is wrong.
    NegativeDataRejection,
    /// A request that keeps to the schema is not refused as invalid.
    PositiveDataAcceptance,
    /// A request without a header that is required is refused.
    MissingRequiredHeader,
    /// A method that the schema does not know is refused with 405 and `Allow`.
    UnsupportedMethod,
    /// What was deleted is not there any more.
    UseAfterFree,
    /// What was created is there, and is what was written.
    EnsureResourceAvailability,
    /// An operation that needs credentials refuses callers without (or with wrong) ones.
    IgnoredAuth,
}

impl Check {
    /// All, in the order of reports.
    pub const ALL: [Self; 12] = [
        Self::NotAServerError,
        Self::StatusCodeConformance,
        Self::ContentTypeConformance,
        Self::ResponseHeadersConformance,
        Self::ResponseSchemaConformance,
        Self::NegativeDataRejection,
        Self::PositiveDataAcceptance,
        Self::MissingRequiredHeader,
        Self::UnsupportedMethod,
        Self::UseAfterFree,
        Self::EnsureResourceAvailability,
        Self::IgnoredAuth,
    ];

    /// The name on the command line and in reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NotAServerError => "not_a_server_error",
            Self::StatusCodeConformance => "status_code_conformance",
            Self::ContentTypeConformance => "content_type_conformance",
            Self::ResponseHeadersConformance => "response_headers_conformance",
            Self::ResponseSchemaConformance => "response_schema_conformance",
            Self::NegativeDataRejection => "negative_data_rejection",
            Self::PositiveDataAcceptance => "positive_data_acceptance",
            Self::MissingRequiredHeader => "missing_required_header",
            Self::UnsupportedMethod => "unsupported_method",
            Self::UseAfterFree => "use_after_free",
            Self::EnsureResourceAvailability => "ensure_resource_availability",
            Self::IgnoredAuth => "ignored_auth",
        }
    }
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Check {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|check| check.name() == name).ok_or_else(|| format!("there is no check `{name}`"))
    }
}

/// How a check went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// As the schema says.
    Passed,
    /// Not as the schema says.
    Failed {
        /// A line that is the same for the same fault.
        title: String,
        /// The details.
        message: String,
    },
    /// Nothing can be said, for this reason.
    Inconclusive(String),
}
