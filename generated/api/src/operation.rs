//! The operation table: what routing, permission checks, metrics labels, documentation and the contract tests read.

use crate::{
    ApiError, Input, Output,
    schema::{Field, Schema},
};
use futures::future::BoxFuture;

/// One operation of the API, as `schema.yml` describes it.
#[derive(Debug)]
pub struct Operation {
    /// `operationId`, unique: `core_users_list`.
    pub id: &'static str,
    /// The HTTP method.
    pub method: http::Method,
    /// The path below `/api/v3`, with parameters in braces: `/core/users/{id}/`.
    pub path: &'static str,
    /// The first tag.
    pub tag: &'static str,
    /// The resource family, which is also the name of its generated module: `core_users`.
    pub resource: &'static str,
    /// What is left of the id after the family: `list`, `create`, `set_password_create`, …
    pub action: &'static str,
    /// The `summary`.
    pub summary: &'static str,
    /// Who may call it (`x-permission`).
    pub permission: Permission,
    /// The status of a success.
    pub success: u16,
    /// The request body it takes.
    pub body: BodyKind,
    /// What the answer to a body holds beside the body's own fields: what only the server sets.
    pub read_only: &'static [Field],
}

/// Who may call an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Permission {
    /// Everyone, without credentials.
    Anonymous,
    /// Every authenticated caller; what the caller sees is decided by the handler (own objects, usable applications).
    Authenticated,
    /// Members of a superuser group.
    Superuser,
    /// Holders of all of these permissions (`authentik_core.view_user`), globally or on the object.
    Model(&'static [&'static str]),
}

/// The kind of request body an operation takes.
#[derive(Debug, Clone, Copy)]
pub enum BodyKind {
    /// None.
    None,
    /// `application/json`.
    Json(&'static Schema),
    /// `multipart/form-data`.
    Multipart(&'static Schema),
}

/// A handler of one operation, made uniform: decode the input, call the trait's method, encode the answer.
pub type Call<C> = for<'a> fn(&'a mut C, Input) -> BoxFuture<'a, Result<Output, ApiError>>;

/// An operation and the code that answers it.
pub struct Route<C> {
    /// Which operation.
    pub operation: &'static Operation,
    /// Its handler.
    pub call: Call<C>,
}
