//! `/propertymappings/ldap/`: mappings from LDAP entries to fields of users and groups.

use super::mapping;
use crate::api::context::Context;
use vestibule_api::PropertymappingsLdap;

mapping!(propertymappings_ldap LdapMapping "ldap", |row| row.name.clone());

impl PropertymappingsLdap for Context {}
