//! Which groups users are members of, directly and through parent groups.

use super::{
    Conn, DbError,
    query::Link,
    table,
    tables::{Group, User},
};
use sea_query::{CommonTableExpression, Expr, ExprTrait, Query, SelectStatement, UnionType, WithClause};
use serde_json::{Map, Value};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// Users and their groups, seen from the user.
pub const GROUPS_OF_USER: Link = Link { table: "group_users", owner: "user_id", other: "group_id" };
/// Users and their groups, seen from the group.
pub const USERS_OF_GROUP: Link = Link { table: "group_users", owner: "group_id", other: "user_id" };
/// Roles of groups.
pub const ROLES_OF_GROUP: Link = Link { table: "group_roles", owner: "group_id", other: "role_id" };

/// How far parents are followed. Deeper levels count as not there, so a cycle ends as well.
const MAX_DEPTH: usize = 20;

/// The groups of some users, with all their parents.
#[derive(Debug, Default)]
pub struct Memberships {
    direct: HashMap<i64, Vec<Uuid>>,
    groups: HashMap<Uuid, Group>,
}

impl Memberships {
    /// Loads the groups of users: one query for the memberships and one for each level of parents.
    ///
    /// # Errors
    /// When a statement fails.
    pub async fn of(conn: &mut Conn, users: Vec<i64>) -> Result<Self, DbError> {
        let mut direct: HashMap<i64, Vec<Uuid>> = HashMap::new();
        for (user, group) in GROUPS_OF_USER.pairs::<i64, Uuid>(conn, users).await? {
            direct.entry(user).or_default().push(group);
        }
        Self::known(conn, direct).await
    }

    /// Loads the groups of users whose memberships are known: one query for each level of parents.
    ///
    /// # Errors
    /// When a statement fails.
    pub async fn known(conn: &mut Conn, direct: HashMap<i64, Vec<Uuid>>) -> Result<Self, DbError> {
        let groups = Self::groups(conn, direct.values().flatten().copied()).await?.groups;
        Ok(Self { direct, groups })
    }

    /// Loads groups and their parents, for questions about groups only.
    ///
    /// # Errors
    /// When a statement fails.
    pub async fn groups(conn: &mut Conn, ids: impl IntoIterator<Item = Uuid>) -> Result<Self, DbError> {
        let mut all = Self::default();
        let mut level: HashSet<Uuid> = ids.into_iter().collect();
        for _ in 0..MAX_DEPTH {
            if level.is_empty() {
                break;
            }
            let rows: Vec<Group> = table::find_all(conn, "id", level).await?;
            let parents: Vec<Uuid> = rows.iter().filter_map(|group| group.parent).map(|parent| parent.0).collect();
            all.groups.extend(rows.into_iter().map(|group| (group.id, group)));
            level = parents.into_iter().filter(|parent| !all.groups.contains_key(parent)).collect();
        }
        Ok(all)
    }

    /// A loaded group.
    pub fn group(&self, id: Uuid) -> Option<&Group> {
        self.groups.get(&id)
    }

    /// Groups the user was put into.
    pub fn direct(&self, user: i64) -> &[Uuid] {
        self.direct.get(&user).map_or(&[], Vec::as_slice)
    }

    /// The groups the user was put into, by name.
    pub fn direct_groups(&self, user: i64) -> Vec<&Group> {
        let mut groups: Vec<&Group> = self.direct(user).iter().filter_map(|id| self.groups.get(id)).collect();
        groups.sort_by(|a, b| a.name.cmp(&b.name));
        groups
    }

    /// Groups the user is a member of, parents included.
    pub fn all(&self, user: i64) -> HashSet<Uuid> {
        self.with_parents(self.direct(user))
    }

    /// Groups and their parents, whether or not a parent could be loaded.
    pub fn with_parents(&self, groups: &[Uuid]) -> HashSet<Uuid> {
        let mut seen = HashSet::new();
        for group in groups {
            let mut next = Some(*group);
            while let Some(group) = next.filter(|g| seen.insert(*g)) {
                next = self.groups.get(&group).and_then(|g| g.parent).map(|parent| parent.0);
            }
        }
        seen
    }

    /// Whether one of the user's groups makes it a superuser.
    pub fn is_superuser(&self, user: i64) -> bool {
        self.makes_superuser(self.direct(user))
    }

    /// Whether members of one of these groups are superusers.
    pub fn makes_superuser(&self, groups: &[Uuid]) -> bool {
        self.with_parents(groups).iter().any(|id| self.groups.get(id).is_some_and(|g| g.is_superuser))
    }

    /// The attributes a user has: those of all its groups in the order of their names, then its own.
    pub fn attributes(&self, user: &User) -> Value {
        let mut groups: Vec<&Group> = self.all(user.id).iter().filter_map(|id| self.groups.get(id)).collect();
        groups.sort_by(|a, b| a.name.cmp(&b.name));
        let mut merged = Value::Object(Map::new());
        for attributes in groups.into_iter().map(|g| &g.attributes).chain([&user.attributes]) {
            merge(&mut merged, attributes);
        }
        merged
    }
}

/// Puts a value over another: objects are merged key by key, lists are joined, everything else is replaced.
pub fn merge(under: &mut Value, over: &Value) {
    match (under, over) {
        (Value::Object(under), Value::Object(over)) => {
            for (key, value) in over {
                match under.get_mut(key) {
                    Some(place) => merge(place, value),
                    None => {
                        under.insert(key.clone(), value.clone());
                    }
                }
            }
        }
        (Value::Array(under), Value::Array(over)) => under.extend(over.iter().cloned()),
        (under, over) => *under = over.clone(),
    }
}

/// The ids of the users that are superusers, through parent groups as well.
pub fn superusers() -> SelectStatement {
    Query::select()
        .column("user_id")
        .from("group_users")
        .and_where(Expr::col("group_id").in_subquery(superuser_groups()))
        .to_owned()
}

/// The ids of the groups whose members are superusers.
pub fn superuser_groups() -> SelectStatement {
    below(Query::select().column("id").from("groups").and_where(Expr::col("is_superuser").eq(true)).to_owned())
}

/// The ids of some groups, and of all groups below them.
pub fn below(groups: SelectStatement) -> SelectStatement {
    const TREE: &str = "groups_below";
    let children = Query::select()
        .column(("groups", "id"))
        .from("groups")
        .inner_join(TREE, Expr::col(("groups", "parent_id")).equals((TREE, "id")))
        .to_owned();
    // UNION drops what was seen before, so that a cycle ends.
    let tree = groups.clone().union(UnionType::Distinct, children).to_owned();
    let tree = CommonTableExpression::new().table_name(TREE).column("id").query(tree).to_owned();
    let with = WithClause::new().recursive(true).cte(tree).to_owned();
    Query::select().column("id").from(TREE).with_cte(with).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn attributes_of_later_groups_win_and_lists_grow() {
        let mut merged = json!({"a": {"b": 1, "c": [1]}, "d": 1});
        merge(&mut merged, &json!({"a": {"b": 2, "c": [2]}, "d": {"e": 1}}));
        assert_eq!(merged, json!({"a": {"b": 2, "c": [1, 2]}, "d": {"e": 1}}));
    }
}
