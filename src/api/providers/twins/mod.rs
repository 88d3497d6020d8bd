//! Twins: which object of another system is which user or group of ours, as the providers that send them there know it.
//!
//! There are six kinds, users and groups of three systems, which differ in names only. [`Twins`] is what they share.

mod google_workspace;
mod microsoft_entra;
mod scim;

use crate::{
    api::{
        context::Context,
        core::{groups::member, users::group_model},
        kinds::Kind,
        page::{Column, Filter, Listing},
        permission,
        resource::{self, Model, Resource, Unique, check_exist, set},
    },
    store::{
        Field, Table,
        membership::Memberships,
        table,
        tables::{Provider, User},
    },
};
use sea_query::{Expr, ExprTrait, SelectStatement, Value};
use std::{collections::HashMap, fmt::Display, hash::Hash, marker::PhantomData};
use uuid::Uuid;
use vestibule_api::{ApiError, Errors, Route, models};

/// The operations of all six.
pub fn routes() -> Vec<Route<Context>> {
    [
        vestibule_api::providers_google_workspace_groups::routes(),
        vestibule_api::providers_google_workspace_users::routes(),
        vestibule_api::providers_microsoft_entra_groups::routes(),
        vestibule_api::providers_microsoft_entra_users::routes(),
        vestibule_api::providers_scim_groups::routes(),
        vestibule_api::providers_scim_users::routes(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The key of a user or of a group.
pub trait Ours: Field + Copy + Eq + Hash + Display + Into<Value> + Send + Sync + Unpin + 'static {
    /// The user or group in an answer.
    type Full: Clone + Send;
    /// The field that names it.
    const FIELD: &'static str;
    /// Its table.
    const TABLE: &'static str;
    /// The column of a twin that refers to it.
    const COLUMN: &'static str;
    /// The order of twins, and the column behind it.
    const ORDER: (&'static str, Column);
    /// Where `?search=` looks.
    const SEARCH: &'static [Column];

    /// Those with these keys, by one query, and one for each level of parents.
    fn load(
        ctx: &mut Context,
        keys: Vec<Self>,
    ) -> impl Future<Output = Result<HashMap<Self, Self::Full>, ApiError>> + Send;
}

impl Ours for i64 {
    type Full = models::GroupMember;
    const FIELD: &'static str = "user";
    const TABLE: &'static str = "users";
    const COLUMN: &'static str = "user_id";
    const ORDER: (&'static str, Column) = ("user__username", ("users", "username"));
    const SEARCH: &'static [Column] = &[("providers", "name"), ("users", "username"), ("users", "email")];

    async fn load(ctx: &mut Context, keys: Vec<Self>) -> Result<HashMap<Self, Self::Full>, ApiError> {
        let users: Vec<User> = table::find_all(&mut ctx.db, "id", keys).await?;
        Ok(users.into_iter().map(|user| (user.id, member(user))).collect())
    }
}

impl Ours for Uuid {
    type Full = models::UserGroup;
    const FIELD: &'static str = "group";
    const TABLE: &'static str = "groups";
    const COLUMN: &'static str = "group_id";
    const ORDER: (&'static str, Column) = ("group__name", ("groups", "name"));
    const SEARCH: &'static [Column] = &[("providers", "name"), ("groups", "name")];

    async fn load(ctx: &mut Context, keys: Vec<Self>) -> Result<HashMap<Self, Self::Full>, ApiError> {
        let groups = Memberships::groups(&mut ctx.db, keys.iter().copied()).await?;
        let full = |key: Self| groups.group(key).map(|group| (key, group_model(group, &groups)));
        Ok(keys.into_iter().filter_map(full).collect())
    }
}

/// One kind of twin.
pub trait Twin: Table + Send + 'static {
    /// What it is a twin of.
    type Ours: Ours;
    /// How it is answered.
    type Answer: Send;
    /// Its names.
    const MODEL: Model;
    /// The kind of provider that knows it.
    const PROVIDER: Kind;
    /// What its unique constraint means.
    const UNIQUE: &'static [Unique];

    /// One that is filled by [`Twin::parts`].
    fn new(id: Uuid) -> Self;

    /// Provider, user or group, and name there.
    fn parts(&mut self) -> (&mut i64, &mut Self::Ours, &mut String);

    /// The user or group.
    fn ours(&self) -> Self::Ours;

    /// What people call it: the provider, and the user or group.
    fn label(&self) -> String;

    /// The answer.
    fn answer(self, full: <Self::Ours as Ours>::Full) -> Self::Answer;
}

/// The unique constraint of twins of users.
const USER: &str = "provider_id_user_id_remote_id";
/// The unique constraint of twins of groups.
const GROUP: &str = "provider_id_group_id_remote_id";

/// What a body holds.
pub struct Fields<O> {
    provider: Option<i64>,
    ours: Option<O>,
    remote_id: Option<String>,
}

/// The resource of one kind of twin.
pub struct Twins<T>(PhantomData<fn() -> T>);

impl<T: Twin> Resource for Twins<T> {
    type Row = T;
    type Model = T::Answer;
    type Patch = Fields<T::Ours>;

    const MODEL: Model = T::MODEL;
    const LISTING: Listing = Listing {
        order: &[T::Ours::ORDER, ("provider", (T::TABLE, "provider_id")), ("id", (T::TABLE, "id"))],
        default_order: &[T::Ours::ORDER.0],
        search: T::Ours::SEARCH,
        key: (T::TABLE, "id"),
    };
    const UNIQUE: &'static [Unique] = T::UNIQUE;

    fn pk(row: &T) -> String {
        match Table::key_value(row) {
            Value::Uuid(Some(id)) => id.to_string(),
            other => other.to_string(),
        }
    }

    fn label(row: &T) -> String {
        row.label()
    }

    async fn models(ctx: &mut Context, rows: Vec<T>) -> Result<Vec<T::Answer>, ApiError> {
        let ours = T::Ours::load(ctx, rows.iter().map(T::ours).collect()).await?;
        let answer = |row: T| ours.get(&row.ours()).map(|full| row.answer(full.clone()));
        Ok(rows.into_iter().filter_map(answer).collect())
    }

    async fn save(ctx: &mut Context, existing: Option<T>, fields: Fields<T::Ours>) -> Result<T, ApiError> {
        let new = existing.is_none();
        let mut row = existing.unwrap_or_else(|| T::new(ctx.uuid()));
        let mut errors = Errors::default();
        check_exist(ctx, &mut errors, T::Ours::FIELD, T::Ours::TABLE, fields.ours).await?;
        if let Some(id) = fields.provider {
            let provider = table::find::<Provider>(&mut ctx.db, "id", id).await?;
            if provider.is_none_or(|provider| provider.kind != T::PROVIDER.kind) {
                errors.add("provider", resource::missing(id));
            }
        }
        errors.into_result()?;
        let (provider, ours, remote_id) = row.parts();
        set(provider, fields.provider);
        set(ours, fields.ours);
        set(remote_id, fields.remote_id);
        resource::store::<Self>(ctx, &mut row, new).await?;
        Ok(row)
    }

    /// Names of the provider and of the user or group are there to be searched and ordered by.
    fn narrow(ctx: &mut Context, select: &mut SelectStatement) -> Result<bool, ApiError> {
        let (table, column) = (T::Ours::TABLE, T::Ours::COLUMN);
        select
            .inner_join("providers", Expr::col(("providers", "id")).equals((T::TABLE, "provider_id")))
            .inner_join(table, Expr::col((table, "id")).equals((T::TABLE, column)));
        permission::narrow::<T>(ctx, select, &[&T::MODEL.permission("view")])
    }
}

/// The filters of a list: the provider, and a user by key and name or a group.
fn only<T: Twin>(select: &mut SelectStatement, provider: Option<i64>, ours: Option<T::Ours>, name: Option<String>) {
    select.eq((T::TABLE, "provider_id"), provider).eq((T::TABLE, T::Ours::COLUMN), ours).eq(T::Ours::ORDER.1, name);
}
