//! PostgreSQL: connections, each for one request at a time.
//!
//! The driver's own pool asks every connection whether it is alive when it comes back: one exchange with the database for
//! every request, as long as reading a row by its key. This one asks only when it has reason to. And some connections it
//! keeps back for what must be answered whatever else goes on: who is calling, and whether the database is there.
//!
//! Statements that nobody waits for any more are cancelled.

use super::{
    DbError, Entity,
    changes::CHANNEL,
    deadline,
    keyring::Keyring,
    row::{Budget, Cells},
    together::Together,
};
use deadpool::managed::{self, Metrics, Object, QueueMode, RecycleError, RecycleResult, TimeoutType, Timeouts};
use futures::{StreamExt, TryStreamExt};
use sea_query::{PostgresQueryBuilder, QueryBuilder, QueryStatementWriter, SqlWriter, Value, Values};
use sqlx::{
    Arguments, AssertSqlSafe, ConnectOptions, Connection, PgConnection, Postgres, SqlSafeStr, SqlStr,
    postgres::{PgArguments, PgConnectOptions, PgRow},
};
use std::{
    fmt::{Display, Formatter, Write},
    pin::pin,
    sync::Arc,
    time::Duration,
};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{Instant, timeout, timeout_at},
};

/// How many connections there are at most.
const CONNECTIONS: usize = 16;

/// How many of them are kept back.
const URGENT: usize = 4;

/// How long a request waits for a connection, and a connection for the database.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long a statement that nobody waits for may take before it is cancelled: most end before that.
const SOON: Duration = Duration::from_millis(100);

/// How long to wait before asking again a database that has no room for another connection.
const PAUSE: Duration = Duration::from_millis(50);

/// How long the text of a statement is that stays prepared, in bytes. Longer ones have grown with what somebody asked
/// for, and the next one will be another.
const KEPT: usize = 2_000;

/// How long a connection is believed to be alive.
const TRUSTED: Duration = Duration::from_secs(1);

/// How long a connection is used, so that what the database keeps for it does not grow for ever.
const LIFETIME: Duration = Duration::from_secs(30 * 60);

/// The connections of a server. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Pool {
    connections: managed::Pool<Connections>,
    /// Room for what is not urgent.
    share: Option<Arc<Semaphore>>,
    together: Together,
    keys: Keyring,
}

/// Makes connections and decides which may be used again.
#[derive(Debug)]
struct Connections {
    options: PgConnectOptions,
    /// Whether a connection stays with one process of the database, as it does but behind some poolers.
    direct: bool,
}

/// A connection, with the process of the database at its other end if that is always the same.
#[derive(Debug)]
struct Connected {
    connection: PgConnection,
    process: Option<i32>,
}

impl managed::Manager for Connections {
    type Type = Connected;
    type Error = sqlx::Error;

    async fn create(&self) -> Result<Connected, sqlx::Error> {
        let mut connection = self.options.connect().await?;
        let process = if self.direct {
            let process = sqlx::query_scalar("select pg_backend_pid()").persistent(false);
            Some(process.fetch_one(&mut connection).await?)
        } else {
            None
        };
        Ok(Connected { connection, process })
    }

    async fn recycle(&self, connected: &mut Connected, used: &Metrics) -> RecycleResult<sqlx::Error> {
        if used.age() > LIFETIME {
            return Err(RecycleError::message("used long enough"));
        }
        if used.last_used() > TRUSTED {
            connected.connection.ping().await?;
        }
        Ok(())
    }
}

impl Connections {
    /// Ends what a process of the database is doing.
    async fn cancel(&self, process: i32) -> Result<(), sqlx::Error> {
        // The connections that there are may all be waiting for the like.
        let mut connection = self.options.connect().await?;
        let cancel = sqlx::query("select pg_cancel_backend($1)").persistent(false).bind(process);
        cancel.execute(&mut connection).await?;
        connection.close().await
    }
}

