//! What normal callers notice while somebody does harm: times of a mixed load with each kind of attack beside it, whether
//! liveness is answered, and how much memory the server takes.
//!
//! The load keeps its pace whatever the answers take, as people and programs do who know nothing of each other. The
//! attacker has a user of its own, never waits, and runs in a thread of its own.
//!
//! usage: `scripts/overload`, or with `SECONDS_EACH=10 USERS=10000 scripts/overload [DATABASE…] [ATTACK…]`

use crate::{
    TOKEN, load,
    servers::{self, Database, Failure, Server},
    setting,
};
use futures::future::join_all;
use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::{interval, sleep, timeout},
};

/// What the server can run on.
const DATABASES: [&str; 2] = ["SQLite", "PostgreSQL"];

/// Callers of the normal load, and how often each asks.
const CALLERS: u32 = 16;
const PACE: Duration = Duration::from_millis(40);

/// How often somebody asks whether the server lives.
const LIVENESS: Duration = Duration::from_millis(50);

/// The key of the attacker's token.
const ATTACKER: &str = "token-of-the-attacker";

/// What the attacker does.
struct Attack {
    name: &'static str,
    /// How many connections at once.
    connections: u32,
    how: How,
}

#[derive(Clone)]
enum How {
    /// Nothing.
    Not,
    /// Sends the same request again and again.
    Send(Arc<Vec<u8>>),
    /// Opens connections and says nothing.
    Idle,
    /// Sends a body byte by byte.
    Slowly,
}

/// What is known of the objects that attacks need.
struct Prepared {
    attacker: i64,
    mapping: String,
}

fn attacks(prepared: &Prepared) -> Vec<Attack> {
    let request = |method: &str, path: String, content: &str, body: &str| {
        let content = match content {
            "" => String::new(),
            content => format!("Content-Type: {content}\r\nContent-Length: {}\r\n", body.len()),
        };
        let head =
            format!("{method} /api/v3{path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {ATTACKER}\r\n");
        How::Send(Arc::new(format!("{head}{content}\r\n{body}").into_bytes()))
    };
    let json = "application/json";
    let words: Vec<String> = (0..20).map(|number| format!("u{number}")).collect();
    let form = |content: &str| {
        let head = "--form\r\nContent-Disposition: form-data; name=\"file\"; filename=\"flow.yaml\"\r\n\r\n";
        request(
            "POST",
            "/flows/instances/import/".into(),
            "multipart/form-data; boundary=form",
            &format!("{head}{content}\r\n--form--\r\n"),
        )
    };
    let expanding = format!(
        "version: 1\ncontext:\n  a: {}\nentries:\n  - model: authentik_flows.flow\n    identifiers: {{slug: x}}\n    attrs: {{x: [{}]}}\n",
        "a".repeat(1_000_000),
        "!Context a, ".repeat(1_000)
    );
    vec![
        Attack { name: "nobody", connections: 0, how: How::Not },
        Attack {
            name: "searches",
            connections: 18,
            how: request("GET", format!("/core/users/?page_size=1&search={}", words.join("+")), "", ""),
        },
        Attack {
            name: "big pages",
            connections: 8,
            how: request("GET", "/core/users/?page_size=1000000000".into(), "", ""),
        },
        Attack { name: "deep import", connections: 6, how: form(&format!("version: 1\nx: {}", "[".repeat(100_000))) },
        Attack { name: "wide import", connections: 6, how: form(&expanding) },
        Attack {
            name: "expressions",
            connections: 40,
            how: request("POST", format!("/propertymappings/all/{}/test/", prepared.mapping), json, "{}"),
        },
        Attack {
            name: "hashing",
            connections: 24,
            how: request(
                "POST",
                format!("/core/users/{}/set_password/", prepared.attacker),
                json,
                r#"{"password": "another one"}"#,
            ),
        },
        Attack {
            name: "key generation",
            connections: 16,
            how: request(
                "POST",
                "/crypto/certificatekeypairs/generate/".into(),
                json,
                r#"{"common_name": "attack", "validity_days": 1, "alg": "rsa"}"#,
            ),
        },
        Attack { name: "slow bodies", connections: 500, how: How::Slowly },
        Attack { name: "idle", connections: 10_000, how: How::Idle },
    ]
}

