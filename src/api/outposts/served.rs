//! `/outposts/ldap/`, `/outposts/proxy/`, `/outposts/radius/`: what an outpost has to know of the providers that it serves. Its
//! account holds the permission to view these.

use crate::{
    api::{
        context::Context,
        fields::{Held, completes, fields},
        kinds::{Described, model_of},
        links, permission,
        providers::{
            kinds::KINDS,
            oauth2::setup_urls,
            summary::{Provided, provided},
        },
        resource::{Model, Resource},
    },
    domain::duration,
    store::{
        Entity, table,
        tables::{Flow, LdapProvider, Provider, ProxyProvider, RadiusProvider, ScopeMapping},
    },
};
use sea_query::{Cond, Expr, ExprTrait, Query, SelectStatement};
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;
use vestibule_api::{
    ApiError, OutpostsLdap, OutpostsProxy, OutpostsRadius, models::OpenIdConnectConfiguration, outposts_ldap,
    outposts_proxy, outposts_radius,
};

/// A kind of provider in the form that outposts read; only providers that are of use to an application are in it.
macro_rules! served {
    ($family:ident $row:ident $kind:literal, $complete:ident, $used:ident) => {
        impl Resource for $family::Family {
            type Row = $row;

            const MODEL: Model = model_of(KINDS, $kind);

            fields!($family, $complete);

            fn label(row: &$row) -> String {
                row.name.clone()
            }

            fn narrow(ctx: &mut Context, select: &mut SelectStatement) -> Result<bool, ApiError> {
                select.cond_where($used());
                permission::narrow::<$row>(ctx, select, &[])
            }
        }
    };
}

served!(outposts_ldap LdapProvider "ldap", with_slugs, used_anywhere);
served!(outposts_proxy ProxyProvider "proxy", with_oidc, used);
served!(outposts_radius RadiusProvider "radius", with_slugs, used);

impl OutpostsLdap for Context {}

impl OutpostsProxy for Context {}

impl OutpostsRadius for Context {}

/// The condition that a provider is that of an application.
fn used() -> Cond {
    let used = Query::select()
        .column("provider_id")
        .from("applications")
        .and_where(Expr::col("provider_id").is_not_null())
        .take();
    Cond::any().add(Expr::col((Provider::TABLE, Provider::KEY)).in_subquery(used))
}

/// As [`used`]; or that it serves one at the back channel.
fn used_anywhere() -> Cond {
    used().add(Expr::col((Provider::TABLE, "backchannel_application_id")).is_not_null())
}

/// A provider with the names of its application and of its flow.
struct WithSlugs<R> {
    row: R,
    application_slug: String,
    bind_flow_slug: String,
    auth_flow_slug: String,
}

completes!(WithSlugs);

async fn with_slugs<R>(ctx: &mut Context, rows: Vec<R>) -> Result<Vec<WithSlugs<Provided<Described<R>>>>, ApiError>
where
    R: Entity<Key = i64> + AsRef<Provider>,
{
    let flows: Vec<Uuid> = rows.iter().filter_map(|row| row.as_ref().authorization_flow).map(|flow| flow.0).collect();
    let flows: Vec<Flow> = table::find_all(&mut ctx.db, Flow::KEY, flows).await?;
    let flows: HashMap<Uuid, String> = flows.into_iter().map(|flow| (flow.id, flow.slug)).collect();
    let with = |row: Provided<Described<R>>| {
        let provider: &Provider = (**row).as_ref();
        let flow = provider.authorization_flow.and_then(|flow| flows.get(&flow.0)).cloned().unwrap_or_default();
        let back = &row.assigned_backchannel_application_slug;
        let application_slug = if back.is_empty() { &row.assigned_application_slug } else { back }.clone();
        WithSlugs { application_slug, bind_flow_slug: flow.clone(), auth_flow_slug: flow, row }
    };
    Ok(provided(ctx, rows).await?.into_iter().map(with).collect())
}

/// A proxy provider with what its client has to know of this server.
struct WithOidc<R> {
    row: R,
    access_token_validity: Option<f64>,
    cookie_secret: String,
    oidc_configuration: Held<OpenIdConnectConfiguration>,
    scopes_to_request: Vec<String>,
}

completes!(WithOidc);

async fn with_oidc(
    ctx: &mut Context,
    rows: Vec<ProxyProvider>,
) -> Result<Vec<WithOidc<Provided<Described<ProxyProvider>>>>, ApiError> {
    let mappings: BTreeSet<Uuid> = rows.iter().flat_map(|row| row.property_mappings.keys()).copied().collect();
    let mappings: Vec<ScopeMapping> = table::find_all(&mut ctx.db, ScopeMapping::KEY, mappings).await?;
    let scopes: HashMap<Uuid, String> = mappings.into_iter().map(|row| (row.id, row.scope_name)).collect();
    let base = links::base_url(ctx).await?;
    let with = |row: Provided<Described<ProxyProvider>>| {
        let scopes: BTreeSet<&String> =
            row.property_mappings.keys().iter().filter_map(|mapping| scopes.get(mapping)).collect();
        WithOidc {
            access_token_validity: duration::parse(&row.access_token_validity).map(|time| time.as_seconds_f64()),
            cookie_secret: row.cookie_secret.0.clone(),
            scopes_to_request: scopes.into_iter().cloned().collect(),
            oidc_configuration: Held(Some(configuration(&base, &row))),
            row,
        }
    };
    Ok(provided(ctx, rows).await?.into_iter().map(with).collect())
}

/// What the client of a provider has to know of this server.
fn configuration(base: &str, row: &Provided<Described<ProxyProvider>>) -> OpenIdConnectConfiguration {
    let urls = setup_urls(base, &row.assigned_application_slug, row.issuer_mode == "global");
    let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    OpenIdConnectConfiguration {
        authorization_endpoint: urls.authorize,
        end_session_endpoint: urls.logout,
        // Proxies share a secret with the server; no key signs what they get.
        id_token_signing_alg_values_supported: texts(&["HS256"]),
        introspection_endpoint: format!("{base}/application/o/introspect/"),
        issuer: urls.issuer,
        jwks_uri: urls.jwks,
        response_types_supported: texts(&[
            "code",
            "id_token",
            "id_token token",
            "code token",
            "code id_token",
            "code id_token token",
        ]),
        subject_types_supported: texts(&["public"]),
        token_endpoint: urls.token,
        token_endpoint_auth_methods_supported: texts(&["client_secret_post", "client_secret_basic"]),
        userinfo_endpoint: urls.user_info,
    }
}
