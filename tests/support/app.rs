//! The server under test.

use super::{
    database::{Database, Kind},
    principal::{NewUser, Principal},
    statements,
};
use chrono::{DateTime, TimeDelta, Utc};
use std::{
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};
use tokio::runtime::{Builder, Runtime};
use vestibule::{
    api::context::{App, Clock, Random},
    config::{Arguments, Config},
    domain::expression::pool::Pool,
    server,
    store::{Conn, Db, Entity},
};

/// The token of the administrator in every test.
const ADMIN_TOKEN: &str = "the-token-of-the-administrator";
/// The password of the administrator (`akadmin`) in every test.
pub(crate) const ADMIN_PASSWORD: &str = "the password of the administrator";

/// Where time begins: 2026-01-01T00:00:00Z, in milliseconds.
const BEGINNING: i64 = 1_767_225_600_000;

/// A running server with a database of its own. Cheap to clone.
#[derive(Clone)]
pub(crate) struct TestApp {
    /// The server's insides.
    pub(crate) app: Arc<App>,
    /// Which database it runs on.
    pub(crate) kind: Kind,
    url: String,
    http: reqwest::Client,
    clock: Arc<AtomicI64>,
}

/// Runs a test on SQLite and on PostgreSQL, each with a fresh server.
pub(crate) fn for_each_database(test: impl AsyncFn(TestApp)) {
    statements::listen();
    for kind in [Kind::Sqlite, Kind::Postgres] {
        on(kind, &test);
    }
}

/// Runs a test on SQLite only: for what has nothing to do with the database (the protocol, the contract).
pub(crate) fn on_sqlite(test: impl AsyncFn(TestApp)) {
    statements::listen();
    on(Kind::Sqlite, &test);
}

/// Runs a test on PostgreSQL only: for what SQLite, inside this process, does not have (connections).
pub(crate) fn on_postgres(test: impl AsyncFn(TestApp)) {
    statements::listen();
    on(Kind::Postgres, &test);
}

fn on(kind: Kind, test: &impl AsyncFn(TestApp)) {
    let database = Database::copy(kind, fill);
    let runtime = runtime();
    let result = catch_unwind(AssertUnwindSafe(|| {
        runtime.block_on(async {
            let app = TestApp::start(kind, &database).await;
            test(app.clone()).await;
            app.app.db.close().await;
        });
    }));
    if let Err(panic) = result {
        eprintln!("The test failed on {kind:?}.");
        resume_unwind(panic);
    }
}

/// Makes the template of all databases.
fn fill(url: &str) {
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let folder = tempfile::TempDir::new().unwrap();
            runtime().block_on(async {
                let app = open(url, folder.path(), Clock::new(beginning)).await;
                vestibule::bootstrap::run(&app).await.unwrap_or_else(|e| panic!("{e}"));
                app.db.close().await;
            });
        });
    });
}

fn beginning() -> DateTime<Utc> {
    DateTime::from_timestamp_millis(BEGINNING).unwrap()
}

pub(super) fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

async fn open(url: &str, folder: &std::path::Path, clock: Clock) -> App {
    let data = folder.display().to_string();
    let config = Config::read(&Arguments::default(), |name| match name {
        "VESTIBULE_DATA" => Some(data.clone()),
        "VESTIBULE_DATABASE" => Some(url.to_owned()),
        "VESTIBULE_BOOTSTRAP_PASSWORD" => Some(ADMIN_PASSWORD.to_owned()),
        "VESTIBULE_BOOTSTRAP_TOKEN" | "VESTIBULE_TENANTS_KEY" => Some(ADMIN_TOKEN.to_owned()),
        "VESTIBULE_BODY_LIMIT" => Some("1MiB".to_owned()),
        _ => None,
    })
    .unwrap_or_else(|e| panic!("{e}"));
    let expressions = Box::new(Pool::new(env!("CARGO_BIN_EXE_vestibule").into()));
    App { clock, expressions, ..server::open(config).await.unwrap_or_else(|e| panic!("{e}")) }
}

