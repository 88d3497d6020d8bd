//! Statements about tokens: those that have expired, and those that the server makes.

use super::{
    Conn, DbError, seal,
    table::{self, Entity},
    tables::Token,
};
use chrono::{DateTime, Utc};
use sea_query::{Cond, DeleteStatement, Expr, ExprTrait, Order, SimpleExpr, UpdateStatement};

/// The token with this key, however it is stored.
///
/// # Errors
/// When the statement fails.
pub async fn find(conn: &mut Conn, key: &str) -> Result<Option<Token>, DbError> {
    let as_it_is = conn.keys().unsealed(key);
    let fingerprints = conn.keys().fingerprints(key);
    if fingerprints.is_empty() {
        return table::find(conn, "key", as_it_is).await;
    }
    let sealed = Expr::col(("tokens", "key_fingerprint"));
    let plain = Cond::all().add(sealed.clone().is_null()).add(Expr::col(("tokens", "key")).eq(as_it_is));
    let mut select = Token::select();
    select.cond_where(Cond::any().add(sealed.is_in(fingerprints)).add(plain));
    conn.optional(&select).await
}

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
    let changed = Token { key: key.into(), ..token.clone() };
    let mut update = UpdateStatement::new();
    update
        .table("tokens")
        .values(seal::secrets(conn.keys(), &changed)?.into_iter().map(|(name, value)| (name, value.into())))
        .value("expires", expires)
        .and_where(Expr::col("id").eq(token.id))
        .and_where(is_expired(now));
    Ok(conn.execute(&update).await? > 0)
}
