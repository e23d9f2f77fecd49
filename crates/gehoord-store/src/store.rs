//! The database: where it is, how it is opened, and the way in.

use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Once;
use std::time::Duration;

use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::{AnyConnection, AnyPool, Connection, Executor};

use crate::error::StoreError;
use crate::key::MasterKey;
use crate::request::Request;
use crate::rights::Viewer;

/// Which database it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    /// A file.
    Sqlite,
    /// A server.
    Postgres,
}

/// How many things may be asked of PostgreSQL at once. SQLite has one writer.
const CONNECTIONS: u32 = 8;
/// How long one waits for a connection, or for another process that holds the file.
const PATIENCE: Duration = Duration::from_secs(20);

/// Where conversations stay. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    pub(crate) pool: AnyPool,
    /// For the door, which only looks: on SQLite it does not wait for who writes.
    pub(crate) readers: AnyPool,
    pub(crate) backend: Backend,
    pub(crate) key: MasterKey,
    /// Folder for what lies beside the database: attachments.
    pub(crate) folder: Option<PathBuf>,
}

impl Store {
    /// Opens the database at `url` and brings it up to date: `sqlite:PATH` (made when it is not
    /// there), `sqlite::memory:`, or `postgres://user@host/database`.
    ///
    /// # Errors
    /// When it cannot be reached, was made by a later gehoord, or the key does not fit it.
    pub async fn open(url: &str, key: MasterKey) -> Result<Self, StoreError> {
        install_drivers();
        let backend = backend(url)?;
        let target = match backend {
            Backend::Sqlite if !url.contains('?') && !url.contains(":memory:") => {
                format!("{url}?mode=rwc")
            }
            _ => url.to_owned(),
        };
        // A pool waits and tries again; who gives a wrong address wants to know at once.
        let wrong = |error: sqlx::Error| cannot_open(url, &error);
        let options = AnyConnectOptions::from_str(&target).map_err(wrong)?;
        let mut first = AnyConnection::connect_with(&options).await.map_err(wrong)?;
        if backend == Backend::Sqlite {
            first.execute(SQLITE_SETTINGS).await.map_err(wrong)?;
        }
        first.close().await?;
        let pool = match backend {
            Backend::Sqlite => pool(1, Some(SQLITE_SETTINGS)),
            Backend::Postgres => pool(CONNECTIONS, None),
        };
        let pool = pool.connect_with(options.clone()).await.map_err(wrong)?;
        let readers = match backend {
            // What is in memory is known to its own connection alone.
            Backend::Sqlite if !url.contains(":memory:") => {
                pool_of_readers().connect_lazy_with(options)
            }
            _ => pool.clone(),
        };
        let folder = match backend {
            Backend::Sqlite => sqlite_file(url).map(|file| file.with_extension("files")),
            Backend::Postgres => None,
        };
        let store = Self { pool, readers, backend, key, folder };
        store.migrate().await?;
        store.check_key().await?;
        Ok(store)
    }

    /// Whether there is a store at `url` already: a file with something in it, or a database with
    /// our tables. It makes none.
    ///
    /// # Errors
    /// When it cannot be reached.
    pub async fn is_there(url: &str) -> Result<bool, StoreError> {
        if backend(url)? == Backend::Sqlite {
            let holds = |file: PathBuf| file.metadata().is_ok_and(|f| f.is_file() && f.len() > 0);
            return Ok(sqlite_file(url).is_none_or(holds));
        }
        install_drivers();
        let wrong = |error: sqlx::Error| cannot_open(url, &error);
        let options = AnyConnectOptions::from_str(url).map_err(wrong)?;
        let mut connection = AnyConnection::connect_with(&options).await.map_err(wrong)?;
        let tables: (i64,) = sqlx::query_as(
            "SELECT COUNT(*) FROM information_schema.tables \
             WHERE table_name = 'conversation' AND table_schema = current_schema()",
        )
        .fetch_one(&mut connection)
        .await?;
        connection.close().await?;
        Ok(tables.0 > 0)
    }

    /// The same store with another folder for attachments.
    #[must_use]
    pub fn with_folder(mut self, folder: PathBuf) -> Self {
        self.folder = Some(folder);
        self
    }

    /// Which database it is.
    #[must_use]
    pub const fn backend(&self) -> Backend {
        self.backend
    }

    /// 16 digits that follow from `text` and the master key: the same for the same text, and without
    /// the key nobody can try out texts.
    #[must_use]
    pub fn fingerprint(&self, text: &str) -> String {
        let name = self.key.pseudonym(&format!("fingerprint of {text}"));
        name.rsplit('-').next().unwrap_or_default().to_owned()
    }

