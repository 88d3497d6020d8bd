//! `/outposts/`.

use super::providers::bodies;
use crate::support::{Principal, TestApp, for_each_database, on_sqlite};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

const OUTPOSTS: &str = "/outposts/instances/";
const DOCKER: &str = "/outposts/service_connections/docker/";
const KUBERNETES: &str = "/outposts/service_connections/kubernetes/";
const ALL: &str = "/outposts/service_connections/all/";

/// A provider of a kind, for an application of the same name.
async fn provider(app: &TestApp, kind: &str, name: &str) -> Value {
    let bodies = bodies(app).await;
    let mut body = bodies.iter().find(|(of, _)| *of == kind).unwrap().1.clone();
    body["name"] = json!(name);
    let pk = app.admin().post(&format!("/providers/{kind}/"), body).await.expect(201)["pk"].clone();
    app.admin().post("/core/applications/", json!({ "name": name, "slug": name, "provider": pk })).await.expect(201);
    pk
}

async fn outpost(app: &TestApp, kind: &str, name: &str, providers: &[&Value]) -> Value {
    let body = json!({ "name": name, "type": kind, "providers": providers, "config": {} });
    app.admin().post(OUTPOSTS, body).await.expect(201)
}

fn path(list: &str, object: &Value) -> String {
    format!("{list}{}/", object["pk"].as_str().unwrap())
}

/// Who calls with the token of an outpost.
async fn account(app: &TestApp, outpost: &Value) -> Principal {
    let identifier = outpost["token_identifier"].as_str().unwrap();
    let key = app.admin().get(&format!("/core/tokens/{identifier}/view_key/")).await.expect(200);
    app.bearer(key["key"].as_str().unwrap())
}

fn names(objects: &[Value]) -> Vec<&str> {
    objects.iter().map(|object| object["name"].as_str().unwrap()).collect()
}

#[test]
fn an_outpost_gets_an_account_that_reads_its_providers_and_nothing_else() {
    for_each_database(async |app| {
        let admin = app.admin();
        let (mine, other) = (provider(&app, "proxy", "mine").await, provider(&app, "proxy", "other").await);
        let made = outpost(&app, "proxy", "door", &[&mine]).await;
        assert_eq!(admin.get(&path(OUTPOSTS, &made)).await.expect(200), made);
        assert_eq!(made["token_identifier"], json!(format!("ak-outpost-{}-api", made["pk"].as_str().unwrap())));
        assert_eq!(made["providers_obj"][0]["name"], "mine");

        let account = account(&app, &made).await;
        let seen = account.get("/outposts/proxy/").await.results();
        assert_eq!(
            (names(&seen), &seen[0]["scopes_to_request"]),
            (vec!["mine"], &json!(["ak_proxy", "email", "openid", "profile"]))
        );
        assert_eq!(seen[0]["access_token_validity"], 3600.0);
        assert!(seen[0]["cookie_secret"].as_str().unwrap().len() == 32 && seen[0]["client_secret"].is_string());
        let issuer = seen[0]["oidc_configuration"]["issuer"].as_str().unwrap();
        assert!(issuer.ends_with("/application/o/mine/"), "{issuer}");
        account.get(&format!("/outposts/proxy/{mine}/")).await.expect(200);
        account.get(&format!("/outposts/proxy/{other}/")).await.expect(404);
        account.get("/outposts/ldap/").await.expect(403);
        assert_eq!(names(&account.get(OUTPOSTS).await.results()), ["door"]);
        account.get("/core/users/").await.expect(403);

        // Another provider, with a certificate.
        let certificate = json!({ "common_name": "c.test", "validity_days": 9, "alg": "ecdsa" });
        let certificate = admin.post("/crypto/certificatekeypairs/generate/", certificate).await.expect(200);
        let key = format!("/crypto/certificatekeypairs/{}/view_private_key/", certificate["pk"].as_str().unwrap());
        admin.patch(&path(OUTPOSTS, &made), json!({ "providers": [other] })).await.expect(200);
        assert_eq!(names(&account.get("/outposts/proxy/").await.results()), ["other"]);
        account.get(&key).await.expect(403);
        let other = format!("/providers/proxy/{other}/");
        admin.patch(&other, json!({ "certificate": certificate["pk"] })).await.expect(200);
        account.get(&key).await.expect(200);
        admin.patch(&other, json!({ "certificate": null })).await.expect(200);
        account.get(&key).await.expect(403);

        let renamed = admin.patch(&path(OUTPOSTS, &made), json!({ "name": "gate" })).await.expect(200);
        assert_eq!(renamed["token_identifier"], made["token_identifier"]);
        let users = admin.get("/core/users/?search=Outpost gate").await.results();
        assert_eq!((users.len(), &users[0]["type"]), (1, &json!("internal_service_account")));

        let used = admin.get(&format!("{}used_by/", path(OUTPOSTS, &made))).await.expect(200);
        assert_eq!((&used[0]["name"], &used[0]["action"]), (&json!("other"), &json!("cascade_many")));
        admin.delete(&path(OUTPOSTS, &made)).await.expect(204);
        account.get("/outposts/proxy/").await.expect(403);
        assert!(admin.get("/core/users/?search=Outpost gate").await.results().is_empty());
    });
}

