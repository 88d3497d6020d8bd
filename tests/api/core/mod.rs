//! `/core/`.

mod applications;
mod brands;
mod groups;
pub(crate) mod recovery;
mod tokens;
mod transactional;
mod users;
