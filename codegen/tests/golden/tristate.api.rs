/// All 3 operations, sorted by path and method.
pub static OPERATIONS: [Operation; 3usize] = [
    Operation {
        id: "things_retrieve",
        method: http::Method::GET,
        path: "/things/{id}/",
        tag: "things",
        resource: "things",
        action: "retrieve",
        summary: "Read a thing",
        permission: Permission::Model(&["app.view_thing"]),
        success: 200u16,
        body: BodyKind::None,
        read_only: &[],
    },
    Operation {
        id: "things_update",
        method: http::Method::PUT,
        path: "/things/{id}/",
        tag: "things",
        resource: "things",
        action: "update",
        summary: "Write a thing",
        permission: Permission::Model(&["app.change_thing", "app.view_thing"]),
        success: 200u16,
        body: BodyKind::Json(&schemas::THING_REQUEST),
        read_only: &[
            Field {
                name: "pk",
                help: "",
                required: false,
                schema: &Schema::String {
                    min: 0u32,
                    max: 0u32,
                    pattern: None,
                    format: Format::Uuid,
                },
            },
        ],
    },
    Operation {
        id: "things_partial_update",
        method: http::Method::PATCH,
        path: "/things/{id}/",
        tag: "things",
        resource: "things",
        action: "partial_update",
        summary: "Change a thing",
        permission: Permission::Superuser,
        success: 200u16,
        body: BodyKind::Json(&schemas::PATCHED_THING_REQUEST),
        read_only: &[
            Field {
                name: "pk",
                help: "",
                required: false,
                schema: &Schema::String {
                    min: 0u32,
                    max: 0u32,
                    pattern: None,
                    format: Format::Uuid,
                },
            },
        ],
    },
];
/// The operations of `things`.
pub trait Things: Standard<things::Family> {
    /// Reads a thing.
    ///
    /// `GET /things/{id}/`
    fn things_retrieve(
        &mut self,
        id: uuid::Uuid,
    ) -> impl Future<Output = Result<models::Thing, ApiError>> + Send {
        Standard::<things::Family>::retrieve(self, id)
    }
    /// Writes a thing.
    ///
    /// `PUT /things/{id}/`
    fn things_update(
        &mut self,
        id: uuid::Uuid,
        body: Unchecked<models::ThingRequest>,
    ) -> impl Future<Output = Result<models::Thing, ApiError>> + Send {
        Standard::<things::Family>::update(self, id, body)
    }
    /// Changes a thing.
    ///
    /// `PATCH /things/{id}/`
    fn things_partial_update(
        &mut self,
        id: uuid::Uuid,
        body: Unchecked<models::PatchedThingRequest>,
    ) -> impl Future<Output = Result<models::Thing, ApiError>> + Send {
        Standard::<things::Family>::update(self, id, body)
    }
}
/// Routes of the operations of `things`.
pub mod things {
    use super::*;
    /// The family `things` as a type.
    #[derive(Debug)]
    pub enum Family {}
    impl super::Family for Family {
        type Key = uuid::Uuid;
        type Params = Absent;
        type Patch = models::PatchedThingRequest;
        type Answer = models::Thing;
        const NAME: &'static str = "things";
        const BODIES: Option<(&'static Schema, &'static Schema)> = None;
    }
    /// Every operation of the family with the code that answers it.
    pub fn routes<C: Things>() -> Vec<Route<C>> {
        vec![
            Route { operation : & OPERATIONS[0usize], call : retrieve:: < C > }, Route {
            operation : & OPERATIONS[1usize], call : update:: < C > }, Route { operation
            : & OPERATIONS[2usize], call : partial_update:: < C > }
        ]
    }
    fn read_retrieve(mut input: Input) -> Result<(uuid::Uuid,), ApiError> {
        Ok((path_uuid(&mut input, 0usize)?,))
    }
    fn retrieve<C: Things>(
        context: &mut C,
        input: Input,
    ) -> BoxFuture<'_, Result<Output, ApiError>> {
        match read_retrieve(input) {
            Ok((id,)) => answers::thing(Box::pin(context.things_retrieve(id))),
            Err(error) => refuse(error),
        }
    }
    fn read_update(
        mut input: Input,
    ) -> Result<(uuid::Uuid, Unchecked<models::ThingRequest>), ApiError> {
        Ok((
            path_uuid(&mut input, 0usize)?,
            Unchecked::new(input.body, &schemas::THING_REQUEST),
        ))
    }
    fn update<C: Things>(
        context: &mut C,
        input: Input,
    ) -> BoxFuture<'_, Result<Output, ApiError>> {
        match read_update(input) {
            Ok((id, body)) => answers::thing(Box::pin(context.things_update(id, body))),
            Err(error) => refuse(error),
        }
    }
    fn read_partial_update(
        mut input: Input,
    ) -> Result<(uuid::Uuid, Unchecked<models::PatchedThingRequest>), ApiError> {
        Ok((
            path_uuid(&mut input, 0usize)?,
            Unchecked::new(input.body, &schemas::PATCHED_THING_REQUEST),
        ))
    }
    fn partial_update<C: Things>(
        context: &mut C,
        input: Input,
    ) -> BoxFuture<'_, Result<Output, ApiError>> {
        match read_partial_update(input) {
            Ok((id, body)) => {
                answers::thing(Box::pin(context.things_partial_update(id, body)))
            }
            Err(error) => refuse(error),
        }
    }
}
/// Moves values between the models of `things` and a row, see `Family`.
#[macro_export]
macro_rules! things {
    (put $row:ident $patch:ident $to:ident) => {
        { let $crate::models::PatchedThingRequest { r#type, expires, born, note, weight,
        attributes, config } = $patch; $to .put("type", & mut $row .r#type, r#type); $to
        .put("expires", & mut $row .expires, expires); $to .put("born", & mut $row .born,
        born); $to .put("note", & mut $row .note, note); $to .put("weight", & mut $row
        .weight, weight); $to .put("attributes", & mut $row .attributes, attributes); $to
        .put("config", & mut $row .config, config); }
    };
    (answer $row:ident $from:ident) => {
        $crate::models::Thing { pk : $from .take(& mut $row .id) ?, r#type : $from
        .take(& mut $row .r#type) ?, expires : $from .take(& mut $row .expires) ?, born :
        Some($from .take(& mut $row .born) ?), note : $from .take(& mut $row .note) ?,
        owner : $from .take(& mut $row .owner) ?, legacy : Some($from .take(& mut $row
        .legacy) ?), attributes : Some($from .take(& mut $row .attributes) ?), labels :
        Some($from .take(& mut $row .labels) ?), free : Some($from .take(& mut $row
        .free) ?), place : $from .take(& mut $row .place) ? }
    };
}
/// Writers of the answers, one for every type.
mod answers {
    use super::*;
    /// Writes `models :: Thing`.
    pub(crate) fn thing(
        future: BoxFuture<'_, Result<models::Thing, ApiError>>,
    ) -> BoxFuture<'_, Result<Output, ApiError>> {
        write_json(future)
    }
}
/// The shapes of all request bodies.
pub mod schemas {
    use super::schema::{Field, Format, Schema};
    /// The shape of `PatchedThingRequest`.
    pub static PATCHED_THING_REQUEST: Schema = Schema::Object(
        &[
            Field {
                name: "type",
                help: "",
                required: false,
                schema: &Schema::String {
                    min: 1u32,
                    max: 20u32,
                    pattern: Some("^[a-z]+$"),
                    format: Format::Text,
                },
            },
            Field {
                name: "expires",
                help: "",
                required: false,
                schema: &Schema::Nullable(
                    &Schema::String {
                        min: 0u32,
                        max: 0u32,
                        pattern: None,
                        format: Format::DateTime,
                    },
                ),
            },
            Field {
                name: "born",
                help: "",
                required: false,
                schema: &Schema::String {
                    min: 0u32,
                    max: 0u32,
                    pattern: None,
                    format: Format::Date,
                },
            },
            Field {
                name: "note",
                help: "",
                required: false,
                schema: &Schema::Nullable(
                    &Schema::String {
                        min: 0u32,
                        max: 7u32,
                        pattern: None,
                        format: Format::Text,
                    },
                ),
            },
            Field {
                name: "weight",
                help: "",
                required: false,
                schema: &Schema::Integer {
                    min: 0i64,
                    max: 2147483647i64,
                },
            },
            Field {
                name: "attributes",
                help: "",
                required: false,
                schema: &Schema::Any,
            },
            Field {
                name: "config",
                help: "",
                required: false,
                schema: &Schema::Map(&Schema::Any),
            },
        ],
    );
    /// The shape of `ThingRequest`.
    pub static THING_REQUEST: Schema = Schema::Object(
        &[
            Field {
                name: "type",
                help: "",
                required: true,
                schema: &Schema::String {
                    min: 1u32,
                    max: 20u32,
                    pattern: Some("^[a-z]+$"),
                    format: Format::Text,
                },
            },
            Field {
                name: "expires",
                help: "",
                required: true,
                schema: &Schema::Nullable(
                    &Schema::String {
                        min: 0u32,
                        max: 0u32,
                        pattern: None,
                        format: Format::DateTime,
                    },
                ),
            },
            Field {
                name: "born",
                help: "",
                required: false,
                schema: &Schema::String {
                    min: 0u32,
                    max: 0u32,
                    pattern: None,
                    format: Format::Date,
                },
            },
            Field {
                name: "note",
                help: "",
                required: false,
                schema: &Schema::Nullable(
                    &Schema::String {
                        min: 0u32,
                        max: 7u32,
                        pattern: None,
                        format: Format::Text,
                    },
                ),
            },
            Field {
                name: "weight",
                help: "",
                required: false,
                schema: &Schema::Integer {
                    min: 0i64,
                    max: 2147483647i64,
                },
            },
            Field {
                name: "attributes",
                help: "",
                required: false,
                schema: &Schema::Any,
            },
            Field {
                name: "config",
                help: "",
                required: false,
                schema: &Schema::Map(&Schema::Any),
            },
        ],
    );
}
/// What a request may ask for at most.
pub mod limits {
    /// `page_size` of `x-limits`.
    pub const PAGE_SIZE: usize = 9;
}
