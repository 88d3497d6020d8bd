//! `/core/groups/`: groups of users.

use super::{rights, users::object};
use crate::{
    api::{
        attributes::AttributeFilter,
        context::Context,
        events,
        fields::{Writer, fields},
        filter::missing,
        resource::{self, MUST_BE_UNIQUE, Model, Resource, Unique},
    },
    domain::identity::{group_number, user_uid},
    store::{
        Entity,
        column::{Many, Ref},
        membership::{Memberships, ROLES_OF_GROUP, USERS_OF_GROUP},
        power::Reach,
        query, table,
        tables::{Group, Role, User},
        users,
    },
};
use sea_query::SelectStatement;
use serde_json::json;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;
use vestibule_api::{
    ApiError, CoreGroups, CoreGroupsListParams, CoreGroupsRetrieveParams, Errors, Unchecked,
    models::{self, UserAccountRequest},
};

/// Groups.
pub use vestibule_api::core_groups::Family as Groups;

const ONE_GROUP: &str = "Roles can only be used with a single group.";

impl Resource for Groups {
    type Row = Group;

    const MODEL: Model = Model { app: "authentik_core", name: "group", verbose: "Group" };
    const UNIQUE: &'static [Unique] = &[("name", "name", MUST_BE_UNIQUE), ("role_id", "roles", ONE_GROUP)];
    const FILTERS: &'static [&'static str] = &["attributes", "include_users", "members_by_pk", "members_by_username"];

    fields!(core_groups save);

    fn label(row: &Group) -> String {
        format!("Group {}", row.name)
    }

    async fn models(ctx: &mut Context, rows: Vec<Group>) -> Result<Vec<models::Group>, ApiError> {
        models(ctx, rows, true).await
    }

    async fn listed(
        ctx: &mut Context,
        rows: Vec<Group>,
        params: &CoreGroupsListParams,
    ) -> Result<Vec<models::Group>, ApiError> {
        models(ctx, rows, params.include_users != Some(false)).await
    }

    async fn check(
        ctx: &mut Context,
        row: &mut Group,
        before: Option<&Group>,
        to: &mut Writer,
    ) -> Result<(), ApiError> {
        check_parent(ctx, &mut to.errors, row).await?;
        let present =
            ROLES_OF_GROUP.pairs::<Uuid, Uuid>(&mut ctx.db, before.iter().map(|group| group.id).collect()).await?;
        let present: Vec<Uuid> = present.into_iter().map(|(_, role)| role).collect();
        if let Some(before) = before
            && (*before != Group { users: Many::default(), roles: Many::default(), ..row.clone() }
                || row.roles.keys.as_ref().is_some_and(|roles| !is_same(roles, &present)))
        {
            rights::touch(ctx, Reach::group(before.id)).await?;
        }
        if row.is_superuser && !before.is_some_and(|before| before.is_superuser) {
            rights::check_flag(ctx, &mut to.errors)?;
        }
        if row.parent != before.and_then(|before| before.parent) {
            let parent: Vec<Uuid> = row.parent.iter().map(|parent| parent.0).collect();
            rights::check_membership(ctx, &mut to.errors, "parent", &parent).await?;
        }
        if let Some(roles) = &row.roles.keys {
            let added: Vec<Uuid> = roles.iter().copied().filter(|role| !present.contains(role)).collect();
            rights::check_roles(ctx, &mut to.errors, "roles", &added).await?;
        }
        if let Some(users) = &row.users.keys {
            let present = USERS_OF_GROUP.pairs::<Uuid, i64>(&mut ctx.db, vec![row.id]).await?;
            let present: HashSet<i64> = present.into_iter().map(|(_, user)| user).collect();
            let wanted: HashSet<i64> = users.iter().copied().collect();
            let changed: Vec<i64> = wanted.symmetric_difference(&present).copied().collect();
            rights::touch_users(ctx, &changed).await?;
            if !wanted.is_subset(&present) {
                rights::check_members(ctx, &mut to.errors, "users", vec![row.id]).await?;
            }
        }
        Ok(())
    }

    async fn before_delete(ctx: &mut Context, row: &Group) -> Result<(), ApiError> {
        rights::touch(ctx, Reach::group(row.id)).await
    }

    async fn after_change(ctx: &mut Context, before: &Group, after: Option<&Group>) -> Result<(), ApiError> {
        let kept = |after: &Group| {
            after.users.keys.is_none() && after.parent == before.parent && after.is_superuser >= before.is_superuser
        };
        if after.is_some_and(kept) { Ok(()) } else { rights::keep_superuser(ctx).await }
    }

    async fn filter(
        ctx: &mut Context,
        select: &mut SelectStatement,
        params: &CoreGroupsListParams,
    ) -> Result<(), ApiError> {
        let CoreGroupsListParams { attributes, members_by_pk, members_by_username, .. } = params;
        AttributeFilter::read(attributes.as_deref())?.apply(select, ("groups", "attributes"), ctx.db.is_postgres());
        let found = query::existing(&mut ctx.db, User::TABLE, "id", members_by_pk.iter().copied()).await?;
        let named: Vec<User> = table::find_all(&mut ctx.db, "username", members_by_username.iter().cloned()).await?;
        let names: Vec<String> = named.iter().map(|user| user.username.clone()).collect();
        let mut errors = Errors::default();
        missing(&mut errors, "members_by_pk", members_by_pk, &found);
        missing(&mut errors, "members_by_username", members_by_username, &names);
        errors.into_result()?;
        USERS_OF_GROUP.filter(select, ("groups", "id"), found);
        USERS_OF_GROUP.filter(select, ("groups", "id"), named.into_iter().map(|user| user.id).collect());
        Ok(())
    }
}