/// Serves on a free port and returns the address.
fn listen(app: Arc<App>) -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let listener = tokio::net::TcpListener::from_std(listener).unwrap();
    tokio::spawn(server::listen_on(listener, app, std::future::pending()));
    url
}

impl TestApp {
    async fn start(kind: Kind, database: &Database) -> Self {
        let clock = Arc::new(AtomicI64::new(BEGINNING + 60_000));
        let ticking = clock.clone();
        let now = move || DateTime::from_timestamp_millis(ticking.fetch_add(1, Ordering::Relaxed)).unwrap();
        let app = Arc::new(open(&database.url, database.folder.path(), Clock::new(now)).await);
        let url = listen(app.clone());
        let http = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Self { app, kind, url, http, clock }
    }

    /// A second server on the same database, with other settings.
    pub(crate) fn with_settings(&self, change: impl FnOnce(&mut Config)) -> Self {
        let mut config = self.app.config.clone();
        change(&mut config);
        let app = Arc::new(App::new(config, self.app.db.clone(), self.app.clock.clone(), Random::system()));
        Self { url: listen(app.clone()), app, ..self.clone() }
    }

    /// A second server on the same database that shares nothing with this one, as in another process.
    pub(crate) async fn beside(&self) -> Self {
        self.on_database(&self.app.config.database).await
    }

    /// A second server with connections of its own, to a database by this URL.
    pub(crate) async fn on_database(&self, url: &str) -> Self {
        let db = Db::open(url).await.unwrap_or_else(|error| panic!("{error}"));
        let config = Config { database: url.to_owned(), ..self.app.config.clone() };
        let app = Arc::new(App::new(config, db, self.app.clock.clone(), Random::system()));
        Self { url: listen(app.clone()), app, ..self.clone() }
    }

    /// The server after it was stopped and started with other settings, or why it does not start.
    pub(crate) async fn restarted(&self, change: impl FnOnce(&mut Config)) -> Result<Self, String> {
        self.app.db.close().await;
        let mut config = self.app.config.clone();
        change(&mut config);
        let app = server::open(config).await?;
        let app = Arc::new(App { clock: self.app.clock.clone(), ..app });
        Ok(Self { url: listen(app.clone()), app, ..self.clone() })
    }

    /// `http://127.0.0.1:PORT`.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    pub(super) fn http(&self) -> &reqwest::Client {
        &self.http
    }

    /// The administrator, `akadmin`.
    pub(crate) fn admin(&self) -> Principal {
        Principal::new(self, Some(ADMIN_TOKEN.to_owned()))
    }

    /// Somebody without credentials.
    pub(crate) fn anonymous(&self) -> Principal {
        Principal::new(self, None)
    }

    /// Somebody with these credentials.
    pub(crate) fn bearer(&self, token: impl Into<String>) -> Principal {
        Principal::new(self, Some(token.into()))
    }

    /// A new user with an API token and no rights, until given some. Await it.
    pub(crate) fn user(&self, username: &str) -> NewUser {
        NewUser::new(self, username)
    }

    /// A connection to the database, for reading what the API does not show.
    pub(crate) fn db(&self) -> Conn {
        self.app.db.primary()
    }

    /// Stores a row without the API.
    pub(crate) async fn insert<E: Entity>(&self, mut row: E) -> E {
        let mut tx = self.app.db.begin().await.unwrap();
        row.insert(&mut tx).await.unwrap();
        tx.commit().await.unwrap();
        row
    }

    /// The server's time, without moving it.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.clock.load(Ordering::Relaxed)).unwrap()
    }

    /// Lets time pass for the server.
    pub(crate) fn advance(&self, by: TimeDelta) {
        self.clock.fetch_add(by.num_milliseconds(), Ordering::Relaxed);
    }
}
