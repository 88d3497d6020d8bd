//! Statements about tokens: those that have expired, and those that the server makes.

use super::{Conn, DbError, table::Entity, tables::Token};
use chrono::{DateTime, Utc};
use sea_query::{DeleteStatement, Expr, ExprTrait, Order, SimpleExpr, UpdateStatement};

/// Whether a token is of those that expire, and has.
fn is_expired(now: DateTime<Utc>) -> SimpleExpr {
    Expr::col(("tokens", "expiring")).eq(true).and(Expr::col(("tokens", "expires")).lt(now))
}

/// Tokens that have expired, the ones that expired first before others, no more than `limit`.
///
/// # Errors
/// When the statement fails.
pub async fn expired(conn: &mut Conn, now: DateTime<Utc>, limit: u64) -> Result<Vec<Token>, DbError> {
    let mut select = Token::select();
    select.and_where(is_expired(now)).order_by(("tokens", "expires"), Order::Asc).limit(limit);
    conn.all(&select).await
}

/// Deletes the tokens that a user has for a purpose.
///
/// # Errors
/// When the statement fails.
pub async fn delete_of(conn: &mut Conn, user: i64, intent: &str) -> Result<(), DbError> {
    let mut delete = DeleteStatement::new();
    delete.from_table("tokens").and_where(Expr::col("user_id").eq(user)).and_where(Expr::col("intent").eq(intent));
    conn.execute(&delete).await?;
    Ok(())
}

/// Deletes a token, unless it has got another life in the meantime. Says whether it was there.
///
/// # Errors
/// When the statement fails.
pub async fn delete_expired(conn: &mut Conn, token: &Token, now: DateTime<Utc>) -> Result<bool, DbError> {
    let mut delete = DeleteStatement::new();
    delete.from_table("tokens").and_where(Expr::col("id").eq(token.id)).and_where(is_expired(now));
    Ok(conn.execute(&delete).await? > 0)
}

/// Gives a token a new key and a new life, unless it has got one in the meantime. Says whether it was there.
///
/// # Errors
/// When the statement fails.
pub async fn rotate_expired(
    conn: &mut Conn,
    token: &Token,
    now: DateTime<Utc>,
    key: String,
    expires: DateTime<Utc>,
) -> Result<bool, DbError> {
    let mut update = UpdateStatement::new();
    update
        .table("tokens")
        .value("key", key)
        .value("expires", expires)
        .and_where(Expr::col("id").eq(token.id))
        .and_where(is_expired(now));
    Ok(conn.execute(&update).await? > 0)
}
