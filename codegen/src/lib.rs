//! `schema.yml` to Rust.
//!
//! | function | what it writes | who reads it |
//! |---|---|---|
//! | [`models`] | structs, enums and unions for all component schemas | `vestibule-client`, which the server shares |
//! | [`api`] | a trait per resource family, routes, operation table, request schemas | `vestibule-api` |
//! | `client` | an HTTP client over those models (feature `client`) | `vestibule-client` |
//! | [`lint`](fn@lint) | what the document lacks for people | a test |
//!
//! The client crate carries this folder with it and compiles it into its build script, so that it can be published
//! alone: modules refer to each other with `super::` only.

mod docs;
mod error;
mod family;
mod limits;
mod lint;
mod model;
mod models;
mod names;
mod operation;
mod params;
mod schemas;
mod spec;
mod table;
mod traits;
mod types;
mod union;

#[cfg(feature = "client")]
mod client;
#[cfg(any(test, feature = "client"))]
mod fixups;

pub use self::{
    error::{Error, Result},
    lint::lint,
    operation::{Answer, Body, METHODS, Operation, Parameter, Permission},
    spec::Spec,
    types::Type,
};

#[cfg(feature = "client")]
pub use self::client::client;

use proc_macro2::TokenStream;

/// The models of a document.
///
/// # Errors
/// If something in the document has no counterpart in Rust.
pub fn models(spec: &Spec) -> Result<String> {
    format(models::render(spec)?)
}

/// The server side of a document: traits, routes, operation table, request schemas.
///
/// # Errors
/// If something in the document has no counterpart in Rust.
pub fn api(spec: &Spec) -> Result<String> {
    let operations = spec.operations()?;
    let mut code = table::render(spec, &operations)?;
    code.extend(traits::render(spec, &operations)?);
    code.extend(schemas::render(spec)?);
    code.extend(limits::render(spec)?);
    format(code)
}

/// Generated code as text that people can read when the compiler points at it.
fn format(code: TokenStream) -> Result<String> {
    let file = syn::parse2(code).map_err(|e| Error::new(format!("the generated code is no Rust: {e}")))?;
    Ok(prettyplease::unparse(&file))
}
