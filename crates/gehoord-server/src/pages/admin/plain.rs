//! What a text of the organisation says, in plain words beside the text itself.

use gehoord_coaching::protocol::Protocols;
use gehoord_coaching::{Form, HouseStyle};
use gehoord_conversation::{Breaker, Channel, Label, Safety};
use gehoord_listening::Rubric;
use gehoord_store::DocumentKind;

use crate::pages::contact::channel;
use crate::pages::safety::language;
use crate::pages::texts::{Lang, Texts, fill};

/// All of it.
#[derive(Default)]
pub(super) struct Plain {
    pub(super) table: Option<Table>,
    pub(super) parts: Vec<Part>,
}

/// Numbers side by side.
pub(super) struct Table {
    pub(super) title: &'static str,
    pub(super) head: Vec<&'static str>,
    pub(super) rows: Vec<(&'static str, Vec<String>)>,
}

/// One piece.
#[derive(Default)]
pub(super) struct Part {
    pub(super) title: String,
    /// Each with what is said of it.
    pub(super) facts: Vec<(String, Vec<String>)>,
    /// In this order.
    pub(super) steps: Vec<String>,
    pub(super) source: Option<String>,
    pub(super) note: Option<String>,
}

/// The words for a text; none for one that cannot be read.
pub(super) fn plain(kind: DocumentKind, text: &str, lang: Lang) -> Option<Plain> {
    match kind {
        DocumentKind::Rubric => Some(rubric(&Rubric::new(text).ok()?, text, lang)),
        DocumentKind::HouseStyle => Some(style(&HouseStyle::parse(text).ok()?, lang.texts())),
        DocumentKind::ProtocolsNl | DocumentKind::ProtocolsBe => {
            Some(protocols(&Protocols::parse(text).ok()?, lang))
        }
    }
}

/// Channels that are written to in the same way stand together.
fn style(style: &HouseStyle, t: &'static Texts) -> Plain {
    let mut parts: Vec<Part> = Vec::new();
    for one in Channel::ALL {
        let facts = facts(style, *one, t);
        let name = channel(t, one.id());
        match parts.iter_mut().find(|part| part.facts == facts) {
            Some(part) => part.title = format!("{}, {name}", part.title),
            None => parts.push(Part { title: name.to_owned(), facts, ..Part::default() }),
        }
    }
    Plain { table: None, parts }
}

fn facts(style: &HouseStyle, channel: Channel, t: &Texts) -> Vec<(String, Vec<String>)> {
    let t = &t.style;
    let said = |words: Option<&str>| match words {
        None => t.unsaid.clone(),
        Some("") => t.none.clone(),
        Some(words) => words.to_owned(),
    };
    let address = match style.form_of_address(channel) {
        None => &t.follows,
        Some(Form::Formal) => &t.formal,
        Some(Form::Informal) => &t.informal,
    };
    let avoided = style.avoided(channel).map(|(word, instead)| match instead {
        Some(instead) => fill(&t.instead, &[("word", &word), ("instead", &instead)]),
        None => fill(&t.never, &[("word", &word)]),
    });
    let or_none = |words: Vec<String>| if words.is_empty() { vec![t.none.clone()] } else { words };
    vec![
        (t.address.clone(), vec![address.clone()]),
        (t.salutation.clone(), vec![said(style.salutation(channel))]),
        (t.sign_off.clone(), vec![said(style.sign_off(channel))]),
        (t.emoji.clone(), vec![if style.emoji(channel) { &t.yes } else { &t.no }.clone()]),
        (t.own_words.clone(), or_none(avoided.collect())),
        (t.obligatory.clone(), or_none(style.obligatory(channel).map(str::to_owned).collect())),
    ]
}

fn protocols(protocols: &Protocols, lang: Lang) -> Plain {
    let language = language(lang);
    let part = |signal: &Safety| {
        let protocol = protocols.on(*signal);
        Part {
            title: protocol.title.of(language).to_owned(),
            steps: protocol.steps.iter().map(|step| step.of(language).to_owned()).collect(),
            source: Some(protocol.source.clone()),
            ..Part::default()
        }
    };
    Plain { table: None, parts: Safety::ALL.iter().map(part).collect() }
}

fn rubric(rubric: &Rubric, text: &str, lang: Lang) -> Plain {
    let t = lang.texts();
    let (r, v) = (&t.rubric, &t.verdict);
    let [strong, mild, unnamed, neutral, positive] = rubric.weights.all().map(|(_, parts)| parts);
    let rows = [
        (r.strong.as_str(), strong),
        (&r.mild, mild),
        (&r.unnamed, unnamed),
        (&r.neutral, neutral),
        (&r.positive, positive),
    ];
    let rows = rows.map(|(name, parts)| {
        let share = |part: f32| format!("{:.0}%", 100.0 * part / parts.sum());
        let parts = [parts.acknowledged, parts.understood, parts.explored, parts.acted, parts.tone];
        (name, parts.map(share).to_vec())
    });
    let table = Table {
        title: &r.weights,
        head: vec![&v.acknowledged, &v.understood, &v.explored, &v.acted, &v.tone],
        rows: rows.to_vec(),
    };
    let name = |breaker: Breaker| {
        let name = lang.handbook().map(|handbook| handbook.name(Label::Breaker(breaker)));
        name.unwrap_or(breaker.id()).to_owned()
    };
    let off = Breaker::ALL.iter().map(|breaker| {
        let points = format!("{:.0}", rubric.penalty(*breaker));
        (name(*breaker), vec![fill(&r.points, &[("n", &points)])])
    });
    let differs = differences(text);
    let differs: Vec<(String, Vec<String>)> = differs
        .into_iter()
        .map(|(key, was, is)| (key, vec![fill(&r.differs, &[("was", &was), ("is", &is)])]))
        .collect();
    let note = differs.is_empty().then(|| r.as_shipped.clone());
    let part = |title: &str, facts| Part { title: title.to_owned(), facts, ..Part::default() };
    Plain {
        table: Some(table),
        parts: vec![Part { note, ..part(&r.own, differs) }, part(&r.off_the_tone, off.collect())],
    }
}

/// Numbers that are not those that ship: which, what ships, what stands here.
fn differences(text: &str) -> Vec<(String, String, String)> {
    let numbers = |file: &str| {
        let mut all = Vec::new();
        if let Ok(table) = file.parse::<toml::Table>() {
            walk("", &toml::Value::Table(table), &mut all);
        }
        all
    };
    let shipped = numbers(Rubric::shipped());
    let own = numbers(text);
    let was = |key: &str| shipped.iter().find(|(known, _)| known == key).map(|(_, was)| was);
    own.into_iter()
        .filter_map(|(key, is)| was(&key).filter(|was| **was != is).map(|was| (key, *was, is)))
        .map(|(key, was, is)| (key, was.to_string(), is.to_string()))
        .collect()
}

fn walk(path: &str, value: &toml::Value, all: &mut Vec<(String, f64)>) {
    match value {
        toml::Value::Table(table) => {
            for (key, value) in table {
                let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                walk(&path, value, all);
            }
        }
        toml::Value::Float(number) => all.push((path.to_owned(), *number)),
        #[expect(clippy::cast_precision_loss, reason = "numbers of a rubric are 0 to 100")]
        toml::Value::Integer(number) => all.push((path.to_owned(), *number as f64)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_differs_from_what_ships_is_told() {
        assert!(differences(Rubric::shipped()).is_empty());
        let own = Rubric::shipped().replace("vague = 25", "vague = 30.5");
        let told = differences(&own);
        assert_eq!(told, [("acted.vague".to_owned(), "25".to_owned(), "30.5".to_owned())]);
    }

    #[test]
    fn channels_with_the_same_style_stand_together() {
        let file = "address = \"u\"\n[channel.chat]\naddress = \"je\"\n";
        let said = plain(DocumentKind::HouseStyle, file, Lang::Nl).unwrap();
        assert_eq!(said.parts.len(), 2);
        assert!(said.parts.iter().any(|part| part.title == "Chat"));
    }

    #[test]
    fn every_text_that_ships_can_be_told() {
        for lang in Lang::ALL {
            assert!(plain(DocumentKind::Rubric, Rubric::shipped(), lang).unwrap().table.is_some());
            for (kind, country) in
                [(DocumentKind::ProtocolsNl, "NL"), (DocumentKind::ProtocolsBe, "BE")]
            {
                let file = Protocols::shipped_file(country).unwrap();
                assert_eq!(plain(kind, file, lang).unwrap().parts.len(), 4);
            }
            assert!(
                plain(DocumentKind::HouseStyle, super::super::documents::START, lang).is_some()
            );
        }
    }
}
