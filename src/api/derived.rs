//! Bodies that the server makes itself of what a client sent: names for several objects from one, fields from a document.
//! They do not pass the check of the request, whose schema knows nothing of where its fields end up.

use serde::{Serialize, de::DeserializeOwned};
use vestibule_api::{ApiError, Errors, schema::Schema};

/// The body as it would be had a client sent it itself: within the limits of the contract for the fields it writes. What
/// is wrong with a field is told of the one it comes `from`, because that is what the client knows; the body is then
/// returned as it was.
///
/// # Errors
/// 500 when the schema is not that of the body.
pub fn checked<B>(errors: &mut Errors, schema: &Schema, body: B, from: &[(&str, &str)]) -> Result<B, ApiError>
where
    B: Serialize + DeserializeOwned,
{
    let misfit = |error| ApiError::Internal(format!("a derived body does not fit its schema: {error}"));
    let wrong = match schema.check(serde_json::to_value(&body).map_err(misfit)?) {
        Ok(checked) => return serde_json::from_value(checked).map_err(misfit),
        Err(wrong) => wrong.to_json(),
    };
    for (field, messages) in wrong.as_object().into_iter().flatten() {
        let sent = from.iter().find(|(derived, _)| derived == field).map_or(field.as_str(), |(_, sent)| sent);
        // A derived field holds text, and what is wrong with text is a list.
        for message in messages.as_array().into_iter().flatten().filter_map(|message| message.as_str()) {
            errors.add(sent, message);
        }
    }
    Ok(body)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use vestibule_api::{models::PatchedGroupRequest, schemas};

    #[test]
    fn limits_are_those_of_the_contract_and_told_of_the_field_that_was_sent() {
        let check = |name: String| {
            let (mut errors, body) =
                (Errors::default(), PatchedGroupRequest { name: Some(name), ..Default::default() });
            let body = checked(&mut errors, &schemas::PATCHED_GROUP_REQUEST, body, &[("name", "title")]).unwrap();
            (body.name.unwrap(), errors.to_json())
        };
        assert_eq!(check(" x ".into()), ("x".into(), json!({})));
        let long = "x".repeat(81);
        let message = "Ensure this field has no more than 80 characters.";
        assert_eq!(check(long.clone()), (long, json!({ "title": [message] })));
    }
}
