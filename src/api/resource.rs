//! What all resources have in common: list, create, retrieve, update, destroy, and what refers to an object.
//!
//! A resource is a family of the contract for which [`Resource`] is implemented: its row, and what is special about it. That
//! gives it the standard operations. POST, PUT and PATCH share one path: the bodies of POST and PUT are turned into the
//! PATCH form, in which absent fields stay as they are (in a new row: the defaults).

use super::{
    context::Context,
    core::rights,
    events,
    fields::Writer,
    filter,
    page::{Column, Listing, Rows, page},
    permission,
    used_by::used_by,
};
use crate::store::{
    DbError, Entity,
    column::{Key, Many},
    query, table,
};
use sea_query::{Expr, ExprTrait, Query, SelectStatement, Value};
use serde_json::{Map, Value as Json};
use std::future::ready;
use vestibule_api::{
    ApiError, Errors, Family, Filters, PageQuery, Standard, Unchecked,
    models::{self, Page},
};

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

    /// Whether it is called `app.name`.
    pub fn is(&self, model: &str) -> bool {
        model.split_once('.') == Some((self.app, self.name))
    }
}

/// What a unique constraint means: columns joined by `_`, field, message.
pub type Unique = (&'static str, &'static str, &'static str);

/// The message for most unique fields.
pub const MUST_BE_UNIQUE: &str = "This field must be unique.";

/// What is special about a resource. Its fields are those of the contract and of its row, see [`fields!`].
pub trait Resource: Family<Key: Into<Value>> {
    /// How it is stored.
    type Row: Entity;

    /// Its names.
    const MODEL: Model;
    /// The column that the path parameter names.
    const LOOKUP: &'static str = Self::Row::KEY;
    /// The fields by which lists are ordered when nothing else is asked for.
    const ORDER: &'static [&'static str] = &["name"];
    /// The fields that `?search=` looks into.
    const SEARCH: &'static [&'static str] = &["name"];
    /// What its unique constraints mean.
    const UNIQUE: &'static [Unique] = &[];
    /// The filters that [`Resource::filter`] applies. All others compare the fields that they are called as.
    const FILTERS: &'static [&'static str] = &[];
    /// Whether it belongs to flows. A blueprint may hold these with the permission to write them; all others take a
    /// superuser.
    const OF_FLOWS: bool = false;
    /// Whether the audit trail tells what becomes of these objects. It does not tell of itself.
    const RECORDED: bool = true;

    /// The primary key as events and object permissions write it.
    fn pk(row: &Self::Row) -> String {
        row.key().to_string()
    }

    /// What people call this object.
    fn label(row: &Self::Row) -> String;

    /// As [`Resource::label`], where it is listed with objects of other kinds.
    fn name(row: &Self::Row) -> String {
        Self::label(row)
    }

    /// A new object, before anything is said of it.
    fn new(ctx: &Context) -> Self::Row {
        fresh(ctx)
    }

    /// Answers for rows, in their order, by a number of queries that does not depend on theirs. A row that went after it
    /// was read, with something that it cannot do without, is left out.
    fn models(
        ctx: &mut Context,
        rows: Vec<Self::Row>,
    ) -> impl Future<Output = Result<Vec<Self::Answer>, ApiError>> + Send;

    /// Writes a body: into a new row with the defaults, or into an existing one.
    fn save(
        ctx: &mut Context,
        existing: Option<Self::Row>,
        patch: Self::Patch,
    ) -> impl Future<Output = Result<Self::Row, ApiError>> + Send;

    /// Takes out of a body what the caller may not say, before the rest is put into a row.
    fn admit(_ctx: &Context, _row: &Self::Row, _new: bool, _patch: &mut Self::Patch, _to: &mut Writer) {}

    /// Checks what the types of the fields do not say of a row that a body has been put into, and completes it.
    fn check(
        _ctx: &mut Context,
        _row: &mut Self::Row,
        _before: Option<&Self::Row>,
        _to: &mut Writer,
    ) -> impl Future<Output = Result<(), ApiError>> + Send {
        ready(Ok(()))
    }

    /// Does what must be done after a row was stored for the first time.
    fn after_create(_ctx: &mut Context, _row: &Self::Row) -> impl Future<Output = Result<(), ApiError>> + Send {
        ready(Ok(()))
    }

    /// Does, or checks, what must be after a row was changed, or deleted (`after` is none then).
    fn after_change(
        _ctx: &mut Context,
        _before: &Self::Row,
        _after: Option<&Self::Row>,
    ) -> impl Future<Output = Result<(), ApiError>> + Send {
        ready(Ok(()))
    }

    /// Does, or checks, what must be before a row is deleted.
    fn before_delete(_ctx: &mut Context, _row: &Self::Row) -> impl Future<Output = Result<(), ApiError>> + Send {
        ready(Ok(()))
    }

    /// Restricts a select to what the caller may touch; true when that may hide something. By default the caller needs
    /// the operation's permission, or the one to view where the operation is open to everybody.
    fn narrow(ctx: &mut Context, select: &mut SelectStatement) -> Result<bool, ApiError> {
        permission::narrow::<Self::Row>(ctx, select, &[&Self::MODEL.permission("view")])
    }

    /// As [`Resource::narrow`], for a list.
    fn restrict(
        ctx: &mut Context,
        select: &mut SelectStatement,
        _params: &Self::Params,
    ) -> impl Future<Output = Result<bool, ApiError>> + Send {
        ready(Self::narrow(ctx, select))
    }

    /// Applies the filters of [`Resource::FILTERS`].
    fn filter(
        _ctx: &mut Context,
        _select: &mut SelectStatement,
        _params: &Self::Params,
    ) -> impl Future<Output = Result<(), ApiError>> + Send {
        ready(Ok(()))
    }

    /// Brings values of a blueprint into the form in which they are stored.
    fn normalize(
        _ctx: &mut Context,
        _fields: &mut Map<String, Json>,
    ) -> impl Future<Output = Result<(), ApiError>> + Send {
        ready(Ok(()))
    }

    /// The column of a field that lists are ordered or searched by.
    fn column(field: &str) -> Option<Column> {
        own_column::<Self>(field)
    }

    /// Answers for the rows of a list, where they depend on its parameters.
    fn listed(
        ctx: &mut Context,
        rows: Vec<Self::Row>,
        _params: &Self::Params,
    ) -> impl Future<Output = Result<Vec<Self::Answer>, ApiError>> + Send {
        Self::models(ctx, rows)
    }
}

