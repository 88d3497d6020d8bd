//! `/policies/`: decisions that guard other objects.

pub mod all;
pub mod dummy;
pub mod kinds;
pub mod summary;
pub mod verdict;
