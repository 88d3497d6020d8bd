//! `/managed/blueprints/`: blueprints that the server keeps, and applies.
//!
//! The blueprint is applied in the request that says so, with the rights of the caller: who keeps a blueprint can do nothing by
//! it that the API refuses.

use crate::{
    api::{
        blueprint,
        context::Context,
        events,
        fields::{Writer, fields},
        resource::{self, Model, Resource, fresh},
    },
    domain::{files, identity::hex},
    store::{table, tables::BlueprintInstance},
};
use aws_lc_rs::digest::{SHA512, digest};
use chrono::DateTime;
use serde_json::json;
use uuid::Uuid;
use vestibule_api::{
    ApiError, Errors, ManagedBlueprints, managed_blueprints,
    models::{self, BlueprintFile},
};

/// How addresses of blueprints in registries begin.
const REGISTRY: &str = "oci://";
/// What is said of one.
const NOT_FETCHED: &str = "Blueprints are not fetched from registries.";

impl Resource for managed_blueprints::Family {
    type Row = BlueprintInstance;

    const MODEL: Model =
        Model { app: "authentik_blueprints", name: "blueprintinstance", verbose: "Blueprint Instance" };
    const SEARCH: &'static [&'static str] = &["name", "path"];

    fields!(managed_blueprints);

    fn label(row: &BlueprintInstance) -> String {
        format!("Blueprint Instance {}", row.name)
    }

    fn new(ctx: &Context) -> BlueprintInstance {
        BlueprintInstance { last_applied: ctx.now, ..fresh(ctx) }
    }

    async fn check(
        ctx: &mut Context,
        row: &mut BlueprintInstance,
        before: Option<&BlueprintInstance>,
        to: &mut Writer,
    ) -> Result<(), ApiError> {
        if before.is_none_or(|before| before.name != row.name)
            && table::find::<BlueprintInstance>(&mut ctx.db, "name", row.name.as_str()).await?.is_some()
        {
            to.errors.add("name", "Blueprint Instance with this name already exists.");
        }
        if row.path.is_empty() && row.content.is_empty() {
            to.errors.add(Errors::NON_FIELD, "Either path or content must be set.");
        }
        let of_file = !row.path.is_empty() && !row.path.starts_with(REGISTRY);
        if of_file && to.has("path") && !paths(ctx).await?.contains(&row.path) {
            to.errors.add("path", "Blueprint file does not exist");
        }
        let same = |before: &BlueprintInstance| {
            (&before.path, &before.content, &before.context, before.enabled)
                == (&row.path, &row.content, &row.context, row.enabled)
        };
        if !to.errors.is_empty() || before.is_some_and(same) {
            return Ok(());
        }
        if row.path.is_empty() {
            // What does not work now would not work later, so it is tried out whether or not it is to be applied.
            let mut tried = row.clone();
            match carry_out(ctx, &mut tried).await? {
                Some(problem) => to.errors.add("content", problem),
                None if row.enabled => *row = tried,
                None => {
                    row.metadata = tried.metadata;
                    give_up(ctx).await?;
                }
            }
        } else if of_file && row.enabled {
            carry_out(ctx, row).await?;
        }
        Ok(())
    }
}

/// Forgets what a blueprint that was only tried out has written.
async fn give_up(ctx: &mut Context) -> Result<(), ApiError> {
    ctx.release().await?;
    ctx.begin().await?;
    ctx.events.clear();
    ctx.after_commit.clear();
    ctx.made.clear();
    Ok(())
}

/// The blueprints of the folder, by their paths below it.
async fn paths(ctx: &mut Context) -> Result<Vec<String>, ApiError> {
    let folder = ctx.app.config.blueprints.clone();
    ctx.aside(move || files::below(&folder).into_iter().map(|file| file.path).collect()).await
}

/// Applies a blueprint, and writes down what became of it. What is wrong with it, if anything is.
async fn carry_out(ctx: &mut Context, row: &mut BlueprintInstance) -> Result<Option<String>, ApiError> {
    let text = if row.path.is_empty() {
        Ok(row.content.clone().into_bytes())
    } else if row.path.starts_with(REGISTRY) {
        Err(NOT_FETCHED.to_owned())
    } else {
        let (folder, path) = (ctx.app.config.blueprints.clone(), row.path.clone());
        let text = ctx.aside(move || files::read(&folder, &path)).await?;
        text.ok_or_else(|| "Blueprint file does not exist".to_owned())
    };
    let context = row.context.as_object().cloned().unwrap_or_default();
    let hash = text.as_ref().map(|text| hash(text)).unwrap_or_default();
    let done = match text {
        Ok(text) => blueprint::apply(ctx, text, &context).await?,
        Err(reason) => Err(reason),
    };
    row.last_applied = ctx.now;
    match done {
        Ok(metadata) => {
            (row.status, row.metadata, row.last_applied_hash) = ("successful".to_owned(), metadata, hash);
            Ok(None)
        }
        Err(problem) => {
            "error".clone_into(&mut row.status);
            Ok(Some(problem))
        }
    }
}

fn hash(text: &[u8]) -> String {
    hex(digest(&SHA512, text).as_ref())
}

impl ManagedBlueprints for Context {
    async fn managed_blueprints_available_list(&mut self) -> Result<Vec<BlueprintFile>, ApiError> {
        let folder = self.app.config.blueprints.clone();
        // The files are read while nobody waits for the connection.
        self.release().await?;
        let read = move || {
            let file = |file: files::Found| {
                let text = files::read(&folder, &file.path)?;
                let last_m = DateTime::from_timestamp(file.changed, 0).unwrap_or_default();
                Some(BlueprintFile { hash: hash(&text), last_m, meta: blueprint::metadata(&text), path: file.path })
            };
            files::below(&folder).into_iter().filter_map(file).collect()
        };
        Ok(self.app.work.documents.compute(&self.party(), read).await?)
    }

    async fn managed_blueprints_apply_create(&mut self, id: Uuid) -> Result<models::BlueprintInstance, ApiError> {
        type Family = managed_blueprints::Family;
        let mut row = resource::find::<Family>(self, id).await?;
        if row.enabled {
            if let Some(problem) = carry_out(self, &mut row).await? {
                let (name, app) = (row.name.clone(), Family::MODEL.app);
                events::emit(self, "system_exception", app, json!({ "message": problem, "blueprint": name }));
            }
            resource::store::<Family>(self, &mut row, false).await?;
        }
        resource::model::<Family>(self, row).await
    }
}
