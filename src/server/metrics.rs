//! Metrics: how long requests took, for Prometheus.

use super::{
    dispatch::info,
    openapi::{Detail, Tag},
};
use crate::api::{
    auth::authenticate,
    context::{App, Caller},
};
use metrics::Histogram;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use poem::Request;
use poem_openapi::{
    ApiResponse, OpenApi, SecurityScheme,
    auth::Bearer,
    payload::{Json, PlainText},
};
use std::{
    sync::{Arc, Mutex, OnceLock, PoisonError},
    time::Duration,
};
use subtle::ConstantTimeEq;
use vestibule_api::ApiError;

/// What Prometheus asks.
pub(super) struct Metrics(pub Arc<App>);

/// The token that `VESTIBULE_METRICS_TOKEN` sets; where it is not set, an API token of a superuser.
#[derive(SecurityScheme)]
#[oai(ty = "bearer", rename = "metrics")]
struct Token(Bearer);

#[derive(ApiResponse)]
#[oai(bad_request_handler = "Answer::without_token")]
enum Answer {
    /// All metrics, in Prometheus' text format.
    #[oai(status = 200, content_type = "text/plain; version=0.0.4")]
    Metrics(PlainText<String>),
    /// No token, or not the right one.
    #[oai(status = 401)]
    Unauthorized(#[oai(header = "WWW-Authenticate")] String),
    /// Too many wrong tokens came from this network; worth another try after so many seconds.
    #[oai(status = 429)]
    TooMany(Json<Detail>, #[oai(header = "Retry-After")] u64),
}

impl Answer {
    fn unauthorized() -> Self {
        Self::Unauthorized("Bearer realm=\"metrics\"".into())
    }

    fn without_token(_: poem::Error) -> Self {
        Self::unauthorized()
    }
}

#[OpenApi(tag = "Tag::Operation")]
impl Metrics {
    /// What was measured since the start
    #[oai(path = "/-/metrics", method = "get", operation_id = "metrics")]
    async fn get(&self, request: &Request, token: Token) -> Answer {
        match self.allows(request, &token.0.token).await {
            Ok(true) => Answer::Metrics(PlainText(recorder().map_or(String::new(), PrometheusHandle::render))),
            Err(error @ ApiError::TooManyFailures { .. }) => {
                Answer::TooMany(Detail::of(&error), error.retry_after().unwrap_or(1))
            }
            Ok(false) | Err(_) => Answer::unauthorized(),
        }
    }
}

impl Metrics {
    async fn allows(&self, request: &Request, given: &str) -> Result<bool, ApiError> {
        if let Some(token) = &self.0.config.metrics_token {
            return Ok(given.as_bytes().ct_eq(token.as_bytes()).into());
        }
        let (info, _) = info(&self.0, request);
        let caller = authenticate(&self.0, Some(&format!("Bearer {given}")), &info).await?;
        Ok(matches!(caller, Caller::User(principal) if principal.superuser))
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
