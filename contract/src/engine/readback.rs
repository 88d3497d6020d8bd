//! Is what is read what was written?

use crate::{
    family::entries,
    model::Media,
    shape::{Node, Shape},
};
use serde_json::{Map, Value};

/// What an object should look like.
#[derive(Debug, Clone, Default)]
pub(crate) struct Expected {
    /// Fields that were written, with their schemas.
    written: Map<String, Value>,
    nodes: Vec<(String, Node)>,
    /// The object as it was read last.
    last: Map<String, Value>,
    /// Fields that the last request could have changed but did not mention must stay.
    partial: bool,
}

impl Expected {
    /// Takes note of a body that is about to be taken.
    pub(crate) fn write(&mut self, body: Option<&Value>, media: Option<&Media>, partial: bool) {
        self.partial = partial;
        if !partial {
            // Fields that are not mentioned may be kept or get their defaults.
            self.written.clear();
        }
        let Some(media) = media else { return };
        self.nodes = media.node.properties().iter().map(|p| (p.name.clone(), p.node.clone())).collect();
        for (name, value) in body.and_then(Value::as_object).into_iter().flatten() {
            if media.node.property(name).is_some_and(|property| !property.node.write_only) {
                self.written.insert(name.clone(), value.clone());
            }
        }
    }

    /// Takes note of an object that was read.
    pub(crate) fn read(&mut self, answer: &Value) {
        if let Value::Object(object) = answer {
            self.last = object.clone();
        }
        self.partial = false;
    }

    /// The first field that is not as expected: a title and a message.
    pub(crate) fn differs(&self, answer: &Value, counts: &impl Fn(&str) -> bool) -> Option<(String, String)> {
        let answer = answer.as_object()?;
        for (name, node) in self.nodes.iter().filter(|(name, _)| counts(name)) {
            let Some(read) = answer.get(name) else { continue };
            if let Some(written) = self.written.get(name) {
                if !same(written, read, node) {
                    let title = format!("`{name}` is not what was written");
                    return Some((title, format!("Written: {written}\nRead:    {read}")));
                }
            } else if self.partial
                && let Some(last) = self.last.get(name).filter(|last| !same(last, read, node))
            {
                let title = format!("`{name}` changed without being written");
                return Some((title, format!("Before: {last}\nNow:    {read}")));
            }
        }
        None
    }
}

/// Whether an object is in a list (as it should, or should not); nothing can be said about a page of a longer list.
pub(crate) fn listed(
    answer: &Value,
    property: &str,
    key: &Value,
    wanted: bool,
    deleted: bool,
) -> Option<(String, String)> {
    let entries = entries(answer);
    let there = entries.iter().any(|entry| entry.get(property) == Some(key));
    match (there, wanted) {
        (true, false) if deleted => Some(("A deleted object is still listed".into(), format!("{property} {key}"))),
        (false, true) if !is_page(answer, entries.len()) => Some((
            "A created object is not listed".into(),
            format!("{property} {key} is not among {} objects", entries.len()),
        )),
        _ => None,
    }
}

/// Whether there are more objects than these.
fn is_page(answer: &Value, count: usize) -> bool {
    let more = |name: &str, value: &Value| {
        let total = ["count", "total", "total_count", "total_items"].contains(&name);
        let next = name == "next" && (value.as_u64().is_some_and(|n| n > 0) || value.is_string());
        next || (total && value.as_u64().is_some_and(|n| n > count as u64))
    };
    let any = |object: &Map<String, Value>| object.iter().any(|(name, value)| more(name, value));
    answer.as_object().is_some_and(|object| any(object) || object.values().filter_map(Value::as_object).any(any))
}

/// Whether two values mean the same.
fn same(written: &Value, read: &Value, node: &Node) -> bool {
    match (written, read) {
        (Value::Number(left), Value::Number(right)) => left.as_f64() == right.as_f64(),
        (Value::String(left), Value::String(right)) => match node.format() {
            Some("date-time") => instant(left).is_some() && instant(left) == instant(right),
            Some("uuid") => left.eq_ignore_ascii_case(right),
            _ => left == right,
        },
        (Value::Array(left), Value::Array(right)) => {
            let Shape::Array { items, .. } = &node.shape else { return written == read };
            let scalar = left.iter().chain(right).all(|item| !item.is_object() && !item.is_array());
            if scalar && items.key_class().is_some() {
                // References have no order.
                let within = |all: &[Value], one: &Value| all.iter().any(|other| same(one, other, items));
                return left.iter().all(|one| within(right, one)) && right.iter().all(|one| within(left, one));
            }
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| same(left, right, items))
        }
        (Value::Object(left), Value::Object(right)) => {
            let known = |name: &str| match &node.shape {
                Shape::Union { variants, .. } => variants
                    .iter()
                    .find_map(|variant| variant.node.property(name))
                    .map(|property| property.node.clone()),
                _ => node.property(name).map(|property| property.node.clone()),
            };
            left.iter().all(|(name, value)| match (right.get(name), known(name)) {
                (Some(other), Some(node)) => node.write_only || same(value, other, &node),
                (Some(other), None) => value == other,
                (None, Some(node)) => node.write_only,
                (None, None) => false,
            })
        }
        _ => written == read,
    }
}

/// A moment, to the microsecond.
fn instant(text: &str) -> Option<i64> {
    chrono::DateTime::parse_from_rfc3339(text).ok().map(|time| time.timestamp_micros())
}
