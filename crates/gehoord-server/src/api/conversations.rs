//! Conversations: make, add a turn, read, search, take, close.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use gehoord_conversation::wire::input::{WireConversation, from_wire};
use gehoord_conversation::{Conversation, Party};
use gehoord_store::{
    Analysis, ConversationFilter, ConversationRow, ConversationView, HeardAnswer, Hit, Search,
    Status, TurnView, Viewer, Written,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::extract::{Asked, Body, Id, after, at_most, fits, time, written};
use crate::access::{Guarded, policy};
use crate::app::App;
use crate::aside::aside;
use crate::earlier::show_earlier;
use crate::error::{ApiError, ErrorBody};
use crate::importing::hide_personal;
use crate::intake::{Intake, Place, masked, take_in};
use crate::live::Said;

/// The longest turn that is kept, in bytes.
const LONGEST_TURN: usize = 1024 * 1024;

/// A conversation in a list: what happened, never what was felt.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ConversationLine {
    /// Its id.
    id: String,
    /// Its name where it came from.
    external_id: String,
    /// Pseudonym of the customer.
    customer: Option<String>,
    /// Team that serves the customer.
    team: Option<String>,
    /// Agent who helps them now.
    assigned_to: Option<String>,
    /// `phone`, `email`, `chat`, `social` or `in_person`.
    channel: String,
    /// Subject line, masked.
    subject: Option<String>,
    /// `open` or `closed`.
    status: String,
    /// First turn.
    started_at: String,
    /// Last turn.
    last_at: String,
    /// Since when the customer waits for an answer.
    waiting_since: Option<String>,
    /// How many turns.
    turns: i64,
    /// The customer was in touch about this before.
    repeat_contact: bool,
    /// Something was heard that may be dangerous: follow the protocol.
    danger: bool,
    /// When the first open promise is due.
    next_due: Option<String>,
}

impl From<ConversationRow> for ConversationLine {
    fn from(row: ConversationRow) -> Self {
        Self {
            id: row.id,
            external_id: row.external_id,
            customer: row.customer,
            team: row.team_id,
            assigned_to: row.assigned_to,
            channel: row.channel,
            subject: row.subject,
            status: row.status,
            started_at: written(row.started_at),
            last_at: written(row.last_at),
            waiting_since: row.waiting_since.map(written),
            turns: row.turns,
            repeat_contact: row.repeat_contact != 0,
            danger: row.danger != 0,
            next_due: row.next_due.map(written),
        }
    }
}

/// A turn, as you may see it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TurnBody {
    /// Place in the conversation, from 0.
    position: i64,
    /// `customer`, `agent`, `colleague` or `bot`.
    party: String,
    /// Which agent, when that is known.
    person: Option<String>,
    /// The words, masked.
    text: String,
    /// When.
    said_at: String,
    /// The report's entry for this turn (see `gehoord schema report`); its places are places in
    /// `text`. Findings about an agent are that agent's own.
    finding: Option<Value>,
}

impl From<TurnView> for TurnBody {
    fn from(turn: TurnView) -> Self {
        Self {
            position: turn.position,
            party: turn.party,
            person: turn.person_id,
            text: turn.text,
            said_at: written(turn.said_at),
            finding: turn.finding,
        }
    }
}

/// What was heard over the whole conversation.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AnalysisBody {
    /// Version of the engine.
    engine: String,
    /// Version of the model.
    model: String,
    /// Version of the rubric.
    rubric: String,
    /// Locale that was used.
    locale: String,
    /// When it was heard.
    heard_at: String,
    /// `trajectory` and `complaint`.
    customer: Value,
    /// `heard` and `moments`: only for the agents who spoke, and for whom they showed it.
    agent: Option<Value>,
    /// `heard`, `partly` or `not`, as an estimate from the words; none as above, or when there is
    /// too little to go by.
    verdict: Option<String>,
}

impl From<Analysis> for AnalysisBody {
    fn from(analysis: Analysis) -> Self {
        Self {
            engine: analysis.versions.engine,
            model: analysis.versions.model,
            rubric: analysis.versions.rubric,
            locale: analysis.locale,
            heard_at: written(analysis.heard_at),
            customer: analysis.customer_side,
            agent: analysis.agent_side,
            verdict: analysis.verdict,
        }
    }
}

