//! An organisation's own labels, learned from its own conversations.

use gehoord_conversation::{Conversation, Language, Locale};

use super::adapted::AdaptedModel;
use super::examples::golds;
use super::fitting::{Example, Fitted, Settings, fit_level};
use super::heads::{self, Gold, Head, Level, Shape};
use super::measure::{Count, mean_error, pearson};
use crate::Listener;
use crate::text::{Usage, Vocabulary};

/// Why nothing can be learned.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LearnError {
    /// No `gold` at all.
    #[error(
        "no labels found: 'gold' on turns or conversations holds what is to be learned (see 'gehoord schema input')"
    )]
    NoGold,
    /// There is gold, but no head has enough of it.
    #[error("too little to learn from: {}", .0.join("; "))]
    TooLittle(Vec<String>),
}

/// How well a head was met.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Figures {
    /// Labels or flags: F1 over all decisions, and the mean of the labels' F1.
    Labels {
        /// Over all decisions.
        micro_f1: f32,
        /// Mean over labels.
        macro_f1: f32,
    },
    /// One of several: the share that was right, and the mean of the labels' F1.
    OneOf {
        /// Share right.
        accuracy: f32,
        /// Mean over labels.
        macro_f1: f32,
    },
    /// A number: correlation, and mean absolute error on the head's own scale.
    Number {
        /// Pearson correlation.
        pearson: f32,
        /// Mean absolute error.
        mean_error: f32,
    },
}

/// What was learned about one head, measured on conversations left out in turn.
#[derive(Debug, Clone, PartialEq)]
pub struct HeadResult {
    /// The head.
    pub head: Head,
    /// Labelled cases.
    pub cases: usize,
    /// Without learning: always the commonest answer.
    pub before: Figures,
    /// By the words alone.
    pub words: Figures,
    /// With everything that is known.
    pub after: Figures,
}

/// What was learned.
#[derive(Debug, Clone)]
pub struct Learned {
    /// To be written to a file.
    pub model: AdaptedModel,
    /// Head by head.
    pub results: Vec<HeadResult>,
    /// What was left out, and why.
    pub warnings: Vec<String>,
}

/// Learns every head found in the `gold` of `conversations`, on top of what `listener` hears.
/// `progress` is told how many of all conversations were read.
///
/// # Errors
/// When there is nothing, or too little, to learn from.
pub fn learn(
    listener: &Listener,
    conversations: &[Conversation],
    settings: Settings,
    mut progress: impl FnMut(usize),
) -> Result<Learned, LearnError> {
    let mut warnings = Vec::new();
    let found: Vec<Vec<Head>> = Level::ALL
        .iter()
        .map(|&level| {
            let all = conversations.iter().flat_map(|c| golds(c, level)).map(|(_, gold)| gold);
            heads::find(level, all, &mut warnings)
        })
        .collect();
    if found.iter().all(Vec::is_empty) {
        return Err(if warnings.is_empty() {
            LearnError::NoGold
        } else {
            LearnError::TooLittle(warnings)
        });
    }
    let known = known(listener, conversations);
    let mut examples: Vec<Vec<Example>> = vec![Vec::new(); Level::ALL.len()];
    for (group, conversation) in conversations.iter().enumerate() {
        let mut case = listener.case(conversation);
        case.tell_names(known.as_ref());
        for ((&level, heads), examples) in Level::ALL.iter().zip(&found).zip(&mut examples) {
            for (turn, gold) in golds(conversation, level) {
                if !heads.iter().any(|h| gold.contains_key(&h.name)) {
                    continue;
                }
                let numbers = match turn {
                    Some(index) => case.turn(index, listener.lens()),
                    None => Some(case.whole(listener.lens())),
                };
                let Some(mut numbers) = numbers else { continue };
                if settings.only_words {
                    numbers.other.clear();
                }
                examples.push(numbers.example(group, gold, heads, &case.readings));
            }
        }
        progress(group + 1);
    }
    let (mut levels, mut results) = (Vec::new(), Vec::new());
    for ((&level, heads), mut examples) in Level::ALL.iter().zip(found).zip(examples) {
        if heads.is_empty() {
            continue;
        }
        let (cost, penalty) = match level {
            // Long texts with few labels: large weights would only remember them. And little but
            // words is known of them, so there is less to hold back in the second step.
            Level::Conversation => (settings.cost * 0.4, settings.penalty / 6.0),
            Level::Customer | Level::Agent => (settings.cost, settings.penalty),
        };
        // Sentences teach where the words of a label are marked; elsewhere it is known only in
        // which sentences it is not.
        let marked = examples.iter().flat_map(|e| e.gold.iter().flatten()).any(Gold::is_marked);
        let sentence = if marked || settings.only_words { settings.sentence } else { 0.0 };
        let settings = Settings { cost, penalty, sentence, ..settings };
        let fitted = fit_level(level, heads, &mut examples, settings);
        results.extend(fitted.model.heads.iter().map(|head| result(head, &fitted, &examples)));
        levels.push(fitted.model);
    }
    let base = listener.model_version().to_owned();
    Ok(Learned {
        model: AdaptedModel { levels, base, known, only_words: settings.only_words },
        results,
        warnings,
    })
}

