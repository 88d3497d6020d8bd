//! The audit log.

use crate::store::Table;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

/// An entry of the audit log.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("events", called = "event_uuid")]
pub struct Event {
    /// Primary key.
    pub id: Uuid,
    /// What happened: `login`, `model_created`, ….
    pub action: String,
    /// Part of the program that tells.
    pub app: String,
    /// The `user` of the API: who did it, as known then; an empty object when unknown.
    #[initial(json!({}))]
    pub actor: Value,
    /// What else is known: an object.
    #[initial(json!({}))]
    pub context: Value,
    /// Where the request came from.
    pub client_ip: Option<String>,
    /// When it happened.
    pub created: DateTime<Utc>,
    /// When the event is removed; null to keep it.
    pub expires: Option<DateTime<Utc>>,
    /// The brand the request went to, as known then.
    #[initial(json!({}))]
    pub brand: Value,
}
