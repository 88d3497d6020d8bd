//! As much of the runtime of `vestibule-api` as generated code needs to compile. Only `std`, so that a test can also
//! hand it to the compiler alone.

#![allow(
    dead_code,
    missing_docs,
    unreachable_pub,
    unused_imports,
    unused_variables,
    reason = "stands in for the real runtime"
)]

use std::{marker::PhantomData, pin::Pin};

pub use schema::{Field, Format, Schema};

pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

#[derive(Debug)]
pub struct ApiError;

#[derive(Debug, Default)]
pub struct Input {
    pub path: Vec<String>,
    pub query: Vec<(String, String)>,
    pub body: Body,
}

#[derive(Debug, Default)]
pub struct Body;

#[derive(Debug)]
pub enum Output {
    Empty,
    Json,
    File,
}

#[derive(Debug)]
pub struct Unchecked<T>(PhantomData<fn() -> T>);

impl<T> Unchecked<T> {
    pub fn new(body: Body, schema: &'static schema::Schema) -> Self {
        Self(PhantomData)
    }
}

#[derive(Debug, Default, Clone)]
pub struct PageQuery;

pub struct Query;

impl Query {
    pub fn new(pairs: &[(String, String)]) -> Self {
        Self
    }
    pub fn missing(name: &str) -> ApiError {
        ApiError
    }
    pub fn require(&mut self, name: &str, present: bool) {}
    pub fn finish(self) -> Result<(), ApiError> {
        Ok(())
    }
    pub fn page(&mut self) -> PageQuery {
        PageQuery
    }
    pub fn text(&mut self, name: &str) -> Option<String> {
        None
    }
    pub fn text_or_empty(&mut self, name: &str) -> Option<String> {
        None
    }
    pub fn boolean(&mut self, name: &str) -> Option<bool> {
        None
    }
    pub fn integer(&mut self, name: &str, relation: bool) -> Option<i64> {
        None
    }
    pub fn number(&mut self, name: &str) -> Option<f64> {
        None
    }
    pub fn uuid<T>(&mut self, name: &str, relation: bool) -> Option<T> {
        None
    }
    pub fn date_time<T>(&mut self, name: &str) -> Option<T> {
        None
    }
    pub fn date<T>(&mut self, name: &str) -> Option<T> {
        None
    }
    pub fn parsed<T>(&mut self, name: &str) -> Option<T> {
        None
    }
    pub fn choice(&mut self, name: &str, choices: &[&str]) -> Option<String> {
        None
    }
    pub fn text_list(&mut self, name: &str, commas: bool) -> Vec<String> {
        vec![]
    }
    pub fn integer_list(&mut self, name: &str, commas: bool, relation: bool) -> Vec<i64> {
        vec![]
    }
    pub fn uuid_list<T>(&mut self, name: &str, commas: bool, relation: bool) -> Vec<T> {
        vec![]
    }
    pub fn parsed_list<T>(&mut self, name: &str, commas: bool) -> Vec<T> {
        vec![]
    }
    pub fn choice_list(&mut self, name: &str, commas: bool, choices: &[&str]) -> Vec<String> {
        vec![]
    }
}

