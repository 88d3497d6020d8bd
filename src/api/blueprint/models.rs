//! The kinds of objects that a blueprint may hold, and how each is found and written.
//!
//! An object is written by its [`Resource`], so that a blueprint can do nothing that the API refuses.

use super::{
    bindings::PolicyBindings,
    document::State,
    record::{Fields, Record, Recorded},
    resolve::Failure,
};
use crate::{
    api::{
        context::Context,
        core::{applications::Applications, brands::Brands, groups::Groups, users::Users},
        events,
        flows::{bindings::FlowStageBindings, instances::Flows},
        page::Column,
        propertymappings::{
            google_workspace::GoogleWorkspace, ldap::Ldap, microsoft_entra::MicrosoftEntra, notification::Notification,
            rac::Rac, saml::Saml, scim::Scim, scope::Scope,
        },
        providers::{
            google_workspace::GoogleWorkspaceProviders, ldap::LdapProviders, microsoft_entra::MicrosoftEntraProviders,
            oauth2::OAuth2Providers, proxy::ProxyProviders, rac::RacProviders, radius::RadiusProviders,
            saml::SamlProviders, scim::ScimProviders,
        },
        rbac::roles::Roles,
        resource::{self, Model, Resource},
    },
    store::{Entity, table, tables},
};
use futures::future::BoxFuture;
use sea_query::{Cond, Expr, ExprTrait};
use serde::de::DeserializeOwned;
use serde_json::Value;
use uuid::Uuid;
use vestibule_api::{ApiError, Errors, schema::Schema, schemas};

/// What is said of an object that should have been new.
const NOT_NEW: &str = "State is set to must_created and object exists already";

/// What a column by which objects are found holds.
#[derive(Debug, Clone, Copy)]
pub(super) enum Key {
    /// Text.
    Text,
    /// A UUID.
    Uuid,
    /// An integer.
    Integer,
}

impl Key {
    /// A value of the blueprint as one of the column, if it can be one.
    fn sql(self, value: &Value) -> Option<sea_query::Value> {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        match self {
            Self::Text => Some(text.into()),
            Self::Uuid => text.parse::<Uuid>().ok().map(Into::into),
            Self::Integer => text.parse::<i64>().ok().map(Into::into),
        }
    }
}

/// A field by which objects are found: its name, its column, and what that holds.
type Identifier = (&'static str, Column, Key);

/// What a blueprint needs to know of a resource.
pub(super) trait Importable: Resource<Patch: DeserializeOwned> {
    /// The body that creates an object, and the one that changes one.
    const BODIES: (&'static Schema, &'static Schema);
    /// By what objects are found, beside `pk`.
    const KEYS: &'static [Identifier];
    /// Whether it belongs to flows. These take the permission to write them; all others take a superuser.
    const OF_FLOWS: bool = false;

    /// Brings values into the form in which they are stored.
    fn normalize(_ctx: &mut Context, _fields: &mut Fields) -> impl Future<Output = Result<(), ApiError>> + Send {
        async { Ok(()) }
    }
}

/// An entry with all its values.
pub(super) struct Wanted {
    /// What is to become of the object.
    pub(super) state: State,
    /// By what it is found.
    pub(super) identifiers: Fields,
    /// Its fields.
    pub(super) attributes: Fields,
}

/// What was done with an object.
pub(super) struct Done {
    /// `created`, `updated`, `unchanged`, `deleted` or `missing`.
    pub(super) what: &'static str,
    /// Its key, unless it is gone.
    pub(super) key: Option<Value>,
}

type Answer<'a, T> = BoxFuture<'a, Result<T, ApiError>>;

/// One kind of object.
pub(super) struct Importer {
    /// Its names.
    pub(super) model: Model,
    /// As [`Importable::OF_FLOWS`].
    pub(super) of_flows: bool,
    find: for<'a> fn(&'a mut Context, Fields) -> Answer<'a, Option<Value>>,
    /// Does what an entry says.
    pub(super) apply: for<'a> fn(&'a mut Context, Wanted) -> Answer<'a, Done>,
}

impl Importer {
    const fn of<R: Importable>() -> Self {
        Self {
            model: R::MODEL,
            of_flows: R::OF_FLOWS,
            find: |ctx, fields| Box::pin(find_key::<R>(ctx, fields)),
            apply: |ctx, wanted| Box::pin(apply::<R>(ctx, wanted)),
        }
    }

