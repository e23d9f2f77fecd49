//! A report for people.

mod call;
mod course;
mod marks;

use std::fmt::Write as _;
use std::io::{self, Write as _};

use anyhow::Result;
use gehoord_coaching::hint_in;
use gehoord_conversation::{
    AgentTurn, Conversation, CustomerTurn, Finding, HeardParts, Label, Outcome, Promise, Report,
    Safety, Signal, Span, TurnReport, Verdict,
};
use gehoord_listening::Handbook;

use crate::ui::Ui;
use marks::{Mark, Tint};

/// A reply does well from this score on.
const WELL: f32 = 75.0;

/// Widest and narrowest line.
const WIDTH: std::ops::RangeInclusive<usize> = 60..=100;

/// Writes `text` to standard output; a closed pipe is no error.
pub(crate) fn print(text: &str) -> Result<()> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

/// Columns of the terminal, from `COLUMNS`, within what reads well.
pub(crate) fn width() -> usize {
    let columns = std::env::var("COLUMNS").ok().and_then(|c| c.parse().ok()).unwrap_or(88);
    usize::clamp(columns, *WIDTH.start(), *WIDTH.end())
}

/// How reports look.
pub(crate) struct Page<'p> {
    pub(crate) handbook: &'p Handbook,
    pub(crate) ui: Ui,
    /// Show the sum behind the verdict.
    pub(crate) why: bool,
    pub(crate) colour: bool,
    pub(crate) width: usize,
}

