//! Users, groups, tokens, applications and brands.

pub mod applications;
pub mod brands;
pub mod consents;
pub mod groups;
mod launch;
pub(in crate::api) mod names;
pub(in crate::api) mod rights;
pub mod sessions;
pub mod tokens;
pub mod transactional;
pub mod users;