#[test]
fn ldap_and_radius_outposts_read_theirs() {
    for_each_database(async |app| {
        let (ldap, radius) = (provider(&app, "ldap", "ldap").await, provider(&app, "radius", "radius").await);
        let account_of = async |kind: &str, pk: &Value| account(&app, &outpost(&app, kind, kind, &[pk]).await).await;
        let directory = account_of("ldap", &ldap).await;
        let seen = directory.get("/outposts/ldap/").await.results();
        assert_eq!((&seen[0]["application_slug"], seen.len()), (&json!("ldap"), 1));
        assert!(seen[0]["bind_flow_slug"].as_str().unwrap().starts_with("default-"));
        directory.get("/core/users/").await.expect(200);
        directory.get("/core/groups/").await.expect(200);
        let radius = account_of("radius", &radius).await;
        let seen = radius.get("/outposts/radius/?search=rad").await.results();
        assert_eq!(seen[0]["shared_secret"].as_str().unwrap().len(), 40);
        assert!(radius.get("/outposts/radius/?name=x").await.results().is_empty());
        radius.get("/core/users/").await.expect(403);
        // What no application uses is none of an outpost's business.
        app.admin().delete("/core/applications/ldap/").await.expect(204);
        directory.get("/outposts/ldap/").await.expect(403);
    });
}

