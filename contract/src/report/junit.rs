//! JUnit XML: one test case an operation, as Schemathesis writes it, so that CI systems show which operation failed and why.

use super::{
    Reporter,
    redact::Redaction,
    text::{describe, moment},
};
use crate::event::{Event, Failure, OperationInfo, RunStarted};
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};
use std::{
    collections::HashMap,
    io::{self, Write},
    sync::Arc,
    time::Duration,
};

/// Gathers what happened to each operation, and writes it in the end.
pub struct Junit<W> {
    out: W,
    redaction: Redaction,
    run: Option<RunStarted>,
    seen: HashMap<String, Seen>,
}

/// What happened to an operation in all phases.
#[derive(Default)]
struct Seen {
    elapsed: Duration,
    failures: Vec<Arc<Failure>>,
    /// A phase that sent something.
    tested: bool,
    /// Why a phase sent nothing.
    skipped: Option<String>,
    /// Requests without an answer.
    unanswered: Option<String>,
}

impl<W: Write + Send> Junit<W> {
    /// XML to a file.
    pub fn new(out: W, redaction: Redaction) -> Self {
        Self { out, redaction, run: None, seen: HashMap::new() }
    }

    fn seen(&mut self, operation: &OperationInfo) -> &mut Seen {
        self.seen.entry(operation.label.clone()).or_default()
    }

    fn test_case(&self, operation: &OperationInfo) -> TestCase {
        let nothing = Seen::default();
        let seen = self.seen.get(&operation.label).unwrap_or(&nothing);
        let unsuccessful = |kind, message: String, text: String| {
            let mut status = TestCaseStatus::non_success(kind);
            let name = if kind == NonSuccessKind::Failure { "failure" } else { "error" };
            status.set_message(message).set_type(name).set_description(text);
            status
        };
        let status = if !seen.failures.is_empty() {
            let mut names: Vec<&str> = seen.failures.iter().map(|failure| failure.check.name()).collect();
            names.sort_unstable();
            names.dedup();
            let texts = seen.failures.iter().enumerate();
            let texts = texts.map(|(index, failure)| format!("{}. {}", index + 1, describe(&self.redaction, failure)));
            unsuccessful(NonSuccessKind::Failure, names.join(", "), texts.collect::<Vec<_>>().join("\n"))
        } else if let Some(reason) = &seen.unanswered {
            let reason = self.redaction.text(reason).into_owned();
            unsuccessful(NonSuccessKind::Error, "no answer".into(), reason)
        } else if seen.tested {
            TestCaseStatus::success()
        } else {
            let mut status = TestCaseStatus::skipped();
            let reason = seen.skipped.as_deref().unwrap_or("no phase sent anything");
            status.set_message(self.redaction.text(reason));
            status
        };
        let mut case = TestCase::new(operation.label.as_str(), status);
        case.set_time(seen.elapsed);
        if let Some(tag) = operation.tags.first() {
            case.set_classname(tag.as_str());
        }
        case
    }
}

impl<W: Write + Send> Reporter for Junit<W> {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        match event {
            Event::RunStarted(run) => self.run = Some(run.clone()),
            Event::Case(case) => {
                if let Err(reason) = &case.response {
                    self.seen(&case.operation).unanswered.get_or_insert_with(|| reason.clone());
                }
            }
            Event::Failure(failure) => self.seen(&failure.case.operation).failures.push(failure.clone()),
            Event::OperationFinished { operation, outcome, .. } => {
                let seen = self.seen(operation);
                seen.elapsed += outcome.elapsed;
                seen.tested |= outcome.cases > 0;
                if seen.skipped.is_none() {
                    seen.skipped.clone_from(&outcome.skipped);
                }
            }
            Event::RunFinished(stats) => {
                let Some(run) = &self.run else { return Ok(()) };
                let mut suite = TestSuite::new("vestibule contract");
                suite.set_time(stats.elapsed);
                suite.add_property(("seed", run.seed.to_string().as_str()));
                suite.add_property(("started", moment(run.started).as_str()));
                suite.add_test_cases(run.operations.iter().map(|operation| self.test_case(operation)));
                let mut report = Report::new(run.title.as_str());
                report.set_time(stats.elapsed);
                report.add_test_suite(suite);
                report.serialize(&mut self.out).map_err(io::Error::other)?;
                self.out.flush()?;
            }
            _ => {}
        }
        Ok(())
    }
}
