//! A connection to either database, inside a transaction or not.

use super::{
    DbError, Entity,
    changes::Watch,
    keyring::Keyring,
    places::{Key, Lists},
    postgres,
    row::{AnyRow, Row},
    shape::Statement,
    sqlite, writer,
};
use sea_query::{Value, Values};
use sqlx::{AssertSqlSafe, SqlSafeStr, SqlStr, postgres::PgRow};
use std::{cell::Cell, sync::Arc};

/// Where statements run: each on its own, or in a transaction (all or nothing).
#[derive(Debug)]
pub enum Conn {
    /// SQLite outside a transaction; reads only.
    Sqlite(sqlite::Readers),
    /// PostgreSQL outside a transaction.
    Pg(Pooled),
    /// SQLite inside a transaction.
    SqliteTx(writer::Transaction, Watch),
    /// PostgreSQL inside a transaction.
    PgTx(postgres::Taken, Watch),
}

/// A connection of PostgreSQL's pool, taken when the first statement runs and given back with this: a request whose answer
/// needs no database takes none.
#[derive(Debug)]
pub struct Pooled {
    pool: postgres::Pool,
    taken: Option<postgres::Taken>,
    /// What is known of lists.
    pub(super) lists: Lists,
}

impl Pooled {
    pub(super) fn new(pool: &postgres::Pool, lists: &Lists) -> Self {
        Self { pool: pool.clone(), taken: None, lists: lists.clone() }
    }

    pub(super) async fn rows(&mut self, sql: SqlStr, values: &Values, limit: usize) -> Result<Vec<PgRow>, DbError> {
        self.pool.read(&mut self.taken, sql, values, limit).await
    }

    pub(super) fn keys(&self) -> &Keyring {
        self.pool.keys()
    }

    /// The row with this key, if there is one.
    pub(super) async fn find<E: Entity>(&mut self, key: Value) -> Result<Option<E>, DbError> {
        count();
        // If all waited for a second connection while holding one, nobody would get any.
        self.taken = None;
        self.pool.find(key).await
    }
}

/// Which transactions a statement sees that begins now: the same text, the same rows. PostgreSQL documentation, 9.27.8.
const SNAPSHOT: &str = "select pg_current_snapshot()::text";

tokio::task_local! {
    static STATEMENTS: Cell<u64>;
}

/// A text that the query builder wrote.
pub(super) fn safe(sql: Arc<str>) -> SqlStr {
    AssertSqlSafe(sql).into_sql_str()
}

/// Runs a future and says how many statements it ran. A request whose number grows with its answer is a fault that no
/// small database shows.
pub async fn counted<F: Future>(future: F) -> (F::Output, u64) {
    STATEMENTS
        .scope(Cell::new(0), async {
            let output = future.await;
            (output, STATEMENTS.with(Cell::get))
        })
        .await
}

/// Counts a statement, if somebody wants to know.
pub(super) fn count() {
    counted_elsewhere(1);
}

/// Adds statements that another task ran.
pub fn counted_elsewhere(statements: u64) {
    let _ = STATEMENTS.try_with(|n| n.set(n.get() + statements));
}

impl Conn {
    /// All rows of a statement.
    ///
    /// # Errors
    /// [`DbError`] when the statement fails or a row does not decode.
    pub async fn all<R: Row>(&mut self, statement: impl Statement) -> Result<Vec<R>, DbError> {
        self.rows(statement, usize::MAX).await
    }

    /// The first row, if there is one.
    ///
    /// # Errors
    /// As [`Conn::all`].
    pub async fn optional<R: Row>(&mut self, statement: impl Statement) -> Result<Option<R>, DbError> {
        Ok(self.rows(statement, 1).await?.pop())
    }

    /// The first row of a statement that always has one (a count, `RETURNING`).
    ///
    /// # Errors
    /// As [`Conn::all`], and when there is no row.
    pub async fn one<R: Row>(&mut self, statement: impl Statement) -> Result<R, DbError> {
        self.optional(statement).await?.ok_or_else(|| DbError::Other("a row is missing".into()))
    }

