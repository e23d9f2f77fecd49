//! Files that somebody gave in the browser to be read in: kept sealed until that is done, and what
//! came of it. Only who gave them sees them.

use crate::error::StoreError;
use crate::jobs::JobState;
use crate::request::{Request, new_id, number};
use crate::rights::{Right, Viewer};

/// Kind of the job that reads files in.
const KIND: &str = "import";
/// Files that nobody read in are kept so long, in milliseconds.
const WAITS: i64 = 24 * 60 * 60 * 1000;
/// What came of an import is kept so long.
const TOLD: i64 = 30 * WAITS;
/// All files that wait together may be so large, in bytes.
const MOST_WAITING: i64 = 512 * 1024 * 1024;
/// So many reasons are kept of one import; of more only their number.
const MOST_SKIPPED: i64 = 1_000;

/// Where an import stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportState {
    /// One looks what was recognised.
    Looking,
    /// Asked for; others go first.
    Waiting,
    /// Under way.
    Running,
    /// Done.
    Done,
    /// Cancelled on the way; what was read in by then stays.
    Stopped,
    /// It could not go on.
    Failed,
}

/// An import, as who gave the files sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// Its id.
    pub id: String,
    /// Who gave the files.
    pub person_id: String,
    /// Where it stands.
    pub state: ImportState,
    /// Team, channel and so on, as JSON.
    pub choices: String,
    /// What came of it so far.
    pub count: ImportCount,
    /// Things read so far, and in all.
    pub done: i64,
    /// In all, when that is known.
    pub total: Option<i64>,
    /// How far it is with what it is at, as whoever does it says it.
    pub place: Option<String>,
    /// Why it could not go on.
    pub error: Option<String>,
    /// When the files were given, milliseconds since 1970.
    pub created_at: i64,
    /// When it last went on.
    pub changed_at: i64,
}

/// What came of an import.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ImportCount {
    /// Conversations that were not there.
    pub added: i64,
    /// Conversations in which something was different.
    pub changed: i64,
    /// Conversations that were there just so.
    pub same: i64,
    /// What could not be read or kept.
    pub skipped: i64,
}

/// A file of an import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportFile {
    /// Its place among the files.
    pub position: i64,
    /// Bytes.
    pub size: i64,
    /// What is known of it, as JSON.
    pub told: String,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    person_id: String,
    choices: String,
    added: i64,
    changed: i64,
    same: i64,
    skipped: i64,
    stopped_at: Option<i64>,
    created_at: i64,
    job_state: Option<String>,
    done: Option<i64>,
    total: Option<i64>,
    place: Option<String>,
    error: Option<String>,
    changed_at: Option<i64>,
}

impl From<Row> for Import {
    fn from(row: Row) -> Self {
        let state = match row.job_state.as_deref() {
            _ if row.stopped_at.is_some() => ImportState::Stopped,
            None => ImportState::Looking,
            Some(state) if state == JobState::Waiting.id() => ImportState::Waiting,
            Some(state) if state == JobState::Running.id() => ImportState::Running,
            Some(state) if state == JobState::Done.id() => ImportState::Done,
            Some(_) => ImportState::Failed,
        };
        let Row { added, changed, same, skipped, .. } = row;
        Self {
            state,
            count: ImportCount { added, changed, same, skipped },
            done: row.done.unwrap_or_default(),
            total: row.total,
            place: row.place,
            changed_at: row.changed_at.unwrap_or(row.created_at),
            id: row.id,
            person_id: row.person_id,
            choices: row.choices,
            error: row.error,
            created_at: row.created_at,
        }
    }
}

macro_rules! imports {
    ($rest:literal) => {
        concat!(
            "SELECT i.id, i.person_id, i.choices, i.added, i.changed, i.same, i.skipped, ",
            "i.stopped_at, i.created_at, j.state AS job_state, j.done, j.total, j.place, j.error, ",
            "j.changed_at FROM import i LEFT JOIN job j ON j.id = i.job_id ",
            $rest
        )
    };
}

