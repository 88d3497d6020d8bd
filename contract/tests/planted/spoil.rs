//! The faults that are in answers, and the bodies that end in one.

use super::{
    api::{Answer, TOTAL},
    faults::Fault,
};
use hyper::{
    StatusCode,
    header::{CONTENT_TYPE, LOCATION},
};
use serde_json::{Value, json};

/// Whether a body makes an operation crash.
pub(crate) fn crashes(fault: Fault, operation: &str, body: &Value) -> bool {
    let text = |name: &str| body[name].as_str().unwrap_or_default();
    operation == fault.operation()
        && match fault {
            Fault::CrashOnEmoji => text("name").chars().any(|c| c > '\u{ffff}'),
            Fault::CrashOnZero => body["price"].as_f64() == Some(0.0),
            Fault::CrashOnList => body.is_array(),
            Fault::CrashOnLongText => text("slug").chars().count() > 30,
            _ => false,
        }
}

/// The answer of an operation, with the fault in it.
pub(crate) fn spoil(fault: Fault, operation: &str, mut answer: Answer) -> Answer {
    if operation != fault.operation() {
        return answer;
    }
    let success = answer.status.is_success();
    let refused = answer.status == StatusCode::BAD_REQUEST;
    match fault {
        Fault::CreatedIs200 if success => answer.status = StatusCode::OK,
        Fault::DeletedIs202 if success => answer.status = StatusCode::ACCEPTED,
        Fault::RefusedIs422 if refused => answer.status = StatusCode::UNPROCESSABLE_ENTITY,
        Fault::NumberAsText if success => change(&mut answer, |body| body["pages"] = json!(body["pages"].to_string())),
        Fault::NumberAsTextInList if success => change(&mut answer, |body| {
            if let Some(last) = body["results"].as_array_mut().and_then(|list| list.last_mut()) {
                last["pages"] = json!(last["pages"].to_string());
            }
        }),
        Fault::MissingProperty if success => change(&mut answer, |body| drop(object(body).remove("created"))),
        Fault::NullNotAllowed if success => change(&mut answer, |body| body["email"] = Value::Null),
        Fault::ForeignEnumValue if success => change(&mut answer, |body| body["genre"] = json!("unknown")),
        Fault::TimeWithoutZone if success => change(&mut answer, |body| body["time"] = json!("2024-06-01 12:00:00")),
        Fault::BrokenUuid if success => {
            change(&mut answer, |body| {
                body["loan_uuid"] = json!(format!("{}x", body["loan_uuid"].as_str().unwrap_or_default()))
            });
        }
        Fault::ForeignProperty if success => change(&mut answer, |body| body["debug"] = json!(true)),
        Fault::PageCountAsText if success => {
            change(&mut answer, |body| body["pagination"]["count"] = json!(body["pagination"]["count"].to_string()));
        }
        Fault::ListAsObject if success => change(&mut answer, |body| *body = json!({ "results": body })),
        Fault::ForeignKindAnswered if success => change(&mut answer, |body| body["borrower"]["kind"] = json!("ghost")),
        Fault::WrongKindAnswered if success => change(&mut answer, |body| {
            let other = if body["borrower"]["kind"] == "person" { "school" } else { "person" };
            body["borrower"]["kind"] = json!(other);
        }),
        Fault::AnswerAboveMaximum if success => change(&mut answer, |body| body["pages"] = json!(5001)),
        Fault::BlamesAnotherField if refused => {
            change(&mut answer, |body| *body = json!({ "country": ["This field is wrong."] }));
        }
        Fault::ErrorShape if refused => change(&mut answer, |body| *body = json!({ "error": "Bad request" })),
        Fault::TruncatedJson if success => drop(answer.body.pop()),
        Fault::EmptyBody if success => answer.body.clear(),
        Fault::JsonAsHtml if success => return answer.with(CONTENT_TYPE, "text/html"),
        Fault::CsvAsJson => return answer.with(CONTENT_TYPE, "application/json"),
        Fault::NotFoundAsHtml if answer.status == StatusCode::NOT_FOUND => {
            return Answer::new(StatusCode::NOT_FOUND, "text/html", "<h1>Not found</h1>");
        }
        Fault::NoContentType if success => drop(answer.headers.remove(CONTENT_TYPE)),
        Fault::MissingHeader if success => drop(answer.headers.remove(TOTAL)),
        Fault::HeaderNotNumber if success => return answer.with(TOTAL, "many"),
        Fault::HeaderPattern if success => return answer.with(LOCATION, "/author"),
        _ => {}
    }
    answer
}

/// Changes the JSON of an answer.
fn change(answer: &mut Answer, change: impl FnOnce(&mut Value)) {
    let mut body = serde_json::from_slice(&answer.body).unwrap();
    change(&mut body);
    answer.body = body.to_string().into_bytes();
}

fn object(value: &mut Value) -> &mut serde_json::Map<String, Value> {
    value.as_object_mut().unwrap()
}
