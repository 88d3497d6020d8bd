//! `/stages/authenticator/webauthn_device_types/`: the authenticators that are known by name.

use crate::{
    api::{
        context::Context,
        fields::fields,
        resource::{Model, Resource},
    },
    store::{table, tables::WebAuthnDeviceType},
};
use std::collections::HashMap;
use uuid::Uuid;
use vestibule_api::{
    ApiError, StagesAuthenticatorWebauthnDeviceTypes, models, stages_authenticator_webauthn_device_types,
};

impl Resource for stages_authenticator_webauthn_device_types::Family {
    type Row = WebAuthnDeviceType;

    const MODEL: Model = Model {
        app: "authentik_stages_authenticator_webauthn",
        name: "webauthndevicetype",
        verbose: "WebAuthn Device type",
    };
    const ORDER: &'static [&'static str] = &["description"];
    const SEARCH: &'static [&'static str] = &["description"];

    fields!(stages_authenticator_webauthn_device_types);

    fn label(row: &WebAuthnDeviceType) -> String {
        format!("WebAuthn device type {} ({})", row.description, row.id)
    }
}

impl StagesAuthenticatorWebauthnDeviceTypes for Context {}

/// The authenticators that stages name.
pub(super) struct DeviceTypes(HashMap<Uuid, WebAuthnDeviceType>);

impl DeviceTypes {
    /// Those with any of these keys: one query.
    pub(super) async fn of<'a>(
        ctx: &mut Context,
        keys: impl Iterator<Item = &'a [Uuid]> + Send,
    ) -> Result<Self, ApiError> {
        let rows: Vec<WebAuthnDeviceType> =
            table::find_all(&mut ctx.db, "id", keys.flatten().copied().collect::<Vec<_>>()).await?;
        Ok(Self(rows.into_iter().map(|row| (row.id, row)).collect()))
    }

    /// Those with these keys, as answers show them.
    pub(super) fn answer(&self, keys: &[Uuid]) -> Vec<models::WebAuthnDeviceType> {
        let rows = keys.iter().filter_map(|key| self.0.get(key));
        rows.map(|row| models::WebAuthnDeviceType { aaguid: row.id, description: row.description.clone() }).collect()
    }
}
