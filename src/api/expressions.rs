//! Expressions, for the objects that have one: what they may know, read from the database.

use super::{
    context::Context,
    core::users::{object, picture},
    permission,
    settings::settings,
};
use crate::{
    domain::{
        expression::{Evaluated, Group, HttpRequest, Provider, Purpose, Task, Tenant, User},
        identity::{group_number, user_uid},
        password,
    },
    store::{Entity, membership::Memberships, tables},
};
use chrono::{DateTime, Utc};
use sea_query::{Expr, ExprTrait, SelectStatement};
use serde_json::{Map, Value};
use uuid::Uuid;
use vestibule_api::ApiError;

/// How many parents of a group an expression sees.
const PARENTS: usize = 20;

/// What expressions know of a user.
///
/// # Errors
/// When a query fails.
pub async fn user(ctx: &mut Context, row: tables::User) -> Result<User, ApiError> {
    let memberships = Memberships::of(&mut ctx.db, vec![row.id]).await?;
    let avatar = picture(&row, &settings(ctx).await?.avatars);
    let mut all: Vec<&tables::Group> =
        memberships.all(row.id).into_iter().filter_map(|id| memberships.group(id)).collect();
    all.sort_by(|a, b| a.name.cmp(&b.name));
    let seen = |groups: Vec<&tables::Group>| groups.into_iter().map(|row| group_of(row, &memberships, 0)).collect();
    let time = |time: DateTime<Utc>| time.to_rfc3339();
    Ok(User {
        pk: Some(row.id),
        uuid: row.uuid.to_string(),
        uid: user_uid(row.uuid),
        is_superuser: memberships.is_superuser(row.id),
        group_attributes: object(memberships.attributes(&row)),
        groups: seen(memberships.direct_groups(row.id)),
        all_groups: seen(all),
        has_usable_password: password::is_usable(&row.password),
        last_login: row.last_login.map(time),
        date_joined: Some(time(row.date_joined)),
        password_change_date: Some(time(row.password_change_date)),
        avatar,
        username: row.username,
        name: row.name,
        email: row.email,
        path: row.path,
        r#type: row.r#type,
        is_active: row.is_active,
        attributes: object(row.attributes),
    })
}

/// What expressions know of a group.
///
/// # Errors
/// When a query fails.
pub async fn group(ctx: &mut Context, row: &tables::Group) -> Result<Group, ApiError> {
    let memberships = Memberships::groups(&mut ctx.db, row.parent.map(|parent| parent.0)).await?;
    Ok(group_of(row, &memberships, 0))
}

fn group_of(row: &tables::Group, memberships: &Memberships, depth: usize) -> Group {
    let parent = row.parent.filter(|_| depth < PARENTS).and_then(|parent| memberships.group(parent.0));
    Group {
        pk: row.id.to_string(),
        num_pk: group_number(row.id),
        name: row.name.clone(),
        is_superuser: row.is_superuser,
        attributes: object(row.attributes.clone()),
        parent: parent.map(|parent| Box::new(group_of(parent, memberships, depth + 1))),
    }
}

/// What expressions know of the request.
///
/// # Errors
/// When a query fails.
pub async fn http_request(ctx: &mut Context) -> Result<HttpRequest, ApiError> {
    let settings = settings(ctx).await?;
    let tenant = Tenant {
        default_user_change_name: settings.default_user_change_name,
        default_user_change_email: settings.default_user_change_email,
        default_user_change_username: settings.default_user_change_username,
    };
    Ok(HttpRequest { tenant })
}

/// The user that the caller names, if the caller may see it.
///
/// # Errors
/// 403 when the caller may not; as for one that does not exist.
pub async fn visible_user(ctx: &mut Context, id: i64) -> Result<tables::User, ApiError> {
    let mut select = tables::User::select();
    select.and_where(Expr::col((tables::User::TABLE, "id")).eq(id));
    visible(ctx, select, "authentik_core.view_user").await?.ok_or_else(ApiError::denied)
}

/// The group that the caller names, if the caller may see it.
///
/// # Errors
/// 403 when the caller may not; as for one that does not exist.
pub async fn visible_group(ctx: &mut Context, id: Uuid) -> Result<tables::Group, ApiError> {
    let mut select = tables::Group::select();
    select.and_where(Expr::col((tables::Group::TABLE, "id")).eq(id));
    visible(ctx, select, "authentik_core.view_group").await?.ok_or_else(ApiError::denied)
}

async fn visible<E: Entity>(
    ctx: &mut Context,
    mut select: SelectStatement,
    needed: &str,
) -> Result<Option<E>, ApiError> {
    let principal = ctx.principal()?;
    if !principal.may(needed) {
        select.and_where(permission::on_object::<E>(&principal, needed));
    }
    Ok(ctx.db.optional(&select).await?)
}

/// Runs an expression that somebody tries out. It may take seconds: a transaction in which nothing was written is ended before, and no
/// connection is kept from others.
///
/// # Errors
/// When the connection is lost, or too many expressions are waiting. What the expression came to, or why it did not, is the answer.
pub async fn evaluate(
    ctx: &mut Context,
    source: &str,
    subject: Subject,
    context: Map<String, Value>,
) -> Result<Evaluated, ApiError> {
    ctx.release().await?;
    let Subject { user, group, provider, http_request } = subject;
    let task = Task { source: source.to_owned(), user, group, provider, http_request, context };
    Ok(ctx.app.expressions.evaluate(&task, Purpose::Trial, &ctx.party()).await?)
}

/// For what and whom an expression runs.
#[derive(Debug, Clone, Default)]
pub struct Subject {
    /// The user; an empty one when there is none.
    pub user: User,
    /// The group.
    pub group: Option<Group>,
    /// The provider.
    pub provider: Option<Provider>,
    /// The request.
    pub http_request: Option<HttpRequest>,
}
