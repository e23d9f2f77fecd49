//! What was heard, held against what people labelled: one sheet for any labelled conversations.

use std::collections::{BTreeMap, BTreeSet};

use gehoord_conversation::{
    AgentTurn, Breaker, Conversation, CustomerTurn, Emotion, Evidence, Finding, HeadValue, Label,
    Need, Report, Safety, Signal, Span, Technique, TurnReport,
};
use serde_json::{Map, Value, json};

use super::heads::{Gold, GoldLabel};
use super::measure::{Count, brier_skill, mean_error, pearson, spearman};
use super::solver::Seeded;

/// One thing that was held against a label.
#[derive(Debug, Clone, PartialEq)]
enum Entry {
    /// A label that could have been asserted.
    Label { label: String, heard: Option<f32>, there: bool },
    /// The same for what is told by rule, without a strength.
    Flag { label: String, heard: bool, there: bool },
    /// A single answer that is right or wrong.
    Answer { right: bool },
    /// A number.
    Number { heard: f32, gold: f32 },
    /// A turn that was labelled for a head.
    Turn,
    /// Words of the evidence: shared, heard, marked.
    Words { shared: usize, heard: usize, gold: usize },
}

/// Everything held against labels, case by case.
#[derive(Debug, Clone, Default)]
pub struct Sheet {
    cases: Vec<Vec<(String, Entry)>>,
}

/// Figures of one head.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct HeadFigures {
    /// Counts by label; empty for numbers and single answers.
    pub labels: BTreeMap<String, Count>,
    /// F1 over all decisions.
    pub micro_f1: Option<f32>,
    /// Mean F1 of the labels that occur.
    pub macro_f1: Option<f32>,
    /// Share of single answers that were right.
    pub accuracy: Option<f32>,
    /// Pearson correlation of numbers.
    pub pearson: Option<f32>,
    /// Spearman correlation of numbers.
    pub spearman: Option<f32>,
    /// Mean absolute error of numbers.
    pub mean_error: Option<f32>,
    /// F1 over the words of the evidence.
    pub words_f1: Option<f32>,
    /// Brier skill of the strengths of what was asserted.
    pub brier_skill: Option<f32>,
    /// Number of labelled cases.
    pub cases: usize,
}

impl HeadFigures {
    /// The figure that says most: macro-F1, accuracy, Pearson, or F1 over words.
    #[must_use]
    pub fn main(&self) -> f32 {
        self.macro_f1.or(self.accuracy).or(self.pearson).or(self.words_f1).unwrap_or_default()
    }
}

impl Sheet {
    /// Holds a report against the labels of its conversation.
    pub fn add(&mut self, conversation: &Conversation, report: &Report) {
        let mut case = Case {
            taught: report.heads.iter().map(|h| h.head.clone()).collect(),
            ..Case::default()
        };
        for (index, (turn, heard)) in conversation.turns.iter().zip(&report.turns).enumerate() {
            match heard {
                TurnReport::Customer(heard) => case.customer(index, &turn.text, heard, &turn.gold),
                TurnReport::Agent(heard) => {
                    case.agent(index, &turn.text, heard, &turn.gold);
                    case.promises(index, report, &turn.gold);
                }
                TurnReport::Other { .. } => {}
            }
            case.moment(index, report, &turn.gold);
        }
        case.whole(report, &conversation.gold);
        case.heads(conversation, report);
        self.cases.push(case.entries);
    }

    /// Holds the scores of ranked replies against their ranks: (rank, score), ties count as wrong.
    pub fn rank(&mut self, replies: &[(u32, f32)]) {
        let mut sorted = replies.to_vec();
        sorted.sort_by_key(|(rank, _)| *rank);
        let [(_, best), second, .., (_, worst)] = sorted[..] else { return };
        let mut case = Case::default();
        case.answer("best over worst", best > worst);
        case.answer("best over second", best > second.1);
        case.answer("second over worst", second.1 > worst);
        self.cases.push(case.entries);
    }

