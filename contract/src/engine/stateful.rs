//! Objects from their creation to their deletion: what was written is what is read, what is deleted is gone.

use super::{
    context::{Exchange, Object},
    readback::{Expected, listed},
    session::{Session, fill, is_key, object},
    verdict::Purpose,
};
use crate::{
    check::{Check, Outcome},
    draft::{Draft, Parts},
    event::CheckResult,
    family::Family,
    generate::{Presence, Sources, runner},
    model::{Operation, Place, is_json},
    shape::Shape,
};
use serde_json::{Value, json};
use std::sync::Arc;

/// Random requests for one sequence.
const EXAMPLES_A_SEQUENCE: u32 = 10;
/// Most steps between creation and deletion.
const STEPS: usize = 8;

/// A step of a sequence. Its data comes from its salt, so that a shorter sequence does the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Step {
    action: Action,
    salt: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Action {
    Create(Presence),
    Retrieve,
    List,
    Update(Presence),
    Patch(Presence),
    /// An operation below the object.
    Below(usize),
    Destroy,
    /// Retrieve what was deleted.
    Gone,
    GoneBelow(usize),
    GoneList,
    /// Change what was deleted.
    GonePatch,
}

/// What is known about the object of a sequence.
#[derive(Default)]
struct State {
    object: Option<Object>,
    expected: Expected,
    deleted: bool,
}

/// How a sequence went: what was sent, and the failure that ended it.
#[derive(Default)]
struct Played {
    exchanges: Vec<Exchange>,
    failure: Option<(Check, String, String)>,
}

/// Runs the sequences of a family, once, with the operation that creates; the reason if there is nothing to do.
pub(crate) async fn run(session: &mut Session<'_>, operation: &Arc<Operation>) -> Option<String> {
    let context = session.context().clone();
    let creates = |family: &&Family| family.create.as_ref().is_some_and(|c| c.info.label == operation.info.label);
    let Some(family) = context.families.all.iter().position(|family| creates(&family)) else {
        return Some("no family of objects begins with it".into());
    };
    for count in 0..(context.settings.max_examples / EXAMPLES_A_SEQUENCE).max(1) {
        if context.log.is_stopped() {
            break;
        }
        let steps = sequence(session, &context.families.all[family], count);
        let played = play(session, family, &steps, None).await;
        if let Some((check, title, message)) = &played.failure {
            let label = played.exchanges.last().map_or_else(String::new, |last| last.case.operation.label.clone());
            let smallest = shrink(session, family, &steps, (*check, title, &label)).await.unwrap_or(played.exchanges);
            if let Some((last, history)) = smallest.split_last() {
                session.sender.fail(last, history, (*check, title.clone(), message.clone()));
            }
        }
    }
    None
}

/// A sequence: the first does everything once, the others something.
fn sequence(session: &mut Session<'_>, family: &Family, count: u32) -> Vec<Step> {
    let mut actions = vec![Action::Create(if count == 0 { Presence::All } else { Presence::Random })];
    let mut possible = Vec::new();
    let mut add = |there: bool, action: Action| possible.extend(there.then_some(action));
    add(family.retrieve.is_some(), Action::Retrieve);
    add(family.list.is_some(), Action::List);
    add(family.update.is_some(), Action::Update(Presence::Random));
    add(family.patch.is_some(), Action::Patch(Presence::Random));
    (0..family.below.len()).for_each(|at| add(true, Action::Below(at)));
    if count == 0 {
        for action in &possible {
            actions.push(*action);
            // What was changed is read again.
            if matches!(action, Action::Update(_) | Action::Patch(_)) && family.retrieve.is_some() {
                actions.push(Action::Retrieve);
            }
        }
    } else if !possible.is_empty() {
        for _ in 0..=session.below(STEPS) {
            let at = session.below(possible.len());
            actions.push(possible[at]);
        }
        actions.extend(family.retrieve.is_some().then_some(Action::Retrieve));
    }
    if family.destroy.is_some() {
        actions.push(Action::Destroy);
        actions.extend(family.retrieve.is_some().then_some(Action::Gone));
        actions.extend((0..family.below.len()).map(Action::GoneBelow));
        actions.extend(family.list.is_some().then_some(Action::GoneList));
        actions.extend(family.patch.is_some().then_some(Action::GonePatch));
    }
    let salt = |at: usize| u64::from(count) * 1000 + at as u64;
    actions.into_iter().enumerate().map(|(at, action)| Step { action, salt: salt(at) }).collect()
}

/// The shortest sequence that ends in the same failure: steps between the first and the last are left out one by one,
/// then the object is created with the least in it.
async fn shrink(
    session: &mut Session<'_>,
    family: usize,
    steps: &[Step],
    wanted: (Check, &str, &str),
) -> Option<Vec<Exchange>> {
    if session.context().settings.no_shrink {
        return None;
    }
    let mut best = play(session, family, steps, Some(wanted)).await;
    best.failure.as_ref()?;
    let mut steps = steps[..best.exchanges.len().min(steps.len())].to_vec();
    let mut at = 1;
    while at + 1 < steps.len() {
        let mut shorter = steps.clone();
        shorter.remove(at);
        let played = play(session, family, &shorter, Some(wanted)).await;
        if played.failure.is_some() {
            (steps, best) = (shorter, played);
        } else {
            at += 1;
        }
    }
    let mut least = steps;
    if let Some(first) = least.first_mut() {
        first.action = Action::Create(Presence::Required);
    }
    let played = play(session, family, &least, Some(wanted)).await;
    if played.failure.is_some() {
        best = played;
    }
    Some(best.exchanges)
}

