//! `/stages/invitation/invitations/`: links that let their holders enrol.

use crate::{
    api::{
        context::Context,
        core::{groups::member, tokens::default_expiry},
        fields::{Held, Writer, completes, fields},
        flows::instances::Flows,
        page::Column,
        resource::{Model, Resource, own_column},
        settings::settings,
    },
    store::{
        column::Ref,
        table,
        tables::{Flow, Invitation, User},
    },
};
use sea_query::{Expr, ExprTrait, SelectStatement};
use std::collections::HashMap;
use uuid::Uuid;
use vestibule_api::{
    ApiError, StagesInvitationInvitations, StagesInvitationInvitationsListParams, models, stages_invitation_invitations,
};

impl Resource for stages_invitation_invitations::Family {
    type Row = Invitation;

    const MODEL: Model = Model { app: "authentik_stages_invitation", name: "invitation", verbose: "Invitation" };
    const ORDER: &'static [&'static str] = &["-expires"];
    const SEARCH: &'static [&'static str] = &["name", "created_by__username", "flow__slug"];

    fields!(stages_invitation_invitations, complete);

    fn label(row: &Invitation) -> String {
        format!("Invitation {} created by {}", row.id.simple(), row.created_by)
    }

    fn name(row: &Invitation) -> String {
        row.name.clone()
    }

    async fn check(
        ctx: &mut Context,
        row: &mut Invitation,
        before: Option<&Invitation>,
        to: &mut Writer,
    ) -> Result<(), ApiError> {
        if before.is_none() {
            row.created_by = Ref(ctx.principal()?.user.id);
            if !to.has("expires") {
                row.expires = Some(default_expiry(ctx.now, &*settings(ctx).await?));
            }
        }
        Ok(())
    }

    /// For searching by the names of who made them and of what they lead to.
    async fn restrict(
        ctx: &mut Context,
        select: &mut SelectStatement,
        _: &StagesInvitationInvitationsListParams,
    ) -> Result<bool, ApiError> {
        select.inner_join("users", Expr::col(("users", "id")).equals(("invitations", "created_by_id")));
        select.left_join("flows", Expr::col(("flows", "id")).equals(("invitations", "flow_id")));
        Self::narrow(ctx, select)
    }

    fn column(field: &str) -> Option<Column> {
        match field {
            "created_by__username" => Some(("users", "username")),
            "flow__slug" => Some(("flows", "slug")),
            field => own_column::<Self>(field),
        }
    }
}

/// An invitation with who made it and what it leads to.
struct Complete<R> {
    row: R,
    created_by: Held<models::GroupMember>,
    flow_obj: Option<models::Flow>,
}

completes!(Complete);

/// Completes invitations; one whose maker went meanwhile is left out.
async fn complete(ctx: &mut Context, rows: Vec<Invitation>) -> Result<Vec<Complete<Invitation>>, ApiError> {
    let makers: Vec<User> = table::find_all(&mut ctx.db, "id", rows.iter().map(|row| row.created_by)).await?;
    let makers: HashMap<i64, models::GroupMember> = makers.into_iter().map(|user| (user.id, member(user))).collect();
    let flows: Vec<Flow> = table::find_all(&mut ctx.db, "id", rows.iter().filter_map(|row| row.flow)).await?;
    let flows = Flows::models(ctx, flows).await?;
    let flows: HashMap<Uuid, models::Flow> = flows.into_iter().map(|flow| (flow.pk, flow)).collect();
    let with = |row: Invitation| {
        let maker = makers.get(&row.created_by.0)?.clone();
        let flow_obj = row.flow.and_then(|flow| flows.get(&flow.0).cloned());
        Some(Complete { created_by: Held(Some(maker)), flow_obj, row })
    };
    Ok(rows.into_iter().filter_map(with).collect())
}

impl StagesInvitationInvitations for Context {}
