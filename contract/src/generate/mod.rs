//! Data from schemas: valid values that shrink, the boundaries of constraints, and values that violate one of them.

mod boundary;
mod text;
mod valid;
mod violation;

pub(crate) use boundary::{Boundary, boundaries};
pub(crate) use text::matches;
pub(crate) use valid::{Presence, valid};
pub(crate) use violation::{Change, Violation, violations};

use proptest::{
    strategy::{BoxedStrategy, Strategy, ValueTree},
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use serde_json::Value;
use std::collections::BTreeMap;

/// What fields are filled with instead of random data, by their place: `body.parent`, `body.roles[]`, `query.user`.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Sources(BTreeMap<String, Source>);

/// What a field is filled with.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Source {
    /// One of these: keys of objects that are there, or values that the server is known to take.
    Values(Vec<Value>),
    /// Nothing: it is left out where it may be.
    Nothing,
    /// Random data, and always there.
    Always,
}

impl Sources {
    pub(crate) fn get(&self, place: &str) -> Option<&Source> {
        self.0.get(place)
    }

    pub(crate) fn set(&mut self, place: impl Into<String>, source: Source) {
        self.0.insert(place.into(), source);
    }

    /// The values of a place.
    fn values(&self, place: &str) -> Option<&[Value]> {
        match self.0.get(place) {
            Some(Source::Values(values)) => Some(values),
            _ => None,
        }
    }
}

/// Random data for one purpose: the same for the same seed and purpose, whatever else is going on.
pub(crate) fn runner(seed: u64, purpose: &str) -> TestRunner {
    let mut state = purpose
        .bytes()
        .fold(seed ^ 0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
    let mut bytes = [0; 32];
    for chunk in bytes.chunks_mut(8) {
        // The finalizer of splitmix64.
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = state;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        chunk.copy_from_slice(&(word ^ (word >> 31)).to_le_bytes());
    }
    let config = Config { failure_persistence: None, ..Config::default() };
    TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes))
}

/// One value of a strategy.
pub(crate) fn sample<T: std::fmt::Debug>(strategy: &BoxedStrategy<T>, runner: &mut TestRunner) -> Option<T> {
    strategy.new_tree(runner).ok().map(|tree| tree.current())
}

/// A step into a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    Key(String),
    Index(usize),
}

/// `name`, `app.slug`, `redirect_uris[0].url`.
pub(crate) fn path_text(steps: &[Step]) -> String {
    let mut text = String::new();
    for step in steps {
        match step {
            Step::Key(key) if text.is_empty() => text.push_str(key),
            Step::Key(key) => {
                text.push('.');
                text.push_str(key);
            }
            Step::Index(index) => text.push_str(&format!("[{index}]")),
        }
    }
    text
}
