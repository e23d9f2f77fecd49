//! What people labelled: heads, found in `gold`.

use std::collections::BTreeMap;
use std::ops::Range;

use gehoord_conversation::Span;
use serde_json::{Map, Value};

use super::solver::Kind;

/// What a head says something about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Level {
    /// A customer turn.
    Customer,
    /// An agent turn.
    Agent,
    /// A whole conversation.
    Conversation,
}

impl Level {
    /// Every level.
    pub const ALL: [Self; 3] = [Self::Customer, Self::Agent, Self::Conversation];
}

/// What a head answers with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Shape {
    /// Any number of labels.
    Labels,
    /// Exactly one label.
    OneOf,
    /// Yes or no.
    Flag,
    /// A number.
    Number,
}

/// A head: what one name in `gold` stands for.
#[derive(Debug, Clone, PartialEq)]
pub struct Head {
    /// Its name in `gold` and in the report.
    pub name: String,
    /// What it says something about.
    pub level: Level,
    /// What it answers with.
    pub shape: Shape,
    /// Its labels, sorted; empty for flags and numbers.
    pub labels: Vec<String>,
    /// Whether every labelled case had at least one label.
    pub never_empty: bool,
    /// Lowest and highest number seen.
    pub range: (f32, f32),
    /// Its columns among all columns of its level.
    pub columns: Range<usize>,
}

impl Head {
    /// How its columns are fitted.
    #[must_use]
    pub fn kind(&self) -> Kind {
        if self.shape == Shape::Number { Kind::Number } else { Kind::Margin }
    }

    /// A number of this head on the scale on which it is fitted, −1 to 1 over its range.
    #[must_use]
    pub fn to_scale(&self, number: f32) -> f32 {
        let (low, high) = self.range;
        (number - f32::midpoint(low, high)) / (0.5 * (high - low)).max(1e-6)
    }

    /// The number back on the head's own scale, within its range.
    #[must_use]
    pub fn from_scale(&self, scaled: f32) -> f32 {
        let (low, high) = self.range;
        (f32::midpoint(low, high) + scaled * 0.5 * (high - low)).clamp(low, high)
    }
}

/// One label given by a person, with the words it was given for.
#[derive(Debug, Clone, PartialEq)]
pub struct GoldLabel {
    /// The label.
    pub label: String,
    /// The words; empty when nobody marked any.
    pub evidence: Vec<Span>,
}

/// What a person gave a head.
#[derive(Debug, Clone, PartialEq)]
pub enum Gold {
    /// Labels; none applies when empty.
    Labels(Vec<GoldLabel>),
    /// One label.
    One(GoldLabel),
    /// Yes or no.
    Flag(bool),
    /// A number.
    Number(f32),
}

impl Gold {
    /// Reads a value of `gold`; `None` for `null`.
    ///
    /// # Errors
    /// A sentence that says what was expected.
    pub fn read(value: &Value) -> Result<Option<Self>, String> {
        Ok(Some(match value {
            Value::Null => return Ok(None),
            Value::Bool(flag) => Self::Flag(*flag),
            Value::Number(number) => {
                /// Far beyond any scale, and safe to reckon with.
                const LARGEST: f32 = 1e9;
                let read = number.as_f64().unwrap_or_default() as f32;
                if read.abs() > LARGEST {
                    return Err(format!("the number {number} is too large"));
                }
                Self::Number(read)
            }
            Value::String(_) | Value::Object(_) => Self::One(label(value)?),
            Value::Array(labels) => {
                Self::Labels(labels.iter().map(label).collect::<Result<_, _>>()?)
            }
        }))
    }

    fn shape(&self) -> Shape {
        match self {
            Self::Labels(_) => Shape::Labels,
            Self::One(_) => Shape::OneOf,
            Self::Flag(_) => Shape::Flag,
            Self::Number(_) => Shape::Number,
        }
    }

    /// The labels given.
    #[must_use]
    pub fn labels(&self) -> &[GoldLabel] {
        match self {
            Self::Labels(labels) => labels,
            Self::One(label) => std::slice::from_ref(label),
            Self::Flag(_) | Self::Number(_) => &[],
        }
    }

