//! Promises and what later turns show of them, with sentences both ways.

use std::sync::LazyLock;

use gehoord_conversation::{Channel, Conversation, Outcome, Party, Turn};

use super::EarlierPromise;
use crate::Listener;

static LISTENER: LazyLock<Listener> = LazyLock::new(|| Listener::embedded().unwrap());

/// What became of the first promise of the conversation, and the words that show it.
fn check(locale: &str, turns: &[(&str, Party, &str)]) -> Option<(Outcome, usize, String)> {
    let mut conversation = Conversation::new("x", Channel::Email);
    conversation.locale = Some(locale.parse().unwrap());
    conversation.turns = turns
        .iter()
        .map(|(at, party, text)| {
            let mut turn = Turn::new(*party, *text);
            turn.at = (!at.is_empty())
                .then(|| format!("2026-{at}:00+01:00[Europe/Amsterdam]").parse().unwrap());
            turn
        })
        .collect();
    let report = LISTENER.listen(&conversation);
    assert!(!report.promises.is_empty(), "no promise was heard in {turns:?}");
    let shown = report.promises[0].shown.clone()?;
    let place = shown.evidence[0];
    assert_eq!(place.turn, shown.turn);
    let words = place.span.of(&conversation.turns[place.turn].text).to_owned();
    Some((shown.outcome, shown.turn, words))
}

/// A promise on Monday morning, and what somebody says on Thursday.
fn after(locale: &str, promise: &str, party: Party, said: &str) -> Option<Outcome> {
    let turns = [
        ("03-02T10:00", Party::Customer, "?"),
        ("03-02T10:05", Party::Agent, promise),
        ("03-05T10:00", party, said),
    ];
    check(locale, &turns).map(|(outcome, ..)| outcome)
}

const AGENT: Party = Party::Agent;
const CUSTOMER: Party = Party::Customer;
const KEPT: Option<Outcome> = Some(Outcome::Kept);
const BROKEN: Option<Outcome> = Some(Outcome::Broken);

#[test]
fn an_agent_says_that_it_is_done() {
    let nl = |promise, said| after("nl-NL", promise, AGENT, said);
    assert_eq!(
        nl("Ik maak het bedrag vandaag over.", "Ik heb het bedrag zojuist overgemaakt."),
        KEPT
    );
    assert_eq!(nl("Er komt morgen een monteur bij u langs.", "Uw monteur is onderweg."), KEPT);
    assert_eq!(nl("Ik zoek het voor u uit.", "Ik heb het uitgezocht: het was een fout."), KEPT);
    assert_eq!(nl("Ik geef het door aan mijn collega.", "Ik heb het vanmorgen doorgegeven."), KEPT);
    assert_eq!(nl("Ik stuur u een nieuwe factuur.", "Ik heb de factuur verstuurd."), KEPT);
    let en = after("en-GB", "I will refund the amount today.", AGENT, "I have just refunded it.");
    assert_eq!(en, KEPT);
    let de = after(
        "de-DE",
        "Ich überweise Ihnen den Betrag heute.",
        AGENT,
        "Ich habe den Betrag soeben überwiesen.",
    );
    assert_eq!(de, KEPT);
    let fr =
        after("fr-FR", "Je vous envoie le colis demain.", AGENT, "J'ai envoyé le colis ce matin.");
    assert_eq!(fr, KEPT);
}

#[test]
fn a_customer_says_that_it_came() {
    let nl = |promise, said| after("nl-NL", promise, CUSTOMER, said);
    assert_eq!(nl("Ik stort het bedrag vandaag terug.", "Het geld is binnen, dank."), KEPT);
    assert_eq!(nl("Ik stuur u morgen een nieuw pakket.", "Het pakket is er!"), KEPT);
    assert_eq!(nl("Ik bel u morgen terug.", "Ik ben netjes teruggebeld, dank."), KEPT);
    assert_eq!(nl("Morgen komt er een monteur langs.", "De monteur is geweest."), KEPT);
    assert_eq!(nl("We leveren morgen de wasmachine.", "De wasmachine is er, dank!"), KEPT);
}

#[test]
fn a_customer_says_after_its_time_that_it_did_not_come() {
    let nl = |promise, said| after("nl-NL", promise, CUSTOMER, said);
    let call = "Ik bel u morgen voor 12 uur terug.";
    assert_eq!(nl(call, "Ik zou eergisteren gebeld worden, niks gehoord."), BROKEN);
    assert_eq!(nl(call, "Niemand heeft mij gebeld."), BROKEN);
    assert_eq!(nl("Ik bel u terug.", "Ik ben nog steeds niet teruggebeld."), BROKEN);
    assert_eq!(nl("Morgen komt er een monteur langs.", "De monteur is niet gekomen."), BROKEN);
    assert_eq!(
        nl("Ik stort het bedrag morgen terug.", "Het geld is nog steeds niet binnen."),
        BROKEN
    );
    let en = |promise, said| after("en-GB", promise, CUSTOMER, said);
    assert_eq!(en("I will call you back tomorrow.", "Nobody called me."), BROKEN);
    let de = |promise, said| after("de-DE", promise, CUSTOMER, said);
    assert_eq!(de("Ich rufe Sie morgen zurück.", "Ich wurde nicht angerufen."), BROKEN);
    let fr = |promise, said| after("fr-FR", promise, CUSTOMER, said);
    assert_eq!(fr("Je vous rappelle demain.", "Personne ne m'a rappelé."), BROKEN);
}

