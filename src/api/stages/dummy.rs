//! `/stages/dummy/`: stages that do nothing, for tests.

use super::stage;
use crate::api::context::Context;
use vestibule_api::StagesDummy;

stage!(stages_dummy DummyStage "dummy");

impl StagesDummy for Context {}
