//! The sum behind the verdict: what each part came to, what it weighs by the rubric, and what it adds.
//! It is made anew from what was kept of each reply; where that does not give the parts that were
//! kept, no weights are shown.

use gehoord_conversation::Label;
use gehoord_conversation::wire::report::{WireParts, WireTurnReport};
use gehoord_listening::{PartWeights, Rubric};
use gehoord_store::ConversationView;

use crate::pages::texts::Texts;

/// A part of the verdict, in whole numbers.
pub(crate) struct Part {
    pub(crate) name: &'static str,
    /// What it came to, 0–100; none where it does not count.
    pub(crate) came_to: Option<i64>,
    /// Its weight in hundredths, and what it adds; none where that is not known.
    pub(crate) weighed: Option<(i64, i64)>,
}

/// The parts of a conversation, 0–100.
type Parts = [Option<f64>; 5];

/// What the customer's words before a reply were.
#[derive(Clone, Copy, Default)]
struct Asked {
    negative: bool,
    positive: bool,
    intensity: u8,
}

/// A reply: its parts, with their weights, and how much the reply counts for.
struct Reply {
    parts: Parts,
    weights: [f64; 5],
    counts: f64,
    neutral: bool,
}

/// How far what was kept may be off: it is kept in tenths.
const NEAR: f64 = 0.6;

/// The parts, and what comes on top of them: what the whole of the conversation adds or takes off.
pub(crate) fn parts(
    view: &ConversationView,
    kept: &WireParts,
    score: i64,
    rubric: Option<&Rubric>,
    t: &'static Texts,
) -> (Vec<Part>, Option<i64>) {
    let t = &t.verdict;
    let kept = each(kept);
    let weighed = rubric.and_then(|rubric| weighed(view, &kept, rubric));
    let names = [&t.acknowledged, &t.understood, &t.explored, &t.acted, &t.tone];
    let part = |at: usize| Part {
        name: names[at].as_str(),
        came_to: kept[at].map(whole),
        weighed: weighed.as_ref().and_then(|all| all[at]),
    };
    let parts: Vec<Part> = (0..names.len()).map(part).collect();
    let added: i64 = parts.iter().filter_map(|part| part.weighed).map(|(_, adds)| adds).sum();
    (parts, weighed.map(|_| score - added))
}

/// For each part its weight in hundredths, and what it adds.
fn weighed(
    view: &ConversationView,
    kept: &Parts,
    rubric: &Rubric,
) -> Option<[Option<(i64, i64)>; 5]> {
    let all = replies(view, rubric);
    // Small talk counts only where there is nothing else.
    let [some, every]: [Vec<&Reply>; 2] =
        [all.iter().filter(|one| !one.neutral).collect(), all.iter().collect()];
    let replies = [every, some].into_iter().find(|replies| {
        !replies.is_empty() && (0..5).all(|at| is_near(mean(replies, at), kept[at]))
    })?;
    let counts: f64 = replies.iter().map(|one| one.counts).sum();
    let one = |at: usize| {
        let came_to = kept[at]?;
        let share = |of: &dyn Fn(&Reply) -> f64| {
            replies.iter().map(|one| one.counts * of(one)).sum::<f64>() / counts
        };
        let weight = share(&|one| one.weight(at));
        let adds = share(&|one| one.weight(at) * one.parts[at].unwrap_or_default());
        // A part that came to nothing adds nothing; of others what the reader can multiply.
        let weight = if came_to > 0.0 { adds / came_to } else { weight };
        Some((whole(weight * 100.0), whole(adds)))
    };
    Some([one(0), one(1), one(2), one(3), one(4)])
}

impl Reply {
    /// The weight of a part among those that count in this reply.
    fn weight(&self, at: usize) -> f64 {
        let counted = self.parts.iter().zip(&self.weights).filter(|(part, _)| part.is_some());
        let total: f64 = counted.map(|(_, weight)| weight).sum();
        if self.parts[at].is_some() && total > 0.0 { self.weights[at] / total } else { 0.0 }
    }
}

/// The replies that were judged, one for each run.
fn replies(view: &ConversationView, rubric: &Rubric) -> Vec<Reply> {
    let mut replies = Vec::new();
    let (mut asked, mut answered) = (Asked::default(), false);
    for turn in &view.turns {
        let report = turn.finding.clone().and_then(|report| serde_json::from_value(report).ok());
        match report {
            Some(WireTurnReport::Customer { emotions, intensity, valence, .. }) => {
                if std::mem::take(&mut answered) {
                    asked = Asked::default();
                }
                let negative = emotions.iter().any(|one| {
                    let label: Result<Label, _> = one.label.parse();
                    matches!(label, Ok(Label::Emotion(emotion)) if emotion.is_negative())
                });
                asked.negative |= negative && valence < 0.0;
                asked.positive |= valence > 0.25 && !emotions.is_empty();
                asked.intensity = asked.intensity.max(intensity);
            }
            Some(WireTurnReport::Agent { score: Some(_), parts, .. }) if !answered => {
                answered = true;
                replies.push(reply(asked, each(&parts), rubric));
            }
            _ => {}
        }
    }
    replies
}

fn reply(asked: Asked, parts: Parts, rubric: &Rubric) -> Reply {
    let (weights, numbers) = (&rubric.weights, &rubric.heard);
    let weights: &PartWeights = match (asked.negative, asked.positive, asked.intensity) {
        (true, _, 2..) => &weights.strong,
        (true, _, _) => &weights.mild,
        (_, true, _) => &weights.positive,
        // Where no feeling was to be taken up, that part does not count.
        _ if parts[0].is_none() => &weights.neutral,
        _ => &weights.unnamed,
    };
    let counts = match asked {
        Asked { negative: true, intensity: 1.., .. } => {
            numbers.moment_weight + numbers.intensity_weight * (f32::from(asked.intensity) - 2.0)
        }
        _ => numbers.neutral_weight,
    };
    let PartWeights { acknowledged, understood, explored, acted, tone } = *weights;
    Reply {
        parts,
        weights: [acknowledged, understood, explored, acted, tone].map(f64::from),
        counts: f64::from(counts),
        neutral: !asked.negative && !asked.positive,
    }
}

fn each(parts: &WireParts) -> Parts {
    let WireParts { acknowledged, understood, explored, acted, tone } = parts;
    [acknowledged, understood, explored, acted, tone].map(|part| part.map(f64::from))
}

/// What a part came to over these replies.
fn mean(replies: &[&Reply], at: usize) -> Option<f64> {
    let with = replies.iter().filter_map(|one| Some((one.parts[at]?, one.counts)));
    let (sum, counts) = with.fold((0.0, 0.0), |(sum, all), (part, n)| (sum + part * n, all + n));
    (counts > 0.0).then(|| sum / counts)
}

fn is_near(one: Option<f64>, other: Option<f64>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => (one - other).abs() < NEAR,
        (one, other) => one.is_none() && other.is_none(),
    }
}

#[expect(clippy::cast_possible_truncation, reason = "hundredths of what is 100 at most")]
fn whole(number: f64) -> i64 {
    number.round() as i64
}