#[test]
fn outposts_serve_providers_of_their_type_that_whoever_adds_them_may_see() {
    for_each_database(async |app| {
        let admin = app.admin();
        let (proxy, ldap) = (provider(&app, "proxy", "proxy").await, provider(&app, "ldap", "ldap").await);
        let body = |kind: &str, providers: Value, config: Value| json!({ "name": "o", "type": kind, "providers": providers, "config": config });
        for (body, field, message) in [
            (
                body("ldap", json!([proxy]), json!({})),
                "providers",
                "Outpost type ldap can't be used with ProxyProvider providers.",
            ),
            (body("proxy", json!([]), json!({})), "providers", "This list may not be empty."),
            (body("proxy", json!([999]), json!({})), "providers", "Invalid pk \"999\" - object does not exist."),
            (
                body("proxy", json!([proxy]), json!({ "authentik_host": 1 })),
                "config",
                "Failed to validate config: wrong value type for field \"authentik_host\" - should be \"str\" instead of value \"1\" of type \"int\"",
            ),
        ] {
            let errors = admin.post(OUTPOSTS, body).await.expect(400);
            assert_eq!(errors[field], json!([message]), "{errors}");
        }
        let made = outpost(&app, "proxy", "o", &[&proxy]).await;
        let errors = admin.post(OUTPOSTS, body("proxy", json!([proxy]), json!({}))).await.expect(400);
        assert_eq!(errors, json!({ "name": ["Outpost with this name already exists."] }));
        admin.patch(&path(OUTPOSTS, &made), json!({ "type": "ldap" })).await.expect(400);
        admin.patch(&path(OUTPOSTS, &made), json!({ "providers": [] })).await.expect(400);

        let adder = app.user("adder").with_permission("authentik_outposts.add_outpost").await;
        let another = json!({ "name": "p", "type": "proxy", "providers": [proxy], "config": {} });
        let errors = adder.post(OUTPOSTS, another.clone()).await.expect(400);
        assert_eq!(errors, json!({ "providers": [format!("Invalid pk \"{proxy}\" - object does not exist.")] }));
        let seeing = app
            .user("seeing")
            .with_permission("authentik_outposts.add_outpost")
            .with_object_permission("authentik_providers_proxy.view_proxyprovider", &proxy)
            .await;
        seeing.post(OUTPOSTS, another).await.expect(201);

        let found = async |query: &str| {
            let found = admin.get(&format!("{OUTPOSTS}?{query}")).await.results();
            found.iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(found("providers__isnull=true").await, ["authentik Embedded Outpost"]);
        assert_eq!(found("providers__isnull=false").await, ["o", "p"]);
        assert_eq!(found(&format!("providers_by_pk={proxy}&name__iexact=O")).await, ["o"]);
        assert_eq!(found(&format!("providers_by_pk={ldap}")).await, [""; 0]);
        assert_eq!(found("managed__icontains=EMBEDDED").await, ["authentik Embedded Outpost"]);
        assert_eq!(found("name__icontains=embedded").await, ["authentik Embedded Outpost"]);
        assert_eq!(found("service_connection__name__icontains=x").await, [""; 0]);
        let one = admin.get(&format!("{OUTPOSTS}?providers__isnull=false&page_size=1")).await.statements();
        assert_eq!(admin.get(&format!("{OUTPOSTS}?providers__isnull=false&page_size=9")).await.statements(), one);
        let used = admin.get(&format!("/providers/proxy/{proxy}/used_by/")).await.expect(200);
        let by = used.as_array().unwrap().iter().filter(|object| object["model_name"] == "outpost").count();
        assert_eq!(by, 2, "{used}");
    });
}

#[test]
fn the_embedded_outpost_keeps_its_name_and_may_serve_nobody() {
    for_each_database(async |app| {
        let admin = app.admin();
        let embedded = admin.get(&format!("{OUTPOSTS}?search=Embedded")).await.results().remove(0);
        let path = path(OUTPOSTS, &embedded);
        let errors = admin.patch(&path, json!({ "name": "x" })).await.expect(400);
        assert_eq!(errors, json!({ "name": ["Embedded outpost's name cannot be changed"] }));
        let proxy = provider(&app, "proxy", "proxy").await;
        admin.patch(&path, json!({ "providers": [proxy] })).await.expect(200);
        let account = account(&app, &embedded).await;
        assert_eq!(account.get("/outposts/proxy/").await.results().len(), 1, "it works by the account that it has");
        admin.patch(&path, json!({ "providers": [] })).await.expect(200);
        assert_eq!(admin.get(&format!("{path}health/")).await.expect(200), json!([]));

        let nobody = app.user("nobody").await;
        let settings = nobody.get(&format!("{OUTPOSTS}default_settings/")).await.expect(200);
        assert_eq!(settings["config"]["object_naming_template"], "ak-outpost-%(name)s");
        assert!(settings["config"]["authentik_host"].as_str().unwrap().starts_with("http://"));
        for path in [OUTPOSTS, &path, &format!("{path}health/"), DOCKER, ALL] {
            nobody.get(path).await.expect(403);
        }
    });
}

/// A server that answers everything with some JSON, its address, and the requests that it got.
async fn answering(body: &'static str) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (address, requests) = (listener.local_addr().unwrap(), Arc::new(Mutex::new(vec![])));
    let heard = requests.clone();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = vec![0; 4096];
            let length = stream.read(&mut request).await.unwrap_or_default();
            heard.lock().unwrap().push(String::from_utf8_lossy(&request[..length]).to_lowercase());
            let length = body.len();
            let answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}");
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    (address.to_string(), requests)
}

