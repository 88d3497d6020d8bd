//! Providers: how applications get their users.

pub mod all;
pub mod google_workspace;
pub mod kinds;
pub mod ldap;
pub mod microsoft_entra;
pub mod oauth2;
mod preview;
pub mod proxy;
pub mod rac;
pub mod radius;
pub mod saml;
pub mod saml_metadata;
pub mod scim;
pub mod shared;
pub mod summary;
pub mod twins;

/// A kind of provider: its family, row and kind, what completes its rows, and what people call one. What is special about
/// it follows in braces; it then brings `check` and `filter` itself.
macro_rules! provider {
    ($family:ident $row:ident $kind:literal, $complete:ident, $label:literal) => {
        $crate::api::providers::provider!($family $row $kind, $complete, $label, {
            const FILTERS: &'static [&'static str] = $crate::api::providers::shared::WITHOUT_APPLICATION;

            async fn check(
                ctx: &mut $crate::api::context::Context,
                row: &mut Self::Row,
                before: Option<&Self::Row>,
                to: &mut $crate::api::fields::Writer,
            ) -> Result<(), vestibule_api::ApiError> {
                $crate::api::providers::shared::check_name(ctx, row, before.map(std::ops::Deref::deref), to).await
            }

            async fn filter(
                _: &mut $crate::api::context::Context,
                select: &mut sea_query::SelectStatement,
                params: &<Self as vestibule_api::Family>::Params,
            ) -> Result<(), vestibule_api::ApiError> {
                $crate::api::providers::shared::application_isnull(select, params);
                Ok(())
            }
        });
    };
    ($family:ident $row:ident $kind:literal, $complete:ident, $label:literal, { $($special:tt)* }) => {
        impl $crate::api::resource::Resource for vestibule_api::$family::Family {
            type Row = $crate::store::tables::$row;

            const MODEL: $crate::api::resource::Model =
                $crate::api::kinds::model_of($crate::api::providers::kinds::KINDS, $kind);

            $crate::api::fields::fields!($family, $complete);

            fn label(row: &Self::Row) -> String {
                format!(concat!($label, " {}"), row.name)
            }

            $($special)*
        }
    };
}
use provider;
