//! What would be better in a reply: concretely, in the customer's words, naming the situation
//! rather than the emotion.

use std::cell::LazyCell;
use std::cmp::Ordering;
use std::collections::HashMap;

use gehoord_conversation::{
    AgentTurn, Conversation, CustomerTurn, Evidence, Finding, Hint, Label, Language, Moment, Need,
    Party, Promise, Report, Safety, Signal, Source, Technique, Turn, TurnReport,
};

use crate::unanswered;
use crate::words::{Voice, short};

/// At most so many points that were passed over are named.
const POINTS: usize = 2;

/// More that was left out is not looked at.
const MOST_LEFT_OUT: usize = 8;

/// Nobody learns from more at once.
const HINTS: usize = 5;

/// Who comforts in so many words at most may act in the next turn.
const COMFORT: usize = 15;

/// Adds hints to the first turn of every agent run that was judged, among turns `from` and later.
pub(crate) fn add(report: &mut Report, conversation: &Conversation, from: usize) {
    let missed: HashMap<usize, usize> = report
        .moments
        .iter()
        .enumerate()
        .filter(|(_, m)| m.met == Some(false))
        .filter_map(|(i, m)| Some((m.answered_by?, i)))
        .collect();
    let judged: Vec<bool> = (0..report.turns.len())
        .map(|index| match &report.turns[index] {
            // "Ok." is no answer that is judged; after danger it wants one all the more.
            TurnReport::Agent(agent) => agent.score.is_some() || answers_danger(report, index),
            _ => false,
        })
        .collect();
    let owns = |turn: &TurnReport| match turn {
        TurnReport::Agent(turn) => turn.has(Signal::OwnFault),
        _ => false,
    };
    let first_owned = report.turns.iter().position(owns);
    let mut last_of_run = judged[..from].iter().rposition(|judged| *judged);
    let mut formal = is_formal(&conversation.turns[..from]);
    for (index, judged) in judged.into_iter().enumerate().skip(from) {
        formal = form(&conversation.turns[index].text).unwrap_or(formal);
        if !judged {
            continue;
        }
        let same_run = last_of_run.is_some_and(|last| {
            !conversation.turns[last..index].iter().any(|t| t.party == Party::Customer)
        });
        last_of_run = Some(index);
        if same_run {
            continue;
        }
        let hints = Coach {
            report,
            conversation,
            index,
            formal,
            missed: missed.get(&index).map(|&i| &report.moments[i]),
            spoken_to_in: None,
        }
        .hints(first_owned.is_some_and(|first| first < index));
        if let TurnReport::Agent(turn) = &mut report.turns[index] {
            turn.hints = hints;
        }
    }
}

/// Whether the customer's words just before turn `index` are about danger.
fn answers_danger(report: &Report, index: usize) -> bool {
    let customer = |turn: &TurnReport| matches!(turn, TurnReport::Customer(_));
    let before = report.turns[..index].iter().rev();
    before
        .skip_while(|turn| matches!(turn, TurnReport::Other { .. }))
        .take_while(|turn| customer(turn))
        .any(|turn| match turn {
            TurnReport::Customer(turn) => turn.signals.iter().any(|s| is_urgent(s.label)),
            _ => false,
        })
}

/// Whether these turns address with "u": the last form that was used, "u" where there is none.
pub(crate) fn is_formal(turns: &[Turn]) -> bool {
    turns.iter().rev().find_map(|turn| form(&turn.text)).unwrap_or(true)
}

/// Whether the first form of address in a text is "u"; none: there is none.
fn form(text: &str) -> Option<bool> {
    let words = text.split(|c: char| !c.is_alphabetic());
    words.map(str::to_lowercase).find_map(|word| match word.as_str() {
        "u" | "uw" => Some(true),
        "je" | "jij" | "jou" | "jouw" | "jullie" => Some(false),
        _ => None,
    })
}

/// Breakers to speak of, one for the same words: what somebody wrote a rule for first, then what is
/// surest. What is not sure is not spoken of: a hint that is wrong costs trust.
pub(crate) fn worth_saying(turn: &AgentTurn) -> Vec<&Finding> {
    let by_model = |f: &Finding| f.source == Source::Model;
    let mut breakers: Vec<&Finding> = turn.breakers.iter().filter(|f| f.is_sure()).collect();
    breakers.sort_by(|a, b| {
        (by_model(a), b.strength).partial_cmp(&(by_model(b), a.strength)).unwrap_or(Ordering::Equal)
    });
    let mut said: Vec<&Finding> = Vec::new();
    for breaker in breakers {
        let taken = |e: &Evidence| {
            let same = |s: &Evidence| s.turn == e.turn && s.span.overlaps(&e.span);
            said.iter().any(|finding| finding.evidence.iter().any(same))
        };
        if !breaker.evidence.iter().any(taken) {
            said.push(breaker);
        }
    }
    said
}

