//! `/stages/authenticator/duo/`: imports from Duo.

use crate::support::{Other, for_each_database};
use aws_lc_rs::hmac;
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::json;
use vestibule::store::{table, tables::DuoDevice};

const LIST: &str = "/stages/authenticator/duo/";

/// Whether a request to Duo is signed by who knows the secret.
fn is_signed(head: &str, host: &str) -> bool {
    let header = |name: &str| {
        let lines = head.lines().filter_map(|line| line.split_once(": "));
        lines.filter(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.to_owned()).next().unwrap()
    };
    let path = head.split_whitespace().nth(1).unwrap();
    let (path, query) = path.split_once('?').unwrap();
    let signed = format!("{}\nGET\n{host}\n{path}\n{query}", header("date"));
    let given = STANDARD.decode(header("authorization").strip_prefix("Basic ").unwrap()).unwrap();
    let given = String::from_utf8(given).unwrap();
    let signature = given.strip_prefix("DIKEY:").unwrap();
    let signature: Vec<u8> =
        (0..signature.len()).step_by(2).map(|at| u8::from_str_radix(&signature[at..at + 2], 16).unwrap()).collect();
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, b"secret-duo");
    hmac::verify(&key, signed.as_bytes(), &signature).is_ok()
}

#[test]
fn accounts_become_devices_once() {
    for_each_database(async |app| {
        let admin = app.admin();
        let duo = Other::start(|head| {
            let user = |id: &str, name: &str| json!({ "user_id": id, "username": name, "email": "" });
            let page = if head.contains("offset=0") {
                let users = [user("D1", "jane"), user("D2", "nobody")];
                json!({ "stat": "OK", "response": users, "metadata": { "next_offset": 100 } })
            } else {
                json!({ "stat": "OK", "response": [user("D3", "joe")], "metadata": {} })
            };
            ("200 OK".to_owned(), page)
        })
        .await;
        let (jane, _joe) = (app.user("jane").await, app.user("joe").await);
        let body =
            json!({ "name": "duo", "api_hostname": duo.url, "client_id": "c", "client_secret": "secret-client" });
        let made = admin.post(LIST, body).await.expect(201);
        let path = format!("{LIST}{}/", made["pk"].as_str().unwrap());
        let all = format!("{path}import_devices_automatic/");
        let errors = admin.post(&all, json!({})).await.expect(400);
        assert_eq!(errors, json!({ "non_field_errors": ["Stage does not have Admin API configured"] }));
        let keys = json!({ "admin_integration_key": "DIKEY", "admin_secret_key": "secret-duo" });
        let changed = admin.patch(&path, keys).await.expect(200);
        assert!(!changed.to_string().contains("secret-"), "{changed}");

        let one = format!("{path}import_device_manual/");
        let nobody = json!({ "username": "nobody", "duo_user_id": "D2" });
        let errors = admin.post(&one, nobody).await.expect(400);
        assert_eq!(errors, json!({ "non_field_errors": ["User does not exist."] }));
        let own = json!({ "username": "jane", "duo_user_id": "D1" });
        admin.post(&one, own.clone()).await.expect(204);
        let errors = admin.post(&one, own).await.expect(400);
        assert_eq!(errors, json!({ "non_field_errors": ["Device exists already."] }));

        let none = json!({ "count": 0, "error": "" });
        assert_eq!(admin.post(&all, json!({})).await.expect(200), json!({ "count": 1, "error": "" }));
        assert_eq!(admin.post(&all, json!({})).await.expect(200), none);
        let host = duo.url.strip_prefix("http://").unwrap();
        assert_eq!(duo.asked().len(), 4);
        assert!(duo.asked().iter().all(|head| is_signed(head, host)), "{:?}", duo.asked());
        let device: Option<DuoDevice> = table::find(&mut app.db(), "duo_user_id", "D1").await.unwrap();
        assert_eq!(device.map(|device| (device.user.0, device.confirmed)), Some((jane.id(), true)));

        jane.post(&all, json!({})).await.expect(403);
        let helper = app.user("helper").with_permission("authentik_stages_authenticator_duo.add_duodevice");
        let helper = helper.with_permission("authentik_core.view_user").await;
        assert_eq!(helper.post(&all, json!({})).await.expect(200), none);
        let strong = json!({ "username": "akadmin", "duo_user_id": "D9" });
        helper.post(&one, strong).await.expect(403);
        let enrolment = format!("{path}enrollment_status/");
        jane.post(&enrolment, json!({})).await.expect(400);
        app.anonymous().post(&enrolment, json!({})).await.expect(403);
        jane.post(&enrolment.replace(made["pk"].as_str().unwrap(), "00000000-0000-4000-8000-000000000000"), json!({}))
            .await
            .expect(404);
    });
}

#[test]
fn what_duo_refuses_is_told() {
    for_each_database(async |app| {
        let admin = app.admin();
        let duo = Other::start(|_| {
            let refused = json!({ "stat": "FAIL", "code": 40103, "message": "Invalid signature" });
            ("401 Unauthorized".to_owned(), refused)
        })
        .await;
        for (host, words) in [
            (duo.url.clone(), "Duo says: Invalid signature"),
            ("http://127.0.0.1:1".to_owned(), "Duo cannot be asked: "),
            ("ftp://a.test".to_owned(), "Duo cannot be asked: this is no address of HTTP"),
            ("not a host".to_owned(), "The host of the Duo API is none."),
        ] {
            let body = json!({
                "name": host, "api_hostname": host, "client_id": "c", "client_secret": "s",
                "admin_integration_key": "k", "admin_secret_key": "s",
            });
            let made = admin.post(LIST, body).await.expect(201);
            let path = format!("{LIST}{}/import_devices_automatic/", made["pk"].as_str().unwrap());
            let told = admin.post(&path, json!({})).await.expect(400);
            assert_eq!(told["count"], 0);
            assert!(told["error"].as_str().unwrap().starts_with(words), "{told}");
        }
    });
}
