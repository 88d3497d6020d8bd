//! How fast the server answers, next to the least that could answer: a poem handler that returns a fixed JSON document.
//!
//! Everything is measured in one run, over the same connections, by the same client, one server at a time, each in its
//! own process. The client writes prepared bytes and reads just enough of the answer to know where it ends, so that it
//! takes as little as possible of the processors that it shares with the server. PostgreSQL runs durably, as it would in
//! production, on the same machine, and shares them as well.
//!
//! usage: `make bench`, or with `SECONDS_EACH=10 CONNECTIONS=32 USERS=1000000 make bench`

mod load;
mod overload;
mod servers;

use load::{Measured, measure};
use servers::{Database, Failure, Server};
use std::time::Duration;

/// The administrator's token.
const TOKEN: &str = "token-of-the-benchmark";

fn setting(name: &str, default: u32) -> u32 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [mode, address] = &arguments[..]
        && mode == "bare"
    {
        return tokio::runtime::Runtime::new()?.block_on(servers::bare(address.clone()));
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    match arguments.split_first() {
        Some((mode, attacks)) if mode == "overload" => runtime.block_on(overload::run(attacks)),
        Some((unknown, _)) => Err(format!("{unknown} is nothing that is measured").into()),
        None => runtime.block_on(measure_all()),
    }
}

async fn measure_all() -> Result<(), Failure> {
    let connections = setting("CONNECTIONS", 16);
    let time = Duration::from_secs(setting("SECONDS_EACH", 5).into());
    let users = setting("USERS", 100_000);
    println!("{connections} connections, {} s each, {users} users", time.as_secs());
    if cfg!(debug_assertions) {
        println!("This is a debug build: the numbers say nothing. `make bench` builds for release.");
    }
    println!(
        "\n{:<10} {:<14} {:>10} {:>8} {:>9} {:>9} {:>8} {:>8}",
        "", "", "requests/s", "ratio", "p50 ms", "p99 ms", "CPU µs", "MiB"
    );

    let server = Server::bare().await?;
    let bare = measure(&server, connections, time, |_| request("GET", "/", "")).await?;
    line("bare poem", "JSON handler", &bare, &bare, &server);
    drop(server);

    for kind in ["SQLite", "PostgreSQL"] {
        let database = Database::new(kind)?;
        let first = servers::seed(&database, users).await?;
        let server = Server::vestibule(&database).await?;
        println!("{kind:<10} {:<14} {:>57.0}", "idle", server.memory());
        let flow = server.flow().await?;
        let get = |n: u32| request("GET", &format!("/core/users/{}/", first + i64::from(n % users)), "");
        let page = |page: u32| request("GET", &format!("/core/users/?page_size=20&page={page}"), "");
        let pages = (users / 20).max(1);
        let list = |n: u32| page(1 + n % pages.min(10));
        let any = |n: u32| page(1 + n % pages);
        let create = |n: u32| request("POST", "/core/groups/", &format!("{{\"name\": \"bench-{n}\"}}"));
        let transactional = |n: u32| {
            let body = format!(
                r#"{{"app": {{"name": "bench-{n}", "slug": "bench-{n}"}}, "provider_model":
                "authentik_providers_ldap.ldapprovider", "provider": {{"name": "bench-{n}", "authorization_flow": "{flow}"}}}}"#
            );
            request("PUT", "/core/transactional/applications/", &body)
        };
        line(kind, "get", &measure(&server, connections, time, get).await?, &bare, &server);
        line(kind, "list of 20", &measure(&server, connections, time, list).await?, &bare, &server);
        line(kind, "list, any page", &measure(&server, connections, time, any).await?, &bare, &server);
        line(kind, "create", &measure(&server, connections, time, create).await?, &bare, &server);
        line(kind, "transactional", &measure(&server, connections, time, transactional).await?, &bare, &server);
    }
    println!("\nlist of 20: the first ten pages; any page: all of them in turn, as an export reads them.");
    println!("ratio: to the bare handler. CPU: the server's processor time for a request, the database's not in it.");
    println!("create: a group. transactional: an application with an LDAP provider.");
    println!("MiB: resident memory of the server after the load; that of the database is not in it.");
    println!("Aims: SQLite get 0.5, list 0.2, create 0.1, transactional 0.05; PostgreSQL half of that.");
    Ok(())
}

/// The bytes of a request.
fn request(method: &str, path: &str, body: &str) -> Vec<u8> {
    let prefix = if path == "/" { "" } else { "/api/v3" };
    let content = if body.is_empty() {
        String::new()
    } else {
        format!("Content-Type: application/json\r\nContent-Length: {}\r\n", body.len())
    };
    format!(
        "{method} {prefix}{path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {TOKEN}\r\n{content}\r\n{body}"
    )
    .into_bytes()
}

fn line(server: &str, what: &str, measured: &Measured, bare: &Measured, process: &Server) {
    if measured.answered == 0 {
        println!("{server:<10} {what:<14} nothing but {:?}: not built yet, or refused", measured.refused);
        return;
    }
    let ratio = measured.rate() / bare.rate();
    let (p50, p99) = (measured.percentile(50), measured.percentile(99));
    let memory = process.memory();
    let refused = if measured.refused.is_empty() { String::new() } else { format!("  also {:?}", measured.refused) };
    println!(
        "{server:<10} {what:<14} {:>10.0} {ratio:>8.3} {p50:>9.2} {p99:>9.2} {:>8.0} {memory:>8.0}{refused}",
        measured.rate(),
        measured.processor
    );
}
