//! Outposts.

use super::Provider;
use crate::store::{
    Table,
    column::{Managed, Many},
};
use serde_json::{Value, json};
use uuid::Uuid;

/// A program that speaks a protocol on behalf of this server.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("outposts", called = "uuid")]
pub struct Outpost {
    /// Primary key.
    pub id: Uuid,
    /// The name.
    pub name: String,
    /// The `type` of the API: `proxy`, `ldap`, `radius` or `rac`.
    #[column("kind")]
    pub r#type: String,
    /// Settings of the outpost: an object.
    #[initial(json!({}))]
    pub config: Value,
    /// Who keeps this object up to date, if it is not a person.
    pub managed: Managed,
    /// Identifier of the token the outpost authenticates with.
    pub token_identifier: String,
    /// Where the outpost is deployed to; null when somebody else does that.
    #[column("service_connection_id")]
    pub service_connection: Option<Uuid>,
    /// The providers it serves.
    #[through("outpost_providers", "outpost_id", "provider_id")]
    pub providers: Many<Provider>,
}