pub(crate) struct Coach<'r> {
    pub(crate) report: &'r Report,
    pub(crate) conversation: &'r Conversation,
    /// First turn of the run.
    pub(crate) index: usize,
    /// The customer is "u".
    pub(crate) formal: bool,
    /// The moment that this run missed.
    pub(crate) missed: Option<&'r Moment>,
    /// Language of who is coached; none: that of the conversation.
    pub(crate) spoken_to_in: Option<Language>,
}

impl Coach<'_> {
    /// `owned_before`: the firm's failure was named in an earlier turn.
    fn hints(&self, owned_before: bool) -> Vec<Hint> {
        let run = self.run();
        let customer = self.customer();
        let voice = self.voice();
        let mut hints: Vec<Hint> = Vec::new();
        let mut push = |label: Label, text: String| {
            if !hints.iter().any(|h: &Hint| h.text == text) {
                hints.push(Hint { label, text });
            }
        };
        let danger = customer.iter().flat_map(|(i, t)| {
            t.signals.iter().filter(|s| is_urgent(s.label)).map(move |s| (*i, s))
        });
        let danger: Vec<_> = danger.collect();
        if let Some((_, signal)) = danger.first() {
            if run.iter().any(|t| t.has(Signal::ToSafety)) {
                return hints;
            }
            let words = self.words(&signal.evidence);
            push(signal.label, voice.protocol(&words));
            return hints;
        }
        let has = |label: Label| run.iter().any(|t| t.has(label));
        let missed = self.missed_moment();
        if let Some(words) = &missed {
            push(Technique::AcknowledgeFeeling.into(), voice.name_the_situation(words));
        }
        let points = self.left_out(&customer);
        if let Some(repeat) = points.repeat {
            push(Technique::Restate.into(), voice.earlier_contacts(&self.words(&[repeat])));
        }
        // Thanks for the third call too are no reproach.
        let contacted_before = customer.iter().any(|(_, t)| t.repeat_contact && t.valence < 0.0);
        let owns = has(Signal::OwnFault.into()) || has(Technique::Apologise.into());
        if contacted_before && !owned_before && !owns {
            push(Technique::TakeOwnership.into(), voice.own_failure());
        }
        for turn in &run {
            for finding in worth_saying(turn) {
                if let Label::Breaker(breaker) = finding.label
                    && let Some(text) = voice.breaker(breaker, &self.words(&finding.evidence))
                {
                    push(finding.label, text);
                }
            }
        }
        // What stands in a hint already is not quoted a second time.
        let quoted = |point: &&Evidence| {
            let words = self.words(&[**point]);
            missed.as_ref().is_some_and(|m| m.contains(&words) || words.contains(m.as_str()))
        };
        for point in points.others.iter().filter(|point| !quoted(point)).take(POINTS) {
            push(Technique::Restate.into(), voice.point(&self.words(&[*point])));
        }
        for (promise, loose) in self.loose_promises() {
            let label = Technique::PromiseAction.into();
            push(label, voice.promise_time(loose.as_deref().or(promise.when.as_deref())));
        }
        let acts = has(Technique::Solve.into())
            || has(Technique::PromiseAction.into())
            || has(Technique::Refer.into())
            || has(Technique::ClosedQuestion.into())
            || has(Technique::OpenQuestion.into());
        let suffers = |t: &CustomerTurn| t.valence < 0.0 && t.cause.is_some();
        let problem = customer.iter().any(|(_, t)| t.complaint || suffers(t));
        // "Wat naar voor u.": what comes of it, the next turn says.
        let comforts = has(Technique::AcknowledgeFeeling.into())
            || has(Technique::Reassure.into())
            || has(Technique::Apologise.into());
        let words = self.words_of_run();
        if problem && !acts && !(comforts && words <= COMFORT) {
            push(Technique::PromiseAction.into(), voice.act());
        }
        let vague = customer.iter().find(|(i, t)| {
            let feels = t.intensity >= 2 && t.valence < 0.0;
            feels && t.cause.is_none() && self.conversation.turns[*i].text.len() < 60
        });
        if let Some((i, _)) = vague
            && !has(Technique::OpenQuestion.into())
        {
            push(
                Technique::OpenQuestion.into(),
                voice.ask(&short(&self.conversation.turns[*i].text)),
            );
        }
        if let Some((_, happy)) = customer.iter().find(|(_, t)| t.valence > 0.5 && t.intensity >= 2)
            && !has(Technique::AcknowledgeFeeling.into())
            && !has(Technique::Thank.into())
            && let Some(feeling) = happy.emotions.first()
        {
            push(
                Technique::AcknowledgeFeeling.into(),
                voice.share_joy(&self.words(&feeling.evidence)),
            );
        }
        hints.truncate(HINTS);
        hints
    }

    /// What the customer told that is worth coming back, and did not come back in this run.
    pub(crate) fn left_out(&self, customer: &[(usize, &CustomerTurn)]) -> LeftOut {
        let run = self.run();
        let passed_over = run.first().map_or(&[][..], |turn| &turn.passed_over);
        let signal =
            customer.iter().rev().filter(|(_, t)| t.valence < 0.0).find_map(|(_, t)| {
                t.signals.iter().find(|s| s.label == Signal::RepeatContact.into())
            });
        let told = signal.map_or(&[][..], |s| &s.evidence);
        let is_told = |point: &&Evidence| {
            told.iter().any(|t| t.turn == point.turn && t.span.overlaps(&point.span))
        };
        // A long sentence has several points; who gave most of it back has given it back.
        let missed = passed_over.iter().map(|point| shared(told, *point)).sum::<usize>();
        let all = told.iter().map(|one| one.span.end - one.span.start).sum::<usize>();
        let repeat = (missed > 0 && missed * 2 >= all).then(|| longest(told)).flatten();
        // A light annoyance told in passing need not come back.
        let weighs = |t: &CustomerTurn| {
            t.intensity >= 2 || t.complaint || t.needs.contains(&Need::Recognition)
        };
        let negative =
            customer.iter().any(|(_, t)| t.valence < 0.0 && t.intensity >= 1 && weighs(t));
        let brought_it = |point: &Evidence| {
            let of = || customer.iter().filter(|(i, _)| *i == point.turn).map(|(_, turn)| turn);
            let caused = of().filter_map(|turn| turn.cause.as_ref());
            let felt = of().flat_map(|turn| &turn.emotions).flat_map(|f| &f.evidence);
            of().any(|turn| turn.cause.is_some())
                && (caused.into_iter().any(|cause| cause.span.overlaps(&point.span))
                    || felt
                        .into_iter()
                        .any(|e| e.turn == point.turn && e.span.overlaps(&point.span)))
        };
        // Who acknowledges a feeling need not repeat the words in which it was said.
        let acknowledged = run.iter().any(|turn| turn.has(Technique::AcknowledgeFeeling));
        let only_felt = |point: &Evidence| {
            let of = || customer.iter().filter(|(i, _)| *i == point.turn).map(|(_, turn)| turn);
            let cause = of().filter_map(|turn| turn.cause.as_ref());
            let felt = of().flat_map(|turn| &turn.emotions).flat_map(|f| &f.evidence);
            felt.filter(|e| e.turn == point.turn).any(|e| e.span.contains(&point.span))
                && !cause.into_iter().any(|cause| cause.span.overlaps(&point.span))
        };
        // Who takes up what is felt and does something about it need not say all of it again.
        let acts =
            run.iter().any(|turn| turn.has(Technique::Solve) || turn.has(Technique::PromiseAction));
        // "Wat vervelend, wat gebeurt er als u hem opent?": it goes on about just that.
        let asks_on = run.iter().any(|turn| {
            let kind = turn.has(Technique::Apologise) || turn.has(Technique::AcknowledgeFeeling);
            kind && turn.has(Technique::OpenQuestion)
        });
        let taken_up = LazyCell::new(|| self.taken_up());
        let comes_back =
            |point: &Evidence| self.telling_words(point).iter().any(|word| taken_up.contains(word));
        let others = passed_over
            .iter()
            .filter(|_| !(asks_on || acknowledged && acts))
            .filter(|point| !(acknowledged && only_felt(point)))
            .filter(|point| !comes_back(point))
            .filter(|point| negative && brought_it(point) && self.is_worth_quoting(point))
            .filter(|point| !is_told(point))
            .filter(|point| !self.in_open_place(point))
            .take(MOST_LEFT_OUT);
        LeftOut { repeat, others: others.copied().collect() }
    }

    /// The telling words where the reply takes up a feeling or apologises: "gecondoleerd met uw vader".
    fn taken_up(&self) -> Vec<String> {
        const TAKE_UP: [Technique; 2] = [Technique::AcknowledgeFeeling, Technique::Apologise];
        let run = self.run();
        let takes_up = run.iter().flat_map(|turn| &turn.techniques).filter(|f| {
            f.source != Source::Model
                && TAKE_UP.iter().any(|&technique| f.label == technique.into())
        });
        takes_up.flat_map(|f| &f.evidence).flat_map(|place| self.telling_words(place)).collect()
    }

    fn telling_words(&self, place: &Evidence) -> Vec<String> {
        /// Shorter words tell nothing by themselves.
        const LETTERS: usize = 5;
        let turn = self.conversation.turns.get(place.turn);
        let mut words = unanswered::words(turn.map_or("", |turn| place.span.of(&turn.text)));
        words.retain(|word| word.chars().count() >= LETTERS);
        words
    }

    /// Whether these words tell something by themselves, as "op 12 april" and "ja, met Jansen" don't.
    fn is_worth_quoting(&self, point: &Evidence) -> bool {
        const WORDS: usize = 4;
        const OPENING: [&str; 8] =
            ["ja met", "met", "hallo", "goedemorgen", "goedemiddag", "goedenavond", "hello", "hi"];
        let text = self.conversation.turns.get(point.turn).map_or("", |t| &t.text);
        let words = point.span.of(text).split(|c: char| !(c.is_alphabetic() || c == '\''));
        let words: Vec<String> =
            words.filter(|word| !word.is_empty()).map(str::to_lowercase).collect();
        let opening = words.join(" ");
        words.len() >= WORDS && !OPENING.iter().any(|o| opening.starts_with(&format!("{o} ")))
    }

    /// Whether the reply has these words in a place that is still to be filled.
    fn in_open_place(&self, point: &Evidence) -> bool {
        let said = self.conversation.turns.get(point.turn).map_or("", |t| point.span.of(&t.text));
        let replies = &self.conversation.turns[self.index..];
        replies.iter().take(self.run().len()).any(|reply| {
            let open = reply.text.split('{').skip(1).filter_map(|rest| rest.split('}').next());
            !said.is_empty() && open.into_iter().any(|slot| slot.contains(said))
        })
    }

    /// The agent turns of this run, the first one first.
    pub(crate) fn run(&self) -> Vec<&AgentTurn> {
        let parties = &self.conversation.turns;
        (self.index..parties.len())
            .take_while(|&i| parties[i].party != Party::Customer)
            .filter_map(|i| match &self.report.turns[i] {
                TurnReport::Agent(turn) => Some(turn),
                _ => None,
            })
            .collect()
    }

    /// Words of this run.
    fn words_of_run(&self) -> usize {
        let turns = &self.conversation.turns[self.index..];
        turns.iter().take(self.run().len()).map(|t| t.text.split_whitespace().count()).sum()
    }

    /// The customer turns that this run answers.
    pub(crate) fn customer(&self) -> Vec<(usize, &CustomerTurn)> {
        let mut turns = Vec::new();
        for i in (0..self.index).rev() {
            match &self.report.turns[i] {
                TurnReport::Customer(turn) => turns.push((i, turn)),
                TurnReport::Agent(turn) if turn.score.is_some() && !turns.is_empty() => break,
                _ => {}
            }
        }
        turns.reverse();
        turns
    }

    pub(crate) fn voice(&self) -> Voice {
        let language = match &self.report.turns[self.index] {
            TurnReport::Agent(turn) => turn.language,
            _ => None,
        };
        let language = self.spoken_to_in.or(language).or_else(|| self.report.locale.language());
        Voice::of(language.is_none_or(|l| l == Language::Nl), self.formal)
    }

    pub(crate) fn words(&self, evidence: &[Evidence]) -> String {
        longest(evidence).map_or_else(String::new, |e| {
            short(self.conversation.turns.get(e.turn).map_or("", |t| e.span.of(&t.text)))
        })
    }

    /// The words of the moment that this run missed.
    fn missed_moment(&self) -> Option<String> {
        let moment = self.missed?;
        let TurnReport::Customer(turn) = &self.report.turns[moment.turn] else { return None };
        let words = match &turn.cause {
            Some(cause) => short(cause.span.of(&self.conversation.turns[moment.turn].text)),
            None => turn.emotions.first().map(|e| self.words(&e.evidence))?,
        };
        (!words.is_empty()).then_some(words)
    }

    /// Promises of this run without a time, or with words beside it that are none.
    pub(crate) fn loose_promises(&self) -> Vec<(&Promise, Option<String>)> {
        const LOOSE: [&str; 6] = [
            "zo snel mogelijk",
            "zo spoedig mogelijk",
            "binnenkort",
            "as soon as possible",
            "shortly",
            "soon as we can",
        ];
        // Said and done in one breath, told from another time on, or for the agent to fill in.
        const AT_ONCE: [&str; 27] = [
            " until ",
            " totdat ",
            " tot het ",
            " tot de ",
            "een moment",
            "aan de lijn",
            "on the line",
            "geef het door",
            "geef ik door",
            "pass it on",
            "pass that on",
            "momentje",
            "ogenblik",
            "ik kijk",
            "gelijk",
            "meteen",
            "nu even",
            "verbind u",
            "verbind je",
            "one moment",
            "bear with me",
            "let me check",
            "straight away",
            "van tevoren",
            "beforehand",
            "text to confirm",
            "{",
        ];
        let run_end = self.index + self.run().len();
        // Promises stand in the order of their turns.
        let promises = &self.report.promises;
        let first = promises.partition_point(|p| p.turn < self.index);
        let made: Vec<&Promise> =
            promises[first..].iter().take_while(|p| p.turn < run_end.max(self.index + 1)).collect();
        // With one time that can be held, the rest may follow from it.
        let one_complete = made.iter().any(|p| p.complete);
        // "Mag ik uw klantnummer, dan zoek ik het op": it waits for the answer.
        let asks = self.run().iter().any(|turn| turn.has(Technique::ClosedQuestion));
        let last = run_end.saturating_sub(1);
        made.into_iter()
            .filter_map(|p| {
                let lower = p.what.to_lowercase();
                let loose = LOOSE.iter().find(|l| lower.contains(*l)).map(|l| (*l).to_owned());
                let done_here = p.turn < last || AT_ONCE.iter().any(|words| lower.contains(words));
                let open = !p.complete && !one_complete && !done_here && !asks;
                (open || loose.is_some()).then_some((p, loose))
            })
            .take(1)
            .collect()
    }
}

