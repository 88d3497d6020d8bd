//! `/events/`.

mod log;
mod notifications;
mod rules;
mod transports;
