//! `/events/notifications/`: what users are told of events. Each sees its own.

use crate::{
    api::{
        context::Context,
        fields::{Choice, Put, Writer, fields},
        permission,
        resource::{Model, Resource},
    },
    domain::notification::Letter,
    store::{
        Entity,
        column::Ref,
        events::forget_oldest,
        table,
        tables::{Event, Notification, User},
    },
};
use sea_query::{Expr, ExprTrait, SelectStatement, UpdateStatement};
use std::collections::HashMap;
use uuid::Uuid;
use vestibule_api::{
    ApiError, EventsNotifications, events_events, events_notifications,
    models::{self, EventRequest},
};

/// How many notifications a user has at most.
pub(crate) const MOST: u64 = 1000;

impl Resource for events_notifications::Family {
    type Row = Notification;

    const MODEL: Model = Model { app: "authentik_events", name: "notification", verbose: "Notification" };
    const ORDER: &'static [&'static str] = &["-created"];
    const SEARCH: &'static [&'static str] = &["body"];
    const RECORDED: bool = false;

    fields!(events_notifications save);

    fn label(row: &Notification) -> String {
        row.body.chars().take(75).collect()
    }

    fn narrow(ctx: &mut Context, select: &mut SelectStatement) -> Result<bool, ApiError> {
        permission::narrow_to_owner::<Notification>(ctx, select, Self::MODEL, "user_id")
    }

    /// With their events, by one more query. The event of some is gone.
    async fn models(ctx: &mut Context, rows: Vec<Notification>) -> Result<Vec<models::Notification>, ApiError> {
        let events: Vec<Event> = table::find_all(&mut ctx.db, "id", rows.iter().filter_map(|row| row.event)).await?;
        let events = events_events::Family::models(ctx, events).await?;
        let events: HashMap<Uuid, models::Event> = events.into_iter().map(|event| (event.pk, event)).collect();
        let model = |row: Notification| {
            Ok(models::Notification {
                event: row.event.and_then(|event| events.get(&event.0).cloned()),
                severity: row.severity.chosen()?,
                body: row.body,
                created: row.created,
                pk: row.id,
                seen: Some(row.seen),
            })
        };
        rows.into_iter().map(model).collect()
    }
}

/// Stores a letter for its user. The oldest ones go where there are very many.
///
/// # Errors
/// When a statement fails.
pub(crate) async fn tell(
    ctx: &mut Context,
    user: Ref<User>,
    event: Option<Ref<Event>>,
    letter: &Letter,
) -> Result<(), ApiError> {
    let mut row = Notification {
        id: ctx.uuid(),
        user,
        event,
        severity: letter.severity.clone(),
        body: letter.body.clone(),
        seen: false,
        created: ctx.now,
    };
    row.insert(&mut ctx.db).await?;
    Ok(forget_oldest(&mut ctx.db, user, MOST).await?)
}

/// What happened stays what it was; the reference fails here.
impl Put<EventRequest> for Option<Ref<Event>> {
    fn put(&mut self, _: EventRequest, _: &'static str, _: &mut Writer) {}
}

impl EventsNotifications for Context {
    /// Those of the caller, also where the caller may see those of others.
    async fn events_notifications_mark_all_seen_create(&mut self) -> Result<(), ApiError> {
        let mut update = UpdateStatement::new();
        update
            .table("notifications")
            .value("seen", true)
            .and_where(Expr::col("user_id").eq(self.principal()?.user.id))
            .and_where(Expr::col("seen").eq(false));
        self.db.execute(&update).await?;
        Ok(())
    }
}
