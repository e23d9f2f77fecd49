//! Files that belong to a conversation. The bytes lie in a folder beside the database, under their
//! hash; the database says whose they are and until when they are kept.

use std::path::PathBuf;

use sha2::{Digest, Sha256};

use crate::error::StoreError;
use crate::key::hex;
use crate::request::{Request, new_id, number};

/// The largest file that is kept.
const LARGEST: usize = 256 * 1024 * 1024;

/// A file of a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// Its id.
    pub id: String,
    /// Its name where it came from.
    pub name: String,
    /// Its media type, such as `audio/wav`.
    pub media_type: String,
    /// Bytes.
    pub size: i64,
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// Until when it is kept, milliseconds since 1970; none: as long as the conversation.
    pub keep_until: Option<i64>,
}

impl Request {
    /// Keeps a file; gives its id.
    ///
    /// # Errors
    /// When the viewer may not write to the conversation, the file is larger than 256 MiB, or the
    /// folder cannot be written.
    pub async fn attach(
        &mut self,
        conversation: &str,
        name: &str,
        media_type: &str,
        bytes: &[u8],
        keep_until: Option<i64>,
    ) -> Result<String, StoreError> {
        self.writable(conversation).await?;
        if bytes.len() > LARGEST {
            return Err(StoreError::Invalid("a file may be 256 MiB at most".to_owned()));
        }
        let sha256 = hex(&Sha256::digest(bytes));
        let path = self.attachment_path(conversation, &sha256)?;
        let failed = |error| StoreError::Io { what: format!("keeping {}", path.display()), error };
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(failed)?;
        }
        // Whole under another name first: whoever finds the hash finds all of the file.
        let whole = path.with_extension("part");
        std::fs::write(&whole, bytes).map_err(failed)?;
        std::fs::rename(&whole, &path).map_err(failed)?;
        let id = new_id();
        sqlx::query(
            "INSERT INTO attachment (id, conversation_id, name, media_type, size, sha256, \
             added_at, keep_until) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(&id)
        .bind(conversation)
        .bind(name)
        .bind(media_type)
        .bind(number(bytes.len()))
        .bind(&sha256)
        .bind(self.now)
        .bind(keep_until)
        .execute(&mut *self.tx)
        .await?;
        self.touch(conversation);
        Ok(id)
    }

    /// The files of a conversation.
    ///
    /// # Errors
    /// As [`conversation`](Self::conversation).
    pub async fn attachments(&mut self, conversation: &str) -> Result<Vec<Attachment>, StoreError> {
        self.readable(conversation).await?;
        self.touch(conversation);
        let rows: Vec<(String, String, String, i64, String, Option<i64>)> = sqlx::query_as(
            "SELECT id, name, media_type, size, sha256, keep_until FROM attachment \
             WHERE conversation_id = $1 ORDER BY id",
        )
        .bind(conversation)
        .fetch_all(&mut *self.tx)
        .await?;
        let one = |(id, name, media_type, size, sha256, keep_until)| Attachment {
            id,
            name,
            media_type,
            size,
            sha256,
            keep_until,
        };
        Ok(rows.into_iter().map(one).collect())
    }

    /// The bytes of a file of a conversation: for who helps this customer, as they are not masked.
    ///
    /// # Errors
    /// When it is not there, not for this viewer, or not what was kept.
    pub async fn attachment(
        &mut self,
        conversation: &str,
        id: &str,
    ) -> Result<Vec<u8>, StoreError> {
        let (_, relation) = self.readable(conversation).await?;
        if !relation.helps {
            return Err(StoreError::Forbidden("files of a conversation of somebody else"));
        }
        let row: Option<(String,)> =
            sqlx::query_as("SELECT sha256 FROM attachment WHERE conversation_id = $1 AND id = $2")
                .bind(conversation)
                .bind(id)
                .fetch_optional(&mut *self.tx)
                .await?;
        let (sha256,) = row.ok_or(StoreError::NotFound("the file"))?;
        let path = self.attachment_path(conversation, &sha256)?;
        let bytes = std::fs::read(&path).map_err(|error| StoreError::Io {
            what: format!("reading {}", path.display()),
            error,
        })?;
        if hex(&Sha256::digest(&bytes)) != sha256 {
            return Err(StoreError::damaged("a file", path.display()));
        }
        self.touch(conversation);
        Ok(bytes)
    }

    /// Removes files whose time is over, or all of a conversation; gives how many.
    pub(crate) async fn drop_attachments(
        &mut self,
        conversation: Option<&str>,
        until: i64,
    ) -> Result<u64, StoreError> {
        let rows: Vec<(String, String, String)> = sqlx::query_as(
            "SELECT id, conversation_id, sha256 FROM attachment \
             WHERE conversation_id = $1 OR ($1 = '' AND keep_until < $2)",
        )
        .bind(conversation.unwrap_or_default().to_owned())
        .bind(until)
        .fetch_all(&mut *self.tx)
        .await?;
        let dropped = rows.len() as u64;
        for (id, conversation, sha256) in rows {
            self.remove_attachment(&conversation, &id, &sha256).await?;
        }
        Ok(dropped)
    }

    /// Removes one file of a conversation.
    pub(crate) async fn drop_attachment(
        &mut self,
        conversation: &str,
        id: &str,
    ) -> Result<(), StoreError> {
        let row: Option<(String,)> =
            sqlx::query_as("SELECT sha256 FROM attachment WHERE conversation_id = $1 AND id = $2")
                .bind(conversation)
                .bind(id)
                .fetch_optional(&mut *self.tx)
                .await?;
        match row {
            Some((sha256,)) => self.remove_attachment(conversation, id, &sha256).await,
            None => Ok(()),
        }
    }

    async fn remove_attachment(
        &mut self,
        conversation: &str,
        id: &str,
        sha256: &str,
    ) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM attachment WHERE id = $1").bind(id).execute(&mut *self.tx).await?;
        let path = self.attachment_path(conversation, sha256)?;
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                let what = format!("removing {}", path.display());
                return Err(StoreError::Io { what, error });
            }
            _ => {}
        }
        // Only an empty folder goes.
        let _ = path.parent().map(std::fs::remove_dir);
        Ok(())
    }

    /// One folder a conversation, so that the same file of two customers is there twice and erasing
    /// one leaves the other.
    pub(crate) fn attachment_path(
        &self,
        conversation: &str,
        sha256: &str,
    ) -> Result<PathBuf, StoreError> {
        let folder = self.store.folder.as_ref().ok_or_else(|| {
            StoreError::Invalid("no folder for files was given (--files)".to_owned())
        })?;
        Ok(folder.join(conversation).join(sha256))
    }
}