    /// Puts another sheet below this one.
    pub fn append(&mut self, other: &Self) {
        self.cases.extend(other.cases.iter().cloned());
    }

    /// Whether nothing was held against anything.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.cases.iter().all(Vec::is_empty)
    }

    /// Figures by head.
    #[must_use]
    pub fn figures(&self) -> BTreeMap<String, HeadFigures> {
        let all: Vec<usize> = (0..self.cases.len()).collect();
        self.figures_of(&all)
    }

    fn figures_of(&self, pick: &[usize]) -> BTreeMap<String, HeadFigures> {
        let mut tallies: BTreeMap<&str, Tally<'_>> = BTreeMap::new();
        for &i in pick {
            for (head, entry) in &self.cases[i] {
                tallies.entry(head).or_default().add(entry);
            }
        }
        tallies.into_iter().map(|(head, tally)| (head.to_owned(), tally.figures())).collect()
    }

    /// The 95 % bootstrap interval of each head's main figure, from `draws` seeded draws of cases.
    #[must_use]
    pub fn intervals(&self, draws: usize) -> BTreeMap<String, (f32, f32)> {
        let mut random = Seeded::new(3);
        let mut drawn: BTreeMap<String, Vec<f32>> = BTreeMap::new();
        for _ in 0..draws {
            let pick: Vec<usize> =
                (0..self.cases.len()).map(|_| random.below(self.cases.len())).collect();
            for (head, figures) in self.figures_of(&pick) {
                drawn.entry(head).or_default().push(figures.main());
            }
        }
        drawn
            .into_iter()
            .map(|(head, mut figures)| {
                figures.sort_by(f32::total_cmp);
                let at = |share: f32| figures[(share * (figures.len() - 1) as f32) as usize];
                (head, (at(0.025), at(0.975)))
            })
            .collect()
    }

    /// How often what was asserted with about a strength was there: for each tenth, number of
    /// findings, mean strength, share that was there.
    #[must_use]
    pub fn reliability(&self, heads: &[&str]) -> Vec<(usize, f32, f32)> {
        let mut tenths = vec![(0_usize, 0.0_f32, 0.0_f32); 10];
        for (head, entry) in self.cases.iter().flatten() {
            let Entry::Label { heard: Some(strength), there, .. } = entry else { continue };
            if heads.contains(&head.as_str()) {
                let tenth = &mut tenths[((strength * 10.0) as usize).min(9)];
                tenth.0 += 1;
                tenth.1 += strength;
                tenth.2 += f32::from(u8::from(*there));
            }
        }
        let mean = |(n, strength, there): (usize, f32, f32)| {
            let n_or_one = n.max(1) as f32;
            (n, strength / n_or_one, there / n_or_one)
        };
        tenths.into_iter().map(mean).collect()
    }

    /// The figures as JSON.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let intervals = self.intervals(200);
        let rounded = |x: f32| (f64::from(x) * 1000.0).round() / 1000.0;
        let heads = self.figures().into_iter().map(|(head, f)| {
            let labels: Map<String, Value> = f
                .labels
                .iter()
                .map(|(label, c)| {
                    let figures = json!({
                        "gold": c.gold(), "precision": rounded(c.precision()),
                        "recall": rounded(c.recall()), "f1": rounded(c.f1()),
                    });
                    (label.clone(), figures)
                })
                .collect();
            let mut object = Map::new();
            object.insert("cases".into(), f.cases.into());
            for (name, figure) in [
                ("micro_f1", f.micro_f1),
                ("macro_f1", f.macro_f1),
                ("accuracy", f.accuracy),
                ("pearson", f.pearson),
                ("spearman", f.spearman),
                ("mean_error", f.mean_error),
                ("words_f1", f.words_f1),
                ("brier_skill", f.brier_skill),
            ] {
                if let Some(figure) = figure {
                    object.insert(name.into(), rounded(figure).into());
                }
            }
            if let Some((low, high)) = intervals.get(&head) {
                object.insert("interval".into(), json!([rounded(*low), rounded(*high)]));
            }
            if !labels.is_empty() {
                object.insert("labels".into(), labels.into());
            }
            (head, Value::Object(object))
        });
        Value::Object(heads.collect())
    }
}