    /// The kind of this name.
    pub(super) fn named(name: &str) -> Result<&'static Self, String> {
        let found = name.split_once('.').and_then(|(app, model)| {
            IMPORTERS.iter().find(|importer| importer.model.app == app && importer.model.name == model)
        });
        found.ok_or_else(|| format!("Objects of the model {name:?} cannot be imported."))
    }

    /// Refuses callers that may not write objects of this kind by a blueprint.
    pub(super) fn check_rights(&self, ctx: &Context) -> Result<(), String> {
        if self.of_flows || ctx.principal().is_ok_and(|principal| principal.superuser) {
            return Ok(());
        }
        Err(format!("Only superusers may import objects of the model \"{}.{}\".", self.model.app, self.model.name))
    }
}

/// The key of the object that fits all conditions, for `!Find`.
pub(super) async fn find(ctx: &mut Context, model: &str, conditions: Fields) -> Result<Option<Value>, Failure> {
    let importer = Importer::named(&model.to_lowercase()).map_err(Failure::Blueprint)?;
    let may = ctx.principal().is_ok_and(|principal| principal.may(&importer.model.permission("view")));
    if !may && !importer.of_flows {
        return Err(Failure::Blueprint(format!("You may not look for objects of the model {model:?}.")));
    }
    match (importer.find)(ctx, conditions).await {
        Err(ApiError::Validation(errors)) => Err(Failure::Blueprint(errors.to_json().to_string())),
        result => result.map_err(Failure::Server),
    }
}

/// Whether the caller may do this with objects of a model: by its own permission, or by the one for all kinds of stages
/// or policies.
fn check_right(ctx: &Context, model: Model, action: &str) -> Result<(), ApiError> {
    let principal = ctx.principal()?;
    let family = match model.app {
        app if app.starts_with("authentik_stages_") => format!("authentik_flows.{action}_stage"),
        app if app.starts_with("authentik_policies_") => format!("authentik_policies.{action}_policy"),
        _ => model.permission(action),
    };
    if principal.may(&family) || principal.may(&model.permission(action)) {
        return Ok(());
    }
    Err(ApiError::field(Errors::NON_FIELD, format!("This takes the permission {family}.")))
}

fn key<R: Importable>(row: &R::Row) -> Value {
    let key = R::Row::key_value(row);
    match key {
        sea_query::Value::BigInt(Some(number)) => number.into(),
        sea_query::Value::Uuid(Some(id)) => id.to_string().into(),
        _ => R::pk(row).into(),
    }
}

async fn find_key<R: Importable>(ctx: &mut Context, mut conditions: Fields) -> Result<Option<Value>, ApiError> {
    R::normalize(ctx, &mut conditions).await?;
    Ok(find_row::<R>(ctx, &conditions).await?.as_ref().map(key::<R>))
}

/// The object with this `pk`, or else the one that all other identifiers fit.
async fn find_row<R: Importable>(ctx: &mut Context, identifiers: &Fields) -> Result<Option<R::Row>, ApiError> {
    let own = ("pk", (R::Row::TABLE, R::Row::KEY), if R::Row::GENERATED { Key::Integer } else { Key::Uuid });
    let mut others = Cond::all();
    let (mut possible, mut any) = (true, false);
    for (field, value) in identifiers {
        let known = R::KEYS.iter().copied().chain([own]).find(|(name, ..)| name == field);
        let (_, column, kind) = known.ok_or_else(|| {
            let model = R::MODEL.name;
            ApiError::field(field, format!("Objects of the model {model:?} cannot be found by this field."))
        })?;
        let condition = match kind.sql(value) {
            _ if value.is_null() => Some(Expr::col(column).is_null()),
            sql => sql.map(|sql| Expr::col(column).eq(sql)),
        };
        match condition {
            Some(condition) if field == "pk" => {
                if let Some(row) = ctx.db.optional(R::Row::select().and_where(condition)).await? {
                    return Ok(Some(row));
                }
            }
            None if field == "pk" => {}
            Some(condition) => (others, any) = (others.add(condition), true),
            None => possible = false,
        }
    }
    if !any || !possible {
        return Ok(None);
    }
    let mut select = R::Row::select();
    select.cond_where(others).order_by((R::Row::TABLE, R::Row::KEY), sea_query::Order::Asc).limit(1);
    Ok(ctx.db.optional(&select).await?)
}

