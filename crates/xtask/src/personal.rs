//! `cargo xtask evaluate personal`: how much of the personal data in `corpus/personal` is found;
//! and `cargo xtask names`, which fits the model of names.

use std::collections::BTreeMap;

use anyhow::{Context, Result, anyhow};
use gehoord_conversation::{Language, Locale, PersonalDatum, PersonalKind, Span};
use gehoord_ingest::Pseudonymiser;
use gehoord_ingest::pseudonym::{Lesson, fit_names};
use serde_json::Value;

use crate::corpus::{self, Part};
use crate::evaluate::root;

/// A text with the places that a reader marked.
struct Case {
    id: String,
    locale: Locale,
    text: String,
    marked: Vec<PersonalDatum>,
}

/// How much of what was marked was found.
#[derive(Debug, Default, Clone, Copy)]
struct Count {
    marked: usize,
    /// All letters and digits masked by spans of the right kind.
    right: usize,
    /// All letters and digits masked, whatever the kind.
    masked: usize,
    found: usize,
    /// Found spans that touch a marked one.
    touching: usize,
}

impl Count {
    fn line(self) -> String {
        let share = |of: usize, all: usize| of as f64 / all.max(1) as f64;
        format!(
            "marked {:>4}  recall {:.3}  any kind {:.3}  found {:>4}  precision {:.3}",
            self.marked,
            share(self.right, self.marked),
            share(self.masked, self.marked),
            self.found,
            share(self.touching, self.found),
        )
    }
}

/// Prints recall and precision by language and kind; with `show`, every place that went wrong.
pub(crate) fn evaluate(part: Part, show: bool) -> Result<()> {
    println!("Personal data ({part:?})");
    let finder = Pseudonymiser::embedded();
    let mut table = Table::default();
    for case in cases(part)? {
        table.add(&finder, &case, show);
    }
    table.print();
    Ok(())
}

/// Counts by language and kind.
#[derive(Debug, Default)]
struct Table(BTreeMap<String, BTreeMap<String, Count>>);

impl Table {
    fn add(&mut self, finder: &Pseudonymiser, case: &Case, show: bool) {
        let language = case.locale.language();
        let found = finder.find(&case.text, language);
        if show {
            print_wrong(case, &found);
        }
        let code = language.map_or("", |l| l.id());
        for name in [code, "all"] {
            measure(finder, case, &found, self.0.entry(name.to_owned()).or_default());
        }
    }

    fn print(self) {
        for (language, counts) in self.0 {
            println!("{language}");
            for (kind, count) in counts {
                println!("  {kind:<16} {}", count.line());
            }
        }
    }
}

/// How often a message whose names are marked is taught with other names.
const VARIANTS: usize = 8;
/// The same for turns whose names were guessed, and how much those count.
const GUESSED: (usize, f32) = (4, 0.1);

/// Fits the model of names on the train part: messages with marks, and turns of the cases. Their
/// names are guessed, first by the rules alone, then by the rules and the model so far.
pub(crate) fn fit() -> Result<()> {
    let weights = fitted(&turns()?, &cases(Part::Train)?.iter().collect::<Vec<_>>())?;
    let file = root().join("crates/gehoord-ingest/pseudonym/names.bin");
    std::fs::write(&file, &weights).with_context(|| format!("cannot write {}", file.display()))?;
    println!("{} bytes, written to {}", weights.len(), file.display());
    Ok(())
}

/// Prints what models find that saw all marked messages of the train part but one in `folds`, each
/// in those that it did not see.
pub(crate) fn fit_folds(folds: usize, show: bool) -> Result<()> {
    let (turns, cases) = (turns()?, cases(Part::Train)?);
    let mut table = Table::default();
    for fold in 0..folds {
        let here = |(i, _): &(usize, &Case)| i % folds == fold;
        let (held, seen): (Vec<_>, Vec<_>) = cases.iter().enumerate().partition(here);
        let seen: Vec<&Case> = seen.into_iter().map(|(_, case)| case).collect();
        let finder = with_names(fitted(&turns, &seen)?)?;
        for (_, case) in held {
            table.add(&finder, case, show);
        }
    }
    table.print();
    Ok(())
}

/// A text that nobody marked, and its language.
type Turn = (String, Option<Language>);

/// What people say and write in the cases of the train part.
fn turns() -> Result<Vec<Turn>> {
    let mut turns = Vec::new();
    for case in corpus::cases(Part::Train)? {
        let language = case.locale.as_ref().and_then(Locale::language);
        let texts = case.turns.into_iter().map(|t| t.text);
        turns.extend(texts.chain(case.replies.into_iter().map(|r| r.text)).map(|t| (t, language)));
    }
    Ok(turns)
}

fn with_names(weights: Vec<u8>) -> Result<Pseudonymiser> {
    let finder = Pseudonymiser::embedded().with_names(weights);
    finder.ok_or_else(|| anyhow!("the model has the wrong size"))
}

