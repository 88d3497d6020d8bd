//! Why a server may refuse what keeps to the schema.

use super::{context::Sender, verdict::Purpose};
use crate::{
    draft::{Auth, Draft, Parts},
    generate::{Change, Presence, Source, Sources, Step, runner, sample, valid},
    model::{Operation, Place},
    refusal::Refusal,
    shape::{Node, Shape},
};
use serde_json::Value;
use std::collections::BTreeSet;

impl Sender {
    /// Why a valid request may be refused after all: for reasons that no schema tells.
    ///
    /// * A field names an object, and the object does not fit (any more).
    /// * A value is taken.
    /// * The refusal is about fields that were not sent, or about several together. (A field without which everything
    ///   is refused is required, and the schema should say so.)
    /// * The field refuses everything ordinary: what it takes is not described. That is tried out.
    ///
    /// Whatever else is refused is a failure: its constraints are stated, and the value keeps to them.
    pub(super) async fn excuse(&self, draft: &Draft, refusal: &Refusal) -> Option<String> {
        let sources = self.context.sources(&draft.operation);
        if refusal.fields.is_empty() {
            let first = refusal.whole.first()?;
            let known = self.context.settings.hints.explains("detail", first).map(ToOwned::to_owned);
            return known.or_else(|| refusal.between_fields.then(|| first.clone()));
        }
        let mut reasons = BTreeSet::new();
        for (field, message) in &refusal.fields {
            if let Some(reason) = self.context.settings.hints.explains(last_name(field), message) {
                reasons.insert(format!("`{field}`: {reason}"));
                continue;
            }
            if Refusal::is_taken(message) {
                reasons.insert(format!("`{field}` is taken"));
                continue;
            }
            let Some((place, node)) = find(&draft.operation, &draft.parts, field) else {
                if self.is_demanded(draft, field).await {
                    return None;
                }
                reasons.insert(format!("`{field}` was not sent; the rule is between fields"));
                continue;
            };
            let refers = |place: &str| matches!(sources.get(place), Some(Source::Values(_) | Source::Nothing));
            if refers(&place) || refers(&format!("{place}[]")) {
                reasons.insert(format!("`{field}` refers to something"));
                continue;
            }
            if Refusal::is_unknown(message) && item(&node).key_class().is_some() && is_unlimited(&node) {
                reasons.insert(format!("`{field}` refers to something"));
                continue;
            }
            if self.is_opaque(draft, field, &place, &node).await {
                reasons.insert(format!("`{field}` takes only what the schema does not describe"));
                continue;
            }
            return None;
        }
        Some(reasons.into_iter().collect::<Vec<_>>().join("; "))
    }

    /// Whether every request without a field is refused, though the schema does not require it.
    async fn is_demanded(&self, draft: &Draft, field: &str) -> bool {
        const TRIES: u64 = 6;
        let operation = &draft.operation;
        let optional = operation.media().and_then(|media| media.node.property(field)).is_some_and(|p| !p.required);
        if !optional || draft.auth != Auth::Given {
            return false;
        }
        let key = (operation.info.label.clone(), field.to_owned());
        if let Some(known) = self.context.knowledge().demanded.get(&key) {
            return *known;
        }
        let sources = self.context.sources(operation);
        let mut demanded = true;
        for attempt in 0..TRIES {
            let presence = if attempt % 2 == 0 { Presence::Random } else { Presence::All };
            let strategy = Parts::strategy(operation, presence, &sources);
            let Some(parts) = sample(&strategy, &mut runner(attempt, field)) else { continue };
            let mut other = draft.clone();
            other.parts = Parts { path: draft.parts.path.clone(), ..parts };
            if let Some(Value::Object(body)) = &mut other.parts.body {
                body.remove(field);
            }
            let exchange = Box::pin(self.send(&other, &Purpose::Probe, &format!("without {field}"))).await;
            let named = exchange.refusal().top_fields().any(|named| named == field);
            if exchange.status() < 400 || !named {
                demanded = false;
                break;
            }
        }
        self.context.knowledge().demanded.insert(key, demanded);
        demanded
    }

