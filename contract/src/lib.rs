//! Proves that a server does what its OpenAPI document says.
//!
//! * [`cli`] is the command, [`settings`] what it asks for, [`engine::run`] what it does.
//! * [`model`] reads the operations of a document; `generate` makes requests for them, valid ones that shrink and invalid
//!   ones that violate one constraint; `family` learns which operations are about the same kind of object, and who
//!   refers to whom.
//! * [`conformance`] says whether an answer fits the document, for other tests too.
//! * The engine tells [`event`]s; [`report`]s are made of nothing else.

pub mod check;
pub mod cli;
pub mod conformance;
pub mod curl;
mod draft;
pub mod engine;
pub mod event;
mod extensions;
mod family;
pub mod filter;
mod generate;
pub mod hints;
pub mod load;
pub mod model;
mod refusal;
pub mod report;
pub mod settings;
mod shape;
mod transport;
