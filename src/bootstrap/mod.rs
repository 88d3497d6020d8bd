//! What the first start creates: the default objects, a certificate, the administrator and an API token.
//!
//! All of it is one transaction, guarded by a marker in the table `meta`. Of two servers that start at once on an empty
//! database, the second waits for the first and then finds everything there.

mod defaults;
mod device_types;
mod notice;

pub(crate) use notice::Notice;

use crate::{
    api::{
        context::{App, Random},
        rbac::permissions,
    },
    domain::{
        certificate::{self, Algorithm, GenerateError, Generated},
        password,
        work::{Party, Undone},
    },
    store::{
        Conn, DbError, Entity,
        column::Ref,
        membership::USERS_OF_GROUP,
        table,
        tables::{Certificate, Group, Token, User},
    },
};
use chrono::{DateTime, Utc};
use sea_query::{Expr, ExprTrait, InsertStatement, OnConflict, Query};
use std::{fmt, net::SocketAddr};

/// The row of `meta` that says when the defaults were created.
const CREATED: &str = "defaults_created";
/// The row of `meta` with a random name for this installation, from which derived identifiers are made.
pub const INSTALL_ID: &str = "install_id";

/// The user that the first start makes.
pub(crate) const ADMINISTRATOR: &str = "akadmin";
/// Its group.
pub(crate) const ADMINISTRATORS: &str = "authentik Admins";
const TOKEN: &str = "authentik-bootstrap-token";
const TOKEN_LENGTH: usize = 60;
const PASSWORD_LENGTH: usize = 20;
const CERTIFICATE: &str = "authentik Self-signed Certificate";

/// What the first start made up and shows once.
#[derive(Clone, PartialEq, Eq)]
pub struct FirstStart {
    /// Where the server will listen.
    pub listen: SocketAddr,
    /// The administrator.
    pub username: String,
    /// The password; `None` when it was given.
    pub password: Option<String>,
    /// The key of the API token; `None` when it was given.
    pub token: Option<String>,
}

/// Secrets are for [`Display`](fmt::Display) only.
impl fmt::Debug for FirstStart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FirstStart").field("username", &self.username).finish_non_exhaustive()
    }
}

impl fmt::Display for FirstStart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let given = "as given in the settings";
        Notice {
            heading: "Vestibule is set up. This is shown once:",
            listen: self.listen,
            username: &self.username,
            password: self.password.as_deref().unwrap_or(given),
            token: self.token.as_deref().unwrap_or(given),
        }
        .fmt(f)
    }
}

/// Why the first start failed. Nothing was created; the text says what to do.
#[derive(Debug)]
pub enum BootstrapError {
    /// The database refused.
    Database(DbError),
    /// An entry of the embedded defaults does not fit: file, entry, column and reason.
    Defaults(String),
    /// No certificate could be made.
    Certificate(GenerateError),
    /// The password was not hashed.
    Password(Undone),
}

impl fmt::Display for BootstrapError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Database(error) => write!(
                f,
                "The default objects cannot be created: {error}. Nothing was changed. Is the disk full, or the database \
                 in use by something else? Start again when that is solved."
            ),
            Self::Defaults(reason) => write!(
                f,
                "A default object cannot be created: {reason}. Nothing was changed. Start again; if it fails in the same \
                 place, this build is faulty: please report it."
            ),
            Self::Certificate(error) => write!(f, "The first certificate: {error}. Nothing was changed; start again."),
            Self::Password(reason) => write!(f, "The first password: {reason}. Nothing was changed; start again."),
        }
    }
}

impl std::error::Error for BootstrapError {}

impl From<DbError> for BootstrapError {
    fn from(error: DbError) -> Self {
        Self::Database(error)
    }
}

impl From<Undone> for BootstrapError {
    fn from(reason: Undone) -> Self {
        Self::Password(reason)
    }
}

