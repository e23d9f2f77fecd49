//! A call while it runs: sound of both voices in, at any moment how it stands out.
//!
//! Only physical measures, and of each voice the same. What becomes of an overlap (an interruption,
//! a word that shows listening) is known when the other has gone on; [`Call`](crate::Call) tells it
//! afterwards.

mod lane;
mod voice;

use std::collections::VecDeque;

use gehoord_conversation::Party;

use crate::call::{Layout, WholeCall, whole};
use crate::measure::{HOP, HOP_MS, RATE};
use crate::spoken::{Cutting, Spoken};
use lane::{Heard, Lane};
use voice::{BREATH, Voice};

/// The longest call, in samples: twelve hours.
pub const LONGEST: u64 = 12 * 3600 * RATE as u64;
/// A voice is waited for while the other is so many frames ahead: 5 s.
const MOST_AHEAD: usize = 500;
/// Both at once for so many frames is an overlap: 300 ms.
const OVERLAP: u64 = 30;
/// Who speaks for so many frames has the word: 1 s.
const WORD: u64 = 100;
/// Of fewer frames no pace is told: 3 s.
const PACE_FROM: usize = 300;
/// How it stands is told at least once in so many frames: 1 s.
const TELL: u64 = 100;
/// Music that plays for so many frames is hold, and without music for so many it is over: 2.5 s, 2 s.
const HOLD_FROM: u16 = 250;
const HOLD_REST: u16 = 200;
/// "Lately" is so many frames: a minute.
const LATELY: u64 = 6_000;
/// The last of a call is kept in slots of so many frames: 250 ms, and so many of them: two minutes.
const SLOT: u64 = 25;
const SLOTS: usize = 480;

/// How a call stands. Times are in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Now {
    /// So much of the call was heard.
    pub at_ms: u64,
    /// The customer's voice.
    pub customer: VoiceNow,
    /// The agent's voice.
    pub agent: VoiceNow,
    /// How long both spoke at once.
    pub overlap_ms: u64,
    /// How long nobody speaks by now; 0 when somebody does.
    pub silence_ms: u64,
    /// The longest time that nobody spoke.
    pub longest_silence_ms: u64,
    /// How long the customer is on hold by now; 0 when they are not.
    pub hold_ms: u64,
    /// How long they were on hold in all.
    pub held_ms: u64,
    /// How long ago the customer last spoke for a second or more and came to an end of their own;
    /// `None` before they did.
    pub let_out_ms: Option<u64>,
    /// Sound that never came, or came too late, of both voices together.
    pub missing_ms: u64,
}

/// How one voice stands.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct VoiceNow {
    /// Whether they speak.
    pub speaking: bool,
    /// How long they spoke.
    pub talk_ms: u64,
    /// Their part of all that was spoken, 0 to 1; `None` before anybody spoke.
    pub share: Option<f32>,
    /// Syllables a second over the last ten seconds of their speech; `None` before three.
    pub pace: Option<f32>,
    /// How long they have the word by now; 0 when the other has it.
    pub monologue_ms: u64,
    /// The longest that they had the word.
    pub longest_ms: u64,
    /// How long ago they last spoke, or the hold ended; all of the call when neither was yet.
    pub quiet_ms: u64,
    /// How often they began while the other spoke, and both went on for 300 ms.
    pub overlaps: u32,
    /// How often the other stopped then, and they went on to have the word.
    pub interruptions: u32,
    /// The same over the last minute.
    pub interrupted_lately: u32,
}

/// Who spoke in the last two minutes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Recent {
    /// Where the first slot begins.
    pub from_ms: u64,
    /// Slots of [`Recent::SLOT_MS`], in order.
    pub slots: Vec<Slot>,
}

impl Recent {
    /// Length of a slot.
    pub const SLOT_MS: u64 = SLOT * HOP_MS as u64;
    /// The most slots.
    pub const MOST: usize = SLOTS;
}

/// A piece of the last two minutes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Slot {
    /// Whether customer and agent spoke in most of it.
    pub spoke: [bool; 2],
    /// Whether the customer was on hold.
    pub hold: bool,
}

