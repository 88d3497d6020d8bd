//! What policies can be bound to: rows of several tables, which no foreign key can name. Each of these tables has a trigger
//! that deletes the bindings with the row.

use super::{Conn, DbError};
use sea_query::{Expr, ExprTrait, Query, SelectStatement, UnionType};
use uuid::Uuid;

/// The tables, and the column of each by which bindings name its rows.
const TARGETS: [(&str, &str); 6] = [
    ("applications", "id"),
    ("flow_stage_bindings", "policy_binding_id"),
    ("flows", "policy_binding_id"),
    ("notification_rules", "id"),
    ("rac_endpoints", "id"),
    ("sources", "id"),
];

/// The column by which bindings name rows of a table, if they can.
pub fn column(table: &str) -> Option<&'static str> {
    TARGETS.iter().find(|(name, _)| *name == table).map(|(_, column)| *column)
}

/// Which of these are targets, by one statement.
///
/// # Errors
/// When the statement fails.
pub async fn existing(conn: &mut Conn, ids: &[Uuid]) -> Result<Vec<Uuid>, DbError> {
    let mut union: Option<SelectStatement> = None;
    for (table, column) in TARGETS {
        let mut select = Query::select();
        select.column(column).from(table).and_where(Expr::col(column).is_in(ids.iter().copied()));
        match &mut union {
            Some(union) => drop(union.union(UnionType::All, select)),
            None => union = Some(select),
        }
    }
    let Some(union) = union.filter(|_| !ids.is_empty()) else { return Ok(vec![]) };
    Ok(conn.all::<(Uuid,)>(&union).await?.into_iter().map(|(id,)| id).collect())
}
