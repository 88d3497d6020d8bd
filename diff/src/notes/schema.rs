//! Comparison of schemas.

use super::{
    changed::{ChangedSchema, ChangedUnion, Growing, ListDiff, growing},
    deferred::{Builder, Deferred},
    hash_order,
    tree::{Side, Tree},
    tree_schema::{Additional, Id, Kind, Schema},
};
use indexmap::IndexMap;
use std::{
    cell::{Cell, RefCell},
    collections::{HashMap, HashSet, VecDeque},
    rc::Rc,
};

/// How deep schemas may be in one another. Real documents stay below 30.
pub(super) const DEPTH: usize = 400;

/// Where a schema is used. What was compared once in the same place is not compared again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Context {
    /// The number of the operation.
    pub(super) operation: usize,
    pub(super) response: bool,
    pub(super) required: Option<bool>,
}

impl Context {
    pub(super) fn required(self, required: bool) -> Self {
        Self { required: Some(required), ..self }
    }
}

/// A schema that differs, or nothing.
pub(super) type Result = Deferred<Growing<ChangedSchema>>;

/// What was met on the way from one media type or parameter.
#[derive(Default)]
struct Met {
    /// The named schemas of both documents: each is looked into once.
    named: [HashSet<Id>; 2],
    /// How often pairs were compared. `allOf` can make schemas parts of others so often that there is no end to it.
    pairs: HashMap<(Id, Id), usize>,
}

type Seen = Rc<RefCell<Met>>;

/// How often a pair is compared for one media type or parameter.
const TIMES: usize = 16;

/// Pairs of schemas that are being compared, from the last named one on.
struct Trail {
    pair: (Id, Id),
    above: Option<Rc<Self>>,
}

/// A place in the comparison.
#[derive(Clone)]
struct Place {
    seen: Seen,
    context: Context,
    depth: usize,
    trail: Option<Rc<Trail>>,
}

impl Place {
    fn required(&self, required: bool) -> Self {
        Self { context: self.context.required(required), ..self.clone() }
    }
}

/// A comparison of two named schemas that waits for its turn.
struct Task {
    place: Place,
    left: Id,
    right: Id,
    result: Result,
}

/// Compares schemas.
#[derive(Default)]
pub(super) struct Comparer {
    pub(super) tree: RefCell<Tree>,
    known: RefCell<HashMap<(Id, Id, Context), Result>>,
    queue: RefCell<VecDeque<Task>>,
    /// Whether something was left out because it is too deep.
    pub(super) too_deep: Cell<bool>,
}

impl Comparer {
    /// Compares the schemas of two parameters, headers or media types.
    pub(super) fn compare(self: &Rc<Self>, left: Option<Id>, right: Option<Id>, context: Context) -> Result {
        let place = Place { seen: Seen::default(), context, depth: 0, trail: None };
        self.schemas(&place, left, right)
    }

    /// Compares the named schemas that were met, in the order in which they were.
    pub(super) fn run(self: &Rc<Self>) {
        let mut started: Vec<Result> = Vec::new();
        let mut settled = 0;
        loop {
            let task = self.queue.borrow_mut().pop_front();
            if let Some(Task { place, left, right, result }) = task {
                started.push(result.clone());
                self.resolved(&place, left, right).when_set(move |value| result.settle(value));
            } else if let Some(waiting) = started[settled..].iter().position(|result| !result.is_settled()) {
                // Two that wait for one another: the first has no other changes than those found so far.
                settled += waiting;
                started[settled].settle(None);
            } else {
                return;
            }
        }
    }

    fn schemas(self: &Rc<Self>, place: &Place, left: Option<Id>, right: Option<Id>) -> Result {
        if left.is_none() && right.is_none() {
            return Deferred::settled(None);
        }
        let (Some(left), Some(right)) = (left, right) else {
            return type_changed(left, right);
        };
        let names = {
            let tree = self.tree.borrow();
            let named = |side, id: Id| tree.get(id).reference.is_some().then(|| tree.resolve(side, id));
            (named(Side::Old, left), named(Side::New, right))
        };
        let (Some(left_name), Some(right_name)) = names else {
            return self.resolved(place, left, right);
        };
        {
            let mut seen = place.seen.borrow_mut();
            if seen.named[0].contains(&left_name) || seen.named[1].contains(&right_name) {
                return Deferred::settled(None);
            }
            seen.named[0].insert(left_name);
            seen.named[1].insert(right_name);
        }
        let key = (left_name, right_name, place.context);
        if let Some(known) = self.known.borrow().get(&key) {
            return known.clone();
        }
        let result = Deferred::pending();
        self.known.borrow_mut().insert(key, result.clone());
        let place = Place { trail: None, ..place.clone() };
        self.queue.borrow_mut().push_back(Task { place, left: left_name, right: right_name, result: result.clone() });
        result
    }

