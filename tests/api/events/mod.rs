//! `/events/`.

mod log;
mod notifications;
