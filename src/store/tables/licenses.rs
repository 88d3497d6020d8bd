//! Licences.

use crate::store::{
    Table,
    column::{Fingerprint, SharedSecret},
};
use chrono::{DateTime, Utc};
use uuid::Uuid;

/// A licence. No feature depends on one.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("licenses", called = "license_uuid")]
pub struct License {
    /// Primary key.
    pub id: Uuid,
    /// The signed statement that all else is read from.
    pub key: SharedSecret,
    /// By what the licence is found when the key is sealed.
    pub key_fingerprint: Fingerprint,
    /// To whom it was given.
    pub name: String,
    /// When it ends.
    pub expiry: DateTime<Utc>,
    /// For how many internal users it is.
    pub internal_users: i64,
    /// For how many external users it is.
    pub external_users: i64,
}
