//! Statements about mails that are to be sent.

use super::{Conn, DbError, table::Entity, tables::Mail};
use chrono::{DateTime, Utc};
use sea_query::{Expr, ExprTrait, Order, UpdateStatement};

/// The mail that has been due for longest, if one is.
///
/// # Errors
/// When the statement fails.
pub async fn due(conn: &mut Conn, now: DateTime<Utc>) -> Result<Option<Mail>, DbError> {
    let mut select = Mail::select();
    select.and_where(Expr::col(("mails", "due")).lte(now)).order_by(("mails", "due"), Order::Asc).limit(1);
    conn.optional(&select).await
}

/// Counts another try, and sets when the next one is due. Says whether the mail is as it was: otherwise somebody else has
/// taken it meanwhile.
///
/// # Errors
/// When the statement fails.
pub async fn claim(conn: &mut Conn, mail: &Mail, next: DateTime<Utc>) -> Result<bool, DbError> {
    let mut update = UpdateStatement::new();
    update
        .table("mails")
        .value("attempts", mail.attempts + 1)
        .value("due", next)
        .and_where(Expr::col("id").eq(mail.id))
        .and_where(Expr::col("attempts").eq(mail.attempts));
    Ok(conn.execute(&update).await? > 0)
}
