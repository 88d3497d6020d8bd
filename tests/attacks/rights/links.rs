//! Tokens of links, the names that the server gives, and permissions on objects that have gone.

use super::{made, manager, with_recovery};
use crate::support::{Principal, TestApp, for_each_database};
use sea_query::{Expr, ExprTrait, Query};
use serde_json::{Value, json};
use vestibule::{
    domain::identity::user_uid,
    store::{column::Ref, permissions::objects, tables::Token},
};
use vestibule_api::models::ModelEnum;

const TOKENS: &str = "/core/tokens/";

/// A token that somebody had before its name was kept for the server.
async fn squatted(app: &TestApp, by: &Principal, identifier: &str) {
    let token = Token {
        id: app.app.random.uuid(),
        identifier: identifier.to_owned(),
        key: "known".into(),
        intent: "app_password".to_owned(),
        user: Ref(by.id()),
        ..Token::default()
    };
    let id = app.insert(token).await.id;
    let body = json!({ "permissions": ["view_token_key"], "model": "authentik_core.token", "object_pk": id });
    let path = format!("/rbac/permissions/assigned_by_users/{}/assign/", by.id());
    app.admin().post(&path, body).await.expect(204);
}

async fn of_user(app: &TestApp, user: &Principal) -> Vec<Value> {
    let all = app.admin().get(&format!("{TOKENS}?user__username={}", user.account().username)).await.results();
    all.into_iter().filter(|token| token["intent"] == "recovery").collect()
}

/// H1: whoever had a token of the name that the server would give to a recovery token could read the key of the link.
#[test]
fn a_recovery_link_takes_over_nobodys_token() {
    for_each_database(async |app| {
        with_recovery(&app).await;
        let (admin, victim, thief) = (app.admin(), app.user("victim").await, app.user("thief").await);
        let name = format!("{}-password-reset", user_uid(victim.account().uuid));
        thief.post(TOKENS, json!({ "identifier": name, "intent": "app_password" })).await.expect(400);
        thief.post(TOKENS, json!({ "identifier": "own", "intent": "app_password" })).await.expect(201);
        thief.patch(&format!("{TOKENS}own/"), json!({ "identifier": name })).await.expect(400);

        squatted(&app, &thief, &name).await;
        let link = async || {
            let made = admin.post(&format!("/core/users/{}/recovery/", victim.id()), json!({})).await.expect(200);
            made["link"].as_str().unwrap().split_once("flow_token=").unwrap().1.to_owned()
        };
        let first = link().await;
        assert_eq!(thief.get(&format!("{TOKENS}{name}/view_key/")).await.expect(200)["key"], "known");
        assert_eq!(thief.get(&format!("{TOKENS}{name}/")).await.expect(200)["user"], thief.id());
        let tokens = of_user(&app, &victim).await;
        assert_eq!((tokens.len(), &tokens[0]["user"]), (1, &json!(victim.id())));
        // Another link ends the one before.
        assert_ne!(link().await, first);
        let again = of_user(&app, &victim).await;
        assert_eq!(again.len(), 1);
        assert_ne!(again[0]["pk"], tokens[0]["pk"], "a row of its own for each link");
    });
}

/// H1: the key of a link is shown once. Seeing token keys does not open accounts whose password one may not reset.
#[test]
fn keys_of_links_are_neither_shown_nor_chosen() {
    for_each_database(async |app| {
        with_recovery(&app).await;
        let (caller, victim) = (manager(&app, "caller").await, app.user("victim").await);
        caller.post(&format!("/core/users/{}/recovery/", victim.id()), json!({})).await.expect(200);
        let token = format!("{TOKENS}{}/", of_user(&app, &victim).await[0]["identifier"].as_str().unwrap());
        for who in [&caller, &app.admin()] {
            who.get(&format!("{token}view_key/")).await.expect(403);
            who.post(&format!("{token}set_key/"), json!({ "key": "chosen" })).await.expect(403);
        }
        victim.get(&format!("{token}view_key/")).await.expect(403);
        victim.patch(&token, json!({ "expires": "2099-01-01T00:00:00Z" })).await.expect(400);
    });
}

