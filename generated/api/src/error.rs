//! The errors of the API, without HTTP framework.

use crate::limits::ANSWER_BYTES;
use serde_json::{Map, Value, json};
use std::time::Duration;

/// What can go wrong while answering a request. Every variant has exactly one status and one documented body.
#[derive(Debug)]
pub enum ApiError {
    /// 400, a dictionary of fields and what is wrong with each.
    Validation(Errors),
    /// 400 with a single `detail`: the body could not be read at all.
    BadRequest(String),
    /// 400 with a body of the operation's own.
    Rejected(Value),
    /// 403 with a `detail`.
    Denied(String),
    /// 404 with a `detail`.
    NotFound(String),
    /// 405: the path exists, the method does not.
    MethodNotAllowed(String),
    /// 406: nothing that the client accepts can be made.
    NotAcceptable,
    /// 413: the body is larger than the server reads.
    TooLarge,
    /// 415: a body in a format that the operation does not read.
    UnsupportedMediaType(String),
    /// 501: the operation is part of the contract and not built yet.
    NotImplemented,
    /// 500: fixed text to the client; this text goes to the log.
    Internal(String),
    /// 503: the server cannot answer in time.
    Timeout,
    /// 503 with `Retry-After`: the server has too much to do, and has not begun.
    Busy {
        /// When trying again is worth it.
        retry_after: Duration,
    },
    /// 429 with `Retry-After`: this caller asks for too much at once, others are still served.
    TooManyRequests {
        /// When trying again is worth it.
        retry_after: Duration,
    },
    /// 429 with `Retry-After`: too many wrong credentials came from the caller's network.
    TooManyFailures {
        /// When trying again is worth it.
        retry_after: Duration,
    },
    /// 400: lost against concurrent requests, again and again. Nothing was changed; the client may repeat.
    Conflict,
}

impl ApiError {
    /// A validation error of one field.
    pub fn field(name: impl Into<String>, message: impl Into<String>) -> Self {
        let mut errors = Errors::default();
        errors.add(name, message);
        Self::Validation(errors)
    }

    /// The usual "you may not".
    pub fn denied() -> Self {
        Self::Denied("You do not have permission to perform this action.".into())
    }

    /// The usual answer to a caller without credentials.
    pub fn unauthenticated() -> Self {
        Self::Denied("Authentication credentials were not provided.".into())
    }

    /// The usual 404.
    pub fn not_found() -> Self {
        Self::NotFound("Not found.".into())
    }

    /// 400: what was asked for is more than an answer holds.
    pub fn answer_too_large() -> Self {
        let most = ANSWER_BYTES / 1024 / 1024;
        Self::BadRequest(format!("The answer would be larger than {most} MiB. Ask for less at a time (page_size)."))
    }

    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Validation(_) | Self::BadRequest(_) | Self::Rejected(_) | Self::Conflict => 400,
            Self::Denied(_) => 403,
            Self::NotFound(_) => 404,
            Self::MethodNotAllowed(_) => 405,
            Self::NotAcceptable => 406,
            Self::TooLarge => 413,
            Self::UnsupportedMediaType(_) => 415,
            Self::TooManyRequests { .. } | Self::TooManyFailures { .. } => 429,
            Self::Internal(_) => 500,
            Self::NotImplemented => 501,
            Self::Timeout | Self::Busy { .. } => 503,
        }
    }

    /// When trying again is worth it, for the header `Retry-After`: in whole seconds, at least one.
    pub fn retry_after(&self) -> Option<u64> {
        match self {
            Self::Busy { retry_after }
            | Self::TooManyRequests { retry_after }
            | Self::TooManyFailures { retry_after } => {
                Some(retry_after.as_millis().div_ceil(1000).try_into().unwrap_or(u64::MAX).max(1))
            }
            Self::Timeout => Some(1),
            _ => None,
        }
    }

    /// The JSON body. `request_id` appears in the 500 body only, so that a user can name the log line.
    pub fn body(&self, request_id: &str) -> Value {
        let detail = match self {
            Self::Validation(errors) => return errors.to_json(),
            Self::Rejected(body) => return body.clone(),
            Self::BadRequest(text) | Self::Denied(text) | Self::NotFound(text) => text.clone(),
            Self::MethodNotAllowed(method) => format!("Method \"{method}\" not allowed."),
            Self::NotAcceptable => "Could not satisfy the request Accept header.".into(),
            Self::TooLarge => "The request body is too large.".into(),
            Self::UnsupportedMediaType(media) => format!("Unsupported media type \"{media}\" in request."),
            Self::NotImplemented => "This operation is not implemented yet.".into(),
            Self::Conflict => "The request conflicts with another one; nothing was changed. Try again.".into(),
            Self::Timeout => "The server could not answer in time.".into(),
            Self::Busy { .. } => "The server is busy; nothing was changed. Try again later.".into(),
            Self::TooManyRequests { .. } => {
                "Too many of your requests are waiting already; nothing was changed. Try again later.".into()
            }
            Self::TooManyFailures { .. } => {
                "Too many wrong credentials came from your network. Try again later.".into()
            }
            Self::Internal(_) => {
                return json!({"detail": "Internal server error.", "code": "internal", "request_id": request_id});
            }
        };
        json!({ "detail": detail })
    }
}

/// What is wrong with each field: messages, or the errors of a nested object. Keeps the order of insertion.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct Errors(Map<String, Value>);

impl Errors {
    /// The key of messages about the whole object.
    pub const NON_FIELD: &'static str = "non_field_errors";

    /// Adds a message to a field.
    pub fn add(&mut self, field: impl Into<String>, message: impl Into<String>) {
        let entry = self.0.entry(field.into()).or_insert_with(|| Value::Array(vec![]));
        if let Value::Array(list) = entry {
            list.push(Value::String(message.into()));
        }
    }

    /// Sets the errors of a nested value (an object of fields, or a list with one entry per item).
    pub fn nest(&mut self, field: impl Into<String>, errors: impl Into<Value>) {
        self.0.insert(field.into(), errors.into());
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether this field already has an error.
    pub fn has(&self, field: &str) -> bool {
        self.0.contains_key(field)
    }

    /// `Err(Validation)` unless empty.
    pub fn into_result(self) -> Result<(), ApiError> {
        if self.is_empty() { Ok(()) } else { Err(ApiError::Validation(self)) }
    }

    /// The body: `{"field": ["message"], "nested": {"field": ["message"]}}`.
    pub fn to_json(&self) -> Value {
        Value::Object(self.0.clone())
    }
}

impl From<Errors> for Value {
    fn from(errors: Errors) -> Self {
        Value::Object(errors.0)
    }
}
