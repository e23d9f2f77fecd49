//! What the pages load: one style sheet and small modules, part of the program.

use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};

use super::problem::PageError;
use crate::error::ApiError;

/// Name, media type, contents.
const ASSETS: [(&str, &str, &str); 15] = [
    ("app.css", "text/css; charset=utf-8", include_str!("../../assets/app.css")),
    ("app.js", "text/javascript; charset=utf-8", include_str!("../../assets/app.js")),
    ("copy.js", "text/javascript; charset=utf-8", include_str!("../../assets/copy.js")),
    ("import.js", "text/javascript; charset=utf-8", include_str!("../../assets/import.js")),
    ("keep.js", "text/javascript; charset=utf-8", include_str!("../../assets/keep.js")),
    ("live.js", "text/javascript; charset=utf-8", include_str!("../../assets/live.js")),
    ("marks.js", "text/javascript; charset=utf-8", include_str!("../../assets/marks.js")),
    ("practice.js", "text/javascript; charset=utf-8", include_str!("../../assets/practice.js")),
    (
        "practice-take.js",
        "text/javascript; charset=utf-8",
        include_str!("../../assets/practice-take.js"),
    ),
    (
        "recorded-call.js",
        "text/javascript; charset=utf-8",
        include_str!("../../assets/recorded-call.js"),
    ),
    ("reply.js", "text/javascript; charset=utf-8", include_str!("../../assets/reply.js")),
    (
        "running-call.js",
        "text/javascript; charset=utf-8",
        include_str!("../../assets/running-call.js"),
    ),
    ("sheet.js", "text/javascript; charset=utf-8", include_str!("../../assets/sheet.js")),
    ("suggest.js", "text/javascript; charset=utf-8", include_str!("../../assets/suggest.js")),
    ("icon.svg", "image/svg+xml", include_str!("../../assets/icon.svg")),
];

/// Stands in every address, so that a browser may keep what it has until anything changes.
static VERSION: LazyLock<String> = LazyLock::new(|| {
    let digest = ASSETS.iter().fold(Sha256::new(), |all, (.., text)| all.chain_update(text));
    gehoord_store::hex(&digest.finalize()[..6])
});

/// The style sheet, for a page that stands alone.
pub(crate) fn style() -> &'static str {
    ASSETS[0].2
}

/// Where something is to be had.
pub(crate) fn address(name: &str) -> String {
    format!("/assets/{}/{name}", *VERSION)
}

/// Gives it.
pub(crate) async fn asset(Path((_, name)): Path<(String, String)>) -> Result<Response, PageError> {
    let known = ASSETS.iter().find(|(known, ..)| *known == name);
    let Some((_, media, text)) = known else {
        return Err(ApiError::NotFound("there is nothing at this address".to_owned()).into());
    };
    let mut response = (*text).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media));
    let keep = HeaderValue::from_static("public, max-age=31536000, immutable");
    headers.insert(header::CACHE_CONTROL, keep);
    Ok(response)
}
