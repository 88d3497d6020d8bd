//! `/rbac/permissions/assigned_by_users/` and `…_by_roles/`: who holds which permissions, given and taken.
//!
//! The reference gives a permission on everything when the object is not found or its model is not said. Here that is
//! refused, as is handing out more than one has.

use crate::{
    api::{
        context::Context,
        core::{
            rights,
            users::{self, Users},
        },
        events,
        resource::{self, Resource},
    },
    domain::{identity::user_uid, permissions},
    store::{
        Entity,
        membership::Memberships,
        permissions::{Held, OF_ROLES, OF_USERS, Permissions, objects},
        power::Reach,
        query,
        tables::{Role, User},
        users::Account,
    },
};
use sea_query::{Expr, ExprTrait, Query, SelectStatement, Value};
use serde_json::json;
use std::collections::HashMap;
use uuid::Uuid;
use vestibule_api::{
    ApiError, Errors, RbacPermissionsAssignedByRoles, RbacPermissionsAssignedByRolesListParams,
    RbacPermissionsAssignedByUsers, RbacPermissionsAssignedByUsersListParams, Unchecked,
    models::{
        ModelEnum, Page, PatchedPermissionAssignRequest, PermissionAssignRequest, RoleAssignedObjectPermission,
        RoleObjectPermission, UserAssignedObjectPermission, UserObjectPermission, UserTypeEnum,
    },
};

type Roles = vestibule_api::rbac_roles::Family;

/// What a body asks for.
struct Assignment {
    /// `app.codename`; all of them exist.
    permissions: Vec<String>,
    /// The key of the object as it is stored, empty for all objects.
    object: String,
}

impl Assignment {
    async fn read(ctx: &mut Context, body: PatchedPermissionAssignRequest) -> Result<Self, ApiError> {
        let PatchedPermissionAssignRequest { model, object_pk, permissions } = body;
        let mut errors = Errors::default();
        let app = model.map(|model| permissions::split(model.as_str()).0);
        let mut named = vec![];
        for permission in permissions.unwrap_or_default() {
            let full = match app {
                Some(app) if !permission.contains('.') => format!("{app}.{permission}"),
                _ => permission,
            };
            let about = permissions::model(&full);
            if about.is_none() || object_pk.is_some() && about != model.map(|model| model.as_str()) {
                errors.add("permissions", format!("Permission \"{full}\" does not exist."));
            }
            named.push(full);
        }
        let mut object = String::new();
        match (model, object_pk) {
            (None, Some(_)) => errors.add("model", "This field is required."),
            (Some(model), Some(pk)) => match find(ctx, model, &pk).await? {
                Some(found) => object = found,
                None => errors.add("object_pk", resource::missing(pk)),
            },
            (_, None) => {}
        }
        errors.into_result()?;
        Ok(Self { permissions: named, object })
    }

    /// Gives what is asked for.
    async fn give<R: Resource>(self, ctx: &mut Context, to: Permissions, row: &R::Row) -> Result<(), ApiError> {
        let principal = ctx.principal()?;
        if self.permissions.iter().any(|permission| !principal.superuser && !principal.may(permission)) {
            return Err(ApiError::field(
                "permissions",
                "Only permissions that you have yourself can be given to others.",
            ));
        }
        for permission in &self.permissions {
            to.give(&mut ctx.db, row.key(), permission, &self.object).await?;
        }
        self.record::<R>(ctx, row, "add").await
    }

    /// Takes it back; what is not held does not matter.
    async fn take<R: Resource>(self, ctx: &mut Context, from: Permissions, row: &R::Row) -> Result<(), ApiError> {
        from.take(&mut ctx.db, row.key(), &self.permissions, &self.object).await?;
        self.record::<R>(ctx, row, "remove").await
    }

    async fn record<R: Resource>(&self, ctx: &mut Context, row: &R::Row, change: &str) -> Result<(), ApiError> {
        let model = events::reference(R::MODEL, R::pk(row), R::label(row));
        let change = json!({ change: self.permissions, "object_pk": self.object });
        let context = json!({ "model": model, "diff": { "permissions": change } });
        events::emit(ctx, events::UPDATED, R::MODEL.app, context);
        Ok(())
    }
}

