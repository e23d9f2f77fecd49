//! What is heard in an agent turn.

pub(crate) mod address;
mod breakers;
pub(crate) mod points;
pub(crate) mod promises;
mod questions;

pub use points::Points;

use std::sync::Arc;

use gehoord_conversation::{
    AgentTurn, Breaker, Evidence, Finding, Label, Language, Locale, Signal, Source, Span, Technique,
};

use rustc_hash::FxHashMap;

use crate::cue::{Feeling, Packs};
use crate::customer::{ASSERTED, fuse};
use crate::fit::known;
use crate::reading::{CueHeard, Reading};
use address::Address;
use points::GivenBack;

/// What agents are heard to say about the contact itself.
pub(crate) const SIGNALS: [Signal; 8] = [
    Signal::TemplateEmpathy,
    Signal::Sympathy,
    Signal::OwnFault,
    Signal::WarmTransfer,
    Signal::Refusal,
    Signal::Offer,
    Signal::Resolved,
    Signal::Boundary,
];

/// A word of sympathy of so many words at most weighs nothing.
const LIGHT: usize = 4;

/// What goes on with the matter itself.
const ACTS: [Technique; 4] = [
    Technique::ClosedQuestion,
    Technique::OpenQuestion,
    Technique::PromiseAction,
    Technique::Solve,
];

/// What the customer brought, to which a reply answers.
#[derive(Debug, Clone, Default)]
pub(crate) struct Asked {
    /// How the customer's words were.
    pub(crate) feeling: Option<Feeling>,
    /// 0–3.
    pub(crate) intensity: u8,
    /// What they said.
    pub(crate) points: Points,
    /// What brought the feeling.
    pub(crate) sore: Points,
    /// How they address the firm.
    pub(crate) address: Option<Address>,
    /// They were in touch before.
    pub(crate) repeat_contact: bool,
    /// They complain.
    pub(crate) complains: bool,
    /// They only end the contact.
    pub(crate) closes: bool,
    /// They ask for something, or report that something is wrong.
    pub(crate) wants_action: bool,
    /// They complain or name a cause.
    pub(crate) problem: bool,
    /// Something does not work, whatever they feel about it.
    pub(crate) broken: bool,
    /// No feeling was heard, and the words leave no room for one: a bare question or fact.
    pub(crate) plain: bool,
    /// The feeling comes without any story.
    pub(crate) unclear: bool,
    /// Something comes before empathy.
    pub(crate) unsafe_turn: bool,
    /// Somebody is in danger, and no reply has brought them to safety yet.
    pub(crate) in_danger: bool,
    /// Words in the customer's run.
    pub(crate) words: usize,
}

impl Asked {
    pub(crate) fn feels(&self) -> Feeling {
        self.feeling.unwrap_or(Feeling::Neutral)
    }
}

/// Empathic sentences that an agent used before in a conversation, and how often.
pub(crate) type Formulas = FxHashMap<String, usize>;

/// An agent turn with what is needed to judge it.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) turn: AgentTurn,
    pub(crate) back: GivenBack,
}

impl Answer {
    /// Hears who brings somebody in danger to safety. Short orders are right then.
    pub(crate) fn bring_to_safety(&mut self, reading: &Reading<'_>, asked: &Asked, packs: &Packs) {
        if !(asked.in_danger || asked.unsafe_turn) {
            return;
        }
        let found = asserted(Signal::ToSafety.into(), reading, &reading.heard, packs);
        let Some(found) = found else { return };
        let orders = |e: &Evidence| found.evidence.iter().any(|o| o.span.overlaps(&e.span));
        self.turn.breakers.retain(|b| b.label != Breaker::Commanding.into());
        self.turn.techniques.retain(|t| {
            t.label != Technique::AcknowledgeFeeling.into()
                || t.source != Source::Model
                || !t.evidence.iter().all(orders)
        });
        self.turn.signals.push(found);
    }
}

