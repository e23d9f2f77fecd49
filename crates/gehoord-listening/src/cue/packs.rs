//! The packs of all languages, each made when it is first needed.

use std::sync::OnceLock;

use gehoord_conversation::Language;

use super::Pack;
use crate::embedded;

/// The packs of all languages. A pack that ships is made when its language is first heard, so that
/// nobody waits for a language that is not there.
#[derive(Debug, Default)]
pub struct Packs {
    given: Vec<Pack>,
    shipped: Option<[OnceLock<Option<Pack>>; Language::ALL.len()]>,
}

impl Packs {
    /// The packs that ship.
    #[must_use]
    pub fn shipped() -> Self {
        Self { given: Vec::new(), shipped: Some(Default::default()) }
    }

    /// Packs made elsewhere.
    #[must_use]
    pub fn given(packs: Vec<Pack>) -> Self {
        Self { given: packs, shipped: None }
    }

    /// The pack of a language; `None` for a language without one.
    #[must_use]
    pub fn of(&self, language: Language) -> Option<&Pack> {
        match &self.shipped {
            None => self.given.iter().find(|p| p.language == language),
            Some(slots) => {
                let make = || Pack::new(language, &embedded::pack_files(language)).ok();
                slots[language as usize].get_or_init(make).as_ref()
            }
        }
    }
}
