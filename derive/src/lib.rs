//! `#[derive(Table)]`: a struct as a row of a table of the server.
//!
//! ```text
//! /// A stage that asks for consent.
//! #[derive(Debug, Clone, PartialEq, Table)]
//! #[table("stages_consent", key = "stage_id", kind = "consent")]
//! pub struct ConsentStage {
//!     /// What all stages have.
//!     #[base]
//!     pub base: Stage,
//!     /// How often: `always_require`, `permanent` or `expiring`.
//!     #[initial("always_require")]
//!     pub mode: String,
//!     /// The flow to go on with.
//!     pub next: Option<Ref<Flow>>,
//!     /// Who is asked.
//!     #[through("stages_consent_groups", "stage_id", "group_id")]
//!     pub groups: Many<Group>,
//! }
//! ```
//!
//! `#[reverse("table", "column", "key")]` is a many-to-many field whose other side names its one owner in a column.
//!
//! A field is stored in the column of its name, a reference in that name with `_id` behind it, unless `#[column("…")]` says
//! otherwise. What has no `#[initial(…)]` is empty in a new row. A row goes with what it refers to, unless
//! the reference may be null and is forgotten; `#[on_delete(Cascade)]` and the like say something else. `#[joins]` is for a
//! reference to a group into which the row puts users. A row without base has its key in the field `id`, or in
//! the one with `#[key]`, which comes first; `called = "stage_uuid"` is what filters call it. A row with a base has the base's fields and key too, and what `kind`
//! says in the base's field of that name.

mod code;
mod declaration;

use declaration::Declaration;
use proc_macro::TokenStream;

/// See the crate.
#[proc_macro_derive(Table, attributes(table, base, key, column, initial, on_delete, joins, through, reverse))]
pub fn table(input: TokenStream) -> TokenStream {
    let declaration = syn::parse(input).and_then(|input| Declaration::read(&input));
    declaration.map_or_else(|error| error.to_compile_error(), |table| code::write(&table)).into()
}
