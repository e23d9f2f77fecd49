//! Rubric and house style, in every version that was ever in force.

use sha2::{Digest, Sha256};

use crate::error::StoreError;
use crate::key::hex;
use crate::request::Request;
use crate::rights::Right;

/// Which text it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DocumentKind {
    /// How replies are judged.
    Rubric,
    /// How the organisation writes.
    HouseStyle,
}

impl DocumentKind {
    /// The id as written in the database.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Rubric => "rubric",
            Self::HouseStyle => "house_style",
        }
    }
}

/// One version of a text.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Document {
    /// Made from its words: the same words are the same version.
    pub version: String,
    /// The words.
    pub text: String,
    /// Since when, milliseconds since 1970.
    pub created_at: i64,
    /// Who put it there.
    pub created_by: String,
}

impl Request {
    /// Puts a text in force; gives its version.
    ///
    /// # Errors
    /// When the viewer may not.
    pub async fn write_document(
        &mut self,
        kind: DocumentKind,
        text: &str,
    ) -> Result<String, StoreError> {
        self.viewer.must(Right::ManageSettings)?;
        let version = hex(&Sha256::digest(text)[..6]);
        sqlx::query(
            "INSERT INTO document (kind, version, text, created_at, created_by) \
             VALUES ($1, $2, $3, $4, $5) ON CONFLICT (kind, version) DO UPDATE SET \
             created_at = excluded.created_at, created_by = excluded.created_by",
        )
        .bind(kind.id())
        .bind(&version)
        .bind(text)
        .bind(self.now)
        .bind(self.viewer.name().to_owned())
        .execute(&mut *self.tx)
        .await?;
        self.touch_other(&version);
        Ok(version)
    }

    /// Every version, the one in force first.
    ///
    /// # Errors
    /// When the viewer may not.
    pub async fn documents(&mut self, kind: DocumentKind) -> Result<Vec<Document>, StoreError> {
        self.viewer.must(Right::ReadSettings)?;
        Ok(sqlx::query_as(
            "SELECT version, text, created_at, created_by FROM document WHERE kind = $1 \
             ORDER BY created_at DESC, version",
        )
        .bind(kind.id())
        .fetch_all(&mut *self.tx)
        .await?)
    }
}
