//! What the store promises whatever becomes of those who use it.

use crate::support::{TestApp, for_each_database, on_postgres};
use futures::FutureExt;
use sea_query::{Expr, Query, SelectStatement};
use serde_json::json;
use vestibule::store::{Entity, table, tables::Group};

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