/// Adds authenticators and permissions that are known by now, and creates the defaults if that has not been done. Returns
/// what to show to whoever started the server.
///
/// # Errors
/// Why nothing was created.
pub async fn run(app: &App) -> Result<Option<FirstStart>, BootstrapError> {
    device_types::add(&app.db).await?;
    permissions::write_down(app).await?;
    if is_done(app).await? {
        return Ok(None);
    }

    // What takes long is made before the transaction, which other servers may be waiting for.
    let given = &app.config.bootstrap;
    let password = given.password.clone().unwrap_or_else(|| new_password(&app.random));
    let hash = password::hash_async(&app.work, &Party::Server, password.clone(), &app.random);
    let (hash, certificate) = tokio::join!(hash, first_certificate(app));
    let (hash, certificate) = (hash?, certificate?);

    let mut conn = app.db.begin().await?;
    let now = app.clock.now();
    // PostgreSQL makes a second transaction wait here until the first one ends; SQLite did at its beginning.
    if !set_meta(&mut conn, CREATED, now.to_rfc3339()).await? {
        conn.rollback().await?;
        return Ok(None);
    }
    set_meta(&mut conn, INSTALL_ID, app.random.uuid().simple().to_string()).await?;
    defaults::create(&mut conn, &app.random, now).await?;
    insert_certificate(&mut conn, app, certificate).await?;

    let email = given.email.clone().unwrap_or_else(|| "root@example.com".to_owned());
    let name = "authentik Default Admin".to_owned();
    let mut user = User { email, name, ..new_user(&app.random, ADMINISTRATOR.to_owned(), hash, now) };
    user.insert(&mut conn).await?;
    let group: Option<Group> = table::find(&mut conn, "name", ADMINISTRATORS).await?;
    let group = group.ok_or_else(|| BootstrapError::Defaults(format!("no group {ADMINISTRATORS:?}")))?;
    USERS_OF_GROUP.add(&mut conn, group.id, user.id).await?;

    let mut token = new_token(&app.random, TOKEN.to_owned(), "Made on first start", user.id);
    if let Some(key) = &given.token {
        token.key = key.clone().into();
    }
    token.insert(&mut conn).await?;
    conn.commit().await?;

    Ok(Some(FirstStart {
        listen: app.config.listen,
        username: user.username,
        password: given.password.is_none().then_some(password),
        token: given.token.is_none().then_some(token.key.0),
    }))
}

/// Whether the first start has been.
///
/// # Errors
/// When the database cannot be read.
pub async fn is_done(app: &App) -> Result<bool, DbError> {
    let mut created = Query::select();
    created.column("value").from("meta").and_where(Expr::col("key").eq(CREATED));
    Ok(app.db.primary().optional::<(String,)>(&created).await?.is_some())
}

/// A password that is shown once.
pub(crate) fn new_password(random: &Random) -> String {
    random.text(PASSWORD_LENGTH)
}

/// A user with a password, by its hash.
pub(crate) fn new_user(random: &Random, username: String, hash: String, now: DateTime<Utc>) -> User {
    User {
        password: hash.into(),
        uuid: random.uuid(),
        username,
        password_change_date: now,
        date_joined: now,
        ..User::default()
    }
}

/// An API token of a user with a key that is shown once. It does not expire.
pub(crate) fn new_token(random: &Random, identifier: String, description: &str, user: i64) -> Token {
    Token {
        description: description.to_owned(),
        expiring: false,
        id: random.uuid(),
        identifier,
        key: random.text(TOKEN_LENGTH).into(),
        user: Ref(user),
        ..Token::default()
    }
}

/// RSA, because every client understands RS256, and 2048 bits, which are made in a tenth of a second: the 4096 of the
/// reference take up to two, and make every signature eight times as expensive. Others are one request away.
async fn first_certificate(app: &App) -> Result<Generated, BootstrapError> {
    let request = certificate::Request {
        common_name: CERTIFICATE.to_owned(),
        alt_names: vec![format!("{}.self-signed.goauthentik.io", app.random.text(40).to_lowercase())],
        validity_days: 365,
        algorithm: Algorithm::Rsa2048,
    };
    let made = certificate::generate(&app.work, &Party::Server, request, app.random.uuid(), app.clock.now()).await;
    made.map_err(BootstrapError::Certificate)
}

async fn insert_certificate(conn: &mut Conn, app: &App, made: Generated) -> Result<(), DbError> {
    let mut row = Certificate {
        key_data: made.private_key.into(),
        id: app.random.uuid(),
        name: CERTIFICATE.to_owned(),
        certificate_data: made.certificate,
        ..Certificate::default()
    };
    row.insert(conn).await
}

/// Adds a row to `meta`; false when it is there already.
async fn set_meta(conn: &mut Conn, key: &str, value: String) -> Result<bool, DbError> {
    let mut insert = InsertStatement::new();
    insert
        .into_table("meta")
        .columns(["key", "value"])
        .values_panic([key.into(), value.into()])
        .on_conflict(OnConflict::column("key").do_nothing().to_owned());
    Ok(conn.execute(&insert).await? > 0)
}

#[cfg(test)]
mod tests;
