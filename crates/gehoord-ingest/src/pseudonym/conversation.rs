//! Masks over a whole conversation: who is named in one turn is known in all.

use gehoord_conversation::{Conversation, Language, PersonalDatum, PersonalKind, Span};
use serde_json::Value;

use super::engine::Pseudonymiser;
use super::masks::{Masked, MaskedSpan, Masks, Original};

/// A conversation without personal data, and what its masks stand for.
#[derive(Debug, Clone, PartialEq)]
pub struct MaskedConversation {
    /// The conversation with masks in its turns, subject, speakers, candidate replies, and in what
    /// `customer` and `meta` say. Places in its labels are moved along. A pseudonym or
    /// other id in `customer` that says nothing about a person stays, to tell customers apart.
    pub conversation: Conversation,
    /// What was masked in each turn, by its place in the words as they were given.
    pub spans: Vec<Vec<MaskedSpan>>,
    /// What the masks stand for: to be kept apart.
    pub originals: Vec<Original>,
}

/// Masks the turns of one conversation, one by one or all at once.
#[derive(Debug, Clone)]
pub struct ConversationMasker<'p> {
    finder: &'p Pseudonymiser,
    language: Option<Language>,
    masks: Masks,
    /// Words of names, folded.
    learned: Vec<String>,
}

impl<'p> ConversationMasker<'p> {
    /// A masker for a conversation in `language`, if that is known.
    #[must_use]
    pub fn new(finder: &'p Pseudonymiser, language: Option<Language>) -> Self {
        Self { finder, language, masks: Masks::default(), learned: Vec::new() }
    }

    /// The same, going on with masks that were given out before.
    #[must_use]
    pub fn with_masks(mut self, masks: Masks) -> Self {
        let names: Vec<String> = masks
            .originals()
            .filter(|o| o.kind == PersonalKind::Name)
            .map(|o| o.text.clone())
            .collect();
        self.masks = masks;
        names.iter().for_each(|name| self.learn(name));
        self
    }

    /// The masks given out so far.
    #[must_use]
    pub const fn masks(&self) -> &Masks {
        &self.masks
    }

    /// Masks one turn. Names in it are known in every later turn.
    pub fn turn(&mut self, text: &str) -> Masked {
        let data = self.find(text);
        self.masks.mask(text, &data)
    }

    /// Masks the name of a speaker. A role or a number ("Klant", "agent 2") stays.
    pub fn speaker(&mut self, speaker: &str) -> Masked {
        let data = self.finder.find_speaker(speaker, self.language);
        self.learn_from(speaker, &data);
        self.masks.mask(speaker, &data)
    }

    /// Masks a whole conversation: names of every turn and speaker are known in all of them.
    pub fn conversation(mut self, conversation: &Conversation) -> MaskedConversation {
        if self.language.is_none() {
            self.language = conversation.locale.as_ref().and_then(|l| l.language());
        }
        let mut masked = conversation.clone();
        let mut names = Vec::new();
        let mut add = |text: &str, data: &[PersonalDatum]| {
            let of_people = data.iter().filter(|d| d.kind == PersonalKind::Name);
            names.extend(of_people.map(|d| d.span.of(text).to_owned()));
        };
        let speakers = conversation.turns.iter().filter_map(|t| t.speaker.as_deref());
        for speaker in conversation.customer.as_deref().into_iter().chain(speakers) {
            let data = self.finder.find_speaker(speaker, self.language);
            self.learn_from(speaker, &data);
            add(speaker, &data);
        }
        for text in conversation.subject.iter().chain(conversation.turns.iter().map(|t| &t.text)) {
            add(text, &self.find(text));
        }
        for text in conversation.turns.iter().map(|t| &t.text).chain(&conversation.subject) {
            self.masks.reserve(text);
        }
        self.masks.introduce(&names);
        masked.customer = masked.customer.map(|customer| self.customer(&customer));
        self.fields(&mut masked.meta);
        masked.subject = conversation.subject.as_ref().map(|subject| self.turn(subject).text);
        let mut spans = Vec::with_capacity(masked.turns.len());
        for turn in &mut masked.turns {
            turn.forget_said_when();
            turn.speaker = turn.speaker.as_ref().map(|speaker| self.speaker(speaker).text);
            self.fields(&mut turn.meta);
            let text = self.turn(&turn.text);
            turn.gold.values_mut().for_each(|gold| self.labels(gold, &text));
            turn.text = text.text;
            spans.push(text.spans);
        }
        for reply in &mut masked.replies {
            let text = self.turn(&reply.text);
            reply.gold.values_mut().for_each(|gold| self.labels(gold, &text));
            reply.text = text.text;
        }
        let nowhere = Masked::default();
        masked.gold.values_mut().for_each(|gold| self.labels(gold, &nowhere));
        let originals = self.masks.originals().cloned().collect();
        MaskedConversation { conversation: masked, spans, originals }
    }