/// The key of an object as permissions store it, if there is such an object.
async fn find(ctx: &mut Context, model: ModelEnum, pk: &str) -> Result<Option<String>, ApiError> {
    let Some((table, number)) = objects(model.as_str()) else { return Ok(None) };
    let Some((key, stored)) = key(pk, number) else { return Ok(None) };
    let mut select = Query::select();
    select.column("id").from(table).and_where(Expr::col("id").eq(key));
    Ok((query::count(&mut ctx.db, &select).await? > 0).then_some(stored))
}

/// A key as a value and as permissions store it.
fn key(pk: &str, number: bool) -> Option<(Value, String)> {
    if number {
        return pk.parse::<i64>().ok().map(|number| (number.into(), number.to_string()));
    }
    Uuid::parse_str(pk).ok().map(|uuid| (uuid.into(), uuid.simple().to_string()))
}

/// What a list is asked for: the permissions about a model, and the stored key of the object.
fn asked(model: ModelEnum, object_pk: Option<&str>) -> (Vec<String>, Option<String>) {
    let number = objects(model.as_str()).is_some_and(|(_, number)| number);
    // What cannot be a key is the key of nothing.
    let object = object_pk.map(|pk| key(pk, number).map_or_else(|| "none".to_owned(), |(_, stored)| stored));
    (permissions::about(model.as_str()), object)
}

/// A permission on an object as the API writes it.
fn answer<K>(held: Held<K>) -> UserObjectPermission {
    let (app, codename) = permissions::split(&held.permission);
    let model = permissions::model(&held.permission).map_or("", |model| permissions::split(model).1);
    UserObjectPermission {
        app_label: app.to_owned(),
        codename: codename.to_owned(),
        id: held.id,
        model: model.to_owned(),
        name: super::permissions::name(&held.permission),
        object_pk: Uuid::parse_str(&held.object_id).map_or(held.object_id, |uuid| uuid.to_string()),
    }
}

impl RbacPermissionsAssignedByUsers for Context {
    async fn rbac_permissions_assigned_by_users_list(
        &mut self,
        params: RbacPermissionsAssignedByUsersListParams,
    ) -> Result<Page<UserAssignedObjectPermission>, ApiError> {
        let RbacPermissionsAssignedByUsersListParams { page, model, object_pk } = params;
        let (named, object) = asked(model, object_pk.as_deref());
        let holders = OF_USERS.holders(&named, object.as_deref());
        let mut select = SelectStatement::new();
        if Users::narrow(self, &mut select)? && !resource::any::<Users>(self, &select).await? {
            return Err(ApiError::denied());
        }
        select.and_where(Expr::col((User::TABLE, User::KEY)).in_subquery(holders));
        let mut rows = resource::rows::<Users>(self, select, &page).await?;
        let found = std::mem::take(&mut rows.rows);
        let ids = found.iter().map(|account| account.user.id).collect();
        let direct = found.iter().map(|account| (account.user.id, account.groups.keys().to_vec())).collect();
        let memberships = Memberships::known(&mut self.db, direct).await?;
        let mut held: HashMap<i64, Vec<UserObjectPermission>> = HashMap::new();
        for one in OF_USERS.on_objects(&mut self.db, ids, &named, object.as_deref()).await? {
            held.entry(one.holder).or_default().push(answer(one));
        }
        let model = |Account { user, .. }| UserAssignedObjectPermission {
            attributes: Some(users::object(user.attributes)),
            email: Some(user.email),
            is_active: Some(user.is_active),
            is_superuser: memberships.is_superuser(user.id),
            last_login: user.last_login,
            name: user.name,
            permissions: held.remove(&user.id).unwrap_or_default(),
            pk: user.id,
            uid: user_uid(user.uuid),
            username: user.username,
        };
        Ok(rows.with(found.into_iter().map(model).collect()))
    }

