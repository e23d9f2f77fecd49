//! Every log line and every number, by name. ERROR: somebody must act; WARN: something went wrong and
//! was set right; INFO: start and stop. Never a word of a customer.

use std::time::Duration;

use metrics::{counter, gauge, histogram};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::EnvFilter;

/// Turns the log on: JSON lines on standard error. `level` says how much: `error`, `warn`, `info`,
/// or more, such as `info,sqlx=warn`.
///
/// # Errors
/// When `level` is no level.
pub fn start_log(level: &str) -> Result<(), String> {
    // PostgreSQL notes of what is there already are no news; a level given comes after and wins.
    let filter = EnvFilter::try_new(format!("sqlx::postgres::notice=warn,{level}"))
        .map_err(|error| error.to_string())?;
    let log = tracing_subscriber::fmt().json().with_env_filter(filter).with_target(false);
    // A second one in the same process is of no use, and no mistake.
    let _ = log.with_writer(std::io::stderr).try_init();
    Ok(())
}

/// The numbers, to be read at `/metrics`.
pub(crate) fn start_metrics() -> PrometheusHandle {
    let seconds = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0];
    let builder = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &seconds)
        .unwrap_or_else(|_| PrometheusBuilder::new());
    let recorder = builder.build_recorder();
    let handle = recorder.handle();
    // In tests many servers share one process; the first one counts for all.
    let _ = metrics::set_global_recorder(recorder);
    handle
}

pub(crate) fn started(address: &str, database: &str) {
    tracing::info!(address, database, "started");
}

pub(crate) fn stopping() {
    tracing::info!("stopping: what is under way is finished first");
}

pub(crate) fn stopped() {
    tracing::info!("stopped");
}

pub(crate) fn request_failed(details: &str) {
    counter!("gehoord_errors_total").increment(1);
    tracing::error!(details, "a request failed");
}

pub(crate) fn request_done(method: &'static str, route: &str, status: u16, took: Duration) {
    let labels = [
        ("method", method.to_owned()),
        ("route", route.to_owned()),
        ("status", status.to_string()),
    ];
    counter!("gehoord_requests_total", &labels).increment(1);
    histogram!("gehoord_request_seconds", "route" => route.to_owned()).record(took);
}

pub(crate) fn turn_heard(took: Duration) {
    counter!("gehoord_turns_heard_total").increment(1);
    histogram!("gehoord_turn_seconds").record(took);
}

pub(crate) fn conversations_live(count: usize) {
    #[allow(clippy::cast_precision_loss, reason = "a gauge is a float")]
    gauge!("gehoord_conversations_live").set(count as f64);
}

pub(crate) fn login_failed() {
    counter!("gehoord_login_failures_total").increment(1);
}

pub(crate) fn listener_lagged(missed: u64) {
    tracing::warn!(missed, "a screen could not follow and was sent what is there now");
}

pub(crate) fn decision_unusable(kind: &str, error: &str) {
    tracing::error!(kind, error, "what was decided cannot be used; what ships is in force instead");
}

pub(crate) fn words_lag() {
    counter!("gehoord_call_words_lost_total", "why" => "lag").increment(1);
}

pub(crate) fn words_failed(why: &str) {
    counter!("gehoord_call_words_lost_total", "why" => "failed").increment(1);
    tracing::warn!(why, "something that was said in a call could not be written out");
}

pub(crate) fn speech_model_unusable(why: &str) {
    tracing::error!(why, "speech to text is off; everything else works");
}

pub(crate) fn job_failed(kind: &str, error: &str) {
    tracing::error!(kind, error, "a job failed");
}

/// `why` holds nothing of what was said.
pub(crate) fn call_refused(system: &'static str, why: &str) {
    counter!("gehoord_calls_refused_total", "system" => system).increment(1);
    tracing::warn!(system, why, "a call of a telephone system could not be heard on");
}

/// `why` is one of a few words.
pub(crate) fn call_ended(why: &'static str) {
    counter!("gehoord_calls_ended_total", "why" => why).increment(1);
}

/// `result` says what became of what the language model made.
pub(crate) fn language_model_answered(result: &'static str, took: Duration) {
    counter!("gehoord_language_model_answers_total", "result" => result).increment(1);
    histogram!("gehoord_language_model_seconds").record(took);
}

pub(crate) fn language_model_failed(why: &str) {
    tracing::warn!(why, "the language model gave nothing; suggestions are made without");
}
