//! The kinds of stages whose operations are not offered yet. Blueprints write and read them.

use super::{
    stage,
    summary::{Staged, staged},
};
use crate::{
    api::{context::Context, fields::completes, kinds::Described},
    store::{
        table,
        tables::{AuthenticatorValidateStage, AuthenticatorWebAuthnStage, WebAuthnDeviceType},
    },
};
use std::collections::HashMap;
use uuid::Uuid;
use vestibule_api::{ApiError, models};

stage!(stages_authenticator_duo AuthenticatorDuoStage "authenticator_duo");
stage!(stages_authenticator_sms AuthenticatorSmsStage "authenticator_sms");
stage!(stages_authenticator_static AuthenticatorStaticStage "authenticator_static");
stage!(stages_authenticator_totp AuthenticatorTotpStage "authenticator_totp");
stage!(stages_authenticator_validate AuthenticatorValidateStage "authenticator_validate", with_allowed);
stage!(stages_authenticator_webauthn AuthenticatorWebAuthnStage "authenticator_webauthn", with_restrictions);
stage!(stages_captcha CaptchaStage "captcha");
stage!(stages_consent ConsentStage "consent");
stage!(stages_deny DenyStage "deny");
stage!(stages_email EmailStage "email");
stage!(stages_identification IdentificationStage "identification");
stage!(stages_invitation_stages InvitationStage "invitation");
stage!(stages_password PasswordStage "password");
stage!(stages_prompt_stages PromptStage "prompt");
stage!(stages_source SourceStage "source");
stage!(stages_user_delete UserDeleteStage "user_delete");
stage!(stages_user_login UserLoginStage "user_login");
stage!(stages_user_logout UserLogoutStage "user_logout");
stage!(stages_user_write UserWriteStage "user_write");

/// The kinds of authenticators that stages name.
struct DeviceTypes(HashMap<Uuid, WebAuthnDeviceType>);

impl DeviceTypes {
    async fn of<'a>(ctx: &mut Context, keys: impl Iterator<Item = &'a [Uuid]> + Send) -> Result<Self, ApiError> {
        let rows: Vec<WebAuthnDeviceType> =
            table::find_all(&mut ctx.db, "id", keys.flatten().copied().collect::<Vec<_>>()).await?;
        Ok(Self(rows.into_iter().map(|row| (row.id, row)).collect()))
    }

    fn answer(&self, keys: &[Uuid]) -> Vec<models::WebAuthnDeviceType> {
        let rows = keys.iter().filter_map(|key| self.0.get(key));
        rows.map(|row| models::WebAuthnDeviceType { aaguid: row.id, description: row.description.clone() }).collect()
    }
}

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
