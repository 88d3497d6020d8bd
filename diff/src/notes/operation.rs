//! Comparison of paths, operations, request bodies and responses.

use super::{
    changed::{
        ChangedBody, ChangedOperation, ChangedParameters, ChangedPath, ChangedPaths, ChangedResponses, Endpoint,
        Growing, growing,
    },
    deferred::{Builder, Deferred},
    schema::{Comparer, Context},
    security,
    tree::{Body, Operation, PathItem, Paths, Side, Tree},
};
use indexmap::IndexMap;
use std::{collections::HashMap, rc::Rc};
use vestibule_spec::Document;

/// What was found, with the schemas it speaks of.
pub(super) struct Comparison {
    pub(super) tree: Tree,
    pub(super) paths: ChangedPaths,
    pub(super) too_deep: bool,
}

/// Compares two documents.
pub(super) fn compare(old: &Document, new: &Document) -> Comparison {
    let comparer = Rc::new(Comparer::default());
    let (old, new) = {
        let mut tree = comparer.tree.borrow_mut();
        (tree.read(Side::Old, old), tree.read(Side::New, new))
    };
    let found = growing(ChangedPaths::default());
    let mut candidates: HashMap<String, Vec<&str>> = HashMap::new();
    for path in new.paths.keys() {
        candidates.entry(template(path)).or_default().push(path);
    }
    let mut walk = Walk { comparer: &comparer, documents: (&old, &new), operations: 0 };
    let mut builder = Builder::default();
    for (path, before) in &old.paths {
        let Some(same) = candidates.get_mut(&template(path)).and_then(|list| take_best(list, path, before, &new))
        else {
            found.borrow_mut().removed.extend(endpoints(path, before));
            continue;
        };
        let after = &new.paths[same];
        let (found, name) = (Rc::clone(&found), same.to_owned());
        builder.with(walk.path((path, before), (same, after))).if_present(move |changed| {
            found.borrow_mut().changed.insert(name, changed);
        });
    }
    for (path, item) in &new.paths {
        if candidates.get(&template(path)).is_some_and(|list| list.contains(&path.as_str())) {
            found.borrow_mut().added.extend(endpoints(path, item));
        }
    }
    let _ = builder.build();
    comparer.run();

    let mut paths = found.take();
    for changed in paths.changed.values() {
        let mut changed = changed.borrow_mut();
        paths.added.append(&mut changed.added);
        paths.removed.append(&mut changed.removed);
    }
    Comparison { tree: comparer.tree.take(), paths, too_deep: comparer.too_deep.get() }
}

/// A path without the names of its parameters.
fn template(path: &str) -> String {
    let mut template = String::with_capacity(path.len());
    let mut rest = path;
    while let Some((before, after)) = rest.split_once('{') {
        template.push_str(before);
        template.push('{');
        rest = match after.find(['}', '/', '{']) {
            Some(end) if end > 0 && after[end..].starts_with('}') => &after[end..],
            _ => after,
        };
    }
    template + rest
}

/// The names of a path's parameters.
fn names(path: &str) -> Vec<&str> {
    path.split('{').skip(1).filter_map(|part| part.split_once('}').map(|(name, _)| name)).collect()
}

/// Among the paths of the new document with the same template, the same path or the one with the most methods in common.
fn take_best<'a>(list: &mut Vec<&'a str>, path: &str, item: &PathItem, new: &Paths) -> Option<&'a str> {
    let common = |candidate: &str| new.paths[candidate].keys().filter(|method| item.contains_key(*method)).count();
    let rank = |candidate: &&str| (*candidate == path, common(candidate));
    // The first of equals, while `max_by_key` finds the last.
    let (position, _) = list.iter().enumerate().rev().max_by_key(|(_, candidate)| rank(candidate))?;
    Some(list.remove(position))
}

fn endpoints(path: &str, item: &PathItem) -> Vec<Endpoint> {
    let endpoint = |(method, operation): (&&'static str, &Operation)| Endpoint {
        method,
        path: path.to_owned(),
        summary: operation.summary.clone(),
    };
    item.iter().map(endpoint).collect()
}

struct Walk<'a> {
    comparer: &'a Rc<Comparer>,
    documents: (&'a Paths, &'a Paths),
    operations: usize,
}