impl Pool {
    /// Connections to this database, made when they are needed; `direct` unless a pooler may give each transaction another
    /// process of the database.
    pub(super) fn new(options: PgConnectOptions, direct: bool, keys: Keyring) -> Result<Self, DbError> {
        let timeouts = Timeouts { wait: Some(PATIENCE), create: Some(PATIENCE), recycle: Some(PATIENCE) };
        let pool = managed::Pool::builder(Connections { options, direct })
            .max_size(CONNECTIONS)
            .timeouts(timeouts)
            // The connection used last: what it needs is still in the processor's cache.
            .queue_mode(QueueMode::Lifo)
            .runtime(deadpool::Runtime::Tokio1)
            .build();
        let connections = pool.map_err(|error| DbError::Other(error.to_string()))?;
        let share = Some(Arc::new(Semaphore::new(CONNECTIONS - URGENT)));
        Ok(Self { connections, share, together: Together::default(), keys })
    }

    /// The same, with the connections that are kept back.
    pub(super) fn urgent(&self) -> Self {
        let (connections, keys) = (self.connections.clone(), self.keys.clone());
        Self { connections, share: None, together: Together::default(), keys }
    }

    pub(super) fn keys(&self) -> &Keyring {
        &self.keys
    }

    /// The row with this key, if there is one.
    pub(super) async fn find<E: Entity>(&self, key: Value) -> Result<Option<E>, DbError> {
        self.together.find(self, key).await
    }

    /// A connection.
    async fn take(&self) -> Result<Taken, DbError> {
        let busy = || DbError::Busy("all connections to PostgreSQL are in use".into());
        let end = Instant::now() + deadline::left(PATIENCE);
        let share = match &self.share {
            Some(share) => match timeout_at(end, share.clone().acquire_owned()).await {
                Ok(Ok(room)) => Some(room),
                _ => return Err(busy()),
            },
            None => None,
        };
        loop {
            match self.connections.get().await {
                Ok(object) => {
                    let (object, keys) = (Some(object), self.keys.clone());
                    return Ok(Taken { object, settled: true, transaction: false, share, keys });
                }
                Err(managed::PoolError::Backend(error)) => match error.into() {
                    // Others use the database as well, and a connection of our own may come back.
                    DbError::Busy(_) if Instant::now() < end => tokio::time::sleep(PAUSE).await,
                    error => return Err(error),
                },
                Err(managed::PoolError::Timeout(TimeoutType::Wait)) => return Err(busy()),
                Err(error) => return Err(DbError::Busy(format!("no connection to PostgreSQL: {error}"))),
            }
        }
    }

    /// A connection on which a transaction has begun.
    pub(super) async fn begin(&self) -> Result<Taken, DbError> {
        let mut tries = 0..=CONNECTIONS;
        loop {
            let mut taken = self.take().await?;
            taken.transaction = true;
            match taken.command("BEGIN").await {
                Err(DbError::Lost(_)) if tries.next().is_some() => {}
                result => return result.map(|()| taken),
            }
        }
    }

    /// The first rows of a statement that changes nothing, at most `limit`. Keeps the connection in `taken`.
    pub(super) async fn read(
        &self,
        taken: &mut Option<Taken>,
        sql: SqlStr,
        values: &Values,
        limit: usize,
    ) -> Result<Vec<PgRow>, DbError> {
        // All connections may have been lost since they were used.
        let mut tries = 0..=CONNECTIONS;
        loop {
            if deadline::brief() == Some(Duration::ZERO) {
                deadline::spend(None);
                return Err(DbError::TooLong);
            }
            let mut connection = match taken.take() {
                Some(taken) => taken,
                None => self.take().await?,
            };
            let begun = Instant::now();
            let rows = connection.rows(sql.clone(), values, limit);
            let (result, took) = match deadline::brief() {
                // Given up, it is cancelled when the connection is dropped.
                Some(most) => match timeout(most, rows).await {
                    Ok(result) => (result, Some(begun.elapsed())),
                    Err(_) => (Err(DbError::TooLong), None),
                },
                None => (rows.await, Some(begun.elapsed())),
            };
            deadline::spend(took);
            match result {
                Err(DbError::Lost(_)) if tries.next().is_some() => {}
                result => {
                    *taken = Some(connection);
                    return result;
                }
            }
        }
    }

