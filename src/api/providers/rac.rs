//! `/providers/rac/`: remote access to desktops and terminals.

use super::{provider, summary::served};
use crate::api::context::Context;
use vestibule_api::ProvidersRac;

provider!(providers_rac RacProvider "rac", served, "RAC Provider");

impl ProvidersRac for Context {}
