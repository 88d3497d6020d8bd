//! `/stages/{kind}/`: what all kinds do, and the rules of some.

use crate::support::{TestApp, for_each_database};
use serde_json::{Value, json};
use vestibule::store::{
    Entity, table,
    tables::{Flow, Source},
};

/// A source.
async fn source(app: &TestApp) -> String {
    let mut row = Source { id: app.app.random.uuid(), slug: "s".into(), name: "S".into(), ..Source::default() };
    row.kind = "oauth".into();
    let mut conn = app.app.db.begin().await.unwrap();
    row.insert(&mut conn).await.unwrap();
    conn.commit().await.unwrap();
    row.id.to_string()
}

/// A body for every kind, with nothing that may be left out.
async fn bodies(app: &TestApp) -> Vec<(&'static str, Value)> {
    vec![
        ("authenticator/duo", json!({ "api_hostname": "duo.test", "client_id": "c", "client_secret": "secret-duo" })),
        (
            "authenticator/sms",
            json!({ "provider": "generic", "from_number": "+1", "account_sid": "http://sms.test", "auth": "x" }),
        ),
        ("authenticator/static", json!({})),
        ("authenticator/totp", json!({ "digits": "8" })),
        ("authenticator/validate", json!({})),
        ("authenticator/webauthn", json!({})),
        ("captcha", json!({ "public_key": "p", "private_key": "secret-captcha" })),
        ("consent", json!({})),
        ("deny", json!({})),
        ("dummy", json!({})),
        ("email", json!({ "password": "secret-mail" })),
        ("identification", json!({ "user_fields": ["username"] })),
        ("invitation/stages", json!({})),
        ("password", json!({ "backends": ["authentik.core.auth.InbuiltBackend"] })),
        ("prompt/stages", json!({ "fields": [] })),
        ("source", json!({ "source": source(app).await })),
        ("user_delete", json!({})),
        ("user_login", json!({})),
        ("user_logout", json!({})),
        ("user_write", json!({})),
    ]
}

fn path(list: &str, made: &Value) -> String {
    format!("{list}{}/", made["pk"].as_str().unwrap())
}

#[test]
fn every_kind_is_made_read_changed_listed_and_deleted() {
    for_each_database(async |app| {
        let admin = app.admin();
        for (kind, mut body) in bodies(&app).await {
            let list = format!("/stages/{kind}/");
            body["name"] = json!(kind);
            let made = admin.post(&list, body.clone()).await.expect(201);
            let path_of_it = path(&list, &made);
            assert_eq!(admin.get(&path_of_it).await.expect(200), made, "{kind}");
            assert_eq!(admin.put(&path_of_it, body.clone()).await.expect(200), made, "{kind}");
            assert!(!made.to_string().contains("secret-"), "{made}");
            let patched = admin.patch(&path_of_it, json!({ "name": format!("{kind} 2") })).await.expect(200);
            assert_eq!(patched["name"], format!("{kind} 2"));
            body["name"] = patched["name"].clone();
            let taken = admin.post(&list, body.clone()).await.expect(400);
            let words = if kind == "prompt/stages" {
                "This field must be unique."
            } else {
                "stage with this name already exists."
            };
            assert_eq!(taken["name"], json!([words]), "{kind}");
            body["name"] = json!(format!("{kind} 3"));
            let one = admin.get(&list).await.statements();
            let other = admin.post(&list, body).await.expect(201);
            let both = admin.get(&list).await;
            assert_eq!(both.statements(), one, "{kind}");
            assert!(both.results().len() >= 2, "{kind}");
            let found = admin.get(&format!("{list}?name={}", kind.replace('/', "%2F") + "%203")).await.results();
            assert_eq!(found, [other], "{kind}");
            let general = admin.get(&path("/stages/all/", &made)).await.expect(200);
            assert_eq!(general["component"], made["component"]);
            assert_eq!(admin.get(&format!("{path_of_it}used_by/")).await.expect(200), json!([]), "{kind}");
            admin.delete(&path_of_it).await.expect(204);
            admin.get(&path_of_it).await.expect(404);
        }
    });
}

