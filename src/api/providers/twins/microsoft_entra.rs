//! `/providers/microsoft_entra_users/` and `…_groups/`.

use super::{Fields, GROUP, Twin, Twins, USER, only};
use crate::{
    api::{
        context::Context,
        kinds::Kind,
        providers::kinds,
        resource::{self, Model, Unique},
        used_by::used_by,
    },
    store::tables::{EntraGroup, EntraUser},
};
use serde_json::json;
use uuid::Uuid;
use vestibule_api::{
    ApiError, ProvidersMicrosoftEntraGroups, ProvidersMicrosoftEntraGroupsListParams, ProvidersMicrosoftEntraUsers,
    ProvidersMicrosoftEntraUsersListParams, Unchecked,
    models::{
        GroupMember, MicrosoftEntraProviderGroup, MicrosoftEntraProviderGroupRequest, MicrosoftEntraProviderUser,
        MicrosoftEntraProviderUserRequest, Page, PatchedMicrosoftEntraProviderGroupRequest,
        PatchedMicrosoftEntraProviderUserRequest, UsedBy, UserGroup,
    },
};

impl Twin for EntraUser {
    type Ours = i64;
    type Answer = MicrosoftEntraProviderUser;
    const MODEL: Model = Model {
        app: "authentik_providers_microsoft_entra",
        name: "microsoftentraprovideruser",
        verbose: "Microsoft Entra Provider User",
    };
    const PROVIDER: Kind = kinds::MICROSOFT_ENTRA;
    const UNIQUE: &'static [Unique] =
        &[(USER, "non_field_errors", "The fields microsoft_id, user, provider must make a unique set.")];

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
        format!("Microsoft Entra Provider User {} to {}", self.user_id, self.provider_id)
    }

    fn answer(self, user_obj: GroupMember) -> MicrosoftEntraProviderUser {
        let Self { id, provider_id: provider, user_id: user, remote_id: microsoft_id, attributes } = self;
        MicrosoftEntraProviderUser { attributes, id, provider, microsoft_id, user, user_obj }
    }
}

impl From<MicrosoftEntraProviderUserRequest> for Fields<i64> {
    fn from(body: MicrosoftEntraProviderUserRequest) -> Self {
        Self { provider: Some(body.provider), ours: Some(body.user), remote_id: Some(body.microsoft_id) }
    }
}

impl From<PatchedMicrosoftEntraProviderUserRequest> for Fields<i64> {
    fn from(body: PatchedMicrosoftEntraProviderUserRequest) -> Self {
        Self { provider: body.provider, ours: body.user, remote_id: body.microsoft_id }
    }
}

impl Twin for EntraGroup {
    type Ours = Uuid;
    type Answer = MicrosoftEntraProviderGroup;
    const MODEL: Model = Model {
        app: "authentik_providers_microsoft_entra",
        name: "microsoftentraprovidergroup",
        verbose: "Microsoft Entra Provider Group",
    };
    const PROVIDER: Kind = kinds::MICROSOFT_ENTRA;
    const UNIQUE: &'static [Unique] =
        &[(GROUP, "non_field_errors", "The fields microsoft_id, group, provider must make a unique set.")];

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
        format!("Microsoft Entra Provider Group {} to {}", self.group_id, self.provider_id)
    }

    fn answer(self, group_obj: UserGroup) -> MicrosoftEntraProviderGroup {
        let Self { id, provider_id: provider, group_id: group, remote_id: microsoft_id, attributes } = self;
        MicrosoftEntraProviderGroup { attributes, id, provider, microsoft_id, group, group_obj }
    }
}

impl From<MicrosoftEntraProviderGroupRequest> for Fields<Uuid> {
    fn from(body: MicrosoftEntraProviderGroupRequest) -> Self {
        Self { provider: Some(body.provider), ours: Some(body.group), remote_id: Some(body.microsoft_id) }
    }
}

impl From<PatchedMicrosoftEntraProviderGroupRequest> for Fields<Uuid> {
    fn from(body: PatchedMicrosoftEntraProviderGroupRequest) -> Self {
        Self { provider: body.provider, ours: body.group, remote_id: body.microsoft_id }
    }
}

