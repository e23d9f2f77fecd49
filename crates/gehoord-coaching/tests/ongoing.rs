//! A conversation that is heard turn by turn is at every length what the whole is.

use gehoord_coaching::{follow, hear, review};
use gehoord_conversation::{Channel, Conversation, Party, Turn};
use gehoord_listening::Listener;
use proptest::prelude::*;

/// Hears `whole` turn by turn and compares with hearing each beginning of it at once. Entries
/// before the first that may have changed must be what they were.
fn same_at_every_length(listener: &Listener, whole: &Conversation) {
    let mut so_far = Conversation { turns: Vec::new(), ..whole.clone() };
    let mut ongoing = follow(listener, so_far.clone());
    for turn in &whole.turns {
        so_far.turns.push(turn.clone());
        let before = ongoing.report().turns.clone();
        let first = hear(listener, &mut ongoing, turn.clone());
        let expected = review(listener, &so_far);
        assert_eq!(*ongoing.report(), expected, "{so_far:#?}");
        assert_eq!(before[..first.min(before.len())], expected.turns[..first.min(before.len())]);
    }
    assert_eq!(follow(listener, so_far).report(), ongoing.report());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whoever speaks when: backchannels, bots, colleagues, changes of language and of form.
    #[test]
    fn anybody_may_say_anything_at_any_time(talk in prop::collection::vec((0..4_usize, 0..WORDS.len()), 1..14)) {
        let listener = LISTENER.get_or_init(|| Listener::embedded().unwrap());
        let mut conversation = Conversation::new("c", Channel::Chat);
        for (party, words) in talk {
            let party = [Party::Customer, Party::Agent, Party::Agent, Party::Bot][party];
            conversation.turns.push(Turn::new(party, WORDS[words]));
        }
        same_at_every_length(listener, &conversation);
    }
}

static LISTENER: std::sync::OnceLock<Listener> = std::sync::OnceLock::new();

const WORDS: [&str; 16] = [
    "Hm-hm.",
    "Ja, en toen?",
    "Ik heb al drie keer gebeld en er gebeurt niets. Ik word hier zo moe van.",
    "Wat vervelend dat u al drie keer hebt moeten bellen. Ik bel u morgen voor 12.00 uur terug.",
    "Het ordernummer is 4412.",
    "Maar dat is nu eenmaal ons beleid.",
    "Heb je de monteur gezien?",
    "I am furious, nobody called me back and I lost a day of work.",
    "I am sorry, that is our mistake. I will send a new one today.",
    "",
    "Dank je wel, wat fijn! Dat is een opluchting.",
    "Kunt u mij vertellen wat er gebeurd is?",
    "Ik kom naar jullie kantoor en dan sla ik iemand in elkaar.",
    "Ik ben machteloos. Jullie sturen mij van het kastje naar de muur.",
    "Wat vervelend dat u al drie keer hebt moeten bellen.",
    "ok",
];