    /// Masks the value of a field, of which the label says what it is.
    pub(super) fn labelled(&mut self, label: &str, value: &str) -> String {
        let from = label.len() + 2;
        let mut data = self.found(&format!("{label}: {value}"));
        data.retain(|d| d.span.start >= from);
        for datum in &mut data {
            datum.span = Span::new(datum.span.start - from, datum.span.end - from);
        }
        self.learn_from(value, &data);
        self.masks.mask(value, &data).text
    }

    /// The personal data in a text, from which nothing is learned.
    pub(super) fn found(&self, text: &str) -> Vec<PersonalDatum> {
        self.finder.find_with(text, self.language, &self.learned)
    }

    fn find(&mut self, text: &str) -> Vec<PersonalDatum> {
        let data = self.finder.find_with(text, self.language, &self.learned);
        self.learn_from(text, &data);
        data
    }

    fn learn_from(&mut self, text: &str, data: &[PersonalDatum]) {
        for name in data.iter().filter(|d| d.kind == PersonalKind::Name) {
            self.learn(name.span.of(text));
        }
    }

    fn learn(&mut self, name: &str) {
        for word in self.finder.telling_words(name, self.language) {
            if let Err(at) = self.learned.binary_search(&word) {
                self.learned.insert(at, word);
            }
        }
    }

    /// Moves places in labels to where the words stand now, and masks quoted words.
    fn labels(&mut self, value: &mut Value, masked: &Masked) {
        match value {
            Value::Array(values) => values.iter_mut().for_each(|v| self.labels(v, masked)),
            Value::Object(fields) => {
                let place = |key: &str| fields.get(key).and_then(Value::as_u64);
                if let (Some(start), Some(end)) = (place("start"), place("end")) {
                    fields["start"] = moved(masked, start as usize, false).into();
                    fields["end"] = moved(masked, end as usize, true).into();
                }
                fields.values_mut().for_each(|v| self.labels(v, masked));
            }
            Value::String(words) if words.contains(' ') => *words = self.turn(words).text,
            _ => {}
        }
    }
}

/// Where a byte of the original text stands in the masked one.
fn moved(masked: &Masked, at: usize, end: bool) -> usize {
    let mut shift = 0_isize;
    for span in masked.spans.iter().take_while(|s| s.start < at) {
        let length = span.mask.len();
        if at < span.end {
            let start = span.start.saturating_add_signed(shift);
            return if end { start + length } else { start };
        }
        shift += length as isize - (span.end - span.start) as isize;
    }
    at.saturating_add_signed(shift)
}

#[cfg(test)]
mod tests {
    use gehoord_conversation::{Channel, Party};

    use super::*;

    fn texts(masked: &MaskedConversation) -> Vec<&str> {
        masked.conversation.turns.iter().map(|t| t.text.as_str()).collect()
    }

