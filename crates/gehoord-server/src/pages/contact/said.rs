//! What was said, with marks where something was heard. A mark points at its reasons; words that
//! more than one reason lies on are one mark.

use std::collections::BTreeMap;

use gehoord_coaching::hint_in;
use gehoord_conversation::Label;
use gehoord_conversation::wire::report::{WireFinding, WireTurnReport};
use gehoord_store::{Feedback, TurnView};

use super::call::Spoken;
use crate::pages::texts::{Lang, Texts};
use crate::pages::when;

/// A stretch of words, or what stands behind a mask.
pub(crate) struct Bit {
    pub(crate) text: String,
    /// The mask that the words stand in for, where they do.
    pub(crate) mask: Option<String>,
}

/// Words that belong together: marked, or not.
pub(crate) struct Part {
    pub(crate) bits: Vec<Bit>,
    /// How it is marked; empty: not at all.
    pub(crate) kind: &'static str,
    /// The reasons, as ids in the page with spaces between.
    pub(crate) reasons: String,
    /// The first of them.
    pub(crate) first: String,
    /// The numbers of the reasons whose words end here.
    pub(crate) ends: String,
    /// What the reasons are called, for who cannot see the mark.
    pub(crate) names: String,
}

/// Why something was heard.
pub(crate) struct Reason {
    /// Id in the page.
    pub(crate) anchor: String,
    /// Id in the report.
    pub(crate) finding: String,
    pub(crate) kind: &'static str,
    pub(crate) name: String,
    pub(crate) because: String,
    pub(crate) strength: &'static str,
    /// Words of another turn that it is about.
    pub(crate) elsewhere: Vec<String>,
    /// The viewer said that it is wrong.
    pub(crate) doubted: bool,
}

/// A turn as the page shows it.
pub(crate) struct Said {
    pub(crate) position: i64,
    pub(crate) party: String,
    pub(crate) speaker: String,
    pub(crate) clock: String,
    pub(crate) machine: String,
    /// The day, where it is another than that of the turn before.
    pub(crate) day: Option<String>,
    /// Its language, where it is another than that of the page.
    pub(crate) foreign: Option<String>,
    pub(crate) parts: Vec<Part>,
    /// What is told in short: kind and words.
    pub(crate) tags: Vec<(&'static str, String)>,
    /// What this customer needs, in words.
    pub(crate) needs: String,
    pub(crate) reasons: Vec<Reason>,
    /// What would be better here; two at most.
    pub(crate) hints: Vec<String>,
    /// The finding in it that the viewer is about to doubt: its id and its name.
    pub(crate) doubted: Option<(String, String)>,
    /// Whether a signal in this turn was taken up, and in which turn.
    pub(crate) signal: Option<(bool, String)>,
    /// When it was said in a recording.
    pub(crate) spoken: Option<Spoken>,
    /// What a coach answered about it: who, and what.
    pub(crate) coached: Vec<(String, String)>,
}

/// What the turns of a page have in common.
pub(crate) struct Saying<'a> {
    /// Stands before every id in the page; for a page with several contacts.
    pub(crate) at: &'a str,
    pub(crate) lang: Lang,
    pub(crate) t: &'static Texts,
    /// What stands behind the masks, where the viewer may see it.
    pub(crate) originals: &'a BTreeMap<String, String>,
    pub(crate) feedback: &'a [Feedback],
    /// The finding that the viewer is about to doubt.
    pub(crate) doubt: Option<&'a str>,
}

