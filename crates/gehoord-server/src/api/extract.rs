//! Reading requests, with errors in the one form that this API has.

use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::request::Parts;
use gehoord_conversation::wire::wrong::plainly;
use gehoord_store::Cursor;
use serde::de::DeserializeOwned;

use crate::error::ApiError;

/// The JSON body of a request.
pub(crate) struct Body<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let read = axum::Json::<T>::from_request(request, state).await;
        Ok(Self(read.map_err(|wrong| plain(wrong.into()))?.0))
    }
}

/// What follows the question mark.
pub(crate) struct Asked<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Asked<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let read = Query::<T>::from_request_parts(parts, state).await;
        Ok(Self(read.map_err(|wrong| plain(wrong.into()))?.0))
    }
}

/// The same in the words of people: which field, what was expected, what is there.
fn plain(error: ApiError) -> ApiError {
    let said = |message: String| {
        // Before it stands how far the program came.
        let own = ["into the target type: ", "body as JSON: ", "query string: "];
        let why = own.iter().find_map(|own| Some(message.split_once(own)?.1));
        plainly(why.unwrap_or(&message))
    };
    match error {
        ApiError::Invalid(message) => ApiError::Invalid(said(message)),
        ApiError::NotJson(message) => ApiError::NotJson(said(message)),
        other => other,
    }
}

/// An id in the address.
pub(crate) struct Id(pub(crate) String);

impl<S: Send + Sync> FromRequestParts<S> for Id {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let id = Path::<String>::from_request_parts(parts, state).await;
        let id = id.map_err(|_| ApiError::NotFound("no such id".to_owned()))?.0;
        // PostgreSQL takes no NUL in a text, and no id holds one.
        if id.contains('\0') || id.len() > 200 {
            return Err(ApiError::NotFound("no such id".to_owned()));
        }
        Ok(Self(id))
    }
}

/// A text that may be kept: no NUL, and no longer than `longest` bytes.
pub(crate) fn fits(name: &str, text: &str, longest: usize) -> Result<(), ApiError> {
    if text.contains('\0') {
        return Err(ApiError::Invalid(format!("{name} holds a NUL character")));
    }
    if text.len() > longest {
        return Err(ApiError::Invalid(format!("{name} may be {longest} bytes long at most")));
    }
    Ok(())
}

/// The `next` of a page before.
pub(crate) fn after(text: Option<&str>) -> Result<Option<Cursor>, ApiError> {
    Ok(text.map(str::parse).transpose()?)
}

/// How many rows a page may have: 1 to `most`. 0, which nobody asked for, leaves it to the store.
pub(crate) fn at_most(asked: Option<i64>, most: i64) -> Result<i64, ApiError> {
    match asked {
        None => Ok(0),
        Some(limit) if (1..=most).contains(&limit) => Ok(limit),
        Some(_) => Err(ApiError::Invalid(format!("limit must be 1 to {most}"))),
    }
}

/// A time as it is written in the API, in milliseconds since 1970.
pub(crate) fn time(name: &str, text: &str) -> Result<i64, ApiError> {
    let timestamp: Result<jiff::Timestamp, _> = text.parse();
    timestamp.map(jiff::Timestamp::as_millisecond).map_err(|_| {
        ApiError::Invalid(format!("{name} must be written as 2026-03-02T12:00:00+01:00"))
    })
}

/// Milliseconds since 1970 as the API writes them: RFC 3339, UTC.
pub(crate) fn written(at: i64) -> String {
    jiff::Timestamp::from_millisecond(at).map(|at| at.to_string()).unwrap_or_default()
}
