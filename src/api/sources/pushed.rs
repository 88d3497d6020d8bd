//! `/sources/scim_users/` and `/sources/scim_groups/`: what SCIM sources call the users and groups that they pushed here.
//!
//! Paths name them by what the source calls them, so that nobody can make a second one that another source calls the same.

use crate::{
    api::{
        context::Context,
        core::rights,
        fields::{Writer, fields},
        page::Column,
        permission,
        providers::twins::{Ours, Twin, complete},
        resource::{self, Model, Resource, Unique, own_column},
    },
    store::{
        Entity,
        column::Ref,
        power::Reach,
        query, table,
        tables::{Group, ScimSourceGroup, ScimSourceUser, Source, User},
    },
};
use sea_query::{Expr, ExprTrait, SelectStatement};
use vestibule_api::{ApiError, SourcesScimGroups, SourcesScimUsers};

/// A row of one kind.
trait Pushed: Twin {
    /// What is said when one is called the same.
    const TAKEN: &'static str;

    /// The source, and what it calls this.
    fn known_as(&self) -> (Ref<Source>, &str);

    /// Whom whoever writes this decides about.
    fn reach(&self) -> Reach;
}

/// The source is one of SCIM, calls nothing else the same, and the caller may hand the user or group over to it.
async fn check<R: Pushed>(ctx: &mut Context, row: &R, before: Option<&R>, to: &mut Writer) -> Result<(), ApiError> {
    let (source, id) = row.known_as();
    if to.has("source") {
        let found = table::find::<Source>(&mut ctx.db, "id", source).await?;
        if found.is_some_and(|found| found.kind != "scim") {
            to.errors.add("source", resource::missing(source));
        }
    }
    if before.is_none_or(|before| before.known_as().1 != id) {
        let mut same = R::select();
        same.and_where(Expr::col((R::TABLE, "remote_id")).eq(id))
            .and_where(Expr::col((R::TABLE, R::KEY)).ne(row.key()));
        if query::count(&mut ctx.db, &same).await? > 0 {
            to.errors.add("id", R::TAKEN);
        }
    }
    for reach in before.map(Pushed::reach).into_iter().chain([row.reach()]) {
        rights::touch(ctx, reach).await?;
    }
    Ok(())
}

/// Restricts a select; the source and the user or group are there to be searched and ordered by.
fn narrow<R: Pushed>(ctx: &mut Context, select: &mut SelectStatement, model: Model) -> Result<bool, ApiError> {
    for field in ["source", R::Of::FIELD] {
        if let Some((column, target)) = R::column(field).and_then(|column| Some((column, column.refers?()))) {
            let on = Expr::col((column.table, column.name)).equals((target.table, target.key));
            select.inner_join(target.table, on);
        }
    }
    permission::narrow::<R>(ctx, select, &[&model.permission("view")])
}

/// A kind: its family and trait, its row, what it is about, how that is reached, the names of its model, and what lists are
/// searched by.
macro_rules! pushed {
    ($family:ident $trait:ident $row:ident $of:ident $field:ident $reach:expr, $model:literal $verbose:literal, $search:expr) => {
        impl Twin for $row {
            type Of = $of;

            fn ours(&self) -> Ref<$of> {
                self.$field
            }
        }

        impl Pushed for $row {
            const TAKEN: &'static str = concat!($verbose, " with this id already exists.");

            fn known_as(&self) -> (Ref<Source>, &str) {
                (self.source, &self.id)
            }

            fn reach(&self) -> Reach {
                $reach(self.$field.0)
            }
        }

        impl Resource for vestibule_api::$family::Family {
            type Row = $row;

            const MODEL: Model = Model { app: "authentik_sources_scim", name: $model, verbose: $verbose };
            const LOOKUP: &'static str = "remote_id";
            const ORDER: &'static [&'static str] = &[<$of as Ours>::NAMES[0]];
            const SEARCH: &'static [&'static str] = $search;
            const UNIQUE: &'static [Unique] = &[("source_id_remote_id", "id", <$row as Pushed>::TAKEN)];

            fields!($family, complete);

            fn label(row: &$row) -> String {
                format!("{} {} to {}", $verbose, row.$field, row.source)
            }

            async fn check(
                ctx: &mut Context,
                row: &mut $row,
                before: Option<&$row>,
                to: &mut Writer,
            ) -> Result<(), ApiError> {
                check(ctx, row, before, to).await
            }

            fn narrow(ctx: &mut Context, select: &mut SelectStatement) -> Result<bool, ApiError> {
                narrow::<$row>(ctx, select, Self::MODEL)
            }

            fn column(field: &str) -> Option<Column> {
                match field.split_once("__") {
                    Some(("source", "slug")) => Some((Source::TABLE, "slug")),
                    Some((_, name)) if <$of as Ours>::NAMES.contains(&field) => {
                        $of::column(name).map(|column| (column.table, column.name))
                    }
                    _ => own_column::<Self>(field),
                }
            }
        }

        impl $trait for Context {}
    };
}

pushed!(
    sources_scim_users SourcesScimUsers ScimSourceUser User user |id| Reach::users(&[id]),
    "scimsourceuser" "scim source user", &["source__slug", "user__username", "attributes"]
);
pushed!(
    sources_scim_groups SourcesScimGroups ScimSourceGroup Group group Reach::group,
    "scimsourcegroup" "scim source group", &["source__slug", "group__name", "attributes"]
);
