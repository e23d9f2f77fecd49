//! What words in a later turn show of a promise: of the same conversation, or of a later contact of
//! the same customer with the same team. What a person or an event decided always stands.

use gehoord_conversation::wire::WireReport;
use gehoord_conversation::wire::report::{WireShown, WireTurnReport};

use crate::conversations::TurnView;
use crate::error::StoreError;
use crate::request::{Request, number};

/// So many promises of earlier contacts are looked at, the last ones first.
const NEAR: i64 = 32;
/// So many later contacts are looked at for promises of a conversation that came in after them.
const LATER: i64 = 16;

/// Where the words stand that show what became of a promise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownPlace {
    /// The conversation: that of the promise, or a later one.
    pub conversation_id: String,
    /// The turn.
    pub position: i64,
    /// First byte in its text.
    pub start: i64,
    /// Just past the last byte.
    pub end: i64,
}

/// What words say of a promise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Said {
    /// `kept` or `broken`.
    pub(crate) state: String,
    by: &'static str,
    pub(crate) place: ShownPlace,
}

impl Said {
    /// As a report of the conversation has it.
    pub(crate) fn of(conversation: &str, shown: &WireShown, report: &WireReport) -> Self {
        let customer =
            matches!(report.turns.get(shown.turn), Some(WireTurnReport::Customer { .. }));
        Self::by(customer, conversation, shown)
    }

    fn by(customer: bool, conversation: &str, shown: &WireShown) -> Self {
        let place = shown.evidence.first();
        Self {
            state: shown.state.clone(),
            by: if customer { "customer" } else { "agent" },
            place: ShownPlace {
                conversation_id: conversation.to_owned(),
                position: number(shown.turn),
                start: place.map_or(0, |place| number(place.start)),
                end: place.map_or(0, |place| number(place.end)),
            },
        }
    }
}

/// Whether the state was set by words alone.
pub(crate) fn is_words(by: &str) -> bool {
    matches!(by, "customer" | "agent")
}

/// A promise of an earlier contact that words may still settle.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct EarlierPromise {
    /// Its id.
    pub id: String,
    /// What, in the agent's words (masked).
    pub what: String,
    /// When it was made, milliseconds since 1970.
    pub made_at: i64,
    /// When at the latest, when that is known.
    pub due_at: Option<i64>,
}

/// What later contacts may show of the promises of a conversation that came in after them.
#[derive(Debug, Clone, Default)]
pub struct LaterContacts {
    /// The promises.
    pub promises: Vec<EarlierPromise>,
    /// Contacts that went on after the first of them was made, in their order, each with all its
    /// turns; the first 16.
    pub contacts: Vec<(String, Vec<TurnView>)>,
}

/// What there is to hear about promises of earlier contacts.
#[derive(Debug, Clone, Default)]
pub struct EarlierPromises {
    /// The promises.
    pub promises: Vec<EarlierPromise>,
    /// Every turn of the conversation in which they may be settled; none where there is no promise.
    pub turns: Vec<TurnView>,
}

impl Request {
    /// Promises to the customer of a conversation by its team in earlier contacts, with the turns in
    /// which to look. What turns from `first` on showed before is forgotten: they have changed.
    ///
    /// # Errors
    /// When the viewer may not write to the conversation.
    pub async fn earlier_promises(
        &mut self,
        conversation: &str,
        first: i64,
    ) -> Result<EarlierPromises, StoreError> {
        if !self.writing_to(conversation).await?.has_customer {
            return Ok(EarlierPromises::default());
        }
        let forgotten: Vec<(String,)> = sqlx::query_as(
            "UPDATE promise SET state = 'open', changed_at = $3, changed_by = NULL, \
             shown_in = NULL, shown_turn = NULL, shown_start = NULL, shown_end = NULL \
             WHERE shown_in = $1 AND shown_turn >= $2 AND conversation_id <> $1 \
             RETURNING conversation_id",
        )
        .bind(conversation)
        .bind(first)
        .bind(self.now)
        .fetch_all(&mut *self.tx)
        .await?;
        for (promised_in,) in forgotten {
            self.promise_changed(&promised_in);
        }
        let promises: Vec<EarlierPromise> = sqlx::query_as(
            "SELECT p.id, p.what, t.said_at AS made_at, p.due_at FROM conversation c \
             JOIN conversation e ON e.customer_id = c.customer_id AND e.team_id = c.team_id \
             JOIN promise p ON p.conversation_id = e.id \
             JOIN turn t ON t.conversation_id = e.id AND t.position = p.position \
             WHERE c.id = $1 AND e.id <> c.id AND e.started_at <= c.last_at \
             AND p.state <> 'withdrawn' \
             AND (p.changed_by IS NULL OR p.changed_by IN ('customer', 'agent')) \
             ORDER BY t.said_at DESC, p.id DESC LIMIT $2",
        )
        .bind(conversation)
        .bind(NEAR)
        .fetch_all(&mut *self.tx)
        .await?;
        let turns = match promises.is_empty() {
            true => Vec::new(),
            false => self.turns(conversation).await?,
        };
        Ok(EarlierPromises { promises, turns })
    }

