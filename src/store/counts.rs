//! Numbers of rows, remembered while the database does not change.

use sea_query::Values;
use std::{
    collections::HashMap,
    fmt::Debug,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// How many are remembered. There are as many as lists with other filters.
const CAPACITY: usize = 1_000;

/// Remembered numbers, each with the state of the database in which it was counted. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(super) struct Counts<Version = String>(Arc<Mutex<HashMap<String, (Version, i64)>>>);

impl<Version: PartialEq> Counts<Version> {
    fn entries(&self) -> MutexGuard<'_, HashMap<String, (Version, i64)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The number for a statement, if it was counted in this state.
    pub(super) fn get(&self, key: &str, version: &Version) -> Option<i64> {
        self.entries().get(key).filter(|(known, _)| known == version).map(|(_, number)| *number)
    }

    /// Remembers a number. The state must have been asked for before counting: then a change in between makes the entry
    /// useless rather than wrong.
    pub(super) fn set(&self, key: String, version: Version, number: i64) {
        let mut entries = self.entries();
        if entries.len() >= CAPACITY {
            entries.retain(|_, (known, _)| *known == version);
        }
        if entries.len() < CAPACITY {
            entries.insert(key, (version, number));
        }
    }
}

/// What tells a statement from others.
pub(super) fn key(sql: &str, values: &Values) -> String {
    if values.0.is_empty() { sql.to_owned() } else { format!("{sql} {values:?}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_holds_for_its_state_only() {
        let counts = Counts::default();
        counts.set("a".into(), 1, 10);
        assert_eq!((counts.get("a", &1), counts.get("a", &2), counts.get("b", &1)), (Some(10), None, None));
        counts.set("a".into(), 2, 11);
        assert_eq!((counts.get("a", &1), counts.get("a", &2)), (None, Some(11)));
    }

    #[test]
    fn old_numbers_make_room() {
        let counts = Counts::default();
        (0..CAPACITY).for_each(|n| counts.set(n.to_string(), 1, 0));
        counts.set("one too many".into(), 1, 0);
        assert_eq!(counts.get("one too many", &1), None);
        counts.set("of a new state".into(), 2, 5);
        assert_eq!((counts.get("of a new state", &2), counts.get("1", &1)), (Some(5), None));
    }
}
