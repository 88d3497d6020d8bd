//! Tables of kinds, written with the defaults of their columns.

/// Describes the table of a kind: as [`table!`](crate::store::table::table), with a default for every column and the
/// link to its base row. The rows are also JSON objects of their columns.
macro_rules! kind_table {
    (
        $(#[$meta:meta])*
        pub struct $name:ident in $table:literal key $key:ident of $base:ident {
            $($(#[$field_meta:meta])* pub $field:ident : $type:ty = $default:expr),* $(,)?
        }
    ) => {
        $crate::store::table::table! {
            $(#[$meta])*
            #[derive(serde::Serialize, serde::Deserialize)]
            pub struct $name in $table key $key {
                /// The base row this belongs to.
                pub $key: uuid::Uuid,
                $($(#[$field_meta])* pub $field: $type,)*
            }
        }

        impl $name {
            /// A row as it is when a request leaves out all that may be left out.
            pub fn defaults() -> Self {
                Self { $key: uuid::Uuid::nil(), $($field: $default),* }
            }
        }

        impl $crate::store::table::Kind<$base> for $name {
            fn set_base(&mut self, base: &$base) {
                self.$key = base.id;
            }
        }
    };
}
pub(crate) use kind_table;
