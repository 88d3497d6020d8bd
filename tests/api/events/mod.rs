//! `/events/`.

mod log;
mod notifications;
mod rules;
mod system_tasks;
mod transports;
