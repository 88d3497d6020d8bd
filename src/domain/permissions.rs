//! The permissions there are: four for every model, and those that operations ask for besides.

use std::{collections::BTreeMap, sync::LazyLock};
use vestibule_api::{OPERATIONS, Permission, models::ModelEnum};

const ACTIONS: [&str; 4] = ["add", "change", "delete", "view"];

/// Every permission (`app.codename`) and the model it is about (`app.model`).
static ALL: LazyLock<BTreeMap<String, String>> = LazyLock::new(|| {
    let mut all = BTreeMap::new();
    for model in ModelEnum::ALL {
        let (app, name) = split(model.as_str());
        all.extend(ACTIONS.map(|action| (format!("{app}.{action}_{name}"), model.to_string())));
    }
    for operation in &OPERATIONS {
        let Permission::Model(needed) = operation.permission else { continue };
        for permission in needed {
            all.entry((*permission).to_owned()).or_insert_with(|| subject(permission));
        }
    }
    all
});

/// The model that a permission is about, going by its name: `authentik_core.reset_user_password` is about users.
fn subject(permission: &str) -> String {
    let (app, codename) = split(permission);
    let words: Vec<&str> = codename.split('_').skip(1).collect();
    let known = words.iter().map(|word| format!("{app}.{word}")).filter(|model| model.parse::<ModelEnum>().is_ok());
    let first = || format!("{app}.{}", words.first().unwrap_or(&"user"));
    known.max_by_key(String::len).unwrap_or_else(first)
}

/// All permissions.
pub fn all() -> impl Iterator<Item = &'static str> {
    ALL.keys().map(String::as_str)
}

/// The two halves of `app.name`.
pub fn split(name: &str) -> (&str, &str) {
    name.split_once('.').unwrap_or(("", name))
}

/// The model that a permission is about; `None` for one that does not exist.
pub fn model(permission: &str) -> Option<&'static str> {
    ALL.get(permission).map(String::as_str)
}

/// The permissions about a model.
pub fn about(model: &str) -> Vec<String> {
    ALL.iter().filter(|(_, of)| *of == model).map(|(permission, _)| permission.clone()).collect()
}

/// A permission for people: `Can view user`.
pub fn label(permission: &str) -> String {
    format!("Can {}", split(permission).1.replace('_', " "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn permissions_are_about_a_model() {
        for (permission, of) in [
            ("authentik_core.view_user", "authentik_core.user"),
            ("authentik_core.add_user_to_group", "authentik_core.group"),
            ("authentik_core.impersonate", "authentik_core.user"),
            ("authentik_crypto.view_certificatekeypair_key", "authentik_crypto.certificatekeypair"),
            ("authentik_core.view_provider", "authentik_core.provider"),
            ("authentik_flows.clear_flow_cache", "authentik_flows.flow"),
        ] {
            assert_eq!(model(permission), Some(of), "{permission}");
            assert!(about(of).iter().any(|other| other == permission));
        }
        assert_eq!(model("authentik_core.view_nothing"), None);
    }
}
