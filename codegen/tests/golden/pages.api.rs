/// All 6 operations, sorted by path and method.
pub static OPERATIONS: [Operation; 6usize] = [
    Operation {
        id: "core_users_list",
        method: http::Method::GET,
        path: "/core/users/",
        tag: "core",
        resource: "core_users",
        action: "list",
        summary: "List users",
        permission: Permission::Model(&["app.view_user"]),
        success: 200u16,
        body: BodyKind::None,
        read_only: &[],
    },
    Operation {
        id: "core_users_me_retrieve",
        method: http::Method::GET,
        path: "/core/users/me/",
        tag: "core",
        resource: "core_users",
        action: "me_retrieve",
        summary: "Read oneself",
        permission: Permission::Authenticated,
        success: 200u16,
        body: BodyKind::None,
        read_only: &[],
    },
    Operation {
        id: "core_users_destroy",
        method: http::Method::DELETE,
        path: "/core/users/{id}/",
        tag: "core",
        resource: "core_users",
        action: "destroy",
        summary: "Delete a user",
        permission: Permission::Model(&["app.delete_user"]),
        success: 204u16,
        body: BodyKind::None,
        read_only: &[],
    },
    Operation {
        id: "core_users_used_by_list",
        method: http::Method::GET,
        path: "/core/users/{id}/used_by/",
        tag: "core",
        resource: "core_users",
        action: "used_by_list",
        summary: "List what refers to a user",
        permission: Permission::Model(&["app.view_user"]),
        success: 200u16,
        body: BodyKind::None,
        read_only: &[],
    },
    Operation {
        id: "root_config_retrieve",
        method: http::Method::GET,
        path: "/root/config/",
        tag: "root",
        resource: "root_config",
        action: "retrieve",
        summary: "Read the configuration",
        permission: Permission::Anonymous,
        success: 200u16,
        body: BodyKind::None,
        read_only: &[],
    },
    Operation {
        id: "schema_retrieve",
        method: http::Method::GET,
        path: "/schema/",
        tag: "schema",
        resource: "schema",
        action: "retrieve",
        summary: "Read this description",
        permission: Permission::Anonymous,
        success: 200u16,
        body: BodyKind::None,
        read_only: &[],
    },
];
/// The query parameters of `core_users_list`.
#[derive(Debug, Clone, Default)]
pub struct CoreUsersListParams {
    /// Which part of the list, in which order.
    pub page: PageQuery,
}
impl CoreUsersListParams {
    /// Reads them from a query.
    ///
    /// # Errors
    /// [`ApiError::Validation`] with all parameters that cannot be read.
    pub fn read(query: &[(String, String)]) -> Result<Self, ApiError> {
        let mut the_query = Query::new(query);
        let page = the_query.page();
        the_query.finish()?;
        Ok(Self { page })
    }
}
impl Filters for CoreUsersListParams {
    const NAMES: &'static [&'static str] = &[];
    fn page(&self) -> &PageQuery {
        &self.page
    }
    fn sought(&self) -> Vec<(&'static str, Sought)> {
        let all = SoughtAll::default();
        all.into()
    }
}
/// The operations of `core_users`.
pub trait CoreUsers: Send {
    /// Lists users.
    ///
    /// `GET /core/users/`
    fn core_users_list(
        &mut self,
        params: CoreUsersListParams,
    ) -> impl Future<Output = Result<models::PaginatedUserList, ApiError>> + Send;
    /// Reads the caller.
    ///
    /// `GET /core/users/me/`
    fn core_users_me_retrieve(
        &mut self,
    ) -> impl Future<Output = Result<models::User, ApiError>> + Send;
    /// Deletes a user.
    ///
    /// `DELETE /core/users/{id}/`
    fn core_users_destroy(
        &mut self,
        id: i64,
    ) -> impl Future<Output = Result<(), ApiError>> + Send;
    /// Lists what refers to a user.
    ///
    /// `GET /core/users/{id}/used_by/`
    fn core_users_used_by_list(
        &mut self,
        id: i64,
    ) -> impl Future<Output = Result<Vec<models::User>, ApiError>> + Send;
}
/// Routes of the operations of `core_users`.
pub mod core_users {
    use super::*;
    /// Every operation of the family with the code that answers it.
    pub fn routes<C: CoreUsers>() -> Vec<Route<C>> {
        vec![
            Route { operation : & OPERATIONS[0usize], call : list:: < C > }, Route {
            operation : & OPERATIONS[1usize], call : me_retrieve:: < C > }, Route {
            operation : & OPERATIONS[2usize], call : destroy:: < C > }, Route { operation
            : & OPERATIONS[3usize], call : used_by_list:: < C > }
        ]
    }
    fn read_list(input: Input) -> Result<(CoreUsersListParams,), ApiError> {
        Ok((CoreUsersListParams::read(&input.query)?,))
    }
    fn list<C: CoreUsers>(
        context: &mut C,
        input: Input,
    ) -> BoxFuture<'_, Result<Output, ApiError>> {
        match read_list(input) {
            Ok((params,)) => {
                answers::paginated_user_list(Box::pin(context.core_users_list(params)))
            }
            Err(error) => refuse(error),
        }
    }
    fn me_retrieve<C: CoreUsers>(
        context: &mut C,
        _: Input,
    ) -> BoxFuture<'_, Result<Output, ApiError>> {
        answers::user(Box::pin(context.core_users_me_retrieve()))
    }
    fn read_destroy(mut input: Input) -> Result<(i64,), ApiError> {
        Ok((path_integer(&mut input, 0usize)?,))
    }
    fn destroy<C: CoreUsers>(
        context: &mut C,
        input: Input,
    ) -> BoxFuture<'_, Result<Output, ApiError>> {
        match read_destroy(input) {
            Ok((id,)) => answers::nothing(Box::pin(context.core_users_destroy(id))),
            Err(error) => refuse(error),
        }
    }
    fn read_used_by_list(mut input: Input) -> Result<(i64,), ApiError> {
        Ok((path_integer(&mut input, 0usize)?,))
    }
    fn used_by_list<C: CoreUsers>(
        context: &mut C,
        input: Input,
    ) -> BoxFuture<'_, Result<Output, ApiError>> {
        match read_used_by_list(input) {
            Ok((id,)) => answers::user_vec(Box::pin(context.core_users_used_by_list(id))),
            Err(error) => refuse(error),
        }
    }
}
/// The operations of `root_config`.
pub trait RootConfig: Send {
    /// Reads the configuration.
    ///
    /// `GET /root/config/`
    fn root_config_retrieve(
        &mut self,
    ) -> impl Future<
        Output = Result<serde_json::Map<String, serde_json::Value>, ApiError>,
    > + Send;
}
/// Routes of the operations of `root_config`.
pub mod root_config {
    use super::*;
    /// Every operation of the family with the code that answers it.
    pub fn routes<C: RootConfig>() -> Vec<Route<C>> {
        vec![Route { operation : & OPERATIONS[4usize], call : retrieve:: < C > }]
    }
    fn retrieve<C: RootConfig>(
        context: &mut C,
        _: Input,
    ) -> BoxFuture<'_, Result<Output, ApiError>> {
        answers::object_value(Box::pin(context.root_config_retrieve()))
    }
}
/// Writers of the answers, one for every type.
mod answers {
    use super::*;
    /// Writes `serde_json :: Map < String , serde_json :: Value >`.
    pub(crate) fn object_value(
        future: BoxFuture<
            '_,
            Result<serde_json::Map<String, serde_json::Value>, ApiError>,
        >,
    ) -> BoxFuture<'_, Result<Output, ApiError>> {
        write_json(future)
    }
    /// Writes `models :: PaginatedUserList`.
    pub(crate) fn paginated_user_list(
        future: BoxFuture<'_, Result<models::PaginatedUserList, ApiError>>,
    ) -> BoxFuture<'_, Result<Output, ApiError>> {
        write_json(future)
    }
    /// Writes `models :: User`.
    pub(crate) fn user(
        future: BoxFuture<'_, Result<models::User, ApiError>>,
    ) -> BoxFuture<'_, Result<Output, ApiError>> {
        write_json(future)
    }
    /// Writes `Vec < models :: User >`.
    pub(crate) fn user_vec(
        future: BoxFuture<'_, Result<Vec<models::User>, ApiError>>,
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
}
