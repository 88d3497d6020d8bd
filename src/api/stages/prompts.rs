//! `/stages/prompt/prompts/`: the fields of prompt stages.

mod preview;

use crate::{
    api::{
        context::Context,
        fields::{Writer, completes, fields},
        resource::{Model, Resource, Unique},
    },
    domain::expression,
    store::{
        query::Link,
        table,
        tables::{Prompt, Stage},
    },
};
use std::collections::HashMap;
use uuid::Uuid;
use vestibule_api::{ApiError, models, stages_all, stages_prompt_prompts};

/// Prompts and the stages that show them.
const STAGES: Link = Link { table: "stages_prompt_fields", owner: "prompt_id", other: "stage_id" };

impl Resource for stages_prompt_prompts::Family {
    type Row = Prompt;

    const MODEL: Model = Model { app: "authentik_stages_prompt", name: "prompt", verbose: "Prompt" };
    const UNIQUE: &'static [Unique] = &[("name", "name", "Prompt with this name already exists.")];
    const ORDER: &'static [&'static str] = &["field_key"];
    const SEARCH: &'static [&'static str] = &["field_key", "name", "label", "type", "placeholder"];
    const OF_FLOWS: bool = true;

    fields!(stages_prompt_prompts, with_stages);

    fn label(row: &Prompt) -> String {
        format!("Prompt field '{}' type {}", row.field_key, row.r#type)
    }

    fn name(row: &Prompt) -> String {
        row.name.clone()
    }

    async fn check(
        _: &mut Context,
        row: &mut Prompt,
        before: Option<&Prompt>,
        to: &mut Writer,
    ) -> Result<(), ApiError> {
        let [placeholder, initial_value] = sources(row);
        let [old_placeholder, old_initial_value] = before.map_or([None; 2], sources);
        check_source(to, "placeholder", placeholder, old_placeholder);
        check_source(to, "initial_value", initial_value, old_initial_value);
        Ok(())
    }
}

/// The expressions of a prompt: for its placeholder, and for what it begins with.
fn sources(row: &Prompt) -> [Option<&str>; 2] {
    [
        Some(row.placeholder.as_str()).filter(|_| row.placeholder_expression),
        Some(row.initial_value.as_str()).filter(|_| row.initial_value_expression),
    ]
}

/// Refuses an expression that is new and no Python.
fn check_source(to: &mut Writer, field: &'static str, source: Option<&str>, before: Option<&str>) {
    if let Some(source) = source.filter(|_| source != before)
        && let Err(error) = expression::check(source)
    {
        to.errors.add(field, format!("Expression Syntax Error: {error}"));
    }
}

/// A prompt with the stages that show it.
struct WithStages<R> {
    row: R,
    promptstage_set: Vec<models::Stage>,
}

completes!(WithStages);

async fn with_stages(ctx: &mut Context, rows: Vec<Prompt>) -> Result<Vec<WithStages<Prompt>>, ApiError> {
    let pairs = STAGES.pairs::<Uuid, Uuid>(&mut ctx.db, rows.iter().map(|row| row.id).collect()).await?;
    let stages: Vec<Stage> = table::find_all(&mut ctx.db, "id", pairs.iter().map(|(_, stage)| *stage)).await?;
    let stages = stages_all::Family::models(ctx, stages).await?;
    let stages: HashMap<Uuid, models::Stage> = stages.into_iter().map(|stage| (stage.pk, stage)).collect();
    let with = |row: Prompt| {
        let own = pairs.iter().filter(|(prompt, _)| *prompt == row.id);
        WithStages { promptstage_set: own.filter_map(|(_, stage)| stages.get(stage).cloned()).collect(), row }
    };
    Ok(rows.into_iter().map(with).collect())
}