/// What is heard in an agent turn that answers `asked`. `formulas` are the empathic sentences the
/// agent used before in this conversation.
pub(crate) fn hear(
    reading: &Reading<'_>,
    asked: &Asked,
    formulas: &mut Formulas,
    packs: &Packs,
) -> Answer {
    let heard =
        reading.heard.iter().filter(|h| fits(h, asked, packs) && !states(h, reading, packs));
    let heard: Vec<CueHeard> = heard.cloned().collect();
    let back = asked.points.given_back(reading, packs);
    let mut turn = AgentTurn { language: reading.language, ..AgentTurn::default() };
    for &technique in Technique::ALL {
        turn.techniques.extend(asserted(technique.into(), reading, &heard, packs));
    }
    for signal in SIGNALS {
        turn.signals.extend(asserted(signal.into(), reading, &heard, packs));
    }
    let engine = Engine { reading };
    engine.questions(&mut turn, packs);
    engine.promising(&mut turn, packs);
    engine.restating(&mut turn, &back, asked);
    engine.sympathy(&mut turn, asked, packs);
    engine.personal(&mut turn, &back);
    for &breaker in Breaker::ALL {
        turn.breakers.extend(asserted(breaker.into(), reading, &heard, packs));
    }
    breakers::hear(&engine, &mut turn, &heard, asked, formulas, packs);
    engine.statements(&mut turn, &heard, asked, packs);
    turn.boundary = turn.signals.iter().any(|s| s.label == Signal::Boundary.into());
    if turn.boundary {
        // Setting a boundary is never a fault.
        turn.breakers.retain(|b| {
            !matches!(
                b.label,
                Label::Breaker(
                    Breaker::Commanding
                        | Breaker::Defensive
                        | Breaker::PolicyWall
                        | Breaker::BlameCustomer
                )
            )
        });
    }
    turn.coverage = back.coverage;
    turn.fidelity = back.fidelity;
    Answer { turn, back }
}

/// Whether a cue holds after these customer words.
fn fits(heard: &CueHeard, asked: &Asked, packs: &Packs) -> bool {
    let cue = packs.of(heard.language).and_then(|p| p.cues().get(heard.cue));
    cue.is_none_or(|cue| cue.after.is_empty() || cue.after.contains(&asked.feels()))
}

/// Whether what sounds like a question is a statement: "dan is er een storing", "heeft u de bon niet
/// meer, dan kijken we op uw naam".
fn states(heard: &CueHeard, reading: &Reading<'_>, packs: &Packs) -> bool {
    /// Nobody asks or states anything in more words.
    const LONGEST: usize = 60;
    let asks = known::ASKING.iter().any(|&t| heard.label == t.into());
    let Some(pack) = packs.of(heard.language).filter(|_| asks) else { return false };
    let text = &reading.text;
    let sentence = &text.sentences[heard.sentence];
    if sentence.question || sentence.range().len() > LONGEST {
        return false;
    }
    let mut tokens = sentence.range().map(|at| &text.tokens[at]);
    let opens = |t: &crate::text::Token| pack.list_has("statement_openers", text.norm(t));
    let first = sentence.range().start;
    opens(&text.tokens[first])
        || tokens.any(|t| t.pause_before && t.start as usize >= heard.span.end && opens(t))
}

fn asserted(
    label: Label,
    reading: &Reading<'_>,
    heard: &[CueHeard],
    packs: &Packs,
) -> Option<Finding> {
    fuse(label, reading, heard, packs).filter(|f| f.strength >= ASSERTED)
}

/// Findings of mechanisms rather than of cues.
pub(crate) struct Engine<'r, 'c> {
    pub(crate) reading: &'r Reading<'c>,
}

impl Engine<'_, '_> {
    /// A finding of the engine itself, at `spans` in this turn.
    pub(crate) fn finding(
        &self,
        label: impl Into<Label>,
        strength: f32,
        spans: impl IntoIterator<Item = Span>,
        rule: &str,
    ) -> Finding {
        /// More places of one finding show nothing more.
        const PLACES: usize = 24;
        let places = spans.into_iter().take(PLACES);
        let evidence = places.map(|s| Evidence::new(self.reading.index, s)).collect();
        self.finding_at(label, strength, evidence, rule)
    }

