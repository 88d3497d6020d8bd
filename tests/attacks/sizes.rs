//! What a request may ask for at most (C1, L5, H2, H5 to H7, M6): words of a search, values of a filter, rows of a page,
//! letters of a text, and what it costs to read a file.

use crate::support::{Answer, TestApp, contract, for_each_database};
use reqwest::{
    Method,
    multipart::{Form, Part},
};
use serde_json::{Value, json};
use std::fmt::Write;
use uuid::Uuid;
use vestibule::store::{Entity, tables::Brand};
use vestibule_api::{
    BodyKind, OPERATIONS, Operation,
    limits::{
        FILTER_VALUES, JSON_BYTES, LIST_ITEMS, PAGE_SIZE, SEARCH_LENGTH, SEARCH_WORDS, TEXT_LENGTH, TOKENS_PER_USER,
    },
    schema::{Field, Schema},
};

/// How many bytes of an address the HTTP layer takes, less the host in front of it and what letters take more in it:
/// `http::Uri` counts them in 16 bits.
const LONGEST_ADDRESS: usize = 65_534 - 100;

/// What those lists need that are about permissions of one model.
const MODEL: &str = "model=authentik_core.group";

/// Parameters of lists that are taken apart.
const PARTED: [&str; 3] = ["search", "ordering", "attributes"];

/// How a value can be made long.
const FORMS: [fn(usize) -> String; 4] = [
    |length| "x".repeat(length),
    |length| numbers("+", length),
    |length| numbers(",", length),
    |length| format!("{{\"a\":{}1{}}}", "[".repeat(length / 2), "]".repeat(length / 2)),
];

/// Different numbers, as many as there is room for.
fn numbers(separator: &str, length: usize) -> String {
    let mut text = String::new();
    for number in 0.. {
        if text.len() + 8 > length {
            break;
        }
        let _ = write!(text, "{number}{separator}");
    }
    text
}

/// The lists of the contract that have a handler.
fn lists() -> impl Iterator<Item = (&'static Operation, Vec<&'static str>)> {
    let left_out = include_str!("../../snapshots/not_implemented.txt");
    let built = move |o: &&Operation| !left_out.lines().any(|line| line == o.id);
    let lists = OPERATIONS.iter().filter(|o| o.method == Method::GET && !o.path.contains('{')).filter(built);
    lists.map(|o| (o, parameters(o))).filter(|(_, names)| names.contains(&"page"))
}

/// The names of the query parameters of an operation.
fn parameters(operation: &Operation) -> Vec<&'static str> {
    let resolved = |node: &'static Value| match node["$ref"].as_str() {
        Some(reference) => contract::SCHEMA.pointer(reference.trim_start_matches('#')).unwrap(),
        None => node,
    };
    let own = contract::SCHEMA["paths"][operation.path]["get"]["parameters"].as_array().into_iter().flatten();
    own.map(resolved).filter(|node| node["in"] == "query").filter_map(|node| node["name"].as_str()).collect()
}

async fn ask(app: &TestApp, path: &str) -> Answer {
    app.admin().send_unchecked(Method::GET, path, |request| request).await
}

#[test]
fn the_longest_address_ends_no_list() {
    for_each_database(async |app| {
        let mut asked = 0;
        for (operation, names) in lists() {
            let room = LONGEST_ADDRESS - "/api/v3".len() - operation.path.len() - MODEL.len() - 2;
            let mut queries = vec![];
            for (number, name) in names.iter().enumerate() {
                let alone = room - name.len() - 1;
                // Each in one form, and in all of them what may hold more than one thing.
                let forms = if PARTED.contains(name) { &FORMS[..] } else { &FORMS[number % FORMS.len()..][..1] };
                queries.extend(forms.iter().map(|form| format!("{name}={}", form(alone))));
                let pairs = room / (name.len() + 7);
                queries.push((0..pairs).map(|n| format!("{name}={n}&")).collect());
            }
            let share = room / names.len() - 40;
            queries.extend(FORMS.iter().map(|form| names.iter().map(|n| format!("{n}={}&", form(share))).collect()));
            for query in queries {
                let answer = ask(&app, &format!("{}?{MODEL}&{query}", operation.path)).await;
                let short: String = query.chars().take(60).collect();
                let text: String = answer.text().chars().take(300).collect();
                assert!(matches!(answer.status.as_u16(), 200 | 400 | 404), "{} {short}: {text}", operation.id);
                asked += 1;
            }
        }
        assert!(asked > 900, "{asked}");
        assert_eq!(app.admin().get("/core/users/me/").await.status, 200);
    });
}

