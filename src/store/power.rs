//! Who can do more than somebody else, decided by the database in one statement.
//!
//! An account can do what being a superuser, its own permissions and those of its roles let it do. Permissions on single
//! objects are not compared between accounts (everybody has some, on their own tokens), but they count where they are
//! given away.

use super::{
    Conn, DbError,
    membership::{below, superuser_groups, superusers},
    query,
};
use sea_query::{Cond, Condition, Expr, ExprTrait, Func, LockType, Query, SelectStatement};
use uuid::Uuid;

const OF_USERS: &str = "user_permissions";
const OF_ROLES: &str = "role_permissions";

/// Accounts, groups and roles that a change reaches.
#[derive(Debug, Clone, Default)]
pub struct Reach {
    users: Option<SelectStatement>,
    groups: Option<SelectStatement>,
    roles: Option<SelectStatement>,
    /// Whether permissions on single objects count.
    objects: bool,
}

impl Reach {
    /// Accounts.
    pub fn users(ids: &[i64]) -> Self {
        let users = Query::select().column("id").from("users").and_where(Expr::col("id").is_in(ids.to_vec())).take();
        Self { users: Some(users), ..Self::default() }
    }

    /// A group: what it makes of its members, and these, with the members of the groups below it.
    pub fn group(id: Uuid) -> Self {
        let group = Query::select().column("id").from("groups").and_where(Expr::col("id").eq(id)).take();
        let members = linked("user_id", "group_users", "group_id", below(group.clone()));
        Self { users: Some(members), groups: Some(group), ..Self::default() }
    }

    /// A role: what it gives, and who has it.
    pub fn role(id: Uuid) -> Self {
        let role = Query::select().column("id").from("roles").and_where(Expr::col("id").eq(id)).take();
        let groups = linked("group_id", "group_roles", "role_id", role.clone());
        let bearers = linked("user_id", "group_users", "group_id", groups);
        Self { users: Some(bearers), roles: Some(role), ..Self::default() }
    }

    /// What a new member of groups gets; the statement gives their ids.
    pub fn membership(groups: SelectStatement) -> Self {
        Self { groups: Some(groups), objects: true, ..Self::default() }
    }

    /// What whoever gets these roles gets.
    pub fn roles(ids: &[Uuid]) -> Self {
        let roles = Query::select().column("id").from("roles").and_where(Expr::col("id").is_in(ids.to_vec())).take();
        Self { roles: Some(roles), objects: true, ..Self::default() }
    }

    /// Whether there is anything in it that this user, who is no superuser, cannot do.
    ///
    /// # Errors
    /// When the statement fails.
    pub async fn exceeds(&self, conn: &mut Conn, user: i64) -> Result<bool, DbError> {
        let mut beyond = Cond::any();
        if let Some(users) = &self.users {
            let groups = linked("group_id", "group_users", "user_id", users.clone());
            beyond = beyond.add(self.permissions(OF_USERS, "user_id", users.clone(), user)).add(self.by(groups, user));
        }
        if let Some(groups) = &self.groups {
            beyond = beyond.add(self.by(groups.clone(), user));
        }
        if let Some(roles) = &self.roles {
            beyond = beyond.add(self.permissions(OF_ROLES, "role_id", roles.clone(), user));
        }
        Ok(query::count(conn, Query::select().cond_where(beyond)).await? > 0)
    }

    /// The condition that groups make superusers, or give permissions that the user lacks.
    fn by(&self, groups: SelectStatement, user: i64) -> Condition {
        let mighty = Query::select()
            .expr(Expr::val(1))
            .from("groups")
            .and_where(Expr::col(("groups", "id")).in_subquery(groups.clone()))
            .and_where(Expr::col(("groups", "id")).in_subquery(superuser_groups()))
            .take();
        let roles = linked("role_id", "group_roles", "group_id", groups);
        Cond::any().add(Expr::exists(mighty)).add(self.permissions(OF_ROLES, "role_id", roles, user))
    }

    /// The condition that holders have a permission that the user lacks.
    fn permissions(&self, table: &'static str, holder: &'static str, holders: SelectStatement, user: i64) -> Expr {
        let mut lacking = Query::select();
        lacking
            .expr(Expr::val(1))
            .from(table)
            .and_where(Expr::col((table, holder)).in_subquery(holders))
            .cond_where(held(table, user).not());
        if !self.objects {
            lacking.and_where(Expr::col((table, "object_id")).eq(""));
        }
        Expr::exists(lacking)
    }
}

/// The condition that a user holds the permission in a row of a table: everywhere, or on the same object.
fn held(table: &'static str, user: i64) -> Condition {
    let same = |alias: &'static str| {
        let column = |name: &'static str| Expr::col((alias, name));
        Cond::all()
            .add(column("permission").equals((table, "permission")))
            .add(Cond::any().add(column("object_id").eq("")).add(column("object_id").equals((table, "object_id"))))
    };
    let own = Query::select()
        .expr(Expr::val(1))
        .from_as(OF_USERS, "own")
        .and_where(Expr::col(("own", "user_id")).eq(user))
        .cond_where(same("own"))
        .take();
    let itself = Query::select().column("id").from("users").and_where(Expr::col("id").eq(user)).take();
    let groups = linked("group_id", "group_users", "user_id", itself);
    let by_role = Query::select()
        .expr(Expr::val(1))
        .from_as(OF_ROLES, "given")
        .and_where(Expr::col(("given", "role_id")).in_subquery(linked("role_id", "group_roles", "group_id", groups)))
        .cond_where(same("given"))
        .take();
    Cond::any().add(Expr::exists(own)).add(Expr::exists(by_role))
}

/// One column of the rows of a link table whose other column is among these.
fn linked(column: &'static str, table: &'static str, other: &'static str, among: SelectStatement) -> SelectStatement {
    Query::select().column(column).from(table).and_where(Expr::col(other).in_subquery(among)).take()
}

/// How many superusers there are that may log in. Transactions that ask wait for each other, so that of two that each take
/// away one of the last two, the second sees what the first one did.
///
/// # Errors
/// When a statement fails.
pub async fn active_superusers(conn: &mut Conn) -> Result<i64, DbError> {
    let mut lock = Query::select();
    lock.column("id").from("groups").and_where(Expr::col("is_superuser").eq(true)).lock(LockType::NoKeyUpdate);
    conn.all::<(Uuid,)>(&lock).await?;
    let mut select = Query::select();
    select
        .expr(Func::count(Expr::col("id")))
        .from("users")
        .and_where(Expr::col("is_active").eq(true))
        .and_where(Expr::col("kind").ne("internal_service_account"))
        .and_where(Expr::col("id").in_subquery(superusers()));
    conn.count(&select).await
}
