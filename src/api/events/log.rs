//! `/events/events/`: the audit log. What happened is written by the server; programs may add to it.
//!
//! Entries that are changed or deleted by a request leave a new one that says so.

use super::{DELETED, RETENTION, UPDATED, emit, reference};
use crate::{
    api::{
        context::Context,
        fields::{Choice, Writer, completes, fields},
        resource::{Model, Resource},
    },
    store::{
        dialect,
        events::{top, volume},
        tables::Event,
    },
};
use chrono::{DateTime, Duration, Utc};
use sea_query::{Expr, ExprTrait, Query, SelectStatement};
use serde_json::{Map, Value, json};
use vestibule_api::{
    ApiError, EventsEvents, EventsEventsListParams, EventsEventsPerMonthListParams, EventsEventsTopPerUserListParams,
    EventsEventsVolumeListParams, events_events,
    models::{Coordinate, EventActions, EventTopPerUser, TypeCreate},
};

/// How many applications are counted unless more are asked for, and at most.
const TOP: (u64, u64) = (15, 1000);

impl Resource for events_events::Family {
    type Row = Event;

    const MODEL: Model = Model { app: "authentik_events", name: "event", verbose: "Event" };
    const ORDER: &'static [&'static str] = &["-created"];
    const SEARCH: &'static [&'static str] = &["user", "action", "app", "context", "client_ip"];
    const FILTERS: &'static [&'static str] = &[
        "brand_name",
        "context_authorized_app",
        "context_model_app",
        "context_model_name",
        "context_model_pk",
        "username",
    ];
    const RECORDED: bool = false;

    fields!(events_events, shown);

    fn label(row: &Event) -> String {
        format!("Event {}", row.action)
    }

    async fn check(ctx: &mut Context, row: &mut Event, before: Option<&Event>, _: &mut Writer) -> Result<(), ApiError> {
        if before.is_none() {
            row.created = ctx.now;
            row.expires.get_or_insert(ctx.now + RETENTION);
        }
        Ok(())
    }

    async fn after_change(ctx: &mut Context, before: &Event, after: Option<&Event>) -> Result<(), ApiError> {
        let action = if after.is_some() { UPDATED } else { DELETED };
        let event = reference(Self::MODEL, Self::pk(before), Self::label(before));
        emit(ctx, action, Self::MODEL.app, json!({ "model": event }));
        Ok(())
    }

    async fn filter(
        ctx: &mut Context,
        select: &mut SelectStatement,
        params: &EventsEventsListParams,
    ) -> Result<(), ApiError> {
        let EventsEventsListParams {
            brand_name,
            context_authorized_app,
            context_model_app,
            context_model_name,
            context_model_pk,
            username,
            ..
        } = params;
        let (app, model_pk) = (context_authorized_app.as_deref().map(plain), context_model_pk.as_deref().map(plain));
        for (value, column, path) in [
            (brand_name.as_deref(), "brand", ["name"].as_slice()),
            (app.as_deref(), "context", &["authorized_application", "pk"]),
            (context_model_app.as_deref(), "context", &["model", "app"]),
            (context_model_name.as_deref(), "context", &["model", "model_name"]),
            (model_pk.as_deref(), "context", &["model", "pk"]),
            (username.as_deref(), "actor", &["username"]),
        ] {
            if let Some(value) = value {
                select.and_where(dialect::json_field("events", column, path, ctx.db.is_postgres()).eq(value));
            }
        }
        Ok(())
    }
}

/// A key as events hold it: UUIDs without dashes.
fn plain(key: &str) -> String {
    key.replace('-', "")
}

/// An event as answers show it.
struct Shown<R> {
    row: R,
    action: Action,
    expires: DateTime<Utc>,
}

completes!(Shown);

/// What happened. Expressions give actions names of their own.
struct Action(String);

impl Choice<EventActions> for Action {
    fn choose(&mut self, value: EventActions) {
        self.0.choose(value);
    }

    fn chosen(&self) -> Result<EventActions, ApiError> {
        if self.0.starts_with(EventActions::Custom.as_str()) { Ok(EventActions::Custom) } else { self.0.chosen() }
    }
}

#[allow(clippy::unused_async, reason = "others ask the database")]
async fn shown(_: &mut Context, rows: Vec<Event>) -> Result<Vec<Shown<Event>>, ApiError> {
    let shown = |row: Event| Shown {
        action: Action(row.action.clone()),
        expires: row.expires.unwrap_or(row.created + RETENTION),
        row,
    };
    Ok(rows.into_iter().map(shown).collect())
}

