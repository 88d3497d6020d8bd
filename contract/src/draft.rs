//! A request in parts, before it is bytes.

use crate::{
    event::Request,
    generate::{Change, Presence, Sources, Step, Violation, valid},
    model::{Operation, Place, is_json},
};
use proptest::{
    prelude::{Just, Strategy},
    strategy::{BoxedStrategy, Union},
};
use serde_json::{Map, Value};
use std::{fmt::Write as _, sync::Arc};

/// Splits the parts of a multipart body. Long enough not to occur in generated data.
const BOUNDARY: &str = "----vestibule-contract-7d1f0c5ab3e94e2f";

/// The values of a request.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Parts {
    pub(crate) path: Map<String, Value>,
    pub(crate) query: Map<String, Value>,
    pub(crate) header: Map<String, Value>,
    pub(crate) cookie: Map<String, Value>,
    pub(crate) body: Option<Value>,
}

impl Parts {
    /// The values of a place.
    pub(crate) fn place(&mut self, place: Place) -> &mut Map<String, Value> {
        match place {
            Place::Path => &mut self.path,
            Place::Query => &mut self.query,
            Place::Header => &mut self.header,
            Place::Cookie => &mut self.cookie,
        }
    }

    /// All requests of an operation that keep to the schema.
    pub(crate) fn strategy(operation: &Operation, presence: Presence, sources: &Sources) -> BoxedStrategy<Self> {
        let place = |place: Place| {
            let node = &operation.places[&place];
            valid(node, place.name(), presence, sources).prop_map(|value| match value {
                Value::Object(object) => object,
                _ => Map::new(),
            })
        };
        let body = match (operation.media(), &operation.body) {
            (Some(media), Some(body)) => {
                let values = valid(&media.node, "body", presence, sources).prop_map(Some).boxed();
                match (body.required, presence) {
                    (true, _) | (_, Presence::All) => values,
                    // What may be left out is still what the operation is about.
                    (false, Presence::Required) => values,
                    (false, Presence::Random) => {
                        Union::new_weighted(vec![(1, Just(None).boxed()), (6, values)]).boxed()
                    }
                }
            }
            _ => Just(None).boxed(),
        };
        (place(Place::Path), place(Place::Query), place(Place::Header), place(Place::Cookie), body)
            .prop_map(|(path, query, header, cookie, body)| Self { path, query, header, cookie, body })
            .boxed()
    }

    /// Sets a field of the body; what is missing on the way there is made. False if that cannot be done.
    pub(crate) fn set_in_body(&mut self, steps: &[Step], change: &Change) -> bool {
        let body = self.body.get_or_insert_with(|| Value::Object(Map::new()));
        apply(body, steps, change)
    }

    /// Makes the request violate a constraint. False if it has no place for it.
    pub(crate) fn violate(&mut self, place: Option<Place>, violation: &Violation) -> bool {
        match (place, violation.steps.first(), &violation.change) {
            (None, ..) => self.set_in_body(&violation.steps, &violation.change),
            (Some(place), Some(Step::Key(name)), Change::Set(value)) => {
                self.place(place).insert(name.clone(), value.clone());
                true
            }
            (Some(place), Some(Step::Key(name)), Change::Remove) => self.place(place).remove(name).is_some(),
            _ => false,
        }
    }
}

/// Changes what is at the end of steps into a value. False if the steps lead nowhere.
pub(crate) fn apply(value: &mut Value, steps: &[Step], change: &Change) -> bool {
    let Some((step, rest)) = steps.split_first() else {
        match change {
            Change::Set(new) => *value = new.clone(),
            Change::Remove => return false,
        }
        return true;
    };
    match (step, value) {
        (Step::Key(key), Value::Object(object)) => match (rest.is_empty(), change) {
            (true, Change::Remove) => object.remove(key).is_some(),
            _ => match object.get_mut(key) {
                Some(inner) => apply(inner, rest, change),
                None if rest.is_empty() => {
                    if let Change::Set(new) = change {
                        object.insert(key.clone(), new.clone());
                    }
                    true
                }
                None => false,
            },
        },
        (Step::Index(index), Value::Array(list)) => {
            let next = list.len() == *index;
            match (list.get_mut(*index), change) {
                (Some(inner), _) => apply(inner, rest, change),
                (None, Change::Set(new)) if rest.is_empty() && next => {
                    list.push(new.clone());
                    true
                }
                _ => false,
            }
        }
        _ => false,
    }
}

/// A request of an operation.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    pub(crate) operation: Arc<Operation>,
    /// Another method than that of the operation.
    pub(crate) method: Option<String>,
    pub(crate) parts: Parts,
    pub(crate) auth: Auth,
}

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Auth {
    /// The caller of the command line.
    Given,
    /// Nobody.
    Nobody,
    /// Somebody whose credentials are wrong.
    Wrong,
    /// The owner of a bearer token.
    Bearer(String),
}

