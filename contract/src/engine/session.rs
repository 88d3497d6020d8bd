//! One worker on one operation: objects to work on, and requests that are good but for what is tried out.

use super::{
    context::{Context, Exchange, Object, Sender},
    verdict::Purpose,
};
use crate::{
    check::Check,
    draft::{Draft, Parts},
    event::Phase,
    generate::{Presence, Source, Sources, matches, runner, sample},
    model::{Operation, Place},
    shape::Shape,
    transport::Transport,
};
use proptest::test_runner::TestRunner;
use serde_json::{Map, Value, json};
use std::{collections::BTreeMap, sync::Arc};

/// One worker on one operation.
pub(crate) struct Session<'a> {
    pub(crate) sender: &'a Sender,
    pub(crate) runner: TestRunner,
    /// Objects of this worker alone, which may be changed and deleted.
    scratch: BTreeMap<usize, Object>,
}

impl<'a> Session<'a> {
    /// Random data depends on the seed and the purpose only, so that it is the same however work is spread.
    pub(crate) fn new(sender: &'a Sender, purpose: &str) -> Self {
        let runner = runner(sender.context.settings.seed, purpose);
        Self { sender, runner, scratch: BTreeMap::new() }
    }

    pub(crate) fn context(&self) -> &'a Arc<Context> {
        &self.sender.context
    }

    /// A position below `count`.
    pub(crate) fn below(&mut self, count: usize) -> usize {
        use proptest::prelude::Rng;
        if count == 0 { 0 } else { usize::try_from(self.runner.rng().next_u64() % count as u64).unwrap_or(0) }
    }

    /// A valid request of an operation; nothing if there can be none.
    pub(crate) fn sample(
        &mut self,
        operation: &Arc<Operation>,
        presence: Presence,
        sources: &Sources,
    ) -> Option<Draft> {
        let strategy = Parts::strategy(operation, presence, sources);
        sample(&strategy, &mut self.runner).map(|parts| Draft::new(operation, parts))
    }

    /// A valid request with the least in it, but with some fields.
    pub(crate) fn base(&mut self, operation: &Arc<Operation>, fields: &[String], presence: Presence) -> Option<Draft> {
        let mut sources = self.context().sources(operation);
        for field in fields {
            if sources.get(field).is_none() {
                sources.set(field, Source::Always);
            }
        }
        self.sample(operation, presence, &sources)
    }

    /// Addresses an object that is there: any for operations that read, one of this worker's own for others. False if
    /// there is none, and the key stays random.
    pub(crate) async fn address(&mut self, draft: &mut Draft) -> bool {
        let operation = draft.operation.clone();
        let Some(family) = self.context().families.of_item(&operation) else { return true };
        if operation.reads() || self.context().settings.destructive {
            let objects = self.context().knowledge().objects.get(&family).cloned().unwrap_or_default();
            let at = self.below(objects.len());
            if let Some(object) = objects.get(at) {
                fill(&mut draft.parts, &operation, &object.keys);
                return true;
            }
        }
        match self.own(family).await {
            Some(object) => {
                fill(&mut draft.parts, &operation, &object.keys);
                true
            }
            None => {
                self.nowhere(draft);
                false
            }
        }
    }

    /// The same, but a parameter of the path stays as it is: the case is about it.
    pub(crate) async fn address_but(&mut self, draft: &mut Draft, kept: Option<&str>) {
        let value = kept.and_then(|name| draft.parts.path.get(name).cloned());
        self.address(draft).await;
        if let (Some(name), Some(value)) = (kept, value) {
            draft.parts.path.insert(name.to_owned(), value);
        }
    }

    /// Addresses no object: the key is one that no object has. Random ones may, by chance, be those of others.
    pub(crate) fn nowhere(&self, draft: &mut Draft) {
        let operation = draft.operation.clone();
        for parameter in operation.path_parameters() {
            let key = match &parameter.node.shape {
                Shape::Integer { maximum, .. } => {
                    json!(maximum.unwrap_or(i64::from(i32::MAX)).min(i64::from(i32::MAX)) - 7)
                }
                Shape::Text { format: None, pattern, maximum, .. } => {
                    let name = "no-such-object-7d1f0c5a";
                    let fits = pattern.as_deref().is_none_or(|pattern| matches(pattern, name));
                    if !fits || maximum.is_some_and(|maximum| maximum < name.len()) {
                        continue;
                    }
                    json!(name)
                }
                // Nobody guesses a UUID.
                _ => continue,
            };
            draft.parts.path.insert(parameter.name.clone(), key);
        }
    }

    /// An object of a family that is this worker's own.
    pub(crate) async fn own(&mut self, family: usize) -> Option<Object> {
        if let Some(object) = self.scratch.get(&family) {
            return Some(object.clone());
        }
        let object = self.make(family).await?;
        self.scratch.insert(family, object.clone());
        Some(object)
    }

    /// Forgets the object of a family that is this worker's own.
    pub(crate) fn drop_own(&mut self, family: usize) {
        self.scratch.remove(&family);
    }

    /// Makes an object of a family. One that borrows from another takes what that one makes itself: two may borrow from
    /// each other.
    pub(crate) async fn make(&mut self, family: usize) -> Option<Object> {
        let borrowed = self.context().knowledge().borrowed.get(&family).cloned();
        if let Some(target) = borrowed.filter(|target| target.family != family) {
            let object = self.make_own(target.family).await?;
            let key = object.item.get(&target.property).filter(|key| is_key(key))?.clone();
            let parameter = self.context().families.all[family].parameter.clone();
            return Some(Object { keys: Map::from_iter([(parameter, key)]), item: object.item });
        }
        self.make_own(family).await
    }

    async fn make_own(&mut self, family: usize) -> Option<Object> {
        let chosen = self.context().knowledge().makers.get(&family).cloned();
        let candidates = match chosen {
            Some(chosen) => chosen.into_iter().collect(),
            None => makers(self.context(), family),
        };
        for (of, maker) in candidates {
            if let Some(object) = self.make_with(family, of, &maker).await {
                self.context().knowledge().makers.entry(family).or_insert_with(|| Some((of, maker.clone())));
                return Some(object);
            }
        }
        None
    }

    /// Makes an object of a family with an operation that makes objects of a family, perhaps a kind of it.
    async fn make_with(&mut self, family: usize, of: usize, maker: &Arc<Operation>) -> Option<Object> {
        const TRIES: usize = 4;
        for _ in 0..TRIES {
            let sources = self.context().sources(maker);
            let mut draft = self.sample(maker, Presence::Required, &sources)?;
            self.parents(&mut draft);
            let exchange = self.sender.send(&draft, &Purpose::Valid, "make an object").await;
            self.report(&exchange);
            if exchange.is_success()
                && let Some(object) = object(self.context(), family, &exchange)
            {
                if of == family {
                    return Some(object);
                }
                // One of a kind: is it known here, too?
                let retrieve = self.context().families.all[family].retrieve.clone()?;
                let mut get = Draft::new(&retrieve, Parts::default());
                fill(&mut get.parts, &retrieve, &object.keys);
                let there = self.sender.send(&get, &Purpose::Probe, "is it known here?").await;
                return there.is_success().then_some(object);
            }
        }
        None
    }

    /// Addresses the objects above a collection.
    pub(crate) fn parents(&mut self, draft: &mut Draft) {
        let operation = draft.operation.clone();
        let Some(family) = self.context().families.of_item(&operation) else { return };
        let objects = self.context().knowledge().objects.get(&family).cloned().unwrap_or_default();
        if let Some(object) = objects.first() {
            fill(&mut draft.parts, &operation, &object.keys);
        }
    }

    /// Takes note of what a request did to the object of this worker.
    pub(crate) fn follow(&mut self, exchange: &Exchange) {
        let operation = &exchange.draft.operation;
        let Some(family) = self.context().families.of_item(operation) else { return };
        let this = &self.context().families.all[family];
        let key = exchange.draft.parts.path.get(&this.parameter);
        if self.scratch.get(&family).is_none_or(|own| own.keys.get(&this.parameter) != key) {
            // Another object; it does not become ours by being written to.
            return;
        }
        let method = exchange.case.request.method.as_str();
        match (exchange.status(), method) {
            (404 | 410, _) => self.drop_own(family),
            (200..300, "DELETE") => self.drop_own(family),
            (200..300, "PUT" | "PATCH") => {
                // The key may have changed.
                let key = exchange.json().get(&this.key).filter(|key| is_key(key)).cloned();
                if let (Some(key), Some(object)) = (key, self.scratch.get_mut(&family)) {
                    object.keys.insert(this.parameter.clone(), key);
                    object.item = exchange.json();
                }
            }
            _ => {}
        }
    }

    /// Sends a request and tells its failures as they are.
    pub(crate) async fn send(&mut self, draft: &Draft, purpose: &Purpose, description: &str) -> Exchange {
        let exchange = self.sender.send(draft, purpose, description).await;
        self.follow(&exchange);
        exchange
    }

    /// Tells the failures of a case that were not told yet, without looking for a smaller case.
    pub(crate) fn report(&self, exchange: &Exchange) {
        self.report_but(exchange, None);
    }

    /// The same, but for one failure that is told otherwise.
    pub(crate) fn report_but(&self, exchange: &Exchange, one: Option<&(Check, String, String)>) {
        for failure in exchange.failures().into_iter().filter(|failure| Some(failure) != one) {
            if self.context().log.is_new(&exchange.case.operation.label, failure.0, &failure.1) {
                self.sender.fail(exchange, &[], failure);
            }
        }
    }

    /// Tells the failures of a case that were not told yet, each with the smallest case that shows it: optional fields
    /// are left out one after the other as long as the failure stays.
    /// The field that the case is about stays.
    pub(crate) async fn report_smallest(&mut self, exchange: Exchange, purpose: &Purpose, about: Option<&str>) {
        for (check, title, message) in exchange.failures() {
            if !self.context().log.is_new(&exchange.case.operation.label, check, &title) {
                continue;
            }
            let mut smallest = exchange.clone();
            if !self.context().settings.no_shrink {
                for removal in removals(&exchange.draft).filter(|removal| Some(removal.name.as_str()) != about) {
                    if self.context().log.is_stopped() {
                        break;
                    }
                    let mut draft = smallest.draft.clone();
                    removal.apply(&mut draft.parts);
                    if draft.parts == smallest.draft.parts {
                        continue;
                    }
                    let in_path = draft.operation.path_parameters().any(|p| Some(p.name.as_str()) == about);
                    if !draft.operation.reads() && !in_path {
                        self.address_again(&mut draft).await;
                    }
                    let smaller = self.send(&draft, purpose, &exchange.case.description).await;
                    if smaller.shows(check, &title) {
                        smallest = smaller;
                    }
                }
            }
            let message =
                smallest.failures().into_iter().find(|(c, t, _)| *c == check && *t == title).map_or(message, |f| f.2);
            self.sender.fail(&smallest, &[], (check, title, message));
        }
    }

    /// Addresses an object again that may be gone or renamed by now; random keys stay.
    pub(crate) async fn address_again(&mut self, draft: &mut Draft) {
        let operation = draft.operation.clone();
        let Some(family) = self.context().families.of_item(&operation) else { return };
        if (self.scratch.contains_key(&family) || operation.info.method == "DELETE")
            && let Some(object) = self.own(family).await
        {
            fill(&mut draft.parts, &operation, &object.keys);
        }
    }
}

