//! The kinds of objects that a blueprint may hold, and how each is found and written.
//!
//! An object is written by its [`Resource`], so that a blueprint can do nothing that the API refuses.

use super::{Fields, document::State, resolve::Failure};
use crate::{
    api::{
        context::Context,
        permission,
        resource::{self, Model, Resource},
    },
    store::{Entity, query, table},
};
use futures::future::BoxFuture;
use sea_query::{Expr, ExprTrait, SelectStatement};
use serde_json::{Value, json};
use vestibule_api::{ApiError, Errors, schema::Schema};

/// What is said of an object that should have been new.
const NOT_NEW: &str = "State is set to must_created and object exists already";
/// What is said of an object that need not be new, to somebody who may not see it.
const HIDDEN: &str = "Such an object exists already.";

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

/// Objects by their keys.
type Objects = Vec<(Value, Fields)>;

type Answer<'a, T> = BoxFuture<'a, Result<T, ApiError>>;

/// One kind of object.
pub(super) struct Importer {
    /// Its names.
    pub(super) model: Model,
    /// As [`Resource::OF_FLOWS`].
    pub(super) of_flows: bool,
    find: for<'a> fn(&'a mut Context, Fields) -> Answer<'a, Option<Value>>,
    /// Does what an entry says.
    pub(super) apply: for<'a> fn(&'a mut Context, Wanted) -> Answer<'a, Done>,
    /// Reads objects by their keys: the keys, and the fields that could be written to make the objects what they are.
    pub(super) read: for<'a> fn(&'a mut Context, Vec<Value>) -> Answer<'a, Objects>,
}

