//! `/sources/plex/`.

use crate::support::{Other, for_each_database};
use serde_json::{Value, json};

/// Plex: `jane` uses the server `s`, `friend` is a friend of the owner, and so is the owner in a way.
fn plex(head: &str) -> (String, Value) {
    let token = head.lines().find_map(|line| line.strip_prefix("x-plex-token: ")).unwrap_or_default();
    let path = head.split(' ').nth(1).unwrap().split('?').next().unwrap();
    let id = match token {
        "owner" => 1,
        "jane" => 2,
        "friend" => 3,
        "stranger" => 4,
        _ => return ("401 Unauthorized".to_owned(), json!({})),
    };
    let resources = match token {
        "jane" => {
            json!([{ "provides": "player", "clientIdentifier": "p" }, { "provides": "server", "clientIdentifier": "s" }])
        }
        _ => json!([{ "provides": "player", "clientIdentifier": "s" }]),
    };
    let body = match path {
        "/api/v2/user" => json!({ "id": id, "username": token }),
        "/api/v2/resources" => resources,
        "/api/v2/friends" => json!([{ "id": 3 }]),
        _ => return ("404 Not Found".to_owned(), json!({})),
    };
    ("200 OK".to_owned(), body)
}

#[test]
fn who_uses_a_server_or_is_a_friend_is_let_in() {
    for_each_database(async |app| {
        let other = Other::start(plex).await;
        let url = other.url.clone();
        let app = app.with_settings(|config| config.plex_url = url);
        let admin = app.admin();
        let flow = json!({ "name": "f", "slug": "f", "title": "f", "designation": "enrollment" });
        let flow = admin.post("/flows/instances/", flow).await.expect(201)["pk"].clone();
        let body = json!({
            "name": "p", "slug": "p", "plex_token": "owner", "allowed_servers": ["s"], "enrollment_flow": flow,
        });
        let made = admin.post("/sources/plex/", body).await.expect(201);
        assert_eq!(made["client_id"].as_str().map(str::len), Some(40));

        let anybody = app.anonymous();
        let at = "/sources/plex/redeem_token/?slug=p";
        let token = |token: &str| json!({ "plex_token": token });
        anybody.post("/sources/plex/redeem_token/", token("jane")).await.expect(404);
        assert_eq!(anybody.post(at, json!({})).await.expect(400), json!(["No plex token given"]));
        for wrong in [json!({ "plex_token": 1 }), token("unknown"), token("line\nbreak")] {
            anybody.post(at, wrong).await.expect(400);
        }
        anybody.post(at, token("stranger")).await.expect(403);
        for known in ["jane", "friend", "owner"] {
            let challenge = anybody.post(at, token(known)).await.expect(200);
            assert_eq!(
                (&challenge["to"], &challenge["component"]),
                (&json!("/if/flow/f/"), &json!("xak-flow-redirect"))
            );
        }
        admin.patch("/sources/plex/p/", json!({ "allow_friends": false })).await.expect(200);
        anybody.post(at, token("friend")).await.expect(403);

        let (jane, john) = (app.user("jane").await, app.user("john").await);
        let connect = "/sources/plex/redeem_token_authenticated/?slug=p";
        anybody.post(connect, token("jane")).await.expect(403);
        john.post(connect, token("stranger")).await.expect(403);
        jane.post(connect, token("jane")).await.expect(204);
        jane.post(connect, token("jane")).await.expect(204);
        john.post(connect, token("jane")).await.expect(400);
        let own = jane.get("/sources/user_connections/plex/").await.results();
        assert_eq!((own.len(), &own[0]["identifier"], &own[0]["plex_token"]), (1, &json!("2"), &json!("jane")));
        let seen = admin.get("/sources/user_connections/plex/").await.results();
        assert_eq!(seen[0]["plex_token"], "", "a token is the user's own");
        anybody.post(at, token("jane")).await.expect(403);
        let settings = john.get("/sources/all/user_settings/").await.expect(200);
        assert_eq!(settings[0]["configure_url"], made["client_id"]);

        admin.patch("/sources/plex/p/", json!({ "enabled": false })).await.expect(200);
        let asked = other.asked().len();
        anybody.post(at, token("jane")).await.expect(404);
        assert_eq!(other.asked().len(), asked);
    });
}
