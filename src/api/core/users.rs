//! `/core/users/`: the accounts of people and services.

mod me;
mod metrics;
mod recovery;
mod service_account;

use super::{names, rights};
use crate::{
    api::{
        attributes::AttributeFilter,
        context::Context,
        events,
        fields::{Writer, fields},
        filter::missing,
        resource::{self, MUST_BE_UNIQUE, Model, Resource, Unique, parse},
        settings::settings,
    },
    domain::{
        avatar,
        identity::{group_number, user_uid},
        password,
    },
    store::{
        Entity, dialect,
        membership::{self, GROUPS_OF_USER, Memberships},
        query, table,
        tables::{Group, User},
        users::{self, Account},
    },
};
use sea_query::{Expr, ExprTrait, SelectStatement};
use serde_json::{Map, Value, json};
use vestibule_api::{
    ApiError, CoreUsers, CoreUsersListParams, CoreUsersPathsRetrieveParams, CoreUsersRecoveryEmailCreateParams, Errors,
    Unchecked,
    models::{self, UserPasswordSetRequest, UserTypeEnum},
};

pub(crate) use recovery::link as recovery_link;
/// Users.
pub use vestibule_api::core_users::Family as Users;

impl Resource for Users {
    type Row = Account;

    const MODEL: Model = Model { app: "authentik_core", name: "user", verbose: "User" };
    const ORDER: &'static [&'static str] = &["username"];
    const SEARCH: &'static [&'static str] = &["username", "name", "email"];
    const UNIQUE: &'static [Unique] = &[("username", "username", MUST_BE_UNIQUE)];
    const FILTERS: &'static [&'static str] =
        &["attributes", "groups_by_name", "groups_by_pk", "include_groups", "is_superuser", "path_startswith", "type"];

    fields!(core_users save);

    fn label(row: &Account) -> String {
        row.username.clone()
    }

    async fn models(ctx: &mut Context, mut rows: Vec<Account>) -> Result<Vec<models::User>, ApiError> {
        let direct = rows.iter_mut().map(|row| (row.user.id, row.groups.keys.take().unwrap_or_default())).collect();
        let memberships = Memberships::known(&mut ctx.db, direct).await?;
        let settings = settings(ctx).await?;
        rows.into_iter().map(|row| model(row.user, &memberships, &settings.avatars)).collect()
    }

    fn new(ctx: &Context) -> Account {
        User { uuid: ctx.uuid(), password_change_date: ctx.now, date_joined: ctx.now, ..User::default() }.into()
    }

    async fn check(
        ctx: &mut Context,
        row: &mut Account,
        before: Option<&Account>,
        to: &mut Writer,
    ) -> Result<(), ApiError> {
        if let Some(before) = before {
            rights::touch_users(ctx, &[before.user.id]).await?;
        }
        let internal = UserTypeEnum::InternalServiceAccount.as_str();
        if before.is_none_or(|before| before.r#type != internal)
            && row.r#type == internal
            && !may_be_internal(ctx, before).await?
        {
            to.errors.add("type", "Setting a user to internal service account is not allowed.");
        }
        if names::is_kept_username(&row.username) && before.is_none_or(|before| before.username != row.username) {
            to.errors.add("username", names::KEPT);
        }
        if let Some(problem) = path_problem(&row.path).filter(|_| to.has("path")) {
            to.errors.add("path", problem);
        }
        if let Some(groups) = row.groups.keys.as_mut().filter(|_| to.has("groups")) {
            groups.sort_unstable();
            groups.dedup();
            let present = before.map_or(&[][..], |before| before.groups.keys());
            let added = groups.iter().copied().filter(|group| !present.contains(group)).collect();
            rights::check_members(ctx, &mut to.errors, "groups", added).await?;
        }
        if before.is_some_and(|before| before.r#type == internal) && to.errors.is_empty() {
            to.errors.add(Errors::NON_FIELD, "Can't modify internal service account users");
        }
        Ok(())
    }

    async fn before_delete(ctx: &mut Context, row: &Account) -> Result<(), ApiError> {
        rights::touch_users(ctx, &[row.user.id]).await
    }

    async fn after_change(ctx: &mut Context, before: &Account, after: Option<&Account>) -> Result<(), ApiError> {
        let kept = |after: &Account| after.is_active >= before.is_active && after.groups == before.groups;
        if after.is_some_and(kept) { Ok(()) } else { rights::keep_superuser(ctx).await }
    }

    async fn filter(
        ctx: &mut Context,
        select: &mut SelectStatement,
        params: &CoreUsersListParams,
    ) -> Result<(), ApiError> {
        let CoreUsersListParams {
            attributes, groups_by_name, groups_by_pk, is_superuser, path_startswith, r#type, ..
        } = params;
        AttributeFilter::read(attributes.as_deref())?.apply(select, ("users", "attributes"), ctx.db.is_postgres());
        let named: Vec<Group> = table::find_all(&mut ctx.db, "name", groups_by_name.iter().cloned()).await?;
        let names: Vec<String> = named.iter().map(|group| group.name.clone()).collect();
        let found = query::existing(&mut ctx.db, Group::TABLE, "id", groups_by_pk.iter().copied()).await?;
        let mut errors = Errors::default();
        missing(&mut errors, "groups_by_name", groups_by_name, &names);
        missing(&mut errors, "groups_by_pk", groups_by_pk, &found);
        errors.into_result()?;
        let id = || Expr::col(("users", "id"));
        GROUPS_OF_USER.filter(select, ("users", "id"), named.iter().map(|group| group.id).collect());
        GROUPS_OF_USER.filter(select, ("users", "id"), found);
        if !r#type.is_empty() {
            select.and_where(Expr::col(("users", "kind")).is_in(r#type.iter().map(|kind| kind.as_str())));
        }
        if let Some(start) = path_startswith {
            select.and_where(dialect::starts_with(Expr::col(("users", "path")), start));
        }
        match is_superuser {
            Some(true) => select.and_where(id().in_subquery(membership::superusers())),
            Some(false) => select.and_where(id().not_in_subquery(membership::superusers())),
            None => select,
        };
        Ok(())
    }

    async fn listed(
        ctx: &mut Context,
        rows: Vec<Account>,
        params: &CoreUsersListParams,
    ) -> Result<Vec<models::User>, ApiError> {
        let mut users = Self::models(ctx, rows).await?;
        if params.include_groups == Some(false) {
            users.iter_mut().for_each(|user| user.groups_obj = None);
        }
        Ok(users)
    }
}

/// The account that a path parameter names, if the caller may do something to it.
async fn touched(ctx: &mut Context, id: i64) -> Result<Account, ApiError> {
    let account = resource::find::<Users>(ctx, id).await?;
    rights::touch_users(ctx, &[id]).await?;
    Ok(account)
}

/// Whether an account may become one that nobody can change any more: an existing one, if a superuser wants that, and if
/// it is none itself.
async fn may_be_internal(ctx: &mut Context, before: Option<&Account>) -> Result<bool, ApiError> {
    let Some(before) = before.filter(|_| ctx.principal().is_ok_and(|principal| principal.superuser)) else {
        return Ok(false);
    };
    Ok(!Memberships::of(&mut ctx.db, vec![before.user.id]).await?.is_superuser(before.user.id))
}

/// What is wrong with a path, if anything is.
fn path_problem(path: &str) -> Option<&'static str> {
    if path.starts_with('/') || path.ends_with('/') {
        return Some("No leading or trailing slashes allowed.");
    }
    path.split('/').any(str::is_empty).then_some("No empty segments in user path allowed.")
}