impl Request {
    /// Makes room for files; gives the id of the import. They are kept a day, unless they are read
    /// in or cancelled before.
    ///
    /// # Errors
    /// When the viewer may not, or too much waits to be read in already.
    pub async fn begin_import(&mut self, choices: &str) -> Result<String, StoreError> {
        self.viewer.must(Right::Import)?;
        let person = self.viewer.person_id().map(str::to_owned);
        let person = person.ok_or(StoreError::Forbidden("to give files without being a person"))?;
        let (waiting,): (i64,) = sqlx::query_as(
            "SELECT CAST(COALESCE(SUM(f.size), 0) AS BIGINT) FROM import_file f WHERE EXISTS \
             (SELECT 1 FROM import_piece p WHERE p.import_id = f.import_id)",
        )
        .fetch_one(&mut *self.tx)
        .await?;
        if waiting > MOST_WAITING {
            let message = "512 MB of files wait to be read in; read those in or cancel them first";
            return Err(StoreError::Conflict(message.to_owned()));
        }
        let id = new_id();
        sqlx::query(
            "INSERT INTO import (id, person_id, choices, created_at) VALUES ($1, $2, $3, $4)",
        )
        .bind(&id)
        .bind(person)
        .bind(choices)
        .bind(self.now)
        .execute(&mut *self.tx)
        .await?;
        Ok(id)
    }

    /// Keeps a piece of a file, sealed.
    ///
    /// # Errors
    /// When the viewer may not.
    pub async fn keep_piece(
        &mut self,
        import: &str,
        position: i64,
        piece: i64,
        bytes: &[u8],
    ) -> Result<(), StoreError> {
        self.own_import(import, false).await?;
        let sealed = self.store.key.seal_bytes(bytes, &place(import, position, piece))?;
        sqlx::query(
            "INSERT INTO import_piece (import_id, position, piece, sealed) VALUES ($1, $2, $3, $4)",
        )
        .bind(import)
        .bind(position)
        .bind(piece)
        .bind(sealed)
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// All files are here: what is known of each, with its size in bytes. Like each piece, this is a
    /// part of what [`choose_import`](Self::choose_import) ends, which leaves its row in the audit.
    ///
    /// # Errors
    /// When the viewer may not, or they were here already.
    pub async fn complete_import(
        &mut self,
        import: &str,
        files: &[(i64, String)],
    ) -> Result<(), StoreError> {
        self.own_import(import, false).await?;
        for (position, (size, told)) in (0..).zip(files) {
            let told = self.store.key.seal(told, &place(import, position, -1))?;
            sqlx::query(
                "INSERT INTO import_file (import_id, position, size, told) \
                 VALUES ($1, $2, $3, $4)",
            )
            .bind(import)
            .bind(position)
            .bind(*size)
            .bind(told)
            .execute(&mut *self.tx)
            .await?;
        }
        sqlx::query("UPDATE import SET complete = 1 WHERE id = $1")
            .bind(import)
            .execute(&mut *self.tx)
            .await?;
        Ok(())
    }

    /// The bytes of a file.
    ///
    /// # Errors
    /// When the viewer may not, or they are gone.
    pub async fn import_bytes(
        &mut self,
        import: &str,
        position: i64,
    ) -> Result<Vec<u8>, StoreError> {
        self.own_import(import, true).await?;
        let file: Option<(i64,)> =
            sqlx::query_as("SELECT size FROM import_file WHERE import_id = $1 AND position = $2")
                .bind(import)
                .bind(position)
                .fetch_optional(&mut *self.tx)
                .await?;
        let (size,) = file.ok_or(StoreError::NotFound("the file"))?;
        let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or_default());
        for piece in 0.. {
            // One at a time: sealed and open at once, all of it would stand in memory twice.
            let row: Option<(String,)> = sqlx::query_as(
                "SELECT sealed FROM import_piece \
                 WHERE import_id = $1 AND position = $2 AND piece = $3",
            )
            .bind(import)
            .bind(position)
            .bind(piece)
            .fetch_optional(&mut *self.tx)
            .await?;
            let Some((sealed,)) = row else { break };
            bytes.extend(self.store.key.open_bytes(&sealed, &place(import, position, piece))?);
        }
        if number(bytes.len()) != size {
            return Err(StoreError::NotFound("the file"));
        }
        Ok(bytes)
    }

