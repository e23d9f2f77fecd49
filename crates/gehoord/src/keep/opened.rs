//! The database, opened with its key; and what to do when that does not work.

use std::path::Path;

use anyhow::{Result, anyhow, bail};
use gehoord_store::{MasterKey, Request, Store, StoreError, sqlite_file, without_password};

use super::config::Config;
use super::operator;
use crate::ui::Ui;

/// What is kept, within reach.
pub(crate) struct Opened {
    pub(crate) store: Store,
}

impl Opened {
    /// Opens what the settings name, which must be there: who only looks makes nothing.
    ///
    /// # Errors
    /// When there is none or it cannot be opened, with what to do.
    pub(crate) async fn there(config: &Config, ui: Ui) -> Result<Self> {
        let database = config.database();
        if !Store::is_there(database).await.map_err(|error| advice(&error, config))? {
            let Some(file) = sqlite_file(database) else {
                bail!(ui.no_store(&without_password(database)));
            };
            if let Some(what) = wrong_place(&file) {
                bail!("'{database}' cannot be opened; {what}");
            }
            let file = std::path::absolute(&file).unwrap_or(file);
            bail!(ui.no_store(&file.display().to_string()));
        }
        Self::new(config).await
    }

    /// Opens what the settings name; makes database and key when they are not there.
    ///
    /// # Errors
    /// When it cannot be opened, with what to do.
    pub(crate) async fn new(config: &Config) -> Result<Self> {
        let file = config.key_file();
        let there = file.exists();
        let used = Store::is_there(config.database()).await;
        if !there && used.map_err(|error| advice(&error, config))? {
            return Err(missing_key(file));
        }
        let key = MasterKey::in_file(file).map_err(|error| advice(&error, config))?;
        if let Some(database) = sqlite_file(config.database()) {
            make_private(&database);
        }
        match Store::open(config.database(), key).await {
            Ok(store) => Ok(Self { store: store.with_folder(config.files().to_path_buf()) }),
            Err(StoreError::Key(_)) if !there => Err(missing_key(file)),
            Err(error) => Err(advice(&error, config)),
        }
    }

    /// Begins a request of whoever runs this.
    pub(crate) async fn request(&self, action: &'static str) -> Result<Request, StoreError> {
        self.store.request(&operator(), action).await
    }

    /// Lets go of the database; gives `result`, with what to do when it is a known trouble.
    pub(crate) async fn closed(&self, result: Result<u8>) -> Result<u8> {
        self.store.close().await;
        result.map_err(in_use)
    }
}

/// Makes the file of a new database for its owner alone. Where that does not work, opening it says
/// why.
fn make_private(database: &Path) {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    drop(options.open(database));
}

fn missing_key(file: &Path) -> anyhow::Error {
    anyhow!(
        "the master key {} was not there, and the database was made with another; put that one \
         back, or say with --key-file where it is",
        file.display()
    )
}

/// An error of opening, with what to do.
fn advice(error: &StoreError, config: &Config) -> anyhow::Error {
    let said = error.to_string();
    let what = match error {
        StoreError::Open(_) | StoreError::Database(_) => match sqlite_file(config.database()) {
            Some(file) => sqlite_advice(&file, &said),
            None if said.contains("is no database that is known") => None,
            None => Some(
                "check that PostgreSQL runs there and that user, password and database are right \
                 (--database)"
                    .to_owned(),
            ),
        },
        StoreError::Io { error, .. } if error.kind() == std::io::ErrorKind::PermissionDenied => {
            Some("give whoever runs gehoord the right to read and write there".to_owned())
        }
        _ => None,
    };
    match what {
        Some(what) => anyhow!("{said}; {what}"),
        None => anyhow!(said),
    }
}

/// Why there can be no database in this place.
fn wrong_place(file: &Path) -> Option<String> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    if let Some(folder) = folder.filter(|folder| !folder.is_dir()) {
        return Some(format!("the folder {} is not there; make it first", folder.display()));
    }
    if file.is_dir() {
        return Some(format!("{} is a folder; name a file in it", file.display()));
    }
    None
}

fn sqlite_advice(file: &Path, said: &str) -> Option<String> {
    if let Some(what) = wrong_place(file) {
        return Some(what);
    }
    if said.contains("locked") {
        return Some(LOCKED.to_owned());
    }
    if said.contains("not a database") {
        return Some(format!("{} is no database of gehoord", file.display()));
    }
    (said.contains("readonly") || said.contains("unable to open") || said.contains("read-only"))
        .then(|| format!("whoever runs gehoord must be allowed to write {}", file.display()))
}

const LOCKED: &str = "another program holds the database; wait until it is done, or stop it first";

fn in_use(error: anyhow::Error) -> anyhow::Error {
    let said = format!("{error:#}");
    match said.contains("database is locked") || said.contains("timed out while waiting") {
        true => anyhow!("{said}; {LOCKED}"),
        false => error,
    }
}
