/// All 1 operations, sorted by path and method.
pub static OPERATIONS: [Operation; 1usize] = [
    Operation {
        id: "transactional_update",
        method: http::Method::PUT,
        path: "/transactional/",
        tag: "transactional",
        resource: "transactional",
        action: "update",
        summary: "Create both",
        permission: Permission::Model(&["app.add_app", "app.add_provider"]),
        success: 204u16,
        body: BodyKind::Json(&schemas::TRANSACTION_REQUEST),
        read_only: &[],
    },
];
/// The operations of `transactional`.
pub trait Transactional: Send {
    /// Creates both.
    ///
    /// `PUT /transactional/`
    fn transactional_update(
        &mut self,
        body: Unchecked<models::TransactionRequest>,
    ) -> impl Future<Output = Result<(), ApiError>> + Send;
}
/// Routes of the operations of `transactional`.
pub mod transactional {
    use super::*;
    /// Every operation of the family with the code that answers it.
    pub fn routes<C: Transactional>() -> Vec<Route<C>> {
        vec![Route { operation : & OPERATIONS[0usize], call : update:: < C > }]
    }
    fn read_update(
        input: Input,
    ) -> Result<(Unchecked<models::TransactionRequest>,), ApiError> {
        Ok((Unchecked::new(input.body, &schemas::TRANSACTION_REQUEST),))
    }
    fn update<C: Transactional>(
        context: &mut C,
        input: Input,
    ) -> BoxFuture<'_, Result<Output, ApiError>> {
        match read_update(input) {
            Ok((body,)) => answers::nothing(Box::pin(context.transactional_update(body))),
            Err(error) => refuse(error),
        }
    }
}
/// Writers of the answers, one for every type.
mod answers {
    use super::*;
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
    /// The shape of `AppRequest`.
    pub static APP_REQUEST: Schema = Schema::Object(
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
        ],
    );
    /// The shape of `LDAPProviderRequest`.
    pub static LDAP_PROVIDER_REQUEST: Schema = Schema::Object(
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
                name: "search_group",
                help: "",
                required: false,
                schema: &Schema::Nullable(
                    &Schema::String {
                        min: 0u32,
                        max: 0u32,
                        pattern: None,
                        format: Format::Uuid,
                    },
                ),
            },
        ],
    );
    /// The shape of `OAuth2ProviderRequest`.
    pub static O_AUTH2_PROVIDER_REQUEST: Schema = Schema::Object(
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
                name: "redirect_uris",
                help: "",
                required: false,
                schema: &Schema::TextOr(
                    &Schema::Array(
                        &Schema::String {
                            min: 0u32,
                            max: 0u32,
                            pattern: None,
                            format: Format::Text,
                        },
                    ),
                ),
            },
        ],
    );
    /// The shape of `ProviderModelEnum`.
    pub static PROVIDER_MODEL_ENUM: Schema = Schema::Enum(
        &["app_ldap.ldap", "app_oauth2.oauth2"],
    );
    /// The shape of `TransactionRequest`.
    pub static TRANSACTION_REQUEST: Schema = Schema::Object(
        &[
            Field {
                name: "app",
                help: "",
                required: true,
                schema: &APP_REQUEST,
            },
            Field {
                name: "provider",
                help: "",
                required: true,
                schema: &MODEL_REQUEST,
            },
            Field {
                name: "provider_model",
                help: "",
                required: true,
                schema: &PROVIDER_MODEL_ENUM,
            },
        ],
    );
    /// The shape of `modelRequest`.
    pub static MODEL_REQUEST: Schema = Schema::Sibling {
        tag: "provider_model",
        variants: &[
            ("app_ldap.ldap", &LDAP_PROVIDER_REQUEST),
            ("app_oauth2.oauth2", &O_AUTH2_PROVIDER_REQUEST),
        ],
    };
}
