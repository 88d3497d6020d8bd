//! Request bodies: read within the limit, decoded by what the operation takes.

use super::json;
use crate::domain::work::{Party, Queue};
use bytes::Bytes;
use serde_json::{Map, Value};
use vestibule_api::{ApiError, Body, BodyKind, File, Form};

/// Most parts of a form; the largest one of the contract has three.
const PARTS: usize = 64;

/// Most bytes of JSON that are read where they arrive; it takes less than a millisecond.
const SMALL: usize = 64 * 1024;

/// The body as an operation wants it. What is wrong with it is reported only when the handler asks.
///
/// A long document waits for its turn in a queue.
pub(super) async fn decode(
    kind: BodyKind,
    content_type: Option<&str>,
    bytes: Bytes,
    queue: &Queue,
    party: &Party,
) -> Body {
    let media = content_type.unwrap_or_default();
    let essence = media.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match kind {
        BodyKind::None => Body::Empty,
        _ if bytes.is_empty() && essence.is_empty() => Body::Empty,
        BodyKind::Json(_) if essence == "application/json" && bytes.is_empty() => Body::Empty,
        BodyKind::Json(_) if essence == "application/json" => {
            read_json(bytes, queue, party).await.map_or_else(Body::Unreadable, Body::Json)
        }
        BodyKind::Multipart(_) if essence == "multipart/form-data" => {
            form(media, bytes).await.map_or_else(Body::Unreadable, Body::Form)
        }
        _ => Body::Unreadable(ApiError::UnsupportedMediaType(media.to_owned())),
    }
}

/// A JSON document, a long one beside the threads that answer requests.
async fn read_json(bytes: Bytes, queue: &Queue, party: &Party) -> Result<Value, ApiError> {
    if bytes.len() <= SMALL {
        return json::parse(&bytes);
    }
    queue.compute(party, move || json::parse(&bytes)).await?
}

/// A multipart form (RFC 7578). Parts with a file name are files, the others are text.
async fn form(content_type: &str, bytes: Bytes) -> Result<Form, ApiError> {
    let failed = |reason: String| ApiError::BadRequest(format!("Multipart form parse error - {reason}"));
    let boundary = multer::parse_boundary(content_type).map_err(|e| failed(e.to_string()))?;
    let stream = futures::stream::once(std::future::ready(Ok::<_, std::convert::Infallible>(bytes)));
    let mut parts = multer::Multipart::new(stream, boundary);
    let mut form = Form { fields: Map::new(), files: vec![] };
    let mut left = PARTS;
    while let Some(part) = parts.next_field().await.map_err(|e| failed(e.to_string()))? {
        left = left.checked_sub(1).ok_or_else(|| failed(format!("more than {PARTS} parts")))?;
        let Some(name) = part.name().map(str::to_owned) else { continue };
        if let Some(file_name) = part.file_name().map(str::to_owned) {
            let content_type = part.content_type().map_or("application/octet-stream".to_owned(), ToString::to_string);
            let bytes = part.bytes().await.map_err(|e| failed(e.to_string()))?;
            form.files.push((name, File { name: file_name, content_type, bytes: bytes.to_vec() }));
        } else {
            let text = part.text().await.map_err(|e| failed(e.to_string()))?;
            form.fields.insert(name, Value::String(text));
        }
    }
    Ok(form)
}
