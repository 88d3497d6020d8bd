//! The way back in: the program on the machine, beside a server that runs.

use crate::{
    api::core::recovery::with_recovery_flow,
    support::{Database, Kind, TestApp, for_each_database},
};
use chrono::{TimeDelta, Utc};
use sea_query::{Expr, ExprTrait, Query};
use serde_json::{Value, json};
use std::{
    path::Path,
    time::{Duration, Instant},
};
use vestibule::{
    domain::password,
    store::{
        Entity, table,
        tables::{Group, Token, User},
    },
};

/// What a run of the program ended with, and what it wrote.
struct Done {
    code: Option<i32>,
    shown: String,
    complaint: String,
}

impl Done {
    /// What was shown after a word.
    fn after(&self, word: &str) -> String {
        let line = self.shown.lines().find_map(|line| line.trim_start_matches(['│', ' ']).strip_prefix(word));
        line.unwrap_or_else(|| panic!("{word}: {}{}", self.shown, self.complaint))
            .trim_end_matches('│')
            .trim()
            .to_owned()
    }
}

async fn run(database: &str, data: &Path, arguments: &[&str]) -> Done {
    let done = tokio::process::Command::new(env!("CARGO_BIN_EXE_vestibule"))
        .arg("admin")
        .args(arguments)
        .args(["--database", database, "--data"])
        .arg(data)
        .env_clear()
        .output();
    let done = done.await.unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Done { code: done.status.code(), shown: text(done.stdout), complaint: text(done.stderr) }
}

/// `vestibule admin` beside a server.
async fn admin(app: &TestApp, arguments: &[&str]) -> Done {
    run(&app.app.config.database, &app.app.config.data, arguments).await
}

async fn refused(app: &TestApp, arguments: &[&str], reason: &str) {
    let done = admin(app, arguments).await;
    assert!(done.code == Some(1) && done.complaint.contains(reason), "{}{}", done.shown, done.complaint);
    assert_eq!(done.shown, "");
}

async fn user(app: &TestApp, name: &str) -> User {
    table::find(&mut app.db(), "username", name).await.unwrap().unwrap()
}

/// What the events say that nobody did: action, and name of the object.
async fn done_by_nobody(app: &TestApp) -> Vec<(String, String)> {
    let mut select = vestibule::store::tables::Event::select();
    select.order_by("created", sea_query::Order::Asc);
    let events: Vec<vestibule::store::tables::Event> = app.db().all(&select).await.unwrap();
    let named = |context: &Value| {
        let object = context.get("model").or(context.get("secret")).unwrap();
        object["name"].as_str().unwrap().to_owned()
    };
    let of_nobody = events.iter().filter(|event| event.user == json!({}));
    let mut all: Vec<_> = of_nobody.map(|event| (event.action.clone(), named(&event.context))).collect();
    all.sort();
    all
}

#[test]
fn a_superuser_can_be_made_beside_a_running_server() {
    for_each_database(async |app| {
        app.admin().get("/core/users/").await.expect(200);
        let before = done_by_nobody(&app).await.len();
        let done = admin(&app, &["create-superuser", "--username", "rescue", "--email", "r@example.org"]).await;
        assert_eq!((done.code, done.after("User")), (Some(0), "rescue".to_owned()), "{}", done.complaint);
        let made = user(&app, "rescue").await;
        assert_eq!((made.email.as_str(), made.is_active), ("r@example.org", true));
        assert!(password::verify(&done.after("Password"), &made.password));
        let token = done.after("Token");
        let rescue = app.bearer(&token);
        assert_eq!(rescue.get("/core/users/me/").await.expect(200)["user"]["is_superuser"], true);
        let token: Token = table::find(&mut app.db(), "key", token).await.unwrap().unwrap();
        let events = done_by_nobody(&app).await;
        assert_eq!(events.len(), before + 3, "{events:?}");
        for (action, name) in [
            ("model_created", "rescue".to_owned()),
            ("model_created", format!("Token {}", token.identifier)),
            ("model_updated", "Group authentik Admins".to_owned()),
        ] {
            assert!(events.contains(&(action.to_owned(), name)), "{events:?}");
        }

        refused(&app, &["create-superuser", "--username", "rescue"], "already; --existing makes it a superuser").await;
        refused(&app, &["create-superuser"], "there is a user \"akadmin\" already").await;
        refused(&app, &["create-superuser", "--username", ""], "this is no user").await;
        refused(&app, &["create-superuser", "--username", "x", "--email", "none"], "this is no user").await;
        refused(&app, &["create-superuser", "--username", "x", "--password-file", "/none"], "/none cannot be read")
            .await;
        assert_eq!(done_by_nobody(&app).await, events, "what was refused has changed nothing");
    });
}

