//! Applications.

use super::Provider;
use crate::store::{
    Table,
    column::{Many, Ref},
};
use uuid::Uuid;

/// An application that users log in to.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("applications", called = "pk")]
pub struct Application {
    /// Primary key, also the target of policy bindings.
    pub id: Uuid,
    /// Name in URLs.
    pub slug: String,
    /// The name.
    pub name: String,
    /// The `group` of the API: applications with the same are shown together.
    #[column("group_name")]
    pub group: String,
    /// How users get in.
    #[on_delete(Unlisted)]
    pub provider: Option<Ref<Provider>>,
    /// Where the application starts; empty to derive it from the provider.
    pub meta_launch_url: String,
    /// What the application is.
    pub meta_description: String,
    /// Who makes it.
    pub meta_publisher: String,
    /// Icon: a path or URL.
    pub meta_icon: Option<String>,
    /// Whether a new tab is opened.
    pub open_in_new_tab: bool,
    /// Whether `all` bound policies must pass or `any` is enough.
    #[initial("any")]
    pub policy_engine_mode: String,
    /// Providers that serve it next to the main one.
    #[reverse("providers", "backchannel_application_id", "id")]
    pub backchannel_providers: Many<Provider>,
}
