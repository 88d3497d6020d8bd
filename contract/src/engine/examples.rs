//! Examples that the schema gives.

use super::{session::Session, verdict::Purpose};
use crate::{
    draft::Draft,
    generate::{Change, Presence, Step},
    model::Operation,
};
use serde_json::Value;
use std::sync::Arc;

/// Sends the examples of an operation; the reason if there are none.
pub(crate) async fn run(session: &mut Session<'_>, operation: &Arc<Operation>) -> Option<String> {
    let mut drafts: Vec<(Draft, String)> = Vec::new();
    if let Some(media) = operation.media() {
        for example in media.examples.iter().chain(&media.node.examples) {
            if let Some(mut draft) = session.base(operation, &[], Presence::Required) {
                draft.parts.body = Some(example.clone());
                drafts.push((draft, "example of the body".into()));
            }
        }
        for property in media.node.properties() {
            let place = format!("body.{}", property.name);
            for example in &property.node.examples {
                if let Some(mut draft) = session.base(operation, std::slice::from_ref(&place), Presence::Required) {
                    draft.parts.set_in_body(&[Step::Key(property.name.clone())], &Change::Set(example.clone()));
                    drafts.push((draft, format!("example of {}", property.name)));
                }
            }
        }
    }
    for parameter in &operation.parameters {
        for example in parameter.examples.iter().chain(&parameter.node.examples) {
            if let Some(mut draft) = session.base(operation, &[], Presence::Required) {
                draft.parts.place(parameter.place).insert(parameter.name.clone(), Value::clone(example));
                drafts.push((draft, format!("example of {}", parameter.name)));
            }
        }
    }
    if drafts.is_empty() {
        return Some("the schema has no examples for it".into());
    }
    for (mut draft, description) in drafts {
        if session.context().log.is_stopped() {
            break;
        }
        let of_path = operation.path_parameters().any(|p| description == format!("example of {}", p.name));
        let purpose = if of_path { Purpose::Probe } else { Purpose::Valid };
        if !of_path {
            session.address(&mut draft).await;
        }
        let exchange = session.send(&draft, &purpose, &description).await;
        session.report(&exchange);
    }
    None
}