    /// Begins a request: a transaction that ends with its row in the audit, or not at all.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn request(
        &self,
        viewer: &Viewer,
        action: &'static str,
    ) -> Result<Request, StoreError> {
        Request::begin(self, viewer, action).await
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// When it does not.
    pub async fn ping(&self) -> Result<(), StoreError> {
        sqlx::query("SELECT 1").execute(&self.pool).await?;
        Ok(())
    }

    /// Whether the database is whole: SQLite's own check; on PostgreSQL that every reference holds.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] with what was found.
    pub async fn check_integrity(&self) -> Result<(), StoreError> {
        if self.backend == Backend::Sqlite {
            let found: Vec<(String,)> =
                sqlx::query_as("PRAGMA integrity_check").fetch_all(&self.pool).await?;
            if let Some((first,)) = found.first().filter(|(line,)| line != "ok") {
                return Err(StoreError::damaged("integrity check", first));
            }
            let orphans =
                sqlx::query("PRAGMA foreign_key_check").fetch_all(&self.pool).await?.len();
            if orphans > 0 {
                return Err(StoreError::damaged("references", format!("{orphans} lead nowhere")));
            }
        }
        let (wrong,): (i64,) = sqlx::query_as(
            "SELECT COUNT(*) FROM conversation c WHERE c.turns <> \
             (SELECT COUNT(*) FROM turn t WHERE t.conversation_id = c.id)",
        )
        .fetch_one(&self.pool)
        .await?;
        if wrong > 0 {
            let why = format!("{wrong} conversations hold another number of turns than they say");
            return Err(StoreError::damaged("turns", why));
        }
        Ok(())
    }

    /// Lets the database count what it holds, so that it chooses the shortest way to it, and put the
    /// index of words in order: after much was added at once. PostgreSQL would do so by itself, some
    /// minutes later.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn count_up(&self) -> Result<(), StoreError> {
        let statement = match self.backend {
            Backend::Sqlite => {
                "PRAGMA analysis_limit = 1000; ANALYZE; \
                 INSERT INTO turn_search (turn_search) VALUES ('optimize');"
            }
            Backend::Postgres => "VACUUM (ANALYZE)",
        };
        self.pool.execute(statement).await?;
        Ok(())
    }

    /// Waits for what is under way and lets go of the database.
    pub async fn close(&self) {
        self.readers.close().await;
        self.pool.close().await;
    }

    async fn migrate(&self) -> Result<(), StoreError> {
        let open = |error: &dyn std::fmt::Display| StoreError::Open(error.to_string());
        sqlx::migrate!().run(&self.pool).await.map_err(|e| open(&e))?;
        let search = match self.backend {
            Backend::Sqlite => include_str!("../search/sqlite.sql"),
            Backend::Postgres => include_str!("../search/postgres.sql"),
        };
        self.pool.execute(search).await.map_err(|e| open(&e))?;
        Ok(())
    }
}

fn install_drivers() {
    static DRIVERS: Once = Once::new();
    DRIVERS.call_once(sqlx::any::install_default_drivers);
}

fn cannot_open(url: &str, error: &sqlx::Error) -> StoreError {
    StoreError::Open(format!("'{}': {error}", without_password(url)))
}

/// WAL lets others read while one writes; NORMAL survives the death of the process; what is deleted
/// is overwritten.
const SQLITE_SETTINGS: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; \
     PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 20000; PRAGMA secure_delete = ON; \
     PRAGMA cache_size = -65536; PRAGMA temp_store = MEMORY;";

fn pool(connections: u32, settings: Option<&'static str>) -> AnyPoolOptions {
    AnyPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(PATIENCE)
        .idle_timeout(None)
        .max_lifetime(None)
        // A file does not hang up; a server does, when it was started again.
        .test_before_acquire(settings.is_none())
        .after_connect(move |connection, _| {
            Box::pin(async move {
                if let Some(settings) = settings {
                    connection.execute(settings).await?;
                }
                Ok(())
            })
        })
}

fn pool_of_readers() -> AnyPoolOptions {
    pool(2, Some("PRAGMA query_only = ON; PRAGMA busy_timeout = 20000;"))
}

fn backend(url: &str) -> Result<Backend, StoreError> {
    if url.starts_with("sqlite:") {
        Ok(Backend::Sqlite)
    } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
        Ok(Backend::Postgres)
    } else {
        let message = format!(
            "'{}' is no database that is known here; expected sqlite:FILE or \
             postgres://user@host/database",
            without_password(url)
        );
        Err(StoreError::Open(message))
    }
}

/// The file of an SQLite database; none for one in memory or of another kind.
#[must_use]
pub fn sqlite_file(url: &str) -> Option<PathBuf> {
    let path = url.strip_prefix("sqlite:")?;
    let path = path.strip_prefix("//").unwrap_or(path);
    let path = path.split('?').next()?;
    (!path.is_empty() && path != ":memory:").then(|| PathBuf::from(path))
}

/// The address of a database as it may be printed.
#[must_use]
pub fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    match rest.rsplit_once('@') {
        Some((who, host)) => {
            let name = who.split(':').next().unwrap_or_default();
            format!("{scheme}://{name}@{host}")
        }
        None => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_printed_without_its_password() {
        assert_eq!(without_password("postgres://a:geheim@h/d"), "postgres://a@h/d");
        assert_eq!(without_password("sqlite:gehoord.db"), "sqlite:gehoord.db");
    }

    #[test]
    fn an_unknown_address_says_what_is_expected() {
        let error = backend("mysql://x").unwrap_err().to_string();
        assert!(error.contains("sqlite:FILE"), "{error}");
    }
}
