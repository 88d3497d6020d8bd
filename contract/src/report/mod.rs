//! What a run leaves behind.

use crate::event::Event;
use std::io;

/// Makes something of the events of a run. They arrive in order, on one thread.
pub trait Reporter: Send {
    /// Takes note of an event. An error ends the run: a report that cannot be written is not a passed test.
    fn event(&mut self, event: &Event) -> io::Result<()>;
}
