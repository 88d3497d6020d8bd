//! `/enterprise/license/`: licences, which are kept for clients that expect them. No feature depends on one.

use crate::{
    api::{
        context::Context,
        fields::{Writer, fields},
        resource::{Model, Resource, Unique},
    },
    bootstrap::INSTALL_ID,
    domain::license,
    store::{
        Entity, query,
        tables::{License, User},
    },
};
use chrono::{DateTime, Duration, Utc};
use sea_query::{Expr, ExprTrait, Query};
use uuid::Uuid;
use vestibule_api::{
    ApiError, EnterpriseLicense, Errors, enterprise_license,
    models::{InstallId, LicenseForecast, LicenseSummary, UserTypeEnum},
};

/// How many licences there may be: all are read together.
const MOST: u64 = 100;
/// Growth in this time is what the forecast goes by,
const OBSERVED: Duration = Duration::days(30);
/// and it foresees so many times as much.
const FORESEEN: i64 = 12;

impl Resource for enterprise_license::Family {
    type Row = License;

    const MODEL: Model = Model { app: "authentik_enterprise", name: "license", verbose: "License" };
    const UNIQUE: &'static [Unique] = &[
        ("key", "key", "License with this key already exists."),
        ("key_fingerprint", "key", "License with this key already exists."),
    ];

    fields!(enterprise_license);

    fn label(row: &License) -> String {
        format!("License {}", row.name)
    }

    async fn check(
        ctx: &mut Context,
        row: &mut License,
        before: Option<&License>,
        to: &mut Writer,
    ) -> Result<(), ApiError> {
        if before.is_none()
            && u64::try_from(query::count(&mut ctx.db, &License::select()).await?).is_ok_and(|n| n >= MOST)
        {
            to.errors.add(Errors::NON_FIELD, format!("There are {MOST} licences already, which is the limit."));
        }
        if !to.has("key") {
            return Ok(());
        }
        match license::read(&row.key, &install_id(ctx).await?, ctx.now) {
            Some(license::License { name, expiry, internal_users, external_users }) => {
                *row = License { name, expiry, internal_users, external_users, ..row.clone() };
            }
            None => to.errors.add("key", "Unable to verify license"),
        }
        Ok(())
    }
}

/// The name of this installation.
async fn install_id(ctx: &mut Context) -> Result<String, ApiError> {
    let select = Query::select().column("value").from("meta").and_where(Expr::col("key").eq(INSTALL_ID)).take();
    let found: Option<(String,)> = ctx.db.optional(&select).await?;
    let text = found.map(|(text,)| text).unwrap_or_default();
    Ok(Uuid::parse_str(&text).map_or(text, |id| id.to_string()))
}

/// How many active users of a kind there are, who joined after a time.
async fn users(ctx: &mut Context, kind: UserTypeEnum, since: Option<DateTime<Utc>>) -> Result<i64, ApiError> {
    let mut select = User::select();
    select.and_where(Expr::col(("users", "kind")).eq(kind.as_str()));
    select.and_where(Expr::col(("users", "is_active")).eq(true));
    if let Some(since) = since {
        select.and_where(Expr::col(("users", "date_joined")).gte(since));
    }
    Ok(query::count(&mut ctx.db, &select).await?)
}

impl EnterpriseLicense for Context {
    async fn enterprise_license_forecast_retrieve(&mut self) -> Result<LicenseForecast, ApiError> {
        let since = Some(self.now - OBSERVED);
        Ok(LicenseForecast {
            internal_users: users(self, UserTypeEnum::Internal, None).await?,
            external_users: users(self, UserTypeEnum::External, None).await?,
            forecasted_internal_users: FORESEEN * users(self, UserTypeEnum::Internal, since).await?,
            forecasted_external_users: FORESEEN * users(self, UserTypeEnum::External, since).await?,
        })
    }

    async fn enterprise_license_get_install_id_retrieve(&mut self) -> Result<InstallId, ApiError> {
        Ok(InstallId { install_id: install_id(self).await? })
    }

    /// The sum of the licences that have not ended. It warns of nothing and closes nothing, whatever it is.
    async fn enterprise_license_summary_retrieve(&mut self) -> Result<LicenseSummary, ApiError> {
        let all: Vec<License> = self.db.all(&License::select()).await?;
        let holding: Vec<&License> = all.iter().filter(|license| license.expiry > self.now).collect();
        let internal_users = holding.iter().map(|license| license.internal_users).sum();
        let external_users = holding.iter().map(|license| license.external_users).sum();
        let valid = !holding.is_empty()
            && users(self, UserTypeEnum::Internal, None).await? <= internal_users
            && users(self, UserTypeEnum::External, None).await? <= external_users;
        Ok(LicenseSummary {
            internal_users,
            external_users,
            valid,
            has_license: !all.is_empty(),
            latest_valid: all.iter().map(|license| license.expiry).max().unwrap_or(DateTime::UNIX_EPOCH),
            read_only: false,
            show_admin_warning: false,
            show_user_warning: false,
        })
    }
}
