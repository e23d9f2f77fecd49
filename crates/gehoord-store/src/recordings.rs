//! Calls that were recorded: how both voices sounded, and the sound that is kept.

use std::fs::File;
use std::io::Read;

use gehoord_conversation::wire::voice::{WireSound, WireTimeSpan, WireVoiceLines, WireVoiceReport};
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use crate::conversations::Relation;
use crate::error::StoreError;
use crate::key::hex;
use crate::request::Request;
use crate::rights::Right;
use crate::writing::Written;

const DAY: i64 = 24 * 60 * 60 * 1000;
/// What the sound is.
const MEDIA_TYPE: &str = "audio/wav";
const MISSING: StoreError = StoreError::NotFound("the sound of this conversation");

/// Why a recording was kept without its sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoSound {
    /// Its words are not known, so nobody knows where personal data is heard.
    NoWords,
    /// Its words have no times, so nobody knows either.
    NoTimes,
    /// It is longer than what is kept.
    TooLong,
    /// Nobody wanted it kept.
    NotAsked,
    /// It was measured while the call ran, and never written down.
    Running,
}

impl NoSound {
    const ALL: [Self; 5] =
        [Self::NoWords, Self::NoTimes, Self::TooLong, Self::NotAsked, Self::Running];

    /// The id as written in JSON and in the database.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::NoWords => "no_words",
            Self::NoTimes => "no_times",
            Self::TooLong => "too_long",
            Self::NotAsked => "not_asked",
            Self::Running => "running",
        }
    }
}

/// A recording to be kept with its conversation.
#[derive(Debug, Clone, PartialEq)]
pub struct NewRecording {
    /// How both voices sounded.
    pub voice: WireVoiceReport,
    /// The same piece by piece.
    pub lines: WireVoiceLines,
    /// When each turn of the conversation was said.
    pub spoken: Vec<Option<WireTimeSpan>>,
    /// What was silenced.
    pub silenced: Vec<WireTimeSpan>,
    /// A WAV file in which all that must be is silenced; or why there is none.
    pub sound: Result<Vec<u8>, NoSound>,
    /// The sound is kept so many days from the last turn of the conversation.
    pub days: i64,
    /// Who of us was on the line, where that is known besides the words.
    pub agent_id: Option<String>,
}

/// Where the sound of a recording is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SoundKept {
    /// It is kept: bytes, and until when, in milliseconds since 1970.
    Until {
        /// Bytes.
        size: i64,
        /// When it goes.
        until: i64,
    },
    /// It was kept, and is gone by its term.
    Gone,
    /// It never was.
    Never(NoSound),
}

/// A recording, as the viewer may see it.
#[derive(Debug, Clone, PartialEq)]
pub struct Recording {
    /// How both voices sounded. Without `agent_side` there is nothing in it that was measured of
    /// the agent but when they spoke, and the customer's `share` is 0.
    pub voice: WireVoiceReport,
    /// The same piece by piece.
    pub lines: WireVoiceLines,
    /// When each turn of the conversation was said.
    pub spoken: Vec<Option<WireTimeSpan>>,
    /// What was silenced.
    pub silenced: Vec<WireTimeSpan>,
    /// Its sound.
    pub sound: SoundKept,
    /// Who of us was on the line, when that is known.
    pub agent_id: Option<String>,
    /// Whether the viewer sees what was measured of the agent.
    pub agent_side: bool,
}

/// The sound of a recording.
#[derive(Debug)]
pub struct Sound {
    /// The file, at its start.
    pub file: File,
    /// Its bytes.
    pub size: u64,
    /// Its media type.
    pub media_type: String,
    /// SHA-256 of its bytes.
    pub sha256: String,
}

type Row = (
    Option<String>,
    Option<String>,
    Option<String>,
    String,
    String,
    String,
    String,
    Option<i64>,
    Option<i64>,
);