/// Hears a call while it runs. Memory does not grow with its length, but for what is
/// [`measured`](Self::measured).
#[derive(Debug)]
pub struct Running {
    lanes: [Lane; 2],
    voices: [Voice; 2],
    /// Frames that are told of.
    at: u64,
    /// Who has the word, and since when.
    word: Option<(usize, u64)>,
    both: u64,
    overlap: u64,
    silence: u64,
    longest_silence: u64,
    /// How surely music plays, 0 to [`HOLD_FROM`] frames of it.
    music: u16,
    /// Since when the customer is on hold.
    hold: Option<u64>,
    hold_ended: u64,
    held: u64,
    /// Frames of the hold since the last music.
    rest: u64,
    /// When the customer last came to an end of their own.
    let_out: Option<u64>,
    recent: VecDeque<Slot>,
    /// Frames of the slot that is being filled, in which each spoke, and of hold.
    slot: [u64; 3],
    news: bool,
}

impl Default for Running {
    fn default() -> Self {
        Self::new(false)
    }
}

impl Running {
    fn new(measured: bool) -> Self {
        Self {
            lanes: [Lane::new(measured), Lane::new(measured)],
            voices: Default::default(),
            at: 0,
            word: None,
            both: 0,
            overlap: 0,
            silence: 0,
            longest_silence: 0,
            music: 0,
            hold: None,
            hold_ended: 0,
            held: 0,
            rest: 0,
            let_out: None,
            recent: VecDeque::with_capacity(SLOTS),
            slot: [0; 3],
            news: false,
        }
    }

    /// The same, that also keeps what it measures, some 7 MB an hour, for [`whole`](Self::whole).
    #[must_use]
    pub fn measured() -> Self {
        Self::new(true)
    }

    /// Takes samples (8 kHz, −1 to 1) of one voice that begin `at` samples after the start of the
    /// call. What was told already, and what lies beyond [`LONGEST`], is left aside. Only customer
    /// and agent are heard.
    pub fn push(&mut self, party: Party, at: u64, samples: &[f32]) {
        let lane = match party {
            Party::Customer => 0,
            Party::Agent => 1,
            _ => return,
        };
        self.lanes[lane].push(at, samples);
        self.settle(MOST_AHEAD);
    }

    /// The call was on hold up to this sample, and nothing was sent meanwhile.
    pub fn pause(&mut self, until: u64) {
        for lane in &mut self.lanes {
            lane.pause(until.min(LONGEST));
        }
        self.settle(MOST_AHEAD);
    }

    /// The same call, of which what is said is wanted too: [`spoken`](Self::spoken) gives it.
    #[must_use]
    pub fn with_words(mut self) -> Self {
        for lane in &mut self.lanes {
            lane.words = Some(Cutting::default());
        }
        self
    }

    /// What was said since this was asked last, cut where a voice rests. Nothing of hold, and nothing
    /// where words are not wanted.
    pub fn spoken(&mut self) -> Vec<Spoken> {
        let mut spoken = Vec::new();
        for (lane, party) in self.lanes.iter_mut().zip([Party::Customer, Party::Agent]) {
            let whole = lane.words.as_mut().into_iter().flat_map(Cutting::take);
            spoken.extend(whole.map(|(at_ms, samples)| Spoken { party, at_ms, samples }));
        }
        if let Some(since) = self.hold {
            spoken.retain(|spoken: &Spoken| spoken.at_ms < ms(since));
        }
        spoken
    }

    /// Whether the customer may be speaking at this moment: told by the level of the sound alone, as
    /// soon as it comes in, and rather once too often. What [`now`](Self::now) tells is surer, and a
    /// second late.
    #[must_use]
    pub fn customer_may_speak(&self) -> bool {
        self.lanes[0].faint < lane::STEPS
    }

    /// Who spoke in the last two minutes.
    #[must_use]
    pub fn recent(&self) -> Recent {
        let slots: Vec<Slot> = self.recent.iter().copied().collect();
        let all = self.at / SLOT;
        Recent { from_ms: ms((all - slots.len() as u64) * SLOT), slots }
    }

    /// Samples up to which something of either voice came in.
    #[must_use]
    pub fn end(&self) -> u64 {
        self.lanes.iter().map(|lane| lane.taken).max().unwrap_or_default()
    }