/// A conversation, as you may see it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ConversationBody {
    #[serde(flatten)]
    line: ConversationLine,
    /// Who said what.
    items: Vec<TurnBody>,
    /// What was heard over the whole.
    analysis: Option<AnalysisBody>,
    /// What stands behind each mask: only while you help this customer.
    originals: BTreeMap<String, String>,
    /// What this is: an estimate from words.
    note: &'static str,
}

/// What every result says of itself.
pub(crate) const NOTE: &str = "Dit hoort woorden, niet of je het meent.";

impl From<ConversationView> for ConversationBody {
    fn from(view: ConversationView) -> Self {
        Self {
            line: view.row.into(),
            items: view.turns.into_iter().map(Into::into).collect(),
            analysis: view.analysis.map(Into::into),
            originals: view.originals.into_iter().map(|o| (o.mask, o.text)).collect(),
            note: NOTE,
        }
    }
}

/// Which conversations.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListQuery {
    /// Only of this team.
    team: Option<String>,
    /// `open` or `closed`.
    status: Option<String>,
    /// Last turn at this time or later.
    from: Option<String>,
    /// Last turn before this time.
    until: Option<String>,
    /// Only what is assigned to me.
    #[serde(default)]
    mine: bool,
    /// Only of the customer with this pseudonym.
    customer: Option<String>,
    /// Only what comes behind a page: its `next`.
    after: Option<String>,
    /// At most so many (1–200; 50).
    limit: Option<i64>,
}

/// A page of conversations, the newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PageBody {
    /// The conversations.
    conversations: Vec<ConversationLine>,
    /// Give this as `after` for the next page; null on the last.
    next: Option<String>,
}

/// Conversations within reach, the newest first.
#[utoipa::path(
    get, path = "/conversations", tag = "conversations", params(ListQuery),
    responses(
        (status = 200, body = PageBody), (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody), (status = 422, body = ErrorBody),
    ),
    security(("token" = []), ("session" = []))
)]
pub(crate) async fn list(
    State(app): State<App>,
    guarded: Guarded<policy::ReadConversations>,
    Asked(query): Asked<ListQuery>,
) -> Result<Json<PageBody>, ApiError> {
    for text in [&query.team, &query.customer].into_iter().flatten() {
        fits("a filter", text, 200)?;
    }
    let filter = ConversationFilter {
        team_id: query.team,
        status: query.status.as_deref().map(status).transpose()?,
        from: query.from.as_deref().map(|at| time("from", at)).transpose()?,
        until: query.until.as_deref().map(|at| time("until", at)).transpose()?,
        mine: query.mine,
        customer: query.customer,
        after: after(query.after.as_deref())?,
        limit: at_most(query.limit, 200)?,
    };
    let mut request = app.store.request(&guarded.viewer, "conversation.list").await?;
    let page = request.conversations(&filter).await?;
    request.finish().await?;
    Ok(Json(PageBody {
        conversations: page.rows.into_iter().map(Into::into).collect(),
        next: page.next.map(|next| next.to_string()),
    }))
}

fn status(text: &str) -> Result<Status, ApiError> {
    match text {
        "open" => Ok(Status::Open),
        "closed" => Ok(Status::Closed),
        _ => Err(ApiError::Invalid("status must be open or closed".to_owned())),
    }
}

/// Where a conversation is kept.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct KeptBody {
    /// Its id.
    id: String,
    /// `new`, `changed` or `same`.
    change: &'static str,
}

