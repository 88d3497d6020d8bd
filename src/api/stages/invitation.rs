//! `/stages/invitation/stages/`: stages that take up an invitation.

use super::{stage, summary::FLOWS_OF_STAGE};
use crate::{
    api::context::Context,
    store::{Entity, tables::Stage},
};
use sea_query::{Expr, ExprTrait, Query, SelectStatement};
use vestibule_api::{ApiError, StagesInvitationStages, StagesInvitationStagesListParams};

stage!(stages_invitation_stages InvitationStage "invitation", {
    const FILTERS: &'static [&'static str] = &["no_flows"];

    async fn filter(
        _: &mut Context,
        select: &mut SelectStatement,
        params: &StagesInvitationStagesListParams,
    ) -> Result<(), ApiError> {
        if let Some(none) = params.no_flows {
            let in_flows = Query::select().column(FLOWS_OF_STAGE.owner).from(FLOWS_OF_STAGE.table).take();
            let key = Expr::col((Stage::TABLE, Stage::KEY));
            select.and_where(if none { key.not_in_subquery(in_flows) } else { key.in_subquery(in_flows) });
        }
        Ok(())
    }
});

impl StagesInvitationStages for Context {}
