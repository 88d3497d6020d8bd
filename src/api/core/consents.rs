//! `/core/user_consent/`: what users agreed to share with applications.

use super::{applications::Applications, users::Users};
use crate::{
    api::{
        context::Context,
        fields::{Held, completes, fields},
        permission,
        resource::{Model, Resource},
    },
    store::{
        table,
        tables::{Application, UserConsent},
        users::Account,
    },
};
use sea_query::SelectStatement;
use std::collections::HashMap;
use uuid::Uuid;
use vestibule_api::{ApiError, CoreUserConsent, core_user_consent, models};

impl Resource for core_user_consent::Family {
    type Row = UserConsent;

    const MODEL: Model = Model { app: "authentik_stages_consent", name: "userconsent", verbose: "User Consent" };
    const ORDER: &'static [&'static str] = &["application", "expires"];
    const SEARCH: &'static [&'static str] = &["permissions"];

    fields!(core_user_consent, with_parties);

    fn label(row: &UserConsent) -> String {
        format!("User Consent {}", row.id)
    }

    fn narrow(ctx: &mut Context, select: &mut SelectStatement) -> Result<bool, ApiError> {
        permission::own::<UserConsent>(ctx, select, "user_id")
    }
}

/// A consent with those who agreed to it.
struct WithParties<R> {
    row: R,
    application: Held<models::Application>,
    user: Held<models::User>,
}

completes!(WithParties);

/// Consents with users and applications; one of which either went meanwhile is left out.
async fn with_parties(ctx: &mut Context, rows: Vec<UserConsent>) -> Result<Vec<WithParties<UserConsent>>, ApiError> {
    let users: Vec<Account> = table::find_all(&mut ctx.db, "id", rows.iter().map(|row| row.user)).await?;
    let users: HashMap<i64, models::User> =
        Users::models(ctx, users).await?.into_iter().map(|user| (user.pk, user)).collect();
    let applications: Vec<Application> =
        table::find_all(&mut ctx.db, "id", rows.iter().map(|row| row.application)).await?;
    let applications: HashMap<Uuid, models::Application> =
        Applications::models(ctx, applications).await?.into_iter().map(|one| (one.pk, one)).collect();
    let with = |row: UserConsent| {
        Some(WithParties {
            application: Held(Some(applications.get(&row.application.0)?.clone())),
            user: Held(Some(users.get(&row.user.0)?.clone())),
            row,
        })
    };
    Ok(rows.into_iter().filter_map(with).collect())
}

impl CoreUserConsent for Context {}