#[derive(Default)]
struct Tally<'s> {
    labels: BTreeMap<&'s str, Count>,
    decisions: BTreeMap<&'s str, usize>,
    strengths: Vec<f32>,
    truth: Vec<bool>,
    answers: (usize, usize),
    numbers: Vec<(f32, f32)>,
    words: (usize, usize, usize),
    /// Turns in which words were marked.
    marked: usize,
    cases: usize,
}

impl<'s> Tally<'s> {
    fn add(&mut self, entry: &'s Entry) {
        match entry {
            Entry::Label { label, heard, there } => {
                self.labels.entry(label).or_default().add(heard.is_some(), *there);
                if let Some(strength) = heard {
                    self.strengths.push(*strength);
                    self.truth.push(*there);
                }
                *self.decisions.entry(label).or_default() += 1;
            }
            Entry::Flag { label, heard, there } => {
                self.labels.entry(label).or_default().add(*heard, *there);
                *self.decisions.entry(label).or_default() += 1;
            }
            Entry::Turn => self.cases += 1,
            Entry::Answer { right } => {
                self.answers.0 += usize::from(*right);
                self.answers.1 += 1;
                self.cases += 1;
            }
            Entry::Number { heard, gold } => {
                self.numbers.push((*heard, *gold));
                self.cases += 1;
            }
            Entry::Words { shared, heard, gold } => {
                self.words.0 += shared;
                self.words.1 += heard;
                self.words.2 += gold;
                self.marked += 1;
            }
        }
    }

    fn figures(self) -> HeadFigures {
        let mut all = Count::default();
        self.labels.values().for_each(|c| all.merge(*c));
        let there: Vec<f32> =
            self.labels.values().filter(|c| c.gold() > 0).map(Count::f1).collect();
        let mean = there.iter().fold(0.0, |sum, f1| sum + f1) / there.len().max(1) as f32;
        let labelled = !self.labels.is_empty();
        let numbered = !self.numbers.is_empty();
        let (shared, heard, gold) = self.words;
        let decided = self.decisions.values().copied().max().unwrap_or_default().max(self.cases);
        HeadFigures {
            micro_f1: labelled.then(|| all.f1()),
            macro_f1: labelled.then_some(mean),
            accuracy: (self.answers.1 > 0).then(|| self.answers.0 as f32 / self.answers.1 as f32),
            pearson: numbered.then(|| pearson(&self.numbers)),
            spearman: numbered.then(|| spearman(&self.numbers)),
            mean_error: numbered.then(|| mean_error(&self.numbers)),
            words_f1: (heard + gold > 0).then(|| 2.0 * shared as f32 / (heard + gold) as f32),
            brier_skill: (!self.strengths.is_empty())
                .then(|| brier_skill(&self.strengths, &self.truth)),
            cases: if decided == 0 { self.marked } else { decided },
            labels: self.labels.into_iter().map(|(l, c)| (l.to_owned(), c)).collect(),
        }
    }
}

/// One conversation held against its labels.
#[derive(Default)]
struct Case {
    entries: Vec<(String, Entry)>,
    /// Heads that were taught take the place of ours of the same name.
    taught: BTreeSet<String>,
}

fn read(gold: &Map<String, Value>, head: &str) -> Option<Gold> {
    Gold::read(gold.get(head)?).ok().flatten()
}

impl Case {
    fn push(&mut self, head: &str, entry: Entry) {
        self.entries.push((head.to_owned(), entry));
    }

    fn answer(&mut self, head: &str, right: bool) {
        self.push(head, Entry::Answer { right });
    }

    fn flag(&mut self, head: &str, heard: bool, there: bool) {
        let label = head.to_owned();
        self.push("flags", Entry::Flag { label, heard, there });
    }

