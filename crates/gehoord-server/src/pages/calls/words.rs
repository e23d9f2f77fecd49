//! How a call stands, in plain words and two lanes: measures, and nothing about anybody's feelings.

use std::fmt::Write as _;

use gehoord_speech::Now;
use gehoord_speech::running::{Recent, Slot};
use serde::Serialize;

use crate::pages::figures::{clock, number};
use crate::pages::safety::language;
use crate::pages::texts::{Counted, Lang, fill};
use crate::telephony::{State, Told};

/// A call as it stands on the page. The same words come with the page and over its stream.
#[derive(Debug, Serialize)]
pub(crate) struct Shown {
    /// Id of the call at the telephone system.
    pub(crate) call: String,
    /// `running`, `waiting` or `ended`.
    pub(crate) state: &'static str,
    pub(crate) words: Words,
    /// The last two minutes as paths in a field of [`Recent::MOST`] by 1: customer, agent, hold.
    pub(crate) lanes: [String; 3],
    /// Advice that stands, where the agent wants any.
    pub(crate) advice: Option<String>,
    /// No advice any more in this call.
    pub(crate) silent: bool,
    /// Rises with what is written out of it; 0 where nothing is.
    pub(crate) said: usize,
}

/// Each is one place on the page.
#[derive(Debug, Serialize)]
pub(crate) struct Words {
    pub(crate) state: String,
    pub(crate) length: String,
    pub(crate) floor: String,
    pub(crate) share: String,
    pub(crate) pace: String,
    pub(crate) both: String,
    pub(crate) quiet: String,
    pub(crate) hold: String,
    pub(crate) let_out: String,
    /// The lanes for who cannot see them.
    pub(crate) lanes: String,
}

impl Shown {
    /// `wants` says whether this agent wants advice.
    pub(crate) fn new(told: &Told, lang: Lang, wants: bool) -> Self {
        let advice = told.advice.filter(|_| wants);
        Self {
            call: told.call.clone(),
            state: told.state.id(),
            words: words(&told.now, &told.recent, told.state, lang),
            lanes: lanes(&told.recent),
            advice: advice.map(|advice| advice.say(language(lang)).to_owned()),
            silent: told.silent,
            said: crate::telephony::words::lock(&told.words).version(),
        }
    }

    /// One that is still to be filled in.
    pub(crate) fn blank(lang: Lang) -> Self {
        let (now, recent) = (Now::default(), Recent::default());
        Self {
            call: String::new(),
            state: State::Running.id(),
            words: words(&now, &recent, State::Running, lang),
            lanes: lanes(&recent),
            advice: None,
            silent: false,
            said: 0,
        }
    }
}

fn words(now: &Now, recent: &Recent, state: State, lang: Lang) -> Words {
    let t = &lang.texts().calls;
    let (customer, agent) = (&now.customer, &now.agent);
    let percent = |share: Option<f32>| share.map(|share| (share * 100.0).round());
    let share = match (percent(agent.share), percent(customer.share)) {
        (Some(you), Some(they)) => fill(&t.share_of, &[("you", &you), ("they", &they)]),
        _ => t.unknown.clone(),
    };
    let syllables = |pace: Option<f32>| pace.map(|pace| number(lang, pace, 1));
    let pace = match (syllables(agent.pace), syllables(customer.pace)) {
        (Some(you), Some(they)) => fill(&t.pace_of, &[("you", &you), ("they", &they)]),
        (Some(you), None) => fill(&t.pace_you, &[("you", &you)]),
        (None, Some(they)) => fill(&t.pace_they, &[("they", &they)]),
        (None, None) => t.unknown.clone(),
    };
    let times = |counted: &Counted, n: u32| counted.of(n.into());
    let both = fill(
        &t.both_of,
        &[
            ("time", &clock(now.overlap_ms)),
            ("you", &times(&t.cut_in, agent.interruptions)),
            ("they", &times(&t.cut_in, customer.interruptions)),
        ],
    );
    let silences = [("now", clock(now.silence_ms)), ("most", clock(now.longest_silence_ms))];
    let holds = [("now", clock(now.hold_ms)), ("all", clock(now.held_ms))];
    let let_out = match now.let_out_ms {
        _ if customer.speaking => t.let_out_now.clone(),
        Some(ago) => fill(&t.let_out_ago, &[("time", &clock(ago))]),
        None => t.let_out_none.clone(),
    };
    let spoke = |side: usize| {
        let slots = recent.slots.iter().filter(|slot| slot.spoke[side]).count() as u64;
        slots * Recent::SLOT_MS / 1000
    };
    let all = recent.slots.len() as u64 * Recent::SLOT_MS / 1000;
    Words {
        state: match state {
            State::Running => t.running.clone(),
            State::Waiting => t.waiting.clone(),
            State::Ended(why) => ended(why.id(), lang),
        },
        length: clock(now.at_ms),
        floor: floor(now, state, lang),
        share,
        pace,
        both,
        quiet: filled(&t.quiet_of, &silences),
        hold: if now.held_ms == 0 { t.hold_none.clone() } else { filled(&t.hold_of, &holds) },
        let_out,
        lanes: fill(&t.lanes_of, &[("they", &spoke(0)), ("you", &spoke(1)), ("all", &all)]),
    }
}

