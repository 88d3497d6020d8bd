//! Authenticators: the second factors of users.

pub mod all;
pub mod devices;
pub mod kinds;