#[test]
fn what_no_type_can_say_is_checked() {
    for_each_database(async |app| {
        let admin = app.admin();
        let flow: Option<Flow> = table::find(&mut app.db(), "slug", "default-authentication-flow").await.unwrap();
        let missing = |id: &Value| json!([format!("Invalid pk \"{}\" - object does not exist.", id.as_str().unwrap())]);
        let dummy = admin.post("/stages/dummy/", json!({ "name": "d" })).await.expect(201)["pk"].clone();

        let nothing = json!(["When no user fields are selected, at least one source must be selected"]);
        let list = "/stages/identification/";
        let errors = admin.post(list, json!({ "name": "i" })).await.expect(400);
        assert_eq!(errors, json!({ "non_field_errors": nothing }));
        let body = json!({ "name": "i", "sources": [source(&app).await], "recovery_flow": flow.unwrap().id });
        let made = admin.post(list, body).await.expect(201);
        let path_of_it = path(list, &made);
        admin.patch(&path_of_it, json!({ "show_matched_user": false })).await.expect(200);
        let errors = admin.patch(&path_of_it, json!({ "sources": [] })).await.expect(400);
        assert_eq!(errors, json!({ "non_field_errors": nothing }));
        admin.patch(&path_of_it, json!({ "sources": [], "user_fields": ["email"] })).await.expect(200);
        let errors = admin.patch(&path_of_it, json!({ "password_stage": dummy })).await.expect(400);
        assert_eq!(errors["password_stage"], missing(&dummy), "no password stage");

        let list = "/stages/authenticator/validate/";
        let configure = json!({ "name": "v", "not_configured_action": "configure" });
        let unset =
            json!(["When \"Not configured action\" is set to \"Configure\", you must set a configuration stage."]);
        let errors = admin.post(list, configure).await.expect(400);
        assert_eq!(errors, json!({ "not_configured_action": unset }));
        let totp = json!({ "name": "t", "digits": "6" });
        let totp = admin.post("/stages/authenticator/totp/", totp).await.expect(201)["pk"].clone();
        let body = json!({ "name": "v", "not_configured_action": "configure", "configuration_stages": [totp] });
        let made = admin.post(list, body).await.expect(201);
        admin.patch(&path(list, &made), json!({ "name": "w" })).await.expect(200);
        let errors = admin.patch(&path(list, &made), json!({ "configuration_stages": [] })).await.expect(400);
        assert_eq!(errors, json!({ "not_configured_action": unset }));
        let used = admin.get(&format!("/stages/authenticator/totp/{}/used_by/", totp.as_str().unwrap())).await;
        assert_eq!(used.expect(200)[0]["pk"], made["pk"]);

        let errors = admin.post("/stages/email/", json!({ "name": "e", "template": "nope.html" })).await.expect(400);
        assert_eq!(errors, json!({ "template": ["Invalid template 'nope.html' specified."] }));
        for template in admin.get("/stages/email/templates/").await.expect(200).as_array().unwrap() {
            let body = json!({ "name": template["name"], "template": template["name"] });
            admin.post("/stages/email/", body).await.expect(201);
        }
        app.anonymous().get("/stages/email/templates/").await.expect(403);

        let scope = json!({ "name": "m", "expression": "return {}", "scope_name": "m" });
        let scope = admin.post("/propertymappings/scope/", scope).await.expect(201)["pk"].clone();
        let body = json!({
            "name": "s", "provider": "generic", "from_number": "1", "account_sid": "a", "auth": "x", "mapping": scope,
        });
        let errors = admin.post("/stages/authenticator/sms/", body).await.expect(400);
        assert_eq!(errors["mapping"], missing(&scope), "no mapping of notifications");

        for (kind, field) in [("user_login", "session_duration"), ("consent", "consent_expire_in")] {
            let errors =
                admin.post(&format!("/stages/{kind}/"), json!({ "name": "x", field: "soon" })).await.expect(400);
            assert_eq!(errors[field], json!(["soon is not in the correct format of 'hours=3;minutes=1'."]));
        }
    });
}

#[test]
fn authenticators_are_known_by_name() {
    for_each_database(async |app| {
        let admin = app.admin();
        let list = "/stages/authenticator/webauthn_device_types/";
        let first = admin.get(&format!("{list}?page_size=2")).await.results();
        let one = json!({ "aaguid": "bada5566-a7aa-401f-bd96-45619a55120d", "description": "1Password" });
        assert_eq!(first[0], one);
        assert_eq!(admin.get(&format!("{list}bada5566-a7aa-401f-bd96-45619a55120d/")).await.expect(200), one);
        assert_eq!(admin.get(&format!("{list}?search=1passw")).await.results(), std::slice::from_ref(&one));
        app.user("jane").await.get(list).await.expect(403);

        let body = json!({ "name": "w", "device_type_restrictions": [one["aaguid"], first[1]["aaguid"]] });
        let made = admin.post("/stages/authenticator/webauthn/", body).await.expect(201);
        assert_eq!(made["device_type_restrictions_obj"].as_array().unwrap().len(), 2);
        let body = json!({ "name": "v", "webauthn_allowed_device_types": [one["aaguid"]] });
        let made = admin.post("/stages/authenticator/validate/", body).await.expect(201);
        assert_eq!(made["webauthn_allowed_device_types_obj"], json!([one]));
        let unknown = json!({ "webauthn_allowed_device_types": ["00000000-0000-4000-8000-000000000000"] });
        admin.patch(&path("/stages/authenticator/validate/", &made), unknown).await.expect(400);
    });
}
