//! Which columns hold secrets, and what becomes of them when the key changes.

use super::{
    Conn, Db, DbError, OpenError, Part,
    column::{self, Column, Sealing},
    keyring::{Keyring, Place},
    list,
    row::{AnyRow, Row},
    tables::{
        AccessToken, AuthenticatorDuoStage, AuthenticatorSmsStage, AuthorizationCode, CaptchaStage, Certificate,
        EmailStage, GoogleWorkspaceProvider, KubernetesConnection, LdapSource, License, Mail, MicrosoftEntraProvider,
        OAuth2Provider, OAuthConnection, OAuthSource, PlexConnection, PlexSource, ProxyProvider, RacConnectionToken,
        RacEndpoint, RacMapping, RacProvider, RadiusProvider, RefreshToken, ScimProvider, SmsDevice, StaticToken,
        Token, TotpDevice, User,
    },
};
use sea_query::{DeleteStatement, Expr, ExprTrait, InsertStatement, OnConflict, Order, Query, UpdateStatement, Value};

/// The row of `meta` that only the keys of the secrets can open.
const CHECK: &str = "secret_key";
/// Reads it where there is nothing yet to read it by.
pub(super) const SELECT_CHECK: &str = "select value from meta where key = 'secret_key'";
/// The row of `meta` that is there as long as secrets may be stored in another way than by the current key.
const CHANGING: &str = "secret_key_changing";
/// How many rows one transaction looks at, so that other servers do not wait for long.
const BATCH: u64 = 200;

/// A table that holds secrets.
struct Table {
    name: &'static str,
    key: &'static str,
    columns: &'static [Column],
}

/// All of them. One that is missing does not compile: see [`is_listed`].
static TABLES: &[Table] = &[
    of::<AccessToken>(),
    of::<AuthenticatorDuoStage>(),
    of::<AuthenticatorSmsStage>(),
    of::<AuthorizationCode>(),
    of::<CaptchaStage>(),
    of::<Certificate>(),
    of::<EmailStage>(),
    of::<GoogleWorkspaceProvider>(),
    of::<KubernetesConnection>(),
    of::<LdapSource>(),
    of::<License>(),
    of::<Mail>(),
    of::<MicrosoftEntraProvider>(),
    of::<OAuth2Provider>(),
    of::<OAuthConnection>(),
    of::<OAuthSource>(),
    of::<PlexConnection>(),
    of::<PlexSource>(),
    of::<ProxyProvider>(),
    of::<RacConnectionToken>(),
    of::<RacEndpoint>(),
    of::<RacMapping>(),
    of::<RacProvider>(),
    of::<RadiusProvider>(),
    of::<RefreshToken>(),
    of::<ScimProvider>(),
    of::<SmsDevice>(),
    of::<StaticToken>(),
    of::<Token>(),
    of::<TotpDevice>(),
    of::<User>(),
];

const fn of<T: Part>() -> Table {
    Table { name: T::TABLE, key: T::KEY, columns: T::COLUMNS }
}

/// Whether a table is one of [`TABLES`], or holds no secrets.
pub const fn is_listed(name: &str, columns: &[Column]) -> bool {
    let mut secrets = false;
    let mut at = 0;
    while at < columns.len() {
        secrets |= !matches!(columns[at].sealing, Sealing::Never);
        at += 1;
    }
    let mut listed = !secrets;
    at = 0;
    while at < TABLES.len() {
        listed |= same(TABLES[at].name.as_bytes(), name.as_bytes());
        at += 1;
    }
    listed
}

const fn same(one: &[u8], other: &[u8]) -> bool {
    let mut at = 0;
    while at < one.len() && at < other.len() && one[at] == other[at] {
        at += 1;
    }
    at == one.len() && at == other.len()
}

/// The values of a row as they are stored.
pub(super) fn row(keys: &Keyring, columns: &[Column], values: Vec<Value>) -> Result<Vec<Value>, DbError> {
    let mut before = None;
    let stored = columns.iter().zip(values).map(|(column, value)| {
        let stored = match column.sealing {
            Sealing::Never => return Ok(value),
            Sealing::Fingerprint => fingerprint(keys, before.as_ref()),
            Sealing::Text | Sealing::Json => seal(keys, column, &value)?,
        };
        before = Some(value);
        Ok(stored)
    });
    stored.collect()
}

