//! From an HTTP request to a handler and back: content negotiation, authentication, permission, the transaction.

use super::{
    body,
    lanes::Lanes,
    metrics::Times,
    options,
    origin::{self, Origin},
};
use crate::api::{
    self,
    auth::{self, authenticate},
    context::{AfterCommit, App, Caller, Context, RequestInfo},
    events, permission,
};
use crate::store::{counted, deadline};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use poem::{Endpoint, Request, Response, error::ReadBodyError, middleware::PanicHandler};
use std::{
    any::Any,
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};
use vestibule_api::{ApiError, Body, BodyKind, Call, File, Input, OPERATIONS, Operation, Output, Permission};

/// How often a transaction that lost against another one is tried.
const TRIES: usize = 5;

/// How much of a body that nobody wants is read.
const DRAINED: usize = 256 * 1024;

/// The path whose answer shows the headers of the request.
const SYSTEM: &str = "/admin/system/";

/// What the paths begin with that have a key of their own.
const TENANTS: &str = "/tenants/";

/// One path of the API with all its methods.
pub(super) struct Path {
    app: Arc<App>,
    path: &'static str,
    methods: Vec<(&'static Operation, Option<Call<Context>>)>,
    allow: HeaderValue,
    times: Times,
    lanes: Arc<Lanes>,
}

/// All paths of the contract. Operations without handler answer 501.
pub(super) fn paths(app: &Arc<App>) -> Vec<Path> {
    let lanes = Arc::new(Lanes::default());
    let handlers: BTreeMap<&str, Call<Context>> = api::routes().into_iter().map(|r| (r.operation.id, r.call)).collect();
    let mut paths: BTreeMap<&'static str, Vec<_>> = BTreeMap::new();
    for operation in OPERATIONS.iter().filter(|o| o.path != "/schema/") {
        paths.entry(operation.path).or_default().push((operation, handlers.get(operation.id).copied()));
    }
    paths
        .into_iter()
        .map(|(path, methods)| Path {
            app: app.clone(),
            path,
            allow: allow(&methods),
            methods,
            times: Times::default(),
            lanes: lanes.clone(),
        })
        .collect()
}

/// The `Allow` header in the reference's order.
fn allow<T>(methods: &[(&'static Operation, T)]) -> HeaderValue {
    let known = [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];
    let mut names: Vec<&str> =
        known.iter().filter(|m| methods.iter().any(|(o, _)| o.method == **m)).map(Method::as_str).collect();
    if names.contains(&"GET") {
        names.push("HEAD");
    }
    names.push("OPTIONS");
    HeaderValue::from_str(&names.join(", ")).unwrap_or(HeaderValue::from_static("OPTIONS"))
}

impl Path {
    /// The path in the router's notation.
    pub(super) fn pattern(&self) -> String {
        format!("/api/v3{}", self.path.replace('{', ":").replace('}', ""))
    }

    async fn answer(&self, request: &mut Request, info: &Arc<RequestInfo>) -> Result<(StatusCode, Output), ApiError> {
        negotiate(request, info)?;
        let method = if request.method() == Method::HEAD { Method::GET } else { request.method().clone() };
        let caller = if self.path.starts_with(TENANTS) {
            auth::operator(&self.app, authorization(request), info).await?
        } else {
            authenticate(&self.app, authorization(request), info).await?
        };
        if method == Method::OPTIONS {
            let operations: Vec<_> = self.methods.iter().map(|(operation, _)| *operation).collect();
            return Ok((StatusCode::OK, options::describe(&operations, &caller)?));
        }
        let found = self.methods.iter().find(|(operation, _)| operation.method == method);
        let Some((operation, call)) = found else {
            // Only those who may call something here learn what can be called.
            let open = self.methods.iter().any(|(operation, _)| operation.permission == Permission::Anonymous);
            let known = open || matches!(caller, Caller::User(_));
            return Err(if known {
                ApiError::MethodNotAllowed(method.to_string())
            } else {
                ApiError::unauthenticated()
            });
        };
        // In a box: what wraps a future moves it, and this one is large.
        Box::pin(self.call(operation, *call, caller, request, info)).await
    }

    async fn call(
        &self,
        operation: &'static Operation,
        call: Option<Call<Context>>,
        caller: Caller,
        request: &mut Request,
        info: &Arc<RequestInfo>,
    ) -> Result<(StatusCode, Output), ApiError> {
        let app = &self.app;
        permission::authorize(operation, &caller)?;
        let call = call.ok_or(ApiError::NotImplemented)?;
        let bytes = match operation.body {
            BodyKind::None => Bytes::new(),
            _ => Box::pin(read(request, app.config.body_limit)).await?,
        };
        let content_type = request.headers().get(header::CONTENT_TYPE).map(|h| h.to_str().unwrap_or("invalid"));
        let mut tries = 0;
        loop {
            let body = match operation.body {
                BodyKind::None => Body::Empty,
                kind => {
                    let (documents, party) = (&app.work.documents, caller.party(info));
                    Box::pin(body::decode(kind, content_type, bytes.clone(), documents, &party)).await
                }
            };
            let input = Input { path: parameters(request, self.path), query: info.query.clone(), body };
            // In a box: futures of handlers are large, and they would lie in one another.
            let attempt = |caller, input| Box::pin(attempt(app.clone(), operation, call, caller, input, info.clone()));
            // Reading one object by its key never takes long.
            let result = if operation.method == Method::GET && !self.path.ends_with("}/") {
                let key = (caller.party(info), operation.id);
                // Without a body, an input can be made twice.
                let Input { path, query, .. } = input;
                let input = || Input { path: path.clone(), query: query.clone(), body: Body::Empty };
                let again = || attempt(caller.clone(), input());
                Box::pin(self.lanes.read(key, app.db.is_away(), &app.work.reads, again)).await
            } else {
                attempt(caller.clone(), input).await
            };
            tries += 1;
            if !matches!(result, Err(ApiError::Conflict)) || tries == TRIES {
                let (answer, after_commit) = result?;
                after_commit.into_iter().for_each(|act| act());
                return Ok(answer);
            }
        }
    }
}

/// How long who asks for too much waits for hearing so. Whoever does not heed it would otherwise be refused thousands of times
/// a second, and that takes the processors from others as well as doing what is asked.
const UNHEEDED: Duration = Duration::from_millis(100);

/// What is answered, and what happens then.
type Answered = ((StatusCode, Output), Vec<AfterCommit>);

/// Calls a handler, in a transaction unless it only reads.
async fn attempt(
    app: Arc<App>,
    operation: &'static Operation,
    call: Call<Context>,
    caller: Caller,
    input: Input,
    info: Arc<RequestInfo>,
) -> Result<Answered, ApiError> {
    let reads = operation.method == Method::GET;
    let db = if reads { app.db.read() } else { app.db.begin().await? };
    let mut ctx = Context::new(app, operation, caller, db, info);
    if !reads {
        // What the caller may do can have changed while its body was on the way, or others wrote first.
        auth::confirm(&mut ctx).await?;
    }
    let result = match call(&mut ctx, input).await {
        Ok(output) => match permission::confirm(&ctx) {
            Ok(()) => events::store(&mut ctx).await.map(|()| output),
            Err(error) => Err(error),
        },
        Err(error) => Err(permission::veil(&ctx, error)),
    };
    match result {
        Ok(output) => {
            ctx.db.commit().await?;
            let (status, output) = ctx.instead.unwrap_or((operation.success, output));
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
            Ok(((status, output), ctx.after_commit))
        }
        Err(error) => {
            ctx.db.rollback().await?;
            Err(error)
        }
    }
}

impl Endpoint for Path {
    type Output = Response;

    async fn call(&self, mut request: Request) -> poem::Result<Response> {
        let begun = Instant::now();
        let (mut info, acceptable) = info(&self.app, &request);
        if self.path == SYSTEM {
            info.headers = request.headers().clone();
        }
        let info = Arc::new(info);
        let head = request.method() == Method::HEAD;
        let method = request.method().clone();
        let answer = async {
            acceptable?;
            self.answer(&mut request, &info).await
        };
        let patience = self.app.config.request_timeout;
        let answer = counted(deadline::within(begun + patience, answer));
        let answered = tokio::time::timeout(patience, answer).await;
        let (result, statements) = answered.unwrap_or((Err(ApiError::Timeout), 0));
        drain(&mut request).await;
        if matches!(result, Err(ApiError::TooManyRequests { .. } | ApiError::TooManyFailures { .. })) {
            tokio::time::sleep(UNHEEDED).await;
        }
        let mut response = respond(result, &info.id, head);
        response.headers_mut().insert(header::ALLOW, self.allow.clone());
        let operation = self.methods.iter().find(|(o, _)| o.method == method).map_or("none", |(o, _)| o.id);
        let (status, elapsed) = (response.status().as_u16(), begun.elapsed());
        self.times.record(operation, status, elapsed);
        let microseconds = elapsed.as_micros();
        tracing::debug!(request = info.id, operation, status, statements, microseconds, "answered");
        Ok(response)
    }
}

/// Every path that nothing else answers.
pub(super) struct Unknown(pub Arc<App>);

impl Endpoint for Unknown {
    type Output = Response;

    async fn call(&self, mut request: Request) -> poem::Result<Response> {
        drain(&mut request).await;
        let (info, acceptable) = info(&self.0, &request);
        let error = acceptable.err().unwrap_or_else(ApiError::not_found);
        Ok(respond(Err(error), &info.id, request.method() == Method::HEAD))
    }
}

/// A handler that panicked answers like any other internal error; the panic itself is in the log.
#[derive(Clone)]
pub(super) struct Panicked;

impl PanicHandler for Panicked {
    type Response = Response;

    fn get_response(&self, payload: Box<dyn Any + Send + 'static>) -> Response {
        let text = payload.downcast_ref::<&str>().map(ToString::to_string);
        let text = text.or_else(|| payload.downcast_ref::<String>().cloned()).unwrap_or_default();
        respond(Err(ApiError::Internal(format!("panic: {text}"))), "panic", false)
    }
}

/// Refuses what cannot be answered with JSON.
fn negotiate(request: &Request, info: &RequestInfo) -> Result<(), ApiError> {
    if info.query.iter().any(|(key, value)| key == "format" && value != "json") {
        return Err(ApiError::not_found());
    }
    let Some(accept) = request.headers().get(header::ACCEPT) else { return Ok(()) };
    let accept = accept.to_str().unwrap_or_default();
    let fits = |range: &str| {
        let media = range.split(';').next().unwrap_or_default().trim();
        matches!(media, "" | "*/*" | "application/*" | "application/json")
    };
    if accept.split(',').any(fits) { Ok(()) } else { Err(ApiError::NotAcceptable) }
}

/// The `Authorization` header, as text that is certainly none if it is no text.
fn authorization(request: &Request) -> Option<&str> {
    request.headers().get(header::AUTHORIZATION).map(|value| value.to_str().unwrap_or("invalid"))
}

fn parameters(request: &Request, path: &str) -> Vec<String> {
    let names = path.split('/').filter_map(|s| s.strip_prefix('{')).filter_map(|s| s.strip_suffix('}'));
    names.map(|name| request.raw_path_param(name).unwrap_or_default().to_owned()).collect()
}

fn query(request: &Request) -> Vec<(String, String)> {
    let raw = request.uri().query().unwrap_or_default();
    url::form_urlencoded::parse(raw.as_bytes()).into_owned().collect()
}

async fn read(request: &mut Request, limit: usize) -> Result<Bytes, ApiError> {
    let announced = request.headers().get(header::CONTENT_LENGTH).and_then(|h| h.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > limit) {
        return Err(ApiError::TooLarge);
    }
    request.take_body().into_bytes_limit(limit).await.map_err(|error| match error {
        ReadBodyError::PayloadTooLarge => ApiError::TooLarge,
        error => ApiError::BadRequest(format!("The request body could not be read: {error}")),
    })
}

/// Reads what is left of a small body, if the answer was clear without it. An unread body would close the connection, and
/// the client's next request on it would fail.
pub(super) async fn drain(request: &mut Request) {
    let headers = request.headers();
    if !headers.contains_key(header::CONTENT_LENGTH) && !headers.contains_key(header::TRANSFER_ENCODING) {
        return;
    }
    let rest = Box::pin(request.take_body().into_bytes_limit(DRAINED));
    drop(tokio::time::timeout(Duration::from_secs(1), rest).await);
}

/// Facts of the request, and why it is refused if it is. What it says of itself counts for nothing then.
pub(super) fn info(app: &App, request: &Request) -> (RequestInfo, Result<(), ApiError>) {
    let peer = request.remote_addr().as_socket_addr().map(std::net::SocketAddr::ip);
    let (version, target) = (request.version(), request.uri().authority());
    let origin = origin::of(&app.config, version, target, request.headers(), peer);
    let id = app.random.uuid().simple().to_string();
    match origin {
        Ok(Origin { scheme, host, client }) => {
            let client_ip = client.map(|ip| ip.to_string());
            (RequestInfo { id, scheme, host, client_ip, query: query(request), headers: HeaderMap::new() }, Ok(()))
        }
        Err(error) => (RequestInfo { id, ..RequestInfo::default() }, Err(error)),
    }
}

/// A file as an answer, which browsers save and never show.
fn download(status: StatusCode, file: File) -> Response {
    let name: String = file.name.chars().filter(|c| c.is_ascii_graphic() && !matches!(c, '"' | '\\')).collect();
    Response::builder()
        .status(status)
        .content_type(file.content_type)
        .header(header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\""))
        .header(header::X_CONTENT_TYPE_OPTIONS, "nosniff")
        .body(file.bytes)
}

/// The HTTP answer for a result, with the headers every answer has.
pub(super) fn respond(result: Result<(StatusCode, Output), ApiError>, request_id: &str, head: bool) -> Response {
    let retry_after = result.as_ref().err().and_then(ApiError::retry_after);
    let (status, body) = match result {
        Ok((status, Output::Json(json))) => (status, Some(json)),
        Ok((status, Output::File(file))) => return download(status, file),
        Ok((status, Output::Empty)) => (status, None),
        Err(error) => {
            if let ApiError::Internal(text) = &error {
                tracing::error!(request = request_id, "{text}");
            }
            let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            (status, Some(error.body(request_id).to_string().into_bytes()))
        }
    };
    let mut response = Response::builder().status(status);
    if body.is_some() {
        response = response.content_type("application/json");
    }
    let mut response = response.body(if head { poem::Body::empty() } else { body.unwrap_or_default().into() });
    let headers = response.headers_mut();
    // These, those that there are already, and those that the HTTP server adds: growing step by step takes longer.
    headers.reserve(12);
    headers.insert("x-authentik-id", HeaderValue::from_str(request_id).unwrap_or(HeaderValue::from_static("-")));
    if let Some(seconds) = retry_after {
        headers.insert(header::RETRY_AFTER, seconds.into());
    }
    headers.insert(header::VARY, HeaderValue::from_static("Cookie"));
    protect(headers);
    response
}

/// What browsers must not do with an answer, unless it says otherwise: show it in a frame, guess what it is, tell others where
/// somebody was, keep it.
pub(super) fn protect(headers: &mut HeaderMap) {
    for (name, value) in [
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (header::CACHE_CONTROL, "no-store"),
    ] {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
}
