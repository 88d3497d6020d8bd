//! `/providers/ldap/`: directories served over LDAP.

use super::{provider, summary::served};
use crate::api::context::Context;
use vestibule_api::ProvidersLdap;

provider!(providers_ldap LdapProvider "ldap", served, "LDAP Provider");

impl ProvidersLdap for Context {}
