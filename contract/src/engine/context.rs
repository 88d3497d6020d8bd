//! What all phases share: what is known about the API and its server, and sending with checking.

use super::{
    log::Log,
    verdict::{self, Purpose},
};
use crate::{
    check::{Check, Outcome},
    conformance::Conformance,
    draft::Draft,
    event::{Case, CheckResult, Failure, Phase},
    family::{Families, Target},
    generate::Sources,
    model::{Api, Operation},
    refusal::Refusal,
    settings::Settings,
    transport::Transport,
};
use serde_json::{Map, Value};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// What all phases share.
#[derive(Debug)]
pub(crate) struct Context {
    pub(crate) api: Api,
    /// What is tested.
    pub(crate) selected: Vec<Arc<Operation>>,
    /// What may be used to find and make objects: all that is not left out.
    pub(crate) usable: Vec<Arc<Operation>>,
    pub(crate) families: Families,
    pub(crate) settings: Settings,
    pub(crate) conformance: Conformance,
    pub(crate) log: Log,
    knowledge: Mutex<Knowledge>,
}

/// What was learned about the server. While the phases run, only refusals add to it.
#[derive(Debug, Default, Clone)]
pub(crate) struct Knowledge {
    /// Objects of each family, found or made.
    pub(crate) objects: BTreeMap<usize, Vec<Object>>,
    /// What the fields of an operation are filled with, by its label.
    pub(crate) sources: BTreeMap<String, Sources>,
    /// Texts that were answered, by the name of their property.
    pub(crate) seen: BTreeMap<String, Vec<Value>>,
    /// Fields that take only what no schema tells, and those that are known not to be so.
    pub(crate) opaque: BTreeMap<(String, String), bool>,
    /// Fields without which everything is refused, and those that are known not to be so.
    pub(crate) demanded: BTreeMap<(String, String), bool>,
    /// Which operation makes an object of a family.
    pub(crate) makers: BTreeMap<usize, Option<(usize, Arc<Operation>)>>,
    /// Families whose keys are those of another one.
    pub(crate) borrowed: BTreeMap<usize, Target>,
    /// Tokens of callers that were made, or could not be made.
    pub(crate) principals: BTreeMap<String, Option<String>>,
}

/// An object of the server.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Object {
    /// The values of the path parameters that address it.
    pub(crate) keys: Map<String, Value>,
    /// As it was answered.
    pub(crate) item: Value,
}

/// A case with what follows from it.
#[derive(Debug, Clone)]
pub(crate) struct Exchange {
    pub(crate) draft: Draft,
    pub(crate) case: Arc<Case>,
}

impl Exchange {
    /// The status; 0 without an answer.
    pub(crate) fn status(&self) -> u16 {
        self.case.response.as_ref().map_or(0, |response| response.status)
    }

    /// Whether the request was taken.
    pub(crate) fn is_success(&self) -> bool {
        (200..300).contains(&self.status())
    }

    /// The body, if it is JSON.
    pub(crate) fn json(&self) -> Value {
        self.case.response.as_ref().map_or(Value::Null, |r| serde_json::from_slice(&r.body).unwrap_or(Value::Null))
    }

    /// What a refusal says.
    pub(crate) fn refusal(&self) -> Refusal {
        self.case.response.as_ref().map_or_else(|_| Refusal::default(), |response| Refusal::read(&response.body))
    }

    /// The checks that failed.
    pub(crate) fn failures(&self) -> Vec<(Check, String, String)> {
        let failed = |result: &CheckResult| match &result.outcome {
            Outcome::Failed { title, message } => Some((result.check, title.clone(), message.clone())),
            _ => None,
        };
        self.case.checks.iter().filter_map(failed).collect()
    }

    /// Whether a check failed with a title.
    pub(crate) fn shows(&self, check: Check, title: &str) -> bool {
        self.failures().iter().any(|(c, t, _)| *c == check && t == title)
    }
}

impl Context {
    pub(crate) fn new(api: Api, settings: Settings, log: Log) -> Self {
        let selected: Vec<_> = api.operations.iter().filter(|o| settings.filter.selects(&o.info)).cloned().collect();
        let usable: Vec<_> = api.operations.iter().filter(|o| !settings.filter.excludes(&o.info)).cloned().collect();
        let families = Families::find(&api, &usable);
        let conformance = Conformance::new(api.document.clone());
        Self { selected, usable, families, conformance, log, knowledge: Mutex::default(), api, settings }
    }

    /// Whether an operation is tested, rather than used for others.
    pub(crate) fn is_selected(&self, operation: &Operation) -> bool {
        self.settings.filter.selects(&operation.info)
    }

    pub(crate) fn knowledge(&self) -> MutexGuard<'_, Knowledge> {
        self.knowledge.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the fields of an operation are filled with.
    pub(crate) fn sources(&self, operation: &Operation) -> Sources {
        self.knowledge().sources.get(&operation.info.label).cloned().unwrap_or_default()
    }