    /// The same, with evidence in any turn.
    pub(crate) fn finding_at(
        &self,
        label: impl Into<Label>,
        strength: f32,
        evidence: Vec<Evidence>,
        rule: &str,
    ) -> Finding {
        let label = label.into();
        let dutch = self.reading.language.is_none_or(|l| l == Language::Nl);
        Finding {
            label,
            strength,
            evidence,
            source: Source::Cue,
            rule: format!("engine/{rule}").into(),
            because: Arc::from(because(rule, dutch)),
        }
    }

    fn questions(&self, turn: &mut AgentTurn, packs: &Packs) {
        for (technique, span) in questions::questions(self.reading, packs) {
            let label = Label::Technique(technique);
            match turn.techniques.iter_mut().find(|f| f.label == label) {
                Some(finding) => finding.evidence.push(Evidence::new(self.reading.index, span)),
                None => {
                    let rule = match technique {
                        Technique::OpenQuestion => "question_open",
                        _ => "question_closed",
                    };
                    turn.techniques.push(self.finding(technique, 0.7, [span], rule));
                }
            }
        }
    }

    fn promising(&self, turn: &mut AgentTurn, packs: &Packs) {
        let spans = promises::unsaid(self.reading, packs);
        if spans.is_empty() {
            return;
        }
        let label = Label::Technique(Technique::PromiseAction);
        let place = |span| Evidence::new(self.reading.index, span);
        match turn.techniques.iter_mut().find(|f| f.label == label) {
            Some(found) => {
                let new = spans
                    .into_iter()
                    .filter(|s| !found.evidence.iter().any(|e| e.span.overlaps(s)));
                found.evidence.extend(new.map(place).collect::<Vec<_>>());
            }
            None => {
                let found = self.finding(Technique::PromiseAction, 0.65, spans, "promise_by_time");
                turn.techniques.push(found);
            }
        }
    }

    fn restating(&self, turn: &mut AgentTurn, back: &GivenBack, asked: &Asked) {
        let instruction = |span: &Span| {
            turn.techniques.iter().any(|f| {
                matches!(f.label, Label::Technique(Technique::PromiseAction | Technique::Refer))
                    && f.evidence.iter().any(|e| e.span.overlaps(span))
            })
        };
        let spans: Vec<Span> = back.restated.iter().filter(|s| !instruction(s)).copied().collect();
        let worth = asked.problem || asked.feels() == Feeling::Negative;
        if !spans.is_empty() && worth && !turn.has(Technique::Restate) {
            turn.techniques.push(self.finding(
                Technique::Restate,
                0.65,
                spans,
                "restate_by_content",
            ));
        }
    }

    /// A detail of this customer in the words that take up what they feel.
    fn personal(&self, turn: &mut AgentTurn, back: &GivenBack) {
        if turn.has(Technique::Personalise) {
            return;
        }
        let text = &self.reading.text;
        let warm: Vec<Span> = turn
            .techniques
            .iter()
            .filter(|f| f.label == Technique::AcknowledgeFeeling.into())
            .chain(turn.signals.iter().filter(|f| f.label == Signal::Sympathy.into()))
            .flat_map(|f| f.evidence.iter().map(|e| e.span))
            .filter_map(|span| text.sentence_at(span).map(|i| text.sentence_span(i)))
            .collect();
        let details: Vec<Span> =
            back.details.iter().filter(|d| warm.iter().any(|w| w.contains(d))).copied().collect();
        if !details.is_empty() {
            turn.techniques.push(self.finding(Technique::Personalise, 0.55, details, "own_detail"));
        }
    }