pub(in crate::api) fn picture(user: &User, avatars: &str) -> String {
    let User { name, username, email, attributes, .. } = user;
    avatar::url(avatars, &avatar::Subject { name, username, email, attributes })
}

/// A stored object; anything else that may be stored counts as empty.
pub(crate) fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

fn model(user: User, memberships: &Memberships, avatars: &str) -> Result<models::User, ApiError> {
    let groups = memberships.direct_groups(user.id);
    Ok(models::User {
        avatar: picture(&user, avatars),
        groups: Some(groups.iter().map(|group| group.id).collect()),
        groups_obj: Some(groups.into_iter().map(|group| group_model(group, memberships)).collect()),
        is_active: Some(user.is_active),
        is_superuser: memberships.is_superuser(user.id),
        last_login: user.last_login,
        name: user.name,
        path: Some(user.path),
        pk: user.id,
        r#type: Some(parse(&user.r#type)?),
        uid: user_uid(user.uuid),
        username: user.username,
        uuid: user.uuid,
        email: Some(user.email),
        attributes: Some(object(user.attributes)),
    })
}

/// A group as users show what they are in.
pub(in crate::api) fn group_model(group: &Group, memberships: &Memberships) -> models::UserGroup {
    models::UserGroup {
        pk: group.id,
        num_pk: group_number(group.id),
        name: group.name.clone(),
        is_superuser: Some(group.is_superuser),
        parent: group.parent.map(|parent| parent.0),
        parent_name: group.parent.and_then(|parent| memberships.group(parent.0)).map(|parent| parent.name.clone()),
        attributes: Some(object(group.attributes.clone())),
    }
}

