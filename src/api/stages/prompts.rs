//! `/stages/prompt/prompts/`: the fields of prompt stages. Not offered yet; blueprints write and read them.

use crate::{
    api::{
        context::Context,
        fields::{completes, fields},
        resource::{Model, Resource, Unique},
    },
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
    const UNIQUE: &'static [Unique] = &[("name", "name", "prompt with this name already exists.")];
    const OF_FLOWS: bool = true;

    fields!(stages_prompt_prompts, with_stages);

    fn label(row: &Prompt) -> String {
        row.name.clone()
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
