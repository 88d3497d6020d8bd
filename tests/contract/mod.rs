//! What holds for every operation, without knowing its handler.

mod beside;
mod matrix;
mod page;
mod protocol;
pub(crate) mod snapshots;
