//! Opening a database: pools, checks, migrations.

use super::{
    Changes, Conn, DbError, Keyring, Statement, conn::Pooled, listener::Listener, places::Lists, postgres, seal,
    sqlite, sqlite::Readers, writer::Writer,
};
use sea_query::{Expr, Query};
use sqlx::{
    ConnectOptions, Connection,
    migrate::{MigrateError, Migrator},
    postgres::PgConnectOptions,
    sqlite::{SqliteConnectOptions, SqliteJournalMode},
};
use std::{path::Path, str::FromStr, sync::Arc, time::Duration};

static SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("migrations/postgres");

/// How many prepared statements a connection of PostgreSQL keeps.
const PREPARED: usize = 256;

/// How long a statement may take, where nothing else is said.
const LONGEST: Duration = Duration::from_secs(30);

/// The oldest PostgreSQL that is supported, as `server_version_num` counts.
const MIN_POSTGRES: i64 = 140_000;

/// At the end of the URL of an SQLite database: a commit waits until the disk has it.
pub const FULL: &str = "?synchronous=full";

/// Why a database cannot be used. The text says what to do.
#[derive(Debug)]
pub struct OpenError(pub String);

impl std::fmt::Display for OpenError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for OpenError {}

/// An open, migrated database. Reads and writes are apart, so that reads can go to replicas.
#[derive(Debug, Clone)]
pub struct Db {
    pools: Pools,
    changes: Changes,
}

#[derive(Debug, Clone)]
enum Pools {
    Sqlite {
        read: Readers,
        write: Writer,
    },
    Postgres {
        read: postgres::Pool,
        write: postgres::Pool,
        urgent: postgres::Pool,
        lists: Lists,
        /// None behind a pooler, where the connection that listens would be another one in the next moment.
        listener: Option<Arc<Listener>>,
    },
}

impl Db {
    /// Opens a database by URL (`sqlite://PATH`, `sqlite::memory:` is refused, `postgres://…`) and migrates it.
    ///
    /// # Errors
    /// A text for the operator: unreachable, too old, newer than this program, folder not writable.
    pub async fn open(url: &str) -> Result<Self, OpenError> {
        Self::open_within(url, LONGEST).await
    }

    /// Whether opening a database would make a new one. That of PostgreSQL is there, or cannot be opened.
    pub fn is_new(url: &str) -> bool {
        let path = url.strip_prefix("sqlite://").map(|path| path.strip_suffix(FULL).unwrap_or(path));
        path.is_some_and(|path| !Path::new(path).exists())
    }

    /// As [`Db::open`], with a limit to how long a statement of PostgreSQL may take. Those of SQLite go by
    /// [`deadline`](super::deadline).
    ///
    /// # Errors
    /// As [`Db::open`].
    pub async fn open_within(url: &str, longest: Duration) -> Result<Self, OpenError> {
        Self::open_sealed(url, longest, Keyring::default()).await
    }

