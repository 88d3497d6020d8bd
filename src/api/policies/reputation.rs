//! `/policies/reputation/`: policies on how logins by a name or from an address went, and the scores that say so.

use super::policy;
use crate::{
    api::{
        context::Context,
        fields::fields,
        resource::{Model, Resource},
    },
    store::tables::{ReputationPolicy, ReputationScore},
};
use vestibule_api::{Errors, PoliciesReputation, PoliciesReputationScores, policies_reputation_scores};

policy!(policies_reputation ReputationPolicy "reputation", check);

fn check(row: &ReputationPolicy, errors: &mut Errors) {
    if !row.check_ip && !row.check_username {
        errors.add(Errors::NON_FIELD, "Either IP or Username must be checked");
    }
}

impl PoliciesReputation for Context {}

impl Resource for policies_reputation_scores::Family {
    type Row = ReputationScore;

    const MODEL: Model =
        Model { app: "authentik_policies_reputation", name: "reputation", verbose: "Reputation Score" };
    const ORDER: &'static [&'static str] = &["ip"];
    const SEARCH: &'static [&'static str] = &["identifier", "ip"];

    fields!(policies_reputation_scores);

    fn label(row: &ReputationScore) -> String {
        format!("Reputation {}/{} @ {}", row.identifier, row.ip, row.score)
    }
}

impl PoliciesReputationScores for Context {}
