//! wip
use super::session::Session;
use crate::model::Operation;
use std::sync::Arc;
pub(crate) async fn run(_session: &mut Session<'_>, _operation: &Arc<Operation>) -> Option<String> {
    Some("wip".into())
}
