//! Which transactions change who may do what.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

/// Tables in which a changed or deleted row can change what somebody may do. A new row cannot: nothing refers to it yet.
const OBJECTS: &[&str] = &["groups", "roles", "tokens", "users"];

/// Tables in which a new row can change it as well; and what else is remembered: settings, of which there is only one row,
/// and brands, whose domains say where links lead.
const LINKS: &[&str] =
    &["brands", "group_roles", "group_users", "role_permissions", "tenant_settings", "user_permissions"];

/// Counts the transactions of this process that changed users, groups, roles, tokens, permissions, settings or brands, for
/// what is remembered of them.
#[derive(Debug, Clone, Default)]
pub struct Changes(Arc<AtomicU64>);

impl Changes {
    /// How many there have been. What was read after this call is still true while the number stays the same, but for
    /// changes made by other processes.
    pub fn count(&self) -> u64 {
        self.0.load(Ordering::SeqCst)
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

    /// From here on the transaction may be permanent.
    pub(super) fn commits(&mut self) {
        self.committing = true;
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        if self.changed && self.committing {
            self.changes.0.fetch_add(1, Ordering::SeqCst);
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
        assert_eq!(changes.count(), 0);
        let mut kept = changes.watch();
        kept.statement(r#"DELETE FROM "users""#);
        kept.commits();
        assert_eq!(changes.count(), 0);
        drop(kept);
        assert_eq!(changes.count(), 1);
    }
}
