//! Secrets at rest.

use crate::support::{Kind, TestApp, for_each_database};
use sea_query::{Expr, ExprTrait, Query, UpdateStatement};
use serde_json::{Value, json};
use sqlx::{Connection, PgConnection};
use vestibule::{
    config::Config,
    store::{
        DbError, Entity,
        column::{Ref, SecretJson},
        table,
        tables::{
            AuthenticatorDuoStage, AuthenticatorSmsStage, CaptchaStage, Certificate, EmailStage,
            GoogleWorkspaceProvider, Mail, MicrosoftEntraProvider, OAuth2Provider, ProxyProvider, RacMapping,
            RacProvider, RadiusProvider, ScimProvider, Token, User,
        },
    },
};

const ONE: &str = "the first key, of thirty-two characters";
const TWO: &str = "the second key, of thirty-two characters";

fn keys(current: Option<&str>, previous: &[&str]) -> impl FnOnce(&mut Config) {
    let current = current.map(str::to_owned);
    let previous = previous.iter().map(|&key| key.to_owned()).collect();
    |config| {
        config.secret_key = current;
        config.secret_key_previous = previous;
    }
}

/// What is secret begins with this.
const PLANTED: &str = "planted-";

/// Stores a row whose base has a name.
macro_rules! plant {
    ($app:ident, $row:ident { $($field:ident: $value:expr),* $(,)? }) => {{
        let mut row = $row { $($field: $value.into(),)* ..$row::default() };
        row.base.name = stringify!($row).to_owned();
        row
    }};
}

/// Stores a secret of every kind, and says how many there are.
async fn plant(app: &TestApp, user: i64) -> usize {
    let random = || app.app.random.uuid();
    let json = |text: &str| SecretJson(json!({ "password": text }));
    app.insert(Token {
        id: random(),
        identifier: "planted".to_owned(),
        key: "planted-token".into(),
        user: Ref(user),
        expiring: false,
        ..Token::default()
    })
    .await;
    app.insert(Certificate {
        id: random(),
        name: "c".to_owned(),
        key_data: "planted-key".into(),
        ..Certificate::default()
    })
    .await;
    app.insert(plant!(app, OAuth2Provider { client_id: "o", client_secret: "planted-oauth2" })).await;
    let mut proxy = ProxyProvider { cookie_secret: "planted-cookie".into(), ..ProxyProvider::default() };
    proxy.base.base.name = "proxy".to_owned();
    proxy.client_id = "p".to_owned();
    app.insert(proxy).await;
    app.insert(plant!(app, RadiusProvider { shared_secret: "planted-radius" })).await;
    app.insert(plant!(app, ScimProvider { token: "planted-scim" })).await;
    app.insert(plant!(app, MicrosoftEntraProvider { client_secret: "planted-entra" })).await;
    app.insert(plant!(
        app,
        GoogleWorkspaceProvider { delegated_subject: "a@example.org", credentials: json("planted-google") }
    ))
    .await;
    app.insert(plant!(app, RacProvider { settings: json("planted-rac") })).await;
    let mut mapping = plant!(app, RacMapping { static_settings: json("planted-static") });
    mapping.base.id = random();
    app.insert(mapping).await;
    let mut duo =
        plant!(app, AuthenticatorDuoStage { client_secret: "planted-duo", admin_secret_key: "planted-admin" });
    duo.base.id = random();
    app.insert(duo).await;
    let mut sms = plant!(app, AuthenticatorSmsStage { auth: "planted-sms", auth_password: "planted-auth" });
    sms.base.id = random();
    app.insert(sms).await;
    let mut captcha = plant!(app, CaptchaStage { private_key: "planted-captcha" });
    captcha.base.id = random();
    app.insert(captcha).await;
    let mut email = plant!(app, EmailStage { password: "planted-email" });
    email.base.id = random();
    let stage = app.insert(email).await.base.id;
    app.insert(Mail {
        id: random(),
        stage: Ref(stage),
        body_text: "planted-text".into(),
        body_html: "planted-html".into(),
        ..Mail::default()
    })
    .await;
    let (uuid, username) = (random(), "hashed".to_owned());
    app.insert(User { uuid, username, password: "planted-hash".into(), ..User::default() }).await;
    18
}

