//! What differs, in the order in which it was found out.

use super::{
    tree::{Body, Operation, Parameter},
    tree_schema::Id,
};
use indexmap::IndexMap;
use serde_json::Value;
use std::{cell::RefCell, rc::Rc};

/// A change that is still being completed.
pub(super) type Growing<T> = Rc<RefCell<T>>;

pub(super) fn growing<T>(value: T) -> Growing<T> {
    Rc::new(RefCell::new(value))
}

/// Items of a list that one of two has and the other has not.
#[derive(Debug)]
pub(super) struct ListDiff<T> {
    pub(super) added: Vec<T>,
    pub(super) removed: Vec<T>,
}

impl<T: Clone + PartialEq> ListDiff<T> {
    /// A value that is there twice is taken away once for each time the old list has it.
    pub(super) fn new(old: &[T], new: &[T]) -> Self {
        let mut added = new.to_vec();
        let mut removed = Vec::new();
        for value in old {
            if !new.contains(value) {
                removed.push(value.clone());
            } else if let Some(position) = added.iter().position(|other| other == value) {
                added.remove(position);
            }
        }
        Self { added, removed }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty()
    }
}

/// A schema that differs.
#[derive(Debug)]
pub(super) struct ChangedSchema {
    pub(super) old: Option<Id>,
    pub(super) new: Option<Id>,
    /// Nothing but the type is compared then.
    pub(super) data_type: bool,
    pub(super) discriminator: bool,
    /// Whether anything differs that is not printed: title, limits and the like.
    pub(super) silent: bool,
    pub(super) read_or_write_only: bool,
    pub(super) required: ListDiff<String>,
    pub(super) values: ListDiff<Value>,
    pub(super) changed: Vec<(String, Growing<Self>)>,
    pub(super) added: Vec<(String, Id)>,
    pub(super) removed: Vec<(String, Id)>,
    pub(super) items: Option<Growing<Self>>,
    pub(super) union: Option<ChangedUnion>,
    pub(super) additional: bool,
}

impl ChangedSchema {
    pub(super) fn new(old: Option<Id>, new: Option<Id>) -> Self {
        Self {
            old,
            new,
            data_type: false,
            discriminator: false,
            silent: false,
            read_or_write_only: false,
            required: ListDiff { added: Vec::new(), removed: Vec::new() },
            values: ListDiff { added: Vec::new(), removed: Vec::new() },
            changed: Vec::new(),
            added: Vec::new(),
            removed: Vec::new(),
            items: None,
            union: None,
            additional: false,
        }
    }

    pub(super) fn is_different(&self) -> bool {
        self.data_type
            || self.discriminator
            || self.silent
            || self.read_or_write_only
            || !self.required.is_empty()
            || !self.values.is_empty()
            || !self.changed.is_empty()
            || !self.added.is_empty()
            || !self.removed.is_empty()
            || self.items.is_some()
            || self.union.as_ref().is_some_and(ChangedUnion::is_different)
            || self.additional
    }
}

/// The variants of `oneOf`.
#[derive(Debug)]
pub(super) struct ChangedUnion {
    pub(super) removed: Vec<String>,
    pub(super) added: Vec<(String, Id)>,
    pub(super) changed: Growing<Vec<(String, Growing<ChangedSchema>)>>,
}

impl ChangedUnion {
    fn is_different(&self) -> bool {
        !self.removed.is_empty() || !self.added.is_empty() || !self.changed.borrow().is_empty()
    }
}

/// Media types.
#[derive(Debug, Default)]
pub(super) struct ChangedContent {
    pub(super) added: Vec<String>,
    pub(super) removed: Vec<String>,
    pub(super) changed: Vec<(String, Growing<ChangedSchema>)>,
}

impl ChangedContent {
    pub(super) fn is_different(&self) -> bool {
        !self.added.is_empty() || !self.removed.is_empty() || !self.changed.is_empty()
    }
}

/// A parameter or header.
#[derive(Debug)]
pub(super) struct ChangedParameter {
    pub(super) new: Parameter,
    pub(super) deprecated: bool,
}

/// The parameters of an operation, or the headers of a response.
#[derive(Debug, Default)]
pub(super) struct ChangedParameters {
    pub(super) added: Vec<Parameter>,
    pub(super) removed: Vec<Parameter>,
    pub(super) changed: Vec<ChangedParameter>,
}

impl ChangedParameters {
    pub(super) fn is_different(&self) -> bool {
        !self.added.is_empty() || !self.removed.is_empty() || !self.changed.is_empty()
    }
}

/// A request body, or a response.
#[derive(Debug)]
pub(super) struct ChangedBody {
    pub(super) new: Option<Body>,
    /// Whether the description, or what is not printed, differs.
    pub(super) description: bool,
    pub(super) required: bool,
    pub(super) headers: Option<Growing<ChangedParameters>>,
    pub(super) content: Option<Growing<ChangedContent>>,
}

impl ChangedBody {
    pub(super) fn is_different(&self) -> bool {
        self.description || self.required || self.headers.is_some() || self.content.is_some()
    }
}

/// The responses of an operation.
#[derive(Debug, Default)]
pub(super) struct ChangedResponses {
    pub(super) added: Vec<(String, Body)>,
    pub(super) removed: Vec<(String, Body)>,
    pub(super) changed: Vec<(String, Growing<ChangedBody>)>,
}

impl ChangedResponses {
    pub(super) fn is_different(&self) -> bool {
        !self.added.is_empty() || !self.removed.is_empty() || !self.changed.is_empty()
    }
}

/// An operation that both documents have.
#[derive(Debug)]
pub(super) struct ChangedOperation {
    pub(super) path: String,
    pub(super) method: &'static str,
    pub(super) new: Operation,
    pub(super) summary: bool,
    /// Whether anything differs that is not printed: description, name, security.
    pub(super) silent: bool,
    pub(super) deprecated: bool,
    pub(super) parameters: Option<Growing<ChangedParameters>>,
    pub(super) request: Option<Growing<ChangedBody>>,
    pub(super) responses: Option<Growing<ChangedResponses>>,
}

impl ChangedOperation {
    pub(super) fn is_different(&self) -> bool {
        self.summary
            || self.silent
            || self.deprecated
            || self.parameters.as_ref().is_some_and(|parameters| parameters.borrow().is_different())
            || self.request.is_some()
            || self.responses.is_some()
    }
}

/// A path that both documents have.
#[derive(Debug, Default)]
pub(super) struct ChangedPath {
    pub(super) added: Vec<Endpoint>,
    pub(super) removed: Vec<Endpoint>,
    pub(super) changed: Vec<Growing<ChangedOperation>>,
}

impl ChangedPath {
    pub(super) fn is_different(&self) -> bool {
        !self.added.is_empty() || !self.removed.is_empty() || !self.changed.is_empty()
    }
}

/// An operation that only one document has.
#[derive(Clone, Debug)]
pub(super) struct Endpoint {
    pub(super) method: &'static str,
    pub(super) path: String,
    pub(super) summary: Option<String>,
}

/// All changes.
#[derive(Debug, Default)]
pub(super) struct ChangedPaths {
    pub(super) added: Vec<Endpoint>,
    pub(super) removed: Vec<Endpoint>,
    /// By the path of the new document.
    pub(super) changed: IndexMap<String, Growing<ChangedPath>>,
}
