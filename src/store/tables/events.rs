//! The audit log, and who is told of it.

use super::{Group, NotificationMapping, User};
use crate::store::{
    Table,
    column::{Many, Ref},
};
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
    /// Who did it, as known then; an empty object when unknown.
    #[column("actor")]
    #[initial(json!({}))]
    pub user: Value,
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

/// What a user is told of an event.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("notifications", called = "uuid")]
pub struct Notification {
    /// Primary key.
    pub id: Uuid,
    /// Who is told.
    pub user: Ref<User>,
    /// Of what; none when that is gone.
    pub event: Option<Ref<Event>>,
    /// `notice`, `warning` or `alert`.
    #[initial("notice")]
    pub severity: String,
    /// The text.
    pub body: String,
    /// Whether it was seen.
    pub seen: bool,
    /// When it was written.
    pub created: DateTime<Utc>,
}

/// How notifications travel.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("notification_transports", called = "uuid")]
pub struct NotificationTransport {
    /// Primary key.
    pub id: Uuid,
    /// The name.
    pub name: String,
    /// `local`, `webhook`, `webhook_slack` or `email`.
    #[initial("local")]
    pub mode: String,
    /// Where webhooks are.
    pub webhook_url: String,
    /// What makes the body of a webhook.
    pub webhook_mapping: Option<Ref<NotificationMapping>>,
    /// Whether only the first user of a group gets it.
    pub send_once: bool,
}

/// Whom events are told to. The policies that are bound to it choose the events.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("notification_rules", called = "pbm_uuid")]
pub struct NotificationRule {
    /// Primary key, and the target of bindings.
    pub id: Uuid,
    /// The name.
    pub name: String,
    /// `notice`, `warning` or `alert`.
    #[initial("notice")]
    pub severity: String,
    /// The group; nobody is told without.
    pub group: Option<Ref<Group>>,
    /// How. Without any, notifications are stored.
    #[through("notification_rule_transports", "rule_id", "transport_id")]
    pub transports: Many<NotificationTransport>,
}
