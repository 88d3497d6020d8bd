//! `/providers/google_workspace_users/` and `…_groups/`.

use super::{Fields, GROUP, Twin, Twins, USER, only};
use crate::{
    api::{
        context::Context,
        kinds::Kind,
        providers::kinds,
        resource::{self, Model, Unique},
        used_by::used_by,
    },
    store::tables::{GoogleGroup, GoogleUser},
};
use serde_json::json;
use uuid::Uuid;
use vestibule_api::{
    ApiError, ProvidersGoogleWorkspaceGroups, ProvidersGoogleWorkspaceGroupsListParams, ProvidersGoogleWorkspaceUsers,
    ProvidersGoogleWorkspaceUsersListParams, Unchecked,
    models::{
        GoogleWorkspaceProviderGroup, GoogleWorkspaceProviderGroupRequest, GoogleWorkspaceProviderUser,
        GoogleWorkspaceProviderUserRequest, GroupMember, Page, PatchedGoogleWorkspaceProviderGroupRequest,
        PatchedGoogleWorkspaceProviderUserRequest, UsedBy, UserGroup,
    },
};

impl Twin for GoogleUser {
    type Ours = i64;
    type Answer = GoogleWorkspaceProviderUser;
    const MODEL: Model = Model {
        app: "authentik_providers_google_workspace",
        name: "googleworkspaceprovideruser",
        verbose: "Google Workspace Provider User",
    };
    const PROVIDER: Kind = kinds::GOOGLE_WORKSPACE;
    const UNIQUE: &'static [Unique] =
        &[(USER, "non_field_errors", "The fields google_id, user, provider must make a unique set.")];

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
        format!("Google Workspace Provider User {} to {}", self.user_id, self.provider_id)
    }

    fn answer(self, user_obj: GroupMember) -> GoogleWorkspaceProviderUser {
        let Self { id, provider_id: provider, user_id: user, remote_id: google_id, attributes } = self;
        GoogleWorkspaceProviderUser { attributes, id, provider, google_id, user, user_obj }
    }
}

impl From<GoogleWorkspaceProviderUserRequest> for Fields<i64> {
    fn from(body: GoogleWorkspaceProviderUserRequest) -> Self {
        Self { provider: Some(body.provider), ours: Some(body.user), remote_id: Some(body.google_id) }
    }
}

impl From<PatchedGoogleWorkspaceProviderUserRequest> for Fields<i64> {
    fn from(body: PatchedGoogleWorkspaceProviderUserRequest) -> Self {
        Self { provider: body.provider, ours: body.user, remote_id: body.google_id }
    }
}

impl Twin for GoogleGroup {
    type Ours = Uuid;
    type Answer = GoogleWorkspaceProviderGroup;
    const MODEL: Model = Model {
        app: "authentik_providers_google_workspace",
        name: "googleworkspaceprovidergroup",
        verbose: "Google Workspace Provider Group",
    };
    const PROVIDER: Kind = kinds::GOOGLE_WORKSPACE;
    const UNIQUE: &'static [Unique] =
        &[(GROUP, "non_field_errors", "The fields google_id, group, provider must make a unique set.")];

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
        format!("Google Workspace Provider Group {} to {}", self.group_id, self.provider_id)
    }

    fn answer(self, group_obj: UserGroup) -> GoogleWorkspaceProviderGroup {
        let Self { id, provider_id: provider, group_id: group, remote_id: google_id, attributes } = self;
        GoogleWorkspaceProviderGroup { attributes, id, provider, google_id, group, group_obj }
    }
}

impl From<GoogleWorkspaceProviderGroupRequest> for Fields<Uuid> {
    fn from(body: GoogleWorkspaceProviderGroupRequest) -> Self {
        Self { provider: Some(body.provider), ours: Some(body.group), remote_id: Some(body.google_id) }
    }
}

impl From<PatchedGoogleWorkspaceProviderGroupRequest> for Fields<Uuid> {
    fn from(body: PatchedGoogleWorkspaceProviderGroupRequest) -> Self {
        Self { provider: body.provider, ours: body.group, remote_id: body.google_id }
    }
}

