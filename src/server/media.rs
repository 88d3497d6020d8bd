//! `/media/`: uploaded pictures.

use super::openapi::Tag;
use crate::api::{context::App, media::PICTURES};
use poem::IntoResponse;
use poem_openapi::{
    ApiResponse, OpenApi, ResponseContent,
    param::Path,
    payload::{Binary, Payload, Response},
    registry::MetaMediaType,
};
use std::{path::PathBuf, sync::Arc};

/// The files that were uploaded.
pub(super) struct Media(pub Arc<App>);

#[derive(ApiResponse)]
#[oai(bad_request_handler = "Answer::unreadable")]
enum Answer {
    /// The picture. It never changes: a new one gets a new name.
    #[oai(status = 200)]
    Picture(Picture),
    /// There is no such file.
    #[oai(status = 404)]
    Unknown,
}

impl Answer {
    fn unreadable(_: poem::Error) -> Self {
        Self::Unknown
    }
}

/// A picture and its content type, one of [`PICTURES`].
struct Picture(&'static str, Vec<u8>);

impl ResponseContent for Picture {
    fn media_types() -> Vec<MetaMediaType> {
        let media_type = |content_type| MetaMediaType { content_type, schema: Binary::<Vec<u8>>::schema_ref() };
        PICTURES.iter().map(|(content_type, _)| media_type(*content_type)).collect()
    }
}

impl IntoResponse for Picture {
    fn into_response(self) -> poem::Response {
        poem::Response::builder().content_type(self.0).body(self.1)
    }
}

#[OpenApi(tag = "Tag::Media")]
impl Media {
    /// Get an uploaded picture
    #[oai(path = "/media/:area/:file", method = "get", operation_id = "media")]
    async fn get(
        &self,
        /// What it belongs to.
        area: Path<String>,
        /// Its name, as the API tells it.
        file: Path<String>,
    ) -> Response<Answer> {
        let unknown = Response::new(Answer::Unknown);
        let Some((path, content_type)) = locate(&area, &file) else { return unknown };
        let path = self.0.config.media.join(path);
        let Ok(Ok(bytes)) = tokio::task::spawn_blocking(move || std::fs::read(path)).await else { return unknown };
        Response::new(Answer::Picture(Picture(content_type, bytes)))
            // An SVG that is opened by itself is a document: it gets neither scripts nor the origin of this server.
            .header("content-security-policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox")
            .header("cache-control", "public, max-age=31536000, immutable")
    }
}

/// The file of a path, below the folder, and its type. Only names that uploads are given are looked for.
fn locate(area: &str, file: &str) -> Option<(PathBuf, &'static str)> {
    let (stem, ending) = file.split_once('.')?;
    let plain = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    let (content_type, _) = PICTURES.iter().find(|(_, known)| *known == ending)?;
    (plain(area) && plain(stem)).then(|| ([area, file].iter().collect(), *content_type))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_that_uploads_are_given_are_found() {
        assert_eq!(locate("application-icons", "0af.svg").unwrap().1, "image/svg+xml");
        for (area, file) in [("..", "a.png"), ("a", "../a.png"), ("a", ".png"), ("a", "b.html"), ("a", "b.png.png")] {
            assert!(locate(area, file).is_none(), "{area}/{file}");
        }
    }
}
