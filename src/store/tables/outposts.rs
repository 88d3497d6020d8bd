//! Outposts, and where they run.

use super::{Certificate, Provider, User};
use crate::store::{
    Table,
    column::{Managed, Many, Ref, SecretJson},
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
    #[on_delete(SetDefault)]
    pub service_connection: Option<Ref<ServiceConnection>>,
    /// The providers it serves.
    #[through("outpost_providers", "outpost_id", "provider_id")]
    pub providers: Many<Provider>,
}

/// The account by which an outpost works.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("outpost_accounts")]
pub struct OutpostAccount {
    /// Primary key.
    pub id: Uuid,
    /// The outpost.
    pub outpost: Ref<Outpost>,
    /// Its account.
    pub user: Ref<User>,
}

/// Where the server can run outposts.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("service_connections")]
pub struct ServiceConnection {
    /// Primary key.
    pub id: Uuid,
    /// The name.
    pub name: String,
    /// The `service_connections_<kind>` table that holds the rest.
    pub kind: String,
    /// Whether it is the machine, or the cluster, that this server runs on.
    pub local: bool,
}

/// Docker, by its API.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("service_connections_docker", key = "connection_id", kind = "docker")]
pub struct DockerConnection {
    /// What all service connections have.
    #[base]
    pub base: ServiceConnection,
    /// `unix://` and a path, or `http://` or `https://` and a host.
    pub url: String,
    /// Whose signature the certificate of the other side must have; null for those that this machine trusts.
    #[on_delete(SetDefault)]
    pub tls_verification: Option<Ref<Certificate>>,
    /// The certificate by which this side shows who it is.
    #[on_delete(SetDefault)]
    pub tls_authentication: Option<Ref<Certificate>>,
}

/// Kubernetes.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("service_connections_kubernetes", key = "connection_id", kind = "kubernetes")]
pub struct KubernetesConnection {
    /// What all service connections have.
    #[base]
    pub base: ServiceConnection,
    /// The configuration, as `kubectl` reads it; an empty object for the cluster that this server runs in.
    #[initial(json!({}).into())]
    pub kubeconfig: SecretJson,
    /// Whether the certificate of the other side is checked.
    #[initial(true)]
    pub verify_ssl: bool,
}
