//! `/core/users/me/`: the caller.

use super::picture;
use crate::{
    api::{
        context::{Context, Principal},
        resource::parse,
        settings::settings,
    },
    domain::identity::user_uid,
    store::membership::Memberships,
};
use serde_json::Value;
use vestibule_api::{ApiError, models};

/// The permissions on the system as a whole, which superusers have without being given them.
const SYSTEM_PERMISSIONS: &[&str] = &[
    "access_admin_interface",
    "add_role",
    "assign_role_permissions",
    "change_role",
    "delete_role",
    "edit_system_settings",
    "unassign_role_permissions",
    "view_role",
    "view_system_info",
    "view_system_settings",
];

/// The caller with groups, settings and system permissions.
pub(super) async fn session(ctx: &mut Context) -> Result<models::SessionUser, ApiError> {
    let principal = ctx.principal()?;
    let user = &principal.user;
    let memberships = Memberships::of(&mut ctx.db, vec![user.id]).await?;
    let group = |group: &crate::store::tables::Group| models::UserSelfGroups {
        name: group.name.clone(),
        pk: group.id.to_string(),
    };
    let instance = settings(ctx).await?;
    let settings = match memberships.attributes(user).get_mut("settings").map(Value::take) {
        Some(Value::Object(settings)) => settings,
        _ => serde_json::Map::new(),
    };
    let user = models::UserSelf {
        avatar: picture(user, &instance.avatars),
        email: Some(user.email.clone()),
        groups: memberships.direct_groups(user.id).into_iter().map(group).collect(),
        is_active: user.is_active,
        is_superuser: principal.superuser,
        name: user.name.clone(),
        pk: user.id,
        settings,
        system_permissions: system_permissions(&principal),
        r#type: Some(parse(&user.r#type)?),
        uid: user_uid(user.uuid),
        username: user.username.clone(),
    };
    Ok(models::SessionUser { original: None, user })
}

fn system_permissions(principal: &Principal) -> Vec<String> {
    let held = |name: &&&str| principal.may(&format!("authentik_rbac.{name}"));
    SYSTEM_PERMISSIONS.iter().filter(held).map(|name| (*name).to_owned()).collect()
}
