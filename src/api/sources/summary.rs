//! Sources as their answers show them.

use super::{kinds::KINDS, types::OAuthType};
use crate::{
    api::{
        context::Context,
        fields::completes,
        kinds::{Described, Kind},
        media,
    },
    store::{
        Entity, table,
        tables::{OAuthSource, Source},
    },
};
use std::collections::HashMap;
use uuid::Uuid;
use vestibule_api::ApiError;

/// A source with what its answers say beside its fields.
pub struct Sourced<R> {
    row: R,
    /// Its picture: the one that was chosen, or that of its kind.
    pub icon: Option<String>,
}

completes!(Sourced);

/// Completes sources of one kind, or of any. Those of OAuth have the picture of their type: one query.
///
/// # Errors
/// When the query fails.
pub async fn sourced<R>(ctx: &mut Context, rows: Vec<R>) -> Result<Vec<Sourced<Described<R>>>, ApiError>
where
    R: Entity<Key = Uuid> + AsRef<Source>,
{
    let icons = icons(ctx, rows.iter().map(AsRef::as_ref)).await?;
    let rows = Described::all(KINDS, rows, |row| &row.as_ref().kind)?;
    Ok(rows.into_iter().map(|row| Sourced { icon: icons.get(&row.key()).cloned(), row }).collect())
}

/// The pictures of sources, by their keys.
///
/// # Errors
/// When the query fails.
pub async fn icons<'a>(
    ctx: &mut Context,
    sources: impl Iterator<Item = &'a Source> + Clone + Send,
) -> Result<HashMap<Uuid, String>, ApiError> {
    let plain = sources.clone().filter(|source| own_icon(source).is_none() && source.kind == "oauth");
    let plain: Vec<Uuid> = plain.map(|source| source.id).collect();
    let plain: Vec<OAuthSource> = table::find_all(&mut ctx.db, "id", plain).await?;
    let icon = |source: &Source| {
        own_icon(source).or_else(|| match plain.iter().find(|row| row.id == source.id) {
            Some(row) => OAuthType::named(&row.provider_type).map(OAuthType::icon),
            None => {
                KINDS.iter().find(|kind| kind.kind == source.kind).and_then(|kind: &Kind| kind.icon).map(str::to_owned)
            }
        })
    };
    Ok(sources.filter_map(|source| Some((source.id, icon(source)?))).collect())
}

fn own_icon(source: &Source) -> Option<String> {
    source.icon.as_deref().filter(|icon| !icon.is_empty()).map(media::url)
}
