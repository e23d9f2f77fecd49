//! `cargo xtask evaluate page`: every figure on the test part as a page, as JSON and as plots.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::PathBuf;

use anyhow::{Context, Result};
use gehoord_conversation::{Conversation, Emotion, Label, Report, TurnReport};
use gehoord_listening::Listener;
use gehoord_listening::fit::{Gold, Sheet};
use serde_json::{Value, json};

use crate::corpus::{self, Part};
use crate::evaluate::{Measured, cues_alone, measure, root};
use crate::plots::{Line, square};
use crate::train;

/// Heads that hold labels, in the order of the page.
const HEADS: [&str; 6] = ["emotions", "needs", "safety", "flags", "techniques", "breakers"];
/// Shares of the train part for the learning curve.
const SHARES: [f32; 4] = [0.125, 0.25, 0.5, 1.0];

/// Measures everything and writes `docs/quality/`.
pub(crate) fn run() -> Result<()> {
    let folder = root().join("docs/quality");
    std::fs::create_dir_all(&folder)?;
    let test = || corpus::cases(Part::Test);
    let both = measure(&Listener::embedded()?, test()?, |_, _, _| ());
    let cues = measure(&cues_alone(None)?, test()?, |_, _, _| ());
    // The model that hears words only: fitted and asked without a single cue.
    let deaf = train::fit(Listener::with(Vec::new())?)?.listener;
    let words = measure(&deaf, test()?, |_, _, _| ());
    let groups = falsely_angry(&Listener::embedded()?, &test()?);
    let curve = curve()?;

    write(&folder, "reliability.svg", &reliability(&both.languages["all"]))?;
    write(&folder, "learning-curve.svg", &curve_plot(&curve))?;
    let figures = json!({
        "both": sheets(&both), "cues": sheets(&cues), "words": sheets(&words),
        "falsely_heard_anger": groups, "learning_curve": curve,
    });
    write(&folder, "figures.json", &format!("{figures:#}\n"))?;
    write(&folder, "README.md", &page(&both, &cues, &words, &groups, &curve))?;
    println!("written to {}", folder.display());
    Ok(())
}

fn write(folder: &std::path::Path, name: &str, text: &str) -> Result<()> {
    let path: PathBuf = folder.join(name);
    std::fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))
}

fn sheets(measured: &Measured) -> Value {
    let json = |sheets: &BTreeMap<String, Sheet>| {
        let rows = sheets.iter().map(|(name, sheet)| (name.clone(), sheet.to_json()));
        Value::Object(rows.collect())
    };
    json!({"languages": json(&measured.languages), "groups": json(&measured.groups)})
}

/// Macro-F1 of emotions, techniques and breakers on the test part, by cases learned from.
fn curve() -> Result<Vec<(usize, [f32; 3])>> {
    let train = corpus::cases(Part::Train)?;
    let mut curve = Vec::new();
    for share in SHARES {
        // Every n-th case, so that each part holds all writers.
        let step = (1.0 / share) as usize;
        let some: Vec<Conversation> = train.iter().step_by(step).cloned().collect();
        let cases = some.len();
        let listener = train::fit_on(cues_alone(None)?, some).listener;
        let measured = measure(&listener, corpus::cases(Part::Test)?, |_, _, _| ());
        let figures = measured.languages["all"].figures();
        let of = |head: &str| figures[head].macro_f1.unwrap_or_default();
        curve.push((cases, [of("emotions"), of("techniques"), of("breakers")]));
    }
    Ok(curve)
}

fn curve_plot(curve: &[(usize, [f32; 3])]) -> String {
    let most = curve.last().map_or(1, |(cases, _)| *cases) as f32;
    let lines: Vec<Line> = ["emotions", "techniques", "breakers"]
        .iter()
        .enumerate()
        .map(|(i, name)| Line {
            name: (*name).to_owned(),
            points: curve.iter().map(|(cases, f)| (*cases as f32 / most, f[i])).collect(),
        })
        .collect();
    let across = format!("share of {most} train cases");
    square("Learning curve", &across, "macro-F1, test part", &lines, false)
}

fn reliability(sheet: &Sheet) -> String {
    let lines: Vec<Line> = HEADS
        .iter()
        .map(|head| Line {
            name: (*head).to_owned(),
            points: sheet
                .reliability(&[head])
                .into_iter()
                .filter(|(n, ..)| *n >= 20)
                .map(|(_, strength, there)| (strength, there))
                .collect(),
        })
        .collect();
    square("Reliability", "strength of what was asserted", "share that was there", &lines, true)
}

