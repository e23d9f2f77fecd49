//! Beside an agent who writes: what is there as soon as a sentence ends, and what is missing after
//! a pause. No number, no verdict; nothing to say, nothing shown.

use gehoord_conversation::{
    AgentTurn, Breaker, Evidence, Label, Language, Party, Promise, Safety, Signal, Span, Technique,
    Turn, TurnReport,
};
use gehoord_listening::{Listener, Ongoing};
use jiff::Zoned;

use crate::denied::{Corrected, Denied, correct};
use crate::hints::{Coach, is_formal, is_urgent, worth_saying};
use crate::unanswered::unanswered;
use crate::words::short;
use crate::{follow, hear, hear_instead};

/// At most so many lines say what is missing.
const LINES: usize = 2;
/// A reply of fewer words has only just begun: nothing is missing yet.
const BEGUN: usize = 3;
/// Saying sorry once more than this is too often.
const SORRY: usize = 2;

/// A conversation and the reply to it that is being written.
#[derive(Debug)]
pub struct Composer {
    ongoing: Ongoing,
    /// Whether the last turn is the draft.
    drafting: bool,
    /// Language of who writes; none: that of the conversation.
    language: Option<Language>,
    /// Safety signals that are not so.
    denied: Vec<Denied>,
}

/// What is said about a draft.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Advice {
    /// Danger in what the customer said: the organisation's protocol comes in place of everything
    /// else.
    pub safety: Vec<Safety>,
    /// What is there and had better not be, in the order of the words.
    pub warnings: Vec<Warning>,
    /// What this customer brought and the draft has not taken up, at most two.
    pub missing: Vec<Missing>,
    /// What the draft promises.
    pub promises: Vec<Promise>,
}

/// Words of the draft that had better be others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// What it is about.
    pub label: Label,
    /// The words, in bytes of the draft.
    pub span: Span,
    /// What would be better, in the language and form of address of the conversation.
    pub text: String,
}

/// What this customer brought and the draft has not taken up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// The customer's words.
    pub place: Evidence,
    /// One line that names them.
    pub text: String,
}

/// When advice is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// While typing: only about sentences that have ended, and nothing about what is missing.
    Typing,
    /// After a pause, on leaving the field, or on request.
    Paused,
}

/// Whether the rest of the sentence has a slot that is to be filled: what it says is not known yet.
fn is_open(draft: &str, span: Span) -> bool {
    let from = span.start.min(draft.len());
    let end = draft[span.end.min(draft.len())..].find(['.', '!', '?', '\n']);
    let end = end.map_or(draft.len(), |at| span.end + at);
    draft[from..end].split_once('{').is_some_and(|(_, slot)| slot.contains('}'))
}

impl Composer {
    /// A composer for the next reply in a conversation.
    #[must_use]
    pub fn new(listener: &Listener, conversation: impl Into<Corrected>) -> Self {
        let Corrected { conversation, denied } = conversation.into();
        let mut ongoing = follow(listener, conversation);
        correct(ongoing.parts_mut().0, &denied);
        Self { ongoing, drafting: false, language: None, denied }
    }

    /// The same for somebody who reads `language`, whatever the customer writes.
    #[must_use]
    pub fn speaking(self, language: Language) -> Self {
        Self { language: Some(language), ..self }
    }

    /// Somebody said something meanwhile.
    pub fn said(&mut self, listener: &Listener, turn: Turn) {
        self.put(listener, turn);
        self.drafting = false;
    }

    /// What is to be said about the draft as it is now. `at` is the time now, from which "morgen"
    /// is counted.
    pub fn advise(
        &mut self,
        listener: &Listener,
        draft: &str,
        at: Option<Zoned>,
        moment: Moment,
    ) -> Advice {
        let mut turn = Turn::new(Party::Agent, draft);
        turn.at = at;
        self.put(listener, turn);
        self.drafting = true;
        self.read_off(draft, moment)
    }

    fn put(&mut self, listener: &Listener, turn: Turn) {
        if self.drafting {
            hear_instead(listener, &mut self.ongoing, turn);
        } else {
            hear(listener, &mut self.ongoing, turn);
        }
        correct(self.ongoing.parts_mut().0, &self.denied);
    }

