//! `/sources/all/`: sources of all kinds.

use super::{
    UNIQUE, forget, kinds,
    kinds::KINDS,
    summary::{icons, sourced},
};
use crate::{
    api::{
        context::Context,
        events,
        fields::fields,
        kinds::{Kind, destroy_any},
        media,
        resource::{self, Model, Resource, Unique},
    },
    store::{
        Entity,
        access::Access,
        table,
        tables::{PlexSource, Source},
    },
};
use sea_query::{Expr, ExprTrait, Order};
use uuid::Uuid;
use vestibule_api::{
    ApiError, SourcesAll, Unchecked,
    limits::PAGE_SIZE,
    models::{FilePathRequest, FileUploadRequest, TypeCreate, UserSetting},
    sources_all,
};

impl Resource for sources_all::Family {
    type Row = Source;

    const MODEL: Model = Model { app: "authentik_core", name: "source", verbose: "source" };
    const LOOKUP: &'static str = "slug";
    const SEARCH: &'static [&'static str] = &["slug", "name"];
    const UNIQUE: &'static [Unique] = UNIQUE;

    fields!(sources_all, sourced);

    fn label(row: &Source) -> String {
        row.name.clone()
    }

    async fn before_delete(ctx: &mut Context, row: &Source) -> Result<(), ApiError> {
        forget(ctx, row).await
    }
}

/// Stores an icon and records the change, of the kind that the source is.
async fn store_icon(ctx: &mut Context, mut row: Source, icon: Option<String>) -> Result<(), ApiError> {
    row.icon = icon;
    resource::store::<sources_all::Family>(ctx, &mut row, false).await?;
    let model = Kind::find(KINDS, &row.kind)?.model;
    events::record(ctx, events::UPDATED, model, sources_all::Family::pk(&row), row.name);
    Ok(())
}

impl SourcesAll for Context {
    async fn sources_all_types_list(&mut self) -> Result<Vec<TypeCreate>, ApiError> {
        Ok(kinds::types())
    }

    /// What everybody can connect to: sources in use that users are sent to, as far as their policies let the caller pass.
    async fn sources_all_user_settings_list(&mut self) -> Result<Vec<UserSetting>, ApiError> {
        let user = self.principal()?.user.id;
        let access = Access::of(&mut self.db, user).await?;
        let mut select = Source::select();
        select
            .and_where(Expr::col((Source::TABLE, "enabled")).eq(true))
            .and_where(Expr::col((Source::TABLE, "kind")).is_in(["oauth", "plex", "saml"]))
            .cond_where(access.condition(Source::TABLE, "id", "policy_engine_mode"))
            .order_by((Source::TABLE, "name"), Order::Asc)
            .order_by((Source::TABLE, "id"), Order::Asc)
            .limit(PAGE_SIZE as u64);
        let sources: Vec<Source> = self.db.all(&select).await?;
        let icons = icons(self, sources.iter()).await?;
        let plex = sources.iter().filter(|source| source.kind == "plex").map(|source| source.id);
        let plex: Vec<PlexSource> = table::find_all(&mut self.db, "id", plex.collect::<Vec<Uuid>>()).await?;
        let setting = |source: Source| UserSetting {
            configure_url: match source.kind.as_str() {
                "oauth" => Some(format!("/source/oauth/login/{}/", source.slug)),
                "saml" => Some(format!("/source/saml/{}/", source.slug)),
                _ => plex.iter().find(|plex| plex.id == source.id).map(|plex| plex.client_id.clone()),
            },
            component: format!("ak-user-settings-source-{}", source.kind),
            icon_url: icons.get(&source.id).cloned(),
            title: source.name,
            object_uid: source.slug,
        };
        Ok(sources.into_iter().map(setting).collect())
    }

    async fn sources_all_destroy(&mut self, slug: String) -> Result<(), ApiError> {
        destroy_any::<sources_all::Family>(self, slug, KINDS, |row| &row.kind).await
    }

    async fn sources_all_set_icon_create(
        &mut self,
        slug: String,
        body: Unchecked<FileUploadRequest>,
    ) -> Result<(), ApiError> {
        let row = resource::find::<sources_all::Family>(self, slug).await?;
        let before = row.icon.clone().unwrap_or_default();
        let icon = media::upload(self, "source-icons", &before, body.check()?).await?;
        store_icon(self, row, icon).await
    }

    async fn sources_all_set_icon_url_create(
        &mut self,
        slug: String,
        body: Unchecked<FilePathRequest>,
    ) -> Result<(), ApiError> {
        let row = resource::find::<sources_all::Family>(self, slug).await?;
        let url = media::address(body.check()?)?;
        media::forget(self, row.icon.as_deref().unwrap_or_default());
        store_icon(self, row, Some(url)).await
    }
}
