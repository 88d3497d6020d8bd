//! `/propertymappings/rac/`: mappings to settings of remote access connections.

use super::mapping;
use crate::api::context::Context;
use vestibule_api::PropertymappingsRac;

mapping!(propertymappings_rac RacMapping "rac", |row| row.name.clone());

impl PropertymappingsRac for Context {}