fn fitted(turns: &[Turn], marked: &[&Case]) -> Result<Vec<u8>> {
    let name = |d: &PersonalDatum| (d.kind == PersonalKind::Name).then_some(d.span);
    let mut guesser = Pseudonymiser::embedded().by_rules();
    let mut weights = Vec::new();
    for _ in 0..2 {
        let (variants, weight) = GUESSED;
        let guessed = turns.iter().map(|(text, language)| Lesson {
            text: text.clone(),
            language: *language,
            names: guesser.find(text, *language).iter().filter_map(name).collect(),
            weight,
            variants,
            guessed: true,
        });
        let right = marked.iter().map(|case| Lesson {
            names: case.marked.iter().filter_map(name).collect(),
            language: case.locale.language(),
            text: case.text.clone(),
            weight: 1.0,
            variants: VARIANTS,
            guessed: false,
        });
        let lessons: Vec<Lesson> = guessed.chain(right).collect();
        weights = fit_names(&guesser, &lessons);
        guesser = with_names(weights.clone())?;
    }
    Ok(weights)
}

fn cases(part: Part) -> Result<Vec<Case>> {
    let mut cases = Vec::new();
    for language in ["nl", "en", "de", "fr"] {
        let path = corpus::folder().join(format!("personal/{language}.jsonl"));
        let text = std::fs::read_to_string(&path)
            .with_context(|| format!("cannot read {}", path.display()))?;
        for line in text.lines() {
            let value: Value = serde_json::from_str(line)?;
            let string = |key: &str| value[key].as_str().unwrap_or_default().to_owned();
            let test = string("part") == "test";
            if part == Part::All || test == (part == Part::Test) {
                cases.push(Case {
                    id: string("id"),
                    locale: string("locale").parse()?,
                    text: string("text"),
                    marked: marked(&value).with_context(|| string("id"))?,
                });
            }
        }
    }
    Ok(cases)
}

fn marked(case: &Value) -> Result<Vec<PersonalDatum>> {
    let spans = case["spans"].as_array().ok_or_else(|| anyhow!("spans are missing"))?;
    spans
        .iter()
        .map(|span| {
            let place = |key: &str| span[key].as_u64().unwrap_or_default() as usize;
            let kind = span["kind"].as_str().unwrap_or_default().parse()?;
            Ok(PersonalDatum { span: Span::new(place("start"), place("end")), kind })
        })
        .collect()
}

fn measure(
    finder: &Pseudonymiser,
    case: &Case,
    found: &[PersonalDatum],
    counts: &mut BTreeMap<String, Count>,
) {
    for datum in &case.marked {
        let mut names = vec!["all", datum.kind.id()];
        if datum.kind == PersonalKind::Name {
            let listed = finder.is_listed(datum.span.of(&case.text));
            names.push(if listed { "name, listed" } else { "name, unlisted" });
        }
        let right = covered(&case.text, datum.span, found, Some(datum.kind));
        let masked = covered(&case.text, datum.span, found, None);
        for name in names {
            let count = counts.entry(name.to_owned()).or_default();
            count.marked += 1;
            count.right += usize::from(right);
            count.masked += usize::from(masked);
        }
    }
    for datum in found {
        let touches = case.marked.iter().any(|m| m.span.overlaps(&datum.span));
        for name in ["all", datum.kind.id()] {
            let count = counts.entry(name.to_owned()).or_default();
            count.found += 1;
            count.touching += usize::from(touches);
        }
    }
}

/// Whether all letters and digits of `span` are found.
fn covered(text: &str, span: Span, found: &[PersonalDatum], kind: Option<PersonalKind>) -> bool {
    let inside = |at: usize| {
        let right = |d: &&PersonalDatum| kind.is_none_or(|k| k == d.kind);
        found.iter().filter(right).any(|d| d.span.start <= at && at < d.span.end)
    };
    let letters = span.of(text).char_indices().filter(|(_, c)| c.is_alphanumeric());
    letters.map(|(i, _)| span.start + i).all(inside)
}

fn print_wrong(case: &Case, found: &[PersonalDatum]) {
    let missed = case.marked.iter().filter(|m| !covered(&case.text, m.span, found, Some(m.kind)));
    let extra = found.iter().filter(|f| !case.marked.iter().any(|m| m.span.overlaps(&f.span)));
    let said = |d: &PersonalDatum| format!("{}:{}", d.kind, d.span.of(&case.text));
    let missed: Vec<String> = missed.map(said).collect();
    let extra: Vec<String> = extra.map(said).collect();
    if missed.is_empty() && extra.is_empty() {
        return;
    }
    println!("{} {}", case.id, case.text.replace('\n', "\\n"));
    if !missed.is_empty() {
        println!("    missed {missed:?}");
    }
    if !extra.is_empty() {
        println!("    extra  {extra:?}");
    }
}
