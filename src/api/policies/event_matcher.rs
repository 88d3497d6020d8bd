//! `/policies/event_matcher/`: policies that match events.

use super::policy;
use crate::{api::context::Context, store::tables::EventMatcherPolicy};
use vestibule_api::{Errors, PoliciesEventMatcher};

policy!(policies_event_matcher EventMatcherPolicy "event_matcher", check);

fn check(row: &EventMatcherPolicy, errors: &mut Errors) {
    if [&row.action, &row.client_ip, &row.app, &row.model].into_iter().all(Option::is_none) {
        errors.add(Errors::NON_FIELD, "At least one criteria must be set.");
    }
}

impl PoliciesEventMatcher for Context {}
