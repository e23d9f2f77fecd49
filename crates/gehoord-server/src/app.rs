//! The whole of the server as one value: [`app`] gives a router that can be tested without a port.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::{DefaultBodyLimit, MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use gehoord_ingest::pseudonym::Pseudonymiser;
use gehoord_listening::Listener;
use gehoord_store::{Store, StoreError};
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::sync::Semaphore;
use tower_http::timeout::TimeoutLayer;
use utoipa::OpenApi;
use utoipa::openapi::ResponseBuilder;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa_axum::router::OpenApiRouter;

use crate::api::recordings::Listened;
use crate::in_force::InForce;
use crate::language_model::LanguageModel;
use crate::live::Live;
use crate::pages::Practising;
use crate::speech_to_text::SpeechToText;
use crate::telephony::{self, Calls, Telephony};
use crate::{api, pages, telemetry};

/// The largest body that is read.
const BODY: usize = 8 * 1024 * 1024;
/// No answer takes longer; streams do.
const PATIENCE: Duration = Duration::from_secs(30);

/// What every request needs. Cheap to clone.
#[derive(Clone)]
pub struct App {
    pub(crate) store: Store,
    pub(crate) in_force: InForce,
    pub(crate) pseudonymiser: Arc<Pseudonymiser>,
    pub(crate) live: Live,
    /// Whose turn it is to look into a file that somebody gave.
    pub(crate) looks: Arc<Semaphore>,
    pub(crate) metrics: PrometheusHandle,
    pub(crate) secure_cookies: bool,
    pub(crate) demo: bool,
    pub(crate) language_model: Option<Arc<LanguageModel>>,
    pub(crate) speech_to_text: SpeechToText,
    pub(crate) calls: Calls,
    pub(crate) telephony: Option<Arc<Telephony>>,
    pub(crate) practising: Practising,
    pub(crate) listened: Listened,
}

impl App {
    /// A server over a store, with the ears that listen.
    #[must_use]
    pub fn new(store: Store, listener: Arc<Listener>, pseudonymiser: Arc<Pseudonymiser>) -> Self {
        let in_force = InForce::new(listener);
        Self {
            live: Live::new(store.clone(), in_force.clone(), Arc::clone(&pseudonymiser)),
            store,
            in_force,
            pseudonymiser,
            looks: Arc::new(Semaphore::new(1)),
            metrics: telemetry::start_metrics(),
            secure_cookies: true,
            demo: false,
            language_model: None,
            speech_to_text: SpeechToText::default(),
            calls: Calls::default(),
            telephony: None,
            practising: Practising::default(),
            listened: Listened::default(),
        }
    }

    /// The same server for plain HTTP, as on the own machine: browsers keep its cookies all the same.
    #[must_use]
    pub const fn with_plain_cookies(mut self) -> Self {
        self.secure_cookies = false;
        self
    }

    /// The same server over conversations that are all made up; every page says so.
    #[must_use]
    pub const fn with_demo(mut self) -> Self {
        self.demo = true;
        self
    }

    /// The same server with a language model that may make suggestions too.
    #[must_use]
    pub fn with_language_model(mut self, model: LanguageModel) -> Self {
        self.language_model = Some(Arc::new(model));
        self
    }

    /// The same server with what writes out speech, or why there is none.
    #[must_use]
    pub fn with_speech_to_text(mut self, speech_to_text: SpeechToText) -> Self {
        if let Some(why) = speech_to_text.trouble() {
            telemetry::speech_model_unusable(why);
        }
        self.calls = match speech_to_text.model() {
            Some(_) => Calls::with_words(),
            None => Calls::default(),
        };
        self.speech_to_text = speech_to_text;
        self
    }

    /// The same server with telephone systems that may come in.
    #[must_use]
    pub fn with_telephony(mut self, telephony: Telephony) -> Self {
        self.telephony = Some(Arc::new(telephony));
        self
    }

    /// Where conversations stay.
    #[must_use]
    pub const fn store(&self) -> &Store {
        &self.store
    }

    /// What listens, and what finds personal data.
    #[must_use]
    pub fn ears(&self) -> (Arc<Listener>, &Pseudonymiser) {
        (self.listener(), &self.pseudonymiser)
    }

    /// The ears of now.
    pub(crate) fn listener(&self) -> Arc<Listener> {
        self.in_force.listener()
    }