/// Measures all attacks, or those that are named, on both databases.
pub(crate) async fn run(only: &[String]) -> Result<(), Failure> {
    // Ten thousand connections need as many descriptors.
    drop(rlimit::increase_nofile_limit(u64::MAX));
    let time = Duration::from_secs(setting("SECONDS_EACH", 60).into());
    let users = setting("USERS", 100_000);
    println!("{CALLERS} callers, one request each {PACE:?}, {} s each, {users} users\n", time.as_secs());
    println!(
        "{:<10} {:<15} {:>7} {:>8} {:>8} {:>7} {:>9} {:>6} {:>7} {:>6} {:>6}  attacker was answered",
        "", "", "answers", "p50 ms", "p99 ms", "times", "live p99", "MiB", "errors", "CPU %", "load %"
    );
    let (databases, only): (Vec<&str>, Vec<&str>) =
        only.iter().map(String::as_str).partition(|name| DATABASES.contains(name));
    for kind in DATABASES.into_iter().filter(|kind| databases.is_empty() || databases.contains(kind)) {
        let database = Database::new(kind)?;
        let first = servers::seed(&database, users).await?;
        let server = Server::vestibule(&database).await?;
        let prepared = prepare(&server).await?;
        let flow = server.flow().await?;
        let mut calm = None;
        for attack in attacks(&prepared) {
            if attack.connections > 0 && !only.is_empty() && !only.contains(&attack.name) {
                continue;
            }
            let seen = measure(&server, &attack, time, |number| normal(number, first, users, &flow)).await?;
            let calm = *calm.get_or_insert(seen.percentile(99));
            println!(
                "{kind:<10} {:<15} {:>7} {:>8.2} {:>8.2} {:>7.1} {:>9.2} {:>6.0} {:>7} {:>6.0} {:>6.0}  {:?}",
                attack.name,
                seen.times.len(),
                seen.percentile(50),
                seen.percentile(99),
                seen.percentile(99) / calm,
                seen.liveness,
                seen.memory,
                seen.errors,
                seen.server,
                seen.generator,
                seen.attacker
            );
        }
    }
    println!(
        "\nCPU: what the server takes of a processor, without the database; load: what this program takes, which has none of its own."
    );
    println!("Aims: times at most 3, live p99 at most 50 ms, at most 300 MiB, no errors (other answers than 2xx).");
    Ok(())
}