impl Draft {
    pub(crate) fn new(operation: &Arc<Operation>, parts: Parts) -> Self {
        Self { operation: operation.clone(), method: None, parts, auth: Auth::Given }
    }

    /// The request as it is sent.
    pub(crate) fn request(&self, base: &str, headers: &[(String, String)]) -> Request {
        let mut path = self.operation.info.path.clone();
        for (name, value) in &self.parts.path {
            path = path.replace(&format!("{{{name}}}"), &encode(&text(value)));
        }
        let mut query = String::new();
        for (name, value) in &self.parts.query {
            let explode = self.operation.parameters.iter().find(|p| p.name == *name && p.place == Place::Query);
            for value in flat(value, explode.is_none_or(|parameter| parameter.explode)) {
                let _ =
                    write!(query, "{}{}={}", if query.is_empty() { '?' } else { '&' }, encode(name), encode(&value));
            }
        }
        let mut sent: Vec<(String, String)> = vec![("accept".into(), "*/*".into())];
        for (name, value) in headers {
            let secret = ["authorization", "cookie"].contains(&name.to_lowercase().as_str());
            if self.auth == Auth::Given || !secret {
                sent.push((name.to_lowercase(), value.clone()));
            }
        }
        match &self.auth {
            Auth::Wrong => sent.push(("authorization".into(), "Bearer wrong-0123456789abcdef".into())),
            Auth::Bearer(token) => sent.push(("authorization".into(), format!("Bearer {token}"))),
            Auth::Given | Auth::Nobody => {}
        }
        // A header cannot carry other letters than these.
        let visible =
            |value: &Value| text(value).chars().map(|c| if (' '..='~').contains(&c) { c } else { '?' }).collect();
        sent.extend(self.parts.header.iter().map(|(name, value)| (name.to_lowercase(), visible(value))));
        if !self.parts.cookie.is_empty() {
            let pairs = self.parts.cookie.iter().map(|(name, value)| format!("{name}={}", encode(&text(value))));
            sent.push(("cookie".into(), pairs.collect::<Vec<_>>().join("; ")));
        }
        let body = self.parts.body.as_ref().map(|value| {
            let media = self.operation.media().map_or("application/json", |media| media.name.as_str());
            let (media, bytes) = serialize(media, value, &self.operation);
            sent.push(("content-type".into(), media));
            bytes
        });
        Request {
            method: self.method.clone().unwrap_or_else(|| self.operation.info.method.clone()),
            url: format!("{base}{path}{query}"),
            headers: sent,
            body,
        }
    }
}

fn serialize(media: &str, value: &Value, operation: &Operation) -> (String, Vec<u8>) {
    let fields = || value.as_object().into_iter().flatten();
    match media {
        "multipart/form-data" => {
            let file = |name: &str| {
                let property = operation.media().and_then(|media| media.node.property(name));
                let node = &property.filter(|property| property.node.format() == Some("binary"))?.node;
                Some(node.content_type.as_deref().unwrap_or("application/octet-stream"))
            };
            let mut body = String::new();
            for (name, value) in fields() {
                let quoted = name.replace(['"', '\r', '\n'], "_");
                let _ = write!(body, "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{quoted}\"");
                if let Some(kind) = file(name) {
                    let _ = write!(body, "; filename=\"file\"\r\nContent-Type: {kind}");
                }
                let _ = write!(body, "\r\n\r\n{}\r\n", text(value));
            }
            let _ = write!(body, "--{BOUNDARY}--\r\n");
            (format!("multipart/form-data; boundary={BOUNDARY}"), body.into_bytes())
        }
        "application/x-www-form-urlencoded" => {
            let pairs: Vec<String> = fields()
                .flat_map(|(name, value)| {
                    flat(value, true).into_iter().map(move |value| format!("{}={}", encode(name), encode(&value)))
                })
                .collect();
            (media.into(), pairs.join("&").into_bytes())
        }
        _ if is_json(media) => (media.into(), value.to_string().into_bytes()),
        _ => (media.into(), text(value).into_bytes()),
    }
}

/// The texts of a value in an address.
fn flat(value: &Value, explode: bool) -> Vec<String> {
    match value {
        Value::Array(items) if explode => items.iter().map(text).collect(),
        Value::Array(items) => vec![items.iter().map(text).collect::<Vec<_>>().join(",")],
        other => vec![text(other)],
    }
}

/// A value as text: strings without quotation marks.
pub(crate) fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Percent-encoding of all but letters, digits and `-_.~`. Dots alone would be taken for steps in the path.
fn encode(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => encoded.push(byte as char),
            _ => {
                let _ = write!(encoded, "%{byte:02X}");
            }
        }
    }
    encoded
}
