//! The machine the server runs on: what takes its time, its files, its name, its processes.

use crate::support::{Answer, Principal, TestApp, on_sqlite};
use futures::{StreamExt, stream::FuturesUnordered};
use serde_json::json;
use vestibule::domain::work::{Party, Queue, Turn};

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