    /// The first rows of a statement, at most `limit`.
    async fn rows<R: Row>(&mut self, statement: impl Statement, limit: usize) -> Result<Vec<R>, DbError> {
        count();
        let (sql, values) = statement.write(self.is_postgres())?;
        let rows = match self {
            Self::Sqlite(readers) => return readers.rows(&sql, &values, limit).await,
            Self::SqliteTx(tx, watch) => {
                watch.statement(&sql);
                return tx.rows(&sql, &values, limit);
            }
            Self::Pg(pooled) => pooled.rows(safe(sql), &values, limit).await?,
            Self::PgTx(tx, watch) => {
                watch.statement(&sql);
                tx.rows(safe(sql), &values, limit).await?
            }
        };
        rows.iter().map(|row| R::read(AnyRow::postgres(row, self.keys()), 0)).collect()
    }

    /// The one number that a statement gives. Outside a transaction it is remembered until the database changes: counting
    /// reads every row, asking whether anything has changed reads none.
    ///
    /// # Errors
    /// As [`Conn::one`].
    pub async fn count(&mut self, statement: impl Statement) -> Result<i64, DbError> {
        count();
        let (sql, values) = statement.write(self.is_postgres())?;
        let number = |rows: &[PgRow]| -> Result<i64, DbError> {
            let row = rows.first().ok_or_else(|| DbError::Other("a row is missing".into()))?;
            AnyRow::postgres(row, &Keyring::default()).get(0)
        };
        match self {
            Self::Sqlite(readers) => readers.count(sql, &values).await,
            Self::Pg(pooled) => {
                let (key, lists) = (Key::counted(&sql, &values), pooled.lists.clone());
                let rows = pooled.rows(SNAPSHOT.into_sql_str(), &Values(vec![]), 1).await?;
                let snapshot = rows.first().ok_or_else(|| DbError::Other("a snapshot is missing".into()))?;
                let snapshot: String = AnyRow::postgres(snapshot, pooled.keys()).get(0)?;
                if let Some(known) = lists.total(&key, &snapshot) {
                    return Ok(known);
                }
                let number = number(&pooled.rows(safe(sql), &values, 1).await?)?;
                lists.set_total(key, snapshot, number);
                Ok(number)
            }
            Self::SqliteTx(tx, _) => tx.number(&sql, &values),
            Self::PgTx(tx, _) => number(&tx.rows(safe(sql), &values, 1).await?),
        }
    }

    /// Runs a statement and says how many rows it touched.
    ///
    /// # Errors
    /// As [`Conn::all`], and outside a transaction: what changes the database is all or nothing.
    pub async fn execute(&mut self, statement: impl Statement) -> Result<u64, DbError> {
        count();
        let (sql, values) = statement.write(self.is_postgres())?;
        match self {
            Self::Sqlite(_) | Self::Pg(_) => Err(DbError::Other("written outside a transaction".into())),
            Self::SqliteTx(tx, watch) => {
                watch.statement(&sql);
                tx.execute(&sql, &values)
            }
            Self::PgTx(tx, watch) => {
                watch.statement(&sql);
                tx.execute(safe(sql), &values).await
            }
        }
    }

    /// Makes everything since the beginning of the transaction permanent. Nothing to do outside a transaction.
    ///
    /// # Errors
    /// When the database refuses the commit; nothing is kept then.
    pub async fn commit(self) -> Result<(), DbError> {
        match self {
            Self::SqliteTx(tx, mut watch) => {
                watch.commits();
                tx.commit(watch).await
            }
            Self::PgTx(tx, mut watch) => tx.commit(watch.commits()).await,
            Self::Sqlite(_) | Self::Pg(_) => Ok(()),
        }
    }

    /// Throws everything since the beginning of the transaction away.
    ///
    /// # Errors
    /// When the connection is lost; the database then rolls back by itself.
    pub async fn rollback(self) -> Result<(), DbError> {
        match self {
            Self::PgTx(tx, _) => tx.rollback().await,
            // Dropping rolls back.
            Self::SqliteTx(..) | Self::Sqlite(_) | Self::Pg(_) => Ok(()),
        }
    }

    /// The keys of what is sealed.
    pub(super) fn keys(&self) -> &Keyring {
        match self {
            Self::Sqlite(readers) => readers.keys(),
            Self::Pg(pooled) => pooled.keys(),
            Self::SqliteTx(tx, _) => tx.keys(),
            Self::PgTx(tx, _) => tx.keys(),
        }
    }

    /// Whether statements run in a transaction.
    pub fn in_transaction(&self) -> bool {
        matches!(self, Self::SqliteTx(..) | Self::PgTx(..))
    }

    /// Whether this is PostgreSQL, for the few expressions that the builder does not hide.
    pub fn is_postgres(&self) -> bool {
        matches!(self, Self::Pg(..) | Self::PgTx(..))
    }
}
