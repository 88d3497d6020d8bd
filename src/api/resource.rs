//! What all resources have in common: list, retrieve, create, update, delete.
//!
//! A resource implements [`Resource`] (its rows, answers, filters, and how a body is written) and its handlers call the
//! functions of this module. POST, PUT and PATCH share one path: the bodies of POST and PUT are turned into the PATCH
//! form, in which absent fields stay as they are (in a new row: the defaults).

use super::{
    context::Context,
    events,
    page::{Listing, Rows, page},
    permission,
};
use crate::store::{DbError, Entity, query, table};
use sea_query::{Expr, ExprTrait, SelectStatement, Value};
use serde::de::DeserializeOwned;
use vestibule_api::{ApiError, Errors, PageQuery, Unchecked, models::Page};

/// The names of a kind of object, as events, permissions and `used_by` write them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Model {
    /// The application label: `authentik_core`.
    pub app: &'static str,
    /// The model: `user`.
    pub name: &'static str,
    /// For people: `User`.
    pub verbose: &'static str,
}

impl Model {
    /// The permission for an action (`view`, `add`, `change`, `delete`).
    pub fn permission(&self, action: &str) -> String {
        format!("{}.{action}_{}", self.app, self.name)
    }
}

/// What a unique constraint means: columns joined by `_`, field, message.
pub type Unique = (&'static str, &'static str, &'static str);

/// The message for most unique fields.
pub const MUST_BE_UNIQUE: &str = "This field must be unique.";

/// What is special about a resource.
pub trait Resource: Send + Sync + 'static {
    /// How it is stored.
    type Row: Entity;
    /// How it is answered.
    type Model: Send;
    /// The body of PATCH; the bodies of POST and PUT convert into it.
    type Patch: Send;

    /// Its names.
    const MODEL: Model;
    /// The column that the path parameter names.
    const LOOKUP: &'static str = Self::Row::KEY;
    /// How lists are ordered and searched.
    const LISTING: Listing;
    /// What its unique constraints mean.
    const UNIQUE: &'static [Unique] = &[];

    /// The primary key as events and object permissions write it.
    fn pk(row: &Self::Row) -> String;

    /// What people call this object.
    fn label(row: &Self::Row) -> String;

    /// Answers for rows, in their order, by a number of queries that does not depend on theirs. A row that went after it
    /// was read, with something that it cannot do without, is left out.
    fn models(
        ctx: &mut Context,
        rows: Vec<Self::Row>,
    ) -> impl Future<Output = Result<Vec<Self::Model>, ApiError>> + Send;

    /// Writes a body: into a new row with the defaults, or into an existing one.
    fn save(
        ctx: &mut Context,
        existing: Option<Self::Row>,
        patch: Self::Patch,
    ) -> impl Future<Output = Result<Self::Row, ApiError>> + Send;

    /// Restricts a select to what the caller may touch; true when that may hide something. By default the caller needs
    /// the operation's permission, or the one to view where the operation is open to everybody.
    fn narrow(ctx: &mut Context, select: &mut SelectStatement) -> Result<bool, ApiError> {
        permission::narrow::<Self::Row>(ctx, select, &[&Self::MODEL.permission("view")])
    }
}

/// One page of a resource.
///
/// # Errors
/// 403 when the caller may see none at all, 404 for a page beyond the end.
pub async fn list<R: Resource>(
    ctx: &mut Context,
    query: &PageQuery,
    filter: impl FnOnce(&mut SelectStatement) + Send,
) -> Result<Page<R::Model>, ApiError> {
    let mut rows = rows::<R>(ctx, query, filter).await?;
    let models = R::models(ctx, std::mem::take(&mut rows.rows)).await?;
    Ok(rows.with(models))
}

/// The rows of one page, for lists whose answers depend on more than the rows.
///
/// # Errors
/// As [`list`].
pub async fn rows<R: Resource>(
    ctx: &mut Context,
    query: &PageQuery,
    filter: impl FnOnce(&mut SelectStatement) + Send,
) -> Result<Rows<R::Row>, ApiError> {
    let mut select = R::Row::select();
    if R::narrow(ctx, &mut select)? && query::count(&mut ctx.db, &select).await? == 0 {
        return Err(ApiError::denied());
    }
    filter(&mut select);
    page::<R::Row>(&mut ctx.db, select, query, &R::LISTING).await
}

/// The row that a path parameter names, if the caller may touch it.
///
/// # Errors
/// 404 when there is none; 403 when the caller may touch no object of this kind at all.
pub async fn find<R: Resource>(ctx: &mut Context, key: impl Into<Value> + Send) -> Result<R::Row, ApiError> {
    let mut select = R::Row::select();
    let narrowed = R::narrow(ctx, &mut select)?;
    select.and_where(Expr::col((R::Row::TABLE, R::LOOKUP)).eq(key.into()));
    match ctx.db.optional(&select).await? {
        Some(row) => Ok(row),
        None if narrowed => {
            let mut all = R::Row::select();
            R::narrow(ctx, &mut all)?;
            let any = query::count(&mut ctx.db, &all).await? > 0;
            Err(if any { ApiError::not_found() } else { ApiError::denied() })
        }
        None => Err(ApiError::not_found()),
    }
}

/// The answer for one row.
///
/// # Errors
/// 404 when it went after it was read.
pub async fn model<R: Resource>(ctx: &mut Context, row: R::Row) -> Result<R::Model, ApiError> {
    let models = R::models(ctx, vec![row]).await?;
    models.into_iter().next().ok_or_else(ApiError::not_found)
}

