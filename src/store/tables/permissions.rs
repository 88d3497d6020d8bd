//! Permissions: which there are, and who holds which.

use super::{Role, User};
use crate::store::{Table, column::Ref};

/// A permission that can be held.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("permissions")]
pub struct Permission {
    /// Primary key.
    pub id: i64,
    /// `app.codename`.
    pub permission: String,
    /// For people: `Can view User`.
    pub name: String,
    /// `view_user`.
    pub codename: String,
    /// The model that it is about: `user`.
    pub model: String,
    /// The same for people.
    pub model_verbose: String,
    /// The application label: `authentik_core`.
    pub app_label: String,
    /// The same for people.
    pub app_label_verbose: String,
}

/// A permission that a user holds itself.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("user_permissions")]
pub struct UserPermission {
    /// Primary key.
    pub id: i64,
    /// Who holds it.
    pub user: Ref<User>,
    /// `app.codename`.
    pub permission: String,
    /// The key of the object, or empty for all.
    pub object_id: String,
}

/// A permission that a role gives.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("role_permissions")]
pub struct RolePermission {
    /// Primary key.
    pub id: i64,
    /// What gives it.
    pub role: Ref<Role>,
    /// `app.codename`.
    pub permission: String,
    /// The key of the object, or empty for all.
    pub object_id: String,
}
