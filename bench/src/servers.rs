//! What is measured: the bare handler and the server, as processes of their own; and the databases.

use crate::{TOKEN, load};
use sea_query::{Expr, InsertStatement};
use std::{
    io::{BufRead, BufReader},
    net::TcpListener,
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::Duration,
};
use tempfile::TempDir;
use tokio::{io::AsyncWriteExt, net::TcpStream};
use vestibule::store::{Db, Part, tables::User};

/// Whatever ends the benchmark.
pub(crate) type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Rows in one statement: SQLite takes 32,766 parameters.
const BATCH: u32 = 1_000;

/// A process that listens. Killed when dropped.
pub(crate) struct Server {
    child: Child,
    /// Host and port.
    pub(crate) address: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    /// This program as the bare handler.
    pub(crate) async fn bare() -> Result<Self, Failure> {
        let address = free_address()?;
        let child = Command::new(std::env::current_exe()?).args(["bare", &address]).spawn()?;
        Self { child, address }.ready("/").await
    }

    /// The program of the same build.
    pub(crate) async fn vestibule(database: &Database) -> Result<Self, Failure> {
        let address = free_address()?;
        let child = database.vestibule("serve")?.args(["--listen", &address]).spawn()?;
        Self { child, address }.ready("/-/health/ready/").await
    }

    async fn ready(self, path: &str) -> Result<Self, Failure> {
        for _ in 0..600 {
            if self.call(path).await.is_ok_and(|(status, _)| status < 300) {
                return Ok(self);
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Err("a server was not ready within 30 seconds".into())
    }

    async fn call(&self, path: &str) -> Result<(u16, Vec<u8>), Failure> {
        let mut stream = TcpStream::connect(&self.address).await?;
        let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {TOKEN}\r\n\r\n");
        stream.write_all(request.as_bytes()).await?;
        let mut buffer = vec![];
        let status = load::answer(&mut stream, &mut buffer).await?;
        Ok((status, buffer))
    }

    /// A flow that providers may use.
    pub(crate) async fn flow(&self) -> Result<String, Failure> {
        let (_, answer) = self.call("/api/v3/flows/instances/?designation=authorization").await?;
        let body = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n").map_or(0, |head| head + 4);
        let body: serde_json::Value = serde_json::from_slice(&answer[body..])?;
        Ok(body["results"][0]["pk"].as_str().unwrap_or_default().to_owned())
    }

    /// [`processor_time`] of it.
    pub(crate) fn processor_time(&self) -> f64 {
        processor_time(&self.child.id().to_string())
    }

    /// Resident memory in MiB.
    pub(crate) fn memory(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        line.and_then(|text| text.split_whitespace().next()?.parse::<f64>().ok()).unwrap_or_default() / 1024.0
    }
}

/// Processor time of a process since its start, in microseconds: other processes may take the processors away, and this
/// stays the same.
pub(crate) fn processor_time(process: &str) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    // The second field is a name in brackets, which may hold spaces. After it, fields 14 and 15: user and system.
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace().skip(11).take(2);
    fields.filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() * TICK
}

/// Microseconds in one of the units in which Linux tells processor time to programs (`man 5 proc`, `USER_HZ`).
const TICK: f64 = 10_000.0;

fn free_address() -> Result<String, Failure> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string())
}

/// The least that could answer.
pub(crate) async fn bare(address: String) -> Result<(), Failure> {
    let user = serde_json::json!({
        "pk": 1, "username": "user1", "name": "User 1", "is_active": true, "last_login": null, "is_superuser": false,
        "groups": [], "groups_obj": [], "email": "user1@example.org", "attributes": {}, "path": "users",
        "uid": "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", "type": "internal",
    });
    let handler = poem::endpoint::make_sync(move |_| {
        poem::Response::builder().content_type("application/json").body(user.to_string())
    });
    poem::Server::new(poem::listener::TcpListener::bind(address)).run(handler).await?;
    Ok(())
}

/// A database and the folder of its server.
pub(crate) struct Database {
    folder: TempDir,
    url: String,
    postgres: Option<Child>,
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Some(mut postgres) = self.postgres.take() {
            // The end of its input ends it.
            drop(postgres.stdin.take());
            let _ = postgres.wait();
        }
    }
}

impl Database {
    /// A fresh one.
    pub(crate) fn new(kind: &str) -> Result<Self, Failure> {
        let folder = TempDir::new()?;
        if kind == "SQLite" {
            let url = format!("sqlite://{}/vestibule.db", folder.path().display());
            return Ok(Self { folder, url, postgres: None });
        }
        let mut child = Command::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../scripts/throwaway-postgres"))
            .arg("--durable")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut url = String::new();
        if let Some(output) = child.stdout.take() {
            BufReader::new(output).read_line(&mut url)?;
        }
        if url.is_empty() {
            return Err("PostgreSQL could not be started".into());
        }
        Ok(Self { folder, url: url.trim().to_owned(), postgres: Some(child) })
    }

    fn vestibule(&self, command: &str) -> Result<Command, Failure> {
        let program: PathBuf = std::env::current_exe()?.with_file_name("vestibule");
        if !program.exists() {
            return Err(format!("{} is not there: `make bench` builds it", program.display()).into());
        }
        let mut built = Command::new(program);
        built
            .arg(command)
            .args(["--log-level", "error", "--database", &self.url, "--data"])
            .arg(self.folder.path())
            .env("VESTIBULE_BOOTSTRAP_TOKEN", TOKEN)
            .stdout(Stdio::null());
        Ok(built)
    }
}

/// Creates the default objects and this many users; returns the key of the first.
pub(crate) async fn seed(database: &Database, users: u32) -> Result<i64, Failure> {
    if !database.vestibule("migrate")?.status()?.success() {
        return Err("the database could not be prepared".into());
    }
    let db = Db::open(&database.url).await?;
    let now = chrono::DateTime::from_timestamp_millis(1_767_225_600_000).unwrap_or_default();
    let mut first = None;
    for begin in (0..users).step_by(BATCH as usize) {
        let mut statement = InsertStatement::new();
        statement.into_table(User::TABLE).columns(User::COLUMNS.iter().map(|column| column.name));
        for number in begin..users.min(begin + BATCH) {
            let uuid = uuid::Uuid::from_u128(u128::from(number));
            let user = User {
                uuid,
                username: format!("user{number}"),
                name: format!("User {number}"),
                password_change_date: now,
                date_joined: now,
                ..User::default()
            };
            let user = User { email: format!("user{number}@example.org"), ..user };
            statement.values(user.values().into_iter().map(Expr::val))?;
        }
        let mut tx = db.begin().await?;
        if first.is_none() {
            let rows: Vec<(i64,)> = tx.all(statement.returning_col(User::KEY)).await?;
            first = rows.iter().map(|(key,)| *key).min();
        } else {
            tx.execute(&statement).await?;
        }
        tx.commit().await?;
    }
    db.close().await;
    Ok(first.unwrap_or(1))
}
