//! `/propertymappings/scope/`: mappings to the claims of OAuth2 scopes.

use super::mapping;
use crate::{
    api::{context::Context, fields::Writer},
    store::tables::ScopeMapping,
};
use vestibule_api::{ApiError, PropertymappingsScope};

mapping!(propertymappings_scope ScopeMapping "scope", |row| format!("Scope Mapping {} ({})", row.name, row.scope_name), {
    const ORDER: &'static [&'static str] = &["scope_name", "name"];
    const SEARCH: &'static [&'static str] = &["name", "scope_name"];

    async fn check(
        _: &mut Context,
        row: &mut ScopeMapping,
        _: Option<&ScopeMapping>,
        to: &mut Writer,
    ) -> Result<(), ApiError> {
        if row.scope_name.contains(' ') {
            to.errors.add("scope_name", "Value must not contain spaces.");
        }
        Ok(())
    }
});

impl PropertymappingsScope for Context {}