impl Page<'_> {
    /// One conversation with what was heard in it.
    pub(crate) fn conversation(&self, conversation: &Conversation, report: &Report) -> String {
        let mut out = String::new();
        let channel = self.ui.channel(report.channel);
        let _ = writeln!(
            out,
            "{}",
            self.bold(&format!("{} · {channel} · {}", one_line(&report.id), report.locale))
        );
        if let Some(subject) = &conversation.subject {
            let _ = writeln!(out, "{}", one_line(subject));
        }
        for (index, turn) in report.turns.iter().enumerate() {
            out.push('\n');
            self.turn(&mut out, conversation, report, index, turn);
        }
        course::draw(&mut out, self, report);
        self.well(&mut out, conversation, report);
        self.better(&mut out, report);
        self.promises(&mut out, &report.promises);
        self.verdict(&mut out, report);
        out.push('\n');
        out
    }

    fn bold(&self, text: &str) -> String {
        match self.colour {
            true => format!("\x1b[1m{text}\x1b[0m"),
            false => text.to_owned(),
        }
    }

    fn heading(&self, out: &mut String, text: &str) {
        let _ = writeln!(out, "\n{}", self.bold(text));
    }

    fn turn(
        &self,
        out: &mut String,
        conversation: &Conversation,
        report: &Report,
        index: usize,
        turn: &TurnReport,
    ) {
        let said = &conversation.turns[index];
        let mut marks = Vec::new();
        let mut legend = Vec::new();
        match turn {
            TurnReport::Customer(turn) => {
                self.customer(turn, index, &said.text, &mut marks, &mut legend)
            }
            TurnReport::Agent(turn) => self.agent(turn, index, &mut marks, &mut legend),
            TurnReport::Other { .. } => {}
        }
        let party = self.ui.party(said.party);
        let _ = writeln!(out, "{index:>3} {}", self.bold(party));
        let text = if said.text.trim().is_empty() { self.ui.nothing_said() } else { &said.text };
        marks::draw(out, text, &marks, self.width - 4, self.colour);
        for line in legend {
            self.indented(out, &line);
        }
        for moment in report.moments.iter().filter(|m| m.turn == index) {
            let state = match moment.met {
                Some(true) => self.ui.met(),
                Some(false) => self.ui.missed(),
                None => self.ui.unanswered(),
            };
            let _ = writeln!(out, "      ◆ {state}");
        }
    }

    fn customer(
        &self,
        turn: &CustomerTurn,
        index: usize,
        text: &str,
        marks: &mut Vec<Mark>,
        legend: &mut Vec<String>,
    ) {
        for finding in turn
            .emotions
            .iter()
            .chain(turn.signals.iter().filter(|s| matches!(s.label, Label::Safety(_))))
        {
            add_marks(marks, finding, index, Tint::Feeling);
        }
        if !turn.safety.is_empty() {
            let names: Vec<&str> =
                turn.safety.iter().map(|&s| self.handbook.name(s.into())).collect();
            legend.push(format!("{}: {}", self.ui.safety_label(), names.join(", ")));
        }
        if !turn.emotions.is_empty() {
            let names: Vec<&str> =
                turn.emotions.iter().map(|e| self.handbook.name(e.label)).collect();
            legend.push(format!("~ {} ({})", names.join(", "), self.ui.intensity(turn.intensity)));
        }
        let mut facts = Vec::new();
        if turn.repeat_contact {
            facts.push(self.ui.repeat().to_owned());
        }
        if turn.complaint {
            facts.push(self.ui.complaint().to_owned());
        }
        if turn.churn_risk {
            facts.push(self.ui.churn().to_owned());
        }
        if !turn.needs.is_empty() {
            let names: Vec<&str> =
                turn.needs.iter().map(|&n| self.handbook.name(n.into())).collect();
            facts.push(format!("{}: {}", self.ui.needs_label(), names.join(", ")));
        }
        if let Some(cause) = &turn.cause {
            facts.push(format!("{}: “{}”", self.ui.cause(), one_line(cause.span.of(text))));
        }
        if !facts.is_empty() {
            legend.push(facts.join(" · "));
        }
    }

    fn agent(
        &self,
        turn: &AgentTurn,
        index: usize,
        marks: &mut Vec<Mark>,
        legend: &mut Vec<String>,
    ) {
        let well: Vec<&Finding> = turn.done_well().collect();
        for finding in &well {
            add_marks(marks, finding, index, Tint::Technique);
        }
        for finding in &turn.breakers {
            add_marks(marks, finding, index, Tint::Breaker);
        }
        let names = |findings: &[&Finding]| {
            findings.iter().map(|f| self.handbook.name(f.label)).collect::<Vec<_>>().join(", ")
        };
        if !well.is_empty() {
            legend.push(format!("+ {}", names(&well)));
        }
        let (sure, doubtful): (Vec<&Finding>, Vec<&Finding>) =
            turn.breakers.iter().partition(|f| f.is_sure());
        for breaker in &sure {
            // What a cue says of itself is in the language that it hears.
            let foreign = turn.language.is_some_and(|spoken| spoken != self.ui.language());
            let meaning = self.handbook.entry(breaker.label).filter(|_| foreign);
            let because = meaning.map_or(&*breaker.because, |entry| entry.is.as_str());
            let name = self.handbook.name(breaker.label);
            legend.push(match because {
                "" => format!("! {name}"),
                because => format!("! {name}: {because}"),
            });
        }
        // What may be a fault is not held against a reply that does well.
        let does_well = turn.score.is_some_and(|score| score >= WELL) && sure.is_empty();
        if !doubtful.is_empty() && !does_well {
            legend.push(format!("! {}: {}", self.ui.perhaps(), names(&doubtful)));
        }
        if turn.boundary {
            legend.push(format!("+ {}", self.ui.boundary()));
        }
    }

    /// What went well comes first.
    fn well(&self, out: &mut String, conversation: &Conversation, report: &Report) {
        let mut lines: Vec<(u8, String)> = Vec::new();
        for turn in &report.turns {
            let TurnReport::Agent(turn) = turn else { continue };
            // An appointment for tomorrow is nothing to praise where somebody is in danger.
            if turn.hints.iter().any(|hint| hint.label == Safety::Danger.into()) {
                continue;
            }
            for finding in turn.done_well() {
                let Some(rank) = worth_naming(finding.label) else { continue };
                let Some(place) = finding.evidence.iter().max_by_key(|e| e.span.end - e.span.start)
                else {
                    continue;
                };
                // Nobody is praised for words that are reproached a line below.
                let reproached = turn.breakers.iter().flat_map(|b| &b.evidence);
                if reproached
                    .into_iter()
                    .any(|e| e.turn == place.turn && e.span.overlaps(&place.span))
                {
                    continue;
                }
                let words =
                    conversation.turns.get(place.turn).map_or("", |t| place.span.of(&t.text));
                let line = format!("{}: “{}”", self.handbook.name(finding.label), one_line(words));
                if !lines.iter().any(|(_, known)| *known == line) {
                    lines.push((rank, line));
                }
            }
        }
        if report.trajectory.turned_around {
            lines.push((0, self.ui.turned().to_owned()));
        } else if report.trajectory.eased {
            lines.push((0, self.ui.eased().to_owned()));
        }
        if lines.is_empty() {
            return;
        }
        lines.sort_by_key(|(rank, _)| *rank);
        self.heading(out, self.ui.went_well());
        for (_, line) in lines.iter().take(4) {
            self.bullet(out, line);
        }
    }

    fn better(&self, out: &mut String, report: &Report) {
        let mut told = false;
        for (index, turn) in report.turns.iter().enumerate() {
            let TurnReport::Agent(turn) = turn else { continue };
            for hint in &turn.hints {
                if !told {
                    self.heading(out, self.ui.could_be_better());
                    told = true;
                }
                let told = hint_in(&hint.text, self.ui.language());
                self.bullet(out, &format!("[{index}] {}", told.as_ref().unwrap_or(&hint.text)));
            }
        }
    }

    fn promises(&self, out: &mut String, promises: &[Promise]) {
        if promises.is_empty() {
            return;
        }
        self.heading(out, self.ui.promised());
        for promise in promises {
            let when = match (&promise.due, &promise.when) {
                (Some(due), _) => due.strftime("%Y-%m-%d %H:%M").to_string(),
                (None, Some(when)) if promise.complete => when.clone(),
                (None, Some(when)) => format!("{when} ({})", self.ui.not_resolvable()),
                (None, None) => self.ui.no_time().to_owned(),
            };
            let who = self.ui.maker(promise.who);
            let shown = promise.shown.as_ref().map(|shown| {
                let outcome = match shown.outcome {
                    Outcome::Kept => self.ui.promise_kept(),
                    Outcome::Broken => self.ui.promise_broken(),
                };
                format!(" – {outcome} [{}]", shown.turn)
            });
            let (what, shown) = (one_line(&promise.what), shown.unwrap_or_default());
            self.bullet(out, &format!("[{}] {who}, {when}: “{what}”{shown}", promise.turn));
        }
    }

    fn verdict(&self, out: &mut String, report: &Report) {
        let verdict = match report.heard.verdict() {
            None => self.ui.too_little(),
            Some(Verdict::Heard) => self.ui.fully(),
            Some(Verdict::Partly) => self.ui.partly(),
            Some(Verdict::Not) => self.ui.hardly(),
        };
        let _ = writeln!(out, "\n{}: {}", self.ui.verdict(), self.bold(verdict));
        if self.why {
            let parts = self.parts(&report.heard.parts);
            let _ = writeln!(out, "  {}: {:.0} / 100 ({parts})", self.ui.sum(), report.heard.score);
        }
        let _ = writeln!(out, "{}", self.ui.words_only());
    }

    fn parts(&self, parts: &HeardParts) -> String {
        [
            (self.ui.acknowledged(), parts.acknowledged),
            (self.ui.understood(), parts.understood),
            (self.ui.explored(), parts.explored),
            (self.ui.acted(), parts.acted),
            (self.ui.tone(), parts.tone),
        ]
        .iter()
        .filter_map(|(name, part)| part.map(|p| format!("{name} {p:.0}")))
        .collect::<Vec<_>>()
        .join(", ")
    }

    fn bullet(&self, out: &mut String, text: &str) {
        for (i, line) in marks::wrap(text, self.width - 4).into_iter().enumerate() {
            let _ = writeln!(out, "  {} {line}", if i == 0 { "•" } else { " " });
        }
    }

    fn indented(&self, out: &mut String, text: &str) {
        for (i, line) in marks::wrap(text, self.width - 8).into_iter().enumerate() {
            let _ = writeln!(out, "      {}{line}", if i == 0 { "" } else { "  " });
        }
    }
}

