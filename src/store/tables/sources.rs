//! Sources: what all have in common.

use super::Flow;
use crate::store::{
    Table,
    column::{Managed, Ref},
};
use uuid::Uuid;

/// A place users come from: another identity provider or a directory.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("sources", called = "pbm_uuid")]
pub struct Source {
    /// Primary key, also the target of policy bindings.
    pub id: Uuid,
    /// Name in URLs.
    pub slug: String,
    /// The name.
    pub name: String,
    /// Which kind of source this is, as in the path of the API.
    pub kind: String,
    /// Whether the source is in use.
    #[initial(true)]
    pub enabled: bool,
    /// Flow for users who are known.
    pub authentication_flow: Option<Ref<Flow>>,
    /// Flow for users who are new.
    pub enrollment_flow: Option<Ref<Flow>>,
    /// Whether `all` bound policies must pass or `any` is enough.
    #[initial("any")]
    pub policy_engine_mode: String,
    /// How users of the source are matched to users here.
    #[initial("identifier")]
    pub user_matching_mode: String,
    /// Path of users the source creates; `%(slug)s` is replaced.
    #[initial("goauthentik.io/sources/%(slug)s")]
    pub user_path_template: String,
    /// Icon chosen for this source: a path or URL.
    pub icon: Option<String>,
    /// Who keeps this object up to date, if it is not a person.
    pub managed: Managed,
}
