//! The text of the notes, in Markdown that is not formatted yet. Spelling and blank lines are those of openapi-diff.

use super::{
    changed::{ChangedBody, ChangedContent, ChangedOperation, ChangedParameters, ChangedResponses, Endpoint},
    operation::Comparison,
    render_schema::Schemas,
    tree::Parameter,
};
use std::fmt::Write as _;

/// Prints what was found.
pub(super) fn render(comparison: &Comparison) -> String {
    let paths = &comparison.paths;
    let changed: Vec<_> = paths.changed.values().flat_map(|path| path.borrow().changed.clone()).collect();
    let deprecated: Vec<Endpoint> = changed
        .iter()
        .map(|operation| operation.borrow())
        .filter(|operation| operation.deprecated)
        .map(|operation| Endpoint {
            method: operation.method,
            path: operation.path.clone(),
            summary: operation.new.summary.clone(),
        })
        .collect();
    let mut out = String::new();
    endpoints(&mut out, "What's New", &paths.added);
    endpoints(&mut out, "What's Deleted", &paths.removed);
    endpoints(&mut out, "What's Deprecated", &deprecated);
    if !changed.is_empty() {
        section(&mut out, "What's Changed");
        let mut schemas = Schemas::new(&comparison.tree);
        for operation in &changed {
            self::operation(&mut out, &mut schemas, &operation.borrow());
        }
    }
    out
}

// Writing to a string cannot fail.
macro_rules! put {
    ($out:expr, $($argument:tt)*) => {{
        let _ = write!($out, $($argument)*);
    }};
}
pub(super) use put;

fn section(out: &mut String, title: &str) {
    put!(out, "#### {title}\n---\n\n");
}

fn endpoints(out: &mut String, title: &str, endpoints: &[Endpoint]) {
    if endpoints.is_empty() {
        return;
    }
    section(out, title);
    for endpoint in endpoints {
        heading(out, endpoint.method, &endpoint.path, endpoint.summary.as_deref());
    }
}

fn heading(out: &mut String, method: &str, path: &str, summary: Option<&str>) {
    put!(out, "##### `{}` {path}\n\n", method.to_uppercase());
    quote(out, "", summary);
    out.push('\n');
}

/// A quotation, every line behind `indent`.
pub(super) fn quote(out: &mut String, indent: &str, text: Option<&str>) {
    let text = text.unwrap_or_default().trim();
    if !text.is_empty() {
        let lines = text.replace('\n', &format!("\n{indent}> "));
        put!(out, "{indent}> {lines}\n\n");
    }
}

fn operation(out: &mut String, schemas: &mut Schemas<'_>, operation: &ChangedOperation) {
    let summary = operation.new.summary.as_deref().filter(|_| operation.summary);
    heading(out, operation.method, &operation.path, summary);
    if let Some(changed) = &operation.parameters
        && changed.borrow().is_different()
    {
        out.push_str("###### Parameters:\n\n");
        parameters(out, &changed.borrow());
    }
    if let Some(request) = &operation.request {
        let request = request.borrow();
        out.push_str("###### Request:\n");
        let description = request.new.as_ref().and_then(|body| body.description.as_deref());
        quote(out, "", description.filter(|_| request.description));
        content(out, schemas, "", &request);
    }
    if let Some(changed) = &operation.responses {
        out.push_str("###### Return Type:\n\n");
        responses(out, schemas, &changed.borrow());
    }
}

fn parameters(out: &mut String, changed: &ChangedParameters) {
    let mut one = |title: &str, parameter: &Parameter| {
        put!(out, "{title}: `{}` in `{}`\n", parameter.name, parameter.place);
        quote(out, "", parameter.description.as_deref());
        out.push('\n');
    };
    changed.added.iter().for_each(|parameter| one("Added", parameter));
    changed.removed.iter().for_each(|parameter| one("Deleted", parameter));
    for parameter in &changed.changed {
        one(if parameter.deprecated { "Deprecated" } else { "Changed" }, &parameter.new);
    }
}

