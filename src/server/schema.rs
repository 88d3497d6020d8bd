//! The contract of the admin API, as it is served.

use super::openapi::{Detail, Document, Tag};
use http::{HeaderMap, header};
use poem_openapi::{
    ApiResponse, Enum, OpenApi, ResponseContent,
    param::Query,
    payload::{Binary, Json},
};
use vestibule_api::{ApiError, SCHEMA_JSON, SCHEMA_YAML};

/// The contract.
pub(super) struct Contract;

#[derive(Enum)]
#[oai(rename = "SchemaFormat", rename_all = "lowercase")]
enum Format {
    Json,
    Yaml,
}

#[derive(ResponseContent)]
enum Content {
    #[oai(content_type = "application/vnd.oai.openapi; charset=utf-8")]
    Yaml(Binary<&'static str>),
    Json(Document),
}

#[derive(ApiResponse)]
#[oai(bad_request_handler = "Answer::unknown")]
enum Answer {
    /// The OpenAPI document of the admin API.
    #[oai(status = 200)]
    Document(Content),
    /// There is no such format.
    #[oai(status = 404)]
    Unknown(Json<Detail>),
}

impl Answer {
    fn unknown(_: poem::Error) -> Self {
        Self::Unknown(Detail::of(&ApiError::not_found()))
    }
}

#[OpenApi(tag = "Tag::Documentation")]
impl Contract {
    /// Get the contract of the admin API
    ///
    /// In YAML, unless `format` or `Accept` asks for JSON.
    #[oai(path = "/api/v3/schema", method = "get", operation_id = "schema")]
    async fn get(
        &self,
        headers: &HeaderMap,
        /// The format, whatever `Accept` says.
        format: Query<Option<Format>>,
    ) -> Answer {
        let accept = headers.get(header::ACCEPT).and_then(|h| h.to_str().ok()).unwrap_or_default();
        let mut accepted = accept.split(',').map(|range| range.split(';').next().unwrap_or_default().trim());
        let json = match format.0 {
            Some(format) => matches!(format, Format::Json),
            None => accepted.any(|media| matches!(media, "application/json" | "application/vnd.oai.openapi+json")),
        };
        Answer::Document(if json {
            Content::Json(Document(SCHEMA_JSON.into()))
        } else {
            Content::Yaml(Binary(SCHEMA_YAML))
        })
    }
}
