//! Learning, before anything is tested: which objects are there, what refers to what, and what the server takes beyond
//! what its schema says. Objects that are referred to are found or made.

use super::{
    context::Object,
    session::{Session, is_key, makers},
    verdict::Purpose,
};
use crate::{
    draft::Draft,
    family::{Target, entries},
    generate::{Presence, Source, Sources},
    model::{Operation, Place},
    refusal::Refusal,
    shape::{Node, Shape},
};
use serde_json::{Map, Value};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// Objects of a family that are kept in mind.
const OBJECTS: usize = 6;
/// Requests to find out what an operation takes.
const TRIES: usize = 12;

/// A field that may refer to something.
struct Consumer {
    /// `body.parent`, `body.roles[]`.
    place: String,
    /// What it may refer to, the likeliest first.
    targets: Vec<Target>,
    required: bool,
    /// The one believed in now.
    chosen: usize,
}

/// What is learned, and how far it got.
pub(crate) struct Learning<'s, 'a> {
    session: &'s mut Session<'a>,
    consumers: BTreeMap<String, Vec<Consumer>>,
    /// Families that were seen to.
    done: BTreeSet<usize>,
}

/// Learns about the server.
pub(crate) async fn learn(session: &mut Session<'_>) {
    let context = session.context().clone();
    let mut learning = Learning { session, consumers: BTreeMap::new(), done: BTreeSet::new() };
    for family in 0..context.families.all.len() {
        learning.list(family).await;
    }
    for operation in &context.usable {
        let consumers = learning.consumers_of(operation);
        learning.consumers.insert(operation.info.label.clone(), consumers);
    }
    for family in learning.needed() {
        Box::pin(learning.provide(family)).await;
    }
    for operation in &context.selected {
        if context.log.is_stopped() {
            return;
        }
        learning.renew(operation);
        if operation.body.is_some() && operation.info.method != "DELETE" {
            Box::pin(learning.try_out(operation)).await;
        }
    }
}

impl Learning<'_, '_> {
    /// The families that the tested operations work on or may refer to.
    fn needed(&self) -> BTreeSet<usize> {
        let context = self.session.context();
        let mut needed = BTreeSet::new();
        for operation in &context.selected {
            let path = &operation.info.path;
            let parents = operation.path_parameters().filter_map(|p| context.families.of_parameter(path, &p.name));
            let own = context.families.all.iter().position(|family| family.path == *path);
            let consumers = self.consumers.get(&operation.info.label).into_iter().flatten();
            let targets = consumers.flat_map(|consumer| consumer.targets.iter().map(|target| target.family));
            needed.extend(parents.chain(own).chain(targets));
        }
        needed
    }

    /// Looks at the objects of a family that are there.
    async fn list(&mut self, family: usize) {
        let context = self.session.context().clone();
        let this = &context.families.all[family];
        let Some(list) = this.list.as_ref().filter(|list| list.path_parameters().next().is_none()) else { return };
        let Some(draft) = self.session.sample(list, Presence::Required, &Sources::default()) else { return };
        let exchange = self.session.send(&draft, &Purpose::Valid, "which objects are there?").await;
        self.session.report(&exchange);
        let json = exchange.json();
        for entry in entries(&json) {
            self.see(entry);
            if let Some(key) = entry.get(&this.key).filter(|key| is_key(key)) {
                let keys = Map::from_iter([(this.parameter.clone(), key.clone())]);
                self.keep(family, Object { keys, item: entry.clone() });
            }
        }
    }

    fn keep(&self, family: usize, object: Object) {
        let mut knowledge = self.session.context().knowledge();
        let objects = knowledge.objects.entry(family).or_default();
        if objects.len() < OBJECTS && !objects.contains(&object) {
            objects.push(object);
        }
    }

    /// Remembers the texts of an object by the names of their properties.
    fn see(&self, item: &Value) {
        const VALUES: usize = 4;
        let mut knowledge = self.session.context().knowledge();
        for (name, value) in item.as_object().into_iter().flatten() {
            if value.as_str().is_some_and(|text| !text.is_empty()) || value.is_object() {
                let values = knowledge.seen.entry(name.clone()).or_default();
                if values.len() < VALUES && !values.contains(value) {
                    values.push(value.clone());
                }
            }
        }
    }