#[test]
fn what_is_about_something_else_shows_nothing() {
    let nl = |promise, party, said| after("nl-NL", promise, party, said);
    let money = "Ik stort het bedrag morgen terug.";
    let factuur = "Ik stuur u morgen een nieuwe factuur.";
    for (promise, party, said) in [
        (money, AGENT, "Ik heb uw adres aangepast."),
        (money, AGENT, "Ik heb u een mail gestuurd."),
        (money, CUSTOMER, "Het pakket is binnen, dank."),
        (money, CUSTOMER, "Ik heb het bedrag aan jullie overgemaakt."),
        (money, CUSTOMER, "Er is niemand langsgekomen."),
        (factuur, AGENT, "Ik heb de handleiding verstuurd."),
        (factuur, CUSTOMER, "Het geld is binnen."),
        ("We leveren morgen de wasmachine.", AGENT, "Ik heb de wasmachine geannuleerd."),
        ("We leveren morgen de wasmachine.", AGENT, "Uw pakket is onderweg."),
        ("Ik bel u morgen terug.", CUSTOMER, "Ik heb de brief ontvangen."),
    ] {
        assert_eq!(nl(promise, party, said), None, "{promise} {said}");
    }
}

#[test]
fn what_is_not_done_yet_asked_or_only_wished_shows_nothing() {
    let nl = |promise, party, said| after("nl-NL", promise, party, said);
    let money = "Ik stort het bedrag vrijdag terug.";
    for (party, said) in [
        (AGENT, "Ik heb het bedrag nog niet teruggestort."),
        (AGENT, "Zodra ik het bedrag heb teruggestort, hoort u van mij."),
        (AGENT, "Heeft u het bedrag al ontvangen?"),
        (AGENT, "Het bedrag wordt morgen teruggestort."),
        (AGENT, "Ik had het bedrag moeten terugstorten."),
        (CUSTOMER, "Is het geld al binnen?"),
        (CUSTOMER, "Als het geld binnen is, laat ik het weten."),
        (CUSTOMER, "De helft van het geld is binnen."),
        // Its time is not over.
        (CUSTOMER, "Het geld is nog steeds niet binnen."),
        // An agent does not say that a promise was broken.
        (AGENT, "Ik zie dat het geld niet is teruggestort."),
    ] {
        assert_eq!(nl(money, party, said), None, "{said}");
    }
}

#[test]
fn what_lies_before_the_promise_shows_nothing() {
    let call = "Ik bel u morgen voor 12 uur terug.";
    for (party, said) in [
        (AGENT, "Ik heb u gisteren gebeld."),
        (CUSTOMER, "Ik zou gisteren al gebeld worden, niks gehoord."),
        (CUSTOMER, "Ik ben gisteren wel gebeld."),
    ] {
        for times in [["03-02T10:00", "03-02T10:05"], ["", ""]] {
            let turns = [(times[0], AGENT, call), (times[1], party, said)];
            assert_eq!(check("nl-NL", &turns), None, "{said}");
        }
    }
}

#[test]
fn the_words_of_the_customer_stand() {
    let promise = ("03-02T10:00", AGENT, "Ik maak het bedrag vandaag over.");
    let done = ("03-04T10:00", AGENT, "Ik heb het bedrag overgemaakt.");
    let missing = ("03-05T10:00", CUSTOMER, "Het geld is nog niet binnen.");
    let again = ("03-05T11:00", AGENT, "Ik heb het bedrag echt overgemaakt.");
    let came = ("03-06T10:00", CUSTOMER, "Het geld is binnen, bedankt!");
    let outcome = |turns: &[_]| check("nl-NL", turns).map(|(outcome, turn, _)| (outcome, turn));
    assert_eq!(outcome(&[promise, done]), Some((Outcome::Kept, 1)));
    assert_eq!(outcome(&[promise, done, missing]), Some((Outcome::Broken, 2)));
    assert_eq!(outcome(&[promise, done, missing, again]), Some((Outcome::Broken, 2)));
    assert_eq!(outcome(&[promise, done, missing, again, came]), Some((Outcome::Kept, 4)));
    let (.., words) = check("nl-NL", &[promise, done]).unwrap();
    assert_eq!(words, "Ik heb het bedrag overgemaakt");
}

#[test]
fn of_two_promises_the_one_that_is_meant_is_shown() {
    let turns = [
        ("03-02T10:00", AGENT, "Ik stuur u vandaag een nieuwe factuur. Ik bel u morgen terug."),
        ("03-03T10:00", CUSTOMER, "Ik ben teruggebeld, dank."),
    ];
    assert_eq!(check("nl-NL", &turns), None, "the first is about the bill");
}

#[test]
fn a_promise_of_an_earlier_contact_is_shown_by_a_later_one() {
    let earlier = [EarlierPromise {
        what: "Ik bel u morgen voor 12 uur terug.".to_owned(),
        made_at: "2026-03-02T09:00:00Z".parse().unwrap(),
        due: Some("2026-03-03T11:00:00Z".parse().unwrap()),
    }];
    let mut later = Conversation::new("later", Channel::Chat);
    later.locale = Some("nl-NL".parse().unwrap());
    later.turns = vec![Turn::new(CUSTOMER, "Ik zou gebeld worden, niks gehoord.")];
    assert!(LISTENER.shown_of_earlier(&earlier, &later, 0).is_empty(), "it has no time");
    later.turns[0].at = Some("2026-03-05T10:00:00+01:00[Europe/Amsterdam]".parse().unwrap());
    let shown = LISTENER.shown_of_earlier(&earlier, &later, 0);
    assert_eq!((shown[0].0, shown[0].1.outcome), (0, Outcome::Broken));
    assert!(LISTENER.shown_of_earlier(&earlier, &later, 1).is_empty(), "only new turns count");
    later.turns[0].at = Some("2026-03-01T10:00:00+01:00[Europe/Amsterdam]".parse().unwrap());
    assert!(LISTENER.shown_of_earlier(&earlier, &later, 0).is_empty(), "it lies before");
}
