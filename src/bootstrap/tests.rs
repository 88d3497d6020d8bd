use super::*;
use crate::{
    api::context::{Clock, Random},
    config::{Arguments, Config},
    store::{Db, Keyring, query, tokens},
};
use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

#[path = "../../tests/support/postgres.rs"]
mod postgres;

/// Folders that live as long as the test, and settings for a fresh database in them.
struct Fresh {
    _folder: tempfile::TempDir,
    variables: Vec<(&'static str, String)>,
}

impl Fresh {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().display().to_string();
        Self { _folder: folder, variables: vec![("VESTIBULE_DATA", data)] }
    }

    /// As [`Fresh::new`], in a schema of its own on PostgreSQL.
    async fn postgres() -> Self {
        let server = postgres::server();
        let schema = format!("bootstrap_{}", Random::system().uuid().simple());
        let pool = sqlx::PgPool::connect(server).await.unwrap();
        sqlx::query(sqlx::AssertSqlSafe(format!("create schema {schema}"))).execute(&pool).await.unwrap();
        let separator = if server.contains('?') { '&' } else { '?' };
        let mut fresh = Self::new();
        fresh.variables.push(("VESTIBULE_DATABASE", format!("{server}{separator}options[search_path]={schema}")));
        fresh
    }

    async fn app(&self, seed: u64) -> App {
        let lookup =
            |name: &str| self.variables.iter().find(|(variable, _)| *variable == name).map(|(_, value)| value.clone());
        let config = Config::read(&Arguments::default(), lookup).unwrap();
        let keys = Keyring::new(config.secret_key.as_deref(), &[]).unwrap();
        let db = Db::open_sealed(&config.database, Duration::from_secs(30), keys).await.unwrap();
        App::new(config, db, Clock::system(), Random::seeded(seed))
    }
}

/// The first start stores no secret as it is, not for a moment.
#[tokio::test]
async fn secrets_are_sealed_from_the_beginning() {
    let mut fresh = Fresh::new();
    fresh.variables.push(("VESTIBULE_SECRET_KEY", "a key of more than thirty-two characters".replace(' ', "-")));
    fresh.variables.push(("VESTIBULE_BOOTSTRAP_TOKEN", "given-token".to_owned()));
    let app = fresh.app(1).await;
    run(&app).await.unwrap().unwrap();
    let conn = &mut app.db.read();
    for (table, column) in [("tokens", "key"), ("tokens", "key_fingerprint"), ("certificates", "key_data")] {
        let select = Query::select().column(column).from(table).to_owned();
        for (stored,) in conn.all::<(String,)>(&select).await.unwrap() {
            assert!(stored.starts_with("$sealed$1$") == (column != "key_fingerprint"), "{table}.{column}: {stored}");
        }
    }
    assert!(tokens::find(conn, "given-token").await.unwrap().is_some());
    app.db.close().await;
}

async fn count(conn: &mut Conn, table: &'static str) -> i64 {
    query::count(conn, Query::select().column("value").from(table)).await.unwrap()
}

