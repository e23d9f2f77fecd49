//! Reading conversations: who sees which, and how much of them.

use std::collections::HashMap;
use std::ops::RangeInclusive;

use serde_json::Value;
use sqlx::{AssertSqlSafe, FromRow};

use crate::analysis::Analysis;
use crate::error::StoreError;
use crate::key::Original;
use crate::paging::{Cursor, Page, page_limit};
use crate::request::Request;
use crate::rights::{Right, Role, Viewer};

/// Whether somebody is still at work on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// It goes on.
    Open,
    /// It is over.
    Closed,
}

impl Status {
    /// The id as written in JSON.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Closed => "closed",
        }
    }
}

/// A conversation in a list: what happened, never what was felt.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct ConversationRow {
    /// Its id.
    pub id: String,
    /// Where it came from.
    pub source: String,
    /// Its name there.
    pub external_id: String,
    /// Pseudonym of the customer.
    pub customer: Option<String>,
    /// Team that serves the customer.
    pub team_id: Option<String>,
    /// Agent who helps them now.
    pub assigned_to: Option<String>,
    /// The channel.
    pub channel: String,
    /// The locale that was given.
    pub locale: Option<String>,
    /// Subject line, masked.
    pub subject: Option<String>,
    /// `open` or `closed`.
    pub status: String,
    /// First turn, milliseconds since 1970, as all times here.
    pub started_at: i64,
    /// Last turn.
    pub last_at: i64,
    /// When it was closed.
    pub closed_at: Option<i64>,
    /// Since when the customer waits for an answer.
    pub waiting_since: Option<i64>,
    /// How many turns.
    pub turns: i64,
    /// 1 when the customer was in touch about this before.
    pub repeat_contact: i64,
    /// 1 when something was heard that may be dangerous; in lists without what is not so by the word of
    /// the viewer, or of who helps the customer.
    pub danger: i64,
    /// When the first open promise is due.
    pub next_due: Option<i64>,
}

/// One turn, as the viewer may see it.
#[derive(Debug, Clone, PartialEq)]
pub struct TurnView {
    /// Place in the conversation, from 0.
    pub position: i64,
    /// Who spoke.
    pub party: String,
    /// Which agent, when that is known.
    pub person_id: Option<String>,
    /// The words, masked.
    pub text: String,
    /// When, as it was given.
    pub at: Option<String>,
    /// When, in milliseconds since 1970.
    pub said_at: i64,
    /// Its name where it came from.
    pub external_id: Option<String>,
    /// What was heard in it, when the viewer may see that: the report's entry for the turn.
    pub finding: Option<Value>,
}

/// One conversation, as the viewer may see it.
#[derive(Debug, Clone, PartialEq)]
pub struct ConversationView {
    /// What the list shows too.
    pub row: ConversationRow,
    /// Who said what; all texts masked.
    pub turns: Vec<TurnView>,
    /// What was heard over the whole of it; none before it was listened to.
    pub analysis: Option<Analysis>,
    /// What stands behind the masks: only for the agent it is assigned to, while it is open.
    pub originals: Vec<Original>,
}

/// Which conversations to list.
#[derive(Debug, Clone, Default)]
pub struct ConversationFilter {
    /// Only of this team.
    pub team_id: Option<String>,
    /// Only with this status.
    pub status: Option<Status>,
    /// Only with a last turn at this time or later.
    pub from: Option<i64>,
    /// Only with a last turn before this time.
    pub until: Option<i64>,
    /// Only what is assigned to the viewer.
    pub mine: bool,
    /// Only of the customer with this pseudonym.
    pub customer: Option<String>,
    /// Only behind this place.
    pub after: Option<Cursor>,
    /// So many at most (1–200, 50 when 0).
    pub limit: i64,
}

