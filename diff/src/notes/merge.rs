//! `allOf`, which openapi-diff resolves by changing the schemas: what was moved into one once stays there.

use super::{
    schema::{Comparer, DEPTH},
    tree::Side,
    tree_schema::{Id, Kind, Schema},
};
use std::rc::Rc;

impl Comparer {
    /// Moves what `allOf` and `anyOf` say into the schema itself.
    pub(super) fn merge(&self, side: Side, id: Id, visited: &[Id]) {
        if visited.len() > DEPTH {
            self.too_deep.set(true);
            return;
        }
        let parts: Vec<Id> = {
            let tree = self.tree.borrow();
            let schema = tree.get(id);
            schema.all_of.iter().chain(&schema.any_of).flatten().copied().collect()
        };
        if parts.is_empty() {
            return;
        }
        for part in parts {
            let (named, part) = {
                let tree = self.tree.borrow();
                (tree.get(part).reference.is_some(), tree.resolve(side, part))
            };
            if named && visited.contains(&part) {
                continue;
            }
            let visited: Vec<Id> = visited.iter().copied().chain([part]).collect();
            self.merge(side, part, &visited);
            let mut tree = self.tree.borrow_mut();
            let from = tree.get(part).clone();
            absorb(tree.get_mut(id), &from);
        }
        let mut tree = self.tree.borrow_mut();
        let schema = tree.get_mut(id);
        schema.all_of = None;
        schema.any_of = None;
    }
}

/// Adds what a part of `allOf` says; what the part says twice counts twice.
fn absorb(schema: &mut Schema, from: &Schema) {
    if let Some(properties) = &from.properties {
        let own = schema.properties.get_or_insert_default();
        own.extend(properties.iter().map(|(name, id)| (name.clone(), *id)));
    }
    if let Some(list) = &from.required {
        match &schema.required {
            None => schema.required = Some(Rc::clone(list)),
            Some(own) => {
                let more = list.borrow().clone();
                own.borrow_mut().extend(more);
            }
        }
    }
    if let Some(values) = &from.values {
        schema.values.get_or_insert_default().extend(values.iter().cloned());
    }
    if from.data_type.is_some() {
        schema.data_type.clone_from(&from.data_type);
    }
    if let (Kind::Composed, Kind::Composed, Some(variants)) = (schema.kind, from.kind, &from.one_of) {
        schema.one_of.get_or_insert_default().extend(variants);
    }
    if let Some(discriminator) = &from.discriminator {
        let own = schema.discriminator.get_or_insert_default();
        if discriminator.property.is_some() {
            own.property.clone_from(&discriminator.property);
        }
        own.mapping.extend(discriminator.mapping.iter().map(|(value, to)| (value.clone(), to.clone())));
    }
    if from.additional.is_some() {
        schema.additional.clone_from(&from.additional);
    }
    schema.keywords.extend(from.keywords.iter().map(|(keyword, value)| (keyword.clone(), value.clone())));
}
