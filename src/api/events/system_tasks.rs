//! `/events/system_tasks/`: what servers do by themselves, and how it went last.

use crate::{
    api::{
        context::Context,
        fields::{completes, fields},
        resource::{self, Model, Resource},
    },
    store::tables::SystemTask,
    tasks,
};
use uuid::Uuid;
use vestibule_api::{ApiError, EventsSystemTasks, events_system_tasks};

impl Resource for events_system_tasks::Family {
    type Row = SystemTask;

    const MODEL: Model = Model { app: "authentik_events", name: "systemtask", verbose: "System Task" };
    const ORDER: &'static [&'static str] = &["name", "uid", "status"];
    const SEARCH: &'static [&'static str] = &["name", "description", "uid", "status"];
    const RECORDED: bool = false;

    fields!(events_system_tasks, shown);

    fn label(row: &SystemTask) -> String {
        format!("System Task {}", full_name(row))
    }
}

fn full_name(row: &SystemTask) -> String {
    if row.uid.is_empty() { row.name.clone() } else { format!("{}:{}", row.name, row.uid) }
}

/// A run with what follows from it.
struct Shown<R> {
    row: R,
    full_name: String,
    expiring: bool,
}

completes!(Shown);

#[allow(clippy::unused_async, reason = "others ask the database")]
async fn shown(_: &mut Context, rows: Vec<SystemTask>) -> Result<Vec<Shown<SystemTask>>, ApiError> {
    let shown = |row: SystemTask| Shown { full_name: full_name(&row), expiring: row.expires.is_some(), row };
    Ok(rows.into_iter().map(shown).collect())
}

impl EventsSystemTasks for Context {
    /// It begins when the request has ended; what comes of it is in the list then.
    async fn events_system_tasks_run_create(&mut self, uuid: Uuid) -> Result<(), ApiError> {
        let row = resource::find::<events_system_tasks::Family>(self, uuid).await?;
        // Another version of the server may have done something that this one does not.
        let task = tasks::named(&row.name).ok_or_else(ApiError::not_found)?;
        let app = self.app.clone();
        self.after_commit.push(Box::new(move || drop(tokio::spawn(async move { task.perform(&app).await }))));
        Ok(())
    }
}