    /// How it stands, when there is something to tell: somebody began or ended, or a second passed.
    pub fn news(&mut self) -> Option<Now> {
        std::mem::take(&mut self.news).then(|| self.now())
    }

    /// How it stands.
    #[must_use]
    pub fn now(&self) -> Now {
        let talk: u64 = self.voices.iter().map(|voice| voice.talk).sum();
        let voice = |side: usize| {
            let voice = &self.voices[side];
            let word = self.word.filter(|(who, _)| *who == side);
            let spoken = voice.pace.len();
            VoiceNow {
                speaking: voice.speaking,
                talk_ms: ms(voice.talk),
                share: (talk > 0).then(|| voice.talk as f32 / talk as f32),
                pace: (spoken >= PACE_FROM)
                    .then(|| voice.syllables as f32 * 1000.0 / (spoken as u32 * HOP_MS) as f32),
                monologue_ms: word.map_or(0, |(_, since)| ms(voice.last.saturating_sub(since))),
                longest_ms: ms(voice.longest),
                quiet_ms: ms(self.at.saturating_sub(voice.last.max(self.hold_ended))),
                overlaps: voice.overlaps,
                interruptions: voice.interruptions,
                interrupted_lately: voice.lately.len() as u32,
            }
        };
        let missing: u64 = self.lanes.iter().map(|lane| lane.missing).sum();
        Now {
            at_ms: ms(self.at),
            customer: voice(0),
            agent: voice(1),
            overlap_ms: ms(self.overlap),
            silence_ms: ms(self.silence),
            longest_silence_ms: ms(self.longest_silence),
            hold_ms: self.hold.map_or(0, |since| ms(self.at - since)),
            held_ms: ms(self.held),
            let_out_ms: self.let_out.map(|at| ms(self.at.saturating_sub(at))),
            missing_ms: missing * 1000 / u64::from(RATE),
        }
    }

    /// How it stood when the call was over.
    #[must_use]
    pub fn finish(mut self) -> Now {
        self.over();
        self.now()
    }

    /// The call is over: tells what was held back. Nothing may be pushed any more.
    pub fn over(&mut self) {
        for lane in &mut self.lanes {
            lane.renew();
        }
        self.settle(MOST_AHEAD);
        for lane in &mut self.lanes {
            lane.leap(lane.taken);
            // What was waited for and never came.
            lane.missing += lane.owed * HOP as u64;
        }
        self.settle(0);
        for voice in &mut self.voices {
            voice.speaking = false;
        }
    }

    /// How the whole call sounded, as of a recording with its customer on the first channel; once,
    /// after it is [`over`](Self::over). `None` where nothing of it was kept, nobody spoke, or it was
    /// longer than four hours.
    #[must_use]
    pub fn whole(&mut self) -> Option<WholeCall> {
        let [customer, agent] = self.lanes.each_mut().map(Lane::take_measured);
        let call = whole(&[customer?, agent?], Layout::Two { agent: 1 }, RATE);
        Some(call).filter(|call| !call.voice.turns.is_empty())
    }

    /// Tells of all frames that both voices have, or that one has more than `ahead` of alone.
    fn settle(&mut self, ahead: usize) {
        loop {
            let waiting = [self.lanes[0].frames.len(), self.lanes[1].frames.len()];
            if waiting.contains(&0) && waiting.iter().all(|frames| *frames <= ahead) {
                return;
            }
            let frames = [self.lanes[0].next(), self.lanes[1].next()];
            self.step(frames);
        }
    }

