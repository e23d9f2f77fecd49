//! The pages: what a person sees in a browser. Rendered here; they work without JavaScript, and the
//! small modules in `assets/` only sharpen them.
//!
//! Read in this order: [`visit`] (who looks, in which language), [`frame`] (what every page has
//! around it), then one module a page. Texts stand in `texts/<language>.toml`, shapes in
//! `templates/`, looks in `assets/app.css`.
//!
//! Architecture invariants: every text of a customer goes through a template, which escapes it; no
//! line outside a turn names a feeling; a page asks for the same rights as the API.

mod account;
mod admin;
mod assets;
mod calls;
mod contact;
mod contacts;
mod figures;
mod frame;
mod handover;
mod home;
mod icons;
mod import;
mod lines;
mod login;
mod note;
mod practice;
mod privacy;
mod problem;
mod reply;
mod safety;
mod shared;
mod texts;
mod today;
mod visit;
mod when;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware;
use axum::routing::{get, post};

use crate::app::App;

pub(crate) use calls::events as call_words;
pub use contact::{CallFacts, Cell, Mirror, Reader, Sheet, Sounded, Told};
pub use figures::clock;
pub(crate) use practice::Practising;
pub(crate) use problem::{not_so, nothing_here};

/// Makes the router, and the list of its doors, from one table.
macro_rules! doors {
    (
        $($method:ident $path:literal $handler:path;)*
        => $($slow_method:ident $slow_path:literal $slow_handler:path;)*
        => $($file_method:ident $file_path:literal $file_handler:path;)*
    ) => {
        /// Every door of the pages: method and path.
        pub const PAGES: &[(&str, &str)] = &[
            $((stringify!($method), $path),)*
            $((stringify!($slow_method), $slow_path),)*
            $((stringify!($file_method), $file_path),)*
        ];

        fn table() -> Router<App> {
            Router::new()$(.route($path, $method($handler)))*
        }

        fn slow_table() -> Router<App> {
            Router::new()$(.route($slow_path, $slow_method($slow_handler)))*
        }

        fn file_table() -> Router<App> {
            Router::new()$(.route($file_path, $file_method($file_handler)))*
        }
    };
}

doors! {
    get "/" home::home;
    get "/login" login::page;
    post "/login" login::log_in;
    post "/logout" login::log_out;
    post "/choice" visit::choose;
    get "/account" account::page;
    post "/account/password" account::set_password;
    post "/account/tokens" account::add_token;
    post "/account/tokens/{id}/revoke" account::revoke_token;
    get "/today" today::page;
    get "/calls" calls::page;
    post "/calls/advice" calls::set_advice;
    post "/calls/silence" calls::silence;
    get "/contacts" contacts::list;
    get "/search" contacts::search;
    get "/shared" shared::page;
    post "/shares/{id}/revoke" shared::revoke;
    post "/shares/{id}/answer" contact::answer_share;
    get "/privacy" privacy::page;
    get "/privacy/mine" privacy::looked::mine;
    get "/privacy/audit" privacy::looked::page;
    get "/privacy/kept" privacy::kept::page;
    post "/privacy/kept" privacy::kept::choose;
    get "/privacy/customer" privacy::customer::page;
    post "/privacy/customer" privacy::customer::find;
    post "/privacy/customer/export" privacy::customer::download;
    post "/privacy/customer/erase" privacy::customer::erase;
    get "/privacy/erasures/{id}" privacy::customer::proof;
    get "/admin" admin::people::page;
    post "/admin/people" admin::people::add;
    get "/admin/people/{id}" admin::people::one;
    post "/admin/people/{id}" admin::people::change;
    post "/admin/people/{id}/password" admin::people::set_password;
    post "/admin/people/{id}/sessions" admin::people::end_sessions;
    get "/admin/teams" admin::teams::page;
    post "/admin/teams" admin::teams::add;
    post "/admin/teams/{id}" admin::teams::change;
    get "/admin/texts/{id}" admin::documents::page;
    post "/admin/texts/{id}" admin::documents::keep;
    post "/admin/texts/{id}/checked" admin::documents::check;
    get "/admin/cultures" admin::cultures::page;
    post "/admin/cultures" admin::cultures::switch;
    get "/admin/switches" admin::switches::page;
    post "/admin/switches/named_review" admin::switches::named_review;
    post "/admin/switches/customer_voice" admin::switches::customer_voice;
    get "/admin/speech" admin::speech::page;
    get "/admin/tokens" admin::tokens::page;
    post "/admin/tokens/{id}/revoke" admin::tokens::revoke;
    post "/admin/listen-again" admin::listen_again;
    get "/contacts/{id}" contact::page;
    post "/contacts/{id}/take" contact::take;
    post "/contacts/{id}/status" contact::set_status;
    post "/contacts/{id}/feedback" contact::doubt;
    post "/contacts/{id}/share" contact::share;
    get "/contacts/{id}/after" safety::after;
    post "/contacts/{id}/reply" reply::check_contact;
    get "/note" note::page;
    post "/note" note::write;
    get "/practice" practice::page;
    get "/practice/sound" practice::sound_socket;
    get "/reply" reply::page;
    post "/reply" reply::check;
    post "/promises/{id}/state" contact::settle_promise;
    post "/promises/{id}/due" contact::confirm_promise;
    get "/import" import::page;
    get "/import/{id}" import::one;
    post "/import/{id}/cancel" import::cancel;
    get "/assets/{version}/{name}" assets::asset;
    // What takes its time, and what files come in by.
    => post "/import/{id}/choose" import::choose;
    => post "/import" import::upload;
}

/// Every page. What goes wrong in one is told in words.
pub(crate) fn routes(app: App) -> Router<App> {
    table().layer(middleware::from_fn_with_state(app, problem::in_words))
}

/// Those that may take longer than an answer does, as large files are read.
pub(crate) fn slow_routes(app: App) -> Router<App> {
    // How large files may be is looked after there.
    slow_table()
        .merge(file_table().layer(DefaultBodyLimit::disable()))
        .layer(middleware::from_fn_with_state(app, problem::in_words))
}