#[test]
fn a_search_has_few_words_and_letters() {
    for_each_database(async |app| {
        let (admin, jane) = (app.admin(), app.user("jane").await);
        let role = admin.post("/rbac/roles/", json!({ "name": "readers" })).await.expect(201)["pk"].clone();
        let role = role.as_str().unwrap();
        let search = |words: usize| (0..words).map(|n| format!("w{n}+")).collect::<String>();
        for (operation, _) in lists().filter(|(_, names)| names.contains(&"search")) {
            let about = format!("{}?{MODEL}&uuid={role}&user_id={}", operation.path, jane.id());
            let found = async |words| admin.get(&format!("{about}&search={}", search(words))).await;
            found(SEARCH_WORDS).await.expect(200);
            let errors = found(SEARCH_WORDS + 1).await.expect(400);
            assert_eq!(errors, json!({ "search": ["Ensure this search has no more than 20 words."] }));
        }
        // One GET by anybody ended the process.
        jane.get(&format!("/core/tokens/?search={}", "u+".repeat(15_000))).await.expect(400);
        let errors = jane.get(&format!("/core/tokens/?search={}", "u".repeat(SEARCH_LENGTH + 1))).await.expect(400);
        assert_eq!(errors, json!({ "search": ["Ensure this search has no more than 256 characters."] }));
        jane.get(&format!("/core/tokens/?search={}", "ü".repeat(SEARCH_LENGTH))).await.expect(200);
        // A word twice is one word, and all words count.
        let found = admin.get(&format!("/core/users/?search={}", "jane+".repeat(51))).await.results();
        assert_eq!(found.len(), 1);
        assert_eq!(admin.get("/core/users/?search=jane,a+n+e+nobody").await.results().len(), 0);
    });
}

#[test]
fn a_filter_has_few_values() {
    for_each_database(async |app| {
        let (admin, jane) = (app.admin(), app.user("jane").await);
        let members = |number: usize| {
            let keys = (0..number).map(|_| format!("members_by_pk={}&", jane.id()));
            let others = (0..number).map(|n| format!("members_by_pk={}&", 1_000_000 + n));
            (keys.collect::<String>(), others.collect::<String>())
        };
        let (same, _) = members(1_000);
        admin.get(&format!("/core/groups/?{same}")).await.expect(200);
        let (_, differing) = members(FILTER_VALUES);
        let errors = admin.get(&format!("/core/groups/?{differing}")).await.expect(400);
        assert_eq!(errors["members_by_pk"].as_array().unwrap().len(), FILTER_VALUES, "each is named");
        let (_, differing) = members(FILTER_VALUES + 1);
        let errors = admin.get(&format!("/core/groups/?{differing}")).await.expect(400);
        assert_eq!(errors, json!({ "members_by_pk": ["Ensure this filter has no more than 200 values."] }));
        let deep = format!("attributes={{\"a\":{}1{}}}", "[".repeat(16), "]".repeat(16));
        let errors = admin.get(&format!("/core/groups/?{deep}")).await.expect(400);
        assert_eq!(errors, json!({ "attributes": ["filter: nested too deeply"] }));
    });
}

async fn import(app: &TestApp, yaml: String) -> Value {
    let file = Part::text(yaml).file_name("flow.yaml");
    let answer = app.admin().upload("/flows/instances/import/", Form::new().part("file", file)).await;
    answer.expect(400)["logs"][0]["event"].clone()
}

#[test]
fn a_blueprint_is_read_in_linear_time_and_space() {
    for_each_database(async |app| {
        for (open, close) in [("[", "]"), ("{a: ", "}"), ("- ", ""), ("[\"]\", ", "]"), ("!If [", "]")] {
            let nested = format!("version: 1\nx:\n  {}{}", open.repeat(100_000), close.repeat(100_000));
            assert_eq!(import(&app, nested).await, "The file is nested too deeply.", "{open}");
        }
        let aliases = format!("a: &a {}\nb: [{}]", "x".repeat(100_000), "*a,".repeat(10_000));
        assert_eq!(import(&app, aliases).await, "The file is too long once its aliases are written out.");
        assert_eq!(import(&app, "- 1\n".repeat(200_000)).await, "The file has too many values.");
    });
}

#[test]
fn what_a_blueprint_refers_to_is_limited() {
    for_each_database(async |app| {
        let with = |attributes: &str| {
            let context = "x".repeat(500_000);
            format!(
                "version: 1\ncontext: {{a: {context}}}\nentries:\n- model: authentik_flows.flow\n  \
                 identifiers: {{slug: f}}\n  attrs: {{title: {attributes}}}\n"
            )
        };
        let expected =
            "Entry 1 (authentik_flows.flow): The blueprint takes more than 4 MiB once its tags are replaced.";
        assert_eq!(import(&app, with(&format!("[{}]", "!Context a,".repeat(100)))).await, expected);
        let filled = format!("!Format [\"{}\"{}]", "%s".repeat(20), ", !Context a".repeat(20));
        assert_eq!(import(&app, with(&filled)).await, expected);
        let nested = format!("{}!Context a{}", "!Format [\"%s\", ".repeat(20), "]".repeat(20));
        assert_eq!(import(&app, with(&nested)).await, expected);
        let entries = "- {model: authentik_flows.flow}\n".repeat(3_000);
        let reason = import(&app, format!("version: 1\nentries:\n{entries}")).await;
        assert_eq!(reason, "The blueprint has more than 2000 entries.");
    });
}

