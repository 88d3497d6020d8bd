//! `/propertymappings/`: expressions that fill what other systems get, and what they send.

pub mod all;
pub mod google_workspace;
pub mod kinds;
pub mod ldap;
pub mod microsoft_entra;
pub mod notification;
pub mod rac;
pub mod saml;
pub mod scim;
pub mod scope;

use super::{context::Context, kinds::Described, resource::Unique};
use crate::store::{Entity, tables::PropertyMapping};
use vestibule_api::ApiError;

/// What the unique constraints of mappings mean.
const UNIQUE: &[Unique] = &[
    ("name", "name", "Property Mapping with this name already exists."),
    ("managed", "managed", "Property Mapping with this managed already exists."),
];

/// Mappings of one kind or of any, with what answers say of their kind.
async fn described<R>(_ctx: &mut Context, rows: Vec<R>) -> Result<Vec<Described<R>>, ApiError>
where
    R: Entity + AsRef<PropertyMapping>,
{
    Described::all(kinds::KINDS, rows, |row| &row.as_ref().kind)
}

/// A kind of mapping: its family, row and kind, and what people call one. What is special about it follows in braces.
macro_rules! mapping {
    ($family:ident $row:ident $kind:literal, |$mapping:ident| $label:expr $(, { $($special:tt)* })?) => {
        impl $crate::api::resource::Resource for vestibule_api::$family::Family {
            type Row = $crate::store::tables::$row;

            const MODEL: $crate::api::resource::Model =
                $crate::api::kinds::model_of($crate::api::propertymappings::kinds::KINDS, $kind);
            const UNIQUE: &'static [$crate::api::resource::Unique] = $crate::api::propertymappings::UNIQUE;

            $crate::api::fields::fields!($family, $crate::api::propertymappings::described);

            fn label($mapping: &Self::Row) -> String {
                $label
            }

            $($($special)*)?
        }
    };
}
use mapping;
