//! `/core/transactional/applications/`: an application and its provider, both or neither.

use super::applications::Applications;
use crate::{
    api::{
        context::Context,
        providers::shared::NAME_TAKEN,
        resource::{self, Model, Resource, check_exist},
    },
    store::{table, tables::Application},
};
use serde_json::{Value, json};
use vestibule_api::{
    ApiError, CoreTransactionalApplications, Errors, Unchecked,
    models::{
        ApplicationRequest, LogEvent, LogLevelEnum, ModelRequest, PatchedApplicationRequest,
        TransactionApplicationRequest, TransactionApplicationResponse,
    },
    providers_google_workspace, providers_ldap, providers_microsoft_entra, providers_oauth2, providers_proxy,
    providers_rac, providers_radius, providers_saml, providers_scim,
    schema::Schema,
    schemas,
};

/// What is said when a provider of this name exists, of whatever kind: it is never touched.
const NOT_NEW: &str = "State is set to must_created and object exists already";

/// An object that the call has created.
struct Created {
    model: Model,
    pk: String,
    label: String,
}

impl CoreTransactionalApplications for Context {
    async fn core_transactional_applications_update(
        &mut self,
        body: Unchecked<TransactionApplicationRequest>,
    ) -> Result<TransactionApplicationResponse, ApiError> {
        let schema = body.schema();
        let document = body.into_json()?;
        let (app, provider) = (app_of(&document), provider_of(&document));
        let mut errors = schema.check(document).err().unwrap_or_default();

        // A part is tried even where the other one is known to fail, so that all errors come together. What it wrote
        // then goes with the transaction.
        let backchannel = provider.as_ref().is_some_and(serves_backchannel);
        let provider = match provider {
            Some(provider) => part(&mut errors, "provider", create_provider(self, provider).await)?,
            None => None,
        };
        let application = match app {
            Some(app) => {
                let id = provider.as_ref().and_then(|p| p.pk.parse().ok());
                part(&mut errors, "app", create_application(self, app, id, backchannel).await)?
            }
            None => None,
        };
        errors.into_result()?;
        let logs = [("provider created", provider), ("application created", application)];
        let logs = logs.into_iter().filter_map(|(event, created)| Some(line(self, event, created?)));
        Ok(TransactionApplicationResponse { applied: true, logs: logs.collect() })
    }
}

/// The application, unless something is wrong with its form.
fn app_of(document: &Value) -> Option<ApplicationRequest> {
    let checked = schemas::APPLICATION_REQUEST.check(document["app"].clone()).ok()?;
    serde_json::from_value(checked).ok()
}

/// The provider, unless something is wrong with its form or kind.
fn provider_of(document: &Value) -> Option<ModelRequest> {
    let Schema::Sibling { tag, variants } = &schemas::MODEL_REQUEST else { return None };
    let model = document[*tag].as_str()?;
    let (_, schema) = variants.iter().find(|(name, _)| *name == model)?;
    let checked = schema.check(document["provider"].clone()).ok()?;
    serde_json::from_value(json!({ *tag: model, "provider": checked })).ok()
}

/// Whether providers of the kind only ever serve an application at the back channel. As its main provider they would
/// neither log users in nor be synchronized.
fn serves_backchannel(provider: &ModelRequest) -> bool {
    match provider {
        ModelRequest::GoogleWorkspace(_) | ModelRequest::MicrosoftEntra(_) | ModelRequest::Scim(_) => true,
        ModelRequest::Ldap(_)
        | ModelRequest::OAuth2(_)
        | ModelRequest::Proxy(_)
        | ModelRequest::Rac(_)
        | ModelRequest::Radius(_)
        | ModelRequest::Saml(_) => false,
    }
}

