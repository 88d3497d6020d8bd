//! `/stages/`.

mod duo;
mod invitations;
mod kinds;
mod prompts;
