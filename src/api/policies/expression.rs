//! `/policies/expression/`: policies decided by an expression in Python.

use super::policy;
use crate::api::context::Context;
use vestibule_api::PoliciesExpression;

policy!(policies_expression ExpressionPolicy "expression");

impl PoliciesExpression for Context {}
