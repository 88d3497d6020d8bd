//! The fields that prompt stages show.

use crate::store::Table;
use uuid::Uuid;

/// A field of prompt stages.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("prompts", called = "prompt_uuid")]
pub struct Prompt {
    /// Primary key.
    pub id: Uuid,
    /// The name, for administrators.
    pub name: String,
    /// Key of the answer in the data of the flow.
    pub field_key: String,
    /// What users read.
    pub label: String,
    /// The `type` of the API: `text`, `password`, `hidden`, ….
    #[column("kind")]
    pub r#type: String,
    /// Whether it must be filled in.
    #[initial(true)]
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
    #[column("sort_order")]
    pub order: i64,
}
