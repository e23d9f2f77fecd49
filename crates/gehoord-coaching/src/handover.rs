//! What whoever takes over needs to know, in five lines made from what was heard. Each line is a
//! proposal that the agent edits; an empty one means that nothing was heard for it.

use gehoord_conversation::{
    Conversation, CustomerTurn, Evidence, Finding, Language, Party, Report, Signal, Span,
    Technique, TurnReport,
};

use crate::words::short_to;

/// At most so many things on a line.
const THINGS: usize = 3;
/// Words are handed over in so many characters: a whole sentence mostly, as what matters often stands
/// at its end.
const LONGEST: usize = 160;

/// The five lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handover {
    /// What is going on.
    pub matter: Line,
    /// What was tried already.
    pub tried: Line,
    /// What was promised, and by when.
    pub promised: Line,
    /// What the customer told already, not to be asked again.
    pub known: Line,
    /// What still weighs on the customer, in their own words.
    pub weighs: Line,
}

/// One line, with the words that it stands on.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Line {
    /// The line, in the language of the screen; quotes are in the customer's.
    pub text: String,
    /// The words that it stands on.
    pub evidence: Vec<Evidence>,
}

/// Makes the five lines of a conversation.
#[must_use]
pub fn handover(report: &Report, conversation: &Conversation, language: Language) -> Handover {
    let talk = Talk { report, conversation, dutch: language == Language::Nl };
    Handover {
        matter: talk.matter(),
        tried: talk.tried(),
        promised: talk.promised(),
        known: talk.known(),
        weighs: talk.weighs(),
    }
}

struct Talk<'t> {
    report: &'t Report,
    conversation: &'t Conversation,
    dutch: bool,
}