/// How the viewer stands to a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Relation {
    /// They may see it at all.
    pub(crate) sees: bool,
    /// They help this customer now: they see the originals.
    pub(crate) helps: bool,
    /// Findings about the agents were laid before them: the whole conversation, or one turn.
    pub(crate) shown: Shown,
    /// They lead the team, and named review is on.
    pub(crate) reviews: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shown {
    Nothing,
    Turn(i64),
    Everything,
}

/// What a viewer may see of the findings of one conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sight {
    person: Option<String>,
    turns: RangeInclusive<i64>,
    relation: Relation,
}

impl Sight {
    /// Whether the turn itself may be seen.
    #[must_use]
    pub fn of_turn(&self, position: i64) -> bool {
        self.turns.contains(&position)
    }

    /// Findings about an agent are that agent's own; those about nobody who is known are nobody's.
    #[must_use]
    pub fn of_agent_turn(&self, position: i64, speaker: Option<&str>) -> bool {
        self.is_own(speaker)
            || self.relation.reviews
            || match self.relation.shown {
                Shown::Everything => true,
                Shown::Turn(shown) => shown == position,
                Shown::Nothing => false,
            }
    }

    /// The verdict is about every agent who spoke (`speakers`, one for each of their turns): it is
    /// for who was one of them, and for who was shown all of it.
    #[must_use]
    pub fn of_verdict<'s>(&self, mut speakers: impl Iterator<Item = Option<&'s str>>) -> bool {
        self.relation.reviews
            || self.relation.shown == Shown::Everything
            || speakers.any(|speaker| self.is_own(speaker))
    }

    fn is_own(&self, speaker: Option<&str>) -> bool {
        speaker.is_some() && speaker == self.person.as_deref()
    }
}

macro_rules! columns {
    ($rest:literal) => {
        concat!(
            "SELECT c.id, c.source, c.external_id, k.pseudonym AS customer, c.team_id, ",
            "c.assigned_to, c.channel, c.locale, c.subject, c.status, c.started_at, c.last_at, ",
            "c.closed_at, c.waiting_since, c.turns, c.repeat_contact, c.danger, ",
            "(SELECT MIN(p.due_at) FROM promise p WHERE p.conversation_id = c.id ",
            "AND p.state = 'open') AS next_due ",
            "FROM conversation c LEFT JOIN customer k ON k.id = c.customer_id ",
            $rest
        )
    };
}

/// Places for so many values in a statement: `$1, $2`.
pub(crate) fn places(count: usize) -> String {
    (1..=count).map(|place| format!("${place}")).collect::<Vec<_>>().join(", ")
}

impl Request {
    /// A conversation, as the viewer may see it.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] also when it is there but not for this viewer.
    pub async fn conversation(&mut self, id: &str) -> Result<ConversationView, StoreError> {
        let (row, relation) = self.readable(id).await?;
        let mut turns = self.turns(id).await?;
        let shown = relation.window(&self.viewer);
        turns.retain(|turn| shown.contains(&turn.position));
        let sight = self.sight_of(relation);
        let findings = self.findings(id).await?;
        for turn in &mut turns {
            let Some((about, report)) = findings.get(&turn.position) else { continue };
            if about != "agent" || sight.of_agent_turn(turn.position, turn.person_id.as_deref()) {
                let report = serde_json::from_str(report);
                turn.finding =
                    Some(report.map_err(|error| StoreError::damaged("a finding", error))?);
            }
        }
        let mut analysis = self.analysis(id).await?;
        let agents = turns.iter().filter(|t| t.party == "agent").map(|t| t.person_id.as_deref());
        if let Some(analysis) = &mut analysis
            && !sight.of_verdict(agents)
        {
            analysis.agent_side = None;
            analysis.verdict = None;
        }
        let originals = if relation.helps { self.originals(id).await? } else { Vec::new() };
        self.touch(id);
        if !originals.is_empty() {
            self.note("originals");
        }
        Ok(ConversationView { row, turns, analysis, originals })
    }