/// Order in which good listening is named; `None` for what is not worth a line.
fn worth_naming(label: Label) -> Option<u8> {
    use gehoord_conversation::Technique as T;
    match label {
        Label::Signal(Signal::ToSafety) => Some(0),
        Label::Technique(T::AcknowledgeFeeling) => Some(1),
        Label::Technique(T::Restate) => Some(2),
        Label::Technique(T::TakeOwnership) => Some(3),
        Label::Technique(T::PromiseAction) => Some(4),
        Label::Technique(T::OpenQuestion) => Some(5),
        Label::Technique(T::Solve) => Some(6),
        Label::Technique(T::CheckUnderstanding) => Some(7),
        _ => None,
    }
}

fn add_marks(marks: &mut Vec<Mark>, finding: &Finding, index: usize, tint: Tint) {
    for evidence in finding.evidence.iter().filter(|e| e.turn == index) {
        if evidence.span != Span::default() {
            marks.push(Mark { span: evidence.span, tint });
        }
    }
}

fn one_line(words: &str) -> String {
    const LONGEST: usize = 90;
    let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
    if words.chars().count() <= LONGEST {
        return words;
    }
    let cut: String = words.chars().take(LONGEST).collect();
    let whole = cut.rfind(' ').unwrap_or(cut.len());
    format!("{} …", cut[..whole].trim_end_matches([' ', ',', ';', ':']))
}