impl CoreUsers for Context {
    async fn core_users_me_retrieve(&mut self) -> Result<models::SessionUser, ApiError> {
        me::session(self).await
    }

    async fn core_users_paths_retrieve(
        &mut self,
        params: CoreUsersPathsRetrieveParams,
    ) -> Result<models::UserPath, ApiError> {
        let CoreUsersPathsRetrieveParams { page } = params;
        let mut select = User::select();
        Users::narrow(self, &mut select)?;
        if let Some(text) = &page.search {
            select.and_where(dialect::contains(Expr::col(("users", "path")), text));
        }
        Ok(models::UserPath { paths: users::paths(&mut self.db, select).await? })
    }

    async fn core_users_metrics_retrieve(&mut self, id: i64) -> Result<models::UserMetrics, ApiError> {
        metrics::of_user(self, id).await
    }

    async fn core_users_service_account_create(
        &mut self,
        body: Unchecked<models::UserServiceAccountRequest>,
    ) -> Result<models::UserServiceAccountResponse, ApiError> {
        service_account::create(self, body).await
    }

    async fn core_users_set_password_create(
        &mut self,
        id: i64,
        body: Unchecked<UserPasswordSetRequest>,
    ) -> Result<(), ApiError> {
        touched(self, id).await?;
        let UserPasswordSetRequest { password } = body.check()?;
        // Hashing takes long: other writers go on meanwhile. The user is looked up again: it may be gone, or have become
        // mightier than the caller.
        self.release().await?;
        let hash = password::hash_async(&self.app.work, &self.party(), password, &self.app.random).await?;
        self.begin().await?;
        let mut account = touched(self, id).await?;
        account.password = hash.into();
        account.password_change_date = self.now;
        account.update(&mut self.db).await?;
        let context = json!({ "user": events::reference(Users::MODEL, Users::pk(&account), Users::label(&account)) });
        events::emit(self, "password_set", Users::MODEL.app, context);
        Ok(())
    }

    async fn core_users_recovery_create(&mut self, id: i64) -> Result<models::Link, ApiError> {
        recovery::create(self, id).await
    }

    async fn core_users_recovery_email_create(
        &mut self,
        id: i64,
        params: CoreUsersRecoveryEmailCreateParams,
    ) -> Result<(), ApiError> {
        recovery::mail(self, id, &params.email_stage).await
    }

    /// Impersonation changes a session, and a token has none.
    async fn core_users_impersonate_create(&mut self, id: i64) -> Result<(), ApiError> {
        touched(self, id).await?;
        Err(ApiError::NotImplemented)
    }

    /// Without an impersonation there is nothing to end.
    async fn core_users_impersonate_end_retrieve(&mut self) -> Result<(), ApiError> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::path_problem;

    #[test]
    fn paths_have_no_empty_segments() {
        assert_eq!(path_problem("users/case"), None);
        assert_eq!(path_problem("/bad//path/"), Some("No leading or trailing slashes allowed."));
        assert_eq!(path_problem("a//b"), Some("No empty segments in user path allowed."));
    }
}