fn filled(text: &str, values: &[(&str, String); 2]) -> String {
    let [(first, a), (second, b)] = values;
    fill(text, &[(first, a), (second, b)])
}

/// Who has the word, and for how long.
fn floor(now: &Now, state: State, lang: Lang) -> String {
    let t = &lang.texts().calls;
    let (customer, agent) = (&now.customer, &now.agent);
    let since = |text: &str, ms: u64| fill(text, &[("time", &clock(ms))]);
    match state {
        State::Ended(_) => t.floor_over.clone(),
        State::Waiting => t.floor_unknown.clone(),
        State::Running if now.hold_ms > 0 => since(&t.floor_hold, now.hold_ms),
        State::Running if customer.speaking && agent.speaking => t.floor_both.clone(),
        State::Running if customer.speaking => since(&t.floor_they, customer.monologue_ms),
        State::Running if agent.speaking => since(&t.floor_you, agent.monologue_ms),
        State::Running => since(&t.floor_nobody, now.silence_ms),
    }
}

fn ended(why: &str, lang: Lang) -> String {
    let t = &lang.texts().calls;
    match why {
        "lost" => &t.ended_lost,
        "no_sound" => &t.ended_no_sound,
        "too_long" => &t.ended_too_long,
        "server_stops" => &t.ended_stops,
        _ => &t.ended_over,
    }
    .clone()
}

fn lanes(recent: &Recent) -> [String; 3] {
    let of: [fn(&Slot) -> bool; 3] = [|slot| slot.spoke[0], |slot| slot.spoke[1], |slot| slot.hold];
    of.map(|is| {
        let first = Recent::MOST - recent.slots.len();
        let mut path = String::new();
        let mut start = None;
        for (n, on) in recent.slots.iter().map(is).chain([false]).enumerate() {
            match (start, on) {
                (None, true) => start = Some(n),
                (Some(from), false) => {
                    let length = n - from;
                    let _ = write!(path, "M{} 0h{length}v1h-{length}z", first + from);
                    start = None;
                }
                _ => {}
            }
        }
        path
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(change: impl Fn(&mut Now)) -> Words {
        let mut now = Now { at_ms: 65_000, ..Now::default() };
        change(&mut now);
        words(&now, &Recent::default(), State::Running, Lang::Nl)
    }

    #[test]
    fn who_has_the_word_is_told_with_how_long() {
        assert_eq!(said(|now| now.silence_ms = 4_000).floor, "niemand, 0:04");
        let you = said(|now| (now.agent.speaking, now.agent.monologue_ms) = (true, 12_000));
        assert_eq!(you.floor, "jij, 0:12");
        let they = said(|now| (now.customer.speaking, now.customer.monologue_ms) = (true, 9_000));
        assert_eq!(
            (they.floor.as_str(), they.let_out.as_str()),
            ("de klant, 0:09", "de klant praat nu")
        );
        let hold =
            said(|now| (now.hold_ms, now.held_ms, now.agent.speaking) = (80_000, 80_000, true));
        assert_eq!(hold.floor, "in de wacht, 1:20");
    }

    #[test]
    fn what_is_not_known_yet_is_said_so() {
        let words = said(|_| ());
        assert_eq!(words.share, words.pace);
        assert!(words.hold.starts_with("niet"), "{}", words.hold);
        let words = said(|now| (now.agent.share, now.customer.share) = (Some(0.625), Some(0.375)));
        assert_eq!(words.share, "jij 63 %, de klant 38 %");
    }

    #[test]
    fn lanes_lie_at_the_right_and_hold_what_was_said() {
        let slot = |they, you| Slot { spoke: [they, you], hold: false };
        let slots = vec![slot(true, false), slot(true, true), slot(false, true)];
        let recent = Recent { from_ms: 0, slots };
        let expected = ["M477 0h2v1h-2z", "M478 0h2v1h-2z", ""];
        assert_eq!(lanes(&recent), expected.map(str::to_owned));
        assert_eq!(lanes(&Recent::default()), [const { String::new() }; 3]);
    }
}