    fn read_off(&self, draft: &str, moment: Moment) -> Advice {
        let (report, conversation) = (self.ongoing.report(), self.ongoing.conversation());
        let Some(last) = report.turns.len().checked_sub(1) else { return Advice::default() };
        let TurnReport::Agent(turn) = &report.turns[last] else { return Advice::default() };
        // The run of the draft begins after the last customer turn.
        let talk = &conversation.turns;
        let index = talk.iter().rposition(|t| t.party == Party::Customer).map_or(0, |i| i + 1);
        let coach = Coach {
            report,
            conversation,
            index: (index..last).find(|&i| is_agent(&report.turns[i])).unwrap_or(last),
            formal: is_formal(talk),
            missed: None,
            spoken_to_in: self.language,
        };
        let customer = coach.customer();
        let flags = customer.iter().flat_map(|(_, t)| t.safety.iter().copied());
        let mut safety: Vec<Safety> = flags.filter(|&s| is_urgent(s.into())).collect();
        safety.sort_unstable();
        safety.dedup();
        // A promise with a slot in it is made when that is filled.
        let whole = |p: &&Promise| p.turn == last && !p.what.contains('{');
        let now = talk[last].at.as_ref();
        let is_over = |p: &&Promise| now.zip(p.due.as_ref()).is_some_and(|(now, due)| due <= now);
        let (over, promises): (Vec<&Promise>, Vec<&Promise>) =
            report.promises.iter().filter(whole).partition(is_over);
        let promises = promises.into_iter().cloned().collect();
        let ended = match moment {
            Moment::Typing => ended(draft),
            Moment::Paused => draft.len(),
        };
        let open = report.moments.last().is_some_and(|m| m.met != Some(true));
        let mut warnings = warnings(&coach, turn, &over, last, open);
        warnings.retain(|w| w.span.end <= ended && !is_open(draft, w.span));
        let mut missing = Vec::new();
        let begun = draft.split_whitespace().count() >= BEGUN;
        if moment == Moment::Paused && begun && safety.is_empty() && !turn.boundary {
            let voice = coach.voice();
            let left_out = coach.left_out(&customer);
            let question = unanswered(conversation, &customer, draft);
            let asked = |place: &Evidence| {
                question.is_some_and(|q| q.turn == place.turn && q.span.overlaps(&place.span))
            };
            let places = left_out.repeat.into_iter().chain(left_out.others);
            missing.extend(
                places.filter(|place| !asked(place)).map(|place| Missing {
                    place,
                    text: voice.not_there_yet(&coach.words(&[place])),
                }),
            );
            if let Some(place) = question {
                // Behind what weighs on the customer, before all else.
                let text = voice.open_question(&coach.words(&[place]));
                missing.insert(missing.len().min(LINES - 1), Missing { place, text });
            }
            missing.truncate(LINES);
        }
        Advice { safety, warnings, missing, promises }
    }
}

fn is_agent(turn: &TurnReport) -> bool {
    matches!(turn, TurnReport::Agent(_))
}

/// Where the last sentence that has ended does so.
fn ended(draft: &str) -> usize {
    let ends = draft.char_indices().filter(|(_, c)| matches!(c, '.' | '!' | '?' | '…' | '\n'));
    let after = |(at, c): (usize, char)| at + c.len_utf8();
    // "12.00" does not end a sentence, and neither does what is still being typed.
    let whole = |end: &usize| {
        draft[*end..].chars().next().map_or(!draft.ends_with('.'), char::is_whitespace)
            || draft[..*end].ends_with('\n')
    };
    ends.map(after).rfind(whole).unwrap_or(0)
}

