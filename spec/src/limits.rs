//! How much a document may ask of its reader. All of it is far above what honest documents need.

/// Bytes of a document: 10,000 operations written out in full have some 30 MiB.
pub const BYTES: usize = 128 * 1024 * 1024;

/// Bytes of one string or key.
pub const STRING: usize = 512 * 1024;

/// Objects and arrays in one another. The readers of YAML and JSON below have the same limit.
pub const DEPTH: usize = 128;

/// How many times its own length a document may grow when its YAML aliases are written out.
pub const GROWTH: usize = 10;

/// References that lead to references.
pub const REFERENCES: usize = 64;

/// Seconds that a server has for answering with a document.
pub const SECONDS: u64 = 60;
