//! `/admin/metrics/`: what was done in the last seven days, per eight hours, as far as the caller may see it.

use crate::{
    api::{context::Context, permission},
    store::{events::volume, tables::Event},
};
use chrono::Duration;
use sea_query::{Expr, ExprTrait, Query};
use vestibule_api::{
    AdminMetrics, ApiError,
    models::{Coordinate, LoginMetrics},
};

/// Length of one interval.
const INTERVAL: Duration = Duration::hours(8);
/// How many intervals are counted.
const INTERVALS: i32 = 7 * 3;

impl AdminMetrics for Context {
    async fn admin_metrics_retrieve(&mut self) -> Result<LoginMetrics, ApiError> {
        let mut visible = Query::select();
        permission::narrow::<Event>(self, &mut visible, &["authentik_events.view_event"])?;
        let (now, db) = (self.now, &mut self.db);
        let mut counted = async |action: &str| {
            let events = visible.clone().and_where(Expr::col(("events", "action")).eq(action)).take();
            let counts = volume(db, events, now, INTERVAL, INTERVALS).await?;
            let ends = (0..INTERVALS).map(|index| (now - INTERVAL * index).timestamp() * 1000);
            Ok::<_, ApiError>(ends.zip(counts).map(|(x_cord, y_cord)| Coordinate { x_cord, y_cord }).collect())
        };
        Ok(LoginMetrics {
            logins: counted("login").await?,
            logins_failed: counted("login_failed").await?,
            authorizations: counted("authorize_application").await?,
        })
    }
}
