//! The words that the command prints around what it heard, in Dutch and English.

use clap::ValueEnum;
use gehoord_conversation::{Channel, Language, Party, PromiseMaker};

/// Language of what is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Ui {
    /// Nederlands.
    Nl,
    /// English.
    En,
}

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident: $nl:literal, $en:literal;)*) => {
        impl Ui {
            $(
                $(#[$doc])*
                pub(crate) const fn $name(self) -> &'static str {
                    match self { Self::Nl => $nl, Self::En => $en }
                }
            )*
        }
    };
}

words! {
    note: "let op", "note";
    emotions: "GEVOEL VAN DE KLANT", "WHAT THE CUSTOMER FEELS";
    needs: "WAT DE KLANT NODIG HEEFT", "WHAT THE CUSTOMER NEEDS";
    safety: "VEILIGHEID, GAAT VOOR", "SAFETY, COMES FIRST";
    signals: "SIGNALEN", "SIGNALS";
    techniques: "LUISTEREN", "LISTENING";
    breakers: "VALKUILEN", "PITFALLS";
    is_not: "Niet", "Not";
    no_cues: "Dit wordt gehoord uit het gesprek als geheel, niet uit losse woorden.",
        "This is heard from the conversation as a whole, not from single words.";
    wrong_when: "Klopt niet als", "Wrong when";
    source: "Bron", "Source";
    unseen: " (algemene kennis van het vak, niet nagezocht)", " (general knowledge of the field, not looked up)";
    course: "Verloop", "Course of feeling";
    went_well: "Wat goed ging", "What went well";
    could_be_better: "Wat beter kan", "What could be better";
    promised: "Toezeggingen", "Promises";
    promise_kept: "nagekomen", "kept";
    promise_broken: "niet nagekomen", "not kept";
    no_time: "geen tijd genoemd", "no time named";
    not_resolvable: "geen vaste tijd", "no fixed time";
    verdict: "Inschatting uit de tekst", "Estimate from the words";
    too_little: "te weinig om iets over te zeggen", "too little to go by";
    fully: "gehoord", "heard";
    partly: "deels gehoord", "partly heard";
    hardly: "niet gehoord", "not heard";
    sum: "berekening", "sum";
    words_only: "Dit hoort woorden, niet of je het meent.", "This hears words, not whether you mean them.";
    met: "signaal opgepakt", "moment met";
    missed: "signaal gemist", "moment missed";
    unanswered: "signaal zonder antwoord", "moment without an answer";
    turned: "De klant draaide van ontevreden naar tevreden.", "The customer turned from unhappy to happy.";
    eased: "De spanning bij de klant nam af.", "The customer’s distress eased.";
    repeat: "herhaalcontact", "repeat contact";
    churn: "kan vertrekken", "may leave";
    complaint: "klacht", "complaint";
    needs_label: "nodig", "needs";
    cause: "aanleiding", "cause";
    safety_label: "VEILIGHEID", "SAFETY";
    boundary: "grens gesteld", "boundary set";
    perhaps: "misschien ook", "perhaps also";
    acknowledged: "gevoel opgepakt", "feeling taken up";
    understood: "samengevat", "understood";
    explored: "doorgevraagd", "asked on";
    acted: "gedaan", "acted";
    tone: "toon", "tone";
    head: "kop", "head";
    cases: "gevallen", "cases";
    figure: "maat", "figure";
    before: "zonder leren", "not learned";
    by_words: "woorden", "words alone";
    after: "geleerd", "learned";
    left_out_in_turn: "Gemeten op gesprekken die om de beurt zijn weggelaten.",
        "Measured on conversations that were left out in turn.";
    right: "goed", "right";
    off_by: "ernaast", "off by";
    marked_words: "woorden-F1", "words F1";
    was_said: "Wat er gezegd is", "What was said";
    nothing_said: "(geen woorden)", "(no words)";
}

