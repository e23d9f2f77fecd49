//! How a call sounded, and its sound: with the rights of the conversation.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use gehoord_conversation::wire::voice::{WireTimeSpan, WireVoiceLines, WireVoiceReport};
use gehoord_store::{Recording, SoundKept};
use serde::Serialize;
use utoipa::ToSchema;

use super::extract::{Id, written};
use crate::access::{Guarded, policy};
use crate::app::App;
use crate::error::{ApiError, ErrorBody};

/// So much of a sound is read at once.
const PIECE: u64 = 64 * 1024;

/// Who began to listen to which sound, and when.
#[derive(Clone, Default)]
pub(crate) struct Listened(Arc<Mutex<HashMap<(String, String), Instant>>>);

impl Listened {
    /// Whether they begin now: what is asked for within the hour is of the same listening.
    fn is_new(&self, who: &str, conversation: &str) -> bool {
        const HOUR: Duration = Duration::from_secs(3_600);
        let mut began = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        began.retain(|_, at| at.elapsed() < HOUR);
        match began.entry((who.to_owned(), conversation.to_owned())) {
            Entry::Occupied(_) => false,
            Entry::Vacant(free) => {
                free.insert(Instant::now());
                true
            }
        }
    }
}

/// How a call sounded: physical measures, and nothing about what anybody felt. All times are
/// milliseconds from its start.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RecordingBody {
    /// The report of both voices, as `gehoord schema call` describes it. Without `agent_side` nothing
    /// in it was measured of the agent but when they spoke, and the customer's `share` is 0.
    #[schema(value_type = Object)]
    voice: WireVoiceReport,
    /// How loud and how high the voices were, piece by piece.
    #[schema(value_type = Object)]
    lines: WireVoiceLines,
    /// When each turn of the conversation was said; null where that is not known.
    #[schema(value_type = Vec<Object>)]
    spoken: Vec<Option<WireTimeSpan>>,
    /// Stretches that are silence in the sound: personal data, hold, and what nobody wrote down.
    #[schema(value_type = Vec<Object>)]
    silenced: Vec<WireTimeSpan>,
    /// `kept`, `gone` (its term is over), or why it never was: `no_words`, `no_times`, `too_long`,
    /// `not_asked`, `running` (measured while the call ran).
    sound: &'static str,
    /// Until when the sound is kept.
    sound_until: Option<String>,
    /// Whether what was measured of the agent is in it: for the agent, and for who may see findings
    /// about the agent.
    agent_side: bool,
}

impl From<Recording> for RecordingBody {
    fn from(recording: Recording) -> Self {
        let (sound, until) = match recording.sound {
            SoundKept::Until { until, .. } => ("kept", Some(written(until))),
            SoundKept::Gone => ("gone", None),
            SoundKept::Never(why) => (why.id(), None),
        };
        Self {
            voice: recording.voice,
            lines: recording.lines,
            spoken: recording.spoken,
            silenced: recording.silenced,
            sound,
            sound_until: until,
            agent_side: recording.agent_side,
        }
    }
}

/// How a call sounded.
#[utoipa::path(
    get, path = "/conversations/{id}/recording", tag = "conversations",
    params(("id" = String, Path)),
    responses(
        (status = 200, body = RecordingBody), (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody), (status = 404, body = ErrorBody),
    ),
    security(("token" = []), ("session" = []))
)]
pub(crate) async fn read(
    State(app): State<App>,
    guarded: Guarded<policy::ReadConversations>,
    Id(id): Id,
) -> Result<Json<RecordingBody>, ApiError> {
    let mut request = app.store.request(&guarded.viewer, "recording.read").await?;
    let recording = request.recording(&id).await?;
    request.finish().await?;
    let missing = || ApiError::NotFound("this conversation was not recorded".to_owned());
    Ok(Json(recording.ok_or_else(missing)?.into()))
}