/// Those columns of a row that say something of its secrets, as they are stored.
pub(super) fn secrets<T: Part>(keys: &Keyring, of: &T) -> Result<Vec<(&'static str, Value)>, DbError> {
    let stored = row(keys, T::COLUMNS, of.values())?;
    let secret = T::COLUMNS.iter().zip(stored).filter(|(column, _)| column.sealing != Sealing::Never);
    Ok(secret.map(|(column, value)| (column.name, value)).collect())
}

/// Named values of a row as they are stored.
///
/// # Errors
/// When a secret cannot be sealed.
pub fn named(conn: &Conn, table: &str, values: &[(String, Value)]) -> Result<Vec<(String, Value)>, DbError> {
    let columns = TABLES.iter().find(|known| known.name == table).map_or(&[][..], |known| known.columns);
    let mut stored = vec![];
    for (name, value) in values {
        let at = columns.iter().position(|column| column.name == name && column.sealing != Sealing::Never);
        let Some(at) = at else {
            stored.push((name.clone(), value.clone()));
            continue;
        };
        stored.push((name.clone(), seal(conn.keys(), &columns[at], value)?));
        if let Some(next) = fingerprint_of(columns, at) {
            stored.push((next.name.to_owned(), fingerprint(conn.keys(), Some(value))));
        }
    }
    Ok(stored)
}

