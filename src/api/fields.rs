//! From a body into the fields of a row, and from there into an answer.
//!
//! The generated macro of a family names every field of the contract ([`fields!`] calls it); the types of the row's fields
//! say what else there is to a value: that it refers to another object, that it must be a duration, that nobody may read
//! it.

use super::{
    context::Context,
    core::names,
    resource::{check_exist, parse},
};
use crate::{
    domain::{duration, expression},
    store::{
        Entity,
        column::{Expression, Managed, Many, Ref, Secret, SecretJson, SharedSecret, Timespan},
    },
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};
use std::{fmt::Display, str::FromStr};
use uuid::Uuid;
use vestibule_api::{ApiError, Errors};

/// The two ways between the models of a family and its row, for `impl Resource`: what saves a body, and what answers rows.
/// The second argument completes rows by what is not stored in them: a function from rows to something with the further
/// fields, through which the row's own can be seen. `fields!(family save)` and `fields!(family models, …)` are one way alone.
macro_rules! fields {
    ($family:ident) => {
        $crate::api::fields::fields!($family, $crate::api::fields::as_they_are);
    };
    ($family:ident, $complete:path) => {
        $crate::api::fields::fields!($family save);
        $crate::api::fields::fields!($family models, $complete);
    };
    ($family:ident models, $complete:path) => {
        async fn models(
            ctx: &mut $crate::api::context::Context,
            mut rows: Vec<Self::Row>,
        ) -> Result<Vec<<Self as vestibule_api::Family>::Answer>, vestibule_api::ApiError> {
            $crate::store::Entity::load_links(&mut ctx.db, &mut rows, |row| row).await?;
            let from = $crate::api::fields::Reader;
            let mut answers = vec![];
            for mut row in $complete(ctx, rows).await? {
                answers.push(vestibule_api::$family!(answer row from));
            }
            Ok(answers)
        }
    };
    ($family:ident save) => {
        async fn save(
            ctx: &mut $crate::api::context::Context,
            existing: Option<Self::Row>,
            patch: <Self as vestibule_api::Family>::Patch,
        ) -> Result<Self::Row, vestibule_api::ApiError> {
            let new = existing.is_none();
            #[allow(unused_variables, unused_mut, unreachable_code, reason = "some families have no bodies")]
            let put = |ctx: &$crate::api::context::Context,
                       row: &mut Self::Row,
                       to: &mut $crate::api::fields::Writer| {
                let mut patch = patch;
                Self::admit(ctx, row, new, &mut patch, to);
                vestibule_api::$family!(put row patch to);
            };
            $crate::api::resource::save::<Self>(ctx, existing, put).await
        }
    };
}
pub(in crate::api) use fields;

/// Lets the fields of what a struct completes be seen through it.
macro_rules! completes {
    ($name:ident) => {
        impl<R> std::ops::Deref for $name<R> {
            type Target = R;

            fn deref(&self) -> &R {
                &self.row
            }
        }

        impl<R> std::ops::DerefMut for $name<R> {
            fn deref_mut(&mut self) -> &mut R {
                &mut self.row
            }
        }
    };
}
pub(in crate::api) use completes;

/// Rows that say everything.
///
/// # Errors
/// None.
#[allow(clippy::unused_async, reason = "others ask the database")]
pub async fn as_they_are<R>(_ctx: &mut Context, rows: Vec<R>) -> Result<Vec<R>, ApiError> {
    Ok(rows)
}

/// Collects what is wrong with a body, and what it refers to.
#[derive(Default)]
pub struct Writer {
    /// What is wrong.
    pub errors: Errors,
    sent: Vec<&'static str>,
    uuids: Vec<Named<Uuid>>,
    integers: Vec<Named<i64>>,
    /// Fields that name what comes with the server.
    kept: Vec<&'static str>,
}

/// Objects that a field names, and their table.
struct Named<K> {
    field: &'static str,
    table: &'static str,
    /// Which kind they are of, where that matters.
    kind: Option<&'static str>,
    keys: Vec<K>,
}

impl Writer {
    /// Puts a value into its place; absent leaves it.
    pub fn put<T>(&mut self, field: &'static str, place: &mut impl Put<T>, value: Option<T>) {
        if let Some(value) = value {
            self.sent.push(field);
            place.put(value, field, self);
        }
    }

    /// As [`Writer::put`], for a value of an enum.
    pub fn choose<T>(&mut self, field: &'static str, place: &mut impl Choice<T>, value: Option<T>) {
        if let Some(value) = value {
            self.sent.push(field);
            place.choose(value);
        }
    }

    /// Whether the body has a field.
    pub fn has(&self, field: &str) -> bool {
        self.sent.contains(&field)
    }