    /// Makes sure that there are objects of a family, some of them ours.
    async fn provide(&mut self, family: usize) {
        const OWN: usize = 2;
        if !self.done.insert(family) || self.session.context().log.is_stopped() {
            return;
        }
        let context = self.session.context().clone();
        for (of, maker) in makers(&context, family) {
            if of != family {
                // A kind of it: made by its own family.
                Box::pin(self.provide(of)).await;
                continue;
            }
            Box::pin(self.require(&maker)).await;
            self.renew(&maker);
            Box::pin(self.try_out(&maker)).await;
        }
        let made_by_others = context.families.all[family].create.is_none();
        if made_by_others && makers(&context, family).is_empty() {
            let hints = &context.settings.hints;
            if let Some(target) = context.families.borrowed(family, &context.usable, hints) {
                Box::pin(self.provide(target.family)).await;
                context.knowledge().borrowed.insert(family, target);
            }
        }
        for _ in 0..OWN {
            if let Some(object) = self.session.make(family).await {
                self.see(&object.item);
                self.keep_first(family, object);
            }
        }
        let empty = context.knowledge().objects.get(&family).is_none_or(Vec::is_empty);
        if empty {
            let path = &context.families.all[family].path;
            context.log.note(format!("{path}: there are no objects, and none could be made."));
        }
    }

    /// Objects of ours go before those that were there.
    fn keep_first(&self, family: usize, object: Object) {
        let mut knowledge = self.session.context().knowledge();
        let objects = knowledge.objects.entry(family).or_default();
        objects.insert(0, object);
        objects.truncate(OBJECTS);
    }

    /// Provides what the required fields of an operation refer to.
    async fn require(&mut self, operation: &Arc<Operation>) {
        let context = self.session.context().clone();
        let label = &operation.info.label;
        let consumers = self.consumers.get(label).into_iter().flatten();
        let families: Vec<usize> =
            consumers.filter_map(|consumer| consumer.targets.first().map(|target| target.family)).collect();
        let parents =
            operation.path_parameters().filter_map(|p| context.families.of_parameter(&operation.info.path, &p.name));
        for family in parents.chain(families).collect::<Vec<_>>() {
            let has = context.knowledge().objects.get(&family).is_some_and(|objects| !objects.is_empty());
            if !has {
                Box::pin(self.provide(family)).await;
            }
        }
    }

    /// The fields of an operation that may refer to something.
    fn consumers_of(&self, operation: &Operation) -> Vec<Consumer> {
        let mut fields = Vec::new();
        for parameter in operation.parameters.iter().filter(|p| p.place != Place::Path) {
            let place = format!("{}.{}", parameter.place.name(), parameter.name);
            collect(&parameter.node, &place, &parameter.name, parameter.required, &mut fields);
        }
        if let Some(media) = operation.media() {
            collect(&media.node, "body", "", true, &mut fields);
        }
        let context = self.session.context();
        let consumer = |(place, name, node, required): (String, String, Node, bool)| {
            let targets = context.families.targets(operation, &name, &node, &context.settings.hints);
            // A UUID that refers to nothing known is better not sent.
            let reference = !targets.is_empty() || node.format() == Some("uuid");
            reference.then_some(Consumer { place, targets, required, chosen: 0 })
        };
        fields.into_iter().filter_map(consumer).collect()
    }

    /// Fills the fields of an operation with the keys of objects that are there now.
    fn renew(&mut self, operation: &Operation) {
        let label = &operation.info.label;
        let mut knowledge = self.session.context().knowledge();
        let mut sources = knowledge.sources.get(label).cloned().unwrap_or_default();
        for consumer in self.consumers.get(label).into_iter().flatten() {
            let mut values: Vec<Value> = Vec::new();
            if let Some(target) = consumer.targets.get(consumer.chosen) {
                let objects = knowledge.objects.get(&target.family).into_iter().flatten();
                for value in objects.filter_map(|object| object.item.get(&target.property)).filter(|key| is_key(key)) {
                    if !values.contains(value) {
                        values.push(value.clone());
                    }
                }
            }
            match (values.is_empty(), consumer.required) {
                (false, _) => sources.set(&consumer.place, Source::Values(values)),
                (true, false) => sources.set(&consumer.place, Source::Nothing),
                (true, true) => {}
            }
        }
        knowledge.sources.insert(label.clone(), sources);
    }

