//! `/events/notifications/`.

use crate::support::for_each_database;
use serde_json::{Value, json};
use uuid::Uuid;
use vestibule::store::{
    column::Ref,
    tables::{Event, Notification},
};

const NOTIFICATIONS: &str = "/events/notifications/";

#[test]
fn everybody_has_notifications_of_their_own() {
    for_each_database(async |app| {
        let (admin, jane, joe) = (app.admin(), app.user("jane").await, app.user("joe").await);
        let event = Event { id: Uuid::new_v4(), action: "login".into(), created: app.now(), ..Event::default() };
        let event = app.insert(event).await;
        let tell = async |user: i64, body: &str| {
            let row = Notification {
                id: Uuid::new_v4(),
                user: Ref(user),
                event: Some(Ref(event.id)),
                body: body.to_owned(),
                created: app.now(),
                ..Notification::default()
            };
            format!("{NOTIFICATIONS}{}/", app.insert(row).await.id)
        };
        let (first, second, other) =
            (tell(jane.id(), "one").await, tell(jane.id(), "two").await, tell(joe.id(), "three").await);
        let bodies =
            |found: Vec<Value>| found.iter().map(|n| n["body"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
        assert_eq!(bodies(jane.get(&format!("{NOTIFICATIONS}?ordering=body")).await.results()), ["one", "two"]);
        assert_eq!(admin.get(NOTIFICATIONS).await.results().len(), 3);
        assert_eq!(bodies(admin.get(&format!("{NOTIFICATIONS}?user={}", joe.id())).await.results()), ["three"]);
        let seen = jane.get(&first).await.expect(200);
        assert_eq!((&seen["event"]["action"], &seen["severity"]), (&json!("login"), &json!("notice")));
        for strange in
            [jane.get(&other).await, jane.patch(&other, json!({ "seen": true })).await, jane.delete(&other).await]
        {
            strange.expect(404);
        }
        app.anonymous().get(NOTIFICATIONS).await.expect(403);
        // Whatever is said of the event, it stays what it was.
        let body = json!({ "seen": true, "event": { "action": "logout", "app": "x" } });
        let seen = jane.put(&first, body).await.expect(200);
        assert_eq!((&seen["seen"], &seen["event"]["action"]), (&json!(true), &json!("login")));
        assert_eq!(bodies(jane.get(&format!("{NOTIFICATIONS}?seen=false")).await.results()), ["two"]);
        jane.post(&format!("{NOTIFICATIONS}mark_all_seen/"), json!({})).await.expect(204);
        assert_eq!(admin.get(&format!("{NOTIFICATIONS}?seen=false")).await.results().len(), 1, "that of the other");
        let found = format!("{NOTIFICATIONS}?event={}&severity=notice&search=two", event.id);
        assert_eq!(bodies(jane.get(&found).await.results()), ["two"]);
        assert_eq!(jane.get(&format!("{second}used_by/")).await.expect(200), json!([]));

        let one = admin.get(&format!("{NOTIFICATIONS}?page_size=1")).await.statements();
        assert_eq!(admin.get(&format!("{NOTIFICATIONS}?page_size=9")).await.statements(), one);
        admin.delete(&format!("/events/events/{}/", event.id)).await.expect(204);
        assert_eq!(jane.get(&first).await.expect(200).get("event"), None, "it is gone");
        jane.delete(&first).await.expect(204);
        jane.get(&first).await.expect(404);
        let told = admin.get("/events/events/?context_model_name=notification").await.results();
        assert_eq!(told, [] as [Value; 0]);
    });
}
