/// All 2 operations, sorted by path and method.
pub static OPERATIONS: [Operation; 2usize] = [
    Operation {
        id: "challenge_get",
        method: http::Method::GET,
        path: "/challenge/",
        tag: "challenge",
        resource: "challenge",
        action: "get",
        summary: "Read the challenge",
        permission: Permission::Anonymous,
        success: 200u16,
        body: BodyKind::None,
        read_only: &[],
    },
    Operation {
        id: "challenge_solve",
        method: http::Method::POST,
        path: "/challenge/",
        tag: "challenge",
        resource: "challenge",
        action: "solve",
        summary: "Solve the challenge",
        permission: Permission::Anonymous,
        success: 200u16,
        body: BodyKind::Json(&schemas::RESPONSE_REQUEST),
        read_only: &[],
    },
];
/// The operations of `challenge`.
pub trait Challenge: Send {
    /// Reads the challenge.
    ///
    /// `GET /challenge/`
    fn challenge_get(
        &mut self,
    ) -> impl Future<Output = Result<models::Challenge, ApiError>> + Send;
    /// Solves the challenge.
    ///
    /// `POST /challenge/`
    fn challenge_solve(
        &mut self,
        body: Unchecked<models::ResponseRequest>,
    ) -> impl Future<Output = Result<models::PasswordChallenge, ApiError>> + Send;
}
/// Routes of the operations of `challenge`.
pub mod challenge {
    use super::*;
    /// Every operation of the family with the code that answers it.
    pub fn routes<C: Challenge>() -> Vec<Route<C>> {
        vec![
            Route { operation : & OPERATIONS[0usize], call : get:: < C > }, Route {
            operation : & OPERATIONS[1usize], call : solve:: < C > }
        ]
    }
    fn get<C: Challenge>(
        context: &mut C,
        _: Input,
    ) -> BoxFuture<'_, Result<Output, ApiError>> {
        answers::challenge(Box::pin(context.challenge_get()))
    }
    fn read_solve(
        input: Input,
    ) -> Result<(Unchecked<models::ResponseRequest>,), ApiError> {
        Ok((Unchecked::new(input.body, &schemas::RESPONSE_REQUEST),))
    }
    fn solve<C: Challenge>(
        context: &mut C,
        input: Input,
    ) -> BoxFuture<'_, Result<Output, ApiError>> {
        match read_solve(input) {
            Ok((body,)) => {
                answers::password_challenge(Box::pin(context.challenge_solve(body)))
            }
            Err(error) => refuse(error),
        }
    }
}
/// Writers of the answers, one for every type.
mod answers {
    use super::*;
    /// Writes `models :: Challenge`.
    pub(crate) fn challenge(
        future: BoxFuture<'_, Result<models::Challenge, ApiError>>,
    ) -> BoxFuture<'_, Result<Output, ApiError>> {
        write_json(future)
    }
    /// Writes `models :: PasswordChallenge`.
    pub(crate) fn password_challenge(
        future: BoxFuture<'_, Result<models::PasswordChallenge, ApiError>>,
    ) -> BoxFuture<'_, Result<Output, ApiError>> {
        write_json(future)
    }
}
/// The shapes of all request bodies.
pub mod schemas {
    use super::schema::{Field, Format, Schema};
    /// The shape of `PasswordResponseRequest`.
    pub static PASSWORD_RESPONSE_REQUEST: Schema = Schema::Object(
        &[
            Field {
                name: "component",
                help: "",
                required: false,
                schema: &Schema::String {
                    min: 1u32,
                    max: 0u32,
                    pattern: None,
                    format: Format::Text,
                },
            },
            Field {
                name: "password",
                help: "",
                required: true,
                schema: &Schema::String {
                    min: 1u32,
                    max: 0u32,
                    pattern: None,
                    format: Format::Text,
                },
            },
            Field {
                name: "device",
                help: "",
                required: false,
                schema: &Schema::Nullable(
                    &Schema::Integer {
                        min: i64::MIN,
                        max: i64::MAX,
                    },
                ),
            },
        ],
    );
    /// The shape of `PromptResponseRequest`.
    pub static PROMPT_RESPONSE_REQUEST: Schema = Schema::Map(&Schema::Any);
    /// The shape of `ResponseRequest`.
    pub static RESPONSE_REQUEST: Schema = Schema::Tagged {
        tag: "component",
        variants: &[
            ("ask-password", &PASSWORD_RESPONSE_REQUEST),
            ("ask-prompt", &PROMPT_RESPONSE_REQUEST),
        ],
    };
}
