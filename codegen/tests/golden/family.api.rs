/// All 8 operations, sorted by path and method.
pub static OPERATIONS: [Operation; 8usize] = [
    Operation {
        id: "core_things_list",
        method: http::Method::GET,
        path: "/core/things/",
        tag: "core",
        resource: "core_things",
        action: "list",
        summary: "",
        permission: Permission::Model(&["app.view_thing"]),
        success: 200u16,
        body: BodyKind::None,
        read_only: &[],
    },
    Operation {
        id: "core_things_create",
        method: http::Method::POST,
        path: "/core/things/",
        tag: "core",
        resource: "core_things",
        action: "create",
        summary: "",
        permission: Permission::Model(&["app.add_thing"]),
        success: 201u16,
        body: BodyKind::Json(&schemas::THING_REQUEST),
        read_only: &[
            Field {
                name: "pk",
                help: "",
                required: false,
                schema: &Schema::Integer {
                    min: i64::MIN,
                    max: i64::MAX,
                },
            },
        ],
    },
    Operation {
        id: "core_things_retrieve",
        method: http::Method::GET,
        path: "/core/things/{thing_uuid}/",
        tag: "core",
        resource: "core_things",
        action: "retrieve",
        summary: "",
        permission: Permission::Model(&["app.view_thing"]),
        success: 200u16,
        body: BodyKind::None,
        read_only: &[],
    },
    Operation {
        id: "core_things_update",
        method: http::Method::PUT,
        path: "/core/things/{thing_uuid}/",
        tag: "core",
        resource: "core_things",
        action: "update",
        summary: "",
        permission: Permission::Model(&["app.change_thing"]),
        success: 200u16,
        body: BodyKind::Json(&schemas::THING_REQUEST),
        read_only: &[
            Field {
                name: "pk",
                help: "",
                required: false,
                schema: &Schema::Integer {
                    min: i64::MIN,
                    max: i64::MAX,
                },
            },
        ],
    },
    Operation {
        id: "core_things_partial_update",
        method: http::Method::PATCH,
        path: "/core/things/{thing_uuid}/",
        tag: "core",
        resource: "core_things",
        action: "partial_update",
        summary: "",
        permission: Permission::Model(&["app.change_thing"]),
        success: 200u16,
        body: BodyKind::Json(&schemas::PATCHED_THING_REQUEST),
        read_only: &[
            Field {
                name: "pk",
                help: "",
                required: false,
                schema: &Schema::Integer {
                    min: i64::MIN,
                    max: i64::MAX,
                },
            },
        ],
    },
    Operation {
        id: "core_things_destroy",
        method: http::Method::DELETE,
        path: "/core/things/{thing_uuid}/",
        tag: "core",
        resource: "core_things",
        action: "destroy",
        summary: "",
        permission: Permission::Model(&["app.delete_thing"]),
        success: 204u16,
        body: BodyKind::None,
        read_only: &[],
    },
    Operation {
        id: "core_things_polish_create",
        method: http::Method::POST,
        path: "/core/things/{thing_uuid}/polish/",
        tag: "core",
        resource: "core_things",
        action: "polish_create",
        summary: "",
        permission: Permission::Model(&["app.change_thing"]),
        success: 204u16,
        body: BodyKind::None,
        read_only: &[],
    },
    Operation {
        id: "core_things_used_by_list",
        method: http::Method::GET,
        path: "/core/things/{thing_uuid}/used_by/",
        tag: "core",
        resource: "core_things",
        action: "used_by_list",
        summary: "",
        permission: Permission::Model(&["app.view_thing"]),
        success: 200u16,
        body: BodyKind::None,
        read_only: &[],
    },
];
/// The query parameters of `core_things_list`.
#[derive(Debug, Clone, Default)]
pub struct CoreThingsListParams {
    /// Which part of the list, in which order.
    pub page: PageQuery,
    /// `colour`.
    pub colour: Option<models::ColourEnum>,
    /// `owner__name`.
    pub owner_name: Option<String>,
}
impl CoreThingsListParams {
    /// Reads them from a query.
    ///
    /// # Errors
    /// [`ApiError::Validation`] with all parameters that cannot be read.
    pub fn read(query: &[(String, String)]) -> Result<Self, ApiError> {
        let mut the_query = Query::new(query);
        let page = the_query.page();
        let colour = the_query.parsed("colour");
        let owner_name = the_query.text("owner__name");
        the_query.finish()?;
        Ok(Self { page, colour, owner_name })
    }
}
impl Filters for CoreThingsListParams {
    const NAMES: &'static [&'static str] = &["colour", "owner__name"];
    fn page(&self) -> &PageQuery {
        &self.page
    }
    fn sought(&self) -> Vec<(&'static str, Sought)> {
        let mut all = SoughtAll::default();
        all.add("colour", &self.colour.map(|v| v.as_str().to_owned()));
        all.add("owner__name", &self.owner_name);
        all.into()
    }
}
/// The operations of `core_things`.
pub trait CoreThings: Standard<core_things::Family> {
    ///
    /// `GET /core/things/`
    fn core_things_list(
        &mut self,
        params: CoreThingsListParams,
    ) -> impl Future<Output = Result<models::PaginatedThingList, ApiError>> + Send {
        Standard::<core_things::Family>::list(self, params)
    }
    ///
    /// `POST /core/things/`
    fn core_things_create(
        &mut self,
        body: Unchecked<models::ThingRequest>,
    ) -> impl Future<Output = Result<models::Thing, ApiError>> + Send {
        Standard::<core_things::Family>::create(self, body)
    }
    ///
    /// `GET /core/things/{thing_uuid}/`
    fn core_things_retrieve(
        &mut self,
        thing_uuid: String,
    ) -> impl Future<Output = Result<models::Thing, ApiError>> + Send {
        Standard::<core_things::Family>::retrieve(self, thing_uuid)
    }
    ///
    /// `PUT /core/things/{thing_uuid}/`
    fn core_things_update(
        &mut self,
        thing_uuid: String,
        body: Unchecked<models::ThingRequest>,
    ) -> impl Future<Output = Result<models::Thing, ApiError>> + Send {
        Standard::<core_things::Family>::update(self, thing_uuid, body)
    }
    ///
    /// `PATCH /core/things/{thing_uuid}/`
    fn core_things_partial_update(
        &mut self,
        thing_uuid: String,
        body: Unchecked<models::PatchedThingRequest>,
    ) -> impl Future<Output = Result<models::Thing, ApiError>> + Send {
        Standard::<core_things::Family>::update(self, thing_uuid, body)
    }
    ///
    /// `DELETE /core/things/{thing_uuid}/`
    fn core_things_destroy(
        &mut self,
        thing_uuid: String,
    ) -> impl Future<Output = Result<(), ApiError>> + Send {
        Standard::<core_things::Family>::destroy(self, thing_uuid)
    }
    ///
    /// `POST /core/things/{thing_uuid}/polish/`
    fn core_things_polish_create(
        &mut self,
        thing_uuid: String,
    ) -> impl Future<Output = Result<(), ApiError>> + Send;
    ///
    /// `GET /core/things/{thing_uuid}/used_by/`
    fn core_things_used_by_list(
        &mut self,
        thing_uuid: String,
    ) -> impl Future<Output = Result<Vec<models::UsedBy>, ApiError>> + Send {
        Standard::<core_things::Family>::used_by(self, thing_uuid)
    }
}
/// Routes of the operations of `core_things`.
pub mod core_things {
    use super::*;
    /// The family `core_things` as a type.
    #[derive(Debug)]
    pub enum Family {}
    impl super::Family for Family {
        type Key = String;
        type Params = CoreThingsListParams;
        type Patch = models::PatchedThingRequest;
        type Answer = models::Thing;
        const NAME: &'static str = "core_things";
        const BODIES: Option<(&'static Schema, &'static Schema)> = Some((
            &schemas::THING_REQUEST,
            &schemas::PATCHED_THING_REQUEST,
        ));
    }
    /// Every operation of the family with the code that answers it.
    pub fn routes<C: CoreThings>() -> Vec<Route<C>> {
        vec![
            Route { operation : & OPERATIONS[0usize], call : list:: < C > }, Route {
            operation : & OPERATIONS[1usize], call : create:: < C > }, Route { operation
            : & OPERATIONS[2usize], call : retrieve:: < C > }, Route { operation : &
            OPERATIONS[3usize], call : update:: < C > }, Route { operation : &
            OPERATIONS[4usize], call : partial_update:: < C > }, Route { operation : &
            OPERATIONS[5usize], call : destroy:: < C > }, Route { operation : &
            OPERATIONS[6usize], call : polish_create:: < C > }, Route { operation : &
            OPERATIONS[7usize], call : used_by_list:: < C > }
        ]
    }
    fn read_list(input: Input) -> Result<(CoreThingsListParams,), ApiError> {
        Ok((CoreThingsListParams::read(&input.query)?,))
    }
    fn list<C: CoreThings>(
        context: &mut C,
        input: Input,
    ) -> BoxFuture<'_, Result<Output, ApiError>> {
        match read_list(input) {
            Ok((params,)) => {
                answers::paginated_thing_list(Box::pin(context.core_things_list(params)))
            }
            Err(error) => refuse(error),
        }
    }
    fn read_create(
        input: Input,
    ) -> Result<(Unchecked<models::ThingRequest>,), ApiError> {
        Ok((Unchecked::new(input.body, &schemas::THING_REQUEST),))
    }
    fn create<C: CoreThings>(
        context: &mut C,
        input: Input,
    ) -> BoxFuture<'_, Result<Output, ApiError>> {
        match read_create(input) {
            Ok((body,)) => answers::thing(Box::pin(context.core_things_create(body))),
            Err(error) => refuse(error),
        }
    }
    fn read_retrieve(mut input: Input) -> Result<(String,), ApiError> {
        Ok((path_text(&mut input, 0usize)?,))
    }
    fn retrieve<C: CoreThings>(
        context: &mut C,
        input: Input,
    ) -> BoxFuture<'_, Result<Output, ApiError>> {
        match read_retrieve(input) {
            Ok((thing_uuid,)) => {
                answers::thing(Box::pin(context.core_things_retrieve(thing_uuid)))
            }
            Err(error) => refuse(error),
        }
    }
    fn read_update(
        mut input: Input,
    ) -> Result<(String, Unchecked<models::ThingRequest>), ApiError> {
        Ok((
            path_text(&mut input, 0usize)?,
            Unchecked::new(input.body, &schemas::THING_REQUEST),
        ))
    }
    fn update<C: CoreThings>(
        context: &mut C,
        input: Input,
    ) -> BoxFuture<'_, Result<Output, ApiError>> {
        match read_update(input) {
            Ok((thing_uuid, body)) => {
                answers::thing(Box::pin(context.core_things_update(thing_uuid, body)))
            }
            Err(error) => refuse(error),
        }
    }
    fn read_partial_update(
        mut input: Input,
    ) -> Result<(String, Unchecked<models::PatchedThingRequest>), ApiError> {
        Ok((
            path_text(&mut input, 0usize)?,
            Unchecked::new(input.body, &schemas::PATCHED_THING_REQUEST),
        ))
    }
    fn partial_update<C: CoreThings>(
        context: &mut C,
        input: Input,
    ) -> BoxFuture<'_, Result<Output, ApiError>> {
        match read_partial_update(input) {
            Ok((thing_uuid, body)) => {
                answers::thing(
                    Box::pin(context.core_things_partial_update(thing_uuid, body)),
                )
            }
            Err(error) => refuse(error),
        }
    }
    fn read_destroy(mut input: Input) -> Result<(String,), ApiError> {
        Ok((path_text(&mut input, 0usize)?,))
    }
    fn destroy<C: CoreThings>(
        context: &mut C,
        input: Input,
    ) -> BoxFuture<'_, Result<Output, ApiError>> {
        match read_destroy(input) {
            Ok((thing_uuid,)) => {
                answers::nothing(Box::pin(context.core_things_destroy(thing_uuid)))
            }
            Err(error) => refuse(error),
        }
    }
    fn read_polish_create(mut input: Input) -> Result<(String,), ApiError> {
        Ok((path_text(&mut input, 0usize)?,))
    }
    fn polish_create<C: CoreThings>(
        context: &mut C,
        input: Input,
    ) -> BoxFuture<'_, Result<Output, ApiError>> {
        match read_polish_create(input) {
            Ok((thing_uuid,)) => {
                answers::nothing(Box::pin(context.core_things_polish_create(thing_uuid)))
            }
            Err(error) => refuse(error),
        }
    }
    fn read_used_by_list(mut input: Input) -> Result<(String,), ApiError> {
        Ok((path_text(&mut input, 0usize)?,))
    }
    fn used_by_list<C: CoreThings>(
        context: &mut C,
        input: Input,
    ) -> BoxFuture<'_, Result<Output, ApiError>> {
        match read_used_by_list(input) {
            Ok((thing_uuid,)) => {
                answers::used_by_vec(
                    Box::pin(context.core_things_used_by_list(thing_uuid)),
                )
            }
            Err(error) => refuse(error),
        }
    }
}
/// Moves values between the models of `core_things` and a row, see `Family`.
#[macro_export]
macro_rules! core_things {
    (put $row:ident $patch:ident $to:ident) => {
        { let $crate::models::PatchedThingRequest { name, colour, owner, parts : _ } =
        $patch; $to .put("name", & mut $row .name, name); $to .choose("colour", & mut
        $row .colour, colour); $to .put("owner", & mut $row .owner, owner); }
    };
    (answer $row:ident $from:ident) => {
        $crate::models::Thing { pk : $from .take(& mut $row .id) ?, name : $from .take(&
        mut $row .name) ?, colour : Some($from .choice(& mut $row .colour) ?), owner :
        $from .take(& mut $row .owner) ?, parts : Some($from .take(& mut $row .parts) ?)
        }
    };
}
/// Writers of the answers, one for every type.
mod answers {
    use super::*;
    /// Writes `models :: PaginatedThingList`.
    pub(crate) fn paginated_thing_list(
        future: BoxFuture<'_, Result<models::PaginatedThingList, ApiError>>,
    ) -> BoxFuture<'_, Result<Output, ApiError>> {
        write_json(future)
    }
    /// Writes `models :: Thing`.
    pub(crate) fn thing(
        future: BoxFuture<'_, Result<models::Thing, ApiError>>,
    ) -> BoxFuture<'_, Result<Output, ApiError>> {
        write_json(future)
    }
    /// Writes `Vec < models :: UsedBy >`.
    pub(crate) fn used_by_vec(
        future: BoxFuture<'_, Result<Vec<models::UsedBy>, ApiError>>,
    ) -> BoxFuture<'_, Result<Output, ApiError>> {
        write_json(future)
    }
    /// Writes `()`.
    pub(crate) fn nothing(
        future: BoxFuture<'_, Result<(), ApiError>>,
    ) -> BoxFuture<'_, Result<Output, ApiError>> {
        write_nothing(future)
    }
}
/// The shapes of all request bodies.
pub mod schemas {
    use super::schema::{Field, Format, Schema};
    /// The shape of `ColourEnum`.
    pub static COLOUR_ENUM: Schema = Schema::Enum(&["red", "blue"]);
    /// The shape of `PatchedThingRequest`.
    pub static PATCHED_THING_REQUEST: Schema = Schema::Object(
        &[
            Field {
                name: "name",
                help: "",
                required: false,
                schema: &Schema::String {
                    min: 0u32,
                    max: 0u32,
                    pattern: None,
                    format: Format::Text,
                },
            },
            Field {
                name: "colour",
                help: "",
                required: false,
                schema: &COLOUR_ENUM,
            },
            Field {
                name: "owner",
                help: "",
                required: false,
                schema: &Schema::Nullable(
                    &Schema::String {
                        min: 0u32,
                        max: 0u32,
                        pattern: None,
                        format: Format::Text,
                    },
                ),
            },
            Field {
                name: "parts",
                help: "",
                required: false,
                schema: &Schema::Array(
                    &Schema::String {
                        min: 0u32,
                        max: 0u32,
                        pattern: None,
                        format: Format::Text,
                    },
                ),
            },
        ],
    );
    /// The shape of `ThingRequest`.
    pub static THING_REQUEST: Schema = Schema::Object(
        &[
            Field {
                name: "name",
                help: "",
                required: true,
                schema: &Schema::String {
                    min: 0u32,
                    max: 0u32,
                    pattern: None,
                    format: Format::Text,
                },
            },
            Field {
                name: "colour",
                help: "",
                required: false,
                schema: &COLOUR_ENUM,
            },
            Field {
                name: "owner",
                help: "",
                required: false,
                schema: &Schema::Nullable(
                    &Schema::String {
                        min: 0u32,
                        max: 0u32,
                        pattern: None,
                        format: Format::Text,
                    },
                ),
            },
            Field {
                name: "parts",
                help: "",
                required: false,
                schema: &Schema::Array(
                    &Schema::String {
                        min: 0u32,
                        max: 0u32,
                        pattern: None,
                        format: Format::Text,
                    },
                ),
            },
        ],
    );
}
