//! `/core/`.

mod applications;
mod brands;
mod groups;
mod recovery;
mod tokens;
mod transactional;
mod users;
