//! What an application would be told about a user: the result of a provider's property mappings.

use crate::{
    api::{
        context::Context,
        expressions::{self, Subject},
    },
    domain::{
        duration,
        expression::{self, User},
    },
    store::{
        Entity,
        membership::merge,
        query::Link,
        table,
        tables::{Application, OAuth2Provider, PropertyMapping, Provider, SamlMapping, SamlProvider, ScopeMapping},
    },
};
use serde_json::{Map, Value, json};
use uuid::Uuid;
use vestibule_api::{ApiError, models::PropertyMappingPreview};

/// The mappings of providers.
const MAPPINGS_OF_PROVIDER: Link =
    Link { table: "provider_property_mappings", owner: "provider_id", other: "mapping_id" };

/// How the user logged in, as ID tokens say it.
const ACR: &str = "goauthentik.io/providers/oauth2/default";

/// The claims of an ID token.
pub(super) async fn claims(
    ctx: &mut Context,
    provider: OAuth2Provider,
    issuer: String,
    for_user: Option<i64>,
) -> Result<PropertyMappingPreview, ApiError> {
    let user = subject(ctx, for_user).await?;
    let subject = of_provider(ctx, &provider, Some(provider.client_id.clone()), user.clone()).await?;
    let lifetime =
        duration::parse(&provider.access_token_validity).and_then(|lifetime| ctx.now.checked_add_signed(lifetime));
    let now = ctx.now.timestamp();
    let token = json!({
        "iss": issuer,
        "sub": sub(&provider.sub_mode, &user),
        "aud": provider.client_id,
        "exp": lifetime.unwrap_or(ctx.now).timestamp(),
        "iat": now,
        "auth_time": now,
        "acr": ACR,
    });
    let mut mapped = json!({});
    if provider.include_claims_in_id_token {
        let mut mappings: Vec<ScopeMapping> = mappings(ctx, provider.id).await?;
        mappings.sort_by(|a, b| (&a.scope_name, &a.name).cmp(&(&b.scope_name, &b.name)));
        for mapping in mappings {
            if let Some(value @ Value::Object(_)) = mapped_to(ctx, &mapping, &subject).await? {
                merge(&mut mapped, &value);
            }
        }
    }
    // As in the token itself, mappings may replace what stands there anyway.
    let mut preview = token;
    if let (Value::Object(preview), Value::Object(mapped)) = (&mut preview, mapped) {
        preview.extend(mapped);
    }
    Ok(PropertyMappingPreview { preview: fields(preview) })
}

/// The attributes and the name of an assertion.
pub(super) async fn attributes(
    ctx: &mut Context,
    provider: SamlProvider,
    for_user: Option<i64>,
) -> Result<PropertyMappingPreview, ApiError> {
    let user = subject(ctx, for_user).await?;
    let mut name = user.uid.clone();
    let subject = of_provider(ctx, &provider, None, user).await?;
    let mut mappings: Vec<SamlMapping> = mappings(ctx, provider.id).await?;
    mappings.sort_by(|a, b| (&a.saml_name, &a.name).cmp(&(&b.saml_name, &b.name)));
    let mut attributes = vec![];
    for mapping in mappings {
        let values = match mapped_to(ctx, &mapping, &subject).await? {
            None | Some(Value::Null) => continue,
            Some(Value::Array(values)) => values.iter().map(text).collect(),
            Some(value) => vec![text(&value)],
        };
        let mut attribute = json!({ "Name": mapping.saml_name, "Value": values });
        if let Some(friendly) = mapping.friendly_name.filter(|name| !name.is_empty()) {
            attribute["FriendlyName"] = json!(friendly);
        }
        attributes.push(attribute);
    }
    if let Some(id) = provider.name_id_mapping
        && let Some(mapping) = table::find::<PropertyMapping>(&mut ctx.db, "id", id).await?
        && let Some(value) = mapped_to(ctx, &mapping, &subject).await?.filter(|value| !value.is_null())
    {
        name = text(&value);
    }
    Ok(PropertyMappingPreview { preview: fields(json!({ "attributes": attributes, "nameID": name })) })
}

fn fields(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(fields) => fields,
        _ => Map::new(),
    }
}

/// For whom: the caller, or the user that is named.
async fn subject(ctx: &mut Context, for_user: Option<i64>) -> Result<User, ApiError> {
    let principal = ctx.principal()?;
    let row = match for_user.filter(|id| *id != principal.user.id) {
        None => principal.user.clone(),
        Some(id) => expressions::visible_user(ctx, id).await.map_err(|error| match error {
            ApiError::Denied(_) => ApiError::field("for_user", "User not found"),
            error => error,
        })?,
    };
    expressions::user(ctx, row).await
}

async fn of_provider(
    ctx: &mut Context,
    base: &Provider,
    client_id: Option<String>,
    user: User,
) -> Result<Subject, ApiError> {
    let application: Option<Application> = table::find(&mut ctx.db, "provider_id", base.id).await?;
    let application =
        application.map(|row| expression::Application { pk: row.id.to_string(), name: row.name, slug: row.slug });
    let provider = expression::Provider { pk: base.id, name: base.name.clone(), client_id, application };
    let http_request = Some(expressions::http_request(ctx).await?);
    Ok(Subject { user, group: None, provider: Some(provider), http_request })
}

/// The mappings of a provider that are of a kind.
async fn mappings<K>(ctx: &mut Context, provider: i64) -> Result<Vec<K>, ApiError>
where
    K: Entity + AsRef<PropertyMapping>,
{
    let pairs = MAPPINGS_OF_PROVIDER.pairs::<i64, Uuid>(&mut ctx.db, vec![provider]).await?;
    Ok(table::find_all(&mut ctx.db, "id", pairs.into_iter().map(|(_, mapping)| mapping)).await?)
}

/// What a mapping gives; nothing when it fails, as for a real application.
async fn mapped_to(ctx: &mut Context, mapping: &PropertyMapping, subject: &Subject) -> Result<Option<Value>, ApiError> {
    let outcome = expressions::evaluate(ctx, &mapping.expression, subject.clone(), Map::new()).await?;
    match outcome.map_err(|failure| failure.to_string()).and_then(|outcome| outcome.result) {
        Ok(value) => Ok(Some(value)),
        Err(reason) => {
            tracing::warn!(mapping = mapping.name, reason, "a property mapping failed");
            Ok(None)
        }
    }
}

/// What identifies the user to a client.
fn sub(mode: &str, user: &User) -> String {
    match mode {
        "user_id" => user.pk.unwrap_or_default().to_string(),
        "user_uuid" => user.uuid.clone(),
        "user_username" => user.username.clone(),
        "user_email" => user.email.clone(),
        "user_upn" => match user.attributes.get("upn").and_then(Value::as_str) {
            Some(upn) => upn.to_owned(),
            None => user.uid.clone(),
        },
        _ => user.uid.clone(),
    }
}

/// A value as Python writes it into an attribute.
fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::Null => "None".to_owned(),
        value => value.to_string(),
    }
}
