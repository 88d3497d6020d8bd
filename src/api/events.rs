//! The audit trail: one event for every object that a request creates, changes or deletes, in the request's transaction.

use super::{
    context::{Caller, Context},
    resource::Model,
};
use crate::store::{Entity, tables::Event};
use chrono::Duration;
use serde_json::{Value, json};
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
///
/// # Errors
/// When the event cannot be stored; the request then fails as a whole.
pub async fn record(ctx: &mut Context, action: &str, model: Model, pk: String, label: String) -> Result<(), ApiError> {
    emit(ctx, action, model.app, json!({ "model": reference(model, pk, label) })).await
}

/// An object as the context of an event names it.
pub fn reference(model: Model, pk: String, label: String) -> Value {
    json!({ "pk": pk, "app": model.app, "name": label, "model_name": model.name })
}

/// Records an event of any kind.
///
/// # Errors
/// When the event cannot be stored; the request then fails as a whole.
pub async fn emit(ctx: &mut Context, action: &str, app: &str, context: Value) -> Result<(), ApiError> {
    let user = match &ctx.caller {
        Caller::Anonymous => json!({}),
        Caller::User(p) => json!({ "pk": p.user.id, "username": p.user.username, "email": p.user.email }),
    };
    let mut event = Event {
        id: ctx.uuid(),
        action: action.to_owned(),
        app: app.to_owned(),
        actor: user,
        context,
        client_ip: ctx.request.client_ip.clone(),
        created: ctx.now,
        expires: Some(ctx.now + RETENTION),
        brand: json!({}),
    };
    Ok(event.insert(&mut ctx.db).await?)
}
