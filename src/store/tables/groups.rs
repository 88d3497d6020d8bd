//! Groups and roles.

use super::User;
use crate::store::{
    Table,
    column::{Many, Ref},
};
use serde_json::{Value, json};
use uuid::Uuid;

/// A group of users. A member of a group is a member of its parents too.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("groups", called = "group_uuid")]
pub struct Group {
    /// Primary key.
    pub id: Uuid,
    /// The name.
    pub name: String,
    /// Whether the members may do everything.
    pub is_superuser: bool,
    /// The group this one belongs to.
    pub parent: Option<Ref<Group>>,
    /// Free-form object that the members inherit.
    #[initial(json!({}))]
    pub attributes: Value,
    /// What the members may do.
    #[through("group_roles", "group_id", "role_id")]
    pub roles: Many<Role>,
    /// The members.
    #[through("group_users", "group_id", "user_id")]
    pub users: Many<User>,
}

/// A named set of permissions that groups grant to their members.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("roles", called = "uuid")]
pub struct Role {
    /// Primary key.
    pub id: Uuid,
    /// The name.
    pub name: String,
}