pub fn path_text(input: &mut Input, index: usize) -> Result<String, ApiError> {
    Err(ApiError)
}
pub fn path_integer(input: &mut Input, index: usize) -> Result<i64, ApiError> {
    Err(ApiError)
}
pub fn path_uuid<T>(input: &mut Input, index: usize) -> Result<T, ApiError> {
    Err(ApiError)
}
pub fn refuse<'a>(error: ApiError) -> BoxFuture<'a, Result<Output, ApiError>> {
    Box::pin(std::future::ready(Err(error)))
}
pub fn write_json<'a, T: 'a>(future: BoxFuture<'a, Result<T, ApiError>>) -> BoxFuture<'a, Result<Output, ApiError>> {
    Box::pin(async move { future.await.map(|_| Output::Json) })
}
pub fn write_nothing(future: BoxFuture<'_, Result<(), ApiError>>) -> BoxFuture<'_, Result<Output, ApiError>> {
    Box::pin(async move { future.await.map(|()| Output::Empty) })
}
pub fn write_file<'a, T: 'a>(future: BoxFuture<'a, Result<T, ApiError>>) -> BoxFuture<'a, Result<Output, ApiError>> {
    Box::pin(async move { future.await.map(|_| Output::File) })
}

#[derive(Debug)]
pub struct Operation {
    pub id: &'static str,
    pub method: http::Method,
    pub path: &'static str,
    pub tag: &'static str,
    pub resource: &'static str,
    pub action: &'static str,
    pub summary: &'static str,
    pub permission: Permission,
    pub success: u16,
    pub body: BodyKind,
    pub read_only: &'static [schema::Field],
}

#[derive(Debug)]
pub enum Permission {
    Anonymous,
    Authenticated,
    Superuser,
    Model(&'static [&'static str]),
}

#[derive(Debug)]
pub enum BodyKind {
    None,
    Json(&'static schema::Schema),
    Multipart(&'static schema::Schema),
}

pub struct Route<C> {
    pub operation: &'static Operation,
    pub call: for<'a> fn(&'a mut C, Input) -> BoxFuture<'a, Result<Output, ApiError>>,
}

pub mod http {
    #[allow(clippy::upper_case_acronyms, reason = "named like the constants of the real one")]
    #[derive(Debug)]
    pub enum Method {
        GET,
        POST,
        PUT,
        PATCH,
        DELETE,
    }
}

pub mod schema {
    #[derive(Debug)]
    pub enum Schema {
        Any,
        String { min: u32, max: u32, pattern: Option<&'static str>, format: Format },
        Enum(&'static [&'static str]),
        IntegerEnum(&'static [i64]),
        Integer { min: i64, max: i64 },
        Number { min: f64, max: f64 },
        Boolean,
        Array(&'static Schema),
        Map(&'static Schema),
        Object(&'static [Field]),
        Tagged { tag: &'static str, variants: &'static [(&'static str, &'static Schema)] },
        Sibling { tag: &'static str, variants: &'static [(&'static str, &'static Schema)] },
        TextOr(&'static Schema),
        Nullable(&'static Schema),
        File,
    }

    #[derive(Debug)]
    pub struct Field {
        pub name: &'static str,
        pub help: &'static str,
        pub required: bool,
        pub schema: &'static Schema,
    }

    #[derive(Debug)]
    pub enum Format {
        Text,
        Uuid,
        DateTime,
        Date,
        Uri,
        Email,
        Binary,
    }
}

#[derive(Debug)]
pub enum Absent {}

pub trait Family: Sized {
    type Key;
    type Params;
    type Patch;
    type Answer;
    const NAME: &'static str;
    const BODIES: Option<(&'static Schema, &'static Schema)>;
}

/// Pages and what refers to an object are whatever the caller wants: models are not known here.
pub trait Standard<F: Family>: Send {
    fn list<P>(&mut self, params: F::Params) -> impl Future<Output = Result<P, ApiError>> + Send;
    fn create<B>(&mut self, body: Unchecked<B>) -> impl Future<Output = Result<F::Answer, ApiError>> + Send;
    fn retrieve(&mut self, key: F::Key) -> impl Future<Output = Result<F::Answer, ApiError>> + Send;
    fn update<B>(
        &mut self,
        key: F::Key,
        body: Unchecked<B>,
    ) -> impl Future<Output = Result<F::Answer, ApiError>> + Send;
    fn destroy(&mut self, key: F::Key) -> impl Future<Output = Result<(), ApiError>> + Send;
    fn used_by<U>(&mut self, key: F::Key) -> impl Future<Output = Result<U, ApiError>> + Send;
}

pub trait Filters {
    const NAMES: &'static [&'static str];
    fn page(&self) -> &PageQuery;
    fn sought(&self) -> Vec<(&'static str, Sought)>;
}

#[derive(Debug)]
pub struct Sought;

#[derive(Debug, Default)]
pub struct SoughtAll(Vec<(&'static str, Sought)>);

impl SoughtAll {
    pub fn add<T>(&mut self, name: &'static str, value: &T) {
        self.0.push((name, Sought));
    }
}

impl From<SoughtAll> for Vec<(&'static str, Sought)> {
    fn from(all: SoughtAll) -> Self {
        all.0
    }
}