    /// An import of the viewer, with its files.
    ///
    /// # Errors
    /// When the viewer may not, or it is not there or of somebody else.
    pub async fn import(&mut self, id: &str) -> Result<(Import, Vec<ImportFile>), StoreError> {
        let import = self.known_import(id).await?;
        self.touch_other(id);
        Ok(import)
    }

    /// The same for work that goes on in another request, which leaves its row in the audit.
    ///
    /// # Errors
    /// As [`import`](Self::import).
    pub async fn known_import(
        &mut self,
        id: &str,
    ) -> Result<(Import, Vec<ImportFile>), StoreError> {
        self.own_import(id, true).await?;
        let row: Row =
            sqlx::query_as(imports!("WHERE i.id = $1")).bind(id).fetch_one(&mut *self.tx).await?;
        let rows: Vec<(i64, i64, String)> = sqlx::query_as(
            "SELECT position, size, told FROM import_file WHERE import_id = $1 ORDER BY position",
        )
        .bind(id)
        .fetch_all(&mut *self.tx)
        .await?;
        let mut files = Vec::with_capacity(rows.len());
        for (position, size, told) in rows {
            let told = self.store.key.open(&told, &place(id, position, -1))?;
            files.push(ImportFile { position, size, told });
        }
        Ok((row.into(), files))
    }

    /// The newest imports of the viewer.
    ///
    /// # Errors
    /// When the viewer may not.
    pub async fn imports(&mut self) -> Result<Vec<Import>, StoreError> {
        self.viewer.must(Right::Import)?;
        let rows: Vec<Row> = sqlx::query_as(imports!(
            "WHERE i.person_id = $1 AND i.complete = 1 ORDER BY i.created_at DESC, i.id DESC \
             LIMIT 20"
        ))
        .bind(self.viewer.person_id().unwrap_or_default())
        .fetch_all(&mut *self.tx)
        .await?;
        Ok(rows.into_iter().map(Import::from).collect())
    }

    /// Other choices for an import that was not asked for yet, and what is known of some files then.
    ///
    /// # Errors
    /// When the viewer may not, or it is under way.
    pub async fn choose_import(
        &mut self,
        id: &str,
        choices: &str,
        files: &[(i64, String)],
    ) -> Result<(), StoreError> {
        self.own_import(id, true).await?;
        let changed =
            sqlx::query("UPDATE import SET choices = $2 WHERE id = $1 AND job_id IS NULL")
                .bind(id)
                .bind(choices)
                .execute(&mut *self.tx)
                .await?;
        if changed.rows_affected() == 0 {
            return Err(StoreError::Conflict("the import is under way already".to_owned()));
        }
        for (position, told) in files {
            self.tell_of_file(id, *position, told).await?;
        }
        self.touch_other(id);
        Ok(())
    }

    async fn tell_of_file(
        &mut self,
        id: &str,
        position: i64,
        told: &str,
    ) -> Result<(), StoreError> {
        let told = self.store.key.seal(told, &place(id, position, -1))?;
        sqlx::query("UPDATE import_file SET told = $3 WHERE import_id = $1 AND position = $2")
            .bind(id)
            .bind(position)
            .bind(told)
            .execute(&mut *self.tx)
            .await?;
        Ok(())
    }

    /// Asks for it to be read in; `total` things are expected. Asked for twice it is done once.
    ///
    /// # Errors
    /// When the viewer may not.
    pub async fn start_import(&mut self, id: &str, total: i64) -> Result<(), StoreError> {
        self.own_import(id, true).await?;
        let (known,): (Option<String>,) = sqlx::query_as("SELECT job_id FROM import WHERE id = $1")
            .bind(id)
            .fetch_one(&mut *self.tx)
            .await?;
        if known.is_some() {
            return Ok(());
        }
        let job = self.add_job(KIND, id).await?;
        sqlx::query("UPDATE job SET total = $2 WHERE id = $1")
            .bind(&job)
            .bind(total)
            .execute(&mut *self.tx)
            .await?;
        sqlx::query("UPDATE import SET job_id = $2 WHERE id = $1")
            .bind(id)
            .bind(job)
            .execute(&mut *self.tx)
            .await?;
        self.touch_other(id);
        Ok(())
    }

