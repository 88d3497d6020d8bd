//! What a run is asked to do.

use crate::{check::Check, event::Phase, filter::Filter, hints::Hints, transport::Rate};
use std::time::Duration;

/// What a run is asked to do.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where requests go: what stands before the paths of the schema.
    pub base: String,
    /// Sent with every request; credentials are among them.
    pub headers: Vec<(String, String)>,
    /// Callers for the authorisation matrix: `plain` and names of permissions, with their bearer tokens.
    pub principals: Vec<(String, String)>,
    /// Which operations.
    pub filter: Filter,
    /// Which checks.
    pub checks: Vec<Check>,
    /// Which phases.
    pub phases: Vec<Phase>,
    /// Random requests an operation.
    pub max_examples: u32,
    /// The run ends after so many failures.
    pub max_failures: Option<u64>,
    /// Everything random comes from it.
    pub seed: u64,
    /// Operations at a time.
    pub workers: usize,
    /// Requests in a time.
    pub rate_limit: Option<Rate>,
    /// How long an answer may take.
    pub request_timeout: Duration,
    /// Statuses that any operation may answer, whether the schema lists them or not.
    pub allowed_statuses: Vec<u16>,
    /// Change and delete objects that were there before the run, too.
    pub destructive: bool,
    /// Do not look for the smallest case that shows a failure.
    pub no_shrink: bool,
    /// What no schema tells.
    pub hints: Hints,
    /// The command line, for reports.
    pub command: String,
}

impl Settings {
    /// All checks and phases against a server, with little of everything.
    pub fn new(base: impl Into<String>) -> Self {
        Self {
            base: base.into(),
            headers: Vec::new(),
            principals: Vec::new(),
            filter: Filter::default(),
            checks: Check::ALL.to_vec(),
            phases: Phase::ALL.to_vec(),
            max_examples: 100,
            max_failures: None,
            seed: 0,
            workers: 1,
            rate_limit: None,
            request_timeout: Duration::from_secs(10),
            allowed_statuses: Vec::new(),
            destructive: false,
            no_shrink: false,
            hints: Hints::default(),
            command: String::new(),
        }
    }

    /// Adds the bearer token of the caller.
    pub fn token(mut self, token: &str) -> Self {
        self.headers.push(("authorization".into(), format!("Bearer {token}")));
        self
    }
}
