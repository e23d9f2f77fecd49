//! The list of who was erased. It lies beside the files and in no database, so that a backup that is
//! older than an erasure does not bring the customer back.

use std::collections::BTreeSet;
use std::fmt;
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::error::StoreError;
use crate::key::{MasterKey, is_pseudonym};
use crate::request::Request;
use crate::rights::Right;
use crate::store::Store;

/// Name of the list in the folder of the files.
pub const ERASED_LIST: &str = "erased-customers.txt";

/// One erasure: a pseudonym, and the id of the record that stayed. A line of an earlier gehoord has no
/// id.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ErasedLine {
    pub(crate) pseudonym: String,
    pub(crate) record: Option<String>,
}

impl ErasedLine {
    fn read(line: &str) -> Option<Self> {
        let mut words = line.split_whitespace();
        let pseudonym = words.next().filter(|word| is_pseudonym(word))?.to_owned();
        Some(Self { pseudonym, record: words.next().map(str::to_owned) })
    }
}

impl fmt::Display for ErasedLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.record {
            Some(record) => writeln!(f, "{} {record}", self.pseudonym),
            None => writeln!(f, "{}", self.pseudonym),
        }
    }
}

/// The lines of a list; none where there is no such file.
fn read_list(path: &Path) -> Result<Option<BTreeSet<ErasedLine>>, StoreError> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => {
            return Err(StoreError::Io { what: format!("reading {}", path.display()), error });
        }
    };
    let lines: BTreeSet<ErasedLine> = text.lines().filter_map(ErasedLine::read).collect();
    if lines.is_empty() && !text.trim().is_empty() {
        let message = format!("{} is no list of erased customers", path.display());
        return Err(StoreError::Invalid(message));
    }
    Ok(Some(lines))
}

/// All lines of these lists, and how many lists there are.
pub(crate) fn read_lists<'p>(
    paths: impl Iterator<Item = &'p PathBuf>,
) -> Result<(Vec<ErasedLine>, u64), StoreError> {
    let mut lines = BTreeSet::new();
    let mut read = BTreeSet::new();
    for path in paths {
        if let Some(more) = read_list(path)?
            && read.insert(path.canonicalize().unwrap_or_else(|_| path.clone()))
        {
            lines.extend(more);
        }
    }
    Ok((lines.into_iter().collect(), read.len() as u64))
}

/// Who was erased before, to know them when they come in again.
#[derive(Debug, Clone)]
pub struct ErasedCustomers {
    key: MasterKey,
    pseudonyms: BTreeSet<String>,
}

impl ErasedCustomers {
    /// Whether the customer who is called `name` (or has that pseudonym) is one of them.
    #[must_use]
    pub fn contains(&self, name: &str) -> bool {
        !self.pseudonyms.is_empty() && self.pseudonyms.contains(&self.key.pseudonym(name))
    }
}

impl Store {
    /// Where the list of this store lies, once somebody was erased; none for a store in memory.
    #[must_use]
    pub fn erased_list(&self) -> Option<PathBuf> {
        self.folder.as_ref().map(|folder| folder.join(ERASED_LIST))
    }

    /// Adds what does not stand there yet.
    pub(crate) fn add_to_list(&self, lines: &[ErasedLine]) -> Result<(), StoreError> {
        let Some(path) = self.erased_list() else { return Ok(()) };
        let known = read_list(&path)?.unwrap_or_default();
        let new: String =
            lines.iter().filter(|line| !known.contains(line)).map(ToString::to_string).collect();
        if new.is_empty() {
            return Ok(());
        }
        let failed = |error| StoreError::Io { what: format!("writing {}", path.display()), error };
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(failed)?;
        }
        let mut file =
            std::fs::OpenOptions::new().create(true).append(true).open(&path).map_err(failed)?;
        file.write_all(new.as_bytes()).and_then(|()| file.sync_all()).map_err(failed)
    }
}

impl Request {
    /// Whether the database has this erasure on record.
    pub(crate) async fn is_on_record(&mut self, line: &ErasedLine) -> Result<bool, StoreError> {
        let Some(record) = &line.record else { return Ok(false) };
        let (rows,): (i64,) = sqlx::query_as("SELECT COUNT(*) FROM erasure WHERE id = $1")
            .bind(record)
            .fetch_one(&mut *self.tx)
            .await?;
        Ok(rows > 0)
    }

    /// Refuses what is of a customer who was erased before.
    pub(crate) async fn must_not_be_erased(&mut self, name: &str) -> Result<(), StoreError> {
        let pseudonym = self.store.key.pseudonym(name);
        let (records,): (i64,) =
            sqlx::query_as("SELECT COUNT(*) FROM erasure WHERE pseudonym = $1")
                .bind(&pseudonym)
                .fetch_one(&mut *self.tx)
                .await?;
        let (lines, _) = read_lists(self.store.erased_list().iter())?;
        if records > 0 || lines.iter().any(|line| line.pseudonym == pseudonym) {
            return Err(StoreError::Erased);
        }
        Ok(())
    }

    /// Who was erased before, by the records and by the list.
    ///
    /// # Errors
    /// When the viewer may not, or the list cannot be read.
    pub async fn erased_customers(&mut self) -> Result<ErasedCustomers, StoreError> {
        self.viewer.must(Right::Import)?;
        let rows: Vec<(String,)> =
            sqlx::query_as("SELECT pseudonym FROM erasure").fetch_all(&mut *self.tx).await?;
        let (lines, _) = read_lists(self.store.erased_list().iter())?;
        let listed = lines.into_iter().map(|line| line.pseudonym);
        let pseudonyms = rows.into_iter().map(|(pseudonym,)| pseudonym).chain(listed).collect();
        Ok(ErasedCustomers { key: self.store.key.clone(), pseudonyms })
    }
}