async fn apply<R: Importable>(ctx: &mut Context, wanted: Wanted) -> Result<Done, ApiError> {
    let Wanted { state, mut identifiers, mut attributes } = wanted;
    R::normalize(ctx, &mut identifiers).await?;
    R::normalize(ctx, &mut attributes).await?;
    let existing = find_row::<R>(ctx, &identifiers).await?;
    match (state, existing) {
        (State::Absent, None) => Ok(Done { what: "missing", key: None }),
        (State::Absent, Some(row)) => {
            check_right(ctx, R::MODEL, "delete")?;
            table::delete::<R::Row>(&mut ctx.db, row.key_value()).await?;
            events::record(ctx, events::DELETED, R::MODEL, R::pk(&row), R::label(&row)).await?;
            Ok(Done { what: "deleted", key: None })
        }
        (State::Created, Some(row)) => Ok(Done { what: "unchanged", key: Some(key::<R>(&row)) }),
        (State::MustCreated, Some(_)) => Err(ApiError::field(Errors::NON_FIELD, NOT_NEW)),
        (_, existing) => {
            let (create, change) = R::BODIES;
            let (schema, right, what) =
                if existing.is_some() { (change, "change", "updated") } else { (create, "add", "created") };
            check_right(ctx, R::MODEL, right)?;
            identifiers.remove("pk");
            attributes.extend(identifiers);
            let body = schema.check(Value::Object(attributes)).map_err(ApiError::Validation)?;
            let misfit = |error| ApiError::Internal(format!("a checked {} does not decode: {error}", R::MODEL.name));
            let patch: R::Patch = serde_json::from_value(body).map_err(misfit)?;
            let row = resource::write::<R>(ctx, existing, patch).await?;
            Ok(Done { what, key: Some(key::<R>(&row)) })
        }
    }
}

impl<T: Record> Importable for Recorded<T> {
    const BODIES: (&'static Schema, &'static Schema) = T::BODIES;
    const KEYS: &'static [Identifier] = T::KEYS;
    const OF_FLOWS: bool = true;
}

/// Says of resources which bodies they have and by what their objects are found.
macro_rules! importable {
    ($($resource:ident $create:ident $change:ident [$($field:literal $table:literal $key:ident),*])*) => { $(
        impl Importable for $resource {
            const BODIES: (&'static Schema, &'static Schema) = (&schemas::$create, &schemas::$change);
            const KEYS: &'static [Identifier] = &[$(($field, ($table, $field), Key::$key)),*];
        }
    )* };
}

importable! {
    Applications APPLICATION_REQUEST PATCHED_APPLICATION_REQUEST
        ["slug" "applications" Text, "name" "applications" Text]
    Brands BRAND_REQUEST PATCHED_BRAND_REQUEST ["domain" "brands" Text]
    Groups GROUP_REQUEST PATCHED_GROUP_REQUEST ["name" "groups" Text]
    Users USER_REQUEST PATCHED_USER_REQUEST ["username" "users" Text, "uuid" "users" Uuid]
    Roles ROLE_REQUEST PATCHED_ROLE_REQUEST ["name" "roles" Text]
    GoogleWorkspace GOOGLE_WORKSPACE_PROVIDER_MAPPING_REQUEST PATCHED_GOOGLE_WORKSPACE_PROVIDER_MAPPING_REQUEST
        ["name" "property_mappings" Text, "managed" "property_mappings" Text]
    Ldap LDAP_PROPERTY_MAPPING_REQUEST PATCHED_LDAP_PROPERTY_MAPPING_REQUEST
        ["name" "property_mappings" Text, "managed" "property_mappings" Text]
    MicrosoftEntra MICROSOFT_ENTRA_PROVIDER_MAPPING_REQUEST PATCHED_MICROSOFT_ENTRA_PROVIDER_MAPPING_REQUEST
        ["name" "property_mappings" Text, "managed" "property_mappings" Text]
    Notification NOTIFICATION_WEBHOOK_MAPPING_REQUEST PATCHED_NOTIFICATION_WEBHOOK_MAPPING_REQUEST
        ["name" "property_mappings" Text]
    Rac RAC_PROPERTY_MAPPING_REQUEST PATCHED_RAC_PROPERTY_MAPPING_REQUEST
        ["name" "property_mappings" Text, "managed" "property_mappings" Text]
    Saml SAML_PROPERTY_MAPPING_REQUEST PATCHED_SAML_PROPERTY_MAPPING_REQUEST
        ["name" "property_mappings" Text, "managed" "property_mappings" Text]
    Scim SCIM_MAPPING_REQUEST PATCHED_SCIM_MAPPING_REQUEST
        ["name" "property_mappings" Text, "managed" "property_mappings" Text]
    Scope SCOPE_MAPPING_REQUEST PATCHED_SCOPE_MAPPING_REQUEST [
        "name" "property_mappings" Text,
        "managed" "property_mappings" Text,
        "scope_name" "property_mappings_scope" Text
    ]
    GoogleWorkspaceProviders GOOGLE_WORKSPACE_PROVIDER_REQUEST PATCHED_GOOGLE_WORKSPACE_PROVIDER_REQUEST
        ["name" "providers" Text]
    LdapProviders LDAP_PROVIDER_REQUEST PATCHED_LDAP_PROVIDER_REQUEST ["name" "providers" Text]
    MicrosoftEntraProviders MICROSOFT_ENTRA_PROVIDER_REQUEST PATCHED_MICROSOFT_ENTRA_PROVIDER_REQUEST
        ["name" "providers" Text]
    OAuth2Providers O_AUTH2_PROVIDER_REQUEST PATCHED_O_AUTH2_PROVIDER_REQUEST ["name" "providers" Text]
    ProxyProviders PROXY_PROVIDER_REQUEST PATCHED_PROXY_PROVIDER_REQUEST ["name" "providers" Text]
    RacProviders RAC_PROVIDER_REQUEST PATCHED_RAC_PROVIDER_REQUEST ["name" "providers" Text]
    RadiusProviders RADIUS_PROVIDER_REQUEST PATCHED_RADIUS_PROVIDER_REQUEST ["name" "providers" Text]
    SamlProviders SAML_PROVIDER_REQUEST PATCHED_SAML_PROVIDER_REQUEST ["name" "providers" Text]
    ScimProviders SCIM_PROVIDER_REQUEST PATCHED_SCIM_PROVIDER_REQUEST ["name" "providers" Text]
}

