/// All 1 operations, sorted by path and method.
pub static OPERATIONS: [Operation; 1usize] = [
    Operation {
        id: "boxes_create",
        method: http::Method::POST,
        path: "/boxes/",
        tag: "boxes",
        resource: "boxes",
        action: "create",
        summary: "Create a box",
        permission: Permission::Model(&["app.add_box"]),
        success: 204u16,
        body: BodyKind::Json(&schemas::BOX_REQUEST),
        read_only: &[],
    },
];
/// The operations of `boxes`.
pub trait Boxes: Send {
    /// Creates a box.
    ///
    /// `POST /boxes/`
    fn boxes_create(
        &mut self,
        body: Unchecked<models::BoxRequest>,
    ) -> impl Future<Output = Result<(), ApiError>> + Send;
}
/// Routes of the operations of `boxes`.
pub mod boxes {
    use super::*;
    /// Every operation of the family with the code that answers it.
    pub fn routes<C: Boxes>() -> Vec<Route<C>> {
        vec![Route { operation : & OPERATIONS[0usize], call : create:: < C > }]
    }
    fn read_create(input: Input) -> Result<(Unchecked<models::BoxRequest>,), ApiError> {
        Ok((Unchecked::new(input.body, &schemas::BOX_REQUEST),))
    }
    fn create<C: Boxes>(
        context: &mut C,
        input: Input,
    ) -> BoxFuture<'_, Result<Output, ApiError>> {
        match read_create(input) {
            Ok((body,)) => answers::nothing(Box::pin(context.boxes_create(body))),
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
    /// The shape of `BoxRequest`.
    pub static BOX_REQUEST: Schema = Schema::Object(
        &[
            Field {
                name: "lid",
                help: "",
                required: true,
                schema: &LID_ENUM,
            },
            Field {
                name: "signature",
                help: "How it is sealed.",
                required: false,
                schema: &Schema::Nullable(&SIGNATURE_ENUM),
            },
            Field {
                name: "colour",
                help: "",
                required: false,
                schema: &Schema::Enum(&["dark-red", "dark_red", ""]),
            },
            Field {
                name: "size",
                help: "",
                required: false,
                schema: &Schema::IntegerEnum(&[6i64, 8i64]),
            },
        ],
    );
    /// The shape of `LidEnum`.
    pub static LID_ENUM: Schema = Schema::Enum(&["6", "self", "authentik_core.user"]);
    /// The shape of `SignatureEnum`.
    pub static SIGNATURE_ENUM: Schema = Schema::Enum(
        &["http://www.w3.org/2000/09/xmldsig#sha1", "urn:oasis:names:HTTP-POST"],
    );
}
