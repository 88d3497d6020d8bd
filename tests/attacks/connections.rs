//! Connections that are opened for their own sake.

use crate::support::{TestApp, on_sqlite};
use std::time::Duration;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

async fn connect(app: &TestApp) -> TcpStream {
    TcpStream::connect(app.url().trim_start_matches("http://")).await.unwrap()
}

/// What the server says until it closes the connection.
async fn rest(stream: &mut TcpStream) -> String {
    let mut rest = vec![];
    // Closing a connection with something unread in it resets it.
    drop(stream.read_to_end(&mut rest).await);
    String::from_utf8_lossy(&rest).into_owned()
}

/// Asks whether the server lives, and leaves the connection open.
async fn ask(stream: &mut TcpStream) -> String {
    stream.write_all(b"GET /-/health/live HTTP/1.1\r\nHost: test\r\n\r\n").await.unwrap();
    let mut answer = vec![];
    while !answer.ends_with(b"\r\n\r\n") {
        assert_ne!(stream.read_buf(&mut answer).await.unwrap(), 0, "closed before it answered");
    }
    String::from_utf8(answer).unwrap()
}

/// M8: connections that say nothing, or never end what they say, were kept for ever.
#[test]
fn a_connection_that_does_nothing_is_closed() {
    on_sqlite(async |app| {
        let app = app.with_settings(|config| config.idle_timeout = Duration::from_millis(50));
        for begun in ["", "G", "GET / HTTP/1.1\r\nHost: t", "PRI * HTTP/2.0\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"] {
            let mut stream = connect(&app).await;
            stream.write_all(begun.as_bytes()).await.unwrap();
            rest(&mut stream).await;
        }
        let mut used = connect(&app).await;
        assert!(ask(&mut used).await.starts_with("HTTP/1.1 204"));
        assert_eq!(rest(&mut used).await, "");
    });
}

/// M8: the connection that has been idle longest makes room for one that has something to ask.
#[test]
fn connections_that_nobody_uses_keep_nobody_out() {
    on_sqlite(async |app| {
        let app = app.with_settings(|config| config.max_connections = 2);
        let mut first = connect(&app).await;
        assert!(ask(&mut first).await.starts_with("HTTP/1.1 204"));
        let mut others = vec![];
        for _ in 0..20 {
            let mut other = connect(&app).await;
            assert!(ask(&mut other).await.starts_with("HTTP/1.1 204"));
            others.push(other);
        }
        assert_eq!(rest(&mut first).await, "");
    });
}

/// M8: an address that is no proxy has only so many.
#[test]
fn an_address_has_only_so_many_connections() {
    on_sqlite(async |app| {
        let app = app.with_settings(|config| {
            config.trusted_proxies = vec![];
            config.max_connections_per_address = 2;
        });
        let mut first = connect(&app).await;
        let (mut second, mut third) = (connect(&app).await, connect(&app).await);
        assert!(ask(&mut second).await.starts_with("HTTP/1.1 204"));
        assert!(ask(&mut third).await.starts_with("HTTP/1.1 204"));
        assert_eq!(rest(&mut first).await, "");
    });
}

/// M5: a request whose headers came before its token was revoked, and its body after that, was executed.
#[test]
fn a_caller_that_is_revoked_while_its_body_is_on_the_way_is_refused() {
    on_sqlite(async |app| {
        let user =
            app.user("sender").with_permission("authentik_core.add_group").with_token("token-of-the-sender").await;
        let (body, token) = (r#"{"name": "made too late"}"#, "token-of-the-sender");
        let mut stream = connect(&app).await;
        let head = format!(
            "POST /api/v3/core/groups/ HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\
            Content-Type: application/json\r\nContent-Length: {}\r\nExpect: 100-continue\r\n\r\n",
            body.len()
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        // The server asks for the body when it knows the caller.
        let mut asked = [0; 25];
        stream.read_exact(&mut asked).await.unwrap();
        assert_eq!(&asked, b"HTTP/1.1 100 Continue\r\n\r\n");
        let of_user = format!("/core/users/{}/", user.id());
        app.admin().patch(&of_user, serde_json::json!({ "is_active": false })).await.expect(200);
        stream.write_all(body.as_bytes()).await.unwrap();
        let answer = rest(&mut stream).await;
        assert!(answer.starts_with("HTTP/1.1 403"), "{answer}");
    });
}
