//! What columns hold, and what a field of a row is beside its value: which table it refers to, whether it is secret.

use super::{Conn, DbError, Entity, query::Link, row::Field};
use rusqlite::types::{FromSql, FromSqlResult, ValueRef};
use sea_query::{Nullable, Value};
use serde::Serialize;
use sqlx::postgres::PgRow;
use std::{collections::HashMap, fmt, hash, marker::PhantomData, str::FromStr};
use uuid::Uuid;

/// A column of a table.
#[derive(Debug)]
pub struct Column {
    /// What the API and the row call it.
    pub field: &'static str,
    /// Its table.
    pub table: &'static str,
    /// Its name there.
    pub name: &'static str,
    /// The table it refers to.
    pub refers: Option<fn() -> Target>,
    /// Whether it is secret: in no export and no log.
    pub secret: bool,
    /// Whether users get into the group that it names, so that whoever writes it gives them what its members can do.
    pub joins: bool,
    /// How it is kept from whoever reads the database without the server.
    pub sealing: Sealing,
    /// A text as a value of the column, if it can be one.
    pub parse: fn(&str) -> Option<Value>,
    /// What becomes of the row when what it refers to is deleted.
    pub on_delete: OnDelete,
}

/// What becomes of a row when what it refers to is deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnDelete {
    /// It is deleted as well.
    Cascade,
    /// It refers to nothing then.
    SetNull,
    /// It refers to nothing then, which is what new rows do.
    SetDefault,
    /// It refers to nothing then, and nobody is told.
    Unlisted,
}

impl Column {
    /// A column that holds values of a type.
    pub const fn of<T: Field>(
        table: &'static str,
        field: &'static str,
        name: &'static str,
        on_delete: Option<OnDelete>,
        joins: bool,
    ) -> Self {
        let on_delete = match on_delete {
            Some(said) => said,
            None if T::NULLABLE => OnDelete::SetNull,
            None => OnDelete::Cascade,
        };
        Self {
            on_delete,
            field: plain(field),
            table,
            name,
            refers: T::REFERS,
            secret: T::SECRET,
            joins,
            sealing: T::SEALING,
            parse: T::parse,
        }
    }
}

/// How a column is kept from whoever reads the database without the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sealing {
    /// It is stored as it is.
    Never,
    /// Its text is sealed.
    Text,
    /// Its JSON is sealed, and stored as a text of JSON.
    Json,
    /// It says nothing by itself: rows are found by it, whose secret is in the column before.
    Fingerprint,
}

/// A name without the mark of Rust for names that are keywords.
pub const fn plain(name: &'static str) -> &'static str {
    match name.as_bytes() {
        [b'r', b'#', ..] => name.split_at(2).1,
        _ => name,
    }
}

/// A table that others refer to.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    /// The table.
    pub table: &'static str,
    /// Its key.
    pub key: &'static str,
    /// What filters call the key.
    pub called: &'static str,
    /// Its columns by field.
    pub column: fn(&str) -> Option<&'static Column>,
}

/// The table of a row as one that others refer to.
pub fn target<T: Entity>() -> Target {
    Target { table: T::TABLE, key: T::KEY, called: T::CALLED, column: T::column }
}

/// A many-to-many field: the table that holds it, and the table of the other side.
#[derive(Debug)]
pub struct LinkField {
    /// What the API and the row call it.
    pub field: &'static str,
    /// The table that holds it.
    pub link: Link,
    /// Whether that is the table of the other side, in which each row belongs to one owner at most.
    pub reverse: bool,
    /// The other side.
    pub target: fn() -> Target,
}

/// The key of a row of another table.
pub struct Ref<T: Entity>(pub T::Key);

impl<T: Entity> Clone for Ref<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Entity> Copy for Ref<T> {}

impl<T: Entity> PartialEq for Ref<T> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl<T: Entity> Eq for Ref<T> {}

impl<T: Entity> hash::Hash for Ref<T> {
    fn hash<H: hash::Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl<T: Entity> fmt::Debug for Ref<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", T::TABLE, self.0)
    }
}

impl<T: Entity> fmt::Display for Ref<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Names no row.
impl<T: Entity> Default for Ref<T> {
    fn default() -> Self {
        Self(T::Key::default())
    }
}

impl<T: Entity> From<Ref<T>> for Value {
    fn from(reference: Ref<T>) -> Self {
        reference.0.into()
    }
}

impl<T: Entity> Nullable for Ref<T> {
    fn null() -> Value {
        T::Key::null()
    }
}

impl<T: Entity> Field for Ref<T> {
    const REFERS: Option<fn() -> Target> = Some(target::<T>);

    fn parse(text: &str) -> Option<Value> {
        T::Key::parse(text)
    }

    fn from_sqlite(value: ValueRef<'_>) -> FromSqlResult<Self> {
        T::Key::from_sqlite(value).map(Self)
    }

    fn from_postgres(row: &PgRow, column: usize) -> Result<Self, sqlx::Error> {
        T::Key::from_postgres(row, column).map(Self)
    }
}

