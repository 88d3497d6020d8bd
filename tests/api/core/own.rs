//! `/core/authenticated_sessions/` and `/core/user_consent/`: what everybody has of its own.

use crate::support::{Principal, TestApp, for_each_database};
use serde_json::json;
use vestibule::store::{
    column::Ref,
    tables::{Application, AuthenticatedSession, UserConsent},
};

const SESSIONS: &str = "/core/authenticated_sessions/";
const CONSENTS: &str = "/core/user_consent/";

async fn session(app: &TestApp, of: &Principal, last_ip: &str) -> String {
    let session = AuthenticatedSession {
        id: app.app.random.uuid(),
        user: Ref(of.id()),
        last_ip: last_ip.to_owned(),
        last_user_agent: "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0".to_owned(),
        last_used: app.now(),
        expires: None,
    };
    app.insert(session).await.id.to_string()
}

#[test]
fn everybody_sees_and_ends_its_own_sessions_and_superusers_all() {
    for_each_database(async |app| {
        let (ann, ben) = (app.user("ann").await, app.user("ben").await);
        let (hers, his) = (session(&app, &ann, "10.0.0.1").await, session(&app, &ben, "10.0.0.2").await);

        let seen = ann.get(SESSIONS).await.results();
        assert_eq!((seen.len(), &seen[0]["uuid"], &seen[0]["current"]), (1, &json!(hers), &json!(false)));
        assert_eq!(seen[0]["user_agent"]["user_agent"]["family"], "Firefox");
        ann.get(&format!("{SESSIONS}{his}/")).await.expect(404);
        ann.delete(&format!("{SESSIONS}{his}/")).await.expect(404);
        ann.get(&format!("{SESSIONS}{his}/used_by/")).await.expect(404);
        app.anonymous().get(SESSIONS).await.expect(403);

        let admin = app.admin();
        let uuids = async |query: &str| -> Vec<String> {
            let found = admin.get(&format!("{SESSIONS}{query}")).await.results();
            found.iter().map(|session| session["uuid"].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(uuids("").await, [hers.clone(), his.clone()], "by the names of the users");
        assert_eq!(uuids("?ordering=-user__username").await, [his.clone(), hers.clone()]);
        assert_eq!(uuids("?user__username=ben").await, [his.clone()]);
        assert_eq!(uuids("?last_ip=10.0.0.1").await, [hers.clone()]);
        assert_eq!(uuids("?search=ann").await, [hers.clone()]);
        let one = admin.get("/core/authenticated_sessions/?page_size=1").await.statements();
        assert_eq!(admin.get("/core/authenticated_sessions/?page_size=9").await.statements(), one);

        assert_eq!(ann.get(&format!("{SESSIONS}{hers}/used_by/")).await.expect(200), json!([]));
        ann.delete(&format!("{SESSIONS}{hers}/")).await.expect(204);
        admin.delete(&format!("/core/users/{}/", ben.id())).await.expect(204);
        assert_eq!(uuids("").await, Vec::<String>::new(), "his went with him");
    });
}

#[test]
fn everybody_sees_and_withdraws_its_own_consents_and_superusers_all() {
    for_each_database(async |app| {
        let (ann, ben) = (app.user("ann").await, app.user("ben").await);
        let mut consents = vec![];
        for (name, of) in [("a", &ann), ("b", &ben)] {
            let new = Application { id: app.app.random.uuid(), name: name.into(), slug: name.into(), ..Application::default() };
            let application = app.insert(new).await;
            let new = UserConsent { user: Ref(of.id()), application: Ref(application.id), ..UserConsent::default() };
            consents.push((app.insert(new).await.id, application.id));
        }
        let [(hers, first), (his, second)] = consents[..] else { unreachable!() };

        let seen = ann.get(CONSENTS).await.results();
        assert_eq!((seen.len(), &seen[0]["pk"]), (1, &json!(hers)));
        assert_eq!((&seen[0]["application"]["slug"], &seen[0]["user"]["username"]), (&json!("a"), &json!("ann")));
        ann.get(&format!("{CONSENTS}{his}/")).await.expect(404);
        ann.delete(&format!("{CONSENTS}{his}/")).await.expect(404);

        let admin = app.admin();
        assert_eq!(admin.get(CONSENTS).await.results().len(), 2);
        let found = admin.get(&format!("{CONSENTS}?application={second}")).await.results();
        assert_eq!((found.len(), &found[0]["pk"]), (1, &json!(his)));
        assert_eq!(admin.get(&format!("{CONSENTS}?user={}", ann.id())).await.results().len(), 1);
        let one = admin.get("/core/user_consent/?page_size=1").await.statements();
        assert_eq!(admin.get("/core/user_consent/?page_size=9").await.statements(), one);

        let used = admin.get("/core/applications/a/used_by/").await.expect(200);
        assert_eq!((&used[0]["model_name"], &used[0]["action"]), (&json!("userconsent"), &json!("cascade")));
        admin.delete("/core/applications/a/").await.expect(204);
        admin.get(&format!("{CONSENTS}{hers}/")).await.expect(404);
        ben.delete(&format!("{CONSENTS}{his}/")).await.expect(204);
        assert_eq!(admin.get(&format!("{CONSENTS}?application={first}")).await.status, 400, "it is gone");
    });
}
