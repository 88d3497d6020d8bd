//! The machine the server runs on: what takes its time, its files, its name, its processes.

use crate::support::{Answer, Principal, TestApp, for_each_database, on_sqlite};
use futures::{StreamExt, stream::FuturesUnordered};
use reqwest::{
    Method,
    multipart::{Form, Part},
};
use serde_json::json;
use std::{
    io::{BufRead, BufReader},
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use vestibule::{
    domain::work::{Party, Queue, Turn},
    store::{Entity, tables::Group},
};

/// Takes all places of a queue that can be had for a party, running and waiting. They are free again when these are dropped.
async fn fill<'q>(queue: &'q Queue, party: &'q Party) -> (Vec<Turn>, Vec<impl Future + use<'q>>) {
    let (mut running, mut waiting) = (vec![], vec![]);
    loop {
        let mut turn = Box::pin(queue.turn(party));
        match futures::poll!(&mut turn) {
            std::task::Poll::Pending => waiting.push(turn),
            std::task::Poll::Ready(Ok(turn)) => running.push(turn),
            std::task::Poll::Ready(Err(_)) => return (running, waiting),
        }
    }
}

async fn set_password(who: &Principal, of: i64) -> Answer {
    who.post(&format!("/core/users/{of}/set_password/"), json!({ "password": "a new one" })).await
}

async fn make_key(who: &Principal, name: &str) -> Answer {
    let body = json!({ "common_name": name, "validity_days": 1, "alg": "ecdsa" });
    who.post("/crypto/certificatekeypairs/generate/", body).await
}

async fn key_maker(app: &TestApp, name: &str) -> Principal {
    app.user(name).with_permission("authentik_crypto.add_certificatekeypair").await
}

/// M10: who asks for many keys is refused beyond a part, and neither others nor passwords wait for that.
#[test]
fn one_callers_keys_hold_up_nobody() {
    on_sqlite(async |app| {
        let (greedy, modest) = (key_maker(&app, "greedy").await, key_maker(&app, "modest").await);
        let party = Party::User(greedy.id());
        let taken = fill(&app.app.work.keys, &party).await;
        let refused = make_key(&greedy, "one.test").await;
        assert_eq!(refused.header("retry-after"), "5");
        assert!(refused.expect(429)["detail"].as_str().unwrap().starts_with("Too many of your requests"));
        make_key(&modest, "two.test").await.expect(200);
        set_password(&app.admin(), modest.id()).await.expect(204);
        drop(taken);
        make_key(&greedy, "one.test").await.expect(200);
    });
}

/// M10: a full queue answers at once, and nothing has been changed.
#[test]
fn a_full_queue_answers_at_once() {
    on_sqlite(async |app| {
        let user = app.user("somebody").await;
        let parties: Vec<Party> = (0..8).map(|number| Party::User(-number)).collect();
        let mut taken = vec![];
        for party in &parties {
            taken.push(fill(&app.app.work.passwords, party).await);
        }
        let refused = set_password(&app.admin(), user.id()).await;
        assert_eq!(refused.header("retry-after"), "1");
        assert!(refused.expect(503)["detail"].as_str().unwrap().starts_with("The server is busy"));
        drop(taken);
        set_password(&app.admin(), user.id()).await.expect(204);
    });
}

/// H3, H4, H5: what one caller reads for long holds up nobody else, neither what they read for long nor anything short; and
/// beyond its part it is refused at once.
#[test]
fn one_callers_long_reads_hold_up_nobody() {
    for_each_database(async |app| {
        let mut tx = app.app.db.begin().await.unwrap();
        for number in 0..300_u128 {
            let (id, name) = (uuid::Uuid::from_u128(number), format!("group {number}"));
            Group { id, name, ..Group::default() }.insert(&mut tx).await.unwrap();
        }
        tx.commit().await.unwrap();
        let reader = async |name: &str| app.user(name).with_permission("authentik_core.view_group").await;
        let (greedy, modest) = (reader("greedy").await, reader("modest").await);
        let (long, short) = ("/core/groups/?page_size=1000", "/core/groups/?page_size=100");
        let party = Party::User(greedy.id());
        let taken = fill(&app.app.work.reads, &party).await;
        assert_eq!(taken.0.len() + taken.1.len(), 16, "as with that many connections");
        greedy.get(short).await.expect(200);
        let begun = Instant::now();
        let refused = greedy.get(long).await;
        assert_eq!(refused.header("retry-after"), "1");
        refused.expect(429);
        assert!(begun.elapsed() >= Duration::from_millis(100), "who asks again at once is not refused all the time");
        assert_eq!(modest.get(long).await.expect(200)["results"].as_array().unwrap().len(), 301);
        modest.get(short).await.expect(200);
        // What takes long is known by now, and no longer tried beside short requests.
        greedy.get(short).await.expect(429);
        greedy.get("/core/brands/current/").await.expect(200);
        drop(taken);
        greedy.get(long).await.expect(200);
    });
}

