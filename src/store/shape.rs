//! The text of statements, kept by what it depends on.
//!
//! Building a statement, writing it out and dropping it takes longer than SQLite takes to read a row by its key, and most
//! statements of a server differ from earlier ones in their values only. So a statement may say what its text depends
//! on, its [`Shape`], and is built only when no text of that shape is known. In a debug build it is built every time and
//! compared with what was known, so that tests find a shape that says too little.

use super::{DbError, postgres};
use sea_query::{QueryStatementWriter, SqliteQueryBuilder, Value, Values};
use std::{
    any::TypeId,
    collections::HashMap,
    sync::{Arc, LazyLock, PoisonError, RwLock},
};

/// How many texts are kept. A server has some hundred shapes, and more where they say how many values there are.
const CAPACITY: usize = 1_000;

/// How long a text is that is kept, in bytes. A statement with more values than that holds takes its time anyway.
const LONGEST: usize = 4_096;

static TEXTS: LazyLock<RwLock<HashMap<Shape, Arc<str>>>> = LazyLock::new(RwLock::default);

/// Something that a connection can run.
pub trait Statement: Send {
    /// The statement in the words of one of the databases, and its values in their order.
    ///
    /// # Errors
    /// When it is not of the shape that it says.
    fn write(self, postgres: bool) -> Result<(Arc<str>, Values), DbError>;
}

impl<S: QueryStatementWriter + Sync> Statement for &S {
    fn write(self, postgres: bool) -> Result<(Arc<str>, Values), DbError> {
        let (text, values) = build(self, postgres);
        Ok((text.into(), values))
    }
}

impl<S: QueryStatementWriter + Send> Statement for &mut S {
    fn write(self, postgres: bool) -> Result<(Arc<str>, Values), DbError> {
        let (text, values) = build(self, postgres);
        Ok((text.into(), values))
    }
}

/// A statement that is written already.
impl Statement for (Arc<str>, Values) {
    fn write(self, _: bool) -> Result<(Arc<str>, Values), DbError> {
        Ok(self)
    }
}

fn build(statement: &impl QueryStatementWriter, postgres: bool) -> (String, Values) {
    if postgres { postgres::build(statement) } else { statement.build(SqliteQueryBuilder) }
}

/// What the text of a statement depends on.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Shape(Vec<Part>);

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Part {
    Name(&'static str),
    Type(TypeId),
    Number(u64),
}

impl Shape {
    /// A kind of statement, by a name that no other kind has.
    pub fn new(kind: &'static str) -> Self {
        Self(vec![Part::Name(kind)])
    }

    /// The statement is about rows of this type.
    #[must_use]
    pub fn of<T: 'static>(mut self) -> Self {
        self.0.push(Part::Type(TypeId::of::<T>()));
        self
    }

    /// The name of a table or column in it.
    #[must_use]
    pub fn name(mut self, name: &'static str) -> Self {
        self.0.push(Part::Name(name));
        self
    }

    /// How many there are of something in it, or which of some forms it has.
    #[must_use]
    pub fn number(mut self, number: usize) -> Self {
        self.0.push(Part::Number(number as u64));
        self
    }

    /// A statement of this shape with its values, in the order in which it names them, and how it is built from them.
    pub fn with<B, S>(self, values: Vec<Value>, build: B) -> Shaped<B>
    where
        B: FnOnce(&[Value]) -> S,
    {
        Shaped { shape: self, values, build }
    }
}

/// A statement whose text may be known. Made by [`Shape::with`].
#[derive(Debug)]
pub struct Shaped<B> {
    shape: Shape,
    values: Vec<Value>,
    build: B,
}

impl<B, S> Statement for Shaped<B>
where
    B: FnOnce(&[Value]) -> S + Send,
    S: QueryStatementWriter,
{
    fn write(self, postgres: bool) -> Result<(Arc<str>, Values), DbError> {
        let Self { mut shape, mut values, build: make } = self;
        shape.0.push(Part::Number(postgres.into()));
        if postgres {
            // Limits stand in the text there.
            shape.0.extend(values.iter().filter_map(limit).map(Part::Number));
        }
        let known = TEXTS.read().unwrap_or_else(PoisonError::into_inner).get(&shape).cloned();
        let made = if known.is_none() || cfg!(debug_assertions) { Some(build(&make(&values), postgres)) } else { None };
        if postgres {
            values.retain(|value| limit(value).is_none());
        }
        let values = Values(values);
        match (known, made) {
            (Some(text), None) => Ok((text, values)),
            (Some(text), Some(made)) if (&*text, &values) == (&made.0, &made.1) => Ok((text, values)),
            (None, Some((text, same))) if values == same => {
                let text: Arc<str> = text.into();
                if text.len() <= LONGEST {
                    let mut texts = TEXTS.write().unwrap_or_else(PoisonError::into_inner);
                    if texts.len() >= CAPACITY {
                        texts.clear();
                    }
                    texts.insert(shape, text.clone());
                }
                Ok((text, values))
            }
            (_, made) => Err(DbError::Other(format!("a statement is not of its shape {shape:?}: {made:?}"))),
        }
    }
}

/// The number of a limit or offset, the only unsigned ones there are.
fn limit(value: &Value) -> Option<u64> {
    if let Value::BigUnsigned(number) = value { *number } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sea_query::{Expr, ExprTrait, Query, SelectStatement};

    fn find(kind: &'static str, value: i64, size: u64) -> Result<(Arc<str>, Values), DbError> {
        let shape = Shape::new(kind).name("id");
        let select = |values: &[Value]| -> SelectStatement {
            let size = values.last().and_then(limit).unwrap_or_default();
            let mut select = Query::select();
            select.column("name").from("users").and_where(Expr::col("id").eq(values[0].clone())).limit(size);
            select
        };
        shape.with(vec![value.into(), size.into()], select).write(kind.contains("postgres"))
    }

    #[test]
    fn statements_of_a_shape_share_their_text() {
        let (first, values) = find("shape", 1, 20).unwrap();
        assert_eq!(&*first, r#"SELECT "name" FROM "users" WHERE "id" = ? LIMIT ?"#);
        assert_eq!(values, Values(vec![1_i64.into(), 20_u64.into()]));
        let (second, values) = find("shape", 2, 30).unwrap();
        assert!(Arc::ptr_eq(&first, &second));
        assert_eq!(values, Values(vec![2_i64.into(), 30_u64.into()]));
    }

    #[test]
    fn limits_belong_to_the_shape_where_they_stand_in_the_text() {
        let (first, values) = find("shape in postgres", 1, 20).unwrap();
        assert_eq!(&*first, r#"SELECT "name" FROM "users" WHERE "id" = $1 LIMIT 20"#);
        assert_eq!(values, Values(vec![1_i64.into()]));
        assert_ne!(find("shape in postgres", 1, 30).unwrap().0, first);
        assert!(Arc::ptr_eq(&find("shape in postgres", 2, 20).unwrap().0, &first));
    }

    #[test]
    fn a_shape_that_says_too_little_is_found() {
        let by = |column: &'static str, values: Vec<Value>| {
            let select = |_: &[Value]| {
                Query::select().column("name").from("users").and_where(Expr::col(column).eq(1_i64)).to_owned()
            };
            Shape::new("too little").with(values, select).write(false)
        };
        assert!(by("id", vec![]).is_err(), "a value is missing");
        assert!(by("id", vec![1_i64.into()]).is_ok());
        assert!(by("number", vec![1_i64.into()]).is_err(), "the text is another");
    }
}