    /// Cancels an import. One that was not asked for is gone; of one that is under way stays what
    /// was read in by then. The files are gone either way. One that is over stays as it is.
    ///
    /// # Errors
    /// When the viewer may not.
    pub async fn stop_import(&mut self, id: &str) -> Result<(), StoreError> {
        self.own_import(id, false).await?;
        self.touch_other(id);
        let row: Row =
            sqlx::query_as(imports!("WHERE i.id = $1")).bind(id).fetch_one(&mut *self.tx).await?;
        match Import::from(row).state {
            ImportState::Looking => self.forget_import(id).await,
            ImportState::Waiting | ImportState::Running => {
                // Whoever is at it finds that the job is no longer theirs, and keeps nothing more.
                sqlx::query(
                    "UPDATE job SET state = 'done', held_until = NULL, changed_at = $2 WHERE id = \
                     (SELECT job_id FROM import WHERE id = $1)",
                )
                .bind(id)
                .bind(self.now)
                .execute(&mut *self.tx)
                .await?;
                sqlx::query("UPDATE import SET stopped_at = $2 WHERE id = $1")
                    .bind(id)
                    .bind(self.now)
                    .execute(&mut *self.tx)
                    .await?;
                self.forget_bytes(id).await
            }
            ImportState::Done | ImportState::Stopped | ImportState::Failed => Ok(()),
        }
    }

    /// Who gave the files, to read them in with their rights; none when they may not any more.
    ///
    /// # Errors
    /// When the viewer may not, or the import is not there.
    pub async fn import_giver(&mut self, id: &str) -> Result<Option<Viewer>, StoreError> {
        self.own_import(id, true).await?;
        let (person,): (String,) = sqlx::query_as("SELECT person_id FROM import WHERE id = $1")
            .bind(id)
            .fetch_one(&mut *self.tx)
            .await?;
        let person = self.person(&person).await?;
        let viewer = Viewer::person(&person);
        Ok((person.active && viewer.may(Right::Import)).then_some(viewer))
    }

