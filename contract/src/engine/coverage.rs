//! The boundaries of every constraint, inside and outside, one at a time; and requests without credentials, without
//! required headers, for objects that are not there, with methods that are not there.

use super::{context::Exchange, odd, session::Session, verdict::Purpose};
use crate::{
    check::{Check, Outcome},
    draft::{Auth, Draft, Parts},
    event::CheckResult,
    generate::{Boundary, Change, Presence, Step, Violation, boundaries, violations},
    model::{Operation, Place},
};
use serde_json::Value;
use std::sync::Arc;

/// Methods that are tried where the schema does not have them.
const METHODS: [&str; 6] = ["GET", "PUT", "POST", "DELETE", "PATCH", "TRACE"];

/// Covers an operation.
pub(crate) async fn run(session: &mut Session<'_>, operation: &Arc<Operation>) {
    let context = session.context().clone();
    for (presence, what) in [(Presence::Required, "required fields only"), (Presence::All, "all fields")] {
        if let Some(draft) = session.base(operation, &[], presence) {
            try_one(session, draft, &Purpose::Valid, what, (None, None)).await;
        }
    }
    for boundary in edges(session, operation) {
        if context.log.is_stopped() {
            return;
        }
        let description = boundary.1.what.clone();
        if let Some(draft) = at_edge(session, operation, &boundary) {
            let about = (boundary.0, first_key(&boundary.1.steps));
            try_one(session, draft, &Purpose::Valid, &description, about).await;
        }
    }
    for (place, violation) in all_violations(operation) {
        if context.log.is_stopped() {
            return;
        }
        let about = first_key(&violation.steps);
        match (place, about, violated(session, operation, place, &violation, Presence::Required)) {
            (None, Some(field), Some((good, draft))) => {
                try_violated(session, good, draft, &violation.what, field).await;
            }
            (_, _, Some((_, draft))) => {
                let header = place == Some(Place::Header) && matches!(violation.change, Change::Remove);
                let purpose = if header { Purpose::HeaderMissing } else { Purpose::Invalid };
                try_one(session, draft, &purpose, &violation.what, (place, about)).await;
            }
            (_, _, None) => {}
        }
    }
    odd::run(session, operation).await;
    missing_object(session, operation).await;
    without_credentials(session, operation).await;
    other_methods(session, operation).await;
}

/// Sends one request, with an object to work on, and tells what fails. It is about a field of a place (or the body).
async fn try_one(
    session: &mut Session<'_>,
    mut draft: Draft,
    purpose: &Purpose,
    description: &str,
    (place, about): (Option<Place>, Option<&str>),
) {
    if session.context().log.is_stopped() {
        return;
    }
    let in_path = about.filter(|_| place == Some(Place::Path));
    session.address_but(&mut draft, in_path).await;
    let exchange = session.send(&draft, purpose, description).await;
    session.report_smallest(exchange, purpose, about).await;
}

/// Sends a body in which nothing but one field is wrong. A refusal that names fields has to name it: otherwise whoever
/// reads it looks in the wrong place, or the field is not looked at.
async fn try_violated(session: &mut Session<'_>, good: Draft, mut draft: Draft, description: &str, field: &str) {
    session.address(&mut draft).await;
    let mut exchange = session.send(&draft, &Purpose::Invalid, description).await;
    if blames_others(&exchange, field) {
        // Is it the rest of the request that is refused?
        let mut good = good;
        session.address(&mut good).await;
        if session.send(&good, &Purpose::Probe, "the same without the violation").await.is_success() {
            session.address_again(&mut draft).await;
            let named = exchange.refusal().fields.iter().map(|(field, _)| field.clone()).collect::<Vec<_>>().join(", ");
            let failed = Outcome::Failed {
                title: format!("{description} is refused for {named}"),
                message: format!("Nothing but `{field}` is wrong: without that, the request is taken."),
            };
            let more = |_, _: &Value| vec![CheckResult { check: Check::NegativeDataRejection, outcome: failed }];
            exchange = session.sender.send_checked(&draft, &Purpose::Invalid, description, more).await;
            session.follow(&exchange);
        }
    }
    session.report_smallest(exchange, &Purpose::Invalid, Some(field)).await;
}

/// Whether a refusal names fields, but not this one.
fn blames_others(exchange: &Exchange, field: &str) -> bool {
    let refusal = exchange.refusal();
    matches!(exchange.status(), 400 | 422)
        && refusal.whole.is_empty()
        && !refusal.fields.is_empty()
        && refusal.top_fields().all(|named| named != field)
}

/// The property or parameter that steps begin with.
pub(crate) fn first_key(steps: &[Step]) -> Option<&str> {
    steps.iter().find_map(|step| match step {
        Step::Key(key) => Some(key.as_str()),
        Step::Index(_) => None,
    })
}

/// The boundaries of all parameters and of the body.
fn edges(session: &Session<'_>, operation: &Operation) -> Vec<(Option<Place>, Boundary)> {
    let context = session.context();
    let sources = context.sources(operation);
    let seed = context.settings.seed;
    let mut all = Vec::new();
    for (place, node) in operation.places.iter().filter(|(place, _)| **place != Place::Path) {
        all.extend(boundaries(node, place.name(), &sources, seed).into_iter().map(|b| (Some(*place), b)));
    }
    if let Some(media) = operation.media() {
        all.extend(boundaries(&media.node, "body", &sources, seed).into_iter().map(|b| (None, b)));
    }
    all
}

