//! `/rbac/roles/`: named sets of permissions that a group gives to its members.

use crate::{
    api::{
        context::Context,
        core::rights,
        fields::{Writer, fields},
        page::Column,
        resource::{MUST_BE_UNIQUE, Model, Resource, Unique, own_column},
    },
    store::{power::Reach, tables::Role},
};
use sea_query::{Expr, ExprTrait, SelectStatement};
use vestibule_api::{ApiError, RbacRoles, RbacRolesListParams, rbac_roles};

const GROUP_NAME: Column = ("groups", "name");

impl Resource for rbac_roles::Family {
    type Row = Role;

    const MODEL: Model = Model { app: "authentik_rbac", name: "role", verbose: "Role" };
    const UNIQUE: &'static [Unique] = &[("name", "name", MUST_BE_UNIQUE)];
    const FILTERS: &'static [&'static str] = &["group__name"];

    fields!(rbac_roles);

    fn label(row: &Role) -> String {
        format!("Role {}", row.name)
    }

    async fn check(ctx: &mut Context, row: &mut Role, before: Option<&Role>, _: &mut Writer) -> Result<(), ApiError> {
        match before {
            Some(before) if before != row => rights::touch(ctx, Reach::role(row.id)).await,
            _ => Ok(()),
        }
    }

    async fn before_delete(ctx: &mut Context, row: &Role) -> Result<(), ApiError> {
        rights::touch(ctx, Reach::role(row.id)).await
    }

    async fn filter(
        _: &mut Context,
        select: &mut SelectStatement,
        params: &RbacRolesListParams,
    ) -> Result<(), ApiError> {
        // A role is in one group at most, so joining repeats no row.
        select
            .left_join("group_roles", Expr::col(("group_roles", "role_id")).equals(("roles", "id")))
            .left_join("groups", Expr::col(("groups", "id")).equals(("group_roles", "group_id")));
        if let Some(name) = &params.group_name {
            select.and_where(Expr::col(GROUP_NAME).eq(name.as_str()));
        }
        Ok(())
    }

    fn column(field: &str) -> Option<Column> {
        match field {
            "group__name" => Some(GROUP_NAME),
            field => own_column::<Self>(field),
        }
    }
}

impl RbacRoles for Context {}