    /// Promises made in turns of a conversation from `first` on that words may still settle, and the
    /// contacts of the same customer with the same team that went on after them: what is written
    /// about an earlier day comes in after what followed it.
    ///
    /// # Errors
    /// When the viewer may not write to the conversation.
    pub async fn later_contacts(
        &mut self,
        conversation: &str,
        first: i64,
    ) -> Result<LaterContacts, StoreError> {
        if !self.writing_to(conversation).await?.has_customer {
            return Ok(LaterContacts::default());
        }
        let promises: Vec<EarlierPromise> = sqlx::query_as(
            "SELECT p.id, p.what, t.said_at AS made_at, p.due_at FROM promise p \
             JOIN turn t ON t.conversation_id = p.conversation_id AND t.position = p.position \
             WHERE p.conversation_id = $1 AND p.position >= $2 AND p.state <> 'withdrawn' \
             AND (p.changed_by IS NULL OR p.changed_by IN ('customer', 'agent')) \
             ORDER BY t.said_at DESC, p.id DESC LIMIT $3",
        )
        .bind(conversation)
        .bind(first)
        .bind(NEAR)
        .fetch_all(&mut *self.tx)
        .await?;
        let Some(made_at) = promises.iter().map(|promise| promise.made_at).min() else {
            return Ok(LaterContacts::default());
        };
        let ids: Vec<(String,)> = sqlx::query_as(
            "SELECT l.id FROM conversation c \
             JOIN conversation l ON l.customer_id = c.customer_id AND l.team_id = c.team_id \
             WHERE c.id = $1 AND l.id <> c.id AND l.last_at > $2 ORDER BY l.last_at, l.id LIMIT $3",
        )
        .bind(conversation)
        .bind(made_at)
        .bind(LATER)
        .fetch_all(&mut *self.tx)
        .await?;
        let mut contacts = Vec::with_capacity(ids.len());
        for (id,) in ids {
            let turns = self.turns(&id).await?;
            contacts.push((id, turns));
        }
        Ok(LaterContacts { promises, contacts })
    }

    /// A turn of `conversation` shows what became of a promise of an earlier contact, as
    /// [`earlier_promises`](Self::earlier_promises) gave it. Words that were said later, and those of
    /// the customer against the agent's, stand.
    ///
    /// # Errors
    /// When the viewer may not write to the conversation.
    pub async fn show_promise(
        &mut self,
        id: &str,
        conversation: &str,
        shown: &WireShown,
    ) -> Result<(), StoreError> {
        self.writing_to(conversation).await?;
        let turn: Option<(String, i64)> = sqlx::query_as(
            "SELECT party, said_at FROM turn WHERE conversation_id = $1 AND position = $2",
        )
        .bind(conversation)
        .bind(number(shown.turn))
        .fetch_optional(&mut *self.tx)
        .await?;
        let (party, said_at) = turn.ok_or(StoreError::NotFound("the turn"))?;
        let said = Said::by(party == "customer", conversation, shown);
        let promise: Option<(String,)> = sqlx::query_as(
            "UPDATE promise SET state = $2, changed_at = $3, changed_by = $4, reason = NULL, \
             shown_in = $5, shown_turn = $6, shown_start = $7, shown_end = $8 WHERE id = $1 \
             AND (changed_by IS NULL OR changed_by = 'agent' OR changed_by = $4) \
             AND NOT EXISTS (SELECT 1 FROM turn t WHERE t.conversation_id = promise.shown_in \
             AND t.position = promise.shown_turn AND t.said_at > $9) RETURNING conversation_id",
        )
        .bind(id)
        .bind(&said.state)
        .bind(self.now)
        .bind(said.by)
        .bind(&said.place.conversation_id)
        .bind(said.place.position)
        .bind(said.place.start)
        .bind(said.place.end)
        .bind(said_at)
        .fetch_optional(&mut *self.tx)
        .await?;
        if let Some((promised_in,)) = promise {
            self.touch(&promised_in);
            self.promise_changed(&promised_in);
            self.touch_other(id);
        }
        Ok(())
    }

    /// What the words of its own conversation show of a promise; none: it is open again.
    pub(crate) async fn write_shown(
        &mut self,
        conversation: &str,
        fingerprint: &str,
        said: Option<&Said>,
    ) -> Result<(), StoreError> {
        let place = said.map(|said| &said.place);
        let (id,): (String,) = sqlx::query_as(
            "UPDATE promise SET state = $3, changed_at = $4, changed_by = $5, reason = NULL, \
             shown_in = $6, shown_turn = $7, shown_start = $8, shown_end = $9 \
             WHERE conversation_id = $1 AND fingerprint = $2 RETURNING id",
        )
        .bind(conversation)
        .bind(fingerprint)
        .bind(said.map_or("open", |said| &said.state))
        .bind(self.now)
        .bind(said.map(|said| said.by))
        .bind(place.map(|place| place.conversation_id.clone()))
        .bind(place.map(|place| place.position))
        .bind(place.map(|place| place.start))
        .bind(place.map(|place| place.end))
        .fetch_one(&mut *self.tx)
        .await?;
        self.promise_changed(conversation);
        self.touch_other(&id);
        Ok(())
    }

    /// Before a conversation is removed: nothing points at its words any more. What they showed stays.
    pub(crate) async fn forget_shown_in(&mut self, conversation: &str) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE promise SET shown_in = NULL, shown_turn = NULL, shown_start = NULL, \
             shown_end = NULL WHERE shown_in = $1",
        )
        .bind(conversation)
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }
}
