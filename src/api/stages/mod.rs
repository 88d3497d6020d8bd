//! Stages: the steps of flows.

pub mod all;
pub mod authenticator_validate;
pub mod authenticator_webauthn;
pub mod duo;
pub mod email;
pub mod identification;
pub mod invitation;
pub mod invitations;
pub mod kinds;
pub mod plain;
pub mod prompt;
pub mod prompts;
pub mod summary;
pub mod webauthn_device_types;

use super::resource::Unique;

/// What the unique constraints of stages mean.
const UNIQUE: &[Unique] = &[("name", "name", "stage with this name already exists.")];

/// A kind of stage: its family, row and kind, what completes its rows where more is to be said than of all stages, and in
/// braces what else is special about it.
macro_rules! stage {
    ($family:ident $row:ident $kind:literal $(, { $($special:tt)* })?) => {
        $crate::api::stages::stage!(
            $family $row $kind, $crate::api::stages::summary::staged $(, { $($special)* })?
        );
    };
    ($family:ident $row:ident $kind:literal, $complete:path $(, { $($special:tt)* })?) => {
        impl $crate::api::resource::Resource for vestibule_api::$family::Family {
            type Row = $crate::store::tables::$row;

            const MODEL: $crate::api::resource::Model =
                $crate::api::kinds::model_of($crate::api::stages::kinds::KINDS, $kind);
            const UNIQUE: &'static [$crate::api::resource::Unique] = $crate::api::stages::UNIQUE;
            const OF_FLOWS: bool = true;

            $crate::api::fields::fields!($family, $complete);

            fn label(row: &Self::Row) -> String {
                format!("{} {}", Self::MODEL.verbose, row.name)
            }

            $($($special)*)?
        }
    };
}
use stage;