#[test]
fn metadata_is_read_in_linear_time() {
    for_each_database(async |app| {
        let admin = app.admin();
        let flow = admin.get("/flows/instances/?designation=authorization").await.results()[0]["pk"].clone();
        let attributes: String = (0..40_000).map(|n| format!(" a{n}='1'")).collect();
        let nested = format!("{}{}", "<a xmlns='b'>".repeat(50_000), "</a>".repeat(50_000));
        for xml in [format!("<a{attributes}/>"), nested, format!("<a>{}</a>", "<b/>".repeat(100_000))] {
            let form = Form::new().part("file", Part::text(xml).file_name("m.xml"));
            let form = form.text("name", "x").text("authorization_flow", flow.as_str().unwrap().to_owned());
            let errors = admin.upload("/providers/saml/import_metadata/", form).await.expect(400);
            assert_eq!(errors, json!({ "file": ["The metadata is too large."] }));
        }
    });
}

#[test]
fn a_body_has_so_many_values_and_parts() {
    for_each_database(async |app| {
        let admin = app.admin();
        let many = format!("{{\"name\": \"a\", \"users\": [{}1]}}", "1,".repeat(200_000));
        let deep = format!("{{\"attributes\": {}1{}}}", "[".repeat(100_000), "]".repeat(100_000));
        for (body, reason) in [(many, "more than 200000 values"), (deep, "recursion limit exceeded")] {
            let request = |r: reqwest::RequestBuilder| r.header("content-type", "application/json").body(body);
            let errors = admin.send(Method::POST, "/core/groups/", request).await.expect(400);
            assert!(errors["detail"].as_str().unwrap().contains(reason), "{errors}");
        }
        let form = (0..65).fold(Form::new(), |form, n| form.text(format!("a{n}"), ""));
        let errors = admin.upload("/flows/instances/import/", form).await;
        assert_eq!(errors.status, 400);
    });
}

#[test]
fn a_page_has_a_largest_size() {
    for_each_database(async |app| {
        let admin = app.admin();
        for size in [PAGE_SIZE + 1, 1_000_000_000] {
            let page = admin.get(&format!("/core/users/?page_size={size}")).await.expect(200);
            assert_eq!(page["pagination"]["total_pages"], 1);
        }
        let brands = (0..=PAGE_SIZE).map(|n| Brand {
            id: Uuid::from_u128(n as u128),
            domain: format!("b{n}"),
            ..Brand::default()
        });
        let mut tx = app.app.db.begin().await.unwrap();
        for mut brand in brands {
            brand.insert(&mut tx).await.unwrap();
        }
        tx.commit().await.unwrap();
        let page = admin.get("/core/brands/?page_size=100000").await.expect(200);
        assert_eq!(page["results"].as_array().unwrap().len(), PAGE_SIZE);
        assert_eq!((&page["pagination"]["next"], &page["pagination"]["total_pages"]), (&json!(2), &json!(2)));
        let rest = admin.get("/core/brands/?page_size=100000&page=2").await.results();
        assert_eq!(rest.len() as u64 + PAGE_SIZE as u64, page["pagination"]["count"].as_u64().unwrap());
    });
}

#[test]
fn an_answer_has_a_largest_size() {
    for_each_database(async |app| {
        let attributes = json!({ "a": "x".repeat(JSON_BYTES - 100) });
        let mut tx = app.app.db.begin().await.unwrap();
        for number in 0..600 {
            let id = Uuid::from_u128(number);
            let mut brand =
                Brand { id, domain: format!("b{number}"), attributes: attributes.clone(), ..Brand::default() };
            brand.insert(&mut tx).await.unwrap();
        }
        tx.commit().await.unwrap();
        let refused = app.admin().get("/core/brands/?page_size=1000").await.expect(400);
        assert_eq!(
            refused,
            json!({ "detail": "The answer would be larger than 64 MiB. Ask for less at a time (page_size)." })
        );
        app.admin().get("/core/brands/").await.expect(200);
    });
}

/// Letters that cannot be compressed, so that an index has to hold them all.
fn noise(length: usize) -> String {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let letter = |_| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        char::from_u32(0x1_0000 + (state >> 40) as u32 % 0xffff).unwrap()
    };
    (0..length).map(letter).collect()
}

