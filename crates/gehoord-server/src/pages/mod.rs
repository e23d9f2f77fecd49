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
mod contact;
mod contacts;
mod frame;
mod handover;
mod home;
mod icons;
mod lines;
mod login;
mod note;
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
use axum::middleware;
use axum::routing::{get, post};

use crate::app::App;

pub use contact::Sheet;
pub(crate) use problem::nothing_here;

/// Makes the router, and the list of its doors, from one table.
macro_rules! doors {
    ($($method:ident $path:literal $handler:path;)*) => {
        /// Every door of the pages: method and path.
        pub const PAGES: &[(&str, &str)] = &[$((stringify!($method), $path)),*];

        fn table() -> Router<App> {
            Router::new()$(.route($path, $method($handler)))*
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
    get "/today" today::page;
    get "/contacts" contacts::list;
    get "/search" contacts::search;
    get "/shared" shared::page;
    post "/shares/{id}/revoke" shared::revoke;
    get "/privacy" privacy::page;
    get "/admin" admin::page;
    post "/admin/teams" admin::add_team;
    post "/admin/people" admin::add_person;
    get "/contacts/{id}" contact::page;
    post "/contacts/{id}/take" contact::take;
    post "/contacts/{id}/status" contact::set_status;
    post "/contacts/{id}/feedback" contact::doubt;
    post "/contacts/{id}/share" contact::share;
    get "/contacts/{id}/after" safety::after;
    post "/contacts/{id}/reply" reply::check_contact;
    get "/note" note::page;
    post "/note" note::write;
    get "/reply" reply::page;
    post "/reply" reply::check;
    post "/promises/{id}/state" contact::settle_promise;
    post "/promises/{id}/due" contact::confirm_promise;
    get "/assets/{version}/{name}" assets::asset;
}

/// Every page. What goes wrong in one is told in words.
pub(crate) fn routes(app: App) -> Router<App> {
    table().layer(middleware::from_fn_with_state(app, problem::in_words))
}
