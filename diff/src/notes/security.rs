//! Whether two operations ask for different credentials. How they differ is not printed.

use super::tree::Paths;
use serde_json::{Map, Value};

type Requirement = Map<String, Value>;

/// Compares the security of an operation in both documents.
pub(super) fn differs(old: Option<&[Requirement]>, new: Option<&[Requirement]>, documents: (&Paths, &Paths)) -> bool {
    let mut left_over: Vec<&Requirement> = new.unwrap_or_default().iter().collect();
    for before in old.unwrap_or_default() {
        let kinds = kinds(before, documents.0);
        let Some(position) = left_over.iter().position(|after| kinds == self::kinds(after, documents.1)) else {
            return true;
        };
        if requirement_differs(before, left_over.remove(position), documents) {
            return true;
        }
    }
    !left_over.is_empty()
}

/// The kinds of credentials: type and place of each scheme.
fn kinds(requirement: &Requirement, document: &Paths) -> Vec<(String, String)> {
    let text = |scheme: &Value, name: &str| scheme.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let known = requirement.keys().filter_map(|name| document.schemes.get(name));
    let mut kinds: Vec<_> = known.map(|scheme| (text(scheme, "type"), text(scheme, "in"))).collect();
    kinds.sort();
    kinds.dedup();
    kinds
}

fn requirement_differs(old: &Requirement, new: &Requirement, documents: (&Paths, &Paths)) -> bool {
    let mut left_over: Vec<(&String, &Value)> = new.iter().collect();
    for (name, scopes) in old {
        let before = documents.0.schemes.get(name).unwrap_or(&Value::Null);
        let same = |(name, _): &(&String, &Value)| {
            let after = documents.1.schemes.get(*name).unwrap_or(&Value::Null);
            let key = before.get("type") == Some(&Value::from("apiKey"));
            before.get("type") == after.get("type") && (!key || before.get("name") == after.get("name"))
        };
        let Some(position) = left_over.iter().position(same) else { return true };
        let (name, other_scopes) = left_over.remove(position);
        let after = documents.1.schemes.get(name).unwrap_or(&Value::Null);
        let oauth = before.get("type") == Some(&Value::from("oauth2"));
        if scheme_differs(before, after) || (oauth && scopes != other_scopes) {
            return true;
        }
    }
    !left_over.is_empty()
}

fn scheme_differs(old: &Value, new: &Value) -> bool {
    let differs = |name: &str| old.get(name) != new.get(name);
    let kind = old.get("type").and_then(Value::as_str).unwrap_or_default();
    differs("description")
        || match kind {
            "apiKey" => differs("in"),
            "http" => differs("scheme") || differs("bearerFormat"),
            "openIdConnect" => differs("openIdConnectUrl"),
            "oauth2" => differs("flows"),
            _ => false,
        }
}