#[test]
fn a_service_connection_is_made_used_and_deleted() {
    for_each_database(async |app| {
        let admin = app.admin();
        let docker = admin.post(DOCKER, json!({ "name": "dock", "url": "ssh://x.test" })).await.expect(201);
        assert_eq!(
            (&docker["component"], &docker["local"]),
            (&json!("ak-service-connection-docker-form"), &json!(false))
        );
        let errors = admin.post(DOCKER, json!({ "name": "dock", "url": "x" })).await.expect(400);
        assert_eq!(errors, json!({ "name": ["Outpost Service-Connection with this name already exists."] }));
        let errors = admin.post(KUBERNETES, json!({ "name": "dock", "local": true })).await.expect(400);
        assert_eq!(errors, json!({ "name": ["Outpost Service-Connection with this name already exists."] }));
        for (config, message) in [
            (json!({}), "You can only use an empty kubeconfig when connecting to a local cluster."),
            (json!({ "current-context": "x" }), "Invalid kubeconfig"),
        ] {
            let errors = admin.post(KUBERNETES, json!({ "name": "k", "kubeconfig": config })).await.expect(400);
            assert_eq!(errors, json!({ "kubeconfig": [message] }));
        }
        let local = admin.post(KUBERNETES, json!({ "name": "k", "local": true })).await.expect(201);
        admin.patch(&path(KUBERNETES, &local), json!({ "local": false })).await.expect(400);

        let all = admin.get(ALL).await.results();
        assert_eq!(
            (names(&all), &all[1]["meta_model_name"]),
            (vec!["dock", "k"], &json!("authentik_outposts.kubernetesserviceconnection"))
        );
        let types = admin.get(&format!("{ALL}types/")).await.expect(200);
        assert_eq!(types.as_array().unwrap().len(), 2);
        assert_eq!(names(&admin.get(&format!("{DOCKER}?url=ssh://x.test&local=false")).await.results()), ["dock"]);

        let proxy = provider(&app, "proxy", "proxy").await;
        let made = outpost(&app, "proxy", "o", &[&proxy]).await;
        let with = admin.patch(&path(OUTPOSTS, &made), json!({ "service_connection": docker["pk"] })).await.expect(200);
        assert_eq!(with["service_connection_obj"]["name"], "dock");
        let found = admin.get(&format!("{OUTPOSTS}?service_connection__name__iexact=DOCK")).await.results();
        assert_eq!(names(&found), ["o"]);
        let used = admin.get(&format!("{}used_by/", path(ALL, &docker))).await.expect(200);
        assert_eq!((&used[0]["model_name"], &used[0]["action"]), (&json!("outpost"), &json!("set_default")));
        admin.delete(&path(ALL, &docker)).await.expect(204);
        admin.get(&path(DOCKER, &docker)).await.expect(404);
        assert_eq!(admin.get(&path(OUTPOSTS, &made)).await.expect(200)["service_connection"], json!(null));

        let id = local["pk"].as_str().unwrap();
        let viewer =
            app.user("viewer").with_object_permission("authentik_outposts.view_outpostserviceconnection", id).await;
        assert_eq!(names(&viewer.get(ALL).await.results()), ["k"]);
        viewer.get(&path(KUBERNETES, &local)).await.expect(403);
    });
}

#[test]
fn the_state_of_a_service_connection_is_asked_for() {
    on_sqlite(async |app| {
        let admin = app.admin();
        let state = async |made: &Value| admin.get(&format!("{}state/", path(ALL, made))).await.expect(200);
        let (address, heard) = answering(r#"{"Version": "27.1", "gitVersion": "v1.30"}"#).await;
        let docker = json!({ "name": "d", "url": format!("http://{address}") });
        let docker = admin.post(DOCKER, docker).await.expect(201);
        assert_eq!(state(&docker).await, json!({ "healthy": true, "version": "27.1" }));
        assert!(heard.lock().unwrap().remove(0).starts_with("get /version "));

        let config = json!({
            "current-context": "c",
            "contexts": [{ "name": "c", "context": { "cluster": "c", "user": "u" } }],
            "clusters": [{ "name": "c", "cluster": { "server": format!("http://{address}") } }],
            "users": [{ "name": "u", "user": { "token": "secret" } }],
        });
        let kubernetes = admin.post(KUBERNETES, json!({ "name": "k", "kubeconfig": config })).await.expect(201);
        assert_eq!(state(&kubernetes).await, json!({ "healthy": true, "version": "v1.30" }));
        assert!(heard.lock().unwrap().remove(0).contains("authorization: bearer secret"));

        let unhealthy = json!({ "healthy": false, "version": "" });
        let (nonsense, _) = answering("[]").await;
        for url in [
            &format!("tcp://{nonsense}"),
            "http://127.0.0.1:1",
            "unix:///nowhere",
            "ssh://x.test",
            "file:///etc/passwd",
            "?",
        ] {
            let made = admin.patch(&path(DOCKER, &docker), json!({ "url": url })).await.expect(200);
            assert_eq!(state(&made).await, unhealthy, "{url}");
        }
        let local = admin.post(KUBERNETES, json!({ "name": "l", "local": true })).await.expect(201);
        assert_eq!(state(&local).await, unhealthy, "this is no pod");
    });
}
