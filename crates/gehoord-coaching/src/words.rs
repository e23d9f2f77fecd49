//! The words of hints, in the language and form of address of the conversation.

use gehoord_conversation::{Breaker, Language};

/// Language and form of address of a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Voice {
    /// Dutch, the customer is "u".
    DutchFormal,
    /// Dutch, the customer is "je".
    DutchInformal,
    /// English.
    English,
}

impl Voice {
    fn dutch(self) -> bool {
        self != Self::English
    }

    fn you(self) -> &'static str {
        match self {
            Self::DutchFormal => "u",
            Self::DutchInformal => "je",
            Self::English => "you",
        }
    }

    /// The situation has not been taken up.
    pub(crate) fn name_the_situation(self, words: &str) -> String {
        if self.dutch() {
            format!(
                "Begin bij wat er speelt: “{words}”. Zeg in je eigen woorden wat dat voor deze klant betekent."
            )
        } else {
            format!(
                "Start with what is going on: “{words}”. Say in your own words what that means for this customer."
            )
        }
    }

    /// Earlier contacts are not given back.
    pub(crate) fn earlier_contacts(self, words: &str) -> String {
        if self.dutch() {
            format!(
                "{} Laat merken dat je weet hoe vaak of hoe lang dit al speelt.",
                self.not_there_yet(words)
            )
        } else {
            format!(
                "{} Show that you know how often or how long this has been going on.",
                self.not_there_yet(words)
            )
        }
    }

    /// The same, beside a reply that is being written.
    pub(crate) fn not_there_yet(self, words: &str) -> String {
        if self.dutch() {
            format!("“{words}” staat nog niet in je antwoord.")
        } else {
            format!("“{words}” is not in your reply yet.")
        }
    }

    /// A question of the customer is left open.
    pub(crate) fn open_question(self, words: &str) -> String {
        if self.dutch() {
            format!("De klant vraagt ook: “{words}?” Daar staat nog niets over in je antwoord.")
        } else {
            format!("The customer also asks: “{words}?” Your reply says nothing about that yet.")
        }
    }

    /// A promise is for a time that has passed.
    pub(crate) fn over_already(self, words: &str) -> String {
        if self.dutch() {
            format!("“{words}” is al voorbij. Noem een moment dat nog komt.")
        } else {
            format!("“{words}” has passed already. Name a time that is still to come.")
        }
    }

    /// Sorry, once more.
    pub(crate) fn sorry_again(self) -> String {
        if self.dutch() {
            "Eén keer sorry is genoeg. Zeg nu wat je gaat doen.".to_owned()
        } else {
            "Saying sorry once is enough. Now say what you will do.".to_owned()
        }
    }

    /// Something is offered for sale while what the customer came with is still open.
    pub(crate) fn offer_too_early(self, words: &str) -> String {
        if self.dutch() {
            format!("“{words}” komt nu te vroeg. Los eerst op waar de klant mee zit.")
        } else {
            format!("“{words}” comes too early. First solve what the customer came with.")
        }
    }

    /// A point is not taken up.
    pub(crate) fn point(self, words: &str) -> String {
        if self.dutch() {
            format!("Nog niet opgepakt: “{words}”.")
        } else {
            format!("Not taken up yet: “{words}”.")
        }
    }

    /// A promise has no time that can be held.
    pub(crate) fn promise_time(self, words: Option<&str>) -> String {
        let you = self.you();
        match (self.dutch(), words) {
            (true, Some(words)) => format!(
                "“{words}” is geen tijd waar iemand op kan rekenen. Noem een dag of uur, bijvoorbeeld: ik bel {you} vandaag vóór 17.00 uur."
            ),
            (true, None) => format!(
                "Zeg erbij wanneer, bijvoorbeeld: ik bel {you} vandaag vóór 17.00 uur. Ook als het dan nog niet klaar is."
            ),
            (false, Some(words)) => format!(
                "“{words}” is no time that anyone can count on. Name a day or hour, such as: I will call {you} today before 5pm."
            ),
            (false, None) => format!(
                "Say by when, such as: I will call {you} today before 5pm, even if it is not solved by then."
            ),
        }
    }

    /// The firm's own failure is not named.
    pub(crate) fn own_failure(self) -> String {
        if self.dutch() {
            "Zeg ook wat er bij ons misging. Dat dit meer dan één keer moest, ligt niet aan de klant.".to_owned()
        } else {
            "Also say what went wrong on our side. Having to ask more than once is not the customer’s doing.".to_owned()
        }
    }

    /// Nothing is done yet.
    pub(crate) fn act(self) -> String {
        if self.dutch() {
            "Zeg wat je nu gaat doen, wie dat doet en wanneer het klaar is.".to_owned()
        } else {
            "Say what you will do now, who does it and by when.".to_owned()
        }
    }

    /// The story is unclear.
    pub(crate) fn ask(self, words: &str) -> String {
        if self.dutch() {
            format!("Vraag door op “{words}”: wat is er gebeurd, en wat zou nu helpen?")
        } else {
            format!("Ask on about “{words}”: what happened, and what would help now?")
        }
    }

    /// Safety comes before empathy.
    pub(crate) fn protocol(self, words: &str) -> String {
        if self.dutch() {
            format!(
                "Veiligheid gaat voor: “{words}”. Volg het protocol van je organisatie en vraag iemand erbij."
            )
        } else {
            format!(
                "Safety first: “{words}”. Follow your organisation’s protocol and get someone to join you."
            )
        }
    }

    /// A joy or thanks was passed over.
    pub(crate) fn share_joy(self, words: &str) -> String {
        if self.dutch() {
            format!("De klant is blij: “{words}”. Een paar woorden terug is genoeg.")
        } else {
            format!("The customer is happy: “{words}”. A few words back are enough.")
        }
    }

    /// What to do about a breaker.
    pub(crate) fn breaker(self, breaker: Breaker, words: &str) -> Option<String> {
        let advice = match (breaker, self.dutch()) {
            (Breaker::Minimise, true) => {
                "maakt het kleiner dan het voor deze klant is. Laat het weg."
            }
            (Breaker::Minimise, false) => {
                "makes it smaller than it is for this customer. Leave it out."
            }
            (Breaker::BlameCustomer, true) => "legt het bij de klant. Zeg wat er nu kan.",
            (Breaker::BlameCustomer, false) => {
                "puts the blame on the customer. Say what can be done now."
            }
            (Breaker::Deflect, true) => {
                "schuift het van je af. Zeg wat jij kunt doen, of geef het verhaal zelf door."
            }
            (Breaker::Deflect, false) => {
                "pushes it away. Say what you can do, or pass the story on yourself."
            }
            (Breaker::PolicyWall, true) => {
                "klinkt als een muur. Geef de reden in gewone woorden en zeg wat wél kan."
            }
            (Breaker::PolicyWall, false) => {
                "sounds like a wall. Give the reason in plain words and say what is possible."
            }
            (Breaker::ButClause, true) => {
                "neemt je medeleven terug. Zet wat je kunt doen achter het begrip, niet de regel."
            }
            (Breaker::ButClause, false) => {
                "takes your sympathy back. Let what you can do follow it, not the rule."
            }
            (Breaker::Defensive, true) => "verdedigt ons. Hoor eerst wat de klant vertelt.",
            (Breaker::Defensive, false) => "defends us. Hear first what the customer tells.",
            (Breaker::Scripted, true) => {
                "past bij iedereen. Noem iets van deze klant, of laat het weg."
            }
            (Breaker::Scripted, false) => {
                "fits anyone. Name something of this customer, or leave it out."
            }
            (Breaker::Commanding, true) => {
                "klinkt als een bevel. Vraag het, en zeg waarom het nodig is."
            }
            (Breaker::Commanding, false) => "sounds like an order. Ask, and say why it is needed.",
            (Breaker::Jargon, true) => "is een woord van ons. Kies een gewoon woord.",
            (Breaker::Jargon, false) => "is our word, not theirs. Choose a plain one.",
            (Breaker::VaguePromise, true) => "zegt niet wie het doet of wanneer.",
            (Breaker::VaguePromise, false) => "does not say who does it or when.",
            (Breaker::FalseCheer, true) => "past nu niet bij hoe dit voor de klant is.",
            (Breaker::FalseCheer, false) => "does not fit how this is for the customer now.",
            (Breaker::Interrogation, true) => {
                "is een rij gesloten vragen. Zeg waarom je het vraagt, of stel één open vraag."
            }
            (Breaker::Interrogation, false) => {
                "is a row of closed questions. Say why you ask, or ask one open question."
            }
            (Breaker::Register, true) => "past niet bij de aanspreekvorm van dit gesprek.",
            (Breaker::Register, false) => "does not fit the form of address of this conversation.",
            (Breaker::IgnoreFeeling, _) => return None,
        };
        Some(format!("“{words}” {advice}"))
    }

    /// The voice for `label` hints needs nothing else.
    pub(crate) fn of(dutch: bool, formal: bool) -> Self {
        match (dutch, formal) {
            (false, _) => Self::English,
            (true, true) => Self::DutchFormal,
            (true, false) => Self::DutchInformal,
        }
    }
}

