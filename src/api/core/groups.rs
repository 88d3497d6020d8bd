//! `/core/groups/`: groups of users.

use super::{
    rights,
    users::{check_choices, object},
};
use crate::{
    api::{
        attributes::AttributeFilter,
        context::Context,
        events,
        page::{Column, Filter, Listing},
        resource::{self, MUST_BE_UNIQUE, Model, Resource, Unique, check_exist, set},
        used_by::used_by,
    },
    domain::identity::{group_number, user_uid},
    store::{
        DbError, Entity,
        membership::{Memberships, ROLES_OF_GROUP, USERS_OF_GROUP},
        query, table,
        tables::{Group, Role, User},
        users,
    },
};
use serde_json::{Value, json};
use std::collections::HashMap;
use uuid::Uuid;
use vestibule_api::{
    ApiError, CoreGroups, CoreGroupsListParams, CoreGroupsRetrieveParams, Errors, Unchecked,
    models::{self, GroupRequest, Page, PatchedGroupRequest, UserAccountRequest},
};

/// Groups.
pub struct Groups;

const fn column(name: &'static str) -> Column {
    ("groups", name)
}

const ONE_GROUP: &str = "Roles can only be used with a single group.";

impl Resource for Groups {
    type Row = Group;
    type Model = models::Group;
    type Patch = PatchedGroupRequest;

    const MODEL: Model = Model { app: "authentik_core", name: "group", verbose: "Group" };
    const LISTING: Listing = Listing {
        order: &[
            ("pk", column("id")),
            ("name", column("name")),
            ("is_superuser", column("is_superuser")),
            ("parent", column("parent_id")),
        ],
        default_order: &["name"],
        search: &[column("name")],
        key: column("id"),
    };
    const UNIQUE: &'static [Unique] = &[("name", "name", MUST_BE_UNIQUE)];

    fn pk(row: &Group) -> String {
        row.id.to_string()
    }

    fn label(row: &Group) -> String {
        format!("Group {}", row.name)
    }

    async fn models(ctx: &mut Context, rows: Vec<Group>) -> Result<Vec<models::Group>, ApiError> {
        models(ctx, rows, true).await
    }

    async fn save(ctx: &mut Context, existing: Option<Group>, patch: PatchedGroupRequest) -> Result<Group, ApiError> {
        let new = existing.is_none();
        let mut row = existing.unwrap_or_else(|| Group::defaults(ctx.uuid(), String::new()));
        let before = row.clone();
        let PatchedGroupRequest { attributes, is_superuser, name, parent, roles, users } = patch;
        let mut errors = Errors::default();
        check_exist(ctx, &mut errors, "parent", "groups", parent.flatten()).await?;
        check_exist(ctx, &mut errors, "roles", "roles", roles.iter().flatten().copied()).await?;
        check_exist(ctx, &mut errors, "users", "users", users.iter().flatten().copied()).await?;
        set(&mut row.attributes, attributes.map(Value::Object));
        set(&mut row.is_superuser, is_superuser);
        set(&mut row.name, name);
        set(&mut row.parent_id, parent);
        check_parent(ctx, &mut errors, &row).await?;
        if row.is_superuser && !before.is_superuser {
            rights::check_flag(ctx, &mut errors)?;
        }
        if row.parent_id != before.parent_id {
            rights::check_superuser(ctx, &mut errors, "parent", row.parent_id.as_slice()).await?;
        }
        if let Some(roles) = &roles {
            let present = ROLES_OF_GROUP.pairs::<Uuid, Uuid>(&mut ctx.db, vec![row.id]).await?;
            let added: Vec<Uuid> = roles.iter().copied().filter(|r| !present.iter().any(|(_, p)| p == r)).collect();
            rights::check_roles(ctx, &mut errors, "roles", &added)?;
        }
        if let Some(users) = &users {
            let present = USERS_OF_GROUP.pairs::<Uuid, i64>(&mut ctx.db, vec![row.id]).await?;
            if users.iter().any(|user| !present.iter().any(|(_, p)| p == user)) {
                rights::check_members(ctx, &mut errors, "users", vec![row.id]).await?;
            }
        }
        errors.into_result()?;
        resource::store::<Self>(ctx, &mut row, new).await?;
        if let Some(roles) = roles {
            set_roles(ctx, row.id, roles).await?;
        }
        if let Some(users) = users {
            USERS_OF_GROUP.set(&mut ctx.db, row.id, users).await?;
        }
        Ok(row)
    }
}

