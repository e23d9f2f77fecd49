//! The house style as fields to fill in, for who would rather not write a file.

use std::collections::BTreeMap;

use gehoord_conversation::Channel;
use serde_json::Value;
use toml::Table;

use crate::pages::contact::channel;
use crate::pages::texts::{Texts, fill};

/// Where rules hold that hold on every channel.
const EVERYWHERE: &str = "all";
/// Stands between a word and what is written in its place.
const INSTEAD: char = '=';

/// What is laid down for one place: every channel, or one of them.
#[derive(Debug, Default)]
pub(super) struct Scope {
    pub(super) id: &'static str,
    pub(super) name: String,
    /// It holds everywhere.
    pub(super) everywhere: bool,
    /// Something is laid down.
    pub(super) filled: bool,
    /// `formal`, `informal`, or nothing.
    pub(super) address: String,
    pub(super) salutation: String,
    pub(super) no_salutation: bool,
    pub(super) sign_off: String,
    pub(super) no_sign_off: bool,
    /// `yes`, `no`, or nothing.
    pub(super) emoji: &'static str,
    /// One a line.
    pub(super) avoid: String,
    pub(super) obligatory: String,
}

/// The fields as a house style fills them; none for one that cannot be read.
pub(super) fn scopes(text: &str, t: &'static Texts) -> Option<Vec<Scope>> {
    let style: Table = toml::from_str(text).ok()?;
    let everywhere = Scope {
        id: EVERYWHERE,
        name: t.style.everywhere.clone(),
        everywhere: true,
        ..Scope::of(&style)
    };
    let channels = Channel::ALL.iter().map(|one| {
        let rules = style.get("channel").and_then(|all| all.get(one.id())?.as_table());
        let name = fill(&t.style.only_on, &[("channel", &channel(t, one.id()))]);
        Scope { id: one.id(), name, ..rules.map(Scope::of).unwrap_or_default() }
    });
    Some(std::iter::once(everywhere).chain(channels).collect())
}

impl Scope {
    fn of(rules: &Table) -> Self {
        let text = |key: &str| rules.get(key)?.as_str().map(str::to_owned);
        let list = |key: &str| rules.get(key).and_then(|all| all.as_array()).into_iter().flatten();
        let (salutation, sign_off) = (text("salutation"), text("sign_off"));
        let avoided = |one: &toml::Value| {
            let word = one.get("word")?.as_str()?.to_owned();
            let instead = one.get("instead").and_then(|other| other.as_str());
            Some(instead.map_or(word.clone(), |other| format!("{word} {INSTEAD} {other}")))
        };
        let avoid: Vec<String> = list("avoid").filter_map(avoided).collect();
        let obligatory: Vec<&str> = list("obligatory").filter_map(|one| one.as_str()).collect();
        Self {
            filled: rules.keys().any(|key| key != "channel"),
            address: match text("address").unwrap_or_default().to_lowercase().as_str() {
                "u" | "sie" | "vous" | "formal" => "formal".to_owned(),
                "" => String::new(),
                _ => "informal".to_owned(),
            },
            no_salutation: salutation.as_deref() == Some(""),
            salutation: salutation.unwrap_or_default(),
            no_sign_off: sign_off.as_deref() == Some(""),
            sign_off: sign_off.unwrap_or_default(),
            emoji: match rules.get("emoji").and_then(|emoji| emoji.as_bool()) {
                Some(true) => "yes",
                Some(false) => "no",
                None => "",
            },
            avoid: avoid.join("\n"),
            obligatory: obligatory.join("\n"),
            ..Self::default()
        }
    }
}

/// The house style that was filled in; none when no field of it came.
pub(super) fn written(fields: &BTreeMap<String, String>) -> Option<String> {
    if !fields.keys().any(|name| name.starts_with("all.")) {
        return None;
    }
    let mut style = rules(EVERYWHERE, fields);
    for one in Channel::ALL {
        let rules = rules(one.id(), fields);
        if !rules.is_empty() {
            style.push_str(&format!("\n[channel.{}]\n{rules}", one.id()));
        }
    }
    Some(style)
}

