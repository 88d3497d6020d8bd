//! Who holds which permission, on all objects or on one.

use super::{Conn, DbError, Row, dialect};
use sea_query::{
    Cond, Condition, DeleteStatement, Expr, ExprTrait, InsertStatement, OnConflict, Query, SelectStatement, Value,
};

/// The permissions of one kind of holder: its table and the column of the holder's key.
#[derive(Debug, Clone, Copy)]
pub struct Permissions {
    table: &'static str,
    holder: &'static str,
}

/// Permissions that users hold themselves.
pub const OF_USERS: Permissions = Permissions { table: "user_permissions", holder: "user_id" };
/// Permissions that roles give.
pub const OF_ROLES: Permissions = Permissions { table: "role_permissions", holder: "role_id" };

/// A permission on one object.
#[derive(Debug)]
pub struct Held<K> {
    /// The number of the row.
    pub id: i64,
    /// Who holds it.
    pub holder: K,
    /// `app.codename`.
    pub permission: String,
    /// The key of the object, as [`object_id`](super::dialect::object_id) writes it.
    pub object_id: String,
}

impl Permissions {
    /// Gives a permission; the holder may have it already. No object means all.
    ///
    /// # Errors
    /// When the statement fails.
    pub async fn give(
        self,
        conn: &mut Conn,
        holder: impl Into<Value>,
        permission: &str,
        object: &str,
    ) -> Result<(), DbError> {
        let columns = [self.holder, "permission", "object_id"];
        let insert = InsertStatement::new()
            .into_table(self.table)
            .columns(columns)
            .values_panic([holder.into().into(), permission.into(), object.into()])
            .on_conflict(OnConflict::columns(columns).do_nothing().to_owned())
            .to_owned();
        conn.execute(&insert).await?;
        Ok(())
    }

    /// Takes permissions on one object, or on all.
    ///
    /// # Errors
    /// When the statement fails.
    pub async fn take(
        self,
        conn: &mut Conn,
        holder: impl Into<Value>,
        permissions: &[String],
        object: &str,
    ) -> Result<(), DbError> {
        let delete = DeleteStatement::new()
            .from_table(self.table)
            .and_where(Expr::col(self.holder).eq(holder.into()))
            .cond_where(among(permissions, Some(object)))
            .to_owned();
        conn.execute(&delete).await?;
        Ok(())
    }

    /// The column of the holder's key, with the table.
    pub fn holder(self) -> (&'static str, &'static str) {
        (self.table, self.holder)
    }

    /// The permissions that a holder has on all objects.
    pub fn everywhere(self, holder: impl Into<Value>) -> SelectStatement {
        Query::select()
            .column("permission")
            .from(self.table)
            .and_where(Expr::col(self.holder).eq(holder.into()))
            .and_where(Expr::col("object_id").eq(""))
            .to_owned()
    }

    /// The permissions of a holder whose code name begins like this, with the keys of their objects.
    pub fn of_holder(self, holder: impl Into<Value>, beginning: &str) -> SelectStatement {
        Query::select()
            .columns(["permission", "object_id"])
            .from(self.table)
            .and_where(Expr::col(self.holder).eq(holder.into()))
            .and_where(dialect::contains(Expr::col("permission"), &format!(".{beginning}")))
            .to_owned()
    }

    /// The keys of those who hold one of these permissions: on this object, or on any or all.
    pub fn holders(self, permissions: &[String], object: Option<&str>) -> SelectStatement {
        Query::select().column(self.holder).from(self.table).cond_where(among(permissions, object)).to_owned()
    }

    /// What holders have of these permissions on single objects, or on one.
    ///
    /// # Errors
    /// When the statement fails.
    pub async fn on_objects<K: Into<Value>>(
        self,
        conn: &mut Conn,
        holders: Vec<K>,
        permissions: &[String],
        object: Option<&str>,
    ) -> Result<Vec<Held<K>>, DbError>
    where
        (i64, K, String, String): Row,
    {
        let select = Query::select()
            .columns(["id", self.holder, "permission", "object_id"])
            .from(self.table)
            .and_where(Expr::col(self.holder).is_in(holders.into_iter().map(Into::into)))
            .and_where(Expr::col("object_id").ne(""))
            .cond_where(among(permissions, object))
            .order_by("id", sea_query::Order::Asc)
            .to_owned();
        let rows = conn.all::<(i64, K, String, String)>(&select).await?.into_iter();
        Ok(rows.map(|(id, holder, permission, object_id)| Held { id, holder, permission, object_id }).collect())
    }
}