/// Make a conversation of your team, in the form of `gehoord schema input`; it may have turns
/// already. The same `external_id` (or `id`) again is the same conversation, brought up to date.
#[utoipa::path(
    post, path = "/conversations", tag = "conversations", request_body = Object,
    responses(
        (status = 201, body = KeptBody), (status = 200, body = KeptBody),
        (status = 401, body = ErrorBody), (status = 403, body = ErrorBody),
        (status = 400, body = ErrorBody), (status = 404, body = ErrorBody),
        (status = 409, body = ErrorBody), (status = 422, body = ErrorBody),
    ),
    security(("token" = []), ("session" = []))
)]
pub(crate) async fn create(
    State(app): State<App>,
    guarded: Guarded<policy::WriteConversations>,
    Body(wire): Body<WireConversation>,
) -> Result<(StatusCode, Json<KeptBody>), ApiError> {
    let mut given = from_wire(wire, "").map_err(|error| ApiError::Invalid(error.message))?;
    check(&given)?;
    hide_personal(&mut given, &app.store, &app.pseudonymiser);
    let name = given.external_id.as_ref().unwrap_or(&given.id);
    let mut request = app.store.request(&guarded.viewer, "conversation.masks").await?;
    let known = request.masks_of("api", name).await?;
    request.finish().await?;
    let masks = crate::intake::masks(known)?;
    let (viewer, ears) = (guarded.viewer.clone(), app.clone());
    // Long ones take a while: away from the threads that answer.
    let work = move || {
        let place = Place {
            source: "api",
            team_id: viewer.team_id(),
            assigned_to: viewer.person_id(),
            status: Status::Open,
        };
        take_in(&given, &place, masks, &ears.listener(), &ears.pseudonymiser)
    };
    let intake = aside(work).await?;
    let written = keep(&app, &guarded.viewer, &intake).await?;
    let (status, change) = match &written {
        Written::New(_) => (StatusCode::CREATED, "new"),
        Written::Changed(..) => (StatusCode::OK, "changed"),
        Written::Same(_) => (StatusCode::OK, "same"),
    };
    Ok((status, Json(KeptBody { id: written.id().to_owned(), change })))
}

/// Keeps what was taken in, and tells whoever follows it.
pub(crate) async fn keep(app: &App, viewer: &Viewer, intake: &Intake) -> Result<Written, ApiError> {
    let mut request = app.store.request(viewer, "conversation.create").await?;
    let written = request.write_conversation(&intake.new).await?;
    let first = match &written {
        Written::New(_) => Some(0),
        Written::Changed(_, first) => usize::try_from(*first).ok(),
        Written::Same(_) => None,
    };
    if let Some(first) = first {
        request.write_report(written.id(), &intake.report, first).await?;
        show_earlier(&mut request, &app.listener(), written.id(), first).await?;
    }
    let promises = request.promises_changed();
    request.finish().await?;
    if first.is_some() {
        app.live.changed(written.id()).await;
    }
    app.live.promises_changed(&promises);
    Ok(written)
}

/// Texts that can be kept, and a name that tells it from others.
pub(crate) fn check(given: &Conversation) -> Result<(), ApiError> {
    let name = given.external_id.as_deref().unwrap_or(&given.id);
    if name.is_empty() {
        let message = "id or external_id is needed: the same one again is the same conversation";
        return Err(ApiError::Invalid(message.to_owned()));
    }
    fits("id", name, 1_000)?;
    for text in [&given.customer, &given.subject].into_iter().flatten() {
        fits("customer and subject", text, 10_000)?;
    }
    for turn in &given.turns {
        for name in [&turn.speaker, &turn.external_id].into_iter().flatten() {
            fits("speaker and external_id", name, 1_000)?;
        }
        if turn.text.len() > LONGEST_TURN {
            return Err(ApiError::Invalid("a turn may be 1 MiB long at most".to_owned()));
        }
    }
    Ok(())
}

/// Read a conversation.
#[utoipa::path(
    get, path = "/conversations/{id}", tag = "conversations", params(("id" = String, Path)),
    responses(
        (status = 200, body = ConversationBody), (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody), (status = 404, body = ErrorBody),
    ),
    security(("token" = []), ("session" = []))
)]
pub(crate) async fn read(
    State(app): State<App>,
    guarded: Guarded<policy::ReadConversations>,
    Id(id): Id,
) -> Result<Json<ConversationBody>, ApiError> {
    let mut request = app.store.request(&guarded.viewer, "conversation.read").await?;
    let view = request.conversation(&id).await?;
    request.finish().await?;
    Ok(Json(view.into()))
}

/// What this customer has been through: their contacts, oldest first.
#[utoipa::path(
    get, path = "/conversations/{id}/history", tag = "conversations",
    params(("id" = String, Path)),
    responses(
        (status = 200, body = [ConversationLine]), (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody), (status = 404, body = ErrorBody),
    ),
    security(("token" = []), ("session" = []))
)]
pub(crate) async fn history(
    State(app): State<App>,
    guarded: Guarded<policy::ReadConversations>,
    Id(id): Id,
) -> Result<Json<Vec<ConversationLine>>, ApiError> {
    let mut request = app.store.request(&guarded.viewer, "conversation.history").await?;
    let rows = request.history(&id).await?;
    request.finish().await?;
    Ok(Json(rows.into_iter().map(Into::into).collect()))
}

