//! `/providers/radius/`: RADIUS servers.

use super::{
    provider,
    shared::{WITHOUT_APPLICATION, application_isnull, check_name},
    summary::served,
};
use crate::{
    api::{context::Context, fields::Writer, resource::fresh},
    store::tables::RadiusProvider,
};
use sea_query::SelectStatement;
use std::net::IpAddr;
use vestibule_api::{ApiError, ProvidersRadius, ProvidersRadiusListParams};

/// How long a secret is that nobody chose.
const SECRET_LENGTH: usize = 40;

provider!(providers_radius RadiusProvider "radius", served, "Radius Provider", {
    const FILTERS: &'static [&'static str] = WITHOUT_APPLICATION;

    fn new(ctx: &Context) -> RadiusProvider {
        RadiusProvider { shared_secret: ctx.app.random.text(SECRET_LENGTH).into(), ..fresh(ctx) }
    }

    async fn check(
        ctx: &mut Context,
        row: &mut RadiusProvider,
        before: Option<&RadiusProvider>,
        to: &mut Writer,
    ) -> Result<(), ApiError> {
        for network in row.client_networks.split(',').map(str::trim).filter(|network| !is_network(network)) {
            to.errors.add("client_networks", format!("“{network}” is not a network in CIDR notation."));
        }
        check_name(ctx, row, before.map(|before| &before.base), to).await
    }

    async fn filter(
        _: &mut Context,
        select: &mut SelectStatement,
        params: &ProvidersRadiusListParams,
    ) -> Result<(), ApiError> {
        application_isnull(select, params);
        Ok(())
    }
});

/// Whether a text is an address, a slash and the length of a prefix.
fn is_network(text: &str) -> bool {
    let Some((address, length)) = text.split_once('/') else { return false };
    let longest = match address.parse() {
        Ok(IpAddr::V4(_)) => 32,
        Ok(IpAddr::V6(_)) => 128,
        Err(_) => return false,
    };
    length.bytes().all(|b| b.is_ascii_digit()) && length.parse::<u8>().is_ok_and(|length| length <= longest)
}

impl ProvidersRadius for Context {}