impl Saying<'_> {
    fn name(&self, label: &str) -> String {
        name(self.lang, label)
    }

    pub(crate) fn said(&self, turn: &TurnView, speaker: String, day: Option<String>) -> Said {
        let report = turn.finding.clone().and_then(|report| serde_json::from_value(report).ok());
        let spoken = report.as_ref().and_then(language);
        let foreign = spoken.filter(|spoken| *spoken != self.lang.id()).map(str::to_owned);
        let heard = report.as_ref().map(|report| self.heard(report)).unwrap_or_default();
        let position = turn.position;
        Said {
            position,
            party: turn.party.clone(),
            speaker,
            clock: turn.at.as_ref().map_or_else(String::new, |_| when::clock(turn.said_at)),
            machine: when::machine(turn.said_at),
            day,
            foreign: foreign.clone(),
            parts: self.parts(position, &turn.text, &heard.findings),
            tags: heard.tags,
            needs: heard.needs,
            reasons: heard
                .findings
                .iter()
                .map(|(kind, finding)| self.reason(position, kind, finding, foreign.is_some()))
                .collect(),
            hints: heard.hints,
            doubted: heard
                .findings
                .iter()
                .find(|(_, finding)| self.doubt == Some(finding.id.as_str()))
                .map(|(_, finding)| (finding.id.clone(), self.name(&finding.label))),
            signal: None,
            spoken: None,
            coached: Vec::new(),
        }
    }

    fn heard(&self, report: &WireTurnReport) -> Heard {
        let mut heard = Heard::default();
        match report {
            WireTurnReport::Customer { emotions, needs, signals, safety, .. } => {
                for finding in signals.iter().filter(|finding| safety.contains(&finding.label)) {
                    heard.add("danger", finding);
                    heard.tags.push(("warm", self.name(&finding.label)));
                }
                for finding in emotions {
                    heard.add("said", finding);
                    heard.tags.push(("said", self.name(&finding.label)));
                }
                for finding in signals {
                    if matches!(
                        finding.label.as_str(),
                        "repeat_contact" | "churn_risk" | "complaint"
                    ) {
                        heard.add("fact", finding);
                        heard.tags.push(("", self.name(&finding.label)));
                    }
                }
                let needs: Vec<String> = needs.iter().map(|need| self.name(need)).collect();
                heard.needs = needs.join(", ");
            }
            WireTurnReport::Agent { techniques, breakers, hints, boundary, signals, .. } => {
                let safe = signals.iter().filter(|signal| signal.label == "to_safety");
                for finding in techniques.iter().chain(safe) {
                    heard.add("well", finding);
                    heard.tags.push(("well", self.name(&finding.label)));
                }
                for finding in breakers {
                    let name = self.name(&finding.label);
                    if finding.is_sure() {
                        heard.add("care", finding);
                        heard.tags.push(("care", name));
                    } else {
                        heard.add("fact", finding);
                        heard.tags.push(("", format!("{}: {name}", self.t.contact.strength_maybe)));
                    }
                }
                if *boundary {
                    heard.tags.push(("well", self.t.contact.boundary.clone()));
                }
                let told = |text: &String| {
                    hint_in(text, self.lang.language()).unwrap_or_else(|| text.clone())
                };
                heard.hints = hints.iter().take(2).map(|hint| told(&hint.text)).collect();
            }
            WireTurnReport::Colleague { .. } | WireTurnReport::Bot { .. } => {}
        }
        heard
    }

    /// `foreign`: the turn, and so what its cues say of it, is in another language than the page.
    fn reason(
        &self,
        position: i64,
        kind: &'static str,
        finding: &WireFinding,
        foreign: bool,
    ) -> Reason {
        let t = &self.t.contact;
        let meaning = if foreign { meaning(self.lang, &finding.label) } else { None };
        let because = meaning.unwrap_or(finding.because.trim());
        let elsewhere = finding.evidence.iter();
        let elsewhere = elsewhere.filter(|e| i64::try_from(e.turn).is_ok_and(|at| at != position));
        let doubted = self
            .feedback
            .iter()
            .any(|said| said.position == position && said.finding == finding.id && !said.agrees);
        Reason {
            anchor: self.anchor(&finding.id),
            finding: finding.id.clone(),
            kind,
            name: self.name(&finding.label),
            because: if because.is_empty() { t.by_model.clone() } else { because.to_owned() },
            strength: match finding.strength {
                strength if strength >= 0.85 => &t.strength_clear,
                strength if strength >= super::beside::LIKELY => &t.strength_likely,
                _ => &t.strength_maybe,
            },
            elsewhere: elsewhere.map(|e| e.text.clone()).filter(|text| !text.is_empty()).collect(),
            doubted,
        }
    }

    /// The text, cut where a mark begins or ends.
    fn parts(
        &self,
        position: i64,
        text: &str,
        findings: &[(&'static str, WireFinding)],
    ) -> Vec<Part> {
        let mut spans: Vec<(usize, usize, usize)> = Vec::new();
        for (at, (_, finding)) in findings.iter().enumerate() {
            for evidence in &finding.evidence {
                let fits = i64::try_from(evidence.turn) == Ok(position)
                    && evidence.start < evidence.end
                    && text.is_char_boundary(evidence.start)
                    && text.is_char_boundary(evidence.end);
                if fits {
                    spans.push((evidence.start, evidence.end, at));
                }
            }
        }
        let mut cuts: Vec<usize> =
            spans.iter().flat_map(|(start, end, _)| [*start, *end]).collect();
        cuts.extend([0, text.len()]);
        cuts.sort_unstable();
        cuts.dedup();
        let mut parts = Vec::new();
        for cut in cuts.windows(2) {
            let (start, end) = (cut[0], cut[1]);
            let mut on: Vec<usize> = spans
                .iter()
                .filter(|(from, until, _)| *from <= start && end <= *until)
                .map(|(.., at)| *at)
                .collect();
            on.dedup();
            let kind = on.iter().map(|at| findings[*at].0).min_by_key(|kind| rank(kind));
            let anchors: Vec<String> =
                on.iter().map(|at| self.anchor(&findings[*at].1.id)).collect();
            let mut ends: Vec<usize> = spans
                .iter()
                .filter(|(_, until, at)| *until == end && on.contains(at))
                .map(|(.., at)| at + 1)
                .collect();
            ends.sort_unstable();
            ends.dedup();
            let ends: Vec<String> = ends.iter().map(usize::to_string).collect();
            let names: Vec<String> =
                on.iter().map(|at| self.name(&findings[*at].1.label)).collect();
            parts.push(Part {
                bits: self.bits(&text[start..end]),
                kind: kind.unwrap_or_default(),
                first: anchors.first().cloned().unwrap_or_default(),
                reasons: anchors.join(" "),
                ends: ends.join(","),
                names: names.join(", "),
            });
        }
        parts
    }

    /// A finding's id as an id in the page.
    fn anchor(&self, finding: &str) -> String {
        let letters = finding.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' });
        format!("{}f-{}", self.at, letters.collect::<String>())
    }

    /// Words, with what is behind their masks for who may see it.
    fn bits(&self, text: &str) -> Vec<Bit> {
        let mut bits = Vec::new();
        let mut rest = text;
        while let Some((before, mask, after)) = next_mask(rest) {
            let Some(original) = self.originals.get(mask) else {
                bits.push(Bit { text: format!("{before}{mask}"), mask: None });
                rest = after;
                continue;
            };
            bits.push(Bit { text: before.to_owned(), mask: None });
            bits.push(Bit { text: original.clone(), mask: Some(mask.to_owned()) });
            rest = after;
        }
        bits.push(Bit { text: rest.to_owned(), mask: None });
        bits.retain(|bit| !bit.text.is_empty());
        bits
    }
}

/// The name of a label for people.
pub(crate) fn name(lang: Lang, label: &str) -> String {
    let known = Label::all().find(|known| known.id() == label);
    let name = known.zip(lang.handbook()).map(|(label, book)| book.name(label));
    name.unwrap_or(label).to_owned()
}

/// What a label means, for people: the reason in the language of the page where what was heard says
/// it in another.
fn meaning(lang: Lang, label: &str) -> Option<&'static str> {
    let known = Label::all().find(|known| known.id() == label)?;
    Some(lang.handbook()?.entry(known)?.is.as_str())
}

