//! What becomes of tokens that have expired.
//!
//! API tokens live on under their name with a new key, which whoever may see it has to fetch; that is an event. All others
//! are gone. Tokens that do not expire, or have no time to, are left alone.

use crate::{
    api::{
        context::App,
        core::tokens::{Tokens, default_expiry, new_key},
        events,
        resource::Resource,
    },
    store::{
        DbError, Entity, table,
        tables::{Event, Settings, Token},
        tokens,
    },
};
use serde_json::json;

/// How many tokens one transaction handles, so that requests do not wait for long.
const BATCH: u64 = 100;

/// How many tokens were handled.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Cleaned {
    /// API tokens with a new key.
    pub rotated: usize,
    /// Others.
    pub deleted: usize,
}

/// Rotates expired API tokens and deletes other expired ones.
///
/// # Errors
/// When a statement fails. What was done in finished transactions stays.
pub async fn clean(app: &App) -> Result<Cleaned, DbError> {
    let mut cleaned = Cleaned::default();
    // Those of this moment: a life of no length would keep it busy for ever.
    let now = app.clock.now();
    loop {
        if tokens::expired(&mut app.db.primary(), now, 1).await?.is_empty() {
            return Ok(cleaned);
        }
        let mut conn = app.db.begin().await?;
        let expired = tokens::expired(&mut conn, now, BATCH).await?;
        let settings: Settings = table::find(&mut conn, "id", 1_i64).await?.unwrap_or_default();
        let expires = default_expiry(now, &settings).max(now);
        for token in expired {
            if token.intent == "api" {
                if tokens::rotate_expired(&mut conn, &token, now, new_key(&app.random, &settings).0, expires).await? {
                    rotated(app, &token).insert(&mut conn).await?;
                    cleaned.rotated += 1;
                }
            } else if tokens::delete_expired(&mut conn, &token, now).await? {
                cleaned.deleted += 1;
            }
        }
        conn.commit().await?;
    }
}

/// The event that a token has a new key. Nobody did it.
fn rotated(app: &App, token: &Token) -> Event {
    let model = Tokens::MODEL;
    let secret = events::reference(model, Tokens::pk(token), Tokens::label(token));
    let message = format!("Token {}'s secret was rotated.", token.identifier);
    let now = app.clock.now();
    Event {
        context: json!({ "secret": secret, "message": message }),
        expires: Some(now + events::RETENTION),
        id: app.random.uuid(),
        action: "secret_rotate".to_owned(),
        app: model.app.to_owned(),
        created: now,
        ..Event::default()
    }
}
