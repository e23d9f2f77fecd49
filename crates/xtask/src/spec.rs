//! The form of a spec: `## <turn> customer|agent` or `## conversation`, and bullets under it. See
//! CONTRIBUTING.md.

use gehoord_conversation::{AgentTurn, Conversation, CustomerTurn, Label, Report, TurnReport};

/// What a bullet is about.
enum Place {
    Nowhere,
    Turn(usize),
    Conversation,
}

/// What a spec says of a report.
pub(crate) struct Checked {
    /// How many checks there are.
    pub(crate) checks: usize,
    /// How many of them are known not to hold yet.
    pub(crate) open: usize,
    /// What fails.
    pub(crate) failures: Vec<String>,
}

/// Checks `report` against a spec.
pub(crate) fn check(
    spec: &str,
    conversation: &Conversation,
    report: &Report,
) -> Result<Checked, String> {
    let mut place = Place::Nowhere;
    let mut checks = 0;
    let mut opened = 0;
    let mut failures = Vec::new();
    for (number, line) in spec.lines().enumerate() {
        let wrong = |what: &str| format!("line {}: {what}: {line}", number + 1);
        if let Some(heading) = line.strip_prefix("## ") {
            place = read_place(heading, conversation).ok_or_else(|| wrong("no such turn"))?;
            continue;
        }
        let Some(bullet) = line.trim_end().strip_prefix("- ") else { continue };
        let (key, value) = match place {
            Place::Nowhere => continue,
            _ => bullet.split_once(':').ok_or_else(|| wrong("no 'key: value'"))?,
        };
        let value = value.trim();
        let (open, key) = match key.strip_prefix("open ") {
            Some(key) => (true, key),
            None => (false, key),
        };
        let failed = match place {
            Place::Nowhere => continue,
            Place::Conversation => of_conversation(key, value, report),
            Place::Turn(index) => of_turn(key, value, index, report),
        };
        checks += 1;
        if open {
            opened += 1;
            match failed {
                Some(failed) if failed.is_empty() => failures
                    .push(format!("{} {bullet} — holds now: take 'open' away", name(&place))),
                Some(_) => {}
                None => return Err(wrong("unknown check")),
            }
            continue;
        }
        match failed {
            Some(failed) => failures
                .extend(failed.into_iter().map(|f| format!("{} {bullet} — {f}", name(&place)))),
            None => return Err(wrong("unknown check")),
        }
    }
    if checks == 0 {
        return Err("holds no check".to_owned());
    }
    Ok(Checked { checks, open: opened, failures })
}

fn name(place: &Place) -> String {
    match place {
        Place::Turn(index) => format!("[{index}]"),
        _ => "[conversation]".to_owned(),
    }
}

fn read_place(heading: &str, conversation: &Conversation) -> Option<Place> {
    if heading.trim() == "conversation" {
        return Some(Place::Conversation);
    }
    let (index, party) = heading.trim().split_once(' ')?;
    let index: usize = index.parse().ok()?;
    (conversation.turns.get(index)?.party.id() == party).then_some(Place::Turn(index))
}

/// The failures of one bullet; `None` when the bullet itself is wrong.
type Failures = Option<Vec<String>>;

fn of_turn(key: &str, value: &str, index: usize, report: &Report) -> Failures {
    match &report.turns[index] {
        TurnReport::Customer(turn) => of_customer(key, value, turn),
        TurnReport::Agent(turn) => of_agent(key, value, turn),
        TurnReport::Other { .. } => None,
    }
}

fn of_customer(key: &str, value: &str, turn: &CustomerTurn) -> Failures {
    let heard = || {
        let emotions: Vec<&str> = turn.emotions.iter().map(|e| e.label.id()).collect();
        format!("heard {emotions:?} intensity {} needs {:?}", turn.intensity, turn.needs)
    };
    let has = |label: &str| match label {
        "repeat_contact" => Some(turn.repeat_contact),
        "churn_risk" => Some(turn.churn_risk),
        "complaint" => Some(turn.complaint),
        "cause" => Some(turn.cause.is_some()),
        label => Some(turn.has(label.parse::<Label>().ok()?)),
    };
    match key {
        "hears" => all_of(value, &has, heard),
        "not" => none_of(value, &has, heard),
        "needs" => {
            let has = |need: &str| Some(turn.needs.contains(&need.parse().ok()?));
            all_of(value, &has, heard)
        }
        "primary" => {
            let primary = turn.primary.map_or("neutral", |e| e.id());
            Some(if value.split('|').any(|v| v.trim() == primary) { vec![] } else { vec![heard()] })
        }
        "intensity" => within(value, f32::from(turn.intensity)),
        "valence" => within(value, turn.valence),
        _ => None,
    }
}

