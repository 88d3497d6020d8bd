//! A server with faults planted on purpose, to prove that the tool finds them.
//!
//! [`Server::start`] serves the API of `library.yml` from this process. With [`Fault::None`] it does what that document says;
//! with any other [`Fault`] it differs in one place. It keeps everything in memory, and neither clock nor chance has a part
//! in it: the same requests get the same answers.

mod api;
mod faults;
mod rules;
mod spoil;
mod store;

use api::{Answer, Library, Request};
use http_body_util::{BodyExt, Full};
use hyper::{
    body::{Bytes, Incoming},
    header::CONTENT_TYPE,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use std::{convert::Infallible, sync::Arc};
use tokio::{net::TcpListener, task::JoinHandle};

pub(crate) use faults::Fault;

/// The contract of the faithful twin: what the tool reads.
pub(crate) const DOCUMENT: &str = include_str!("library.yml");

/// The token that opens the library.
pub(crate) const TOKEN: &str = "open-sesame";

/// A running server; it stops when this is dropped.
pub(crate) struct Server {
    /// Where it listens: `http://127.0.0.1:PORT`.
    pub(crate) url: String,
    task: JoinHandle<()>,
}

impl Server {
    /// Starts a server with a fault on a free port.
    pub(crate) async fn start(fault: Fault) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let library = Arc::new(Library::new(fault));
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let library = library.clone();
                let serve = service_fn(move |request| respond(library.clone(), request));
                let connection =
                    hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), serve);
                tokio::spawn(connection);
            }
        });
        Self { url, task }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Between HTTP and [`Library::answer`].
async fn respond(
    library: Arc<Library>,
    request: hyper::Request<Incoming>,
) -> Result<hyper::Response<Full<Bytes>>, Infallible> {
    let (head, body) = request.into_parts();
    // A client that goes away in the middle of its body gets no answer anyway.
    let body = body.collect().await.map(|all| all.to_bytes()).unwrap_or_default();
    let media = head.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let request = Request {
        method: head.method,
        path: head.uri.path().to_owned(),
        query: head.uri.query().unwrap_or_default().to_owned(),
        form: form(media, &body).await,
        media: media.split(';').next().unwrap_or_default().trim().to_ascii_lowercase(),
        headers: head.headers,
        body,
    };
    let Answer { status, headers, body } = library.answer(&request);
    let mut response = hyper::Response::new(Full::new(Bytes::from(body)));
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    Ok(response)
}

/// The fields of a form, if the body is one: name, content.
async fn form(media: &str, body: &Bytes) -> Option<Vec<(String, Bytes)>> {
    let boundary = multer::parse_boundary(media).ok()?;
    let stream = futures::stream::iter([Ok::<_, Infallible>(body.clone())]);
    let mut multipart = multer::Multipart::new(stream, boundary);
    let mut fields = Vec::new();
    while let Some(field) = multipart.next_field().await.ok()? {
        let name = field.name()?.to_owned();
        fields.push((name, field.bytes().await.ok()?));
    }
    Some(fields)
}