impl Request {
    /// Keeps how a conversation sounded. The same again changes nothing, also when the sound is gone
    /// by its term; another recording takes the place of the one before.
    ///
    /// # Errors
    /// When the viewer may not write to the conversation, or the files cannot be written.
    pub async fn write_recording(
        &mut self,
        conversation: &str,
        new: &NewRecording,
    ) -> Result<Written, StoreError> {
        let row = self.writable(conversation).await?;
        let [voice, lines] = [text(&new.voice)?, text(&new.lines)?];
        let [spoken, silenced] = [text(&new.spoken)?, text(&new.silenced)?];
        let mut digest = Sha256::new();
        for part in [&voice, &lines, &spoken, &silenced] {
            digest.update(part);
            digest.update([0]);
        }
        match &new.sound {
            Ok(bytes) => digest.update(bytes),
            Err(why) => digest.update(why.id()),
        }
        let digest = hex(&digest.finalize());
        let known: Option<(String, Option<String>)> = sqlx::query_as(
            "SELECT digest, attachment_id FROM recording WHERE conversation_id = $1",
        )
        .bind(conversation)
        .fetch_optional(&mut *self.tx)
        .await?;
        let written = match known {
            Some((before, _)) if before == digest => {
                return Ok(Written::Same(conversation.to_owned()));
            }
            Some(_) => Written::Changed(conversation.to_owned(), 0),
            None => Written::New(conversation.to_owned()),
        };
        self.drop_recording(conversation).await?;
        let attachment = match &new.sound {
            Ok(bytes) => {
                let until = row.last_at.saturating_add(new.days.saturating_mul(DAY));
                let id = self.attach(conversation, "sound", MEDIA_TYPE, bytes, Some(until)).await?;
                Some(id)
            }
            Err(_) => None,
        };
        let agent = match &new.agent_id {
            Some(agent) => Some(agent.clone()),
            None => self.agent_on_the_line(conversation, row.assigned_to).await?,
        };
        sqlx::query(
            "INSERT INTO recording (conversation_id, attachment_id, no_sound, agent_id, digest, \
             voice, lines, spoken, silenced, heard_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        )
        .bind(conversation)
        .bind(attachment)
        .bind(new.sound.as_ref().err().map(|why| why.id()))
        .bind(agent)
        .bind(digest)
        .bind(voice)
        .bind(lines)
        .bind(spoken)
        .bind(silenced)
        .bind(self.now)
        .execute(&mut *self.tx)
        .await?;
        self.touch(conversation);
        Ok(written)
    }

    /// The words of a call that ran here: the conversation that is called as the call is elsewhere,
    /// and with which this agent helps.
    ///
    /// # Errors
    /// When the viewer may not bring conversations in, or the database does not answer.
    pub async fn words_of_call(
        &mut self,
        call: &str,
        agent: &str,
    ) -> Result<Option<String>, StoreError> {
        self.viewer.must(Right::Import)?;
        let known: Option<(String,)> = sqlx::query_as(
            "SELECT id FROM conversation WHERE assigned_to = $1 AND external_id = $2 \
             AND turns > 0 ORDER BY last_at DESC, id LIMIT 1",
        )
        .bind(agent)
        .bind(call)
        .fetch_optional(&mut *self.tx)
        .await?;
        Ok(known.map(|(id,)| id))
    }

    /// Keeps how a call sounded that ran here, with its words. A recording, and what was measured of
    /// a longer piece of the call, stay as they are.
    ///
    /// # Errors
    /// As [`write_recording`](Self::write_recording).
    pub async fn write_call(
        &mut self,
        conversation: &str,
        new: &NewRecording,
    ) -> Result<(), StoreError> {
        let better = self.kept_recording(conversation).await?.is_some_and(|before| {
            before.sound != SoundKept::Never(NoSound::Running)
                || before.voice.length_ms >= new.voice.length_ms
        });
        if !better {
            self.write_recording(conversation, new).await?;
        }
        Ok(())
    }

    /// The id of a conversation whose words are known, by its source and its name there.
    ///
    /// # Errors
    /// When the viewer may not bring conversations in, or the database does not answer.
    pub async fn known_with_words(
        &mut self,
        source: &str,
        external_id: &str,
    ) -> Result<Option<String>, StoreError> {
        self.viewer.must(Right::Import)?;
        let known: Option<(String,)> = sqlx::query_as(
            "SELECT id FROM conversation WHERE source = $1 AND external_id = $2 AND turns > 0",
        )
        .bind(source)
        .bind(external_id)
        .fetch_optional(&mut *self.tx)
        .await?;
        Ok(known.map(|(id,)| id))
    }

    /// The one agent who spoke, or who was to help where nobody's words are known; none when several
    /// did, as nobody can tell their voices apart then.
    async fn agent_on_the_line(
        &mut self,
        conversation: &str,
        assigned: Option<String>,
    ) -> Result<Option<String>, StoreError> {
        let speakers: Vec<(Option<String>,)> = sqlx::query_as(
            "SELECT DISTINCT person_id FROM turn WHERE conversation_id = $1 AND party = 'agent'",
        )
        .bind(conversation)
        .fetch_all(&mut *self.tx)
        .await?;
        Ok(match &speakers[..] {
            [] => assigned,
            [(one,)] => one.clone(),
            _ => None,
        })
    }

    async fn drop_recording(&mut self, conversation: &str) -> Result<(), StoreError> {
        let before: Option<(Option<String>,)> =
            sqlx::query_as("SELECT attachment_id FROM recording WHERE conversation_id = $1")
                .bind(conversation)
                .fetch_optional(&mut *self.tx)
                .await?;
        if let Some((Some(attachment),)) = before {
            self.drop_attachment(conversation, &attachment).await?;
        }
        sqlx::query("DELETE FROM recording WHERE conversation_id = $1")
            .bind(conversation)
            .execute(&mut *self.tx)
            .await?;
        Ok(())
    }

    /// How a conversation sounded, as far as the viewer may know; none where it was not recorded, or
    /// the viewer was shown no more than a moment of it.
    ///
    /// # Errors
    /// As [`conversation`](Self::conversation).
    pub async fn recording(&mut self, conversation: &str) -> Result<Option<Recording>, StoreError> {
        let (_, relation) = self.readable(conversation).await?;
        self.touch(conversation);
        if !self.sees_all(relation) {
            return Ok(None);
        }
        let Some(mut recording) = self.kept_recording(conversation).await? else {
            return Ok(None);
        };
        let sight = self.sight_of(relation);
        recording.agent_side = sight.of_verdict(std::iter::once(recording.agent_id.as_deref()));
        if !recording.agent_side {
            recording.without_agent();
        }
        Ok(Some(recording))
    }

    /// The sound of a conversation, for who may read all of it.
    ///
    /// # Errors
    /// As [`conversation`](Self::conversation); also when there is no sound, or it is not what was
    /// kept.
    pub async fn sound(&mut self, conversation: &str) -> Result<Sound, StoreError> {
        let (_, relation) = self.readable(conversation).await?;
        self.touch(conversation);
        if !self.sees_all(relation) {
            return Err(MISSING);
        }
        self.kept_sound(conversation).await?.ok_or(MISSING)
    }

    async fn kept_sound(&mut self, conversation: &str) -> Result<Option<Sound>, StoreError> {
        let kept: Option<(String, String, i64)> = sqlx::query_as(
            "SELECT a.sha256, a.media_type, a.size FROM attachment a JOIN recording r \
             ON r.attachment_id = a.id WHERE r.conversation_id = $1",
        )
        .bind(conversation)
        .fetch_optional(&mut *self.tx)
        .await?;
        let Some((sha256, media_type, size)) = kept else { return Ok(None) };
        let path = self.attachment_path(conversation, &sha256)?;
        let failed = |error| StoreError::Io { what: format!("reading {}", path.display()), error };
        let file = match File::open(&path) {
            // A backup brings back what was measured, and not the files.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            file => file.map_err(failed)?,
        };
        let found = file.metadata().map_err(failed)?.len();
        if i64::try_from(found) != Ok(size) {
            return Err(StoreError::damaged("a file", path.display()));
        }
        Ok(Some(Sound { file, size: found, media_type, sha256 }))
    }

    /// The bytes of the sound, where it is kept.
    pub(crate) async fn sound_bytes(
        &mut self,
        conversation: &str,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let Some(mut sound) = self.kept_sound(conversation).await? else { return Ok(None) };
        let mut bytes = Vec::new();
        let read = sound.file.read_to_end(&mut bytes);
        read.map_err(|error| StoreError::Io { what: "reading a sound".to_owned(), error })?;
        if hex(&Sha256::digest(&bytes)) != sound.sha256 {
            return Err(StoreError::damaged("a file", &sound.sha256));
        }
        Ok(Some(bytes))
    }

    /// Whether they may see the whole conversation, not one moment that was shown to them.
    fn sees_all(&self, relation: Relation) -> bool {
        *relation.window(&self.viewer).end() == i64::MAX
    }

    /// All that is kept of a recording, with the side of the agent.
    pub(crate) async fn kept_recording(
        &mut self,
        conversation: &str,
    ) -> Result<Option<Recording>, StoreError> {
        let row: Option<Row> = sqlx::query_as(
            "SELECT r.attachment_id, r.no_sound, r.agent_id, r.voice, r.lines, r.spoken, \
             r.silenced, a.size, a.keep_until FROM recording r \
             LEFT JOIN attachment a ON a.id = r.attachment_id WHERE r.conversation_id = $1",
        )
        .bind(conversation)
        .fetch_optional(&mut *self.tx)
        .await?;
        let Some((attachment, why, agent_id, voice, lines, spoken, silenced, size, until)) = row
        else {
            return Ok(None);
        };
        let never = NoSound::ALL.into_iter().find(|known| Some(known.id()) == why.as_deref());
        let sound = match (size, never) {
            (Some(size), _) => SoundKept::Until { size, until: until.unwrap_or(i64::MAX) },
            (None, Some(why)) if attachment.is_none() => SoundKept::Never(why),
            (None, _) => SoundKept::Gone,
        };
        Ok(Some(Recording {
            voice: read(&voice)?,
            lines: read(&lines)?,
            spoken: read(&spoken)?,
            silenced: read(&silenced)?,
            sound,
            agent_id,
            agent_side: true,
        }))
    }
}

impl Recording {
    /// Takes out what was measured of the agent; when they spoke is a part of the conversation.
    pub(crate) fn without_agent(&mut self) {
        self.agent_side = false;
        let of_customer = |party: Option<&str>| party != Some("agent");
        self.voice.voices.retain(|voice| of_customer(voice.party.as_deref()));
        for voice in &mut self.voice.voices {
            if voice.party.is_some() {
                voice.share = 0.0;
            } else {
                voice.sound = NOTHING;
            }
        }
        for turn in &mut self.voice.turns {
            if turn.party.as_deref() != Some("customer") {
                (turn.sound, turn.answered_after_ms, turn.backchannel) = (NOTHING, None, false);
            }
        }
        self.voice.overlaps.retain(|overlap| overlap.by == "customer");
        self.voice.mirroring = None;
        self.lines.lines.retain(|line| line.party.as_deref() == Some("customer"));
    }
}

/// Nothing was measured.
const NOTHING: WireSound = WireSound {
    pitch: None,
    pitch_range: None,
    pitch_movement: None,
    level: None,
    pace: None,
    formants: None,
    pauses: 0,
    pauses_ms: 0,
    longest_pause_ms: 0,
};

fn text<T: serde::Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::damaged("a recording", error))
}

fn read<T: DeserializeOwned>(text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|error| StoreError::damaged("a recording", error))
}