    /// As [`Db::open_within`], with the keys of the secrets. Those that are stored in another way are stored anew.
    ///
    /// # Errors
    /// As [`Db::open`], and when secrets are sealed by another key.
    pub async fn open_sealed(url: &str, longest: Duration, keys: Keyring) -> Result<Self, OpenError> {
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            Self::open_postgres(url, longest, keys).await
        } else if let Some(path) = url.strip_prefix("sqlite://") {
            let sure = path.strip_suffix(FULL);
            Self::open_sqlite(Path::new(sure.unwrap_or(path)), sure.is_some(), keys).await
        } else {
            Err(OpenError(format!(
                "The database URL {:?} is neither sqlite://PATH nor postgres://USER:PASSWORD@HOST/NAME.",
                redact(url)
            )))
        }
    }

    async fn open_sqlite(path: &Path, sure: bool, keys: Keyring) -> Result<Self, OpenError> {
        let at = path.display();
        if let Some(folder) = path.parent().filter(|p| !p.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder).map_err(|e| {
                OpenError(format!(
                    "The data folder {} cannot be made: {e}. Choose another with --data.",
                    folder.display()
                ))
            })?;
        }
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(10))
            .disable_statement_logging();
        let failed = |e: sqlx::Error| {
            OpenError(format!(
                "The database {at} cannot be opened: {e}. Is the folder writable, and the file a database?"
            ))
        };
        let locked = lock(path).await?;
        let mut connection = options.connect().await.map_err(failed)?;
        let known = "select count(*) > 0 from sqlite_master where type = 'table' and name = 'meta'";
        if sqlx::query_scalar::<_, bool>(known).fetch_one(&mut connection).await.map_err(failed)? {
            let sealed =
                sqlx::query_scalar(seal::SELECT_CHECK).fetch_optional(&mut connection).await.map_err(failed)?;
            seal::check(&keys, sealed)?;
        }
        migrate(SQLITE.run(&mut connection).await)?;
        connection.close().await.map_err(failed)?;
        drop(locked);
        let unusable = |e: DbError| OpenError(format!("The database {at} cannot be used: {e}."));
        let write = Writer::open(path, sure, keys.clone()).map_err(unusable)?;
        let read = Readers::new(path.to_owned(), keys.clone());
        let db = Self { pools: Pools::Sqlite { read, write }, changes: Changes::default() };
        if db.seal(&keys).await? {
            sqlite::forget(path).map_err(unusable)?;
        }
        Ok(db)
    }

    async fn open_postgres(url: &str, longest: Duration, keys: Keyring) -> Result<Self, OpenError> {
        let shown = redact(url);
        let options = options(url).map_err(|e| OpenError(format!("The database URL {shown} cannot be read: {e}.")))?;
        // One plain connection first: it fails at once and with the reason, where a pool would wait.
        let mut connection = options.connect().await.map_err(|e| {
            OpenError(format!("PostgreSQL at {shown} cannot be reached: {e}. Is it running, and the URL right?"))
        })?;
        let (version, name): (i32, String) =
            sqlx::query_as("select current_setting('server_version_num')::int, current_setting('server_version')")
                .fetch_one(&mut connection)
                .await
                .map_err(|e| OpenError(format!("PostgreSQL at {shown} does not say its version: {e}.")))?;
        check_postgres_version(version.into(), &name)?;
        let failed = |e: sqlx::Error| OpenError(format!("PostgreSQL at {shown} cannot be used: {e}."));
        let known = "select to_regclass('meta') is not null";
        if sqlx::query_scalar(known).fetch_one(&mut connection).await.map_err(failed)? {
            let sealed =
                sqlx::query_scalar(seal::SELECT_CHECK).fetch_optional(&mut connection).await.map_err(failed)?;
            seal::check(&keys, sealed)?;
        }
        migrate(POSTGRES.run(&mut connection).await)?;
        let process: String = sqlx::query_scalar("select gen_random_uuid()::text")
            .fetch_one(&mut connection)
            .await
            .map_err(|e| OpenError(format!("PostgreSQL at {shown} gives this process no name: {e}.")))?;
        drop(connection.close().await);
        let direct = !pooled(url);
        // What migrates may take its time. A pooler refuses settings that it does not know.
        let options =
            if direct { options.options([("statement_timeout", longest.as_millis().max(1))]) } else { options };
        let changes = Changes::of(process, direct);
        let listener =
            if direct { Some(Arc::new(Listener::start(options.clone(), changes.clone()).await)) } else { None };
        let pool = postgres::Pool::new(options, direct, keys.clone())
            .map_err(|e| OpenError(format!("No connections can be made to PostgreSQL at {shown}: {e}.")))?;
        let (urgent, read, lists) = (pool.urgent(), pool.clone(), Lists::default());
        let db = Self { pools: Pools::Postgres { urgent, read, write: pool, lists, listener }, changes };
        db.seal(&keys).await?;
        Ok(db)
    }

    /// Sees to it that secrets are stored as the keys say. Whether any were not.
    async fn seal(&self, keys: &Keyring) -> Result<bool, OpenError> {
        let changed = seal::establish(self, keys).await.map_err(|e| {
            OpenError(format!(
                "The secrets in the database cannot be stored by the present key: {e}. Start again with the keys before."
            ))
        })?;
        if changed > 0 {
            tracing::info!(secrets = changed, "secrets were stored anew, as the present key says");
        }
        Ok(changed > 0)
    }

    /// A connection for statements that change nothing.
    pub fn read(&self) -> Conn {
        match &self.pools {
            Pools::Sqlite { read, .. } => Conn::Sqlite(read.clone()),
            Pools::Postgres { read, lists, .. } => Conn::Pg(Pooled::new(read, lists)),
        }
    }

    /// A connection to the primary outside a transaction, for security-relevant reads. Some are kept back for these.
    pub fn primary(&self) -> Conn {
        match &self.pools {
            // There is one copy of the data.
            Pools::Sqlite { read, .. } => Conn::Sqlite(read.clone()),
            Pools::Postgres { urgent, lists, .. } => Conn::Pg(Pooled::new(urgent, lists)),
        }
    }

    /// Begins a transaction on the primary.
    ///
    /// # Errors
    /// When no connection can be had.
    pub async fn begin(&self) -> Result<Conn, DbError> {
        Ok(match &self.pools {
            Pools::Sqlite { write, .. } => Conn::SqliteTx(write.begin().await?, self.changes.watch()),
            Pools::Postgres { write, .. } => Conn::PgTx(write.begin().await?, self.changes.watch()),
        })
    }

    /// Whether the database can be read and written. Changes nothing, so that all that is remembered of it stays true.
    ///
    /// # Errors
    /// Why not: full, locked, read-only, out of reach, no longer where it was.
    pub async fn check(&self) -> Result<(), DbError> {
        match &self.pools {
            Pools::Sqlite { read, write } => {
                read.check_place()?;
                // Something else than there is: SQLite does not write what stays the same.
                let mut update = Query::update();
                update.table("meta").value("value", Expr::cust("value || ' '"));
                let (sql, values) = (&update).write(false)?;
                write.begin().await?.try_out(&sql, &values)
            }
            Pools::Postgres { .. } => {
                // One that is full or about to fail over is made read-only by those who look after it.
                let read_only = "pg_is_in_recovery() OR current_setting('transaction_read_only') = 'on'";
                let mut select = Query::select();
                select.expr(Expr::cust(read_only)).from("meta").limit(1);
                match self.primary().one(&select).await? {
                    (false,) => Ok(()),
                    (true,) => Err(DbError::Other("PostgreSQL takes no changes at the moment".into())),
                }
            }
        }
    }

    /// The transactions that changed who may do what.
    pub fn changes(&self) -> &Changes {
        &self.changes
    }

    /// The name of the database kind, for people and metrics.
    pub fn kind(&self) -> &'static str {
        match &self.pools {
            Pools::Sqlite { .. } => "sqlite",
            Pools::Postgres { .. } => "postgres",
        }
    }

    /// Whether the database is in another process, so that its work takes no time of this one.
    pub fn is_away(&self) -> bool {
        matches!(self.pools, Pools::Postgres { .. })
    }

    /// Closes all connections; SQLite writes its log back into the database file.
    pub async fn close(&self) {
        match &self.pools {
            Pools::Sqlite { read, write } => {
                read.close();
                write.close().await;
            }
            Pools::Postgres { read, write, listener, .. } => {
                if let Some(listener) = listener {
                    listener.close().await;
                }
                read.close().await;
                write.close().await;
            }
        }
    }
}

