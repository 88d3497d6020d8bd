//! A database for every test: a copy of a template that is made once.

use super::postgres::server;
use sqlx::{Connection, PgConnection};
use std::{
    path::PathBuf,
    sync::{
        Mutex, OnceLock,
        atomic::{AtomicU32, Ordering},
    },
};
use tempfile::TempDir;

/// The databases every test runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Sqlite,
    Postgres,
}

/// A database that is there for one test.
pub(crate) struct Database {
    /// Where it is.
    pub(crate) url: String,
    /// For the server's files.
    pub(crate) folder: TempDir,
    name: Option<String>,
}

impl Database {
    /// One without tables.
    pub(crate) fn empty(kind: Kind) -> Self {
        let folder = TempDir::with_prefix("vestibule-test-").unwrap();
        match kind {
            Kind::Sqlite => {
                Self { url: format!("sqlite://{}/vestibule.db", folder.path().display()), folder, name: None }
            }
            Kind::Postgres => {
                let name = new_name("vestibule_empty");
                postgres(&format!("create database {name}"));
                Self { url: postgres_url(&name), folder, name: Some(name) }
            }
        }
    }

    /// A copy of the template, which `fill` makes from an empty database when it is needed for the first time.
    pub(crate) fn copy(kind: Kind, fill: fn(&str)) -> Self {
        let folder = TempDir::with_prefix("vestibule-test-").unwrap();
        match kind {
            Kind::Sqlite => {
                let path = folder.path().join("vestibule.db");
                std::fs::copy(sqlite_template(fill), &path).unwrap();
                Self { url: format!("sqlite://{}", path.display()), folder, name: None }
            }
            Kind::Postgres => {
                let template = postgres_template(fill);
                let name = new_name("vestibule_copy");
                postgres(&format!("create database {name} template {template}"));
                Self { url: postgres_url(&name), folder, name: Some(name) }
            }
        }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Some(name) = &self.name {
            postgres(&format!("drop database {name} with (force)"));
        }
    }
}

/// A name that no other database of the test server has, whichever process asks.
fn new_name(prefix: &str) -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    format!("{prefix}_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

fn sqlite_template(fill: fn(&str)) -> &'static PathBuf {
    static TEMPLATE: OnceLock<PathBuf> = OnceLock::new();
    TEMPLATE.get_or_init(|| {
        // Inside `target`, so that it is nobody's litter; per process, because another one may run at the same time.
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
        let path = folder.join(format!("template-{}.db", std::process::id()));
        for old in std::fs::read_dir(&folder).unwrap().flatten() {
            let age = old.metadata().and_then(|m| m.modified()).ok().and_then(|m| m.elapsed().ok());
            if age.is_some_and(|age| age.as_secs() > 3600) {
                let _ = std::fs::remove_file(old.path());
            }
        }
        fill(&format!("sqlite://{}", path.display()));
        path
    })
}

fn postgres_template(fill: fn(&str)) -> &'static str {
    static TEMPLATE: OnceLock<String> = OnceLock::new();
    TEMPLATE.get_or_init(|| {
        let name = format!("vestibule_test_{}", std::process::id());
        postgres(&format!("drop database if exists {name} with (force)"));
        postgres(&format!("create database {name}"));
        fill(&postgres_url(&name));
        name
    })
}

/// The URL of a database of the test server.
fn postgres_url(name: &str) -> String {
    let mut url = url::Url::parse(server()).expect("VESTIBULE_TEST_POSTGRES is not a URL");
    url.set_path(name);
    url.into()
}

/// Runs a statement that belongs to no test's database. On a thread of its own: the caller may be inside a runtime.
fn postgres(statement: &str) {
    // One at a time: a template cannot be copied twice at once.
    static ONE: Mutex<()> = Mutex::new(());
    let _one = ONE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let run = async {
        let mut connection = PgConnection::connect(server()).await?;
        sqlx::raw_sql(sqlx::AssertSqlSafe(statement)).execute(&mut connection).await?;
        connection.close().await
    };
    std::thread::scope(|scope| {
        scope.spawn(|| super::app::runtime().block_on(run).unwrap_or_else(|e| panic!("{statement}: {e}")));
    });
}
