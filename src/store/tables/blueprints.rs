//! Blueprints.

use crate::store::Table;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

/// A blueprint, and what became of it when it was applied.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("blueprint_instances", called = "instance_uuid")]
pub struct BlueprintInstance {
    /// Primary key.
    pub id: Uuid,
    /// The name.
    pub name: String,
    /// Path of a file, or an address that begins with `oci://`; empty where the content is given.
    pub path: String,
    /// The blueprint, where there is no path.
    pub content: String,
    /// Values for the blueprint: an object.
    #[initial(json!({}))]
    pub context: Value,
    /// What the blueprint says of itself: an object.
    #[initial(json!({}))]
    pub metadata: Value,
    /// Whether it is applied at all.
    #[initial(true)]
    pub enabled: bool,
    /// What became of it: `successful`, `error` or, before the first time, `unknown`.
    #[initial("unknown")]
    pub status: String,
    /// When it was last applied or, before that, written.
    pub last_applied: DateTime<Utc>,
    /// SHA-512 of what was applied then.
    pub last_applied_hash: String,
    /// Models of the objects that belong to it: a list of texts.
    #[initial(json!([]))]
    pub managed_models: Value,
}
