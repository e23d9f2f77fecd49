//! The door: a conversation in, what was heard out.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use gehoord_conversation::{Conversation, Language, Locale, Party, Report, Turn};

use crate::conversation::{Ears, Ongoing, listen};
use crate::cue::{Pack, Packs};
use crate::culture::CultureProfile;
use crate::deep::Deep;
use crate::fit::examples::Case;
use crate::fit::features::Lens;
use crate::fit::{AdaptedModel, ModelFileError};
use crate::model::Model;
use crate::reading::Reading;
use crate::rubric::{Rubric, RubricError};
use crate::text::{Letters, Text, Vocabulary, likeliest_language};
use crate::vectors::{Vectors, VectorsError};
use crate::{culture, embedded};

/// Why a listener cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ListenError {
    /// The rubric is wrong.
    #[error("rubric: {0}")]
    Rubric(#[from] RubricError),
    /// A culture profile is wrong.
    #[error("culture profile {0}")]
    Culture(String),
    /// The learned model is wrong.
    #[error("learned model: {0}")]
    Model(#[from] ModelFileError),
    /// The table of word vectors is wrong.
    #[error(transparent)]
    Vectors(#[from] VectorsError),
}

/// Listens to conversations. Made once, used by many threads. Cheap to clone: what is large is shared.
#[derive(Clone)]
pub struct Listener {
    packs: Arc<Packs>,
    rubric: Rubric,
    cultures: Vec<CultureProfile>,
    model: Option<Arc<Model>>,
    adapted: Option<Arc<AdaptedModel>>,
    vectors: Option<Arc<Vectors>>,
    deep: Option<Arc<Deep>>,
    /// Of the learned model, with its tier.
    version: Option<String>,
    vocabulary: Option<Arc<Vocabulary>>,
}

impl Listener {
    /// The listener that ships: its cues and its model, with the default rubric.
    ///
    /// # Errors
    /// When a file that ships is wrong; the tests see to it that none is.
    pub fn embedded() -> Result<Self, ListenError> {
        let mut listener = Self::new(Packs::shipped())?;
        listener.model = Some(Arc::new(embedded::model()?));
        Ok(listener)
    }

    /// A listener with other cues, the default rubric, and no model.
    ///
    /// # Errors
    /// When a file that ships is wrong; the tests see to it that none is.
    pub fn with(packs: Vec<Pack>) -> Result<Self, ListenError> {
        Self::new(Packs::given(packs))
    }

    fn new(packs: Packs) -> Result<Self, ListenError> {
        let rubric = Rubric::new(Rubric::shipped())?;
        let cultures = culture::all().map_err(ListenError::Culture)?;
        Ok(Self {
            packs: Arc::new(packs),
            rubric,
            cultures,
            model: None,
            adapted: None,
            vectors: Some(Arc::new(embedded::vectors()?)),
            deep: None,
            version: None,
            vocabulary: None,
        })
    }

    /// The same listener with another rubric.
    #[must_use]
    pub fn with_rubric(mut self, rubric: Rubric) -> Self {
        self.rubric = rubric;
        self
    }

    /// The same listener with rules of its culture profiles on or off, by locale and id
    /// (`nl-NL/one_apology`). A rule that is not named stays as it is; a name that is no rule does
    /// nothing.
    #[must_use]
    pub fn with_switches(mut self, switches: &BTreeMap<String, bool>) -> Self {
        for profile in &mut self.cultures {
            for rule in &mut profile.rules {
                if let Some(on) = switches.get(&format!("{}/{}", profile.locale, rule.id)) {
                    rule.on = *on;
                }
            }
        }
        self
    }

    /// The same listener with a learned model beside its cues.
    #[must_use]
    pub fn with_model(mut self, model: Model) -> Self {
        self.model = Some(Arc::new(model));
        self
    }

    /// The rubric in use.
    #[must_use]
    pub fn rubric(&self) -> &Rubric {
        &self.rubric
    }

    /// The culture profiles in use.
    #[must_use]
    pub fn cultures(&self) -> &[CultureProfile] {
        &self.cultures
    }

    /// The same listener with what an organisation taught.
    #[must_use]
    pub fn with_adapted(mut self, adapted: AdaptedModel) -> Self {
        self.adapted = Some(Arc::new(adapted));
        self
    }

    /// The same listener with the deep tier beside the words: it hears more, and takes a hundred
    /// times as long for a turn. It is read when it first listens.
    #[must_use]
    pub fn deeper(mut self) -> Self {
        self.version = Some(format!("{}+deep", self.model_version()));
        self.deep = Some(Arc::new(embedded::deep()));
        self
    }

    /// Version of the model in use, `none` without one.
    #[must_use]
    pub fn model_version(&self) -> &str {
        let fast = || self.model.as_deref().map_or("none", |m| m.version());
        self.version.as_deref().unwrap_or_else(fast)
    }

    /// Words that are known in lower case, and so are no names.
    pub(crate) fn known(&self) -> Option<&Vocabulary> {
        self.vocabulary.as_deref().or_else(|| self.model.as_deref().map(Model::known))
    }

    /// The same listener, knowing these words.
    pub(crate) fn knowing(mut self, vocabulary: Vocabulary) -> Self {
        self.vocabulary = Some(Arc::new(vocabulary));
        self
    }

    pub(crate) fn lens(&self) -> Lens<'_> {
        Lens { packs: &self.packs, vectors: self.vectors.as_deref(), deep: self.deep.as_deref() }
    }

    /// What was heard in a conversation.
    #[must_use]
    pub fn listen(&self, conversation: &Conversation) -> Report {
        let mut case = self.case(conversation);
        if let Some(adapted) = &self.adapted {
            case.report.heads = adapted.answers(&mut case, self.lens());
        }
        case.report
    }

    /// The same with the readings that it stands on.
    pub(crate) fn case<'c>(&self, conversation: &'c Conversation) -> Case<'c> {
        let locale = conversation.locale.clone().unwrap_or_else(|| guess_locale(conversation));
        let ears = self.ears(&locale);
        listen(conversation, locale, &ears)
    }

    /// A conversation that goes on, with what was heard in it so far.
    #[must_use]
    pub fn follow(&self, conversation: Conversation) -> Ongoing {
        let locale = conversation.locale.clone().unwrap_or_else(|| guess_locale(&conversation));
        let ears = self.ears(&locale);
        let mut ongoing = Ongoing::new(conversation, locale, &ears);
        self.answer(&mut ongoing);
        ongoing
    }

    /// Hears the next turn of a conversation that goes on. What is heard in it is the same as in
    /// the whole, at a cost that hardly grows with its length. Gives the first turn of which
    /// anything may have changed.
    pub fn hear(&self, ongoing: &mut Ongoing, turn: Turn) -> usize {
        ongoing.push(turn);
        let conversation = ongoing.conversation();
        let locale = conversation.locale.clone().unwrap_or_else(|| guess_locale(conversation));
        let ears = self.ears(&locale);
        let first = ongoing.catch_up(locale, &ears);
        first.min(self.answer(ongoing))
    }

    /// Hears another turn in place of the last one, as when a draft is being written.
    pub fn hear_instead(&self, ongoing: &mut Ongoing, turn: Turn) -> usize {
        ongoing.forget_last();
        self.hear(ongoing, turn)
    }

    /// Asks the heads that an organisation taught; they look at the whole. Gives the first turn of
    /// which an answer changed.
    fn answer(&self, ongoing: &mut Ongoing) -> usize {
        let Some(adapted) = &self.adapted else { return usize::MAX };
        let case = ongoing.case_mut();
        let heads = adapted.answers(case, self.lens());
        case.tell_names(self.known());
        let before = std::mem::replace(&mut case.report.heads, heads);
        let changed = before.iter().zip(&case.report.heads).filter(|(old, new)| old != new);
        changed.flat_map(|(old, new)| [old.turn, new.turn]).flatten().min().unwrap_or(usize::MAX)
    }

    fn ears(&self, locale: &Locale) -> Ears<'_> {
        Ears {
            packs: &self.packs,
            rubric: &self.rubric,
            culture: self.cultures.iter().find(|c| c.locale == *locale),
            model: self.model.as_deref(),
            vectors: self.vectors.as_deref(),
            deep: self.deep.as_deref(),
            version: self.model_version(),
            known: self.known(),
        }
    }

    /// One turn with the cues heard in it, for tools that look closer.
    #[must_use]
    pub fn read<'t>(&self, turn: &'t Turn, locale: Option<&Locale>) -> Reading<'t> {
        Reading::new(
            0,
            Cow::Borrowed(turn),
            locale.and_then(Locale::language),
            locale,
            &self.packs,
            self.known(),
        )
    }
}

/// The locale of a conversation that names none, from the language of its words.
fn guess_locale(conversation: &Conversation) -> Locale {
    const ENOUGH: usize = 400;
    let mut words: Vec<String> = Vec::new();
    let talk =
        conversation.turns.iter().filter(|t| matches!(t.party, Party::Customer | Party::Agent));
    for turn in talk {
        let end = turn.text.char_indices().nth(4_000).map_or(turn.text.len(), |(i, _)| i);
        let text = Text::new(&turn.text[..end]);
        words.extend(text.tokens.iter().map(|t| text.norm(t).to_owned()));
        if words.len() > ENOUGH {
            break;
        }
    }
    let words = words.iter().map(String::as_str);
    let tag = match likeliest_language(words, &Letters::shipped()) {
        Some(Language::En) => "en-GB",
        Some(Language::De) => "de-DE",
        Some(Language::Fr) => "fr-FR",
        _ => "nl-NL",
    };
    tag.parse().expect("a constant tag is a locale")
}
