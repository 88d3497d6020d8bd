//! `/authenticators/`.

use crate::support::{TestApp, for_each_database};
use serde_json::{Value, json};
use vestibule::store::{
    column::Ref,
    tables::{StaticDevice, StaticToken, TotpDevice, User, WebAuthnDevice, WebAuthnDeviceType},
};

const KINDS: [&str; 5] = ["static", "totp", "duo", "sms", "webauthn"];

fn of(user: i64) -> Ref<User> {
    Ref(user)
}

/// A device of each of three kinds, set up.
async fn devices(app: &TestApp, user: i64) -> (StaticDevice, TotpDevice, WebAuthnDevice) {
    let row = StaticDevice { user: of(user), name: "codes".into(), confirmed: true, ..StaticDevice::default() };
    let codes = app.insert(row).await;
    app.insert(StaticToken { device: Ref(codes.id), token: "the code".into(), ..StaticToken::default() }).await;
    let row = TotpDevice {
        user: of(user),
        name: "app".into(),
        confirmed: true,
        key: "the key".into(),
        ..TotpDevice::default()
    };
    let totp = app.insert(row).await;
    let of_key = WebAuthnDeviceType { id: app.app.random.uuid(), description: "A key".into(), ..Default::default() };
    let of_key = app.insert(of_key).await;
    let row = WebAuthnDevice {
        user: of(user),
        name: "key".into(),
        confirmed: true,
        credential_id: Some(format!("credential {user}")),
        public_key: "the public key".into(),
        device_type: Some(Ref(of_key.id)),
        ..WebAuthnDevice::default()
    };
    (codes, totp, app.insert(row).await)
}

#[test]
fn a_device_of_every_kind_is_made_named_and_deleted() {
    for_each_database(async |app| {
        let admin = app.admin();
        for kind in KINDS {
            let list = format!("/authenticators/admin/{kind}/");
            let made = admin.post(&list, json!({ "name": "one" })).await.expect(201);
            let (own, path) = (format!("/authenticators/{kind}/{}/", made["pk"]), format!("{list}{}/", made["pk"]));
            assert_eq!(admin.get(&own).await.expect(200), made, "{kind}");
            let single = admin.get(&list).await.statements();
            admin.post(&list, json!({ "name": "two" })).await.expect(201);
            let both = admin.get(&list).await;
            assert_eq!((both.statements(), both.results().len()), (single, 2), "{kind}");
            for list in [list.clone(), format!("/authenticators/{kind}/")] {
                for filter in ["name=two", "search=two"] {
                    assert_eq!(admin.get(&format!("{list}?{filter}")).await.results()[0]["name"], "two");
                }
            }
            admin.post(&list, json!({ "name": "x".repeat(201) })).await.expect(400);
            assert_eq!(admin.patch(&own, json!({ "name": "three" })).await.expect(200)["name"], "three");
            assert_eq!(admin.put(&path, json!({ "name": "four" })).await.expect(200)["name"], "four");
            assert_eq!(admin.get(&format!("{own}used_by/")).await.expect(200), json!([]));
            admin.delete(&path).await.expect(204);
            admin.get(&own).await.expect(404);
            admin.post(&format!("/authenticators/{kind}/"), json!({ "name": "one" })).await.expect(405);
        }
        let all = admin.get("/authenticators/admin/all/").await.expect(200);
        assert_eq!(all.as_array().unwrap().len(), KINDS.len());
        assert!(all.as_array().unwrap().iter().all(|device| device["confirmed"] == false), "{all}");
        assert_eq!(admin.get("/authenticators/all/").await.expect(200), json!([]), "nobody can be asked for these");
    });
}

#[test]
fn everybody_has_its_own_devices_and_no_other() {
    for_each_database(async |app| {
        let (jane, john) = (app.user("jane").await, app.user("john").await);
        let (codes, totp, key) = devices(&app, jane.id()).await;
        devices(&app, john.id()).await;
        let own = jane.get("/authenticators/all/").await.expect(200);
        let totp_of_jane = json!({
            "pk": totp.id, "name": "app", "confirmed": true, "type": "authentik_stages_authenticator_totp.TOTPDevice",
            "meta_model_name": "authentik_stages_authenticator_totp.totpdevice", "verbose_name": "TOTP Device",
            "verbose_name_plural": "TOTP Devices",
        });
        assert_eq!((own.as_array().unwrap().len(), &own[1]), (3, &totp_of_jane));
        assert_eq!(jane.get("/authenticators/totp/").await.results().len(), 1);
        let at = format!("/authenticators/totp/{}/", totp.id);
        john.get(&at).await.expect(404);
        john.patch(&at, json!({ "name": "x" })).await.expect(404);
        john.delete(&at).await.expect(404);
        john.get("/authenticators/admin/totp/").await.expect(403);
        john.get("/authenticators/admin/all/").await.expect(403);
        assert_eq!(jane.patch(&at, json!({ "name": "Phone" })).await.expect(200)["name"], "Phone");

        let seen = jane.get(&format!("/authenticators/static/{}/", codes.id)).await.expect(200);
        assert_eq!(seen["token_set"], json!([{ "token": "the code" }]));
        let seen = app.admin().get(&format!("/authenticators/admin/static/{}/", codes.id)).await.expect(200);
        assert_eq!(seen["token_set"], json!([{ "token": "********" }]));
        let seen = jane.get(&format!("/authenticators/webauthn/{}/", key.id)).await.expect(200);
        assert_eq!(seen["device_type"]["description"], "A key");
        assert_eq!(seen.as_object().unwrap().len(), 5, "{seen}");

        let all = app.admin().get(&format!("/authenticators/admin/all/?user={}", jane.id())).await.expect(200);
        assert_eq!(all.as_array().unwrap().len(), 3);
        jane.delete(&at).await.expect(204);
        app.admin().delete(&format!("/core/users/{}/", jane.id())).await.expect(204);
        assert_eq!(app.admin().get("/authenticators/static/").await.results().len(), 1);
    });
}

#[test]
fn permissions_end_where_accounts_can_do_more() {
    for_each_database(async |app| {
        let model = "authentik_stages_authenticator_totp";
        let (jane, root) = (app.user("jane").await, app.user("root").superuser().await);
        let (_, of_jane, _) = devices(&app, jane.id()).await;
        let row = TotpDevice { user: of(root.id()), name: "root".into(), ..TotpDevice::default() };
        let of_root = app.insert(row).await;
        let helper = app.user("helper").with_permission(&format!("{model}.view_totpdevice"));
        let helper = helper.with_permission(&format!("{model}.delete_totpdevice")).await;
        assert_eq!(helper.get("/authenticators/admin/totp/").await.results().len(), 2);
        helper.post("/authenticators/admin/totp/", json!({ "name": "x" })).await.expect(403);
        helper.delete(&format!("/authenticators/admin/totp/{}/", of_root.id)).await.expect(403);
        helper.delete(&format!("/authenticators/totp/{}/", of_root.id)).await.expect(403);
        helper.delete(&format!("/authenticators/admin/totp/{}/", of_jane.id)).await.expect(204);

        let view = format!("{model}.view_totpdevice");
        let one = app.user("one").with_object_permission(&view, of_root.id).await;
        let rows: Vec<Value> = one.get("/authenticators/admin/totp/").await.results();
        assert_eq!(rows, [json!({ "name": "root", "pk": of_root.id })]);
        one.patch(&format!("/authenticators/admin/totp/{}/", of_root.id), json!({ "name": "x" })).await.expect(403);
        one.get("/authenticators/admin/sms/").await.expect(403);
    });
}