/// The points of a chart: how many events that fulfil the conditions of a select there were, the latest period first.
async fn chart(
    ctx: &mut Context,
    events: SelectStatement,
    period: Duration,
    periods: i32,
) -> Result<Vec<Coordinate>, ApiError> {
    let now = ctx.now;
    let counts = volume(&mut ctx.db, events, now, period, periods).await?;
    let ends = (0..periods).map(|index| (now - period * index).timestamp() * 1000);
    Ok(ends.zip(counts).map(|(x_cord, y_cord)| Coordinate { x_cord, y_cord }).collect())
}

/// The events that the caller may see, of an action.
fn of_action(ctx: &mut Context, action: &str) -> Result<SelectStatement, ApiError> {
    let mut events = Query::select();
    events_events::Family::narrow(ctx, &mut events)?;
    events.and_where(Expr::col(("events", "action")).eq(action));
    Ok(events)
}

/// The conditions that a JSON object of fields and values stands for; `__` leads into what a field holds.
fn matching(query: &str, postgres: bool) -> Result<Vec<Expr>, ApiError> {
    let wrong = |text: String| ApiError::field("query", text);
    let fields: Map<String, Value> =
        serde_json::from_str(query).map_err(|_| wrong("This is no JSON object.".to_owned()))?;
    let condition = |(field, value): (&String, &Value)| {
        let mut path = field.split("__");
        let column = match path.next() {
            Some("user") => "actor",
            Some("context") => "context",
            Some("brand") => "brand",
            Some(column @ ("app" | "client_ip")) if path.clone().next().is_none() => {
                let text = value.as_str().ok_or_else(|| wrong(format!("{field} is a text.")))?;
                return Ok(Expr::col(("events", column.to_owned())).eq(text));
            }
            _ => return Err(wrong(format!("Events have no field {field}."))),
        };
        let path: Vec<String> = path.map(str::to_owned).collect();
        Ok(dialect::json_equals("events", column, &path, value, postgres))
    };
    fields.iter().map(condition).collect()
}

impl EventsEvents for Context {
    async fn events_events_actions_list(&mut self) -> Result<Vec<TypeCreate>, ApiError> {
        let named = |action: &EventActions| {
            let name = match action {
                EventActions::InvitationUsed => "Invite Used".to_owned(),
                EventActions::Custom => "Custom Prefix".to_owned(),
                action => titled(action.as_str()),
            };
            TypeCreate {
                name,
                description: String::new(),
                component: action.to_string(),
                model_name: String::new(),
                icon_url: None,
                requires_enterprise: Some(false),
            }
        };
        Ok(EventActions::ALL.iter().map(named).collect())
    }

    async fn events_events_per_month_list(
        &mut self,
        params: EventsEventsPerMonthListParams,
    ) -> Result<Vec<Coordinate>, ApiError> {
        let EventsEventsPerMonthListParams { action, query } = params;
        let mut events = of_action(self, &action.unwrap_or_else(|| EventActions::Login.to_string()))?;
        for condition in matching(query.as_deref().unwrap_or("{}"), self.db.is_postgres())? {
            events.and_where(condition);
        }
        chart(self, events, Duration::days(1), 30).await
    }

    async fn events_events_top_per_user_list(
        &mut self,
        params: EventsEventsTopPerUserListParams,
    ) -> Result<Vec<EventTopPerUser>, ApiError> {
        let EventsEventsTopPerUserListParams { action, top_n } = params;
        let events = of_action(self, &action.unwrap_or_else(|| EventActions::Login.to_string()))?;
        let number = match top_n {
            None => TOP.0,
            Some(number) => match u64::try_from(number) {
                Ok(number) => Ord::min(number, TOP.1),
                Err(_) => return Err(ApiError::field("top_n", "Ensure this value is greater than or equal to 0.")),
            },
        };
        let found = top(&mut self.db, events, number).await?.into_iter();
        let counted = found.filter_map(|(application, counted_events, unique_users)| {
            let application = serde_json::from_str(&application).ok()?;
            Some(EventTopPerUser { application, counted_events, unique_users })
        });
        Ok(counted.collect())
    }

    async fn events_events_volume_list(
        &mut self,
        params: EventsEventsVolumeListParams,
    ) -> Result<Vec<Coordinate>, ApiError> {
        let EventsEventsVolumeListParams {
            page,
            action,
            brand_name,
            client_ip,
            context_authorized_app,
            context_model_app,
            context_model_name,
            context_model_pk,
            username,
        } = params;
        let params = EventsEventsListParams {
            page,
            action,
            brand_name,
            client_ip,
            context_authorized_app,
            context_model_app,
            context_model_name,
            context_model_pk,
            username,
        };
        let events = crate::api::resource::listed::<events_events::Family>(self, &params).await?;
        chart(self, events, Duration::hours(8), 7 * 3).await
    }
}

/// `login_failed` as `Login Failed`.
fn titled(name: &str) -> String {
    let words = name.split('_').map(|word| {
        let mut letters = word.chars();
        letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect::<String>()
    });
    words.collect::<Vec<_>>().join(" ")
}
