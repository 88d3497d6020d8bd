//! `/stages/identification/`: stages that find out who the user is.

use super::stage;
use crate::{
    api::{context::Context, fields::Writer, resource},
    store::tables::IdentificationStage,
};
use vestibule_api::{ApiError, Errors, StagesIdentification};

stage!(stages_identification IdentificationStage "identification", {
    /// A stage that asks for nothing and offers nothing would be the end of the flow.
    async fn check(
        ctx: &mut Context,
        row: &mut IdentificationStage,
        before: Option<&IdentificationStage>,
        to: &mut Writer,
    ) -> Result<(), ApiError> {
        let asks = row.user_fields.as_array().is_some_and(|fields| !fields.is_empty());
        if !asks && resource::linked(ctx, row, before.is_none(), |row| &row.sources).await?.is_empty() {
            to.errors.add(
                Errors::NON_FIELD,
                "When no user fields are selected, at least one source must be selected",
            );
        }
        Ok(())
    }
});

impl StagesIdentification for Context {}
