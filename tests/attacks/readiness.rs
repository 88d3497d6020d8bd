//! What supervisors are told of a database that cannot be used: the server lives, and is ready again when the database is.

use super::machine::Program;
use crate::support::{TestApp, on_postgres, on_sqlite};
use reqwest::Method;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use std::{path::Path, time::Instant};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::watch,
};
use url::Url;

/// The statuses of liveness and readiness.
async fn health(app: &TestApp) -> (u16, u16) {
    let get = async |path| app.anonymous().beside(Method::GET, path).await.status.as_u16();
    let (live, begun) = (get("/-/health/live/").await, Instant::now());
    let ready = get("/-/health/ready/").await;
    assert!(begun.elapsed().as_secs() < 5, "two seconds are enough to find out");
    (live, ready)
}

const READY: (u16, u16) = (204, 204);
const UNREADY: (u16, u16) = (204, 503);

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk() {
    let folder = tempfile::tempdir().unwrap();
    let mut program = Program::start(folder.path(), &["serve", "--listen", "127.0.0.1:0"]);
    let log = program.log_until("ready address=");
    let url = log.last().unwrap().split('"').nth(1).unwrap().to_owned();
    let may_write = |bytes| {
        let mut limits = (0, 0);
        let id = i32::try_from(program.id()).unwrap();
        rlimit::prlimit(id, rlimit::Resource::FSIZE, None, Some((&mut limits.0, &mut limits.1))).unwrap();
        rlimit::prlimit(id, rlimit::Resource::FSIZE, Some((bytes, limits.1)), None).unwrap();
    };
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let get = async |path: &str| http.get(format!("{url}/-/health/{path}")).send().await.unwrap().status().as_u16();
        let health = async || (get("live").await, get("ready").await);
        assert_eq!(health().await, READY);
        may_write(0);
        assert_eq!(health().await, UNREADY);
        let path = format!("{url}/api/v3/core/brands/current/");
        assert_eq!(http.get(path).send().await.unwrap().status(), 200, "what there is can be read");
        may_write(rlimit::INFINITY);
        assert_eq!(health().await, READY);
    });
}

#[test]
fn a_database_that_is_no_longer_where_it_was() {
    on_sqlite(async |app| {
        let path = Path::new(app.app.config.database.strip_prefix("sqlite://").unwrap());
        let elsewhere = path.with_extension("elsewhere");
        assert_eq!(health(&app).await, READY);
        std::fs::rename(path, &elsewhere).unwrap();
        assert_eq!(health(&app).await, UNREADY);
        std::fs::copy(&elsewhere, path).unwrap();
        assert_eq!(health(&app).await, UNREADY, "a copy is another database");
        std::fs::rename(&elsewhere, path).unwrap();
        assert_eq!(health(&app).await, READY);
    });
}

/// Passes on what PostgreSQL and its clients say to each other, unless it is paused.
struct Between {
    url: String,
    paused: watch::Sender<bool>,
}

impl Between {
    async fn new(url: &str) -> Self {
        let mut url = Url::parse(url).unwrap();
        let server = (url.host_str().unwrap().to_owned(), url.port().unwrap_or(5432));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        url.set_host(Some("127.0.0.1")).unwrap();
        url.set_port(Some(address.port())).unwrap();
        let (paused, waits) = watch::channel(false);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let server = TcpStream::connect(server.clone()).await.unwrap();
                let ((from, to), (back, forth)) = (client.into_split(), server.into_split());
                tokio::spawn(pass(from, forth, waits.clone()));
                tokio::spawn(pass(back, to, waits.clone()));
            }
        });
        Self { url: url.into(), paused }
    }
}

async fn pass(
    mut from: impl AsyncReadExt + Unpin,
    mut to: impl AsyncWriteExt + Unpin,
    mut paused: watch::Receiver<bool>,
) {
    let mut buffer = [0; 8192];
    while let Ok(read @ 1..) = from.read(&mut buffer).await {
        if paused.wait_for(|paused| !*paused).await.is_err() || to.write_all(&buffer[..read]).await.is_err() {
            return;
        }
    }
}

#[test]
fn a_postgres_that_does_not_answer() {
    on_postgres(async |app| {
        let between = Between::new(&app.app.config.database).await;
        let app = app.on_database(&between.url).await;
        assert_eq!(health(&app).await, READY);
        between.paused.send_replace(true);
        assert_eq!(health(&app).await, UNREADY);
        between.paused.send_replace(false);
        assert_eq!(health(&app).await, READY);
    });
}

async fn run(connection: &mut PgConnection, statements: &str) {
    sqlx::raw_sql(AssertSqlSafe(statements.to_owned())).execute(connection).await.unwrap();
}

#[test]
fn a_postgres_without_room() {
    on_postgres(async |app| {
        let mut url = Url::parse(&app.app.config.database).unwrap();
        let role = format!("{}_role", url.path().trim_start_matches('/'));
        let mut owner = PgConnection::connect(url.as_str()).await.unwrap();
        run(&mut owner, &format!("create role {role} login connection limit 3 in role {}", url.username())).await;
        url.set_username(&role).unwrap();
        let limited = app.on_database(url.as_str()).await;
        // It has one connection that hears of changes, and this one.
        let busy = limited.app.db.begin().await.unwrap();
        let mut all = vec![];
        while let Ok(connection) = PgConnection::connect(url.as_str()).await {
            all.push(connection);
        }
        assert_eq!(health(&limited).await, UNREADY);
        for connection in all {
            connection.close().await.unwrap();
        }
        assert_eq!(health(&limited).await, READY);
        busy.rollback().await.unwrap();
        limited.app.db.close().await;
        run(&mut owner, &format!("drop role {role}")).await;
    });
}

#[test]
fn a_postgres_that_takes_no_changes() {
    on_postgres(async |app| {
        let url = &app.app.config.database;
        let name = Url::parse(url).unwrap().path().trim_start_matches('/').to_owned();
        let mut owner = PgConnection::connect(url).await.unwrap();
        let set = async |owner: &mut PgConnection, to: &str| {
            // Sessions keep what they began with.
            let end = "select pg_terminate_backend(pid) from pg_stat_activity
                where datname = current_database() and pid <> pg_backend_pid()";
            run(owner, &format!("alter database {name} set default_transaction_read_only = {to}; {end}")).await;
        };
        assert_eq!(health(&app).await, READY);
        set(&mut owner, "on").await;
        assert_eq!(health(&app).await, UNREADY);
        run(&mut owner, "set default_transaction_read_only = off").await;
        set(&mut owner, "off").await;
        assert_eq!(health(&app).await, READY);
    });
}

/// Asking whether the server is ready changed the database, and everything that was remembered of it was asked for again.
#[test]
fn asking_changes_nothing() {
    on_sqlite(async |app| {
        let path = app.app.config.database.strip_prefix("sqlite://").unwrap();
        let others = rusqlite::Connection::open(path).unwrap();
        let version = || others.query_row("PRAGMA data_version", [], |row| row.get::<_, i64>(0)).unwrap();
        let before = version();
        assert_eq!(health(&app).await, READY);
        assert_eq!(version(), before);
    });
    on_postgres(async |app| {
        let mut connection = PgConnection::connect(&app.app.config.database).await.unwrap();
        let written = "select string_agg(xmin::text || ctid::text, ' ' order by ctid) from meta";
        let before: String = sqlx::query_scalar(written).fetch_one(&mut connection).await.unwrap();
        assert_eq!(health(&app).await, READY);
        let after: String = sqlx::query_scalar(written).fetch_one(&mut connection).await.unwrap();
        assert_eq!(after, before);
    });
}
