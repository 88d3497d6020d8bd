//! `/core/transactional/applications/`.

use crate::{
    api::providers::flow,
    support::{TestApp, for_each_database},
};
use serde_json::{Value, json};

const TRANSACTION: &str = "/core/transactional/applications/";

async fn oauth2(app: &TestApp, slug: &str, name: &str) -> Value {
    json!({
        "app": { "name": slug, "slug": slug, "meta_launch_url": "http://a.test" },
        "provider_model": "authentik_providers_oauth2.oauth2provider",
        "provider": { "name": name, "authorization_flow": flow(app).await },
    })
}

async fn count(app: &TestApp, path: &str) -> Value {
    app.admin().get(path).await.expect(200)["pagination"]["count"].clone()
}

#[test]
fn redirect_uris_of_the_provider_are_text_or_a_list() {
    for_each_database(async |app| {
        let admin = app.admin();
        let list = json!([{ "matching_mode": "strict", "url": "https://a.x/cb" }, { "matching_mode": "regex", "url": "b:.*" }]);
        for (name, uris) in [("a", json!("https://a.x/cb\nb:.*")), ("b", list)] {
            let mut body = oauth2(&app, name, name).await;
            body["provider"]["redirect_uris"] = uris;
            admin.put(TRANSACTION, body).await.expect(200);
            let provider = admin.get(&format!("/providers/oauth2/?name={name}")).await.results().remove(0);
            assert_eq!(provider["redirect_uris"], "https://a.x/cb\nb:.*");
        }
        let mut body = oauth2(&app, "c", "c").await;
        body["provider"]["redirect_uris"] = json!([{ "matching_mode": "regex", "url": "(" }]);
        let errors = admin.put(TRANSACTION, body).await.expect(400);
        assert_eq!(errors, json!({ "provider": { "redirect_uris": ["Invalid Regex Pattern: ("] } }));
    });
}

#[test]
fn both_are_made_by_few_statements_and_the_log_says_so() {
    for_each_database(async |app| {
        let made = app.admin().put(TRANSACTION, oauth2(&app, "a", "p").await).await;
        assert!(made.statements() <= 20, "{} statements", made.statements());
        let made = made.expect(200);
        assert_eq!((&made["applied"], made["logs"].as_array().map(Vec::len)), (&json!(true), Some(2)));
        let line: Value = serde_json::from_str(made["logs"][0].as_str().unwrap()).unwrap();
        assert_eq!(
            (&line["event"], &line["attributes"]["name"]),
            (&json!("provider created"), &json!("OAuth2 Provider p"))
        );
        let application = app.admin().get("/core/applications/a/").await.expect(200);
        assert_eq!(application["provider_obj"]["name"], "p");
    });
}

#[test]
fn what_is_wrong_with_both_is_said_at_once_and_nothing_is_left() {
    for_each_database(async |app| {
        let nil = uuid::Uuid::nil();
        let admin = app.admin();
        admin.put(TRANSACTION, oauth2(&app, "a", "p").await).await.expect(200);
        let taken = admin.put(TRANSACTION, oauth2(&app, "a", "p").await).await.expect(400);
        let not_new = json!(["State is set to must_created and object exists already"]);
        let slug = json!(["Application with this slug already exists."]);
        assert_eq!(taken, json!({ "provider": { "name": not_new }, "app": { "slug": slug } }));

        // One part wrong in its form, the other in what only the database knows.
        let mut body = oauth2(&app, "b", "q").await;
        body["provider"]["authorization_flow"] = json!(nil);
        body["app"]["slug"] = json!("bad slug!");
        let errors = admin.put(TRANSACTION, body).await.expect(400);
        assert!(errors["app"]["slug"].is_array() && errors["provider"]["authorization_flow"].is_array(), "{errors}");
        let mut body = oauth2(&app, "a", "q").await;
        body["provider"].as_object_mut().unwrap().remove("name");
        let errors = admin.put(TRANSACTION, body).await.expect(400);
        assert_eq!(errors, json!({ "provider": { "name": ["This field is required."] }, "app": { "slug": slug } }));

        assert_eq!(count(&app, "/providers/all/").await, 1);
    });
}

#[test]
fn a_provider_for_the_back_channel_goes_there_with_those_named() {
    for_each_database(async |app| {
        let admin = app.admin();
        let scim = |name: &str| json!({ "name": name, "url": "http://s.test/scim", "token": "t" });
        let other = admin.post("/providers/scim/", scim("other")).await.expect(201)["pk"].clone();
        let body = json!({
            "app": { "name": "A", "slug": "a", "meta_launch_url": "http://a.test", "backchannel_providers": [other] },
            "provider_model": "authentik_providers_scim.scimprovider",
            "provider": scim("new"),
        });
        admin.put(TRANSACTION, body).await.expect(200);
        let made = admin.get("/core/applications/a/").await.expect(200);
        assert_eq!(made["provider"], Value::Null);
        assert_eq!(made["backchannel_providers"].as_array().map(Vec::len), Some(2));
    });
}

#[test]
fn of_identical_calls_at_once_one_wins() {
    for_each_database(async |app| {
        let admin = app.admin();
        let body = oauth2(&app, "race", "race").await;
        let calls = (0..20).map(|_| admin.put(TRANSACTION, body.clone()));
        let answers: Vec<Value> = futures::future::join_all(calls)
            .await
            .into_iter()
            .filter(|answer| answer.status != 200)
            .map(|answer| answer.expect(400))
            .collect();
        assert_eq!(answers.len(), 19);
        assert!(answers.iter().all(|errors| errors["app"]["slug"].is_array()), "{answers:?}");
        assert_eq!(count(&app, "/providers/all/").await, 1);
    });
}

#[test]
fn only_superusers_may() {
    for_each_database(async |app| {
        let body = oauth2(&app, "a", "p").await;
        app.anonymous().put(TRANSACTION, body.clone()).await.expect(403);
        let caller = app.user("jane").with_permission("authentik_core.add_application").await;
        caller.put(TRANSACTION, body).await.expect(403);
    });
}