/// How often a planted secret can be read by whoever has the database.
async fn found(app: &TestApp) -> usize {
    let mut text = String::new();
    match app.kind {
        Kind::Sqlite => {
            for file in std::fs::read_dir(&app.app.config.data).unwrap().flatten() {
                if file.file_type().unwrap().is_file() {
                    text += &String::from_utf8_lossy(&std::fs::read(file.path()).unwrap());
                }
            }
        }
        Kind::Postgres => {
            let mut connection = PgConnection::connect(&app.app.config.database).await.unwrap();
            let tables = "select table_name::text from information_schema.tables where table_schema = 'public'";
            for table in sqlx::query_scalar::<_, String>(tables).fetch_all(&mut connection).await.unwrap() {
                let rows = sqlx::AssertSqlSafe(format!("select t::text from {table} t"));
                text += &sqlx::query_scalar::<_, String>(rows).fetch_all(&mut connection).await.unwrap().concat();
            }
        }
    }
    text.matches(PLANTED).count()
}

async fn key_of(app: &TestApp, identifier: &str) -> String {
    let answer = app.admin().get(&format!("/core/tokens/{identifier}/view_key/")).await.expect(200);
    answer["key"].as_str().unwrap().to_owned()
}

/// What everything shows that answers may show, by the token that was planted.
async fn shown(app: &TestApp) -> Vec<Value> {
    let who = app.bearer("planted-token");
    let mut all = vec![];
    for path in [
        "/core/tokens/planted/view_key/",
        "/providers/oauth2/?client_id=o",
        "/providers/radius/",
        "/providers/scim/",
        "/providers/microsoft_entra/",
        "/providers/google_workspace/",
        "/providers/rac/",
        "/propertymappings/rac/",
        "/crypto/certificatekeypairs/?has_key=true&include_details=false",
    ] {
        let mut answer = who.get(path).await.expect(200);
        // Not the order of a list, which is by keys.
        answer.as_object_mut().unwrap().remove("pagination");
        all.push(answer);
    }
    all
}

#[test]
fn whoever_has_the_database_has_no_secrets() {
    for_each_database(async |plain| {
        let user = plain.user("owner").superuser().await;
        let planted = plant(&plain, user.id()).await;
        let before = shown(&plain).await;
        assert!(
            before.iter().map(|answer| answer.to_string().matches(PLANTED).count()).sum::<usize>() >= 7,
            "{before:?}"
        );
        assert!(found(&plain).await >= planted, "what is planted can be found");

        // What was stored before is sealed at the start.
        let app = plain.restarted(keys(Some(ONE), &[])).await.unwrap();
        assert_eq!(found(&app).await, 0);
        assert_eq!(shown(&app).await, before);

        // And what is stored now at once.
        let admin = app.admin();
        admin.post("/core/tokens/", json!({ "identifier": "another" })).await.expect(201);
        let body = json!({ "key": "planted-again" });
        admin.post("/core/tokens/another/set_key/", body.clone()).await.expect(204);
        app.bearer("planted-again").get("/core/users/me/").await.expect(200);
        let taken = admin.post("/core/tokens/planted/set_key/", body).await.expect(400);
        assert_eq!(taken, json!({ "key": ["This key cannot be used."] }));
        let provider = admin.get("/providers/scim/").await.results()[0].clone();
        let path = format!("/providers/scim/{}/", provider["pk"]);
        let changed = admin.patch(&path, json!({ "token": "planted-changed" })).await.expect(200);
        assert_eq!(changed["token"], "planted-changed");
        assert_eq!(found(&app).await, 0);

        // What is stored is no key.
        let select = Query::select().column("key").from("tokens").to_owned();
        let stored: Vec<(String,)> = app.db().all(&select).await.unwrap();
        for (stored,) in stored {
            assert!(stored.starts_with("$sealed$1$"), "{stored}");
            app.bearer(stored).get("/core/users/me/").await.expect(403);
        }
        app.app.db.close().await;
    });
}

/// Why a server does not start with these keys.
async fn refused(app: &TestApp, current: Option<&str>, previous: &[&str]) -> String {
    app.restarted(keys(current, previous)).await.err().expect("it starts")
}