    #[test]
    fn a_name_of_one_turn_is_found_in_all() {
        let finder = Pseudonymiser::embedded();
        let mut conversation = Conversation::new("c", Channel::Chat)
            .with_turn(Party::Customer, "ik had tjitske gisteren al gesproken")
            .with_turn(Party::Agent, "Hoi, met Yordanos. Wat is uw naam?")
            .with_turn(Party::Customer, "Mijn naam is Tjitske Hoekzema.\nGroet, Tjitske")
            .with_turn(Party::Customer, "en yordanos zou mij bellen");
        conversation.subject = Some("Klacht van Hoekzema".to_owned());
        conversation.turns[1].speaker = Some("Yordanos Tesfay".to_owned());
        conversation.turns[0].speaker = Some("Klant".to_owned());
        let masked =
            ConversationMasker::new(&finder, Some(Language::Nl)).conversation(&conversation);
        assert_eq!(
            texts(&masked),
            [
                "ik had [naam-2] gisteren al gesproken",
                "Hoi, met [naam-1]. Wat is uw naam?",
                "Mijn naam is [naam-2].\nGroet, [naam-2]",
                "en [naam-1] zou mij bellen",
            ]
        );
        assert_eq!(masked.conversation.subject.as_deref(), Some("Klacht van [naam-2]"));
        assert_eq!(masked.conversation.turns[1].speaker.as_deref(), Some("[naam-1]"));
        assert_eq!(masked.conversation.turns[0].speaker.as_deref(), Some("Klant"));
        assert_eq!(masked.originals.len(), 2);
    }

    #[test]
    fn turn_by_turn_names_are_kept_and_a_stored_conversation_goes_on() {
        let finder = Pseudonymiser::embedded();
        let mut live = ConversationMasker::new(&finder, Some(Language::Nl));
        assert_eq!(live.turn("Ik ben Wiebrich Postma").text, "Ik ben [naam-1]");
        assert_eq!(live.turn("dag wiebrich, met Tim").text, "dag [naam-1], met [naam-2]");
        let stored: Vec<_> =
            live.masks().originals().map(|o| (o.mask.clone(), o.kind, o.text.clone())).collect();
        let mut later =
            ConversationMasker::new(&finder, Some(Language::Nl)).with_masks(Masks::known(stored));
        assert_eq!(later.turn("wiebrich weer, met Fatima").text, "[naam-1] weer, met [naam-3]");
    }

    #[test]
    fn what_is_given_beside_the_words_is_masked_too() {
        let finder = Pseudonymiser::embedded();
        let mut conversation = Conversation::new("c", Channel::Chat)
            .with_turn(Party::Customer, "Mijn naam is Tjitske Hoekzema.");
        conversation.customer = Some("tjitske hoekzema".to_owned());
        let meta = serde_json::json!({
            "klantnummer": "7718204", "phone": 612345678, "bsn": 111222333, "priority": 2,
            "timestamp": 1700000000, "part": "train", "city": "Zwolle",
            "contact": {"name": "Yordanos Tesfay", "email": "y.tesfay@home.nl"},
            "notes": ["belt terug voor Hoekzema", "wacht 3 dagen"],
        });
        conversation.meta = meta.as_object().unwrap().clone();
        let turn = serde_json::json!({"orderNumber": 40183372, "agent_name": "Samira"});
        conversation.turns[0].meta = turn.as_object().unwrap().clone();
        let masked =
            ConversationMasker::new(&finder, Some(Language::Nl)).conversation(&conversation);
        let told = &masked.conversation;
        assert_eq!(told.customer.as_deref(), Some("[naam-1]"));
        let wanted = serde_json::json!({
            "klantnummer": "[nummer-1]", "phone": "[telefoon-1]", "bsn": "[bsn-1]", "priority": 2,
            "timestamp": 1700000000, "part": "train", "city": "Zwolle",
            "contact": {"name": "[naam-2]", "email": "[e-mail-1]"},
            "notes": ["belt terug voor [naam-1]", "wacht 3 dagen"],
        });
        assert_eq!(serde_json::Value::from(told.meta.clone()), wanted);
        let wanted = serde_json::json!({"orderNumber": "[nummer-2]", "agent_name": "[naam-3]"});
        assert_eq!(serde_json::Value::from(told.turns[0].meta.clone()), wanted);
        assert!(masked.originals.iter().any(|o| o.text == "612345678"));
    }

