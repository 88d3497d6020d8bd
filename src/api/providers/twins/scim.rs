//! `/providers/scim_users/` and `…_groups/`.

use super::{Fields, GROUP, Twin, Twins, USER, only};
use crate::{
    api::{
        context::Context,
        kinds::Kind,
        providers::kinds,
        resource::{self, Model, Unique},
        used_by::used_by,
    },
    store::tables::{ScimGroup, ScimUser},
};
use serde_json::json;
use uuid::Uuid;
use vestibule_api::{
    ApiError, ProvidersScimGroups, ProvidersScimGroupsListParams, ProvidersScimUsers, ProvidersScimUsersListParams,
    Unchecked,
    models::{
        GroupMember, Page, ScimProviderGroup, ScimProviderGroupRequest, ScimProviderUser, ScimProviderUserRequest,
        UsedBy, UserGroup,
    },
};

impl Twin for ScimUser {
    type Ours = i64;
    type Answer = ScimProviderUser;
    const MODEL: Model =
        Model { app: "authentik_providers_scim", name: "scimprovideruser", verbose: "SCIM Provider User" };
    const PROVIDER: Kind = kinds::SCIM;
    const UNIQUE: &'static [Unique] =
        &[(USER, "non_field_errors", "The fields scim_id, user, provider must make a unique set.")];

    fn new(id: Uuid) -> Self {
        Self { id, provider_id: 0, user_id: 0, remote_id: String::new(), attributes: json!({}) }
    }

    fn parts(&mut self) -> (&mut i64, &mut i64, &mut String) {
        (&mut self.provider_id, &mut self.user_id, &mut self.remote_id)
    }

    fn ours(&self) -> i64 {
        self.user_id
    }

    fn label(&self) -> String {
        format!("SCIM Provider User {} to {}", self.user_id, self.provider_id)
    }

    fn answer(self, user_obj: GroupMember) -> ScimProviderUser {
        let Self { id, provider_id: provider, user_id: user, remote_id: scim_id, attributes: _ } = self;
        ScimProviderUser { id, provider, scim_id, user, user_obj }
    }
}

impl From<ScimProviderUserRequest> for Fields<i64> {
    fn from(body: ScimProviderUserRequest) -> Self {
        Self { provider: Some(body.provider), ours: Some(body.user), remote_id: Some(body.scim_id) }
    }
}

impl Twin for ScimGroup {
    type Ours = Uuid;
    type Answer = ScimProviderGroup;
    const MODEL: Model =
        Model { app: "authentik_providers_scim", name: "scimprovidergroup", verbose: "SCIM Provider Group" };
    const PROVIDER: Kind = kinds::SCIM;
    const UNIQUE: &'static [Unique] =
        &[(GROUP, "non_field_errors", "The fields scim_id, group, provider must make a unique set.")];

    fn new(id: Uuid) -> Self {
        Self { id, provider_id: 0, group_id: Uuid::nil(), remote_id: String::new(), attributes: json!({}) }
    }

    fn parts(&mut self) -> (&mut i64, &mut Uuid, &mut String) {
        (&mut self.provider_id, &mut self.group_id, &mut self.remote_id)
    }

    fn ours(&self) -> Uuid {
        self.group_id
    }

    fn label(&self) -> String {
        format!("SCIM Provider Group {} to {}", self.group_id, self.provider_id)
    }

    fn answer(self, group_obj: UserGroup) -> ScimProviderGroup {
        let Self { id, provider_id: provider, group_id: group, remote_id: scim_id, attributes: _ } = self;
        ScimProviderGroup { id, provider, scim_id, group, group_obj }
    }
}

impl From<ScimProviderGroupRequest> for Fields<Uuid> {
    fn from(body: ScimProviderGroupRequest) -> Self {
        Self { provider: Some(body.provider), ours: Some(body.group), remote_id: Some(body.scim_id) }
    }
}

impl ProvidersScimUsers for Context {
    async fn providers_scim_users_list(
        &mut self,
        params: ProvidersScimUsersListParams,
    ) -> Result<Page<ScimProviderUser>, ApiError> {
        let ProvidersScimUsersListParams { page, provider_id, user_id, user_username } = params;
        let filter = |select: &mut _| only::<ScimUser>(select, provider_id, user_id, user_username);
        resource::list::<Twins<ScimUser>>(self, &page, filter).await
    }

    async fn providers_scim_users_create(
        &mut self,
        body: Unchecked<ScimProviderUserRequest>,
    ) -> Result<ScimProviderUser, ApiError> {
        resource::create::<Twins<ScimUser>>(self, body).await
    }

    async fn providers_scim_users_retrieve(&mut self, id: Uuid) -> Result<ScimProviderUser, ApiError> {
        resource::retrieve::<Twins<ScimUser>>(self, id).await
    }

    async fn providers_scim_users_destroy(&mut self, id: Uuid) -> Result<(), ApiError> {
        resource::destroy::<Twins<ScimUser>>(self, id).await
    }

    async fn providers_scim_users_used_by_list(&mut self, id: Uuid) -> Result<Vec<UsedBy>, ApiError> {
        used_by::<Twins<ScimUser>>(self, id).await
    }
}

impl ProvidersScimGroups for Context {
    async fn providers_scim_groups_list(
        &mut self,
        params: ProvidersScimGroupsListParams,
    ) -> Result<Page<ScimProviderGroup>, ApiError> {
        let ProvidersScimGroupsListParams { page, group_group_uuid, group_name, provider_id } = params;
        let filter = |select: &mut _| only::<ScimGroup>(select, provider_id, group_group_uuid, group_name);
        resource::list::<Twins<ScimGroup>>(self, &page, filter).await
    }

    async fn providers_scim_groups_create(
        &mut self,
        body: Unchecked<ScimProviderGroupRequest>,
    ) -> Result<ScimProviderGroup, ApiError> {
        resource::create::<Twins<ScimGroup>>(self, body).await
    }

    async fn providers_scim_groups_retrieve(&mut self, id: Uuid) -> Result<ScimProviderGroup, ApiError> {
        resource::retrieve::<Twins<ScimGroup>>(self, id).await
    }

    async fn providers_scim_groups_destroy(&mut self, id: Uuid) -> Result<(), ApiError> {
        resource::destroy::<Twins<ScimGroup>>(self, id).await
    }

    async fn providers_scim_groups_used_by_list(&mut self, id: Uuid) -> Result<Vec<UsedBy>, ApiError> {
        used_by::<Twins<ScimGroup>>(self, id).await
    }
}
