//! Certificates and their keys.

use crate::store::{
    Table,
    column::{Managed, Secret},
};
use uuid::Uuid;

/// A certificate with or without its private key, as PEM.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("certificates", called = "kp_uuid")]
pub struct Certificate {
    /// Primary key.
    pub id: Uuid,
    /// The name.
    pub name: String,
    /// The certificate, as PEM.
    pub certificate_data: String,
    /// The private key, as PEM; empty when only the certificate is known.
    pub key_data: Secret,
    /// Who keeps this object up to date, if it is not a person.
    pub managed: Managed,
}