    async fn rbac_permissions_assigned_by_users_assign_create(
        &mut self,
        id: i64,
        body: Unchecked<PermissionAssignRequest>,
    ) -> Result<(), ApiError> {
        let user = holder(self, id).await?;
        let assignment = Assignment::read(self, body.check()?.into()).await?;
        assignment.give::<Users>(self, OF_USERS, &user).await
    }

    async fn rbac_permissions_assigned_by_users_unassign_partial_update(
        &mut self,
        id: i64,
        body: Unchecked<PatchedPermissionAssignRequest>,
    ) -> Result<(), ApiError> {
        let user = holder(self, id).await?;
        let assignment = Assignment::read(self, body.check()?).await?;
        assignment.take::<Users>(self, OF_USERS, &user).await
    }
}

/// The user whose permissions change. Those of internal service accounts belong to the outpost behind them.
async fn holder(ctx: &mut Context, id: i64) -> Result<Account, ApiError> {
    let account = resource::find::<Users>(ctx, id).await?;
    rights::touch_users(ctx, &[id]).await?;
    if account.r#type == UserTypeEnum::InternalServiceAccount.as_str() {
        return Err(ApiError::field(Errors::NON_FIELD, "Can't modify internal service account users"));
    }
    Ok(account)
}

/// The role whose permissions change, and with them those of whoever has it.
async fn role(ctx: &mut Context, id: Uuid) -> Result<Role, ApiError> {
    let role = resource::find::<Roles>(ctx, id).await?;
    rights::touch(ctx, Reach::role(id)).await?;
    Ok(role)
}

impl RbacPermissionsAssignedByRoles for Context {
    async fn rbac_permissions_assigned_by_roles_list(
        &mut self,
        params: RbacPermissionsAssignedByRolesListParams,
    ) -> Result<Page<RoleAssignedObjectPermission>, ApiError> {
        let RbacPermissionsAssignedByRolesListParams { page, model, object_pk } = params;
        let (named, object) = asked(model, object_pk.as_deref());
        let holders = OF_ROLES.holders(&named, object.as_deref());
        let mut select = SelectStatement::new();
        if Roles::narrow(self, &mut select)? && !resource::any::<Roles>(self, &select).await? {
            return Err(ApiError::denied());
        }
        select.and_where(Expr::col((Role::TABLE, Role::KEY)).in_subquery(holders));
        let mut rows = resource::rows::<Roles>(self, select, &page).await?;
        let roles = std::mem::take(&mut rows.rows);
        let ids = roles.iter().map(|role| role.id).collect();
        let mut held: HashMap<Uuid, Vec<RoleObjectPermission>> = HashMap::new();
        for one in OF_ROLES.on_objects(&mut self.db, ids, &named, object.as_deref()).await? {
            let role = one.holder;
            let UserObjectPermission { app_label, codename, id, model, name, object_pk } = answer(one);
            let one = RoleObjectPermission { app_label, codename, id, model, name, object_pk };
            held.entry(role).or_default().push(one);
        }
        let model = |role: Role| RoleAssignedObjectPermission {
            name: role.name,
            permissions: held.remove(&role.id).unwrap_or_default(),
            role_pk: role.id.to_string(),
        };
        Ok(rows.with(roles.into_iter().map(model).collect()))
    }

    async fn rbac_permissions_assigned_by_roles_assign_create(
        &mut self,
        uuid: Uuid,
        body: Unchecked<PermissionAssignRequest>,
    ) -> Result<(), ApiError> {
        let role = role(self, uuid).await?;
        let assignment = Assignment::read(self, body.check()?.into()).await?;
        assignment.give::<Roles>(self, OF_ROLES, &role).await
    }

    async fn rbac_permissions_assigned_by_roles_unassign_partial_update(
        &mut self,
        uuid: Uuid,
        body: Unchecked<PatchedPermissionAssignRequest>,
    ) -> Result<(), ApiError> {
        let role = role(self, uuid).await?;
        let assignment = Assignment::read(self, body.check()?).await?;
        assignment.take::<Roles>(self, OF_ROLES, &role).await
    }
}
