//! What the answers say about the kinds of objects that come in many: providers, stages and so on.

use super::{
    context::Context,
    fields::completes,
    resource::{self, Model, Resource},
};
use crate::store::Entity;
use vestibule_api::{ApiError, models};

/// One kind of a family of objects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kind {
    /// The `kind` column of the base table.
    pub kind: &'static str,
    /// The names of its model.
    pub model: Model,
    /// For people, of many.
    pub verbose_plural: &'static str,
    /// The form in which it is edited.
    pub component: &'static str,
    /// What it is good for.
    pub description: &'static str,
    /// Its picture, if it has one.
    pub icon: Option<&'static str>,
    /// Whether the reference sells it.
    pub enterprise: bool,
}

impl Kind {
    /// The kind that a row says it is.
    ///
    /// # Errors
    /// 500 when the database holds a kind that does not exist.
    pub fn find(all: &'static [Self], kind: &str) -> Result<&'static Self, ApiError> {
        let found = all.iter().find(|k| k.kind == kind);
        found.ok_or_else(|| ApiError::Internal(format!("kind {kind:?} is stored, but not known")))
    }

    /// The `meta_model_name` of the answers: `authentik_stages_dummy.dummystage`.
    pub fn meta_model_name(&self) -> String {
        format!("{}.{}", self.model.app, self.model.name)
    }

    /// How it is offered for creation.
    pub fn type_create(&self) -> models::TypeCreate {
        models::TypeCreate {
            name: self.model.verbose.to_owned(),
            description: self.description.to_owned(),
            component: self.component.to_owned(),
            model_name: self.model.name.to_owned(),
            icon_url: self.icon.map(str::to_owned),
            requires_enterprise: Some(self.enterprise),
        }
    }
}

/// A row with what answers say of its kind.
pub struct Described<R> {
    row: R,
    /// The form in which it is edited.
    pub component: &'static str,
    /// For people, of one.
    pub verbose_name: &'static str,
    /// For people, of many.
    pub verbose_name_plural: &'static str,
    /// Application and model.
    pub meta_model_name: String,
}

completes!(Described);

impl<R: Entity> Described<R> {
    /// Describes rows of one kind, or, by `kind`, base rows of any.
    ///
    /// # Errors
    /// As [`Kind::find`].
    pub fn all(kinds: &'static [Kind], rows: Vec<R>, kind: fn(&R) -> &str) -> Result<Vec<Self>, ApiError> {
        let describe = |row: R| {
            let kind = Kind::find(kinds, R::KIND.unwrap_or_else(|| kind(&row)))?;
            Ok(Self {
                component: kind.component,
                verbose_name: kind.model.verbose,
                verbose_name_plural: kind.verbose_plural,
                meta_model_name: kind.meta_model_name(),
                row,
            })
        };
        rows.into_iter().map(describe).collect()
    }
}

/// The names of a kind, for constants: a kind that does not exist fails to compile.
#[allow(clippy::panic, reason = "ends the compilation, not the server")]
pub const fn model_of(all: &'static [Kind], kind: &str) -> Model {
    let mut i = 0;
    while i < all.len() {
        if same(all[i].kind.as_bytes(), kind.as_bytes()) {
            return all[i].model;
        }
        i += 1;
    }
    panic!("no such kind")
}

/// Whether two texts are the same; constants cannot use `==` for that.
const fn same(a: &[u8], b: &[u8]) -> bool {
    let mut i = 0;
    while i < a.len() && i < b.len() && a[i] == b[i] {
        i += 1;
    }
    i == a.len() && i == b.len()
}

/// Deletes an object of any kind of a family, and records it as the kind it was. `kind` reads its `kind` column.
///
/// # Errors
/// As [`resource::destroy`].
pub async fn destroy_any<R: Resource>(
    ctx: &mut Context,
    key: R::Key,
    kinds: &'static [Kind],
    kind: fn(&R::Row) -> &str,
) -> Result<(), ApiError> {
    let row = resource::find::<R>(ctx, key).await?;
    let kind = Kind::find(kinds, kind(&row))?;
    resource::remove::<R>(ctx, &row, kind.model).await
}
