//! Changes that somebody has looked at and accepted.
//!
//! ```yaml
//! - rule: property-removed
//!   operation: GET /users/{id}/   # `*` stands for anything; without it every operation is meant
//!   location: "response 200 *: legacy_id"
//!   reason: nobody has used it since 2022
//! ```

use crate::changes::Change;
use serde::Deserialize;
use std::fs;
use vestibule_spec::{Error, Position, locate};

/// An accepted change, or several that look alike.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The rule of the change.
    pub rule: String,
    /// The operation; anything if left out.
    #[serde(default = "anything")]
    pub operation: String,
    /// The location; anything if left out.
    #[serde(default = "anything")]
    pub location: String,
    /// Why it is accepted.
    pub reason: String,
}

fn anything() -> String {
    String::from("*")
}

/// The entries of a file.
#[derive(Debug, Default)]
pub struct AllowList {
    source: String,
    text: String,
    entries: Vec<Entry>,
}

impl AllowList {
    /// Reads a file.
    pub fn load(path: &str) -> Result<Self, Error> {
        let failed = |reason: String, position| Error { source: path.to_owned(), position, reason };
        let text = fs::read_to_string(path).map_err(|error| failed(format!("cannot be read: {error}"), None))?;
        let entries: Option<Vec<Entry>> = yaml_serde::from_str(&text).map_err(|error| {
            let position = error.location().map(|at| Position { line: at.line(), column: at.column() });
            let message = error.to_string();
            failed(message.split(" at line ").next().unwrap_or_default().to_owned(), position)
        })?;
        let list = Self { source: path.to_owned(), text, entries: entries.unwrap_or_default() };
        for (index, entry) in list.entries.iter().enumerate() {
            if entry.reason.trim().is_empty() {
                return Err(list.error(index, "an accepted change needs a reason"));
            }
            if !crate::changes::rules::ALL.iter().any(|rule| rule.id == entry.rule) {
                return Err(list.error(index, &format!("there is no rule `{}`; `--rules` lists all", entry.rule)));
            }
        }
        Ok(list)
    }

    /// For each change why it is accepted, if it is. An entry that is of no use is an error: it would hide the next
    /// change that looks like it.
    pub fn judge(&self, changes: &[Change]) -> Result<Vec<Option<String>>, Error> {
        let mut used = vec![false; self.entries.len()];
        let mut judge = |change: &Change| {
            let mut reason = None;
            for (index, entry) in self.entries.iter().enumerate().filter(|(_, entry)| entry.accepts(change)) {
                used[index] = true;
                reason.get_or_insert_with(|| entry.reason.clone());
            }
            reason
        };
        let verdicts = changes.iter().map(&mut judge).collect();
        match used.iter().position(|used| !used) {
            Some(index) => Err(self.error(index, "no change matches this entry, remove it")),
            None => Ok(verdicts),
        }
    }

    fn error(&self, index: usize, reason: &str) -> Error {
        let position = locate(&self.text, &format!("/{index}"));
        Error { source: self.source.clone(), position, reason: reason.to_owned() }
    }
}

impl Entry {
    fn accepts(&self, change: &Change) -> bool {
        self.rule == change.rule
            && matches(&self.operation, change.operation.as_deref().unwrap_or_default())
            && matches(&self.location, &change.location)
    }
}

/// Whether a text matches a pattern in which `*` stands for anything.
fn matches(pattern: &str, text: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(mut text) = text.strip_prefix(first) else { return false };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let last = parts.pop().unwrap_or_default();
    for part in parts {
        match text.find(part) {
            Some(at) => text = &text[at + part.len()..],
            None => return false,
        }
    }
    text.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn stars_stand_for_anything() {
        for (pattern, text, expected) in [
            ("a", "a", true),
            ("a", "ab", false),
            ("*", "", true),
            ("GET /*", "GET /users/", true),
            ("* /users/", "GET /users/", true),
            ("a*c*e", "abcde", true),
            ("a*c*e", "abde", false),
            ("ab*ba", "aba", false),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
        }
    }
}