/// What a key can be: a UUID, or an integer that the database makes.
pub trait Key:
    Field
    + Nullable
    + Copy
    + Eq
    + hash::Hash
    + Default
    + FromStr
    + fmt::Display
    + fmt::Debug
    + Into<Value>
    + Serialize
    + Send
    + Sync
    + Unpin
    + 'static
{
    /// Whether the database makes the keys of new rows.
    const GENERATED: bool;

    /// A key for a new row, unless the database makes it.
    fn random(uuid: impl FnOnce() -> Uuid) -> Option<Self>;
}

impl Key for Uuid {
    const GENERATED: bool = false;

    fn random(uuid: impl FnOnce() -> Uuid) -> Option<Self> {
        Some(uuid())
    }
}

impl Key for i64 {
    const GENERATED: bool = true;

    fn random(_: impl FnOnce() -> Uuid) -> Option<Self> {
        None
    }
}

/// A many-to-many field of a row. It is no column: it is read and written beside the row ([`Many::load`], [`Many::save`]).
pub struct Many<T: Entity> {
    /// The keys, unless they are not known.
    pub keys: Option<Vec<T::Key>>,
    /// Whether they are to be written.
    pub changed: bool,
    other: PhantomData<fn() -> T>,
}

impl<T: Entity> Many<T> {
    /// The other side.
    pub const TARGET: fn() -> Target = target::<T>;

    /// The keys that are stored.
    pub fn stored(keys: Vec<T::Key>) -> Self {
        Self { keys: Some(keys), ..Self::default() }
    }

    /// Other keys, to be written.
    pub fn changed(keys: Vec<T::Key>) -> Self {
        Self { keys: Some(keys), changed: true, ..Self::default() }
    }

    /// The keys that are known.
    pub fn keys(&self) -> &[T::Key] {
        self.keys.as_deref().unwrap_or_default()
    }

    /// What is stored for a row that is new: nothing, unless something is to be written.
    pub fn begin(&mut self) {
        self.keys.get_or_insert_default();
    }

    /// Whether it is known that nothing is stored and nothing to be.
    pub fn is_empty(&self) -> bool {
        self.keys.as_ref().is_some_and(Vec::is_empty)
    }

    /// Fills the field of rows: one query, however many there are, and none where it is known what is stored.
    ///
    /// # Errors
    /// When the statement fails.
    pub async fn load<R: Entity>(
        conn: &mut Conn,
        field: &LinkField,
        rows: &mut [R],
        place: impl Fn(&mut R) -> &mut Self,
    ) -> Result<(), DbError> {
        if rows.iter_mut().map(&place).all(|field| field.is_empty()) {
            return Ok(());
        }
        let owners: Vec<R::Key> = rows.iter().map(Entity::key).collect();
        let pairs = field.link.pairs::<R::Key, T::Key>(conn, owners).await?;
        let mut keys: HashMap<R::Key, Vec<T::Key>> = HashMap::new();
        for (owner, other) in pairs {
            keys.entry(owner).or_default().push(other);
        }
        for row in rows {
            *place(row) = Self::stored(keys.remove(&row.key()).unwrap_or_default());
        }
        Ok(())
    }

    /// Writes the keys, where they have changed.
    ///
    /// # Errors
    /// [`DbError::ForeignKey`] when one of the others does not exist.
    pub async fn save(&self, conn: &mut Conn, field: &LinkField, owner: impl Key, new: bool) -> Result<(), DbError> {
        match &self.keys {
            Some(keys) if self.changed && !(new && keys.is_empty()) => {
                let others = keys.iter().copied();
                if field.reverse {
                    field.link.own(conn, owner, others).await
                } else {
                    field.link.set(conn, owner, others).await
                }
            }
            _ => Ok(()),
        }
    }
}

impl<T: Entity> Clone for Many<T> {
    fn clone(&self) -> Self {
        Self { keys: self.keys.clone(), changed: self.changed, other: PhantomData }
    }
}

impl<T: Entity> PartialEq for Many<T> {
    fn eq(&self, other: &Self) -> bool {
        self.keys == other.keys
    }
}

impl<T: Entity> fmt::Debug for Many<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.keys.fmt(f)
    }
}

impl<T: Entity> Default for Many<T> {
    fn default() -> Self {
        Self { keys: None, changed: false, other: PhantomData }
    }
}