/// One object.
///
/// # Errors
/// As [`find`].
pub async fn retrieve<R: Resource>(ctx: &mut Context, key: impl Into<Value> + Send) -> Result<R::Model, ApiError> {
    let row = find::<R>(ctx, key).await?;
    model::<R>(ctx, row).await
}

/// Creates an object from the body of a POST.
///
/// # Errors
/// 400 with all fields that do not fit.
pub async fn create<R: Resource>(
    ctx: &mut Context,
    body: Unchecked<impl Into<R::Patch> + DeserializeOwned + Send>,
) -> Result<R::Model, ApiError> {
    let patch = body.check()?.into();
    let row = write::<R>(ctx, None, patch).await?;
    model::<R>(ctx, row).await
}

/// Changes an object by the body of a PUT or PATCH.
///
/// # Errors
/// As [`find`] and [`create`].
pub async fn update<R: Resource>(
    ctx: &mut Context,
    key: impl Into<Value> + Send,
    body: Unchecked<impl Into<R::Patch> + DeserializeOwned + Send>,
) -> Result<R::Model, ApiError> {
    let row = find::<R>(ctx, key).await?;
    let patch = body.check()?.into();
    let row = write::<R>(ctx, Some(row), patch).await?;
    model::<R>(ctx, row).await
}

/// Saves and records a body; what [`create`] and [`update`] share with operations that write more than one object.
///
/// # Errors
/// 400 with all fields that do not fit.
pub async fn write<R: Resource>(
    ctx: &mut Context,
    existing: Option<R::Row>,
    patch: R::Patch,
) -> Result<R::Row, ApiError> {
    let action = if existing.is_some() { events::UPDATED } else { events::CREATED };
    let row = R::save(ctx, existing, patch).await?;
    events::record(ctx, action, R::MODEL, R::pk(&row), R::label(&row)).await?;
    Ok(row)
}

/// Deletes an object.
///
/// # Errors
/// As [`find`]; 400 when other objects cannot do without it.
pub async fn destroy<R: Resource>(ctx: &mut Context, key: impl Into<Value> + Send) -> Result<(), ApiError> {
    let row = find::<R>(ctx, key).await?;
    table::delete::<R::Row>(&mut ctx.db, row.key_value()).await?;
    events::record(ctx, events::DELETED, R::MODEL, R::pk(&row), R::label(&row)).await
}

/// Stores a row, new or not, and says what a violated constraint means.
///
/// # Errors
/// 400 naming the field that is not unique.
pub async fn store<R: Resource>(ctx: &mut Context, row: &mut R::Row, new: bool) -> Result<(), ApiError> {
    let stored = if new { row.insert(&mut ctx.db).await } else { row.update(&mut ctx.db).await };
    stored.map_err(|error| match &error {
        DbError::Unique { columns, .. } => match R::UNIQUE.iter().find(|(c, ..)| c == columns) {
            Some((_, field, message)) => ApiError::field(*field, *message),
            None => error.into(),
        },
        _ => error.into(),
    })
}

/// Adds the error for every id that names no row, in the reference's words.
///
/// # Errors
/// When the statement fails.
pub async fn check_exist<V>(
    ctx: &mut Context,
    errors: &mut Errors,
    field: &str,
    table: &'static str,
    ids: impl IntoIterator<Item = V>,
) -> Result<(), ApiError>
where
    V: Into<Value> + Clone + PartialEq + std::fmt::Display + Send,
    (V,): crate::store::Row,
{
    let ids: Vec<V> = ids.into_iter().collect();
    let found = query::existing::<V>(&mut ctx.db, table, "id", ids.iter().cloned()).await?;
    for id in ids.iter().filter(|id| !found.contains(id)) {
        errors.add(field, missing(id));
    }
    Ok(())
}

/// What is wrong with an id that names no row, in the reference's words.
pub fn missing(id: impl std::fmt::Display) -> String {
    format!("Invalid pk \"{id}\" - object does not exist.")
}

/// Refuses a filter by an object that does not exist, in the reference's words.
///
/// # Errors
/// When the statement fails.
pub async fn check_choice(
    ctx: &mut Context,
    errors: &mut Errors,
    field: &str,
    table: &'static str,
    id: Option<uuid::Uuid>,
) -> Result<(), ApiError> {
    if id.is_some() && query::existing(&mut ctx.db, table, "id", id).await?.is_empty() {
        errors.add(field, "Select a valid choice. That choice is not one of the available choices.");
    }
    Ok(())
}

/// As [`check_choice`], for a filter by any of several objects.
///
/// # Errors
/// When the statement fails.
pub async fn check_choices(
    ctx: &mut Context,
    errors: &mut Errors,
    field: &str,
    table: &'static str,
    ids: &[uuid::Uuid],
) -> Result<(), ApiError> {
    let found = query::existing(&mut ctx.db, table, "id", ids.iter().copied()).await?;
    for id in ids.iter().filter(|id| !found.contains(id)) {
        errors.add(field, format!("Select a valid choice. {id} is not one of the available choices."));
    }
    Ok(())
}

/// Puts a value that the body holds into its place; absent leaves it.
pub fn set<T>(place: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *place = value;
    }
}

/// As [`set`], for values stored as text (enums).
pub fn set_text(place: &mut String, value: Option<impl std::fmt::Display>) {
    if let Some(value) = value {
        *place = value.to_string();
    }
}

/// A stored text as the enum of the API.
///
/// # Errors
/// 500 when the database holds something that is not in the contract.
pub fn parse<T: std::str::FromStr>(text: &str) -> Result<T, ApiError> {
    text.parse()
        .map_err(|_| ApiError::Internal(format!("{text:?} is stored, but is no {}", std::any::type_name::<T>())))
}
