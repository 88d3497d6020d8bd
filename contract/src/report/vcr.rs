//! A cassette: every request with its answer, in the YAML that VCR and Schemathesis write.

use super::{
    Reporter,
    redact::Redaction,
    text::{checks, headers_by_name, mode, moment, reason, recorded, status},
};
use crate::event::{Case, Event};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use std::io::{self, Write};

/// Writes a cassette as the run goes on.
pub struct Vcr<W> {
    out: W,
    redaction: Redaction,
    exact: bool,
}

impl<W: Write + Send> Vcr<W> {
    /// A cassette; with `exact`, bodies are base64 and lose nothing.
    pub fn new(out: W, redaction: Redaction, exact: bool) -> Self {
        Self { out, redaction, exact }
    }

    /// One interaction, with Schemathesis' keys. `operation` and `error` are ours.
    fn interaction(&self, case: &Case) -> Value {
        let mut interaction = json!({
            "id": case.id.to_string(),
            "operation": case.operation.label,
            "status": status(case),
            "generation": { "mode": mode(case.kind) },
            "phase": { "name": case.phase.name(), "data": { "description": self.redaction.text(&case.description) } },
            "recorded_at": moment(case.started),
            "checks": checks(&self.redaction, case),
            "request": {
                "uri": self.redaction.url(&case.request.url),
                "method": case.request.method,
                "headers": headers_by_name(&self.redaction, &case.request.headers),
            },
        });
        if let Some(body) = &case.request.body {
            interaction["request"]["body"] = self.body(body);
        }
        match &case.response {
            Ok(response) => {
                let mut answer = json!({
                    "status": { "code": response.status.to_string(), "message": reason(response.status) },
                    "elapsed": response.elapsed.as_secs_f64().to_string(),
                    "headers": headers_by_name(&self.redaction, &response.headers),
                    "body": self.body(&response.body),
                    "http_version": response.version.trim_start_matches("HTTP/"),
                });
                if let (_, Some(length)) = recorded(&response.body) {
                    answer["truncated_from"] = json!(length);
                }
                interaction["response"] = answer;
            }
            Err(reason) => {
                interaction["response"] = Value::Null;
                interaction["error"] = json!(self.redaction.text(reason));
            }
        }
        interaction
    }

    fn body(&self, body: &[u8]) -> Value {
        let body = self.redaction.body(body);
        let (body, _) = recorded(&body);
        match std::str::from_utf8(body) {
            Ok(text) if !self.exact => json!({ "encoding": "utf-8", "string": text }),
            Err(_) if !self.exact => json!({ "encoding": "utf-8", "string": String::from_utf8_lossy(body) }),
            _ => json!({ "encoding": "utf-8", "base64_string": STANDARD.encode(body) }),
        }
    }
}

impl<W: Write + Send> Reporter for Vcr<W> {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        match event {
            Event::RunStarted(run) => {
                let head = json!({
                    "command": self.redaction.command(&run.command),
                    "recorded_with": concat!("Vestibule ", env!("CARGO_PKG_VERSION")),
                    "seed": run.seed,
                });
                yaml(&mut self.out, &head)?;
                writeln!(self.out, "http_interactions:")
            }
            // A list of one item is an item of the list above it.
            Event::Case(case) => {
                let item = json!([self.interaction(case)]);
                yaml(&mut self.out, &item)
            }
            Event::RunFinished(_) => self.out.flush(),
            _ => Ok(()),
        }
    }
}

fn yaml(out: &mut impl Write, value: &Value) -> io::Result<()> {
    yaml_serde::to_writer(out, value).map_err(io::Error::other)
}