/// A turn that comes in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewTurnBody {
    /// `customer`, `agent`, `colleague` or `bot`.
    party: String,
    /// The words; they are masked before anything else happens.
    text: String,
    /// When; now when absent.
    at: Option<String>,
    /// What the speaker is called, to know which agent it is; you, when an agent speaks and this is
    /// absent.
    speaker: Option<String>,
    /// Its name where it comes from: the same one twice is the same turn.
    external_id: Option<String>,
}

/// Where a turn came to stand.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AppendedBody {
    /// Place in the conversation, from 0.
    position: i64,
    /// False: it was there already.
    new: bool,
}

/// Add a turn. When this answers, it is kept and heard; streams have been told.
#[utoipa::path(
    post, path = "/conversations/{id}/turns", tag = "conversations",
    params(("id" = String, Path)), request_body = NewTurnBody,
    responses(
        (status = 201, body = AppendedBody), (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody), (status = 404, body = ErrorBody),
        (status = 400, body = ErrorBody), (status = 409, body = ErrorBody),
        (status = 422, body = ErrorBody),
    ),
    security(("token" = []), ("session" = []))
)]
pub(crate) async fn append(
    State(app): State<App>,
    guarded: Guarded<policy::WriteConversations>,
    Id(id): Id,
    Body(turn): Body<NewTurnBody>,
) -> Result<(StatusCode, Json<AppendedBody>), ApiError> {
    let party: Party =
        turn.party.parse().map_err(|error| ApiError::Invalid(format!("party: {error}")))?;
    if turn.text.len() > LONGEST_TURN {
        return Err(ApiError::Invalid("a turn may be 1 MiB long at most".to_owned()));
    }
    for name in [&turn.speaker, &turn.external_id].into_iter().flatten() {
        fits("speaker and external_id", name, 1_000)?;
    }
    let at = match &turn.at {
        Some(at) => time("at", at)?,
        None => jiff::Timestamp::now().as_millisecond(),
    };
    let at = jiff::Timestamp::from_millisecond(at)
        .map_err(|error| ApiError::Invalid(format!("at: {error}")))?;
    let zone = jiff::tz::TimeZone::get(gehoord_conversation::wire::input::DEFAULT_ZONE)
        .unwrap_or(jiff::tz::TimeZone::UTC);
    let own = party == Party::Agent && turn.speaker.is_none();
    let said = Said {
        party,
        text: turn.text,
        at: at.to_zoned(zone),
        speaker: turn.speaker,
        person_id: guarded.viewer.person_id().filter(|_| own).map(str::to_owned),
        external_id: turn.external_id,
    };
    let appended = app.live.append(&guarded.viewer, &id, said).await?;
    let body = AppendedBody { position: appended.position, new: appended.new };
    Ok((StatusCode::CREATED, Json(body)))
}

/// Who helps this customer.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AssignBody {
    /// Id of a person of the team; null: nobody.
    person: Option<String>,
}

/// Take a conversation, or (as a manager) give it to somebody of the team.
#[utoipa::path(
    put, path = "/conversations/{id}/assigned_to", tag = "conversations",
    params(("id" = String, Path)), request_body = AssignBody,
    responses(
        (status = 204), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody),
        (status = 404, body = ErrorBody), (status = 400, body = ErrorBody),
        (status = 422, body = ErrorBody),
    ),
    security(("token" = []), ("session" = []))
)]
pub(crate) async fn assign(
    State(app): State<App>,
    guarded: Guarded<policy::ReadConversations>,
    Id(id): Id,
    Body(body): Body<AssignBody>,
) -> Result<StatusCode, ApiError> {
    if let Some(person) = &body.person {
        fits("person", person, 200)?;
    }
    let mut request = app.store.request(&guarded.viewer, "conversation.assign").await?;
    request.assign(&id, body.person.as_deref()).await?;
    request.finish().await?;
    app.live.doubt(&id);
    Ok(StatusCode::NO_CONTENT)
}

/// Whether somebody is still at work on it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct StatusBody {
    /// `open` or `closed`.
    status: String,
}

