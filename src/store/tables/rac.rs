//! Remote access: machines and connections to them.

use super::{RacMapping, RacProvider, User};
use crate::store::{
    Table,
    column::{Many, Ref, SecretJson},
};
use chrono::{DateTime, Utc};
use serde_json::json;
use uuid::Uuid;

/// A machine that users reach through a RAC provider.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("rac_endpoints", called = "pbm_uuid")]
pub struct RacEndpoint {
    /// Primary key, and the target of bindings.
    pub id: Uuid,
    /// The name.
    pub name: String,
    /// Through which provider.
    pub provider: Ref<RacProvider>,
    /// `rdp`, `vnc` or `ssh`.
    pub protocol: String,
    /// Its address.
    pub host: String,
    /// Parameters of connections: an object, in which there may be passwords.
    #[initial(json!({}).into())]
    pub settings: SecretJson,
    /// `static` or `prompt`.
    pub auth_mode: String,
    /// How many connections a user may have at once; -1 for any number.
    #[initial(1)]
    pub maximum_connections: i64,
    /// Whether `all` or `any` of its bindings must pass.
    #[initial("any")]
    pub policy_engine_mode: String,
    /// What adds parameters to connections.
    #[through("rac_endpoint_property_mappings", "endpoint_id", "mapping_id")]
    pub property_mappings: Many<RacMapping>,
}

/// A connection that a user may open.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("rac_connection_tokens", called = "connection_token_uuid")]
pub struct RacConnectionToken {
    /// Primary key.
    pub id: Uuid,
    /// Through which provider.
    pub provider: Ref<RacProvider>,
    /// To which machine.
    pub endpoint: Ref<RacEndpoint>,
    /// Whose it is.
    pub user: Ref<User>,
    /// The session in which it was opened.
    pub session_id: Option<String>,
    /// Further parameters: an object, in which there may be passwords.
    #[initial(json!({}).into())]
    pub settings: SecretJson,
    /// When it stops working.
    pub expires: Option<DateTime<Utc>>,
}
