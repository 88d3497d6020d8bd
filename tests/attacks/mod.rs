//! What people try who mean harm, and what holds against it.

mod machine;