    /// The conversations within reach, the newest first.
    ///
    /// # Errors
    /// When the viewer may not, or the filter cannot be.
    pub async fn conversations(
        &mut self,
        filter: &ConversationFilter,
    ) -> Result<Page<ConversationRow>, StoreError> {
        self.viewer.must(Right::ReadConversations)?;
        let limit = page_limit(filter.limit)?;
        let mut found: Vec<ConversationRow> = Vec::new();
        if self.viewer.role() == Some(Role::Coach) {
            found = self.shared_rows(filter, limit + 1).await?;
        } else if filter.mine {
            let person = self.viewer.person_id().unwrap_or_default().to_owned();
            found = self.rows_of("c.assigned_to", &person, filter, limit + 1).await?;
        } else {
            // One team at a time: each answers from its index, however large the store.
            for team in self.teams_within_reach(filter.team_id.as_deref()).await? {
                found.extend(self.rows_of("c.team_id", &team, filter, limit + 1).await?);
            }
            found.sort_by(|a, b| (b.last_at, &b.id).cmp(&(a.last_at, &a.id)));
        }
        let mut page = Page::of(found, limit, |row| Cursor { at: row.last_at, id: row.id.clone() });
        self.without_denied(page.rows.iter_mut()).await?;
        page.rows.iter().for_each(|row| self.touch(&row.id));
        Ok(page)
    }

    /// Masked conversations of every team, in the order of their ids, at most 50 after `place` (an
    /// id; nothing at first): to be handed on as files. Without anything that was heard, and
    /// without the originals. `limit` and `mine` of the filter say nothing here.
    ///
    /// # Errors
    /// When the viewer does not run this on the machine itself.
    pub async fn export(
        &mut self,
        filter: &ConversationFilter,
        place: &str,
    ) -> Result<Vec<ConversationView>, StoreError> {
        if !self.viewer.sees_every_team() {
            return Err(StoreError::Forbidden("to export conversations"));
        }
        let rows: Vec<ConversationRow> = sqlx::query_as(columns!(
            "WHERE c.id > $1 AND c.last_at >= $2 AND c.last_at < $3 \
             AND ($4 = '' OR c.team_id = $4) AND ($5 = '' OR k.pseudonym = $5) \
             AND ($6 = '' OR c.status = $6) ORDER BY c.id LIMIT 50"
        ))
        .bind(place)
        .bind(filter.from.unwrap_or(0))
        .bind(filter.until.unwrap_or(i64::MAX))
        .bind(filter.team_id.clone().unwrap_or_default())
        .bind(filter.customer.clone().unwrap_or_default())
        .bind(filter.status.map_or("", Status::id))
        .fetch_all(&mut *self.tx)
        .await?;
        let mut views = Vec::with_capacity(rows.len());
        for row in rows {
            let turns = self.turns(&row.id).await?;
            self.touch(&row.id);
            views.push(ConversationView { row, turns, analysis: None, originals: Vec::new() });
        }
        Ok(views)
    }

    /// Every contact of the customer of a conversation that the viewer may see, oldest first: what
    /// this customer has been through.
    ///
    /// # Errors
    /// As [`conversation`](Self::conversation).
    pub async fn history(&mut self, id: &str) -> Result<Vec<ConversationRow>, StoreError> {
        let (row, relation) = self.readable(id).await?;
        if row.customer.is_none() || relation.only_shown(&self.viewer) {
            return Ok(vec![row]);
        }
        let rows: Vec<ConversationRow> =
            sqlx::query_as(columns!("WHERE k.pseudonym = $1 ORDER BY c.started_at LIMIT 200"))
                .bind(row.customer.clone())
                .fetch_all(&mut *self.tx)
                .await?;
        let ids: Vec<String> = rows.iter().map(|row| row.id.clone()).collect();
        ids.iter().for_each(|id| self.touch(id));
        Ok(rows)
    }