/// Whether two lists name the same roles.
fn is_same(one: &[Uuid], other: &[Uuid]) -> bool {
    one.iter().collect::<HashSet<_>>() == other.iter().collect::<HashSet<_>>()
}

/// A group must not lie below itself, directly or through others.
async fn check_parent(ctx: &mut Context, errors: &mut Errors, row: &Group) -> Result<(), ApiError> {
    let Some(Ref(parent)) = row.parent else { return Ok(()) };
    if parent == row.id {
        errors.add("parent", "Cannot set group as parent of itself.");
    } else if Memberships::groups(&mut ctx.db, [parent]).await?.with_parents(&[parent]).contains(&row.id) {
        errors.add("parent", "Cannot set a group below this group as its parent.");
    }
    Ok(())
}

/// Answers for groups, with or without the members' accounts.
async fn models(ctx: &mut Context, rows: Vec<Group>, include_users: bool) -> Result<Vec<models::Group>, ApiError> {
    // Of a new group it is known that it has none.
    let peopled: Vec<Uuid> = rows.iter().filter(|group| !group.users.is_empty()).map(|group| group.id).collect();
    let empowered = rows.iter().filter(|group| !group.roles.is_empty()).map(|group| group.id).collect();
    let mut members: HashMap<Uuid, Vec<i64>> = HashMap::new();
    let mut accounts: HashMap<Uuid, Vec<models::GroupMember>> = HashMap::new();
    if include_users {
        for users::Member { group_id, user } in users::members(&mut ctx.db, &peopled).await? {
            members.entry(group_id).or_default().push(user.id);
            accounts.entry(group_id).or_default().push(member(user));
        }
    } else {
        for (group, user) in USERS_OF_GROUP.pairs::<Uuid, i64>(&mut ctx.db, peopled).await? {
            members.entry(group).or_default().push(user);
        }
    }
    let links = ROLES_OF_GROUP.pairs::<Uuid, Uuid>(&mut ctx.db, empowered).await?;
    let roles: Vec<Role> = table::find_all(&mut ctx.db, "id", links.iter().map(|(_, role)| *role)).await?;
    let parents: Vec<Group> = table::find_all(&mut ctx.db, "id", rows.iter().filter_map(|g| g.parent)).await?;
    let model = |group: Group| {
        let of_group = links.iter().filter(|(id, _)| *id == group.id);
        let roles: Vec<&Role> = of_group.filter_map(|(_, role)| roles.iter().find(|r| r.id == *role)).collect();
        models::Group {
            pk: group.id,
            num_pk: group_number(group.id),
            name: group.name,
            is_superuser: Some(group.is_superuser),
            parent: group.parent.map(|parent| parent.0),
            parent_name: parents.iter().find(|p| Some(Ref(p.id)) == group.parent).map(|parent| parent.name.clone()),
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
fn record(ctx: &mut Context, group: &Group, change: &str, user: i64) {
    let model = events::reference(Groups::MODEL, Groups::pk(group), Groups::label(group));
    let context = json!({ "model": model, "diff": { "users": { change: [user] } } });
    events::emit(ctx, events::UPDATED, Groups::MODEL.app, context);
}

impl CoreGroups for Context {
    async fn core_groups_retrieve(
        &mut self,
        group_uuid: Uuid,
        params: CoreGroupsRetrieveParams,
    ) -> Result<models::Group, ApiError> {
        let group = resource::find::<Groups>(self, group_uuid).await?;
        let models = models(self, vec![group], params.include_users != Some(false)).await?;
        models.into_iter().next().ok_or_else(ApiError::not_found)
    }

    async fn core_groups_add_user_create(
        &mut self,
        group_uuid: Uuid,
        body: Unchecked<UserAccountRequest>,
    ) -> Result<(), ApiError> {
        let (group, user) = membership(self, group_uuid, body).await?;
        let mut errors = Errors::default();
        rights::touch_users(self, &[user.id]).await?;
        rights::check_membership(self, &mut errors, "pk", &[group.id]).await?;
        errors.into_result()?;
        USERS_OF_GROUP.add(&mut self.db, group.id, user.id).await?;
        record(self, &group, "add", user.id);
        Ok(())
    }

    async fn core_groups_remove_user_create(
        &mut self,
        group_uuid: Uuid,
        body: Unchecked<UserAccountRequest>,
    ) -> Result<(), ApiError> {
        let (group, user) = membership(self, group_uuid, body).await?;
        rights::touch_users(self, &[user.id]).await?;
        USERS_OF_GROUP.remove(&mut self.db, group.id, user.id).await?;
        rights::keep_superuser(self).await?;
        record(self, &group, "remove", user.id);
        Ok(())
    }
}
