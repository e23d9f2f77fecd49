//! A conversation that is heard turn by turn is at every length what the whole is.

use gehoord_coaching::{follow, hear, hear_instead, review};
use gehoord_conversation::{Channel, Conversation, Party, Turn};
use gehoord_listening::Listener;
use proptest::prelude::*;

/// What is said: by whom, the words, and whether it stands in the place of what was said last.
type Said = (usize, usize, bool);

/// Hears turn by turn and compares with hearing each beginning of it at once. Entries before the
/// first that may have changed must be what they were.
fn same_at_every_length(listener: &Listener, talk: &[Said]) {
    let mut so_far = Conversation::new("c", Channel::Chat);
    let mut ongoing = follow(listener, so_far.clone());
    for &(party, words, instead) in talk {
        let party = [Party::Customer, Party::Agent, Party::Agent, Party::Bot][party];
        let turn = Turn::new(party, WORDS[words]);
        let before = ongoing.report().turns.clone();
        let first = if instead {
            so_far.turns.pop();
            hear_instead(listener, &mut ongoing, turn.clone())
        } else {
            hear(listener, &mut ongoing, turn.clone())
        };
        so_far.turns.push(turn);
        let expected = review(listener, &so_far);
        assert_eq!(*ongoing.report(), expected, "{so_far:#?}");
        let same = first.min(before.len());
        assert_eq!(before[..same], expected.turns[..same]);
    }
    assert_eq!(follow(listener, so_far).report(), ongoing.report());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whoever speaks when: backchannels, bots, changes of language and of form, drafts that are
    /// written anew.
    #[test]
    fn anybody_may_say_anything_at_any_time(
        talk in prop::collection::vec((0..4_usize, 0..WORDS.len(), any::<bool>()), 1..14)
    ) {
        same_at_every_length(LISTENER.get_or_init(|| Listener::embedded().unwrap()), &talk);
    }
}

static LISTENER: std::sync::OnceLock<Listener> = std::sync::OnceLock::new();

const WORDS: [&str; 19] = [
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
    "Ik maak het bedrag vandaag nog aan u over.",
    "Ik heb het bedrag zojuist overgemaakt.",
    "Het geld is binnen, dank u wel.",
];
