//! What OAuth2 providers have issued.

use super::{OAuth2Provider, User};
use crate::store::{
    Table,
    column::{Fingerprint, Ref, Secret},
};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

/// An access token.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("oauth2_access_tokens")]
pub struct AccessToken {
    /// Primary key.
    pub id: i64,
    /// Who issued it.
    pub provider: Ref<OAuth2Provider>,
    /// Whose it is.
    pub user: Ref<User>,
    /// What the client sends.
    pub secret: Secret,
    /// By what it is found when that is sealed.
    pub secret_fingerprint: Fingerprint,
    /// The claims of its ID token, as JSON.
    #[column("claims")]
    pub id_token: String,
    /// Whether it was taken back.
    pub revoked: bool,
    /// What it is good for: a list of texts.
    #[initial(json!([]))]
    pub scope: Value,
    /// When the user logged in.
    pub auth_time: DateTime<Utc>,
    /// The session in which it was issued.
    pub session_id: Option<String>,
    /// When it stops working.
    pub expires: Option<DateTime<Utc>>,
}

/// A refresh token.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("oauth2_refresh_tokens")]
pub struct RefreshToken {
    /// Primary key.
    pub id: i64,
    /// Who issued it.
    pub provider: Ref<OAuth2Provider>,
    /// Whose it is.
    pub user: Ref<User>,
    /// What the client sends.
    pub secret: Secret,
    /// By what it is found when that is sealed.
    pub secret_fingerprint: Fingerprint,
    /// The claims of its ID token, as JSON.
    #[column("claims")]
    pub id_token: String,
    /// Whether it was taken back.
    pub revoked: bool,
    /// What it is good for: a list of texts.
    #[initial(json!([]))]
    pub scope: Value,
    /// When the user logged in.
    pub auth_time: DateTime<Utc>,
    /// The session in which it was issued.
    pub session_id: Option<String>,
    /// When it stops working.
    pub expires: Option<DateTime<Utc>>,
}

/// A code that waits to be exchanged for tokens.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("oauth2_authorization_codes")]
pub struct AuthorizationCode {
    /// Primary key.
    pub id: i64,
    /// Who issued it.
    pub provider: Ref<OAuth2Provider>,
    /// Who logged in.
    pub user: Ref<User>,
    /// What the client sends.
    pub secret: Secret,
    /// By what it is found when that is sealed.
    pub secret_fingerprint: Fingerprint,
    /// What the client wants to find in the ID token.
    pub nonce: String,
    /// What the client proves to be itself by.
    pub code_challenge: Option<String>,
    /// How that was made: `plain` or `S256`.
    pub code_challenge_method: Option<String>,
    /// Whether it was taken back.
    pub revoked: bool,
    /// What is asked for: a list of texts.
    #[initial(json!([]))]
    pub scope: Value,
    /// When the user logged in.
    pub auth_time: DateTime<Utc>,
    /// The session in which it was issued.
    pub session_id: Option<String>,
    /// When it stops working.
    pub expires: Option<DateTime<Utc>>,
}
