//! What somebody does who means harm. The letters and numbers are those of the list of attacks that was tried.

mod admin;
mod connections;
mod machine;
mod parsers;
mod rate;
mod readiness;
mod revocation;
mod rights;
mod sizes;
