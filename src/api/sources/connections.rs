//! `/sources/user_connections/{all,oauth,plex,saml}/`: which account at a source is which user here.
//!
//! Everybody makes, sees and ends the own ones. Whoever could make one for somebody else, or hand one over, could log in as
//! them: that takes the permission, and may not concern accounts that can do more.

use crate::{
    api::{
        context::Context,
        core::rights,
        events,
        fields::{Held, Writer, completes, fields},
        page::Column,
        permission,
        resource::{self, Model, Resource, Unique, fresh, own_column},
    },
    store::{
        Entity,
        column::Ref,
        query, table,
        tables::{OAuthConnection, PlexConnection, PlexSource, SamlConnection, Source, SourceConnection, User},
    },
};
use sea_query::{Expr, ExprTrait, SelectStatement};
use serde_json::json;
use std::collections::HashMap;
use uuid::Uuid;
use vestibule_api::{
    ApiError, Errors, SourcesUserConnectionsAll, SourcesUserConnectionsOauth, SourcesUserConnectionsPlex,
    SourcesUserConnectionsSaml, models, sources_all, sources_plex, sources_user_connections_all,
    sources_user_connections_plex,
};

const UNIQUE: &[Unique] =
    &[("user_id_source_id", Errors::NON_FIELD, "The fields user, source must make a unique set.")];
const TAKEN: &str = "This account is connected already.";

/// A row of one kind.
trait Connection: Entity<Key = i64> + AsRef<SourceConnection> + std::ops::DerefMut<Target = SourceConnection> {
    /// The account at the source.
    fn identifier(&self) -> &str;

    /// The column of that.
    fn column_of_identifier() -> Column {
        Self::column("identifier").map_or((Self::TABLE, Self::KEY), |column| (column.table, column.name))
    }
}

/// Owners and sources do not change. A new connection is to the one source of its kind: bodies cannot name another.
async fn check<R: Resource<Row: Connection>>(
    ctx: &mut Context,
    row: &mut R::Row,
    before: Option<&R::Row>,
    to: &mut Writer,
) -> Result<(), ApiError> {
    let principal = ctx.principal()?;
    match before {
        None => {
            if !to.has("user") {
                row.user = Ref(principal.user.id);
            } else if row.user.0 != principal.user.id && !principal.may(&R::MODEL.permission("add")) {
                to.errors.add("user", "This takes a permission, unless it is you.");
            }
            row.created = ctx.now;
            let mut sources = Source::select();
            sources.and_where(Expr::col((Source::TABLE, "kind")).eq(R::Row::KIND.unwrap_or_default())).limit(2);
            let sources: Vec<Source> = ctx.db.all(&sources).await?;
            match sources.as_slice() {
                [source] => row.source = Ref(source.id),
                _ => to.errors.add("source", "This is known only where there is one source of the kind."),
            }
        }
        Some(before) => {
            if before.user != row.user {
                to.errors.add("user", "User cannot be changed");
                row.user = before.user;
            }
        }
    }
    if to.errors.is_empty() {
        rights::touch_users(ctx, &[row.user.0]).await?;
        if other::<R::Row>(ctx, row.source, row.identifier(), row.key()).await? {
            to.errors.add("identifier", TAKEN);
        }
    }
    Ok(())
}

/// Whether another connection is to this account of a source.
async fn other<C: Connection>(
    ctx: &mut Context,
    source: Ref<Source>,
    identifier: &str,
    key: i64,
) -> Result<bool, ApiError> {
    let mut same = C::select();
    same.and_where(Expr::col((C::TABLE, "source_id")).eq(source))
        .and_where(Expr::col(C::column_of_identifier()).eq(identifier))
        .and_where(Expr::col((C::TABLE, C::KEY)).ne(key));
    Ok(query::count(&mut ctx.db, &same).await? > 0)
}

/// Restricts a select to what the caller may touch; the source is there to be searched and ordered by.
fn narrow<E: Entity>(ctx: &mut Context, select: &mut SelectStatement, model: Model) -> Result<bool, ApiError> {
    select.inner_join(Source::TABLE, Expr::col((Source::TABLE, "id")).equals((E::TABLE, "source_id")));
    permission::narrow_to_owner::<E>(ctx, select, model, "user_id")
}

/// A connection with its source. Only the user sees the token that it has there.
struct Connected<R> {
    row: R,
    source: Held<models::Source>,
}

completes!(Connected);

/// Connections with their sources; one whose source went meanwhile is left out.
async fn connected<R>(ctx: &mut Context, rows: Vec<R>) -> Result<Vec<Connected<R>>, ApiError>
where
    R: Entity<Key = i64> + AsRef<SourceConnection>,
{
    let of = |row: &R| AsRef::<SourceConnection>::as_ref(row).source;
    let sources: Vec<Source> = table::find_all(&mut ctx.db, "id", rows.iter().map(of)).await?;
    let sources = sources_all::Family::models(ctx, sources).await?;
    let sources: HashMap<Uuid, models::Source> = sources.into_iter().map(|source| (source.pk, source)).collect();
    let with = |row: R| Some(Connected { source: Held(Some(sources.get(&of(&row).0)?.clone())), row });
    Ok(rows.into_iter().filter_map(with).collect())
}

/// As [`connected`], with tokens that are none of the caller's business left empty.
async fn with_own_token(
    ctx: &mut Context,
    mut rows: Vec<PlexConnection>,
) -> Result<Vec<Connected<PlexConnection>>, ApiError> {
    let caller = ctx.principal()?.user.id;
    rows.iter_mut().filter(|row| row.user.0 != caller).for_each(|row| row.plex_token = "".into());
    connected(ctx, rows).await
}

