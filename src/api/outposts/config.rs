//! The configuration of an outpost: what there is to set, of which type, and what holds when nothing is said.

use crate::api::{context::Context, links};
use serde_json::{Map, Value, json};
use tracing::level_filters::LevelFilter;
use vestibule_api::ApiError;

/// Types of settings.
#[derive(Clone, Copy)]
enum Type {
    Text,
    Truth,
    Number,
    /// Text or nothing.
    OptionalText,
    /// A map from texts to texts.
    Texts,
    /// The same, or nothing.
    OptionalTexts,
    /// A list of texts.
    List,
    /// Lists of changes by what they change, or nothing.
    OptionalChanges,
}

/// The settings.
const SETTINGS: &[(&str, Type)] = &[
    ("authentik_host", Type::Text),
    ("authentik_host_insecure", Type::Truth),
    ("authentik_host_browser", Type::Text),
    ("log_level", Type::Text),
    ("object_naming_template", Type::Text),
    ("container_image", Type::OptionalText),
    ("docker_network", Type::OptionalText),
    ("docker_map_ports", Type::Truth),
    ("docker_labels", Type::OptionalTexts),
    ("kubernetes_replicas", Type::Number),
    ("kubernetes_namespace", Type::Text),
    ("kubernetes_ingress_annotations", Type::Texts),
    ("kubernetes_ingress_secret_name", Type::Text),
    ("kubernetes_ingress_class_name", Type::OptionalText),
    ("kubernetes_service_type", Type::Text),
    ("kubernetes_disabled_components", Type::List),
    ("kubernetes_image_pull_secrets", Type::List),
    ("kubernetes_json_patches", Type::OptionalChanges),
];

/// What a new outpost begins with.
///
/// # Errors
/// When the address of this server cannot be found out.
pub(super) async fn defaults(ctx: &mut Context) -> Result<Map<String, Value>, ApiError> {
    let host = format!("{}/", links::base_url(ctx).await?);
    let level = match ctx.app.config.log_level {
        LevelFilter::TRACE => "trace",
        LevelFilter::DEBUG => "debug",
        LevelFilter::INFO => "info",
        LevelFilter::WARN => "warning",
        _ => "error",
    };
    let all = json!({
        "authentik_host": host,
        "authentik_host_browser": "",
        "authentik_host_insecure": false,
        "container_image": null,
        "docker_labels": null,
        "docker_map_ports": true,
        "docker_network": null,
        "kubernetes_disabled_components": [],
        "kubernetes_image_pull_secrets": [],
        "kubernetes_ingress_annotations": {},
        "kubernetes_ingress_class_name": null,
        "kubernetes_ingress_secret_name": "authentik-outpost-tls",
        "kubernetes_json_patches": null,
        "kubernetes_namespace": "default",
        "kubernetes_replicas": 1,
        "kubernetes_service_type": "ClusterIP",
        "log_level": level,
        "object_naming_template": "ak-outpost-%(name)s",
    });
    Ok(if let Value::Object(all) = all { all } else { Map::new() })
}

/// What is wrong with a configuration, in the reference's words. Settings that nobody knows are kept.
pub(super) fn problem(config: &Value) -> Option<String> {
    let wrong = |(name, kind): &(&str, Type)| {
        let value = config.get(name).filter(|value| !fits(*kind, value))?;
        Some(format!("Failed to validate config: {}", told(name, *kind, value)))
    };
    SETTINGS.iter().find_map(wrong)
}

fn fits(kind: Type, value: &Value) -> bool {
    let texts = |value: &Value| value.as_object().is_some_and(|map| map.values().all(Value::is_string));
    match kind {
        Type::Text => value.is_string(),
        Type::Truth => value.is_boolean(),
        // For Python, a truth value is a number.
        Type::Number => value.is_i64() || value.is_boolean(),
        Type::OptionalText => value.is_string() || value.is_null(),
        Type::Texts => texts(value),
        Type::OptionalTexts => value.is_null() || texts(value),
        Type::List => value.as_array().is_some_and(|list| list.iter().all(Value::is_string)),
        Type::OptionalChanges => {
            let changes = |value: &Value| value.as_array().is_some_and(|list| list.iter().all(Value::is_object));
            value.is_null() || value.as_object().is_some_and(|map| map.values().all(changes))
        }
    }
}

fn told(name: &str, kind: Type, value: &Value) -> String {
    let expected = match kind {
        Type::Text => "str",
        Type::Truth => "bool",
        Type::Number => "int",
        Type::Texts => "dict",
        Type::List => "list",
        Type::OptionalText => return union(name, value, "str | None"),
        Type::OptionalTexts => return union(name, value, "dict[str, str] | None"),
        Type::OptionalChanges => return union(name, value, "dict[str, list[dict[str, typing.Any]]] | None"),
    };
    let value_text = match value {
        Value::String(text) => text.clone(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::Null => "None".to_owned(),
        other => other.to_string(),
    };
    let of = type_of(value);
    format!(
        "wrong value type for field \"{name}\" - should be \"{expected}\" instead of value \"{value_text}\" of type \"{of}\""
    )
}

fn union(name: &str, value: &Value, expected: &str) -> String {
    format!("can not match type \"{}\" to any type of \"{name}\" union: {expected}", type_of(value))
}

/// What Python calls the type of a value.
fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "NoneType",
        Value::Bool(_) => "bool",
        Value::Number(number) if number.is_f64() => "float",
        Value::Number(_) => "int",
        Value::String(_) => "str",
        Value::Array(_) => "list",
        Value::Object(_) => "dict",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_have_types() {
        for config in [json!({}), json!({ "docker_network": null, "kubernetes_replicas": 2, "other": 1 })] {
            assert_eq!(problem(&config), None, "{config}");
        }
        let told = "Failed to validate config: wrong value type for field \"authentik_host\" - should be \"str\" instead \
                    of value \"1\" of type \"int\"";
        assert_eq!(problem(&json!({ "authentik_host": 1 })).unwrap(), told);
        for config in [
            json!({ "docker_labels": { "a": 1 } }),
            json!({ "docker_map_ports": "yes" }),
            json!({ "kubernetes_disabled_components": [1] }),
            json!({ "kubernetes_json_patches": { "deployment": {} } }),
            json!({ "kubernetes_ingress_annotations": null }),
        ] {
            assert!(problem(&config).is_some(), "{config}");
        }
    }
}