    fn resolved(self: &Rc<Self>, place: &Place, left: Id, right: Id) -> Result {
        let (left, right) = {
            let tree = self.tree.borrow();
            (tree.resolve(Side::Old, left), tree.resolve(Side::New, right))
        };
        self.merge(Side::Old, left, &[]);
        self.merge(Side::New, right, &[]);
        // `allOf` may have made a schema a part of itself.
        let mut above = place.trail.as_ref();
        while let Some(trail) = above {
            if trail.pair == (left, right) {
                return Deferred::settled(None);
            }
            above = trail.above.as_ref();
        }
        if place.depth > DEPTH {
            self.too_deep.set(true);
            return Deferred::settled(None);
        }
        {
            let mut seen = place.seen.borrow_mut();
            let times = seen.pairs.entry((left, right)).or_default();
            *times += 1;
            if *times > TIMES {
                return Deferred::settled(None);
            }
        }
        let trail = Some(Rc::new(Trail { pair: (left, right), above: place.trail.clone() }));
        let place = Place { depth: place.depth + 1, trail, ..place.clone() };
        let kinds = {
            let tree = self.tree.borrow();
            let (left, right) = (tree.get(left), tree.get(right));
            if left.data_type != right.data_type || left.keywords.get("format") != right.keywords.get("format") {
                None
            } else {
                Some((left.kind, right.kind))
            }
        };
        match kinds {
            Some((_, Kind::Plain)) => {
                self.plain(&place, &growing(ChangedSchema::new(Some(left), Some(right))), left, right)
            }
            Some((Kind::Array, Kind::Array)) => self.array(&place, left, right),
            Some((Kind::Composed, Kind::Composed)) => self.composed(&place, left, right),
            _ => type_changed(Some(left), Some(right)),
        }
    }

    fn plain(self: &Rc<Self>, place: &Place, changed: &Growing<ChangedSchema>, left: Id, right: Id) -> Result {
        let (old, new) = {
            let tree = self.tree.borrow();
            (tree.get(left).clone(), tree.get(right).clone())
        };
        {
            let mut changed = changed.borrow_mut();
            let differs = |keyword: &str| old.keywords.get(keyword) != new.keywords.get(keyword);
            changed.silent = [
                "deprecated",
                "description",
                "maxLength",
                "minimum",
                "maximum",
                "exclusiveMinimum",
                "exclusiveMaximum",
            ]
            .into_iter()
            .any(differs);
            changed.read_or_write_only =
                ["readOnly", "writeOnly"].into_iter().any(|keyword| old.flag(keyword) != new.flag(keyword));
            changed.required = ListDiff::new(&required(&old), &required(&new));
            changed.values =
                ListDiff::new(old.values.as_deref().unwrap_or_default(), new.values.as_deref().unwrap_or_default());
        }
        let mut builder = Builder::default();
        let nothing = IndexMap::new();
        let (before, after) =
            (old.properties.as_ref().unwrap_or(&nothing), new.properties.as_ref().unwrap_or(&nothing));
        let needed = required(&new);
        for (name, left) in before {
            let Some(right) = after.get(name) else { continue };
            let place = place.required(needed.contains(name));
            let (changed, name) = (Rc::clone(changed), name.clone());
            builder
                .with(self.schemas(&place, Some(*left), Some(*right)))
                .if_present(move |property| changed.borrow_mut().changed.push((name, property)));
        }
        self.additional(place, changed, &mut builder, (&old, &new));
        {
            let tree = self.tree.borrow();
            let mut changed = changed.borrow_mut();
            let mut select = |all: &IndexMap<String, Id>, other: &IndexMap<String, Id>| {
                let mut selected = Vec::new();
                for (name, id) in all.iter().filter(|(name, _)| !other.contains_key(*name)) {
                    if applies(tree.get(*id), place.context) {
                        selected.push((name.clone(), *id));
                    } else if let Some(position) = changed.required.added.iter().position(|needed| needed == name) {
                        // What cannot be sent cannot be required.
                        changed.required.added.remove(position);
                    }
                }
                selected
            };
            let (added, removed) = (select(after, before), select(before, after));
            changed.added = added;
            changed.removed = removed;
        }
        let (comparer, changed, context) = (Rc::clone(self), Rc::clone(changed), place.context);
        builder.build().map(move || comparer.outcome(changed, context))
    }

    /// `additionalProperties`, which are told to differ but not how.
    fn additional(
        self: &Rc<Self>,
        place: &Place,
        changed: &Growing<ChangedSchema>,
        builder: &mut Builder,
        (old, new): (&Schema, &Schema),
    ) {
        let schema = |additional: &Option<Additional>| match additional {
            Some(Additional::Schema(id)) => Some(*id),
            _ => None,
        };
        let (left, right) = (schema(&old.additional), schema(&new.additional));
        if left.is_none() && right.is_none() {
            return;
        }
        if old.additional.is_some() && new.additional.is_some() {
            let changed = Rc::clone(changed);
            builder
                .with(self.schemas(&place.required(false), left, right))
                .if_present(move |_| changed.borrow_mut().additional = true);
        } else {
            changed.borrow_mut().additional = true;
        }
    }