/// A family: its trait with what is special about it, its row, the names of its model, and what completes its rows.
macro_rules! connection {
    ($family:ident $row:ident, $app:literal $model:literal $verbose:literal, $complete:ident $(, $check:item)?) => {
        impl Resource for vestibule_api::$family::Family {
            type Row = $row;

            const MODEL: Model = Model { app: $app, name: $model, verbose: $verbose };
            const ORDER: &'static [&'static str] = &["source__slug"];
            const SEARCH: &'static [&'static str] = &["source__slug"];
            const UNIQUE: &'static [Unique] = UNIQUE;

            fields!($family, $complete);

            fn label(row: &$row) -> String {
                format!("{} of user {} to {}", $verbose, row.user, row.source)
            }

            async fn before_delete(ctx: &mut Context, row: &$row) -> Result<(), ApiError> {
                rights::touch_users(ctx, &[row.user.0]).await
            }

            fn narrow(ctx: &mut Context, select: &mut SelectStatement) -> Result<bool, ApiError> {
                narrow::<$row>(ctx, select, Self::MODEL)
            }

            fn column(field: &str) -> Option<Column> {
                if field == "source__slug" { Some((Source::TABLE, "slug")) } else { own_column::<Self>(field) }
            }

            $($check)?
        }
    };
    (kind $family:ident $trait:ident $row:ident, $app:literal $model:literal $verbose:literal, $complete:ident) => {
        impl Connection for $row {
            fn identifier(&self) -> &str {
                &self.identifier
            }
        }

        connection!(
            $family $row, $app $model $verbose, $complete,
            async fn check(
                ctx: &mut Context,
                row: &mut $row,
                before: Option<&$row>,
                to: &mut Writer,
            ) -> Result<(), ApiError> {
                check::<Self>(ctx, row, before, to).await
            }
        );

        impl $trait for Context {}
    };
}

connection!(
    sources_user_connections_all SourceConnection,
    "authentik_core" "usersourceconnection" "User Source Connection", connected
);
connection!(
    kind sources_user_connections_oauth SourcesUserConnectionsOauth OAuthConnection,
    "authentik_sources_oauth" "useroauthsourceconnection" "User OAuth Source Connection", connected
);
connection!(
    kind sources_user_connections_saml SourcesUserConnectionsSaml SamlConnection,
    "authentik_sources_saml" "usersamlsourceconnection" "User SAML Source Connection", connected
);
connection!(
    kind sources_user_connections_plex SourcesUserConnectionsPlex PlexConnection,
    "authentik_sources_plex" "plexsourceconnection" "User Plex Source Connection", with_own_token
);

impl SourcesUserConnectionsAll for Context {
    /// There is nothing that all kinds have and that could be written.
    async fn sources_user_connections_all_update(&mut self, id: i64) -> Result<models::UserSourceConnection, ApiError> {
        let row = resource::find::<sources_user_connections_all::Family>(self, id).await?;
        resource::model::<sources_user_connections_all::Family>(self, row).await
    }

    async fn sources_user_connections_all_partial_update(
        &mut self,
        id: i64,
    ) -> Result<models::UserSourceConnection, ApiError> {
        self.sources_user_connections_all_update(id).await
    }
}

/// The user that is connected to an account of a source of Plex.
///
/// # Errors
/// When a statement fails.
pub(super) async fn plex_user(
    ctx: &mut Context,
    source: &PlexSource,
    identifier: &str,
) -> Result<Option<User>, ApiError> {
    let mut select = PlexConnection::select();
    select
        .and_where(Expr::col((PlexConnection::TABLE, "source_id")).eq(source.id))
        .and_where(Expr::col(PlexConnection::column_of_identifier()).eq(identifier));
    let found: Option<PlexConnection> = ctx.db.optional(&select).await?;
    let Some(found) = found else { return Ok(None) };
    Ok(table::find(&mut ctx.db, "id", found.user).await?)
}

/// Connects the caller to an account at Plex, which it has just shown to be its own.
///
/// # Errors
/// 400 when somebody else is connected to it.
pub(super) async fn connect_plex(
    ctx: &mut Context,
    source: &PlexSource,
    token: String,
    identifier: String,
) -> Result<(), ApiError> {
    let caller = Ref(ctx.principal()?.user.id);
    let mut own = PlexConnection::select();
    own.and_where(Expr::col((PlexConnection::TABLE, "source_id")).eq(source.id))
        .and_where(Expr::col((PlexConnection::TABLE, "user_id")).eq(caller));
    let existing: Option<PlexConnection> = ctx.db.optional(&own).await?;
    let new = existing.is_none();
    let mut row = existing.unwrap_or_else(|| fresh(ctx));
    if new {
        (row.user, row.source, row.created) = (caller, Ref(source.id), ctx.now);
    }
    (row.identifier, row.plex_token) = (identifier, token.into());
    if other::<PlexConnection>(ctx, row.source, &row.identifier, row.id).await? {
        return Err(ApiError::field(Errors::NON_FIELD, TAKEN));
    }
    resource::store::<sources_user_connections_plex::Family>(ctx, &mut row, new).await?;
    if new {
        let of = events::reference(sources_plex::Family::MODEL, source.id.to_string(), source.name.clone());
        events::emit(ctx, "source_linked", sources_plex::Family::MODEL.app, json!({ "source": of }));
    }
    Ok(())
}