/// Files what is wrong with a part under its key.
fn part(errors: &mut Errors, key: &str, result: Result<Created, ApiError>) -> Result<Option<Created>, ApiError> {
    match result {
        Ok(created) => Ok(Some(created)),
        Err(ApiError::Validation(wrong)) => {
            errors.nest(key, wrong);
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

async fn create<R: Resource>(ctx: &mut Context, body: impl Into<R::Patch> + Send) -> Result<Created, ApiError> {
    let row = resource::write::<R>(ctx, None, body.into()).await?;
    Ok(Created { model: R::MODEL, pk: R::pk(&row), label: R::label(&row) })
}

async fn create_provider(ctx: &mut Context, provider: ModelRequest) -> Result<Created, ApiError> {
    let created = match provider {
        ModelRequest::GoogleWorkspace(body) => create::<providers_google_workspace::Family>(ctx, body).await,
        ModelRequest::Ldap(body) => create::<providers_ldap::Family>(ctx, body).await,
        ModelRequest::MicrosoftEntra(body) => create::<providers_microsoft_entra::Family>(ctx, body).await,
        ModelRequest::OAuth2(body) => create::<providers_oauth2::Family>(ctx, body).await,
        ModelRequest::Proxy(body) => create::<providers_proxy::Family>(ctx, body).await,
        ModelRequest::Rac(body) => create::<providers_rac::Family>(ctx, body).await,
        ModelRequest::Radius(body) => create::<providers_radius::Family>(ctx, body).await,
        ModelRequest::Saml(body) => create::<providers_saml::Family>(ctx, body).await,
        ModelRequest::Scim(body) => create::<providers_scim::Family>(ctx, body).await,
    };
    created.map_err(|error| match error {
        ApiError::Validation(errors) => ApiError::Validation(must_be_new(&errors)),
        error => error,
    })
}

/// The errors of a provider, with the words that belong to this operation where its name is taken.
fn must_be_new(errors: &Errors) -> Errors {
    let mut renamed = Errors::default();
    for (field, messages) in errors.to_json().as_object().into_iter().flatten() {
        if field == "name" && *messages == json!([NAME_TAKEN]) {
            renamed.add(field, NOT_NEW);
        } else {
            renamed.nest(field, messages.clone());
        }
    }
    renamed
}

/// Creates the application of a provider. A provider that the body names gives way to the new one, but it must be one
/// that could have been chosen.
async fn create_application(
    ctx: &mut Context,
    app: ApplicationRequest,
    provider: Option<i64>,
    backchannel: bool,
) -> Result<Created, ApiError> {
    let mut patch = PatchedApplicationRequest::from(app);
    let mut errors = Errors::default();
    if let Some(named) = patch.provider.take().flatten() {
        check_exist(ctx, &mut errors, "provider", "providers", None, [named]).await?;
        if table::find::<Application>(&mut ctx.db, "provider_id", named).await?.is_some() {
            errors.add("provider", "Application with this provider already exists.");
        }
    }
    match provider {
        Some(id) if backchannel => patch.backchannel_providers.get_or_insert_default().push(id),
        main => patch.provider = main.map(Some),
    }
    match create::<Applications>(ctx, patch).await {
        Err(ApiError::Validation(others)) => {
            for (field, messages) in others.to_json().as_object().into_iter().flatten() {
                errors.nest(field, messages.clone());
            }
            Err(ApiError::Validation(errors))
        }
        result => errors.into_result().and(result),
    }
}

/// A line of the log that the answer carries.
fn line(ctx: &Context, event: &str, created: Created) -> String {
    let Created { model, pk, label } = created;
    let attributes = [("app", model.app), ("model", model.name), ("pk", &pk), ("name", &label)];
    let event = LogEvent {
        timestamp: ctx.now,
        log_level: LogLevelEnum::Info,
        logger: "vestibule.api.core.transactional".to_owned(),
        event: event.to_owned(),
        attributes: attributes.into_iter().map(|(key, value)| (key.to_owned(), json!(value))).collect(),
    };
    json!(event).to_string()
}
