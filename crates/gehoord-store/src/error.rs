//! Why the store did not do what it was asked.

/// Why a request failed. What was begun is undone: a request that fails changes nothing.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The thing is not there, or this viewer may not know that it is.
    #[error("{0} was not found")]
    NotFound(&'static str),
    /// The viewer's role or relation does not allow it.
    #[error("this is not allowed: {0}")]
    Forbidden(&'static str),
    /// The request asks for something that cannot be.
    #[error("{0}")]
    Invalid(String),
    /// Somebody else was first, or the state does not allow it.
    #[error("{0}")]
    Conflict(String),
    /// The customer was erased before.
    #[error(
        "this customer was erased before, so nothing of them is kept again; who means to keep it all \
         the same reads it in with 'gehoord import --erased-too'"
    )]
    Erased,
    /// A backup was cut off, or something of it is missing.
    #[error(
        "the backup is not whole: it breaks off after {rows} rows, or its last line has other counts; \
         take another copy of it, or an earlier backup"
    )]
    NotWhole {
        /// Rows that were read.
        rows: u64,
    },
    /// The database cannot be opened or is of another version.
    #[error("the database cannot be opened: {0}")]
    Open(String),
    /// The master key is missing, wrong, or does not fit what it should open.
    #[error("the master key: {0}")]
    Key(String),
    /// A file beside the database cannot be read or written.
    #[error("{what}: {error}")]
    Io {
        /// What was tried.
        what: String,
        /// What the system said.
        error: std::io::Error,
    },
    /// The database said no.
    #[error("the database: {0}")]
    Database(#[source] sqlx::Error),
    /// What stands in the database is not what was put there.
    #[error("damaged data in the database: {0}")]
    Damaged(String),
}

impl From<sqlx::Error> for StoreError {
    /// What is there already, because another request put it there meanwhile, is a conflict.
    fn from(error: sqlx::Error) -> Self {
        match error.as_database_error() {
            Some(database) if database.is_unique_violation() => {
                Self::Conflict("somebody else was first".to_owned())
            }
            _ => Self::Database(error),
        }
    }
}

impl StoreError {
    pub(crate) fn damaged(what: &str, why: impl std::fmt::Display) -> Self {
        Self::Damaged(format!("{what}: {why}"))
    }
}
