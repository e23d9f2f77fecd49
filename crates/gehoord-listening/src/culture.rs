//! Culture profiles: what fits the customer's language and country, as data.
//!
//! A profile follows the locale of the conversation, never a name, accent, address or
//! nationality, and the customer's own form comes first.

use gehoord_conversation::{
    AgentTurn, Breaker, Evidence, Finding, Label, Locale, Source, Span, Technique,
};
use serde::Deserialize;

use crate::agent::Asked;
use crate::cue::Feeling;
use crate::embedded;
use crate::reading::Reading;
use crate::text::Kind;

/// How much a rule matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Worth a word.
    Hint,
    /// Hurts.
    Breaker,
}

/// One norm of a culture.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CultureRule {
    /// Stable id, such as `no_emoji_to_upset`.
    pub id: String,
    /// What it asks, in the language of the locale.
    pub what: String,
    /// Key of `packs/sources.toml`.
    pub source: String,
    /// 0–1: how sure the source makes us.
    pub confidence: f32,
    /// How much it matters.
    pub severity: Severity,
    /// The switch.
    pub on: bool,
    /// What is checked.
    pub check: Check,
}

/// What a rule checks; numbers are per reply.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Check {
    /// At most so many exclamation marks to an upset customer.
    ExclamationsToUpset(u8),
    /// At most so many exclamation marks to anyone.
    Exclamations(u8),
    /// At most so many emoji to an upset customer.
    EmojiToUpset(u8),
    /// At most so many apologies.
    Apologies(u8),
    /// One form of address in one message.
    OneAddress,
    /// Form of address of the customer, once they used one.
    FollowAddress,
    /// Nothing is checked; the rule is for people.
    ForPeople,
}

impl CultureRule {
    /// Whether replies are held against it; the others are for people to read.
    #[must_use]
    pub fn is_heard(&self) -> bool {
        self.severity == Severity::Breaker && !matches!(self.check, Check::ForPeople)
    }
}

/// The norms of one locale.
#[derive(Debug, Clone, PartialEq)]
pub struct CultureProfile {
    /// The locale.
    pub locale: Locale,
    /// Its rules.
    pub rules: Vec<CultureRule>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ProfileFile {
    rules: Vec<CultureRule>,
}

impl CultureProfile {
    /// Reads a profile.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn new(locale: &str, toml: &str) -> Result<Self, String> {
        let file: ProfileFile = toml::from_str(toml).map_err(|e| format!("{locale}: {e}"))?;
        let locale = locale.parse().map_err(|e| format!("{e}"))?;
        for rule in &file.rules {
            if !(0.0..=1.0).contains(&rule.confidence) {
                return Err(format!("{locale}: rule {}: confidence is 0 to 1", rule.id));
            }
        }
        Ok(Self { locale, rules: file.rules })
    }

    /// Adds what breaks a norm to `turn`, and takes out what this profile has switched off.
    pub(crate) fn check(&self, reading: &Reading<'_>, asked: &Asked, turn: &mut AgentTurn) {
        for rule in &self.rules {
            match rule.check {
                Check::OneAddress if !rule.on => without(turn, "engine/mixed_address"),
                Check::FollowAddress if !rule.on => without(turn, "engine/other_address"),
                _ if rule.on && rule.severity == Severity::Breaker => {
                    if let Some((breaker, spans)) = broken(rule.check, reading, asked)
                        && !turn.has(breaker)
                    {
                        turn.breakers.push(self.finding(rule, breaker, &spans, reading));
                    }
                }
                _ => {}
            }
        }
    }

    fn finding(
        &self,
        rule: &CultureRule,
        breaker: Breaker,
        spans: &[Span],
        reading: &Reading<'_>,
    ) -> Finding {
        Finding {
            label: Label::Breaker(breaker),
            strength: rule.confidence,
            evidence: spans.iter().map(|&s| Evidence::new(reading.index, s)).collect(),
            source: Source::Cue,
            rule: format!("culture/{}/{}", self.locale, rule.id).into(),
            because: rule.what.as_str().into(),
        }
    }
}

fn without(turn: &mut AgentTurn, rule: &str) {
    turn.breakers.retain(|b| &*b.rule != rule);
}

/// The places at which a reply breaks a norm, and which breaker that is.
fn broken(check: Check, reading: &Reading<'_>, asked: &Asked) -> Option<(Breaker, Vec<Span>)> {
    // "Ik word er een beetje zenuwachtig van" is not upset yet.
    let weighs = asked.intensity >= 2 || asked.complains || asked.repeat_contact;
    let upset = asked.feels() == Feeling::Negative && asked.intensity >= 1 && weighs;
    let text = &reading.text;
    let over = |spans: Vec<Span>, most: u8, breaker: Breaker| {
        (spans.len() > usize::from(most)).then_some((breaker, spans))
    };
    let bangs = || {
        let marked = text.sentences.iter().enumerate().filter(|(_, s)| s.bangs > 0);
        marked
            .flat_map(|(i, s)| std::iter::repeat_n(text.sentence_span(i), usize::from(s.bangs)))
            .collect::<Vec<Span>>()
    };
    match check {
        Check::ExclamationsToUpset(most) if upset => over(bangs(), most, Breaker::FalseCheer),
        Check::Exclamations(most) => over(bangs(), most, Breaker::FalseCheer),
        Check::EmojiToUpset(most) if upset => {
            let cheerful = |norm: &str| {
                !matches!(norm, "🙁" | "😢" | "😔" | "😞" | "🙏" | "❤" | "😕" | "💐" | "🕯")
            };
            let emoji = text
                .tokens
                .iter()
                .filter(|t| t.kind == Kind::Emoji && cheerful(text.norm(t)))
                .map(|t| t.span())
                .collect();
            over(emoji, most, Breaker::FalseCheer)
        }
        Check::Apologies(most) => {
            let mut spans: Vec<Span> = reading
                .all(Technique::Apologise)
                .map(|h| (h.sentence, h.span))
                .fold(Vec::<(usize, Span)>::new(), |mut kept, (sentence, span)| {
                    if kept.iter().all(|(s, _)| *s != sentence) {
                        kept.push((sentence, span));
                    }
                    kept
                })
                .into_iter()
                .map(|(_, span)| span)
                .collect();
            spans.dedup();
            over(spans, most, Breaker::Scripted)
        }
        _ => None,
    }
}

/// All profiles that ship.
pub(crate) fn all() -> Result<Vec<CultureProfile>, String> {
    embedded::cultures().map(|(locale, toml)| CultureProfile::new(locale, toml)).collect()
}
