//! Which objects refer to an object, and what becomes of them when it goes.
//!
//! The declarations of the tables say it: their references, and their many-to-many fields from either side. Every relation
//! is one query, so an answer costs as many queries as its table has relations, whatever is found. Callers see the objects
//! they may view.

use super::{
    context::Context,
    permission, referrers,
    resource::{Model, Resource, find},
};
use crate::store::{
    Entity,
    column::{Column, LinkField, OnDelete},
    tables::{Flow, FlowStageBinding, Policy, Stage},
    targets,
};
use futures::future::BoxFuture;
use sea_query::{Cond, Expr, ExprTrait, Order, Query, SelectStatement, Value};
use vestibule_api::{
    ApiError, flows_instances,
    models::{UsedBy, UsedByActionEnum},
    policies_all, stages_all,
};

/// The objects that refer to the one named by a path parameter.
///
/// # Errors
/// As [`find`].
pub async fn used_by<R: Resource>(ctx: &mut Context, key: R::Key) -> Result<Vec<UsedBy>, ApiError> {
    let key: Value = find::<R>(ctx, key).await?.key().into();
    let referrers = referrers();
    let mut found = vec![];
    for referrer in &referrers {
        for (action, fits) in referrer.by_columns(R::Row::TABLE, &key) {
            found.extend((referrer.show)(ctx, fits, action).await?);
        }
    }
    for referrer in &referrers {
        for fits in referrer.by_links(R::Row::TABLE, &key) {
            found.extend((referrer.show)(ctx, fits, UsedByActionEnum::CascadeMany).await?);
        }
    }
    for link in R::Row::all_links().into_iter().filter(|link| !link.reverse) {
        let table = (link.target)().table;
        for referrer in referrers.iter().filter(|referrer| referrer.table == table && referrer.kind.is_none()) {
            let linked = referrer.linked((link.link.table, link.link.other, link.link.owner), &key);
            found.extend((referrer.show)(ctx, linked, UsedByActionEnum::CascadeMany).await?);
        }
    }
    found.extend(through_bindings(ctx, R::Row::TABLE, &key).await?);
    Ok(found)
}

/// What is bound to an object: the stages of flows, the flows of stages, the policies of what they guard.
async fn through_bindings(ctx: &mut Context, table: &str, key: &Value) -> Result<Vec<UsedBy>, ApiError> {
    const MANY: UsedByActionEnum = UsedByActionEnum::CascadeMany;
    let bound = |other: &'static str, owner: &'static str| {
        Query::select().column(other).from(FlowStageBinding::TABLE).and_where(Expr::col(owner).eq(key.clone())).take()
    };
    let mut found = match table {
        Flow::TABLE => {
            let stages = Expr::col((Stage::TABLE, Stage::KEY)).in_subquery(bound("stage_id", "flow_id"));
            show::<stages_all::Family>(ctx, Cond::all().add(stages), MANY).await?
        }
        Stage::TABLE => {
            let flows = Expr::col((Flow::TABLE, Flow::KEY)).in_subquery(bound("flow_id", "stage_id"));
            show::<flows_instances::Family>(ctx, Cond::all().add(flows), MANY).await?
        }
        _ => vec![],
    };
    let Some(target) = targets::column(table) else { return Ok(found) };
    let target =
        Query::select().column(target).from(table.to_owned()).and_where(Expr::col("id").eq(key.clone())).take();
    let policies = Query::select()
        .column("policy_id")
        .from("policy_bindings")
        .and_where(Expr::col("target_id").in_subquery(target))
        .take();
    let policies = Expr::col((Policy::TABLE, Policy::KEY)).in_subquery(policies);
    found.extend(show::<policies_all::Family>(ctx, Cond::all().add(policies), MANY).await?);
    Ok(found)
}

/// Statements that give the groups into which the objects of a table with these keys put users.
pub(super) fn places_of(table: &str, keys: &SelectStatement) -> Vec<SelectStatement> {
    let mut places = vec![];
    for kind in referrers().iter().filter(|kind| kind.table == table) {
        for column in kind.columns.iter().filter(|column| column.joins) {
            let mut groups = (kind.select)();
            groups.clear_selects().column((column.table, column.name));
            groups.and_where(Expr::col((kind.table, kind.key)).in_subquery(keys.clone()));
            places.push(groups);
        }
    }
    places
}

type Shown<'a> = BoxFuture<'a, Result<Vec<UsedBy>, ApiError>>;

/// A kind of object that may refer to others.
pub(super) struct Referrer {
    table: &'static str,
    key: &'static str,
    kind: Option<&'static str>,
    columns: &'static [Column],
    links: &'static [LinkField],
    select: fn() -> SelectStatement,
    show: for<'a> fn(&'a mut Context, Cond, UsedByActionEnum) -> Shown<'a>,
}

impl Referrer {
    /// The objects of a resource.
    pub(super) fn of<R: Resource>() -> Self {
        let (columns, links) = R::Row::own();
        Self {
            table: R::Row::TABLE,
            key: R::Row::KEY,
            kind: R::Row::KIND,
            columns,
            links,
            select: R::Row::select,
            show: |ctx, fits, action| Box::pin(show::<R>(ctx, fits, action)),
        }
    }

