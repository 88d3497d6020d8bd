//! Tenants.

use crate::store::{Table, column::Ref};
use uuid::Uuid;

/// An installation that shares the server.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("tenants", called = "tenant_uuid")]
pub struct Tenant {
    /// Primary key.
    pub id: Uuid,
    /// The database schema that it is in.
    pub schema_name: String,
    /// The name.
    pub name: String,
    /// Whether its schema is set up.
    pub ready: bool,
}

/// A domain by which people reach a tenant.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("tenant_domains")]
pub struct Domain {
    /// Primary key, given by the database.
    pub id: i64,
    /// The domain.
    pub domain: String,
    /// Whether it is the main one.
    #[initial(true)]
    pub is_primary: bool,
    /// The tenant.
    pub tenant: Ref<Tenant>,
}