/// The lines of one place.
fn rules(scope: &str, fields: &BTreeMap<String, String>) -> String {
    let given = |field: &str| {
        let value =
            fields.get(&format!("{scope}.{field}")).map(|value| value.replace("\r\n", "\n"));
        value.map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
    };
    let lines = |field: &str| -> Vec<String> {
        let lines = given(field).unwrap_or_default();
        lines.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
    };
    let mut rules = String::new();
    let mut put = |key: &str, value: &str| rules.push_str(&format!("{key} = {value}\n"));
    if let Some(address) = given("address") {
        put("address", &quoted(&address));
    }
    for (field, none) in [("salutation", "no_salutation"), ("sign_off", "no_sign_off")] {
        let none = given(none).map(|_| String::new());
        if let Some(words) = none.or_else(|| given(field)) {
            put(field, &quoted(&words));
        }
    }
    if let Some(emoji) = given("emoji") {
        put("emoji", if emoji == "yes" { "true" } else { "false" });
    }
    let avoided = lines("avoid").into_iter().map(|line| {
        let (word, instead) = line.split_once(INSTEAD).unwrap_or((&line, ""));
        match (quoted(word.trim()), instead.trim()) {
            (word, "") => format!("{{ word = {word} }}"),
            (word, instead) => format!("{{ word = {word}, instead = {} }}", quoted(instead)),
        }
    });
    let obligatory = lines("obligatory").into_iter().map(|line| quoted(&line));
    for (key, all) in [("avoid", avoided.collect::<Vec<_>>()), ("obligatory", obligatory.collect())]
    {
        if !all.is_empty() {
            put(key, &format!("[{}]", all.join(", ")));
        }
    }
    rules
}

/// As a file has it: what JSON escapes, TOML reads in the same way.
fn quoted(words: &str) -> String {
    Value::String(words.to_owned()).to_string()
}

#[cfg(test)]
mod tests {
    use gehoord_coaching::HouseStyle;

    use super::*;
    use crate::pages::texts::Lang;

    const STYLE: &str = r#"
        address = "u"
        salutation = "Beste {naam},"
        sign_off = "Met vriendelijke groet,\n{medewerker}"
        emoji = false
        avoid = [{ word = "helaas" }, { word = "technieker", instead = "monteur" }]
        obligatory = ["Dit gesprek kan worden opgenomen."]
        [channel.chat]
        address = "je"
        salutation = ""
        emoji = true
    "#;

    /// The fields as a browser sends them.
    fn sent(scopes: &[Scope]) -> BTreeMap<String, String> {
        let mut fields = BTreeMap::new();
        for scope in scopes {
            let mut put = |name: &str, value: &str| {
                fields.insert(format!("{}.{name}", scope.id), value.replace('\n', "\r\n"));
            };
            put("address", &scope.address);
            put("salutation", &scope.salutation);
            put("sign_off", &scope.sign_off);
            put("emoji", scope.emoji);
            put("avoid", &scope.avoid);
            put("obligatory", &scope.obligatory);
            if scope.no_salutation {
                put("no_salutation", "yes");
            }
            if scope.no_sign_off {
                put("no_sign_off", "yes");
            }
        }
        fields
    }

    #[test]
    fn what_is_filled_in_says_the_same_as_the_file() {
        for text in [STYLE, "", "emoji = false", super::super::documents::START] {
            let fields = scopes(text, Lang::Nl.texts()).unwrap();
            let written = written(&sent(&fields)).unwrap();
            let same = HouseStyle::parse(&written).unwrap();
            assert_eq!(same, HouseStyle::parse(text).unwrap(), "{written}");
        }
    }

    #[test]
    fn what_is_no_file_and_what_is_no_field_is_neither() {
        assert!(scopes("emoji = ", Lang::Nl.texts()).is_none());
        assert_eq!(written(&BTreeMap::from([("text".to_owned(), "x".to_owned())])), None);
        let odd = BTreeMap::from([("all.avoid".to_owned(), " = \n\n".to_owned())]);
        assert!(HouseStyle::parse(&written(&odd).unwrap()).is_err(), "an empty word is refused");
    }
}