    /// The conditions that rows name the object of a table in one of their columns, by what becomes of them.
    fn by_columns(&self, table: &str, key: &Value) -> Vec<(UsedByActionEnum, Cond)> {
        let naming = self.columns.iter().filter(|column| column.refers.is_some_and(|target| target().table == table));
        let mut conditions: Vec<(UsedByActionEnum, Cond)> = vec![];
        for column in naming {
            let action = match column.on_delete {
                OnDelete::Cascade => UsedByActionEnum::Cascade,
                OnDelete::SetNull => UsedByActionEnum::SetNull,
                OnDelete::SetDefault => UsedByActionEnum::SetDefault,
                OnDelete::Unlisted => continue,
            };
            let names = Expr::col((column.table, column.name)).eq(key.clone());
            match conditions.iter_mut().find(|(other, _)| *other == action) {
                Some((_, any)) => *any = any.clone().add(names),
                None => conditions.push((action, Cond::any().add(names))),
            }
        }
        conditions
    }

    /// The conditions that rows have the object of a table in one of their many-to-many fields.
    fn by_links(&self, table: &str, key: &Value) -> Vec<Cond> {
        let naming = self.links.iter().filter(|link| !link.reverse && (link.target)().table == table);
        naming.map(|field| self.linked((field.link.table, field.link.owner, field.link.other), key)).collect()
    }

    /// The condition that a table links rows to the object: its name, the column with their key, that with the object's.
    fn linked(&self, (table, own, other): (&'static str, &'static str, &'static str), key: &Value) -> Cond {
        let keys = Query::select().column(own).from(table).and_where(Expr::col(other).eq(key.clone())).take();
        Cond::all().add(Expr::col((self.table, self.key)).in_subquery(keys))
    }
}

async fn show<R: Resource>(ctx: &mut Context, fits: Cond, action: UsedByActionEnum) -> Result<Vec<UsedBy>, ApiError> {
    show_rows::<R::Row>(ctx, fits, action, R::MODEL, R::ORDER[0], R::name).await
}

/// The rows that fit and that the caller may view.
async fn show_rows<E: Entity>(
    ctx: &mut Context,
    fits: Cond,
    action: UsedByActionEnum,
    model: Model,
    order: &str,
    name: fn(&E) -> String,
) -> Result<Vec<UsedBy>, ApiError> {
    let principal = ctx.principal()?;
    let mut select = E::select();
    select.cond_where(fits);
    if let Some(column) = E::column(order) {
        select.order_by((column.table, column.name), Order::Asc);
    }
    select.order_by((E::TABLE, E::KEY), Order::Asc);
    let permission = model.permission("view");
    if !principal.may(&permission) {
        select.and_where(permission::on_object::<E>(&principal, &permission));
    }
    let rows: Vec<E> = ctx.db.all(&select).await?;
    let shown = |row: &E| UsedBy {
        app: model.app.to_owned(),
        model_name: model.name.to_owned(),
        pk: row.key().to_string(),
        name: name(row),
        action,
    };
    Ok(rows.iter().map(shown).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn columns() -> impl Iterator<Item = &'static Column> {
        referrers().into_iter().flat_map(|referrer| referrer.columns)
    }

    /// M3: a new reference to a group or role is named here, or declared to put users into it.
    #[test]
    fn references_to_groups_say_whether_users_get_in() {
        // The first is checked where groups are saved; the others only say whom something is for.
        const HARMLESS: [&str; 7] = [
            "groups.parent_id",
            "notification_rules.group_id",
            "policy_bindings.group_id",
            "providers_google_workspace.filter_group_id",
            "providers_ldap.search_group_id",
            "providers_microsoft_entra.filter_group_id",
            "providers_scim.filter_group_id",
        ];
        // Rows that say what another system calls a group; the server alone writes them.
        let twin = |column: &Column| {
            ["entra_groups", "google_groups", "scim_groups", "scim_source_groups"].contains(&column.table)
        };
        let named: BTreeSet<String> = columns()
            .filter(|column| column.refers.is_some_and(|target| ["groups", "roles"].contains(&target().table)))
            .filter(|column| !column.joins && !twin(column))
            .map(|column| format!("{}.{}", column.table, column.name))
            .collect();
        assert_eq!(named, HARMLESS.map(str::to_owned).into());
    }

    /// M4: a column that is called like a secret is one, or it is named here.
    #[test]
    fn what_sounds_secret_is_secret() {
        const OTHERS: [&str; 26] = [
            "outposts.token_identifier",
            "providers_oauth2.access_token_validity",
            "providers_oauth2.include_claims_in_id_token",
            "providers_oauth2.refresh_token_validity",
            "providers_oauth2.signing_key_id",
            "providers_proxy.basic_auth_password_attribute",
            "providers_rac.delete_token_on_disconnect",
            "policies_password.password_field",
            "prompts.field_key",
            "sources_ldap.password_login_update_internal_password",
            "sources_ldap.sync_users_password",
            "sources_oauth.access_token_url",
            "sources_oauth.consumer_key",
            "sources_oauth.request_token_url",
            "sources_scim.token_id",
            "stages_authenticator_duo.admin_integration_key",
            "stages_authenticator_static.token_count",
            "stages_authenticator_static.token_length",
            "stages_authenticator_webauthn.resident_key_requirement",
            "stages_captcha.public_key",
            "stages_email.token_expiry",
            "stages_identification.password_stage_id",
            "stages_identification.passwordless_flow_id",
            "users.password_change_date",
            "webauthn_devices.credential_id",
            "webauthn_devices.public_key",
        ];
        let sounds = |name: &str| {
            ["secret", "password", "key", "token", "credential", "private"].iter().any(|word| name.contains(word))
        };
        let plain: BTreeSet<String> = columns()
            .filter(|column| sounds(column.name) && !column.secret)
            .map(|column| format!("{}.{}", column.table, column.name))
            .collect();
        assert_eq!(plain, OTHERS.map(str::to_owned).into());
    }
}
