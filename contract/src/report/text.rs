//! What several reports say in the same way.

use super::redact::{Redaction, steps};
use crate::{
    check::Outcome,
    event::{Case, CheckResult, Failure, Kind, Response},
};
use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Map, Value, json};
use std::borrow::Cow;

/// Bodies that are longer are cut in files that keep every case, with a note of their length.
pub(super) const RECORDED: usize = 1 << 20;

/// Bodies that are longer are cut on terminals and in logs, in characters.
const READABLE: usize = 600;

/// How a case went, in Schemathesis' words.
pub(super) fn status(case: &Case) -> &'static str {
    match &case.response {
        Err(_) => "ERROR",
        Ok(_) if case.checks.iter().any(|c| matches!(c.outcome, Outcome::Failed { .. })) => "FAILURE",
        Ok(_) if case.checks.is_empty() => "SKIP",
        Ok(_) => "SUCCESS",
    }
}

/// A check's result: its status in Schemathesis' words and what is said about it.
fn outcome(outcome: &Outcome) -> (&'static str, Option<&str>) {
    match outcome {
        Outcome::Passed => ("SUCCESS", None),
        Outcome::Failed { title, .. } => ("FAILURE", Some(title)),
        Outcome::Inconclusive(reason) => ("SKIP", Some(reason)),
    }
}

/// The checks of a case with the keys that Schemathesis gives them.
pub(super) fn checks(redaction: &Redaction, case: &Case) -> Vec<Value> {
    let check = |result: &CheckResult| {
        let (status, message) = outcome(&result.outcome);
        json!({ "name": result.check.name(), "status": status, "message": message.map(|m| redaction.text(m)) })
    };
    case.checks.iter().map(check).collect()
}

/// Headers by name, each with all its values.
pub(super) fn headers_by_name(redaction: &Redaction, headers: &[(String, String)]) -> Value {
    let mut by_name = Map::new();
    for (name, value) in headers {
        let value = json!(redaction.header(name, value));
        if let Value::Array(values) = by_name.entry(name.clone()).or_insert_with(|| json!([])) {
            values.push(value);
        }
    }
    Value::Object(by_name)
}

/// Whether a request keeps to the schema, in Schemathesis' words.
pub(super) const fn mode(kind: Kind) -> &'static str {
    match kind {
        Kind::Positive => "positive",
        Kind::Negative => "negative",
    }
}

/// The words that belong to a status: `Not Found`.
pub(super) fn reason(status: u16) -> &'static str {
    reqwest::StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason()).unwrap_or("Unknown")
}

/// A moment as RFC 3339 writes it.
pub(super) fn moment(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// What is recorded of a body, and its length when that is not all.
pub(super) fn recorded(body: &[u8]) -> (&[u8], Option<usize>) {
    match body.get(..RECORDED) {
        Some(start) if body.len() > RECORDED => (start, Some(body.len())),
        _ => (body, None),
    }
}

/// A text without characters that make a terminal do something.
pub(super) fn harmless(text: &str) -> Cow<'_, str> {
    let acts = |c: char| c.is_control() && c != '\n' && c != '\t';
    if !text.contains(acts) {
        return text.into();
    }
    let escape = |c: char| if acts(c) { c.escape_default().to_string() } else { c.to_string() };
    text.replace("\r\n", "\n").chars().map(escape).collect::<String>().into()
}

/// A body for people: text of so many characters at most, or how many bytes it has.
pub(super) fn readable<'a>(redaction: &Redaction, body: &'a [u8], most: usize) -> Cow<'a, str> {
    let body = match redaction.body(body) {
        Cow::Borrowed(body) => match std::str::from_utf8(body) {
            Ok(text) => Cow::Borrowed(text),
            Err(_) => return format!("({} bytes that are not text)", body.len()).into(),
        },
        Cow::Owned(body) => Cow::Owned(String::from_utf8_lossy(&body).into_owned()),
    };
    match body.char_indices().nth(most) {
        Some((at, _)) => format!("{}… ({} bytes)", &body[..at], body.len()).into(),
        None => body,
    }
}

/// An answer in one line: `404 Not Found`.
pub(super) fn answered(response: &Result<Response, String>) -> String {
    match response {
        Ok(response) => format!("{} {}", response.status, reason(response.status)),
        Err(reason) => format!("no answer: {reason}"),
    }
}

/// A failure with everything that is needed to understand and to repeat it, for terminals and logs.
pub(super) fn describe(redaction: &Redaction, failure: &Failure) -> String {
    let mut text = format!("{} ({})\n", harmless(&redaction.text(&failure.title)), failure.check);
    let mut section = |heading: &str, content: &str| {
        if !content.is_empty() {
            text.push_str(&format!("\n{heading}\n{}\n", indented(&harmless(content))));
        }
    };
    section("What:", &redaction.text(&failure.message));
    section("Case:", &redaction.text(&failure.case.description));
    let body = failure.case.response.as_ref().map(|r| readable(redaction, &r.body, READABLE)).unwrap_or_default();
    section(
        &format!("Answer: {}", redaction.text(&answered(&failure.case.response))),
        if body.is_empty() { "(empty)" } else { &body },
    );
    let heading = if steps(failure).count() > 1 { "Repeat it, step by step:" } else { "Repeat it:" };
    section(heading, &redaction.curl_of(failure));
    text
}

/// A text with its lines moved to the right.
pub(super) fn indented(text: &str) -> String {
    text.lines()
        .map(|line| if line.is_empty() { String::new() } else { format!("    {line}") })
        .collect::<Vec<_>>()
        .join("\n")
}

/// A number as people read it: `12,345`.
pub(super) fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let grouped: Vec<&str> =
        digits.as_bytes().rchunks(3).rev().filter_map(|group| std::str::from_utf8(group).ok()).collect();
    grouped.join(",")
}

/// `1 case`, `2 cases`.
pub(super) fn counted(number: u64, one: &str) -> String {
    let plural = format!("{one}s");
    format!("{} {}", thousands(number), if number == 1 { one } else { &plural })
}

/// A duration for people: `0.8 s`, `2 min 05 s`.
pub(super) fn lasted(duration: std::time::Duration) -> String {
    let seconds = duration.as_secs();
    if seconds < 60 {
        format!("{:.1} s", duration.as_secs_f64())
    } else {
        format!("{} min {:02} s", seconds / 60, seconds % 60)
    }
}