/// What is in the draft and had better not be; `over` are the promises whose time has passed.
fn warnings(
    coach: &Coach<'_>,
    turn: &AgentTurn,
    over: &[&Promise],
    draft: usize,
    open: bool,
) -> Vec<Warning> {
    let voice = coach.voice();
    let here = |evidence: &[Evidence]| {
        evidence.iter().filter(|e| e.turn == draft).map(|e| e.span).min_by_key(|s| s.start)
    };
    let mut warnings: Vec<Warning> = Vec::new();
    // One warning for the same words.
    for finding in worth_saying(turn) {
        let Label::Breaker(breaker) = finding.label else { continue };
        let Some(span) = here(&finding.evidence) else { continue };
        if warnings.iter().any(|w| w.span.overlaps(&span)) {
            continue;
        }
        let words = coach.words(&[Evidence::new(draft, span)]);
        if let Some(text) = voice.breaker(breaker, &words) {
            warnings.push(Warning { label: finding.label, span, text });
        }
    }
    let vague = Label::Breaker(Breaker::VaguePromise);
    if !warnings.iter().any(|w| w.label == vague) {
        for (promise, loose) in coach.loose_promises() {
            if let Some(span) = here(&promise.evidence) {
                let text = voice.promise_time(loose.as_deref().or(promise.when.as_deref()));
                warnings.push(Warning { label: Technique::PromiseAction.into(), span, text });
            }
        }
    }
    for promise in over {
        let Some(span) = here(&promise.evidence) else { continue };
        let words = promise.when.as_deref().unwrap_or(&promise.what);
        let said = &coach.conversation.turns[draft].text;
        // The words of the time, where they stand in the draft as they are.
        let at = said.get(span.start..).and_then(|rest| rest.find(words));
        let span = at
            .map_or(span, |at| Span { start: span.start + at, end: span.start + at + words.len() });
        let text = voice.over_already(&short(words));
        warnings.push(Warning { label: Technique::PromiseAction.into(), span, text });
    }
    let sorry = turn.techniques.iter().filter(|f| f.label == Technique::Apologise.into());
    let mut sorry: Vec<Span> =
        sorry.flat_map(|f| &f.evidence).filter(|e| e.turn == draft).map(|e| e.span).collect();
    sorry.sort_unstable();
    if let Some(&span) = sorry.get(SORRY) {
        let text = voice.sorry_again();
        warnings.push(Warning { label: Technique::Apologise.into(), span, text });
    }
    let offer = turn.signals.iter().find(|f| f.label == Signal::Offer.into());
    if let Some(span) = offer.filter(|_| open).and_then(|f| here(&f.evidence)) {
        let text = voice.offer_too_early(&coach.words(&[Evidence::new(draft, span)]));
        warnings.push(Warning { label: Signal::Offer.into(), span, text });
    }
    warnings.sort_by_key(|w| w.span);
    warnings
}

#[cfg(test)]
mod tests {
    use super::*;
    use gehoord_conversation::{Channel, Conversation};
    use std::sync::OnceLock;

    const THIRD_TIME: &str =
        "Ik heb al drie keer gebeld over mijn pakket en er gebeurt niets. Ik word hier zo moe van.";

