//! The filters of lists, by their names.
//!
//! A filter is called as the field that it compares, `name`; as a field of the object that a field refers to,
//! `user__username`; or as a many-to-many field, `property_mappings`. `__iexact` behind it says that upper and lower case
//! are alike, `__icontains` that a part is enough besides, `__isnull` asks whether there is a value. Objects that are asked for by their key must exist.

use super::context::Context;
#[cfg(test)]
use super::resource::Resource;
use crate::store::{Entity, dialect, query};
use sea_query::{Expr, ExprTrait, Query, SelectStatement, Value};
use std::fmt::Display;
use uuid::Uuid;
#[cfg(test)]
use vestibule_api::Filters;
use vestibule_api::{ApiError, Errors, Sought};

/// Values of a filter that must exist.
#[derive(Debug)]
pub enum Choices {
    /// The key of an object of this table.
    Key(&'static str, Uuid),
    /// Keys of objects of this table.
    Keys(&'static str, Vec<Uuid>),
    /// Texts, of those that this statement gives.
    Texts(Box<SelectStatement>, Vec<String>),
}

/// How values are compared.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Comparison {
    Equal,
    IgnoringCase,
    Containing,
    IsNull,
}

/// The filters of a family that neither compare a field nor are its own.
#[cfg(test)]
pub(super) fn unknown<R: Resource>() -> Vec<(&'static str, &'static str)> {
    let unknown = |name: &&str| !R::FILTERS.contains(name) && Filter::read::<R::Row>(name).is_none();
    R::Params::NAMES.iter().copied().filter(unknown).map(|name| (R::NAME, name)).collect()
}

/// Restricts a select to rows that fit a filter. `None` when there is no such field.
pub fn apply<E: Entity>(select: &mut SelectStatement, name: &str, sought: Sought) -> Option<Option<Choices>> {
    let filter = Filter::read::<E>(name)?;
    let choices = filter.choices::<E>(&sought);
    select.and_where(filter.condition(sought));
    Some(choices)
}

/// What a name says.
struct Filter {
    place: Place,
    comparison: Comparison,
    /// The table of the objects that values are keys of.
    target: Option<&'static str>,
}

type Column = (&'static str, &'static str);

/// What is compared.
#[derive(Clone, Copy)]
enum Place {
    /// A column.
    Own(Column),
    /// A column of the row that a column refers to by its key.
    Beyond { from: Column, key: Column, column: Column },
    /// The other sides of a many-to-many table, and its owner column beside the key.
    Linked { key: Column, owner: Column, other: Column },
}

impl Filter {
    fn read<E: Entity>(name: &str) -> Option<Self> {
        let (path, comparison) = match name.rsplit_once("__") {
            Some((path, "iexact")) => (path, Comparison::IgnoringCase),
            Some((path, "icontains")) => (path, Comparison::Containing),
            Some((path, "isnull")) => (path, Comparison::IsNull),
            _ => (name, Comparison::Equal),
        };
        let key = (E::TABLE, E::KEY);
        let (place, target) = if let Some((reference, field)) = path.split_once("__") {
            let from = E::column(reference)?;
            let target = (from.refers?)();
            let from = (from.table, from.name);
            if field == target.called || field == target.key {
                (Place::Own(from), None)
            } else {
                let column = (target.column)(field)?;
                let key = (target.table, target.key);
                (Place::Beyond { from, key, column: (column.table, column.name) }, None)
            }
        } else if let Some(column) = E::column(path) {
            let target = column.refers.filter(|_| comparison == Comparison::Equal).map(|target| target().table);
            (Place::Own((column.table, column.name)), target)
        } else if let Some(field) = E::link(path) {
            let (owner, other) = ((field.link.table, field.link.owner), (field.link.table, field.link.other));
            (Place::Linked { key, owner, other }, Some((field.target)().table))
        } else if path == E::CALLED {
            (Place::Own(key), None)
        } else {
            return None;
        };
        Some(Self { place, comparison, target })
    }

    fn choices<E: Entity>(&self, sought: &Sought) -> Option<Choices> {
        match (sought, self.target, self.place) {
            (Sought::Uuid(id), Some(table), _) => Some(Choices::Key(table, *id)),
            (Sought::Any(all), Some(table), _) => {
                let uuid = |sought: &Sought| if let Sought::Uuid(id) = sought { Some(*id) } else { None };
                Some(Choices::Keys(table, all.iter().filter_map(uuid).collect()))
            }
            (Sought::Any(all), None, Place::Own(column)) => {
                let text = |sought: &Sought| if let Sought::Text(text) = sought { Some(text.clone()) } else { None };
                let mut known = E::select();
                known.clear_selects().column(column).and_where(self.compare(column, sought.clone()));
                Some(Choices::Texts(Box::new(known), all.iter().filter_map(text).collect()))
            }
            _ => None,
        }
    }

