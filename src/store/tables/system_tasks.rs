//! What servers do by themselves.

use crate::store::Table;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

/// The latest run of something that servers do by themselves.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("system_tasks", called = "uuid")]
pub struct SystemTask {
    /// Primary key.
    pub id: Uuid,
    /// What is done.
    pub name: String,
    /// For which object, where it is done for several.
    pub uid: String,
    /// What is done, for people.
    pub description: String,
    /// `successful`, `warning` or `error`.
    #[initial("unknown")]
    pub status: String,
    /// What was said meanwhile: a list of lines of a log.
    #[initial(json!([]))]
    pub messages: Value,
    /// When it began.
    pub start_timestamp: DateTime<Utc>,
    /// When it ended.
    pub finish_timestamp: DateTime<Utc>,
    /// Seconds in between.
    pub duration: f64,
    /// When this is forgotten.
    pub expires: Option<DateTime<Utc>>,
}
