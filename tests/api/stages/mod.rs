//! `/stages/`.

mod invitations;
mod kinds;
mod prompts;
