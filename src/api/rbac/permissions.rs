//! `/rbac/permissions/`: which permissions there are, and which a user or a role holds on single objects.

use crate::{
    api::{
        context::{App, Context},
        describe,
        fields::fields,
        page::{Listing, page},
        permission::on_object,
        resource::{Model, Resource},
        verbose_name,
    },
    domain::permissions::{self, label},
    store::{
        DbError, Entity,
        permissions::{OF_ROLES, OF_USERS, Permissions},
        table,
        tables::{Permission, RolePermission, UserPermission},
    },
};
use sea_query::{Expr, ExprTrait, InsertStatement, OnConflict, Query, SelectStatement, Value};
use std::collections::{BTreeMap, HashMap, HashSet};
use uuid::Uuid;
use vestibule_api::{
    ApiError, RbacPermissions, RbacPermissionsListParams, RbacPermissionsRolesListParams,
    RbacPermissionsUsersListParams,
    models::{ExtraRoleObjectPermission, ExtraUserObjectPermission, Page},
    rbac_permissions,
};

impl Resource for rbac_permissions::Family {
    type Row = Permission;

    const MODEL: Model = Model { app: "auth", name: "permission", verbose: "Permission" };
    const SEARCH: &'static [&'static str] = &["codename", "model", "app_label"];
    const FILTERS: &'static [&'static str] = &["content_type__app_label", "content_type__model", "role", "user"];

    fields!(rbac_permissions);

    fn label(row: &Permission) -> String {
        row.permission.clone()
    }

    /// Everybody may know which there are.
    fn narrow(_: &mut Context, _: &mut SelectStatement) -> Result<bool, ApiError> {
        Ok(false)
    }

    /// What somebody holds is told to those who may see the user or the role; to others, nobody holds anything.
    async fn filter(
        ctx: &mut Context,
        select: &mut SelectStatement,
        params: &RbacPermissionsListParams,
    ) -> Result<(), ApiError> {
        let RbacPermissionsListParams { content_type_app_label, content_type_model, role, user, .. } = params;
        for (column, value) in [("app_label", content_type_app_label), ("model", content_type_model)] {
            if let Some(value) = value {
                select.and_where(Expr::col((Permission::TABLE, column)).eq(value.as_str()));
            }
        }
        let principal = ctx.principal()?;
        let mut held = |of: Permissions, holder: Value, known: bool| {
            select.and_where(if known {
                Expr::col((Permission::TABLE, "permission")).in_subquery(of.everywhere(holder))
            } else {
                Expr::val(false)
            });
        };
        if let Some(user) = *user {
            let known = user == principal.user.id || principal.may("authentik_core.view_user");
            held(OF_USERS, user.into(), known);
        }
        if let Some(role) = role {
            let role = Uuid::parse_str(role).map_err(|_| ApiError::field("role", "Enter a valid UUID."))?;
            held(OF_ROLES, role.into(), principal.roles.contains(&role) || principal.may("authentik_rbac.view_role"));
        }
        Ok(())
    }
}

/// What a permission is called for people: `Can view User`.
pub(super) fn name(permission: &str) -> String {
    let model = permissions::model(permission).unwrap_or_default();
    let (codename, named) = (permissions::split(permission).1, permissions::split(model).1);
    match codename.strip_suffix(named).and_then(|action| action.strip_suffix('_')) {
        Some(action) if ["add", "change", "delete", "view"].contains(&action) => {
            format!("Can {action} {}", verbose_name(model))
        }
        _ => label(permission),
    }
}

/// What an application label is called for people: `authentik Providers.OAuth2`.
fn app_name(label: &str) -> String {
    const SPELT: [(&str, &str); 8] = [
        ("api", "API"),
        ("ldap", "LDAP"),
        ("oauth", "OAuth"),
        ("oauth2", "OAuth2"),
        ("rac", "RAC"),
        ("rbac", "RBAC"),
        ("saml", "SAML"),
        ("scim", "SCIM"),
    ];
    let word = |word: &str| match SPELT.iter().find(|(plain, _)| *plain == word) {
        Some((_, spelt)) => (*spelt).to_owned(),
        None => word.get(..1).map(str::to_uppercase).unwrap_or_default() + word.get(1..).unwrap_or_default(),
    };
    let words: Vec<String> = label.strip_prefix("authentik_").unwrap_or(label).split('_').map(word).collect();
    match words.split_first() {
        Some((family, kind)) if !kind.is_empty() => format!("authentik {family}.{}", kind.join(" ")),
        _ => format!("authentik {}", words.join(" ")),
    }
}

