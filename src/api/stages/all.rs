//! `/stages/all/`: the stages of all kinds.

use super::{kinds::KINDS, summary::staged};
use crate::{
    api::{
        context::Context,
        fields::fields,
        kinds::{Kind, destroy_any},
        resource::{Model, Resource},
    },
    store::{stages::setups, tables::Stage},
};
use uuid::Uuid;
use vestibule_api::{
    ApiError, StagesAll,
    models::{TypeCreate, UserSetting},
    stages_all,
};

impl Resource for stages_all::Family {
    type Row = Stage;

    const MODEL: Model = Model { app: "authentik_flows", name: "stage", verbose: "Stage" };

    fields!(stages_all, staged);

    fn label(row: &Stage) -> String {
        format!("Stage {}", row.name)
    }
}

impl StagesAll for Context {
    async fn stages_all_types_list(&mut self) -> Result<Vec<TypeCreate>, ApiError> {
        Ok(KINDS.iter().map(Kind::type_create).collect())
    }

    /// What everybody can set up for themselves: second factors, and the password where a flow changes it.
    async fn stages_all_user_settings_list(&mut self) -> Result<Vec<UserSetting>, ApiError> {
        let mut settings = vec![];
        for setup in setups(&mut self.db).await? {
            if setup.kind == "password" && !setup.has_flow {
                continue;
            }
            let title = Kind::find(KINDS, setup.kind)?.model.verbose;
            settings.push(UserSetting {
                title: setup.friendly_name.filter(|name| !name.is_empty()).unwrap_or_else(|| title.to_owned()),
                component: format!("ak-user-settings-{}", setup.kind.replace('_', "-")),
                configure_url: setup.has_flow.then(|| format!("/flows/-/configure/{}/", setup.stage_id)),
                icon_url: None,
                object_uid: setup.stage_id.to_string(),
            });
        }
        Ok(settings)
    }

    async fn stages_all_destroy(&mut self, stage_uuid: Uuid) -> Result<(), ApiError> {
        destroy_any::<stages_all::Family>(self, stage_uuid, KINDS, |row| &row.kind).await
    }
}
