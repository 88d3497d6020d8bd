/// All 2 operations, sorted by path and method.
pub static OPERATIONS: [Operation; 2usize] = [
    Operation {
        id: "icons_retrieve",
        method: http::Method::GET,
        path: "/icons/{slug}/",
        tag: "icons",
        resource: "icons",
        action: "retrieve",
        summary: "Read an icon",
        permission: Permission::Anonymous,
        success: 200u16,
        body: BodyKind::None,
        read_only: &[],
    },
    Operation {
        id: "icons_set_create",
        method: http::Method::POST,
        path: "/icons/{slug}/",
        tag: "icons",
        resource: "icons",
        action: "set_create",
        summary: "Set an icon",
        permission: Permission::Superuser,
        success: 200u16,
        body: BodyKind::Multipart(&schemas::FILE_UPLOAD_REQUEST),
        read_only: &[],
    },
];
/// The operations of `icons`.
pub trait Icons: Send {
    /// Reads an icon.
    ///
    /// `GET /icons/{slug}/`
    fn icons_retrieve(
        &mut self,
        slug: String,
    ) -> impl Future<Output = Result<models::File, ApiError>> + Send;
    /// Sets an icon.
    ///
    /// `POST /icons/{slug}/`
    fn icons_set_create(
        &mut self,
        slug: String,
        body: Unchecked<models::FileUploadRequest>,
    ) -> impl Future<Output = Result<(), ApiError>> + Send;
}
/// Routes of the operations of `icons`.
pub mod icons {
    use super::*;
    /// Every operation of the family with the code that answers it.
    pub fn routes<C: Icons>() -> Vec<Route<C>> {
        vec![
            Route { operation : & OPERATIONS[0usize], call : retrieve:: < C > }, Route {
            operation : & OPERATIONS[1usize], call : set_create:: < C > }
        ]
    }
    fn read_retrieve(mut input: Input) -> Result<(String,), ApiError> {
        Ok((path_text(&mut input, 0usize)?,))
    }
    fn retrieve<C: Icons>(
        context: &mut C,
        input: Input,
    ) -> BoxFuture<'_, Result<Output, ApiError>> {
        match read_retrieve(input) {
            Ok((slug,)) => answers::file(Box::pin(context.icons_retrieve(slug))),
            Err(error) => refuse(error),
        }
    }
    fn read_set_create(
        mut input: Input,
    ) -> Result<(String, Unchecked<models::FileUploadRequest>), ApiError> {
        Ok((
            path_text(&mut input, 0usize)?,
            Unchecked::new(input.body, &schemas::FILE_UPLOAD_REQUEST),
        ))
    }
    fn set_create<C: Icons>(
        context: &mut C,
        input: Input,
    ) -> BoxFuture<'_, Result<Output, ApiError>> {
        match read_set_create(input) {
            Ok((slug, body)) => {
                answers::nothing(Box::pin(context.icons_set_create(slug, body)))
            }
            Err(error) => refuse(error),
        }
    }
}
/// Writers of the answers, one for every type.
mod answers {
    use super::*;
    /// Writes `models :: File`.
    pub(crate) fn file(
        future: BoxFuture<'_, Result<models::File, ApiError>>,
    ) -> BoxFuture<'_, Result<Output, ApiError>> {
        write_file(future)
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
    /// The shape of `FileUploadRequest`.
    pub static FILE_UPLOAD_REQUEST: Schema = Schema::Object(
        &[
            Field {
                name: "file",
                help: "",
                required: false,
                schema: &Schema::File,
            },
            Field {
                name: "clear",
                help: "",
                required: false,
                schema: &Schema::Boolean,
            },
        ],
    );
}
