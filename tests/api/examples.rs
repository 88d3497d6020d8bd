//! The examples of the contract: each is run, and what they make fills lists.

use crate::support::{TestApp, contract::SCHEMA, for_each_database};
use futures::{FutureExt, StreamExt, future::BoxFuture, stream};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, HashMap};
use vestibule_api::{OPERATIONS, Operation};

/// So many rows are in every list, at least, that is compared with one that has a single one. More than what is asked for at
/// once anywhere, such as keys in one statement.
const ROWS: usize = 150;

/// Fields whose values are unique in their family.
const UNIQUE: &[&str] =
    &["domain", "google_id", "id", "identifier", "microsoft_id", "name", "schema_name", "scim_id", "slug", "username"];

/// Families that objects are made in, but not by everybody, with the reason.
const WITHOUT: &[(&str, &str)] = &[
    ("enterprise_license", "a licence is signed by who sells it"),
    ("sources_user_connections_oauth", "bodies name no source, so it takes that there is one of the kind"),
    ("sources_user_connections_plex", "likewise"),
    ("sources_user_connections_saml", "likewise"),
];

/// The operations that are implemented, by their id without the action.
fn families(action: &str) -> BTreeMap<&'static str, &'static Operation> {
    let missing = include_str!("../../snapshots/not_implemented.txt");
    let offered = OPERATIONS.iter().filter(|o| !o.path.contains('{') && missing.lines().all(|id| id != o.id));
    offered.filter_map(|o| Some((o.id.strip_suffix(action)?, o))).collect()
}

/// The families that objects are made in.
fn makers() -> BTreeMap<&'static str, &'static Operation> {
    let lists = families("_list");
    let mut makers = families("_create");
    makers.retain(|family, _| lists.contains_key(family) && WITHOUT.iter().all(|(without, _)| without != family));
    makers
}

/// The body that an operation shows.
fn example(operation: &Operation) -> Option<Value> {
    let description = SCHEMA["paths"][operation.path]["post"]["description"].as_str()?;
    let (_, example) = description.split_once("Example: `")?;
    serde_json::from_str(example.split_once('`')?.0).ok()
}

/// Objects made by the examples, one of each family. Those of two worlds have nothing to do with each other.
struct World<'a> {
    app: &'a TestApp,
    makers: &'a BTreeMap<&'static str, &'static Operation>,
    number: usize,
    made: HashMap<String, Value>,
}

impl World<'_> {
    /// The object of a family.
    fn object(&mut self, family: &str) -> BoxFuture<'_, Value> {
        let family = family.to_owned();
        async move {
            if let Some(made) = self.made.get(&family) {
                return made.clone();
            }
            let operation = self.makers.get(&*family).unwrap_or_else(|| panic!("{family} makes nothing"));
            let example = example(operation).unwrap_or_else(|| panic!("{} shows no example", operation.id));
            let body = self.filled(example).await;
            let made = self.app.admin().post(operation.path, body).await.expect(201);
            self.made.insert(family, made.clone());
            made
        }
        .boxed()
    }

    /// An example with the fields of other objects in it, and values that no other world has.
    fn filled(&mut self, example: Value) -> BoxFuture<'_, Value> {
        async move {
            match example {
                Value::String(text) => match text.strip_prefix('{').and_then(|text| text.strip_suffix('}')) {
                    Some(reference) => {
                        let (family, field) = reference.split_once('.').expect("a family and a field");
                        self.object(family).await[field].clone()
                    }
                    None => Value::String(text),
                },
                Value::Array(items) => {
                    let mut filled = vec![];
                    for item in items {
                        filled.push(self.filled(item).await);
                    }
                    Value::Array(filled)
                }
                Value::Object(fields) => {
                    let mut filled = Map::new();
                    for (name, value) in fields {
                        let value = match self.filled(value).await {
                            Value::String(text) if UNIQUE.contains(&&*name) && self.number > 0 => {
                                Value::String(format!("{text}{}", self.number))
                            }
                            value => value,
                        };
                        filled.insert(name, value);
                    }
                    Value::Object(filled)
                }
                value => value,
            }
        }
        .boxed()
    }
}

/// Makes an object of every family.
async fn fill(app: &TestApp, makers: &BTreeMap<&'static str, &'static Operation>, number: usize) {
    let mut world = World { app, makers, number, made: HashMap::new() };
    for family in makers.keys() {
        world.object(family).await;
    }
}

#[test]
fn every_example_of_the_contract_runs() {
    let makers = makers();
    let without: Vec<_> = makers.values().filter(|operation| example(operation).is_none()).map(|o| o.id).collect();
    assert_eq!(without, <[&str; 0]>::default(), "these operations show no example");
    for_each_database(async |app| fill(&app, &makers, 0).await);
}

#[test]
fn lists_cost_the_same_however_long_they_are() {
    let (makers, lists) = (makers(), families("_list"));
    for_each_database(async |app| {
        let costs = async || {
            let mut costs = BTreeMap::new();
            for (family, list) in &lists {
                let page = app.admin().get(&format!("{}?page_size=1000", list.path)).await;
                let rows = page.body["results"].as_array().map_or(0, Vec::len);
                costs.insert(*family, (page.statements(), rows));
            }
            costs
        };
        fill(&app, &makers, 0).await;
        let few = costs().await;
        stream::iter(1..ROWS).for_each_concurrent(4, |number| fill(&app, &makers, number)).await;
        let many = costs().await;
        for family in makers.keys() {
            assert!(many[family].1 >= ROWS, "{family}: {:?}", many[family]);
        }
        let differ: Vec<_> = lists
            .keys()
            .filter(|family| few[*family].0 != many[*family].0)
            .map(|family| (family, few[family], many[family]))
            .collect();
        assert!(differ.is_empty(), "(statements, rows) of lists that cost more when they are longer: {differ:?}");
    });
}