    /// A flag that is found with a strength.
    fn found(&mut self, signal: Signal, findings: &[Finding], gold: &Map<String, Value>) {
        if let Some(Gold::Flag(there)) = read(gold, signal.id()) {
            let found = findings.iter().find(|f| f.label == signal.into());
            let label = signal.id().to_owned();
            let heard = found.map(|f| f.strength);
            self.push("flags", Entry::Label { label, heard, there });
        }
    }

    fn number(&mut self, head: &str, heard: f32, gold: &Map<String, Value>) {
        if let Some(Gold::Number(gold)) = read(gold, head).filter(|_| !self.taught.contains(head)) {
            self.push(head, Entry::Number { heard, gold });
        }
    }

    fn labels(
        &mut self,
        head: &str,
        all: impl Iterator<Item = Label>,
        findings: &[Finding],
        place: (usize, &str),
        gold: &Map<String, Value>,
    ) {
        let Some(gold) = read(gold, head).filter(|_| !self.taught.contains(head)) else { return };
        for label in all {
            let found = findings.iter().find(|f| f.label == label);
            let marked = gold.labels().iter().find(|l| l.label == label.id());
            let entry = Entry::Label {
                label: label.id().to_owned(),
                heard: found.map(|f| f.strength),
                there: marked.is_some(),
            };
            self.push(head, entry);
            if let (Some(found), Some(marked)) = (found, marked) {
                self.words(head, &found.evidence, marked, place);
            }
        }
    }

    fn words(
        &mut self,
        head: &str,
        evidence: &[Evidence],
        marked: &GoldLabel,
        (turn, text): (usize, &str),
    ) {
        let heard: Vec<Span> = evidence.iter().filter(|e| e.turn == turn).map(|e| e.span).collect();
        if marked.evidence.is_empty() || heard.is_empty() {
            return;
        }
        let (mut shared, mut ours, mut theirs) = (0, 0, 0);
        for word in words_of(text) {
            let (a, b) = (
                heard.iter().any(|s| s.overlaps(&word)),
                marked.evidence.iter().any(|s| s.overlaps(&word)),
            );
            shared += usize::from(a && b);
            ours += usize::from(a);
            theirs += usize::from(b);
        }
        self.push(head, Entry::Words { shared, heard: ours, gold: theirs });
    }

    fn customer(
        &mut self,
        index: usize,
        text: &str,
        heard: &CustomerTurn,
        gold: &Map<String, Value>,
    ) {
        let place = (index, text);
        let emotions = Emotion::ALL.iter().map(|&l| l.into());
        self.labels("emotions", emotions, &heard.emotions, place, gold);
        let needs = Need::ALL.iter().map(|&l| l.into());
        self.labels("needs", needs, &heard.signals, place, gold);
        let safety = Safety::ALL.iter().map(|&l| l.into());
        self.labels("safety", safety, &heard.signals, place, gold);
        for signal in [Signal::RepeatContact, Signal::ChurnRisk, Signal::Complaint] {
            self.found(signal, &heard.signals, gold);
        }
        if let Some(Gold::One(primary)) = read(gold, "primary") {
            let ours = heard.primary.map_or("neutral", Emotion::id);
            self.flag("neutral", ours == "neutral", primary.label == "neutral");
            self.answer("primary", ours == primary.label);
        }
        self.number("intensity", f32::from(heard.intensity), gold);
        self.number("valence", heard.valence, gold);
        if let (Some(cause), Some(Gold::One(marked))) = (&heard.cause, read(gold, "cause")) {
            self.words("cause", &[Evidence::new(index, cause.span)], &marked, place);
        }
        if gold.contains_key("cause") && gold.contains_key("primary") {
            self.flag("cause", heard.cause.is_some(), read(gold, "cause").is_some());
        }
    }

    fn agent(&mut self, index: usize, text: &str, heard: &AgentTurn, gold: &Map<String, Value>) {
        let place = (index, text);
        let techniques = Technique::ALL.iter().map(|&l| l.into());
        self.labels("techniques", techniques, &heard.techniques, place, gold);
        let breakers = Breaker::ALL.iter().map(|&l| l.into());
        self.labels("breakers", breakers, &heard.breakers, place, gold);
        self.found(Signal::Boundary, &heard.signals, gold);
    }

