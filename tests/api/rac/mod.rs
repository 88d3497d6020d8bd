//! `/rac/`.

use crate::support::for_each_database;
use serde_json::{Value, json};
use uuid::Uuid;
use vestibule::store::{column::Ref, tables::RacConnectionToken};

const ENDPOINTS: &str = "/rac/endpoints/";
const TOKENS: &str = "/rac/connection_tokens/";

#[test]
fn machines_are_reached_by_those_who_may() {
    for_each_database(async |app| {
        let (admin, jane, joe) = (app.admin(), app.user("jane").await, app.user("joe").await);
        let flow = admin.get("/flows/instances/?slug=default-provider-authorization-implicit-consent").await.results();
        let flow = &flow[0]["pk"];
        let provider = async |name: &str| {
            let body = json!({ "name": name, "authorization_flow": flow, "settings": { "inner": "pw1" } });
            admin.post("/providers/rac/", body).await.expect(201)["pk"].clone()
        };
        let (first, second) = (provider("r").await, provider("s").await);
        let body = |name: &str| {
            let settings = json!({ "password": "pw2" });
            json!({ "name": name, "provider": first, "protocol": "ssh", "host": "h", "auth_mode": "static", "settings": settings })
        };
        let made = admin.post(ENDPOINTS, body("e")).await.expect(201);
        assert_eq!((&made["launch_url"], &made["maximum_connections"]), (&Value::Null, &json!(1)));
        let application = json!({ "name": "A", "slug": "a", "provider": first });
        admin.post("/core/applications/", application).await.expect(201);
        let id = made["pk"].as_str().unwrap().to_owned();
        let path = format!("{ENDPOINTS}{id}/");
        assert_eq!(admin.get(&path).await.expect(200)["launch_url"], format!("/application/rac/a/{id}/"));

        let oauth2 = json!({ "name": "o", "authorization_flow": flow });
        let oauth2 = admin.post("/providers/oauth2/", oauth2).await.expect(201)["pk"].clone();
        let missing = json!({ "provider": [format!("Invalid pk \"{oauth2}\" - object does not exist.")] });
        assert_eq!(admin.patch(&path, json!({ "provider": oauth2 })).await.expect(400), missing);
        let mapping = json!({ "name": "m", "expression": "return {}", "static_settings": {} });
        let mapping = admin.post("/propertymappings/rac/", mapping).await.expect(201)["pk"].clone();
        admin.patch(&path, json!({ "property_mappings": [mapping] })).await.expect(200);
        admin.patch(&path, json!({ "protocol": "telnet" })).await.expect(400);

        // Whoever may connect sees the machine, and no passwords.
        let seen = jane.get(ENDPOINTS).await;
        assert!(!seen.text().contains("pw"), "{}", seen.text());
        assert_eq!(seen.results()[0]["name"], "e");
        jane.get(&path).await.expect(403);
        let seer = app.user("seer").with_object_permission("authentik_providers_rac.view_endpoint", &id).await;
        let seen = seer.get(&path).await.expect(200);
        assert_eq!((&seen["settings"]["password"], &seen["provider_obj"]["settings"]), (&json!("pw2"), &json!({})));
        let binding = json!({ "target": id, "user": jane.id(), "order": 0 });
        let binding = admin.post("/policies/bindings/", binding).await.expect(201)["pk"].clone();
        assert_eq!((jane.get(ENDPOINTS).await.results().len(), joe.get(ENDPOINTS).await.results().len()), (1, 0));
        assert_eq!(admin.get(ENDPOINTS).await.results().len(), 0);
        let all = format!("{ENDPOINTS}?superuser_full_list=true");
        assert_eq!((admin.get(&all).await.results().len(), joe.get(&all).await.results().len()), (1, 0));
        let one = admin.get(&all).await.statements();
        admin.post(ENDPOINTS, body("f")).await.expect(201);
        assert_eq!(admin.get(&all).await.statements(), one);
        assert_eq!(admin.get(&format!("{all}&provider={second}")).await.results().len(), 0);

        let token = RacConnectionToken {
            id: Uuid::new_v4(),
            provider: Ref(first.as_i64().unwrap()),
            endpoint: Ref(id.parse().unwrap()),
            user: Ref(jane.id()),
            ..RacConnectionToken::default()
        };
        let token = app.insert(token).await;
        let token_path = format!("{TOKENS}{}/", token.id);
        let own = jane.get(TOKENS).await;
        assert!(!own.text().contains("pw"), "{}", own.text());
        let own = own.results();
        assert_eq!((&own[0]["user"]["username"], &own[0]["endpoint_obj"]["name"]), (&json!("jane"), &json!("e")));
        assert_eq!(joe.get(TOKENS).await.results().len(), 0);
        joe.get(&token_path).await.expect(404);
        assert_eq!(admin.get(&format!("{TOKENS}?session__user={}&endpoint={id}", jane.id())).await.results().len(), 1);
        assert_eq!(admin.get(&format!("{TOKENS}?session__user={}", joe.id())).await.results().len(), 0);
        let same = json!({ "endpoint": id, "provider": first, "pk": Uuid::nil() });
        assert_eq!(jane.put(&token_path, same).await.expect(200)["pk"], json!(token.id), "the key stays");
        let other = admin.get(&format!("{all}&name=f")).await.results()[0]["pk"].clone();
        jane.patch(&token_path, json!({ "endpoint": other })).await.expect(400);
        admin.patch(&token_path, json!({ "provider": second })).await.expect(400);
        admin.patch(&token_path, json!({ "endpoint": other })).await.expect(200);
        assert_eq!(jane.get(&format!("{token_path}used_by/")).await.expect(200), json!([]));
        jane.delete(&token_path).await.expect(204);

        admin.delete(&path).await.expect(204);
        admin.get(&format!("/policies/bindings/{}/", binding.as_str().unwrap())).await.expect(404);
    });
}
