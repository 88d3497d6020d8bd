//! Sessions, and what users agreed to.

use super::{Application, User};
use crate::store::{Table, column::Ref};
use chrono::{DateTime, Utc};
use uuid::Uuid;

/// A browser in which a user is logged in.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("authenticated_sessions", called = "uuid")]
pub struct AuthenticatedSession {
    /// Primary key.
    pub id: Uuid,
    /// Who is logged in.
    pub user: Ref<User>,
    /// The address from which the browser last asked.
    pub last_ip: String,
    /// What the browser said it is.
    pub last_user_agent: String,
    /// When it last asked.
    pub last_used: DateTime<Utc>,
    /// When the session ends.
    pub expires: Option<DateTime<Utc>>,
}

/// What a user agreed to share with an application.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("user_consents")]
pub struct UserConsent {
    /// Primary key, given by the database.
    pub id: i64,
    /// Who agreed.
    pub user: Ref<User>,
    /// With which application.
    pub application: Ref<Application>,
    /// The permissions, as the application asked for them.
    pub permissions: String,
    /// When the user is asked again, provided that the consent is `expiring`.
    pub expires: Option<DateTime<Utc>>,
    /// Whether `expires` counts.
    #[initial(true)]
    pub expiring: bool,
}
