//! What the store promises whatever becomes of those who use it.

use crate::support::{TestApp, for_each_database, on_postgres};
use chrono::TimeDelta;
use futures::FutureExt;
use sea_query::{Expr, Query, SelectStatement};
use serde_json::json;
use vestibule::store::{
    Entity, table,
    tables::{Group, User},
};

fn user(app: &TestApp, username: String, name: String) -> User {
    User { uuid: app.app.random.uuid(), username, name, date_joined: app.now(), ..User::default() }
}

fn group(app: &TestApp, name: &str) -> Group {
    Group { id: app.app.random.uuid(), name: name.to_owned(), ..Group::default() }
}

async fn exists(app: &TestApp, name: &str) -> bool {
    table::find::<Group>(&mut app.db(), "name", name).await.unwrap().is_some()
}

#[test]
fn a_transaction_that_is_given_up_leaves_nothing() {
    for_each_database(async |app| {
        // More often than there are connections.
        for _ in 0..40 {
            let mut tx = app.app.db.begin().await.unwrap();
            group(&app, "given up").insert(&mut tx).await.unwrap();
            drop(tx);
        }
        assert!(!exists(&app, "given up").await);
        app.insert(group(&app, "kept")).await;
        assert!(exists(&app, "kept").await);
    });
}

#[test]
fn a_commit_after_a_failed_statement_is_no_success() {
    on_postgres(async |app| {
        let mut tx = app.app.db.begin().await.unwrap();
        group(&app, "one").insert(&mut tx).await.unwrap();
        assert!(group(&app, "one").insert(&mut tx).await.is_err(), "the name is taken");
        assert!(tx.commit().await.is_err());
        assert!(!exists(&app, "one").await);
    });
}

#[test]
fn what_nobody_waited_for_is_not_taken_for_the_next_answer() {
    let number = |n: i64| -> SelectStatement { Query::select().expr(Expr::cust(n.to_string())).to_owned() };
    on_postgres(async |app| {
        let mut given_up = 0;
        for n in 5_000_000_000..5_000_000_100 {
            // Sent, and given up before the answer is there, unless somebody else had the processor meanwhile.
            let mut conn = app.db();
            given_up += usize::from(conn.one::<(i64,)>(&number(1_000_000_000_000)).now_or_never().is_none());
            drop(conn);
            assert_eq!(app.db().one::<(i64,)>(&number(n)).await.unwrap(), (n,));
        }
        assert!(given_up > 0);
    });
}

#[test]
fn nobody_notices_that_connections_were_lost() {
    on_postgres(async |app| {
        // Several are open.
        let answers = (0..8).map(|_| async { app.admin().get("/core/users/").await.expect(200) });
        futures::future::join_all(answers).await;
        for n in 0..2 {
            let others = "pg_terminate_backend(pid) from pg_stat_activity \
                          where datname = current_database() and pid <> pg_backend_pid()";
            let ended = app.db().all::<(bool,)>(Query::select().expr(Expr::cust(others))).await.unwrap();
            assert!(!ended.is_empty() && ended.iter().all(|(ended,)| *ended));
            // Reading and writing, with all of those that are lost.
            let group = json!({ "name": format!("group {n}") });
            let write = async { app.admin().post("/core/groups/", group).await.expect(201) };
            let reads = (0..8).map(|_| async { app.admin().get("/core/users/").await.expect(200) });
            futures::join!(write, futures::future::join_all(reads));
        }
    });
}

/// The keys on a page of users.
async fn page(app: &TestApp, query: &str) -> Vec<i64> {
    let users = app.admin().get(&format!("/core/users/?{query}")).await.results();
    users.iter().map(|user| user["pk"].as_i64().unwrap()).collect()
}

/// Users of whom several have the same name, and some never logged in.
async fn users(app: &TestApp, count: i64) {
    let mut tx = app.app.db.begin().await.unwrap();
    for n in 0..count {
        let user = user(app, format!("user {n:03}"), format!("{}", n % 7));
        let last_login = (n % 3 > 0).then(|| app.now() + TimeDelta::seconds(n % 5));
        User { last_login, ..user }.insert(&mut tx).await.unwrap();
    }
    tx.commit().await.unwrap();
}

#[test]
fn pages_are_pieces_of_the_list_whatever_is_remembered_of_it() {
    for_each_database(async |app| {
        users(&app, 40).await;
        for order in [
            "",
            "username",
            "-username",
            "name",
            "-name,-pk",
            "last_login",
            "-last_login",
            "pk",
            "-pk",
            "is_active",
            "uuid",
            "name,-last_login",
        ] {
            for _ in 0..2 {
                let all = page(&app, &format!("ordering={order}&page_size=100")).await;
                let pages: Vec<_> = all.chunks(7).enumerate().collect();
                // Forward as an export reads it, and back from what was remembered then.
                for (n, expected) in pages.iter().chain(pages.iter().rev()).chain(pages.last()) {
                    let number = n + 1;
                    let found = page(&app, &format!("ordering={order}&page_size=7&page={number}")).await;
                    assert_eq!(found, *expected, "{order} {number}");
                }
                let between = page(&app, &format!("ordering={order}&page_size=5&page=4")).await;
                assert_eq!(between, all[15..20], "{order}");
                // All places after this one change.
                let key = all[10];
                assert!(table::delete::<User>(&mut app.db(), key).await.is_err(), "outside a transaction");
                let mut tx = app.app.db.begin().await.unwrap();
                assert!(table::delete::<User>(&mut tx, key).await.unwrap());
                tx.commit().await.unwrap();
                app.insert(user(&app, format!("new {key}"), "3".into())).await;
            }
        }
    });
}

#[test]
fn a_page_far_behind_is_found_at_once() {
    for_each_database(async |app| {
        users(&app, 450).await;
        let all = page(&app, "ordering=name&page_size=1000").await;
        for number in [44, 43, 45] {
            let found = page(&app, &format!("ordering=name&page_size=10&page={number}")).await;
            assert_eq!(found, all[10 * number - 10..10 * number]);
        }
    });
}