/// How to connect to PostgreSQL. A URL may say how many prepared statements a connection keeps: behind a pooler that gives
/// every transaction another connection, none.
fn options(url: &str) -> Result<PgConnectOptions, sqlx::Error> {
    let options = PgConnectOptions::from_str(url)?.application_name("vestibule").disable_statement_logging();
    Ok(if url.contains("statement-cache-capacity=") { options } else { options.statement_cache_capacity(PREPARED) })
}

/// Whether there is a pooler that gives every transaction another connection.
fn pooled(url: &str) -> bool {
    url.split(['?', '&']).any(|option| option == "statement-cache-capacity=0")
}

/// Refuses a PostgreSQL that is too old, before anything is changed.
fn check_postgres_version(version: i64, name: &str) -> Result<(), OpenError> {
    if version >= MIN_POSTGRES {
        return Ok(());
    }
    Err(OpenError(format!(
        "PostgreSQL {name} is too old: Vestibule needs {} or later. Nothing was changed; upgrade the server and start again.",
        MIN_POSTGRES / 10_000
    )))
}

/// The lock under which a SQLite file is created and migrated. PostgreSQL has locks that two servers started at once
/// wait for; here a file beside the database is that lock, until it is closed.
async fn lock(path: &Path) -> Result<std::fs::File, OpenError> {
    let path = path.with_extension("lock");
    let failed = |e: std::io::Error| {
        OpenError(format!("The lock file {} cannot be used: {e}. Is the folder writable?", path.display()))
    };
    let file = std::fs::File::create(&path).map_err(failed)?;
    let locked = tokio::task::spawn_blocking(move || file.lock().map(|()| file)).await;
    locked.map_err(|_| OpenError("Given up: the server is stopping.".into()))?.map_err(failed)
}

fn migrate(result: Result<(), MigrateError>) -> Result<(), OpenError> {
    result.map_err(|error| {
        OpenError(match error {
            MigrateError::VersionMissing(version) => format!(
                "The database was written by a newer Vestibule (migration {version} is unknown here). Start that version \
                 or a later one, or restore a backup."
            ),
            MigrateError::VersionMismatch(version) => format!(
                "Migration {version} of the database is not the one of this program; it was altered after it was applied."
            ),
            error => format!("The database cannot be migrated: {error}."),
        })
    })
}

/// The URL without its password.
fn redact(url: &str) -> String {
    match url
        .split_once("://")
        .and_then(|(scheme, rest)| rest.rsplit_once('@').map(|(user, host)| (scheme, user, host)))
    {
        Some((scheme, user, host)) => format!("{scheme}://{}:***@{host}", user.split(':').next().unwrap_or_default()),
        None => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_old_postgres_is_refused_by_name() {
        assert!(check_postgres_version(150_018, "15.18").is_ok());
        assert!(check_postgres_version(140_000, "14.0").is_ok());
        let error = check_postgres_version(130_014, "13.14").unwrap_err().to_string();
        assert!(error.contains("13.14") && error.contains("14 or later"), "{error}");
    }

    #[test]
    fn a_url_may_forbid_prepared_statements() {
        let kept = |url| format!("{:?}", options(url).unwrap());
        assert!(kept("postgres://host/db?statement-cache-capacity=0").contains("statement_cache_capacity: 0"));
        assert!(kept("postgres://host/db").contains("statement_cache_capacity: 256"));
    }

    #[test]
    fn a_password_in_a_url_is_not_shown() {
        assert_eq!(redact("postgres://me:secret@host:5432/db"), "postgres://me:***@host:5432/db");
        assert_eq!(redact("sqlite:///tmp/x"), "sqlite:///tmp/x");
    }
}
