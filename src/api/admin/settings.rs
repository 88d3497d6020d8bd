//! `/admin/settings/`: the settings of the instance.

use crate::{
    api::{context::Context, events, fields::Writer, resource::Model, settings::settings},
    store::{Entity, table, tables::Settings as Row},
};
use vestibule_api::{
    AdminSettings, ApiError, Unchecked,
    models::{PatchedSettingsRequest, Settings, SettingsRequest},
};

const MODEL: Model = Model { app: "authentik_tenants", name: "tenant", verbose: "Tenant" };
/// The key of the one row.
const ID: i64 = 1;

impl AdminSettings for Context {
    async fn admin_settings_retrieve(&mut self) -> Result<Settings, ApiError> {
        let row = settings(self).await?;
        Ok(model(Row::clone(&row)))
    }

    async fn admin_settings_update(&mut self, body: Unchecked<SettingsRequest>) -> Result<Settings, ApiError> {
        let body = body.check()?.into();
        change(self, body).await
    }

    async fn admin_settings_partial_update(
        &mut self,
        body: Unchecked<PatchedSettingsRequest>,
    ) -> Result<Settings, ApiError> {
        let body = body.check()?;
        change(self, body).await
    }
}

fn model(row: Row) -> Settings {
    Settings {
        avatars: Some(row.avatars),
        default_token_duration: Some(row.default_token_duration.0),
        default_token_length: Some(row.default_token_length),
        default_user_change_email: Some(row.default_user_change_email),
        default_user_change_name: Some(row.default_user_change_name),
        default_user_change_username: Some(row.default_user_change_username),
        event_retention: Some(row.event_retention.0),
        footer_links: Some(row.footer_links),
        gdpr_compliance: Some(row.gdpr_compliance),
        impersonation: Some(row.impersonation),
    }
}

/// Stores what a body says. The row may be missing: what is not stored is the default.
async fn change(ctx: &mut Context, body: PatchedSettingsRequest) -> Result<Settings, ApiError> {
    let stored: Option<Row> = table::find(&mut ctx.db, Row::KEY, ID).await?;
    let new = stored.is_none();
    let mut row = stored.unwrap_or_else(|| Row { id: ID, ..Row::default() });
    let mut to = Writer::default();
    let PatchedSettingsRequest {
        avatars,
        default_token_duration,
        default_token_length,
        default_user_change_email,
        default_user_change_name,
        default_user_change_username,
        event_retention,
        footer_links,
        gdpr_compliance,
        impersonation,
    } = body;
    to.put("avatars", &mut row.avatars, avatars);
    to.put("default_token_duration", &mut row.default_token_duration, default_token_duration);
    to.put("default_token_length", &mut row.default_token_length, default_token_length);
    to.put("default_user_change_email", &mut row.default_user_change_email, default_user_change_email);
    to.put("default_user_change_name", &mut row.default_user_change_name, default_user_change_name);
    to.put("default_user_change_username", &mut row.default_user_change_username, default_user_change_username);
    to.put("event_retention", &mut row.event_retention, event_retention);
    to.put("footer_links", &mut row.footer_links, footer_links);
    to.put("gdpr_compliance", &mut row.gdpr_compliance, gdpr_compliance);
    to.put("impersonation", &mut row.impersonation, impersonation);
    to.errors.into_result()?;
    if new {
        row.insert(&mut ctx.db).await?;
    } else {
        row.update(&mut ctx.db).await?;
    }
    events::record(ctx, events::UPDATED, MODEL, ID.to_string(), "Default".to_owned());
    Ok(model(row))
}