    fn listener() -> &'static Listener {
        static LISTENER: OnceLock<Listener> = OnceLock::new();
        LISTENER.get_or_init(|| Listener::embedded().unwrap())
    }

    fn composer(customer: &str) -> Composer {
        let mut conversation =
            Conversation::new("c", Channel::Email).with_turn(Party::Customer, customer);
        conversation.locale = "nl-NL".parse().ok();
        Composer::new(listener(), conversation)
    }

    fn advise(customer: &str, draft: &str, moment: Moment) -> Advice {
        let at = "2026-03-02T10:00:00+01:00[Europe/Amsterdam]".parse().unwrap();
        composer(customer).advise(listener(), draft, Some(at), moment)
    }

    #[test]
    fn what_is_missing_is_named_after_a_pause_only() {
        let draft = "Beste mevrouw, ik kijk het na en bel u morgen voor 12.00 uur terug.";
        assert_eq!(advise(THIRD_TIME, draft, Moment::Typing).missing, []);
        let advice = advise(THIRD_TIME, draft, Moment::Paused);
        assert!(advice.missing[0].text.contains("drie keer gebeld"), "{advice:?}");
        assert!(advice.missing.len() <= LINES);
        let taken_up = "Drie keer bellen over uw pakket en dan gebeurt er niets: daar word je moe van. Ik kijk het na en bel u morgen voor 12.00 uur terug.";
        assert_eq!(advise(THIRD_TIME, taken_up, Moment::Paused).missing, []);
    }

    #[test]
    fn a_warning_waits_for_the_end_of_its_sentence() {
        let begun = "Ik begrijp het, maar dat is nu eenmaal ons beleid";
        assert_eq!(advise(THIRD_TIME, begun, Moment::Typing).warnings, []);
        let ended = format!("{begun}. ");
        let advice = advise(THIRD_TIME, &ended, Moment::Typing);
        let of = |b: Breaker| advice.warnings.iter().any(|w| w.label == b.into());
        assert!(of(Breaker::ButClause) || of(Breaker::PolicyWall), "{advice:?}");
        assert_eq!(advice.warnings.len(), 1, "one warning for the same words");
        assert!(!advise(THIRD_TIME, begun, Moment::Paused).warnings.is_empty());
    }

    #[test]
    fn a_time_is_no_end_of_a_sentence() {
        assert_eq!(ended("Ik bel u om 12.00 uur"), 0);
        assert_eq!(ended("Dat klopt. Ik bel u om 12."), "Dat klopt.".len());
        assert_eq!(ended("Beste Jan,\nik"), "Beste Jan,\n".len());
        assert_eq!(ended("Echt waar? "), "Echt waar?".len());
        assert_eq!(ended(""), 0);
    }

    #[test]
    fn dates_are_picked_up_as_typed() {
        let advice = advise(THIRD_TIME, "Ik bel u morgen voor 12.00 uur terug", Moment::Typing);
        let due = advice.promises[0].due.as_ref().unwrap();
        assert_eq!(due.to_string(), "2026-03-03T12:00:00+01:00[Europe/Amsterdam]");
    }

    #[test]
    fn a_time_that_has_passed_is_no_promise() {
        let draft = "Ik kijk het na en bel u vandaag voor 17.00 uur terug.";
        let at = |hour: &str| format!("2026-03-02T{hour}:00+01:00[Europe/Amsterdam]").parse().ok();
        let mut composer = composer(THIRD_TIME);
        let advice = composer.advise(listener(), draft, at("18:00"), Moment::Paused);
        assert_eq!(advice.promises, []);
        let over = advice.warnings.iter().find(|w| w.text.contains("al voorbij"));
        assert_eq!(over.unwrap().span.of(draft), "vandaag voor 17.00 uur", "{advice:?}");
        let advice = composer.advise(listener(), draft, at("16:00"), Moment::Paused);
        assert_eq!((advice.promises.len(), advice.warnings), (1, vec![]));
    }

    #[test]
    fn who_gave_most_of_a_long_sentence_back_is_not_told_to() {
        let customer = "Ik heb nu drie keer gebeld over mijn pakket en elke keer zeggen jullie dat het morgen komt. Het is nu anderhalve week later en mijn dochter is zaterdag jarig. Ik ben er zo klaar mee.";
        let draft = "Wat vervelend dat u drie keer moest bellen, en dat voor de verjaardag van uw dochter. Ik zoek nu uit waar het pakket is en bel u vandaag voor 17.00 uur terug.";
        assert_eq!(advise(customer, draft, Moment::Paused).missing, []);
        let other = "Wat vervelend. Ik zoek het nu uit en bel u vandaag voor 17.00 uur terug.";
        let missing = advise(customer, other, Moment::Paused).missing;
        assert!(missing[0].text.contains("drie keer gebeld"), "{missing:?}");
    }

    #[test]
    fn advice_is_in_the_language_of_who_writes() {
        let draft = "Ik begrijp het, maar dat is nu eenmaal ons beleid.";
        let mut english = composer(THIRD_TIME).speaking(Language::En);
        let advice = english.advise(listener(), draft, None, Moment::Paused);
        assert!(advice.warnings.iter().all(|w| w.text.starts_with('“')), "{advice:?}");
        assert!(!advice.warnings.is_empty());
        assert!(advice.missing[0].text.ends_with("is not in your reply yet."), "{advice:?}");
    }

    #[test]
    fn a_no_said_well_is_not_warned_about() {
        let customer = "Mag ik mijn schoenen na zes weken nog ruilen? Ze zijn te klein.";
        let draft = "Nee, ruilen kan na dertig dagen niet meer, omdat we ze dan niet meer als nieuw kunnen verkopen. Wel kunt u ze bij onze schoenmaker laten oprekken.";
        let advice = advise(customer, draft, Moment::Paused);
        assert_eq!((advice.warnings, advice.missing), (vec![], vec![]));
    }

    #[test]
    fn a_question_that_is_left_open_is_named_behind_what_weighs_on_the_customer() {
        let ask = "Waar kan ik mijn oude lader inleveren? En kan ik de batterij ook in de winkel laten vervangen?";
        let draft = "Uw oude lader kunt u bij elke milieustraat inleveren.";
        let missing = advise(ask, draft, Moment::Paused).missing;
        assert_eq!(missing.len(), 1, "{missing:?}");
        assert!(missing[0].text.contains("de batterij ook in de winkel"), "{missing:?}");
        let tired = format!("{THIRD_TIME} Kan ik de verzendkosten terugkrijgen van jullie?");
        let draft = "Wat vervelend dat het pakket er nog niet is, daar ga ik nu naar kijken.";
        let missing = advise(&tired, draft, Moment::Paused).missing;
        assert!(missing.len() == 2 && missing[1].text.contains("verzendkosten"), "{missing:?}");
    }

    #[test]
    fn where_danger_is_not_so_all_other_help_comes_back() {
        let words = "Ik heb al drie keer gebeld en er gebeurt niets, ik ruik nu gas in de keuken!";
        let mut conversation =
            Conversation::new("c", Channel::Email).with_turn(Party::Customer, words);
        conversation.locale = "nl-NL".parse().ok();
        let draft = "Goedemiddag, ik kijk er morgen naar.";
        let denied = vec![Denied { signal: Safety::Danger, turns: 0..=0 }];
        let corrected = Corrected { conversation, denied };
        let mut composer = Composer::new(listener(), corrected);
        let advice = composer.advise(listener(), draft, None, Moment::Paused);
        assert_eq!(advice.safety, []);
        assert!(advice.missing[0].text.contains("drie keer gebeld"), "{advice:?}");
    }

    #[test]
    fn a_signal_in_a_later_turn_is_heard_as_any_other() {
        let gas = Conversation::new("c", Channel::Chat)
            .with_turn(Party::Customer, "Ik ruik gas in de keuken!");
        let denied = vec![Denied { signal: Safety::Danger, turns: 0..=0 }];
        let mut composer = Composer::new(listener(), Corrected { conversation: gas, denied });
        let draft = "Ga naar buiten.";
        let advice = composer.advise(listener(), draft, None, Moment::Paused);
        assert_eq!(advice.safety, []);
        composer.said(listener(), Turn::new(Party::Customer, "Ik ruik gas in de kelder!"));
        let advice = composer.advise(listener(), draft, None, Moment::Paused);
        assert_eq!(advice.safety, [Safety::Danger]);
    }

    #[test]
    fn danger_comes_before_everything() {
        let advice = advise("Ik ruik gas in de keuken.", "Wat vervelend voor u.", Moment::Paused);
        assert_eq!(advice.safety, [Safety::Danger]);
        assert_eq!(advice.missing, []);
    }

    #[test]
    fn sorry_three_times_is_too_often() {
        let draft = "Sorry daarvoor. Excuses dat u moest bellen. Het spijt me echt. Ik bel u morgen voor 12.00 uur.";
        let advice = advise(THIRD_TIME, draft, Moment::Paused);
        let again = advice.warnings.iter().find(|w| w.label == Technique::Apologise.into());
        assert_eq!(again.map(|w| w.span.of(draft)).unwrap(), "Het spijt me echt", "{advice:?}");
    }

    #[test]
    fn an_offer_waits_until_the_customer_was_helped() {
        let draft = "Wist u dat u nu 20 % korting krijgt op ons Premium-abonnement?";
        let advice = advise(THIRD_TIME, draft, Moment::Paused);
        assert!(advice.warnings.iter().any(|w| w.label == Signal::Offer.into()), "{advice:?}");
        let neutral = advise("Welke abonnementen hebben jullie?", draft, Moment::Paused);
        assert!(!neutral.warnings.iter().any(|w| w.label == Signal::Offer.into()));
    }

    #[test]
    fn a_draft_may_change_and_somebody_may_speak_meanwhile() {
        let mut composer = composer(THIRD_TIME);
        for draft in ["Ik", "Ik bel", "", "Ik bel u vandaag nog terug over uw pakket."] {
            composer.advise(listener(), draft, None, Moment::Typing);
        }
        composer.said(listener(), Turn::new(Party::Customer, "En het is morgen nodig!"));
        let draft = "Ik bel u vandaag voor 17.00 uur over uw pakket.";
        let advice = composer.advise(listener(), draft, None, Moment::Paused);
        let mut whole = composer.ongoing.conversation().clone();
        assert_eq!(whole.turns.len(), 3);
        whole.turns.pop();
        let anew = Composer::new(listener(), whole).advise(listener(), draft, None, Moment::Paused);
        assert_eq!(advice, anew);
    }
}
