//! Expressions in Python: policies and property mappings.
//!
//! [`syntax`] judges an expression without running it. An [`ExpressionEngine`] runs it: [`pool`] does, in child
//! processes that have no rights, no environment and little memory, and are killed when they take too long, because the
//! interpreter may be led to end its process, or to more. In there, [`worker`] gives up what it does not need, reads one
//! [`Task`] a line and answers each.
//!
//! The interpreter knows a part of Python and of its library. What is not supported fails with a text that says so.

mod confinement;
mod guard;
pub mod pool;
mod syntax;
mod value;
pub mod worker;

pub use syntax::{SyntaxError, check};

use super::work::{Busy, Party};
use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::fmt;

/// An expression and what it may know.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Task {
    /// The body of a Python function.
    pub source: String,
    /// For whom it runs.
    pub user: User,
    /// The group it runs for, if any.
    pub group: Option<Group>,
    /// The provider it runs for, if any.
    pub provider: Option<Provider>,
    /// The settings, where a request of HTTP is at hand.
    pub http_request: Option<HttpRequest>,
    /// The `context` of the request. Of the names in it, [`DATA`] are variables as well.
    pub context: Map<String, Value>,
}

/// Names that a context may add to the variables: what mappings are documented to get as plain data. No other ones, so
/// that no context can take the place of something else.
pub const DATA: &[&str] = &["ldap", "dn", "info", "client", "properties", "creating", "notification", "prompt_context"];

/// A user, as expressions see one. All empty where there is none.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the fields of the API by the same names")]
pub struct User {
    pub pk: Option<i64>,
    pub uuid: String,
    pub uid: String,
    pub username: String,
    pub name: String,
    pub email: String,
    pub path: String,
    pub r#type: String,
    pub is_active: bool,
    pub is_superuser: bool,
    pub attributes: Map<String, Value>,
    /// The attributes of the groups and of the user in one.
    pub group_attributes: Map<String, Value>,
    pub avatar: String,
    pub last_login: Option<String>,
    pub date_joined: Option<String>,
    pub password_change_date: Option<String>,
    pub has_usable_password: bool,
    /// The groups the user was put into.
    pub groups: Vec<Group>,
    /// Those and their parents.
    pub all_groups: Vec<Group>,
}

/// A group, as expressions see one.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the fields of the API by the same names")]
pub struct Group {
    pub pk: String,
    pub num_pk: i64,
    pub name: String,
    pub is_superuser: bool,
    pub attributes: Map<String, Value>,
    pub parent: Option<Box<Group>>,
}

/// A provider, as expressions see one.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the fields of the API by the same names")]
pub struct Provider {
    pub pk: i64,
    pub name: String,
    pub client_id: Option<String>,
    pub application: Option<Application>,
}

/// An application, as expressions see one.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the fields of the API by the same names")]
pub struct Application {
    pub pk: String,
    pub name: String,
    pub slug: String,
}

/// What expressions see of the request.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct HttpRequest {
    /// The settings of the instance.
    pub tenant: Tenant,
}

/// Settings of the instance, as expressions see them.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the fields of the API by the same names")]
pub struct Tenant {
    pub default_user_change_name: bool,
    pub default_user_change_email: bool,
    pub default_user_change_username: bool,
}

/// What an expression came to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// What it returned, or why that is no plain data.
    pub result: Result<Value, String>,
    /// Whether Python takes that for true.
    pub truth: bool,
    /// What it said to the user.
    pub messages: Vec<String>,
}

/// Why an expression came to nothing; the text is for who wrote it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure(pub String);

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Failure {}

/// What an expression is run for. Neither waits for the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Somebody logs in, or uses an application.
    Access,
    /// Somebody tries it out.
    Trial,
}

/// What running an expression comes to: a value, or why there is none.
pub type Evaluated = Result<Outcome, Failure>;

/// Something that runs expressions.
pub trait ExpressionEngine: Send + Sync {
    /// Runs one, to what it returns or raises, or why it was not run to its end.
    ///
    /// # Errors
    /// When too many are waiting. It was not begun then.
    fn evaluate<'a>(
        &'a self,
        task: &'a Task,
        purpose: Purpose,
        party: &'a Party,
    ) -> BoxFuture<'a, Result<Evaluated, Busy>>;
}
