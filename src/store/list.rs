//! Lists, page by page.
//!
//! A page is asked for by its number, and to find its first row a database has to pass all rows before it. So what comes
//! before a page is remembered: the last row of the page before, by the values that order it. While the database does not
//! change, the page begins after that row, and an index leads straight to it. The nearest beginning before the page will
//! do as well; the rows between are passed.

use super::{
    DbError, Entity, Shape, Statement,
    places::{Key, Place},
    row::{AnyRow, Cells},
};
use rusqlite::types::ValueRef;
use sea_query::{Expr, ExprTrait, Func, Order, Query, SelectStatement, Value, Values};
use sqlx::{Row as _, TypeInfo, ValueRef as _};
use std::{any::TypeId, marker::PhantomData, sync::Arc};

/// A column that orders a list, with its table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Term {
    /// The table and its column.
    pub column: (&'static str, &'static str),
    /// Whether the highest comes first.
    pub descending: bool,
}

impl Term {
    fn order(self) -> Order {
        if self.descending { Order::Desc } else { Order::Asc }
    }
}

/// All rows of a type for which some conditions hold, in an order.
#[derive(Debug)]
pub struct List<E> {
    conditions: SelectStatement,
    order: Vec<Term>,
    rows: PhantomData<fn() -> E>,
}

/// Some rows of a list: `size` of them, after passing `skip` of those that come after a place, or of all.
pub(super) struct Piece<'p> {
    pub(super) after: Option<&'p Place>,
    pub(super) skip: i64,
    pub(super) size: i64,
    pub(super) with: With,
}

/// What is asked for with each row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum With {
    /// Nothing.
    Nothing,
    /// Its place.
    Place,
    /// The state of the database, and its place.
    StateAndPlace,
}

/// Which transactions a statement sees: the same text, the same rows. PostgreSQL documentation, 9.27.8.
const STATE: &str = "pg_current_snapshot()::text";

/// Which rows of a list make up a page.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Window {
    /// How many rows come before it.
    pub offset: i64,
    /// How many it holds at most.
    pub size: i64,
}

impl Window {
    /// How many rows it holds of so many.
    pub(super) fn rows(self, total: i64) -> usize {
        usize::try_from(Ord::min(self.size, total - self.offset)).unwrap_or(0)
    }

    /// The number of the row after it, if there is one.
    pub(super) fn next(self, total: i64) -> Option<i64> {
        self.offset.checked_add(self.size).filter(|next| *next < total)
    }
}

impl<E: Entity> List<E> {
    /// A list with the conditions of this select, which names no columns, and no tables but those that it joins. The last
    /// column that orders it is a unique one.
    pub fn new(conditions: SelectStatement, order: Vec<Term>) -> Self {
        Self { conditions, order, rows: PhantomData }
    }

    /// By what it is ordered.
    pub(super) fn order(&self) -> &[Term] {
        &self.order
    }

    /// Whether pages can begin after a row. With more than one column before the unique one, a row that has nothing in the
    /// second would be lost.
    pub(super) fn has_places(&self) -> bool {
        matches!(self.order.len(), 1 | 2)
    }

    fn is_plain(&self) -> bool {
        self.conditions == Query::select()
    }

    fn select(&self) -> SelectStatement {
        let mut select = self.conditions.clone();
        E::columns(&mut select);
        select
    }

    /// What counts the rows, and says in which state of the database where that is asked for.
    pub(super) fn count(&self, postgres: bool, state: bool) -> Result<(Arc<str>, Values), DbError> {
        let build = || {
            let mut inner = self.select();
            inner.clear_selects().expr(Expr::cust("1"));
            let mut count = Query::select();
            count.expr(Func::count(Expr::col(sea_query::Asterisk))).from_subquery(inner, "counted");
            if state {
                count.expr(Expr::cust(STATE));
            }
            count
        };
        if self.is_plain() {
            let shape = Shape::new("count").of::<E>().number(state.into());
            return shape.with(vec![], |_| build()).write(postgres);
        }
        (&build()).write(postgres)
    }

    /// What tells it from other lists. Another order is the same list.
    pub(super) fn key(&self, count: &(Arc<str>, Values)) -> Key {
        if self.is_plain() { Key::All(TypeId::of::<E>()) } else { Key::counted(&count.0, &count.1) }
    }

    /// What reads some of the rows.
    pub(super) fn page(&self, postgres: bool, piece: &Piece<'_>) -> Result<(Arc<str>, Values), DbError> {
        let Piece { after, skip, size, with } = *piece;
        let keys_first = skip > passed(postgres);
        let build = |_: &[Value]| self.build_page(piece, keys_first);
        if !self.is_plain() {
            return (&build(&[])).write(postgres);
        }
        let mut shape = Shape::new("page").of::<E>().number(with as usize);
        shape = shape.number(after.is_some().into()).number(keys_first.into()).number((skip > 0).into());
        for Term { column: (table, column), descending } in &self.order {
            shape = shape.name(table).name(column).number((*descending).into());
        }
        let mut values = after.map_or_else(Vec::new, |place| self.after_values(place));
        values.push(size.unsigned_abs().into());
        if skip > 0 {
            values.push(skip.unsigned_abs().into());
        }
        shape.with(values, build).write(postgres)
    }