impl Importable for Flows {
    const BODIES: (&'static Schema, &'static Schema) = (&schemas::FLOW_REQUEST, &schemas::PATCHED_FLOW_REQUEST);
    const KEYS: &'static [Identifier] = &[
        ("slug", ("flows", "slug"), Key::Text),
        ("name", ("flows", "name"), Key::Text),
        ("title", ("flows", "title"), Key::Text),
    ];
    const OF_FLOWS: bool = true;
}

impl Importable for FlowStageBindings {
    const BODIES: (&'static Schema, &'static Schema) =
        (&schemas::FLOW_STAGE_BINDING_REQUEST, &schemas::PATCHED_FLOW_STAGE_BINDING_REQUEST);
    const KEYS: &'static [Identifier] = &[
        ("target", ("flow_stage_bindings", "flow_id"), Key::Uuid),
        ("stage", ("flow_stage_bindings", "stage_id"), Key::Uuid),
        ("order", ("flow_stage_bindings", "sort_order"), Key::Integer),
    ];
    const OF_FLOWS: bool = true;
}

impl Importable for PolicyBindings {
    const BODIES: (&'static Schema, &'static Schema) =
        (&schemas::POLICY_BINDING_REQUEST, &schemas::PATCHED_POLICY_BINDING_REQUEST);
    const KEYS: &'static [Identifier] = &[
        ("target", ("policy_bindings", "target_id"), Key::Uuid),
        ("policy", ("policy_bindings", "policy_id"), Key::Uuid),
        ("group", ("policy_bindings", "group_id"), Key::Uuid),
        ("user", ("policy_bindings", "user_id"), Key::Integer),
        ("order", ("policy_bindings", "sort_order"), Key::Integer),
    ];
    const OF_FLOWS: bool = true;

    async fn normalize(ctx: &mut Context, fields: &mut Fields) -> Result<(), ApiError> {
        Self::point_at_target(ctx, fields).await
    }
}

macro_rules! importers {
    ($($resource:ident)* ; $($record:ident)*) => {
        static IMPORTERS: &[Importer] =
            &[$(Importer::of::<$resource>(),)* $(Importer::of::<Recorded<tables::$record>>(),)*];
    };
}

importers! {
    Flows FlowStageBindings PolicyBindings Applications Brands Groups Users Roles
    GoogleWorkspace Ldap MicrosoftEntra Notification Rac Saml Scim Scope
    GoogleWorkspaceProviders LdapProviders MicrosoftEntraProviders OAuth2Providers ProxyProviders RacProviders
    RadiusProviders SamlProviders ScimProviders;
    AuthenticatorDuoStage AuthenticatorSmsStage AuthenticatorStaticStage AuthenticatorTotpStage
    AuthenticatorValidateStage AuthenticatorWebAuthnStage CaptchaStage ConsentStage DenyStage DummyStage EmailStage
    IdentificationStage InvitationStage PasswordStage PromptStage SourceStage UserDeleteStage UserLoginStage
    UserLogoutStage UserWriteStage
    DummyPolicy EventMatcherPolicy ExpressionPolicy PasswordExpiryPolicy PasswordPolicy ReputationPolicy
    Prompt
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{policies, stages};

    #[test]
    fn every_kind_of_stage_and_policy_can_be_imported() {
        for kind in stages::kinds::KINDS.iter().chain(policies::kinds::KINDS) {
            let importer = Importer::named(&kind.meta_model_name()).unwrap();
            assert!(importer.of_flows, "{}", importer.model.name);
        }
        assert!(Importer::named("authentik_core.token").is_err());
        assert!(Importer::named("flow").is_err());
    }
}
