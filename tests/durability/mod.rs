//! The program itself, killed: what was acknowledged is there afterwards, and nothing is there by half.

use crate::support::{Database, Kind};
use reqwest::Client;
use serde_json::{Value, json};
use std::{
    io::{BufRead, BufReader, Lines},
    process::{Child, ChildStderr, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};
use tokio::sync::watch;

const TOKEN: &str = "token-of-the-durability-test";

/// How often the server is killed on each database. `scripts/crash-test` asks for more.
fn kills() -> u32 {
    std::env::var("VESTIBULE_TEST_KILLS").ok().and_then(|n| n.parse().ok()).unwrap_or(3)
}

/// `vestibule serve` as a process. Killed when dropped.
struct Process {
    child: Child,
    log: Option<Lines<BufReader<ChildStderr>>>,
    url: String,
}

impl Process {
    fn spawn(database: &Database) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_vestibule"))
            .args(["serve", "--listen", "127.0.0.1:0"])
            .arg("--data")
            .arg(database.folder.path())
            .args(["--database", &database.url])
            // What the person who tests has set is for servers of theirs.
            .env_clear()
            .env("VESTIBULE_BOOTSTRAP_TOKEN", TOKEN)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let log = child.stderr.take().map(|log| BufReader::new(log).lines());
        Self { child, log, url: String::new() }
    }

    /// Waits for the line of the log that says where it listens.
    fn ready(&mut self) {
        let mut log = self.log.take().unwrap();
        let mut seen = vec![];
        let address = log.by_ref().map(Result::unwrap).find_map(|line| {
            let address = line.split_once("ready address=\"").and_then(|(_, rest)| rest.split('"').next());
            let address = address.map(str::to_owned);
            seen.push(line);
            address
        });
        self.url = address.unwrap_or_else(|| panic!("the server ended:\n{}", seen.join("\n")));
        // Somebody must go on reading, or the server would wait for that once the pipe is full.
        std::thread::spawn(move || log.map_while(Result::ok).for_each(|line| println!("{line}")));
    }

    /// All objects of a list.
    async fn list(&self, http: &Client, path: &str) -> Vec<Value> {
        let mut all = vec![];
        for page in 1.. {
            let url = format!("{}/api/v3{path}&page_size=100&page={page}", self.url);
            let answer = http.get(url).bearer_auth(TOKEN).send().await.unwrap();
            assert_eq!(answer.status(), 200, "{path}");
            let answer: Value = answer.json().await.unwrap();
            all.extend(answer["results"].as_array().unwrap().iter().cloned());
            if answer["pagination"]["next"] == 0 {
                break;
            }
        }
        all
    }

    /// As `kill -9`.
    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn block_on(test: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap().block_on(test);
}

/// Applications with their providers, one after another, until the server is gone. Notes what it acknowledged.
async fn load(http: Client, url: String, flow: String, next: Arc<AtomicU32>, acknowledged: watch::Sender<Vec<String>>) {
    loop {
        let slug = format!("crash-{}", next.fetch_add(1, Ordering::Relaxed));
        let body = json!({
            "app": { "name": slug, "slug": slug },
            "provider_model": "authentik_providers_ldap.ldapprovider",
            "provider": { "name": slug, "authorization_flow": flow },
        });
        let call = http.put(format!("{url}/api/v3/core/transactional/applications/")).bearer_auth(TOKEN).json(&body);
        let Ok(answer) = call.send().await else { return };
        let status = answer.status();
        match answer.text().await {
            Ok(text) => assert_eq!(status, 200, "{text}"),
            Err(_) => return,
        }
        acknowledged.send_modify(|slugs| slugs.push(slug));
    }
}

fn survives_being_killed(kind: Kind) {
    let database = Database::empty(kind);
    block_on(async {
        let http = Client::builder().no_proxy().build().unwrap();
        let next = Arc::new(AtomicU32::new(0));
        let (acknowledged, mut news) = watch::channel(vec![]);
        let mut server = Process::spawn(&database);
        server.ready();
        for round in 1..=kills() {
            let flows = server.list(&http, "/flows/instances/?designation=authorization").await;
            let flow = flows[0]["pk"].as_str().unwrap().to_owned();
            let enough = acknowledged.borrow().len() + 5 + round as usize * 37 % 11;
            let mut callers: Vec<_> = (0..4)
                .map(|_| load(http.clone(), server.url.clone(), flow.clone(), next.clone(), acknowledged.clone()))
                .map(tokio::spawn)
                .collect();
            // In the middle of the work, wherever the other three callers are when one has its answer.
            tokio::select! {
                _ = news.wait_for(|slugs| slugs.len() >= enough) => {}
                (ended, ..) = futures::future::select_all(&mut callers) => panic!("a caller ended: {ended:?}"),
            }
            server.kill();
            futures::future::try_join_all(callers).await.unwrap();

            server = Process::spawn(&database);
            server.ready();
            let applications = server.list(&http, "/core/applications/?search=crash-&superuser_full_list=true").await;
            let providers = server.list(&http, "/providers/ldap/?search=crash-").await;
            let slugs: Vec<&str> = applications.iter().filter_map(|a| a["slug"].as_str()).collect();
            for application in &applications {
                let provider = application["provider"].as_i64();
                assert!(
                    providers.iter().any(|p| p["pk"].as_i64() == provider && p["name"] == application["slug"]),
                    "round {round}: an application without its provider: {application}"
                );
            }
            assert_eq!(providers.len(), applications.len(), "round {round}: a provider without its application");
            for slug in acknowledged.borrow().iter() {
                assert!(slugs.contains(&slug.as_str()), "round {round}: {slug} was acknowledged and is gone");
            }
        }
        println!("{kind:?}: {} calls acknowledged, {} kills", acknowledged.borrow().len(), kills());
    });
}

#[test]
fn a_killed_sqlite_server_has_lost_nothing() {
    survives_being_killed(Kind::Sqlite);
}

#[test]
fn a_killed_server_has_lost_nothing_on_postgres() {
    survives_being_killed(Kind::Postgres);
}

#[test]
fn two_servers_that_start_at_once_make_one_installation() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let database = Database::empty(kind);
        block_on(async {
            let http = Client::builder().no_proxy().build().unwrap();
            let mut servers = [Process::spawn(&database), Process::spawn(&database)];
            for server in &mut servers {
                server.ready();
            }
            for server in &servers {
                let brands = server.list(&http, "/core/brands/?").await;
                assert_eq!(brands.len(), 1, "{kind:?}: {brands:?}");
                let flows = server.list(&http, "/flows/instances/?slug=default-authentication-flow").await;
                assert_eq!(flows.len(), 1, "{kind:?}");
            }
        });
    }
}
