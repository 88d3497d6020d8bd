//! Recovery links by mail, into a mail server made for the test.

use crate::support::{TestApp, for_each_database};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::TcpListener,
    sync::mpsc,
};
use vestibule::store::tables::EmailStage;

/// A server that takes every mail: its port, and what it was told.
pub(crate) async fn sink() -> (u16, mpsc::UnboundedReceiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (sender, receiver) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (read, mut write) = stream.into_split();
            let (mut lines, mut told, mut in_data) = (BufReader::new(read).lines(), String::new(), false);
            write.write_all(b"220 sink\r\n").await.unwrap();
            while let Ok(Some(line)) = lines.next_line().await {
                told.push_str(&format!("{line}\n"));
                let answer = match line.as_str() {
                    "." => "250 taken",
                    _ if in_data => continue,
                    "DATA" => "354 go on",
                    "QUIT" => "221 bye",
                    _ => "250 fine",
                };
                in_data = line == "DATA";
                if line == "." {
                    sender.send(std::mem::take(&mut told)).unwrap();
                }
                write.write_all(format!("{answer}\r\n").as_bytes()).await.unwrap();
            }
        }
    });
    (port, receiver)
}

pub(crate) async fn stage(app: &TestApp, name: &str, port: u16) -> String {
    let from_address = "Vestibule <door@example.org>".to_owned();
    let mut stage =
        EmailStage { port: port.into(), from_address, subject: "New password".to_owned(), ..EmailStage::default() };
    (stage.id, stage.name) = (app.app.random.uuid(), name.to_owned());
    app.insert(stage).await.id.to_string()
}

pub(crate) async fn with_recovery_flow(app: &TestApp) -> Value {
    let admin = app.admin();
    let body = json!({ "name": "R", "slug": "recover", "title": "R", "designation": "recovery" });
    let flow = admin.post("/flows/instances/", body).await.expect(201)["pk"].clone();
    let brand = admin.get("/core/brands/").await.results()[0]["brand_uuid"].as_str().unwrap().to_owned();
    admin.patch(&format!("/core/brands/{brand}/"), json!({ "flow_recovery": flow })).await.expect(200)
}

#[test]
fn a_recovery_link_is_mailed() {
    for_each_database(async |app| {
        let admin = app.admin();
        let (port, mut mails) = sink().await;
        let stage = stage(&app, "mail", port).await;
        let new = async |name: &str, email: &str| {
            let body = json!({ "username": name, "name": "Jane Doe", "email": email });
            let pk = admin.post("/core/users/", body).await.expect(201)["pk"].clone();
            format!("/core/users/{pk}/recovery_email/?email_stage={stage}")
        };
        let jane = new("jane", "jane@example.org").await;
        let refused = |message: &str| json!({ "non_field_errors": [message] });
        assert_eq!(admin.post(&jane, json!({})).await.expect(400), refused("No recovery flow set."));
        with_recovery_flow(&app).await;
        let nobody = new("nobody", "").await;
        let none = refused("User does not have an email address set.");
        assert_eq!(admin.post(&nobody, json!({})).await.expect(400), none);
        let other = jane.replace(&stage, "00000000-0000-4000-8000-000000000000");
        assert_eq!(admin.post(&other, json!({})).await.expect(400), refused("Email stage does not exist."));

        admin.post(&jane, json!({})).await.expect(204);
        let mail = mails.recv().await.unwrap();
        for part in [
            "MAIL FROM:<door@example.org>",
            "RCPT TO:<jane@example.org>",
            "Subject: New password",
            "Hello Jane Doe,",
            "/if/flow/recover/?flow_token=",
        ] {
            assert!(mail.replace("=\n", "").replace("=3D", "=").contains(part), "{part}\n{mail}");
        }
        // Whoever may not see the stage may not send by it.
        let helper = app.user("helper").with_permission("authentik_core.reset_user_password").await;
        assert_eq!(helper.post(&jane, json!({})).await.expect(400), refused("Email stage does not exist."));
        let helper = app.user("helper2").with_permission("authentik_core.reset_user_password");
        let helper =
            helper.with_object_permission("authentik_stages_email.view_emailstage", stage.replace('-', "")).await;
        helper.post(&jane, json!({})).await.expect(204);
        mails.recv().await.unwrap();
    });
}

#[test]
fn a_mail_server_that_is_away_fails_no_request() {
    for_each_database(async |app| {
        with_recovery_flow(&app).await;
        let admin = app.admin();
        let stage = stage(&app, "away", 1).await;
        let body = json!({ "username": "jane", "name": "J", "email": "jane@example.org" });
        let pk = admin.post("/core/users/", body).await.expect(201)["pk"].clone();
        admin.post(&format!("/core/users/{pk}/recovery_email/?email_stage={stage}"), json!({})).await.expect(204);
    });
}