/// Texts that are more than text.
macro_rules! texts {
    ($($(#[$meta:meta])* $name:ident secret $secret:literal $sealing:ident;)*) => { $(
        $(#[$meta])*
        #[derive(Clone, PartialEq, Eq, Default)]
        pub struct $name(pub String);

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text)
            }
        }

        impl From<$name> for Value {
            fn from(text: $name) -> Self {
                text.0.into()
            }
        }

        impl std::ops::Deref for $name {
            type Target = str;

            fn deref(&self) -> &str {
                &self.0
            }
        }

        impl Field for $name {
            const SECRET: bool = $secret;
            const SEALING: Sealing = Sealing::$sealing;

            fn parse(text: &str) -> Option<Value> {
                Some(text.into())
            }

            fn from_sqlite(value: ValueRef<'_>) -> FromSqlResult<Self> {
                String::column_result(value).map(Self)
            }

            fn from_postgres(row: &PgRow, column: usize) -> Result<Self, sqlx::Error> {
                sqlx::Row::try_get(row, column).map(Self)
            }

            fn open(self, open: impl FnOnce(String) -> Result<String, DbError>) -> Result<Self, DbError> {
                if matches!(Self::SEALING, Sealing::Text) { open(self.0).map(Self) } else { Ok(self) }
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                if matches!(Self::SEALING, Sealing::Text) { f.write_str("…") } else { self.0.fmt(f) }
            }
        }
    )* };
}

texts! {
    /// A length of time such as `hours=3;minutes=1`.
    Timespan secret false Never;
    /// A Python expression.
    Expression secret false Never;
    /// What nobody may read: it is in no answer, no export and no log.
    Secret secret true Text;
    /// What the other side knows as well, and whoever may see the object sees: it is in answers where the contract has it,
    /// but in no export and no log.
    SharedSecret secret true Text;
}

/// Keys or passwords of another system as JSON, in whatever form that one wants them. Kept as a [`SharedSecret`] is.
#[derive(Clone, PartialEq, Default)]
pub struct SecretJson(pub serde_json::Value);

impl From<serde_json::Value> for SecretJson {
    fn from(value: serde_json::Value) -> Self {
        Self(value)
    }
}

impl From<SecretJson> for Value {
    fn from(secret: SecretJson) -> Self {
        secret.0.into()
    }
}

impl fmt::Debug for SecretJson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

impl Field for SecretJson {
    const SECRET: bool = true;
    const SEALING: Sealing = Sealing::Json;

    fn parse(text: &str) -> Option<Value> {
        serde_json::Value::parse(text)
    }

    fn from_sqlite(value: ValueRef<'_>) -> FromSqlResult<Self> {
        serde_json::Value::from_sqlite(value).map(Self)
    }

    fn from_postgres(row: &PgRow, column: usize) -> Result<Self, sqlx::Error> {
        serde_json::Value::from_postgres(row, column).map(Self)
    }

    fn open(self, open: impl FnOnce(String) -> Result<String, DbError>) -> Result<Self, DbError> {
        match self.0 {
            serde_json::Value::String(sealed) => opened(&open(sealed)?).map(Self),
            plain => Ok(Self(plain)),
        }
    }
}

/// The JSON that was sealed.
pub(super) fn opened(text: &str) -> Result<serde_json::Value, DbError> {
    serde_json::from_str(text).map_err(|error| DbError::Other(format!("what was sealed is no JSON: {error}")))
}

/// What the row can be found by whose secret is in the column before. The store writes it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Fingerprint(Option<String>);

impl From<Fingerprint> for Value {
    fn from(fingerprint: Fingerprint) -> Self {
        fingerprint.0.into()
    }
}

impl Field for Fingerprint {
    const SECRET: bool = true;
    const SEALING: Sealing = Sealing::Fingerprint;

    fn parse(_: &str) -> Option<Value> {
        None
    }

    fn from_sqlite(value: ValueRef<'_>) -> FromSqlResult<Self> {
        Option::from_sqlite(value).map(Self)
    }

    fn from_postgres(row: &PgRow, column: usize) -> Result<Self, sqlx::Error> {
        Option::from_postgres(row, column).map(Self)
    }
}

/// Who keeps an object up to date, if it is not a person.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Managed(pub Option<String>);

impl From<Managed> for Value {
    fn from(managed: Managed) -> Self {
        managed.0.into()
    }
}

impl Field for Managed {
    const NULLABLE: bool = true;

    fn parse(text: &str) -> Option<Value> {
        Some(text.into())
    }

    fn from_sqlite(value: ValueRef<'_>) -> FromSqlResult<Self> {
        Field::from_sqlite(value).map(Self)
    }

    fn from_postgres(row: &PgRow, column: usize) -> Result<Self, sqlx::Error> {
        Field::from_postgres(row, column).map(Self)
    }
}

/// Where an OAuth2 client may send users back to: a list of `{matching_mode, url}`.
#[derive(Debug, Clone, PartialEq)]
pub struct RedirectUris(pub serde_json::Value);

impl Default for RedirectUris {
    fn default() -> Self {
        Self(serde_json::Value::Array(vec![]))
    }
}

impl From<RedirectUris> for Value {
    fn from(uris: RedirectUris) -> Self {
        uris.0.into()
    }
}

impl Field for RedirectUris {
    fn parse(text: &str) -> Option<Value> {
        serde_json::Value::parse(text)
    }

    fn from_sqlite(value: ValueRef<'_>) -> FromSqlResult<Self> {
        serde_json::Value::from_sqlite(value).map(Self)
    }

    fn from_postgres(row: &PgRow, column: usize) -> Result<Self, sqlx::Error> {
        serde_json::Value::from_postgres(row, column).map(Self)
    }
}