/// A field that may be left out.
pub(crate) struct Removal {
    place: Option<Place>,
    pub(crate) name: String,
}

impl Removal {
    /// Leaves it out.
    pub(crate) fn apply(&self, parts: &mut Parts) {
        match self.place {
            Some(place) => {
                parts.place(place).remove(&self.name);
            }
            None => {
                if let Some(Value::Object(body)) = &mut parts.body {
                    body.remove(&self.name);
                }
            }
        }
    }
}

/// The fields of a request that the schema does not require.
pub(crate) fn removals(draft: &Draft) -> impl Iterator<Item = Removal> + use<> {
    let mut found = Vec::new();
    for parameter in draft.operation.parameters.iter().filter(|parameter| !parameter.required) {
        found.push(Removal { place: Some(parameter.place), name: parameter.name.clone() });
    }
    if let (Some(Value::Object(body)), Some(media)) = (&draft.parts.body, draft.operation.media()) {
        let required = |name: &str| media.node.property(name).is_some_and(|property| property.required);
        found
            .extend(body.keys().filter(|name| !required(name)).map(|name| Removal { place: None, name: name.clone() }));
    }
    found.into_iter()
}

/// Puts keys into the path of a request.
pub(crate) fn fill(parts: &mut Parts, operation: &Operation, keys: &Map<String, Value>) {
    for parameter in operation.path_parameters() {
        if let Some(key) = keys.get(&parameter.name) {
            parts.path.insert(parameter.name.clone(), key.clone());
        }
    }
}

