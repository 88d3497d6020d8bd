//! What the server answers beside the admin API. That has its contract in `schema.yml`; these endpoints are written in
//! Rust first, and their specification, `/-/openapi.json`, comes from the types.
//!
//! A new endpoint is an `#[OpenApi]` struct in a file of its own, and a line in [`apis`].

use super::{
    dispatch::{drain, protect, respond},
    docs, health, media, metrics, schema,
};
use crate::api::context::App;
use bytes::Bytes;
use http::{HeaderValue, Method, header};
use poem::{Endpoint, IntoResponse, Request, Response, endpoint::BoxEndpoint};
use poem_openapi::{
    __private::UrlQuery,
    ApiResponse, Object, OpenApi, OpenApiService, Tags,
    payload::{Json, Payload},
    registry::{MetaApi, MetaSchema, MetaSchemaRef, Registry},
};
use std::{collections::HashMap, sync::Arc};
use vestibule_api::ApiError;

/// The endpoints of an API by path and method, as poem-openapi hands them out.
type Table = HashMap<String, HashMap<Method, BoxEndpoint<'static>>>;

const DESCRIPTION: &str =
    "What the server answers beside the admin API. Below `/-/`, the slash at the end of a path may be left out.";

/// All endpoints, in the order in which they are described.
fn apis(app: &Arc<App>, specification: String) -> impl OpenApi + use<> {
    (
        Slashed(health::Health(app.clone())),
        Slashed(metrics::Metrics(app.clone())),
        Specification(specification.into()),
        Slashed(schema::Contract),
        Slashed(docs::Page),
        docs::Assets,
        media::Media(app.clone()),
    )
}

/// All endpoints, with their paths in the router's notation.
pub(super) fn paths(app: &Arc<App>) -> Vec<(String, Arc<Path>)> {
    let service = OpenApiService::new(apis(app, String::new()), "Vestibule server", env!("CARGO_PKG_VERSION"));
    let service = service.description(DESCRIPTION).server("/");
    let mut table = Table::new();
    apis(app, service.spec()).add_routes(&mut table);
    let mut paths = vec![];
    for (path, methods) in table {
        let methods = Arc::new(Path::new(methods));
        // Supervisors are set up by hand, without the slash as often as with it. They are answered there and then: to some
        // of them, a redirect is as good as health.
        if let Some(short) = path.strip_suffix('/').filter(|_| path.starts_with("/-/")) {
            paths.push((short.to_owned(), methods.clone()));
        }
        paths.push((path, methods));
    }
    paths
}

/// Groups of endpoints.
#[derive(Tags)]
pub(super) enum Tag {
    /// For supervisors and monitoring.
    Operation,
    /// What the server says about itself.
    Documentation,
    /// Uploaded files.
    Media,
}

/// An error as the admin API tells it.
#[derive(Object)]
pub(super) struct Detail {
    detail: String,
}

impl Detail {
    /// An error in the words of the admin API.
    pub(super) fn of(error: &ApiError) -> Json<Self> {
        let body = error.body("-");
        Json(Self { detail: body["detail"].as_str().unwrap_or_default().to_owned() })
    }
}

/// An API whose paths end in a slash, which the macro of poem-openapi drops. So they are written without, and get it here:
/// in the specification as well as in the routes.
struct Slashed<A>(A);

impl<A: OpenApi> OpenApi for Slashed<A> {
    fn meta() -> Vec<MetaApi> {
        let mut apis = A::meta();
        apis.iter_mut().flat_map(|api| &mut api.paths).for_each(|path| path.path.push('/'));
        apis
    }

    fn register(registry: &mut Registry) {
        A::register(registry);
    }

    fn add_routes(self, table: &mut Table) {
        let mut own = Table::new();
        self.0.add_routes(&mut own);
        table.extend(own.into_iter().map(|(path, methods)| (path + "/", methods)));
    }
}

/// The specification of all endpoints, this one among them.
struct Specification(Bytes);

#[derive(ApiResponse)]
enum Specified {
    /// The OpenAPI document of what is not in the contract of the admin API.
    #[oai(status = 200, content_type = "application/json")]
    Document(Document),
}

#[OpenApi(tag = "Tag::Documentation")]
impl Specification {
    /// Get this description
    #[oai(path = "/-/openapi.json", method = "get", operation_id = "openapi")]
    async fn get(&self) -> Specified {
        Specified::Document(Document(self.0.clone()))
    }
}

/// The text of an OpenAPI document in JSON.
pub(super) struct Document(pub Bytes);

impl Payload for Document {
    const CONTENT_TYPE: &'static str = "application/vnd.oai.openapi+json";

    fn schema_ref() -> MetaSchemaRef {
        let required = vec!["openapi", "info", "paths"];
        MetaSchemaRef::Inline(Box::new(MetaSchema { required, ..MetaSchema::new("object") }))
    }
}

impl IntoResponse for Document {
    fn into_response(self) -> Response {
        Response::builder().content_type(Self::CONTENT_TYPE).body(self.0)
    }
}

/// One path with all its methods.
pub(super) struct Path {
    methods: HashMap<Method, BoxEndpoint<'static>>,
    allow: HeaderValue,
}

impl Path {
    fn new(methods: HashMap<Method, BoxEndpoint<'static>>) -> Self {
        let mut names: Vec<&str> = methods.keys().map(Method::as_str).collect();
        if names.contains(&"GET") {
            names.push("HEAD");
        }
        names.sort_unstable();
        let allow = HeaderValue::from_str(&names.join(", ")).unwrap_or(HeaderValue::from_static("GET"));
        Self { methods, allow }
    }
}

impl Endpoint for Path {
    type Output = Response;

    async fn call(&self, mut request: Request) -> poem::Result<Response> {
        let head = *request.method() == Method::HEAD;
        if head {
            request.set_method(Method::GET);
        }
        // Nothing here reads the body of a GET.
        if *request.method() == Method::GET || !self.methods.contains_key(request.method()) {
            drain(&mut request).await;
        }
        let mut response = match self.methods.get(request.method()) {
            Some(endpoint) => {
                // `OpenApiService` gives its endpoints the query in this form.
                let query = UrlQuery(request.params().unwrap_or_default());
                request.extensions_mut().insert(query);
                endpoint.get_response(request).await
            }
            None => {
                let refused = ApiError::MethodNotAllowed(request.method().to_string());
                let mut response = respond(Err(refused), "-", false);
                response.headers_mut().insert(header::ALLOW, self.allow.clone());
                response
            }
        };
        if head {
            response.set_body(());
        }
        protect(response.headers_mut());
        Ok(response)
    }
}
