//! The learned model that ships: it hears in the words what nobody listed, weighs that with what
//! the cues heard, and says how sure it is.
//!
//! A label is asserted from the threshold on at which it did best on conversations left out in
//! fitting. Its strength is the probability that a careful reader finds it there.

use gehoord_conversation::{
    AgentTurn, Breaker, CustomerTurn, Emotion, Evidence, Finding, Label, Need, Safety, Signal,
    Source, Span, Technique, TurnReport,
};

use rustc_hash::FxHashMap;

use crate::customer;
use crate::deep::weighing::Weighing;
use crate::deep::{Deep, DeepHeard};
use crate::fit::ModelFileError;
use crate::fit::asking::{self, Question};
use crate::fit::codec::{FITTED, Reader};
use crate::fit::examples::Numbers;
use crate::fit::features::Lens;
use crate::fit::heads::Level;
use crate::fit::known::{self, ASKING, Brought};
use crate::fit::level::{Beliefs, LevelModel};
use crate::fit::solver::sigmoid;
use crate::reading::{CueHeard, Reading};
use crate::text::Vocabulary;

/// Where flags stand among the heads.
const FLAGS: [(&str, Signal); 4] = [
    ("repeat_contact", Signal::RepeatContact),
    ("churn_risk", Signal::ChurnRisk),
    ("complaint", Signal::Complaint),
    ("boundary", Signal::Boundary),
];

/// Heads whose labels are labels of ours.
const LABELS: [&str; 5] = ["emotions", "needs", "safety", "techniques", "breakers"];

/// A learned model of customer and agent turns. It is pure: the same turn gives the same findings.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    version: String,
    known: Vocabulary,
    customer: Ear,
    /// `None` while it is being fitted.
    replies: Option<Replies>,
}

/// What hears replies.
#[derive(Debug, Clone, PartialEq)]
struct Replies {
    ear: Ear,
    /// What kind of question a sentence is.
    asking: LevelModel,
}

/// A level with its columns by label.
#[derive(Debug, Clone, PartialEq)]
struct Ear {
    level: LevelModel,
    columns: Vec<(Label, usize)>,
    /// How the deep tier is weighed with the words.
    weighing: Weighing,
}

impl Ear {
    fn new(level: LevelModel, weighing: Weighing) -> Self {
        let mut columns = Vec::new();
        for head in &level.heads {
            if LABELS.contains(&head.name.as_str()) {
                let labels = head.labels.iter().zip(head.columns.clone());
                columns.extend(labels.filter_map(|(l, column)| Some((l.parse().ok()?, column))));
            }
            if let Some((_, signal)) = FLAGS.iter().find(|(name, _)| *name == head.name) {
                columns.push(((*signal).into(), head.columns.start));
            }
        }
        Self { level, columns, weighing }
    }

    /// The deep tier, where it listens and it is known how to weigh it.
    fn deep<'l>(&self, lens: Lens<'l>) -> Option<&'l Deep> {
        lens.deep.filter(|_| !self.weighing.thresholds.is_empty())
    }

    /// What is believed of a turn.
    fn beliefs(&self, numbers: &Numbers, deep: Option<&DeepHeard>) -> Beliefs {
        let mut beliefs = self.level.beliefs(numbers);
        if let Some(deep) = deep {
            self.weighing.apply(&self.level.heads, &mut beliefs.columns, deep);
        }
        beliefs
    }

    fn number(&self, name: &str, beliefs: &Beliefs) -> Option<f32> {
        let head = self.level.head(name)?;
        Some(head.from_scale(beliefs.columns[head.columns.start]))
    }
}

impl Model {
    /// Reads a model that was written by fitting.
    ///
    /// # Errors
    /// When the bytes are something else, of another version, or damaged.
    pub fn parse(file: &'static [u8]) -> Result<Self, ModelFileError> {
        let mut file = Reader::new(file, FITTED)?;
        let version = file.text()?;
        let Some(known) = Vocabulary::of_bytes(file.bytes()?) else { return file.damaged() };
        let customer = LevelModel::read(&mut file)?;
        let agent = LevelModel::read(&mut file)?;
        let customer = (Weighing::read(&mut file, customer.width())?, customer);
        let agent = (Weighing::read(&mut file, agent.width())?, agent);
        let asking = LevelModel::read(&mut file)?;
        let levels = (customer.1.level, agent.1.level, asking.level);
        if !file.is_done()
            || levels != (Level::Customer, Level::Agent, Level::Agent)
            || asking.width() != ASKING.len()
        {
            return file.damaged();
        }
        Ok(Self::new(version, known, customer, agent, asking))
    }

