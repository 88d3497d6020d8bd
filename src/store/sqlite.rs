//! SQLite, in the calling thread.
//!
//! A statement by key takes a few microseconds, less than handing it to another thread and waiting for the answer. One
//! that turns out to take long (a search through everything) is given up where it holds up others; see
//! [`deadline::briefly`]. All end when nobody waits for them, or after [`LONGEST`].

use super::{
    DbError, deadline,
    keyring::Keyring,
    places::{Key, Lists},
    row::{AnyRow, Budget, Cells, Row},
};
use rusqlite::{
    Connection, OpenFlags, Statement,
    config::DbConfig,
    hooks::Wal,
    types::{ToSqlOutput, ValueRef},
};
use sea_query::{OptionEnum, Value, Values};
use std::{
    ffi::c_int,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::runtime::{Handle, RuntimeFlavor};

/// How long one statement may run.
pub(super) const LONGEST: Duration = Duration::from_secs(30);

/// How long the statements of a read may run in a thread that others wait for, where nobody begins them again elsewhere.
const SHORT: Duration = Duration::from_millis(10);

/// How many times as long as their thread has the processor statements may take, as the machine has more to do or the disk
/// is slow.
const DRAWN_OUT: u32 = 10;

/// How many prepared statements a connection keeps.
const PREPARED: usize = 256;

/// How long the text of a statement is that stays prepared, in bytes. Longer ones have grown with what somebody asked
/// for, and the next one will be another.
const KEPT: usize = 2_000;

/// How many steps of SQLite's machine there are between two looks at the clock: about a tenth of a millisecond.
const STEPS: i32 = 10_000;

/// One connection, with a limit to how long its statements run.
pub(super) struct Limited {
    connection: Connection,
    clock: Arc<Clock>,
    /// What is known of lists.
    pub(super) lists: Lists<i64>,
    keys: Keyring,
}

/// When the statements of a connection have to end.
struct Clock {
    opened: Instant,
    /// In microseconds after that: when they began, and when they have to end.
    begun: AtomicU64,
    end: AtomicU64,
    /// The time of the processor, in microseconds, when the clock was looked at first. What takes no longer than until then
    /// is not worth the question.
    first: AtomicU64,
    /// How much of it they may take after that.
    most: AtomicU64,
    /// Whether one did not end in time.
    ran_out: AtomicBool,
}

impl Clock {
    fn new() -> Self {
        let zero = || AtomicU64::new(0);
        let clock = Self {
            opened: Instant::now(),
            begun: zero(),
            end: zero(),
            first: zero(),
            most: zero(),
            ran_out: AtomicBool::default(),
        };
        clock.allow(LONGEST);
        clock
    }

    fn now(&self) -> u64 {
        microseconds(self.opened.elapsed())
    }

    /// How long the calling thread has had the processor, in microseconds and never 0.
    fn processor() -> u64 {
        let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
        Duration::try_from(time).map_or(1, |time| microseconds(time).max(1))
    }

    fn allow(&self, time: Duration) {
        let now = self.now();
        self.begun.store(now, Ordering::Relaxed);
        self.end.store(now + microseconds(time), Ordering::Relaxed);
        self.first.store(0, Ordering::Relaxed);
        self.most.store(u64::MAX, Ordering::Relaxed);
        self.ran_out.store(false, Ordering::Relaxed);
    }

    /// Allows so much time of the processor, and no longer than somebody waits.
    fn allow_briefly(&self, time: Duration) {
        self.allow(deadline::left(time * DRAWN_OUT));
        self.most.store(microseconds(time), Ordering::Relaxed);
    }

    /// How much of the time of the processor was taken since the first look.
    fn taken(&self) -> u64 {
        match self.first.load(Ordering::Relaxed) {
            0 => 0,
            first => Self::processor().saturating_sub(first),
        }
    }

    /// How long the statements have held up others.
    fn spent(&self) -> Duration {
        let took = self.now().saturating_sub(self.begun.load(Ordering::Relaxed));
        Duration::from_micros(self.taken().max(took / u64::from(DRAWN_OUT)))
    }

    /// Whether a statement has to end now.
    fn is_over(&self) -> bool {
        if self.first.load(Ordering::Relaxed) == 0 {
            self.first.store(Self::processor(), Ordering::Relaxed);
        }
        let over = self.taken() > self.most.load(Ordering::Relaxed) || self.now() > self.end.load(Ordering::Relaxed);
        if over {
            self.ran_out.store(true, Ordering::Relaxed);
        }
        over
    }
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
        let clock = Arc::new(Clock::new());
        let watched = clock.clone();
        connection.progress_handler(STEPS, Some(move || watched.is_over()))?;
        Ok(Self { connection, clock, lists: Lists::default(), keys: Keyring::default() })
    }

    /// The connection, with the keys of what is sealed.
    pub(super) fn with(self, keys: Keyring) -> Self {
        Self { keys, ..self }
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
        self.allow(LONGEST);
        Ok(self.connection.prepare_cached("PRAGMA wal_checkpoint(PASSIVE)")?.query_row([], pages)?)
    }

    /// Writes to the log what the open transaction has changed.
    pub(super) fn flush(&self) -> Result<(), DbError> {
        Ok(self.connection.cache_flush()?)
    }

    /// Starts the time of the next statements, as long as somebody waits for them.
    pub(super) fn begin(&self) {
        self.allow(deadline::left(LONGEST));
    }

    /// Starts the time of the next statements.
    pub(super) fn allow(&self, time: Duration) {
        self.clock.allow(time);
    }

    /// Whether no transaction is open.
    pub(super) fn is_autocommit(&self) -> bool {
        self.connection.is_autocommit()
    }

    /// Does something with a statement, which stays prepared unless it is long.
    fn prepared<T>(&self, sql: &str, run: impl FnOnce(&mut Statement<'_>) -> Result<T, DbError>) -> Result<T, DbError> {
        if sql.len() > KEPT {
            return run(&mut self.connection.prepare(sql)?);
        }
        run(&mut *self.connection.prepare_cached(sql)?)
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
        self.prepared(sql, |statement| {
            let mut rows = statement.query(rusqlite::params_from_iter(values.0.iter().map(Parameter)))?;
            let mut budget = Budget::default();
            while let Some(row) = rows.next()? {
                budget.take(Cells::Sqlite(row))?;
                if !see(AnyRow::sqlite(row, &self.keys))? {
                    break;
                }
            }
            Ok(())
        })
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
        Ok(self.connection.prepare_cached("PRAGMA data_version")?.query_row([], |row| row.get(0))?)
    }

    /// The one number that a statement gives.
    pub(super) fn number(&self, sql: &str, values: &Values) -> Result<i64, DbError> {
        Ok(self.rows::<(i64,)>(sql, values, 1)?.first().map_or(0, |(number,)| *number))
    }

    /// A number that is remembered until somebody else commits.
    fn count(&self, sql: Arc<str>, values: &Values) -> Result<i64, DbError> {
        self.at_once(|| {
            let version = self.version()?;
            let key = Key::counted(&sql, values);
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
        self.prepared(sql, |statement| {
            Ok(statement.execute(rusqlite::params_from_iter(values.0.iter().map(Parameter)))? as u64)
        })
    }
}

/// Writes a database anew, so that nothing is left in its files of what was overwritten.
pub(super) fn forget(path: &Path) -> Result<(), DbError> {
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    connection.busy_timeout(LONGEST)?;
    Ok(connection.execute_batch("VACUUM; PRAGMA wal_checkpoint(TRUNCATE)")?)
}

fn microseconds(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

/// Connections that only read. Each is used by one thread at a time, so there are never more than threads.
#[derive(Clone)]
pub struct Readers(Arc<Inner>);

struct Inner {
    path: PathBuf,
    /// The file that is open, whatever is found there by now: its device and number.
    file: Option<(u64, u64)>,
    keys: Keyring,
    idle: Mutex<Vec<Limited>>,
}

impl Readers {
    /// Connections to an existing database, opened when they are needed.
    pub(super) fn new(path: PathBuf, keys: Keyring) -> Self {
        let file = identity(&path).ok();
        Self(Arc::new(Inner { path, file, keys, idle: Mutex::default() }))
    }

    /// Runs something that reads with one of them; perhaps twice, if it turns out to take long.
    pub(super) async fn with<T, E, F>(&self, run: F) -> Result<T, E>
    where
        E: From<DbError>,
        F: Fn(&Limited) -> Result<T, E>,
    {
        if let Some(most) = deadline::brief() {
            if most.is_zero() {
                deadline::spend(None);
                return Err(DbError::TooLong.into());
            }
            let result = self.within(|clock| clock.allow_briefly(most), &run)?;
            return result.unwrap_or_else(|| Err(DbError::TooLong.into()));
        }
        if !deadline::is_at_leisure()
            && let Some(result) = self.within(|clock| clock.allow_briefly(SHORT), &run)?
        {
            return result;
        }
        let run = || self.within(|clock| clock.allow(deadline::left(LONGEST)), &run);
        let multiple = Handle::try_current().is_ok_and(|now| now.runtime_flavor() == RuntimeFlavor::MultiThread);
        // What else waits for this thread then goes on in another one.
        let result = if multiple { tokio::task::block_in_place(run) } else { run() };
        result?.unwrap_or_else(|| Err(DbError::TooLong.into()))
    }

    /// What something gives that reads, unless it takes longer than is allowed.
    fn within<T, E: From<DbError>>(
        &self,
        allow: impl FnOnce(&Clock),
        run: impl Fn(&Limited) -> Result<T, E>,
    ) -> Result<Option<Result<T, E>>, DbError> {
        let Inner { path, keys, idle, .. } = &*self.0;
        let free = idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let connection = match free {
            Some(connection) => connection,
            None => Limited::open(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?.with(keys.clone()),
        };
        allow(&connection.clock);
        let result = run(&connection);
        let ran_out = result.is_err() && connection.clock.ran_out.load(Ordering::Relaxed);
        deadline::spend((!ran_out).then(|| connection.clock.spent()));
        idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        Ok((!ran_out).then_some(result))
    }

    pub(super) async fn rows<R: Row>(&self, sql: &str, values: &Values, limit: usize) -> Result<Vec<R>, DbError> {
        self.with(|connection| connection.rows(sql, values, limit)).await
    }

    pub(super) async fn count(&self, sql: Arc<str>, values: &Values) -> Result<i64, DbError> {
        self.with(|connection| connection.count(sql.clone(), values)).await
    }

    pub(super) fn keys(&self) -> &Keyring {
        &self.0.keys
    }

    /// Checks that the file is still there: changes to one that was deleted are lost with the process.
    pub(super) fn check_place(&self) -> Result<(), DbError> {
        let Inner { path, file, .. } = &*self.0;
        let at = path.display();
        match identity(path) {
            Ok(found) if Some(found) == *file => Ok(()),
            Ok(_) => Err(DbError::Other(format!("{at} is another file than the one that is open"))),
            Err(error) => Err(DbError::Other(format!("{at} cannot be found: {error}"))),
        }
    }

    /// Closes those that nobody uses.
    pub(super) fn close(&self) {
        self.0.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

/// What tells a file from another one of the same name.
fn identity(path: &Path) -> std::io::Result<(u64, u64)> {
    std::fs::metadata(path).map(|file| (file.dev(), file.ino()))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::deadline::{briefly, within};

    /// More rows than anybody waits for.
    const ENDLESS: &str = "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n) SELECT count(*) FROM n";

    fn number(readers: &Readers, sql: &'static str) -> impl Future<Output = Result<i64, DbError>> + Send + 'static {
        let readers = readers.clone();
        async move { Ok(readers.rows::<(i64,)>(sql, &Values(vec![]), 1).await?[0].0) }
    }

    fn readers(folder: &tempfile::TempDir) -> Readers {
        let path = folder.path().join("test.db");
        Connection::open(&path).unwrap().execute_batch("CREATE TABLE numbers (n INTEGER)").unwrap();
        Readers::new(path, Keyring::default())
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 1)]
    async fn long_reads_hold_up_nobody_and_end_with_those_who_wait() {
        let folder = tempfile::tempdir().unwrap();
        let readers = readers(&folder);
        let end = Instant::now() + Duration::from_secs(2);
        let long: Vec<_> = (0..6).map(|_| tokio::spawn(within(end, number(&readers, ENDLESS)))).collect();
        // All by the one thread that there is.
        for _ in 0..50 {
            assert_eq!(tokio::spawn(number(&readers, "SELECT 7")).await.unwrap().unwrap(), 7);
        }
        assert!(Instant::now() < end, "held up until the long ones ended");
        for read in long {
            let error = read.await.unwrap().unwrap_err();
            assert!(matches!(error, DbError::TooLong), "{error}");
        }
        assert!(end.elapsed() < Duration::from_secs(20), "they ran on when nobody waited any more");
    }

    #[tokio::test]
    async fn brief_reads_are_given_up_when_they_are_not() {
        let folder = tempfile::tempdir().unwrap();
        let readers = readers(&folder);
        let (short, long) = (Duration::from_secs(60), Duration::from_millis(10));
        let (seven, took) = briefly(short, number(&readers, "SELECT 7")).await.unwrap();
        assert!(seven.unwrap() == 7 && took < short);
        assert!(briefly(long, number(&readers, ENDLESS)).await.is_none());
    }

    #[test]
    fn what_is_short_stays_so_on_a_busy_machine() {
        let clock = Clock::new();
        clock.allow_briefly(Duration::from_millis(5));
        while !clock.is_over() {}
        assert!(clock.spent() >= Duration::from_millis(5));
        // Another thread has the processor meanwhile.
        clock.allow_briefly(Duration::from_secs(60));
        clock.is_over();
        std::thread::spawn(|| {
            let begun = Clock::processor();
            while Clock::processor() < begun + 50_000 {}
        })
        .join()
        .unwrap();
        assert!(!clock.is_over() && clock.taken() < 25_000, "{} µs", clock.taken());
    }

    #[test]
    fn nobody_reads_more_than_an_answer_holds() {
        let folder = tempfile::tempdir().unwrap();
        let connection = Limited::open(&folder.path().join("test.db"), OpenFlags::default()).unwrap();
        let endless =
            "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n) SELECT hex(zeroblob(1000000)) FROM n";
        let read = connection.rows::<(String,)>(endless, &Values(vec![]), usize::MAX);
        assert!(matches!(read, Err(DbError::TooMuch)), "{read:?}");
    }

    #[test]
    fn only_statements_that_stay_the_same_stay_prepared() {
        let folder = tempfile::tempdir().unwrap();
        let connection = Limited::open(&folder.path().join("test.db"), OpenFlags::default()).unwrap();
        let runs = |sql: &str| {
            connection.execute(sql, &Values(vec![])).unwrap();
            let statement = connection.connection.prepare_cached(sql).unwrap();
            statement.get_status(rusqlite::StatementStatus::Run)
        };
        runs("CREATE TABLE numbers (n INTEGER)");
        assert_eq!(runs("INSERT INTO numbers VALUES (1)"), 1);
        assert_eq!(runs(&format!("INSERT INTO numbers VALUES {}(2)", "(1), ".repeat(KEPT / 5))), 0, "prepared anew");
    }
}
