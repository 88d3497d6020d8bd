//! `/policies/password/`: what a new password must be like.

use super::policy;
use crate::api::context::Context;
use vestibule_api::PoliciesPassword;

policy!(policies_password PasswordPolicy "password");

impl PoliciesPassword for Context {}