    /// Whether a field of an operation is known to take only what no schema tells.
    pub(super) fn opaque(&self, operation: &Operation, field: &str) -> Option<bool> {
        self.knowledge().opaque.get(&(operation.info.label.clone(), field.to_owned())).copied()
    }

    /// Notes whether a field takes only what no schema tells.
    pub(crate) fn set_opaque(&self, operation: &Operation, field: &str, opaque: bool) {
        self.knowledge().opaque.insert((operation.info.label.clone(), field.to_owned()), opaque);
        if opaque {
            self.log.note(format!(
                "{}: `{field}` refuses ordinary values; the schema does not say which it takes.",
                operation.info.label
            ));
        }
    }

    /// Whether a failure may be told.
    fn tolerated(&self, operation: &Operation, description: &str, result: &CheckResult, status: u16) -> Option<String> {
        let Outcome::Failed { title, .. } = &result.outcome else { return None };
        let id = operation.info.id.as_deref();
        let reason = self.settings.hints.tolerates(result.check, id, [description, title], Some(status));
        reason.map(ToOwned::to_owned)
    }
}

/// Sends for one worker.
#[derive(Debug)]
pub(crate) struct Sender {
    pub(crate) context: Arc<Context>,
    pub(crate) transport: Transport,
    pub(crate) phase: Phase,
}

impl Sender {
    /// Sends a request, checks the answer and tells the case, but not its failures.
    pub(crate) async fn send(&self, draft: &Draft, purpose: &Purpose, description: &str) -> Exchange {
        self.send_checked(draft, purpose, description, |_, _| Vec::new()).await
    }

    /// The same with more checks, which see the status and the answered JSON.
    pub(crate) async fn send_checked(
        &self,
        draft: &Draft,
        purpose: &Purpose,
        description: &str,
        more: impl FnOnce(u16, &Value) -> Vec<CheckResult>,
    ) -> Exchange {
        let context = &self.context;
        let request = draft.request(&context.settings.base, &context.settings.headers);
        let id = context.log.next_id();
        let started = now();
        let response = self.transport.send(&request).await;
        let selected = context.is_selected(&draft.operation);
        let mut checks = match &response {
            Ok(response) if selected => {
                let case = verdict::Case { draft, purpose, description };
                verdict::checks(&context.conformance, &context.settings, case, response)
            }
            _ => Vec::new(),
        };
        if let Ok(response) = &response
            && selected
        {
            let refused = |r: &CheckResult| r.check == Check::PositiveDataAcceptance && r.outcome != Outcome::Passed;
            if let Some(at) = checks.iter().position(refused)
                && let Some(reason) = self.excuse(draft, &Refusal::read(&response.body)).await
            {
                checks[at].outcome = Outcome::Inconclusive(reason);
            }
            checks.extend(more(response.status, &serde_json::from_slice(&response.body).unwrap_or(Value::Null)));
            for result in &mut checks {
                if let Some(reason) = context.tolerated(&draft.operation, description, result, response.status) {
                    result.outcome = Outcome::Inconclusive(reason);
                }
            }
        }
        let case = Arc::new(Case {
            id,
            operation: draft.operation.info.clone(),
            phase: self.phase,
            description: description.to_owned(),
            kind: purpose.kind(),
            request,
            response,
            started,
            checks,
        });
        context.log.case(&case, selected);
        Exchange { draft: draft.clone(), case }
    }

    /// Sends a request that is none of the schema, and tells nobody.
    pub(crate) async fn send_unchecked(&self, draft: &Draft, description: &str) -> Exchange {
        let request = draft.request(&self.context.settings.base, &self.context.settings.headers);
        let started = now();
        let response = self.transport.send(&request).await;
        let case = Arc::new(Case {
            id: 0,
            operation: draft.operation.info.clone(),
            phase: self.phase,
            description: description.to_owned(),
            kind: crate::event::Kind::Positive,
            request,
            response,
            started,
            checks: Vec::new(),
        });
        Exchange { draft: draft.clone(), case }
    }

    /// Tells a failure, if it was not told yet.
    pub(crate) fn fail(&self, exchange: &Exchange, history: &[Exchange], failure: (Check, String, String)) {
        let (check, title, message) = failure;
        let cases: Vec<Arc<Case>> = history.iter().map(|exchange| exchange.case.clone()).collect();
        let lines = cases.iter().chain([&exchange.case]).map(|case| crate::curl::line(&case.request));
        self.context.log.failure(Failure {
            number: 0,
            check,
            title,
            message,
            curl: lines.collect::<Vec<_>>().join("\n"),
            case: exchange.case.clone(),
            history: cases,
            seed: self.context.settings.seed,
        });
    }
}

/// The time, for reports; nothing else depends on it.
#[allow(
    clippy::disallowed_methods,
    reason = "the time of a case is the time at which it is sent; nothing depends on it"
)]
pub fn now() -> chrono::DateTime<chrono::Utc> {
    chrono::Utc::now()
}
