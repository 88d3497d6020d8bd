//! Writing to SQLite: one connection, for which transactions queue, and whose commits are shared.
//!
//! A commit writes every page that was touched to the log, most of them the same for all who write at the time: the ends
//! of tables and indexes. So a transaction for which others wait does not commit at once. It is released, as a savepoint,
//! into a group; the next one goes on in the same transaction of the database, and whoever finds nobody waiting commits
//! for all. A request is answered when its group is permanent, not before; what is rolled back takes nothing but its
//! own changes with it.

use super::{
    DbError,
    changes::Watch,
    checkpoint::Log,
    deadline,
    keyring::Keyring,
    row::Row,
    sqlite::{LONGEST, Limited},
};
use rusqlite::OpenFlags;
use sea_query::Values;
use std::{
    path::Path,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};
use tokio::sync::{OwnedMutexGuard, oneshot};

/// How long a transaction waits for one of another process.
const PATIENCE: Duration = Duration::from_secs(10);

/// How many transactions share a commit at most, so that the first does not wait long.
const GROUP: usize = 64;

/// The one connection that writes. SQLite has a single writer anyway, and queueing for it here is fairer than its busy
/// loop.
#[derive(Clone)]
pub(super) struct Writer {
    connection: Arc<Connection>,
    /// How many transactions wait for the connection.
    waiting: Arc<AtomicUsize>,
    /// Writes the log back until the connection is closed.
    checkpoints: Arc<Mutex<Option<JoinHandle<()>>>>,
    keys: Keyring,
}

type Connection = tokio::sync::Mutex<Option<Mutex<Writing>>>;

/// The connection with those whose changes are not permanent yet.
struct Writing {
    connection: Limited,
    log: Log,
    group: Vec<Member>,
}

/// A transaction that ended well, if the commit succeeds.
struct Member {
    told: oneshot::Sender<Result<(), DbError>>,
    /// Counts after the commit: what others look up before is as it was.
    watch: Watch,
}

impl Writing {
    /// Whether the database is in a transaction. A full disk ends one, as does a statement that takes too long.
    fn is_open(&self) -> bool {
        !self.connection.is_autocommit()
    }

    /// Runs a statement without values or rows.
    fn run(&self, sql: &str) -> Result<(), DbError> {
        // It concerns the whole group, not only whoever runs it.
        self.connection.allow(LONGEST);
        self.connection.execute(sql, &Values(vec![])).map(drop)
    }

    /// Makes the changes of the group permanent and tells its members.
    fn commit(&mut self) {
        let group = std::mem::take(&mut self.group);
        if group.is_empty() {
            return;
        }
        // What somebody else did ended the transaction; begun again, theirs may end well.
        let result = if self.is_open() { self.run("COMMIT") } else { Err(DbError::Conflict) };
        self.log.committed();
        if result.is_err() && self.is_open() {
            self.roll_back(&["ROLLBACK"]);
        }
        let told = || match &result {
            Ok(()) => Ok(()),
            Err(DbError::Conflict) => Err(DbError::Conflict),
            Err(error) => Err(DbError::Other(error.to_string())),
        };
        for Member { told: member, watch } in group {
            drop(watch);
            // Whoever has gone does not want to know.
            let _ = member.send(told());
        }
    }

    /// Takes back what was changed, with these statements.
    fn roll_back(&self, statements: &[&str]) {
        if let Err(error) = statements.iter().try_for_each(|sql| self.run(sql)) {
            tracing::error!("a transaction could not be rolled back: {error}");
        }
    }
}

