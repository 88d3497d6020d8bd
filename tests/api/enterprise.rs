//! `/enterprise/license/`.

use crate::support::for_each_database;
use chrono::TimeDelta;
use serde_json::json;
use vestibule::store::tables::License;

const LICENSES: &str = "/enterprise/license/";

#[test]
fn without_a_licence_everything_works_and_nothing_is_warned_of() {
    for_each_database(async |app| {
        let nobody = app.user("nobody").await;
        let summary = nobody.get("/enterprise/license/summary/").await.expect(200);
        let expected = json!({
            "internal_users": 0, "external_users": 0, "valid": false, "has_license": false,
            "latest_valid": "1970-01-01T00:00:00Z", "read_only": false, "show_admin_warning": false,
            "show_user_warning": false,
        });
        assert_eq!(summary, expected);
        for path in [LICENSES, "/enterprise/license/forecast/", "/enterprise/license/get_install_id/"] {
            nobody.get(path).await.expect(403);
        }
        let admin = app.admin();
        let id = admin.get("/enterprise/license/get_install_id/").await.expect(200);
        assert_eq!(id["install_id"].as_str().unwrap().len(), 36);
        assert_eq!(admin.get("/enterprise/license/get_install_id/").await.expect(200), id);
        // The administrator and `nobody` have just joined.
        let forecast = admin.get("/enterprise/license/forecast/").await.expect(200);
        let expected = json!({
            "internal_users": 2, "forecasted_internal_users": 24, "external_users": 0, "forecasted_external_users": 0,
        });
        assert_eq!(forecast, expected);
    });
}

#[test]
fn a_key_that_does_not_hold_is_refused_and_licences_add_up() {
    for_each_database(async |app| {
        let admin = app.admin();
        let errors = admin.post(LICENSES, json!({ "key": "invalid-license-key" })).await.expect(400);
        assert_eq!(errors, json!({ "key": ["Unable to verify license"] }));

        let license = |key: &str, days: i64, internal_users| License {
            id: app.app.random.uuid(),
            key: key.into(),
            name: key.to_owned(),
            expiry: app.now() + TimeDelta::days(days),
            internal_users,
            external_users: 1,
            ..License::default()
        };
        let (first, second) = (license("first", 10, 5), license("second", 20, 7));
        for license in [first.clone(), second, license("ended", -1, 100)] {
            app.insert(license).await;
        }
        let summary = admin.get("/enterprise/license/summary/").await.expect(200);
        assert_eq!((&summary["internal_users"], &summary["external_users"]), (&json!(12), &json!(2)));
        assert_eq!((&summary["valid"], &summary["has_license"]), (&json!(true), &json!(true)));

        let found = admin.get("/enterprise/license/?name=first").await.results();
        assert_eq!((found.len(), &found[0]["key"]), (1, &json!("first")));
        let path = format!("{LICENSES}{}/", first.id);
        admin.patch(&path, json!({})).await.expect(200);
        admin.patch(&path, json!({ "key": "other" })).await.expect(400);
        assert_eq!(admin.get(&format!("{path}used_by/")).await.expect(200), json!([]));
        let viewer = app.user("viewer").with_object_permission("authentik_enterprise.view_license", first.id).await;
        assert_eq!(viewer.get(LICENSES).await.results().len(), 1);
        viewer.delete(&path).await.expect(403);
        admin.delete(&path).await.expect(204);
        admin.get(&path).await.expect(404);
    });
}
