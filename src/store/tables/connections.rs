//! Which account at a source is which user here.

use super::{Group, Source, User};
use crate::store::{
    Table,
    column::{Ref, Secret, SharedSecret},
};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

/// A user and a source it can log in at.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("user_source_connections")]
pub struct SourceConnection {
    /// Primary key, given by the database.
    pub id: i64,
    /// The user.
    pub user: Ref<User>,
    /// The source.
    pub source: Ref<Source>,
    /// Which `user_source_connections_<kind>` table holds the rest.
    pub kind: String,
    /// When it was made.
    pub created: DateTime<Utc>,
}

/// An account at an OAuth source.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("user_source_connections_oauth", key = "connection_id", kind = "oauth")]
pub struct OAuthConnection {
    /// What all connections have.
    #[base]
    pub base: SourceConnection,
    /// The account there.
    pub identifier: String,
    /// What the source can be asked with in the name of the user.
    pub access_token: Secret,
}

/// An account at a SAML source.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("user_source_connections_saml", key = "connection_id", kind = "saml")]
pub struct SamlConnection {
    /// What all connections have.
    #[base]
    pub base: SourceConnection,
    /// The account there.
    pub identifier: String,
}

/// An account at Plex.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("user_source_connections_plex", key = "connection_id", kind = "plex")]
pub struct PlexConnection {
    /// What all connections have.
    #[base]
    pub base: SourceConnection,
    /// The account there.
    pub identifier: String,
    /// By what Plex knows the user.
    pub plex_token: SharedSecret,
}

/// A user that a SCIM source pushed here.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("scim_source_users")]
pub struct ScimSourceUser {
    /// Primary key.
    #[key]
    pub uuid: Uuid,
    /// What the source calls it.
    #[column("remote_id")]
    pub id: String,
    /// The source.
    pub source: Ref<Source>,
    /// The user here.
    pub user: Ref<User>,
    /// What the source said of it last.
    #[initial(json!({}))]
    pub attributes: Value,
}

/// A group that a SCIM source pushed here.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("scim_source_groups")]
pub struct ScimSourceGroup {
    /// Primary key.
    #[key]
    pub uuid: Uuid,
    /// What the source calls it.
    #[column("remote_id")]
    pub id: String,
    /// The source.
    pub source: Ref<Source>,
    /// The group here.
    pub group: Ref<Group>,
    /// What the source said of it last.
    #[initial(json!({}))]
    pub attributes: Value,
}
