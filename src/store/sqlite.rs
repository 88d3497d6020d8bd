//! SQLite, in the calling thread.
//!
//! A statement by key takes a few microseconds, less than handing it to another thread and waiting for the answer. Long
//! ones (a search through everything) hold up their thread, not the server: it has more threads than processors, and
//! [`LONGEST`] ends them.

use super::{
    DbError,
    places::{Key, Lists},
    row::{AnyRow, Row},
};
use rusqlite::{
    Connection, OpenFlags,
    config::DbConfig,
    hooks::Wal,
    types::{ToSqlOutput, ValueRef},
};
use sea_query::{OptionEnum, Value, Values};
use std::{
    ffi::c_int,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

/// How long one statement may run.
const LONGEST: Duration = Duration::from_secs(30);

/// How many prepared statements a connection keeps.
const PREPARED: usize = 256;

/// How many steps of SQLite's machine there are between two looks at the clock: about a millisecond.
const STEPS: i32 = 100_000;

/// One connection, with a limit to how long its statements run.
pub(super) struct Limited {
    connection: Connection,
    /// When the running statement has to end, in milliseconds after `opened`.
    deadline: Arc<AtomicU64>,
    opened: Instant,
    /// What is known of lists.
    pub(super) lists: Lists<i64>,
}

impl Limited {
    pub(super) fn open(path: &Path, flags: OpenFlags) -> Result<Self, DbError> {
        let connection = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
        connection.set_prepared_statement_cache_capacity(PREPARED);
        // Without this, SQLite plans a statement with LIMIT anew each time it runs, as the best plan may depend on the limit.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        // In WAL mode NORMAL survives a killed process; only a power cut can lose the last transactions.
        connection
            .execute_batch("PRAGMA foreign_keys = ON; PRAGMA synchronous = NORMAL; PRAGMA temp_store = MEMORY;")?;
        // See `checkpoint.rs`.
        connection.pragma_update(None, "wal_autocheckpoint", 0)?;
        let (opened, deadline) = (Instant::now(), Arc::new(AtomicU64::new(0)));
        let watched = deadline.clone();
        let late = move || milliseconds(opened.elapsed()) > watched.load(Ordering::Relaxed);
        connection.progress_handler(STEPS, Some(late))?;
        Ok(Self { connection, deadline, opened, lists: Lists::default() })
    }

    /// Calls a function after every commit with the length of the log, which is cut to so many bytes when it begins anew.
    pub(super) fn notice_commits(
        &self,
        kept: i64,
        noticed: fn(&Wal, c_int) -> rusqlite::Result<()>,
    ) -> Result<(), DbError> {
        self.connection.pragma_update(None, "journal_size_limit", kept)?;
        self.connection.wal_hook(Some(noticed));
        Ok(())
    }

    /// Writes the log back, as far as nobody is in the way. How many pages it holds, and how many of them are written back.
    pub(super) fn checkpoint(&self) -> Result<(u32, u32), DbError> {
        let pages = |row: &rusqlite::Row<'_>| Ok((row.get(1)?, row.get(2)?));
        Ok(self.begin().prepare_cached("PRAGMA wal_checkpoint(PASSIVE)")?.query_row([], pages)?)
    }

    /// Whether no transaction is open.
    pub(super) fn is_autocommit(&self) -> bool {
        self.connection.is_autocommit()
    }

    /// Starts the time of the next statement.
    fn begin(&self) -> &Connection {
        self.deadline.store(milliseconds(self.opened.elapsed() + LONGEST), Ordering::Relaxed);
        &self.connection
    }

    /// The first rows of a statement, at most `limit`.
    pub(super) fn rows<R: Row>(&self, sql: &str, values: &Values, limit: usize) -> Result<Vec<R>, DbError> {
        let mut read = vec![];
        self.each(sql, values, |row| {
            read.push(R::read(row, 0)?);
            Ok(read.len() < limit)
        })?;
        Ok(read)
    }

    /// Shows the rows of a statement to a function, as long as it wants more.
    pub(super) fn each(
        &self,
        sql: &str,
        values: &Values,
        mut see: impl FnMut(AnyRow<'_>) -> Result<bool, DbError>,
    ) -> Result<(), DbError> {
        let mut statement = self.begin().prepare_cached(sql)?;
        let mut rows = statement.query(rusqlite::params_from_iter(values.0.iter().map(Parameter)))?;
        while let Some(row) = rows.next()? {
            if !see(AnyRow::Sqlite(row))? {
                break;
            }
        }
        Ok(())
    }

    /// Runs some statements that read, and see the database in one state.
    pub(super) fn at_once<T, E: From<DbError>>(&self, run: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        let none = Values(vec![]);
        self.execute("BEGIN", &none)?;
        let result = run();
        self.execute("COMMIT", &none)?;
        result
    }

    /// A number that changes when somebody else commits. <https://sqlite.org/pragma.html#pragma_data_version>
    pub(super) fn version(&self) -> Result<i64, DbError> {
        Ok(self.begin().prepare_cached("PRAGMA data_version")?.query_row([], |row| row.get(0))?)
    }

    /// The one number that a statement gives.
    pub(super) fn number(&self, sql: &str, values: &Values) -> Result<i64, DbError> {
        Ok(self.rows::<(i64,)>(sql, values, 1)?.first().map_or(0, |(number,)| *number))
    }

    /// A number that is remembered until somebody else commits.
    fn count(&self, sql: Arc<str>, values: &Values) -> Result<i64, DbError> {
        self.at_once(|| {
            let version = self.version()?;
            let key = Key::counted(sql.clone(), values);
            if let Some(known) = self.lists.total(&key, &version) {
                return Ok(known);
            }
            let number = self.number(&sql, values)?;
            self.lists.set_total(key, version, number);
            Ok(number)
        })
    }

    /// Runs a statement and says how many rows it touched.
    pub(super) fn execute(&self, sql: &str, values: &Values) -> Result<u64, DbError> {
        let mut statement = self.begin().prepare_cached(sql)?;
        Ok(statement.execute(rusqlite::params_from_iter(values.0.iter().map(Parameter)))? as u64)
    }
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// Connections that only read. Each is used by one thread at a time and for one statement, so there are never more than
/// threads.
#[derive(Clone)]
pub struct Readers(Arc<(PathBuf, Mutex<Vec<Limited>>)>);

impl Readers {
    /// Connections to an existing database, opened when they are needed.
    pub(super) fn new(path: PathBuf) -> Self {
        Self(Arc::new((path, Mutex::default())))
    }

    /// Runs something with one of them.
    pub(super) fn with<T, E: From<DbError>>(&self, run: impl FnOnce(&Limited) -> Result<T, E>) -> Result<T, E> {
        let (path, idle) = &*self.0;
        let free = idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let connection = match free {
            Some(connection) => connection,
            None => Limited::open(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?,
        };
        let result = run(&connection);
        idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        result
    }

    pub(super) fn rows<R: Row>(&self, sql: &str, values: &Values, limit: usize) -> Result<Vec<R>, DbError> {
        self.with(|connection| connection.rows(sql, values, limit))
    }

    pub(super) fn count(&self, sql: Arc<str>, values: &Values) -> Result<i64, DbError> {
        self.with(|connection| connection.count(sql, values))
    }

    /// Closes those that nobody uses.
    pub(super) fn close(&self) {
        self.0.1.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

/// A value of the query builder as SQLite stores it: UUIDs as 16 bytes; times as RFC 3339 in UTC, whose order as text is
/// their order in time; JSON as text.
struct Parameter<'v>(&'v Value);

impl rusqlite::ToSql for Parameter<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        fn number<'v>(value: Option<impl Into<i64>>) -> ToSqlOutput<'v> {
            value.map_or(ToSqlOutput::Borrowed(ValueRef::Null), |n| ToSqlOutput::from(n.into()))
        }
        fn text<'v>(value: Option<String>) -> ToSqlOutput<'v> {
            value.map_or(ToSqlOutput::Borrowed(ValueRef::Null), ToSqlOutput::from)
        }
        fn bytes<'v>(value: Option<&'v [u8]>) -> ToSqlOutput<'v> {
            ToSqlOutput::Borrowed(value.map_or(ValueRef::Null, ValueRef::Blob))
        }
        fn real<'v>(value: Option<f64>) -> ToSqlOutput<'v> {
            value.map_or(ToSqlOutput::Borrowed(ValueRef::Null), ToSqlOutput::from)
        }
        Ok(match self.0 {
            Value::Bool(value) => number(*value),
            Value::TinyInt(value) => number(*value),
            Value::SmallInt(value) => number(*value),
            Value::Int(value) => number(*value),
            Value::BigInt(value) => number(*value),
            Value::TinyUnsigned(value) => number(*value),
            Value::SmallUnsigned(value) => number(*value),
            Value::Unsigned(value) => number(*value),
            Value::BigUnsigned(value) => match value.map(i64::try_from).transpose() {
                Ok(value) => number(value),
                Err(error) => return Err(rusqlite::Error::ToSqlConversionFailure(error.into())),
            },
            Value::Float(value) => real(value.map(f64::from)),
            Value::Double(value) => real(*value),
            Value::String(value) => match value {
                Some(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
                None => ToSqlOutput::Borrowed(ValueRef::Null),
            },
            Value::Enum(OptionEnum::Some(value)) => text(Some(value.value.to_string())),
            Value::Enum(OptionEnum::None(_)) => text(None),
            Value::Char(value) => text(value.map(String::from)),
            Value::Bytes(value) => bytes(value.as_deref()),
            Value::Uuid(value) => bytes(value.as_ref().map(|uuid| uuid.as_bytes().as_slice())),
            Value::Json(value) => text(value.as_ref().map(ToString::to_string)),
            Value::ChronoDateTimeUtc(value) => {
                text(value.map(|time| time.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, false)))
            }
            other => {
                let unknown = format!("values such as {other:?} are not stored");
                return Err(rusqlite::Error::ToSqlConversionFailure(unknown.into()));
            }
        })
    }
}

impl std::fmt::Debug for Readers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Readers").finish_non_exhaustive()
    }
}
