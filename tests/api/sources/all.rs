//! `/sources/all/`.

use super::oauth_source;
use crate::support::{for_each_database, on_sqlite};
use reqwest::multipart::{Form, Part};
use serde_json::json;

#[test]
fn sources_of_all_kinds_are_found_and_get_an_icon() {
    for_each_database(async |app| {
        let admin = app.admin();
        let made = oauth_source(&app, "one").await;
        let path = "/sources/all/one/";
        let seen = admin.get(path).await.expect(200);
        for field in ["pk", "icon", "component", "verbose_name", "meta_model_name"] {
            assert_eq!(seen[field], made[field], "{field}");
        }
        assert_eq!(admin.get("/sources/all/?search=one").await.results(), [seen]);

        let picture = Part::bytes(vec![1]).file_name("i").mime_str("image/png").unwrap();
        admin.upload(&format!("{path}set_icon/"), Form::new().part("file", picture)).await.expect(200);
        let icon = admin.get("/sources/oauth/one/").await.expect(200)["icon"].as_str().unwrap().to_owned();
        assert!(icon.starts_with("/media/source-icons/"), "{icon}");
        let file = app.app.config.media.join(icon.trim_start_matches("/media/"));
        assert!(file.exists());
        admin.post(&format!("{path}set_icon_url/"), json!({ "url": "javascript:x" })).await.expect(400);
        admin.post(&format!("{path}set_icon_url/"), json!({ "url": "https://i.test/i.png" })).await.expect(200);
        assert!(!file.exists());
        assert_eq!(admin.get(path).await.expect(200)["icon"], "https://i.test/i.png");

        let view = "authentik_core.view_source";
        let object = made["pk"].as_str().unwrap().replace('-', "");
        let viewer = app.user("jane").with_object_permission(view, object).await;
        oauth_source(&app, "two").await;
        assert_eq!(viewer.get("/sources/all/").await.results().len(), 1);
        viewer.get("/sources/all/two/").await.expect(404);
        viewer.post(&format!("{path}set_icon_url/"), json!({ "url": "/x" })).await.expect(403);
        viewer.delete(path).await.expect(403);
        admin.delete(path).await.expect(204);
        admin.get("/sources/oauth/one/").await.expect(404);
    });
}

#[test]
fn flows_say_which_sources_use_them_and_leave_them_behind() {
    for_each_database(async |app| {
        let admin = app.admin();
        let body = json!({ "name": "f", "slug": "f", "title": "f", "designation": "authentication" });
        let flow = admin.post("/flows/instances/", body).await.expect(201)["pk"].clone();
        oauth_source(&app, "one").await;
        admin.patch("/sources/oauth/one/", json!({ "authentication_flow": flow })).await.expect(200);
        let used = admin.get("/flows/instances/f/used_by/").await.expect(200);
        assert_eq!((&used[0]["model_name"], &used[0]["name"]), (&json!("source"), &json!("one")));
        assert_eq!(used[0]["action"], "set_null");
        admin.delete("/flows/instances/f/").await.expect(204);
        assert_eq!(admin.get("/sources/oauth/one/").await.expect(200)["authentication_flow"], json!(null));
    });
}

#[test]
fn users_connect_to_what_they_may() {
    for_each_database(async |app| {
        let admin = app.admin();
        for name in ["open", "off", "kept"] {
            oauth_source(&app, name).await;
        }
        admin.patch("/sources/oauth/off/", json!({ "enabled": false })).await.expect(200);
        let user = app.user("jane").await;
        assert_eq!(user.get("/sources/all/user_settings/").await.expect(200).as_array().unwrap().len(), 2);
        let target = admin.get("/sources/all/kept/").await.expect(200)["pk"].clone();
        let other = app.user("john").await.id();
        let target = target.as_str().unwrap().parse().unwrap();
        let binding = vestibule::store::tables::PolicyBinding {
            id: app.app.random.uuid(),
            target,
            user: Some(vestibule::store::column::Ref(other)),
            ..Default::default()
        };
        app.insert(binding).await;
        let settings = user.get("/sources/all/user_settings/").await.expect(200);
        let expected = json!([{
            "title": "open", "object_uid": "open", "component": "ak-user-settings-source-oauth",
            "configure_url": "/source/oauth/login/open/", "icon_url": "/static/authentik/sources/github.svg",
        }]);
        assert_eq!(settings, expected);
    });
}

#[test]
fn what_can_be_made_is_listed_by_name() {
    on_sqlite(async |app| {
        let types = app.admin().get("/sources/all/types/").await.expect(200);
        let names: Vec<&str> = types.as_array().unwrap().iter().map(|of| of["name"].as_str().unwrap()).collect();
        assert!(names.is_sorted() && names.len() == 18, "{names:?}");
        assert!(names.contains(&"LDAP Source") && names.contains(&"OpenID OAuth Source"));
    });
}
