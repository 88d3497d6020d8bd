//! `/crypto/certificatekeypairs/`.

use crate::support::{TestApp, for_each_database};
use reqwest::Method;
use serde_json::{Value, json};
use vestibule::store::{table, tables::Event};

const PAIRS: &str = "/crypto/certificatekeypairs/";

async fn generated(app: &TestApp, name: &str) -> Value {
    let body = json!({ "common_name": name, "subject_alt_name": "a.test,b.test", "validity_days": 30, "alg": "ecdsa" });
    app.admin().post("/crypto/certificatekeypairs/generate/", body).await.expect(200)
}

fn path(pair: &Value, rest: &str) -> String {
    format!("{PAIRS}{}/{rest}", pair["pk"].as_str().unwrap())
}

#[test]
fn a_pair_is_generated_shown_and_stored_again_under_another_name() {
    for_each_database(async |app| {
        let admin = app.admin();
        let made = generated(&app, "one").await;
        assert_eq!((&made["private_key_type"], &made["private_key_available"]), (&json!("ec"), &json!(true)));
        assert_eq!(made["cert_subject"], "OU=Self-signed,O=authentik,CN=one");
        let certificate = admin.get(&path(&made, "view_certificate/")).await.expect(200)["data"].clone();
        let key = admin.get(&path(&made, "view_private_key/")).await.expect(200)["data"].clone();
        let body = json!({ "name": "two", "certificate_data": certificate, "key_data": key });
        let copy = admin.post(PAIRS, body).await.expect(201);
        assert_eq!(copy["fingerprint_sha256"], made["fingerprint_sha256"]);

        // A key of another certificate is refused, unless one comes after the other, as when both are renewed.
        let other = generated(&app, "other").await;
        let other = admin.get(&path(&other, "view_private_key/")).await.expect(200)["data"].clone();
        let body = json!({ "name": "three", "certificate_data": certificate, "key_data": other });
        let refused = json!({ "key_data": ["Private key and certificate do not match."] });
        assert_eq!(admin.post(PAIRS, body.clone()).await.expect(400), refused);
        assert_eq!(admin.put(&path(&copy, ""), body.clone()).await.expect(400), refused);
        admin.patch(&path(&copy, ""), json!({ "key_data": other })).await.expect(200);
        admin.put(&path(&copy, ""), json!({ "name": "two", "certificate_data": certificate })).await.expect(200);
        admin.delete(&path(&copy, "")).await.expect(204);

        let again = json!({ "common_name": "one", "validity_days": 1, "alg": "ecdsa" });
        let errors = admin.post("/crypto/certificatekeypairs/generate/", again).await.expect(400);
        assert_eq!(errors, json!({ "common_name": ["This field must be unique."] }));
        let body = json!({ "name": "x", "certificate_data": "x", "key_data": "x" });
        let errors = admin.post(PAIRS, body).await.expect(400);
        assert_eq!(
            errors,
            json!({
                "certificate_data": ["Unable to load certificate."],
                "key_data": ["Unable to load private key (possibly encrypted?)."],
            })
        );
    });
}

#[test]
fn a_download_is_a_file_and_every_look_leaves_a_trace() {
    for_each_database(async |app| {
        let made = generated(&app, "one").await;
        let admin = app.admin();
        // The contract does not describe the file.
        let answer = admin.send_unchecked(Method::GET, &path(&made, "view_private_key/?download"), |r| r).await;
        assert_eq!(answer.header("content-disposition"), "attachment; filename=\"one_private_key.pem\"");
        assert!(answer.text().starts_with("-----BEGIN PRIVATE KEY-----"));
        let event = table::find::<Event>(&mut app.db(), "action", "secret_view").await.unwrap().unwrap();
        let key = made["pk"].as_str().unwrap().replace('-', "");
        assert_eq!((&event.context["type"], &event.context["secret"]["pk"]), (&json!("private_key"), &json!(key)));

        let viewer = app.user("viewer").with_permission("authentik_crypto.view_certificatekeypair").await;
        viewer.get(&path(&made, "")).await.expect(200);
        viewer.get(&path(&made, "view_private_key/")).await.expect(403);
        viewer.get(&path(&made, "view_certificate/")).await.expect(403);
    });
}

#[test]
fn lists_filter_by_key_and_leave_details_out() {
    for_each_database(async |app| {
        let made = generated(&app, "one").await;
        let admin = app.admin();
        let certificate = admin.get(&path(&made, "view_certificate/")).await.expect(200)["data"].clone();
        admin.post(PAIRS, json!({ "name": "bare", "certificate_data": certificate })).await.expect(201);
        let found = admin.get("/crypto/certificatekeypairs/?has_key=false&include_details=false").await.results();
        assert_eq!((found.len(), &found[0]["name"], &found[0]["fingerprint_sha1"]), (1, &json!("bare"), &Value::Null));
        assert!(admin.get("/crypto/certificatekeypairs/?has_key=true&name=bare").await.results().is_empty());
        app.user("nobody").await.get(PAIRS).await.expect(403);
    });
}