impl Talk<'_> {
    fn text(&self, turn: usize) -> &str {
        self.conversation.turns.get(turn).map_or("", |t| &t.text)
    }

    fn customer(&self) -> impl DoubleEndedIterator<Item = (usize, &CustomerTurn)> {
        self.report.turns.iter().enumerate().filter_map(|(i, turn)| match turn {
            TurnReport::Customer(turn) => Some((i, turn)),
            _ => None,
        })
    }

    /// Whole sentences in which something stands, each once, quoted.
    fn quotes(&self, places: impl Iterator<Item = Evidence>) -> Line {
        let mut line = Line::default();
        let mut quotes: Vec<String> = Vec::new();
        for place in places {
            let sentence = sentence_around(self.text(place.turn), place.span);
            let place = Evidence::new(place.turn, sentence);
            let quote = format!("“{}”", short_to(sentence.of(self.text(place.turn)), LONGEST));
            if quote.len() > "“”".len() && !quotes.contains(&quote) && quotes.len() < THINGS {
                quotes.push(quote);
                line.evidence.push(place);
            }
        }
        line.text = quotes.join(" ");
        line
    }

    /// How the customer began, what brought the feeling, and what was asked.
    fn matter(&self) -> Line {
        /// A sentence of fewer words is a greeting.
        const GREETING: usize = 4;
        let said = self.customer().flat_map(|(i, _)| {
            let sentences = sentences(self.text(i)).into_iter();
            sentences.map(move |sentence| Evidence::new(i, sentence))
        });
        let said: Vec<Evidence> = said.collect();
        let words = |e: &Evidence| e.span.of(self.text(e.turn)).split_whitespace().count();
        let earlier: Vec<Evidence> = self.earlier_contacts().copied().collect();
        let about_earlier = |e: &Evidence| {
            earlier.iter().any(|other| other.turn == e.turn && other.span.overlaps(&e.span))
        };
        let detail = |e: &Evidence| !details(e.span.of(self.text(e.turn))).is_empty();
        let long = |e: &Evidence| words(e) >= GREETING && !detail(e);
        let felt = |e: &Evidence| {
            let emotions =
                self.customer().filter(|(i, _)| *i == e.turn).flat_map(|(_, t)| &t.emotions);
            emotions.flat_map(|f| &f.evidence).any(|o| o.turn == e.turn && o.span.overlaps(&e.span))
        };
        let began = said
            .iter()
            .find(|e| long(e) && !about_earlier(e) && !felt(e))
            .or_else(|| said.iter().find(|e| long(e)))
            .or_else(|| said.iter().max_by_key(|e| words(e)));
        let causes = self.customer().filter_map(|(i, t)| {
            let cause = t.cause.as_ref()?;
            Some(Evidence::new(i, cause.span))
        });
        let causes = causes.filter(|cause| !about_earlier(cause) && !detail(cause));
        let asked = self.customer().flat_map(|(_, t)| of(&t.signals, Signal::Request.into()));
        let asked = asked.copied().filter(|asked| !detail(asked));
        self.quotes(began.copied().into_iter().chain(causes).chain(asked))
    }

    fn earlier_contacts(&self) -> impl Iterator<Item = &Evidence> {
        self.customer().flat_map(|(_, t)| of(&t.signals, Signal::RepeatContact.into()))
    }

    /// Contacts before this one, and what was done in this one.
    fn tried(&self) -> Line {
        let done = self.report.turns.iter().filter_map(|turn| match turn {
            TurnReport::Agent(turn) => Some(of(&turn.techniques, Technique::Solve.into())),
            _ => None,
        });
        self.quotes(self.earlier_contacts().chain(done.flatten()).copied())
    }

    fn promised(&self) -> Line {
        let promises = self.report.promises.iter();
        let each = promises.clone().map(|promise| {
            let what = short_to(&promise.what, LONGEST);
            match (&promise.due, &promise.when) {
                (Some(due), _) => {
                    let form = if self.dutch { "%-d-%-m-%Y %H.%M uur" } else { "%-d %b %Y %H:%M" };
                    format!("“{what}” ({})", due.strftime(form))
                }
                (None, Some(when)) => format!("“{what}” ({when})"),
                (None, None) if self.dutch => format!("“{what}” (zonder datum)"),
                (None, None) => format!("“{what}” (no date)"),
            }
        });
        // What was promised twice is told once; of many, the last stand.
        let mut told: Vec<(String, &[Evidence])> = Vec::new();
        for (text, promise) in each.zip(promises) {
            told.retain(|(known, _)| *known != text);
            told.push((text, &promise.evidence));
        }
        told.drain(..told.len().saturating_sub(2 * THINGS));
        let texts: Vec<&str> = told.iter().map(|(text, _)| text.as_str()).collect();
        let text = texts.join(" ");
        Line { text, evidence: told.iter().flat_map(|(_, places)| places.to_vec()).collect() }
    }

    /// Answers that the customer gave to a question, and numbers and masks they named.
    fn known(&self) -> Line {
        let turns = &self.conversation.turns;
        let answers = (1..turns.len()).filter_map(|i| {
            let answered = turns[i].party == Party::Customer && turns[i - 1].party == Party::Agent;
            let TurnReport::Agent(asked) = &self.report.turns[i - 1] else { return None };
            let question =
                asked.has(Technique::OpenQuestion) || asked.has(Technique::ClosedQuestion);
            (answered && question).then(|| Evidence::new(i, Span::new(0, turns[i].text.len())))
        });
        let mut line = Line::default();
        let mut things: Vec<String> = Vec::new();
        let given = (0..turns.len()).filter(|&i| turns[i].party == Party::Customer);
        let details = given.flat_map(|i| {
            details(&turns[i].text).into_iter().map(move |span| Evidence::new(i, span))
        });
        for place in details.chain(answers) {
            let thing = short_to(place.span.of(self.text(place.turn)), LONGEST);
            let told = |t: &String| t.contains(&thing) || thing.contains(t.as_str());
            if !thing.is_empty() && !things.iter().any(told) {
                things.push(thing);
                line.evidence.push(place);
            }
        }
        things.truncate(2 * THINGS);
        line.evidence.truncate(2 * THINGS);
        line.text = things.iter().map(|t| format!("“{t}”")).collect::<Vec<_>>().join(" ");
        line
    }

    /// Moments that nobody took up, the last one first; the customer's words, never a label.
    fn weighs(&self) -> Line {
        let open = self.report.moments.iter().rev().filter(|m| m.met != Some(true));
        let places = open.filter_map(|moment| match &self.report.turns[moment.turn] {
            TurnReport::Customer(turn) => {
                turn.emotions.first().and_then(|e| e.evidence.first()).copied()
            }
            _ => None,
        });
        self.quotes(places)
    }
}

fn of(findings: &[Finding], label: gehoord_conversation::Label) -> impl Iterator<Item = &Evidence> {
    findings.iter().filter(move |f| f.label == label).flat_map(|f| f.evidence.first())
}

/// Words that are written with a stop and do not end a sentence.
const SHORT_FORMS: [&str; 16] = [
    "bijv", "ca", "dhr", "dr", "etc", "evt", "excl", "incl", "max", "mevr", "min", "mr", "mrs",
    "mw", "nr", "tel",
];

/// The sentence around a place, from one full stop to the next.
fn sentence_around(text: &str, span: Span) -> Span {
    let ends = |c: char| matches!(c, '.' | '!' | '?' | '\n');
    let (start, end) = (span.start.min(text.len()), span.end.min(text.len()));
    // A stop within a word ("12.00", "a.u.b.", "www.example.nl") or behind a short form ends nothing.
    let is_end = |at: usize, c: char| {
        let within = || text[at + 1..].starts_with(char::is_alphanumeric);
        let word = || text[..at].rsplit(|c: char| !c.is_alphabetic()).next().unwrap_or_default();
        ends(c) && !(c == '.' && (within() || SHORT_FORMS.contains(&&*word().to_lowercase())))
    };
    let before = text[..start].char_indices().rev().find(|&(at, c)| is_end(at, c));
    let begin = before.map_or(0, |(at, c)| at + c.len_utf8());
    let after = text[end..].char_indices().find(|&(at, c)| is_end(end + at, c));
    let stop = after.map_or(text.len(), |(at, _)| end + at);
    let words = &text[begin..stop];
    let begin = begin + (words.len() - words.trim_start().len());
    Span::new(begin, begin + words.trim().len())
}

