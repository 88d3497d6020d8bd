//! `/outposts/instances/`: the outposts themselves.

use super::{accounts, config};
use crate::{
    api::{
        context::Context,
        fields::{Held, Writer, completes, fields},
        filter::missing,
        permission,
        providers::{kinds::KINDS, summary::summaries},
        resource::{self, Model, Resource, Unique},
    },
    store::{
        Entity,
        query::{self, Link},
        table,
        tables::{Outpost, Provider, ServiceConnection},
    },
};
use sea_query::{Expr, ExprTrait, SelectStatement};
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;
use vestibule_api::{
    ApiError, Errors, OutpostsInstances, OutpostsInstancesHealthListParams, OutpostsInstancesListParams,
    models::{self, OutpostDefaultConfig, OutpostHealth},
    outposts_instances, outposts_service_connections_all,
};

/// The `managed` of the outpost inside the server.
pub(in crate::api) const EMBEDDED: &str = "goauthentik.io/outposts/embedded";
/// Outposts and their providers.
const PROVIDERS: Link = Link { table: "outpost_providers", owner: "outpost_id", other: "provider_id" };

impl Resource for outposts_instances::Family {
    type Row = Outpost;

    const MODEL: Model = Model { app: "authentik_outposts", name: "outpost", verbose: "Outpost" };
    const UNIQUE: &'static [Unique] = &[
        ("name", "name", "Outpost with this name already exists."),
        ("managed", "managed", "Outpost with this managed already exists."),
    ];
    const FILTERS: &'static [&'static str] = &["providers_by_pk"];

    fields!(outposts_instances, with_parts);

    fn label(row: &Outpost) -> String {
        format!("Outpost {}", row.name)
    }

    fn new(ctx: &Context) -> Outpost {
        let id = ctx.uuid();
        Outpost { id, token_identifier: format!("ak-outpost-{id}-api"), ..Outpost::default() }
    }

    async fn check(
        ctx: &mut Context,
        row: &mut Outpost,
        before: Option<&Outpost>,
        to: &mut Writer,
    ) -> Result<(), ApiError> {
        let embedded = before.is_some_and(|before| before.managed.0.as_deref() == Some(EMBEDDED));
        if embedded && before.is_some_and(|before| before.name != row.name) {
            to.errors.add("name", "Embedded outpost's name cannot be changed");
        }
        if let Some(problem) = config::problem(&row.config).filter(|_| to.has("config")) {
            to.errors.add("config", problem);
        }
        if row.providers.keys.is_none() {
            Outpost::load_links(&mut ctx.db, std::slice::from_mut(row), |row| row).await?;
        }
        if to.has("providers") || to.has("type") {
            check_providers(ctx, row, before, embedded, to).await?;
        }
        Ok(())
    }

    async fn after_create(ctx: &mut Context, row: &Outpost) -> Result<(), ApiError> {
        accounts::equip(ctx, row).await
    }

    async fn after_change(ctx: &mut Context, _: &Outpost, after: Option<&Outpost>) -> Result<(), ApiError> {
        match after {
            Some(row) => accounts::equip(ctx, row).await,
            None => Ok(()),
        }
    }

    async fn before_delete(ctx: &mut Context, row: &Outpost) -> Result<(), ApiError> {
        accounts::dismiss(ctx, row.id).await
    }

    async fn filter(
        ctx: &mut Context,
        select: &mut SelectStatement,
        params: &OutpostsInstancesListParams,
    ) -> Result<(), ApiError> {
        let asked = &params.providers_by_pk;
        let found = query::existing(&mut ctx.db, Provider::TABLE, Provider::KEY, asked.iter().copied()).await?;
        let mut errors = Errors::default();
        missing(&mut errors, "providers_by_pk", asked, &found);
        errors.into_result()?;
        PROVIDERS.filter(select, (Outpost::TABLE, Outpost::KEY), found);
        Ok(())
    }
}

