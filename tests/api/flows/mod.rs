//! `/flows/`.

mod bindings;
mod blueprint;
mod instances;
