//! `/events/rules/`: whom events are told to. The policies bound to a rule choose the events.

use crate::{
    api::{
        context::Context,
        core::groups::Groups,
        fields::{completes, fields},
        resource::{Model, Resource, Unique},
    },
    store::{
        table,
        tables::{Group, NotificationRule},
    },
};
use std::collections::HashMap;
use uuid::Uuid;
use vestibule_api::{ApiError, EventsRules, events_rules, models};

impl Resource for events_rules::Family {
    type Row = NotificationRule;

    const MODEL: Model = Model { app: "authentik_events", name: "notificationrule", verbose: "Notification Rule" };
    const UNIQUE: &'static [Unique] = &[("name", "name", "Notification Rule with this name already exists.")];

    fields!(events_rules, with_groups);

    fn label(row: &NotificationRule) -> String {
        format!("Notification Rule {}", row.name)
    }

    fn name(row: &NotificationRule) -> String {
        row.name.clone()
    }
}

/// A rule with its group.
struct WithGroup<R> {
    row: R,
    group_obj: Option<models::Group>,
}

completes!(WithGroup);

async fn with_groups(
    ctx: &mut Context,
    rows: Vec<NotificationRule>,
) -> Result<Vec<WithGroup<NotificationRule>>, ApiError> {
    let groups: Vec<Group> = table::find_all(&mut ctx.db, "id", rows.iter().filter_map(|row| row.group)).await?;
    let groups = Groups::models(ctx, groups).await?;
    let groups: HashMap<Uuid, models::Group> = groups.into_iter().map(|group| (group.pk, group)).collect();
    let with =
        |row: NotificationRule| WithGroup { group_obj: row.group.and_then(|group| groups.get(&group.0).cloned()), row };
    Ok(rows.into_iter().map(with).collect())
}

impl EventsRules for Context {}