    /// A plain statement that nothing else lays claim to gives information.
    fn statements(&self, turn: &mut AgentTurn, heard: &[CueHeard], asked: &Asked, packs: &Packs) {
        const WORDS: usize = 4;
        // Before the customer said a word there is nothing to explain ("garage Smit, met Jan").
        if turn.has(Technique::Explain) || asked.words == 0 {
            return;
        }
        let text = &self.reading.text;
        let claimed = |index: usize, span: Span| {
            let by_cue = heard.iter().any(|h| {
                h.sentence == index
                    && h.strength >= ASSERTED
                    && !matches!(
                        h.label,
                        Label::Technique(
                            Technique::Explain | Technique::Solve | Technique::Reassure
                        ) | Label::Signal(Signal::Refusal)
                    )
            });
            let by_engine = turn
                .techniques
                .iter()
                .filter(|f| f.label != Technique::Personalise.into())
                .chain(&turn.breakers)
                .any(|f| {
                    f.evidence
                        .iter()
                        .any(|e| e.turn == self.reading.index && e.span.overlaps(&span))
                });
            by_cue || by_engine
        };
        let statements: Vec<Span> = text
            .sentences
            .iter()
            .enumerate()
            .filter(|(_, s)| !s.question && s.range().len() >= WORDS)
            .map(|(i, _)| (i, text.sentence_span(i)))
            .filter(|(i, span)| {
                !claimed(*i, *span)
                    && !self.reading.only_greets(*span)
                    && points::says_something(self.reading, *span, packs)
            })
            .map(|(_, span)| span)
            .collect();
        if !statements.is_empty() {
            turn.techniques.push(self.finding(Technique::Explain, 0.6, statements, "statement"));
        }
    }

    /// Sympathy with the situation, or a fault that the firm names as its own, acknowledges a
    /// feeling that is there; where there is none, no feeling is acknowledged.
    fn sympathy(&self, turn: &mut AgentTurn, asked: &Asked, packs: &Packs) {
        let acknowledged = Label::Technique(Technique::AcknowledgeFeeling);
        if asked.feels() == Feeling::Neutral {
            if asked.plain {
                turn.techniques.retain(|f| f.label != acknowledged);
            }
            return;
        }
        if turn.has(acknowledged) || asked.feels() == Feeling::Positive {
            return;
        }
        let specific = |s: &Finding| {
            s.evidence.iter().any(|e| {
                let text = &self.reading.text;
                text.sentence_at(e.span).is_some_and(|i| {
                    asked.points.touches(self.reading, text.sentence_span(i), packs)
                })
            })
        };
        let source = turn.signals.iter().find(|s| match s.label {
            Label::Signal(Signal::Sympathy) => true,
            // "Excuses voor het ongemak" says sorry, and takes no feeling up.
            Label::Signal(Signal::TemplateEmpathy) => s
                .evidence
                .iter()
                .any(|e| !self.reading.all(Technique::Apologise).any(|h| h.span.overlaps(&e.span))),
            Label::Signal(Signal::OwnFault) => specific(s) || turn.has(Technique::Restate),
            _ => false,
        });
        if let Some(source) = source {
            let strength = source.strength.min(0.75);
            let found = Finding { label: acknowledged, strength, ..source.clone() };
            turn.techniques.push(found);
            return;
        }
        // "Drie keer gebeld en nog geen antwoord: …": the sore point itself, first of all.
        let named = turn.techniques.iter().find(|f| &*f.rule == "engine/restate_by_content");
        let first = named.and_then(|f| f.evidence.iter().map(|e| e.span).min());
        if let Some(span) = first
            && self.opens_with(span)
            && asked.sore.touches(self.reading, span, packs)
        {
            let found =
                self.finding(Technique::AcknowledgeFeeling, 0.55, [span], "situation_named");
            turn.techniques.push(found);
        }
    }