impl ProvidersGoogleWorkspaceUsers for Context {
    async fn providers_google_workspace_users_list(
        &mut self,
        params: ProvidersGoogleWorkspaceUsersListParams,
    ) -> Result<Page<GoogleWorkspaceProviderUser>, ApiError> {
        let ProvidersGoogleWorkspaceUsersListParams { page, provider_id, user_id, user_username } = params;
        let filter = |select: &mut _| only::<GoogleUser>(select, provider_id, user_id, user_username);
        resource::list::<Twins<GoogleUser>>(self, &page, filter).await
    }

    async fn providers_google_workspace_users_create(
        &mut self,
        body: Unchecked<GoogleWorkspaceProviderUserRequest>,
    ) -> Result<GoogleWorkspaceProviderUser, ApiError> {
        resource::create::<Twins<GoogleUser>>(self, body).await
    }

    async fn providers_google_workspace_users_retrieve(
        &mut self,
        id: Uuid,
    ) -> Result<GoogleWorkspaceProviderUser, ApiError> {
        resource::retrieve::<Twins<GoogleUser>>(self, id).await
    }

    async fn providers_google_workspace_users_update(
        &mut self,
        id: Uuid,
        body: Unchecked<GoogleWorkspaceProviderUserRequest>,
    ) -> Result<GoogleWorkspaceProviderUser, ApiError> {
        resource::update::<Twins<GoogleUser>>(self, id, body).await
    }

    async fn providers_google_workspace_users_partial_update(
        &mut self,
        id: Uuid,
        body: Unchecked<PatchedGoogleWorkspaceProviderUserRequest>,
    ) -> Result<GoogleWorkspaceProviderUser, ApiError> {
        resource::update::<Twins<GoogleUser>>(self, id, body).await
    }

    async fn providers_google_workspace_users_destroy(&mut self, id: Uuid) -> Result<(), ApiError> {
        resource::destroy::<Twins<GoogleUser>>(self, id).await
    }

    async fn providers_google_workspace_users_used_by_list(&mut self, id: Uuid) -> Result<Vec<UsedBy>, ApiError> {
        used_by::<Twins<GoogleUser>>(self, id).await
    }
}

impl ProvidersGoogleWorkspaceGroups for Context {
    async fn providers_google_workspace_groups_list(
        &mut self,
        params: ProvidersGoogleWorkspaceGroupsListParams,
    ) -> Result<Page<GoogleWorkspaceProviderGroup>, ApiError> {
        let ProvidersGoogleWorkspaceGroupsListParams { page, group_group_uuid, group_name, provider_id } = params;
        let filter = |select: &mut _| only::<GoogleGroup>(select, provider_id, group_group_uuid, group_name);
        resource::list::<Twins<GoogleGroup>>(self, &page, filter).await
    }

    async fn providers_google_workspace_groups_create(
        &mut self,
        body: Unchecked<GoogleWorkspaceProviderGroupRequest>,
    ) -> Result<GoogleWorkspaceProviderGroup, ApiError> {
        resource::create::<Twins<GoogleGroup>>(self, body).await
    }

    async fn providers_google_workspace_groups_retrieve(
        &mut self,
        id: Uuid,
    ) -> Result<GoogleWorkspaceProviderGroup, ApiError> {
        resource::retrieve::<Twins<GoogleGroup>>(self, id).await
    }

    async fn providers_google_workspace_groups_update(
        &mut self,
        id: Uuid,
        body: Unchecked<GoogleWorkspaceProviderGroupRequest>,
    ) -> Result<GoogleWorkspaceProviderGroup, ApiError> {
        resource::update::<Twins<GoogleGroup>>(self, id, body).await
    }

    async fn providers_google_workspace_groups_partial_update(
        &mut self,
        id: Uuid,
        body: Unchecked<PatchedGoogleWorkspaceProviderGroupRequest>,
    ) -> Result<GoogleWorkspaceProviderGroup, ApiError> {
        resource::update::<Twins<GoogleGroup>>(self, id, body).await
    }

    async fn providers_google_workspace_groups_destroy(&mut self, id: Uuid) -> Result<(), ApiError> {
        resource::destroy::<Twins<GoogleGroup>>(self, id).await
    }

    async fn providers_google_workspace_groups_used_by_list(&mut self, id: Uuid) -> Result<Vec<UsedBy>, ApiError> {
        used_by::<Twins<GoogleGroup>>(self, id).await
    }
}
