//! `/stages/authenticator/duo/`: stages that set up Duo.

mod client;

use super::stage;
use crate::{
    api::{
        context::Context,
        core::rights,
        events,
        resource::{self, Model},
    },
    store::{
        Entity,
        column::Ref,
        table,
        tables::{AuthenticatorDuoStage, DuoDevice, User},
    },
};
use client::{Account, Admin};
use serde_json::json;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;
use vestibule_api::{
    ApiError, Errors, StagesAuthenticatorDuo, Unchecked,
    models::{
        AuthenticatorDuoStageDeviceImportResponse, AuthenticatorDuoStageManualDeviceImportRequest,
        DuoDeviceEnrollmentStatus,
    },
    stages_authenticator_duo,
};

const DEVICE: Model = Model { app: "authentik_stages_authenticator_duo", name: "duodevice", verbose: "Duo Device" };

stage!(stages_authenticator_duo AuthenticatorDuoStage "authenticator_duo");

/// Gives users their accounts at Duo as second factors of a stage, unless they have them, and says how many.
async fn import(ctx: &mut Context, stage: Uuid, accounts: Vec<Account>) -> Result<i64, ApiError> {
    let names: Vec<String> = accounts.iter().map(|account| account.username.clone()).collect();
    let users: Vec<User> = table::find_all(&mut ctx.db, "username", names).await?;
    let users: HashMap<&str, i64> = users.iter().map(|user| (user.username.as_str(), user.id)).collect();
    rights::touch_users(ctx, &users.values().copied().collect::<Vec<_>>()).await?;
    let devices: Vec<DuoDevice> = table::find_all(&mut ctx.db, "stage_id", [stage]).await?;
    let mut known: HashSet<(i64, String)> =
        devices.into_iter().map(|device| (device.user.0, device.duo_user_id)).collect();
    let mut count = 0;
    for account in accounts {
        let Some(user) = users.get(account.username.as_str()).copied() else { continue };
        if !known.insert((user, account.user_id.clone())) {
            continue;
        }
        let mut device = DuoDevice {
            user: Ref(user),
            name: "Imported Duo Authenticator".to_owned(),
            confirmed: true,
            stage: Some(Ref(stage)),
            duo_user_id: account.user_id,
            ..DuoDevice::default()
        };
        device.insert(&mut ctx.db).await?;
        events::record(ctx, events::CREATED, DEVICE, device.id.to_string(), device.name);
        count += 1;
    }
    Ok(count)
}

impl StagesAuthenticatorDuo for Context {
    /// An enrolment is part of a session that goes through a flow; a caller without one has none.
    async fn stages_authenticator_duo_enrollment_status_create(
        &mut self,
        stage_uuid: Uuid,
    ) -> Result<DuoDeviceEnrollmentStatus, ApiError> {
        let stage: Option<AuthenticatorDuoStage> = table::find(&mut self.db, "id", stage_uuid).await?;
        stage.ok_or_else(ApiError::not_found)?;
        Err(ApiError::field(Errors::NON_FIELD, "No enrolment is going on in this session."))
    }

    async fn stages_authenticator_duo_import_device_manual_create(
        &mut self,
        stage_uuid: Uuid,
        body: Unchecked<AuthenticatorDuoStageManualDeviceImportRequest>,
    ) -> Result<(), ApiError> {
        let stage = resource::find::<stages_authenticator_duo::Family>(self, stage_uuid).await?;
        let AuthenticatorDuoStageManualDeviceImportRequest { duo_user_id, username } = body.check()?;
        if table::find::<User>(&mut self.db, "username", username.as_str()).await?.is_none() {
            return Err(ApiError::field(Errors::NON_FIELD, "User does not exist."));
        }
        match import(self, stage.id, vec![Account { user_id: duo_user_id, username }]).await? {
            0 => Err(ApiError::field(Errors::NON_FIELD, "Device exists already.")),
            _ => Ok(()),
        }
    }

    async fn stages_authenticator_duo_import_devices_automatic_create(
        &mut self,
        stage_uuid: Uuid,
    ) -> Result<AuthenticatorDuoStageDeviceImportResponse, ApiError> {
        let stage = resource::find::<stages_authenticator_duo::Family>(self, stage_uuid).await?;
        if stage.admin_integration_key.is_empty() {
            return Err(ApiError::field(Errors::NON_FIELD, "Stage does not have Admin API configured"));
        }
        let admin = Admin {
            host: &stage.api_hostname,
            key: &stage.admin_integration_key,
            secret: &stage.admin_secret_key,
            now: self.now,
        };
        // Nobody waits for the database while Duo answers.
        self.release().await?;
        let accounts = {
            let _turn = self.app.work.outgoing.turn(&self.party()).await?;
            admin.accounts().await
        };
        let accounts = accounts.map_err(|error| ApiError::Rejected(json!({ "count": 0, "error": error })))?;
        self.begin().await?;
        // It may be gone by now.
        resource::find::<stages_authenticator_duo::Family>(self, stage_uuid).await?;
        let count = import(self, stage.id, accounts).await?;
        Ok(AuthenticatorDuoStageDeviceImportResponse { count, error: String::new() })
    }
}
