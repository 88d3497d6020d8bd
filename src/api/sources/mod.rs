//! Sources: where users come from.

pub mod all;
pub mod kinds;
pub mod oauth;
pub mod summary;
pub mod types;
mod well_known;

use super::{context::Context, media, resource::Unique};
use crate::store::tables::Source;
use vestibule_api::ApiError;

/// What the unique constraints of sources mean.
const UNIQUE: &[Unique] = &[
    ("slug", "slug", "source with this slug already exists."),
    ("managed", "managed", "source with this managed already exists."),
];

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

/// Does away with what goes with a source of any kind.
///
/// # Errors
/// When a statement fails.
#[allow(clippy::unused_async, reason = "SCIM sources have an account in the database")]
async fn forget(ctx: &mut Context, source: &Source) -> Result<(), ApiError> {
    media::forget(ctx, source.icon.as_deref().unwrap_or_default());
    Ok(())
}
