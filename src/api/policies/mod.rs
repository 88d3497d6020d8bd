//! Policies: yes-or-no decisions that can be bound to other objects.

pub mod all;
pub mod bindings;
pub mod dummy;
pub mod event_matcher;
pub mod expression;
pub mod kinds;
pub mod password;
pub mod password_expiry;
pub mod reputation;
pub mod summary;
pub mod verdict;

use super::resource::Unique;
use sea_query::{Expr, SelectStatement};
use vestibule_api::{ApiError, Filters};

/// What the unique constraints of policies mean.
const UNIQUE: &[Unique] = &[("name", "name", "Policy with this name already exists.")];

/// The filters by the times at which a policy was written.
const WRITTEN: &[&str] = &["created", "last_updated"];

/// When a policy was written is not kept: none was at the microsecond asked for.
fn filter_written(select: &mut SelectStatement, params: &impl Filters) -> Result<(), ApiError> {
    if params.sought().iter().any(|(name, _)| WRITTEN.contains(name)) {
        select.and_where(Expr::val(false));
    }
    Ok(())
}

/// A kind of policy: its family, row and kind, and a function that checks a row.
macro_rules! policy {
    ($family:ident $row:ident $kind:literal $(, $check:path)?) => {
        impl $crate::api::resource::Resource for vestibule_api::$family::Family {
            type Row = $crate::store::tables::$row;

            const MODEL: $crate::api::resource::Model =
                $crate::api::kinds::model_of($crate::api::policies::kinds::KINDS, $kind);
            const UNIQUE: &'static [$crate::api::resource::Unique] = $crate::api::policies::UNIQUE;
            const FILTERS: &'static [&'static str] = $crate::api::policies::WRITTEN;
            const OF_FLOWS: bool = true;

            $crate::api::fields::fields!($family, $crate::api::policies::summary::with_uses);

            fn label(row: &Self::Row) -> String {
                row.name.clone()
            }

            $(async fn check(
                _: &mut $crate::api::context::Context,
                row: &mut Self::Row,
                _: Option<&Self::Row>,
                to: &mut $crate::api::fields::Writer,
            ) -> Result<(), vestibule_api::ApiError> {
                $check(row, &mut to.errors);
                Ok(())
            })?

            async fn filter(
                _: &mut $crate::api::context::Context,
                select: &mut sea_query::SelectStatement,
                params: &<Self as vestibule_api::Family>::Params,
            ) -> Result<(), vestibule_api::ApiError> {
                $crate::api::policies::filter_written(select, params)
            }
        }
    };
}
use policy;
