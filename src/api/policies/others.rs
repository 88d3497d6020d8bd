//! The kinds of policies whose operations are not offered yet. Blueprints write and read them.

use super::policy;

policy!(policies_event_matcher EventMatcherPolicy "event_matcher");
policy!(policies_expression ExpressionPolicy "expression");
policy!(policies_password_expiry PasswordExpiryPolicy "password_expiry");
policy!(policies_password PasswordPolicy "password");
policy!(policies_reputation ReputationPolicy "reputation");
