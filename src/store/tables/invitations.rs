//! Invitations.

use super::{Flow, User};
use crate::store::{Table, column::Ref};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

/// A link that lets its holder enrol.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("invitations", called = "invite_uuid")]
pub struct Invitation {
    /// Primary key, and the secret of the link.
    pub id: Uuid,
    /// The name, for administrators.
    pub name: String,
    /// Who made it.
    pub created_by: Ref<User>,
    /// The flow it leads to; none for any.
    #[on_delete(SetDefault)]
    pub flow: Option<Ref<Flow>>,
    /// Whether it works once only.
    pub single_use: bool,
    /// What it fills in.
    #[initial(json!({}))]
    pub fixed_data: Value,
    /// When it stops working, if ever.
    pub expires: Option<DateTime<Utc>>,
}
