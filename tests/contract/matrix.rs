//! Every operation, called by everybody: nobody, a plain user, the holder of exactly the right permission, a superuser.

use crate::support::{Answer, Principal, TestApp, contract, on_sqlite};
use reqwest::Method;
use serde_json::{Value, json};
use std::{
    collections::{BTreeSet, HashMap},
    sync::LazyLock,
};
use vestibule_api::{BodyKind, OPERATIONS, Operation, Permission};

/// Calls an operation with the least body that makes sense.
async fn call(principal: &Principal, operation: &Operation, path: &str) -> Answer {
    let required: Vec<(&str, String)> = parameters(operation)
        .filter(|p| p["in"] == "query" && p["required"] == true)
        .filter_map(|p| Some((p["name"].as_str()?, missing(operation, p["name"].as_str()?))))
        .collect();
    principal
        .send_unchecked(operation.method.clone(), path, |request| match operation.body {
            BodyKind::None => request.query(&required),
            BodyKind::Json(_) => request.query(&required).json(&json!({})),
            BodyKind::Multipart(_) => {
                request.query(&required).multipart(reqwest::multipart::Form::new().text("nothing", ""))
            }
        })
        .await
}

/// The path with keys of objects that exist, as far as the administrator's lists show some, and the path with keys of
/// objects that do not.
struct Paths {
    known: HashMap<String, Vec<Value>>,
}

impl Paths {
    fn new() -> Self {
        Self { known: HashMap::new() }
    }

    async fn real(&mut self, app: &TestApp, operation: &Operation) -> String {
        let mut path = operation.path.to_owned();
        while let Some((before, rest)) = path.split_once('{') {
            let (name, after) = rest.split_once('}').unwrap();
            let rows = self.rows(app, before).await;
            let key = rows.iter().find_map(|row| {
                [name, "pk", "id", "uuid"].iter().find_map(|field| match row.get(field)? {
                    Value::String(text) if !text.is_empty() => Some(text.clone()),
                    Value::Number(number) => Some(number.to_string()),
                    _ => None,
                })
            });
            let key = key.unwrap_or_else(|| missing(operation, name));
            path = format!("{before}{key}{after}");
        }
        path
    }

    async fn rows(&mut self, app: &TestApp, list: &str) -> &[Value] {
        if !self.known.contains_key(list) {
            let answer = app.admin().send_unchecked(Method::GET, list, |request| request).await;
            let rows = answer.body["results"].as_array().cloned().unwrap_or_default();
            self.known.insert(list.to_owned(), rows);
        }
        &self.known[list]
    }
}

/// The parameters of an operation, without those that are components: none of these is required.
fn parameters(operation: &Operation) -> impl Iterator<Item = &'static Value> {
    let item = &contract::SCHEMA["paths"][operation.path];
    let own = item[operation.method.as_str().to_lowercase()]["parameters"].as_array().into_iter().flatten();
    own.chain(item["parameters"].as_array().into_iter().flatten())
}

/// A key that no object has.
fn missing(operation: &Operation, name: &str) -> String {
    match parameters(operation).find(|p| p["name"] == name).map(|p| &p["schema"]) {
        Some(schema) if schema["format"] == "uuid" => "00000000-0000-4000-8000-000000000000".to_owned(),
        Some(schema) if schema["type"] == "integer" => "999999999".to_owned(),
        _ => "no-such-object".to_owned(),
    }
}

fn unreal(operation: &Operation) -> String {
    let mut path = operation.path.to_owned();
    while let Some((before, rest)) = path.split_once('{') {
        let (name, after) = rest.split_once('}').unwrap();
        path = format!("{before}{}{after}", missing(operation, name));
    }
    path
}

fn operations() -> impl Iterator<Item = &'static Operation> {
    OPERATIONS.iter().filter(|o| o.path != "/schema/")
}

/// Whether the dispatcher has no handler for an operation.
fn unrouted(operation: &Operation) -> bool {
    static UNROUTED: LazyLock<BTreeSet<&str>> = LazyLock::new(super::snapshots::unrouted);
    UNROUTED.contains(operation.id)
}

/// Whether an operation is in the list of those that answer 501.
fn listed(operation: &Operation) -> bool {
    static LISTED: LazyLock<BTreeSet<&str>> = LazyLock::new(super::snapshots::not_implemented);
    LISTED.contains(operation.id)
}

