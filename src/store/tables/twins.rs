//! Which object of another system is which user or group of ours.

use crate::store::table::table;
use serde_json::Value;
use uuid::Uuid;

table! {
    /// A user in a SCIM server.
    pub struct ScimUser in "scim_users" key id {
        /// Primary key.
        pub id: Uuid,
        /// The provider that sends it there.
        pub provider_id: i64,
        /// The user here.
        pub user_id: i64,
        /// How it is called there.
        pub remote_id: String,
        /// What was last said of it there.
        pub attributes: Value,
    }
}

table! {
    /// A group in a SCIM server.
    pub struct ScimGroup in "scim_groups" key id {
        /// Primary key.
        pub id: Uuid,
        /// The provider that sends it there.
        pub provider_id: i64,
        /// The group here.
        pub group_id: Uuid,
        /// How it is called there.
        pub remote_id: String,
        /// What was last said of it there.
        pub attributes: Value,
    }
}

table! {
    /// A user in Google Workspace.
    pub struct GoogleUser in "google_users" key id {
        /// Primary key.
        pub id: Uuid,
        /// The provider that sends it there.
        pub provider_id: i64,
        /// The user here.
        pub user_id: i64,
        /// How it is called there.
        pub remote_id: String,
        /// What was last said of it there.
        pub attributes: Value,
    }
}

table! {
    /// A group in Google Workspace.
    pub struct GoogleGroup in "google_groups" key id {
        /// Primary key.
        pub id: Uuid,
        /// The provider that sends it there.
        pub provider_id: i64,
        /// The group here.
        pub group_id: Uuid,
        /// How it is called there.
        pub remote_id: String,
        /// What was last said of it there.
        pub attributes: Value,
    }
}

table! {
    /// A user in Microsoft Entra.
    pub struct EntraUser in "entra_users" key id {
        /// Primary key.
        pub id: Uuid,
        /// The provider that sends it there.
        pub provider_id: i64,
        /// The user here.
        pub user_id: i64,
        /// How it is called there.
        pub remote_id: String,
        /// What was last said of it there.
        pub attributes: Value,
    }
}

table! {
    /// A group in Microsoft Entra.
    pub struct EntraGroup in "entra_groups" key id {
        /// Primary key.
        pub id: Uuid,
        /// The provider that sends it there.
        pub provider_id: i64,
        /// The group here.
        pub group_id: Uuid,
        /// How it is called there.
        pub remote_id: String,
        /// What was last said of it there.
        pub attributes: Value,
    }
}
