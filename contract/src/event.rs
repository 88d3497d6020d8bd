//! What happens in a run, in order. The engine tells it; reports are made of nothing else.

use crate::check::{Check, Outcome};
use chrono::{DateTime, Utc};
use std::{collections::BTreeMap, fmt, sync::Arc, time::Duration};

/// One thing that happened.
#[derive(Debug, Clone)]
pub enum Event {
    /// The schema is read and the first request is about to be sent.
    RunStarted(RunStarted),
    /// A phase begins; it lasts until its [`Event::PhaseFinished`]. Phases never overlap.
    PhaseStarted(Phase),
    /// Work on an operation begins in the current phase. With several workers, operations overlap.
    OperationStarted {
        /// The current phase.
        phase: Phase,
        /// The operation.
        operation: Arc<OperationInfo>,
    },
    /// A request was sent and its answer was checked.
    Case(Arc<Case>),
    /// A failure, shrunk. Each is told once, however many cases show it.
    Failure(Arc<Failure>),
    /// Work on an operation is over in the current phase.
    OperationFinished {
        /// The current phase.
        phase: Phase,
        /// The operation.
        operation: Arc<OperationInfo>,
        /// How it went.
        outcome: OperationOutcome,
    },
    /// A phase is over.
    PhaseFinished(Phase),
    /// Something that the person who reads the report should know: a phase that had nothing to do, an operation whose
    /// references could not be made.
    Note(String),
    /// The run was stopped (Ctrl-C). What was begun is finished, [`Event::RunFinished`] follows.
    Interrupted,
    /// Nothing follows.
    RunFinished(Stats),
}

/// What is tested.
#[derive(Debug, Clone)]
pub struct RunStarted {
    /// File or URL of the schema.
    pub schema: String,
    /// `title` of the schema, or nothing.
    pub title: String,
    /// `version` of the schema, or nothing.
    pub version: String,
    /// Where requests go.
    pub base: String,
    /// Everything random comes from it.
    pub seed: u64,
    /// The operations that were selected, in the order of the schema.
    pub operations: Vec<Arc<OperationInfo>>,
    /// How many operations the schema has.
    pub operations_in_schema: usize,
    /// The checks that are made.
    pub checks: Vec<Check>,
    /// The phases that are run.
    pub phases: Vec<Phase>,
    /// How many operations are tested at a time.
    pub workers: usize,
    /// When.
    pub started: DateTime<Utc>,
    /// The command line, as it was typed; reports redact it.
    pub command: String,
}

/// An operation of the schema, as reports name it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OperationInfo {
    /// `GET /users/{id}/`: method and path, which together are unique.
    pub label: String,
    /// `operationId`, where there is one.
    pub id: Option<String>,
    /// The method, in capitals.
    pub method: String,
    /// The path of the schema, with its parameters in braces.
    pub path: String,
    /// Its tags.
    pub tags: Vec<String>,
}

/// A part of the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Phase {
    /// Examples that the schema gives.
    Examples,
    /// The boundaries of every constraint, inside and outside, one at a time.
    Coverage,
    /// Random data, valid and invalid.
    Fuzzing,
    /// Objects from their creation to their deletion.
    Stateful,
    /// Who may call what, from the permissions that the schema notes. Not a phase of Schemathesis.
    Authorization,
}

impl Phase {
    /// All, in the order in which they are run.
    pub const ALL: [Self; 5] = [Self::Examples, Self::Coverage, Self::Fuzzing, Self::Stateful, Self::Authorization];

    /// The name on the command line and in reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Examples => "examples",
            Self::Coverage => "coverage",
            Self::Fuzzing => "fuzzing",
            Self::Stateful => "stateful",
            Self::Authorization => "authorization",
        }
    }
}

impl std::str::FromStr for Phase {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|phase| phase.name() == name).ok_or_else(|| format!("there is no phase `{name}`"))
    }
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A request, its answer and what was found.
#[derive(Debug, Clone)]
pub struct Case {
    /// Unique in the run, in the order of sending.
    pub id: u64,
    /// The operation.
    pub operation: Arc<OperationInfo>,
    /// The phase it belongs to.
    pub phase: Phase,
    /// What this case is about, in words: `maxLength of name, one more`.
    pub description: String,
    /// Whether the request keeps to the schema.
    pub kind: Kind,
    /// What was sent.
    pub request: Request,
    /// What came back; nothing when the server could not be reached or did not answer in time.
    pub response: Result<Response, String>,
    /// When it was sent.
    pub started: DateTime<Utc>,
    /// The checks that apply to this case.
    pub checks: Vec<CheckResult>,
}

/// Whether a request keeps to the schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// It does.
    Positive,
    /// It violates one constraint.
    Negative,
}

/// What was sent.
#[derive(Debug, Clone)]
pub struct Request {
    /// The method, in capitals.
    pub method: String,
    /// The whole URL, encoded.
    pub url: String,
    /// Headers in the order of sending. Secrets are in them: reports redact.
    pub headers: Vec<(String, String)>,
    /// The body, if there is one.
    pub body: Option<Vec<u8>>,
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Response {
    /// The status.
    pub status: u16,
    /// `HTTP/1.1` and the like.
    pub version: String,
    /// Headers in the order of arrival. Bytes that are no text are replaced.
    pub headers: Vec<(String, String)>,
    /// The body as it arrived, decompressed.
    pub body: Vec<u8>,
    /// From the first byte sent to the last received.
    pub elapsed: Duration,
}

impl Response {
    /// The first header of a name, which may be in any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

/// A check and how it went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckResult {
    /// The check.
    pub check: Check,
    /// How it went.
    pub outcome: Outcome,
}

/// A check that failed, with the smallest case that shows it.
#[derive(Debug, Clone)]
pub struct Failure {
    /// Counts from 1.
    pub number: usize,
    /// The check.
    pub check: Check,
    /// A line: `Undocumented status 418`.
    pub title: String,
    /// The details, several lines.
    pub message: String,
    /// The smallest case.
    pub case: Arc<Case>,
    /// The cases that led to it, in order, when it took several (stateful).
    pub history: Vec<Arc<Case>>,
    /// One command that sends the smallest case again; for a sequence one line a step. Secrets are in it.
    pub curl: String,
    /// The seed of the run.
    pub seed: u64,
}

/// How an operation went in a phase.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OperationOutcome {
    /// Cases sent.
    pub cases: u64,
    /// Checks made.
    pub checks: u64,
    /// Failures told.
    pub failures: u64,
    /// Why nothing could be sent, if so.
    pub skipped: Option<String>,
    /// How long it took.
    pub elapsed: Duration,
}

/// The figures of a run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stats {
    /// Operations with at least one case.
    pub operations: usize,
    /// Cases sent, those that shrank a failure included.
    pub cases: u64,
    /// Checks made.
    pub checks: u64,
    /// Failures told.
    pub failures: u64,
    /// Requests that got no answer.
    pub errors: u64,
    /// By check.
    pub by_check: BTreeMap<Check, Tally>,
    /// By label of the operation.
    pub by_operation: BTreeMap<String, Tally>,
    /// How long the run took.
    pub elapsed: Duration,
}

/// Outcomes counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Checks that passed (of an operation: cases without a failed check).
    pub passed: u64,
    /// Checks that failed (of an operation: cases with a failed check).
    pub failed: u64,
    /// Nothing can be said (a valid request refused for a reason no schema tells).
    pub inconclusive: u64,
}