/// Its sound, in which personal data is silence: a WAV file, or the part of it that `Range` asks for.
#[utoipa::path(
    get, path = "/conversations/{id}/recording/sound", tag = "conversations",
    params(("id" = String, Path)),
    responses(
        (status = 200, content_type = "audio/wav"), (status = 206, content_type = "audio/wav"),
        (status = 401, body = ErrorBody), (status = 403, body = ErrorBody),
        (status = 404, body = ErrorBody), (status = 416),
    ),
    security(("token" = []), ("session" = []))
)]
pub(crate) async fn sound(
    State(app): State<App>,
    guarded: Guarded<policy::ReadConversations>,
    Id(id): Id,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let mut request = app.store.request(&guarded.viewer, "recording.listen").await?;
    let sound = request.sound(&id).await?;
    // A player asks for one sound piece by piece; who listens is written down once.
    let who = guarded.viewer.person_id().unwrap_or_default();
    if app.listened.is_new(who, &id) {
        request.finish().await?;
    }
    let asked = headers.get(header::RANGE).and_then(|range| range.to_str().ok());
    let (status, start, end) = match range(asked, sound.size) {
        Range::Whole => (StatusCode::OK, 0, sound.size),
        Range::Part(start, end) => (StatusCode::PARTIAL_CONTENT, start, end),
        Range::Outside => (StatusCode::RANGE_NOT_SATISFIABLE, 0, 0),
    };
    let body = match status {
        StatusCode::RANGE_NOT_SATISFIABLE => Body::empty(),
        _ => streamed(sound.file, start, end)?,
    };
    let mut response = (status, body).into_response();
    let headers = response.headers_mut();
    let told = match status {
        StatusCode::PARTIAL_CONTENT => format!("bytes {start}-{}/{}", end - 1, sound.size),
        _ => format!("bytes */{}", sound.size),
    };
    if status != StatusCode::OK {
        headers.insert(header::CONTENT_RANGE, value(&told)?);
    }
    headers.insert(header::CONTENT_LENGTH, value(&(end - start).to_string())?);
    headers.insert(header::CONTENT_TYPE, value(&sound.media_type)?);
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    headers.insert(header::ETAG, value(&format!("\"{}\"", sound.sha256))?);
    // It is somebody's voice: no browser and nothing between keeps it.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

fn value(text: &str) -> Result<HeaderValue, ApiError> {
    HeaderValue::from_str(text).map_err(|error| ApiError::Internal(error.to_string()))
}

/// What a `Range` asks for.
#[derive(Debug, PartialEq, Eq)]
enum Range {
    Whole,
    /// From the first byte up to the one behind the last.
    Part(u64, u64),
    Outside,
}

/// One range of bytes; several at once, other units and what cannot be read get the whole.
fn range(asked: Option<&str>, size: u64) -> Range {
    let spec = asked.and_then(|asked| asked.trim().strip_prefix("bytes="));
    let Some((first, last)) = spec.and_then(|spec| spec.split_once('-')) else {
        return Range::Whole;
    };
    let (first, last) = (first.trim(), last.trim());
    let range = match (first.parse::<u64>(), last.parse::<u64>()) {
        (Ok(first), Ok(last)) if first <= last => (first, last.saturating_add(1).min(size)),
        (Ok(first), Err(_)) if last.is_empty() => (first, size),
        (Err(_), Ok(length)) if first.is_empty() => (size.saturating_sub(length), size),
        _ => return Range::Whole,
    };
    if range.0 < range.1 { Range::Part(range.0, range.1) } else { Range::Outside }
}

/// The bytes of a file from `start` to `end`, piece by piece.
fn streamed(mut file: File, start: u64, end: u64) -> Result<Body, ApiError> {
    let failed = |error: std::io::Error| ApiError::Internal(error.to_string());
    file.seek(SeekFrom::Start(start)).map_err(failed)?;
    let left = end - start;
    let pieces = stream::try_unfold((file, left), |(mut file, left)| async move {
        if left == 0 {
            return Ok::<_, std::io::Error>(None);
        }
        let read = tokio::task::spawn_blocking(move || {
            let mut piece = vec![0; usize::try_from(left.min(PIECE)).unwrap_or_default()];
            file.read_exact(&mut piece).map(|()| (piece, file))
        });
        let (piece, file) = read.await.map_err(std::io::Error::other)??;
        let left = left - piece.len() as u64;
        Ok(Some((Bytes::from(piece), (file, left))))
    });
    Ok(Body::from_stream(pieces))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_a_part_of_the_file_or_all_of_it() {
        for (asked, expected) in [
            (None, Range::Whole),
            (Some("bytes=0-"), Range::Part(0, 100)),
            (Some("bytes=10-19"), Range::Part(10, 20)),
            (Some("bytes=90-999"), Range::Part(90, 100)),
            (Some("bytes=-10"), Range::Part(90, 100)),
            (Some("bytes=-999"), Range::Part(0, 100)),
            (Some("bytes=100-"), Range::Outside),
            (Some("bytes=-0"), Range::Outside),
            (Some("bytes=9-3"), Range::Whole),
            (Some("bytes=0-1,5-9"), Range::Whole),
            (Some("lines=0-1"), Range::Whole),
            (Some("bytes=x-y"), Range::Whole),
        ] {
            assert_eq!(range(asked, 100), expected, "{asked:?}");
        }
    }
}
