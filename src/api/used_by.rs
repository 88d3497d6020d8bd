//! Which objects refer to an object, and what becomes of them when it goes.
//!
//! [`Search::relations`] is the map: by table, who refers to its rows and by which columns. Every relation is one query,
//! so an answer costs as many queries as its table has relations, whatever is found. Callers see the objects they may
//! view.

mod referrer;

use super::{
    context::Context,
    permission,
    resource::{Resource, find},
};
use crate::store::{
    Entity,
    tables::{
        Brand, EntraGroup, EntraUser, Flow, FlowStageBinding, GoogleGroup, GoogleUser, GoogleWorkspaceProvider, Group,
        LdapProvider, MicrosoftEntraProvider, OAuth2Provider, Outpost, Policy, PolicyBinding, PropertyMapping,
        Provider, ProxyProvider, Role, SamlProvider, ScimGroup, ScimProvider, ScimUser, Source, Stage, Token, User,
    },
};
use referrer::Referrer;
use sea_query::{Cond, Expr, ExprTrait, Order, Query, SelectStatement, Value};
use vestibule_api::{
    ApiError,
    models::{
        UsedBy,
        UsedByActionEnum::{self, Cascade, CascadeMany, SetDefault, SetNull},
    },
};

/// The objects that refer to the one named by a path parameter.
///
/// # Errors
/// As [`find`].
pub async fn used_by<R: Resource>(ctx: &mut Context, key: R::Key) -> Result<Vec<UsedBy>, ApiError> {
    let row = find::<R>(ctx, key).await?;
    let mut search = Search { ctx, key: row.key().into(), found: vec![] };
    search.relations(R::Row::TABLE).await?;
    Ok(search.found)
}

/// A table by which rows refer to the object: its name, the column with their key, the column with the object's.
type Link = (&'static str, &'static str, &'static str);

/// The columns of a brand that name flows.
const FLOWS_OF_BRAND: &[&str] = &[
    "flow_authentication_id",
    "flow_invalidation_id",
    "flow_recovery_id",
    "flow_unenrollment_id",
    "flow_user_settings_id",
    "flow_device_code_id",
];

/// The objects found so far.
struct Search<'c> {
    ctx: &'c mut Context,
    key: Value,
    found: Vec<UsedBy>,
}

