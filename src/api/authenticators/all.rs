//! `/authenticators/all/` and `/authenticators/admin/all/`: devices of all kinds.

use super::devices::Device;
use crate::{
    api::{context::Context, permission},
    store::tables::{DuoDevice, SmsDevice, StaticDevice, TotpDevice, WebAuthnDevice},
};
use sea_query::{Cond, Expr, ExprTrait, Order};
use vestibule_api::{ApiError, AuthenticatorsAdminAll, AuthenticatorsAdminAllListParams, AuthenticatorsAll, models};

/// Adds the devices of one kind that fulfil conditions of all kinds.
async fn add<D: Device>(ctx: &mut Context, fits: Fits, devices: &mut Vec<models::Device>) -> Result<(), ApiError> {
    let column = |name: &'static str| Expr::col((D::TABLE, name));
    let mut select = D::select();
    select
        .cond_where(Cond::all().add_option(fits.user.map(|user| column("user_id").eq(user))))
        .cond_where(Cond::all().add_option(fits.confirmed.map(|confirmed| column("confirmed").eq(confirmed))))
        .order_by((D::TABLE, D::KEY), Order::Asc);
    let rows: Vec<D> = ctx.db.all(&select).await?;
    devices.extend(rows.iter().map(|row| {
        let (name, confirmed) = row.state();
        models::Device {
            verbose_name: D::OF.model.verbose.to_owned(),
            verbose_name_plural: D::OF.plural.to_owned(),
            meta_model_name: format!("{}.{}", D::OF.model.app, D::OF.model.name),
            pk: row.key(),
            name: name.to_owned(),
            r#type: format!("{}.{}", D::OF.model.app, D::OF.class),
            confirmed,
        }
    }));
    Ok(())
}

/// What devices are asked for.
#[derive(Clone, Copy)]
struct Fits {
    user: Option<i64>,
    confirmed: Option<bool>,
}

/// Devices of all kinds: one query a kind.
async fn all(ctx: &mut Context, fits: Fits) -> Result<Vec<models::Device>, ApiError> {
    let mut devices = vec![];
    add::<StaticDevice>(ctx, fits, &mut devices).await?;
    add::<TotpDevice>(ctx, fits, &mut devices).await?;
    add::<WebAuthnDevice>(ctx, fits, &mut devices).await?;
    add::<DuoDevice>(ctx, fits, &mut devices).await?;
    add::<SmsDevice>(ctx, fits, &mut devices).await?;
    Ok(devices)
}

impl AuthenticatorsAll for Context {
    /// What the caller can be asked for.
    async fn authenticators_all_list(&mut self) -> Result<Vec<models::Device>, ApiError> {
        let user = Some(self.principal()?.user.id);
        all(self, Fits { user, confirmed: Some(true) }).await
    }
}

impl AuthenticatorsAdminAll for Context {
    async fn authenticators_admin_all_list(
        &mut self,
        params: AuthenticatorsAdminAllListParams,
    ) -> Result<Vec<models::Device>, ApiError> {
        // Permissions on some devices say nothing of those of all kinds.
        permission::require_everywhere(self)?;
        let AuthenticatorsAdminAllListParams { user } = params;
        all(self, Fits { user, confirmed: None }).await
    }
}