/// What a field takes beyond what is asked of it: text, JSON or a list, as large as it may be and larger.
fn sizes(schema: &Schema) -> Option<(Value, Value)> {
    match schema {
        Schema::Nullable(inner) => sizes(inner),
        Schema::String { max, pattern: None, format: vestibule_api::schema::Format::Text, .. } => {
            let max = if *max == 0 { TEXT_LENGTH } else { *max as usize };
            Some((json!(noise(max)), json!(noise(max + 1))))
        }
        Schema::TextOr(_) => Some((json!(noise(TEXT_LENGTH)), json!(noise(TEXT_LENGTH + 1)))),
        Schema::Any | Schema::Map(Schema::Any) => {
            let holding = |length: usize| json!({ "a": "x".repeat(length) });
            Some((holding(JSON_BYTES - 8), holding(JSON_BYTES)))
        }
        Schema::Array(Schema::String { format: vestibule_api::schema::Format::Text, .. }) => {
            Some((json!(vec!["x"; LIST_ITEMS]), json!(vec!["x"; LIST_ITEMS + 1])))
        }
        _ => None,
    }
}

fn words(schema: &Schema) -> String {
    match schema {
        Schema::Nullable(inner) => words(inner),
        Schema::Any | Schema::Map(_) => format!("Ensure this field has no more than {JSON_BYTES} bytes."),
        Schema::Array(_) => format!("Ensure this field has no more than {LIST_ITEMS} elements."),
        Schema::String { max: max @ 1.., .. } => format!("Ensure this field has no more than {max} characters."),
        _ => format!("Ensure this field has no more than {TEXT_LENGTH} characters."),
    }
}

/// All bodies that are sent as JSON, by the operations that are built and whose paths need no object.
fn bodies() -> impl Iterator<Item = (&'static Operation, &'static [Field])> {
    let left_out = include_str!("../../snapshots/not_implemented.txt");
    let built = move |o: &&Operation| !left_out.lines().any(|line| line == o.id) && !o.path.contains('{');
    OPERATIONS.iter().filter(built).filter_map(|o| match o.body {
        BodyKind::Json(Schema::Object(fields)) => Some((o, *fields)),
        _ => None,
    })
}

#[test]
fn every_field_has_a_largest_size() {
    for_each_database(async |app| {
        let mut tried = 0;
        for (operation, fields) in bodies() {
            for field in fields {
                let Some((fits, exceeds)) = sizes(field.schema) else { continue };
                let body = |value: Value| json!({ field.name: value });
                let send = async |value| {
                    let request = |r: reqwest::RequestBuilder| r.json(&body(value));
                    app.admin().send_unchecked(operation.method.clone(), operation.path, request).await
                };
                let answer = send(exceeds).await;
                let told = answer.body[field.name].to_string();
                assert!(told.contains(&words(field.schema)), "{} {}: {answer:?}", operation.id, field.name);
                let answer = send(fits).await;
                assert!(answer.status.as_u16() < 500, "{} {}: {}", operation.id, field.name, answer.text());
                let told = answer.body[field.name].to_string();
                assert!(!told.contains(&words(field.schema)), "{} {}", operation.id, field.name);
                tried += 1;
            }
        }
        assert!(tried > 100, "{tried}");
    });
}

#[test]
fn an_index_holds_the_longest_name() {
    for_each_database(async |app| {
        let admin = app.admin();
        for (path, body) in [
            ("/core/applications/", json!({ "name": noise(600), "slug": "a", "group": noise(600) })),
            ("/core/brands/", json!({ "domain": noise(600) })),
            ("/policies/dummy/", json!({ "name": noise(600) })),
            ("/stages/dummy/", json!({ "name": noise(600) })),
            (
                "/propertymappings/scope/",
                json!({ "name": noise(600), "managed": noise(600), "scope_name": noise(600), "expression": "return 1" }),
            ),
            ("/core/users/", json!({ "username": noise(150), "name": noise(600), "path": noise(600) })),
        ] {
            admin.post(path, body).await.expect(201);
        }
    });
}

#[test]
fn a_user_has_so_many_tokens() {
    for_each_database(async |app| {
        let jane = app.user("jane").await;
        let token = |number: usize| json!({ "identifier": format!("t{number}"), "description": "x".repeat(1_000) });
        // One is what she calls with.
        for number in 1..TOKENS_PER_USER {
            jane.post("/core/tokens/", token(number)).await.expect(201);
        }
        let errors = jane.post("/core/tokens/", token(0)).await.expect(400);
        let words = "There are 100 objects of the kind Token already, which is the limit.";
        assert_eq!(errors, json!({ "non_field_errors": [words] }));
        jane.delete("/core/tokens/t1/").await.expect(204);
        jane.post("/core/tokens/", token(0)).await.expect(201);
        for number in 0..=TOKENS_PER_USER {
            app.admin().post("/core/tokens/", json!({ "identifier": format!("admin{number}") })).await.expect(201);
        }
    });
}
