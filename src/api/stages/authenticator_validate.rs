//! `/stages/authenticator/validate/`: stages that ask for a second factor.

use super::{
    stage,
    summary::{Staged, staged},
    webauthn_device_types::DeviceTypes,
};
use crate::{
    api::{
        context::Context,
        fields::{Writer, completes},
        kinds::Described,
        resource,
    },
    store::tables::AuthenticatorValidateStage,
};
use vestibule_api::{
    ApiError, StagesAuthenticatorValidate,
    models::{self, NotConfiguredActionEnum},
};

const NOTHING_TO_CONFIGURE: &str =
    "When \"Not configured action\" is set to \"Configure\", you must set a configuration stage.";

stage!(stages_authenticator_validate AuthenticatorValidateStage "authenticator_validate", with_allowed, {
    async fn check(
        ctx: &mut Context,
        row: &mut AuthenticatorValidateStage,
        before: Option<&AuthenticatorValidateStage>,
        to: &mut Writer,
    ) -> Result<(), ApiError> {
        if row.not_configured_action == NotConfiguredActionEnum::Configure.to_string()
            && resource::linked(ctx, row, before.is_none(), |row| &row.configuration_stages).await?.is_empty()
        {
            to.errors.add("not_configured_action", NOTHING_TO_CONFIGURE);
        }
        Ok(())
    }
});

/// A stage that accepts certain authenticators only.
struct WithAllowed<R> {
    row: R,
    webauthn_allowed_device_types_obj: Vec<models::WebAuthnDeviceType>,
}

completes!(WithAllowed);

async fn with_allowed(
    ctx: &mut Context,
    rows: Vec<AuthenticatorValidateStage>,
) -> Result<Vec<WithAllowed<Staged<Described<AuthenticatorValidateStage>>>>, ApiError> {
    let types = DeviceTypes::of(ctx, rows.iter().map(|row| row.webauthn_allowed_device_types.keys())).await?;
    let with = |row: Staged<Described<AuthenticatorValidateStage>>| WithAllowed {
        webauthn_allowed_device_types_obj: types.answer(row.webauthn_allowed_device_types.keys()),
        row,
    };
    Ok(staged(ctx, rows).await?.into_iter().map(with).collect())
}

impl StagesAuthenticatorValidate for Context {}