    fn step(&mut self, mut frames: [Heard; 2]) {
        self.hold(&mut frames);
        for (voice, frame) in self.voices.iter_mut().zip(frames) {
            self.news |= voice.step(self.at, frame);
        }
        self.at += 1;
        for side in 0..2 {
            let voice = &self.voices[side];
            let has_it = self.word.is_some_and(|(who, _)| who == side);
            if voice.speaking && !has_it && voice.last.saturating_sub(voice.began) >= WORD {
                self.word = Some((side, voice.began));
            }
        }
        if let Some((who, since)) = self.word {
            let voice = &mut self.voices[who];
            voice.longest = voice.longest.max(voice.last.saturating_sub(since));
        }
        match (frames[0].speech, frames[1].speech) {
            (true, true) => {
                self.overlap += 1;
                self.both += 1;
                if self.both == OVERLAP {
                    let second = usize::from(self.voices[1].began > self.voices[0].began);
                    self.voices[second].overlaps += 1;
                    self.voices[second].over = true;
                    self.news = true;
                }
            }
            _ if self.voices.iter().all(|voice| voice.speaking) => {}
            _ => self.both = 0,
        }
        if frames.iter().any(|frame| frame.speech) || self.hold.is_some() {
            self.silence = 0;
        } else {
            self.silence += 1;
            self.longest_silence = self.longest_silence.max(self.silence);
        }
        for side in 0..2 {
            self.interrupted(side);
        }
        self.talked_out();
        self.keep(frames);
        self.news |= self.at.is_multiple_of(TELL);
    }

    /// Whether the customer is on hold; what is said meanwhile is not for this call.
    fn hold(&mut self, frames: &mut [Heard; 2]) {
        let paused = frames.iter().any(|frame| frame.paused);
        let music = frames.iter().any(|frame| frame.music);
        self.music = match music {
            true => (self.music + 1).min(HOLD_FROM),
            false => self.music.saturating_sub(1),
        };
        let begins = paused || self.music == HOLD_FROM;
        let goes_on = paused || self.music > HOLD_FROM - HOLD_REST;
        match self.hold {
            None if begins => {
                let before = if paused { 0 } else { u64::from(HOLD_FROM).min(self.at) };
                self.rest = 0;
                self.hold = Some(self.at - before);
                self.held += before;
                // Who speaks after a hold begins anew.
                self.word = None;
                self.news = true;
            }
            Some(_) if !goes_on => {
                self.hold = None;
                // The rest after the music was none of it.
                self.held -= self.rest.min(self.held);
                self.hold_ended = self.at - self.rest.min(self.at);
                self.news = true;
            }
            _ => {}
        }
        if self.hold.is_some() {
            self.held += 1;
            self.rest = if paused || music { 0 } else { self.rest + 1 };
        }
        for frame in frames {
            frame.speech &= self.hold.is_none() && !frame.music;
        }
    }

    /// Whether they began while the other spoke, the other stopped, and they went on.
    fn interrupted(&mut self, side: usize) {
        let other_speaks = self.voices[1 - side].speaking;
        let (at, voice) = (self.at, &mut self.voices[side]);
        if voice.over && !voice.speaking {
            voice.over = false;
        } else if voice.over && !other_speaks && voice.last.saturating_sub(voice.began) >= WORD {
            voice.over = false;
            voice.interruptions += 1;
            voice.lately.push_back(at);
            self.news = true;
        }
        while voice.lately.front().is_some_and(|then| then + LATELY < at) {
            voice.lately.pop_front();
        }
    }

    /// Whether the customer came to an end of their own: they spoke for a second, and no voice of the
    /// agent goes on that began before.
    fn talked_out(&mut self) {
        let [customer, agent] = &self.voices;
        let ended = self.at == customer.last + BREATH && customer.last - customer.began >= WORD;
        if ended && (!agent.speaking || agent.began >= customer.last) {
            self.let_out = Some(self.at);
        }
    }

    /// Keeps who spoke, for two minutes.
    fn keep(&mut self, frames: [Heard; 2]) {
        let spoke = frames.map(|frame| u64::from(frame.speech));
        let hold = u64::from(self.hold.is_some());
        for (sum, more) in self.slot.iter_mut().zip([spoke[0], spoke[1], hold]) {
            *sum += more;
        }
        if self.at.is_multiple_of(SLOT) {
            let most = |frames: u64| frames * 2 > SLOT;
            let [customer, agent, hold] = std::mem::take(&mut self.slot);
            if self.recent.len() == SLOTS {
                self.recent.pop_front();
            }
            let spoke = [most(customer), most(agent)];
            self.recent.push_back(Slot { spoke, hold: most(hold) });
        }
    }
}

const fn ms(frames: u64) -> u64 {
    frames * HOP_MS as u64
}
