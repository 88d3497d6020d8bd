//! The command: forms, exit status, accepted changes, complaints.

use serde_json::{Value, json};
use std::{fs, process::Command};
use tempfile::TempDir;

struct Run {
    status: Option<i32>,
    output: String,
    complaint: String,
}

struct Folder(TempDir);

impl Folder {
    /// A folder with an old and a new document: one enum value more in a response, one property less in a request.
    fn new() -> Self {
        let folder = Self(TempDir::new().unwrap());
        let document = |values: Value, property: &str| {
            let content = |schema: Value| json!({"application/json": {"schema": schema}});
            json!({"openapi": "3.0.3", "info": {"title": "<T>", "version": "1"}, "paths": {"/a/": {"post": {
                "requestBody": {"content": content(json!({"type": "object", "properties": {property: {"type": "string"}}}))},
                "responses": {"200": {"description": "", "content": content(json!({"type": "string", "enum": values}))}},
            }}}})
        };
        folder.write("old.json", &document(json!(["x"]), "a").to_string());
        folder.write("new.json", &document(json!(["x", "<y>"]), "b").to_string());
        folder
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.0.path().join(name), text).unwrap();
    }

    fn run(&self, arguments: &str) -> Run {
        // The example is the command without the rest of vestibule; cargo builds it for tests.
        let program = std::env::current_exe().unwrap().parent().unwrap().parent().unwrap().join("examples/diff");
        let output =
            Command::new(program).args(arguments.split_whitespace()).current_dir(self.0.path()).output().unwrap();
        Run {
            status: output.status.code(),
            output: String::from_utf8(output.stdout).unwrap(),
            complaint: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

#[test]
fn the_same_document_twice_has_no_changes() {
    let folder = Folder::new();
    for format in ["markdown", "text"] {
        let run = folder.run(&format!("old.json old.json --format {format} --fail-on any"));
        assert_eq!((run.status, run.output.as_str(), run.complaint.as_str()), (Some(0), "no changes\n", ""));
    }
}

#[test]
fn reports_have_four_forms() {
    let folder = Folder::new();
    let markdown = folder.run("old.json new.json");
    assert!(markdown.output.starts_with("#### What's Changed\n\n---\n\n##### `POST` /a/\n"), "{}", markdown.output);

    let text = folder.run("old.json new.json --format text").output;
    assert_eq!(
        text,
        "3 changes: 2 breaking, 1 data\n\nPOST /a/\n  \
         data          request application/json: property `b` added [property-added]\n  \
         breaking      request application/json: property `a` removed [property-removed]\n  \
         breaking      response 200 application/json: value `<y>` added [enum-value-added]\n"
    );

    let json: Value = serde_json::from_str(&folder.run("old.json new.json --format json").output).unwrap();
    assert_eq!(json["summary"], json!({"breaking": 2, "data": 1, "compatible": 0, "documentation": 0}));
    assert_eq!(
        json["changes"][2],
        json!({"class": "breaking", "rule": "enum-value-added", "operation": "POST /a/", "location": "response 200 application/json",
               "message": "value `<y>` added", "new": "<y>"})
    );

    let run = folder.run("old.json new.json --format html --output page.html");
    assert_eq!((run.status, run.output.as_str()), (Some(0), ""));
    let page = fs::read_to_string(folder.0.path().join("page.html")).unwrap();
    assert!(page.contains("&lt;y&gt;") && !page.contains("<y>") && !page.contains("http"), "{page}");
}

#[test]
fn the_exit_status_says_whether_to_go_on() {
    let folder = Folder::new();
    for (arguments, status) in [
        ("old.json new.json", 0),
        ("old.json new.json --fail-on breaking", 1),
        ("old.json new.json --fail-on any", 1),
        ("old.json new.json --rules", 0),
        ("--rules", 0),
        ("old.json", 2),
        ("old.json new.json --format pdf", 2),
        ("old.json nowhere.json", 2),
    ] {
        assert_eq!(folder.run(arguments).status, Some(status), "{arguments}");
    }
    let run = folder.run("old.json new.json --fail-on breaking");
    assert!(
        run.complaint.contains("breaking: POST /a/: request application/json: property `a` removed [property-removed]")
    );
    assert!(run.complaint.ends_with("vestibule: 2 changes not accepted\n"), "{}", run.complaint);
}

#[test]
fn unreadable_documents_are_told_with_their_line() {
    let folder = Folder::new();
    folder.write("broken.yml", "openapi: 3.0.3\npaths:\n  /a/: [\n");
    folder.write("two.yml", "swagger: '2.0'\n");
    let run = folder.run("old.json broken.yml");
    assert_eq!(run.status, Some(2));
    assert!(run.complaint.starts_with("vestibule: broken.yml:4:1: "), "{}", run.complaint);
    assert_eq!(
        folder.run("two.yml new.json").complaint,
        "vestibule: two.yml:1:10: Swagger 2 is not supported, only OpenAPI 3\n"
    );
}

#[test]
fn accepted_changes_need_a_reason_and_a_use() {
    let folder = Folder::new();
    let accept = |text: &str| {
        folder.write("accepted.yml", text);
        folder.run("old.json new.json --format text --fail-on breaking --allow accepted.yml")
    };
    let good = "- rule: enum-value-added\n  reason: callers ignore values they do not know\n";
    let more = "- rule: property-removed\n  operation: POST /a/\n  location: request *\n  reason: nobody sent it\n";
    assert_eq!(accept(good).status, Some(1));
    let run = accept(&format!("{good}{more}"));
    assert_eq!((run.status, run.complaint.as_str()), (Some(0), ""));
    assert!(run.output.contains("accepted: nobody sent it"), "{}", run.output);

    let run = accept(&format!("{good}{more}- rule: type-changed\n  reason: old\n"));
    assert_eq!(
        (run.status, run.complaint.as_str()),
        (Some(2), "vestibule: accepted.yml:7:3: no change matches this entry, remove it\n")
    );
    let run = accept("- rule: no-such-rule\n  reason: x\n");
    assert_eq!(run.complaint, "vestibule: accepted.yml:1:3: there is no rule `no-such-rule`; `--rules` lists all\n");
    let run = accept("- rule: enum-value-added\n  reason: ' '\n");
    assert_eq!(run.complaint, "vestibule: accepted.yml:1:3: an accepted change needs a reason\n");
    let run = accept("- rule: enum-value-added\n");
    assert!(run.complaint.contains("missing field `reason`") && run.status == Some(2), "{}", run.complaint);
    assert_eq!(accept("").status, Some(1));
}