    #[test]
    fn who_is_called_like_a_firm_is_masked_where_they_are_known() {
        let finder = Pseudonymiser::embedded();
        for name in ["Kees Smit", "Brugman", "Jan Jansen", "De Ruijter", "Marie-Louise de Wit"] {
            let text = format!("goedemiddag, over {name} is nog niets bekend");
            let plain = Conversation::new("c", Channel::Chat).with_turn(Party::Agent, &text);
            let (mut customer, mut speaker) = (plain.clone(), plain);
            customer.customer = Some(name.to_owned());
            speaker.turns.push(gehoord_conversation::Turn {
                speaker: Some(name.to_owned()),
                ..gehoord_conversation::Turn::new(Party::Customer, "hoi")
            });
            for mut conversation in [customer, speaker] {
                conversation.subject = Some(format!("Klacht van {name}"));
                let masked = ConversationMasker::new(&finder, Some(Language::Nl))
                    .conversation(&conversation);
                let wanted = "goedemiddag, over [naam-1] is nog niets bekend";
                assert_eq!(texts(&masked)[0], wanted, "{name}");
                assert_eq!(masked.conversation.subject.as_deref(), Some("Klacht van [naam-1]"));
            }
        }
    }

    #[test]
    fn a_firm_that_shares_a_word_with_somebody_stays() {
        let finder = Pseudonymiser::embedded();
        let mut conversation = Conversation::new("c", Channel::Chat)
            .with_turn(Party::Customer, "Ik kocht het bij Jan Linders, en mijn Bosch is stuk.");
        conversation.customer = Some("Jan Bosch".to_owned());
        let masked =
            ConversationMasker::new(&finder, Some(Language::Nl)).conversation(&conversation);
        assert_eq!(texts(&masked), ["Ik kocht het bij Jan Linders, en mijn Bosch is stuk."]);
    }

    #[test]
    fn a_subject_is_masked_with_the_people_of_the_turns() {
        let finder = Pseudonymiser::embedded();
        for subject in ["Klacht van Jan Jansen", "Klacht van Kees Brugman", "Klacht Brugman"] {
            let name = subject.split_once(' ').unwrap().1.trim_start_matches("van ");
            let mut conversation = Conversation::new("c", Channel::Email)
                .with_turn(Party::Customer, format!("Mijn naam is {name}."));
            conversation.subject = Some(subject.to_owned());
            let masked =
                ConversationMasker::new(&finder, Some(Language::Nl)).conversation(&conversation);
            let wanted = subject.replace(name, "[naam-1]");
            assert_eq!(masked.conversation.subject, Some(wanted));
            assert_eq!(texts(&masked), ["Mijn naam is [naam-1]."]);
        }
    }

    #[test]
    fn a_pseudonym_of_a_customer_stays() {
        let finder = Pseudonymiser::embedded();
        for customer in ["k-12", "klant 7", "c_0a9f"] {
            let mut conversation = Conversation::new("c", Channel::Chat);
            conversation.customer = Some(customer.to_owned());
            let masked = ConversationMasker::new(&finder, None).conversation(&conversation);
            assert_eq!(masked.conversation.customer.as_deref(), Some(customer));
        }
    }

    #[test]
    fn places_in_labels_move_along() {
        let finder = Pseudonymiser::embedded();
        let mut conversation = Conversation::new("c", Channel::Chat)
            .with_turn(Party::Customer, "Mijn naam is Jan de Vries en ik ben boos");
        let gold = serde_json::json!([{"label": "anger", "evidence": [{"start": 29, "end": 40}]}]);
        conversation.turns[0].gold.insert("emotions".to_owned(), gold);
        let masked = ConversationMasker::new(&finder, None).conversation(&conversation);
        let turn = &masked.conversation.turns[0];
        let evidence = &turn.gold["emotions"][0]["evidence"][0];
        let place = |key: &str| evidence[key].as_u64().unwrap() as usize;
        assert_eq!(&turn.text[place("start")..place("end")], "ik ben boos");
    }
}