    /// Whether a field without stated constraints refuses ordinary values.
    async fn is_opaque(&self, draft: &Draft, field: &str, place: &str, node: &Node) -> bool {
        const TRIES: u64 = 4;
        if !is_unlimited(node)
            || matches!(node.shape, Shape::Text { format: Some(_), .. })
            || !node.samples.is_empty()
            || draft.auth != Auth::Given
        {
            return false;
        }
        if let Some(known) = self.context.opaque(&draft.operation, field) {
            return known;
        }
        let mut opaque = true;
        let values = valid(node, "", Presence::Required, &Sources::default());
        for attempt in 0..TRIES {
            let mut runner = runner(attempt, field);
            let Some(value) = sample(&values, &mut runner) else { continue };
            let mut other = draft.clone();
            if place.starts_with("query") {
                other.parts.query.insert(field.to_owned(), value);
            } else {
                let steps: Vec<Step> = field.split('.').map(|key| Step::Key(key.to_owned())).collect();
                if !other.parts.set_in_body(&steps, &Change::Set(value)) {
                    break;
                }
            }
            let exchange = Box::pin(self.send(&other, &Purpose::Probe, &format!("an ordinary value of {field}"))).await;
            let named = exchange.refusal().fields.iter().any(|(named, _)| named == field);
            if exchange.status() < 400 || !named {
                opaque = false;
                break;
            }
        }
        self.context.set_opaque(&draft.operation, field, opaque);
        opaque
    }
}

/// `url` of `provider.url`.
fn last_name(field: &str) -> &str {
    field.rsplit('.').next().unwrap_or(field)
}

/// The items of a list, or the thing itself.
fn item(node: &Node) -> &Node {
    match &node.shape {
        Shape::Array { items, .. } => items,
        _ => node,
    }
}

/// Whether no constraint is stated.
fn is_unlimited(node: &Node) -> bool {
    match &node.shape {
        Shape::Any => true,
        Shape::Text { maximum, pattern, format, .. } => {
            maximum.is_none() && pattern.is_none() && format.as_deref().is_none_or(|format| format == "uuid")
        }
        Shape::Integer { minimum, maximum, multiple } => minimum.is_none() && maximum.is_none() && multiple.is_none(),
        Shape::Array { items, minimum, maximum, .. } => *minimum == 0 && maximum.is_none() && is_unlimited(items),
        Shape::Object { properties, .. } => properties.is_empty(),
        _ => false,
    }
}

/// The place and schema of a field that was sent; of nested ones the innermost that is known.
fn find(operation: &Operation, parts: &Parts, field: &str) -> Option<(String, Node)> {
    let mut names = field.split('.');
    let top = names.next().unwrap_or_default();
    if let (Some(Value::Object(body)), Some(media)) = (&parts.body, operation.media())
        && let Some(mut value) = body.get(top)
    {
        let (mut place, mut node) = (format!("body.{top}"), media.node.property(top)?.node.clone());
        for name in names {
            while let Value::Array(items) = value
                && let Some(first) = items.first()
            {
                value = first;
            }
            // A field that was not sent cannot be at fault alone.
            value = value.get(name)?;
            node = inner(&node, name)?;
            place = format!("{place}.{name}");
        }
        return Some((place, node));
    }
    let parameter = operation.parameters.iter().filter(|p| p.name == top).find(|p| match p.place {
        Place::Query => parts.query.contains_key(top),
        Place::Header => parts.header.contains_key(top),
        Place::Path => true,
        Place::Cookie => parts.cookie.contains_key(top),
    })?;
    Some((format!("{}.{top}", parameter.place.name()), parameter.node.clone()))
}

/// The schema of a property somewhere in lists and unions.
fn inner(node: &Node, name: &str) -> Option<Node> {
    match &node.shape {
        Shape::Array { items, .. } => inner(items, name),
        Shape::Union { variants, .. } => variants.iter().find_map(|variant| inner(&variant.node, name)),
        _ => node.property(name).map(|property| property.node.clone()),
    }
}