    /// Adds the errors for every object that the body names and that does not exist (one query for each field that names
    /// any), and for names that only superusers may give, who restore what came with the server.
    ///
    /// # Errors
    /// When a statement fails.
    pub async fn check_references(&mut self, ctx: &mut Context) -> Result<(), ApiError> {
        if !ctx.principal().is_ok_and(|principal| principal.superuser) {
            self.kept.iter().for_each(|field| self.errors.add(*field, names::KEPT));
        }
        for Named { field, table, kind, keys } in std::mem::take(&mut self.uuids) {
            check_exist(ctx, &mut self.errors, field, table, kind, keys).await?;
        }
        for Named { field, table, kind, keys } in std::mem::take(&mut self.integers) {
            check_exist(ctx, &mut self.errors, field, table, kind, keys).await?;
        }
        Ok(())
    }
}

/// A field of a row that takes values of a body.
pub trait Put<T> {
    /// Puts a value into it; what is wrong with it, or must be looked up, goes to the writer.
    fn put(&mut self, value: T, field: &'static str, to: &mut Writer);
}

impl<T> Put<T> for T {
    fn put(&mut self, value: T, _: &'static str, _: &mut Writer) {
        *self = value;
    }
}

/// What may be missing where it is stored, but is never taken away by a body.
impl<T> Put<T> for Option<T> {
    fn put(&mut self, value: T, _: &'static str, _: &mut Writer) {
        *self = Some(value);
    }
}

/// References and many-to-many fields, whose keys are of this type.
macro_rules! references {
    ($key:ty, $named:ident) => {
        impl<T: Entity<Key = $key>> Put<$key> for Ref<T> {
            fn put(&mut self, key: $key, field: &'static str, to: &mut Writer) {
                to.$named.push(Named { field, table: T::TABLE, kind: T::KIND, keys: vec![key] });
                *self = Ref(key);
            }
        }

        impl<T: Entity<Key = $key>> Put<$key> for Option<Ref<T>> {
            fn put(&mut self, key: $key, field: &'static str, to: &mut Writer) {
                self.get_or_insert_default().put(key, field, to);
            }
        }

        impl<T: Entity<Key = $key>> Put<Option<$key>> for Option<Ref<T>> {
            fn put(&mut self, key: Option<$key>, field: &'static str, to: &mut Writer) {
                match key {
                    Some(key) => self.put(key, field, to),
                    None => *self = None,
                }
            }
        }

        impl<T: Entity<Key = $key>> Put<Vec<$key>> for Many<T> {
            fn put(&mut self, keys: Vec<$key>, field: &'static str, to: &mut Writer) {
                to.$named.push(Named { field, table: T::TABLE, kind: T::KIND, keys: keys.clone() });
                *self = Many::changed(keys);
            }
        }

        impl<T: Entity<Key = $key>> Answer<$key> for Ref<T> {
            fn answer(&mut self) -> Result<$key, ApiError> {
                Ok(self.0)
            }
        }

        impl<T: Entity<Key = $key>> Answer<Option<$key>> for Option<Ref<T>> {
            fn answer(&mut self) -> Result<Option<$key>, ApiError> {
                Ok(self.map(|reference| reference.0))
            }
        }

        /// Where the contract demands what some objects do not have.
        impl<T: Entity<Key = $key>> Answer<$key> for Option<Ref<T>> {
            fn answer(&mut self) -> Result<$key, ApiError> {
                Ok(self.map(|reference| reference.0).unwrap_or_default())
            }
        }

        impl<T: Entity<Key = $key>> Answer<Vec<$key>> for Many<T> {
            fn answer(&mut self) -> Result<Vec<$key>, ApiError> {
                Ok(self.keys.take().unwrap_or_default())
            }
        }
    };
}

references!(Uuid, uuids);
references!(i64, integers);

impl Put<String> for Timespan {
    fn put(&mut self, text: String, field: &'static str, to: &mut Writer) {
        if duration::parse(&text).is_none() {
            to.errors.add(field, format!("{text} is not in the correct format of 'hours=3;minutes=1'."));
        }
        self.0 = text;
    }
}

impl Put<String> for Expression {
    fn put(&mut self, text: String, field: &'static str, to: &mut Writer) {
        if text != self.0
            && let Err(error) = expression::check(&text)
        {
            to.errors.add(field, format!("Expression Syntax Error: {error}"));
        }
        self.0 = text;
    }
}

impl Put<String> for Secret {
    fn put(&mut self, text: String, _: &'static str, _: &mut Writer) {
        self.0 = text;
    }
}

impl Put<Option<String>> for Secret {
    fn put(&mut self, text: Option<String>, _: &'static str, _: &mut Writer) {
        self.0 = text.unwrap_or_default();
    }
}

impl Put<String> for SharedSecret {
    fn put(&mut self, text: String, _: &'static str, _: &mut Writer) {
        self.0 = text;
    }
}

impl Put<Value> for SecretJson {
    fn put(&mut self, value: Value, _: &'static str, _: &mut Writer) {
        self.0 = value;
    }
}

impl Put<Map<String, Value>> for SecretJson {
    fn put(&mut self, value: Map<String, Value>, _: &'static str, _: &mut Writer) {
        self.0 = Value::Object(value);
    }
}

impl Put<Option<String>> for Managed {
    fn put(&mut self, name: Option<String>, field: &'static str, to: &mut Writer) {
        if name != self.0 && name.as_deref().is_some_and(names::is_kept_managed) {
            to.kept.push(field);
        }
        self.0 = name;
    }
}

impl Put<Map<String, Value>> for Value {
    fn put(&mut self, value: Map<String, Value>, _: &'static str, _: &mut Writer) {
        *self = Value::Object(value);
    }
}

impl<E: Serialize> Put<Vec<E>> for Value {
    fn put(&mut self, list: Vec<E>, field: &'static str, to: &mut Writer) {
        match serde_json::to_value(list) {
            Ok(list) => *self = list,
            Err(error) => to.errors.add(field, error.to_string()),
        }
    }
}

/// A field of a row that holds the value of an enum.
pub trait Choice<E> {
    /// Takes a value.
    fn choose(&mut self, value: E);