/// A request with a value at a boundary.
fn at_edge(
    session: &mut Session<'_>,
    operation: &Arc<Operation>,
    (place, boundary): &(Option<Place>, Boundary),
) -> Option<Draft> {
    let violation =
        Violation { steps: boundary.steps.clone(), change: Change::Set(boundary.value.clone()), what: String::new() };
    violated(session, operation, *place, &violation, Presence::Required).map(|(_, draft)| draft)
}

/// A good request, and the same but for one change.
pub(crate) fn violated(
    session: &mut Session<'_>,
    operation: &Arc<Operation>,
    place: Option<Place>,
    violation: &Violation,
    presence: Presence,
) -> Option<(Draft, Draft)> {
    let root = place.map_or("body", Place::name);
    // What lies deep needs everything above it.
    let mut fields = Vec::new();
    let mut field = root.to_owned();
    for step in &violation.steps {
        if let Step::Key(key) = step {
            field = format!("{field}.{key}");
            fields.push(field.clone());
        } else {
            field.push_str("[]");
        }
    }
    let deep = violation.steps.iter().any(|step| matches!(step, Step::Index(_)));
    let presence = if deep { Presence::All } else { presence };
    let good = session.base(operation, &fields, presence)?;
    let mut draft = good.clone();
    draft.parts.violate(place, violation).then_some((good, draft))
}

/// The violations of all parameters and of the body.
pub(crate) fn all_violations(operation: &Operation) -> Vec<(Option<Place>, Violation)> {
    let mut all: Vec<(Option<Place>, Violation)> = Vec::new();
    for parameter in &operation.parameters {
        let name = &parameter.name;
        let key = Step::Key(name.clone());
        for mut violation in violations(&parameter.node, parameter.place, false, name) {
            violation.steps.insert(0, key.clone());
            all.push((Some(parameter.place), violation));
        }
        if parameter.required && parameter.place != Place::Path {
            let what = format!("required {} parameter {name} left out", parameter.place.name());
            all.push((Some(parameter.place), Violation { steps: vec![key], change: Change::Remove, what }));
        }
    }
    if let Some(media) = operation.media() {
        // In a form everything is text; only what is missing, too long or not one of the values can be told.
        let json = crate::model::is_json(&media.name);
        let of_body = violations(&media.node, Place::Query, true, "body").into_iter();
        let told = |violation: &Violation| match &violation.change {
            Change::Remove => true,
            Change::Set(value) => {
                value.is_string()
                    && !violation.what.starts_with("a text instead")
                    && !violation.what.starts_with("minLength")
            }
        };
        all.extend(of_body.filter(|violation| json || told(violation)).map(|violation| (None, violation)));
    }
    all
}

/// An object that is not there: whatever is answered must be described.
async fn missing_object(session: &mut Session<'_>, operation: &Arc<Operation>) {
    if operation.path_parameters().next().is_none() {
        return;
    }
    if let Some(mut draft) = session.base(operation, &[], Presence::Required) {
        session.nowhere(&mut draft);
        let exchange = session.send(&draft, &Purpose::Probe, "an object that is not there").await;
        session.report(&exchange);
    }
}

/// Nobody, and somebody with wrong credentials.
async fn without_credentials(session: &mut Session<'_>, operation: &Arc<Operation>) {
    if !operation.secured || operation.anonymous {
        return;
    }
    for (auth, what) in [(Auth::Nobody, "without credentials"), (Auth::Wrong, "with wrong credentials")] {
        let Some(mut draft) = session.base(operation, &[], Presence::Required) else { return };
        session.address(&mut draft).await;
        draft.auth = auth;
        let exchange = session.send(&draft, &Purpose::WithoutCredentials, what).await;
        session.report(&exchange);
    }
}

/// Methods that the path does not have. Done once a path, with its first operation.
async fn other_methods(session: &mut Session<'_>, operation: &Arc<Operation>) {
    let context = session.context().clone();
    let path = &operation.info.path;
    let first = context.selected.iter().find(|other| other.info.path == *path);
    if first.is_none_or(|first| first.info.label != operation.info.label) {
        return;
    }
    let known = context.api.methods(path);
    for method in METHODS.into_iter().filter(|method| !known.contains(method)) {
        let Some(mut draft) = session.base(operation, &[], Presence::Required) else { return };
        // Should the server do it after all, it must not hurt others.
        session.address(&mut draft).await;
        draft.method = Some(method.to_owned());
        draft.parts = Parts { path: draft.parts.path, header: draft.parts.header, ..Parts::default() };
        if matches!(method, "PUT" | "POST" | "PATCH") {
            draft.parts.body = Some(Value::Object(serde_json::Map::new()));
        }
        let exchange = session.sender.send(&draft, &Purpose::OtherMethod, &format!("method {method}")).await;
        session.report(&exchange);
    }
}
