//! Counting events, and notifications of them.

use super::{Conn, DbError, column::Ref, dialect, tables::User};
use chrono::{DateTime, Duration, Utc};
use sea_query::{CaseStatement, DeleteStatement, Expr, ExprTrait, Func, Order, Query, SelectStatement};

/// How many events of an action there were in each of a number of periods that end now, the latest first. `matching`
/// are texts inside the context of the event, by their path.
///
/// # Errors
/// When the statement fails.
pub async fn counts(
    conn: &mut Conn,
    action: &str,
    matching: &[(&[&str], &str)],
    now: DateTime<Utc>,
    period: Duration,
    periods: i32,
) -> Result<Vec<i64>, DbError> {
    let mut events = Query::select();
    events.and_where(Expr::col(("events", "action")).eq(action));
    for (path, text) in matching {
        let path: Vec<String> = path.iter().map(|key| (*key).to_owned()).collect();
        events.and_where(dialect::json_text("events", "context", &path, conn.is_postgres()).eq(*text));
    }
    volume(conn, events, now, period, periods).await
}

/// How many events that fulfil the conditions of a select there were in each of a number of periods that end now, the
/// latest first.
///
/// # Errors
/// When the statement fails.
pub async fn volume(
    conn: &mut Conn,
    mut events: SelectStatement,
    now: DateTime<Utc>,
    period: Duration,
    periods: i32,
) -> Result<Vec<i64>, DbError> {
    let created = || Expr::col(("events", "created"));
    let mut bucket = CaseStatement::new();
    for index in 0..periods {
        bucket = bucket.case(created().gt(now - period * (index + 1)), Expr::val(i64::from(index)));
    }
    events
        .expr_as(bucket, "bucket")
        .from("events")
        .and_where(created().gt(now - period * periods))
        .and_where(created().lte(now));
    let mut select = Query::select();
    select
        .column("bucket")
        .expr(Func::count(Expr::col(sea_query::Asterisk)))
        .from_subquery(events, "matching")
        .group_by_col("bucket");
    let found: Vec<(i64, i64)> = conn.all(&select).await?;
    let of = |index: i32| found.iter().find(|(bucket, _)| *bucket == i64::from(index)).map_or(0, |(_, count)| *count);
    Ok((0..periods).map(of).collect())
}

/// The applications, as JSON, that most of the events that fulfil the conditions of a select are about, with the number of
/// events and of different users.
///
/// # Errors
/// When the statement fails.
pub async fn top(
    conn: &mut Conn,
    mut events: SelectStatement,
    number: u64,
) -> Result<Vec<(String, i64, i64)>, DbError> {
    let text = |column, key: &str| dialect::json_text("events", column, &[key.to_owned()], conn.is_postgres());
    events
        .expr_as(text("context", "authorized_application"), "application")
        .expr_as(text("actor", "pk"), "who")
        .from("events")
        .and_where(text("context", "authorized_application").is_not_null());
    let mut select = Query::select();
    select
        .column("application")
        .expr_as(Func::count(Expr::col("who")), "times")
        .expr(Func::count_distinct(Expr::col("who")))
        .from_subquery(events, "matching")
        .group_by_col("application")
        .order_by("times", Order::Desc)
        .order_by("application", Order::Asc)
        .limit(number);
    conn.all(&select).await
}

/// Deletes the notifications of a user but the latest ones.
///
/// # Errors
/// When the statement fails.
pub async fn forget_oldest(conn: &mut Conn, user: Ref<User>, most: u64) -> Result<(), DbError> {
    let mut kept = Query::select();
    kept.column("created")
        .from("notifications")
        .and_where(Expr::col("user_id").eq(user))
        .order_by("created", Order::Desc)
        .offset(most)
        .limit(1);
    let mut delete = DeleteStatement::new();
    delete
        .from_table("notifications")
        .and_where(Expr::col("user_id").eq(user))
        .and_where(Expr::col("created").lte(Expr::from(kept)));
    conn.execute(&delete).await.map(drop)
}