/// Checks that an outpost can serve its providers, that there are any, and that whoever adds some may see them: the outpost
/// may, and it says what it knows to whoever has its token.
async fn check_providers(
    ctx: &mut Context,
    row: &Outpost,
    before: Option<&Outpost>,
    embedded: bool,
    to: &mut Writer,
) -> Result<(), ApiError> {
    let keys = row.providers.keys();
    if keys.is_empty() && !embedded && !to.errors.has("providers") {
        to.errors.add("providers", "This list may not be empty.");
    }
    let rows: Vec<Provider> = table::find_all(&mut ctx.db, Provider::KEY, keys.iter().copied()).await?;
    if let Some(other) = rows.iter().find(|provider| provider.kind != row.r#type) {
        let class = class(&other.kind);
        to.errors.add("providers", format!("Outpost type {} can't be used with {class} providers.", row.r#type));
        return Ok(());
    }
    let mut stored = vec![];
    if let Some(before) = before {
        stored = PROVIDERS.pairs::<Uuid, i64>(&mut ctx.db, vec![before.id]).await?;
    }
    let added: BTreeSet<i64> = keys.iter().copied().filter(|key| !stored.iter().any(|(_, old)| old == key)).collect();
    let principal = ctx.principal()?;
    let kinds = KINDS.iter().filter(|kind| kind.kind == row.r#type);
    for needed in kinds.map(|kind| kind.model.permission("view")).filter(|needed| !principal.may(needed)) {
        let mut visible = Provider::select();
        visible.and_where(Expr::col((Provider::TABLE, Provider::KEY)).is_in(added.iter().copied()));
        visible.and_where(permission::on_object::<Provider>(&principal, &needed));
        let visible: Vec<Provider> = if added.is_empty() { vec![] } else { ctx.db.all(&visible).await? };
        let hidden = added.iter().filter(|key| !visible.iter().any(|provider| provider.id == **key));
        hidden.for_each(|key| to.errors.add("providers", resource::missing(key)));
    }
    Ok(())
}

/// What the reference calls providers of a kind.
fn class(kind: &str) -> &'static str {
    match kind {
        "google_workspace" => "GoogleWorkspaceProvider",
        "ldap" => "LDAPProvider",
        "microsoft_entra" => "MicrosoftEntraProvider",
        "oauth2" => "OAuth2Provider",
        "proxy" => "ProxyProvider",
        "rac" => "RACProvider",
        "radius" => "RadiusProvider",
        "saml" => "SAMLProvider",
        "scim" => "SCIMProvider",
        _ => "Provider",
    }
}

/// An outpost with what it refers to.
struct WithParts<R> {
    row: R,
    providers_obj: Vec<models::Provider>,
    service_connection_obj: Held<models::ServiceConnection>,
}

completes!(WithParts);

async fn with_parts(ctx: &mut Context, rows: Vec<Outpost>) -> Result<Vec<WithParts<Outpost>>, ApiError> {
    let keys: BTreeSet<i64> = rows.iter().flat_map(|row| row.providers.keys()).copied().collect();
    let providers: Vec<Provider> = table::find_all(&mut ctx.db, Provider::KEY, keys).await?;
    let providers: HashMap<i64, models::Provider> =
        summaries(ctx, providers).await?.into_iter().map(|provider| (provider.pk, provider)).collect();
    let connections = rows.iter().filter_map(|row| row.service_connection);
    let connections: Vec<ServiceConnection> =
        table::find_all(&mut ctx.db, ServiceConnection::KEY, connections.collect::<Vec<_>>()).await?;
    let connections = outposts_service_connections_all::Family::models(ctx, connections).await?;
    let with = |row: Outpost| WithParts {
        providers_obj: row.providers.keys().iter().filter_map(|key| providers.get(key).cloned()).collect(),
        service_connection_obj: Held(Some(
            row.service_connection
                .and_then(|key| connections.iter().find(|connection| connection.pk == key.0).cloned())
                .unwrap_or_else(nowhere),
        )),
        row,
    };
    Ok(rows.into_iter().map(with).collect())
}

/// Stands where the contract demands a service connection and there is none.
fn nowhere() -> models::ServiceConnection {
    models::ServiceConnection {
        pk: Uuid::nil(),
        name: String::new(),
        local: Some(false),
        component: String::new(),
        verbose_name: String::new(),
        verbose_name_plural: String::new(),
        meta_model_name: String::new(),
    }
}

impl OutpostsInstances for Context {
    async fn outposts_instances_default_settings_retrieve(&mut self) -> Result<OutpostDefaultConfig, ApiError> {
        Ok(OutpostDefaultConfig { config: config::defaults(self).await? })
    }

    /// Outposts report over connections that they keep open, and the server has no end for these yet: none has reported.
    async fn outposts_instances_health_list(
        &mut self,
        uuid: Uuid,
        _: OutpostsInstancesHealthListParams,
    ) -> Result<Vec<OutpostHealth>, ApiError> {
        resource::find::<outposts_instances::Family>(self, uuid).await?;
        Ok(vec![])
    }
}