    /// Conversations whose `owner` (a column) is `who`, the newest first.
    async fn rows_of(
        &mut self,
        owner: &'static str,
        who: &str,
        filter: &ConversationFilter,
        limit: i64,
    ) -> Result<Vec<ConversationRow>, StoreError> {
        // Only what is asked for stands in the statement, so that the index that fits is used.
        let mut statement = format!(
            "{} {owner} = $1 AND c.last_at >= $2 AND (c.last_at, c.id) < ($3, $4) ",
            columns!("WHERE")
        );
        let mut more = Vec::new();
        if let Some(status) = filter.status {
            more.push(status.id());
            statement.push_str("AND c.status = $5 ");
        }
        if let Some(customer) = &filter.customer {
            more.push(customer);
            let customer = more.len() + 4;
            statement.push_str(&format!(
                "AND c.customer_id = (SELECT id FROM customer WHERE pseudonym = ${customer}) "
            ));
        }
        if let Some(team) = &filter.team_id {
            more.push(team);
            statement.push_str(&format!("AND c.team_id = ${} ", more.len() + 4));
        }
        let limit_place = more.len() + 5;
        statement.push_str(&format!("ORDER BY c.last_at DESC, c.id DESC LIMIT ${limit_place}"));
        let begin = Cursor::earlier(filter.until, filter.after.as_ref());
        let mut query = sqlx::query_as(AssertSqlSafe(statement))
            .bind(who)
            .bind(filter.from.unwrap_or(0))
            .bind(begin.at)
            .bind(begin.id);
        for value in more {
            query = query.bind(value);
        }
        Ok(query.bind(limit).fetch_all(&mut *self.tx).await?)
    }

    async fn shared_rows(
        &mut self,
        filter: &ConversationFilter,
        limit: i64,
    ) -> Result<Vec<ConversationRow>, StoreError> {
        let begin = Cursor::earlier(filter.until, filter.after.as_ref());
        let person = self.viewer.person_id().unwrap_or_default().to_owned();
        Ok(sqlx::query_as(columns!(
            "WHERE c.id IN (SELECT s.conversation_id FROM shared_moment s WHERE s.to_person = $1 \
             AND s.revoked_at IS NULL AND s.expires_at > $2) \
             AND c.last_at >= $3 AND (c.last_at, c.id) < ($4, $9) AND ($6 = '' OR c.status = $6) \
             AND ($7 = '' OR k.pseudonym = $7) AND ($8 = '' OR c.team_id = $8) \
             ORDER BY c.last_at DESC, c.id DESC LIMIT $5"
        ))
        .bind(person)
        .bind(self.now)
        .bind(filter.from.unwrap_or(0))
        .bind(begin.at)
        .bind(limit)
        .bind(filter.status.map_or("", Status::id))
        .bind(filter.customer.clone().unwrap_or_default())
        .bind(filter.team_id.clone().unwrap_or_default())
        .bind(begin.id)
        .fetch_all(&mut *self.tx)
        .await?)
    }

    /// The teams whose conversations the viewer may see: the own one, for who leads it also those
    /// below. `only` narrows it.
    pub(crate) async fn teams_within_reach(
        &mut self,
        only: Option<&str>,
    ) -> Result<Vec<String>, StoreError> {
        let mut teams = if self.viewer.sees_every_team() {
            self.all_teams().await?.into_iter().map(|team| team.id).collect()
        } else {
            match (self.viewer.role(), self.viewer.team_id().map(str::to_owned)) {
                (Some(Role::Manager), Some(team)) => self.teams_below(&team).await?,
                (_, Some(team)) => vec![team],
                (_, None) => Vec::new(),
            }
        };
        if let Some(only) = only {
            teams.retain(|team| team == only);
        }
        Ok(teams)
    }

    /// The row of a conversation that the viewer may see, and how they stand to it.
    pub(crate) async fn readable(
        &mut self,
        id: &str,
    ) -> Result<(ConversationRow, Relation), StoreError> {
        self.viewer.must(Right::ReadConversations)?;
        let row = self.row(id).await?.ok_or(StoreError::NotFound("the conversation"))?;
        let relation = self.relation(&row).await?;
        if relation.sees {
            Ok((row, relation))
        } else {
            Err(StoreError::NotFound("the conversation"))
        }
    }

