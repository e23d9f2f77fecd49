//! Advice in words during a call, from physical measures alone: data (`advice/call.toml`) and the
//! rules that all of it keeps. One line at a time, never while the customer speaks, at most one a
//! minute, and none any more once the agent wants silence.

use std::sync::LazyLock;

use gehoord_conversation::Language;
use gehoord_speech::Now;
use serde::Deserialize;

use crate::protocol::Words;

/// From the beginning of one advice to that of the next: a minute of the call.
pub const APART_MS: u64 = 60_000;
/// It stands so long: 12 s of the call.
pub const STANDS_MS: u64 = 12_000;

/// One advice.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Advice {
    /// Its stable id.
    pub id: String,
    when: Vec<Condition>,
    /// What is said.
    say: Words,
    /// What its measure stands on.
    pub source: String,
}

/// A measure and where it must lie.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Condition {
    measure: Measure,
    at_least: Option<f64>,
    at_most: Option<f64>,
}

/// What a condition may look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Measure {
    /// How long the customer is on hold by now.
    Hold,
    /// How long the agent has the word by now.
    AgentMonologue,
    /// How often the agent interrupted in the last minute.
    InterruptedLately,
    /// How long the customer says nothing by now.
    CustomerQuiet,
    /// Syllables a second of the agent.
    AgentPace,
    /// The agent's pace over the customer's.
    PaceRatio,
    /// How long the agent spoke.
    AgentTalk,
    /// How long the customer spoke.
    CustomerTalk,
}

impl Measure {
    #[allow(clippy::cast_precision_loss, reason = "a call has fewer milliseconds")]
    fn of(self, now: &Now) -> Option<f64> {
        let (customer, agent) = (&now.customer, &now.agent);
        Some(match self {
            Self::Hold => now.hold_ms as f64,
            Self::AgentMonologue => agent.monologue_ms as f64,
            Self::InterruptedLately => f64::from(agent.interrupted_lately),
            Self::CustomerQuiet => customer.quiet_ms as f64,
            Self::AgentPace => f64::from(agent.pace?),
            Self::PaceRatio => {
                f64::from(agent.pace?) / f64::from(customer.pace.filter(|p| *p > 0.0)?)
            }
            Self::AgentTalk => agent.talk_ms as f64,
            Self::CustomerTalk => customer.talk_ms as f64,
        })
    }
}

impl Advice {
    /// What is said, in Dutch, or in English for all others.
    #[must_use]
    pub fn say(&self, language: Language) -> &str {
        self.say.of(language)
    }

    fn holds(&self, now: &Now) -> bool {
        self.when.iter().all(|condition| {
            condition.measure.of(now).is_some_and(|value| {
                condition.at_least.is_none_or(|least| value >= least)
                    && condition.at_most.is_none_or(|most| value <= most)
            })
        })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    advice: Vec<Advice>,
}

/// The advice that ships, what weighs most first.
#[must_use]
pub fn shipped() -> &'static [Advice] {
    #[expect(clippy::expect_used, reason = "the file is part of the program; a test reads it")]
    static SHIPPED: LazyLock<Vec<Advice>> = LazyLock::new(|| {
        let file: File = toml::from_str(include_str!("../advice/call.toml")).expect("advice");
        file.advice
    });
    &SHIPPED
}

/// Gives advice on one call.
#[derive(Debug, Default)]
pub struct Adviser {
    /// What was given last, and when, in milliseconds of the call.
    last: Option<(&'static Advice, u64)>,
    /// It still stands.
    stands: bool,
    /// What was given and has held ever since: it is not said again.
    said: Vec<&'static str>,
    silent: bool,
}

impl Adviser {
    /// What stands at this moment of the call; none most of the time. `customer_may_speak` is what
    /// the sound of this moment says, as `now` is a second late.
    pub fn look(&mut self, now: &Now, customer_may_speak: bool) -> Option<&'static Advice> {
        self.said
            .retain(|id| shipped().iter().any(|advice| advice.id == **id && advice.holds(now)));
        if self.silent || customer_may_speak || now.customer.speaking {
            self.stands = false;
            return None;
        }
        let since = self.last.map(|(_, at)| now.at_ms.saturating_sub(at));
        self.stands &= since.is_some_and(|since| since < STANDS_MS);
        if !self.stands && since.is_none_or(|since| since >= APART_MS) {
            let next = shipped()
                .iter()
                .find(|advice| !self.said.contains(&advice.id.as_str()) && advice.holds(now));
            if let Some(advice) = next {
                self.said.push(&advice.id);
                self.last = Some((advice, now.at_ms));
                self.stands = true;
            }
        }
        self.last.filter(|_| self.stands).map(|(advice, _)| advice)
    }

    /// No advice any more in this call.
    pub fn silence(&mut self) {
        self.silent = true;
    }

