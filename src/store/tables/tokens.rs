//! Tokens.

use super::User;
use crate::store::{
    Table,
    column::{Fingerprint, Managed, Ref, Secret},
};
use chrono::{DateTime, Utc};
use uuid::Uuid;

/// A key that a user or program authenticates with.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("tokens", called = "token_uuid")]
pub struct Token {
    /// Primary key.
    pub id: Uuid,
    /// Name of the token, for people.
    pub identifier: String,
    /// The secret.
    pub key: Secret,
    /// By what the token is found when the secret is sealed.
    pub key_fingerprint: Fingerprint,
    /// What the token is for: `api`, `app_password`, `recovery` or `verification`.
    #[initial("api")]
    pub intent: String,
    /// Whom the token authenticates.
    pub user: Ref<User>,
    /// What it is for.
    pub description: String,
    /// When the token stops working, provided that it is `expiring`.
    pub expires: Option<DateTime<Utc>>,
    /// Whether `expires` counts.
    #[initial(true)]
    pub expiring: bool,
    /// Who keeps this object up to date, if it is not a person.
    pub managed: Managed,
}