    fn condition(&self, sought: Sought) -> Expr {
        let subquery = |select: Column, compared: Column, sought| {
            let mut keys = Query::select();
            keys.column(select).from(select.0).and_where(self.compare(compared, sought));
            keys
        };
        match self.place {
            Place::Own(column) => self.compare(column, sought),
            Place::Beyond { from, key, column } => Expr::col(from).in_subquery(subquery(key, column, sought)),
            Place::Linked { key, owner, .. } if self.comparison == Comparison::IsNull => {
                let linked = Query::select().column(owner).from(owner.0).take();
                let none = matches!(sought, Sought::Boolean(true));
                if none { Expr::col(key).not_in_subquery(linked) } else { Expr::col(key).in_subquery(linked) }
            }
            Place::Linked { key, owner, other } => Expr::col(key).in_subquery(subquery(owner, other, sought)),
        }
    }

    fn compare(&self, column: Column, sought: Sought) -> Expr {
        let column = Expr::col(column);
        match (sought, self.comparison) {
            (Sought::Boolean(true), Comparison::IsNull) => column.is_null(),
            (_, Comparison::IsNull) => column.is_not_null(),
            (Sought::Any(all), _) => column.is_in(padded(all).into_iter().map(value)),
            (Sought::Text(text), Comparison::IgnoringCase) => dialect::equals(column, &text),
            (Sought::Text(text), Comparison::Containing) => dialect::contains(column, &text),
            (one, _) => column.eq(value(one)),
        }
    }
}

/// Values for a condition that any of them, or all of them, fulfil: the last one once more, until there are as many as a
/// power of two. So there are few statements of different length, and databases may keep them prepared.
pub fn padded<T: Clone>(mut values: Vec<T>) -> Vec<T> {
    if let Some(last) = values.last().cloned() {
        values.resize(values.len().next_power_of_two(), last);
    }
    values
}

/// A value for SQL.
fn value(sought: Sought) -> Value {
    match sought {
        Sought::Boolean(value) => value.into(),
        Sought::Integer(value) => value.into(),
        Sought::Number(value) => value.into(),
        Sought::Text(value) => value.into(),
        Sought::Uuid(value) => value.into(),
        Sought::DateTime(value) => value.into(),
        Sought::Date(value) => value.into(),
        // There are no lists of lists.
        Sought::Any(_) => Value::Bool(None),
    }
}

impl Choices {
    /// Adds an error for values that do not exist, under the name of the filter.
    ///
    /// # Errors
    /// When the statement fails.
    pub async fn check(self, ctx: &mut Context, errors: &mut Errors, name: &str) -> Result<(), ApiError> {
        match self {
            Self::Key(table, id) => {
                if query::existing(&mut ctx.db, table, "id", [id]).await?.is_empty() {
                    errors.add(name, "Select a valid choice. That choice is not one of the available choices.");
                }
            }
            Self::Keys(table, ids) => {
                let found = query::existing(&mut ctx.db, table, "id", padded(ids.clone())).await?;
                missing(errors, name, &ids, &found);
            }
            Self::Texts(known, texts) => {
                let known: Vec<(String,)> = ctx.db.all(&*known).await?;
                let known: Vec<String> = known.into_iter().map(|(text,)| text).collect();
                missing(errors, name, &texts, &known);
            }
        }
        Ok(())
    }
}

/// Adds an error for every value that was asked for and not found, in the reference's words.
pub fn missing<T: PartialEq + Display>(errors: &mut Errors, name: &str, asked: &[T], found: &[T]) {
    for value in asked.iter().filter(|value| !found.contains(value)) {
        errors.add(name, format!("Select a valid choice. {value} is not one of the available choices."));
    }
}

#[cfg(test)]
mod tests {
    use super::padded;
    use std::collections::BTreeSet;
    use vestibule_api::limits::FILTER_VALUES;

    #[test]
    fn conditions_have_one_of_a_few_lengths() {
        let lengths: BTreeSet<usize> = (0..=FILTER_VALUES).map(|number| padded(vec![7; number]).len()).collect();
        assert_eq!(lengths.len(), 10, "none, and the powers of two up to 256");
        assert_eq!(padded(vec![1, 2, 3]), [1, 2, 3, 3]);
    }
}
