//! Liveness, readiness and metrics.

use crate::api::{
    auth::authenticate,
    context::{App, Caller},
};
use http::{StatusCode, header};
use metrics::Histogram;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use poem::{Endpoint, Request, Response, handler};
use std::{
    sync::{Arc, Mutex, OnceLock, PoisonError},
    time::Duration,
};

/// The process is up.
#[handler]
pub(super) fn live() -> StatusCode {
    StatusCode::NO_CONTENT
}

/// The database answers.
pub(super) struct Ready(pub Arc<App>);

impl Endpoint for Ready {
    type Output = Response;

    async fn call(&self, _request: Request) -> poem::Result<Response> {
        let one = sea_query::Query::select().expr(sea_query::Expr::val(1_i64)).to_owned();
        let status = match self.0.db.primary().one::<(i64,)>(&one).await {
            Ok(_) => StatusCode::NO_CONTENT,
            Err(error) => {
                tracing::error!(%error, "the database does not answer");
                StatusCode::SERVICE_UNAVAILABLE
            }
        };
        Ok(Response::from(status))
    }
}

/// Prometheus text format, for the holder of the metrics token or a superuser's API token.
pub(super) struct Metrics(pub Arc<App>);

impl Endpoint for Metrics {
    type Output = Response;

    async fn call(&self, request: Request) -> poem::Result<Response> {
        if !self.allowed(&request).await {
            let challenge = Response::builder().status(StatusCode::UNAUTHORIZED);
            return Ok(challenge.header(header::WWW_AUTHENTICATE, "Bearer realm=\"metrics\"").finish());
        }
        let text = recorder().map_or(String::new(), PrometheusHandle::render);
        Ok(Response::builder().content_type("text/plain; version=0.0.4").body(text))
    }
}

impl Metrics {
    async fn allowed(&self, request: &Request) -> bool {
        let header = request.headers().get(header::AUTHORIZATION).and_then(|h| h.to_str().ok());
        let given = header.and_then(|h| h.strip_prefix("Bearer ")).unwrap_or_default();
        if let Some(token) = &self.0.config.metrics_token {
            return subtle::ConstantTimeEq::ct_eq(given.as_bytes(), token.as_bytes()).into();
        }
        let caller = authenticate(&self.0, header).await;
        matches!(caller, Ok(Caller::User(principal)) if principal.superuser)
    }
}

/// Bounds for times, in seconds.
const BUCKETS: &[f64] = &[0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// How often what was recorded is summed up. Until then every single time is kept.
const UPKEEP: Duration = Duration::from_secs(5);

/// The process-wide recorder, installed on first use.
pub(super) fn recorder() -> Option<&'static PrometheusHandle> {
    static RECORDER: OnceLock<Option<PrometheusHandle>> = OnceLock::new();
    let install = || PrometheusBuilder::new().set_buckets(BUCKETS).ok()?.install_recorder().ok();
    RECORDER.get_or_init(install).as_ref()
}

/// Sums up what was recorded, for ever: nobody may be asking for it.
pub(super) async fn upkeep() {
    let mut interval = tokio::time::interval(UPKEEP);
    loop {
        interval.tick().await;
        if let Some(recorder) = recorder() {
            recorder.run_upkeep();
        }
    }
}

/// How long the requests for one path took. Finding a histogram by its labels costs more than recording, so the few there
/// are stay at hand.
#[derive(Default)]
pub(super) struct Times(Mutex<Vec<(&'static str, u16, Histogram)>>);

impl Times {
    pub(super) fn record(&self, operation: &'static str, status: u16, time: Duration) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let index = known.iter().position(|(o, s, _)| (*o, *s) == (operation, status)).unwrap_or_else(|| {
            recorder();
            let labels = [("operation", operation.to_owned()), ("status", status.to_string())];
            known.push((operation, status, metrics::histogram!("vestibule_request_seconds", &labels)));
            known.len() - 1
        });
        known[index].2.record(time.as_secs_f64());
    }
}