    /// Closes all connections that nobody uses; the others when they come back.
    pub(super) async fn close(&self) {
        let idle = self.connections.retain(|_, _| false).removed;
        self.connections.close();
        for connection in idle {
            // It is gone in any case.
            drop(connection.connection.close().await);
        }
    }
}

/// A connection of the pool, in a transaction or not. It goes back when this is dropped; an open transaction is rolled
/// back before that.
#[derive(Debug)]
pub struct Taken {
    /// Always there, but while dropping.
    object: Option<Object<Connections>>,
    /// Whether the last statement has ended well. Otherwise nobody has read what the database said, or there may be no
    /// database any more.
    settled: bool,
    /// Whether a transaction is open.
    transaction: bool,
    /// Held until the connection goes back.
    share: Option<OwnedSemaphorePermit>,
    keys: Keyring,
}

impl Taken {
    pub(super) fn keys(&self) -> &Keyring {
        &self.keys
    }

    fn connection(&mut self) -> Result<&mut PgConnection, DbError> {
        match &mut self.object {
            Some(object) => Ok(&mut object.connection),
            None => Err(DbError::Other("the connection is gone".into())),
        }
    }

    /// The first rows of a statement, at most `limit`.
    pub(super) async fn rows(&mut self, sql: SqlStr, values: &Values, limit: usize) -> Result<Vec<PgRow>, DbError> {
        self.settled = false;
        let mut stream = query(sql, values)?.fetch(self.connection()?).take(limit);
        let (mut rows, mut budget) = (vec![], Budget::default());
        while let Some(row) = stream.try_next().await? {
            budget.take(Cells::Postgres(&row))?;
            rows.push(row);
        }
        drop(stream);
        self.settled = true;
        Ok(rows)
    }

    /// Runs a statement and says how many rows it touched.
    pub(super) async fn execute(&mut self, sql: SqlStr, values: &Values) -> Result<u64, DbError> {
        self.settled = false;
        let done = query(sql, values)?.execute(self.connection()?).await?;
        self.settled = true;
        Ok(done.rows_affected())
    }

    /// Makes the transaction permanent and, given the name of this process, tells others. A transaction in which a statement
    /// failed is none any more: PostgreSQL would roll it back and call that a success.
    pub(super) async fn commit(mut self, name: Option<&str>) -> Result<(), DbError> {
        if !self.settled {
            return Err(DbError::Other("a statement of the transaction failed".into()));
        }
        match name {
            // In one exchange.
            Some(name) => self.command(AssertSqlSafe(format!("NOTIFY {CHANNEL}, '{name}'; COMMIT"))).await?,
            None => self.command("COMMIT").await?,
        }
        self.transaction = false;
        Ok(())
    }

    /// Throws the transaction away.
    pub(super) async fn rollback(mut self) -> Result<(), DbError> {
        self.command("ROLLBACK").await?;
        self.transaction = false;
        Ok(())
    }

    async fn command(&mut self, sql: impl SqlSafeStr) -> Result<(), DbError> {
        self.settled = false;
        sqlx::raw_sql(sql).execute(self.connection()?).await?;
        self.settled = true;
        Ok(())
    }
}

