//! The interactive documentation page.

use super::openapi::{Detail, Tag};
use bytes::Bytes;
use poem_openapi::{
    ApiResponse, Enum, OpenApi, ResponseContent,
    param::Path,
    payload::{Binary, Html, Json, Response},
};
use std::io::{Cursor, Read};
use utoipa_swagger_ui_vendored::SWAGGER_UI_VENDORED;
use vestibule_api::ApiError;
use zip::{
    CompressionMethod, ZipArchive,
    result::{ZipError, ZipResult},
};

/// What the page may do: run its own scripts and talk to this server. Swagger UI sets `style` attributes and has pictures
/// in its style sheet.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
                      connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Every start of a newer server may change it.
const CACHE: (&str, &str) = ("cache-control", "no-cache");

/// The page.
pub(super) struct Page;

#[derive(ApiResponse)]
enum Shown {
    /// The page.
    #[oai(status = 200)]
    Page(Html<&'static str>),
}

#[OpenApi(tag = "Tag::Documentation")]
impl Page {
    /// Show the documentation
    ///
    /// The page can call the API. All that it loads comes from this server.
    #[oai(path = "/api/v3", method = "get", operation_id = "docs")]
    async fn get(&self) -> Response<Shown> {
        let page = Response::new(Shown::Page(Html(include_str!("docs/page.html"))));
        page.header("content-security-policy", POLICY).header(CACHE.0, CACHE.1)
    }
}

/// What the page loads.
pub(super) struct Assets;

/// A file of the page: one of its own, or one of Swagger UI.
#[derive(Enum)]
#[oai(rename = "DocumentationAsset")]
enum Asset {
    #[oai(rename = "page.css")]
    PageStyle,
    #[oai(rename = "page.js")]
    PageScript,
    #[oai(rename = "swagger-ui.css")]
    SwaggerStyle,
    #[oai(rename = "swagger-ui-bundle.js")]
    SwaggerScript,
    #[oai(rename = "swagger-ui-standalone-preset.js")]
    SwaggerChoice,
}

#[derive(ResponseContent)]
enum Content {
    #[oai(content_type = "text/css; charset=utf-8")]
    Style(Binary<Bytes>),
    #[oai(content_type = "text/javascript; charset=utf-8")]
    Script(Binary<Bytes>),
}

#[derive(ApiResponse)]
#[oai(bad_request_handler = "Answer::unknown")]
enum Answer {
    /// The file.
    #[oai(status = 200)]
    File(Content, #[oai(header = "Content-Encoding")] Option<String>),
    /// There is no such file.
    #[oai(status = 404)]
    Unknown(Json<Detail>),
    /// The archive of Swagger UI cannot be read.
    #[oai(status = 500)]
    Broken,
}

impl Answer {
    fn unknown(_: poem::Error) -> Self {
        Self::Unknown(Detail::of(&ApiError::not_found()))
    }
}

#[OpenApi(tag = "Tag::Documentation")]
impl Assets {
    /// Get a script or a style sheet of the documentation
    #[oai(path = "/api/v3/docs/:file", method = "get", operation_id = "docs_asset")]
    async fn get(&self, file: Path<Asset>) -> Response<Answer> {
        let answer = match file.0 {
            Asset::PageStyle => plain(Content::Style, include_str!("docs/page.css")),
            Asset::PageScript => plain(Content::Script, include_str!("docs/page.js")),
            Asset::SwaggerStyle => packed(Content::Style, "swagger-ui.css"),
            Asset::SwaggerScript => packed(Content::Script, "swagger-ui-bundle.js"),
            Asset::SwaggerChoice => packed(Content::Script, "swagger-ui-standalone-preset.js"),
        };
        Response::new(answer).header(CACHE.0, CACHE.1)
    }
}

fn plain(form: fn(Binary<Bytes>) -> Content, text: &'static str) -> Answer {
    Answer::File(form(Binary(text.into())), None)
}

fn packed(form: fn(Binary<Bytes>) -> Content, file: &str) -> Answer {
    match gzip(file) {
        Ok(bytes) => Answer::File(form(Binary(bytes.into())), Some("gzip".into())),
        Err(error) => {
            tracing::error!(%error, file, "the archive of Swagger UI cannot be read");
            Answer::Broken
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