/// Writes down the permissions that this server knows, where others are written down.
///
/// # Errors
/// When a statement fails.
pub(crate) async fn write_down(app: &App) -> Result<(), DbError> {
    let stored: Vec<Permission> = app.db.primary().all(&Permission::select()).await?;
    let known: BTreeMap<String, Permission> = permissions::all().map(|full| (full.to_owned(), row(full))).collect();
    let same = |row: &Permission| known.get(&row.permission) == Some(&Permission { id: 0, ..row.clone() });
    if stored.len() == known.len() && stored.iter().all(same) {
        return Ok(());
    }
    let mut conn = app.db.begin().await?;
    let stored: Vec<Permission> = conn.all(&Permission::select()).await?;
    for row in stored.iter().filter(|row| !known.contains_key(&row.permission)) {
        table::delete::<Permission>(&mut conn, row.id).await?;
    }
    let ids: HashMap<&str, i64> = stored.iter().map(|row| (row.permission.as_str(), row.id)).collect();
    let mut missing = vec![];
    for row in known.values() {
        match ids.get(row.permission.as_str()) {
            Some(id) => Permission { id: *id, ..row.clone() }.update(&mut conn).await?,
            None => missing.push(row),
        }
    }
    if !missing.is_empty() {
        conn.execute(&insert(&missing)).await?;
    }
    conn.commit().await
}

/// Stores permissions that another server may be storing at the same time.
fn insert(rows: &[&Permission]) -> InsertStatement {
    use crate::store::Part;
    let mut insert = InsertStatement::new();
    insert.into_table(<Permission as Part>::TABLE).columns(Permission::COLUMNS.iter().map(|column| column.name));
    for row in rows {
        insert.values_panic(row.values().into_iter().map(Expr::val));
    }
    insert.on_conflict(OnConflict::column("permission").do_nothing().to_owned());
    insert
}

fn row(full: &str) -> Permission {
    let model = permissions::model(full).unwrap_or_default();
    let (app, codename) = permissions::split(full);
    Permission {
        id: 0,
        permission: full.to_owned(),
        name: name(full),
        codename: codename.to_owned(),
        model: permissions::split(model).1.to_owned(),
        model_verbose: verbose_name(model),
        app_label: app.to_owned(),
        app_label_verbose: app_name(app),
    }
}

/// A permission of a holder on an object, as lists show it.
struct Shown {
    id: i64,
    permission: String,
    object_id: String,
    /// What people call the object.
    description: Option<String>,
}

/// One page of what a holder holds on single objects.
async fn on_objects<E: Entity>(
    ctx: &mut Context,
    of: Permissions,
    holder: Value,
    query: &vestibule_api::PageQuery,
    parts: fn(E) -> (i64, String, String),
) -> Result<Page<Shown>, ApiError> {
    let mut conditions = Query::select();
    conditions
        .and_where(Expr::col(of.holder()).eq(holder.clone()))
        .and_where(Expr::col((E::TABLE, "object_id")).ne(""));
    let column = |field: &str| match field {
        "codename" | "permission" => Some((E::TABLE, "permission")),
        "object_pk" => Some((E::TABLE, "object_id")),
        _ => None,
    };
    let listing = Listing { column, order: &["permission"], search: &["permission"], key: (E::TABLE, E::KEY) };
    let mut rows = page::<E>(&mut ctx.db, conditions, query, &listing).await?;
    let held: Vec<_> = std::mem::take(&mut rows.rows).into_iter().map(parts).collect();
    let mut described = descriptions(ctx, of, holder, &held).await?;
    let shown = |(id, permission, object_id): (i64, String, String)| {
        let description = described.remove(&(permission.clone(), object_id.clone()));
        Shown { id, permission, object_id, description }
    };
    Ok(rows.with(held.into_iter().map(shown).collect()))
}

