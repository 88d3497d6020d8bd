//! Twins: which object of another system is which user or group of ours, as the providers that send them there know it.
//!
//! There are six kinds, users and groups of three systems, which differ in names only.

use super::kinds::{GOOGLE_WORKSPACE, MICROSOFT_ENTRA, SCIM};
use crate::{
    api::{
        context::Context,
        core::{groups::member, users::group_model},
        fields::{Held, Writer, fields},
        kinds::Kind,
        page::Column,
        permission,
        resource::{self, Model, Resource, Unique},
    },
    store::{
        Entity,
        column::Ref,
        membership::Memberships,
        table,
        tables::{EntraGroup, EntraUser, GoogleGroup, GoogleUser, Group, Provider, ScimGroup, ScimUser, User},
    },
};
use sea_query::{Expr, ExprTrait, SelectStatement};
use std::{
    collections::HashMap,
    ops::{Deref, DerefMut},
};
use uuid::Uuid;
use vestibule_api::{
    ApiError, Errors, ProvidersGoogleWorkspaceGroups, ProvidersGoogleWorkspaceUsers, ProvidersMicrosoftEntraGroups,
    ProvidersMicrosoftEntraUsers, ProvidersScimGroups, ProvidersScimUsers, models,
};

/// What there are twins of.
pub(in crate::api) trait Ours: Entity {
    /// What answers say of one.
    type Full: Clone + Send;
    /// The field of a twin that refers to one.
    const FIELD: &'static str;
    /// Its fields that lists of twins may be ordered and searched by; the first is the default order.
    const NAMES: &'static [&'static str];

    /// Those with these keys, by one query, and one for each level of parents.
    fn load(
        ctx: &mut Context,
        keys: Vec<Self::Key>,
    ) -> impl Future<Output = Result<HashMap<Self::Key, Self::Full>, ApiError>> + Send;
}

impl Ours for User {
    type Full = models::GroupMember;
    const FIELD: &'static str = "user";
    const NAMES: &'static [&'static str] = &["user__username", "user__email"];

    async fn load(ctx: &mut Context, keys: Vec<i64>) -> Result<HashMap<i64, models::GroupMember>, ApiError> {
        let users: Vec<User> = table::find_all(&mut ctx.db, "id", keys).await?;
        Ok(users.into_iter().map(|user| (user.id, member(user))).collect())
    }
}

impl Ours for Group {
    type Full = models::UserGroup;
    const FIELD: &'static str = "group";
    const NAMES: &'static [&'static str] = &["group__name"];

    async fn load(ctx: &mut Context, keys: Vec<Uuid>) -> Result<HashMap<Uuid, models::UserGroup>, ApiError> {
        let groups = Memberships::groups(&mut ctx.db, keys.iter().copied()).await?;
        let full = |key: Uuid| groups.group(key).map(|group| (key, group_model(group, &groups)));
        Ok(keys.into_iter().filter_map(full).collect())
    }
}

/// A row that says what another system calls a user or group.
pub(in crate::api) trait Twin: Entity<Key = Uuid> {
    /// What it is a twin of.
    type Of: Ours;

    /// The user or group.
    fn ours(&self) -> Ref<Self::Of>;
}

/// A row of one kind.
trait Sent: Twin {
    /// The provider.
    fn provider(&self) -> Ref<Provider>;
}

/// A twin with its user or group.
pub(in crate::api) struct Complete<R, F> {
    row: R,
    pub(in crate::api) user_obj: Held<F>,
    pub(in crate::api) group_obj: Held<F>,
}

/// Twins with their users or groups; one whose user or group went meanwhile is left out.
///
/// # Errors
/// When a statement fails.
pub(in crate::api) async fn complete<R: Twin>(
    ctx: &mut Context,
    rows: Vec<R>,
) -> Result<Vec<Complete<R, <R::Of as Ours>::Full>>, ApiError> {
    let ours = R::Of::load(ctx, rows.iter().map(|row| row.ours().0).collect()).await?;
    let complete = |row: R| {
        let full = ours.get(&row.ours().0)?;
        Some(Complete { user_obj: Held(Some(full.clone())), group_obj: Held(Some(full.clone())), row })
    };
    Ok(rows.into_iter().filter_map(complete).collect())
}

impl<R, F> Deref for Complete<R, F> {
    type Target = R;

    fn deref(&self) -> &R {
        &self.row
    }
}

impl<R, F> DerefMut for Complete<R, F> {
    fn deref_mut(&mut self) -> &mut R {
        &mut self.row
    }
}

/// The provider of a twin must be of the kind that sends it there.
async fn check_provider<R: Sent>(ctx: &mut Context, row: &R, kind: &Kind, to: &mut Writer) -> Result<(), ApiError> {
    if to.has("provider") {
        let found = table::find::<Provider>(&mut ctx.db, "id", row.provider()).await?;
        if found.is_some_and(|found| found.kind != kind.kind) {
            to.errors.add("provider", resource::missing(row.provider()));
        }
    }
    Ok(())
}

