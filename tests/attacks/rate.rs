//! What can be tried again and again: credentials.

use crate::support::{Answer, Principal, TestApp, for_each_database, on_sqlite};
use chrono::TimeDelta;
use reqwest::{Method, StatusCode};
use serde_json::json;

const ME: &str = "/core/users/me/";

/// Calls from an address, as a proxy tells it.
async fn from(address: &'static str, caller: &Principal) -> Answer {
    caller.send(Method::GET, ME, |request| request.header("x-forwarded-for", address)).await
}

async fn status(address: &'static str, caller: &Principal) -> u16 {
    from(address, caller).await.status.as_u16()
}

fn strict(app: &TestApp) -> TestApp {
    app.with_settings(|config| config.failed_logins_per_minute = 3)
}

#[test]
fn wrong_tokens_are_limited_and_right_ones_go_on() {
    for_each_database(async |app| {
        let app = strict(&app);
        let (jane, new) = (app.user("jane").await, app.user("new").await);
        let wrong = |number: u32| app.bearer(format!("wrong-{number}"));
        assert_eq!(status("192.0.2.1", &jane).await, 200);
        for number in 0..3 {
            assert_eq!(status("192.0.2.1", &wrong(number)).await, 403);
        }
        let refused = from("192.0.2.1", &wrong(3)).await;
        assert_eq!(refused.header("retry-after"), "20");
        let detail = "Too many wrong credentials came from your network. Try again later.";
        assert_eq!(refused.expect(429), json!({ "detail": detail }));

        // Who was known goes on, however long ago that was; others are where they were.
        app.advance(TimeDelta::seconds(10));
        assert_eq!(status("192.0.2.1", &jane).await, 200);
        assert_eq!(status("192.0.2.1", &app.anonymous()).await, 403);
        assert_eq!(status("192.0.2.2", &wrong(4)).await, 403);
        // A new one is not looked up: who tries keys does not find one.
        assert_eq!(status("192.0.2.1", &new).await, 429);
        app.advance(TimeDelta::seconds(11));
        assert_eq!(status("192.0.2.1", &new).await, 200);
        assert_eq!(status("192.0.2.1", &wrong(5)).await, 403);
        assert_eq!(status("192.0.2.1", &wrong(6)).await, 429);
    });
}

/// Whether there was such a token once does not show.
#[test]
fn tokens_that_held_once_are_as_wrong_as_others() {
    for_each_database(async |app| {
        let app = strict(&app);
        let (admin, jane) = (app.admin(), app.user("jane").await);
        let token = async |identifier: &str| {
            jane.post("/core/tokens/", json!({ "identifier": identifier })).await.expect(201);
            let key = admin.get(&format!("/core/tokens/{identifier}/view_key/")).await.expect(200);
            app.bearer(key["key"].as_str().unwrap())
        };
        let (expired, deleted) = (token("expired").await, token("deleted").await);
        for caller in [&expired, &deleted] {
            assert_eq!(status("192.0.2.1", caller).await, 200);
        }
        admin.delete("/core/tokens/deleted/").await.expect(204);
        app.advance(TimeDelta::minutes(31));
        for caller in [&expired, &deleted, &app.bearer("unknown")] {
            let refused = from("192.0.2.1", caller).await;
            assert_eq!(refused.expect(403), json!({ "detail": "Token invalid/expired" }));
        }
        for caller in [&expired, &deleted, &app.bearer("unknown")] {
            assert_eq!(status("192.0.2.1", caller).await, 429);
        }
        for caller in [&expired, &deleted, &app.bearer("unknown")] {
            assert_eq!(status("192.0.2.2", caller).await, 403, "elsewhere they are wrong still");
        }
    });
}

#[test]
fn a_network_counts_as_one_and_a_proxy_that_names_nobody_not_at_all() {
    on_sqlite(async |app| {
        let app = strict(&app);
        let wrong = app.bearer("wrong");
        let of_one = ["2001:db8::1", "2001:db8::2", "2001:db8::ffff:1"];
        for address in of_one {
            assert_eq!(status(address, &wrong).await, 403);
        }
        assert_eq!(status("2001:db8::4", &wrong).await, 429);
        assert_eq!(status("2001:db8:0:1::1", &wrong).await, 403);
        for _ in 0..10 {
            wrong.get(ME).await.expect(403);
            assert_eq!(status("10.0.0.7", &wrong).await, 403);
        }
        // The same address, no longer that of a proxy.
        let app = app.with_settings(|config| config.trusted_proxies.clear());
        let wrong = app.bearer("wrong");
        for expected in [403, 403, 403, 429] {
            wrong.get(ME).await.expect(expected);
        }
    });
}

#[test]
fn what_was_refused_is_counted_and_the_metrics_are_no_way_around() {
    on_sqlite(async |app| {
        let app = app.with_settings(|config| {
            config.failed_logins_per_minute = 2;
            config.trusted_proxies.clear();
        });
        let (admin, wrong) = (app.admin(), app.bearer("wrong"));
        let metrics = async |caller: &Principal| caller.beside(Method::GET, "/-/metrics/").await;
        assert_eq!(metrics(&admin).await.status, StatusCode::OK);
        assert_eq!(metrics(&wrong).await.status, StatusCode::UNAUTHORIZED);
        wrong.get(ME).await.expect(403);
        let refused = metrics(&wrong).await;
        assert_eq!((refused.status, refused.header("retry-after")), (StatusCode::TOO_MANY_REQUESTS, "30"));
        let all = metrics(&admin).await.text();
        let line = all.lines().find(|line| line.starts_with("vestibule_rate_limited_total{purpose=\"tokens\"}"));
        // The tests of one process share the counter.
        assert!(line.is_some_and(|line| !line.ends_with(" 0")), "{all}");
    });
}