/// What the listener knows to be no name, and what the writers of `conversations` show to be none.
fn known(listener: &Listener, conversations: &[Conversation]) -> Option<Vocabulary> {
    /// So many conversations must hold a word in lower case.
    const WRITERS: u32 = 3;
    let mut known = listener.known()?.clone();
    let mut usage = Usage::default();
    for conversation in conversations {
        let german = conversation.locale.as_ref().and_then(Locale::language) == Some(Language::De);
        usage.add(conversation.turns.iter().map(|t| t.text.as_str()), german);
    }
    usage.add_ordinary(WRITERS, &mut known);
    Some(known)
}

fn result(head: &Head, fitted: &Fitted, examples: &[Example]) -> HeadResult {
    let at = fitted.model.heads.iter().position(|h| h == head).unwrap_or_default();
    let golds: Vec<(usize, &Gold)> =
        examples.iter().enumerate().filter_map(|(i, e)| Some((i, e.gold[at].as_ref()?))).collect();
    let number = |beliefs: &[Vec<f32>], i: usize| {
        Heard::Number(head.from_scale(beliefs[i][head.columns.start]))
    };
    let is_number = head.shape == Shape::Number;
    let language = |i: usize| examples[i].language;
    let after = |i: usize| {
        if is_number {
            number(&fitted.unseen, i)
        } else {
            Heard::Columns(fitted.asserted(head, i, language(i)))
        }
    };
    let words = |i: usize| {
        if is_number {
            number(&fitted.unseen_words, i)
        } else {
            Heard::Columns(fitted.asserted_by_words(head, i, language(i)))
        }
    };
    let commonest = commonest(head, &golds);
    HeadResult {
        head: head.clone(),
        cases: golds.len(),
        before: figures(head, &golds, |_| commonest.clone()),
        words: figures(head, &golds, words),
        after: figures(head, &golds, after),
    }
}

/// An answer of a head, for counting.
#[derive(Debug, Clone)]
enum Heard {
    Columns(Vec<usize>),
    Number(f32),
}

fn commonest(head: &Head, golds: &[(usize, &Gold)]) -> Heard {
    if head.shape == Shape::Number {
        let numbers = golds.iter().filter_map(|(_, g)| match g {
            Gold::Number(n) => Some(*n),
            _ => None,
        });
        return Heard::Number(numbers.sum::<f32>() / golds.len().max(1) as f32);
    }
    let count = |column: &usize| golds.iter().filter(|(_, g)| is_gold(head, *column, g)).count();
    let most = head.columns.clone().max_by_key(count);
    let worth = |column: &usize| head.shape == Shape::OneOf || 2 * count(column) >= golds.len();
    Heard::Columns(most.into_iter().filter(worth).collect())
}

fn is_gold(head: &Head, column: usize, gold: &Gold) -> bool {
    match gold {
        Gold::Flag(yes) => *yes,
        _ => gold.has(&head.labels[column - head.columns.start]),
    }
}

fn figures(head: &Head, golds: &[(usize, &Gold)], heard: impl Fn(usize) -> Heard) -> Figures {
    let mut counts = vec![Count::default(); head.columns.len()];
    let mut numbers = Vec::new();
    let mut right = 0;
    for (i, gold) in golds {
        match (heard(*i), gold) {
            (Heard::Number(n), Gold::Number(g)) => numbers.push((n, *g)),
            (Heard::Columns(columns), gold) => {
                right += usize::from(columns.iter().any(|&c| is_gold(head, c, gold)));
                for (column, count) in head.columns.clone().zip(&mut counts) {
                    count.add(columns.contains(&column), is_gold(head, column, gold));
                }
            }
            (Heard::Number(_), _) => {}
        }
    }
    let macro_f1 = counts.iter().map(Count::f1).sum::<f32>() / counts.len().max(1) as f32;
    match head.shape {
        Shape::Number => {
            Figures::Number { pearson: pearson(&numbers), mean_error: mean_error(&numbers) }
        }
        Shape::OneOf => {
            Figures::OneOf { accuracy: right as f32 / golds.len().max(1) as f32, macro_f1 }
        }
        Shape::Labels | Shape::Flag => {
            let mut all = Count::default();
            counts.iter().for_each(|c| all.merge(*c));
            Figures::Labels { micro_f1: all.f1(), macro_f1 }
        }
    }
}