/// A hint in another language than that in which it was made; none: it is in that language, or is no
/// hint of ours. The words that it names stay as the customer or the agent wrote them.
#[must_use]
pub fn hint_in(text: &str, language: Language) -> Option<String> {
    type Hint = fn(Voice, &str) -> String;
    const HINTS: [Hint; 13] = [
        Voice::name_the_situation,
        Voice::earlier_contacts,
        Voice::not_there_yet,
        Voice::open_question,
        Voice::point,
        |voice, words| voice.promise_time(Some(words)),
        |voice, _| voice.promise_time(None),
        |voice, _| voice.own_failure(),
        |voice, _| voice.act(),
        Voice::ask,
        Voice::protocol,
        Voice::share_joy,
        Voice::offer_too_early,
    ];
    // Stands where the words stand; nobody writes it.
    const WORDS: &str = "\u{1}";
    let to = Voice::of(language == Language::Nl, true);
    let from = [Voice::DutchFormal, Voice::DutchInformal, Voice::English];
    let words_in = |made: &str| match made.split_once(WORDS) {
        Some((before, behind)) => {
            text.strip_prefix(before)?.strip_suffix(behind).map(str::to_owned)
        }
        None => (text == made).then(String::new),
    };
    from.into_iter().filter(|voice| voice.dutch() != to.dutch()).find_map(|voice| {
        let hint = HINTS.iter().find_map(|hint| Some(hint(to, &words_in(&hint(voice, WORDS))?)));
        let breaker = |one: &Breaker| to.breaker(*one, &words_in(&voice.breaker(*one, WORDS)?)?);
        hint.or_else(|| Breaker::ALL.iter().find_map(breaker))
    })
}