impl Walk<'_> {
    fn path(
        &mut self,
        (path, old): (&str, &PathItem),
        (new_path, new): (&str, &PathItem),
    ) -> Deferred<Growing<ChangedPath>> {
        let without = |all: &PathItem, other: &PathItem| -> PathItem {
            let only = all.iter().filter(|(method, _)| !other.contains_key(*method));
            only.map(|(method, operation)| (*method, operation.clone())).collect()
        };
        let result = growing(ChangedPath {
            added: endpoints(new_path, &without(new, old)),
            removed: endpoints(path, &without(old, new)),
            changed: Vec::new(),
        });
        let renamed: Vec<(String, String)> = if path == new_path {
            Vec::new()
        } else {
            names(path).into_iter().map(str::to_owned).zip(names(new_path).into_iter().map(str::to_owned)).collect()
        };
        let mut builder = Builder::default();
        for (method, before) in old {
            let Some(after) = new.get(method) else { continue };
            self.operations += 1;
            let context = Context { operation: self.operations, response: false, required: None };
            let changed = Rc::clone(&result);
            builder
                .with(self.operation((path, method), (before, after), &renamed, context))
                .if_present(move |operation| changed.borrow_mut().changed.push(operation));
        }
        builder.build().map(move || {
            let different = result.borrow().is_different();
            different.then_some(result)
        })
    }

    fn operation(
        &self,
        (path, method): (&str, &'static str),
        (old, new): (&Operation, &Operation),
        renamed: &[(String, String)],
        context: Context,
    ) -> Deferred<Growing<ChangedOperation>> {
        let security = (old.security.is_some() || new.security.is_some())
            && security::differs(old.security.as_deref(), new.security.as_deref(), self.documents);
        let result = growing(ChangedOperation {
            path: path.to_owned(),
            method,
            new: new.clone(),
            summary: old.summary != new.summary,
            silent: old.description != new.description || old.operation_id != new.operation_id || security,
            deprecated: !old.deprecated && new.deprecated,
            parameters: None,
            request: None,
            responses: None,
        });
        let mut builder = Builder::default();
        if old.request.is_some() || new.request.is_some() {
            let changed = Rc::clone(&result);
            builder
                .with(body(self.comparer, old.request.as_ref(), new.request.as_ref(), context))
                .if_present(move |request| changed.borrow_mut().request = Some(request));
        }
        let (changed, renamed) = (Rc::clone(&result), renamed.to_vec());
        builder.with(self.comparer.parameters(&old.parameters, &new.parameters, context)).if_present(
            move |parameters| {
                forget_renamed(&mut parameters.borrow_mut(), &renamed);
                changed.borrow_mut().parameters = Some(parameters);
            },
        );
        if old.responses.is_some() || new.responses.is_some() {
            let changed = Rc::clone(&result);
            let context = Context { response: true, ..context };
            builder
                .with(self.responses(old.responses.as_ref(), new.responses.as_ref(), context))
                .if_present(move |responses| changed.borrow_mut().responses = Some(responses));
        }
        builder.build().map(move || {
            let different = result.borrow().is_different();
            different.then_some(result)
        })
    }

    fn responses(
        &self,
        old: Option<&IndexMap<String, Body>>,
        new: Option<&IndexMap<String, Body>>,
        context: Context,
    ) -> Deferred<Growing<ChangedResponses>> {
        let nothing = IndexMap::new();
        let (old, new) = (old.unwrap_or(&nothing), new.unwrap_or(&nothing));
        let without = |all: &IndexMap<String, Body>, other: &IndexMap<String, Body>| -> Vec<(String, Body)> {
            let only = all.iter().filter(|(code, _)| !other.contains_key(*code));
            only.map(|(code, body)| (code.clone(), body.clone())).collect()
        };
        let result =
            growing(ChangedResponses { added: without(new, old), removed: without(old, new), changed: Vec::new() });
        let mut builder = Builder::default();
        for (code, before) in old {
            let Some(after) = new.get(code) else { continue };
            let (changed, code) = (Rc::clone(&result), code.clone());
            builder
                .with(body(self.comparer, Some(before), Some(after), context))
                .if_present(move |response| changed.borrow_mut().changed.push((code, response)));
        }
        builder.build().map(move || {
            let different = result.borrow().is_different();
            different.then_some(result)
        })
    }
}

/// Compares request bodies, of which one may be missing, or responses.
fn body(
    comparer: &Rc<Comparer>,
    old: Option<&Body>,
    new: Option<&Body>,
    context: Context,
) -> Deferred<Growing<ChangedBody>> {
    let description = |body: Option<&Body>| body.and_then(|body| body.description.clone());
    let required = |body: Option<&Body>| body.is_some_and(|body| body.required);
    let result = growing(ChangedBody {
        new: new.cloned(),
        description: description(old) != description(new),
        required: required(old) != required(new),
        headers: None,
        content: None,
    });
    let mut builder = Builder::default();
    let changed = Rc::clone(&result);
    builder
        .with(comparer.content(
            old.and_then(|body| body.content.as_ref()),
            new.and_then(|body| body.content.as_ref()),
            context,
        ))
        .if_present(move |content| changed.borrow_mut().content = Some(content));
    let changed = Rc::clone(&result);
    builder
        .with(comparer.headers(
            old.and_then(|body| body.headers.as_ref()),
            new.and_then(|body| body.headers.as_ref()),
            context,
        ))
        .if_present(move |headers| changed.borrow_mut().headers = Some(headers));
    builder.build().map(move || {
        let different = result.borrow().is_different();
        different.then_some(result)
    })
}

/// A parameter of the path that has another name now is no change.
fn forget_renamed(parameters: &mut ChangedParameters, renamed: &[(String, String)]) {
    for (old, new) in renamed {
        for (list, name) in [(&mut parameters.removed, old), (&mut parameters.added, new)] {
            if let Some(position) = list.iter().position(|one| one.place == "path" && one.name == *name) {
                list.remove(position);
            }
        }
    }
}
