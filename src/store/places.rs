//! What is remembered of lists while the database does not change: how many rows they have, and where pages begin.

use super::list::Term;
use aws_lc_rs::digest::{Context, SHA256};
use sea_query::{Value, Values};
use std::{
    any::TypeId,
    collections::{BTreeMap, HashMap},
    fmt::Debug,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// How many lists are remembered. There are as many as different filters.
const LISTS: usize = 1_000;

/// How many beginnings of pages are remembered, of all lists together.
const PLACES: usize = 10_000;

/// What tells a list from others, but for its order.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Key {
    /// All rows of a type.
    All(TypeId),
    /// What a statement counts: the hash of its text and values, as both may be long.
    Counted([u8; 32]),
}

impl Key {
    pub(super) fn counted(text: &str, values: &Values) -> Self {
        let mut hash = Context::new(&SHA256);
        hash.update(text.as_bytes());
        // Nothing that a text may hold: what follows are values.
        hash.update(&[0]);
        hash.update(format!("{values:?}").as_bytes());
        let mut key = [0; 32];
        key.copy_from_slice(hash.finish().as_ref());
        Self::Counted(key)
    }
}

/// How long a text is, in bytes, by which a place is remembered.
const LONGEST: usize = 256;

/// The values by which the last row before a page stands where it does.
pub(super) type Place = Vec<Value>;

/// Lists, each as it was in some state of the database. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Lists<Version = String>(Arc<Mutex<Inner<Version>>>);

#[derive(Debug)]
struct Inner<Version> {
    lists: HashMap<Key, Known<Version>>,
    /// How many places are remembered; more than there are, once lists have been forgotten.
    places: usize,
}

#[derive(Debug)]
struct Known<Version> {
    version: Version,
    total: i64,
    /// For each order: the numbers of the rows that pages begin with.
    orders: Vec<(Vec<Term>, BTreeMap<i64, Place>)>,
}

impl<Version> Default for Lists<Version> {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(Inner { lists: HashMap::new(), places: 0 })))
    }
}

impl<Version: PartialEq + Clone> Lists<Version> {
    fn inner(&self) -> MutexGuard<'_, Inner<Version>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The number of rows when somebody last looked, and the state at that time.
    pub(super) fn latest(&self, key: &Key) -> Option<(Version, i64)> {
        self.inner().lists.get(key).map(|known| (known.version.clone(), known.total))
    }

    /// The number of rows in this state.
    pub(super) fn total(&self, key: &Key, version: &Version) -> Option<i64> {
        self.inner().lists.get(key).filter(|known| known.version == *version).map(|known| known.total)
    }

    /// Remembers the number of rows in a state.
    pub(super) fn set_total(&self, key: Key, version: Version, total: i64) {
        let mut inner = self.inner();
        if inner.lists.len() >= LISTS {
            inner.lists.retain(|_, known| known.version == version);
        }
        if inner.lists.len() < LISTS {
            inner.lists.insert(key, Known { version, total, orders: vec![] });
        }
    }

    /// The last beginning that is known in this state at a row or before it, with the number of its row; and whether the
    /// one at the `next` row is known as well.
    pub(super) fn place(
        &self,
        key: &Key,
        version: &Version,
        order: &[Term],
        row: i64,
        next: Option<i64>,
    ) -> (Option<(i64, Place)>, bool) {
        let inner = self.inner();
        let known = inner.lists.get(key).filter(|known| known.version == *version);
        let known = known.and_then(|known| known.orders.iter().find(|(of, _)| of == order));
        let Some((_, places)) = known else { return (None, false) };
        let place = places.range(..=row).next_back().map(|(row, place)| (*row, place.clone()));
        (place, next.is_some_and(|next| places.contains_key(&next)))
    }