/// The operations that make objects of a family, with the family they belong to.
pub(crate) fn makers(context: &Context, family: usize) -> Vec<(usize, Arc<Operation>)> {
    let families = &context.families;
    let this = &families.all[family];
    let own = this.create.iter().chain(&this.makers).map(|maker| (family, maker.clone()));
    let kinds = families.kinds_of(family).into_iter();
    let kinds = kinds.filter_map(|kind| families.all[kind].create.clone().map(|create| (kind, create)));
    own.chain(kinds).collect()
}

/// Whether a value can be a key.
pub(crate) fn is_key(value: &Value) -> bool {
    value.is_number() || value.as_str().is_some_and(|text| !text.is_empty())
}

/// The object that an operation made.
pub(crate) fn object(context: &Context, family: usize, exchange: &Exchange) -> Option<Object> {
    let this = &context.families.all[family];
    let item = exchange.json();
    let key = item.get(&this.key).filter(|key| is_key(key))?.clone();
    let mut keys = exchange.draft.parts.path.clone();
    keys.insert(this.parameter.clone(), key);
    Some(Object { keys, item })
}

/// Sends for a worker in a phase.
pub(crate) fn sender(context: &Arc<Context>, phase: Phase) -> Result<Sender, String> {
    let transport = Transport::new(context.settings.request_timeout, context.settings.rate_limit)?;
    Ok(Sender { context: context.clone(), transport, phase })
}
