//! Who may touch whom: the one rule about accounts and rights.
//!
//! **Nobody changes, impersonates, resets, deletes, reads a secret of, or gives rights to an account that can do more than
//! itself, and nobody gives away more than it has.** An account can do more when it is a superuser and the caller is not,
//! or when it holds, by itself or by a role, a permission on everything that the caller lacks. What accounts get their
//! rights from counts like them: a group stands for its members, those of groups below it, and what it makes of new ones;
//! a role for those who have it and what it gives. Superusers may do all, but the last of them that can log in stays one.
//!
//! Permissions allow an operation; this rule is asked in addition, whichever permission let the caller in, and by whichever
//! field or operation the account is reached:
//!
//! * [`touch`] before an account, a group or a role is changed, or a secret of it shown: 403.
//! * [`check_members`], [`check_roles`], [`check_flag`] and, for fields that are declared to put users into groups,
//!   [`check_joining`], where rights are given: 400 that names the field.
//! * [`keep_superuser`] after something that may have made one superuser less: 400.
//!
//! Each is one statement, or a few; superusers need none of the first two.

use crate::{
    api::{context::Context, resource::Resource, used_by::places_of},
    store::{
        Entity,
        column::LinkField,
        membership::ROLES_OF_GROUP,
        power::{Reach, active_superusers},
        query::MAX_VALUES,
    },
};
use sea_query::{Expr, ExprTrait, Query};
use uuid::Uuid;
use vestibule_api::{ApiError, Errors};

const STRONGER: &str = "This concerns an account that can do more than you can.";
const SUPERUSER: &str = "Only superusers may make others superusers.";
const GIVEN: &str = "Only rights that you have yourself can be given to others.";
const LAST: &str = "The last active superuser must stay one. Make somebody else a superuser first.";

/// Whether a caller, who is no superuser, cannot do everything that is in reach.
async fn exceeds(ctx: &mut Context, reach: &Reach) -> Result<bool, ApiError> {
    let principal = ctx.principal()?;
    Ok(!principal.superuser && reach.exceeds(&mut ctx.db, principal.user.id).await?)
}

/// Refuses callers who can do less than what they are about to touch.
///
/// # Errors
/// 403.
pub(in crate::api) async fn touch(ctx: &mut Context, reach: Reach) -> Result<(), ApiError> {
    if exceeds(ctx, &reach).await? { Err(ApiError::Denied(STRONGER.into())) } else { Ok(()) }
}

/// As [`touch`], for accounts. Everybody may touch itself.
///
/// # Errors
/// 403.
pub(in crate::api) async fn touch_users(ctx: &mut Context, users: &[i64]) -> Result<(), ApiError> {
    let own = ctx.principal()?.user.id;
    let others: Vec<i64> = users.iter().copied().filter(|user| *user != own).collect();
    for others in others.chunks(MAX_VALUES) {
        touch(ctx, Reach::users(others)).await?;
    }
    Ok(())
}

/// Whether members may be added to these groups.
///
/// # Errors
/// When a statement fails.
pub(super) async fn check_members(
    ctx: &mut Context,
    errors: &mut Errors,
    field: &str,
    groups: Vec<Uuid>,
) -> Result<(), ApiError> {
    if groups.is_empty() || !check_membership(ctx, errors, field, &groups).await? {
        return Ok(());
    }
    let principal = ctx.principal()?;
    if principal.may("authentik_core.add_user_to_group") {
        return Ok(());
    }
    let roles = ROLES_OF_GROUP.pairs::<Uuid, Uuid>(&mut ctx.db, groups).await?.into_iter().map(|(_, role)| role);
    check_held(ctx, errors, field, &roles.collect::<Vec<_>>())
}

/// Whether somebody may get into these groups, going by what they make of their members; says so.
///
/// # Errors
/// When a statement fails.
pub(super) async fn check_membership(
    ctx: &mut Context,
    errors: &mut Errors,
    field: &str,
    groups: &[Uuid],
) -> Result<bool, ApiError> {
    if groups.is_empty() || ctx.principal()?.superuser {
        return Ok(true);
    }
    let mut select = Query::select();
    select.column("id").from("groups").and_where(Expr::col("id").is_in(groups.to_vec()));
    let fits = !exceeds(ctx, &Reach::membership(select)).await?;
    if !fits {
        errors.add(field, GIVEN);
    }
    Ok(fits)
}

/// Whether a group may become one that makes superusers.
///
/// # Errors
/// 403 for an anonymous caller.
pub(super) fn check_flag(ctx: &Context, errors: &mut Errors) -> Result<(), ApiError> {
    if !ctx.principal()?.superuser {
        errors.add("is_superuser", SUPERUSER);
    }
    Ok(())
}

/// Whether these roles may be given to somebody.
///
/// # Errors
/// When a statement fails.
pub(super) async fn check_roles(
    ctx: &mut Context,
    errors: &mut Errors,
    field: &str,
    roles: &[Uuid],
) -> Result<(), ApiError> {
    if !roles.is_empty() && exceeds(ctx, &Reach::roles(roles)).await? {
        errors.add(field, GIVEN);
        return Ok(());
    }
    check_held(ctx, errors, field, roles)
}

/// A role that gives nothing now may give more later, and belongs to one group only: taking it takes having it, or being
/// allowed to change it.
fn check_held(ctx: &Context, errors: &mut Errors, field: &str, roles: &[Uuid]) -> Result<(), ApiError> {
    let principal = ctx.principal()?;
    if !principal.may("authentik_rbac.change_role") && roles.iter().any(|role| !principal.roles.contains(role)) {
        errors.add(field, GIVEN);
    }
    Ok(())
}

/// Whether a stored row may put users into the groups that it does: those in its own fields that are declared to do that,
/// and those of the stages that it refers to.
///
/// # Errors
/// 400 that names the field.
pub(in crate::api) async fn check_joining<R: Resource>(ctx: &mut Context, row: &R::Row) -> Result<(), ApiError> {
    if ctx.principal()?.superuser {
        return Ok(());
    }
    let mut places = vec![];
    let (columns, links) = R::Row::own();
    for column in columns {
        let mut named = R::Row::select();
        named.clear_selects().column((column.table, column.name));
        named.and_where(Expr::col((R::Row::TABLE, R::Row::KEY)).eq(row.key()));
        if column.joins {
            places.push((column.field, named));
        } else if let Some(target) = column.refers {
            places.extend(places_of(target().table, &named).into_iter().map(|groups| (column.field, groups)));
        }
    }
    for LinkField { field, link, target, .. } in links {
        let mut named = Query::select();
        named.column(link.other).from(link.table).and_where(Expr::col(link.owner).eq(row.key()));
        places.extend(places_of(target().table, &named).into_iter().map(|groups| (*field, groups)));
    }
    for (field, groups) in places {
        if exceeds(ctx, &Reach::membership(groups)).await? {
            return Err(ApiError::field(field, GIVEN));
        }
    }
    Ok(())
}

/// Refuses what has taken away the last superuser that can log in. Only superusers can come to that: nobody else may touch
/// one.
///
/// # Errors
/// 400.
pub(in crate::api) async fn keep_superuser(ctx: &mut Context) -> Result<(), ApiError> {
    if ctx.principal()?.superuser && active_superusers(&mut ctx.db).await? == 0 {
        return Err(ApiError::field(Errors::NON_FIELD, LAST));
    }
    Ok(())
}
