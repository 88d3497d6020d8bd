//! The audit trail: one event for every object that a request creates, changes or deletes, stored in the end of the
//! request's transaction, all together. The families below `/events/` show it, and tell of it.

pub mod log;
pub mod notifications;
pub mod rules;
pub mod system_tasks;
pub mod transports;

use super::{
    context::{Caller, Context},
    resource::Model,
};
use crate::store::{table, tables::Event};
use chrono::Duration;
use serde_json::{Value, json};
use uuid::Uuid;
use vestibule_api::ApiError;

/// An object was created.
pub const CREATED: &str = "model_created";
/// An object was changed.
pub const UPDATED: &str = "model_updated";
/// An object was deleted.
pub const DELETED: &str = "model_deleted";

/// How long events are kept.
pub(crate) const RETENTION: Duration = Duration::days(365);

/// Records that an object was created, changed or deleted.
pub fn record(ctx: &mut Context, action: &str, model: Model, pk: String, label: String) {
    emit(ctx, action, model.app, json!({ "model": reference(model, pk, label) }));
}

/// An object as the context of an event names it.
pub fn reference(model: Model, pk: String, label: String) -> Value {
    // Keys are written as object permissions write them, whatever they are.
    let pk = Uuid::parse_str(&pk).map_or(pk, |uuid| uuid.simple().to_string());
    json!({ "pk": pk, "app": model.app, "name": label, "model_name": model.name })
}

/// Records an event of any kind.
pub fn emit(ctx: &mut Context, action: &str, app: &str, context: Value) {
    let user = match &ctx.caller {
        Caller::Anonymous => json!({}),
        Caller::User(p) => json!({ "pk": p.user.id, "username": p.user.username, "email": p.user.email }),
    };
    let event = Event {
        id: ctx.uuid(),
        action: action.to_owned(),
        app: app.to_owned(),
        user,
        context,
        client_ip: ctx.request.client_ip.clone(),
        created: ctx.now,
        expires: Some(ctx.now + RETENTION),
        brand: json!({}),
    };
    ctx.events.push(event);
}

/// Stores what was recorded, as the last thing that a transaction does.
///
/// # Errors
/// When the events cannot be stored; the request then fails as a whole.
pub async fn store(ctx: &mut Context) -> Result<(), ApiError> {
    let events = std::mem::take(&mut ctx.events);
    Ok(table::insert_all(&mut ctx.db, &events).await?)
}
