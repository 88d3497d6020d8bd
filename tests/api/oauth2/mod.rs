//! `/oauth2/`.

use crate::support::for_each_database;
use chrono::TimeDelta;
use serde_json::{Value, json};
use vestibule::store::{
    column::Ref,
    tables::{AccessToken, AuthorizationCode, RefreshToken},
};

#[test]
fn what_was_issued_belongs_to_its_user() {
    for_each_database(async |app| {
        let (admin, jane, joe) = (app.admin(), app.user("jane").await, app.user("joe").await);
        let flow = admin.get("/flows/instances/?slug=default-provider-authorization-implicit-consent").await.results();
        let body =
            json!({ "name": "O", "authorization_flow": flow[0]["pk"], "client_id": "c", "client_secret": "hidden" });
        let provider = admin.post("/providers/oauth2/", body).await.expect(201)["pk"].as_i64().unwrap();
        for (user, secret, hours) in [(jane.id(), "a", 1), (jane.id(), "b", -1), (joe.id(), "c", 2)] {
            let (provider, user) = (Ref(provider), Ref(user));
            let (scope, expires) = (json!(["openid", "email"]), Some(app.now() + TimeDelta::hours(hours)));
            let id_token = "{\"sub\": \"x\"}".to_owned();
            let access = AccessToken {
                provider,
                user,
                scope: scope.clone(),
                expires,
                id_token: id_token.clone(),
                secret: secret.into(),
                ..AccessToken::default()
            };
            let refresh = RefreshToken {
                provider,
                user,
                scope: scope.clone(),
                expires,
                id_token,
                secret: secret.into(),
                ..RefreshToken::default()
            };
            let code = AuthorizationCode {
                provider,
                user,
                scope,
                expires,
                secret: secret.into(),
                ..AuthorizationCode::default()
            };
            app.insert(access).await;
            app.insert(refresh).await;
            app.insert(code).await;
        }
        for kind in ["access_tokens", "refresh_tokens", "authorization_codes"] {
            let list = format!("/oauth2/{kind}/");
            let own = jane.get(&list).await.results();
            assert_eq!(
                (own.len(), &own[0]["is_expired"], &own[1]["is_expired"]),
                (2, &json!(true), &json!(false)),
                "{kind}"
            );
            assert_eq!((&own[0]["scope"], &own[0]["user"]["username"]), (&json!(["openid", "email"]), &json!("jane")));
            assert_eq!(own[0]["provider"]["client_id"], "c");
            let all = admin.get(&list).await;
            assert!(!all.text().contains("hidden"), "{kind} tells the secret of the client");
            assert_eq!(all.results().len(), 3);
            assert_eq!(admin.get(&format!("{list}?user={}&search=joe", joe.id())).await.results().len(), 1);
            assert_eq!(
                admin.get(&format!("{list}?provider={provider}&ordering=-expires")).await.results()[0]["user"]["username"],
                "joe"
            );
            let one = admin.get(&format!("{list}?page_size=1")).await.statements();
            assert_eq!(admin.get(&format!("{list}?page_size=9")).await.statements(), one);
            let path = format!("{list}{}/", own[0]["pk"]);
            joe.get(&path).await.expect(404);
            joe.delete(&path).await.expect(404);
            app.anonymous().get(&list).await.expect(403);
            assert_eq!(jane.get(&format!("{path}used_by/")).await.expect(200), json!([]));
            jane.delete(&path).await.expect(204);
            jane.get(&path).await.expect(404);
        }
        let used = admin.get(&format!("/providers/oauth2/{provider}/used_by/")).await.expect(200);
        let kinds: Vec<&Value> = used.as_array().unwrap().iter().map(|used| &used["model_name"]).collect();
        assert_eq!(kinds.len(), 6, "{used}");
        admin.delete(&format!("/providers/oauth2/{provider}/")).await.expect(204);
        assert_eq!(admin.get("/oauth2/access_tokens/").await.results(), [] as [Value; 0]);
    });
}