/// Restricts a select; names of the provider and of the user or group are there to be searched and ordered by.
fn narrow<R: Twin>(ctx: &mut Context, select: &mut SelectStatement, model: Model) -> Result<bool, ApiError> {
    for field in ["provider", R::Of::FIELD] {
        if let Some(column) = R::column(field)
            && let Some(target) = column.refers
        {
            let target = target();
            let on = Expr::col((column.table, column.name)).equals((target.table, target.key));
            select.inner_join(target.table, on);
        }
    }
    permission::narrow::<R>(ctx, select, &[&model.permission("view")])
}

/// The column of a field, also of the provider and of the user or group.
fn column<R: Twin>(field: &str) -> Option<Column> {
    match field.split_once("__") {
        Some(("provider", "name")) => Some((Provider::TABLE, "name")),
        Some((_, name)) if R::Of::NAMES.contains(&field) => R::Of::column(name).map(|c| (c.table, c.name)),
        _ if field == "id" => Some((R::TABLE, R::KEY)),
        _ => R::column(field).map(|column| (column.table, column.name)),
    }
}

/// A kind of twin: its family and trait, its row, what it is a twin of; the kind of provider that knows it, the names of
/// its model, and what is said when it exists.
macro_rules! twin {
    ($family:ident $trait:ident $row:ident $of:ident $field:ident, $kind:ident $model:literal $verbose:literal, $search:expr, $taken:literal) => {
        impl Twin for $row {
            type Of = $of;

            fn ours(&self) -> Ref<$of> {
                self.$field
            }
        }

        impl Sent for $row {
            fn provider(&self) -> Ref<Provider> {
                self.provider
            }
        }

        impl Resource for vestibule_api::$family::Family {
            type Row = $row;

            const MODEL: Model = Model { app: $kind.model.app, name: $model, verbose: $verbose };
            const ORDER: &'static [&'static str] = &[<$of as Ours>::NAMES[0]];
            const SEARCH: &'static [&'static str] = $search;
            const UNIQUE: &'static [Unique] =
                &[(concat!("provider_id_", stringify!($field), "_id_remote_id"), Errors::NON_FIELD, $taken)];

            fields!($family, complete);

            fn label(row: &$row) -> String {
                format!("{} {} to {}", $verbose, row.$field, row.provider)
            }

            async fn check(
                ctx: &mut Context,
                row: &mut $row,
                _: Option<&$row>,
                to: &mut Writer,
            ) -> Result<(), ApiError> {
                check_provider(ctx, row, &$kind, to).await
            }

            fn narrow(ctx: &mut Context, select: &mut SelectStatement) -> Result<bool, ApiError> {
                narrow::<$row>(ctx, select, Self::MODEL)
            }

            fn column(field: &str) -> Option<Column> {
                column::<$row>(field)
            }
        }

        impl $trait for Context {}
    };
}

const USERS: &[&str] = &["provider__name", "user__username", "user__email"];
const GROUPS: &[&str] = &["provider__name", "group__name"];

twin!(
    providers_google_workspace_users ProvidersGoogleWorkspaceUsers GoogleUser User user,
    GOOGLE_WORKSPACE "googleworkspaceprovideruser" "Google Workspace Provider User", USERS,
    "The fields google_id, user, provider must make a unique set."
);
twin!(
    providers_google_workspace_groups ProvidersGoogleWorkspaceGroups GoogleGroup Group group,
    GOOGLE_WORKSPACE "googleworkspaceprovidergroup" "Google Workspace Provider Group", GROUPS,
    "The fields google_id, group, provider must make a unique set."
);
twin!(
    providers_microsoft_entra_users ProvidersMicrosoftEntraUsers EntraUser User user,
    MICROSOFT_ENTRA "microsoftentraprovideruser" "Microsoft Entra Provider User", USERS,
    "The fields microsoft_id, user, provider must make a unique set."
);
twin!(
    providers_microsoft_entra_groups ProvidersMicrosoftEntraGroups EntraGroup Group group,
    MICROSOFT_ENTRA "microsoftentraprovidergroup" "Microsoft Entra Provider Group", GROUPS,
    "The fields microsoft_id, group, provider must make a unique set."
);
twin!(
    providers_scim_users ProvidersScimUsers ScimUser User user,
    SCIM "scimprovideruser" "SCIM Provider User", USERS,
    "The fields scim_id, user, provider must make a unique set."
);
twin!(
    providers_scim_groups ProvidersScimGroups ScimGroup Group group,
    SCIM "scimprovidergroup" "SCIM Provider Group", GROUPS,
    "The fields scim_id, group, provider must make a unique set."
);