/// The column of a field of a row, for [`Resource::column`].
pub fn own_column<R: Resource>(field: &str) -> Option<Column> {
    match field {
        "pk" => Some((R::Row::TABLE, R::Row::KEY)),
        field => R::Row::column(field).filter(|column| !column.secret).map(|column| (column.table, column.name)),
    }
}

/// The standard operations of all families that are stored.
impl<R: Resource> Standard<R> for Context {
    async fn list(&mut self, params: R::Params) -> Result<Page<R::Answer>, ApiError> {
        let conditions = listed::<R>(self, &params).await?;
        let mut rows = rows::<R>(self, conditions, params.page()).await?;
        let models = R::listed(self, std::mem::take(&mut rows.rows), &params).await?;
        Ok(rows.with(models))
    }

    async fn create<B: Into<R::Patch> + Send>(&mut self, body: Unchecked<B>) -> Result<R::Answer, ApiError> {
        let patch = body.check()?.into();
        let row = write::<R>(self, None, patch).await?;
        model::<R>(self, row).await
    }

    async fn retrieve(&mut self, key: R::Key) -> Result<R::Answer, ApiError> {
        let row = find::<R>(self, key).await?;
        model::<R>(self, row).await
    }

    async fn update<B: Into<R::Patch> + Send>(
        &mut self,
        key: R::Key,
        body: Unchecked<B>,
    ) -> Result<R::Answer, ApiError> {
        let row = find::<R>(self, key).await?;
        let patch = body.check()?.into();
        let row = write::<R>(self, Some(row), patch).await?;
        model::<R>(self, row).await
    }

    async fn destroy(&mut self, key: R::Key) -> Result<(), ApiError> {
        let row = find::<R>(self, key).await?;
        remove::<R>(self, &row, R::MODEL).await
    }

    async fn used_by(&mut self, key: R::Key) -> Result<Vec<models::UsedBy>, ApiError> {
        used_by::<R>(self, key).await
    }
}

/// The conditions of a list: what the caller may see, and what it asks for. Searching is no part of them.
///
/// # Errors
/// 403 for a caller who may see nothing, 400 for what does not exist.
pub async fn listed<R: Resource>(ctx: &mut Context, params: &R::Params) -> Result<SelectStatement, ApiError> {
    let mut conditions = Query::select();
    if R::restrict(ctx, &mut conditions, params).await? && !any::<R>(ctx, &conditions).await? {
        return Err(ApiError::denied());
    }
    apply_filters::<R>(ctx, &mut conditions, params).await?;
    Ok(conditions)
}

