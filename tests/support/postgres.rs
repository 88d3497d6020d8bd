//! The PostgreSQL of the tests. Unit tests use this file, too.

use std::{
    env,
    io::{BufRead, BufReader},
    net::TcpListener,
    process::{Child, Command, Stdio},
    sync::OnceLock,
};

/// The URL of a PostgreSQL whose user may create databases: the one in `VESTIBULE_TEST_POSTGRES`, or one that is
/// started now and ends with this process.
pub(crate) fn server() -> &'static str {
    static SERVER: OnceLock<(String, Option<Child>)> = OnceLock::new();
    let (url, _) = SERVER.get_or_init(|| match env::var("VESTIBULE_TEST_POSTGRES") {
        Ok(url) => (url, None),
        Err(_) => {
            let (url, child) = start();
            (url, Some(child))
        }
    });
    url
}

fn start() -> (String, Child) {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut child = Command::new(concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/throwaway-postgres"))
        .arg(port.to_string())
        // Closed when this process ends, which ends the server.
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut url = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut url).unwrap();
    assert!(
        !url.is_empty(),
        "Tests need PostgreSQL, and it could not be started (see above). `./test` installs it; or set \
         VESTIBULE_TEST_POSTGRES to the URL of one whose user may create databases."
    );
    (url.trim().to_owned(), child)
}