    /// What the model may not overrule, because it can be told from the words for certain.
    pub(crate) fn agree(
        &self,
        turn: &mut AgentTurn,
        asked: &Asked,
        packs: &Packs,
        locale: &Locale,
    ) {
        let reading = self.reading;
        let sentence = |e: &Evidence| reading.text.sentence_around(e.span);
        // Words that take up what this customer told fit nobody else.
        let own = |e: &Evidence| asked.points.touches(reading, sentence(e), packs);
        let of_model =
            |b: &Finding, label: Breaker| b.label == label.into() && b.source == Source::Model;
        let plain = asked.feels() == Feeling::Neutral;
        turn.breakers
            .retain(|b| !of_model(b, Breaker::Scripted) || plain || !b.evidence.iter().any(own));
        // "Wat vervelend! Welk lampje brandt er?" is human where something does not work.
        let goes_on = ACTS.iter().any(|&act| turn.has(act));
        let words = |span: Span| {
            reading.text.tokens.iter().filter(|token| span.contains(&token.span())).count()
        };
        let light = |b: &Finding| {
            b.label == Breaker::Scripted.into()
                && matches!(&b.evidence[..], [only] if words(only.span) <= LIGHT)
        };
        if plain && asked.broken && goes_on {
            turn.breakers.retain(|b| !light(b));
        }
        // The customer's own story given back defends nobody.
        let told = turn.techniques.iter().filter(|f| f.label == Technique::Restate.into());
        let told: Vec<Span> = told.flat_map(|f| &f.evidence).map(|e| e.span).collect();
        let given_back = |e: &Evidence| told.iter().any(|span| span.overlaps(&e.span));
        turn.breakers.retain(|b| {
            !of_model(b, Breaker::Defensive)
                || b.evidence.is_empty()
                || !b.evidence.iter().all(given_back)
        });
        // Who and when are there.
        if turn.breakers.iter().any(|b| of_model(b, Breaker::VaguePromise))
            && promises::promises(reading, turn, packs, locale).iter().any(|p| p.complete)
        {
            turn.breakers.retain(|b| !of_model(b, Breaker::VaguePromise));
        }
    }

    /// Whether `span` stands in the first sentence that is more than a greeting.
    fn opens_with(&self, span: Span) -> bool {
        let text = &self.reading.text;
        let long = text.sentences.iter().position(|s| s.range().len() >= 4).unwrap_or(0);
        text.sentence_span(long).overlaps(&span)
    }
}

/// Why a mechanism of the engine speaks, in the language of the turn.
fn because(rule: &str, dutch: bool) -> &'static str {
    match (rule, dutch) {
        ("question_open", true) => "Een vraag die uitnodigt om meer te vertellen.",
        ("question_open", false) => "A question that invites the customer to tell more.",
        ("question_closed", true) => "Een vraag naar een feit, of naar ja of nee.",
        ("question_closed", false) => "A question for a fact, or for yes or no.",
        ("restate_by_content", true) => "Geeft in eigen woorden terug wat de klant vertelde.",
        ("restate_by_content", false) => "Gives back in own words what the customer told.",
        ("situation_named", true) => "Begint bij wat deze klant heeft meegemaakt.",
        ("situation_named", false) => "Starts with what this customer has been through.",
        ("promise_by_time", true) => "Zegt wie iets doet en wanneer.",
        ("promise_by_time", false) => "Says who does something and when.",
        ("statement", true) => "Geeft informatie of een antwoord.",
        ("statement", false) => "Gives information or an answer.",
        ("long_words", true) => "Lange woorden die de klant zelf niet gebruikt.",
        ("long_words", false) => "Long words that the customer does not use.",
        ("own_detail", true) => "Noemt iets wat alleen bij deze klant hoort.",
        ("own_detail", false) => "Names something that belongs to this customer only.",
        ("ignore_feeling", true) => "Hier klonk een gevoel door waar het antwoord niet op ingaat.",
        ("ignore_feeling", false) => "A feeling was heard here that the reply passes over.",
        ("generic_empathy", true) => "Medeleven in woorden die bij iedereen passen.",
        ("generic_empathy", false) => "Sympathy in words that fit anyone.",
        ("heavy_on_neutral", true) => "Veel medeleven, terwijl de klant alleen iets vraagt.",
        ("heavy_on_neutral", false) => "Heavy sympathy, though the customer only asks something.",
        ("repeated_formula", true) => "Dezelfde zin van medeleven komt steeds terug.",
        ("repeated_formula", false) => "The same sentence of sympathy comes back again and again.",
        ("empathy_taken_back", true) => "Het medeleven wordt door het vervolg teruggenomen.",
        ("empathy_taken_back", false) => "The sympathy is taken back by what follows.",
        ("questions_in_a_row", true) => "Alleen gesloten vragen achter elkaar.",
        ("questions_in_a_row", false) => "Only closed questions in a row.",
        ("mixed_address", true) => "U en je door elkaar in één bericht.",
        ("other_address", true) => "De klant zegt u, het antwoord zegt je.",
        ("promise_without_time", true) => "Een toezegging zonder wie of wanneer.",
        ("promise_without_time", false) => "A promise without who or when.",
        _ => "",
    }
}