/// One page of the rows that fulfil some conditions, ordered and searched as the resource is.
///
/// # Errors
/// 404 for a page beyond the end.
pub async fn rows<R: Resource>(
    ctx: &mut Context,
    conditions: SelectStatement,
    query: &PageQuery,
) -> Result<Rows<R::Row>, ApiError> {
    let key = (R::Row::TABLE, R::Row::KEY);
    let listing = Listing { column: R::column, order: R::ORDER, search: R::SEARCH, key };
    page::<R::Row>(&mut ctx.db, conditions, query, &listing).await
}

/// Whether there is a row that fulfils some conditions.
///
/// # Errors
/// When the statement fails.
pub async fn any<R: Resource>(ctx: &mut Context, conditions: &SelectStatement) -> Result<bool, ApiError> {
    let mut select = conditions.clone();
    R::Row::columns(&mut select);
    Ok(query::count(&mut ctx.db, &select).await? > 0)
}

/// Restricts the select of a list to what its parameters ask for.
async fn apply_filters<R: Resource>(
    ctx: &mut Context,
    select: &mut SelectStatement,
    params: &R::Params,
) -> Result<(), ApiError> {
    let mut errors = Errors::default();
    for (name, sought) in params.sought().into_iter().filter(|(name, _)| !R::FILTERS.contains(name)) {
        match filter::apply::<R::Row>(select, name, sought) {
            Some(Some(choices)) => choices.check(ctx, &mut errors, name).await?,
            Some(None) => {}
            None => return Err(ApiError::Internal(format!("{} has no filter {name}", R::NAME))),
        }
    }
    errors.into_result()?;
    R::filter(ctx, select, params).await
}

/// The row that a path parameter names, if the caller may touch it.
///
/// # Errors
/// 404 when there is none; 403 when the caller may touch no object of this kind at all.
pub async fn find<R: Resource>(ctx: &mut Context, key: R::Key) -> Result<R::Row, ApiError> {
    let mut select = Query::select();
    let narrowed = R::narrow(ctx, &mut select)?;
    let row = if select == Query::select() {
        table::find(&mut ctx.db, R::LOOKUP, key).await?
    } else {
        R::Row::columns(&mut select);
        select.and_where(Expr::col((R::Row::TABLE, R::LOOKUP)).eq(key.into()));
        ctx.db.optional(&select).await?
    };
    match row {
        Some(row) => Ok(row),
        None if narrowed => {
            let mut all = Query::select();
            R::narrow(ctx, &mut all)?;
            Err(if any::<R>(ctx, &all).await? { ApiError::not_found() } else { ApiError::denied() })
        }
        None => Err(ApiError::not_found()),
    }
}

/// The answer for one row.
///
/// # Errors
/// 404 when it went after it was read.
pub async fn model<R: Resource>(ctx: &mut Context, row: R::Row) -> Result<R::Answer, ApiError> {
    let models = R::models(ctx, vec![row]).await?;
    models.into_iter().next().ok_or_else(ApiError::not_found)
}

/// Saves and records a body; what creating and updating share with operations that write more than one object.
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
    if R::RECORDED {
        events::record(ctx, action, R::MODEL, R::pk(&row), R::label(&row));
    }
    Ok(row)
}

/// Deletes a row, and records it as an object of this model.
///
/// # Errors
/// When it has to stay, or a statement fails.
pub async fn remove<R: Resource>(ctx: &mut Context, row: &R::Row, model: Model) -> Result<(), ApiError> {
    R::before_delete(ctx, row).await?;
    table::delete::<R::Row>(&mut ctx.db, row.key()).await?;
    ctx.made.remove(&(R::Row::TABLE, row.key().to_string()));
    R::after_change(ctx, row, None).await?;
    if R::RECORDED {
        events::record(ctx, events::DELETED, model, R::pk(row), R::label(row));
    }
    Ok(())
}

/// A row with the defaults, and a key where the database makes none.
pub fn fresh<E: Entity>(ctx: &Context) -> E {
    let mut row = E::default();
    if let Some(key) = E::Key::random(|| ctx.uuid()) {
        row.set_key(key);
    }
    row
}

/// How most resources save a body: fields are put into the row, what they refer to must exist, then the row and its
/// many-to-many fields are stored.
///
/// # Errors
/// 400 with all fields that do not fit.
pub async fn save<R: Resource>(
    ctx: &mut Context,
    existing: Option<R::Row>,
    put: impl FnOnce(&Context, &mut R::Row, &mut Writer) + Send,
) -> Result<R::Row, ApiError> {
    let mut row = existing.clone().unwrap_or_else(|| R::new(ctx));
    let mut to = Writer::default();
    put(ctx, &mut row, &mut to);
    to.check_references(ctx).await?;
    R::check(ctx, &mut row, existing.as_ref(), &mut to).await?;
    to.errors.into_result()?;
    store::<R>(ctx, &mut row, existing.is_none()).await?;
    rights::check_joining::<R>(ctx, &row).await?;
    match &existing {
        None => R::after_create(ctx, &row).await?,
        Some(before) => R::after_change(ctx, before, Some(&row)).await?,
    }
    Ok(row)
}

