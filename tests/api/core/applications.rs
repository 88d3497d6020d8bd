//! `/core/applications/`.

use crate::support::{Principal, TestApp, for_each_database};
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};
use uuid::Uuid;
use vestibule::store::{
    column::Ref,
    tables::{Application, Group, Policy, PolicyBinding, Provider},
};

const APPLICATIONS: &str = "/core/applications/";

async fn application(app: &TestApp, slug: &str) -> Application {
    app.insert(Application {
        id: Uuid::new_v4(),
        slug: slug.to_owned(),
        name: slug.to_owned(),
        ..Application::default()
    })
    .await
}

async fn provider(app: &TestApp, name: &str, kind: &str) -> Provider {
    app.insert(Provider { name: name.to_owned(), kind: kind.into(), ..Provider::default() }).await
}

async fn slugs(caller: &Principal, query: &str) -> Vec<String> {
    let found = caller.get(&format!("{APPLICATIONS}{query}")).await.results();
    found.iter().map(|a| a["slug"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn an_application_is_made_read_changed_and_deleted() {
    for_each_database(async |app| {
        let admin = app.admin();
        let made = admin.post(APPLICATIONS, json!({ "name": "A", "slug": "a" })).await.expect(201);
        assert_eq!(
            (&made["launch_url"], &made["provider"], &made["meta_icon"]),
            (&Value::Null, &Value::Null, &Value::Null)
        );
        let url = json!({ "meta_launch_url": "https://a.test/%(username)s" });
        let patched = admin.patch("/core/applications/a/", url).await.expect(200);
        assert_eq!(patched["launch_url"], "https://a.test/akadmin");
        assert_eq!(admin.get("/core/applications/a/").await.expect(200), patched);
        admin.delete("/core/applications/a/").await.expect(204);
        admin.get("/core/applications/a/").await.expect(404);
    });
}

#[test]
fn a_slug_and_a_provider_belong_to_one_application() {
    for_each_database(async |app| {
        let admin = app.admin();
        let main = provider(&app, "main", "saml").await.id;
        let body = json!({ "name": "A", "slug": "a", "provider": main });
        let made = admin.post(APPLICATIONS, body.clone()).await.expect(201);
        assert_eq!(made["launch_url"], "/application/saml/a/sso/binding/init/");
        assert_eq!(made["provider_obj"]["assigned_application_slug"], "a");
        assert_eq!(made["provider_obj"]["component"], "ak-provider-saml-form");
        let errors = admin.post(APPLICATIONS, body).await.expect(400);
        assert_eq!(
            errors,
            json!({
                "slug": ["Application with this slug already exists."],
                "provider": ["Application with this provider already exists."],
            })
        );
        let errors = admin.post(APPLICATIONS, json!({ "name": "B", "slug": "b", "provider": 4711 })).await.expect(400);
        assert_eq!(errors, json!({ "provider": ["Invalid pk \"4711\" - object does not exist."] }));
    });
}

#[test]
fn back_channel_providers_are_the_ones_listed_and_no_others() {
    for_each_database(async |app| {
        let admin = app.admin();
        let (one, two) = (provider(&app, "one", "scim").await.id, provider(&app, "two", "scim").await.id);
        let body = json!({ "name": "A", "slug": "a", "backchannel_providers": [one, two] });
        let made = admin.post(APPLICATIONS, body).await.expect(201);
        assert_eq!(made["backchannel_providers"], json!([one, two]));
        assert_eq!(made["backchannel_providers_obj"][0]["assigned_backchannel_application_slug"], "a");
        let changed = admin.patch("/core/applications/a/", json!({ "backchannel_providers": [two] })).await.expect(200);
        assert_eq!(changed["backchannel_providers"], json!([two]));
        let kept = admin.patch("/core/applications/a/", json!({ "name": "B" })).await.expect(200);
        assert_eq!(kept["backchannel_providers"], json!([two]));
    });
}

#[test]
fn a_list_has_the_applications_that_bindings_let_the_user_use_in_full_pages() {
    for_each_database(async |app| {
        let jane = app.user("jane").await;
        let group = app.insert(Group { id: Uuid::new_v4(), name: "staff".to_owned(), ..Group::default() }).await;
        app.admin().post(&format!("/core/groups/{}/add_user/", group.id), json!({ "pk": jane.id() })).await.expect(204);
        let policy = app
            .insert(Policy { id: Uuid::new_v4(), name: "p".to_owned(), kind: "dummy".into(), ..Policy::default() })
            .await;
        let bind = async |slug: &str, mode: &str, bindings: Vec<PolicyBinding>| {
            let mut row = Application {
                id: Uuid::new_v4(),
                slug: slug.to_owned(),
                name: slug.to_owned(),
                ..Application::default()
            };
            row.policy_engine_mode = mode.to_owned();
            let row = app.insert(row).await;
            for (order, binding) in (0..).zip(bindings) {
                app.insert(PolicyBinding { id: Uuid::new_v4(), target: row.id, order, ..binding }).await;
            }
        };
        let binding = PolicyBinding::default;
        let mine = || PolicyBinding { user: Some(Ref(jane.id())), ..binding() };
        let staff = || PolicyBinding { group: Some(Ref(group.id)), ..binding() };
        let turned = |b: PolicyBinding| PolicyBinding { negate: true, ..b };
        let asked = || PolicyBinding { policy: Some(Ref(policy.id)), ..binding() };
        let off = |b: PolicyBinding| PolicyBinding { enabled: false, ..b };

        bind("a-open", "any", vec![]).await;
        bind("b-mine", "any", vec![turned(staff()), mine()]).await;
        bind("c-staff", "all", vec![staff(), mine()]).await;
        bind("d-not-staff", "all", vec![mine(), turned(staff())]).await;
        bind("e-policy", "any", vec![asked()]).await;
        bind("f-policy-too", "all", vec![mine(), asked()]).await;
        bind("g-off", "all", vec![off(asked())]).await;
        bind("h-not-staff", "any", vec![turned(staff())]).await;

        assert_eq!(slugs(&jane, "").await, ["a-open", "b-mine", "c-staff", "g-off"]);
        let page = jane.get("/core/applications/?page_size=2&page=2").await.expect(200);
        assert_eq!((&page["pagination"]["count"], page["results"].as_array().unwrap().len()), (&json!(4), 2));
        // Only superusers get everything, and only with rights one sees through other eyes.
        assert_eq!(slugs(&jane, "?superuser_full_list=true").await.len(), 4);
        let admin = app.admin();
        assert_eq!(slugs(&admin, "").await, ["a-open", "b-mine", "g-off", "h-not-staff"]);
        assert_eq!(slugs(&admin, "?superuser_full_list=true").await.len(), 8);
        assert_eq!(slugs(&admin, &format!("?for_user={}", jane.id())).await.len(), 4);
        let other = app.user("other").await;
        let errors = jane.get(&format!("/core/applications/?for_user={}", other.id())).await.expect(400);
        assert_eq!(errors, json!({ "for_user": ["User not found"] }));

        let check = async |slug: &str| {
            jane.get(&format!("/core/applications/{slug}/check_access/")).await.expect(200)["passing"].clone()
        };
        assert_eq!((check("c-staff").await, check("e-policy").await), (json!(true), json!(false)));
    });
}

#[test]
fn a_list_takes_a_constant_number_of_statements() {
    for_each_database(async |app| {
        for index in 0..4 {
            let provider = provider(&app, &format!("p{index}"), "oauth2").await.id;
            let mut row = Application {
                id: Uuid::new_v4(),
                slug: format!("a{index}"),
                name: "A".to_owned(),
                ..Application::default()
            };
            row.provider = Some(Ref(provider));
            app.insert(row).await;
        }
        let admin = app.admin();
        let two = admin.get("/core/applications/?page_size=2").await.statements();
        assert_eq!(admin.get("/core/applications/?page_size=4").await.statements(), two);
    });
}

#[test]
fn callers_without_permission_on_an_application_neither_read_nor_change_it() {
    for_each_database(async |app| {
        let (mine, _) = (application(&app, "mine").await, application(&app, "other").await);
        let nobody = app.user("nobody").await;
        nobody.get("/core/applications/mine/").await.expect(403);
        nobody.patch("/core/applications/mine/", json!({ "name": "x" })).await.expect(403);
        nobody.get("/core/applications/mine/metrics/").await.expect(403);
        app.anonymous().get(APPLICATIONS).await.expect(403);
        let id = mine.id.to_string();
        let owner = app.user("owner").with_object_permission("authentik_core.view_application", &id).await;
        owner.get("/core/applications/mine/").await.expect(200);
        owner.get("/core/applications/other/").await.expect(404);
        owner.delete("/core/applications/mine/").await.expect(403);
        let counts = owner.get("/core/applications/mine/metrics/").await.expect(200);
        assert_eq!(counts.as_array().unwrap().len(), 21);
    });
}

#[test]
fn an_icon_is_a_picture_and_goes_with_its_successor() {
    for_each_database(async |app| {
        let admin = app.admin();
        application(&app, "a").await;
        let path = "/core/applications/a/set_icon/";
        let form = |content_type: &str| {
            let part = Part::bytes(b"<svg xmlns='http://www.w3.org/2000/svg'/>".to_vec()).file_name("../../x.html");
            Form::new().part("file", part.mime_str(content_type).unwrap())
        };
        admin.upload(path, form("text/html")).await.expect(400);
        admin.upload(path, Form::new()).await.expect(400);
        admin.upload(path, form("image/svg+xml")).await.expect(200);
        let icon = admin.get("/core/applications/a/").await.expect(200)["meta_icon"].as_str().unwrap().to_owned();
        assert!(icon.starts_with("/media/application-icons/") && icon.ends_with(".svg"), "{icon}");
        let get = async || reqwest::get(format!("{}{icon}", app.url())).await.unwrap();
        let served = get().await;
        assert_eq!(
            (served.status().as_u16(), &served.headers()["content-type"]),
            (200, &"image/svg+xml".parse().unwrap())
        );
        assert_eq!(served.headers()["x-content-type-options"], "nosniff");
        assert!(served.headers()["content-security-policy"].to_str().unwrap().contains("sandbox"));

        admin.post("/core/applications/a/set_icon_url/", json!({ "url": "javascript:alert(1)" })).await.expect(400);
        assert_eq!(get().await.status().as_u16(), 200);
        admin.post("/core/applications/a/set_icon_url/", json!({ "url": "https://i.test/i.png" })).await.expect(200);
        assert_eq!(get().await.status().as_u16(), 404);
        admin.upload(path, Form::new().text("clear", "true")).await.expect(200);
        assert_eq!(admin.get("/core/applications/a/").await.expect(200)["meta_icon"], Value::Null);
    });
}
