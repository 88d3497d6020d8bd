//! What the store promises whatever becomes of those who use it.

mod sealing;

use crate::support::{TestApp, for_each_database, on_postgres, on_sqlite};
use chrono::TimeDelta;
use futures::{
    FutureExt,
    future::{join_all, maybe_done},
};
use sea_query::{Expr, Query, SelectStatement};
use serde_json::json;
use sqlx::Connection;
use std::time::{Duration, Instant};
use vestibule::store::{
    Conn, Db, DbError, Entity,
    deadline::{briefly, within},
    table,
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

/// What the tests of the store say of SQLite.
#[test]
fn reads_have_limits_on_postgres_as_well() {
    let select = |sql: &str| -> SelectStatement { Query::select().expr(Expr::cust(sql.to_owned())).to_owned() };
    on_postgres(async |app| {
        let large = select("repeat('x', 1000000) from generate_series(1, 1000000)");
        assert!(matches!(app.db().all::<(String,)>(&large).await, Err(DbError::TooMuch)));
        let (long, mut conn) = (select("count(*) from generate_series(1, 1000000000000)"), app.db());
        assert!(briefly(Duration::from_millis(10), conn.all::<(i64,)>(&long)).await.is_none());
        assert!(briefly(Duration::from_secs(60), conn.one::<(i64,)>(&select("7::bigint"))).await.is_some());
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
            // Later, all may have been answered over the one connection that asks this.
            assert!(n > 0 || !ended.is_empty());
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
        let admin = app.admin().get("/core/users/me/").await.expect(200)["user"]["pk"].as_i64().unwrap();
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
                let key = *all[10..].iter().find(|key| **key != admin).unwrap();
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

/// A select of one number, as SQL writes it.
fn select(sql: impl Into<String>) -> SelectStatement {
    Query::select().expr(Expr::cust(sql.into())).to_owned()
}

/// Late enough for what should happen, and soon enough for a test.
fn soon() -> Instant {
    Instant::now() + Duration::from_millis(300)
}

#[test]
fn rows_found_at_once_are_each_callers_own() {
    on_postgres(async |app| {
        let groups: Vec<Group> = (0..30).map(|n| group(&app, &format!("g{n}"))).collect();
        for group in groups.clone() {
            app.insert(group).await;
        }
        let missing = group(&app, "missing");
        let sought: Vec<&Group> = groups.iter().chain([&missing]).cycle().take(500).collect();
        let find = |group: &Group| {
            let (mut conn, id) = (app.db(), group.id);
            async move { table::find::<Group>(&mut conn, "id", id).await.unwrap() }
        };
        // Every third gives up, some of them while they ask for others.
        let mut finds: Vec<_> = sought.iter().map(|group| Box::pin(maybe_done(find(group)))).collect();
        finds.iter_mut().for_each(|find| _ = find.now_or_never());
        let finds = finds.into_iter().zip(&sought).enumerate().filter(|(n, _)| n % 3 != 0);
        let (mut finds, sought): (Vec<_>, Vec<&Group>) = finds.map(|(_, (find, group))| (find, *group)).unzip();
        join_all(&mut finds).await;
        for (mut find, group) in finds.into_iter().zip(sought) {
            let name = find.as_mut().take_output().unwrap().map(|row| row.name);
            assert_eq!(name, Some(&group.name).filter(|name| *name != "missing").cloned());
        }
    });
}

#[test]
fn whoever_holds_a_connection_finds_rows_as_well() {
    for_each_database(async |app| {
        let wanted = group(&app, "wanted");
        app.insert(wanted.clone()).await;
        let find = || async {
            let mut conn = app.db();
            conn.one::<(i64,)>(&select("5000000000")).await.unwrap();
            table::find::<Group>(&mut conn, "id", wanted.id).await.unwrap().unwrap().name
        };
        // More than there are connections.
        for name in join_all((0..60).map(|_| find())).await {
            assert_eq!(name, "wanted");
        }
    });
}

/// Whether PostgreSQL runs a statement with this in its text.
async fn runs(app: &TestApp, text: &str) -> bool {
    let others = "state = 'active' and pid <> pg_backend_pid()";
    let sql = format!("(select count(*) from pg_stat_activity where {others} and query like '%{text}%')");
    app.db().one::<(i64,)>(&select(sql)).await.unwrap().0 > 0
}

#[test]
fn statements_end_when_nobody_waits_for_them() {
    on_postgres(async |app| {
        let wait = select("length(pg_sleep(61)::text)::bigint");
        let (mut conn, mut tx) = (app.db(), app.app.db.begin().await.unwrap());
        let (mut read, mut write) = (Box::pin(conn.one::<(i64,)>(&wait)), Box::pin(tx.one::<(i64,)>(&wait)));
        while !runs(&app, "pg_sleep(61)").await {
            assert!(read.as_mut().now_or_never().is_none() && write.as_mut().now_or_never().is_none());
        }
        drop((read, write));
        drop((conn, tx));
        let begun = Instant::now();
        while runs(&app, "pg_sleep(61)").await {
            assert!(begun.elapsed() < Duration::from_secs(30), "it runs on");
        }
    });
}

#[test]
fn no_statement_takes_longer_than_a_request() {
    on_postgres(async |app| {
        let db = Db::open_within(&app.app.config.database, Duration::from_millis(100)).await.unwrap();
        let error = db.read().one::<(i64,)>(&select("length(pg_sleep(62)::text)::bigint")).await.unwrap_err();
        assert!(matches!(error, DbError::TooLong), "{error}");
        db.close().await;
    });
}

#[test]
fn connections_are_kept_back_for_what_is_urgent() {
    on_postgres(async |app| {
        let mut held: Vec<Conn> = vec![];
        let error = loop {
            match within(soon(), app.app.db.begin()).await {
                Ok(tx) => held.push(tx),
                Err(error) => break error,
            }
        };
        assert!(matches!(error, DbError::Busy(_)), "{error}");
        assert_eq!(app.app.db.primary().one::<(i64,)>(&select("5000000000")).await.unwrap().0, 5_000_000_000);
        held.pop();
        app.app.db.begin().await.unwrap();
    });
}

#[test]
fn a_database_without_room_for_connections_is_busy() {
    on_postgres(async |app| {
        let mut url = url::Url::parse(&app.app.config.database).unwrap();
        let (owner, role) = (url.username().to_owned(), format!("few_{}", std::process::id()));
        url.set_username(&role).unwrap();
        let mut admin = sqlx::PgConnection::connect(&app.app.config.database).await.unwrap();
        let mut run = async |sql: String| {
            sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut admin).await.unwrap();
        };
        run(format!("create role {role} login connection limit 3 in role {owner}")).await;
        let db = Db::open(url.as_str()).await.unwrap();
        let held = (db.begin().await.unwrap(), db.begin().await.unwrap());
        let error = within(soon(), db.begin()).await.unwrap_err();
        assert!(matches!(error, DbError::Busy(_)), "{error}");
        drop(held.1);
        db.begin().await.unwrap();
        drop(held.0);
        db.close().await;
        run(format!("drop role {role}")).await;
    });
}

#[test]
fn a_database_that_another_process_writes_to_is_busy() {
    on_sqlite(async |app| {
        let path = app.app.config.database.strip_prefix("sqlite://").unwrap();
        let other = rusqlite::Connection::open(path).unwrap();
        other.execute_batch("BEGIN IMMEDIATE").unwrap();
        let error = within(soon(), app.app.db.begin()).await.unwrap_err();
        assert!(matches!(error, DbError::Busy(_)), "{error}");
        other.execute_batch("ROLLBACK").unwrap();
        app.app.db.begin().await.unwrap();
    });
}

#[test]
fn only_statements_that_stay_the_same_stay_prepared() {
    on_postgres(async |app| {
        let mut tx = app.app.db.begin().await.unwrap();
        for words in (1..20).chain(300..320) {
            tx.one::<(i64,)>(&select(vec!["5000000000"; words].join(" + "))).await.unwrap();
        }
        let (kept, longest): (i64, i64) = {
            let prepared = |what: &str| {
                select(format!(
                    "(select {what}::bigint from pg_prepared_statements where statement like '%5000000000%')"
                ))
            };
            let (count, longest) = (prepared("count(*)"), prepared("max(length(statement))"));
            (tx.one::<(i64,)>(&count).await.unwrap().0, tx.one::<(i64,)>(&longest).await.unwrap().0)
        };
        assert!(kept >= 19 && longest < 2_000, "{kept} are kept, the longest of {longest} bytes");
    });
}

#[test]
fn a_new_object_is_not_asked_for_what_it_refers_to() {
    for_each_database(async |app| {
        let made = app.admin().post("/core/groups/", json!({ "name": "new" })).await;
        assert_eq!(made.statements(), 2, "the group and its event");
        let made = made.expect(201);
        assert_eq!((&made["users"], &made["users_obj"], &made["roles"]), (&json!([]), &json!([]), &json!([])));
    });
}
