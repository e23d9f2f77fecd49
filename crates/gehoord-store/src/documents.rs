//! Rubric, house style and safety protocols, in every version that was ever in force.

use std::str::FromStr;

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
    /// What to do in the Netherlands when safety comes first.
    ProtocolsNl,
    /// The same in Belgium.
    ProtocolsBe,
}

impl DocumentKind {
    /// Every kind.
    pub const ALL: [Self; 4] =
        [Self::Rubric, Self::HouseStyle, Self::ProtocolsNl, Self::ProtocolsBe];

    /// Country of the protocols, when that is what it is.
    #[must_use]
    pub const fn country(self) -> Option<&'static str> {
        match self {
            Self::ProtocolsNl => Some("NL"),
            Self::ProtocolsBe => Some("BE"),
            Self::Rubric | Self::HouseStyle => None,
        }
    }

    /// The id as written in the database.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Rubric => "rubric",
            Self::HouseStyle => "house_style",
            Self::ProtocolsNl => "protocols_nl",
            Self::ProtocolsBe => "protocols_be",
        }
    }
}

impl FromStr for DocumentKind {
    type Err = StoreError;

    fn from_str(text: &str) -> Result<Self, StoreError> {
        Self::ALL.into_iter().find(|kind| kind.id() == text).ok_or_else(|| {
            let known: Vec<&str> = Self::ALL.iter().map(|kind| kind.id()).collect();
            StoreError::Invalid(format!("kind must be one of: {}", known.join(", ")))
        })
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

    /// Goes on only when the version that somebody looked at (none: nothing) is still in force.
    ///
    /// # Errors
    /// When the viewer may not, or somebody else put another in force meanwhile.
    pub async fn document_is_still(
        &mut self,
        kind: DocumentKind,
        version: Option<&str>,
    ) -> Result<(), StoreError> {
        self.viewer.must(Right::ManageSettings)?;
        self.lock_table("document").await?;
        let now = self.document_in_force(kind).await?;
        if now.as_ref().map(|document| document.version.as_str()) == version {
            return Ok(());
        }
        Err(StoreError::Conflict("somebody else put another version in force meanwhile".to_owned()))
    }

    /// The version in force, when the organisation wrote one.
    ///
    /// # Errors
    /// When the viewer may not.
    pub async fn document_in_force(
        &mut self,
        kind: DocumentKind,
    ) -> Result<Option<Document>, StoreError> {
        self.viewer.must(Right::ReadSettings)?;
        Ok(sqlx::query_as(
            "SELECT version, text, created_at, created_by FROM document WHERE kind = $1 \
             ORDER BY created_at DESC, version LIMIT 1",
        )
        .bind(kind.id())
        .fetch_optional(&mut *self.tx)
        .await?)
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