/// Close a conversation, or open it again. Closed, nobody sees what is behind the masks.
#[utoipa::path(
    put, path = "/conversations/{id}/status", tag = "conversations",
    params(("id" = String, Path)), request_body = StatusBody,
    responses(
        (status = 204), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody),
        (status = 404, body = ErrorBody), (status = 400, body = ErrorBody),
        (status = 422, body = ErrorBody),
    ),
    security(("token" = []), ("session" = []))
)]
pub(crate) async fn set_status(
    State(app): State<App>,
    guarded: Guarded<policy::WriteConversations>,
    Id(id): Id,
    Body(body): Body<StatusBody>,
) -> Result<StatusCode, ApiError> {
    let mut request = app.store.request(&guarded.viewer, "conversation.status").await?;
    request.set_status(&id, status(&body.status)?).await?;
    request.finish().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// "Voelde u zich gehoord?"
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AnswerBody {
    /// `yes`, `partly` or `no`.
    answer: String,
    /// One sentence; it is masked.
    sentence: Option<String>,
}

/// Report what the customer answered.
#[utoipa::path(
    put, path = "/conversations/{id}/heard_by_customer", tag = "conversations",
    params(("id" = String, Path)), request_body = AnswerBody,
    responses(
        (status = 204), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody),
        (status = 404, body = ErrorBody), (status = 400, body = ErrorBody),
        (status = 422, body = ErrorBody),
    ),
    security(("token" = []), ("session" = []))
)]
pub(crate) async fn answer(
    State(app): State<App>,
    guarded: Guarded<policy::WriteConversations>,
    Id(id): Id,
    Body(body): Body<AnswerBody>,
) -> Result<StatusCode, ApiError> {
    let answer: HeardAnswer = body.answer.parse()?;
    let mut request = app.store.request(&guarded.viewer, "conversation.answer").await?;
    let sentence = match &body.sentence {
        Some(sentence) => {
            fits("sentence", sentence, 2_000)?;
            let known = crate::intake::masks(request.masks(&id).await?)?;
            Some(masked(&app, known, sentence))
        }
        None => None,
    };
    request.answer(&id, answer, sentence.as_deref()).await?;
    request.finish().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What was kept.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MadeBody {
    /// Its id.
    pub(crate) id: String,
}

/// What to look for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct SearchQuery {
    /// Words, all of which must be in one turn, in any form.
    words: String,
    /// Only turns at this time or later.
    from: Option<String>,
    /// Only turns before this time.
    until: Option<String>,
    /// Only of this team.
    team: Option<String>,
    /// Only turns of this party.
    party: Option<String>,
    /// Only what comes behind a page: its `next`.
    after: Option<String>,
    /// At most so many (1–200; 50).
    limit: Option<i64>,
}

/// A turn that was found.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HitBody {
    /// The conversation.
    conversation: String,
    /// The turn.
    position: i64,
    /// Who spoke.
    party: String,
    /// The words, masked.
    text: String,
    /// When.
    said_at: String,
    /// The channel.
    channel: String,
}

/// A page of turns that were found, the newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HitsBody {
    /// The turns.
    hits: Vec<HitBody>,
    /// Give this as `after` for the next page; null on the last.
    next: Option<String>,
}

/// Search the masked words, the newest first. Product owners find what customers said, in every
/// team.
#[utoipa::path(
    get, path = "/search", tag = "conversations", params(SearchQuery),
    responses(
        (status = 200, body = HitsBody), (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody), (status = 422, body = ErrorBody),
    ),
    security(("token" = []), ("session" = []))
)]
pub(crate) async fn search(
    State(app): State<App>,
    guarded: Guarded<policy::Search>,
    Asked(query): Asked<SearchQuery>,
) -> Result<Json<HitsBody>, ApiError> {
    fits("words", &query.words, 1_000)?;
    let search = Search {
        words: query.words,
        from: query.from.as_deref().map(|at| time("from", at)).transpose()?,
        until: query.until.as_deref().map(|at| time("until", at)).transpose()?,
        team_id: query.team,
        party: query.party,
        after: after(query.after.as_deref())?,
        limit: at_most(query.limit, 200)?,
    };
    let mut request = app.store.request(&guarded.viewer, "search").await?;
    let page = request.search(&search).await?;
    request.finish().await?;
    let body = |hit: Hit| HitBody {
        conversation: hit.conversation_id,
        position: hit.position,
        party: hit.party,
        text: hit.text,
        said_at: written(hit.said_at),
        channel: hit.channel,
    };
    Ok(Json(HitsBody {
        hits: page.rows.into_iter().map(body).collect(),
        next: page.next.map(|next| next.to_string()),
    }))
}