    pub(crate) async fn row(&mut self, id: &str) -> Result<Option<ConversationRow>, StoreError> {
        Ok(sqlx::query_as(columns!("WHERE c.id = $1"))
            .bind(id)
            .fetch_optional(&mut *self.tx)
            .await?)
    }

    /// The same for several, by id.
    pub(crate) async fn rows(
        &mut self,
        ids: &[&str],
    ) -> Result<HashMap<String, ConversationRow>, StoreError> {
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let statement = format!("{} ({})", columns!("WHERE c.id IN"), places(ids.len()));
        let mut query = sqlx::query_as::<_, ConversationRow>(AssertSqlSafe(statement));
        for id in ids {
            query = query.bind(*id);
        }
        let rows = query.fetch_all(&mut *self.tx).await?;
        Ok(rows.into_iter().map(|row| (row.id.clone(), row)).collect())
    }

    async fn relation(&mut self, row: &ConversationRow) -> Result<Relation, StoreError> {
        let viewer = self.viewer.clone();
        if viewer.sees_every_team() {
            let shown = if viewer.is_machine() { Shown::Everything } else { Shown::Nothing };
            return Ok(Relation { sees: true, helps: false, shown, reviews: false });
        }
        let person = viewer.person_id().unwrap_or_default();
        let assigned = is_assigned(row, &viewer);
        let in_team = self.in_team(row).await?;
        let shown = self.shown_to(&row.id, person).await?;
        let reviews = viewer.role() == Some(Role::Manager)
            && in_team
            && self.settings_now().await?.named_review.is_some();
        Ok(Relation {
            sees: in_team || assigned || shown != Shown::Nothing,
            helps: assigned && row.status == Status::Open.id(),
            shown,
            reviews,
        })
    }

    /// Whether it is theirs or their team's. One that is not may still have been shown to them.
    pub(crate) async fn within_reach(&mut self, row: &ConversationRow) -> Result<bool, StoreError> {
        Ok(self.viewer.sees_every_team()
            || is_assigned(row, &self.viewer)
            || self.in_team(row).await?)
    }

    async fn in_team(&mut self, row: &ConversationRow) -> Result<bool, StoreError> {
        match &row.team_id {
            Some(team) if self.viewer.role() != Some(Role::Coach) => {
                Ok(self.teams_within_reach(None).await?.contains(team))
            }
            _ => Ok(false),
        }
    }