    /// Whether the agent wanted silence.
    #[must_use]
    pub const fn is_silent(&self) -> bool {
        self.silent
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Now {
        Now { at_ms: seconds * 1000, ..Now::default() }
    }

    /// The agent talks since the start.
    fn talks(seconds: u64) -> Now {
        let mut now = at(seconds);
        (now.agent.speaking, now.agent.monologue_ms) = (true, now.at_ms);
        now
    }

    fn id(advice: Option<&'static Advice>) -> &'static str {
        advice.map_or("", |advice| &advice.id)
    }

    #[test]
    fn all_that_ships_has_conditions_words_and_a_source() {
        assert_eq!(shipped().len(), 5);
        for advice in shipped() {
            assert!(!advice.when.is_empty(), "{}", advice.id);
            let some =
                |condition: &Condition| condition.at_least.is_some() != condition.at_most.is_some();
            assert!(advice.when.iter().all(some), "{}", advice.id);
            assert!(advice.source.len() > 20, "{}", advice.id);
            for language in [Language::Nl, Language::En] {
                let words = advice.say(language);
                // One line, on a phone too.
                assert!((20..=110).contains(&words.len()) && !words.contains('!'), "{words}");
            }
        }
    }

    #[test]
    fn each_is_given_where_its_measure_says_so_and_not_before() {
        let given = |change: &dyn Fn(&mut Now)| {
            let mut now = at(200);
            change(&mut now);
            id(Adviser::default().look(&now, false))
        };
        assert_eq!(given(&|_| ()), "");
        assert_eq!(given(&|now| now.hold_ms = 119_999), "");
        assert_eq!(given(&|now| now.hold_ms = 120_000), "hold");
        assert_eq!(given(&|now| now.agent.interrupted_lately = 1), "");
        assert_eq!(given(&|now| now.agent.interrupted_lately = 2), "interrupted");
        assert_eq!(given(&|now| now.agent.monologue_ms = 89_999), "");
        assert_eq!(given(&|now| now.agent.monologue_ms = 90_000), "monologue");
        assert_eq!(given(&|now| now.customer.quiet_ms = 60_000), "customer_silent");
        let pace = |now: &mut Now, agent, customer| {
            (now.agent.talk_ms, now.customer.talk_ms) = (30_000, 30_000);
            (now.agent.pace, now.customer.pace) = (Some(agent), Some(customer));
        };
        assert_eq!(given(&|now| pace(now, 5.3, 4.0)), "pace");
        assert_eq!(given(&|now| pace(now, 5.0, 4.0)), "");
        assert_eq!(given(&|now| pace(now, 4.2, 3.0)), "", "faster, and still slow");
        assert_eq!(given(&|now| pace(now, 5.2, 0.0)), "");
        assert_eq!(given(&|now| now.agent.pace = Some(9.0)), "", "what is not known holds nothing");
        // On hold nothing else is said.
        assert_eq!(given(&|now| (now.hold_ms, now.customer.quiet_ms) = (60_000, 60_000)), "");
    }

    #[test]
    fn never_while_the_customer_speaks_and_away_at_once_when_they_begin() {
        let mut adviser = Adviser::default();
        let mut speaks = talks(100);
        speaks.customer.speaking = true;
        assert_eq!(id(adviser.look(&speaks, false)), "");
        assert_eq!(id(adviser.look(&talks(101), true)), "", "the sound says so before the measure");
        assert_eq!(id(adviser.look(&talks(102), false)), "monologue");
        assert_eq!(id(adviser.look(&talks(103), true)), "");
        assert_eq!(id(adviser.look(&talks(104), false)), "", "it does not come back");
    }

    #[test]
    fn at_most_one_a_minute_and_not_the_same_while_it_lasts() {
        let mut adviser = Adviser::default();
        let mut given = Vec::new();
        let mut before = "";
        for second in 0..600 {
            let mut now = talks(second);
            now.customer.quiet_ms = now.at_ms;
            let advice = id(adviser.look(&now, false));
            if advice != before && !advice.is_empty() {
                given.push((second, advice));
            }
            before = advice;
        }
        assert_eq!(given, [(60, "customer_silent"), (120, "monologue")]);
        // It stands for a while, and then goes by itself.
        let mut adviser = Adviser::default();
        assert_eq!(id(adviser.look(&talks(90), false)), "monologue");
        assert_eq!(id(adviser.look(&talks(101), false)), "monologue");
        assert_eq!(id(adviser.look(&talks(102), false)), "");
        // What ended and holds again may be said again, a minute later.
        adviser.look(&at(110), false);
        let mut again = at(149);
        again.agent.monologue_ms = 90_000;
        assert_eq!(id(adviser.look(&again, false)), "", "a minute is not over");
        again.at_ms = 150_000;
        assert_eq!(id(adviser.look(&again, false)), "monologue");
    }

    #[test]
    fn silence_lasts_for_the_call() {
        let mut adviser = Adviser::default();
        assert_eq!(id(adviser.look(&talks(90), false)), "monologue");
        adviser.silence();
        assert!(adviser.is_silent());
        for second in 91..1_000 {
            assert_eq!(id(adviser.look(&talks(second), false)), "");
        }
    }
}