    /// Whether words were marked for any of its labels.
    #[must_use]
    pub fn is_marked(&self) -> bool {
        self.labels().iter().any(|l| !l.evidence.is_empty())
    }

    /// Whether `name` is among the labels.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.labels().iter().any(|l| l.label == name)
    }
}

fn label(value: &Value) -> Result<GoldLabel, String> {
    match value {
        Value::String(label) => Ok(GoldLabel { label: label.clone(), evidence: Vec::new() }),
        Value::Object(object) => {
            let label = object.get("label").and_then(Value::as_str);
            let label = label.ok_or("a label with evidence needs a 'label'")?.to_owned();
            let spans = object.get("evidence").and_then(Value::as_array);
            let place =
                |span: &Value, key: &str| span.get(key).and_then(Value::as_u64).map(|n| n as usize);
            let evidence = spans
                .into_iter()
                .flatten()
                .map(|span| match (place(span, "start"), place(span, "end")) {
                    (Some(start), Some(end)) if start < end => Ok(Span::new(start, end)),
                    _ => Err("evidence needs 'start' and 'end', start before end".to_owned()),
                })
                .collect::<Result<_, _>>()?;
            Ok(GoldLabel { label, evidence })
        }
        _ => Err("expected a label, a number, true or false, a list of labels, or null".to_owned()),
    }
}

/// What was found out about a head while its cases were counted.
#[derive(Debug, Default)]
struct Seen {
    shapes: Vec<Shape>,
    labels: BTreeMap<String, usize>,
    cases: usize,
    empty: usize,
    yes: usize,
    range: Option<(f32, f32)>,
}

/// A label needs so many cases, and as many without it.
pub(crate) const FEWEST: usize = 10;

/// A head with more labels than this is free text.
const MOST_LABELS: usize = 100;

/// Finds the heads of one level in all its `gold`, and says in plain words what is left out.
#[must_use]
pub(crate) fn find<'g>(
    level: Level,
    golds: impl Iterator<Item = &'g Map<String, Value>>,
    warn: &mut Vec<String>,
) -> Vec<Head> {
    let mut seen: BTreeMap<String, Seen> = BTreeMap::new();
    for gold in golds {
        for (name, value) in gold {
            match Gold::read(value) {
                Ok(Some(gold)) => seen.entry(name.clone()).or_default().add(&gold),
                Ok(None) => {}
                Err(why) => {
                    let note = format!("{name}: a value was passed over, {why}");
                    if !warn.contains(&note) {
                        warn.push(note);
                    }
                }
            }
        }
    }
    let mut heads = Vec::new();
    let mut column = 0;
    for (name, seen) in seen {
        match seen.head(name.clone(), level, column) {
            Ok((head, notes)) => {
                warn.extend(notes.into_iter().map(|note| format!("{name}: {note}")));
                column = head.columns.end;
                heads.push(head);
            }
            Err(why) => warn.push(format!("{name}: left out, {why}")),
        }
    }
    heads
}

impl Seen {
    fn add(&mut self, gold: &Gold) {
        self.cases += 1;
        if !self.shapes.contains(&gold.shape()) {
            self.shapes.push(gold.shape());
        }
        for label in gold.labels() {
            *self.labels.entry(label.label.clone()).or_default() += 1;
        }
        match gold {
            Gold::Labels(labels) => self.empty += usize::from(labels.is_empty()),
            Gold::Flag(yes) => self.yes += usize::from(*yes),
            Gold::Number(n) => {
                let (low, high) = self.range.unwrap_or((*n, *n));
                self.range = Some((low.min(*n), high.max(*n)));
            }
            Gold::One(_) => {}
        }
    }