#[test]
fn keys_follow_each_other() {
    for_each_database(async |plain| {
        let user = plain.user("owner").superuser().await;
        let planted = plant(&plain, user.id()).await;
        let before = shown(&plain).await;
        let app = plain.restarted(keys(Some(ONE), &[])).await.unwrap();
        for wrong in [refused(&app, None, &[]).await, refused(&app, Some(TWO), &[]).await] {
            assert!(wrong.contains("VESTIBULE_SECRET_KEY") && wrong.contains("Nothing was changed"), "{wrong}");
        }
        let app = app.restarted(keys(Some(ONE), &[])).await.unwrap();
        let old: String = stored_key(&app).await;
        let app = app.restarted(keys(Some(TWO), &[ONE])).await.unwrap();
        assert_ne!(stored_key(&app).await, old);
        assert_eq!(shown(&app).await, before);
        refused(&app, Some(ONE), &[]).await;
        let app = app.restarted(keys(Some(TWO), &[])).await.unwrap();
        assert_eq!((shown(&app).await, found(&app).await), (before.clone(), 0));

        // Without a key that seals, nothing stays sealed.
        let app = app.restarted(keys(None, &[TWO])).await.unwrap();
        assert!(found(&app).await >= planted);
        let app = app.restarted(keys(None, &[])).await.unwrap();
        assert_eq!(shown(&app).await, before);
        app.app.db.close().await;
    });
}

async fn stored_key(app: &TestApp) -> String {
    let select =
        Query::select().column("key").from("tokens").and_where(Expr::col("identifier").eq("planted")).to_owned();
    app.db().one::<(String,)>(&select).await.unwrap().0
}

#[test]
fn a_change_of_keys_goes_on_where_it_ended() {
    for_each_database(async |plain| {
        let user = plain.user("owner").superuser().await;
        plant(&plain, user.id()).await;
        let app = plain.restarted(keys(Some(ONE), &[])).await.unwrap();
        let old = stored_key(&app).await;
        let app = app.restarted(keys(Some(TWO), &[ONE])).await.unwrap();
        // As if it had ended before this row.
        let mut tx = app.app.db.begin().await.unwrap();
        let mut update = UpdateStatement::new();
        update.table("tokens").value("key", old).and_where(Expr::col("identifier").eq("planted"));
        tx.execute(&update).await.unwrap();
        let mut insert = sea_query::InsertStatement::new();
        insert.into_table("meta").columns(["key", "value"]).values_panic(["secret_key_changing".into(), "".into()]);
        tx.execute(&insert).await.unwrap();
        tx.commit().await.unwrap();
        let error = refused(&app, Some(TWO), &[]).await;
        assert!(error.contains("tokens.key"), "{error}");
        let app = app.restarted(keys(Some(TWO), &[ONE])).await.unwrap();
        let app = app.restarted(keys(Some(TWO), &[])).await.unwrap();
        assert_eq!(key_of(&app, "planted").await, "planted-token");
        app.bearer("planted-token").get("/core/users/me/").await.expect(200);
        app.app.db.close().await;
    });
}

#[test]
fn a_secret_that_was_put_elsewhere_is_none() {
    for_each_database(async |plain| {
        let user = plain.user("owner").superuser().await;
        plant(&plain, user.id()).await;
        let app = plain.restarted(keys(Some(ONE), &[])).await.unwrap();
        let mut tx = app.app.db.begin().await.unwrap();
        let mut update = UpdateStatement::new();
        update.table("certificates").value("key_data", stored_key(&app).await).and_where(Expr::col("name").eq("c"));
        tx.execute(&update).await.unwrap();
        let read: Result<Option<Certificate>, DbError> = table::find(&mut tx, "name", "c").await;
        assert!(read.unwrap_err().to_string().contains("certificates.key_data"));
        tx.rollback().await.unwrap();
        // A secret can only be read as its column.
        let select = Query::select().column("key").from(Token::TABLE).to_owned();
        assert!(app.db().all::<(vestibule::store::column::Secret,)>(&select).await.is_err());
        app.app.db.close().await;
    });
}
