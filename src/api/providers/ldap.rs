//! `/providers/ldap/`: directories served over LDAP.

use super::{
    provider,
    shared::{WITHOUT_APPLICATION, application_isnull, check_name},
    summary::served,
};
use crate::{
    api::{context::Context, fields::Writer, outposts::equip_for},
    store::tables::LdapProvider,
};
use sea_query::SelectStatement;
use vestibule_api::{ApiError, ProvidersLdap, ProvidersLdapListParams};

provider!(providers_ldap LdapProvider "ldap", served, "LDAP Provider", {
    const FILTERS: &'static [&'static str] = WITHOUT_APPLICATION;

    async fn check(
        ctx: &mut Context,
        row: &mut LdapProvider,
        before: Option<&LdapProvider>,
        to: &mut Writer,
    ) -> Result<(), ApiError> {
        check_name(ctx, row, before.map(|before| &before.base), to).await
    }

    async fn after_change(
        ctx: &mut Context,
        before: &LdapProvider,
        after: Option<&LdapProvider>,
    ) -> Result<(), ApiError> {
        match after {
            Some(after) if after.certificate != before.certificate => equip_for(ctx, after.id).await,
            _ => Ok(()),
        }
    }

    async fn filter(
        _: &mut Context,
        select: &mut SelectStatement,
        params: &ProvidersLdapListParams,
    ) -> Result<(), ApiError> {
        application_isnull(select, params);
        Ok(())
    }
});

impl ProvidersLdap for Context {}