    fn head(
        self,
        name: String,
        level: Level,
        column: usize,
    ) -> Result<(Head, Vec<String>), String> {
        let [shape] = self.shapes[..] else {
            return Err("it is a list in one place and a single value in another".to_owned());
        };
        let mut notes = Vec::new();
        let mut labels: Vec<String> = Vec::new();
        let enough = |n: usize| n >= FEWEST && self.cases - n.min(self.cases) >= FEWEST;
        match shape {
            Shape::Labels | Shape::OneOf => {
                if self.labels.len() > MOST_LABELS {
                    return Err(format!(
                        "{} different labels look like free text",
                        self.labels.len()
                    ));
                }
                for (label, count) in &self.labels {
                    if enough(*count) {
                        labels.push(label.clone());
                    } else {
                        notes.push(format!(
                            "'{label}' is not learned, {count} of {} cases have it (at least {FEWEST} with and {FEWEST} without are needed)",
                            self.cases
                        ));
                    }
                }
                if labels.is_empty() || (shape == Shape::OneOf && labels.len() < 2) {
                    return Err(format!(
                        "no label has at least {FEWEST} cases with it and {FEWEST} without"
                    ));
                }
            }
            Shape::Flag if !enough(self.yes) => {
                return Err(format!(
                    "{} yes in {} cases are too few or too many",
                    self.yes, self.cases
                ));
            }
            Shape::Number if self.cases < 2 * FEWEST => {
                return Err(format!("{} cases are too few", self.cases));
            }
            Shape::Number if self.range.is_none_or(|(low, high)| low >= high) => {
                return Err("all its numbers are the same".to_owned());
            }
            Shape::Flag | Shape::Number => {}
        }
        let columns = column..column + labels.len().max(1);
        let head = Head {
            name,
            level,
            shape,
            never_empty: shape == Shape::Labels && self.empty == 0,
            labels,
            range: self.range.unwrap_or((0.0, 1.0)),
            columns,
        };
        Ok((head, notes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn heads(golds: &[Value]) -> (Vec<Head>, Vec<String>) {
        let maps: Vec<_> = golds.iter().map(|g| g.as_object().cloned().unwrap()).collect();
        let mut warn = Vec::new();
        let heads = find(Level::Customer, maps.iter(), &mut warn);
        (heads, warn)
    }

    #[test]
    fn heads_are_told_by_their_values() {
        let golds: Vec<Value> = (0..60)
            .map(|i| {
                json!({
                    "mood": if i % 2 == 0 { vec!["a"] } else { vec![] },
                    "topic": if i % 3 == 0 { "x" } else { "y" },
                    "score": i % 5,
                    "seen": i % 4 == 0,
                })
            })
            .collect();
        let (heads, warn) = heads(&golds);
        let shapes: Vec<_> = heads.iter().map(|h| (h.name.as_str(), h.shape)).collect();
        assert_eq!(
            shapes,
            [
                ("mood", Shape::Labels),
                ("score", Shape::Number),
                ("seen", Shape::Flag),
                ("topic", Shape::OneOf)
            ]
        );
        assert_eq!(heads[1].range, (0.0, 4.0));
        assert!(!heads[0].never_empty && warn.is_empty());
        assert_eq!(heads.last().unwrap().columns, 3..5);
    }

    #[test]
    fn too_little_or_one_sided_is_said() {
        let golds: Vec<Value> = (0..30)
            .map(|i| json!({"a": ["always"], "b": if i == 0 { "x" } else { "y" }, "c": 3}))
            .collect();
        let (heads, warn) = heads(&golds);
        assert!(heads.is_empty());
        assert_eq!(warn.iter().filter(|w| w.contains("left out")).count(), 3, "{warn:?}");
    }

    #[test]
    fn evidence_is_read_and_nonsense_is_refused() {
        let gold = json!([{"label": "x", "evidence": [{"start": 1, "end": 3}]}, "y"]);
        let Ok(Some(Gold::Labels(labels))) = Gold::read(&gold) else { panic!("labels") };
        assert_eq!(labels[0].evidence, [Span::new(1, 3)]);
        assert!(Gold::read(&json!([7])).is_err());
        assert!(Gold::read(&json!({"label": "x", "evidence": [{"start": 3, "end": 1}]})).is_err());
        assert!(Gold::read(&json!(1e300)).is_err());
        assert_eq!(Gold::read(&Value::Null), Ok(None));
    }
}
