//! What users would see of a prompt.

use crate::{
    api::{
        context::Context,
        expressions::{self, Subject},
        fields::Writer,
        resource::{Resource, parse},
    },
    store::tables::Prompt,
};
use serde_json::{Map, Value, json};
use vestibule_api::{
    ApiError, Errors, StagesPromptPrompts, Unchecked,
    models::{ChallengeChoices, PatchedPromptRequest, PromptChallenge, PromptRequest, PromptTypeEnum, StagePrompt},
    stages_prompt_prompts,
};

impl StagesPromptPrompts for Context {
    async fn stages_prompt_prompts_preview_create(
        &mut self,
        body: Unchecked<PromptRequest>,
    ) -> Result<PromptChallenge, ApiError> {
        let patch: PatchedPromptRequest = body.check()?.into();
        let mut row = stages_prompt_prompts::Family::new(self);
        let mut to = Writer::default();
        vestibule_api::stages_prompt_prompts!(put row patch to);
        stages_prompt_prompts::Family::check(self, &mut row, None, &mut to).await?;
        to.errors.into_result()?;
        let field = field(self, row).await?;
        Ok(PromptChallenge {
            fields: vec![field],
            flow_info: None,
            response_errors: None,
            r#type: ChallengeChoices::Native,
        })
    }
}

/// The field that a prompt becomes for the caller. Prompts with choices have them instead of a placeholder, and begin with
/// one of them.
async fn field(ctx: &mut Context, row: Prompt) -> Result<StagePrompt, ApiError> {
    let r#type: PromptTypeEnum = parse(&row.r#type)?;
    let chooses = matches!(r#type, PromptTypeEnum::RadioButtonGroup | PromptTypeEnum::Dropdown);
    let placeholder = value(ctx, row.placeholder, row.placeholder_expression).await?;
    let initial_value = text(value(ctx, row.initial_value, row.initial_value_expression).await?);
    let (placeholder, choices) = if chooses {
        let choices: Vec<String> = match placeholder {
            Value::Array(choices) => choices.into_iter().map(text).collect(),
            one => vec![text(one)],
        };
        (String::new(), Some(choices))
    } else {
        (text(placeholder), None)
    };
    let initial_value = match &choices {
        Some(choices) if !choices.contains(&initial_value) => choices.first().cloned().unwrap_or_default(),
        _ => initial_value,
    };
    Ok(StagePrompt {
        choices,
        field_key: row.field_key,
        initial_value,
        label: row.label,
        order: row.order,
        placeholder,
        required: row.required,
        sub_text: row.sub_text,
        r#type,
    })
}

/// What is written, or what it comes to as an expression, for the caller.
async fn value(ctx: &mut Context, source: String, is_expression: bool) -> Result<Value, ApiError> {
    if !is_expression {
        return Ok(Value::String(source));
    }
    let user = ctx.principal()?.user.clone();
    let subject = Subject {
        user: expressions::user(ctx, user).await?,
        http_request: Some(expressions::http_request(ctx).await?),
        ..Subject::default()
    };
    let context = Map::from_iter([("prompt_context".to_owned(), json!({}))]);
    let outcome = expressions::evaluate(ctx, &source, subject, context).await?;
    let result = outcome.map_err(|failure| failure.to_string()).and_then(|outcome| outcome.result);
    result.map_err(|error| ApiError::field(Errors::NON_FIELD, error))
}

/// A value as Python writes it in a text.
fn text(value: Value) -> String {
    match value {
        Value::String(text) => text,
        Value::Null => "None".to_owned(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        other => other.to_string(),
    }
}
