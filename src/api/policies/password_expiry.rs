//! `/policies/password_expiry/`: how old a password may be.

use super::policy;
use crate::api::context::Context;
use vestibule_api::PoliciesPasswordExpiry;

policy!(policies_password_expiry PasswordExpiryPolicy "password_expiry");

impl PoliciesPasswordExpiry for Context {}