    /// Keeps what was written out of a stretch of a recording, sealed. Like
    /// [`advance_job`](Self::advance_job), with which it belongs, it leaves no row in the audit: it is
    /// a step of what [`start_import`](Self::start_import) asked for.
    ///
    /// # Errors
    /// When the viewer may not.
    pub async fn keep_written(
        &mut self,
        import: &str,
        position: i64,
        stretch: i64,
        line: &str,
    ) -> Result<(), StoreError> {
        self.own_import(import, true).await?;
        let sealed = self.store.key.seal(line, &written_place(import, position, stretch))?;
        sqlx::query(
            "INSERT INTO import_piece (import_id, position, piece, sealed) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (import_id, position, piece) DO UPDATE SET sealed = excluded.sealed",
        )
        .bind(import)
        .bind(beside(position))
        .bind(stretch)
        .bind(sealed)
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// What was written out of a recording so far.
    ///
    /// # Errors
    /// When the viewer may not.
    pub async fn written_out(
        &mut self,
        import: &str,
        position: i64,
    ) -> Result<Vec<String>, StoreError> {
        self.own_import(import, true).await?;
        let rows: Vec<(i64, String)> = sqlx::query_as(
            "SELECT piece, sealed FROM import_piece WHERE import_id = $1 AND position = $2 \
             ORDER BY piece",
        )
        .bind(import)
        .bind(beside(position))
        .fetch_all(&mut *self.tx)
        .await?;
        let open = |(stretch, sealed): (i64, String)| {
            self.store.key.open(&sealed, &written_place(import, position, stretch))
        };
        rows.into_iter().map(open).collect()
    }

    /// What came of a part of an import, and why some of it was skipped, or what is to be known of it.
    ///
    /// # Errors
    /// When the viewer may not.
    pub async fn count_import(
        &mut self,
        id: &str,
        more: ImportCount,
        skipped: &[String],
    ) -> Result<(), StoreError> {
        self.own_import(id, true).await?;
        let (before,): (i64,) =
            sqlx::query_as("SELECT COUNT(*) FROM import_skipped WHERE import_id = $1")
                .bind(id)
                .fetch_one(&mut *self.tx)
                .await?;
        for (number, told) in (before..MOST_SKIPPED).zip(skipped) {
            let told = self.store.key.seal(told, &place(id, -1, number))?;
            sqlx::query("INSERT INTO import_skipped (import_id, number, told) VALUES ($1, $2, $3)")
                .bind(id)
                .bind(number)
                .bind(told)
                .execute(&mut *self.tx)
                .await?;
        }
        sqlx::query(
            "UPDATE import SET added = added + $2, changed = changed + $3, same = same + $4, \
             skipped = skipped + $5 WHERE id = $1",
        )
        .bind(id)
        .bind(more.added)
        .bind(more.changed)
        .bind(more.same)
        .bind(more.skipped)
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// Why parts of an import were skipped, and what is to be known of others, the first 1000.
    ///
    /// # Errors
    /// When the viewer may not.
    pub async fn import_skipped(&mut self, id: &str) -> Result<Vec<String>, StoreError> {
        self.own_import(id, true).await?;
        let rows: Vec<(i64, String)> = sqlx::query_as(
            "SELECT number, told FROM import_skipped WHERE import_id = $1 ORDER BY number",
        )
        .bind(id)
        .fetch_all(&mut *self.tx)
        .await?;
        let key = &self.store.key;
        rows.into_iter().map(|(number, told)| key.open(&told, &place(id, -1, number))).collect()
    }

    /// The bytes of an import that is over go; `files` says what stays known of each.
    ///
    /// # Errors
    /// When the viewer may not.
    pub async fn end_import(
        &mut self,
        id: &str,
        files: &[(i64, String)],
    ) -> Result<(), StoreError> {
        self.own_import(id, true).await?;
        for (position, told) in files {
            self.tell_of_file(id, *position, told).await?;
        }
        self.forget_bytes(id).await
    }

    /// Lets go files that nobody read in within a day, and what came of imports a month ago; says how
    /// many imports that were.
    ///
    /// # Errors
    /// When the viewer may not.
    pub async fn forget_old_imports(&mut self) -> Result<usize, StoreError> {
        self.viewer.must(Right::Retention)?;
        let old: Vec<(String,)> = sqlx::query_as(
            "SELECT i.id FROM import i LEFT JOIN job j ON j.id = i.job_id \
             WHERE (i.job_id IS NULL AND i.created_at < $1) OR (i.created_at < $2 \
             AND j.state IN ('done', 'failed')) LIMIT 100",
        )
        .bind(self.now - WAITS)
        .bind(self.now - TOLD)
        .fetch_all(&mut *self.tx)
        .await?;
        for (id,) in &old {
            self.forget_import(id).await?;
            self.touch_other(id);
        }
        Ok(old.len())
    }

    async fn forget_bytes(&mut self, id: &str) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM import_piece WHERE import_id = $1")
            .bind(id)
            .execute(&mut *self.tx)
            .await?;
        Ok(())
    }

    async fn forget_import(&mut self, id: &str) -> Result<(), StoreError> {
        for statement in [
            "DELETE FROM import_piece WHERE import_id = $1",
            "DELETE FROM import_skipped WHERE import_id = $1",
            "DELETE FROM import_file WHERE import_id = $1",
            "DELETE FROM import WHERE id = $1",
        ] {
            sqlx::query(statement).bind(id).execute(&mut *self.tx).await?;
        }
        Ok(())
    }

    /// Refuses who did not give the files; `complete`: they must all be here, or not yet.
    async fn own_import(&mut self, id: &str, complete: bool) -> Result<(), StoreError> {
        self.viewer.must(Right::Import)?;
        let row: Option<(String, i64)> =
            sqlx::query_as("SELECT person_id, complete FROM import WHERE id = $1")
                .bind(id)
                .fetch_optional(&mut *self.tx)
                .await?;
        let own =
            |person: &str| self.viewer.is_machine() || self.viewer.person_id() == Some(person);
        match row {
            Some((person, known)) if own(&person) && (known == 1 || !complete) => Ok(()),
            _ => Err(StoreError::NotFound("the import")),
        }
    }
}

/// Where the words of a recording stand among the pieces of its import: beside all files.
const fn beside(position: i64) -> i64 {
    -1 - position
}

fn written_place(import: &str, file: i64, stretch: i64) -> String {
    format!("import/{import}/{file}/written/{stretch}")
}

/// What is sealed opens in its own place only.
fn place(import: &str, file: i64, piece: i64) -> String {
    format!("import/{import}/{file}/{piece}")
}
