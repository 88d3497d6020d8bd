//! Who may call what, and on which objects.
//!
//! The operation table names the permission of every operation. A caller that holds it globally may go on; one that may
//! hold it on some objects goes on narrowed: every query for the object is restricted in SQL ([`narrow`]), and the
//! dispatcher refuses the answer of a handler that never asked ([`confirm`]).

use super::{
    context::{Caller, Context, Principal},
    resource::Model,
};
use crate::store::{Entity, column::Key, dialect};
use sea_query::{Cond, Expr, ExprTrait, Query, SelectStatement};
use vestibule_api::{ApiError, Operation, Permission};

/// Refuses callers that cannot be allowed whatever the object is.
///
/// # Errors
/// 403, in the words the reference uses for missing credentials and for missing rights.
pub fn authorize(operation: &Operation, caller: &Caller) -> Result<(), ApiError> {
    let one_object = operation.path.contains('{');
    match (caller, operation.permission) {
        (_, Permission::Anonymous) => Ok(()),
        (Caller::Anonymous, _) if one_object => Err(ApiError::denied()),
        (Caller::Anonymous, _) => Err(ApiError::unauthenticated()),
        (Caller::User(_), Permission::Authenticated) => Ok(()),
        (Caller::User(principal), _) if principal.superuser => Ok(()),
        (Caller::User(_), Permission::Superuser) => Err(ApiError::denied()),
        (Caller::User(principal), Permission::Model(all)) => {
            let listing = operation.action == "list";
            if one_object || listing || all.iter().all(|p| principal.may(p)) { Ok(()) } else { Err(ApiError::denied()) }
        }
    }
}

/// After the handler: a caller whose rights depend on the object must have been checked against one.
///
/// # Errors
/// 403 when the handler never looked. That is a fault of the handler, and it fails closed.
pub fn confirm(ctx: &Context) -> Result<(), ApiError> {
    if is_checked(ctx) {
        return Ok(());
    }
    tracing::error!(operation = ctx.operation.id, "handler did not narrow its queries to the caller's objects");
    Err(ApiError::denied())
}

/// What a caller is told of an error: one whose rights were not looked at yet does not learn what else is wrong.
pub fn veil(ctx: &Context, error: ApiError) -> ApiError {
    if error.status() == 400 && !matches!(error, ApiError::Conflict) && !is_checked(ctx) {
        return ApiError::denied();
    }
    error
}

/// Whether the caller holds the operation's permissions everywhere, or a query asked for the objects on which it does.
fn is_checked(ctx: &Context) -> bool {
    match (&ctx.caller, ctx.operation.permission) {
        (Caller::User(principal), Permission::Model(all)) => ctx.narrowed || all.iter().all(|p| principal.may(p)),
        _ => true,
    }
}

/// Refuses callers that do not hold the operation's permissions on everything, for answers that no select narrows.
///
/// # Errors
/// 403.
pub fn require_everywhere(ctx: &Context) -> Result<(), ApiError> {
    let principal = ctx.principal()?;
    match ctx.operation.permission {
        Permission::Model(all) if !all.iter().all(|p| principal.may(p)) => Err(ApiError::denied()),
        _ => Ok(()),
    }
}

/// Restricts a select to the objects on which the caller holds the operation's permissions, or those given by
/// `otherwise` for operations open to every authenticated caller. Returns whether anything was restricted.
///
/// # Errors
/// 403 for an anonymous caller.
pub fn narrow<E: Entity>(
    ctx: &mut Context,
    select: &mut SelectStatement,
    otherwise: &[&str],
) -> Result<bool, ApiError> {
    let principal = ctx.principal()?;
    ctx.narrowed = true;
    let needed = match ctx.operation.permission {
        Permission::Model(all) => all,
        _ => otherwise,
    };
    let missing: Vec<&str> = needed.iter().copied().filter(|p| !principal.may(p)).collect();
    for permission in &missing {
        select.and_where(on_object::<E>(&principal, permission));
    }
    Ok(!missing.is_empty())
}

/// Restricts a select to the rows that belong to the caller, by the column that names their owner, and those on which it
/// holds the permission for what it does. All others do not exist for it.
///
/// # Errors
/// 403 for an anonymous caller.
pub fn narrow_to_owner<E: Entity>(
    ctx: &mut Context,
    select: &mut SelectStatement,
    model: Model,
    owner: &'static str,
) -> Result<bool, ApiError> {
    let principal = ctx.principal()?;
    ctx.narrowed = true;
    let needed = model.permission(match ctx.operation.action {
        "update" | "partial_update" => "change",
        "destroy" => "delete",
        _ => "view",
    });
    if !principal.may(&needed) {
        let own = Expr::col((E::TABLE, owner)).eq(principal.user.id);
        select.cond_where(Cond::any().add(own).add(on_object::<E>(&principal, &needed)));
    }
    Ok(false)
}

/// Restricts a select to the rows that name the caller in a column; superusers see all. Nobody learns by it whether there are
/// others.
///
/// # Errors
/// 403 for an anonymous caller.
pub fn own<E: Entity>(ctx: &mut Context, select: &mut SelectStatement, owner: &'static str) -> Result<bool, ApiError> {
    let principal = ctx.principal()?;
    ctx.narrowed = true;
    if !principal.superuser {
        select.and_where(Expr::col((E::TABLE, owner)).eq(principal.user.id));
    }
    Ok(false)
}

/// The condition that the caller holds a permission on the row itself.
pub fn on_object<E: Entity>(principal: &Principal, permission: &str) -> Expr {
    let own = Query::select()
        .column("object_id")
        .from("user_permissions")
        .and_where(Expr::col("user_id").eq(principal.user.id))
        .and_where(Expr::col("permission").eq(permission))
        .to_owned();
    let by_role = Query::select()
        .column("object_id")
        .from("role_permissions")
        .and_where(Expr::col("role_id").is_in(principal.roles.iter().copied()))
        .and_where(Expr::col("permission").eq(permission))
        .to_owned();
    let key = || dialect::object_id(E::TABLE, E::KEY, <E::Key as Key>::GENERATED);
    Cond::any().add(key().in_subquery(own)).add(key().in_subquery(by_role)).into()
}
