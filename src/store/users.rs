//! Statements about users, their groups and what they may do.

use super::{
    Conn, DbError, Shape,
    column::{self, Column, LinkField, Many},
    dialect,
    membership::GROUPS_OF_USER,
    query::MAX_VALUES,
    row::{AnyRow, Row},
    table::Entity,
    tables::{Event, Group, User},
};
use chrono::{DateTime, Utc};
use sea_query::{Cond, Expr, ExprTrait, Func, Order, Query, SelectStatement, Value};
use std::ops::{Deref, DerefMut};
use uuid::Uuid;

/// A user and the groups it was put into, in one statement: most users are asked for together with their groups, and most
/// have few.
#[derive(Debug, Clone)]
pub struct Account {
    /// The user.
    pub user: User,
    /// Its groups, in order of their keys.
    pub groups: Many<Group>,
}

/// The groups as a field.
static GROUPS: LinkField =
    LinkField { field: "groups", link: GROUPS_OF_USER, reverse: false, target: column::target::<Group> };

impl From<User> for Account {
    /// A user without groups, as new ones are.
    fn from(user: User) -> Self {
        Self { user, groups: Many::stored(vec![]) }
    }
}

impl Row for Account {
    const WIDTH: usize = User::WIDTH + 1;

    fn read(row: AnyRow<'_>, at: usize) -> Result<Self, DbError> {
        let keys: Option<String> = row.get(at + User::WIDTH)?;
        let keys = keys.iter().flat_map(|keys| keys.split(',')).map(Uuid::try_parse);
        let mut groups = keys.collect::<Result<Vec<_>, _>>().map_err(|error| DbError::Other(error.to_string()))?;
        groups.sort_unstable();
        Ok(Self { user: User::read(row, at)?, groups: Many::stored(groups) })
    }
}

impl Default for Account {
    fn default() -> Self {
        User::default().into()
    }
}

impl Deref for Account {
    type Target = User;

    fn deref(&self) -> &User {
        &self.user
    }
}

impl DerefMut for Account {
    fn deref_mut(&mut self) -> &mut User {
        &mut self.user
    }
}

impl Entity for Account {
    type Key = i64;
    const TABLE: &'static str = User::TABLE;
    const KEY: &'static str = User::KEY;
    const CALLED: &'static str = User::CALLED;
    const KIND: Option<&'static str> = None;

    fn columns(select: &mut SelectStatement) {
        let link = GROUPS_OF_USER;
        let keys =
            Func::cust("string_agg").arg(dialect::hex(Expr::col((link.table, link.other)))).arg(Expr::cust("','"));
        let groups = Query::select()
            .expr(keys)
            .from(link.table)
            .and_where(Expr::col((link.table, link.owner)).equals((User::TABLE, User::KEY)))
            .to_owned();
        User::columns(select);
        select.expr(Expr::from(groups));
    }

    fn column(field: &str) -> Option<&'static Column> {
        User::column(field)
    }

    fn link(field: &str) -> Option<&'static LinkField> {
        Some(&GROUPS).filter(|link| link.field == field)
    }

    fn own() -> (&'static [Column], &'static [LinkField]) {
        User::own()
    }

    fn all_links() -> Vec<&'static LinkField> {
        vec![]
    }

    fn key(&self) -> i64 {
        self.user.id
    }

    fn set_key(&mut self, key: i64) {
        self.user.id = key;
    }

    async fn insert(&mut self, conn: &mut Conn) -> Result<(), DbError> {
        self.user.insert(conn).await
    }

    async fn update(&self, conn: &mut Conn) -> Result<(), DbError> {
        self.user.update(conn).await
    }

    /// The groups come with the user.
    async fn load_links<R: Entity<Key = i64>>(
        _: &mut Conn,
        _: &mut [R],
        _: impl Fn(&mut R) -> &mut Self + Copy + Send + Sync,
    ) -> Result<(), DbError> {
        Ok(())
    }

    async fn save_links(&self, conn: &mut Conn, new: bool) -> Result<(), DbError> {
        self.groups.save(conn, &GROUPS, self.user.id, new).await
    }
}

/// A member of a group.
#[derive(Debug)]
pub struct Member {
    /// The group.
    pub group_id: Uuid,
    /// The user.
    pub user: User,
}

impl Row for Member {
    const WIDTH: usize = User::WIDTH + 1;

    fn read(row: AnyRow<'_>, at: usize) -> Result<Self, DbError> {
        Ok(Self { user: User::read(row, at)?, group_id: row.get(at + User::WIDTH)? })
    }
}

/// The members of groups: one query for each [`MAX_VALUES`] groups, however many members they have.
///
/// # Errors
/// When a statement fails.
pub async fn members(conn: &mut Conn, groups: &[Uuid]) -> Result<Vec<Member>, DbError> {
    let mut all = vec![];
    for groups in groups.chunks(MAX_VALUES) {
        let groups = groups.iter().map(|group| (*group).into()).collect::<Vec<Value>>();
        let statement = Shape::new("members").number(groups.len()).with(groups, |groups| {
            let mut select = User::select();
            select
                .column(("group_users", "group_id"))
                .inner_join("group_users", Expr::col(("group_users", "user_id")).equals(("users", "id")))
                .and_where(Expr::col(("group_users", "group_id")).is_in(groups.iter().cloned()))
                .order_by(("users", "id"), Order::Asc);
            select
        });
        all.extend(conn.all(statement).await?);
    }
    Ok(all)
}

/// The paths that these users are filed under, sorted.
///
/// # Errors
/// When the statement fails.
pub async fn paths(conn: &mut Conn, users: SelectStatement) -> Result<Vec<String>, DbError> {
    let mut select = users;
    select.clear_selects().column(("users", "path")).distinct().order_by(("users", "path"), Order::Asc);
    Ok(conn.all::<(String,)>(&select).await?.into_iter().map(|(path,)| path).collect())
}

/// When a user logged in, failed to, or was let into an application: the actions and their times.
///
/// # Errors
/// When the statement fails.
pub async fn activity(
    conn: &mut Conn,
    user: &User,
    since: DateTime<Utc>,
) -> Result<Vec<(String, DateTime<Utc>)>, DbError> {
    let text = |column, key: &str| {
        dialect::json_text(Event::TABLE, column, &[key.to_owned()], conn.is_postgres()).cast_as("text")
    };
    let done = Cond::all()
        .add(Expr::col("action").is_in(["login", "authorize_application"]))
        .add(text("actor", "pk").eq(user.id.to_string()));
    let failed = Cond::all()
        .add(Expr::col("action").eq("login_failed"))
        .add(text("context", "username").eq(user.username.as_str()));
    let select = Query::select()
        .columns(["action", "created"])
        .from(Event::TABLE)
        .and_where(Expr::col("created").gte(since))
        .cond_where(Cond::any().add(done).add(failed))
        .to_owned();
    conn.all(&select).await
}
