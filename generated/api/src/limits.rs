//! What one request may ask for, so that what it costs does not grow with what a caller writes.
//!
//! All of it is far above what people and their programs need. `schema.yml` says the same in words.

/// Most different words of a search. Each of them is looked for in every row.
pub const SEARCH_WORDS: usize = 20;

/// Most characters of a search.
pub const SEARCH_LETTERS: usize = 256;

/// Most different values of a filter that takes several.
pub const FILTER_VALUES: usize = 200;