/// Makes the attacker, with the rights that its attacks take, and an expression that never ends.
async fn prepare(server: &Server) -> Result<Prepared, Failure> {
    let made = |path: &'static str, body: String| async move {
        let (status, answer) = server.send("POST", path, &body).await?;
        if status == 201 { Ok(answer) } else { Err(Failure::from(format!("{path}: {status} {answer}"))) }
    };
    let user = made("/core/users/", r#"{"username": "attacker", "name": "Attacker"}"#.into()).await?;
    let attacker = user["pk"].as_i64().unwrap_or_default();
    let permissions = [
        "authentik_core.view_user",
        "authentik_core.reset_user_password",
        "authentik_core.view_propertymapping",
        "authentik_core.add_token",
        "authentik_flows.add_flow",
        "authentik_flows.change_flow",
        "authentik_crypto.add_certificatekeypair",
    ];
    let path = format!("/rbac/permissions/assigned_by_users/{attacker}/assign/");
    let body = serde_json::json!({ "permissions": permissions });
    let (status, answer) = server.send("POST", &path, &body.to_string()).await?;
    if !(200..300).contains(&status) {
        return Err(format!("{path}: {status} {answer}").into());
    }
    let token = serde_json::json!({ "identifier": "attacker", "intent": "api", "user": attacker });
    made("/core/tokens/", token.to_string()).await?;
    let path = "/core/tokens/attacker/set_key/";
    let (status, answer) = server.send("POST", path, &format!(r#"{{"key": "{ATTACKER}"}}"#)).await?;
    if !(200..300).contains(&status) {
        return Err(format!("{path}: {status} {answer}").into());
    }
    let endless = serde_json::json!({ "name": "endless", "expression": "while True:\n    pass", "scope_name": "x" });
    let mapping = made("/propertymappings/scope/", endless.to_string()).await?;
    Ok(Prepared { attacker, mapping: mapping["pk"].as_str().unwrap_or_default().to_owned() })
}

/// One request of the mixed load.
fn normal(number: u32, first: i64, users: u32, flow: &str) -> Vec<u8> {
    let name = format!("{:x}-{number}", std::process::id());
    match number % 20 {
        0..12 => crate::request("GET", &format!("/core/users/{}/", first + i64::from(number % users)), ""),
        12..16 => crate::request("GET", &format!("/core/users/?page_size=20&page={}", 1 + number % 10), ""),
        16..19 => crate::request("POST", "/core/groups/", &format!(r#"{{"name": "normal-{name}"}}"#)),
        _ => {
            let body = format!(
                r#"{{"app": {{"name": "n", "slug": "n-{name}"}}, "provider_model": "authentik_providers_ldap.ldapprovider",
                "provider": {{"name": "n-{name}", "authorization_flow": "{flow}"}}}}"#
            );
            crate::request("PUT", "/core/transactional/applications/", &body)
        }
    }
}

/// What normal callers and the attacker saw.
#[derive(Default)]
struct Seen {
    times: Vec<Duration>,
    /// Answers other than 2xx, and none.
    errors: usize,
    /// 99 % of the answers about liveness came within so many milliseconds.
    liveness: f64,
    /// The most memory that the server had, in MiB.
    memory: f64,
    /// What the server and this program took of a processor, in percent.
    server: f64,
    generator: f64,
    attacker: BTreeMap<u16, usize>,
}

impl Seen {
    fn percentile(&self, percent: usize) -> f64 {
        percentile(&self.times, percent)
    }
}

fn percentile(sorted: &[Duration], percent: usize) -> f64 {
    let index = (sorted.len() * percent / 100).min(sorted.len().saturating_sub(1));
    sorted.get(index).map_or(0.0, |time| time.as_secs_f64() * 1_000.0)
}

async fn measure(
    server: &Server,
    attack: &Attack,
    time: Duration,
    make: impl Fn(u32) -> Vec<u8>,
) -> Result<Seen, Failure> {
    static NEXT: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
    let over = Arc::new(AtomicBool::new(false));
    let attacker = {
        let (address, how, connections) = (server.address.clone(), attack.how.clone(), attack.connections);
        let over = over.clone();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.map(|runtime| runtime.block_on(harm(&address, &how, connections, &over))).unwrap_or_default()
        })
    };
    // The attack is to be under way.
    sleep(Duration::from_millis(500)).await;
    let (begun, end) = (Instant::now(), Instant::now() + time);
    let before = (server.processor_time(), servers::processor_time("self"));
    let callers = (0..CALLERS).map(|_| async {
        let (mut times, mut errors) = (vec![], 0);
        let mut pace = interval(PACE);
        let mut stream = None;
        while pace.tick().await.into_std() < end {
            let (sent, bytes) = (Instant::now(), make(NEXT.fetch_add(1, Ordering::Relaxed)));
            match timeout(Duration::from_secs(60), ask(&server.address, &mut stream, &bytes)).await {
                Ok(Ok(200..300)) => times.push(sent.elapsed()),
                _ => {
                    stream = None;
                    errors += 1;
                }
            }
        }
        (times, errors)
    });
    let liveness = async {
        let mut times = vec![];
        let mut pace = interval(LIVENESS);
        while pace.tick().await.into_std() < end {
            let sent = Instant::now();
            let alive = b"GET /-/health/live HTTP/1.1\r\nHost: localhost\r\n\r\n";
            let answered = timeout(Duration::from_secs(60), ask(&server.address, &mut None, alive)).await;
            // What is not answered counts as what took a minute.
            let took = if matches!(answered, Ok(Ok(204))) { sent.elapsed() } else { Duration::from_secs(60) };
            times.push(took);
        }
        times.sort_unstable();
        percentile(&times, 99)
    };
    let memory = async {
        let (mut most, mut pace) = (0.0_f64, interval(Duration::from_millis(100)));
        while pace.tick().await.into_std() < end {
            most = most.max(server.memory());
        }
        most
    };
    let (answered, liveness, memory) = futures::join!(join_all(callers), liveness, memory);
    let share = |before: f64, after: f64| (after - before) / begun.elapsed().as_micros() as f64 * 100.0;
    let (taken, generator) = (server.processor_time(), servers::processor_time("self"));
    let (taken, generator) = (share(before.0, taken), share(before.1, generator));
    over.store(true, Ordering::Relaxed);
    let attacker = attacker.join().map_err(|_| "the attacker failed")?;
    let mut seen = Seen { liveness, memory, attacker, server: taken, generator, ..Seen::default() };
    for (times, errors) in answered {
        seen.times.extend(times);
        seen.errors += errors;
    }
    seen.times.sort_unstable();
    Ok(seen)
}