impl ProvidersMicrosoftEntraUsers for Context {
    async fn providers_microsoft_entra_users_list(
        &mut self,
        params: ProvidersMicrosoftEntraUsersListParams,
    ) -> Result<Page<MicrosoftEntraProviderUser>, ApiError> {
        let ProvidersMicrosoftEntraUsersListParams { page, provider_id, user_id, user_username } = params;
        let filter = |select: &mut _| only::<EntraUser>(select, provider_id, user_id, user_username);
        resource::list::<Twins<EntraUser>>(self, &page, filter).await
    }

    async fn providers_microsoft_entra_users_create(
        &mut self,
        body: Unchecked<MicrosoftEntraProviderUserRequest>,
    ) -> Result<MicrosoftEntraProviderUser, ApiError> {
        resource::create::<Twins<EntraUser>>(self, body).await
    }

    async fn providers_microsoft_entra_users_retrieve(
        &mut self,
        id: Uuid,
    ) -> Result<MicrosoftEntraProviderUser, ApiError> {
        resource::retrieve::<Twins<EntraUser>>(self, id).await
    }

    async fn providers_microsoft_entra_users_update(
        &mut self,
        id: Uuid,
        body: Unchecked<MicrosoftEntraProviderUserRequest>,
    ) -> Result<MicrosoftEntraProviderUser, ApiError> {
        resource::update::<Twins<EntraUser>>(self, id, body).await
    }

    async fn providers_microsoft_entra_users_partial_update(
        &mut self,
        id: Uuid,
        body: Unchecked<PatchedMicrosoftEntraProviderUserRequest>,
    ) -> Result<MicrosoftEntraProviderUser, ApiError> {
        resource::update::<Twins<EntraUser>>(self, id, body).await
    }

    async fn providers_microsoft_entra_users_destroy(&mut self, id: Uuid) -> Result<(), ApiError> {
        resource::destroy::<Twins<EntraUser>>(self, id).await
    }

    async fn providers_microsoft_entra_users_used_by_list(&mut self, id: Uuid) -> Result<Vec<UsedBy>, ApiError> {
        used_by::<Twins<EntraUser>>(self, id).await
    }
}

impl ProvidersMicrosoftEntraGroups for Context {
    async fn providers_microsoft_entra_groups_list(
        &mut self,
        params: ProvidersMicrosoftEntraGroupsListParams,
    ) -> Result<Page<MicrosoftEntraProviderGroup>, ApiError> {
        let ProvidersMicrosoftEntraGroupsListParams { page, group_group_uuid, group_name, provider_id } = params;
        let filter = |select: &mut _| only::<EntraGroup>(select, provider_id, group_group_uuid, group_name);
        resource::list::<Twins<EntraGroup>>(self, &page, filter).await
    }

    async fn providers_microsoft_entra_groups_create(
        &mut self,
        body: Unchecked<MicrosoftEntraProviderGroupRequest>,
    ) -> Result<MicrosoftEntraProviderGroup, ApiError> {
        resource::create::<Twins<EntraGroup>>(self, body).await
    }

    async fn providers_microsoft_entra_groups_retrieve(
        &mut self,
        id: Uuid,
    ) -> Result<MicrosoftEntraProviderGroup, ApiError> {
        resource::retrieve::<Twins<EntraGroup>>(self, id).await
    }

    async fn providers_microsoft_entra_groups_update(
        &mut self,
        id: Uuid,
        body: Unchecked<MicrosoftEntraProviderGroupRequest>,
    ) -> Result<MicrosoftEntraProviderGroup, ApiError> {
        resource::update::<Twins<EntraGroup>>(self, id, body).await
    }

    async fn providers_microsoft_entra_groups_partial_update(
        &mut self,
        id: Uuid,
        body: Unchecked<PatchedMicrosoftEntraProviderGroupRequest>,
    ) -> Result<MicrosoftEntraProviderGroup, ApiError> {
        resource::update::<Twins<EntraGroup>>(self, id, body).await
    }

    async fn providers_microsoft_entra_groups_destroy(&mut self, id: Uuid) -> Result<(), ApiError> {
        resource::destroy::<Twins<EntraGroup>>(self, id).await
    }

    async fn providers_microsoft_entra_groups_used_by_list(&mut self, id: Uuid) -> Result<Vec<UsedBy>, ApiError> {
        used_by::<Twins<EntraGroup>>(self, id).await
    }
}