/// Plays a sequence until a failure that belongs to sequences: a new one, or the wanted one.
async fn play(session: &mut Session<'_>, family: usize, steps: &[Step], wanted: Option<(Check, &str, &str)>) -> Played {
    const TRIES: u64 = 4;
    let (mut state, mut played) = (State::default(), Played::default());
    for step in steps {
        let mut attempt = 0;
        loop {
            if session.context().log.is_stopped() {
                return played;
            }
            let Some((draft, purpose, description)) = draft(session, family, &state, *step, attempt) else { break };
            let exchange = send(session, family, &state, &draft, &purpose, (step.action, description)).await;
            follow(session, family, &mut state, step.action, &exchange);
            let created = !matches!(step.action, Action::Create(_)) || exchange.is_success();
            let label = exchange.case.operation.label.as_str();
            let of_sequence = |(check, title, _): &(Check, String, String)| match wanted {
                Some(wanted) => (*check, title.as_str(), label) == wanted,
                None => matches!(check, Check::UseAfterFree | Check::EnsureResourceAvailability),
            };
            let found = exchange.failures().into_iter().find(of_sequence);
            let found = found.filter(|(check, title, _)| {
                wanted.is_some() || session.context().log.is_new(&exchange.case.operation.label, *check, title)
            });
            if wanted.is_none() {
                session.report_but(&exchange, found.as_ref());
            }
            if created {
                played.exchanges.push(exchange);
            }
            if found.is_some() {
                played.failure = found;
                remove(session, family, &state).await;
                return played;
            }
            attempt += 1;
            if created || attempt >= TRIES {
                break;
            }
        }
        if state.object.is_none() {
            return played;
        }
    }
    played
}

/// Leaves nothing behind.
async fn remove(session: &mut Session<'_>, family: usize, state: &State) {
    let destroy = session.context().families.all[family].destroy.clone();
    if let (Some(destroy), Some(object), false) = (destroy, &state.object, state.deleted) {
        let mut draft = Draft::new(&destroy, Parts::default());
        fill(&mut draft.parts, &destroy, &object.keys);
        session.sender.send(&draft, &Purpose::Probe, "clean up").await;
    }
}

/// The request of a step; nothing if it has become meaningless.
fn draft(
    session: &mut Session<'_>,
    family: usize,
    state: &State,
    step: Step,
    attempt: u64,
) -> Option<(Draft, Purpose, &'static str)> {
    let context = session.context().clone();
    let this = &context.families.all[family];
    let (operation, purpose, description) = match step.action {
        Action::Create(_) => (this.create.clone()?, Purpose::Valid, "create"),
        Action::Retrieve => (this.retrieve.clone()?, Purpose::Created, "retrieve"),
        Action::List => (this.list.clone()?, Purpose::Valid, "list"),
        Action::Update(_) => (this.update.clone()?, Purpose::Created, "update"),
        Action::Patch(_) => (this.patch.clone()?, Purpose::Created, "patch"),
        Action::Below(at) => (this.below.get(at)?.clone(), Purpose::Valid, "read below"),
        Action::Destroy => (this.destroy.clone()?, Purpose::Created, "delete"),
        Action::Gone => (this.retrieve.clone()?, Purpose::Deleted, "retrieve after deletion"),
        Action::GoneBelow(at) => (this.below.get(at)?.clone(), Purpose::Deleted, "read below after deletion"),
        Action::GoneList => (this.list.clone()?, Purpose::Valid, "list after deletion"),
        Action::GonePatch => (this.patch.clone()?, Purpose::Deleted, "change after deletion"),
    };
    let after = matches!(step.action, Action::Gone | Action::GoneBelow(_) | Action::GoneList | Action::GonePatch);
    if after && !state.deleted {
        return None;
    }
    let presence = match step.action {
        Action::Create(presence) | Action::Update(presence) | Action::Patch(presence) => presence,
        _ => Presence::Required,
    };
    let purpose_of_data = format!("stateful {} {} {attempt}", operation.info.label, step.salt);
    let outer = std::mem::replace(&mut session.runner, runner(context.settings.seed, &purpose_of_data));
    let sources = context.sources(&operation);
    let made = session.sample(&operation, presence, &sources);
    session.runner = outer;
    let mut draft = made?;
    if let Action::Create(_) = step.action {
        session.parents(&mut draft);
    }
    // The second sequence writes long texts: they are those that get cut.
    if step.salt / 1000 == 1 && attempt == 0 {
        lengthen(&mut draft, &sources);
    }
    if let Some(object) = &state.object {
        fill(&mut draft.parts, &operation, &object.keys);
    }
    if matches!(step.action, Action::List | Action::GoneList) {
        draft.parts.query.clear();
        page_size(&operation, &mut draft.parts);
    }
    Some((draft, purpose, description))
}

