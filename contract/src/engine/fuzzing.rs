//! Random requests, most of them valid, each third one violating one constraint.

use super::{context::Exchange, coverage::all_violations, session::Session, verdict::Purpose};
use crate::{
    check::Check,
    draft::{Draft, Parts},
    generate::{Change, Presence},
    model::{Operation, Place},
};
use proptest::strategy::{Strategy, ValueTree};
use std::sync::Arc;

/// Requests to make a failing one smaller.
const SHRINKING: usize = 80;

/// Sends random requests to an operation.
pub(crate) async fn run(session: &mut Session<'_>, operation: &Arc<Operation>) {
    let context = session.context().clone();
    let sources = context.sources(operation);
    let strategy = Parts::strategy(operation, Presence::Random, &sources);
    let violations = all_violations(operation);
    let in_family = context.families.of_item(operation).is_some();
    for count in 0..context.settings.max_examples {
        if context.log.is_stopped() {
            return;
        }
        if count % 3 == 2 && !violations.is_empty() {
            let at = session.below(violations.len());
            let (place, violation) = &violations[at];
            let base = super::coverage::violated(session, operation, *place, violation, Presence::Random);
            let Some((_, mut draft)) = base else { continue };
            let about = super::coverage::first_key(&violation.steps);
            session.address_but(&mut draft, about.filter(|_| *place == Some(Place::Path))).await;
            let header = *place == Some(Place::Header) && matches!(violation.change, Change::Remove);
            let purpose = if header { Purpose::HeaderMissing } else { Purpose::Invalid };
            let exchange = session.send(&draft, &purpose, &violation.what).await;
            session.report_smallest(exchange, &purpose, about).await;
            continue;
        }
        let Ok(mut tree) = strategy.new_tree(&mut session.runner) else { continue };
        let mut draft = Draft::new(operation, tree.current());
        // Now and then an object that is not there.
        let random_key = in_family && count % 20 == 19;
        if random_key {
            session.nowhere(&mut draft);
        }
        let there = !random_key && session.address(&mut draft).await;
        let purpose = if there { Purpose::Valid } else { Purpose::Probe };
        let exchange = session.send(&draft, &purpose, "random").await;
        for (check, title, message) in exchange.failures() {
            if context.log.is_new(&operation.info.label, check, &title) {
                let smallest = shrink(session, &mut tree, &exchange, &purpose, (check, &title)).await;
                let same = smallest.failures().into_iter().find(|(c, t, _)| *c == check && *t == title);
                session.sender.fail(&smallest, &[], (check, title, same.map_or(message, |failure| failure.2)));
            }
        }
    }
}

/// The smallest request that fails in the same way.
async fn shrink(
    session: &mut Session<'_>,
    tree: &mut impl ValueTree<Value = Parts>,
    failing: &Exchange,
    purpose: &Purpose,
    (check, title): (Check, &str),
) -> Exchange {
    let mut smallest = failing.clone();
    if session.context().settings.no_shrink {
        return smallest;
    }
    let mut fails = true;
    for _ in 0..SHRINKING {
        let moved = if fails { tree.simplify() } else { tree.complicate() };
        if !moved || session.context().log.is_stopped() {
            break;
        }
        let mut draft = failing.draft.clone();
        let path = draft.parts.path.clone();
        draft.parts = tree.current();
        draft.parts.path = path;
        session.address_again(&mut draft).await;
        let exchange = session.send(&draft, purpose, "random").await;
        fails = exchange.shows(check, title);
        if fails {
            smallest = exchange;
        }
    }
    smallest
}
