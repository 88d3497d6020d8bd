//! The fields that prompt stages show.

use crate::store::table::table;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

table! {
    /// A field of prompt stages.
    #[derive(Serialize, Deserialize)]
    pub struct Prompt in "prompts" key id {
        /// Primary key.
        pub id: Uuid,
        /// The name, for administrators.
        pub name: String,
        /// Key of the answer in the data of the flow.
        pub field_key: String,
        /// What users read.
        pub label: String,
        /// The `type` of the API: `text`, `password`, `hidden`, ….
        pub kind: String,
        /// Whether it must be filled in.
        pub required: bool,
        /// What stands in the empty field, or an expression for it.
        pub placeholder: String,
        /// Whether the placeholder is an expression.
        pub placeholder_expression: bool,
        /// What the field begins with, or an expression for it.
        pub initial_value: String,
        /// Whether the initial value is an expression.
        pub initial_value_expression: bool,
        /// What stands below the field.
        pub sub_text: String,
        /// The `order` of the API: lowest first.
        pub sort_order: i64,
    }
}

impl Prompt {
    /// A row as it is when a request leaves out all that may be left out.
    pub fn defaults(id: Uuid) -> Self {
        Self {
            id,
            name: String::new(),
            field_key: String::new(),
            label: String::new(),
            kind: String::new(),
            required: true,
            placeholder: String::new(),
            placeholder_expression: false,
            initial_value: String::new(),
            initial_value_expression: false,
            sub_text: String::new(),
            sort_order: 0,
        }
    }
}
