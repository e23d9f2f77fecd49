//! Calls that run now: how both voices of one's own stand, and no advice any more.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use gehoord_speech::running::VoiceNow;
use gehoord_store::Viewer;
use serde::Serialize;
use utoipa::ToSchema;

use super::extract::Id;
use crate::access::{Guarded, policy};
use crate::app::App;
use crate::error::{ApiError, ErrorBody};
use crate::telephony::{State as CallState, Told};

/// The own calls as they stand, the newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CallsBody {
    /// `calls`.
    kind: &'static str,
    /// Those that run, and the last that ended, for ten minutes.
    calls: Vec<CallBody>,
}

/// How a call stands. Times are in milliseconds of the call; all of it is measured, a second late.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CallBody {
    /// `call`.
    kind: &'static str,
    /// Id of the call at the telephone system.
    call: String,
    /// `running`, `waiting` (its socket was lost) or `ended`.
    state: &'static str,
    /// Why it ended: `over`, `lost`, `no_sound`, `too_long` or `server_stops`.
    why: Option<&'static str>,
    /// So much of the call was heard.
    at_ms: u64,
    customer: VoiceBody,
    agent: VoiceBody,
    /// How long both spoke at once.
    overlap_ms: u64,
    /// How long nobody speaks by now.
    silence_ms: u64,
    longest_silence_ms: u64,
    /// How long the customer is on hold by now.
    hold_ms: u64,
    /// How long they were on hold in all.
    held_ms: u64,
    /// How long ago the customer last came to an end of their own; null before they did.
    let_out_ms: Option<u64>,
    /// Sound that never came.
    missing_ms: u64,
}

/// How one voice stands.
#[derive(Debug, Serialize, ToSchema)]
struct VoiceBody {
    speaking: bool,
    talk_ms: u64,
    /// Part of all that was spoken, 0 to 1; null before anybody spoke.
    share: Option<f32>,
    /// Syllables a second over the last ten seconds of speech; null before three.
    pace: Option<f32>,
    /// How long they have the word by now.
    monologue_ms: u64,
    /// The longest that they had it.
    longest_ms: u64,
    /// How long they have said nothing.
    quiet_ms: u64,
    /// How often they began while the other spoke.
    overlaps: u32,
    /// How often the other stopped then.
    interruptions: u32,
}

impl From<&VoiceNow> for VoiceBody {
    fn from(voice: &VoiceNow) -> Self {
        Self {
            speaking: voice.speaking,
            talk_ms: voice.talk_ms,
            share: voice.share,
            pace: voice.pace,
            monologue_ms: voice.monologue_ms,
            longest_ms: voice.longest_ms,
            quiet_ms: voice.quiet_ms,
            overlaps: voice.overlaps,
            interruptions: voice.interruptions,
        }
    }
}

impl From<&Told> for CallBody {
    fn from(told: &Told) -> Self {
        let now = &told.now;
        Self {
            kind: "call",
            call: told.call.clone(),
            state: told.state.id(),
            why: match told.state {
                CallState::Ended(why) => Some(why.id()),
                CallState::Running | CallState::Waiting => None,
            },
            at_ms: now.at_ms,
            customer: (&now.customer).into(),
            agent: (&now.agent).into(),
            overlap_ms: now.overlap_ms,
            silence_ms: now.silence_ms,
            longest_silence_ms: now.longest_silence_ms,
            hold_ms: now.hold_ms,
            held_ms: now.held_ms,
            let_out_ms: now.let_out_ms,
            missing_ms: now.missing_ms,
        }
    }
}

impl<'t, T: AsRef<Told> + 't> FromIterator<&'t T> for CallsBody {
    fn from_iter<I: IntoIterator<Item = &'t T>>(calls: I) -> Self {
        let calls = calls.into_iter().map(|call| call.as_ref().into()).collect();
        Self { kind: "calls", calls }
    }
}

/// Who asks, as an agent.
pub(crate) fn agent(viewer: &Viewer) -> Result<&str, ApiError> {
    let why = || ApiError::Forbidden("only an agent has calls to follow".to_owned());
    viewer.person_id().ok_or_else(why)
}

/// The own calls as they stand. Nobody else is told of them, and nothing of it is kept.
#[utoipa::path(
    get, path = "/calls", tag = "calls",
    responses(
        (status = 200, body = CallsBody), (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody),
    ),
    security(("token" = []), ("session" = []))
)]
pub(crate) async fn list(
    State(app): State<App>,
    guarded: Guarded<policy::WriteConversations>,
) -> Result<Json<CallsBody>, ApiError> {
    let agent = agent(&guarded.viewer)?;
    app.store.request(&guarded.viewer, "calls.read").await?.finish().await?;
    Ok(Json(app.calls.of(agent).iter().collect()))
}

/// No advice any more in one of the own calls.
#[utoipa::path(
    put, path = "/calls/{id}/silence", tag = "calls",
    params(("id" = String, Path, description = "Id of the call at the telephone system")),
    responses(
        (status = 204), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody),
        (status = 404, body = ErrorBody),
    ),
    security(("token" = []), ("session" = []))
)]
pub(crate) async fn silence(
    State(app): State<App>,
    guarded: Guarded<policy::WriteConversations>,
    Id(call): Id,
) -> Result<StatusCode, ApiError> {
    let agent = agent(&guarded.viewer)?;
    app.store.request(&guarded.viewer, "calls.silence").await?.finish().await?;
    match app.calls.silence(agent, &call) {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(ApiError::NotFound("none of your calls has this id".to_owned())),
    }
}