async fn mapping(app: &TestApp, name: &str, expression: &str) -> String {
    let body = json!({ "name": name, "expression": expression });
    let made = app.admin().post("/propertymappings/notification/", body).await.expect(201);
    format!("/propertymappings/all/{}/test/", made["pk"].as_str().unwrap())
}

/// M9: endless expressions of one caller are refused beyond a part, and those of another run beside them.
#[test]
fn one_callers_expressions_hold_up_nobody() {
    on_sqlite(async |app| {
        let (endless, short) = (mapping(&app, "endless", "while True: pass").await, mapping(&app, "short", "1").await);
        let admin = app.admin();
        let other = app.user("other").superuser().await;
        let mut asked: FuturesUnordered<_> = (0..12).map(|_| admin.post(&endless, json!({}))).collect();
        for _ in 0..8 {
            asked.next().await.unwrap().expect(429);
        }
        let answer = other.post(&short, json!({})).await.expect(200);
        assert_eq!(answer["successful"], json!(true));
        assert_eq!(asked.len(), 4, "those wait for each other");
    });
}

/// The program, killed when this is dropped. It begins with the least careful umask there is, and lives on when a file
/// grows beyond a limit.
pub(super) struct Program(Child);

impl Program {
    pub(super) fn start(folder: &Path, arguments: &[&str]) -> Self {
        let child = Command::new("sh")
            .args(["-c", "trap '' XFSZ; umask 0 && exec \"$0\" \"$@\"", env!("CARGO_BIN_EXE_vestibule")])
            .args(arguments)
            .current_dir(folder)
            .env_clear()
            .env("VESTIBULE_BOOTSTRAP_TOKEN", "a-token")
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn();
        Self(child.unwrap())
    }

    /// Of its process.
    pub(super) fn id(&self) -> u32 {
        self.0.id()
    }

