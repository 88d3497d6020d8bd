//! Who may call what, from the permissions that the schema notes (`x-permission`): nobody, a caller without
//! permissions, one with exactly the permission, and the caller of the command line, who should hold all.

use super::{session::Session, verdict::Purpose};
use crate::{
    check::{Check, Outcome},
    draft::{Auth, Draft, Parts},
    event::{CheckResult, OperationInfo},
    generate::Presence,
    hints::{Call, fill, fill_value},
    model::Operation,
};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// Permissions that are no permissions.
const EVERYBODY: &str = "anonymous";
const LOGGED_IN: &str = "authenticated";

/// Calls an operation as different callers; the reason if nothing can be said.
pub(crate) async fn run(session: &mut Session<'_>, operation: &Arc<Operation>) -> Option<String> {
    if operation.permission.is_empty() {
        return Some("the schema does not say who may call it".into());
    }
    let first = operation.permission[0].as_str();
    let free = [EVERYBODY, LOGGED_IN].contains(&first);
    check(session, operation, Auth::Nobody, "nobody", first == EVERYBODY).await;
    match principal(session, None).await {
        Some(token) => check(session, operation, Auth::Bearer(token), "a caller without permissions", free).await,
        None => session.context().log.note(
            "There is no caller without permissions (`--principal plain=TOKEN`, or `principals` in the hints).".into(),
        ),
    }
    if !free && first != "superuser" {
        match principal(session, Some(&operation.permission)).await {
            Some(token) => {
                check(session, operation, Auth::Bearer(token), "a caller with the permission only", true).await
            }
            None => session.context().log.note(
                "There is no caller with exactly one permission (`--principal PERMISSION=TOKEN`, or `principals` with \
                 `grant` in the hints)."
                    .into(),
            ),
        }
    }
    check(session, operation, Auth::Given, "the caller of this run", true).await;
    None
}

/// Calls an operation, which must (not) refuse the caller.
async fn check(session: &mut Session<'_>, operation: &Arc<Operation>, auth: Auth, who: &str, allowed: bool) {
    let context = session.context().clone();
    if context.log.is_stopped() {
        return;
    }
    let Some(mut draft) = session.base(operation, &[], Presence::Required) else { return };
    session.address(&mut draft).await;
    draft.auth = auth;
    let wanted = context.settings.checks.contains(&Check::IgnoredAuth);
    // What else can be wrong with a request is not asked here; objects of others may be hidden (404).
    let more = |status: u16, _: &Value| {
        let refused = matches!(status, 401 | 403);
        let hidden = status == 404;
        let good = status >= 500 || if allowed { !refused } else { refused || hidden };
        let title = if allowed { format!("{who} is refused") } else { format!("{who} is let in") };
        let message = format!("The schema says: {}. The answer was {status}.", operation.permission.join(", "));
        let outcome = if good { Outcome::Passed } else { Outcome::Failed { title, message } };
        if wanted { vec![CheckResult { check: Check::IgnoredAuth, outcome }] } else { Vec::new() }
    };
    let exchange = session.sender.send_checked(&draft, &Purpose::Probe, who, more).await;
    session.follow(&exchange);
    session.report(&exchange);
}

/// The token of a caller without permissions, or with exactly some.
async fn principal(session: &mut Session<'_>, permissions: Option<&[String]>) -> Option<String> {
    let context = session.context().clone();
    let name = permissions.map_or_else(|| "plain".to_owned(), |permissions| permissions.join("+"));
    let given = context.settings.principals.iter().find(|(known, _)| *known == name);
    if let Some((_, token)) = given {
        return Some(token.clone());
    }
    // Callers without permissions are all the same; those with one are made for it.
    if let Some(known) = context.knowledge().principals.get(&name) {
        return known.clone();
    }
    let made = make(session, permissions, &name).await;
    context.knowledge().principals.insert(name, made.clone());
    made
}

/// Makes a caller as the hints say.
async fn make(session: &mut Session<'_>, permissions: Option<&[String]>, name: &str) -> Option<String> {
    let recipe = session.context().settings.hints.principals.clone()?;
    let unique: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let mut places = BTreeMap::from([("name", format!("contract-{unique}-{}", session.below(1_000_000)))]);
    let created = call(session, &recipe.create, &places, &Value::Null).await?;
    if let Some(permissions) = permissions {
        let grant = recipe.grant.as_ref()?;
        for permission in permissions.iter().collect::<BTreeSet<_>>() {
            places.insert("permission", permission.clone());
            call(session, grant, &places, &created).await?;
        }
    }
    let mut answer = created.clone();
    for login in &recipe.login {
        answer = call(session, login, &places, &created).await?;
    }
    answer.pointer(&recipe.token).and_then(Value::as_str).map(ToOwned::to_owned)
}

/// Sends a request of the hints; its answer if it was taken.
async fn call(session: &Session<'_>, call: &Call, places: &BTreeMap<&str, String>, answer: &Value) -> Option<Value> {
    let path = fill(&call.path, places, answer);
    let body = call.body.as_ref().map(|body| fill_value(body, places, answer));
    let operation = Operation::plain(OperationInfo {
        label: format!("{} {}", call.method, call.path),
        id: None,
        method: call.method.to_uppercase(),
        path,
        tags: Vec::new(),
    });
    let draft = Draft::new(&Arc::new(operation), Parts { body, ..Parts::default() });
    let exchange = session.sender.send_unchecked(&draft, "make a caller").await;
    if !exchange.is_success() {
        session.context().log.note(format!(
            "{} {}: a caller could not be made ({})",
            call.method,
            call.path,
            exchange.status()
        ));
        return None;
    }
    Some(exchange.json())
}
