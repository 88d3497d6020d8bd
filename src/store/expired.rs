//! What has expired and is of no use any more. Tokens have rules of their own.

use super::{Conn, DbError};
use chrono::{DateTime, Utc};
use sea_query::{DeleteStatement, Expr, ExprTrait, Query};

/// The tables whose rows go when they have expired.
pub const TABLES: [&str; 8] = [
    "events",
    "invitations",
    "oauth2_access_tokens",
    "oauth2_authorization_codes",
    "oauth2_refresh_tokens",
    "rac_connection_tokens",
    "reputation_scores",
    "system_tasks",
];

/// Deletes expired rows of a table, so many at most. How many there were.
///
/// # Errors
/// When the statement fails.
pub async fn delete(conn: &mut Conn, table: &'static str, now: DateTime<Utc>, limit: u64) -> Result<u64, DbError> {
    let expired = Query::select().column("id").from(table).and_where(Expr::col("expires").lt(now)).limit(limit).take();
    let mut delete = DeleteStatement::new();
    delete.from_table(table).and_where(Expr::col("id").in_subquery(expired));
    conn.execute(&delete).await
}
