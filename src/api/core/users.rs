//! `/core/users/`: the accounts of people and services.

mod me;
mod metrics;
mod recovery;
mod service_account;

use super::rights;
use crate::{
    api::{
        attributes::AttributeFilter,
        context::Context,
        events,
        page::{Column, Filter, Listing},
        resource::{self, MUST_BE_UNIQUE, Model, Resource, Unique, check_exist, parse, set, set_text},
        settings::settings,
        used_by::used_by,
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
use sea_query::{Expr, ExprTrait};
use serde_json::{Map, Value, json};
use vestibule_api::{
    ApiError, CoreUsers, CoreUsersListParams, CoreUsersPathsRetrieveParams, CoreUsersRecoveryEmailCreateParams, Errors,
    Unchecked,
    models::{self, Page, PatchedUserRequest, UserPasswordSetRequest, UserRequest, UserTypeEnum},
};

/// Users.
pub struct Users;

const fn column(name: &'static str) -> Column {
    ("users", name)
}

impl Resource for Users {
    type Row = Account;
    type Model = models::User;
    type Patch = PatchedUserRequest;

    const MODEL: Model = Model { app: "authentik_core", name: "user", verbose: "User" };
    const LISTING: Listing = Listing {
        order: &[
            ("pk", column("id")),
            ("username", column("username")),
            ("name", column("name")),
            ("email", column("email")),
            ("is_active", column("is_active")),
            ("last_login", column("last_login")),
            ("path", column("path")),
            ("type", column("kind")),
            ("uuid", column("uuid")),
        ],
        default_order: &["username"],
        search: &[column("username"), column("name"), column("email")],
        key: column("id"),
    };
    const UNIQUE: &'static [Unique] = &[("username", "username", MUST_BE_UNIQUE)];

    fn pk(row: &Account) -> String {
        row.user.id.to_string()
    }

    fn label(row: &Account) -> String {
        row.user.username.clone()
    }

    async fn models(ctx: &mut Context, mut rows: Vec<Account>) -> Result<Vec<models::User>, ApiError> {
        let direct = rows.iter_mut().map(|row| (row.user.id, std::mem::take(&mut row.groups))).collect();
        let memberships = Memberships::known(&mut ctx.db, direct).await?;
        let settings = settings(ctx).await?;
        rows.into_iter().map(|row| model(row.user, &memberships, &settings.avatars)).collect()
    }

    async fn save(
        ctx: &mut Context,
        existing: Option<Account>,
        patch: PatchedUserRequest,
    ) -> Result<Account, ApiError> {
        let new = existing.is_none();
        let PatchedUserRequest { attributes, email, groups, is_active, last_login, name, path, r#type, username } =
            patch;
        let mut errors = Errors::default();
        let internal = UserTypeEnum::InternalServiceAccount;
        if new && r#type == Some(internal) {
            errors.add("type", "Setting a user to internal service account is not allowed.");
        }
        if let Some(problem) = path.as_deref().and_then(path_problem) {
            errors.add("path", problem);
        }
        if let Some(groups) = &groups {
            check_exist(ctx, &mut errors, "groups", "groups", groups.iter().copied()).await?;
            let present = existing.as_ref().map_or(&[][..], |account| &account.groups);
            let added = groups.iter().copied().filter(|group| !present.contains(group)).collect();
            rights::check_members(ctx, &mut errors, "groups", added).await?;
        }
        errors.into_result()?;
        if existing.as_ref().is_some_and(|account| account.user.kind == internal.as_str()) {
            return Err(ApiError::field(Errors::NON_FIELD, "Can't modify internal service account users"));
        }
        let mut account =
            existing.unwrap_or_else(|| User::defaults(ctx.uuid(), String::new(), String::new(), ctx.now).into());
        let row = &mut account.user;
        set(&mut row.attributes, attributes.map(Value::Object));
        set(&mut row.email, email);
        set(&mut row.is_active, is_active);
        set(&mut row.last_login, last_login);
        set(&mut row.name, name);
        set(&mut row.path, path);
        set_text(&mut row.kind, r#type);
        set(&mut row.username, username);
        resource::store::<Self>(ctx, &mut account, new).await?;
        if let Some(mut groups) = groups {
            groups.sort_unstable();
            groups.dedup();
            GROUPS_OF_USER.set(&mut ctx.db, account.user.id, groups.iter().copied()).await?;
            account.groups = groups;
        }
        Ok(account)
    }
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
        r#type: Some(parse(&user.kind)?),
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
        parent: group.parent_id,
        parent_name: group.parent_id.and_then(|id| memberships.group(id)).map(|parent| parent.name.clone()),
        attributes: Some(object(group.attributes.clone())),
    }
}

/// Refuses filter values that name nothing.
pub(super) fn check_choices<T: PartialEq + std::fmt::Display>(
    field: &str,
    asked: &[T],
    found: &[T],
) -> Result<(), ApiError> {
    match asked.iter().find(|value| !found.contains(value)) {
        Some(value) => {
            Err(ApiError::field(field, format!("Select a valid choice. {value} is not one of the available choices.")))
        }
        None => Ok(()),
    }
}

impl CoreUsers for Context {
    async fn core_users_list(&mut self, params: CoreUsersListParams) -> Result<Page<models::User>, ApiError> {
        let CoreUsersListParams {
            page,
            attributes,
            email,
            groups_by_name,
            groups_by_pk,
            include_groups,
            is_active,
            is_superuser,
            name,
            path,
            path_startswith,
            r#type,
            username,
            uuid,
        } = params;
        let attributes = AttributeFilter::read(attributes.as_deref())?;
        let named: Vec<Group> = table::find_all(&mut self.db, "name", groups_by_name.iter().cloned()).await?;
        let names: Vec<String> = named.iter().map(|group| group.name.clone()).collect();
        check_choices("groups_by_name", &groups_by_name, &names)?;
        let found = query::existing(&mut self.db, Group::TABLE, "id", groups_by_pk.iter().copied()).await?;
        check_choices("groups_by_pk", &groups_by_pk, &found)?;
        let postgres = self.db.is_postgres();
        let in_group = ("group_users", "user_id", "group_id");
        let mut users = resource::list::<Users>(self, &page, |select| {
            select
                .eq(column("email"), email)
                .eq(column("is_active"), is_active)
                .eq(column("name"), name)
                .eq(column("path"), path)
                .eq(column("username"), username)
                .eq(column("uuid"), uuid)
                .among(column("kind"), r#type.into_iter().map(UserTypeEnum::as_str).collect())
                .linked(column("id"), in_group, named.iter().map(|group| group.id).collect())
                .linked(column("id"), in_group, groups_by_pk);
            attributes.apply(select, column("attributes"), postgres);
            if let Some(start) = path_startswith {
                select.and_where(dialect::starts_with(Expr::col(column("path")), &start));
            }
            match is_superuser {
                Some(true) => select.and_where(Expr::col(column("id")).in_subquery(membership::superusers())),
                Some(false) => select.and_where(Expr::col(column("id")).not_in_subquery(membership::superusers())),
                None => select,
            };
        })
        .await?;
        if include_groups == Some(false) {
            users.results.iter_mut().for_each(|user| user.groups_obj = None);
        }
        Ok(users)
    }

    async fn core_users_create(&mut self, body: Unchecked<UserRequest>) -> Result<models::User, ApiError> {
        resource::create::<Users>(self, body).await
    }

    async fn core_users_retrieve(&mut self, id: i64) -> Result<models::User, ApiError> {
        resource::retrieve::<Users>(self, id).await
    }

    async fn core_users_update(&mut self, id: i64, body: Unchecked<UserRequest>) -> Result<models::User, ApiError> {
        resource::update::<Users>(self, id, body).await
    }

    async fn core_users_partial_update(
        &mut self,
        id: i64,
        body: Unchecked<PatchedUserRequest>,
    ) -> Result<models::User, ApiError> {
        resource::update::<Users>(self, id, body).await
    }

    async fn core_users_destroy(&mut self, id: i64) -> Result<(), ApiError> {
        resource::destroy::<Users>(self, id).await
    }

    async fn core_users_used_by_list(&mut self, id: i64) -> Result<Vec<models::UsedBy>, ApiError> {
        used_by::<Users>(self, id).await
    }

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
        select.contains(column("path"), page.search);
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
        resource::find::<Users>(self, id).await?;
        let UserPasswordSetRequest { password } = body.check()?;
        // Hashing takes long: other writers go on meanwhile. The user is looked up again, it may be gone.
        self.release().await?;
        let hash = password::hash_async(password, &self.app.random).await.map_err(|_| ApiError::Timeout)?;
        self.begin().await?;
        let mut account = resource::find::<Users>(self, id).await?;
        account.user.password = hash;
        account.user.password_change_date = self.now;
        account.update(&mut self.db).await?;
        let context = json!({ "user": events::reference(Users::MODEL, Users::pk(&account), Users::label(&account)) });
        events::emit(self, "password_set", Users::MODEL.app, context).await
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
        resource::find::<Users>(self, id).await?;
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
