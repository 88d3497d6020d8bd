//! Policies and their bindings.

use crate::store::{kind_table::kind_table, table::table};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

table! {
    /// A yes-or-no decision that can be bound to other objects.
    #[derive(Serialize, Deserialize)]
    pub struct Policy in "policies" key id {
        /// Primary key.
        pub id: Uuid,
        /// The name.
        pub name: String,
        /// Which `policies_<kind>` table holds the rest.
        pub kind: String,
        /// Whether every execution becomes an event.
        pub execution_logging: bool,
    }
}

impl Policy {
    /// A row as it is when a request leaves out all that may be left out.
    pub fn defaults(id: Uuid, name: String, kind: &str) -> Self {
        Self { id, name, kind: kind.to_owned(), execution_logging: false }
    }
}

/// What counts as a symbol in a password, unless a policy says something else.
const SYMBOLS: &str = "!\\\"#$%&'()*+,-./:;<=>?@[]^_`{|}~ ";

kind_table! {
    /// A policy with a fixed result, for tests.
    pub struct DummyPolicy in "policies_dummy" key policy_id of Policy {
        /// What it decides.
        pub result: bool = false,
        /// Seconds it takes at least.
        pub wait_min: i64 = 5,
        /// Seconds it takes at most.
        pub wait_max: i64 = 30,
    }
}

kind_table! {
    /// A policy that matches events; what is not set matches all.
    pub struct EventMatcherPolicy in "policies_event_matcher" key policy_id of Policy {
        /// What happened.
        pub action: Option<String> = None,
        /// Where the request came from.
        pub client_ip: Option<String> = None,
        /// Part of the program that tells.
        pub app: Option<String> = None,
        /// The model of the object.
        pub model: Option<String> = None,
    }
}

kind_table! {
    /// A policy written as an expression.
    pub struct ExpressionPolicy in "policies_expression" key policy_id of Policy {
        /// Source text of the expression.
        pub expression: String = String::new(),
    }
}

kind_table! {
    /// A policy on what a new password must be like.
    pub struct PasswordPolicy in "policies_password" key policy_id of Policy {
        /// Key of the field that holds it.
        pub password_field: String = "password".to_owned(),
        /// Whether the amounts count.
        pub check_static_rules: bool = true,
        /// Digits at least.
        pub amount_digits: i64 = 0,
        /// Capitals at least.
        pub amount_uppercase: i64 = 0,
        /// Small letters at least.
        pub amount_lowercase: i64 = 0,
        /// Symbols at least.
        pub amount_symbols: i64 = 0,
        /// Characters at least.
        pub length_min: i64 = 0,
        /// What counts as a symbol.
        pub symbol_charset: String = SYMBOLS.to_owned(),
        /// What users read.
        pub error_message: String = String::new(),
        /// Whether leaked passwords are refused.
        pub check_have_i_been_pwned: bool = false,
        /// In how many leaks it may be.
        pub hibp_allowed_count: i64 = 0,
        /// Whether the strength is estimated.
        pub check_zxcvbn: bool = false,
        /// Strength at least, from 0 to 4.
        pub zxcvbn_score_threshold: i64 = 2,
    }
}

kind_table! {
    /// A policy on how old a password may be.
    pub struct PasswordExpiryPolicy in "policies_password_expiry" key policy_id of Policy {
        /// Days it may be old.
        pub days: i64 = 0,
        /// Whether it only denies, and does not make the password unusable.
        pub deny_only: bool = false,
    }
}

kind_table! {
    /// A policy on the reputation of an address and a username.
    pub struct ReputationPolicy in "policies_reputation" key policy_id of Policy {
        /// Whether the address counts.
        pub check_ip: bool = true,
        /// Whether the username counts.
        pub check_username: bool = true,
        /// The score at which it passes.
        pub threshold: i64 = -5,
    }
}

table! {
    /// The binding of a policy, a group or a user to an object that policies guard.
    pub struct PolicyBinding in "policy_bindings" key id {
        /// Primary key.
        pub id: Uuid,
        /// What is guarded: `policy_binding_id` of a flow or stage binding, `id` of an application or source.
        pub target_id: Uuid,
        /// Passes when this policy does.
        pub policy_id: Option<Uuid>,
        /// Passes for members of this group.
        pub group_id: Option<Uuid>,
        /// Passes for this user.
        pub user_id: Option<i64>,
        /// Whether the result is turned round. The result of a failure is not.
        pub negate: bool,
        /// Whether the binding counts.
        pub enabled: bool,
        /// The `order` of the API: lowest first.
        pub sort_order: i64,
        /// Seconds after which an execution has failed.
        pub timeout: i64,
        /// Result of an execution that failed.
        pub failure_result: bool,
    }
}

impl PolicyBinding {
    /// A row as it is when a request leaves out all that may be left out.
    pub fn defaults(id: Uuid, target_id: Uuid, sort_order: i64) -> Self {
        Self {
            id,
            target_id,
            policy_id: None,
            group_id: None,
            user_id: None,
            negate: false,
            enabled: true,
            sort_order,
            timeout: 30,
            failure_result: false,
        }
    }
}
