//! `/admin/`.

use crate::support::{TestApp, for_each_database};
use chrono::TimeDelta;
use serde_json::{Value, json};
use vestibule::store::tables::Event;

#[test]
fn everybody_who_is_logged_in_knows_the_version_and_what_events_are_about() {
    for_each_database(async |app| {
        let nobody = app.user("nobody").await;
        let version = nobody.get("/admin/version/").await.expect(200);
        assert_eq!((&version["version_current"], &version["outdated"]), (&json!("2024.6.0"), &json!(false)));
        let apps = nobody.get("/admin/apps/").await.expect(200);
        assert_eq!(apps[0], json!({ "name": "authentik.tenants", "label": "authentik Tenants" }));
        let models = nobody.get("/admin/models/").await.expect(200);
        assert!(models.as_array().unwrap().contains(&json!({ "name": "authentik_core.user", "label": "User" })));
        for path in ["/admin/version/", "/admin/apps/", "/admin/models/", "/admin/metrics/"] {
            app.anonymous().get(path).await.expect(403);
        }
    });
}

#[test]
fn settings_are_changed_one_by_one_and_count_at_once() {
    for_each_database(async |app| {
        const SETTINGS: &str = "/admin/settings/";
        let admin = app.admin();
        let before = admin.get(SETTINGS).await.expect(200);
        assert_eq!((&before["event_retention"], &before["default_token_length"]), (&json!("days=365"), &json!(60)));
        let wrong = json!({ "avatars": null, "default_token_duration": "", "default_token_length": 0 });
        let errors = admin.patch(SETTINGS, wrong).await.expect(400);
        assert_eq!(errors.as_object().unwrap().len(), 3, "{errors}");
        let errors = admin.patch(SETTINGS, json!({ "event_retention": "nope" })).await.expect(400);
        let told = "nope is not in the correct format of 'hours=3;minutes=1'.";
        assert_eq!(errors, json!({ "event_retention": [told] }));

        let links = json!([{ "name": "Help", "href": "https://help.test" }, { "name": "a" }]);
        let body = json!({ "event_retention": "days=7", "default_token_length": 33, "footer_links": links });
        let changed = admin.patch(SETTINGS, body).await.expect(200);
        assert_eq!((&changed["event_retention"], &changed["footer_links"]), (&json!("days=7"), &links));
        assert_eq!(admin.put(SETTINGS, json!({})).await.expect(200), changed);
        assert_eq!(admin.get(SETTINGS).await.expect(200), changed);

        admin.post("/core/tokens/", json!({ "identifier": "t" })).await.expect(201);
        let key = admin.get("/core/tokens/t/view_key/").await.expect(200);
        assert_eq!(key["key"].as_str().unwrap().len(), 33);
        let brand = app.anonymous().get("/core/brands/current/").await.expect(200);
        assert_eq!(brand["ui_footer_links"], json!([links[0]]), "what is no link is left out");

        let viewer = app.user("viewer").with_permission("authentik_rbac.view_system_settings").await;
        viewer.get(SETTINGS).await.expect(200);
        viewer.patch(SETTINGS, json!({})).await.expect(403);
        let editor = app.user("editor").with_permission("authentik_rbac.edit_system_settings").await;
        editor.patch(SETTINGS, json!({ "impersonation": false })).await.expect(200);
        editor.get(SETTINGS).await.expect(403);
    });
}

#[test]
fn the_system_shows_the_request_without_what_lets_callers_in() {
    for_each_database(async |app| {
        let admin = app.admin();
        let system = admin.get("/admin/system/").await.expect(200);
        let headers = system["http_headers"].as_object().unwrap();
        assert_eq!((&headers["HTTP_AUTHORIZATION"], &headers["REQUEST_METHOD"]), (&json!("***"), &json!("GET")));
        assert_eq!((&system["brand"], &system["http_is_secure"]), (&json!("Default brand"), &json!(false)));
        assert_eq!(system["embedded_outpost_disabled"], false);
        assert_eq!(system["runtime"]["authentik_version"], "2024.6.0");
        admin.post("/admin/system/", json!(null)).await.expect(200);
        assert_eq!(admin.get("/admin/workers/").await.expect(200), json!({ "count": 1 }));

        let nobody = app.user("nobody").await;
        nobody.get("/admin/system/").await.expect(403);
        nobody.get("/admin/workers/").await.expect(403);
        let viewer = app.user("viewer").with_permission("authentik_rbac.view_system_info").await;
        viewer.get("/admin/system/").await.expect(200);
        viewer.get("/admin/workers/").await.expect(200);
    });
}

async fn event(app: &TestApp, action: &str, hours_ago: i64) -> Event {
    let created = app.now() - TimeDelta::hours(hours_ago);
    let event = Event { id: app.app.random.uuid(), action: action.to_owned(), created, ..Event::default() };
    app.insert(event).await
}

#[test]
fn metrics_count_the_events_that_the_caller_may_see() {
    for_each_database(async |app| {
        let first = event(&app, "login", 1).await;
        for (action, hours) in [("login", 2), ("login", 9), ("login", 24 * 8), ("login_failed", 1)] {
            event(&app, action, hours).await;
        }
        let counts = |metrics: &Value, what: &str| -> Vec<i64> {
            metrics[what].as_array().unwrap().iter().map(|point| point["y_cord"].as_i64().unwrap()).collect()
        };
        let metrics = app.admin().get("/admin/metrics/").await.expect(200);
        assert_eq!(counts(&metrics, "logins")[..3], [2, 1, 0]);
        assert_eq!(counts(&metrics, "logins").iter().sum::<i64>(), 3, "of seven days");
        assert_eq!(counts(&metrics, "logins_failed").iter().sum::<i64>(), 1);
        assert_eq!(counts(&metrics, "authorizations"), [0; 21]);

        let metrics = app.user("nobody").await.get("/admin/metrics/").await.expect(200);
        assert_eq!(counts(&metrics, "logins"), [0; 21]);
        let one = app.user("one").with_object_permission("authentik_events.view_event", first.id).await;
        let metrics = one.get("/admin/metrics/").await.expect(200);
        assert_eq!(counts(&metrics, "logins").iter().sum::<i64>(), 1);
    });
}
