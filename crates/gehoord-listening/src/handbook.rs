//! The handbook: what each label means, and how it sounds. Made from the label and cue files, so
//! that it cannot say anything else than what is heard.

use std::collections::BTreeMap;

use gehoord_conversation::{Label, Language};
use serde::Deserialize;

use crate::cue::CueFile;
use crate::embedded;

/// What a label means, in one language.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LabelEntry {
    /// Its name for people, in lower case.
    pub name: String,
    /// What it is.
    pub is: String,
    /// What it is not; empty when there is nothing to add.
    #[serde(default)]
    pub is_not: String,
}

/// Where a cue, a rule or a rubric comes from.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceEntry {
    /// The source.
    pub what: String,
    /// Whether it was looked up; general knowledge of the field otherwise.
    pub seen: bool,
}

/// The handbook in one language.
#[derive(Debug)]
pub struct Handbook {
    language: Language,
    labels: BTreeMap<String, LabelEntry>,
    sources: BTreeMap<String, SourceEntry>,
}

impl Handbook {
    /// The handbook that ships; Dutch for any language that has none.
    ///
    /// # Errors
    /// When a file that ships is wrong; the tests see to it that none is.
    pub fn embedded(language: Language) -> Result<Self, String> {
        let file = |l: Language| embedded::file(&format!("packs/{l}/labels.toml"));
        let (language, labels) = match file(language) {
            Some(labels) => (language, labels),
            None => (Language::Nl, file(Language::Nl).unwrap_or_default()),
        };
        let labels =
            toml::from_str(labels).map_err(|e| format!("packs/{language}/labels.toml: {e}"))?;
        let sources =
            toml::from_str(embedded::sources()).map_err(|e| format!("packs/sources.toml: {e}"))?;
        Ok(Self { language, labels, sources })
    }

    /// Its language.
    #[must_use]
    pub fn language(&self) -> Language {
        self.language
    }

    /// What a label means.
    #[must_use]
    pub fn entry(&self, label: Label) -> Option<&LabelEntry> {
        self.labels.get(label.id())
    }

    /// Name of a label for people; its id when the handbook has none.
    #[must_use]
    pub fn name(&self, label: Label) -> &str {
        self.entry(label).map_or(label.id(), |entry| entry.name.as_str())
    }

    /// The source behind a key.
    #[must_use]
    pub fn source(&self, key: &str) -> Option<&SourceEntry> {
        self.sources.get(key)
    }

    /// All sources, by key.
    pub fn sources(&self) -> impl Iterator<Item = (&str, &SourceEntry)> {
        self.sources.iter().map(|(key, source)| (key.as_str(), source))
    }

    /// The cue files that hear `label` in this language: path and contents.
    #[must_use]
    pub fn cues(&self, label: Label) -> Vec<(&'static str, CueFile)> {
        let folder = format!("{}/cues/{label}/", self.language);
        embedded::cue_files()
            .filter(|(path, _)| path.starts_with(&folder))
            .filter_map(|(path, contents)| Some((path, toml::from_str(contents).ok()?)))
            .collect()
    }
}
