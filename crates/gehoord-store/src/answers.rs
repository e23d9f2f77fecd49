//! "Voelde u zich gehoord?": what the customer answered. That is the truth.

use crate::error::StoreError;
use crate::request::Request;

/// One answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeardAnswer {
    /// Yes.
    Yes,
    /// Partly.
    Partly,
    /// No.
    No,
}

impl HeardAnswer {
    /// The id as written in JSON.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::Partly => "partly",
            Self::No => "no",
        }
    }
}

impl std::str::FromStr for HeardAnswer {
    type Err = StoreError;

    fn from_str(text: &str) -> Result<Self, StoreError> {
        match text {
            "yes" => Ok(Self::Yes),
            "partly" => Ok(Self::Partly),
            "no" => Ok(Self::No),
            other => {
                let message = format!("answer '{other}' is unknown; expected yes, partly or no");
                Err(StoreError::Invalid(message))
            }
        }
    }
}

/// What a customer answered about one conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomerAnswer {
    /// `yes`, `partly` or `no`.
    pub answer: String,
    /// One sentence, masked, when they wrote one.
    pub sentence: Option<String>,
    /// Milliseconds since 1970.
    pub answered_at: i64,
}

impl Request {
    /// Keeps what the customer answered; a later answer takes the place of an earlier one.
    ///
    /// # Errors
    /// When the viewer may not write to the conversation.
    pub async fn answer(
        &mut self,
        conversation: &str,
        answer: HeardAnswer,
        sentence: Option<&str>,
    ) -> Result<(), StoreError> {
        self.writable(conversation).await?;
        sqlx::query(
            "INSERT INTO heard_by_customer (conversation_id, answer, sentence, answered_at) \
             VALUES ($1, $2, $3, $4) ON CONFLICT (conversation_id) DO UPDATE SET \
             answer = excluded.answer, sentence = excluded.sentence, \
             answered_at = excluded.answered_at",
        )
        .bind(conversation)
        .bind(answer.id())
        .bind(sentence)
        .bind(self.now)
        .execute(&mut *self.tx)
        .await?;
        self.touch(conversation);
        Ok(())
    }

    /// What the customer answered, if they did.
    ///
    /// # Errors
    /// As [`conversation`](Self::conversation).
    pub async fn customer_answer(
        &mut self,
        conversation: &str,
    ) -> Result<Option<CustomerAnswer>, StoreError> {
        self.readable(conversation).await?;
        let row: Option<(String, Option<String>, i64)> = sqlx::query_as(
            "SELECT answer, sentence, answered_at FROM heard_by_customer \
             WHERE conversation_id = $1",
        )
        .bind(conversation)
        .fetch_optional(&mut *self.tx)
        .await?;
        self.touch(conversation);
        Ok(row.map(|(answer, sentence, answered_at)| CustomerAnswer {
            answer,
            sentence,
            answered_at,
        }))
    }
}
