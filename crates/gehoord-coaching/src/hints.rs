//! What would be better in a reply: concretely, in the customer's words, naming the situation
//! rather than the emotion.

use std::collections::HashMap;

use gehoord_conversation::{
    AgentTurn, Breaker, Conversation, CustomerTurn, Evidence, Finding, Hint, Label, Language,
    Moment, Party, Promise, Report, Safety, Signal, Source, Technique, Turn, TurnReport,
};

use crate::words::{Voice, is_empathy, short};

/// At most so many points that were passed over are named.
const POINTS: usize = 2;

/// What no rule found is spoken of from this strength on: a hint that is wrong costs trust.
const SURE: f32 = 0.5;

/// Adds hints to the first turn of every agent run that was judged, among turns `from` and later.
pub(crate) fn add(report: &mut Report, conversation: &Conversation, from: usize) {
    let missed: HashMap<usize, usize> = report
        .moments
        .iter()
        .enumerate()
        .filter(|(_, m)| m.met == Some(false))
        .filter_map(|(i, m)| Some((m.answered_by?, i)))
        .collect();
    let judged = |turn: &TurnReport| matches!(turn, TurnReport::Agent(a) if a.score.is_some());
    let mut last_of_run = report.turns[..from].iter().rposition(judged);
    let mut formal = is_formal(&conversation.turns[..from]);
    for index in from..report.turns.len() {
        formal = form(&conversation.turns[index].text).unwrap_or(formal);
        if !judged(&report.turns[index]) {
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
        .hints();
        if let TurnReport::Agent(turn) = &mut report.turns[index] {
            turn.hints = hints;
        }
    }
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

/// Breakers to speak of: what somebody wrote a rule for first, then what is surest. What the model
/// alone hears counts where it is sure, and in words that no rule speaks of.
pub(crate) fn worth_saying(turn: &AgentTurn) -> Vec<&Finding> {
    let (mut by_model, mut said): (Vec<&Finding>, Vec<&Finding>) =
        turn.breakers.iter().partition(|f| f.source == Source::Model);
    by_model.retain(|f| {
        let taken = |e: &Evidence| {
            let same = |s: &Evidence| s.turn == e.turn && s.span.overlaps(&e.span);
            said.iter().any(|finding| finding.evidence.iter().any(same))
        };
        f.strength >= SURE && !f.evidence.iter().any(taken)
    });
    let surest = |a: &&Finding, b: &&Finding| b.strength.total_cmp(&a.strength);
    said.sort_by(surest);
    by_model.sort_by(surest);
    said.extend(by_model);
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
    fn hints(&self) -> Vec<Hint> {
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
            let words = self.words(&signal.evidence);
            push(signal.label, voice.protocol(&words));
        }
        let has = |label: Label| run.iter().any(|t| t.has(label));
        let missed = self.missed_moment();
        if let Some(words) = missed {
            push(Technique::AcknowledgeFeeling.into(), voice.name_the_situation(&words));
        }
        let points = self.left_out(&customer);
        if let Some(repeat) = points.repeat {
            push(Technique::Restate.into(), voice.earlier_contacts(&self.words(&[repeat])));
        }
        let contacted_before = customer.iter().any(|(_, t)| t.repeat_contact);
        if contacted_before && !has(Signal::OwnFault.into()) {
            push(Technique::TakeOwnership.into(), voice.own_failure());
        }
        for point in points.others.iter().take(POINTS) {
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
        let problem = customer.iter().any(|(_, t)| t.complaint || t.cause.is_some());
        if problem && !acts {
            push(Technique::PromiseAction.into(), voice.act());
        }
        let vague = customer.iter().find(|(i, t)| {
            t.intensity >= 2 && t.cause.is_none() && self.conversation.turns[*i].text.len() < 60
        });
        if let Some((i, _)) = vague
            && !has(Technique::OpenQuestion.into())
        {
            push(
                Technique::OpenQuestion.into(),
                voice.ask(&short(&self.conversation.turns[*i].text)),
            );
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
        if !danger.is_empty() {
            hints.retain(|h| {
                !is_empathy(h.label) && !matches!(h.label, Label::Breaker(Breaker::Scripted))
            });
        }
        hints
    }

    /// What the customer told that is worth coming back, and did not come back in this run.
    pub(crate) fn left_out(&self, customer: &[(usize, &CustomerTurn)]) -> LeftOut {
        let run = self.run();
        let passed_over = run.first().map_or(&[][..], |turn| &turn.passed_over);
        let signal = customer
            .iter()
            .rev()
            .find_map(|(_, t)| t.signals.iter().find(|s| s.label == Signal::RepeatContact.into()));
        let told = signal.map_or(&[][..], |s| &s.evidence);
        let is_told = |point: &&Evidence| {
            told.iter().any(|t| t.turn == point.turn && t.span.overlaps(&point.span))
        };
        // A long sentence has several points; who gave most of it back has given it back.
        let missed = passed_over.iter().map(|point| shared(told, *point)).sum::<usize>();
        let all = told.iter().map(|one| one.span.end - one.span.start).sum::<usize>();
        let repeat = (missed > 0 && missed * 2 >= all).then(|| longest(told)).flatten();
        let negative = customer.iter().any(|(_, t)| t.valence < 0.0 && t.intensity >= 1);
        let caused = |turn: usize| customer.iter().any(|(i, t)| *i == turn && t.cause.is_some());
        // Who acknowledges a feeling need not repeat the words in which it was said.
        let acknowledged = run.iter().any(|turn| turn.has(Technique::AcknowledgeFeeling));
        let only_felt = |point: &Evidence| {
            let of = || customer.iter().filter(|(i, _)| *i == point.turn).map(|(_, turn)| turn);
            let cause = of().filter_map(|turn| turn.cause.as_ref());
            let felt = of().flat_map(|turn| &turn.emotions).flat_map(|f| &f.evidence);
            felt.filter(|e| e.turn == point.turn).any(|e| e.span.contains(&point.span))
                && !cause.into_iter().any(|cause| cause.span.overlaps(&point.span))
        };
        let others = passed_over
            .iter()
            .filter(|point| !(acknowledged && only_felt(point)))
            .filter(|point| negative && caused(point.turn))
            .filter(|point| !is_told(point));
        LeftOut { repeat, others: others.copied().collect() }
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
        let run_end = self.index + self.run().len();
        // Promises stand in the order of their turns.
        let promises = &self.report.promises;
        let first = promises.partition_point(|p| p.turn < self.index);
        promises[first..]
            .iter()
            .take_while(|p| p.turn < run_end.max(self.index + 1))
            .filter_map(|p| {
                let lower = p.what.to_lowercase();
                let loose = LOOSE.iter().find(|l| lower.contains(*l)).map(|l| (*l).to_owned());
                (!p.complete || loose.is_some()).then_some((p, loose))
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
        assert!(agent.hints.iter().all(|h| !is_empathy(h.label)), "{:?}", agent.hints);
    }
}
