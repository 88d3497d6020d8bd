//! Providers as applications, outposts and the list of all kinds show them.

use super::kinds::KINDS;
use crate::{
    api::{context::Context, fields::completes, kinds::Described, resource::Resource},
    store::{
        Entity,
        query::Link,
        table,
        tables::{Application, Outpost, Provider},
    },
};
use std::collections::HashMap;
use uuid::Uuid;
use vestibule_api::{ApiError, models, providers_all};

/// Outposts and their providers, seen from the provider.
const OUTPOSTS_OF_PROVIDER: Link = Link { table: "outpost_providers", owner: "provider_id", other: "outpost_id" };

/// The applications of providers: the one that logs users in, and the one served at the back channel.
#[derive(Default)]
pub struct Assigned {
    main: HashMap<i64, Application>,
    back: HashMap<Uuid, Application>,
}

impl Assigned {
    /// Loads the applications of providers: two queries.
    ///
    /// # Errors
    /// When a query fails.
    pub async fn of<'a>(
        ctx: &mut Context,
        providers: impl IntoIterator<Item = &'a Provider> + Send,
    ) -> Result<Self, ApiError> {
        let (ids, back): (Vec<i64>, Vec<Option<Uuid>>) =
            providers.into_iter().map(|p| (p.id, p.backchannel_application.map(|id| id.0))).unzip();
        let main: Vec<Application> = table::find_all(&mut ctx.db, "provider_id", ids).await?;
        let back: Vec<Application> = table::find_all(&mut ctx.db, "id", back.into_iter().flatten()).await?;
        Ok(Self {
            main: main.into_iter().filter_map(|a| Some((a.provider?.0, a))).collect(),
            back: back.into_iter().map(|a| (a.id, a)).collect(),
        })
    }

    /// Name and slug of the application whose provider this is; empty when there is none.
    pub fn main(&self, provider: &Provider) -> (String, String) {
        names(self.main.get(&provider.id))
    }

    /// Name and slug of the application that this serves at the back channel; empty when there is none.
    pub fn back(&self, provider: &Provider) -> (String, String) {
        names(provider.backchannel_application.and_then(|id| self.back.get(&id.0)))
    }
}

fn names(application: Option<&Application>) -> (String, String) {
    application.map(|a| (a.name.clone(), a.slug.clone())).unwrap_or_default()
}

/// A provider with what its answers say beside its fields.
pub struct Provided<R> {
    row: R,
    /// Slug of the application it logs users in to; empty for none.
    pub assigned_application_slug: String,
    /// Name of that application.
    pub assigned_application_name: String,
    /// Slug of the application it serves at the back channel; empty for none.
    pub assigned_backchannel_application_slug: String,
    /// Name of that application.
    pub assigned_backchannel_application_name: String,
}

completes!(Provided);

/// Completes providers of one kind, or of any, by two queries. A proxy provider is an OAuth2 provider too, and looks like
/// one as such.
///
/// # Errors
/// When a query fails.
pub async fn provided<R>(ctx: &mut Context, rows: Vec<R>) -> Result<Vec<Provided<Described<R>>>, ApiError>
where
    R: Entity<Key = i64> + AsRef<Provider>,
{
    let assigned = Assigned::of(ctx, rows.iter().map(AsRef::as_ref)).await?;
    let complete = |row: Described<R>| {
        let provider: &Provider = (*row).as_ref();
        let (assigned_application_name, assigned_application_slug) = assigned.main(provider);
        let (assigned_backchannel_application_name, assigned_backchannel_application_slug) = assigned.back(provider);
        Provided {
            assigned_application_slug,
            assigned_application_name,
            assigned_backchannel_application_slug,
            assigned_backchannel_application_name,
            row,
        }
    };
    let rows = Described::all(KINDS, rows, |row| &row.as_ref().kind)?;
    Ok(rows.into_iter().map(complete).collect())
}

/// The names of the outposts that serve providers, by provider: two queries.
///
/// # Errors
/// When a query fails.
async fn outposts(ctx: &mut Context, ids: Vec<i64>) -> Result<HashMap<i64, Vec<String>>, ApiError> {
    let pairs = OUTPOSTS_OF_PROVIDER.pairs::<i64, Uuid>(&mut ctx.db, ids).await?;
    let rows: Vec<Outpost> = table::find_all(&mut ctx.db, "id", pairs.iter().map(|(_, outpost)| *outpost)).await?;
    let mut names: HashMap<i64, Vec<String>> = HashMap::new();
    for (provider, outpost) in pairs {
        let name = rows.iter().find(|row| row.id == outpost).map(|row| row.name.clone());
        names.entry(provider).or_default().extend(name);
    }
    Ok(names)
}

/// A provider with the outposts that serve it.
pub struct Served<R> {
    row: R,
    /// Names of outposts.
    pub outpost_set: Vec<String>,
}

completes!(Served);

/// As [`provided`], for kinds that outposts serve, by two more queries.
///
/// # Errors
/// When a query fails.
pub async fn served<R>(ctx: &mut Context, rows: Vec<R>) -> Result<Vec<Served<Provided<Described<R>>>>, ApiError>
where
    R: Entity<Key = i64> + AsRef<Provider>,
{
    let mut outposts = outposts(ctx, rows.iter().map(Entity::key).collect()).await?;
    let rows = provided(ctx, rows).await?;
    let complete =
        |row: Provided<Described<R>>| Served { outpost_set: outposts.remove(&row.key()).unwrap_or_default(), row };
    Ok(rows.into_iter().map(complete).collect())
}

/// Answers for providers of any kind, in the order of the rows.
///
/// # Errors
/// When a query fails.
pub async fn summaries(ctx: &mut Context, rows: Vec<Provider>) -> Result<Vec<models::Provider>, ApiError> {
    providers_all::Family::models(ctx, rows).await
}

/// Stands where the contract demands a provider and there is none.
pub fn none() -> models::Provider {
    models::Provider {
        pk: 0,
        name: String::new(),
        authentication_flow: None,
        authorization_flow: Uuid::nil(),
        property_mappings: Some(vec![]),
        component: String::new(),
        assigned_application_slug: String::new(),
        assigned_application_name: String::new(),
        assigned_backchannel_application_slug: String::new(),
        assigned_backchannel_application_name: String::new(),
        verbose_name: String::new(),
        verbose_name_plural: String::new(),
        meta_model_name: String::new(),
    }
}
