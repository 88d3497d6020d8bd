//! Values that keep to the schema, or of which it says nothing, and that servers stumble over: numbers that fit into no
//! column, keys of nothing, fields left out that need not be there. They may be refused; they may not break anything.

use super::{session::Session, verdict::Purpose};
use crate::{
    draft::Draft,
    generate::{Presence, Source, Step, path_text},
    model::{Operation, Place},
    shape::{KeyClass, Node, Shape},
};
use serde_json::{Value, json};
use std::sync::Arc;

/// The largest of 32 and 64 bits, with and without sign.
const LARGE: [u64; 3] = [i32::MAX as u64, i64::MAX as u64, u64::MAX];

/// Sends them all.
pub(crate) async fn run(session: &mut Session<'_>, operation: &Arc<Operation>) {
    for (place, name, node) in fields(operation) {
        for (value, what) in odd(session, operation, place, &name, &node) {
            if session.context().log.is_stopped() {
                return;
            }
            let field = format!("{}.{name}", place.map_or("body", Place::name));
            let Some(mut draft) = session.base(operation, &[field], Presence::Required) else { continue };
            session.address_but(&mut draft, None).await;
            set(&mut draft, place, &name, value);
            let exchange = session.send(&draft, &Purpose::Probe, &format!("{what} as {name}")).await;
            session.report(&exchange);
        }
    }
    left_out(session, operation).await;
}

/// The parameters, and the properties of the body.
fn fields(operation: &Operation) -> Vec<(Option<Place>, String, Node)> {
    let parameters = operation.parameters.iter().map(|p| (Some(p.place), p.name.clone(), p.node.clone()));
    let properties = operation.media().into_iter().flat_map(|media| media.node.properties());
    let properties = properties.filter(|property| !property.node.read_only);
    parameters.chain(properties.map(|p| (None, p.name.clone(), p.node.clone()))).collect()
}

/// Odd values for a field, with their names.
fn odd(
    session: &Session<'_>,
    operation: &Operation,
    place: Option<Place>,
    name: &str,
    node: &Node,
) -> Vec<(Value, String)> {
    let mut found = Vec::new();
    if let Shape::Integer { maximum: None, .. } = node.shape {
        found.extend(LARGE.iter().map(|large| (json!(large), format!("the number {large}"))));
    }
    let (item, field) = match &node.shape {
        Shape::Array { items, .. } => (&**items, format!("{}.{name}[]", place.map_or("body", Place::name))),
        _ => (node, format!("{}.{name}", place.map_or("body", Place::name))),
    };
    let refers = matches!(session.context().sources(operation).get(&field), Some(Source::Values(_)));
    let nothing = match item.key_class().filter(|_| refers && place != Some(Place::Path)) {
        Some(KeyClass::Uuid) => Some(json!("ffffffff-ffff-4fff-bfff-ffffffffffff")),
        Some(KeyClass::Number) => Some(json!(i32::MAX - 1)),
        Some(KeyClass::Name) => Some(json!("no-such-key")),
        None => None,
    };
    let list = matches!(node.shape, Shape::Array { .. });
    found.extend(nothing.map(|key| (if list { json!([key]) } else { key }, "a key of nothing".to_owned())));
    found
}

/// Puts a value into a request.
fn set(draft: &mut Draft, place: Option<Place>, name: &str, value: Value) {
    match place {
        Some(place) => drop(draft.parts.place(place).insert(name.to_owned(), value)),
        None => {
            if let Some(Value::Object(body)) = &mut draft.parts.body {
                body.insert(name.to_owned(), value);
            }
        }
    }
}

/// Fields that the schema does not require, and without which the server was seen to refuse a request. Perhaps only that
/// request: [`Sender::excuse`](super::context::Sender) finds out.
async fn left_out(session: &mut Session<'_>, operation: &Arc<Operation>) {
    let Some(media) = operation.media() else { return };
    let sources = session.context().sources(operation);
    let learned = |name: &str| sources.get(&format!("body.{name}")) == Some(&Source::Always);
    let fields = media.node.properties().iter().filter(|property| !property.required && learned(&property.name));
    for name in fields.map(|property| property.name.clone()) {
        let Some(mut draft) = session.base(operation, &[], Presence::All) else { continue };
        session.address_but(&mut draft, None).await;
        let Some(Value::Object(body)) = &mut draft.parts.body else { continue };
        body.remove(&name);
        let what = format!("{} left out", path_text(&[Step::Key(name.clone())]));
        let exchange = session.send(&draft, &Purpose::Valid, &what).await;
        session.report(&exchange);
    }
}