/// What a reply has not taken up.
#[derive(Debug, Clone, Default)]
pub(crate) struct LeftOut {
    /// How often or how long it has been going on.
    pub(crate) repeat: Option<Evidence>,
    /// What else brought the feeling.
    pub(crate) others: Vec<Evidence>,
}

/// How many bytes of `told` lie in `point`.
fn shared(told: &[Evidence], point: Evidence) -> usize {
    let within = |one: &&Evidence| one.turn == point.turn;
    let bytes = |one: &Evidence| {
        let end = one.span.end.min(point.span.end);
        end.saturating_sub(one.span.start.max(point.span.start))
    };
    told.iter().filter(within).map(bytes).sum()
}

fn longest(evidence: &[Evidence]) -> Option<Evidence> {
    evidence.iter().max_by_key(|e| e.span.end - e.span.start).copied()
}

pub(crate) fn is_urgent(label: Label) -> bool {
    matches!(
        label,
        Label::Safety(Safety::Threat | Safety::SelfHarm | Safety::Danger | Safety::Abuse)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use gehoord_conversation::Channel;
    use gehoord_listening::Listener;

    #[test]
    fn a_threat_gets_the_protocol_and_no_empathy_hint() {
        let listener = Listener::embedded().unwrap();
        let conversation = Conversation::new("t", Channel::Chat)
            .with_turn(
                Party::Customer,
                "Ik kom morgen naar jullie kantoor en dan sla ik iemand in elkaar.",
            )
            .with_turn(Party::Agent, "U kunt uw klacht indienen via de website.");
        let report = crate::review(&listener, &conversation);
        let TurnReport::Customer(customer) = &report.turns[0] else { panic!() };
        assert_eq!(customer.safety, [Safety::Threat]);
        let TurnReport::Agent(agent) = &report.turns[1] else { panic!() };
        assert_eq!(agent.hints[0].label, Label::Safety(Safety::Threat));
        assert_eq!(agent.hints.len(), 1, "{:?}", agent.hints);
    }
}
