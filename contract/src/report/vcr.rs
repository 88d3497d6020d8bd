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
                block(&mut self.out, &head, "")?;
                writeln!(self.out, "http_interactions:")
            }
            // A list of one item is an item of the list above it.
            Event::Case(case) => {
                let item = json!([self.interaction(case)]);
                block(&mut self.out, &item, "")
            }
            Event::RunFinished(_) => self.out.flush(),
            _ => Ok(()),
        }
    }
}

/// Writes a value in the block style of YAML. Every text is in double quotes: readers of YAML 1.1, of which there are more
/// than of 1.2, take `12:30:45` for a number and `2024-06-01` for a day.
fn block(out: &mut impl Write, value: &Value, indent: &str) -> io::Result<()> {
    let deeper = format!("{indent}  ");
    match value {
        Value::Object(object) => {
            for (index, (name, value)) in object.iter().enumerate() {
                // The first line of an item stands behind its dash.
                let margin = if index == 0 { "" } else { indent };
                let plain = name.chars().all(|c| c.is_ascii_lowercase() || c == '_');
                let name = if plain { name.clone() } else { quoted(name) };
                write!(out, "{margin}{name}:")?;
                inner(out, value, &deeper)?;
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                write!(out, "{}- ", if index == 0 { "" } else { indent })?;
                block(out, item, &deeper)?;
            }
        }
        Value::String(text) => writeln!(out, "{}", quoted(text))?,
        other => writeln!(out, "{other}")?,
    }
    Ok(())
}

/// A value behind its name: on the same line, or below and deeper.
fn inner(out: &mut impl Write, value: &Value, indent: &str) -> io::Result<()> {
    match value {
        Value::Object(object) if object.is_empty() => writeln!(out, " {{}}"),
        Value::Array(items) if items.is_empty() => writeln!(out, " []"),
        Value::Object(_) | Value::Array(_) => {
            write!(out, "\n{indent}")?;
            block(out, value, indent)
        }
        _ => {
            out.write_all(b" ")?;
            block(out, value, indent)
        }
    }
}

/// A text as JSON writes it, which YAML reads, without the characters that YAML wants escaped and JSON does not.
fn quoted(text: &str) -> String {
    let special =
        |c: char| matches!(c, '\u{7f}'..='\u{9f}' | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}');
    let json = Value::from(text).to_string();
    if !json.contains(special) {
        return json;
    }
    json.chars().map(|c| if special(c) { format!("\\u{:04x}", u32::from(c)) } else { c.to_string() }).collect()
}
