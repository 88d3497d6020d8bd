//! Which transactions change who may do what.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicU64, Ordering},
};

/// Where processes that share a PostgreSQL tell each other.
pub(super) const CHANNEL: &str = "vestibule_changes";

/// Tables in which a changed or deleted row can change what somebody may do. A new row cannot: nothing refers to it yet.
const OBJECTS: &[&str] = &["groups", "roles", "tokens", "users"];

/// Tables in which a new row can change it as well; and what else is remembered: settings, of which there is only one row,
/// and brands, whose domains say where links lead.
const LINKS: &[&str] =
    &["brands", "group_roles", "group_users", "role_permissions", "tenant_settings", "user_permissions"];

/// Counts the transactions that changed users, groups, roles, tokens, permissions, settings or brands, for what is remembered
/// of them: those of this process, and those of others that it is told of.
#[derive(Debug, Clone, Default)]
pub struct Changes(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    count: AtomicU64,
    /// Whether this process should be told of the changes of others and is not.
    deaf: AtomicBool,
    /// This process, among those that share the database.
    name: String,
}

impl Changes {
    /// For a process of this name; `told` when it listens to others, which it has not begun yet.
    pub(super) fn of(name: String, told: bool) -> Self {
        Self(Arc::new(Inner { count: AtomicU64::new(0), deaf: AtomicBool::new(told), name }))
    }

    /// How many there have been. What was read after this call is still true while the number stays the same, but for changes
    /// by processes that do not tell. None when there may have been any number of them.
    pub fn count(&self) -> Option<u64> {
        let count = self.0.count.load(Ordering::SeqCst);
        (!self.0.deaf.load(Ordering::SeqCst)).then_some(count)
    }

    /// Others may change something from now on without this process hearing of it. Says whether that is new.
    pub(crate) fn set_deaf(&self) -> bool {
        !self.0.deaf.swap(true, Ordering::SeqCst)
    }

    /// From now on this process hears of what others change.
    pub(crate) fn set_hearing(&self) {
        // They have changed anything meanwhile.
        self.add();
        self.0.deaf.store(false, Ordering::SeqCst);
    }

    /// A process says that it has changed something. What this one has changed itself is counted already.
    pub(super) fn told_by(&self, name: &str) {
        if name != self.0.name {
            self.add();
        }
    }

    fn add(&self) {
        self.0.count.fetch_add(1, Ordering::SeqCst);
    }

    /// A transaction to watch.
    pub(super) fn watch(&self) -> Watch {
        Watch { changes: self.clone(), changed: false, committing: false }
    }
}

/// What one transaction has changed. Counts when it is dropped, so that a commit counts even if whoever waited for it has
/// gone away.
#[derive(Debug)]
pub struct Watch {
    changes: Changes,
    changed: bool,
    committing: bool,
}

impl Watch {
    /// Takes note of a statement.
    pub(super) fn statement(&mut self, sql: &str) {
        self.changed = self.changed || changes_rights(sql);
    }

    /// From here on the transaction may be permanent. Gives the name of this process, if others should know.
    pub(super) fn commits(&mut self) -> Option<&str> {
        self.committing = true;
        self.changed.then_some(self.changes.0.name.as_str())
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        if self.changed && self.committing {
            self.changes.add();
        }
    }
}

/// Whether a statement as the query builder writes it may change who may do what. One of another form counts as well.
fn changes_rights(sql: &str) -> bool {
    let mut parts = sql.split('"');
    let (verb, table) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    match verb {
        "INSERT INTO " if !sql.contains(" DO UPDATE ") => LINKS.contains(&table),
        "INSERT INTO " | "UPDATE " | "DELETE FROM " => LINKS.contains(&table) || OBJECTS.contains(&table),
        _ => !verb.starts_with("SELECT"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_touches_rights_counts() {
        for sql in [
            r#"UPDATE "users" SET "name" = ? WHERE "id" = ?"#,
            r#"DELETE FROM "tokens" WHERE "id" = ?"#,
            r#"INSERT INTO "group_users" ("group_id") VALUES (?)"#,
            r#"UPDATE "tenant_settings" SET "avatars" = ?"#,
            r#"WITH "x" AS (SELECT 1) DELETE FROM "users""#,
        ] {
            assert!(changes_rights(sql), "{sql}");
        }
        for sql in [
            r#"SELECT "id" FROM "users""#,
            r#"INSERT INTO "users" ("name") VALUES (?) RETURNING "id""#,
            r#"DELETE FROM "applications" WHERE "id" = ?"#,
        ] {
            assert!(!changes_rights(sql), "{sql}");
        }
    }

    #[test]
    fn a_transaction_counts_when_it_may_be_permanent() {
        let changes = Changes::default();
        let mut given_up = changes.watch();
        given_up.statement(r#"DELETE FROM "users""#);
        drop(given_up);
        assert_eq!(changes.count(), Some(0));
        let mut kept = changes.watch();
        kept.statement(r#"DELETE FROM "users""#);
        kept.commits();
        assert_eq!(changes.count(), Some(0));
        drop(kept);
        assert_eq!(changes.count(), Some(1));
    }

    #[test]
    fn others_count_while_they_are_heard_and_nothing_is_known_while_they_are_not() {
        let changes = Changes::of("this".into(), true);
        assert_eq!(changes.count(), None, "not yet");
        changes.set_hearing();
        let before = changes.count().unwrap();
        changes.told_by("this");
        assert_eq!(changes.count(), Some(before), "that was counted when it was done");
        changes.told_by("other");
        assert_eq!(changes.count(), Some(before + 1));
        assert!(changes.set_deaf() && !changes.set_deaf());
        assert_eq!(changes.count(), None);
        changes.set_hearing();
        assert!(changes.count().unwrap() > before + 1, "what happened meanwhile nobody knows");
    }

    #[test]
    fn others_are_told_of_what_touches_rights_only() {
        let changes = Changes::of("this".into(), true);
        let (mut quiet, mut told) = (changes.watch(), changes.watch());
        quiet.statement(r#"INSERT INTO "users" ("name") VALUES (?)"#);
        told.statement(r#"DELETE FROM "users""#);
        assert_eq!((quiet.commits(), told.commits()), (None, Some("this")));
    }
}