    pub(crate) fn new(
        version: String,
        known: Vocabulary,
        customer: (Weighing, LevelModel),
        agent: (Weighing, LevelModel),
        asking: LevelModel,
    ) -> Self {
        let ear = |(weighing, level)| Ear::new(level, weighing);
        let replies = Some(Replies { ear: ear(agent), asking });
        Self { version, known, customer: ear(customer), replies }
    }

    /// A model that hears customers alone.
    pub(crate) fn of_customers(version: String, known: Vocabulary, level: LevelModel) -> Self {
        let customer = Ear::new(level, Weighing::default());
        Self { version, known, customer, replies: None }
    }

    /// Words that are known in lower case.
    pub(crate) fn known(&self) -> &Vocabulary {
        &self.known
    }

    /// Version, as shown in reports.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Weighs what the cues heard in a customer turn with what the words say. Gives what is
    /// believed of every label.
    pub(crate) fn customer(
        &self,
        turn: &mut CustomerTurn,
        index: usize,
        readings: &[Reading<'_>],
        lens: Lens<'_>,
    ) -> Vec<f32> {
        let numbers = Numbers::of_customer(turn, &readings[index], &readings[..index], lens);
        let reading = &readings[index];
        let deep = self.customer.deep(lens);
        let deep = deep.and_then(|deep| deep.hear(reading, &readings[..index], None));
        let beliefs = self.customer.beliefs(&numbers, deep.as_ref());
        let heard = Heard {
            ear: &self.customer,
            beliefs: &beliefs,
            numbers: &numbers,
            readings,
            index,
            deep: deep.as_ref(),
        };
        let emotions = Emotion::ALL.iter().map(|&l| l.into());
        turn.emotions = emotions.filter_map(|l| heard.weigh(l, &turn.emotions)).collect();
        turn.emotions.retain(|feeling| !contradicted(feeling, reading));
        let bare = reading.answers(&readings[..index])
            && reading.count_words() <= ANSWER
            && !reading.text.sentences.iter().any(|s| s.question);
        let stands = |f: &Finding| !bare || f.source != Source::Model || f.strength >= IN_ANSWER;
        turn.emotions.retain(stands);
        turn.emotions.sort_by(|a, b| b.strength.total_cmp(&a.strength).then(a.label.cmp(&b.label)));
        let known = Need::ALL.iter().map(|&l| Label::from(l));
        let known = known.chain(Safety::ALL.iter().map(|&l| l.into()));
        let known = known.chain(FLAGS[..3].iter().map(|(_, l)| (*l).into()));
        let mut signals: Vec<Finding> =
            known.clone().filter_map(|l| heard.weigh(l, &turn.signals)).collect();
        signals.retain(|f| !matches!(f.label, Label::Need(_)) || stands(f));
        signals
            .extend(turn.signals.iter().filter(|f| !known.clone().any(|l| l == f.label)).cloned());
        turn.signals = signals;
        let cause = heard.place("cause");
        let intensity = self.customer.number("intensity", &beliefs).unwrap_or_default();
        let intensity = intensity.max(loss(turn, reading));
        let valence = self.customer.number("valence", &beliefs);
        customer::settle(turn, intensity, valence, cause);
        // A long conversation has many turns: no room for more than there is.
        turn.emotions.shrink_to_fit();
        turn.signals.shrink_to_fit();
        beliefs.columns
    }

    /// The same for an agent turn that answers the run of customer turns before it, of which `beliefs`
    /// were given. `None` when the model hears no replies.
    pub(crate) fn agent(
        &self,
        turn: &mut AgentTurn,
        index: usize,
        turns: &[TurnReport],
        beliefs: &[Vec<f32>],
        readings: &[Reading<'_>],
        lens: Lens<'_>,
    ) -> Option<Vec<f32>> {
        let Replies { ear, asking } = self.replies.as_ref()?;
        let width = self.customer.level.width();
        let brought = Brought::before(index, turns, readings);
        let brought = brought.with_beliefs(index, turns, beliefs, width);
        let before = &readings[..index];
        let features = lens.features(&readings[index]);
        let questions = asking::questions(turn, &readings[index], before);
        let asked: Vec<Vec<f32>> = questions.iter().map(|q| q.beliefs(asking, &features)).collect();
        let numbers = Numbers::of_reply(turn, brought, features, &readings[index], before);
        // As by the words: by what a reply stands on.
        let core = known::core_of(turn, &readings[index]);
        let deep = ear.deep(lens).and_then(|d| d.hear(&readings[index], before, Some(&core)));
        let beliefs = ear.beliefs(&numbers, deep.as_ref());
        let heard = Heard {
            ear,
            beliefs: &beliefs,
            numbers: &numbers,
            readings,
            index,
            deep: deep.as_ref(),
        };
        let asked = questions_heard(asking, &questions, &asked, &turn.techniques, &readings[index]);
        let techniques = Technique::ALL.iter().filter(|t| !ASKING.contains(t)).map(|&l| l.into());
        turn.techniques =
            techniques.filter_map(|l| heard.weigh(l, &turn.techniques)).chain(asked).collect();
        an_offer_is_no_promise(&mut turn.techniques);
        let breakers = Breaker::ALL.iter().map(|&l| l.into());
        turn.breakers = breakers.filter_map(|l| heard.weigh(l, &turn.breakers)).collect();
        let boundary = heard.weigh(Signal::Boundary.into(), &turn.signals);
        turn.signals.retain(|f| f.label != Signal::Boundary.into());
        turn.boundary = boundary.is_some();
        // By the words a reply stands on alone, so that nothing beside them can raise it.
        let better = ear.level.head("better").map(|head| head.columns.start);
        let by_words = better.map_or(0.0, |column| beliefs.words.whole[column]);
        turn.leaning = better
            .and_then(|column| ear.weighing.deep_column(column))
            .and_then(|column| deep.as_ref()?.columns.get(column))
            .map_or(by_words, |odds| f32::midpoint(by_words, 2.0 * sigmoid(*odds) - 1.0));
        turn.signals.extend(boundary);
        for findings in [&mut turn.techniques, &mut turn.breakers, &mut turn.signals] {
            findings.shrink_to_fit();
        }
        Some(beliefs.columns)
    }
}

/// The questions of a reply, by kind. What a cue told stands, unless the words speak clearly against it.
fn questions_heard(
    asking: &LevelModel,
    questions: &[Question],
    believed: &[Vec<f32>],
    cues: &[Finding],
    reading: &Reading<'_>,
) -> Vec<Finding> {
    let text = &reading.text;
    let thresholds = asking.thresholds.of(reading.language);
    let kinds = ASKING.iter().enumerate().filter_map(|(column, &kind)| {
        let cue = cues.iter().find(|f| f.label == kind.into());
        let mut told: FxHashMap<usize, Vec<Evidence>> = FxHashMap::default();
        for place in cue.iter().flat_map(|f| &f.evidence) {
            let sentence = text.sentence_at(place.span);
            sentence.into_iter().for_each(|at| told.entry(at).or_default().push(*place));
        }
        let mut found = by_model(kind.into(), 0.0, Vec::new());
        for (question, columns) in questions.iter().zip(believed) {
            let lowered = if question.asks.heard[column] > 0.0 { PLAIN_CUE_BAR } else { 1.0 };
            if columns[column] < thresholds[column] * lowered {
                continue;
            }
            found.strength = found.strength.max(columns[column]);
            match cue.zip(told.remove(&question.sentence)) {
                Some((cue, places)) => {
                    found.evidence.extend(places);
                    found.source = Source::Both;
                    (found.rule, found.because) = (cue.rule.clone(), cue.because.clone());
                }
                None => {
                    let whole = text.sentence_span(question.sentence);
                    found.evidence.push(Evidence::new(reading.index, whole));
                }
            }
        }
        (!found.evidence.is_empty()).then_some(found)
    });
    kinds.collect()
}

/// What the model alone hears.
fn by_model(label: Label, strength: f32, evidence: Vec<Evidence>) -> Finding {
    let (rule, because) = ("model".into(), "".into());
    Finding { label, strength, evidence, source: Source::Model, rule, because }
}

/// With a cue, a label is asserted from this share of its threshold on, and a flag or a question from a
/// lower one (on the spare part of the corpus; without any lowering cues would count for nothing there).
const CUE_BAR: f32 = 0.75;
const PLAIN_CUE_BAR: f32 = 0.5;

/// An answer of so many words at most says what was asked: from this strength on a feeling or need
/// that no cue heard stands in it.
const ANSWER: usize = 12;
const IN_ANSWER: f32 = 0.4;

/// Whether a feeling is said outright where the finding points.
fn is_outright(feeling: &Finding, readings: &[Reading<'_>]) -> bool {
    feeling.evidence.iter().any(|place| {
        let mut heard = readings.get(place.turn).into_iter().flat_map(|r| r.all(feeling.label));
        heard.any(|h| h.outright && h.span.overlaps(&place.span))
    })
}

/// How strong sadness is that is said outright, at most clear: "mijn moeder is overleden, hoe zeg ik
/// haar polis op?" is no light matter, however the question is put.
fn loss(turn: &CustomerTurn, reading: &Reading<'_>) -> f32 {
    const CLEAR: u8 = 2;
    let sadness = Label::from(Emotion::Sadness);
    let Some(felt) = turn.emotions.iter().find(|f| f.label == sadness) else { return 0.0 };
    let there = |h: &&CueHeard| felt.evidence.iter().any(|e| e.span.overlaps(&h.span));
    let outright = reading.all(sadness).filter(|h| h.outright).filter(there);
    outright.map(|h| f32::from(h.intensity.min(CLEAR))).fold(0.0, f32::max)
}

/// Whether only the model hears a pleasant feeling, in words that say an unpleasant one outright
/// ("ik ben niet blij", "c'est une honte !"). The other way round it may be mockery.
fn contradicted(feeling: &Finding, reading: &Reading<'_>) -> bool {
    let unpleasant = |label: Label| matches!(label, Label::Emotion(e) if e.is_negative());
    let other = |h: &&CueHeard| h.outright && unpleasant(h.label);
    let said = |span: Span| reading.heard.iter().filter(other).any(|h| h.span.overlaps(&span));
    feeling.source == Source::Model
        && !unpleasant(feeling.label)
        && feeling.evidence.iter().all(|e| said(e.span))
}

/// "Wat kan ik vandaag voor u doen?" promises nothing yet, whatever the model makes of it.
fn an_offer_is_no_promise(techniques: &mut Vec<Finding>) {
    let asked: Vec<Evidence> = techniques
        .iter()
        .filter(|f| f.label == Technique::OpenQuestion.into() && f.source != Source::Model)
        .flat_map(|f| f.evidence.iter().copied())
        .collect();
    let asks = |e: &Evidence| asked.iter().any(|a| a.turn == e.turn && a.span.overlaps(&e.span));
    techniques.retain(|f| {
        f.label != Technique::PromiseAction.into()
            || f.source != Source::Model
            || !f.evidence.iter().all(asks)
    });
}

/// A turn as the model hears it.
struct Heard<'h, 'c> {
    ear: &'h Ear,
    beliefs: &'h Beliefs,
    numbers: &'h Numbers,
    readings: &'h [Reading<'c>],
    /// Which of them is heard.
    index: usize,
    deep: Option<&'h DeepHeard>,
}

impl Heard<'_, '_> {
    /// The words that speak for a head of one label, where it is asserted.
    fn place(&self, head: &str) -> Option<Span> {
        let column = self.ear.level.head(head)?.columns.start;
        if self.beliefs.columns[column] < self.threshold(column) {
            return None;
        }
        self.places_of(column).first().map(|e| e.span)
    }

    /// A label is asserted from here on.
    fn threshold(&self, column: usize) -> f32 {
        let ear = self.ear;
        let all = self.deep.map_or(&ear.level.thresholds, |_| &ear.weighing.thresholds);
        all.of(self.readings[self.index].language)[column]
    }

    /// The words that speak for a column, as the deep tier hears them, and else by themselves.
    fn places_of(&self, column: usize) -> Vec<Evidence> {
        let deep = self.deep.zip(self.ear.weighing.deep_column(column));
        if let Some(span) = deep.and_then(|(deep, column)| deep.evidence(column)) {
            let span = self.readings[self.index].text.whole_words(span);
            return vec![Evidence::new(self.index, span)];
        }
        self.ear.level.places_of(column, self.beliefs, self.numbers, self.readings)
    }

    /// Whether a cue heard all there is of the turn.
    fn says_nothing_else(&self, cue: &Finding) -> bool {
        let text = &self.readings[self.index].text;
        let whole = text.span(0, text.tokens.len());
        cue.evidence.iter().any(|e| e.turn == self.index && e.span.contains(&whole))
    }

    /// What a cue heard of the customer, where the words say it most clearly. Of the places of a cue those
    /// in that sentence are kept; where there are none, the cue only took part, unless it is outright.
    fn where_said(&self, column: usize, mut found: Finding) -> Finding {
        let felt = matches!(found.label, Label::Emotion(_) | Label::Need(_) | Label::Safety(_));
        let clearest = if felt { self.places_of(column) } else { Vec::new() };
        let text = &self.readings[self.index].text;
        let sentence_of = |place: &Evidence| {
            (place.turn == self.index).then(|| text.sentence_at(place.span)).flatten()
        };
        let Some(clearest_in) = clearest.first().and_then(sentence_of) else { return found };
        let there = |place: &Evidence| sentence_of(place) == Some(clearest_in);
        if found.evidence.iter().any(there) {
            found.evidence.retain(there);
        } else if !is_outright(&found, self.readings) {
            found =
                Finding { source: found.source, ..by_model(found.label, found.strength, clearest) };
        }
        found
    }

    /// One finding for `label` out of what the cues heard and what the model believes. Labels
    /// that the model does not know stay as the cues heard them.
    fn weigh(&self, label: Label, cues: &[Finding]) -> Option<Finding> {
        /// Words that score higher than this speak for the label, not against it.
        const SPEAKS: f32 = -0.3;
        /// Danger that a cue this strong hears stands, as do feelings that are said outright ("ik ben
        /// woedend"). The corpus was written to name few, so the model trusts such words too little.
        const STRONG: f32 = 0.84;
        /// Share of its strength with which such a cue is right in the train part of the corpus
        /// (.47 for .84, .69 for .93: `evaluate labels --ears cues --part train --show`).
        const SHARE: f32 = 0.6;
        /// The same for feelings that are said outright, whatever the strength of the cue (right in
        /// .67 of 1,480 places there, with strengths about .8).
        const OUTRIGHT_SHARE: f32 = 0.8;
        /// In so few words the model alone must be so sure of a threat or of danger: "en als hij dan
        /// stuk gaat?" is neither.
        const FEW_WORDS: usize = 8;
        const SURE: f32 = 0.75;
        let cue = cues.iter().find(|f| f.label == label);
        let Some(&(_, column)) = self.ear.columns.iter().find(|(l, _)| *l == label) else {
            return cue.cloned();
        };
        let mut strength = self.beliefs.columns[column];
        if let Some(cue) = cue {
            let share = match (label, cue.strength) {
                (Label::Emotion(_) | Label::Safety(_) | Label::Technique(_), _)
                    if is_outright(cue, self.readings) =>
                {
                    OUTRIGHT_SHARE
                }
                (Label::Emotion(_) | Label::Safety(_), STRONG..) => SHARE,
                // "Verstuurd!": there are no other words to weigh it with.
                (Label::Technique(_), _) if self.says_nothing_else(cue) => SHARE,
                _ => 0.0,
            };
            strength = strength.max(share * cue.strength);
        }
        let threshold = self.threshold(column);
        // A cue that somebody wrote stands, unless the words speak clearly against it. Thresholds of
        // danger are low as they are.
        let share = match label {
            _ if cue.is_none() => 1.0,
            Label::Safety(_) => 1.0,
            Label::Signal(_) => PLAIN_CUE_BAR,
            _ => CUE_BAR,
        };
        if strength < share * threshold {
            return None;
        }
        if let Some(cue) = cue {
            let speaks = self.beliefs.words.best[column] > SPEAKS;
            let source = if speaks { Source::Both } else { Source::Cue };
            return Some(self.where_said(column, Finding { strength, source, ..cue.clone() }));
        }
        if strength < SURE && matches!(label, Label::Safety(Safety::Threat | Safety::Danger)) {
            let reading = &self.readings[self.index];
            if reading.count_words() <= FEW_WORDS {
                return None;
            }
        }
        let mut evidence = self.places_of(column);
        if label == Breaker::ButClause.into() && !self.readings[self.index].turns {
            return None;
        }
        if matches!(label, Label::Technique(_) | Label::Breaker(_)) {
            let reading = &self.readings[self.index];
            evidence.retain(|e| e.turn != self.index || !reading.only_greets(e.span));
        }
        (!evidence.is_empty()).then(|| by_model(label, strength, evidence))
    }
}
