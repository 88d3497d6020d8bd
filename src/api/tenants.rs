//! `/tenants/`: installations that share a server, and their domains.
//!
//! The paths are for whoever runs the server, who has a key in the settings ([`super::auth::operator`]); without one they are
//! not there. This server holds one tenant, the default one: others are written down, and have no users yet.

use super::{
    context::Context,
    core::{groups::Groups, users::recovery_link},
    events,
    fields::{Writer, fields},
    resource::{self, MUST_BE_UNIQUE, Model, Resource, Unique},
};
use crate::{
    bootstrap::ADMINISTRATORS,
    store::{
        Entity,
        membership::USERS_OF_GROUP,
        table,
        tables::{Domain, Group, Tenant, User},
    },
};
use chrono::TimeDelta;
use sea_query::{Expr, ExprTrait, UpdateStatement};
use uuid::Uuid;
use vestibule_api::{
    ApiError, Errors, TenantsDomains, TenantsTenants, Unchecked,
    models::{TenantAdminGroupRequestRequest, TenantRecoveryKeyRequestRequest, TenantRecoveryKeyResponse},
    tenants_domains, tenants_tenants,
};

/// The schema of the default tenant.
const DEFAULT: &str = "public";
/// The longest time that a link works, in days.
const LONGEST: i64 = 3650;

impl Resource for tenants_tenants::Family {
    type Row = Tenant;

    const MODEL: Model = Model { app: "authentik_tenants", name: "tenant", verbose: "Tenant" };
    const SEARCH: &'static [&'static str] = &["name", "schema_name"];
    const UNIQUE: &'static [Unique] = &[("schema_name", "schema_name", MUST_BE_UNIQUE)];

    fields!(tenants_tenants);

    fn label(row: &Tenant) -> String {
        format!("Tenant {}", row.name)
    }

    async fn check(
        _: &mut Context,
        row: &mut Tenant,
        before: Option<&Tenant>,
        to: &mut Writer,
    ) -> Result<(), ApiError> {
        if before.is_none_or(|before| before.schema_name != row.schema_name) && !is_schema(&row.schema_name) {
            let told = "Schema name must start with t_, followed by lowercase letters and digits only.";
            to.errors.add("schema_name", told);
        }
        Ok(())
    }

    async fn before_delete(_: &mut Context, row: &Tenant) -> Result<(), ApiError> {
        if row.schema_name == DEFAULT {
            return Err(ApiError::field(Errors::NON_FIELD, "The default tenant cannot be deleted."));
        }
        Ok(())
    }
}

/// Whether this can be the schema of a tenant.
fn is_schema(name: &str) -> bool {
    let fits = |rest: &str| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    name.len() <= 63 && name.strip_prefix("t_").is_some_and(fits)
}

impl Resource for tenants_domains::Family {
    type Row = Domain;

    const MODEL: Model = Model { app: "authentik_tenants", name: "domain", verbose: "Domain" };
    const ORDER: &'static [&'static str] = &["domain"];
    const SEARCH: &'static [&'static str] = &["domain"];
    const UNIQUE: &'static [Unique] = &[("domain", "domain", "domain with this domain already exists.")];

    fields!(tenants_domains);

    fn label(row: &Domain) -> String {
        row.domain.clone()
    }

    async fn after_create(ctx: &mut Context, row: &Domain) -> Result<(), ApiError> {
        lead(ctx, row).await
    }

    async fn after_change(ctx: &mut Context, _: &Domain, after: Option<&Domain>) -> Result<(), ApiError> {
        match after {
            Some(row) => lead(ctx, row).await,
            None => Ok(()),
        }
    }
}

/// Makes a domain that is a main one the only main one of its tenant.
async fn lead(ctx: &mut Context, row: &Domain) -> Result<(), ApiError> {
    if row.is_primary {
        let mut others = UpdateStatement::new();
        others.table(Domain::TABLE).value("is_primary", false);
        others.and_where(Expr::col("tenant_id").eq(row.tenant)).and_where(Expr::col(Domain::KEY).ne(row.id));
        ctx.db.execute(&others).await?;
    }
    Ok(())
}

/// A user of a tenant.
async fn user(ctx: &mut Context, tenant: Uuid, username: &str) -> Result<User, ApiError> {
    let tenant = resource::find::<tenants_tenants::Family>(ctx, tenant).await?;
    if tenant.schema_name != DEFAULT {
        return Err(ApiError::not_found());
    }
    table::find::<User>(&mut ctx.db, "username", username).await?.ok_or_else(ApiError::not_found)
}

impl TenantsDomains for Context {}

impl TenantsTenants for Context {
    async fn tenants_tenants_create_admin_group_create(
        &mut self,
        tenant: Uuid,
        body: Unchecked<TenantAdminGroupRequestRequest>,
    ) -> Result<(), ApiError> {
        let TenantAdminGroupRequestRequest { user: username } = body.check()?;
        let user = user(self, tenant, &username).await?;
        let named: Option<Group> = table::find(&mut self.db, "name", ADMINISTRATORS).await?;
        let group = match named {
            Some(group) if group.is_superuser => group,
            Some(mut group) => {
                group.is_superuser = true;
                group.update(&mut self.db).await?;
                group
            }
            None => {
                let name = ADMINISTRATORS.to_owned();
                let mut group = Group { name, is_superuser: true, ..resource::fresh(self) };
                group.insert(&mut self.db).await?;
                group
            }
        };
        USERS_OF_GROUP.add(&mut self.db, group.id, user.id).await?;
        events::record(self, events::UPDATED, Groups::MODEL, Groups::pk(&group), Groups::label(&group));
        Ok(())
    }

    async fn tenants_tenants_create_recovery_key_create(
        &mut self,
        tenant: Uuid,
        body: Unchecked<TenantRecoveryKeyRequestRequest>,
    ) -> Result<TenantRecoveryKeyResponse, ApiError> {
        let TenantRecoveryKeyRequestRequest { duration_days, user: username } = body.check()?;
        if !(1..=LONGEST).contains(&duration_days) {
            let told = format!("Ensure this value is between 1 and {LONGEST}.");
            return Err(ApiError::field("duration_days", told));
        }
        let user = user(self, tenant, &username).await?;
        let (url, token) = recovery_link(self, &user, Some(TimeDelta::days(duration_days))).await?;
        Ok(TenantRecoveryKeyResponse { expiry: token.expires.unwrap_or(self.now), url })
    }
}

#[cfg(test)]
mod tests {
    use super::is_schema;

    #[test]
    fn schemas_have_plain_names() {
        assert!(is_schema("t_acme1"));
        for name in ["public", "t_", "t_A", "t_a-b", "t_a_b", "x_a", &format!("t_{}", "a".repeat(62))] {
            assert!(!is_schema(name), "{name}");
        }
    }
}
