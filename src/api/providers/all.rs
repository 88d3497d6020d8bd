//! `/providers/all/`: providers of all kinds.

use super::{
    kinds::{BACKCHANNEL, KINDS, SAML_IMPORT},
    shared::{WITHOUT_APPLICATION, application_isnull},
    summary::provided,
};
use crate::{
    api::{
        context::Context,
        fields::fields,
        kinds::{Kind, destroy_any},
        resource::{Model, Resource},
    },
    store::tables::Provider,
};
use sea_query::{Expr, ExprTrait, SelectStatement};
use vestibule_api::{ApiError, ProvidersAll, ProvidersAllListParams, models::TypeCreate, providers_all};

impl Resource for providers_all::Family {
    type Row = Provider;

    const MODEL: Model = Model { app: "authentik_core", name: "provider", verbose: "provider" };
    const ORDER: &'static [&'static str] = &["pk"];
    const FILTERS: &'static [&'static str] = &[WITHOUT_APPLICATION[0], "backchannel"];

    fields!(providers_all, provided);

    fn label(row: &Provider) -> String {
        let kind = KINDS.iter().find(|kind| kind.kind == row.kind).unwrap_or(&KINDS[0]);
        format!("{} {}", kind.model.verbose.replace("/OpenID", ""), row.name)
    }

    fn name(row: &Provider) -> String {
        row.name.clone()
    }

    async fn filter(
        _: &mut Context,
        select: &mut SelectStatement,
        params: &ProvidersAllListParams,
    ) -> Result<(), ApiError> {
        application_isnull(select, params);
        if let Some(backchannel) = params.backchannel {
            let can_serve = Expr::col(("providers", "kind")).is_in(BACKCHANNEL);
            select.and_where(if backchannel { can_serve } else { can_serve.not() });
        }
        Ok(())
    }
}

impl ProvidersAll for Context {
    async fn providers_all_types_list(&mut self) -> Result<Vec<TypeCreate>, ApiError> {
        let mut types: Vec<_> = KINDS.iter().chain([&SAML_IMPORT]).map(Kind::type_create).collect();
        types.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(types)
    }

    async fn providers_all_destroy(&mut self, id: i64) -> Result<(), ApiError> {
        destroy_any::<providers_all::Family>(self, id, KINDS, |row| &row.kind).await
    }
}