/// The sentences of a text.
pub(crate) fn sentences(text: &str) -> Vec<Span> {
    let mut sentences = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let sentence = sentence_around(text, Span::new(at, at));
        if sentence.end > sentence.start {
            sentences.push(sentence);
        }
        let rest = &text[sentence.end.max(at)..];
        at = sentence.end.max(at) + rest.chars().next().map_or(1, char::len_utf8);
    }
    sentences
}

/// Numbers of three digits and more, and masks such as `[nummer-1]`.
fn details(text: &str) -> Vec<Span> {
    const DIGITS: usize = 3;
    let mut found = Vec::new();
    let mut start = 0;
    for word in text.split_inclusive(char::is_whitespace) {
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric() && c != '[' && c != ']');
        let digits = bare.chars().filter(char::is_ascii_digit).count();
        let mask = bare.starts_with('[') && bare.ends_with(']');
        if let Some(at) = word.find(bare).filter(|_| mask || digits >= DIGITS) {
            found.push(Span::new(start + at, start + at + bare.len()));
        }
        start += word.len();
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use gehoord_conversation::Channel;
    use gehoord_listening::Listener;

    fn lines(turns: &[(Party, &str)]) -> Handover {
        let mut conversation = Conversation::new("c", Channel::Chat);
        conversation.locale = "nl-NL".parse().ok();
        for (party, text) in turns {
            conversation = conversation.with_turn(*party, *text);
        }
        let report = crate::review(&Listener::embedded().unwrap(), &conversation);
        handover(&report, &conversation, Language::Nl)
    }

    #[test]
    fn whoever_takes_over_need_not_ask_again() {
        let lines = lines(&[
            (
                Party::Customer,
                "Mijn pakket is na twee weken nog niet bezorgd. Ik heb al drie keer gebeld, ik word er moedeloos van.",
            ),
            (Party::Agent, "Wat is uw ordernummer?"),
            (Party::Customer, "Dat is [nummer-1]."),
            (Party::Agent, "Ik bel u morgen voor 12.00 uur terug."),
        ]);
        assert!(lines.matter.text.contains("nog niet bezorgd"), "{lines:#?}");
        assert!(lines.tried.text.contains("drie keer gebeld"), "{lines:#?}");
        assert!(lines.promised.text.contains("morgen voor 12.00 uur"), "{lines:#?}");
        assert!(lines.known.text.contains("[nummer-1]"), "{lines:#?}");
        assert!(lines.weighs.text.contains("moedeloos"), "{lines:#?}");
    }

    #[test]
    fn nothing_is_made_up() {
        let lines = lines(&[(Party::Customer, "Wat zijn jullie openingstijden?")]);
        assert_eq!(lines.matter.text, "“Wat zijn jullie openingstijden”");
        for line in [lines.tried, lines.promised, lines.known, lines.weighs] {
            assert_eq!(line, Line::default());
        }
        let nobody = super::handover(
            &crate::review(&Listener::embedded().unwrap(), &Conversation::new("c", Channel::Chat)),
            &Conversation::new("c", Channel::Chat),
            Language::En,
        );
        assert_eq!(nobody.matter, Line::default());
    }

    #[test]
    fn what_was_promised_again_and_again_is_told_once() {
        let again = (Party::Agent, "Ik bel u morgen voor 12.00 uur terug.");
        let lines = lines(&[(Party::Customer, "Waar blijft mijn pakket?"), again, again, again]);
        assert_eq!(lines.promised.text.matches("bel u morgen").count(), 1, "{lines:#?}");
    }

    #[test]
    fn what_is_quoted_ends_where_a_sentence_or_a_word_does() {
        let whole = "Mijn wasmachine is na de levering van vorige week dinsdag nog steeds niet aangesloten door de monteur van dhr. Bakker";
        let lines = lines(&[(Party::Customer, &format!("{whole}. Hoe nu verder?"))]);
        assert!(lines.matter.text.contains(&format!("“{whole}”")), "{lines:#?}");
        let long =
            format!("De rekening klopt niet want {}", "er staat veel te veel op ".repeat(12));
        let lines = super::tests::lines(&[(Party::Customer, &long)]);
        let quote = lines.matter.text.trim_start_matches('“').split('”').next().unwrap();
        let kept = quote.strip_suffix('…').unwrap();
        assert!(long.starts_with(&format!("{kept} ")), "{quote}");
    }

    #[test]
    fn sentences_are_cut_at_their_ends() {
        let text = "Hallo. Het is 12.00 uur, zei hij! Dag";
        let of = |start, end| sentence_around(text, Span::new(start, end)).of(text).to_owned();
        assert_eq!(of(10, 12), "Het is 12.00 uur, zei hij");
        assert_eq!(of(0, 0), "Hallo");
        assert_eq!(of(36, 99), "Dag");
    }
}
