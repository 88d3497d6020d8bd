//! Reports of changes in their three forms: for people at a terminal, for programs, and as a page.

mod html;
mod json;
mod text;

pub use html::html;
pub use json::json;
pub use text::{rules, text};

use crate::changes::{Change, rules::Class};

/// A change, and why it is accepted, if it is.
pub type Judged<'a> = (&'a Change, Option<&'a str>);

/// What to report.
#[derive(Debug)]
pub struct Report<'a> {
    /// The older document, as the user wrote it.
    pub old: &'a str,
    /// The newer one.
    pub new: &'a str,
    /// The changes, each with why it is accepted, if it is.
    pub changes: Vec<Judged<'a>>,
}

impl<'a> Report<'a> {
    /// How many changes of a class there are.
    fn count(&self, class: Class) -> usize {
        self.changes.iter().filter(|(change, _)| change.class == class).count()
    }

    /// `12 changes: 3 breaking, 9 compatible`.
    fn summary(&self) -> String {
        let total = self.changes.len();
        if total == 0 {
            return String::from("no changes");
        }
        let classes: Vec<String> = Class::ALL
            .iter()
            .filter(|class| self.count(**class) > 0)
            .map(|class| format!("{} {class}", self.count(*class)))
            .collect();
        format!("{total} change{}: {}", if total == 1 { "" } else { "s" }, classes.join(", "))
    }

    /// The changes by operation, in their order.
    fn groups(&self) -> Vec<(&'a str, Vec<Judged<'a>>)> {
        let mut groups: Vec<(&str, Vec<_>)> = Vec::new();
        for (change, allowed) in &self.changes {
            let name = change.operation.as_deref().unwrap_or("the whole document");
            match groups.last_mut() {
                Some((last, group)) if *last == name => group.push((*change, *allowed)),
                _ => groups.push((name, vec![(*change, *allowed)])),
            }
        }
        groups
    }
}
