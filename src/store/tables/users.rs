//! User accounts.

use crate::store::{Table, column::Secret};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

/// The account of a person or a service.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("users")]
pub struct User {
    /// Primary key, given by the database.
    pub id: i64,
    /// Stable identifier; the `uid` of the API is derived from it.
    pub uuid: Uuid,
    /// Name to log in with.
    pub username: String,
    /// Full name.
    pub name: String,
    /// E-mail address; empty when none is known, and not unique.
    pub email: String,
    /// Whether the user may log in.
    #[initial(true)]
    pub is_active: bool,
    /// Folder of the user, segments separated by `/`.
    #[initial("users")]
    pub path: String,
    /// The `type` of the API: `internal`, `external`, `service_account` or `internal_service_account`.
    #[initial("internal")]
    #[column("kind")]
    pub r#type: String,
    /// Hash `algorithm$iterations$salt$hash`; empty or starting with `!` when no password can match.
    pub password: Secret,
    /// When the password was last set.
    pub password_change_date: DateTime<Utc>,
    /// When the user last logged in.
    pub last_login: Option<DateTime<Utc>>,
    /// When the user was created.
    pub date_joined: DateTime<Utc>,
    /// Free-form object; takes precedence over the attributes of the groups.
    #[initial(json!({}))]
    pub attributes: Value,
}