/// Notes what is wrong with an answer whoever asks: an error of the server, or something the contract does not know.
fn note(faults: &mut Vec<String>, who: &str, operation: &Operation, path: &str, answer: &Answer, ok: bool) {
    let status = answer.status.as_u16();
    let mut fault = |what: &str| {
        let body: String = answer.text().chars().take(300).collect();
        faults.push(format!("{} {path} as {who}: {what}; {status} {body}", operation.id));
    };
    if !ok {
        fault("not the answer for this caller");
    }
    if status >= 500 && status != 501 {
        fault("an error of the server");
    }
    if let Err(problem) = contract::verdict(&operation.method, path, answer) {
        fault(&problem);
    }
}

fn verdict(faults: &[String]) {
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn nobody_is_refused_everywhere() {
    on_sqlite(async |app| {
        let (mut faults, mut paths, nobody) = (vec![], Paths::new(), app.anonymous());
        for operation in operations() {
            let path = paths.real(&app, operation).await;
            let answer = call(&nobody, operation, &path).await;
            let ok = operation.permission == Permission::Anonymous || answer.status == 403;
            note(&mut faults, "nobody", operation, &path, &answer, ok);
        }
        verdict(&faults);
    });
}

/// Nothing, or an empty list, is what a user without rights gets where a permission is needed.
#[test]
fn a_plain_user_gets_nothing_that_needs_a_permission() {
    on_sqlite(async |app| {
        let (mut faults, mut paths, plain) = (vec![], Paths::new(), app.user("plain").await);
        for operation in operations() {
            let path = paths.real(&app, operation).await;
            let answer = call(&plain, operation, &path).await;
            let empty = answer.status == 200
                && operation.method == Method::GET
                && (answer.body == json!([]) || answer.body["results"] == json!([]));
            let ok = match operation.permission {
                Permission::Anonymous | Permission::Authenticated => true,
                Permission::Superuser => answer.status == 403,
                Permission::Model(_) => matches!(answer.status.as_u16(), 403 | 404) || empty || unrouted(operation),
            };
            note(&mut faults, "a plain user", operation, &path, &answer, ok);
        }
        verdict(&faults);
    });
}

/// The permission in the contract is the one the handler asks for: neither more nor less. Only reading is tried on
/// objects that exist.
#[test]
fn the_permission_in_the_contract_is_enough() {
    on_sqlite(async |app| {
        let (mut faults, mut paths) = (vec![], Paths::new());
        // Keys of accounts that can do more stay hidden; this token is the first of the list.
        app.user("owner").await.post("/core/tokens/", json!({ "identifier": "a" })).await.expect(201);
        let mut holders: HashMap<&[&str], Principal> = HashMap::new();
        for operation in operations() {
            let Permission::Model(permissions) = operation.permission else { continue };
            if !holders.contains_key(permissions) {
                let mut holder = app.user(&format!("holder{}", holders.len()));
                for permission in permissions {
                    holder = holder.with_permission(permission);
                }
                holders.insert(permissions, holder.await);
            }
            let path = reading_or_unreal(&mut paths, &app, operation).await;
            let answer = call(&holders[permissions], operation, &path).await;
            note(&mut faults, &permissions.join(" + "), operation, &path, &answer, answer.status != 403);
        }
        verdict(&faults);
    });
}

#[test]
fn a_superuser_is_refused_nowhere_and_gets_501_only_where_the_snapshot_says_so() {
    on_sqlite(async |app| {
        let (mut faults, mut paths) = (vec![], Paths::new());
        let admin = app.user("another-administrator").superuser().await;
        for operation in operations() {
            let path = reading_or_unreal(&mut paths, &app, operation).await;
            let answer = call(&admin, operation, &path).await;
            let ok = match answer.status.as_u16() {
                403 => false,
                501 => listed(operation),
                200..300 => !listed(operation),
                _ => !unrouted(operation),
            };
            note(&mut faults, "a superuser", operation, &path, &answer, ok);
        }
        verdict(&faults);
    });
}

async fn reading_or_unreal(paths: &mut Paths, app: &TestApp, operation: &Operation) -> String {
    if operation.method == Method::GET { paths.real(app, operation).await } else { unreal(operation) }
}

#[test]
fn every_path_allows_the_methods_of_the_contract_and_no_others() {
    on_sqlite(async |app| {
        let admin = app.admin();
        let paths: BTreeSet<&str> = operations().map(|o| o.path).collect();
        for template in paths {
            let mut expected: BTreeSet<&str> =
                operations().filter(|o| o.path == template).map(|o| o.method.as_str()).collect();
            let path = unreal(operations().find(|o| o.path == template).unwrap());
            expected.insert("OPTIONS");
            if expected.contains("GET") {
                expected.insert("HEAD");
            }
            let options = admin.send(Method::OPTIONS, &path, |request| request).await;
            assert_eq!(options.status, 200, "{template}");
            assert_eq!(options.header("allow").split(", ").collect::<BTreeSet<_>>(), expected, "{template}");
        }
    });
}