async fn creates_everything_once(fresh: &Fresh) {
    let app = fresh.app(1).await;
    let begun = Instant::now();
    let first = run(&app).await.unwrap().unwrap();
    println!("{}: first start in {:?}", app.db.kind(), begun.elapsed());
    assert_eq!(run(&app).await.unwrap(), None);
    app.db.close().await;

    // Another process, later.
    let app = fresh.app(2).await;
    assert_eq!(run(&app).await.unwrap(), None);
    let conn = &mut app.db.read();
    assert_eq!(count(conn, "meta").await, 2);

    let user: User = table::find(conn, "username", ADMINISTRATOR).await.unwrap().unwrap();
    assert_eq!(
        (user.email.as_str(), user.r#type.as_str(), user.path.as_str()),
        ("root@example.com", "internal", "users")
    );
    assert!(password::verify(first.password.as_deref().unwrap(), &user.password));
    let group: Group = table::find(conn, "name", ADMINISTRATORS).await.unwrap().unwrap();
    assert!(group.is_superuser);
    let members: Vec<(uuid::Uuid, i64)> = USERS_OF_GROUP.pairs(conn, vec![group.id]).await.unwrap();
    assert_eq!(members, [(group.id, user.id)]);

    let token: Token = table::find(conn, "identifier", TOKEN).await.unwrap().unwrap();
    assert_eq!((token.user.0, token.intent.as_str(), token.expiring), (user.id, "api", false));
    assert_eq!(Some(&token.key.0), first.token.as_ref());
    assert_eq!(token.key.len(), TOKEN_LENGTH);

    let row: Certificate = table::find(conn, "name", CERTIFICATE).await.unwrap().unwrap();
    assert!(certificate::is_pair(&row.certificate_data, &row.key_data));

    // The outpost's account and token carry the key of the outpost.
    let outpost: crate::store::tables::Outpost =
        table::find(conn, "managed", "goauthentik.io/outposts/embedded").await.unwrap().unwrap();
    let account = format!("ak-outpost-{}", outpost.id.simple());
    let account: User = table::find(conn, "username", account).await.unwrap().unwrap();
    let token: Token = table::find(conn, "user_id", account.id).await.unwrap().unwrap();
    assert_eq!(token.identifier, format!("ak-outpost-{}-api", outpost.id));
    assert!(outpost.config.is_object());
    app.db.close().await;
}

async fn two_servers_start_at_once(fresh: &Fresh) {
    let (one, two) = (fresh.app(1).await, fresh.app(2).await);
    let (first, second) = tokio::join!(run(&one), run(&two));
    let shown = [first.unwrap(), second.unwrap()];
    assert_eq!(shown.iter().filter(|s| s.is_some()).count(), 1);
    let conn = &mut one.db.read();
    let user: User = table::find(conn, "username", ADMINISTRATOR).await.unwrap().unwrap();
    let password = shown.into_iter().flatten().next().and_then(|first| first.password).unwrap();
    assert!(password::verify(&password, &user.password), "the password shown is the one that was stored");
    one.db.close().await;
    two.db.close().await;
}

#[tokio::test]
async fn the_first_start_creates_everything_once() {
    creates_everything_once(&Fresh::new()).await;
    creates_everything_once(&Fresh::postgres().await).await;
}

#[tokio::test]
async fn of_two_servers_one_creates_the_defaults() {
    two_servers_start_at_once(&Fresh::new()).await;
    two_servers_start_at_once(&Fresh::postgres().await).await;
}

#[tokio::test]
async fn what_was_given_is_used_and_not_shown() {
    let mut fresh = Fresh::new();
    for (name, value) in [
        ("AUTHENTIK_BOOTSTRAP_PASSWORD", "given"),
        ("AUTHENTIK_BOOTSTRAP_TOKEN", "given-token"),
        ("AUTHENTIK_BOOTSTRAP_EMAIL", "admin@example.org"),
    ] {
        fresh.variables.push((name, value.to_owned()));
    }
    let app = fresh.app(1).await;
    let first = run(&app).await.unwrap().unwrap();
    assert_eq!((&first.password, &first.token), (&None, &None));
    assert!(!first.to_string().contains("given-token"), "{first}");
    let conn = &mut app.db.read();
    let user: User = table::find(conn, "username", ADMINISTRATOR).await.unwrap().unwrap();
    assert!(password::verify("given", &user.password) && user.email == "admin@example.org");
    let token: Token = table::find(conn, "key", "given-token").await.unwrap().unwrap();
    assert_eq!(token.user.0, user.id);
    app.db.close().await;
}

#[tokio::test]
async fn faults_in_a_default_file_are_named() {
    let fresh = Fresh::new();
    let app = fresh.app(1).await;
    for (text, expected) in [
        ("- table: roles\n  values: [1]", "x.yml: "),
        (
            "- table: roles\n  values: {id: {ref: other}}",
            "x.yml, entry 1 (roles), column \"id\": there is no entry \"other\" above",
        ),
        ("- table: roles\n  id: a\n  values: {id: {uuid: new}}", "x.yml, entry 1 (a): "),
        (
            "- table: roles\n  id: a\n  values: {id: {uuid: new}, name: {ref: a, column: name}}",
            "column \"name\": there is no",
        ),
        ("- table: roles\n  values: {id: {uuid: new}, name: {format: 'x{'}}", "column \"name\": a brace is not closed"),
        ("- table: roles\n  values: {id: {uuid: new}, name: {secret: x}}", "column \"name\": secret needs a length"),
        ("- table: roles\n  values: {id: {uuid: new}, nam: x}", "x.yml, entry 1 (roles): "),
        ("- table: none\n  values: {id: 1}", "x.yml, entry 1 (none): "),
    ] {
        let mut conn = app.db.begin().await.unwrap();
        let mut loader = defaults::Loader::new(&app.random, app.clock.now());
        let error = loader.load(&mut conn, "x.yml", text).await.unwrap_err();
        assert!(
            matches!(&error, BootstrapError::Defaults(reason) if reason.contains(expected)),
            "{error} / {expected}"
        );
        conn.rollback().await.unwrap();
    }
    app.db.close().await;
}

#[test]
fn every_default_file_is_read() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("defaults");
    let there: BTreeSet<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".yml"))
        .collect();
    let read: Vec<&str> = defaults::FILES.iter().map(|(name, _)| *name).collect();
    assert!(there.iter().map(String::as_str).eq(read), "{there:?}, in this order");
}

#[test]
fn the_note_is_framed() {
    let note = FirstStart {
        listen: "0.0.0.0:9000".parse().unwrap(),
        username: "akadmin".to_owned(),
        password: Some("secret".to_owned()),
        token: None,
    };
    assert!(!format!("{note:?}").contains("secret"));
    let text = note.to_string();
    let widths: BTreeSet<usize> = text.lines().map(|line| line.chars().count()).collect();
    assert_eq!(widths.len(), 1, "{text}");
    for part in ["http://127.0.0.1:9000/api/v3/", "akadmin", "secret", "as given in the settings"] {
        assert!(text.contains(part), "{text}");
    }
}
