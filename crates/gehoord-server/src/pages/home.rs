//! The first page: for each role the one that they come for.

use axum::response::Response;
use gehoord_store::Role;

use super::visit::{Visit, to};
use crate::access::policy;

/// Away to where this role works.
pub(crate) async fn home(visit: Visit<policy::LoggedIn>) -> Response {
    to(match visit.door.viewer.role() {
        Some(Role::Agent | Role::Manager) => "/today",
        Some(Role::Coach) => "/shared",
        Some(Role::ProductOwner) => "/search",
        Some(Role::PrivacyOfficer) => "/privacy",
        Some(Role::Administrator) | None => "/admin",
    })
}