fn headers(out: &mut String, changed: &ChangedParameters) {
    let mut one = |title: &str, header: &Parameter| {
        put!(out, "{title} : `{}`\n\n", header.name);
        quote(out, "", header.description.as_deref());
        out.push('\n');
    };
    changed.added.iter().for_each(|header| one("New header", header));
    changed.removed.iter().for_each(|header| one("Deleted header", header));
    changed.changed.iter().for_each(|header| one("Changed header", &header.new));
}

fn responses(out: &mut String, schemas: &mut Schemas<'_>, changed: &ChangedResponses) {
    for (code, response) in &changed.added {
        status(out, "New response", code, response.description.as_deref());
    }
    for (code, response) in &changed.removed {
        status(out, "Deleted response", code, response.description.as_deref());
    }
    for (code, response) in &changed.changed {
        let response = response.borrow();
        let description = response.new.as_ref().and_then(|body| body.description.as_deref());
        status(out, "Changed response", code, description);
        if let Some(changed) = &response.headers {
            headers(out, &changed.borrow());
        }
        content(out, schemas, "* ", &response);
    }
}

fn status(out: &mut String, title: &str, code: &str, description: Option<&str>) {
    put!(out, "{title} : **{code} {}**\n", reason(code));
    quote(out, "", description);
}

fn content(out: &mut String, schemas: &mut Schemas<'_>, bullet: &str, body: &ChangedBody) {
    let Some(changed) = &body.content else { return };
    let changed: &ChangedContent = &changed.borrow();
    out.push('\n');
    for media in &changed.added {
        put!(out, "{bullet}New content type : `{media}`\n\n");
    }
    for media in &changed.removed {
        put!(out, "{bullet}Deleted content type : `{media}`\n\n");
    }
    for (media, schema) in &changed.changed {
        put!(out, "{bullet}Changed content type : `{media}`\n\n");
        schemas.changed(out, usize::from(!bullet.is_empty()), &schema.borrow());
    }
}

/// The name of a status, as the tool's list has it; it prints `null` for those that came after.
fn reason(code: &str) -> &'static str {
    match code {
        "100" => "Continue",
        "101" => "Switching Protocols",
        "102" => "Processing",
        "200" => "OK",
        "201" => "Created",
        "202" => "Accepted",
        "203" => "Non Authoritative Information",
        "204" => "No Content",
        "205" => "Reset Content",
        "206" => "Partial Content",
        "207" => "Multi-Status",
        "300" => "Multiple Choices",
        "301" => "Moved Permanently",
        "302" => "Moved Temporarily",
        "303" => "See Other",
        "304" => "Not Modified",
        "305" => "Use Proxy",
        "307" => "Temporary Redirect",
        "400" => "Bad Request",
        "401" => "Unauthorized",
        "402" => "Payment Required",
        "403" => "Forbidden",
        "404" => "Not Found",
        "405" => "Method Not Allowed",
        "406" => "Not Acceptable",
        "407" => "Proxy Authentication Required",
        "408" => "Request Timeout",
        "409" => "Conflict",
        "410" => "Gone",
        "411" => "Length Required",
        "412" => "Precondition Failed",
        "413" => "Request Too Long",
        "414" => "Request-URI Too Long",
        "415" => "Unsupported Media Type",
        "416" => "Requested Range Not Satisfiable",
        "417" => "Expectation Failed",
        "419" => "Insufficient Space On Resource",
        "420" => "Method Failure",
        "422" => "Unprocessable Entity",
        "423" => "Locked",
        "424" => "Failed Dependency",
        "500" => "Internal Server Error",
        "501" => "Not Implemented",
        "502" => "Bad Gateway",
        "503" => "Service Unavailable",
        "504" => "Gateway Timeout",
        "505" => "Http Version Not Supported",
        "507" => "Insufficient Storage",
        // `default`, and ranges like 4XX, have none at all.
        _ if code.bytes().all(|byte| byte.is_ascii_digit()) => "null",
        _ => "",
    }
}