    /// The value.
    ///
    /// # Errors
    /// 500 when the database holds something that is not in the contract.
    fn chosen(&self) -> Result<E, ApiError>;
}

impl<E: Display + FromStr> Choice<E> for String {
    fn choose(&mut self, value: E) {
        *self = value.to_string();
    }

    fn chosen(&self) -> Result<E, ApiError> {
        parse(self)
    }
}

impl<E: Display + FromStr> Choice<Option<E>> for Option<String> {
    fn choose(&mut self, value: Option<E>) {
        *self = value.map(|value| value.to_string());
    }

    fn chosen(&self) -> Result<Option<E>, ApiError> {
        self.as_deref().map(parse).transpose()
    }
}

/// Some numbers are texts to clients.
impl<E: Display + FromStr> Choice<E> for i64 {
    fn choose(&mut self, value: E) {
        *self = value.to_string().parse().unwrap_or(*self);
    }

    fn chosen(&self) -> Result<E, ApiError> {
        parse(&self.to_string())
    }
}

/// Takes values out of a row, which is used up by that.
#[derive(Debug, Clone, Copy)]
pub struct Reader;

impl Reader {
    /// The value of a field.
    ///
    /// # Errors
    /// 500 when the database holds something that is not in the contract.
    #[allow(clippy::unused_self, reason = "the counterpart of the writer, for the generated code")]
    pub fn take<T>(self, place: &mut impl Answer<T>) -> Result<T, ApiError> {
        place.answer()
    }

    /// The value of a field that holds one of an enum.
    ///
    /// # Errors
    /// As [`Reader::take`].
    #[allow(clippy::unused_self, reason = "the counterpart of the writer, for the generated code")]
    pub fn choice<T>(self, place: &mut impl Choice<T>) -> Result<T, ApiError> {
        place.chosen()
    }
}

/// A field of a row that has a value for an answer.
pub trait Answer<T> {
    /// Takes the value.
    ///
    /// # Errors
    /// 500 when the database holds something that is not in the contract.
    fn answer(&mut self) -> Result<T, ApiError>;
}

impl<T: Default> Answer<T> for T {
    fn answer(&mut self) -> Result<T, ApiError> {
        Ok(std::mem::take(self))
    }
}

/// Where the contract demands what some objects do not have.
impl Answer<String> for Option<String> {
    fn answer(&mut self) -> Result<String, ApiError> {
        Ok(self.take().unwrap_or_default())
    }
}

impl Answer<String> for &'static str {
    fn answer(&mut self) -> Result<String, ApiError> {
        Ok((*self).to_owned())
    }
}

impl Answer<String> for Timespan {
    fn answer(&mut self) -> Result<String, ApiError> {
        self.0.answer()
    }
}

impl Answer<String> for Expression {
    fn answer(&mut self) -> Result<String, ApiError> {
        self.0.answer()
    }
}

impl Answer<String> for SharedSecret {
    fn answer(&mut self) -> Result<String, ApiError> {
        self.0.answer()
    }
}

impl Answer<Value> for SecretJson {
    fn answer(&mut self) -> Result<Value, ApiError> {
        self.0.answer()
    }
}

impl Answer<Map<String, Value>> for SecretJson {
    fn answer(&mut self) -> Result<Map<String, Value>, ApiError> {
        self.0.answer()
    }
}

impl Answer<Option<String>> for Managed {
    fn answer(&mut self) -> Result<Option<String>, ApiError> {
        self.0.answer()
    }
}

/// Anything else that may be stored counts as empty.
impl Answer<Map<String, Value>> for Value {
    fn answer(&mut self) -> Result<Map<String, Value>, ApiError> {
        Ok(match self.take() {
            Value::Object(map) => map,
            _ => Map::new(),
        })
    }
}

impl<E: DeserializeOwned> Answer<Vec<E>> for Value {
    fn answer(&mut self) -> Result<Vec<E>, ApiError> {
        serde_json::from_value(self.take())
            .map_err(|e| ApiError::Internal(format!("a stored list does not decode: {e}")))
    }
}

/// A model that has no empty value, for one answer.
#[derive(Debug)]
pub struct Held<T>(pub Option<T>);

impl<T> Answer<T> for Held<T> {
    fn answer(&mut self) -> Result<T, ApiError> {
        self.0.take().ok_or_else(|| ApiError::Internal("a part of an answer is missing".into()))
    }
}