/// Stores a row with its many-to-many fields, new or not, and says what a violated constraint means.
///
/// # Errors
/// 400 naming the field that is not unique; [`ApiError::Conflict`] for a constraint that nobody explains, because it was
/// checked before: somebody else was faster, and the request, begun again, finds out and says what is wrong.
pub async fn store<R: Resource>(ctx: &mut Context, row: &mut R::Row, new: bool) -> Result<(), ApiError> {
    let stored = if new { row.insert(&mut ctx.db).await } else { row.update(&mut ctx.db).await };
    let stored = match stored {
        Ok(()) => row.save_links(&mut ctx.db, new).await,
        error => error,
    };
    if new && stored.is_ok() {
        ctx.made.insert((R::Row::TABLE, row.key().to_string()));
    }
    stored.map_err(|error| match &error {
        DbError::Unique { columns, .. } => match R::UNIQUE.iter().find(|(c, ..)| c == columns) {
            Some((_, field, message)) => ApiError::field(*field, *message),
            None => ApiError::Conflict,
        },
        DbError::ForeignKey => ApiError::Conflict,
        _ => error.into(),
    })
}

/// Adds the error for every id that names no row, or none of a kind, in the reference's words.
///
/// # Errors
/// When the statement fails.
pub async fn check_exist<V>(
    ctx: &mut Context,
    errors: &mut Errors,
    field: &str,
    table: &'static str,
    kind: Option<&'static str>,
    ids: impl IntoIterator<Item = V>,
) -> Result<(), ApiError>
where
    V: Into<Value> + Clone + PartialEq + std::fmt::Display + Send,
    (V,): crate::store::Row,
{
    let ids: Vec<V> = ids.into_iter().filter(|id| !ctx.has_made(table, id)).collect();
    let found = match kind {
        None => query::existing::<V>(&mut ctx.db, table, "id", ids.iter().cloned()).await?,
        Some(kind) => query::existing_of_kind::<V>(&mut ctx.db, table, kind, ids.iter().cloned()).await?,
    };
    for id in ids.iter().filter(|id| !found.contains(id)) {
        errors.add(field, missing(id));
    }
    Ok(())
}

/// The keys that a many-to-many field of a row holds once it is stored: those of the body, or else what is there already.
///
/// # Errors
/// When the statement fails.
pub async fn linked<R: Entity, T: Entity>(
    ctx: &mut Context,
    row: &R,
    new: bool,
    field: fn(&R) -> &Many<T>,
) -> Result<Vec<T::Key>, ApiError> {
    if new || field(row).changed {
        return Ok(field(row).keys().to_vec());
    }
    let mut stored = [row.clone()];
    R::load_links(&mut ctx.db, &mut stored, |row| row).await?;
    Ok(field(&stored[0]).keys().to_vec())
}

/// Refuses a new object to an owner, by the column that names it, who has as many as one may have.
///
/// # Errors
/// When the statement fails.
pub async fn check_number<R: Resource>(
    ctx: &mut Context,
    to: &mut Writer,
    owner: &'static str,
    id: impl Into<Value>,
    most: usize,
) -> Result<(), ApiError> {
    let mut owned = R::Row::select();
    owned.and_where(Expr::col((R::Row::TABLE, owner)).eq(id.into()));
    if usize::try_from(query::count(&mut ctx.db, &owned).await?).is_ok_and(|number| number >= most) {
        let name = R::MODEL.verbose;
        to.errors.add(
            Errors::NON_FIELD,
            format!("There are {most} objects of the kind {name} already, which is the limit."),
        );
    }
    Ok(())
}

/// What is wrong with an id that names no row, in the reference's words.
pub fn missing(id: impl std::fmt::Display) -> String {
    format!("Invalid pk \"{id}\" - object does not exist.")
}

/// A stored text as the enum of the API.
///
/// # Errors
/// 500 when the database holds something that is not in the contract.
pub fn parse<T: std::str::FromStr>(text: &str) -> Result<T, ApiError> {
    text.parse()
        .map_err(|_| ApiError::Internal(format!("{text:?} is stored, but is no {}", std::any::type_name::<T>())))
}
