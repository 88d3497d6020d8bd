//! Writes the objects of a blueprint.

use super::{
    Fields,
    document::{Document, Entry, State},
    models::{Done, Importer, Wanted},
    resolve::{Allowance, Failure, Scope, truth},
};
use crate::api::context::Context;
use serde_json::{Value, json};
use std::collections::HashMap;
use uuid::Uuid;
use vestibule_api::{
    ApiError,
    models::{FlowImportResult, LogEvent, LogLevelEnum},
};

/// What is known so far.
#[derive(Default)]
struct Progress {
    /// Keys of the objects, by what their entries are called.
    keys: HashMap<String, Value>,
    /// The keys that objects have here, by those that the blueprint says.
    renamed: HashMap<String, Value>,
    /// What its values may still take.
    allowance: Allowance,
    logs: Vec<LogEvent>,
}

/// Applies a blueprint as part of the request: all of it, or, when anything does not fit, nothing.
///
/// # Errors
/// 400 with the log when the blueprint does not fit.
pub async fn import(ctx: &mut Context, file: Vec<u8>) -> Result<FlowImportResult, ApiError> {
    let mut progress = Progress::default();
    let document = ctx.aside(move || Document::read(&file)).await?;
    let done = match document {
        Ok(document) => run(ctx, &document, &mut progress).await,
        Err(reason) => Err(Failure::Blueprint(reason)),
    };
    match done {
        Ok(()) => Ok(FlowImportResult { logs: progress.logs, success: true }),
        Err(Failure::Server(error)) => Err(error),
        Err(Failure::Blueprint(reason)) => {
            progress.logs.push(line(ctx, LogLevelEnum::Error, reason, Fields::new()));
            Err(ApiError::Rejected(json!(FlowImportResult { logs: progress.logs, success: false })))
        }
    }
}

/// Applies a blueprint that is no request's own, with further values for its context: all of it, or, when anything does not
/// fit, nothing. Returns what it says of itself, or what does not fit. Nothing may have been written before.
///
/// # Errors
/// When a statement fails.
pub async fn apply(ctx: &mut Context, text: Vec<u8>, context: &Fields) -> Result<Result<Value, String>, ApiError> {
    let document = ctx.aside(move || Document::read(&text)).await?;
    let (events, acts) = (ctx.events.len(), ctx.after_commit.len());
    let done = match document {
        Ok(mut document) => {
            let more = context.iter().filter_map(|(key, value)| Some((key, yaml_serde::to_value(value).ok()?)));
            document.context.extend(more.map(|(key, value)| (key.as_str().into(), value)));
            run(ctx, &document, &mut Progress::default()).await.map(|()| document.metadata)
        }
        Err(reason) => Err(Failure::Blueprint(reason)),
    };
    match done {
        Ok(metadata) => Ok(Ok(metadata.map_or_else(|| json!({}), |metadata| json!(metadata)))),
        Err(Failure::Server(error)) => Err(error),
        Err(Failure::Blueprint(reason)) => {
            ctx.release().await?;
            ctx.begin().await?;
            ctx.events.truncate(events);
            ctx.after_commit.truncate(acts);
            ctx.made.clear();
            Ok(Err(reason))
        }
    }
}

async fn run(ctx: &mut Context, document: &Document, progress: &mut Progress) -> Result<(), Failure> {
    for (index, entry) in document.entries.iter().enumerate() {
        let failed = |failure| match failure {
            Failure::Blueprint(reason) => {
                Failure::Blueprint(format!("Entry {} ({}): {reason}", index + 1, entry.model))
            }
            Failure::Server(error) => Failure::Server(error),
        };
        write(ctx, document, entry, progress).await.map_err(failed)?;
    }
    Ok(())
}

async fn write(ctx: &mut Context, document: &Document, entry: &Entry, progress: &mut Progress) -> Result<(), Failure> {
    let importer = Importer::named(&entry.model)?;
    importer.check_rights(ctx)?;
    let scope = Scope { context: &document.context, keys: &progress.keys, allowance: &progress.allowance, item: None };
    for condition in &entry.conditions {
        if !truth(&scope.value(ctx, condition).await?) {
            progress.logs.push(told(ctx, entry, "entry skipped: a condition does not hold", None));
            return Ok(());
        }
    }
    let state = State::read(&scope.value(ctx, &entry.state).await?)?;
    let mut identifiers = scope.map(ctx, &entry.identifiers).await?;
    let mut attributes = scope.map(ctx, &entry.attributes).await?;
    let own = identifiers.get("pk").and_then(Value::as_str).map(str::to_owned);
    rename(&progress.renamed, identifiers.values_mut());
    rename(&progress.renamed, attributes.values_mut());
    let done = (importer.apply)(ctx, Wanted { state, identifiers, attributes }).await;
    let Done { what, key } = done.map_err(|error| match error {
        ApiError::Validation(errors) => Failure::Blueprint(format!("Entry invalid: {}", errors.to_json())),
        error => Failure::Server(error),
    })?;
    progress.logs.push(told(ctx, entry, what, key.as_ref()));
    if let Some(key) = key {
        if let Some(own) = own.filter(|own| own.parse::<Uuid>().is_ok() && key.as_str() != Some(own)) {
            progress.renamed.insert(own, key.clone());
        }
        if let Some(id) = &entry.id {
            progress.keys.insert(id.clone(), key);
        }
    }
    Ok(())
}

/// Replaces keys of objects that have got another one here.
fn rename<'a>(renamed: &HashMap<String, Value>, values: impl Iterator<Item = &'a mut Value>) {
    for value in values {
        match value {
            Value::Array(list) => rename(renamed, list.iter_mut()),
            Value::Object(map) => rename(renamed, map.values_mut()),
            Value::String(text) => {
                if let Some(new) = renamed.get(text.as_str()) {
                    value.clone_from(new);
                }
            }
            _ => {}
        }
    }
}

/// The line of the log about an entry.
fn told(ctx: &Context, entry: &Entry, what: &str, key: Option<&Value>) -> LogEvent {
    let attributes =
        [("model", Some(json!(entry.model))), ("id", entry.id.as_ref().map(|id| json!(id))), ("pk", key.cloned())];
    let attributes = attributes.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    line(ctx, LogLevelEnum::Info, what.to_owned(), attributes.collect())
}

fn line(ctx: &Context, log_level: LogLevelEnum, event: String, attributes: Fields) -> LogEvent {
    let logger = "vestibule.api.blueprint".to_owned();
    LogEvent { timestamp: ctx.now, log_level, logger, event, attributes: attributes.into_iter().collect() }
}