#[test]
fn an_existing_user_is_let_in_if_that_is_asked_for() {
    for_each_database(async |app| {
        let jane = app.user("jane").await;
        let path = format!("/core/users/{}/", jane.id());
        let create = ["create-superuser", "--username", "jane", "--existing"];
        // The server remembers who she was.
        jane.get("/core/users/").await.expect(403);
        let done = admin(&app, &create).await;
        assert_eq!((done.code, done.after("Password")), (Some(0), "as it was".to_owned()), "{}", done.complaint);
        let begun = Instant::now();
        while jane.get("/core/users/").await.status == 403 {
            assert!(begun.elapsed() < Duration::from_secs(10), "the server does not notice");
        }
        assert_eq!(user(&app, "jane").await.password, jane.account().password);

        app.admin().patch(&path, json!({ "is_active": false })).await.expect(200);
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(&file, " a password \r\n").unwrap();
        let file = file.path().to_str().unwrap();
        let done = admin(&app, &[&create[..], &["--password-file", file]].concat()).await;
        assert!(done.code == Some(0) && !done.shown.contains("a password"), "{}{}", done.shown, done.complaint);
        let admitted = user(&app, "jane").await;
        assert!(admitted.is_active && password::verify(" a password ", &admitted.password));
        app.bearer(done.after("Token")).get("/core/users/").await.expect(200);
        std::fs::write(file, "\n").unwrap();
        refused(&app, &[&create[..], &["--password-file", file]].concat(), "there is no password in").await;

        let users = table::find_all::<User>(&mut app.db(), "kind", ["internal_service_account"]).await.unwrap();
        let server = ["create-superuser", "--existing", "--username", &users[0].username];
        refused(&app, &server, "belongs to the server").await;
    });
}

#[test]
fn where_no_group_makes_superusers_there_is_one_again() {
    for_each_database(async |app| {
        let mut none = Query::update();
        none.table("groups").value("is_superuser", Expr::val(false)).and_where(Expr::col("is_superuser").eq(true));
        let mut tx = app.app.db.begin().await.unwrap();
        tx.execute(&none).await.unwrap();
        tx.commit().await.unwrap();
        app.admin().get("/core/users/").await.expect(403);
        let done = admin(&app, &["create-superuser", "--existing"]).await;
        assert_eq!(done.code, Some(0), "{}", done.complaint);
        app.bearer(done.after("Token")).get("/core/users/").await.expect(200);
        let groups = table::find_all::<Group>(&mut app.db(), "is_superuser", [true]).await.unwrap();
        let old: Group = table::find(&mut app.db(), "name", "authentik Admins").await.unwrap().unwrap();
        assert!(groups.len() == 1 && !old.is_superuser, "the other one stays as it is: {groups:?}");
    });
}

#[test]
fn a_wrong_place_is_not_made_an_installation() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let database = Database::empty(kind);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        for arguments in [&["create-superuser"][..], &["recovery-link", "akadmin"]] {
            let done = runtime.block_on(run(&database.url, database.folder.path(), arguments));
            assert!(done.code == Some(1) && done.complaint.contains("no installation"), "{kind:?}: {}", done.complaint);
        }
        assert_eq!(std::fs::read_dir(database.folder.path()).unwrap().count(), 0, "{kind:?}");
    }
}

async fn recovery(app: &TestApp) -> Token {
    let tokens = table::find_all::<Token>(&mut app.db(), "intent", ["recovery"]).await.unwrap();
    assert_eq!(tokens.len(), 1, "earlier ones are useless");
    tokens.into_iter().next().unwrap()
}

#[test]
fn a_link_is_what_the_api_makes_and_lives_as_long_as_is_said() {
    for_each_database(async |app| {
        let jane = app.user("jane").await;
        refused(&app, &["recovery-link", "jane"], "create-superuser --existing --username jane").await;
        refused(&app, &["recovery-link", "nobody"], "there is no user \"nobody\"").await;
        with_recovery_flow(&app).await;
        let by_api = app.admin().post(&format!("/core/users/{}/recovery/", jane.id()), json!({})).await.expect(200);
        let first = recovery(&app).await;
        assert!(by_api["link"].as_str().unwrap().ends_with(&first.key.0));

        let begun = Utc::now();
        let done = admin(&app, &["recovery-link", "jane", "--valid-for", "2h"]).await;
        assert_eq!(done.code, Some(0), "{}", done.complaint);
        let token = recovery(&app).await;
        assert_ne!(token.key, first.key);
        let link = format!("http://{}/if/flow/recover/?flow_token={}", app.app.config.listen, &*token.key);
        assert_eq!(done.shown.lines().next(), Some(link.as_str()));
        let lives = token.expires.unwrap() - begun;
        assert!(lives >= TimeDelta::hours(2) && lives < TimeDelta::hours(3), "{lives}");
        assert!(token.expiring && token.user.0 == jane.id());
        let event = ("secret_rotate".to_owned(), format!("Token {}", token.identifier));
        assert!(done_by_nobody(&app).await.contains(&event));
        for wrong in ["soon", "0s", "-1h"] {
            assert_eq!(admin(&app, &["recovery-link", "jane", "--valid-for", wrong]).await.code, Some(2), "{wrong}");
        }
        refused(&app, &["recovery-link", "jane", "--valid-for", "18446744073709551s"], "longer than any time").await;
    });
}
