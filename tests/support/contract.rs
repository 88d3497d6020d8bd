//! Every answer against `schema.yml`, by the code of `vestibule contract`: is the status documented, is the type right, does
//! the body fit?

use super::principal::Answer;
use reqwest::{Method, header::HeaderValue};
use serde_json::Value;
use std::sync::LazyLock;
use vestibule_api::{OPERATIONS, Operation};
use vestibule_contract::{
    conformance::{self, Conformance},
    load::Document,
};

/// Answers that any operation may give, with a `detail`, whether documented or not.
const GENERIC: &[u16] = &[404, 405, 406, 413, 415, 429, 500, 501, 503];

/// The text of the contract.
static TEXT: LazyLock<String> =
    LazyLock::new(|| std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/schema.yml")).unwrap());

/// The contract.
pub(crate) static SCHEMA: LazyLock<Value> = LazyLock::new(|| yaml_serde::from_str(&TEXT).unwrap());

/// What answers are checked against.
static CONFORMANCE: LazyLock<Conformance> =
    LazyLock::new(|| Conformance::new(Document::parse("schema.yml", &TEXT).unwrap()));

/// The operation behind a method and path (below `/api/v3`, with or without query).
pub(crate) fn operation(method: &Method, path: &str) -> Option<&'static Operation> {
    let method = if method == Method::HEAD { &Method::GET } else { method };
    let path = path.split('?').next().unwrap_or_default();
    let fits = |o: &&Operation| {
        let (mut template, mut segments) = (o.path.split('/'), path.split('/'));
        o.method == *method
            && template.by_ref().zip(segments.by_ref()).all(|(t, s)| t == s || (t.starts_with('{') && !s.is_empty()))
            && o.path.split('/').count() == path.split('/').count()
    };
    // A literal segment goes before a parameter.
    OPERATIONS.iter().filter(fits).min_by_key(|o| o.path.matches('{').count())
}

/// What does not fit, if anything.
pub(crate) fn verdict(method: &Method, path: &str, answer: &Answer) -> Result<(), String> {
    let status = answer.status.as_u16();
    if *method == Method::HEAD {
        return if answer.bytes.is_empty() { Ok(()) } else { Err("a body where none may be".into()) };
    }
    let Some(operation) = operation(method, path).filter(|_| !GENERIC.contains(&status)) else {
        // Not described: OPTIONS, unknown paths, wrong methods, and errors of the server itself.
        if status >= 400 && answer.body["detail"].as_str().is_none_or(str::is_empty) {
            return Err("an error without `detail`".into());
        }
        return Ok(());
    };
    // A body that cannot be read at all never reaches the operation, whatever its errors look like.
    let detail = answer.body.as_object().filter(|o| o.len() == 1).and_then(|o| o.get("detail")?.as_str());
    if status == 400 && detail.is_some_and(|text| text.contains("parse error - ")) {
        return Ok(());
    }
    // The contract promises the result of an import under 204, which has no body; the reference answers it under 200. The
    // same result is described under 400.
    let status = if (operation.id, status) == ("flows_instances_import_create", 200) { 400 } else { status };
    check(&CONFORMANCE, operation.path, operation.method.as_str(), status, answer)
}

/// The same for an answer beside the admin API, against the specification of those.
pub(crate) fn verdict_beside(specification: &str, method: &Method, path: &str, answer: &Answer) -> Result<(), String> {
    if answer.header("x-content-type-options") != "nosniff" {
        return Err("browsers may guess what it is".into());
    }
    let conformance = Conformance::new(Document::parse("/-/openapi.json", specification).unwrap());
    let path = path.split('?').next().unwrap_or_default();
    // Below `/-/`, the slash at the end may be left out.
    let slashed = format!("{path}/");
    let found = conformance.path(path).or_else(|| conformance.path(&slashed).filter(|_| path.starts_with("/-/")));
    let (status, head) = (answer.status.as_u16(), *method == Method::HEAD);
    let method = if head { "get" } else { &method.as_str().to_lowercase() };
    let Some((described, _)) = found.filter(|(_, item)| item.get(method).is_some()) else {
        let expected = if found.is_some() { 405 } else { 404 };
        let told = status == expected && (head || answer.body["detail"].is_string());
        return if told { Ok(()) } else { Err(format!("neither described nor {expected} with `detail`")) };
    };
    if !head {
        return check(&conformance, described, method, status, answer);
    }
    let fits = conformance.response(described, method, status).is_some() && answer.bytes.is_empty();
    if fits { Ok(()) } else { Err("not a GET without its body".into()) }
}

fn check(conformance: &Conformance, path: &str, method: &str, status: u16, answer: &Answer) -> Result<(), String> {
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let headers: Vec<(String, String)> =
        answer.headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect();
    let answer = conformance::Answer { status, headers: &headers, body: &answer.bytes };
    let findings = conformance.check(path, method, answer);
    let findings: Vec<String> =
        findings.into_iter().map(|finding| format!("{}: {}", finding.title, finding.message)).collect();
    if findings.is_empty() { Ok(()) } else { Err(findings.join("\n")) }
}