impl Ui {
    /// The language of a locale name such as `nl_NL.UTF-8`; Dutch for any that begins so, English
    /// otherwise, and Dutch when there is none.
    pub(crate) fn of_lang(lang: Option<&str>) -> Self {
        match lang {
            None => Self::Nl,
            Some(lang) if lang.starts_with("nl") => Self::Nl,
            Some(_) => Self::En,
        }
    }

    /// The language of the handbook.
    pub(crate) const fn language(self) -> Language {
        match self {
            Self::Nl => Language::Nl,
            Self::En => Language::En,
        }
    }

    pub(crate) fn unknown_label(self, id: &str) -> String {
        match self {
            Self::Nl => format!("'{id}' is geen label; 'gehoord explain' noemt ze allemaal"),
            Self::En => format!("'{id}' is not a label; 'gehoord explain' lists them all"),
        }
    }

    /// A label that nobody gave, and how often it was heard all the same.
    pub(crate) fn not_in_file(self, heard: usize) -> String {
        match (self, heard) {
            (Self::Nl, 0) => "komt in dit bestand niet voor".to_owned(),
            (Self::Nl, _) => format!("komt in dit bestand niet voor, {heard} keer toch gehoord"),
            (Self::En, 0) => "not in this file".to_owned(),
            (Self::En, _) => format!("not in this file, heard all the same ({heard})"),
        }
    }

    pub(crate) fn sounds_like(self, cues: usize) -> String {
        match self {
            Self::Nl => format!("Zo klinkt het ({cues}): + wordt gehoord, − niet."),
            Self::En => format!("How it sounds ({cues}): + is heard, − is not."),
        }
    }

    pub(crate) const fn party(self, party: Party) -> &'static str {
        match (self, party) {
            (Self::Nl, Party::Customer) => "Klant",
            (Self::Nl, Party::Agent) => "Medewerker",
            (Self::Nl, Party::Colleague) => "Collega",
            (Self::En, Party::Customer) => "Customer",
            (Self::En, Party::Agent) => "Agent",
            (Self::En, Party::Colleague) => "Colleague",
            (_, Party::Bot) => "Bot",
        }
    }

    pub(crate) const fn channel(self, channel: Channel) -> &'static str {
        match (self, channel) {
            (Self::Nl, Channel::Phone) => "telefoon",
            (Self::Nl, Channel::Email) => "e-mail",
            (Self::Nl, Channel::Social) => "social media",
            (Self::Nl, Channel::InPerson) => "aan de balie",
            (Self::En, Channel::Phone) => "phone",
            (Self::En, Channel::Email) => "e-mail",
            (Self::En, Channel::Social) => "social media",
            (Self::En, Channel::InPerson) => "in person",
            (_, Channel::Chat) => "chat",
        }
    }

    pub(crate) const fn maker(self, maker: PromiseMaker) -> &'static str {
        match (self, maker) {
            (Self::Nl, PromiseMaker::Agent) => "de medewerker",
            (Self::Nl, PromiseMaker::Colleague) => "een collega",
            (Self::Nl, PromiseMaker::Firm) => "de organisatie",
            (Self::En, PromiseMaker::Agent) => "the agent",
            (Self::En, PromiseMaker::Colleague) => "a colleague",
            (Self::En, PromiseMaker::Firm) => "the firm",
        }
    }

    /// How strong a feeling is, in words.
    pub(crate) const fn intensity(self, intensity: u8) -> &'static str {
        match (self, intensity) {
            (Self::Nl, 0 | 1) => "licht",
            (Self::Nl, 2) => "duidelijk",
            (Self::Nl, _) => "sterk",
            (Self::En, 0 | 1) => "mild",
            (Self::En, 2) => "clear",
            (Self::En, _) => "strong",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Ui;

    #[test]
    fn the_language_follows_lang() {
        assert_eq!(Ui::of_lang(Some("nl_BE.UTF-8")), Ui::Nl);
        assert_eq!(Ui::of_lang(Some("en_GB.UTF-8")), Ui::En);
        assert_eq!(Ui::of_lang(Some("C.UTF-8")), Ui::En);
        assert_eq!(Ui::of_lang(None), Ui::Nl);
    }
}
