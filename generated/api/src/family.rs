//! What all resource families share: seven standard operations, and lists that are filtered by name.
//!
//! A family is a type ([`Family`]), generated for each. A server says for the families that it stores how it does so, and
//! implements [`Standard`] once for all of them; the methods of the families' traits then have default bodies.

use crate::{ApiError, PageQuery, Unchecked, models, schema::Schema};
use chrono::{DateTime, NaiveDate, Utc};
use models::Page;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use uuid::Uuid;

/// A resource family: the types of its contract.
pub trait Family: Sized + Send + Sync + 'static {
    /// What the path calls an object by.
    type Key: Clone + Send + Sync;
    /// The parameters of the list.
    type Params: Filters;
    /// What all bodies can be turned into: the body of PATCH, or else the only one there is.
    type Patch: DeserializeOwned + Send;
    /// An object as it is answered.
    type Answer: Serialize + Send;

    /// Its name: `core_brands`.
    const NAME: &'static str;
    /// The shapes of the body that creates an object and of the one that changes one, if objects can be created.
    const BODIES: Option<(&'static Schema, &'static Schema)>;
}

/// The standard operations of a family. Errors are those of the operations of the contract.
pub trait Standard<F: Family>: Send {
    /// One page of objects.
    fn list(&mut self, params: F::Params) -> impl Future<Output = Result<Page<F::Answer>, ApiError>> + Send;

    /// Makes an object.
    fn create<B: Into<F::Patch> + Send>(
        &mut self,
        body: Unchecked<B>,
    ) -> impl Future<Output = Result<F::Answer, ApiError>> + Send;

    /// Reads an object.
    fn retrieve(&mut self, key: F::Key) -> impl Future<Output = Result<F::Answer, ApiError>> + Send;

    /// Changes an object, as a whole (PUT) or in parts (PATCH).
    fn update<B: Into<F::Patch> + Send>(
        &mut self,
        key: F::Key,
        body: Unchecked<B>,
    ) -> impl Future<Output = Result<F::Answer, ApiError>> + Send;

    /// Deletes an object.
    fn destroy(&mut self, key: F::Key) -> impl Future<Output = Result<(), ApiError>> + Send;

    /// What refers to an object.
    fn used_by(&mut self, key: F::Key) -> impl Future<Output = Result<Vec<models::UsedBy>, ApiError>> + Send;
}

/// In place of a type that a family does not have. There is no value of it.
#[derive(Debug, Clone, Deserialize)]
pub enum Absent {}

/// The parameters of a list: the page, and filters by name.
pub trait Filters: Send + Sync {
    /// The names of all filters.
    const NAMES: &'static [&'static str];

    /// Which part of the list.
    fn page(&self) -> &PageQuery;

    /// The filters that were sent.
    fn sought(&self) -> Vec<(&'static str, Sought)>;
}

impl Filters for Absent {
    const NAMES: &'static [&'static str] = &[];

    fn page(&self) -> &PageQuery {
        match *self {}
    }

    fn sought(&self) -> Vec<(&'static str, Sought)> {
        match *self {}
    }
}

/// What a filter looks for. Values of enums are texts.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs, reason = "variants are called as what they hold")]
pub enum Sought {
    Boolean(bool),
    Integer(i64),
    Number(f64),
    Text(String),
    Uuid(Uuid),
    DateTime(DateTime<Utc>),
    Date(NaiveDate),
    /// Any of several.
    Any(Vec<Sought>),
}

/// A value of a query.
pub trait Seek {
    /// What it looks for, if anything.
    fn seek(&self) -> Option<Sought>;
}

/// Values of these types, which all are one variant of [`Sought`].
macro_rules! seek {
    ($($type:ty => $variant:ident),* $(,)?) => { $(
        impl Seek for $type {
            fn seek(&self) -> Option<Sought> {
                Some(Sought::$variant(self.clone()))
            }
        }
    )* };
}

seek! {
    bool => Boolean,
    i64 => Integer,
    f64 => Number,
    String => Text,
    Uuid => Uuid,
    DateTime<Utc> => DateTime,
    NaiveDate => Date,
}

impl<T: Seek> Seek for Option<T> {
    fn seek(&self) -> Option<Sought> {
        self.as_ref()?.seek()
    }
}

impl<T: Seek> Seek for Vec<T> {
    fn seek(&self) -> Option<Sought> {
        let values: Vec<Sought> = self.iter().filter_map(Seek::seek).collect();
        if values.is_empty() { None } else { Some(Sought::Any(values)) }
    }
}

/// The filters of a list, being collected.
#[derive(Debug, Default)]
pub struct SoughtAll(Vec<(&'static str, Sought)>);

impl SoughtAll {
    /// Adds a filter, if its parameter was sent.
    pub fn add(&mut self, name: &'static str, value: &impl Seek) {
        self.0.extend(value.seek().map(|sought| (name, sought)));
    }
}

impl From<SoughtAll> for Vec<(&'static str, Sought)> {
    fn from(all: SoughtAll) -> Self {
        all.0
    }
}