/// Makes the texts of a body as long as they may be.
fn lengthen(draft: &mut Draft, sources: &Sources) {
    const LONGEST: usize = 2000;
    let operation = draft.operation.clone();
    let Some(media) = operation.media() else { return };
    let Some(Value::Object(body)) = &mut draft.parts.body else { return };
    for property in media.node.properties().iter().filter(|property| property.node.samples.is_empty()) {
        let Shape::Text { maximum: Some(maximum), pattern: None, format: None, .. } = &property.node.shape else {
            continue;
        };
        let free = *maximum <= LONGEST && sources.get(&format!("body.{}", property.name)).is_none();
        if let Some(Value::String(text)) = body.get_mut(&property.name).filter(|_| free) {
            let letters: String = text.chars().filter(|letter| letter.is_alphanumeric()).chain(['a']).collect();
            *text = letters.chars().cycle().take(*maximum).collect();
        }
    }
}

/// Asks for a page as long as it may be.
fn page_size(operation: &Operation, parts: &mut Parts) {
    const LONG: i64 = 10_000;
    let names = ["page_size", "pagesize", "per_page", "limit", "size"];
    for parameter in operation.parameters.iter().filter(|parameter| parameter.place == Place::Query) {
        if let Shape::Integer { maximum, .. } = parameter.node.shape
            && names.contains(&parameter.name.to_lowercase().as_str())
        {
            parts.query.insert(parameter.name.clone(), json!(maximum.map_or(LONG, |maximum| maximum.min(LONG))));
        }
    }
}

/// Sends the request of a step and compares what is read with what was written.
async fn send(
    session: &mut Session<'_>,
    family: usize,
    state: &State,
    draft: &Draft,
    purpose: &Purpose,
    (action, description): (Action, &str),
) -> Exchange {
    let context = session.context().clone();
    let this = &context.families.all[family];
    let wanted = |check: Check| context.settings.checks.contains(&check);
    let id = draft.operation.info.id.as_deref();
    // What holds for writing holds for reading, too.
    let written_by = this.create.as_ref().and_then(|create| create.info.id.as_deref());
    let read_back = |field: &str| [id, written_by].iter().all(|id| !context.settings.hints.not_read_back(*id, field));
    let json = draft.operation.media().is_none_or(|media| is_json(&media.name));
    let key = state.object.as_ref().and_then(|object| object.keys.get(&this.parameter)).cloned();
    let more = |status: u16, answer: &Value| -> Vec<CheckResult> {
        let written = draft.parts.body.as_ref();
        let (check, fault) = match action {
            _ if !(200..300).contains(&status) => return Vec::new(),
            Action::Create(_) | Action::Update(_) | Action::Patch(_) if json => {
                let mut expected = state.expected.clone();
                expected.write(written, draft.operation.media(), matches!(action, Action::Patch(_)));
                (Check::EnsureResourceAvailability, expected.differs(answer, &read_back))
            }
            Action::Retrieve => (Check::EnsureResourceAvailability, state.expected.differs(answer, &read_back)),
            Action::List => {
                let fault = key.as_ref().and_then(|key| listed(answer, &this.key, key, true, state.deleted));
                (Check::EnsureResourceAvailability, fault)
            }
            Action::GoneList => {
                let fault = key.as_ref().and_then(|key| listed(answer, &this.key, key, false, state.deleted));
                (Check::UseAfterFree, fault)
            }
            _ => return Vec::new(),
        };
        let outcome = match fault {
            None => Outcome::Passed,
            Some((title, message)) => Outcome::Failed { title, message },
        };
        if wanted(check) { vec![CheckResult { check, outcome }] } else { Vec::new() }
    };
    session.sender.send_checked(draft, purpose, description, more).await
}

/// Takes note of what a step did.
fn follow(session: &Session<'_>, family: usize, state: &mut State, action: Action, exchange: &Exchange) {
    if !exchange.is_success() {
        return;
    }
    let context = session.context();
    let this = &context.families.all[family];
    let answer = exchange.json();
    let media = exchange.draft.operation.media();
    match action {
        Action::Create(_) => {
            state.object = object(context, family, exchange);
            state.expected = Expected::default();
            state.expected.write(exchange.draft.parts.body.as_ref(), media, false);
            state.expected.read(&answer);
        }
        Action::Update(_) | Action::Patch(_) => {
            state.expected.write(exchange.draft.parts.body.as_ref(), media, matches!(action, Action::Patch(_)));
            state.expected.read(&answer);
            if let (Some(object), Some(key)) = (&mut state.object, answer.get(&this.key).filter(|key| is_key(key))) {
                object.keys.insert(this.parameter.clone(), key.clone());
            }
        }
        Action::Retrieve => state.expected.read(&answer),
        Action::Destroy => state.deleted = true,
        _ => {}
    }
}