    /// Finds out what an operation takes, first with the least in it, then with everything.
    async fn try_out(&mut self, operation: &Arc<Operation>) {
        let context = self.session.context().clone();
        for presence in [Presence::Required, Presence::All] {
            let mut refused: BTreeMap<String, usize> = BTreeMap::new();
            for _ in 0..TRIES {
                if context.log.is_stopped() {
                    return;
                }
                let sources = context.sources(operation);
                let Some(mut draft) = self.session.sample(operation, presence, &sources) else { return };
                if operation.path_parameters().next().is_some() && !self.session.address(&mut draft).await {
                    return;
                }
                let exchange = self.session.send(&draft, &Purpose::Probe, "what is taken?").await;
                self.session.report(&exchange);
                if exchange.is_success() {
                    self.see(&exchange.json());
                    break;
                }
                if !matches!(exchange.status(), 400 | 409 | 422)
                    || !self.adjust(operation, &draft, &exchange.refusal(), &mut refused)
                {
                    break;
                }
            }
        }
    }

    /// Changes what an operation is sent after a refusal. False if there is nothing to change.
    fn adjust(
        &mut self,
        operation: &Operation,
        draft: &Draft,
        refusal: &Refusal,
        refused: &mut BTreeMap<String, usize>,
    ) -> bool {
        /// So many other values are tried before a field is left out.
        const OTHERS: usize = 2;
        let label = operation.info.label.clone();
        let mut changed = false;
        for (field, message) in &refusal.fields {
            let top = field.split('.').next().unwrap_or_default();
            let count = refused.entry(top.to_owned()).and_modify(|count| *count += 1).or_insert(1);
            let place = format!("body.{top}");
            let sent = draft.parts.body.as_ref().is_some_and(|body| body.get(top).is_some());
            let Some(property) = operation.media().and_then(|media| media.node.property(top)) else { continue };
            let of_field = |consumer: &&mut Consumer| consumer.place == place || consumer.place == format!("{place}[]");
            if Refusal::is_taken(message) {
                changed = true;
            } else if !sent {
                self.set(&label, &place, Source::Always);
                changed = true;
            } else if let Some(consumer) = self.consumers.get_mut(&label).and_then(|all| all.iter_mut().find(of_field))
            {
                consumer.chosen += 1;
                let (place, exhausted) = (consumer.place.clone(), consumer.chosen >= consumer.targets.len());
                if exhausted && !property.required {
                    self.set(&label, &place, Source::Nothing);
                } else {
                    self.renew(operation);
                }
                changed = true;
            } else if is_free(&property.node) {
                changed = true;
                if *count > OTHERS {
                    let seen = self.session.context().knowledge().seen.get(top).cloned().unwrap_or_default();
                    match (seen.is_empty() || *count > OTHERS + 2, property.required) {
                        (false, _) => self.set(&label, &place, Source::Values(seen)),
                        (true, false) => self.set(&label, &place, Source::Nothing),
                        (true, true) => {}
                    }
                }
            } else if *count <= OTHERS {
                changed = true;
            }
        }
        changed
    }

    fn set(&self, label: &str, place: &str, source: Source) {
        self.session.context().knowledge().sources.entry(label.to_owned()).or_default().set(place, source);
    }
}

/// Whether nothing is said about which texts or values a field takes.
fn is_free(node: &Node) -> bool {
    match &node.shape {
        Shape::Any => true,
        Shape::Text { maximum, pattern, format, .. } => maximum.is_none() && pattern.is_none() && format.is_none(),
        Shape::Object { properties, .. } => properties.is_empty(),
        _ => false,
    }
}

/// All fields that can hold keys.
fn collect(node: &Node, place: &str, name: &str, required: bool, found: &mut Vec<(String, String, Node, bool)>) {
    if place.matches(['.', '[']).count() > 5 {
        return;
    }
    match &node.shape {
        Shape::Object { properties, .. } => {
            for property in properties.iter().filter(|property| !property.node.read_only) {
                collect(
                    &property.node,
                    &format!("{place}.{}", property.name),
                    &property.name,
                    property.required,
                    found,
                );
            }
        }
        Shape::Array { items, minimum, .. } => {
            // What the list is about stands at the list.
            let mut item = (**items).clone();
            item.description = format!("{} {}", node.description, item.description);
            collect(&item, &format!("{place}[]"), name, *minimum > 0, found);
        }
        Shape::Union { variants, .. } => variants.iter().for_each(|v| collect(&v.node, place, name, required, found)),
        _ if node.key_class().is_some() && !name.is_empty() => {
            found.push((place.to_owned(), name.to_owned(), node.clone(), required));
        }
        _ => {}
    }
}
