//! Comparison of parameters, headers and media types.

use super::{
    changed::{ChangedContent, ChangedParameter, ChangedParameters, Growing, growing},
    deferred::{Builder, Deferred},
    schema::{Comparer, Context},
    tree::{Content, Parameter},
};
use indexmap::IndexMap;
use std::{cell::Cell, rc::Rc};

impl Comparer {
    /// Compares parameters by name and place.
    pub(super) fn parameters(
        self: &Rc<Self>,
        old: &[Parameter],
        new: &[Parameter],
        context: Context,
    ) -> Deferred<Growing<ChangedParameters>> {
        let result = growing(ChangedParameters::default());
        let mut builder = Builder::default();
        let mut left_over: Vec<&Parameter> = new.iter().collect();
        for before in old {
            let same = |after: &&Parameter| after.name == before.name && after.place == before.place;
            let Some(position) = left_over.iter().position(same) else {
                result.borrow_mut().removed.push(before.clone());
                continue;
            };
            let after = left_over.remove(position);
            let changed = Rc::clone(&result);
            builder
                .with(self.parameter(before, after, context))
                .if_present(move |parameter| changed.borrow_mut().changed.push(take(&parameter)));
        }
        result.borrow_mut().added = left_over.into_iter().cloned().collect();
        builder.build().map(move || different(result))
    }

    /// Compares headers by name.
    pub(super) fn headers(
        self: &Rc<Self>,
        old: Option<&IndexMap<String, Parameter>>,
        new: Option<&IndexMap<String, Parameter>>,
        context: Context,
    ) -> Deferred<Growing<ChangedParameters>> {
        let list = |headers: Option<&IndexMap<String, Parameter>>| -> Vec<Parameter> {
            headers.into_iter().flat_map(IndexMap::values).cloned().collect()
        };
        self.parameters(&list(old), &list(new), context)
    }

    fn parameter(
        self: &Rc<Self>,
        old: &Parameter,
        new: &Parameter,
        context: Context,
    ) -> Deferred<Rc<Cell<Option<ChangedParameter>>>> {
        let mut builder = Builder::default();
        let deprecated = !old.deprecated && new.deprecated;
        let differs = Rc::new(Cell::new(
            deprecated
                || old.required != new.required
                || old.allow_empty != new.allow_empty
                || old.style != new.style
                || old.explode != new.explode
                || old.description != new.description,
        ));
        let schema = Rc::clone(&differs);
        builder
            .with(self.compare(old.schema, new.schema, context.required(true)))
            .if_present(move |_| schema.set(true));
        let content = Rc::clone(&differs);
        builder
            .with(self.content(old.content.as_ref(), new.content.as_ref(), context))
            .if_present(move |_| content.set(true));
        let new = new.clone();
        builder
            .build()
            .map(move || differs.get().then(|| Rc::new(Cell::new(Some(ChangedParameter { new, deprecated })))))
    }

    /// Compares media types and their schemas.
    pub(super) fn content(
        self: &Rc<Self>,
        old: Option<&Content>,
        new: Option<&Content>,
        context: Context,
    ) -> Deferred<Growing<ChangedContent>> {
        let nothing = Content::new();
        let (old, new) = (old.unwrap_or(&nothing), new.unwrap_or(&nothing));
        let result = growing(ChangedContent::default());
        let mut builder = Builder::default();
        for (media, before) in old {
            let Some(after) = new.get(media) else { continue };
            let (changed, media) = (Rc::clone(&result), media.clone());
            builder
                .with(self.compare(*before, *after, context.required(true)))
                .if_present(move |schema| changed.borrow_mut().changed.push((media, schema)));
        }
        let without = |all: &Content, other: &Content| -> Vec<String> {
            all.keys().filter(|media| !other.contains_key(*media)).cloned().collect()
        };
        {
            let mut result = result.borrow_mut();
            result.added = without(new, old);
            result.removed = without(old, new);
        }
        builder.build().map(move || {
            let different = result.borrow().is_different();
            different.then_some(result)
        })
    }
}

/// A parameter has one list that takes it.
fn take(parameter: &Rc<Cell<Option<ChangedParameter>>>) -> ChangedParameter {
    parameter.take().unwrap_or_else(|| ChangedParameter { new: Parameter::default(), deprecated: false })
}

fn different(result: Growing<ChangedParameters>) -> Option<Growing<ChangedParameters>> {
    let different = result.borrow().is_different();
    different.then_some(result)
}