/// Sends a request, over the connection there is or a new one, and gives the status of the answer.
async fn ask(address: &str, stream: &mut Option<TcpStream>, request: &[u8]) -> Result<u16, Failure> {
    let mut open = match stream.take() {
        Some(open) => open,
        None => {
            let open = TcpStream::connect(address).await?;
            open.set_nodelay(true)?;
            open
        }
    };
    open.write_all(request).await?;
    let status = load::answer(&mut open, &mut vec![]).await?;
    *stream = Some(open);
    Ok(status)
}

/// The attacker, until it is over. How often it was answered, by status; 0 stands for no answer.
async fn harm(address: &str, how: &How, connections: u32, over: &AtomicBool) -> BTreeMap<u16, usize> {
    let attackers = (0..connections).map(|_| async {
        let mut answers = BTreeMap::<u16, usize>::new();
        let mut stream = None;
        while !over.load(Ordering::Relaxed) {
            let done = match how {
                How::Not => return answers,
                How::Send(request) => {
                    let answer = timeout(Duration::from_secs(2), ask(address, &mut stream, request)).await;
                    let status = match answer {
                        Ok(Ok(status)) => status,
                        // Refused, or the attacker has lost patience: work goes on that nobody waits for.
                        _ => {
                            stream = None;
                            0
                        }
                    };
                    *answers.entry(status).or_default() += 1;
                    Ok(())
                }
                How::Idle => hold(address, b"", over).await,
                How::Slowly => hold(address, &slow(), over).await,
            };
            match how {
                // Closed by the server, or never open: those who hold connections take their time.
                How::Idle | How::Slowly => sleep(Duration::from_secs(1)).await,
                _ if done.is_err() => sleep(Duration::from_millis(100)).await,
                _ => {}
            }
        }
        answers
    });
    let mut all = BTreeMap::new();
    for answers in join_all(attackers).await {
        for (status, number) in answers {
            *all.entry(status).or_default() += number;
        }
    }
    all
}

/// The beginning of a request whose body never comes.
fn slow() -> Vec<u8> {
    format!(
        "POST /api/v3/core/tokens/ HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {ATTACKER}\r\n\
        Content-Type: application/json\r\nContent-Length: 100000\r\n\r\n"
    )
    .into_bytes()
}

/// Keeps a connection open until the server closes it; with a request begun, by a byte now and then.
async fn hold(address: &str, begun: &[u8], over: &AtomicBool) -> Result<(), Failure> {
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(begun).await?;
    let mut buffer = [0; 1024];
    while !over.load(Ordering::Relaxed) {
        match timeout(Duration::from_millis(200), stream.read(&mut buffer)).await {
            Err(_) if begun.is_empty() => {}
            Err(_) => stream.write_all(b" ").await?,
            Ok(Ok(0) | Err(_)) => break,
            Ok(Ok(_)) => {}
        }
    }
    Ok(())
}

impl Server {
    /// Sends a JSON body as the administrator.
    async fn send(&self, method: &str, path: &str, body: &str) -> Result<(u16, serde_json::Value), Failure> {
        let mut stream = TcpStream::connect(&self.address).await?;
        let request = format!(
            "{method} /api/v3{path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {TOKEN}\r\n\
            Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(request.as_bytes()).await?;
        let mut buffer = vec![];
        let status = load::answer(&mut stream, &mut buffer).await?;
        let body = buffer.windows(4).position(|bytes| bytes == b"\r\n\r\n").map_or(0, |head| head + 4);
        Ok((status, serde_json::from_slice(&buffer[body..]).unwrap_or_default()))
    }
}
