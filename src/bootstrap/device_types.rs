//! The authenticators that are known by name, from `defaults/webauthn_device_types.tsv`: one a line, the AAGUID first.

use crate::store::{Db, DbError, Entity, query, tables::WebAuthnDeviceType};
use sea_query::{InsertStatement, OnConflict};
use uuid::Uuid;

const KNOWN: &str = include_str!("../../defaults/webauthn_device_types.tsv");

fn known() -> impl Iterator<Item = (Uuid, &'static str)> {
    KNOWN.lines().filter_map(|line| {
        let (aaguid, description) = line.split_once('\t')?;
        Some((aaguid.parse().ok()?, description))
    })
}

/// Adds those that the database does not have, which may be as old as the version that made it.
///
/// # Errors
/// When a statement fails.
pub(super) async fn add(db: &Db) -> Result<(), DbError> {
    let keys = known().map(|(aaguid, _)| aaguid);
    let found = query::existing(&mut db.primary(), WebAuthnDeviceType::TABLE, "id", keys).await?;
    let mut missing = known().filter(|(aaguid, _)| !found.contains(aaguid)).peekable();
    if missing.peek().is_none() {
        return Ok(());
    }
    let mut insert = InsertStatement::new();
    insert.into_table(WebAuthnDeviceType::TABLE).columns(["id", "description"]);
    for (aaguid, description) in missing {
        insert.values_panic([aaguid.into(), description.into()]);
    }
    // Another server may be doing the same.
    insert.on_conflict(OnConflict::column("id").do_nothing().to_owned());
    let mut conn = db.begin().await?;
    conn.execute(&insert).await?;
    conn.commit().await
}

#[cfg(test)]
mod tests {
    use super::{KNOWN, known};
    use std::collections::HashSet;

    #[test]
    fn every_line_names_another_authenticator() {
        let keys: HashSet<_> = known().map(|(aaguid, _)| aaguid).collect();
        assert_eq!(keys.len(), KNOWN.lines().count());
        assert!(known().all(|(_, description)| !description.is_empty() && description.trim() == description));
    }
}
