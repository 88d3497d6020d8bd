//! The contract itself, and the interactive documentation page.

use super::dispatch::respond;
use http::{HeaderValue, Method, header};
use poem::{Request, Response, ResponseBuilder, handler, web::Path};
use std::io::{Cursor, Read};
use utoipa_swagger_ui_vendored::SWAGGER_UI_VENDORED;
use vestibule_api::{ApiError, SCHEMA_JSON, SCHEMA_YAML};
use zip::{
    CompressionMethod, ZipArchive,
    result::{ZipError, ZipResult},
};

/// `GET /api/v3/schema/`: YAML, or JSON when `Accept` or `?format=json` asks for it.
#[handler]
pub(super) fn schema(request: &Request) -> Response {
    if let Some(refusal) = only_reading(request.method()) {
        return refusal;
    }
    let format = request.uri().query().and_then(|q| {
        url::form_urlencoded::parse(q.as_bytes()).find(|(key, _)| key == "format").map(|(_, value)| value.into_owned())
    });
    let accept = request.headers().get(header::ACCEPT).and_then(|h| h.to_str().ok()).unwrap_or_default();
    let json = match format.as_deref() {
        Some("json") => true,
        Some("yaml") => false,
        Some(_) => return respond(Err(ApiError::not_found()), "-", false),
        None => accept
            .split(',')
            .map(|r| r.split(';').next().unwrap_or_default().trim())
            .any(|media| matches!(media, "application/json" | "application/vnd.oai.openapi+json")),
    };
    if json {
        return Response::builder().content_type("application/vnd.oai.openapi+json").body(SCHEMA_JSON);
    }
    Response::builder().content_type("application/vnd.oai.openapi; charset=utf-8").body(SCHEMA_YAML)
}

/// The answer to methods that would change something.
fn only_reading(method: &Method) -> Option<Response> {
    if matches!(*method, Method::GET | Method::HEAD) {
        return None;
    }
    let mut refusal = respond(Err(ApiError::MethodNotAllowed(method.to_string())), "-", false);
    refusal.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
    Some(refusal)
}

/// What the page may do: run its own scripts and talk to this server. Swagger UI sets `style` attributes and has pictures
/// in its style sheet.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
                      connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// `GET /api/v3/`: the documentation page, which can call the API. All that it loads comes from this binary.
#[handler]
pub(super) fn page() -> Response {
    document("text/html; charset=utf-8")
        .header(header::CONTENT_SECURITY_POLICY, POLICY)
        .body(include_str!("docs/page.html"))
}

/// An asset of the documentation page: one of ours, or one of Swagger UI out of the archive it comes in.
#[handler]
pub(super) fn asset(method: Method, Path(file): Path<String>) -> Response {
    if let Some(refusal) = only_reading(&method) {
        return refusal;
    }
    match file.as_str() {
        "page.js" => document("text/javascript; charset=utf-8").body(include_str!("docs/page.js")),
        "page.css" => document("text/css; charset=utf-8").body(include_str!("docs/page.css")),
        "swagger-ui-bundle.js" => packed("text/javascript; charset=utf-8", &file),
        "swagger-ui.css" => packed("text/css; charset=utf-8", &file),
        _ => respond(Err(ApiError::not_found()), "-", false),
    }
}

fn document(content_type: &str) -> ResponseBuilder {
    Response::builder()
        .content_type(content_type)
        .header(header::X_CONTENT_TYPE_OPTIONS, "nosniff")
        .header(header::REFERRER_POLICY, "same-origin")
        .header(header::CACHE_CONTROL, "no-cache")
}

fn packed(content_type: &str, file: &str) -> Response {
    match gzip(file) {
        Ok(body) => document(content_type).header(header::CONTENT_ENCODING, "gzip").body(body),
        Err(error) => {
            let error = format!("the archive of the documentation page cannot be read: {file}: {error}");
            respond(Err(ApiError::Internal(error)), "-", false)
        }
    }
}

/// A file of Swagger UI as gzip. An archive holds its files deflated, and gzip is just that with a header and a
/// checksum around it: nothing is unpacked here, nothing is kept in memory, and the binary holds the small form.
fn gzip(file: &str) -> ZipResult<Vec<u8>> {
    let mut archive = ZipArchive::new(Cursor::new(SWAGGER_UI_VENDORED))?;
    let path = format!("/dist/{file}");
    let index = archive.file_names().position(|name| name.is_ok_and(|name| name.ends_with(&path)));
    let index = index.ok_or(ZipError::FileNotFound)?;
    let mut entry = archive.by_index_raw(index)?;
    if entry.compression() != CompressionMethod::DEFLATE {
        return Err(ZipError::UnsupportedArchive("not deflated"));
    }
    // RFC 1952: magic, deflate, no flags, no time, no hints, unknown system … checksum and length modulo 2³².
    let mut gzip = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    entry.read_to_end(&mut gzip)?;
    gzip.extend(entry.crc32().to_le_bytes());
    gzip.extend(u32::try_from(entry.size()).unwrap_or(u32::MAX).to_le_bytes());
    Ok(gzip)
}