impl Writer {
    pub(super) fn open(path: &Path, sure: bool, keys: Keyring) -> Result<Self, DbError> {
        let connection = Arc::new(Connection::new(None));
        let of_others = Arc::downgrade(&connection);
        let alone = move |run: &mut dyn FnMut()| {
            let Some(connection) = of_others.upgrade() else { return };
            let mut guard = connection.blocking_lock();
            if let Some(writing) = guard.as_mut() {
                // The next transaction would go on in that of the group, and in its log.
                writing.get_mut().unwrap_or_else(PoisonError::into_inner).commit();
                run();
            }
        };
        let own = Limited::open(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?.with(keys.clone());
        if sure {
            own.execute("PRAGMA synchronous = FULL", &Values(vec![]))?;
        }
        let (log, thread) = Log::of(&own, path, alone)?;
        if let Ok(mut guard) = connection.try_lock() {
            *guard = Some(Mutex::new(Writing { connection: own, log, group: vec![] }));
        }
        Ok(Self { connection, waiting: Arc::default(), checkpoints: Arc::new(Mutex::new(Some(thread))), keys })
    }

    /// Begins a transaction, when those before it have ended.
    pub(super) async fn begin(&self) -> Result<Transaction, DbError> {
        let waiting = Waiting::new(self);
        let guard = self.connection.clone().lock_owned().await;
        drop(waiting);
        let mut transaction = Transaction { writer: self.clone(), guard: Some(guard), state: State::Ended };
        let end = Instant::now() + deadline::left(PATIENCE);
        loop {
            match transaction.open() {
                Err(DbError::Conflict) if Instant::now() < end => {
                    tokio::time::sleep(Duration::from_millis(2)).await;
                }
                Err(DbError::Conflict) => {
                    return Err(DbError::Busy("another process writes to the database".into()));
                }
                result => return result.map(|()| transaction),
            }
        }
    }

    /// Commits a group that was left to somebody who then gave up waiting.
    fn commit_abandoned(&self) {
        if self.waiting.load(Ordering::SeqCst) == 0
            && let Ok(mut guard) = self.connection.try_lock()
            && let Some(writing) = guard.as_mut()
        {
            writing.get_mut().unwrap_or_else(PoisonError::into_inner).commit();
        }
    }

    /// Writes the log back into the database file and closes it, after the last transaction.
    pub(super) async fn close(&self) {
        if let Some(writing) = self.connection.lock().await.take() {
            writing.into_inner().unwrap_or_else(PoisonError::into_inner).commit();
        }
        let thread = self.checkpoints.lock().unwrap_or_else(PoisonError::into_inner).take();
        // The last connection to close writes back what is left, and removes the log.
        let ended = tokio::task::spawn_blocking(|| thread.map(JoinHandle::join));
        if !matches!(ended.await, Ok(None | Some(Ok(())))) {
            tracing::error!("writing back the log of the database failed");
        }
    }
}

/// A place in the queue.
struct Waiting<'w>(&'w Writer);

impl<'w> Waiting<'w> {
    fn new(writer: &'w Writer) -> Self {
        writer.waiting.fetch_add(1, Ordering::SeqCst);
        Self(writer)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, Ordering::SeqCst);
        self.0.commit_abandoned();
    }
}

/// How a transaction has to end.
#[derive(Clone, Copy, PartialEq)]
enum State {
    /// It is the first of its group: the database's transaction is its own.
    First,
    /// It is a savepoint after others.
    Later,
    /// Not begun, or ended.
    Ended,
}

/// A transaction. Dropped without commit, it is rolled back.
pub struct Transaction {
    writer: Writer,
    guard: Option<OwnedMutexGuard<Option<Mutex<Writing>>>>,
    state: State,
}

impl Transaction {
    fn writing(&mut self) -> Result<&mut Writing, DbError> {
        let writing = self.guard.as_mut().and_then(|guard| guard.as_mut());
        let writing = writing.ok_or_else(|| DbError::Other("the database is closed".into()))?;
        Ok(writing.get_mut().unwrap_or_else(PoisonError::into_inner))
    }

    fn open(&mut self) -> Result<(), DbError> {
        let writing = self.writing()?;
        if writing.group.is_empty() {
            // IMMEDIATE takes the write lock at once: what the transaction reads stays true until it commits. Only
            // another process can hold it now.
            writing.run("BEGIN IMMEDIATE")?;
            self.state = State::First;
        } else {
            writing.run("SAVEPOINT request")?;
            self.state = State::Later;
        }
        Ok(())
    }

    pub(super) fn keys(&self) -> &Keyring {
        &self.writer.keys
    }

    /// The connection, as long as the database has not ended the transaction by itself. After that, each statement would
    /// be permanent on its own.
    fn connection(&mut self) -> Result<&Limited, DbError> {
        let writing = self.writing()?;
        if !writing.is_open() {
            return Err(DbError::Other("the database ended the transaction".into()));
        }
        writing.connection.begin();
        Ok(&writing.connection)
    }

    pub(super) fn rows<R: Row>(&mut self, sql: &str, values: &Values, limit: usize) -> Result<Vec<R>, DbError> {
        self.connection()?.rows(sql, values, limit)
    }

    pub(super) fn number(&mut self, sql: &str, values: &Values) -> Result<i64, DbError> {
        self.connection()?.number(sql, values)
    }

    pub(super) fn execute(&mut self, sql: &str, values: &Values) -> Result<u64, DbError> {
        self.connection()?.execute(sql, values)
    }

    /// Runs a statement, writes what it changes to the disk, and takes it back: nobody sees that there was anything.
    pub(super) fn try_out(mut self, sql: &str, values: &Values) -> Result<(), DbError> {
        self.execute(sql, values)?;
        self.connection()?.flush()
    }