    /// Reads what the organisation decided: listening and helping follow it from now on.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn follow_decisions(&self) -> Result<(), StoreError> {
        self.in_force.follow(&self.store).await
    }

    /// The live conversations, to be ended when the server stops.
    #[must_use]
    pub fn live(&self) -> &Live {
        &self.live
    }
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "gehoord",
        description = "Was this customer heard? Every text that comes out is masked, unless you help \
            this customer now. Every request leaves a row in the audit."
    ),
    modifiers(&Doors)
)]
struct Document;

/// The two ways in.
struct Doors;

impl utoipa::Modify for Doors {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let schemes = &mut document.components.get_or_insert_with(Default::default);
        let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
        schemes.add_security_scheme("token", SecurityScheme::Http(bearer));
        let cookie = ApiKey::Cookie(ApiKeyValue::new(crate::access::COOKIE));
        schemes.add_security_scheme("session", SecurityScheme::ApiKey(cookie));
    }
}

/// The document that describes every route, and the routes.
fn routes() -> (Router<App>, utoipa::openapi::OpenApi) {
    let routes = OpenApiRouter::with_openapi(Document::openapi()).nest("/api/v1", api::routes());
    let (router, mut document) = routes.split_for_parts();
    for path in document.paths.paths.values_mut() {
        let operations =
            [&mut path.get, &mut path.put, &mut path.post, &mut path.delete].into_iter().flatten();
        for operation in operations {
            let mut add = |status: &str, why: &str| {
                let response = ResponseBuilder::new().description(why).build();
                operation.responses.responses.insert(status.to_owned(), response.into());
            };
            add("503", "It took too long");
            if operation.request_body.is_some() {
                add("413", "The body is larger than it may be");
            }
        }
    }
    (router, document)
}

/// The document that describes every route (OpenAPI 3.1).
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    routes().1
}

/// Every door.
pub fn app(state: App) -> Router {
    let (router, document) = routes();
    let document = Arc::new(serde_json::to_value(&document).unwrap_or_default());
    router
        .merge(pages::routes(state.clone()))
        // Streams go on, and files take their time; everything else answers in time.
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, PATIENCE))
        .merge(api::streams())
        .merge(telephony::routes())
        .merge(pages::slow_routes(state.clone()))
        .route("/openapi.json", get(async move || Json((*document).clone())))
        .route("/health", get(async || "ok"))
        .route("/ready", get(ready))
        .route("/metrics", get(async |State(app): State<App>| app.metrics.render()))
        .fallback(pages::nothing_here)
        .method_not_allowed_fallback(pages::not_so)
        .layer(DefaultBodyLimit::max(BODY))
        .layer(middleware::from_fn(measure))
        .layer(middleware::map_response(headers))
        .with_state(state)
}

/// Whether the database answers.
async fn ready(State(app): State<App>) -> Response {
    match app.store.ping().await {
        Ok(()) => "ready".into_response(),
        Err(error) => {
            telemetry::request_failed(&error.to_string());
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer").into_response()
        }
    }
}

async fn measure(request: Request, next: Next) -> Response {
    let started = Instant::now();
    let method = known_method(request.method());
    // The pattern, never the address itself: ids stay out of the numbers.
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let response = next.run(request).await;
    let route = route.as_deref().unwrap_or("none");
    telemetry::request_done(method, route, response.status().as_u16(), started.elapsed());
    response
}

/// The method for the numbers: whoever sends invented ones makes no new rows.
fn known_method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::OPTIONS => "OPTIONS",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        _ => "other",
    }
}

/// What a browser may let a page do: nothing of these.
const MAY: (&str, &str) = ("permissions-policy", "camera=(), geolocation=(), microphone=()");
/// The same for the page on which somebody practises their voice.
pub(crate) const MAY_HEAR: (&str, &str) =
    ("permissions-policy", "camera=(), geolocation=(), microphone=(self)");

/// Nothing here may be framed, guessed at, kept by others or run from elsewhere.
async fn headers(mut response: Response) -> Response {
    const HEADERS: [(HeaderName, &str); 7] = [
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
             font-src 'self'; connect-src 'self'; media-src 'self'; form-action 'self'; frame-ancestors 'none'; \
             base-uri 'none'",
        ),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::STRICT_TRANSPORT_SECURITY, "max-age=31536000"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ];
    for (name, value) in HEADERS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    let (name, value) = MAY;
    response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    response
        .headers_mut()
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    response
}