impl Search<'_> {
    /// Follows all relations to the rows of a table.
    async fn relations(&mut self, table: &str) -> Result<(), ApiError> {
        match table {
            "applications" => {
                self.many::<Policy>(("policy_bindings", "policy_id", "target_id")).await?;
                self.one::<Provider>("providers", &["backchannel_application_id"], Cascade).await
            }
            "certificates" => {
                self.one::<Brand>("brands", &["web_certificate_id"], SetNull).await?;
                self.one::<LdapProvider>("providers_ldap", &["certificate_id"], SetNull).await?;
                self.one::<OAuth2Provider>("providers_oauth2", &["signing_key_id"], SetNull).await?;
                self.one::<ProxyProvider>("providers_proxy", &["certificate_id"], SetNull).await?;
                self.one::<SamlProvider>("providers_saml", &["signing_kp_id", "verification_kp_id"], SetNull).await
            }
            "flows" => self.flows().await,
            "flow_stage_bindings" => self.guards("flow_stage_bindings").await,
            "groups" => {
                self.one::<Group>("groups", &["parent_id"], SetNull).await?;
                let filter = &["filter_group_id"];
                self.one::<GoogleWorkspaceProvider>("providers_google_workspace", filter, SetDefault).await?;
                self.one::<LdapProvider>("providers_ldap", &["search_group_id"], SetDefault).await?;
                self.one::<MicrosoftEntraProvider>("providers_microsoft_entra", filter, SetDefault).await?;
                self.one::<PolicyBinding>("policy_bindings", &["group_id"], Cascade).await?;
                self.many::<Role>(("group_roles", "role_id", "group_id")).await?;
                self.one::<ScimProvider>("providers_scim", filter, SetDefault).await?;
                self.many::<User>(("group_users", "user_id", "group_id")).await?;
                self.part::<Stage>(("stages_user_write", "stage_id", "create_users_group_id"), SetNull).await?;
                self.one::<GoogleGroup>("google_groups", &["group_id"], Cascade).await?;
                self.one::<EntraGroup>("entra_groups", &["group_id"], Cascade).await?;
                self.one::<ScimGroup>("scim_groups", &["group_id"], Cascade).await
            }
            "outposts" => self.many::<Provider>(("outpost_providers", "provider_id", "outpost_id")).await,
            "policies" => {
                self.one::<PolicyBinding>("policy_bindings", &["policy_id"], Cascade).await?;
                self.many::<Stage>(("stages_prompt_validation_policies", "stage_id", "policy_id")).await
            }
            "property_mappings" => {
                self.many::<Provider>(("provider_property_mappings", "provider_id", "mapping_id")).await?;
                self.many::<Provider>(("provider_group_property_mappings", "provider_id", "mapping_id")).await?;
                self.one::<SamlProvider>("providers_saml", &["name_id_mapping_id"], SetDefault).await?;
                self.part::<Stage>(("stages_authenticator_sms", "stage_id", "mapping_id"), SetNull).await
            }
            "providers" => {
                self.many::<Source>(("provider_jwks_sources", "source_id", "provider_id")).await?;
                self.many::<Outpost>(("outpost_providers", "outpost_id", "provider_id")).await?;
                self.many::<PropertyMapping>(("provider_property_mappings", "mapping_id", "provider_id")).await?;
                self.many::<PropertyMapping>(("provider_group_property_mappings", "mapping_id", "provider_id")).await?;
                self.one::<GoogleUser>("google_users", &["provider_id"], Cascade).await?;
                self.one::<GoogleGroup>("google_groups", &["provider_id"], Cascade).await?;
                self.one::<EntraUser>("entra_users", &["provider_id"], Cascade).await?;
                self.one::<EntraGroup>("entra_groups", &["provider_id"], Cascade).await?;
                self.one::<ScimUser>("scim_users", &["provider_id"], Cascade).await?;
                self.one::<ScimGroup>("scim_groups", &["provider_id"], Cascade).await
            }
            "roles" => self.many::<Group>(("group_roles", "group_id", "role_id")).await,
            "sources" => {
                self.many::<Provider>(("provider_jwks_sources", "provider_id", "source_id")).await?;
                self.many::<Policy>(("policy_bindings", "policy_id", "target_id")).await?;
                self.many::<Stage>(("stages_identification_sources", "stage_id", "source_id")).await?;
                self.part::<Stage>(("stages_source", "stage_id", "source_id"), Cascade).await
            }
            "stages" => {
                self.many::<Flow>(("flow_stage_bindings", "flow_id", "stage_id")).await?;
                self.one::<FlowStageBinding>("flow_stage_bindings", &["stage_id"], Cascade).await?;
                let setup = ("stages_authenticator_validate_configuration", "stage_id", "setup_stage_id");
                self.many::<Stage>(setup).await?;
                self.part::<Stage>(("stages_identification", "stage_id", "password_stage_id"), SetNull).await
            }
            "users" => {
                self.many::<Group>(("group_users", "group_id", "user_id")).await?;
                self.one::<PolicyBinding>("policy_bindings", &["user_id"], Cascade).await?;
                self.one::<Token>("tokens", &["user_id"], Cascade).await?;
                self.one::<GoogleUser>("google_users", &["user_id"], Cascade).await?;
                self.one::<EntraUser>("entra_users", &["user_id"], Cascade).await?;
                self.one::<ScimUser>("scim_users", &["user_id"], Cascade).await
            }
            _ => Ok(()),
        }
    }

    async fn flows(&mut self) -> Result<(), ApiError> {
        self.one::<Brand>("brands", FLOWS_OF_BRAND, SetNull).await?;
        self.one::<FlowStageBinding>("flow_stage_bindings", &["flow_id"], Cascade).await?;
        self.guards("flows").await?;
        self.one::<Provider>("providers", &["authentication_flow_id"], SetNull).await?;
        self.one::<Provider>("providers", &["authorization_flow_id"], Cascade).await?;
        self.one::<Source>("sources", &["authentication_flow_id", "enrollment_flow_id"], SetNull).await?;
        self.many::<Stage>(("flow_stage_bindings", "stage_id", "flow_id")).await?;
        let setups = [
            ("stages_authenticator_duo", "configure_flow_id"),
            ("stages_authenticator_sms", "configure_flow_id"),
            ("stages_authenticator_static", "configure_flow_id"),
            ("stages_authenticator_totp", "configure_flow_id"),
            ("stages_authenticator_webauthn", "configure_flow_id"),
            ("stages_password", "configure_flow_id"),
            ("stages_identification", "enrollment_flow_id"),
            ("stages_identification", "recovery_flow_id"),
            ("stages_identification", "passwordless_flow_id"),
        ];
        let mut stages = Cond::any();
        for (table, column) in setups {
            stages = stages.add(self.linked::<Stage>((table, "stage_id", column)));
        }
        self.show::<Stage>(stages, SetNull).await
    }

    /// Rows that name the object in one of these columns.
    async fn one<E: Referrer>(
        &mut self,
        table: &'static str,
        columns: &[&'static str],
        action: UsedByActionEnum,
    ) -> Result<(), ApiError> {
        let any = columns.iter().fold(Cond::any(), |any, c| any.add(Expr::col((table, *c)).eq(self.key.clone())));
        self.show::<E>(any, action).await
    }

    /// Rows that a many-to-many table links to the object; only the link goes with it.
    async fn many<E: Referrer>(&mut self, link: Link) -> Result<(), ApiError> {
        self.part::<E>(link, CascadeMany).await
    }

    /// Rows that name the object in the table of their kind.
    async fn part<E: Referrer>(&mut self, link: Link, action: UsedByActionEnum) -> Result<(), ApiError> {
        let linked = self.linked::<E>(link);
        self.show::<E>(Cond::all().add(linked), action).await
    }

    /// The policies bound to a row of a table whose policy target is not its key.
    async fn guards(&mut self, table: &'static str) -> Result<(), ApiError> {
        let target = Query::select()
            .column("policy_binding_id")
            .from(table)
            .and_where(Expr::col("id").eq(self.key.clone()))
            .to_owned();
        let bound = Query::select()
            .column("policy_id")
            .from("policy_bindings")
            .and_where(Expr::col("target_id").in_subquery(target))
            .to_owned();
        let bound = Expr::col((Policy::TABLE, Policy::KEY)).in_subquery(bound);
        self.show::<Policy>(Cond::all().add(bound), CascadeMany).await
    }

    fn linked<E: Entity>(&self, (table, referrer, object): Link) -> Expr {
        let keys =
            Query::select().column(referrer).from(table).and_where(Expr::col(object).eq(self.key.clone())).to_owned();
        Expr::col((E::TABLE, E::KEY)).in_subquery(keys)
    }

    /// Adds the rows that fit and that the caller may view.
    async fn show<E: Referrer>(&mut self, fits: Cond, action: UsedByActionEnum) -> Result<(), ApiError> {
        let principal = self.ctx.principal()?;
        let mut select: SelectStatement = E::select();
        select.cond_where(fits).order_by((E::TABLE, E::ORDER), Order::Asc).order_by((E::TABLE, E::KEY), Order::Asc);
        let permission = E::permission();
        if !principal.may(&permission) {
            select.and_where(permission::on_object::<E>(&principal, &permission));
        }
        let rows: Vec<E> = self.ctx.db.all(&select).await?;
        self.found.extend(rows.into_iter().map(|row| UsedBy {
            app: E::APP.to_owned(),
            model_name: E::MODEL.to_owned(),
            pk: row.key().to_string(),
            name: row.label(),
            action,
        }));
        Ok(())
    }
}
