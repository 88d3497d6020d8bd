//! Removes what has expired.

use crate::{
    api::context::App,
    store::{DbError, expired},
};

/// How many rows one transaction deletes, so that requests do not wait for long.
const BATCH: u64 = 500;

/// Deletes what has expired by now. How many rows there were.
///
/// # Errors
/// When a statement fails. What was deleted in finished transactions stays.
pub async fn clean(app: &App) -> Result<u64, DbError> {
    let (now, mut deleted) = (app.clock.now(), 0);
    for table in expired::TABLES {
        loop {
            let mut conn = app.db.begin().await?;
            let number = expired::delete(&mut conn, table, now, BATCH).await?;
            conn.commit().await?;
            deleted += number;
            if number < BATCH {
                break;
            }
        }
    }
    Ok(deleted)
}
