//! Values that are settled later, and who waits for them.
//!
//! openapi-diff compares schemas that are referred to by name after everything else, in the order in which they were
//! met, and once for all who refer to them. What waits for a schema goes on at the moment it is settled, and enters its
//! list of changes then: the order of operations, parameters and properties in release notes comes from there.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

type Waiting<T> = Box<dyn FnOnce(Option<T>)>;

struct State<T> {
    /// `Some(None)` is settled as "no change".
    value: Option<Option<T>>,
    if_present: Vec<Box<dyn FnOnce(T)>>,
    when_set: Vec<Waiting<T>>,
}

/// A change, or the absence of one, that may not be known yet.
pub(super) struct Deferred<T>(Rc<RefCell<State<T>>>);

impl<T> Clone for Deferred<T> {
    fn clone(&self) -> Self {
        Self(Rc::clone(&self.0))
    }
}

impl<T: Clone + 'static> Deferred<T> {
    fn with(value: Option<Option<T>>) -> Self {
        Self(Rc::new(RefCell::new(State { value, if_present: Vec::new(), when_set: Vec::new() })))
    }

    pub(super) fn pending() -> Self {
        Self::with(None)
    }

    pub(super) fn settled(value: Option<T>) -> Self {
        Self::with(Some(value))
    }

    pub(super) fn is_settled(&self) -> bool {
        self.0.borrow().value.is_some()
    }

    /// Settles the value: those who asked for a change first, then all others, each in the order they came.
    pub(super) fn settle(&self, value: Option<T>) {
        let (if_present, when_set) = {
            let mut state = self.0.borrow_mut();
            if state.value.is_some() {
                return;
            }
            state.value = Some(value.clone());
            (std::mem::take(&mut state.if_present), std::mem::take(&mut state.when_set))
        };
        if let Some(present) = &value {
            for waiting in if_present {
                waiting(present.clone());
            }
        }
        for waiting in when_set {
            waiting(value.clone());
        }
    }

    pub(super) fn if_present(&self, then: impl FnOnce(T) + 'static) {
        let settled = self.0.borrow().value.clone();
        match settled {
            Some(Some(value)) => then(value),
            Some(None) => {}
            None => self.0.borrow_mut().if_present.push(Box::new(then)),
        }
    }

    pub(super) fn when_set(&self, then: impl FnOnce(Option<T>) + 'static) {
        let settled = self.0.borrow().value.clone();
        match settled {
            Some(value) => then(value),
            None => self.0.borrow_mut().when_set.push(Box::new(then)),
        }
    }

    pub(super) fn map<Q: Clone + 'static>(&self, then: impl FnOnce() -> Option<Q> + 'static) -> Deferred<Q> {
        let mapped = Deferred::pending();
        let result = mapped.clone();
        self.when_set(move |_| mapped.settle(then()));
        result
    }

    pub(super) fn flat_map<Q: Clone + 'static>(&self, then: impl FnOnce() -> Deferred<Q> + 'static) -> Deferred<Q> {
        if self.is_settled() {
            return then();
        }
        let mapped = Deferred::pending();
        let result = mapped.clone();
        self.when_set(move |_| then().when_set(move |value| mapped.settle(value)));
        result
    }
}

type Subscription = Box<dyn FnOnce(&Rc<dyn Fn()>)>;

/// Collects values to wait for together.
#[derive(Default)]
pub(super) struct Builder(Vec<Subscription>);

impl Builder {
    /// Adds a value to wait for, and hands it back.
    pub(super) fn with<T: Clone + 'static>(&mut self, value: Deferred<T>) -> Deferred<T> {
        let waited = value.clone();
        self.0.push(Box::new(move |done| {
            let done = Rc::clone(done);
            waited.when_set(move |_| done());
        }));
        value
    }

    /// Settled when all are.
    pub(super) fn build(self) -> Deferred<()> {
        if self.0.is_empty() {
            return Deferred::settled(None);
        }
        let all = Deferred::pending();
        let left = Cell::new(self.0.len());
        let result = all.clone();
        let done: Rc<dyn Fn()> = Rc::new(move || {
            left.set(left.get() - 1);
            if left.get() == 0 {
                all.settle(Some(()));
            }
        });
        for subscribe in self.0 {
            subscribe(&done);
        }
        result
    }
}
