//! `/stages/authenticator/webauthn/`: stages that set up security keys and passkeys.

use super::{
    stage,
    summary::{Staged, staged},
    webauthn_device_types::DeviceTypes,
};
use crate::{
    api::{context::Context, fields::completes, kinds::Described},
    store::tables::AuthenticatorWebAuthnStage,
};
use vestibule_api::{ApiError, StagesAuthenticatorWebauthn, models};

stage!(stages_authenticator_webauthn AuthenticatorWebAuthnStage "authenticator_webauthn", with_restrictions);

/// A stage that sets up certain authenticators only.
struct WithRestrictions<R> {
    row: R,
    device_type_restrictions_obj: Vec<models::WebAuthnDeviceType>,
}

completes!(WithRestrictions);

async fn with_restrictions(
    ctx: &mut Context,
    rows: Vec<AuthenticatorWebAuthnStage>,
) -> Result<Vec<WithRestrictions<Staged<Described<AuthenticatorWebAuthnStage>>>>, ApiError> {
    let types = DeviceTypes::of(ctx, rows.iter().map(|row| row.device_type_restrictions.keys())).await?;
    let with = |row: Staged<Described<AuthenticatorWebAuthnStage>>| WithRestrictions {
        device_type_restrictions_obj: types.answer(row.device_type_restrictions.keys()),
        row,
    };
    Ok(staged(ctx, rows).await?.into_iter().map(with).collect())
}

impl StagesAuthenticatorWebauthn for Context {}
