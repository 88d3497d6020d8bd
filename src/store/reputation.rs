//! How logins went.

use super::{Conn, DbError};
use sea_query::{Expr, ExprTrait, Func, Query};

/// The sum of all scores of an address and of a name; of neither there is none.
///
/// # Errors
/// When the statement fails.
pub async fn score(conn: &mut Conn, ip: Option<&str>, identifier: Option<&str>) -> Result<i64, DbError> {
    let mut either = sea_query::Cond::any().add(Expr::val(false));
    for (column, value) in [("ip", ip), ("identifier", identifier)] {
        either = either.add_option(value.map(|value| Expr::col(column).eq(value)));
    }
    let mut select = Query::select();
    // The sum of large integers is of another type.
    let sum = Func::coalesce([Func::sum(Expr::col("score")).into(), Expr::val(0)]);
    select.expr(Expr::expr(sum).cast_as("bigint")).from("reputation_scores").cond_where(either);
    Ok(conn.one::<(i64,)>(&select).await?.0)
}