    /// Ends the transaction; returns when it is permanent.
    pub(super) async fn commit(mut self, watch: Watch) -> Result<(), DbError> {
        self.connection()?;
        let later = self.state == State::Later;
        let writing = self.writing()?;
        if later {
            writing.run("RELEASE request")?;
        }
        let (told, outcome) = oneshot::channel();
        writing.group.push(Member { told, watch });
        self.state = State::Ended;
        drop(self);
        outcome.await.unwrap_or_else(|_| Err(DbError::Other("nobody knows how the commit ended".into())))
    }
}

impl Drop for Transaction {
    fn drop(&mut self) {
        let (state, waiting) = (self.state, self.writer.waiting.load(Ordering::SeqCst));
        if let Ok(writing) = self.writing() {
            match state {
                _ if !writing.is_open() => {}
                State::First => writing.roll_back(&["ROLLBACK"]),
                State::Later => writing.roll_back(&["ROLLBACK TO request", "RELEASE request"]),
                State::Ended => {}
            }
            if waiting == 0 || writing.group.len() >= GROUP || !writing.is_open() {
                writing.commit();
            }
        }
        self.guard = None;
        self.writer.commit_abandoned();
    }
}

impl std::fmt::Debug for Writer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Writer").finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Transaction {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Transaction").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{changes::Changes, sqlite::Readers};
    use futures::FutureExt;
    use std::{future::Future, pin::Pin, task::Poll};

    struct Database {
        path: std::path::PathBuf,
        writer: Writer,
        readers: Readers,
        changes: Changes,
        _folder: tempfile::TempDir,
    }

    impl Database {
        fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("test.db");
            let connection = rusqlite::Connection::open(&path).unwrap();
            connection
                .execute_batch("PRAGMA journal_mode = WAL; CREATE TABLE numbers (n INTEGER PRIMARY KEY, more BLOB)")
                .unwrap();
            drop(connection);
            let writer = Writer::open(&path, false, Keyring::default()).unwrap();
            let readers = Readers::new(path.clone(), Keyring::default());
            Self { path, writer, readers, changes: Changes::default(), _folder: folder }
        }

        async fn insert(&self, n: i64) -> Transaction {
            let mut transaction = self.writer.begin().await.unwrap();
            insert(&mut transaction, n);
            transaction
        }

        async fn commit(&self, transaction: Transaction) {
            transaction.commit(self.changes.watch()).await.unwrap();
        }

        /// What everybody sees.
        fn numbers(&self) -> Vec<i64> {
            let none = Values(vec![]);
            let rows = self.readers.rows::<(i64,)>("SELECT n FROM numbers ORDER BY n", &none, usize::MAX);
            // Short reads do not wait.
            let rows = rows.now_or_never().unwrap();
            rows.unwrap().into_iter().map(|(n,)| n).collect()
        }
    }

    fn insert(transaction: &mut Transaction, n: i64) {
        transaction.execute("INSERT INTO numbers (n) VALUES (?)", &Values(vec![n.into()])).unwrap();
    }

    /// Looks at a future once.
    async fn poll<T>(future: &mut (impl Future<Output = T> + Unpin)) -> Option<T> {
        match futures::poll!(future) {
            Poll::Ready(output) => Some(output),
            Poll::Pending => None,
        }
    }

    type Later<'d, T> = Pin<Box<dyn Future<Output = T> + 'd>>;

    /// A transaction that has ended but is not permanent, and the one it waits for, which is about to begin.
    async fn two(db: &Database) -> (Later<'_, Result<(), DbError>>, Later<'_, Transaction>) {
        let first = db.insert(1).await;
        let mut second = Box::pin(db.insert(2));
        assert!(poll(&mut second).await.is_none(), "one at a time");
        let mut first = Box::pin(first.commit(db.changes.watch()));
        assert!(poll(&mut first).await.is_none(), "somebody waits, so the commit does");
        (first, second)
    }

    #[tokio::test]
    async fn those_who_wait_for_one_another_share_a_commit() {
        let db = Database::new();
        let (mut first, second) = two(&db).await;
        let second = second.await;
        assert!(db.numbers().is_empty());
        db.commit(second).await;
        assert!(matches!(poll(&mut first).await, Some(Ok(()))));
        assert_eq!(db.numbers(), [1, 2]);
    }

    #[tokio::test]
    async fn a_rollback_takes_back_nothing_of_others() {
        let db = Database::new();
        let (mut first, second) = two(&db).await;
        drop(second.await);
        let told = poll(&mut first).await;
        assert!(matches!(told, Some(Ok(()))), "the last of a group commits for all, even with nothing of its own");
        assert_eq!(db.numbers(), [1]);
        drop(db.insert(3).await);
        assert_eq!(db.numbers(), [1]);
    }

    #[tokio::test]
    async fn nobody_waits_for_one_who_gave_up() {
        let db = Database::new();
        let (mut first, second) = two(&db).await;
        drop(second);
        assert!(matches!(poll(&mut first).await, Some(Ok(()))));
        assert_eq!(db.numbers(), [1]);
    }

    #[tokio::test]
    async fn what_ended_well_is_permanent_even_if_nobody_waits_for_the_answer() {
        let db = Database::new();
        let (first, second) = two(&db).await;
        drop(first);
        drop(second.await);
        assert_eq!(db.numbers(), [1]);
    }

    #[tokio::test]
    async fn when_the_database_ends_a_transaction_its_whole_group_hears_of_it() {
        let db = Database::new();
        let (first, second) = two(&db).await;
        let mut second = second.await;
        // As a full disk does it.
        second.writing().unwrap().run("ROLLBACK").unwrap();
        assert!(second.execute("INSERT INTO numbers (n) VALUES (3)", &Values(vec![])).is_err());
        assert!(second.commit(db.changes.watch()).await.is_err());
        assert!(first.await.is_err());
        assert!(db.numbers().is_empty());
        let next = db.insert(4).await;
        db.commit(next).await;
        assert_eq!(db.numbers(), [4]);
    }

    #[tokio::test]
    async fn trying_out_changes_nothing_and_finds_out() {
        let db = Database::new();
        let none = Values(vec![]);
        let others = rusqlite::Connection::open(&db.path).unwrap();
        let seen = || others.query_row("PRAGMA data_version", [], |row| row.get::<_, i64>(0)).unwrap();
        let sql = "INSERT INTO numbers VALUES (7, zeroblob(10000))";
        let try_out = async || db.writer.begin().await?.try_out(sql, &none);
        let log = || std::fs::metadata(format!("{}-wal", db.path.display())).map_or(0, |log| log.len());
        let before = (seen(), log());
        try_out().await.unwrap();
        assert!(log() > before.1 + 10_000, "it was written to the disk");
        assert_eq!((seen(), db.numbers()), (before.0, vec![]));
        let set =
            async |pragma: &str| db.writer.connection.lock().await.as_mut().unwrap().get_mut().unwrap().run(pragma);
        set("PRAGMA query_only = ON").await.unwrap();
        try_out().await.unwrap_err();
        set("PRAGMA query_only = OFF").await.unwrap();
        try_out().await.unwrap();
        let first = db.insert(1).await;
        db.commit(first).await;
        assert_eq!(db.numbers(), [1]);
    }

    #[tokio::test]
    async fn the_log_is_written_back_and_begins_anew() {
        let db = Database::new();
        let size = |suffix: &str| {
            let mut path = db.path.clone().into_os_string();
            path.push(suffix);
            std::fs::metadata(path).map_or(0, |file| file.len())
        };
        let mut longest = 0;
        // One that has been long is cut when it begins anew.
        for n in 0.. {
            let mut transaction = db.writer.begin().await.unwrap();
            let more = "INSERT INTO numbers VALUES (?, zeroblob(1000000))";
            transaction.execute(more, &Values(vec![n.into()])).unwrap();
            db.commit(transaction).await;
            longest = longest.max(size("-wal"));
            if n > 150 && size("-wal") < longest {
                break;
            }
            assert!(n < 2_000, "the log has {} bytes", size("-wal"));
        }
        assert!(size("") > 100_000_000, "written back while it was open");
        let numbers = db.numbers().len();
        db.readers.close();
        db.writer.close().await;
        assert_eq!(size("-wal"), 0);
        assert_eq!(
            Database { writer: Writer::open(&db.path, true, Keyring::default()).unwrap(), ..db }.numbers().len(),
            numbers
        );
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn many_at_once_each_end_as_they_want() {
        let db = Arc::new(Database::new());
        let tasks = (0..400).map(|n| {
            let db = db.clone();
            tokio::spawn(async move {
                let mut transaction = db.insert(n).await;
                match n % 4 {
                    0 => drop(transaction),
                    1 => insert(&mut transaction, n + 1_000),
                    _ => {
                        db.commit(transaction).await;
                        assert!(db.numbers().contains(&n), "answered before it is permanent");
                    }
                }
            })
        });
        for task in tasks.collect::<Vec<_>>() {
            task.await.unwrap();
        }
        let kept: Vec<i64> = (0..400).filter(|n| n % 4 > 1).collect();
        assert_eq!(db.numbers(), kept);
    }
}
