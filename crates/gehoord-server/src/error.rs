//! What goes wrong at the door: one table of codes. Details are logged, never sent.

use axum::Json;
use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use gehoord_store::StoreError;
use serde::Serialize;
use utoipa::ToSchema;

use crate::telemetry;

/// Why a request was refused.
#[derive(Debug)]
pub(crate) enum ApiError {
    /// Nobody who is known asks.
    NotLoggedIn,
    /// The signature of a telephone system is missing, wrong or old.
    NotSigned,
    /// Login or password is wrong; which one is not told.
    WrongLogin,
    /// Too many wrong passwords; wait so many seconds.
    TooManyLogins(u64),
    /// The word that belongs to the session is missing or wrong.
    Csrf,
    /// The right is not there.
    Forbidden(String),
    /// It is not there, as far as this viewer may know.
    NotFound(String),
    /// The request cannot be read, or asks for what cannot be.
    Invalid(String),
    /// The body is larger than it may be.
    TooLarge,
    /// The body is no JSON.
    NotJson(String),
    /// The state does not allow it.
    Conflict(String),
    /// It is of a customer who was erased.
    Erased(String),
    /// The server failed; the details are in its log.
    Internal(String),
}

/// The body of an error.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ErrorBody {
    error: ErrorDetail,
}

/// What went wrong.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ErrorDetail {
    /// Stable.
    code: &'static str,
    /// For people.
    message: String,
}

impl ApiError {
    /// No telephone system of this kind was connected.
    pub(crate) fn not_connected() -> Self {
        Self::NotFound("no telephone system of this kind is connected here".to_owned())
    }

    /// Code, status and message: the whole table.
    fn row(self) -> (&'static str, StatusCode, String) {
        match self {
            Self::NotLoggedIn => (
                "not_logged_in",
                StatusCode::UNAUTHORIZED,
                "log in, or send a token as 'Authorization: Bearer …'".to_owned(),
            ),
            Self::NotSigned => (
                "not_signed",
                StatusCode::UNAUTHORIZED,
                "the signature is missing, wrong or old; see 'telephony_url' in the settings"
                    .to_owned(),
            ),
            Self::WrongLogin => (
                "wrong_login",
                StatusCode::UNAUTHORIZED,
                "login or password is not right".to_owned(),
            ),
            Self::TooManyLogins(seconds) => (
                "too_many_logins",
                StatusCode::TOO_MANY_REQUESTS,
                format!("too many wrong passwords; try again in {seconds} seconds"),
            ),
            Self::Csrf => (
                "csrf",
                StatusCode::FORBIDDEN,
                "send the word of your session as 'X-CSRF-Token'".to_owned(),
            ),
            Self::Forbidden(message) => ("forbidden", StatusCode::FORBIDDEN, message),
            Self::NotFound(message) => ("not_found", StatusCode::NOT_FOUND, message),
            Self::Invalid(message) => ("invalid", StatusCode::UNPROCESSABLE_ENTITY, message),
            Self::TooLarge => (
                "too_large",
                StatusCode::PAYLOAD_TOO_LARGE,
                "the body is larger than it may be".to_owned(),
            ),
            Self::NotJson(message) => ("not_json", StatusCode::BAD_REQUEST, message),
            Self::Conflict(message) => ("conflict", StatusCode::CONFLICT, message),
            Self::Erased(message) => ("customer_erased", StatusCode::CONFLICT, message),
            Self::Internal(details) => {
                telemetry::request_failed(&details);
                let message = "something went wrong here; it is in the log of the server";
                ("internal", StatusCode::INTERNAL_SERVER_ERROR, message.to_owned())
            }
        }
    }
}

impl ApiError {
    /// What is told, for a door that is no request.
    pub(crate) fn body(self) -> ErrorBody {
        let (code, _, message) = self.row();
        ErrorBody { error: ErrorDetail { code, message } }
    }
}

impl ErrorBody {
    /// What went wrong, for people.
    pub(crate) fn message(self) -> String {
        self.error.message
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let wait = match self {
            Self::TooManyLogins(seconds) => Some(seconds),
            _ => None,
        };
        let (code, status, message) = self.row();
        let body = ErrorBody { error: ErrorDetail { code, message } };
        let mut response = (status, Json(body)).into_response();
        if let Some(seconds) = wait {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound(_) => Self::NotFound(error.to_string()),
            StoreError::Forbidden(_) => Self::Forbidden(error.to_string()),
            StoreError::Invalid(message) => Self::Invalid(message),
            StoreError::Conflict(message) => Self::Conflict(message),
            StoreError::Erased => Self::Erased(error.to_string()),
            other => Self::Internal(other.to_string()),
        }
    }
}

impl From<JsonRejection> for ApiError {
    fn from(rejection: JsonRejection) -> Self {
        match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => Self::TooLarge,
            StatusCode::UNPROCESSABLE_ENTITY => Self::Invalid(rejection.body_text()),
            _ => Self::NotJson(rejection.body_text()),
        }
    }
}

impl From<QueryRejection> for ApiError {
    fn from(rejection: QueryRejection) -> Self {
        Self::Invalid(rejection.body_text())
    }
}