/// A group must not lie below itself, directly or through others.
async fn check_parent(ctx: &mut Context, errors: &mut Errors, row: &Group) -> Result<(), ApiError> {
    let Some(parent) = row.parent_id else { return Ok(()) };
    if parent == row.id {
        errors.add("parent", "Cannot set group as parent of itself.");
    } else if Memberships::groups(&mut ctx.db, [parent]).await?.with_parents(&[parent]).contains(&row.id) {
        errors.add("parent", "Cannot set a group below this group as its parent.");
    }
    Ok(())
}

/// Sets the roles of a group. The database keeps a role from being in two, whoever comes first.
async fn set_roles(ctx: &mut Context, group: Uuid, roles: Vec<Uuid>) -> Result<(), ApiError> {
    ROLES_OF_GROUP.set(&mut ctx.db, group, roles).await.map_err(|error| match &error {
        DbError::Unique { columns, .. } if columns == "role_id" => ApiError::field("roles", ONE_GROUP),
        _ => error.into(),
    })
}

/// Answers for groups, with or without the members' accounts.
async fn models(ctx: &mut Context, rows: Vec<Group>, include_users: bool) -> Result<Vec<models::Group>, ApiError> {
    let ids: Vec<Uuid> = rows.iter().map(|group| group.id).collect();
    let mut members: HashMap<Uuid, Vec<i64>> = HashMap::new();
    let mut accounts: HashMap<Uuid, Vec<models::GroupMember>> = HashMap::new();
    if include_users {
        for users::Member { group_id, user } in users::members(&mut ctx.db, &ids).await? {
            members.entry(group_id).or_default().push(user.id);
            accounts.entry(group_id).or_default().push(member(user));
        }
    } else {
        for (group, user) in USERS_OF_GROUP.pairs::<Uuid, i64>(&mut ctx.db, ids.clone()).await? {
            members.entry(group).or_default().push(user);
        }
    }
    let links = ROLES_OF_GROUP.pairs::<Uuid, Uuid>(&mut ctx.db, ids).await?;
    let roles: Vec<Role> = table::find_all(&mut ctx.db, "id", links.iter().map(|(_, role)| *role)).await?;
    let parents: Vec<Group> = table::find_all(&mut ctx.db, "id", rows.iter().filter_map(|g| g.parent_id)).await?;
    let model = |group: Group| {
        let of_group = links.iter().filter(|(id, _)| *id == group.id);
        let roles: Vec<&Role> = of_group.filter_map(|(_, role)| roles.iter().find(|r| r.id == *role)).collect();
        models::Group {
            pk: group.id,
            num_pk: group_number(group.id),
            name: group.name,
            is_superuser: Some(group.is_superuser),
            parent: group.parent_id,
            parent_name: parents.iter().find(|p| Some(p.id) == group.parent_id).map(|parent| parent.name.clone()),
            users: Some(members.remove(&group.id).unwrap_or_default()),
            users_obj: include_users.then(|| accounts.remove(&group.id).unwrap_or_default()),
            attributes: Some(object(group.attributes)),
            roles: Some(roles.iter().map(|role| role.id).collect()),
            roles_obj: roles.iter().map(|role| models::Role { pk: role.id, name: role.name.clone() }).collect(),
        }
    };
    Ok(rows.into_iter().map(model).collect())
}

/// A user as groups show their members.
pub(in crate::api) fn member(user: User) -> models::GroupMember {
    models::GroupMember {
        pk: user.id,
        username: user.username,
        name: user.name,
        is_active: Some(user.is_active),
        last_login: user.last_login,
        email: Some(user.email),
        attributes: Some(object(user.attributes)),
        uid: user_uid(user.uuid),
    }
}

/// The group and the user of a change of membership. A body that names no user counts as naming an unknown one.
async fn membership(
    ctx: &mut Context,
    group: Uuid,
    body: Unchecked<UserAccountRequest>,
) -> Result<(Group, User), ApiError> {
    let group = resource::find::<Groups>(ctx, group).await?;
    let UserAccountRequest { pk } = body.check().map_err(|error| match error {
        ApiError::Validation(_) => ApiError::not_found(),
        error => error,
    })?;
    let user = table::find(&mut ctx.db, "id", pk).await?.ok_or_else(ApiError::not_found)?;
    Ok((group, user))
}

