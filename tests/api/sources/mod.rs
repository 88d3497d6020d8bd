//! `/sources/`.

mod all;
mod connections;
mod directory;
mod kinds;
mod oauth;
mod plex;
mod scim;

use crate::support::TestApp;
use serde_json::{Value, json};

/// An OAuth source that needs no other server.
pub(crate) async fn oauth_source(app: &TestApp, name: &str) -> Value {
    app.admin().post("/sources/oauth/", oauth_body(name)).await.expect(201)
}

fn oauth_body(name: &str) -> Value {
    json!({
        "name": name, "slug": name, "provider_type": "github", "consumer_key": "k", "consumer_secret": "the secret",
    })
}