/// For each group of writers and all together: customer turns without anger or annoyance, and the
/// share of them in which one of both was heard.
pub(crate) fn falsely_angry(
    listener: &Listener,
    cases: &[Conversation],
) -> BTreeMap<String, (usize, f32)> {
    let mut counts: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for case in cases {
        let report: Report = listener.listen(case);
        let mut groups = vec!["all"];
        groups.extend(case.meta.get("writer").and_then(Value::as_str));
        if case.locale.as_ref().is_some_and(|l| l.as_str() == "nl-BE") {
            groups.push("flemish");
        }
        for (turn, heard) in case.turns.iter().zip(&report.turns) {
            let TurnReport::Customer(heard) = heard else { continue };
            let gold = turn.gold.get("emotions").and_then(|gold| Gold::read(gold).ok().flatten());
            let Some(gold) = gold else { continue };
            if gold.has("anger") || gold.has("annoyance") {
                continue;
            }
            let angry = [Emotion::Anger, Emotion::Annoyance]
                .iter()
                .any(|emotion| heard.has(Label::from(*emotion)));
            for group in &groups {
                let count = counts.entry((*group).to_owned()).or_default();
                count.0 += 1;
                count.1 += usize::from(angry);
            }
        }
    }
    let share = |(n, angry): (usize, usize)| (n, angry as f32 / n.max(1) as f32);
    counts.into_iter().map(|(group, count)| (group, share(count))).collect()
}

fn page(
    both: &Measured,
    cues: &Measured,
    words: &Measured,
    groups: &BTreeMap<String, (usize, f32)>,
    curve: &[(usize, [f32; 3])],
) -> String {
    let mut page = String::from(
        "# Every figure\n\nMade by `cargo xtask evaluate page` from the test part of the corpus; \
         the same as JSON in [figures.json](figures.json). What it means stands in \
         [EVALUATION.md](../../EVALUATION.md). *Cues*: the cue files alone. *Words*: the model, \
         fitted and asked without a single cue. *Both*: what ships. F1, with the number of times \
         the label was given.\n",
    );
    for (language, sheet) in &both.languages {
        let _ =
            write!(page, "\n## {}\n", if language == "all" { "All languages" } else { language });
        let of = |measured: &Measured| {
            measured.languages.get(language).map(Sheet::figures).unwrap_or_default()
        };
        let (cues, words) = (of(cues), of(words));
        let intervals = sheet.intervals(200);
        for (head, figures) in sheet.figures() {
            if !HEADS.contains(&head.as_str()) {
                continue;
            }
            let (low, high) = intervals.get(&head).copied().unwrap_or_default();
            let _ = write!(
                page,
                "\n{head}: micro-F1 {:.2}, macro-F1 {:.2} ({low:.2}–{high:.2})\n\n\
                 | label | given | cues | words | both | precision | recall |\n\
                 |---|---|---|---|---|---|---|\n",
                figures.micro_f1.unwrap_or_default(),
                figures.macro_f1.unwrap_or_default(),
            );
            for (label, count) in figures.labels.iter().filter(|(_, c)| c.gold() > 0) {
                let f1 = |other: &BTreeMap<String, gehoord_listening::fit::HeadFigures>| {
                    other.get(&head).and_then(|f| f.labels.get(label)).map_or(0.0, |c| c.f1())
                };
                let _ = writeln!(
                    page,
                    "| {label} | {} | {:.2} | {:.2} | {:.2} | {:.2} | {:.2} |",
                    count.gold(),
                    f1(&cues),
                    f1(&words),
                    count.f1(),
                    count.precision(),
                    count.recall()
                );
            }
        }
    }
    page.push_str(
        "\n## Strength\n\nWhat is asserted with a strength of .8 should be right eight times in \
         ten. Points of at least 20 findings.\n\n![Reliability](reliability.svg)\n\n\
         | strength | findings | right |\n|---|---|---|\n",
    );
    for (n, strength, there) in both.languages["all"].reliability(&HEADS) {
        if n > 0 {
            let _ = writeln!(page, "| {strength:.2} | {n} | {there:.2} |");
        }
    }
    page.push_str(
        "\n## Anger that is not there\n\nCustomer turns without anger or annoyance in which one of \
         both was heard, by kind of writer. The aim: no group more than .05 above all. A test holds \
         every group to it but for chance (`page::tests`).\n\n| writers | turns | share |\n|---|---|---|\n",
    );
    for (group, (n, share)) in groups {
        let _ = writeln!(page, "| {group} | {n} | {share:.3} |");
    }
    page.push_str(
        "\n## More data\n\n![Learning curve](learning-curve.svg)\n\n\
         | train cases | emotions | techniques | breakers |\n|---|---|---|---|\n",
    );
    for (cases, [emotions, techniques, breakers]) in curve {
        let _ = writeln!(page, "| {cases} | {emotions:.3} | {techniques:.3} | {breakers:.3} |");
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_group_of_writers_is_falsely_heard_as_angry() {
        let listener = Listener::embedded().unwrap();
        let groups = falsely_angry(&listener, &corpus::cases(Part::Test).unwrap());
        let all = groups["all"].1;
        for group in ["second_language", "dialect", "flemish", "young", "old"] {
            let (turns, share) = groups[group];
            assert!(turns >= 40, "only {turns} turns of {group}");
            // Two standard errors: with a few dozen turns a share is no more certain than that.
            let chance = 2.0 * (share * (1.0 - share) / turns as f32).sqrt();
            assert!(share <= all + 0.05 + chance, "{group}: {share:.3}, all: {all:.3}");
        }
    }
}