fn among(permissions: &[String], object: Option<&str>) -> Condition {
    let named = Expr::col("permission").is_in(permissions.iter().map(String::as_str));
    Cond::all().add(named).add_option(object.map(|object| Expr::col("object_id").eq(object)))
}

/// Where the objects of a model are kept, and whether numbers are their keys; `None` for models without a table yet.
pub fn objects(model: &str) -> Option<(&'static str, bool)> {
    let (app, name) = model.split_once('.')?;
    Some(match (app, name) {
        ("authentik_blueprints", "blueprintinstance") => ("blueprint_instances", false),
        ("authentik_brands", "brand") => ("brands", false),
        ("authentik_core", "application") => ("applications", false),
        ("authentik_core", "group") => ("groups", false),
        ("authentik_core", "token") => ("tokens", false),
        ("authentik_core", "user") => ("users", true),
        ("authentik_crypto", "certificatekeypair") => ("certificates", false),
        ("authentik_enterprise", "license") => ("licenses", false),
        ("authentik_events", "event") => ("events", false),
        ("authentik_events", "notification") => ("notifications", false),
        ("authentik_events", "notificationrule") => ("notification_rules", false),
        ("authentik_events", "notificationtransport") => ("notification_transports", false),
        ("authentik_events", "systemtask") => ("system_tasks", false),
        ("authentik_flows", "flow") => ("flows", false),
        ("authentik_flows", "flowstagebinding") => ("flow_stage_bindings", false),
        ("authentik_outposts", "dockerserviceconnection" | "kubernetesserviceconnection") => {
            ("service_connections", false)
        }
        ("authentik_outposts", "outpost") => ("outposts", false),
        ("authentik_policies", "policybinding") => ("policy_bindings", false),
        ("authentik_policies_reputation", "reputation") => ("reputation_scores", false),
        ("authentik_providers_google_workspace", "googleworkspaceprovidergroup") => ("google_groups", false),
        ("authentik_providers_google_workspace", "googleworkspaceprovideruser") => ("google_users", false),
        ("authentik_providers_microsoft_entra", "microsoftentraprovidergroup") => ("entra_groups", false),
        ("authentik_providers_microsoft_entra", "microsoftentraprovideruser") => ("entra_users", false),
        ("authentik_providers_rac", "connectiontoken") => ("rac_connection_tokens", false),
        ("authentik_providers_rac", "endpoint") => ("rac_endpoints", false),
        ("authentik_providers_scim", "scimprovidergroup") => ("scim_groups", false),
        ("authentik_providers_scim", "scimprovideruser") => ("scim_users", false),
        ("authentik_rbac", "role") => ("roles", false),
        ("authentik_stages_authenticator_duo", "duodevice") => ("duo_devices", true),
        ("authentik_stages_authenticator_sms", "smsdevice") => ("sms_devices", true),
        ("authentik_stages_authenticator_static", "staticdevice") => ("static_devices", true),
        ("authentik_stages_authenticator_totp", "totpdevice") => ("totp_devices", true),
        ("authentik_stages_authenticator_webauthn", "webauthndevice") => ("webauthn_devices", true),
        ("authentik_sources_scim", "scimsourcegroup") => ("scim_source_groups", false),
        ("authentik_sources_scim", "scimsourceuser") => ("scim_source_users", false),
        _ if name.ends_with("sourceconnection") => ("user_source_connections", true),
        _ if name.ends_with("mapping") => ("property_mappings", false),
        _ if name.ends_with("policy") => ("policies", false),
        _ if name.ends_with("provider") => ("providers", true),
        _ if name.ends_with("source") => ("sources", false),
        _ if name.ends_with("stage") => ("stages", false),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_those_of_the_database() {
        let migrations = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations/sqlite")).unwrap();
        let schema: String = migrations.map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap()).collect();
        for (table, _) in vestibule_api::models::ModelEnum::ALL.iter().filter_map(|model| objects(model.as_str())) {
            assert!(schema.contains(&format!("CREATE TABLE {table} (")), "{table}");
        }
    }
}
