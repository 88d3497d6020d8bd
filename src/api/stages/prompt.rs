//! `/stages/prompt/stages/`: stages that show prompts.

use super::{kinds::KINDS, summary::staged};
use crate::{
    api::{
        context::Context,
        fields::fields,
        kinds::model_of,
        resource::{MUST_BE_UNIQUE, Model, Resource, Unique},
    },
    store::tables::PromptStage,
};
use vestibule_api::{StagesPromptStages, stages_prompt_stages};

/// As other stages, but for the words in which a name is refused.
impl Resource for stages_prompt_stages::Family {
    type Row = PromptStage;

    const MODEL: Model = model_of(KINDS, "prompt");
    const UNIQUE: &'static [Unique] = &[("name", "name", MUST_BE_UNIQUE)];
    const OF_FLOWS: bool = true;

    fields!(stages_prompt_stages, staged);

    fn label(row: &PromptStage) -> String {
        format!("{} {}", Self::MODEL.verbose, row.name)
    }
}

impl StagesPromptStages for Context {}