/// What the objects are called, by permission and key: those that both the holder and the caller may view.
async fn descriptions(
    ctx: &mut Context,
    of: Permissions,
    holder: Value,
    held: &[(i64, String, String)],
) -> Result<HashMap<(String, String), String>, ApiError> {
    let mut by_model: BTreeMap<&'static str, Vec<&(i64, String, String)>> = BTreeMap::new();
    for one in held {
        if let Some(model) = permissions::model(&one.1) {
            by_model.entry(model).or_default().push(one);
        }
    }
    let mut views: HashSet<(String, String)> = HashSet::new();
    if !held.is_empty() {
        views.extend(ctx.db.all::<(String, String)>(&of.of_holder(holder, "view_")).await?);
    }
    let mut described = HashMap::new();
    for (model, held) in by_model {
        let (app, name) = permissions::split(model);
        let view = format!("{app}.view_{name}");
        let sees = |object: &String| [String::new(), object.clone()].map(|key| views.contains(&(view.clone(), key)));
        let keys = held.iter().map(|(_, _, object)| object.clone()).filter(|object| sees(object).contains(&true));
        let labels = describe(ctx, model, keys.collect()).await?;
        for (_, permission, object) in held {
            if let Some(label) = labels.get(object) {
                described.insert((permission.clone(), object.clone()), label.clone());
            }
        }
    }
    Ok(described)
}

/// What people call objects of a resource, by their keys as permissions hold them; of those that the caller may view.
///
/// # Errors
/// When the statement fails.
pub(in crate::api) async fn labels<R: Resource>(
    ctx: &mut Context,
    keys: Vec<String>,
) -> Result<HashMap<String, String>, ApiError> {
    let parsed: Vec<<R::Row as Entity>::Key> = keys.iter().filter_map(|key| key.parse().ok()).collect();
    if parsed.is_empty() {
        return Ok(HashMap::new());
    }
    let principal = ctx.principal()?;
    let needed = R::MODEL.permission("view");
    let mut select = R::Row::select();
    select.and_where(Expr::col((R::Row::TABLE, R::Row::KEY)).is_in(parsed));
    if !principal.may(&needed) {
        select.and_where(on_object::<R::Row>(&principal, &needed));
    }
    let rows: Vec<R::Row> = ctx.db.all(&select).await?;
    Ok(rows.iter().map(|row| (row.key().to_string().replace('-', ""), R::label(row))).collect())
}

/// A key as the API writes it.
fn object_pk(object: String) -> String {
    Uuid::parse_str(&object).map_or(object, |uuid| uuid.to_string())
}

/// The model of `extra` permissions, which are two of the same shape.
macro_rules! extra {
    ($model:ident $shown:ident) => {{
        let Permission { codename, app_label, app_label_verbose, model, model_verbose, name, .. } =
            row(&$shown.permission);
        $model {
            app_label,
            app_label_verbose,
            codename,
            id: $shown.id,
            model,
            model_verbose,
            name,
            object_description: $shown.description,
            object_pk: object_pk($shown.object_id),
        }
    }};
}

impl RbacPermissions for Context {
    async fn rbac_permissions_roles_list(
        &mut self,
        params: RbacPermissionsRolesListParams,
    ) -> Result<Page<ExtraRoleObjectPermission>, ApiError> {
        let parts = |row: RolePermission| (row.id, row.permission, row.object_id);
        let Page { pagination, results } = on_objects(self, OF_ROLES, params.uuid.into(), &params.page, parts).await?;
        let results = results.into_iter().map(|shown| extra!(ExtraRoleObjectPermission shown)).collect();
        Ok(Page { pagination, results })
    }

    async fn rbac_permissions_users_list(
        &mut self,
        params: RbacPermissionsUsersListParams,
    ) -> Result<Page<ExtraUserObjectPermission>, ApiError> {
        let parts = |row: UserPermission| (row.id, row.permission, row.object_id);
        let Page { pagination, results } =
            on_objects(self, OF_USERS, params.user_id.into(), &params.page, parts).await?;
        let results = results.into_iter().map(|shown| extra!(ExtraUserObjectPermission shown)).collect();
        Ok(Page { pagination, results })
    }
}

#[cfg(test)]
mod tests {
    use super::{app_name, name};

    #[test]
    fn names_are_for_people() {
        assert_eq!(name("authentik_core.view_group"), "Can view Group");
        assert_eq!(name("authentik_core.reset_user_password"), "Can reset user password");
        assert_eq!(app_name("authentik_core"), "authentik Core");
        assert_eq!(app_name("authentik_providers_oauth2"), "authentik Providers.OAuth2");
        assert_eq!(app_name("authentik_stages_user_login"), "authentik Stages.User Login");
    }
}
