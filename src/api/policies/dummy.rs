//! `/policies/dummy/`: policies with a fixed result, for tests.

use super::policy;
use crate::api::context::Context;
use vestibule_api::PoliciesDummy;

policy!(policies_dummy DummyPolicy "dummy");

impl PoliciesDummy for Context {}
