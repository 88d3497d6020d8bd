//! Serves the library with a fault planted, or faithfully, until it is killed, so that other tools can be tried on it:
//! `cargo run -p vestibule-contract --example planted -- MinimumOffByOne`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "it ends with a message")]
#![allow(dead_code, clippy::result_large_err, reason = "shared with the tests")]

#[path = "../tests/planted/mod.rs"]
mod planted;

use planted::{Fault, Server, TOKEN};

#[tokio::main]
async fn main() {
    let fault = std::env::args().nth(1).map_or(Fault::None, |name| {
        let known = Fault::ALL.iter().find(|fault| format!("{fault:?}") == name);
        *known.unwrap_or_else(|| panic!("no fault {name}; there are {:?}", Fault::ALL))
    });
    let server = Server::start(fault).await;
    println!("{fault:?} at {}, token {TOKEN}", server.url);
    std::future::pending::<()>().await;
}
