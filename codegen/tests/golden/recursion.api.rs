/// All 1 operations, sorted by path and method.
pub static OPERATIONS: [Operation; 1usize] = [
    Operation {
        id: "trees_create",
        method: http::Method::POST,
        path: "/trees/",
        tag: "trees",
        resource: "trees",
        action: "create",
        summary: "Plant a tree",
        permission: Permission::Model(&["app.add_tree"]),
        success: 201u16,
        body: BodyKind::Json(&schemas::TREE_REQUEST),
        read_only: &[],
    },
];
/// The operations of `trees`.
pub trait Trees: Send {
    /// Plants a tree.
    ///
    /// `POST /trees/`
    fn trees_create(
        &mut self,
        body: Unchecked<models::TreeRequest>,
    ) -> impl Future<Output = Result<(), ApiError>> + Send;
}
/// Routes of the operations of `trees`.
pub mod trees {
    use super::*;
    /// Every operation of the family with the code that answers it.
    pub fn routes<C: Trees>() -> Vec<Route<C>> {
        vec![Route { operation : & OPERATIONS[0usize], call : create:: < C > }]
    }
    fn read_create(input: Input) -> Result<(Unchecked<models::TreeRequest>,), ApiError> {
        Ok((Unchecked::new(input.body, &schemas::TREE_REQUEST),))
    }
    fn create<C: Trees>(
        context: &mut C,
        input: Input,
    ) -> BoxFuture<'_, Result<Output, ApiError>> {
        match read_create(input) {
            Ok((body,)) => answers::nothing(Box::pin(context.trees_create(body))),
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
    /// The shape of `RootRequest`.
    pub static ROOT_REQUEST: Schema = Schema::Object(
        &[
            Field {
                name: "tree",
                help: "",
                required: false,
                schema: &Schema::Nullable(&TREE_REQUEST),
            },
            Field {
                name: "depths",
                help: "",
                required: false,
                schema: &Schema::Map(
                    &Schema::Array(
                        &Schema::Integer {
                            min: i64::MIN,
                            max: i64::MAX,
                        },
                    ),
                ),
            },
        ],
    );
    /// The shape of `TreeRequest`.
    pub static TREE_REQUEST: Schema = Schema::Object(
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
                name: "parent",
                help: "",
                required: false,
                schema: &TREE_REQUEST,
            },
            Field {
                name: "root",
                help: "",
                required: false,
                schema: &ROOT_REQUEST,
            },
            Field {
                name: "branches",
                help: "",
                required: false,
                schema: &Schema::Array(&TREE_REQUEST),
            },
        ],
    );
}
