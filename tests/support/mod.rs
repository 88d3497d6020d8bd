//! A server for every test.
//!
//! ```ignore
//! #[test]
//! fn brands_have_a_title() {
//!     for_each_database(async |app| {
//!         let admin = app.admin();
//!         let made = admin.post("/core/brands/", json!({"domain": "a.test"})).await.expect(201);
//!         assert_eq!(made["branding_title"], "authentik");
//!         let viewer = app.user("jane").with_permission("authentik_brands.view_brand").await;
//!         viewer.get("/core/brands/").await.expect(200);
//!         viewer.delete(&format!("/core/brands/{}/", made["brand_uuid"].as_str().unwrap())).await.expect(403);
//!     });
//! }
//! ```
//!
//! Paths are below `/api/v3`. [`TestApp`] is the real server on a real port; its database is a fresh copy of one that
//! was migrated and given its default objects once. Time stands still but for a millisecond a look
//! ([`TestApp::advance`] moves it). Every answer is checked against `schema.yml` ([`contract`]), and knows how many
//! statements it took ([`Answer::statements`]).

#![allow(dead_code, unused_imports, reason = "a helper may wait for the test that needs it")]

mod app;
pub(crate) mod contract;
mod database;
mod other;
mod postgres;
mod principal;
mod statements;

pub(crate) use app::{ADMIN_PASSWORD, TestApp, for_each_database, on_postgres, on_sqlite};
pub(crate) use database::{Database, Kind};
pub(crate) use other::Other;
pub(crate) use principal::{Answer, NewUser, Principal};