/// L2, 1.21: names that the server gives cannot be taken, and where one was taken before, the server does without.
#[test]
fn names_of_the_server_are_kept_for_it() {
    for_each_database(async |app| {
        let (admin, plain) = (app.admin(), app.user("plain").await);
        let manager = manager(&app, "manager").await;
        for name in ["service-account-x-password", "ak-outpost-x-api", "x-password-reset", "x-password-reset-2"] {
            for who in [&plain, &admin] {
                let errors = who.post(TOKENS, json!({ "identifier": name })).await.expect(400);
                assert_eq!(errors, json!({ "identifier": ["Names of this form are kept for the server."] }));
            }
        }
        let managed = json!({ "identifier": "m", "managed": "goauthentik.io/outpost/x" });
        assert!(plain.post(TOKENS, managed.clone()).await.expect(400)["managed"].is_array());
        admin.post(TOKENS, managed).await.expect(201);
        let mapper = app.user("mapper").with_permission("authentik_providers_oauth2.add_scopemapping").await;
        let mapping =
            json!({ "name": "m", "scope_name": "m", "expression": "return {}", "managed": "goauthentik.io/x" });
        assert!(mapper.post("/propertymappings/scope/", mapping).await.expect(400)["managed"].is_array());
        let outpost = json!({ "username": "ak-outpost-x", "name": "x" });
        assert!(manager.post("/core/users/", outpost).await.expect(400)["username"].is_array());

        squatted(&app, &plain, "service-account-robot-password").await;
        let path = "/core/users/service_account/";
        let robot = admin.post(path, json!({ "name": "robot" })).await.expect(200);
        let tokens = admin.get(&format!("{TOKENS}?user__username=robot")).await.results();
        assert_eq!((tokens.len(), &tokens[0]["user"]), (1, &robot["user_pk"]));
        // What has such a name keeps it.
        let token = format!("{TOKENS}{}/", tokens[0]["identifier"].as_str().unwrap());
        let body = json!({ "identifier": tokens[0]["identifier"], "intent": "app_password", "description": "x" });
        admin.put(&token, body).await.expect(200);
    });
}

/// H1: permissions on an object go with it, however it goes.
#[test]
fn permissions_end_with_their_object() {
    for_each_database(async |app| {
        let (admin, holder) = (app.admin(), app.user("holder").await);
        let owner = app.user("owner").await;
        let left = async || {
            let mut select = Query::select();
            select.columns(["permission", "object_id"]).from("user_permissions");
            select.and_where(Expr::col("user_id").is_in([holder.id(), owner.id()]));
            app.db().all::<(String, String)>(&select).await.unwrap()
        };
        let give = async |model: &str, codename: &str, pk: &Value| {
            let pk = pk.as_str().map_or(pk.to_string(), str::to_owned);
            let body = json!({ "permissions": [codename], "model": model, "object_pk": pk });
            let path = format!("/rbac/permissions/assigned_by_users/{}/assign/", holder.id());
            admin.post(&path, body).await.expect(204);
        };
        let brand = made(&app, "/core/brands/", json!({ "domain": "x.test" })).await["brand_uuid"].clone();
        give("authentik_brands.brand", "view_brand", &brand).await;
        // A user and a provider may have the same number.
        let flow = admin.get("/flows/instances/?designation=authorization").await.results()[0]["pk"].clone();
        let mut provider = Value::Null;
        let user = loop {
            let user = app.user(&format!("user{}", app.app.random.text(8))).await.id();
            while provider.as_i64().is_none_or(|provider| provider < user) {
                let body = json!({ "name": app.app.random.text(8), "authorization_flow": flow });
                provider = made(&app, "/providers/radius/", body).await["pk"].clone();
            }
            if provider == user {
                break json!(user);
            }
        };
        give("authentik_providers_radius.radiusprovider", "view_radiusprovider", &provider).await;
        give("authentik_core.user", "view_user", &user).await;
        owner.post(TOKENS, json!({ "identifier": "hers" })).await.expect(201);
        give("authentik_core.token", "view_token", &admin.get("/core/tokens/hers/").await.expect(200)["pk"]).await;
        assert_eq!(left().await.len(), 5);

        admin.delete(&format!("/core/brands/{}/", brand.as_str().unwrap())).await.expect(204);
        assert_eq!(left().await.len(), 4);
        admin.delete(&format!("/core/users/{user}/")).await.expect(204);
        assert!(left().await.iter().any(|(permission, _)| permission.ends_with("view_radiusprovider")));
        assert_eq!(left().await.len(), 3);
        admin.delete(&format!("/providers/radius/{provider}/")).await.expect(204);
        // The token goes with its owner.
        admin.delete(&format!("/core/users/{}/", owner.id())).await.expect(204);
        assert_eq!(left().await, []);
    });
}

/// H1: that holds for every table whose objects permissions can be about.
#[test]
fn every_table_of_objects_takes_its_permissions_along() {
    for folder in ["sqlite", "postgres"] {
        let folder = format!("{}/migrations/{folder}", env!("CARGO_MANIFEST_DIR"));
        let files = std::fs::read_dir(&folder).unwrap().map(|file| file.unwrap().path());
        let text: String = files.map(|path| std::fs::read_to_string(path).unwrap()).collect();
        for (table, _) in ModelEnum::ALL.iter().filter_map(|model| objects(model.as_str())) {
            assert!(
                text.contains(&format!("TRIGGER {table}_permissions AFTER DELETE ON {table}")),
                "{folder}: {table}"
            );
        }
    }
}
