//! `/events/transports/`, to servers made for the test.

use crate::{api::core::recovery::sink, support::for_each_database};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::TcpListener,
    sync::mpsc,
};

const TRANSPORTS: &str = "/events/transports/";

/// A server that takes every JSON that is posted, and answers with a status: its address, and what it was told.
pub(super) async fn receiver(status: u16) -> (String, mpsc::UnboundedReceiver<Value>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    let (sender, receiver) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut reader = BufReader::new(&mut stream);
            let (mut line, mut length) = (String::new(), 0);
            while reader.read_line(&mut line).await.unwrap() > 2 {
                if let Some(number) = line.to_lowercase().strip_prefix("content-length: ") {
                    length = number.trim().parse().unwrap();
                }
                line.clear();
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body).await.unwrap();
            let _ = sender.send(serde_json::from_slice(&body).unwrap());
            let answer = format!("HTTP/1.1 {status} X\r\nContent-Length: 4\r\nConnection: close\r\n\r\nsaid");
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    (url, receiver)
}

#[test]
fn a_transport_lives() {
    for_each_database(async |app| {
        let admin = app.admin();
        let made = admin.post(TRANSPORTS, json!({ "name": "t" })).await.expect(201);
        assert_eq!(made["mode_verbose"], "authentik inbuilt notifications");
        let taken = json!({ "name": ["Notification Transport with this name already exists."] });
        assert_eq!(admin.post(TRANSPORTS, json!({ "name": "t" })).await.expect(400), taken);
        let path = format!("{TRANSPORTS}{}/", made["pk"].as_str().unwrap());
        let empty = json!({ "webhook_url": ["Webhook URL may not be empty."] });
        assert_eq!(admin.patch(&path, json!({ "mode": "webhook" })).await.expect(400), empty);
        let invalid = json!({ "webhook_url": ["Enter a valid URL."] });
        for url in ["x y z", "ftp://a.test/"] {
            let body = json!({ "mode": "webhook", "webhook_url": url });
            assert_eq!(admin.patch(&path, body).await.expect(400), invalid);
        }
        let body = json!({ "mode": "webhook", "webhook_url": "https://a.test/hook", "send_once": true });
        admin.patch(&path, body).await.expect(200);
        assert_eq!(admin.patch(&path, json!({ "name": "u" })).await.expect(200)["webhook_url"], "https://a.test/hook");
        let found = admin.get(&format!("{TRANSPORTS}?mode=webhook&send_once=true&search=u")).await.results();
        assert_eq!(found.len(), 1);

        // The mapping is one for notifications, and goes without the transport.
        let scope = json!({ "name": "s", "scope_name": "s", "expression": "return {}" });
        let scope = admin.post("/propertymappings/scope/", scope).await.expect(201)["pk"].clone();
        let missing = format!("Invalid pk \"{}\" - object does not exist.", scope.as_str().unwrap());
        let wrong = admin.patch(&path, json!({ "webhook_mapping": scope })).await.expect(400);
        assert_eq!(wrong, json!({ "webhook_mapping": [missing] }));
        let mapping = json!({ "name": "m", "expression": "return {}" });
        let mapping = admin.post("/propertymappings/notification/", mapping).await.expect(201)["pk"].clone();
        admin.patch(&path, json!({ "webhook_mapping": mapping })).await.expect(200);
        let mapping = format!("/propertymappings/notification/{}/", mapping.as_str().unwrap());
        let used = admin.get(&format!("{mapping}used_by/")).await.expect(200);
        assert_eq!((&used[0]["model_name"], &used[0]["action"]), (&json!("notificationtransport"), &json!("set_null")));
        admin.delete(&mapping).await.expect(204);
        assert_eq!(admin.get(&path).await.expect(200)["webhook_mapping"], Value::Null);

        let plain = app.user("plain").await;
        plain.get(&path).await.expect(403);
        plain.post(&format!("{path}test/"), json!({})).await.expect(403);
        admin.delete(&path).await.expect(204);
        admin.get(&path).await.expect(404);
    });
}

#[test]
fn a_test_goes_all_the_way() {
    for_each_database(async |app| {
        let (port, mut mails) = sink().await;
        let mailing = app.with_settings(|config| {
            config.email.port = port;
            config.email.use_tls = false;
        });
        let admin = app.admin();
        let test = async |body: Value| {
            let admin = if body["mode"] == "email" { mailing.admin() } else { app.admin() };
            let made = admin.post(TRANSPORTS, body).await.expect(201);
            admin.post(&format!("{TRANSPORTS}{}/test/", made["pk"].as_str().unwrap()), json!({})).await
        };
        let none = json!({ "messages": [] });
        assert_eq!(test(json!({ "name": "local" })).await.expect(200), none);
        let told = admin.get("/events/notifications/").await.results();
        assert_eq!(told[0]["body"], "Test Notification from transport local");

        let (url, mut posted) = receiver(200).await;
        let body = json!({ "name": "hook", "mode": "webhook", "webhook_url": url });
        assert_eq!(test(body).await.expect(200), json!({ "messages": ["200", "said"] }));
        let body = posted.recv().await.unwrap();
        assert_eq!((&body["user_username"], &body["severity"]), (&json!("akadmin"), &json!("notice")));
        let mapping =
            json!({ "name": "m", "expression": "return {'text': user.username + ': ' + notification['body']}" });
        let mapping = admin.post("/propertymappings/notification/", mapping).await.expect(201)["pk"].clone();
        let body = json!({ "name": "mapped", "mode": "webhook", "webhook_url": url, "webhook_mapping": mapping });
        test(body).await.expect(200);
        assert_eq!(posted.recv().await, Some(json!({ "text": "akadmin: Test Notification from transport mapped" })));
        test(json!({ "name": "slack", "mode": "webhook_slack", "webhook_url": url })).await.expect(200);
        assert_eq!(posted.recv().await.unwrap()["attachments"][0]["fields"][0]["title"], "Severity");

        test(json!({ "name": "mail", "mode": "email" })).await.expect(200);
        assert!(mails.recv().await.unwrap().contains("Test Notification from transport mail"));

        let (url, mut posted) = receiver(500).await;
        let body = json!({ "name": "broken", "mode": "webhook", "webhook_url": url });
        assert_eq!(test(body).await.expect(400), json!({ "non_field_errors": ["500: said"] }));
        posted.recv().await.unwrap();
        let body = json!({ "name": "closed", "mode": "webhook", "webhook_url": "http://127.0.0.1:1/secret" });
        let errors = test(body).await.expect(400);
        assert!(!errors.to_string().contains("secret"), "{errors}");
    });
}