    /// Lines of the log up to one with a text.
    pub(super) fn log_until(&mut self, text: &str) -> Vec<String> {
        let mut lines = BufReader::new(self.0.stderr.as_mut().unwrap()).lines().map(Result::unwrap);
        let mut seen = vec![];
        while !seen.last().is_some_and(|line: &String| line.contains(text)) {
            seen.push(lines.next().unwrap_or_else(|| panic!("{text} does not come:\n{}", seen.join("\n"))));
        }
        seen
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Section 5: the kernel refuses a worker whatever it does not need. What that comes to is tried out beside the code.
#[test]
#[cfg(target_os = "linux")]
fn workers_are_confined_before_they_read_anything() {
    let mut worker = Command::new(env!("CARGO_BIN_EXE_vestibule"));
    worker.arg("expression-worker").env_clear().stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut worker = Program(worker.spawn().unwrap());
    let mut output = BufReader::new(worker.0.stdout.take().unwrap());
    let mut greeting = String::new();
    output.read_line(&mut greeting).unwrap();
    assert!(greeting.starts_with(r#"{"Ok":"#), "{greeting}");
    let status = std::fs::read_to_string(format!("/proc/{}/status", worker.0.id())).unwrap();
    for line in ["Seccomp:\t2", "NoNewPrivs:\t1", "Threads:\t1"] {
        assert!(status.lines().any(|said| said == line), "{line}: {status}");
    }
    drop(worker.0.stdin.take());
    assert!(worker.0.wait().unwrap().success());
}

/// Everything below a folder and its mode.
fn modes(folder: &Path, found: &mut Vec<(String, u32)>) {
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let (path, metadata) = (entry.path(), entry.metadata().unwrap());
        found.push((path.display().to_string(), metadata.permissions().mode() & 0o777));
        if metadata.is_dir() {
            modes(&path, found);
        }
    }
}

/// H8: what the program makes is for its own account, whatever the umask; what is open already is named at the start.
#[test]
fn files_are_for_the_owner_alone() {
    let folder = tempfile::tempdir().unwrap();
    let mut program = Program::start(folder.path(), &["serve", "--listen", "127.0.0.1:0"]);
    let log = program.log_until("ready address=");
    assert!(!log.iter().any(|line| line.contains("other accounts")), "{log:?}");
    let url = log.last().unwrap().split('"').nth(1).unwrap().to_owned();
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let url = format!("{url}/api/v3/core/applications/");
        let body = json!({ "name": "A", "slug": "a" });
        let made = http.post(&url).bearer_auth("a-token").json(&body).send().await.unwrap();
        assert_eq!(made.status(), 201);
        let picture = Part::bytes(b"<svg/>".as_slice()).file_name("a.svg").mime_str("image/svg+xml").unwrap();
        let form = Form::new().part("file", picture);
        let stored = http.post(format!("{url}a/set_icon/")).bearer_auth("a-token").multipart(form).send().await;
        assert_eq!(stored.unwrap().status(), 200);
    });
    let mut found = vec![];
    modes(folder.path(), &mut found);
    for name in ["data", "vestibule.db", "vestibule.db-wal", "vestibule.lock", ".svg"] {
        assert!(found.iter().any(|(path, _)| path.ends_with(name)), "{name}: {found:?}");
    }
    let open: Vec<_> = found.iter().filter(|(_, mode)| mode & 0o077 != 0).collect();
    assert!(open.is_empty(), "{open:?}");
    drop(program);

    let data = folder.path().join("data");
    std::fs::set_permissions(&data, std::fs::Permissions::from_mode(0o755)).unwrap();
    let mut program = Program::start(folder.path(), &["serve", "--listen", "127.0.0.1:0"]);
    let log = program.log_until("ready address=");
    assert!(log.iter().any(|line| line.contains("chmod -R go-rwx ./data")), "{log:?}");
}

async fn execute(app: &TestApp, name: &'static str, host: &str) -> String {
    let path = "/flows/instances/default-authentication-flow/execute/";
    let answer = app.admin().send(Method::GET, path, |request| request.header(name, host)).await;
    answer.expect(200)["link"].as_str().unwrap().split("/if/").next().unwrap().to_owned()
}

/// M7, 3.32: a Host that nobody has set up gets no links, whoever brings it.
#[test]
fn links_lead_where_the_server_is() {
    for_each_database(async |app| {
        let local = format!("http://{}", app.app.config.listen);
        for name in ["host", "x-forwarded-host"] {
            assert_eq!(execute(&app, name, "evil.test").await, local);
            assert_eq!(execute(&app, name, "localhost:9000").await, "http://localhost:9000");
        }
        app.admin().post("/core/brands/", json!({ "domain": "id.test" })).await.expect(201);
        for name in ["host", "x-forwarded-host"] {
            assert_eq!(execute(&app, name, "evil.test").await, "http://id.test");
            assert_eq!(execute(&app, name, "x.id.test:81").await, "http://x.id.test:81");
        }
        let app = app.with_settings(|config| config.external_url = Some("https://door.test".to_owned()));
        assert_eq!(execute(&app, "host", "id.test").await, "https://door.test");
        for name in ["host", "x-forwarded-host"] {
            let path = "/core/brands/current/";
            let bad = app.anonymous().send(Method::GET, path, |request| request.header(name, "evil.test\"><b>")).await;
            assert_eq!(bad.expect(400), json!({ "detail": "The host that the request names is none." }), "{name}");
        }
    });
}

async fn say(app: &TestApp, head: &str) -> String {
    let mut connection = TcpStream::connect(app.url().trim_start_matches("http://")).await.unwrap();
    connection.write_all(format!("{head}\r\nconnection: close\r\n\r\n").as_bytes()).await.unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await.unwrap();
    answer
}

/// L4, 2.2, 3.30: a request does not say twice where it goes or who sends it, and says it once.
#[test]
fn ambiguous_requests_are_refused() {
    on_sqlite(async |app| {
        let line = "GET /api/v3/core/brands/current/ HTTP/1.1";
        for (head, expected) in [
            (format!("{line}\r\nhost: a.test"), "HTTP/1.1 200"),
            (format!("{line}\r\nhost: a.test\r\nhost: b.test"), "HTTP/1.1 400"),
            (format!("{line}\r\naccept: */*"), "HTTP/1.1 400"),
            ("GET /api/v3/core/brands/current/ HTTP/1.0\r\naccept: */*".to_owned(), "HTTP/1.0 200"),
            (format!("{line}\r\nhost: a.test\r\nauthorization: Bearer a\r\nauthorization: Bearer b"), "HTTP/1.1 400"),
            ("GET /none/ HTTP/1.1\r\nhost: a.test\r\nhost: a.test".to_owned(), "HTTP/1.1 400"),
        ] {
            let answer = say(&app, &head).await;
            assert!(answer.starts_with(expected), "{head}\n{answer}");
            assert!(!expected.ends_with("400") || answer.contains("{\"detail\":\""), "{answer}");
        }
    });
}
