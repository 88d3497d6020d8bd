//! Sources: where users come from.

pub mod all;
pub mod connections;
mod directory;
pub mod kinds;
pub mod ldap;
pub mod oauth;
pub mod plex;
pub mod pushed;
pub mod saml;
pub mod scim;
pub mod summary;
pub mod types;
mod well_known;

use super::{context::Context, fields::Writer, media, resource::Unique};
use crate::store::{table, tables::Source};
use vestibule_api::ApiError;

const SLUG_TAKEN: &str = "source with this slug already exists.";

/// What the unique constraints of sources mean.
const UNIQUE: &[Unique] =
    &[("slug", "slug", SLUG_TAKEN), ("managed", "managed", "source with this managed already exists.")];

/// A kind of source: its family, row and kind, and what completes its rows. What is special about it follows in braces.
macro_rules! source {
    ($family:ident $row:ident $kind:literal, $complete:path, { $($special:tt)* }) => {
        impl $crate::api::resource::Resource for vestibule_api::$family::Family {
            type Row = $crate::store::tables::$row;

            const MODEL: $crate::api::resource::Model =
                $crate::api::kinds::model_of($crate::api::sources::kinds::KINDS, $kind);
            const LOOKUP: &'static str = "slug";
            const SEARCH: &'static [&'static str] = &["name", "slug"];
            const UNIQUE: &'static [$crate::api::resource::Unique] = $crate::api::sources::UNIQUE;

            $crate::api::fields::fields!($family, $complete);

            fn label(row: &Self::Row) -> String {
                row.name.clone()
            }

            async fn before_delete(
                ctx: &mut $crate::api::context::Context,
                row: &Self::Row,
            ) -> Result<(), vestibule_api::ApiError> {
                $crate::api::sources::forget(ctx, row).await
            }

            $($special)*
        }
    };
}
use source;

/// Reports a slug that another source has, before what is wrong with the source as a whole.
///
/// # Errors
/// When the statement fails.
async fn check_slug(ctx: &mut Context, source: &Source, to: &mut Writer) -> Result<(), ApiError> {
    let other: Option<Source> = table::find(&mut ctx.db, "slug", source.slug.as_str()).await?;
    if other.is_some_and(|other| other.id != source.id) {
        to.errors.add("slug", SLUG_TAKEN);
    }
    Ok(())
}

/// Does away with what goes with a source of any kind.
///
/// # Errors
/// When a statement fails.
async fn forget(ctx: &mut Context, source: &Source) -> Result<(), ApiError> {
    media::forget(ctx, source.icon.as_deref().unwrap_or_default());
    if source.kind == "scim" { scim::forget(ctx, source.id).await } else { Ok(()) }
}