/// The fingerprint of a column, if it has one.
fn fingerprint_of(columns: &'static [Column], at: usize) -> Option<&'static Column> {
    columns.get(at + 1).filter(|next| next.sealing == Sealing::Fingerprint)
}

fn fingerprint(keys: &Keyring, secret: Option<&Value>) -> Value {
    match secret {
        Some(Value::String(Some(text))) => keys.fingerprint(text).into(),
        _ => Value::String(None),
    }
}

/// A value of a column as it is stored. What is empty is no secret.
fn seal(keys: &Keyring, column: &Column, value: &Value) -> Result<Value, DbError> {
    Ok(match value {
        Value::String(Some(text)) if !text.is_empty() => keys.seal(column, text)?.into(),
        Value::Json(Some(json)) if keys.seals() && !is_empty(json) => {
            serde_json::Value::String(keys.seal(column, &json.to_string())?).into()
        }
        other => other.clone(),
    })
}

fn is_empty(json: &serde_json::Value) -> bool {
    json.is_null() || json.as_object().is_some_and(serde_json::Map::is_empty)
}

/// What is stored in a column, read as text, as it would be stored now; none where it is.
fn again(keys: &Keyring, column: &Column, stored: &str) -> Result<Option<(Value, Value)>, DbError> {
    let opened: Value = match column.sealing {
        Sealing::Json => {
            let json = serde_json::from_str(stored).map_err(|error| DbError::Other(error.to_string()))?;
            match json {
                serde_json::Value::String(sealed) if keys.is_current(&sealed) => return Ok(None),
                serde_json::Value::String(sealed) => column::opened(&keys.open(column, sealed)?)?.into(),
                plain if is_empty(&plain) || !keys.seals() => return Ok(None),
                plain => plain.into(),
            }
        }
        _ if keys.is_current(stored) => return Ok(None),
        _ => keys.open(column, stored.to_owned())?.into(),
    };
    Ok(Some((seal(keys, column, &opened)?, fingerprint(keys, Some(&opened)))))
}

/// Why a server with these keys must not use a database whose secrets are sealed like this.
pub(super) fn check(keys: &Keyring, stored: Option<String>) -> Result<(), OpenError> {
    let Some(stored) = stored else { return Ok(()) };
    if keys.open(Place::new("meta", CHECK), stored).is_ok() {
        return Ok(());
    }
    Err(OpenError(
        "The secrets in the database are sealed by a key that is neither that of VESTIBULE_SECRET_KEY nor one of \
         VESTIBULE_SECRET_KEY_PREVIOUS. Nothing was changed; start with the key that sealed them."
            .to_owned(),
    ))
}

/// Sees to it that all secrets are stored as the keys say. How many were not.
pub(super) async fn establish(db: &Db, keys: &Keyring) -> Result<u64, DbError> {
    let place = Place::new("meta", CHECK);
    let mut conn = db.begin().await?;
    let stored = meta(&mut conn, CHECK).await?;
    let changing = meta(&mut conn, CHANGING).await?.is_some();
    let current = match &stored {
        Some(stored) => keys.is_current(stored),
        None => !keys.seals(),
    };
    if current && !changing {
        conn.rollback().await?;
        return Ok(0);
    }
    // First of all: whoever starts without the key from here on is refused, and whoever has it goes on with this.
    set_meta(&mut conn, CHANGING, "").await?;
    if keys.seals() {
        set_meta(&mut conn, CHECK, &keys.seal(place, CHECK)?).await?;
    }
    conn.commit().await?;
    let mut changed = 0;
    for table in TABLES {
        for (at, column) in table.columns.iter().enumerate() {
            if matches!(column.sealing, Sealing::Text | Sealing::Json) {
                changed += rewrite(db, keys, table, at).await?;
            }
        }
    }
    let mut conn = db.begin().await?;
    delete_meta(&mut conn, CHANGING).await?;
    if !keys.seals() {
        delete_meta(&mut conn, CHECK).await?;
    }
    conn.commit().await?;
    Ok(changed)
}

/// A key of any type, and what a column holds.
struct Cell {
    key: Value,
    stored: String,
}

impl Row for Cell {
    const WIDTH: usize = 2;

    fn read(row: AnyRow<'_>, at: usize) -> Result<Self, DbError> {
        let key = list::value(row, at).ok_or_else(|| DbError::Other("a row has no key".into()))?;
        Ok(Self { key, stored: row.get(at + 1)? })
    }
}

/// Stores a column anew where that is due. How often it was.
async fn rewrite(db: &Db, keys: &Keyring, table: &Table, at: usize) -> Result<u64, DbError> {
    let column = &table.columns[at];
    let text = || Expr::col(column.name).cast_as("text");
    let mut select = Query::select();
    select.column(table.key).expr(text()).from(table.name).and_where(text().ne(""));
    select.order_by(table.key, Order::Asc).limit(BATCH);
    let (mut changed, mut passed) = (0, None::<Value>);
    loop {
        let mut piece = select.clone();
        if let Some(passed) = passed {
            piece.and_where(Expr::col(table.key).gt(passed));
        }
        let mut conn = db.begin().await?;
        let cells: Vec<Cell> = conn.all(&piece).await?;
        passed = cells.last().map(|cell| cell.key.clone());
        for Cell { key, stored } in cells {
            let Some((value, fingerprint)) = again(keys, column, &stored)? else { continue };
            let mut update = UpdateStatement::new();
            update.table(table.name).value(column.name, value);
            if let Some(next) = fingerprint_of(table.columns, at) {
                update.value(next.name, fingerprint);
            }
            // What somebody changed meanwhile is stored as it should be.
            update.and_where(Expr::col(table.key).eq(key)).and_where(text().eq(stored));
            changed += conn.execute(&update).await?;
        }
        conn.commit().await?;
        if passed.is_none() {
            return Ok(changed);
        }
    }
}

async fn meta(conn: &mut Conn, key: &str) -> Result<Option<String>, DbError> {
    let mut select = Query::select();
    select.column("value").from("meta").and_where(Expr::col("key").eq(key));
    Ok(conn.optional::<(String,)>(&select).await?.map(|(value,)| value))
}

async fn set_meta(conn: &mut Conn, key: &str, value: &str) -> Result<(), DbError> {
    let mut insert = InsertStatement::new();
    insert
        .into_table("meta")
        .columns(["key", "value"])
        .values_panic([key.into(), value.into()])
        .on_conflict(OnConflict::column("key").update_column("value").to_owned());
    conn.execute(&insert).await.map(drop)
}

async fn delete_meta(conn: &mut Conn, key: &str) -> Result<(), DbError> {
    let mut delete = DeleteStatement::new();
    delete.from_table("meta").and_where(Expr::col("key").eq(key));
    conn.execute(&delete).await.map(drop)
}
