//! `/managed/blueprints/`.

use crate::support::{TestApp, for_each_database};
use serde_json::{Value, json};

const BLUEPRINTS: &str = "/managed/blueprints/";

/// A blueprint with a group whose attribute `colour` is this value.
fn blueprint(colour: &str) -> String {
    format!(
        "version: 1\nmetadata: {{name: colours, labels: {{a: b}}}}\ncontext: {{name: painters}}\nentries:\n- model: \
         authentik_core.group\n  identifiers: {{name: !Context name}}\n  attrs: {{attributes: {{colour: {colour}}}}}\n"
    )
}

fn path(instance: &Value) -> String {
    format!("{BLUEPRINTS}{}/", instance["pk"].as_str().unwrap())
}

async fn colour(app: &TestApp, name: &str) -> Option<String> {
    let found = app.admin().get(&format!("/core/groups/?name={name}")).await.results();
    found.first().and_then(|group| Some(group["attributes"]["colour"].as_str()?.to_owned()))
}

#[test]
fn a_blueprint_is_applied_when_it_is_made_changed_and_asked_for() {
    for_each_database(async |app| {
        let admin = app.admin();
        let made = admin.post(BLUEPRINTS, json!({ "name": "b", "content": blueprint("blue") })).await.expect(201);
        assert_eq!(
            (&made["status"], &made["metadata"]),
            (&json!("successful"), &json!({ "name": "colours", "labels": { "a": "b" } }))
        );
        assert_eq!(made["last_applied_hash"].as_str().unwrap().len(), 128);
        assert_eq!(colour(&app, "painters").await.as_deref(), Some("blue"));

        let group = admin.get("/core/groups/?name=painters").await.results().remove(0);
        let group = format!("/core/groups/{}/", group["pk"].as_str().unwrap());
        admin.patch(&group, json!({ "attributes": { "colour": "red" } })).await.expect(200);
        admin.post(&format!("{}apply/", path(&made)), json!(null)).await.expect(200);
        assert_eq!(colour(&app, "painters").await.as_deref(), Some("blue"));
        admin.patch(&path(&made), json!({ "content": blueprint("green") })).await.expect(200);
        assert_eq!(colour(&app, "painters").await.as_deref(), Some("green"));
        admin.patch(&path(&made), json!({ "context": { "name": "others" } })).await.expect(200);
        assert_eq!(colour(&app, "others").await.as_deref(), Some("green"));

        // One that is not enabled is tried out, and leaves nothing.
        let body =
            json!({ "name": "off", "enabled": false, "content": blueprint("x"), "context": { "name": "nobody" } });
        let off = admin.post(BLUEPRINTS, body).await.expect(201);
        let applied = admin.post(&format!("{}apply/", path(&off)), json!(null)).await.expect(200);
        assert_eq!((&applied["status"], colour(&app, "nobody").await), (&json!("unknown"), None));

        let found = admin.get(&format!("{BLUEPRINTS}?name=off")).await.results();
        assert_eq!((found.len(), &found[0]["enabled"]), (1, &json!(false)));
        assert_eq!(admin.get(&format!("{}used_by/", path(&off))).await.expect(200), json!([]));
        let viewer = app
            .user("viewer")
            .with_object_permission("authentik_blueprints.view_blueprintinstance", off["pk"].as_str().unwrap())
            .await;
        assert_eq!(viewer.get(BLUEPRINTS).await.results().len(), 1);
        viewer.post(&format!("{}apply/", path(&off)), json!(null)).await.expect(403);
        admin.delete(&path(&made)).await.expect(204);
        assert_eq!(colour(&app, "painters").await.as_deref(), Some("green"), "its objects stay");
    });
}

