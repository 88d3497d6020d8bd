//! Everything that happened, one JSON object a line, for programs.
//!
//! Each object has one key that names the event: `Initialize`, `EngineStarted`, `PhaseStarted`, `ScenarioStarted` (an operation
//! in a phase), `ScenarioFinished`, `PhaseFinished`, `Interrupted` and `EngineFinished` as in Schemathesis. `Interaction` (a
//! request with its answer and checks), `Failure` and `Note` are ours: they come when they happen, where Schemathesis gathers
//! them in the end of a scenario.

use super::{
    Reporter,
    redact::Redaction,
    text::{checks, headers_by_name, mode, moment, recorded, status},
};
use crate::event::{Case, Event, Failure, RunStarted, Stats, Tally};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Map, Value, json};
use std::io::{self, Write};

/// Writes events as they come.
pub struct Ndjson<W> {
    out: W,
    redaction: Redaction,
}

impl<W: Write + Send> Ndjson<W> {
    /// Lines to a file.
    pub fn new(out: W, redaction: Redaction) -> Self {
        Self { out, redaction }
    }

    fn line(&mut self, name: &str, content: &Value) -> io::Result<()> {
        writeln!(self.out, r#"{{"{name}":{content}}}"#)
    }

    fn started(&mut self, run: &RunStarted) -> io::Result<()> {
        let initialize = json!({
            "command": self.redaction.command(&run.command),
            "vestibule_version": env!("CARGO_PKG_VERSION"),
            "seed": run.seed,
        });
        self.line("Initialize", &initialize)?;
        let content = json!({
            "timestamp": moment(run.started),
            "schema": self.redaction.url(&run.schema),
            "title": run.title,
            "version": run.version,
            "base_url": self.redaction.url(&run.base),
            "operations": run.operations.iter().map(|operation| &operation.label).collect::<Vec<_>>(),
            "operations_in_schema": run.operations_in_schema,
            "checks": run.checks.iter().map(|check| check.name()).collect::<Vec<_>>(),
            "phases": run.phases.iter().map(|phase| phase.name()).collect::<Vec<_>>(),
            "workers": run.workers,
        });
        self.line("EngineStarted", &content)
    }

    fn interaction(&self, case: &Case) -> Value {
        let mut request = json!({
            "method": case.request.method,
            "uri": self.redaction.url(&case.request.url),
            "headers": headers_by_name(&self.redaction, &case.request.headers),
        });
        if let Some(body) = &case.request.body {
            request["body"] = self.body(body);
        }
        let response = match &case.response {
            Ok(response) => {
                let mut answer = json!({
                    "status_code": response.status,
                    "headers": headers_by_name(&self.redaction, &response.headers),
                    "content": self.body(&response.body),
                    "elapsed": response.elapsed.as_secs_f64(),
                });
                if let (_, Some(length)) = recorded(&response.body) {
                    answer["content_size"] = json!(length);
                }
                answer
            }
            Err(reason) => json!({ "error": self.redaction.text(reason) }),
        };
        json!({
            "id": case.id,
            "label": case.operation.label,
            "phase": case.phase.name(),
            "description": self.redaction.text(&case.description),
            "mode": mode(case.kind),
            "timestamp": moment(case.started),
            "status": status(case),
            "request": request,
            "response": response,
            "checks": checks(&self.redaction, case),
        })
    }

    fn failure(&self, failure: &Failure) -> Value {
        json!({
            "number": failure.number,
            "check": failure.check.name(),
            "operation": failure.case.operation.label,
            "title": self.redaction.text(&failure.title),
            "message": self.redaction.text(&failure.message),
            "case": self.interaction(&failure.case),
            "history": failure.history.iter().map(|case| case.id).collect::<Vec<_>>(),
            "curl": self.redaction.curl_of(failure),
            "seed": failure.seed,
        })
    }

    fn body(&self, body: &[u8]) -> Value {
        json!({ "$base64": STANDARD.encode(recorded(&self.redaction.body(body)).0) })
    }
}

impl<W: Write + Send> Reporter for Ndjson<W> {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        match event {
            Event::RunStarted(run) => self.started(run)?,
            Event::PhaseStarted(phase) => self.line("PhaseStarted", &json!({ "phase": phase.name() }))?,
            Event::OperationStarted { phase, operation } => {
                self.line("ScenarioStarted", &json!({ "phase": phase.name(), "label": operation.label }))?;
            }
            Event::Case(case) => self.line("Interaction", &self.interaction(case))?,
            Event::Failure(failure) => self.line("Failure", &self.failure(failure))?,
            Event::OperationFinished { phase, operation, outcome } => {
                let content = json!({
                    "phase": phase.name(),
                    "label": operation.label,
                    "status": match (outcome.failures, &outcome.skipped) {
                        (0, None) => "SUCCESS",
                        (0, Some(_)) => "SKIP",
                        _ => "FAILURE",
                    },
                    "cases": outcome.cases,
                    "checks": outcome.checks,
                    "failures": outcome.failures,
                    "skip_reason": outcome.skipped.as_deref().map(|reason| self.redaction.text(reason)),
                    "elapsed_time": outcome.elapsed.as_secs_f64(),
                });
                self.line("ScenarioFinished", &content)?;
            }
            Event::PhaseFinished(phase) => {
                self.line("PhaseFinished", &json!({ "phase": phase.name() }))?;
                // Whoever reads along gets at least a phase at a time.
                self.out.flush()?;
            }
            Event::Note(note) => self.line("Note", &json!({ "text": self.redaction.text(note) }))?,
            Event::Interrupted => self.line("Interrupted", &json!({}))?,
            Event::RunFinished(stats) => {
                self.line("EngineFinished", &statistics(stats))?;
                self.out.flush()?;
            }
        }
        Ok(())
    }
}

/// The figures of a run.
fn statistics(stats: &Stats) -> Value {
    let tally =
        |tally: &Tally| json!({ "passed": tally.passed, "failed": tally.failed, "inconclusive": tally.inconclusive });
    let by_check = stats.by_check.iter().map(|(check, counted)| (check.name().to_owned(), tally(counted)));
    let by_operation = stats.by_operation.iter().map(|(label, counted)| (label.clone(), tally(counted)));
    json!({
        "operations": stats.operations,
        "cases": stats.cases,
        "checks": stats.checks,
        "failures": stats.failures,
        "errors": stats.errors,
        "by_check": by_check.collect::<Map<_, _>>(),
        "by_operation": by_operation.collect::<Map<_, _>>(),
        "running_time": stats.elapsed.as_secs_f64(),
    })
}