impl Importer {
    const fn of<R: Resource>() -> Self {
        Self {
            model: R::MODEL,
            of_flows: R::OF_FLOWS,
            find: |ctx, fields| Box::pin(find_key::<R>(ctx, fields)),
            apply: |ctx, wanted| Box::pin(apply::<R>(ctx, wanted)),
            read: |ctx, keys| Box::pin(read::<R>(ctx, keys)),
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

/// The key of the object that fits all conditions, of those that the caller may see, for `!Find`.
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

/// Whether the caller may do this with all objects of a model: by its own permission, or by the one for all kinds of
/// stages or policies.
fn may(ctx: &Context, model: Model, action: &str) -> Result<bool, ApiError> {
    let principal = ctx.principal()?;
    let family = match model.app {
        app if app.starts_with("authentik_stages_") => format!("authentik_flows.{action}_stage"),
        app if app.starts_with("authentik_policies_") => format!("authentik_policies.{action}_policy"),
        _ => model.permission(action),
    };
    Ok(principal.may(&family) || principal.may(&model.permission(action)))
}

fn check_right(ctx: &Context, model: Model, action: &str) -> Result<(), ApiError> {
    if may(ctx, model, action)? {
        return Ok(());
    }
    let needed = model.permission(action);
    Err(ApiError::field(Errors::NON_FIELD, format!("This takes the permission {needed}.")))
}

fn key<R: Resource>(row: &R::Row) -> Value {
    json!(row.key())
}

async fn find_key<R: Resource>(ctx: &mut Context, mut conditions: Fields) -> Result<Option<Value>, ApiError> {
    R::normalize(ctx, &mut conditions).await?;
    let visible = visible::<R>(ctx)?;
    Ok(find_row::<R>(ctx, &conditions, &visible).await?.as_ref().map(key::<R>))
}

/// A select of the objects that the caller may see. Whoever may change all of them may.
fn visible<R: Resource>(ctx: &Context) -> Result<SelectStatement, ApiError> {
    let mut select = R::Row::select();
    if !may(ctx, R::MODEL, "view")? && !may(ctx, R::MODEL, "change")? {
        let principal = ctx.principal()?;
        select.and_where(permission::on_object::<R::Row>(&principal, &R::MODEL.permission("view")));
    }
    Ok(select)
}

/// Whether the caller may see an object.
async fn sees<R: Resource>(ctx: &mut Context, row: &R::Row) -> Result<bool, ApiError> {
    let mut select = visible::<R>(ctx)?;
    select.and_where(Expr::col((R::Row::TABLE, R::Row::KEY)).eq(row.key()));
    Ok(query::count(&mut ctx.db, &select).await? > 0)
}

/// The object with this `pk`, or else the one that all other identifiers fit, of those that a statement gives.
async fn find_row<R: Resource>(
    ctx: &mut Context,
    identifiers: &Fields,
    among: &SelectStatement,
) -> Result<Option<R::Row>, ApiError> {
    if let Some(key) = identifiers.get("pk").and_then(|key| text(key).parse::<<R::Row as Entity>::Key>().ok()) {
        let mut select = among.clone();
        select.and_where(Expr::col((R::Row::TABLE, R::Row::KEY)).eq(key));
        if let Some(row) = ctx.db.optional(&select).await? {
            return Ok(Some(row));
        }
    }
    let others = identifiers.iter().filter(|(field, _)| *field != "pk");
    let mut select = among.clone();
    let (mut any, mut possible) = (false, true);
    for (field, value) in others {
        let found = R::Row::column(field).filter(|column| !column.secret).ok_or_else(|| {
            let model = R::MODEL.name;
            ApiError::field(field, format!("Objects of the model {model:?} cannot be found by this field."))
        })?;
        let column = Expr::col((found.table, found.name));
        match (found.parse)(&text(value)) {
            _ if value.is_null() => select.and_where(column.is_null()),
            Some(value) => select.and_where(column.eq(value)),
            None => {
                possible = false;
                &mut select
            }
        };
        any = true;
    }
    if !any || !possible {
        return Ok(None);
    }
    select.order_by((R::Row::TABLE, R::Row::KEY), sea_query::Order::Asc).limit(1);
    Ok(ctx.db.optional(&select).await?)
}

async fn read<R: Resource>(ctx: &mut Context, keys: Vec<Value>) -> Result<Objects, ApiError> {
    let keys = keys.iter().filter_map(|key| text(key).parse::<<R::Row as Entity>::Key>().ok());
    let rows: Vec<R::Row> = table::find_all(&mut ctx.db, R::Row::KEY, keys).await?;
    let keys: Vec<Value> = rows.iter().map(key::<R>).collect();
    let body = match R::BODIES {
        Some((Schema::Object(fields), _)) => *fields,
        _ => &[],
    };
    let stored = |field: &str| match R::Row::column(field) {
        Some(column) => !column.secret,
        None => R::Row::link(field).is_some(),
    };
    let mut all = vec![];
    for (key, model) in keys.into_iter().zip(R::models(ctx, rows).await?) {
        let Ok(Value::Object(mut fields)) = serde_json::to_value(model) else { continue };
        fields.retain(|field, _| stored(field) && body.iter().any(|known| known.name == field));
        all.push((key, fields));
    }
    Ok(all)
}

/// A value of a blueprint as text.
fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

async fn apply<R: Resource>(ctx: &mut Context, wanted: Wanted) -> Result<Done, ApiError> {
    let Wanted { state, mut identifiers, mut attributes } = wanted;
    R::normalize(ctx, &mut identifiers).await?;
    R::normalize(ctx, &mut attributes).await?;
    // Before anything is looked for, so that who may do nothing with such objects does not learn which there are.
    match state {
        State::Absent => check_right(ctx, R::MODEL, "delete")?,
        State::Present if may(ctx, R::MODEL, "change")? => {}
        State::Present | State::Created | State::MustCreated => check_right(ctx, R::MODEL, "add")?,
    }
    let existing = find_row::<R>(ctx, &identifiers, &R::Row::select()).await?;
    match (state, existing) {
        (State::Absent, None) => Ok(Done { what: "missing", key: None }),
        (State::Absent, Some(row)) => {
            resource::remove::<R>(ctx, &row, R::MODEL).await?;
            Ok(Done { what: "deleted", key: None })
        }
        (State::Created, Some(row)) if !sees::<R>(ctx, &row).await? => Err(ApiError::field(Errors::NON_FIELD, HIDDEN)),
        (State::Created, Some(row)) => Ok(Done { what: "unchanged", key: Some(key::<R>(&row)) }),
        (State::MustCreated, Some(_)) => Err(ApiError::field(Errors::NON_FIELD, NOT_NEW)),
        (_, existing) => {
            let (create, change) = R::BODIES.ok_or_else(ApiError::not_found)?;
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

macro_rules! importers {
    ($($family:ident)*) => {
        static IMPORTERS: &[Importer] = &[$(Importer::of::<vestibule_api::$family::Family>()),*];
    };
}

importers! {
    core_applications
    core_brands
    core_groups
    core_users
    events_rules
    events_transports
    flows_bindings
    flows_instances
    outposts_instances
    outposts_service_connections_docker
    outposts_service_connections_kubernetes
    policies_bindings
    policies_dummy
    policies_event_matcher
    policies_expression
    policies_password
    policies_password_expiry
    policies_reputation
    propertymappings_ldap
    propertymappings_notification
    propertymappings_provider_google_workspace
    propertymappings_provider_microsoft_entra
    propertymappings_rac
    propertymappings_saml
    propertymappings_scim
    propertymappings_scope
    providers_google_workspace
    providers_ldap
    providers_microsoft_entra
    providers_oauth2
    providers_proxy
    providers_rac
    providers_radius
    providers_saml
    providers_scim
    rac_endpoints
    rbac_roles
    sources_ldap
    sources_oauth
    sources_plex
    sources_saml
    sources_scim
    stages_authenticator_duo
    stages_authenticator_sms
    stages_authenticator_static
    stages_authenticator_totp
    stages_authenticator_validate
    stages_authenticator_webauthn
    stages_captcha
    stages_consent
    stages_deny
    stages_dummy
    stages_email
    stages_identification
    stages_invitation_invitations
    stages_invitation_stages
    stages_password
    stages_prompt_prompts
    stages_prompt_stages
    stages_source
    stages_user_delete
    stages_user_login
    stages_user_logout
    stages_user_write
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{policies, stages};

    /// L10: what a message says is needed can be given.
    #[test]
    fn permissions_that_are_asked_for_exist() {
        for importer in IMPORTERS {
            for action in ["add", "change", "delete", "view"] {
                let permission = importer.model.permission(action);
                assert!(crate::domain::permissions::model(&permission).is_some(), "{permission}");
            }
        }
    }

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
