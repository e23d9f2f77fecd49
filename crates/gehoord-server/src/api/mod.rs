//! The API under `/api/v1`: one module a thing. A route and its place in the document are one line.

pub(crate) mod calls;
pub(crate) mod compose;
pub(crate) mod conversations;
pub(crate) mod extract;
mod feedback;
pub(crate) mod handover;
mod listen;
pub(crate) mod me;
pub(crate) mod people;
pub(crate) mod privacy;
pub(crate) mod promises;
pub(crate) mod recordings;
pub(crate) mod session;
pub(crate) mod settings;
mod shares;
mod stream;
mod streams;
mod suggest;
mod teams;

use axum::Router;
use axum::routing::get;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;

/// Every route of the API that answers once, and what the document says of all.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(streams::document())
        .routes(routes!(session::log_in, session::log_out))
        .routes(routes!(me::me))
        .routes(routes!(me::set_password))
        .routes(routes!(me::tokens, me::add_token))
        .routes(routes!(me::revoke_token))
        .routes(routes!(conversations::list, conversations::create))
        .routes(routes!(conversations::read))
        .routes(routes!(conversations::history))
        .routes(routes!(handover::handover))
        .routes(routes!(recordings::read))
        .routes(routes!(recordings::sound))
        .routes(routes!(conversations::append))
        .routes(routes!(conversations::assign))
        .routes(routes!(conversations::set_status))
        .routes(routes!(conversations::answer))
        .routes(routes!(feedback::list, feedback::give))
        .routes(routes!(conversations::search))
        .routes(routes!(promises::of_conversation))
        .routes(routes!(promises::open))
        .routes(routes!(promises::settle))
        .routes(routes!(promises::confirm))
        .routes(routes!(promises::event))
        .routes(routes!(shares::list, shares::share))
        .routes(routes!(shares::revoke))
        .routes(routes!(listen::listen))
        .routes(routes!(listen::check))
        .routes(routes!(suggest::suggest))
        .routes(routes!(calls::list))
        .routes(routes!(calls::silence))
        .routes(routes!(people::list, people::add))
        .routes(routes!(people::change))
        .routes(routes!(teams::list, teams::add))
        .routes(routes!(teams::figures))
        .routes(routes!(settings::read))
        .routes(routes!(settings::set_named_review))
        .routes(routes!(settings::documents, settings::put_document))
        .routes(routes!(privacy::retention, privacy::set_retention))
        .routes(routes!(privacy::run_retention))
        .routes(routes!(privacy::audit))
        .routes(routes!(privacy::export_customer))
        .routes(routes!(privacy::erase_customer))
        .routes(routes!(privacy::who_sees_what))
        .routes(routes!(privacy::jobs, privacy::listen_again))
}

/// Routes that stay open: a screen follows a conversation, or gets advice while somebody writes. What
/// the document says of them stands in [`streams`](mod@streams).
pub(crate) fn streams() -> Router<App> {
    Router::new()
        .route("/api/v1/conversations/{id}/events", get(stream::events))
        .route("/api/v1/conversations/{id}/socket", get(stream::socket))
        .route("/api/v1/compose", get(compose::socket))
}