fn of_agent(key: &str, value: &str, turn: &AgentTurn) -> Failures {
    let heard = || {
        let names = |f: &[gehoord_conversation::Finding]| {
            f.iter().map(|f| f.label.id()).collect::<Vec<_>>().join(" ")
        };
        format!(
            "heard + {} ! {} score {:?}",
            names(&turn.techniques),
            names(&turn.breakers),
            turn.score
        )
    };
    let has = |label: &str| match label {
        "boundary" => Some(turn.boundary),
        label => Some(turn.has(label.parse::<Label>().ok()?)),
    };
    match key {
        "hears" => all_of(value, &has, heard),
        "not" => none_of(value, &has, heard),
        "score" => match turn.score {
            Some(score) => within(value, score),
            None => Some(vec!["there is no score".to_owned()]),
        },
        "coverage" => within(value, turn.coverage.unwrap_or(0.0)),
        _ => None,
    }
}

fn of_conversation(key: &str, value: &str, report: &Report) -> Failures {
    let has = |label: &str| match label {
        "complaint" => Some(report.complaint),
        "eased" => Some(report.trajectory.eased),
        "turned_around" => Some(report.trajectory.turned_around),
        _ => None,
    };
    let course = || format!("course {:?}", report.trajectory.valence);
    match key {
        "hears" => all_of(value, &has, course),
        "not" => none_of(value, &has, course),
        "heard" => within(value, report.heard.score),
        "moments" => {
            let wanted: usize = value.parse().ok()?;
            let turns: Vec<usize> = report.moments.iter().map(|m| m.turn).collect();
            Some(if turns.len() == wanted { vec![] } else { vec![format!("moments at {turns:?}")] })
        }
        "moment" => moment(value, report),
        "promise" => promise(value, report),
        _ => None,
    }
}

fn moment(value: &str, report: &Report) -> Failures {
    let (turn, state) = value.split_once(' ')?;
    let turn: usize = turn.parse().ok()?;
    let met = match state.trim() {
        "met" => Some(true),
        "missed" => Some(false),
        "open" => None,
        _ => return None,
    };
    let found = report.moments.iter().any(|m| m.turn == turn && m.met == met);
    let there = || report.moments.iter().map(|m| (m.turn, m.met)).collect::<Vec<_>>();
    Some(if found { vec![] } else { vec![format!("moments {:?}", there())] })
}

fn promise(value: &str, report: &Report) -> Failures {
    let mut words = value.split_whitespace();
    let turn: usize = words.next()?.parse().ok()?;
    let who = words.next()?;
    let complete = match words.next()? {
        "complete" => true,
        "incomplete" => false,
        _ => return None,
    };
    let due = match words.next() {
        Some("due") => Some(words.next()?.parse::<jiff::Timestamp>().ok()?),
        _ => None,
    };
    let found = report.promises.iter().any(|p| {
        p.turn == turn
            && p.who.id() == who
            && p.complete == complete
            && due.is_none_or(|due| p.due.as_ref().is_some_and(|d| d.timestamp() == due))
    });
    let there = || {
        report
            .promises
            .iter()
            .map(|p| format!("{} {} {} {:?} {:?}", p.turn, p.who.id(), p.complete, p.when, p.due))
            .collect::<Vec<_>>()
    };
    Some(if found { vec![] } else { vec![format!("promises {:?}", there())] })
}

/// `a, b | c`: a must be there, and b or c.
fn all_of(value: &str, has: &dyn Fn(&str) -> Option<bool>, heard: impl Fn() -> String) -> Failures {
    let mut failures = Vec::new();
    for wanted in value.split(',') {
        let any: Option<Vec<bool>> = wanted.split('|').map(|w| has(w.trim())).collect();
        if !any?.contains(&true) {
            failures.push(format!("{} is missing; {}", wanted.trim(), heard()));
        }
    }
    Some(failures)
}

fn none_of(
    value: &str,
    has: &dyn Fn(&str) -> Option<bool>,
    heard: impl Fn() -> String,
) -> Failures {
    let mut failures = Vec::new();
    for unwanted in value.split([',', '|']) {
        if has(unwanted.trim())? {
            failures.push(format!("{} is there; {}", unwanted.trim(), heard()));
        }
    }
    Some(failures)
}

fn within(value: &str, number: f32) -> Failures {
    let (low, high) = value.split_once("..")?;
    let (low, high): (f32, f32) = (low.trim().parse().ok()?, high.trim().parse().ok()?);
    let inside = (low..=high).contains(&number);
    Some(if inside { vec![] } else { vec![format!("is {number:.2}")] })
}