/// The language of a turn, where it is known.
fn language(report: &WireTurnReport) -> Option<&str> {
    match report {
        WireTurnReport::Customer { language, .. }
        | WireTurnReport::Agent { language, .. }
        | WireTurnReport::Colleague { language, .. }
        | WireTurnReport::Bot { language, .. } => language.as_deref(),
    }
}

#[derive(Default)]
struct Heard {
    findings: Vec<(&'static str, WireFinding)>,
    tags: Vec<(&'static str, String)>,
    needs: String,
    hints: Vec<String>,
}

impl Heard {
    fn add(&mut self, kind: &'static str, finding: &WireFinding) {
        self.findings.push((kind, finding.clone()));
    }
}

/// Which kind a mark takes when there are several.
fn rank(kind: &str) -> usize {
    ["danger", "care", "well", "said", "fact"].iter().position(|k| *k == kind).unwrap_or(9)
}

/// What stands before the next mask (`[naam-1]`), the mask, and what stands behind it.
fn next_mask(text: &str) -> Option<(&str, &str, &str)> {
    let start = text.find('[')?;
    let end = start + text[start..].find(']')? + 1;
    Some((&text[..start], &text[start..end], &text[end..]))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn turn(text: &str, findings: serde_json::Value) -> TurnView {
        TurnView {
            position: 0,
            party: "customer".to_owned(),
            person_id: None,
            text: text.to_owned(),
            at: None,
            said_at: 0,
            external_id: None,
            finding: Some(json!({"party": "customer", "index": 0, "language": "nl",
                "emotions": findings, "primary": "annoyance", "intensity": 2, "valence": -0.5,
                "needs": ["speed"], "cause": null, "repeat_contact": false, "churn_risk": false,
                "complaint": false, "safety": [], "signals": []})),
        }
    }

    fn finding(id: &str, label: &str, start: usize, end: usize) -> serde_json::Value {
        json!({"id": id, "label": label, "strength": 0.9, "source": "cue", "rule": "x",
            "because": "Zo.", "evidence": [{"turn": 0, "start": start, "end": end, "text": ""}]})
    }

    fn shown(turn: &TurnView, originals: &[(&str, &str)]) -> Vec<(String, &'static str, String)> {
        let originals: BTreeMap<String, String> =
            originals.iter().map(|(mask, text)| ((*mask).into(), (*text).into())).collect();
        let around = Saying {
            at: "",
            lang: Lang::Nl,
            t: Lang::Nl.texts(),
            originals: &originals,
            feedback: &[],
            doubt: None,
        };
        let said = around.said(turn, String::new(), None);
        let words = |part: &Part| part.bits.iter().map(|bit| bit.text.as_str()).collect();
        said.parts.iter().map(|part| (words(part), part.kind, part.reasons.clone())).collect()
    }

    #[test]
    fn words_with_two_reasons_are_one_mark_with_both() {
        let findings =
            json!([finding("0.anger.0", "anger", 0, 10), finding("0.worry.0", "worry", 5, 15)]);
        let parts = shown(&turn("aaaaabbbbbcccccddd", findings), &[]);
        let kinds: Vec<(&str, &str, &str)> =
            parts.iter().map(|(text, kind, why)| (text.as_str(), *kind, why.as_str())).collect();
        assert_eq!(
            kinds,
            [
                ("aaaaa", "said", "f-0-anger-0"),
                ("bbbbb", "said", "f-0-anger-0 f-0-worry-0"),
                ("ccccc", "said", "f-0-worry-0"),
                ("ddd", "", ""),
            ]
        );
    }

    #[test]
    fn places_that_are_none_mark_nothing() {
        let findings = json!([finding("0.anger.0", "anger", 1, 99), finding("b", "worry", 1, 2)]);
        let parts = shown(&turn("één", findings), &[]);
        assert_eq!(parts.len(), 1);
        assert_eq!((parts[0].0.as_str(), parts[0].1), ("één", ""));
    }

    #[test]
    fn what_is_behind_a_mask_is_shown_to_who_may_see_it_only() {
        let one = turn("Hier [naam-1] en [naam-2] [", json!([]));
        assert_eq!(shown(&one, &[])[0].0, "Hier [naam-1] en [naam-2] [");
        assert_eq!(shown(&one, &[("[naam-1]", "Jan")])[0].0, "Hier Jan en [naam-2] [");
    }
}