/// Words of a place, short enough for one line.
pub(crate) fn short(words: &str) -> String {
    short_to(words, 70)
}

/// The same in so many characters at most.
pub(crate) fn short_to(words: &str, longest: usize) -> String {
    let words: String = words.split_whitespace().collect::<Vec<_>>().join(" ");
    if words.chars().count() <= longest {
        return words.trim_end_matches(['.', ',', '!', '?', ';', ':']).to_owned();
    }
    let cut: String = words.chars().take(longest).collect();
    let end = cut.rfind(' ').unwrap_or(cut.len());
    format!("{}…", &cut[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hint_is_told_in_the_language_of_who_reads_it() {
        let to = |text: &str, language| hint_in(text, language).unwrap_or_else(|| panic!("{text}"));
        let both = |dutch: &str, english: &str| {
            assert_eq!(to(dutch, Language::En), english);
            assert_eq!(to(english, Language::Nl), dutch);
        };
        let words = "Ik wacht «al» weken";
        for breaker in Breaker::ALL {
            let told = |voice: Voice| voice.breaker(*breaker, words);
            if let (Some(dutch), Some(english)) = (told(Voice::DutchFormal), told(Voice::English)) {
                both(&dutch, &english);
            }
        }
        both(&Voice::DutchFormal.earlier_contacts(words), &Voice::English.earlier_contacts(words));
        both(&Voice::DutchFormal.act(), &Voice::English.act());
        assert_eq!(
            to(&Voice::DutchInformal.promise_time(None), Language::En),
            Voice::English.promise_time(None)
        );
    }

    #[test]
    fn what_is_in_the_language_already_or_no_hint_of_ours_stays() {
        assert_eq!(hint_in(&Voice::English.act(), Language::En), None);
        assert_eq!(hint_in("Iets anders.", Language::En), None);
    }
}