fn query(sql: SqlStr, values: &Values) -> Result<sqlx::query::Query<'static, Postgres, PgArguments>, DbError> {
    let mut arguments = PgArguments::default();
    arguments.reserve(values.0.len(), 32 * values.0.len());
    for value in &values.0 {
        let added = match value {
            Value::Bool(value) => arguments.add(value),
            Value::Int(value) => arguments.add(value),
            Value::BigInt(value) => arguments.add(value),
            Value::Double(value) => arguments.add(value),
            Value::String(value) => arguments.add(value.as_deref()),
            Value::Bytes(value) => arguments.add(value.as_deref()),
            Value::Uuid(value) => arguments.add(value),
            Value::Json(value) => arguments.add(value.as_deref()),
            Value::ChronoDateTimeUtc(value) => arguments.add(value),
            other => Err(format!("values such as {other:?} are not stored").into()),
        };
        added.map_err(|error| DbError::Other(error.to_string()))?;
    }
    let persistent = sql.as_str().len() <= KEPT;
    Ok(sqlx::query_with(sql, arguments).persistent(persistent))
}

impl Drop for Taken {
    fn drop(&mut self) {
        let Some(mut object) = self.object.take() else { return };
        if self.settled && !self.transaction {
            return;
        }
        let share = self.share.take();
        let settle = async move {
            if !settle(&mut object).await {
                drop(Object::take(object));
            }
            drop(share);
        };
        // Without a runtime the program ends, and the connection with it.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(settle);
        }
    }
}

/// Ends whatever a connection is in the middle of. Says whether it can be used again.
async fn settle(object: &mut Object<Connections>) -> bool {
    let (pool, process) = (Object::pool(object), object.process);
    // What is left of a statement is read first. Rolling back without a transaction is a warning, not an error.
    let mut rollback = pin!(sqlx::raw_sql("ROLLBACK").execute(&mut object.connection));
    if let Ok(result) = timeout(SOON, &mut rollback).await {
        return result.is_ok();
    }
    if let (Some(pool), Some(process)) = (pool, process) {
        match timeout(PATIENCE, pool.manager().cancel(process)).await {
            Ok(Ok(())) => {}
            // It ends by itself, at `statement_timeout`.
            failed => tracing::warn!(?failed, "a statement that nobody waits for was not cancelled"),
        }
    }
    matches!(timeout(PATIENCE, rollback).await, Ok(Ok(_)))
}

/// A statement in PostgreSQL's words. Its limits, the only unsigned numbers in it, are written out: PostgreSQL takes an
/// unknown limit for a tenth of the table, finds that too much for a plan to keep, and plans every page of a list anew,
/// which takes longer than reading one.
pub(super) fn build(statement: &impl QueryStatementWriter) -> (String, Values) {
    let mut writer = Writer { sql: String::with_capacity(512), values: vec![] };
    statement.build_collect_into(PostgresQueryBuilder, &mut writer);
    (writer.sql, Values(writer.values))
}

struct Writer {
    sql: String,
    values: Vec<Value>,
}

impl SqlWriter for Writer {
    fn push_param<T: QueryBuilder>(&mut self, value: Value, builder: &T) {
        if let Value::BigUnsigned(Some(_)) = value {
            return self.sql.push_param(value, builder);
        }
        self.values.push(value);
        self.sql.push('$');
        self.sql.push_str(&self.values.len().to_string());
    }

    fn as_writer(&mut self) -> &mut dyn Write {
        &mut self.sql
    }
}

impl Write for Writer {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        self.sql.write_str(text)
    }
}

impl Display for Writer {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.sql)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sea_query::{Expr, ExprTrait, Query};

    #[test]
    fn limits_are_written_out_and_values_are_not() {
        let select = Query::select()
            .column("id")
            .from("users")
            .and_where(Expr::col("id").gt(7_i64))
            .and_where(Expr::col("name").eq("x"))
            .limit(20)
            .offset(40)
            .to_owned();
        let (sql, values) = build(&select);
        assert_eq!(sql, r#"SELECT "id" FROM "users" WHERE "id" > $1 AND "name" = $2 LIMIT 20 OFFSET 40"#);
        assert_eq!(values, Values(vec![Value::BigInt(Some(7)), Value::from("x")]));
    }
}
