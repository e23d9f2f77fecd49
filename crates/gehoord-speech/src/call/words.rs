//! A transcript beside the sound: which words were said in which turn of a voice.

use gehoord_conversation::voice::VoiceReport;
use gehoord_conversation::{Conversation, Party};

/// How well a transcript fits the sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fit {
    /// Its turns have no times.
    NoTimes,
    /// What the agent said lies where the agent spoke, or voices are not told apart.
    Fits,
    /// What the agent said lies where the customer spoke: the channels are the other way about.
    Swapped,
}

/// Tells whether the words of a conversation lie where the voices are.
fn fit(report: &VoiceReport, conversation: &Conversation) -> Fit {
    let (mut timed, mut same, mut crossed) = (false, 0_u64, 0_u64);
    for turn in &conversation.turns {
        let Some(span) = turn.spoken() else { continue };
        timed = true;
        for voice in &report.turns {
            let shared = u64::from(voice.span.shared_ms(span));
            match voice.party {
                Some(party) if party == turn.party => same += shared,
                Some(_) if [Party::Agent, Party::Customer].contains(&turn.party) => {
                    crossed += shared
                }
                _ => {}
            }
        }
    }
    match timed {
        false => Fit::NoTimes,
        true if crossed > same => Fit::Swapped,
        true => Fit::Fits,
    }
}

/// Puts the index of each turn of a transcript with the turn of the voice in which most of it was
/// said, and says how well the two fit. Nothing is put anywhere where they do not.
pub fn lay_beside(report: &mut VoiceReport, conversation: &Conversation) -> Fit {
    let fit = fit(report, conversation);
    if fit != Fit::Fits {
        return fit;
    }
    for (index, turn) in conversation.turns.iter().enumerate() {
        let Some(span) = turn.spoken() else { continue };
        let own = report
            .turns
            .iter_mut()
            .filter(|voice| voice.party.is_none_or(|party| party == turn.party))
            .filter(|voice| voice.span.shared_ms(span) > 0);
        if let Some(voice) = own.max_by_key(|voice| voice.span.shared_ms(span)) {
            voice.said.push(index);
        }
    }
    fit
}
