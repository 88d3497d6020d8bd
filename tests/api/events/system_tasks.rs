//! `/events/system_tasks/`.

use crate::support::for_each_database;
use chrono::TimeDelta;
use serde_json::{Value, json};
use uuid::Uuid;
use vestibule::{
    store::tables::{Event, ReputationScore, SystemTask},
    tasks,
};

const TASKS: &str = "/events/system_tasks/";

#[test]
fn what_the_server_does_is_seen() {
    for_each_database(async |app| {
        let admin = app.admin();
        assert_eq!(admin.get(TASKS).await.results(), [] as [Value; 0]);
        let clean = tasks::named("clean_expired_models").unwrap();
        let expires = Some(app.now() + TimeDelta::hours(1));
        let event = Event { id: Uuid::new_v4(), created: app.now(), expires, ..Event::default() };
        let event = app.insert(event).await;
        let score =
            ReputationScore { id: Uuid::new_v4(), updated: app.now(), expires: None, ..ReputationScore::default() };
        let score = app.insert(score).await;
        clean.perform(&app.app).await;
        let first = admin.get(TASKS).await.results();
        assert_eq!((first.len(), &first[0]["messages"], &first[0]["status"]), (1, &json!([]), &json!("successful")));
        assert_eq!((&first[0]["full_name"], &first[0]["expiring"]), (&json!("clean_expired_models"), &json!(true)));
        app.advance(TimeDelta::hours(2));
        clean.perform(&app.app).await;
        let second = admin.get(&format!("{TASKS}?name=clean_expired_models&status=successful")).await.results();
        assert_eq!((second.len(), &second[0]["uuid"]), (1, &first[0]["uuid"]));
        assert_eq!(second[0]["messages"][0]["event"], "0 tokens rotated, 0 tokens and 1 other objects deleted");
        admin.get(&format!("/events/events/{}/", event.id)).await.expect(404);
        admin.get(&format!("/policies/reputation/scores/{}/", score.id)).await.expect(200);

        let path = format!("{TASKS}{}/", first[0]["uuid"].as_str().unwrap());
        let runner = app.user("runner").with_permission("authentik_events.run_task").await;
        runner.get(TASKS).await.expect(403);
        runner.get(&path).await.expect(403);
        app.advance(TimeDelta::hours(1));
        runner.post(&format!("{path}run/"), json!({})).await.expect(204);
        let ran = async || {
            let now = admin.get(&path).await.expect(200);
            now["finish_timestamp"] != second[0]["finish_timestamp"]
        };
        while !ran().await {}
        app.user("plain").await.post(&format!("{path}run/"), json!({})).await.expect(403);
        let unknown = format!("{TASKS}{}/", Uuid::nil());
        admin.get(&unknown).await.expect(404);
        admin.post(&format!("{unknown}run/"), json!({})).await.expect(404);
        let wrong = json!({ "status": ["Select a valid choice. nosuch is not one of the available choices."] });
        assert_eq!(admin.get(&format!("{TASKS}?status=nosuch")).await.expect(400), wrong);
        let other = SystemTask {
            id: Uuid::new_v4(),
            name: "other".into(),
            uid: "x".into(),
            start_timestamp: app.now(),
            finish_timestamp: app.now(),
            ..SystemTask::default()
        };
        let other = app.insert(other).await;
        assert_eq!(admin.get(&format!("{TASKS}?search=other")).await.results()[0]["full_name"], "other:x");
        admin.post(&format!("{TASKS}{}/run/", other.id), json!({})).await.expect(404);
    });
}