    /// Remembers what comes before a row in a state.
    pub(super) fn set_place(&self, key: &Key, version: &Version, order: &[Term], row: i64, place: Place) {
        let long = |value: &Value| matches!(value, Value::String(Some(text)) if text.len() > LONGEST);
        if place.iter().any(long) {
            return;
        }
        let mut inner = self.inner();
        if inner.places >= PLACES {
            inner.lists.values_mut().for_each(|known| known.orders.clear());
            inner.places = 0;
        }
        let Some(known) = inner.lists.get_mut(key).filter(|known| known.version == *version) else { return };
        let places = match known.orders.iter().position(|(of, _)| of == order) {
            Some(at) => &mut known.orders[at].1,
            None => &mut known.orders.push_mut((order.to_vec(), BTreeMap::new())).1,
        };
        inner.places += usize::from(places.insert(row, place).is_none());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(name: &str) -> Key {
        Key::counted(name, &Values(vec![]))
    }

    #[test]
    fn a_number_holds_for_its_state_only() {
        let lists = Lists::default();
        let (a, b) = (key("a"), key("b"));
        lists.set_total(a.clone(), 1, 10);
        assert_eq!((lists.total(&a, &1), lists.total(&a, &2), lists.total(&b, &1)), (Some(10), None, None));
        lists.set_total(a.clone(), 2, 11);
        assert_eq!((lists.total(&a, &1), lists.latest(&a)), (None, Some((2, 11))));
    }

    #[test]
    fn old_lists_make_room() {
        let lists = Lists::default();
        (0..LISTS).for_each(|n| lists.set_total(key(&n.to_string()), 1, 0));
        lists.set_total(key("one too many"), 1, 0);
        assert_eq!(lists.latest(&key("one too many")), None);
        lists.set_total(key("of a new state"), 2, 5);
        assert_eq!((lists.total(&key("of a new state"), &2), lists.latest(&key("1"))), (Some(5), None));
    }

    #[test]
    fn the_nearest_place_before_a_row_is_found() {
        let lists = Lists::default();
        let up = [Term { column: ("users", "id"), descending: false }];
        let down = [Term { column: ("users", "id"), descending: true }];
        let users = key("users");
        let set = |version: i32, row: i64| lists.set_place(&users, &version, &up, row, vec![row.into()]);
        let place = |version: i32, order, row| {
            let (place, known) = lists.place(&users, &version, order, row, Some(row));
            assert_eq!(known, place.as_ref().is_some_and(|(at, _)| *at == row));
            place.map(|(row, _)| row)
        };
        set(1, 20);
        assert_eq!(place(1, &up, 20), None, "nobody knows the list");
        lists.set_total(users.clone(), 1, 100);
        set(1, 20);
        set(1, 60);
        assert_eq!([19, 20, 59, 60, 99].map(|row| place(1, &up, row)), [None, Some(20), Some(20), Some(60), Some(60)]);
        assert_eq!((place(1, &down, 60), place(2, &up, 60)), (None, None));
        lists.set_total(users.clone(), 2, 99);
        assert_eq!(place(2, &up, 60), None);
    }

    #[test]
    fn lists_differ_by_text_and_values() {
        let of = |text, values: &[&str]| Key::counted(text, &Values(values.iter().map(|v| (*v).into()).collect()));
        assert_eq!(of("a", &["b", "c"]), of("a", &["b", "c"]));
        assert_ne!(of("a", &["b", "c"]), of("a", &["bc"]));
        assert_ne!(of("a", &["b"]), of("ab", &[]));
    }

    #[test]
    fn places_by_long_texts_are_not_remembered() {
        let lists = Lists::default();
        let order = [Term { column: ("users", "name"), descending: false }];
        lists.set_total(key("users"), 1, 100);
        for (row, length) in [(20, LONGEST), (40, LONGEST + 1)] {
            lists.set_place(&key("users"), &1, &order, row, vec!["x".repeat(length).into()]);
        }
        let (place, next) = lists.place(&key("users"), &1, &order, 40, Some(40));
        assert_eq!((place.map(|(row, _)| row), next), (Some(20), false));
    }

    #[test]
    fn places_do_not_fill_the_memory() {
        let lists = Lists::default();
        let order = [Term { column: ("users", "id"), descending: false }];
        lists.set_total(key("users"), 1, i64::MAX);
        let rows = || 0..=i64::try_from(PLACES).unwrap();
        rows().for_each(|row| lists.set_place(&key("users"), &1, &order, row, vec![]));
        let known = rows().filter(|row| lists.place(&key("users"), &1, &order, *row, Some(*row)).1).count();
        assert_eq!(known, 1, "only the last");
    }
}
