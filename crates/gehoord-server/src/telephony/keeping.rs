//! What was measured of a call that ran is kept with its words: a conversation that is called as the
//! call is, of its agent, at its end or within the ten minutes that the call is remembered. Without
//! words nothing is.

use std::sync::Arc;
use std::time::Duration;

use gehoord_conversation::wire::voice::WireTimeSpan;
use gehoord_store::{NewRecording, StoreError, TurnView, Viewer};
use tokio::sync::watch;

use super::calls::Ended;
use crate::app::App;
use crate::aside::aside;
use crate::telemetry;

/// How often one looks for words.
const PAUSE: Duration = Duration::from_secs(2);
/// When the server stops, calls that ended with it are over after so long.
const LAST: Duration = Duration::from_millis(300);
/// Words may be dated so much beside the turn of the voice in which they were said: some are dated
/// when they begin, others when they were written out. In milliseconds.
const BESIDE: i64 = 3_000;

/// Keeps what was measured of calls until the server stops.
pub(crate) async fn work(app: App, mut ended: watch::Receiver<bool>) {
    loop {
        let stops = tokio::select! {
            () = tokio::time::sleep(PAUSE) => false,
            _ = ended.wait_for(|ended| *ended) => true,
        };
        if stops {
            tokio::time::sleep(LAST).await;
        }
        for call in app.calls.ended() {
            if !stops && !call.is_due(PAUSE) {
                continue;
            }
            if let Err(error) = keep(&app, call).await {
                telemetry::request_failed(&error.to_string());
            }
        }
        if stops {
            return;
        }
    }
}

/// Keeps what was measured of a call, if its words are there.
async fn keep(app: &App, call: Ended) -> Result<(), StoreError> {
    let asked = call.clone();
    let measured: Option<Arc<NewRecording>> = aside(move || asked.measured()).await.ok().flatten();
    let Some(measured) = measured else {
        app.calls.settled(&call);
        return Ok(());
    };
    let mut request = app.store.request(&Viewer::machine(), "call.keep").await?;
    let Some(words) = request.words_of_call(call.call(), call.agent()).await? else {
        // Nothing was found, so there is nothing to tell the audit.
        return request.keep().await;
    };
    let view = request.conversation(&words).await?;
    let mut measured = NewRecording::clone(&measured);
    lay_beside(&mut measured, &view.turns, call.began_at());
    request.write_call(&words, &measured).await?;
    request.finish().await?;
    app.calls.settled(&call);
    Ok(())
}

/// Puts dated words with the turn of their voice that is nearest in time. `began`: when the call
/// began, in milliseconds since 1970.
fn lay_beside(call: &mut NewRecording, turns: &[TurnView], began: i64) {
    call.spoken = vec![None; turns.len()];
    for ((at, said), spoken) in turns.iter().enumerate().zip(&mut call.spoken) {
        if said.at.is_none() {
            continue;
        }
        let when = said.said_at - began;
        let off =
            |start: u32, end: u32| (i64::from(start) - when).max(when - i64::from(end)).max(0);
        let own = call.voice.turns.iter_mut().filter(|turn| !turn.backchannel);
        let own = own.filter(|turn| turn.party.as_ref() == Some(&said.party));
        let nearest = own.min_by_key(|turn| off(turn.start_ms, turn.end_ms));
        if let Some(turn) = nearest.filter(|turn| off(turn.start_ms, turn.end_ms) <= BESIDE) {
            turn.said.push(at);
            *spoken = Some(WireTimeSpan { start_ms: turn.start_ms, end_ms: turn.end_ms });
        }
    }
}

#[cfg(test)]
mod tests {
    use gehoord_conversation::Party;
    use gehoord_conversation::voice::{Sound, TimeSpan, VoiceReport, VoiceTurn};
    use gehoord_store::NoSound;

    use super::*;

    #[test]
    fn words_lie_with_the_nearest_turn_of_their_own_voice_or_nowhere() {
        let turn = |party, start, end| VoiceTurn {
            party: Some(party),
            span: TimeSpan::new(start, end),
            backchannel: false,
            answered_after_ms: None,
            sound: Sound::default(),
            said: Vec::new(),
        };
        let turns = vec![
            turn(Party::Customer, 1_000, 5_000),
            turn(Party::Agent, 6_000, 9_000),
            turn(Party::Customer, 30_000, 34_000),
        ];
        let voice = VoiceReport { turns, ..VoiceReport::default() };
        let mut call = NewRecording {
            voice: (&voice).into(),
            lines: (&gehoord_conversation::voice::VoiceLines::default()).into(),
            spoken: Vec::new(),
            silenced: Vec::new(),
            sound: Err(NoSound::Running),
            days: 0,
            agent_id: None,
        };
        let said = |party: &str, after: i64, dated: bool| TurnView {
            position: 0,
            party: party.to_owned(),
            person_id: None,
            text: String::new(),
            at: dated.then(String::new),
            said_at: 1_000_000 + after,
            external_id: None,
            finding: None,
        };
        let words = [
            said("customer", 1_200, true),
            said("customer", 5_900, true),
            said("agent", 5_900, true),
            said("customer", 15_000, true),
            said("customer", 31_000, false),
        ];
        lay_beside(&mut call, &words, 1_000_000);
        let starts: Vec<_> =
            call.spoken.iter().map(|span| span.map(|span| span.start_ms)).collect();
        assert_eq!(starts, [Some(1_000), Some(1_000), Some(6_000), None, None]);
        assert_eq!(call.voice.turns[0].said, [0, 1]);
        assert!(call.voice.turns[2].said.is_empty());
    }
}