    fn build_page(&self, piece: &Piece<'_>, keys_first: bool) -> SelectStatement {
        let mut rows = self.select();
        if let Some(place) = piece.after {
            rows.and_where(self.after(place));
        }
        self.order_by(&mut rows);
        rows.limit(piece.size.unsigned_abs());
        if piece.skip > 0 {
            rows.offset(piece.skip.unsigned_abs());
        }
        if let (Some(key), true) = (self.order.last(), keys_first) {
            // Rows that are only passed are then read from an index, where there is one, and not from the table.
            let keys = rows.clear_selects().column(key.column).take();
            rows = self.select();
            rows.and_where(Expr::col(key.column).in_subquery(keys));
            self.order_by(&mut rows);
        }
        if piece.with == With::StateAndPlace {
            rows.expr(Expr::from(Query::select().expr(Expr::cust(STATE)).take()));
        }
        if piece.with != With::Nothing {
            rows.columns(self.order.iter().map(|term| term.column));
        }
        rows
    }

    fn order_by(&self, select: &mut SelectStatement) {
        for term in &self.order {
            select.order_by(term.column, term.order());
        }
    }

    /// The condition that a row comes after a place. Written so that an index on the first column is entered at the
    /// right row: it does not begin before that, and where it is equal, the key decides.
    fn after(&self, place: &Place) -> Expr {
        let column = |term: &Term| Expr::col(term.column);
        let beyond = |term: &Term, value: &Value| {
            if term.descending { column(term).lt(value.clone()) } else { column(term).gt(value.clone()) }
        };
        let from = |term: &Term, value: &Value| {
            if term.descending { column(term).lte(value.clone()) } else { column(term).gte(value.clone()) }
        };
        match (self.order.as_slice(), place.as_slice()) {
            ([first, key], [value, last]) => from(first, value).and(beyond(first, value).or(beyond(key, last))),
            ([key], [last]) => beyond(key, last),
            _ => Expr::val(1).eq(1),
        }
    }

    /// The values of [`List::after`] in their order.
    fn after_values(&self, place: &Place) -> Vec<Value> {
        match place.as_slice() {
            [value, last] => vec![value.clone(), value.clone(), last.clone()],
            _ => place.clone(),
        }
    }

    /// Where a row stands, by the columns that follow those of its own, or nothing for a row that has nothing there: where
    /// those stand, before or after all others, the databases do not agree.
    pub(super) fn place(&self, row: AnyRow<'_>, with: With) -> Option<Place> {
        let first = E::WIDTH + usize::from(with == With::StateAndPlace);
        (0..self.order.len()).map(|n| value(row, first + n)).collect()
    }
}

/// How many rows a page may pass before it pays to look up its keys first. SQLite reads of passed rows only what orders
/// them, and a second select costs it as much as some hundred of those; PostgreSQL computes them whole, with the selects
/// inside them.
fn passed(postgres: bool) -> i64 {
    if postgres { 0 } else { 400 }
}

/// A value of any of the types by which lists are ordered.
pub(super) fn value(row: AnyRow<'_>, column: usize) -> Option<Value> {
    match row.cells {
        Cells::Sqlite(row) => match row.get_ref(column).ok()? {
            ValueRef::Null => None,
            ValueRef::Integer(number) => Some(number.into()),
            ValueRef::Real(number) => Some(number.into()),
            ValueRef::Text(text) => Some(std::str::from_utf8(text).ok()?.into()),
            ValueRef::Blob(bytes) => Some(bytes.into()),
        },
        Cells::Postgres(row) => {
            let raw = row.try_get_raw(column).ok().filter(|raw| !raw.is_null())?;
            match raw.type_info().name() {
                "BOOL" => row.try_get::<bool, _>(column).ok().map(Into::into),
                "INT4" => row.try_get::<i32, _>(column).ok().map(Into::into),
                "INT8" => row.try_get::<i64, _>(column).ok().map(Into::into),
                "TEXT" => row.try_get::<String, _>(column).ok().map(Into::into),
                "UUID" => row.try_get::<uuid::Uuid, _>(column).ok().map(Into::into),
                "TIMESTAMPTZ" => row.try_get::<chrono::DateTime<chrono::Utc>, _>(column).ok().map(Into::into),
                // Comparing others may not be the same as ordering them.
                _ => None,
            }
        }
    }
}