    /// A promise was found where one was made; its due date is right to the day.
    fn promises(&mut self, index: usize, report: &Report, gold: &Map<String, Value>) {
        let Some(techniques) = read(gold, "techniques") else { return };
        let made: Vec<_> = report.promises.iter().filter(|p| p.turn == index).collect();
        self.flag("promise", !made.is_empty(), techniques.has(Technique::PromiseAction.id()));
        if let Some(Gold::One(due)) = read(gold, "due")
            && !made.is_empty()
        {
            let day = due.label.get(..10).unwrap_or(&due.label);
            let same =
                made.iter().any(|p| p.due.as_ref().is_some_and(|d| d.date().to_string() == day));
            self.answer("due day", same);
        }
    }

    fn moment(&mut self, index: usize, report: &Report, gold: &Map<String, Value>) {
        // Only dialogues that were labelled through and through say where no moment is.
        let wanted = match gold.get("moment") {
            Some(value) => value.as_str(),
            None => return,
        };
        let ours = report.moments.iter().find(|m| m.turn == index);
        self.flag("moment", ours.is_some(), wanted.is_some_and(|w| w != "none"));
        self.flag(
            "missed moment",
            ours.is_some_and(|m| m.met == Some(false)),
            wanted == Some("missed"),
        );
    }

    fn whole(&mut self, report: &Report, gold: &Map<String, Value>) {
        self.number("heard", report.heard.score, gold);
        if let Some(Gold::Flag(there)) = read(gold, "eased") {
            self.flag("eased", report.trajectory.eased, there);
        }
    }

    /// Heads that an organisation taught.
    fn heads(&mut self, conversation: &Conversation, report: &Report) {
        for answer in &report.heads {
            let gold = match answer.turn {
                Some(turn) => &conversation.turns[turn].gold,
                None => &conversation.gold,
            };
            let Some(gold) = read(gold, &answer.head) else { continue };
            let head = answer.head.as_str();
            match &answer.value {
                HeadValue::Number(heard) => {
                    if let Gold::Number(gold) = gold {
                        self.push(head, Entry::Number { heard: *heard, gold });
                    }
                }
                HeadValue::Flag(heard) => {
                    if let Gold::Flag(there) = gold {
                        self.flag(head, *heard, there);
                    }
                }
                HeadValue::One(heard) => {
                    self.answer(head, gold.has(&heard.label));
                }
                HeadValue::Labels(labels) => {
                    self.push(head, Entry::Turn);
                    let names = gold.labels().iter().map(|l| l.label.as_str());
                    let mut names: Vec<&str> =
                        names.chain(labels.iter().map(|l| l.label.as_str())).collect();
                    names.sort_unstable();
                    names.dedup();
                    for name in names {
                        let heard = labels.iter().find(|l| l.label == name).map(|l| l.strength);
                        let there = gold.has(name);
                        self.push(head, Entry::Label { label: name.to_owned(), heard, there });
                    }
                }
            }
        }
    }
}

/// The places of words between spaces.
fn words_of(text: &str) -> impl Iterator<Item = Span> {
    let base = text.as_ptr() as usize;
    text.split_whitespace().map(move |word| {
        let start = word.as_ptr() as usize - base;
        Span::new(start, start + word.len())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_are_told_right_and_ties_are_wrong() {
        let mut sheet = Sheet::default();
        sheet.rank(&[(2, 50.0), (1, 80.0), (3, 50.0)]);
        let figures = sheet.figures();
        assert_eq!(figures["best over worst"].accuracy, Some(1.0));
        assert_eq!(figures["second over worst"].accuracy, Some(0.0));
    }

    #[test]
    fn words_are_cut_at_spaces() {
        let places: Vec<&str> =
            words_of("drie keer  gebeld").map(|s| s.of("drie keer  gebeld")).collect();
        assert_eq!(places, ["drie", "keer", "gebeld"]);
    }
}