/// Records a change of membership.
async fn record(ctx: &mut Context, group: &Group, change: &str, user: i64) -> Result<(), ApiError> {
    let model = events::reference(Groups::MODEL, Groups::pk(group), Groups::label(group));
    let context = json!({ "model": model, "diff": { "users": { change: [user] } } });
    events::emit(ctx, events::UPDATED, Groups::MODEL.app, context).await
}

impl CoreGroups for Context {
    async fn core_groups_list(&mut self, params: CoreGroupsListParams) -> Result<Page<models::Group>, ApiError> {
        let CoreGroupsListParams {
            page,
            attributes,
            include_users,
            is_superuser,
            members_by_pk,
            members_by_username,
            name,
        } = params;
        let attributes = AttributeFilter::read(attributes.as_deref())?;
        let found = query::existing(&mut self.db, User::TABLE, "id", members_by_pk.iter().copied()).await?;
        check_choices("members_by_pk", &members_by_pk, &found)?;
        let named: Vec<User> = table::find_all(&mut self.db, "username", members_by_username.iter().cloned()).await?;
        let names: Vec<String> = named.iter().map(|user| user.username.clone()).collect();
        check_choices("members_by_username", &members_by_username, &names)?;
        let postgres = self.db.is_postgres();
        let members = ("group_users", "group_id", "user_id");
        let mut rows = resource::rows::<Groups>(self, &page, |select| {
            select
                .eq(column("is_superuser"), is_superuser)
                .eq(column("name"), name)
                .linked(column("id"), members, members_by_pk)
                .linked(column("id"), members, named.iter().map(|user| user.id).collect());
            attributes.apply(select, column("attributes"), postgres);
        })
        .await?;
        let models = models(self, std::mem::take(&mut rows.rows), include_users != Some(false)).await?;
        Ok(rows.with(models))
    }

    async fn core_groups_create(&mut self, body: Unchecked<GroupRequest>) -> Result<models::Group, ApiError> {
        resource::create::<Groups>(self, body).await
    }

    async fn core_groups_retrieve(
        &mut self,
        group_uuid: Uuid,
        params: CoreGroupsRetrieveParams,
    ) -> Result<models::Group, ApiError> {
        let group = resource::find::<Groups>(self, group_uuid).await?;
        let models = models(self, vec![group], params.include_users != Some(false)).await?;
        models.into_iter().next().ok_or_else(ApiError::not_found)
    }

    async fn core_groups_update(
        &mut self,
        group_uuid: Uuid,
        body: Unchecked<GroupRequest>,
    ) -> Result<models::Group, ApiError> {
        resource::update::<Groups>(self, group_uuid, body).await
    }

    async fn core_groups_partial_update(
        &mut self,
        group_uuid: Uuid,
        body: Unchecked<PatchedGroupRequest>,
    ) -> Result<models::Group, ApiError> {
        resource::update::<Groups>(self, group_uuid, body).await
    }

    async fn core_groups_destroy(&mut self, group_uuid: Uuid) -> Result<(), ApiError> {
        resource::destroy::<Groups>(self, group_uuid).await
    }

    async fn core_groups_add_user_create(
        &mut self,
        group_uuid: Uuid,
        body: Unchecked<UserAccountRequest>,
    ) -> Result<(), ApiError> {
        let (group, user) = membership(self, group_uuid, body).await?;
        let mut errors = Errors::default();
        rights::check_superuser(self, &mut errors, "pk", &[group.id]).await?;
        errors.into_result()?;
        USERS_OF_GROUP.add(&mut self.db, group.id, user.id).await?;
        record(self, &group, "add", user.id).await
    }

    async fn core_groups_remove_user_create(
        &mut self,
        group_uuid: Uuid,
        body: Unchecked<UserAccountRequest>,
    ) -> Result<(), ApiError> {
        let (group, user) = membership(self, group_uuid, body).await?;
        USERS_OF_GROUP.remove(&mut self.db, group.id, user.id).await?;
        record(self, &group, "remove", user.id).await
    }

    async fn core_groups_used_by_list(&mut self, group_uuid: Uuid) -> Result<Vec<models::UsedBy>, ApiError> {
        used_by::<Groups>(self, group_uuid).await
    }
}
