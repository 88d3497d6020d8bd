//! `/propertymappings/all/`: the mappings of all kinds.

use super::{
    described,
    kinds::{self, KINDS},
};
use crate::{
    api::{
        context::Context,
        expressions::{self, Subject},
        fields::fields,
        kinds::{Kind, destroy_any},
        resource::{self, Model, Resource},
    },
    store::{
        table,
        tables::{PropertyMapping, RacMapping},
    },
};
use serde::Serialize;
use serde_json::{
    Value,
    ser::{Formatter, PrettyFormatter},
};
use std::io::{self, Write};
use uuid::Uuid;
use vestibule_api::{
    ApiError, Errors, PropertymappingsAll, PropertymappingsAllTestCreateParams, Unchecked,
    models::{PropertyMappingTestRequest, PropertyMappingTestResult, TypeCreate},
    propertymappings_all,
};

impl Resource for propertymappings_all::Family {
    type Row = PropertyMapping;

    const MODEL: Model = Model { app: "authentik_core", name: "propertymapping", verbose: "Property Mapping" };

    fields!(propertymappings_all, described);

    fn label(row: &PropertyMapping) -> String {
        format!("Property Mapping {}", row.name)
    }
}

/// What mappings of remote access give without running anything: their settings, where they have some.
async fn fixed(ctx: &mut Context, mapping: &PropertyMapping) -> Result<Option<Value>, ApiError> {
    if mapping.kind != kinds::RAC.kind {
        return Ok(None);
    }
    let row: Option<RacMapping> = table::find(&mut ctx.db, "id", mapping.id).await?;
    Ok(row.map(|row| row.static_settings.0).filter(|settings| settings.as_object().is_some_and(|s| !s.is_empty())))
}

/// JSON as Python writes it: a space behind commas and colons, or indented by four spaces.
fn python_json(value: &Value, indent: bool) -> Result<String, ApiError> {
    let mut written = vec![];
    let done = if indent {
        let formatter = PrettyFormatter::with_indent(b"    ");
        value.serialize(&mut serde_json::Serializer::with_formatter(&mut written, formatter))
    } else {
        value.serialize(&mut serde_json::Serializer::with_formatter(&mut written, Spaced))
    };
    done.map_err(|error| ApiError::Internal(format!("no JSON: {error}")))?;
    String::from_utf8(written).map_err(|error| ApiError::Internal(format!("no text: {error}")))
}

/// Writes JSON on one line.
struct Spaced;

impl Formatter for Spaced {
    fn begin_array_value<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        if first { Ok(()) } else { writer.write_all(b", ") }
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        if first { Ok(()) } else { writer.write_all(b", ") }
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        writer.write_all(b": ")
    }
}

impl PropertymappingsAll for Context {
    async fn propertymappings_all_types_list(&mut self) -> Result<Vec<TypeCreate>, ApiError> {
        Ok(KINDS.iter().map(Kind::type_create).collect())
    }

    async fn propertymappings_all_destroy(&mut self, pm_uuid: Uuid) -> Result<(), ApiError> {
        destroy_any::<propertymappings_all::Family>(self, pm_uuid, KINDS, |row| &row.kind).await
    }

    async fn propertymappings_all_test_create(
        &mut self,
        pm_uuid: Uuid,
        params: PropertymappingsAllTestCreateParams,
        body: Unchecked<PropertyMappingTestRequest>,
    ) -> Result<PropertyMappingTestResult, ApiError> {
        let mapping = resource::find::<propertymappings_all::Family>(self, pm_uuid).await?;
        let PropertyMappingTestRequest { context, group, user } = body.check()?;
        let mut errors = Errors::default();
        resource::check_exist(self, &mut errors, "user", "users", None, user.flatten()).await?;
        resource::check_exist(self, &mut errors, "group", "groups", None, group.flatten()).await?;
        errors.into_result()?;
        let mut subject = Subject { http_request: Some(expressions::http_request(self).await?), ..Subject::default() };
        if let Some(id) = user.flatten() {
            let row = expressions::visible_user(self, id).await?;
            subject.user = expressions::user(self, row).await?;
        }
        if let Some(id) = group.flatten() {
            let row = expressions::visible_group(self, id).await?;
            subject.group = Some(expressions::group(self, &row).await?);
        }
        let outcome = match fixed(self, &mapping).await? {
            Some(settings) => Ok(settings),
            None => {
                let outcome = expressions::evaluate(self, &mapping.expression, subject, context.unwrap_or_default());
                outcome.await?.map_err(|failure| failure.to_string()).and_then(|outcome| outcome.result)
            }
        };
        Ok(match outcome {
            Ok(value) => {
                let result = python_json(&value, params.format_result == Some(true))?;
                PropertyMappingTestResult { successful: true, result }
            }
            Err(result) => PropertyMappingTestResult { successful: false, result },
        })
    }
}
