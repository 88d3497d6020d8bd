//! Flows and the stages bound to them.

use super::Stage;
use crate::store::{Table, column::Ref};
use uuid::Uuid;

/// What a person goes through to log in, enrol, consent and so on.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("flows", called = "flow_uuid")]
pub struct Flow {
    /// Primary key.
    pub id: Uuid,
    /// Name in URLs.
    pub slug: String,
    /// The name.
    pub name: String,
    /// Heading of the flow pages.
    pub title: String,
    /// What the flow is for: `authentication`, `authorization`, `enrollment`, ….
    pub designation: String,
    /// Background image: a path or URL; empty for the one of the brand.
    pub background: String,
    /// Whether `all` bound policies must pass or `any` is enough.
    #[initial("any")]
    pub policy_engine_mode: String,
    /// Whether pages avoid techniques that password managers stumble over.
    pub compatibility_mode: bool,
    /// Layout of the pages.
    #[initial("stacked")]
    pub layout: String,
    /// What a denial leads to: `message_continue`, `message` or `continue`.
    #[initial("message_continue")]
    pub denied_action: String,
    /// Who may enter: `none` for everybody, `require_authenticated`, ….
    #[initial("none")]
    pub authentication: String,
    /// What policy bindings name as their target.
    #[column("policy_binding_id")]
    pub policybindingmodel_ptr_id: Uuid,
}

/// A stage of a flow, and its place there.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("flow_stage_bindings", called = "fsb_uuid")]
pub struct FlowStageBinding {
    /// Primary key.
    pub id: Uuid,
    /// The `target` of the API.
    #[column("flow_id")]
    pub target: Ref<Flow>,
    /// The step.
    pub stage: Ref<Stage>,
    /// The `order` of the API: lowest first.
    #[column("sort_order")]
    pub order: i64,
    /// Whether the policies are asked when the flow begins.
    pub evaluate_on_plan: bool,
    /// Whether the policies are asked when the stage is reached.
    #[initial(true)]
    pub re_evaluate_policies: bool,
    /// Whether `all` bound policies must pass or `any` is enough.
    #[initial("any")]
    pub policy_engine_mode: String,
    /// What a wrong answer leads to: `retry`, `restart` or `restart_with_context`.
    #[initial("retry")]
    pub invalid_response_action: String,
    /// What policy bindings name as their target.
    #[column("policy_binding_id")]
    pub policybindingmodel_ptr_id: Uuid,
}
