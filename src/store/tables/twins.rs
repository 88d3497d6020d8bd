//! Which object of another system is which user or group of ours.

use super::{Group, Provider, User};
use crate::store::{Table, column::Ref};
use serde_json::{Value, json};
use uuid::Uuid;

/// A user in a SCIM server.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("scim_users")]
pub struct ScimUser {
    /// Primary key.
    pub id: Uuid,
    /// The provider that sends it there.
    pub provider: Ref<Provider>,
    /// The user here.
    pub user: Ref<User>,
    /// How it is called there.
    #[column("remote_id")]
    pub scim_id: String,
    /// What was last said of it there.
    #[initial(json!({}))]
    pub attributes: Value,
}

/// A group in a SCIM server.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("scim_groups")]
pub struct ScimGroup {
    /// Primary key.
    pub id: Uuid,
    /// The provider that sends it there.
    pub provider: Ref<Provider>,
    /// The group here.
    pub group: Ref<Group>,
    /// How it is called there.
    #[column("remote_id")]
    pub scim_id: String,
    /// What was last said of it there.
    #[initial(json!({}))]
    pub attributes: Value,
}

/// A user in Google Workspace.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("google_users")]
pub struct GoogleUser {
    /// Primary key.
    pub id: Uuid,
    /// The provider that sends it there.
    pub provider: Ref<Provider>,
    /// The user here.
    pub user: Ref<User>,
    /// How it is called there.
    #[column("remote_id")]
    pub google_id: String,
    /// What was last said of it there.
    #[initial(json!({}))]
    pub attributes: Value,
}

/// A group in Google Workspace.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("google_groups")]
pub struct GoogleGroup {
    /// Primary key.
    pub id: Uuid,
    /// The provider that sends it there.
    pub provider: Ref<Provider>,
    /// The group here.
    pub group: Ref<Group>,
    /// How it is called there.
    #[column("remote_id")]
    pub google_id: String,
    /// What was last said of it there.
    #[initial(json!({}))]
    pub attributes: Value,
}

/// A user in Microsoft Entra.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("entra_users")]
pub struct EntraUser {
    /// Primary key.
    pub id: Uuid,
    /// The provider that sends it there.
    pub provider: Ref<Provider>,
    /// The user here.
    pub user: Ref<User>,
    /// How it is called there.
    #[column("remote_id")]
    pub microsoft_id: String,
    /// What was last said of it there.
    #[initial(json!({}))]
    pub attributes: Value,
}

/// A group in Microsoft Entra.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("entra_groups")]
pub struct EntraGroup {
    /// Primary key.
    pub id: Uuid,
    /// The provider that sends it there.
    pub provider: Ref<Provider>,
    /// The group here.
    pub group: Ref<Group>,
    /// How it is called there.
    #[column("remote_id")]
    pub microsoft_id: String,
    /// What was last said of it there.
    #[initial(json!({}))]
    pub attributes: Value,
}