#[test]
fn what_does_not_fit_is_refused_and_leaves_nothing() {
    for_each_database(async |app| {
        let admin = app.admin();
        let bad = format!(
            "{}- model: authentik_core.group\n  identifiers: {{name: second}}\n  attrs: {{parent: x}}\n",
            blueprint("blue")
        );
        for (body, field) in [
            (json!({}), "non_field_errors"),
            (json!({ "path": "nowhere.yaml" }), "path"),
            (json!({ "path": "../../etc/passwd" }), "path"),
            (json!({ "content": "just text" }), "content"),
            (json!({ "content": "version: 2" }), "content"),
            (json!({ "content": bad }), "content"),
            (json!({ "content": bad, "enabled": false }), "content"),
            (json!({ "content": "version: 1\nentries:\n- model: no.such\n" }), "content"),
        ] {
            let mut body = body;
            body["name"] = json!("b");
            let errors = admin.post(BLUEPRINTS, body).await.expect(400);
            assert_eq!(errors.as_object().unwrap().keys().collect::<Vec<_>>(), [field], "{errors}");
        }
        assert_eq!(colour(&app, "painters").await, None, "half of a blueprint is none");
        let from = admin.post(BLUEPRINTS, json!({ "name": "r", "path": "oci://r.test/b" })).await.expect(201);
        assert_eq!((&from["status"], &from["last_applied_hash"]), (&json!("unknown"), &json!("")));
        let applied = admin.post(&format!("{}apply/", path(&from)), json!(null)).await.expect(200);
        assert_eq!(applied["status"], "error");
        let errors = admin.post(BLUEPRINTS, json!({ "name": "r", "path": "x.yaml" })).await.expect(400);
        assert_eq!(errors.as_object().unwrap().keys().collect::<Vec<_>>(), ["name", "path"]);

        // What worked once may not work later; what it wrote before is given up then, and the outcome is kept.
        let once = "version: 1\nentries:\n- model: authentik_core.group\n  identifiers: {name: g}\n- model: authentik_core.group\n  \
                    state: must_created\n  identifiers: {name: h}\n";
        let once = admin.post(BLUEPRINTS, json!({ "name": "once", "content": once })).await.expect(201);
        admin
            .delete(&format!(
                "/core/groups/{}/",
                admin.get("/core/groups/?name=g").await.results()[0]["pk"].as_str().unwrap()
            ))
            .await
            .expect(204);
        let again = admin.post(&format!("{}apply/", path(&once)), json!(null)).await.expect(200);
        assert_eq!((&again["status"], &again["last_applied_hash"]), (&json!("error"), &once["last_applied_hash"]));
        assert!(admin.get("/core/groups/?name=g").await.results().is_empty());

        // Nobody can do by a blueprint what the API refuses.
        let adder = app.user("adder").with_permission("authentik_blueprints.add_blueprintinstance").await;
        let errors = adder.post(BLUEPRINTS, json!({ "name": "mine", "content": blueprint("blue") })).await.expect(400);
        assert!(errors["content"][0].as_str().unwrap().contains("Only superusers"), "{errors}");
    });
}

#[test]
fn lists_and_maps_are_enumerated() {
    for_each_database(async |app| {
        let admin = app.admin();
        for (number, (value, expected)) in [
            ("!Enumerate [!Context list, SEQ, !Format ['%s=%s', !Index 0, !Value 0]]", json!(["0=a", "1=b"])),
            ("!Enumerate [!Context map, MAP, [!Value 0, !Index 0]]", json!({ "v": "k" })),
            (
                "!Enumerate [[1, 2], SEQ, !Enumerate [!Context list, SEQ, [!Value 1, !Value 0]]]",
                json!([[[1, "a"], [1, "b"]], [[2, "a"], [2, "b"]]]),
            ),
            ("!Enumerate [[], MAP, x]", json!({})),
            ("!Env [HOME, default]", json!("default")),
        ]
        .into_iter()
        .enumerate()
        {
            let content = format!(
                "version: 1\ncontext: {{list: [a, b], map: {{k: v}}}}\nentries:\n- model: authentik_core.group\n  \
                 identifiers: {{name: g{number}}}\n  attrs: {{attributes: {{it: {value}}}}}\n"
            );
            admin.post(BLUEPRINTS, json!({ "name": format!("b{number}"), "content": content })).await.expect(201);
            let group = admin.get(&format!("/core/groups/?name=g{number}")).await.results().remove(0);
            assert_eq!(group["attributes"]["it"], expected, "{value}");
        }
        for value in [
            "!Enumerate [5, SEQ, x]",
            "!Enumerate [[1], MAP, x]",
            "!Enumerate [[1], X, x]",
            "!Value 0",
            "!Enumerate [[1], SEQ, !Value 1]",
        ] {
            let content =
                format!("version: 1\nentries:\n- model: authentik_core.group\n  identifiers: {{name: {value}}}\n");
            let errors = admin.post(BLUEPRINTS, json!({ "name": "bad", "content": content })).await.expect(400);
            assert!(errors["content"].is_array(), "{errors}");
        }
    });
}

#[test]
fn blueprints_of_the_folder_are_available() {
    for_each_database(async |app| {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("own")).unwrap();
        std::fs::write(folder.path().join("own/colours.yaml"), blueprint("blue")).unwrap();
        let app = app.with_settings(|config| config.blueprints = folder.path().to_owned());
        let admin = app.admin();
        let files = admin.get(&format!("{BLUEPRINTS}available/")).await.expect(200);
        assert_eq!((&files[0]["path"], &files[0]["meta"]["name"]), (&json!("own/colours.yaml"), &json!("colours")));
        app.user("nobody").await.get(&format!("{BLUEPRINTS}available/")).await.expect(403);

        let made = admin.post(BLUEPRINTS, json!({ "name": "f", "path": "own/colours.yaml" })).await.expect(201);
        assert_eq!((&made["status"], &made["last_applied_hash"]), (&json!("successful"), &files[0]["hash"]));
        assert_eq!(colour(&app, "painters").await.as_deref(), Some("blue"));
        let found = admin.get(&format!("{BLUEPRINTS}?path=own/colours.yaml")).await.results();
        assert_eq!(found.len(), 1);
        std::fs::remove_file(folder.path().join("own/colours.yaml")).unwrap();
        let applied = admin.post(&format!("{}apply/", path(&made)), json!(null)).await.expect(200);
        assert_eq!(applied["status"], "error");
    });
}
