//! Work that takes a while, such as listening to a long text, away from the threads that answer.

use crate::error::ApiError;

/// Does `work` on a thread of its own and waits for it.
pub(crate) async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, ApiError> {
    tokio::task::spawn_blocking(work).await.map_err(|error| ApiError::Internal(error.to_string()))
}