    fn array(self: &Rc<Self>, place: &Place, left: Id, right: Id) -> Result {
        let changed = growing(ChangedSchema::new(Some(left), Some(right)));
        let items = {
            let tree = self.tree.borrow();
            (tree.get(left).items, tree.get(right).items)
        };
        let (comparer, place_of_items, result) = (Rc::clone(self), place.required(true), Rc::clone(&changed));
        let compared = self.plain(place, &changed, left, right).flat_map(move || {
            let compared = comparer.schemas(&place_of_items, items.0, items.1);
            compared.if_present(move |items| result.borrow_mut().items = Some(items));
            compared
        });
        let (comparer, context) = (Rc::clone(self), place.context);
        compared.map(move || comparer.outcome(changed, context))
    }

    fn composed(self: &Rc<Self>, place: &Place, left: Id, right: Id) -> Result {
        let changed = growing(ChangedSchema::new(Some(left), Some(right)));
        let mut builder = Builder::default();
        let (old, new) = {
            let tree = self.tree.borrow();
            (tree.get(left).clone(), tree.get(right).clone())
        };
        let has_variants = |schema: &Schema| schema.one_of.as_ref().is_some_and(|variants| !variants.is_empty());
        if has_variants(&old) || has_variants(&new) {
            let property = |schema: &Schema| schema.discriminator.as_ref().map(|found| found.property.clone());
            if property(&old) != property(&new) {
                changed.borrow_mut().discriminator = true;
                return Deferred::settled(Some(changed));
            }
            let (before, after) = (self.variants(Side::Old, &old), self.variants(Side::New, &new));
            let variants = growing(Vec::new());
            for (name, reference) in before.iter().map(|(name, (reference, _))| (name, reference)) {
                let Some((other, _)) = after.get(name) else { continue };
                let (left, right) = {
                    let mut tree = self.tree.borrow_mut();
                    let left = Schema::referring(reference.as_deref());
                    let right = Schema::referring(other.as_deref());
                    (tree.add(left), tree.add(right))
                };
                let (variants, name) = (Rc::clone(&variants), name.clone());
                builder
                    .with(self.schemas(&place.required(true), Some(left), Some(right)))
                    .if_present(move |variant| variants.borrow_mut().push((name, variant)));
            }
            let without = |all: &Variants, other: &Variants| -> Vec<(String, Id)> {
                let only = all.iter().filter(|(name, _)| !other.contains_key(*name));
                only.map(|(name, (_, id))| (name.clone(), *id)).collect()
            };
            let removed = without(&before, &after).into_iter().map(|(name, _)| name).collect();
            let union = ChangedUnion { removed, added: without(&after, &before), changed: variants };
            // Unions that have nothing in common are not reported.
            if before.keys().any(|name| after.contains_key(name)) {
                changed.borrow_mut().union = Some(union);
            }
        }
        let (comparer, place) = (Rc::clone(self), place.clone());
        builder.build().flat_map(move || comparer.plain(&place, &changed, left, right))
    }

    /// The variants of a union by name, in the order of a Java map.
    fn variants(&self, side: Side, schema: &Schema) -> Variants {
        let tree = self.tree.borrow();
        let one_of = schema.one_of.as_deref().unwrap_or_default();
        let mut names: IndexMap<&str, &str> = IndexMap::new();
        for reference in one_of.iter().filter_map(|id| tree.get(*id).reference.as_deref()) {
            names.insert(reference, reference.rsplit('/').next().unwrap_or(reference));
        }
        for (value, reference) in schema.discriminator.iter().flat_map(|discriminator| &discriminator.mapping) {
            names.insert(reference, value);
        }
        let keys: Vec<&str> = names.values().copied().collect();
        let mut variants = Variants::new();
        for position in hash_order::order(&keys) {
            if let Some((reference, name)) = names.get_index(position)
                && let Some(id) = tree.component(side, reference)
            {
                variants.entry((*name).to_owned()).or_insert((Some((*reference).to_owned()), id));
            }
        }
        for (index, id) in one_of.iter().enumerate() {
            if tree.get(*id).reference.is_none() {
                variants.insert(format!("one-of-{index}"), (None, *id));
            }
        }
        variants
    }

    /// A change, unless it cannot be seen in this direction.
    fn outcome(&self, changed: Growing<ChangedSchema>, context: Context) -> Option<Growing<ChangedSchema>> {
        let seen = {
            let changed = changed.borrow();
            let tree = self.tree.borrow();
            let visible = changed.new.is_none_or(|new| applies(tree.get(new), context));
            (changed.read_or_write_only || visible) && changed.is_different()
        };
        seen.then_some(changed)
    }
}

/// The reference, if the variant has a name, and the schema of each variant.
type Variants = IndexMap<String, (Option<String>, Id)>;

fn type_changed(left: Option<Id>, right: Option<Id>) -> Result {
    let mut changed = ChangedSchema::new(left, right);
    changed.data_type = true;
    Deferred::settled(Some(growing(changed)))
}

fn required(schema: &Schema) -> Vec<String> {
    schema.required.as_ref().map(|list| list.borrow().clone()).unwrap_or_default()
}

/// Whether a property is there at all: clients do not send what is read-only and do not get what is write-only.
fn applies(schema: &Schema, context: Context) -> bool {
    !schema.flag(if context.response { "writeOnly" } else { "readOnly" })
}
