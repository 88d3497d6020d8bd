//! Every change between two documents, each with what it means for those who call the API.
//!
//! Unlike the release notes ([`crate::notes`]), which follow a tool that overlooks some things, this list is complete
//! for whatever an operation refers to: parameters, bodies, responses and their schemas, all the way down. Which class a
//! change has is decided by its rule ([`rules`]) and by the direction in which the data flows.

mod constraints;
mod documents;
mod operations;
pub mod rules;
mod schemas;
mod security;
mod view;

use documents::Documents;
use rules::{Class, Rule};
use serde::Serialize;
use serde_json::Value;
use vestibule_spec::Document;

/// Which way data flows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// From the caller to the server.
    Request,
    /// From the server to the caller.
    Response,
}

/// A change.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Change {
    /// What it means for callers.
    pub class: Class,
    /// The rule that says so; `vestibule diff --rules` explains it.
    pub rule: &'static str,
    /// The operation, `GET /users/{id}/`; none for what concerns the whole document.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operation: Option<String>,
    /// Where in the operation: `request application/json: user.name`.
    pub location: String,
    /// What happened, in words.
    pub message: String,
    /// What was there before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub old: Option<Value>,
    /// What is there now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new: Option<Value>,
}

/// Compares two documents. The changes are ordered by path, method and location, whatever the order of the documents.
#[must_use]
pub fn compare(old: &Document, new: &Document) -> Vec<Change> {
    let documents = Documents::new(old, new);
    let mut found = Found::default();
    operations::document(&documents, &mut found);
    let mut changes = found.changes;
    changes.sort_by(|a, b| order(a).cmp(&order(b)));
    changes.dedup();
    changes
}

fn order(change: &Change) -> (Option<(&str, &str)>, &str, &str, &str) {
    let operation = change.operation.as_deref().map(|operation| {
        let (method, path) = operation.split_once(' ').unwrap_or(("", operation));
        (path, method)
    });
    (operation, &change.location, change.rule, &change.message)
}

/// The changes found so far, and where the comparison is.
#[derive(Default)]
struct Found {
    changes: Vec<Change>,
    operation: Option<String>,
}

/// A place within an operation.
#[derive(Clone, Debug)]
struct Place {
    direction: Direction,
    location: String,
}

impl Place {
    fn new(direction: Direction, location: impl Into<String>) -> Self {
        Self { direction, location: location.into() }
    }

    /// A place inside a schema: `request application/json: user.name`.
    fn inside(&self, part: &str) -> Self {
        let separator = match (self.location.contains(": "), part.starts_with(['[', '{'])) {
            (false, _) => ": ",
            (true, true) => "",
            (true, false) => ".",
        };
        Self { direction: self.direction, location: format!("{}{separator}{part}", self.location) }
    }
}

impl Found {
    /// Adds a change that means the same in both directions, or whose direction is that of the place.
    fn add(&mut self, rule: &'static Rule, place: &Place, message: String, old: Option<&Value>, new: Option<&Value>) {
        self.changes.push(Change {
            class: rule.class(place.direction),
            rule: rule.id,
            operation: self.operation.clone(),
            location: place.location.clone(),
            message,
            old: old.cloned(),
            new: new.cloned(),
        });
    }

    /// Compares a plain value that is documentation only.
    fn documentation(
        &mut self,
        rule: &'static Rule,
        place: &Place,
        name: &str,
        old: Option<&Value>,
        new: Option<&Value>,
    ) {
        if old != new {
            let verb = match (old, new) {
                (None, _) => "added",
                (_, None) => "removed",
                _ => "changed",
            };
            self.add(rule, place, format!("{name} {verb}"), old, new);
        }
    }
}
