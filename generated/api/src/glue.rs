//! What the generated routes call: arguments in, answers out.

use crate::{ApiError, Input, Output, json};
use futures::future::BoxFuture;
use serde::Serialize;
use std::future::ready;
use uuid::Uuid;

/// A path parameter as it is.
pub(crate) fn path_text(input: &mut Input, index: usize) -> Result<String, ApiError> {
    input.path.get_mut(index).map(std::mem::take).ok_or_else(ApiError::not_found)
}

/// A path parameter that is an integer. What is not, identifies nothing.
pub(crate) fn path_integer(input: &mut Input, index: usize) -> Result<i64, ApiError> {
    path_text(input, index)?.parse().map_err(|_| ApiError::not_found())
}

/// A path parameter that is a UUID. What is not, identifies nothing.
pub(crate) fn path_uuid(input: &mut Input, index: usize) -> Result<Uuid, ApiError> {
    Uuid::parse_str(&path_text(input, index)?).map_err(|_| ApiError::not_found())
}

/// An answer that is known before the handler was asked.
pub(crate) fn refuse<'a>(error: ApiError) -> BoxFuture<'a, Result<Output, ApiError>> {
    Box::pin(ready(Err(error)))
}

/// Writes a model as JSON.
pub(crate) fn write_json<'a, T: Serialize + Send + 'a>(
    future: BoxFuture<'a, Result<T, ApiError>>,
) -> BoxFuture<'a, Result<Output, ApiError>> {
    Box::pin(async move {
        let model = future.await?;
        json::to_vec(&model).map(Output::Json).map_err(unwritten)
    })
}

fn unwritten(error: serde_json::Error) -> ApiError {
    if json::is_too_long(&error) {
        return ApiError::answer_too_large();
    }
    ApiError::Internal(format!("an answer cannot be written: {error}"))
}

/// Writes nothing.
pub(crate) fn write_nothing(future: BoxFuture<'_, Result<(), ApiError>>) -> BoxFuture<'_, Result<Output, ApiError>> {
    Box::pin(async move { future.await.map(|()| Output::Empty) })
}

/// Hands a file over as it is.
pub(crate) fn write_file(
    future: BoxFuture<'_, Result<crate::File, ApiError>>,
) -> BoxFuture<'_, Result<Output, ApiError>> {
    Box::pin(async move { future.await.map(Output::File) })
}
