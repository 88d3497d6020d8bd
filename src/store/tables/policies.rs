//! Policies and their bindings.

use super::{Group, User};
use crate::store::{
    Table,
    column::{Expression, Ref},
};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

/// A yes-or-no decision that can be bound to other objects.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("policies", called = "policy_uuid")]
pub struct Policy {
    /// Primary key.
    pub id: Uuid,
    /// The name.
    pub name: String,
    /// Which `policies_<kind>` table holds the rest.
    pub kind: String,
    /// Whether every execution becomes an event.
    pub execution_logging: bool,
}

/// What counts as a symbol in a password, unless a policy says something else.
const SYMBOLS: &str = "!\\\"#$%&'()*+,-./:;<=>?@[]^_`{|}~ ";

/// A policy with a fixed result, for tests.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("policies_dummy", key = "policy_id", kind = "dummy")]
pub struct DummyPolicy {
    /// What all policies have.
    #[base]
    pub base: Policy,
    /// What it decides.
    pub result: bool,
    /// Seconds it takes at least.
    #[initial(5)]
    pub wait_min: i64,
    /// Seconds it takes at most.
    #[initial(30)]
    pub wait_max: i64,
}

/// A policy that matches events; what is not set matches all.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("policies_event_matcher", key = "policy_id", kind = "event_matcher")]
pub struct EventMatcherPolicy {
    /// What all policies have.
    #[base]
    pub base: Policy,
    /// What happened.
    pub action: Option<String>,
    /// Where the request came from.
    pub client_ip: Option<String>,
    /// Part of the program that tells.
    pub app: Option<String>,
    /// The model of the object.
    pub model: Option<String>,
}

/// A policy written as an expression.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("policies_expression", key = "policy_id", kind = "expression")]
pub struct ExpressionPolicy {
    /// What all policies have.
    #[base]
    pub base: Policy,
    /// Source text of the expression.
    pub expression: Expression,
}

/// A policy on what a new password must be like.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("policies_password", key = "policy_id", kind = "password")]
pub struct PasswordPolicy {
    /// What all policies have.
    #[base]
    pub base: Policy,
    /// Key of the field that holds it.
    #[initial("password")]
    pub password_field: String,
    /// Whether the amounts count.
    #[initial(true)]
    pub check_static_rules: bool,
    /// Digits at least.
    pub amount_digits: i64,
    /// Capitals at least.
    pub amount_uppercase: i64,
    /// Small letters at least.
    pub amount_lowercase: i64,
    /// Symbols at least.
    pub amount_symbols: i64,
    /// Characters at least.
    pub length_min: i64,
    /// What counts as a symbol.
    #[initial(SYMBOLS.into())]
    pub symbol_charset: String,
    /// What users read.
    pub error_message: String,
    /// Whether leaked passwords are refused.
    pub check_have_i_been_pwned: bool,
    /// In how many leaks it may be.
    pub hibp_allowed_count: i64,
    /// Whether the strength is estimated.
    pub check_zxcvbn: bool,
    /// Strength at least, from 0 to 4.
    #[initial(2)]
    pub zxcvbn_score_threshold: i64,
}

/// A policy on how old a password may be.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("policies_password_expiry", key = "policy_id", kind = "password_expiry")]
pub struct PasswordExpiryPolicy {
    /// What all policies have.
    #[base]
    pub base: Policy,
    /// Days it may be old.
    pub days: i64,
    /// Whether it only denies, and does not make the password unusable.
    pub deny_only: bool,
}

/// A policy on the reputation of an address and a username.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("policies_reputation", key = "policy_id", kind = "reputation")]
pub struct ReputationPolicy {
    /// What all policies have.
    #[base]
    pub base: Policy,
    /// Whether the address counts.
    #[initial(true)]
    pub check_ip: bool,
    /// Whether the username counts.
    #[initial(true)]
    pub check_username: bool,
    /// The score at which it passes.
    #[initial(-5)]
    pub threshold: i64,
}

/// How logins by a name from an address went.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("reputation_scores", called = "reputation_uuid")]
pub struct ReputationScore {
    /// Primary key.
    pub id: Uuid,
    /// The name that was typed in; there need be no such user.
    pub identifier: String,
    /// The address.
    pub ip: String,
    /// Where the address is.
    #[initial(json!({}))]
    pub ip_geo_data: Value,
    /// Whose network the address is in.
    #[initial(json!({}))]
    pub ip_asn_data: Value,
    /// Good logins without those that failed.
    pub score: i64,
    /// When it changed.
    pub updated: DateTime<Utc>,
    /// When it is forgotten.
    pub expires: Option<DateTime<Utc>>,
}

/// The binding of a policy, a group or a user to an object that policies guard.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("policy_bindings", called = "policy_binding_uuid")]
pub struct PolicyBinding {
    /// Primary key.
    pub id: Uuid,
    /// What is guarded: `policy_binding_id` of a flow or stage binding, `id` of an application or source.
    #[column("target_id")]
    pub target: Uuid,
    /// Passes when this policy does.
    #[on_delete(Cascade)]
    pub policy: Option<Ref<Policy>>,
    /// Passes for members of this group.
    #[on_delete(Cascade)]
    pub group: Option<Ref<Group>>,
    /// Passes for this user.
    #[on_delete(Cascade)]
    pub user: Option<Ref<User>>,
    /// Whether the result is turned round. The result of a failure is not.
    pub negate: bool,
    /// Whether the binding counts.
    #[initial(true)]
    pub enabled: bool,
    /// The `order` of the API: lowest first.
    #[column("sort_order")]
    pub order: i64,
    /// Seconds after which an execution has failed.
    #[initial(30)]
    pub timeout: i64,
    /// Result of an execution that failed.
    pub failure_result: bool,
}