    pub(crate) async fn turns(&mut self, id: &str) -> Result<Vec<TurnView>, StoreError> {
        type Row = (i64, String, Option<String>, String, Option<String>, i64, Option<String>);
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT position, party, person_id, text, at, said_at, external_id FROM turn \
             WHERE conversation_id = $1 ORDER BY position",
        )
        .bind(id)
        .fetch_all(&mut *self.tx)
        .await?;
        let view = |(position, party, person_id, text, at, said_at, external_id): Row| TurnView {
            position,
            party,
            person_id,
            text,
            at,
            said_at,
            external_id,
            finding: None,
        };
        Ok(rows.into_iter().map(view).collect())
    }

    /// What the viewer may see of a conversation, for a screen that follows it.
    ///
    /// # Errors
    /// As [`conversation`](Self::conversation).
    pub async fn sight(&mut self, id: &str) -> Result<Sight, StoreError> {
        let (_, relation) = self.readable(id).await?;
        self.touch(id);
        Ok(self.sight_of(relation))
    }

    pub(crate) fn sight_of(&self, relation: Relation) -> Sight {
        Sight {
            person: self.viewer.person_id().map(str::to_owned),
            turns: relation.window(&self.viewer),
            relation,
        }
    }

    pub(crate) async fn originals(&mut self, id: &str) -> Result<Vec<Original>, StoreError> {
        let rows: Vec<(String, String, String)> = sqlx::query_as(
            "SELECT mask, kind, sealed FROM original WHERE conversation_id = $1 ORDER BY mask",
        )
        .bind(id)
        .fetch_all(&mut *self.tx)
        .await?;
        rows.into_iter()
            .map(|(mask, kind, sealed)| {
                let text = self.store.key.open(&sealed, &format!("{id}/{mask}"))?;
                Ok(Original { mask, kind, text })
            })
            .collect()
    }

    /// The same for a conversation by its source and its name there; none when it is not kept.
    ///
    /// # Errors
    /// As [`masks`](Self::masks).
    pub async fn masks_of(
        &mut self,
        source: &str,
        external_id: &str,
    ) -> Result<Vec<Original>, StoreError> {
        let known: Option<(String,)> =
            sqlx::query_as("SELECT id FROM conversation WHERE source = $1 AND external_id = $2")
                .bind(source)
                .bind(external_id)
                .fetch_optional(&mut *self.tx)
                .await?;
        match known {
            Some((id,)) => self.masks(&id).await,
            None => Ok(Vec::new()),
        }
    }

    /// Id of the conversation of this name elsewhere, such as the id of a call, that the viewer helps
    /// with; the newest where there are several.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn own_by_name(&mut self, external_id: &str) -> Result<Option<String>, StoreError> {
        let Some(person) = self.viewer.person_id().map(str::to_owned) else { return Ok(None) };
        let known: Option<(String,)> = sqlx::query_as(
            "SELECT id FROM conversation WHERE assigned_to = $1 AND external_id = $2 \
             ORDER BY last_at DESC, id LIMIT 1",
        )
        .bind(person)
        .bind(external_id)
        .fetch_optional(&mut *self.tx)
        .await?;
        Ok(known.map(|(id,)| id))
    }

    /// What the viewer wrote last in the newest conversations they help with, masked, the newest
    /// first. None for who helps nobody.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn own_replies(&mut self) -> Result<Vec<String>, StoreError> {
        const CONVERSATIONS: i64 = 10;
        const REPLIES: i64 = 20;
        let Some(person) = self.viewer.person_id().map(str::to_owned) else {
            return Ok(Vec::new());
        };
        let replies: Vec<(String,)> = sqlx::query_as(
            "SELECT t.text FROM turn t JOIN (SELECT id FROM conversation WHERE assigned_to = $1 \
             ORDER BY last_at DESC, id LIMIT $2) c ON c.id = t.conversation_id \
             WHERE t.person_id = $1 ORDER BY t.said_at DESC, t.conversation_id, t.position \
             LIMIT $3",
        )
        .bind(person)
        .bind(CONVERSATIONS)
        .bind(REPLIES)
        .fetch_all(&mut *self.tx)
        .await?;
        Ok(replies.into_iter().map(|(text,)| text).collect())
    }

    /// The masks of a conversation with what stands behind them, so that the next turn, or what
    /// somebody says about it, goes on with the same ones. For gehoord itself, which masks what comes
    /// in; it is handed to nobody.
    ///
    /// # Errors
    /// When the viewer may neither read nor write this conversation.
    pub async fn masks(&mut self, id: &str) -> Result<Vec<Original>, StoreError> {
        if !self.viewer.may(Right::Import) {
            self.readable(id).await?;
        }
        self.originals(id).await
    }
}

fn is_assigned(row: &ConversationRow, viewer: &Viewer) -> bool {
    row.assigned_to.as_deref() == Some(viewer.person_id().unwrap_or_default())
}

impl Relation {
    /// The turns that they see. Of a moment that was shared: that turn, with what it answers.
    pub(crate) fn window(self, viewer: &crate::rights::Viewer) -> RangeInclusive<i64> {
        match self.shown {
            Shown::Turn(position) if self.only_shown(viewer) => position - 3..=position,
            _ => 0..=i64::MAX,
        }
    }

    /// Whether they see it only because somebody shared it with them.
    pub(crate) fn only_shown(self, viewer: &Viewer) -> bool {
        viewer.role() == Some(Role::Coach)
    }
}
