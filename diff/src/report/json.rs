//! Reports for programs.

use super::Report;
use crate::changes::{Change, rules::Class};
use serde::Serialize;
use std::collections::BTreeMap;

#[derive(Serialize)]
struct Json<'a> {
    old: &'a str,
    new: &'a str,
    summary: BTreeMap<String, usize>,
    changes: Vec<One<'a>>,
}

#[derive(Serialize)]
struct One<'a> {
    #[serde(flatten)]
    change: &'a Change,
    #[serde(skip_serializing_if = "Option::is_none")]
    accepted: Option<&'a str>,
}

/// The report as one JSON object.
pub fn json(report: &Report<'_>) -> serde_json::Result<String> {
    let summary = Class::ALL.iter().map(|class| (class.to_string(), report.count(*class))).collect();
    let changes = report.changes.iter().map(|(change, accepted)| One { change, accepted: *accepted }).collect();
    let json = Json { old: report.old, new: report.new, summary, changes };
    Ok(serde_json::to_string_pretty(&json)? + "\n")
}
