//! Suggestions for a reply: what they take up, what they leave alone, and hostile input.

use gehoord_coaching::{Form, HouseStyle, Suggestion, Wish, follow, suggest, suggest_next};
use gehoord_conversation::{Channel, Conversation, Language, Party, Turn};
use gehoord_listening::Listener;
use std::sync::LazyLock;

static LISTENER: LazyLock<Listener> = LazyLock::new(|| Listener::embedded().unwrap());

const THREE_TIMES: &str =
    "Ik heb al drie keer gebeld over mijn factuur en ik krijg nog steeds geen antwoord.";

fn said(channel: Channel, locale: &str, text: &str) -> Conversation {
    let mut conversation = Conversation::new("t", channel).with_turn(Party::Customer, text);
    conversation.locale = locale.parse().ok();
    conversation
}

fn some(
    conversation: &Conversation,
    style: &HouseStyle,
    seed: u64,
    count: usize,
) -> Vec<Suggestion> {
    suggest(&LISTENER, conversation, &Wish { style, seed, count, earlier: &[] })
}

fn one(channel: Channel, locale: &str, text: &str) -> Option<Suggestion> {
    some(&said(channel, locale, text), &HouseStyle::default(), 1, 1).into_iter().next()
}

#[test]
fn what_the_customer_went_through_comes_back() {
    let conversation = said(Channel::Email, "nl-NL", THREE_TIMES);
    let suggestions = some(&conversation, &HouseStyle::default(), 0, 3);
    assert_eq!(suggestions.len(), 3);
    for suggestion in &suggestions {
        assert_eq!(suggestion.situation, Some("told_the_same_again"));
        assert!(suggestion.text.to_lowercase().contains("drie keer"), "{}", suggestion.text);
        assert_eq!(suggestion.form, Form::Formal);
        let shown = suggestion.takes_up[0].span.of(&conversation.turns[0].text);
        assert_eq!(shown, "drie keer gebeld");
        assert!(suggestion.slots().any(|slot| slot == "naam"));
    }
    let casual =
        "hoi heb nu 3x gebeld over mn factuur, ik krijg nog steeds geen antwoord van jullie";
    let suggestion = one(Channel::Chat, "nl-NL", casual).unwrap();
    assert_eq!(suggestion.form, Form::Informal);
    assert!(!suggestion.text.split(' ').any(|w| w == "u" || w == "uw"), "{}", suggestion.text);
}

#[test]
fn each_situation_is_answered_as_what_it_is() {
    for (text, situation, holds) in [
        ("Mag een cadeaubon van vorig jaar nog?", "whether", "{ja/nee}"),
        ("Hoe zet ik de voicemail uit?", "how_to", "{stap"),
        ("Kunt u mij de factuur van januari nog eens sturen?", "send_a_copy", "{adres}"),
        ("Onze ketel is alweer stuk, ik zit in de kou.", "no_heat", "{"),
        (
            "Heel erg bedankt, uw monteur was zo geduldig met mijn moeder.",
            "praise_in_own_words",
            "{collega}",
        ),
    ] {
        let suggestion = one(Channel::Phone, "nl-NL", text).unwrap_or_else(|| panic!("{text}"));
        assert_eq!(suggestion.situation, Some(situation), "{text}: {}", suggestion.text);
        assert!(suggestion.text.contains(holds), "{text}: {}", suggestion.text);
    }
}

/// What customers write every day gets a suggestion, and the right one.
#[test]
fn everyday_messages_get_one() {
    let mut wrong = Vec::new();
    for (text, situation) in [
        ("Dit is al de derde keer dat ik bel over dezelfde rekening.", "told_the_same_again"),
        ("Ik heb al drie keer gemaild en ik krijg maar geen antwoord.", "told_the_same_again"),
        ("Mijn pakket is nog steeds niet geleverd, het zou dinsdag komen.", "parcel_missing"),
        ("Waar blijft mijn bestelling? Ik had hem allang moeten hebben.", "parcel_missing"),
        ("Mijn voorschot is ineens verdubbeld.", "bill_too_high"),
        ("Mijn rekening klopt niet, er staat iets dubbel op.", "bill_wrong"),
        ("Er is twee keer 49 euro afgeschreven voor dezelfde bestelling.", "charged_twice"),
        (
            "Ik heb in maart opgezegd en jullie schrijven nog elke maand af.",
            "charged_after_cancelling",
        ),
        ("De wasmachine is na twee weken al kapot.", "broke_soon"),
        ("De kast is met een flinke deuk geleverd.", "arrived_damaged"),
        ("Ik heb de verkeerde maat gekregen.", "wrong_delivered"),
        ("Ik wacht nu al zes weken op mijn nieuwe bank.", "waits_long"),
        ("Ik heb in mei een mail gestuurd en nooit antwoord gekregen.", "no_answer"),
        ("Ze zouden mij vrijdag terugbellen en ik heb niets gehoord.", "callback_not_kept"),
        ("Ik heb de hele dag op de monteur gewacht en er is niemand gekomen.", "nobody_came"),
        ("Ik wacht al maanden op mijn borg.", "money_not_back"),
        ("Ons internet ligt er alweer uit.", "no_internet"),
        ("Ik krijg een aanmaning terwijl ik allang betaald heb.", "reminder_undeserved"),
        ("Uw collega snauwde mij af en hing gewoon op.", "rude_staff"),
        ("Ik kreeg een brief en ik snap er niets van.", "unclear_letter"),
        ("Ik wil graag mijn abonnement opzeggen per 1 mei.", "cancel"),
        (
            "Zeg mijn contract maar op, ik ga naar een ander, dit was de druppel.",
            "leaving_disappointed",
        ),
        ("Heel erg bedankt, jullie waren geweldig.", "thanks_in_a_word"),
        ("Uw monteur was zo vriendelijk en geduldig, echt top.", "thanks_for_somebody"),
        ("Tot hoe laat zijn jullie morgen open?", "question_aloud"),
        ("Hoe wijzig ik mijn adres?", "how_to"),
        ("Mijn excuses dat ik gisteren zo uitviel tegen uw collega.", "sorry_for_outburst"),
        ("Stom van mij, ik heb het verkeerde adres ingevuld.", "own_mistake"),
        ("Mijn man is in mei overleden en zijn abonnement loopt nog.", "death_in_the_family"),
    ] {
        let suggestion = one(Channel::Phone, "nl-NL", text);
        let found = suggestion.as_ref().and_then(|s| s.situation);
        if found != Some(situation) {
            wrong.push(format!("{text}: {found:?}, not {situation}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What was told beside the situation gets a line of its own, in the customer's words.
#[test]
fn what_is_told_beside_the_situation_is_not_passed_over() {
    let text = "Onze ketel is stuk, ik zit hier in de kou en ik heb al twee keer gebeld.";
    let suggestion = one(Channel::Phone, "nl-NL", text).unwrap();
    assert!(suggestion.text.contains("al twee keer gebeld"), "{}", suggestion.text);
}

/// A plain answer to a question would pass over what weighs beside it: then that has a place too.
#[test]
fn a_question_beside_something_that_weighs_gets_no_plain_answer() {
    for text in [
        "Hoe laat sluit de begraafplaats? In ons geloof moet het vandaag nog.",
        "Welke formulieren moet ik meenemen? Ik had het vorige week ook al gevraagd.",
    ] {
        let plain = one(Channel::Phone, "nl-NL", text).filter(|s| !s.text.contains("“"));
        assert_eq!(plain, None, "{text}");
    }
    assert!(one(Channel::Phone, "nl-NL", "Welke formulieren moet ik meenemen?").is_some());
}

/// "Bel me niet" is heard, and who asks for somebody else is left to a person.
#[test]
fn what_the_customer_wants_of_the_reply_is_kept() {
    let text =
        "Ik had zes weken geleden gemaild en nooit antwoord gekregen. Bel mij niet, mail mij.";
    for seed in 0..12 {
        let conversation = said(Channel::Chat, "nl-NL", text);
        for suggestion in some(&conversation, &HouseStyle::default(), seed, 1) {
            let low = suggestion.text.to_lowercase();
            assert!(!low.contains("bel ") && !low.contains("telefoon"), "{}", suggestion.text);
        }
    }
    let text = "Ik heb al drie keer gebeld over mijn factuur. Ik wil uw leidinggevende spreken.";
    assert_eq!(one(Channel::Phone, "nl-NL", text), None);
}

#[test]
fn thanks_in_passing_get_a_light_answer() {
    let mut conversation = said(Channel::Chat, "nl-NL", "Tot hoe laat zijn jullie open?");
    conversation.turns.push(Turn::new(Party::Agent, "Tot zes uur."));
    conversation.turns.push(Turn::new(Party::Customer, "Helder, dank je wel!"));
    let suggestion = &some(&conversation, &HouseStyle::default(), 0, 1)[0];
    assert!(suggestion.text.starts_with("Graag gedaan"), "{}", suggestion.text);
    assert_eq!(suggestion.slots().count(), 0);
}

#[test]
fn who_writes_geachte_is_greeted_likewise() {
    for (text, greeting) in [
        ("Geachte heer, welke formulieren moet ik meenemen?", "Geachte {naam},"),
        ("Hoi, welke formulieren moet ik meenemen?", "Hoi {naam},"),
    ] {
        for seed in 0..4 {
            let conversation = said(Channel::Email, "nl-NL", text);
            let suggestion = &some(&conversation, &HouseStyle::default(), seed, 1)[0];
            assert!(suggestion.text.starts_with(greeting), "{}", suggestion.text);
        }
    }
}

/// What no situation says is given back by the agent: the suggestion points at the words.
#[test]
fn what_no_situation_fits_is_given_back_in_own_words() {
    let text =
        "Jullie tuinman heeft mijn rozen weggesnoeid terwijl ze net in bloei stonden, schande.";
    let conversation = said(Channel::Phone, "nl-NL", text);
    let suggestion = &some(&conversation, &HouseStyle::default(), 1, 1)[0];
    assert_eq!(suggestion.situation, Some("complaint_in_own_words"));
    let quoted = suggestion.slots().find(|slot| slot.contains('“')).unwrap();
    assert!(quoted.contains("mijn rozen weggesnoeid"), "{quoted}");
    let shown = suggestion.takes_up[0].span.of(text);
    assert!(quoted.contains(shown), "{shown}");
}

/// What is asked beside a complaint has a place of its own.
#[test]
fn what_is_asked_beside_a_complaint_is_answered_too() {
    let text = "De lift staat al weken stil en mijn vrouw komt het huis niet meer uit, we hebben het \
        twee keer gemeld. Wanneer komt er nu eindelijk iemand?";
    let suggestion = one(Channel::Phone, "nl-NL", text).unwrap();
    assert!(
        suggestion.slots().any(|s| s == "antwoord op “Wanneer komt er nu eindelijk iemand?”"),
        "{}",
        suggestion.text
    );
}

#[test]
fn each_language_is_answered_in_its_own() {
    for (language, locale, text) in [
        (
            Language::En,
            "en-GB",
            "I have called three times about my invoice and still have no answer.",
        ),
        (
            Language::De,
            "de-DE",
            "Ich habe schon dreimal wegen meiner Rechnung angerufen und immer noch keine Antwort bekommen.",
        ),
        (
            Language::Fr,
            "fr-FR",
            "J'ai déjà appelé trois fois pour ma facture et je n'ai toujours pas de réponse.",
        ),
    ] {
        let suggestion = one(Channel::Email, locale, text).unwrap_or_else(|| panic!("{text}"));
        assert_eq!(suggestion.language, language);
    }
}

#[test]
fn safety_gets_no_suggestion() {
    for text in [
        "Ik kom morgen naar jullie kantoor en dan sla ik iemand in elkaar.",
        "Ik wil niet meer leven, ik maak er vanavond een eind aan.",
        "Ik ruik gas in de keuken en mijn kinderen slapen boven.",
    ] {
        assert_eq!(one(Channel::Phone, "nl-NL", text), None, "{text}");
    }
}

#[test]
fn the_same_seed_gives_the_same_and_the_next_gives_others() {
    let conversation = said(Channel::Chat, "nl-NL", THREE_TIMES);
    let style = HouseStyle::default();
    let first = some(&conversation, &style, 4, 3);
    assert_eq!(first, some(&conversation, &style, 4, 3));
    assert_eq!(first.len(), 3);
    assert!(first[0].text != first[1].text && first[1].text != first[2].text);
    let earlier: Vec<&str> = first.iter().map(|s| s.text.as_str()).collect();
    let wish = Wish { style: &style, seed: 4, count: 1, earlier: &earlier };
    let next = suggest(&LISTENER, &conversation, &wish);
    assert!(next.iter().all(|s| !earlier.contains(&s.text.as_str())));
}

#[test]
fn a_draft_behind_the_customers_words_changes_nothing() {
    let conversation = said(Channel::Chat, "nl-NL", THREE_TIMES);
    let style = HouseStyle::default();
    let wish = Wish { style: &style, seed: 2, count: 1, earlier: &[] };
    let alone = suggest(&LISTENER, &conversation, &wish);
    let ongoing = follow(&LISTENER, conversation.clone());
    assert_eq!(suggest_next(&LISTENER, &ongoing, &wish), alone);
    let drafted = conversation.with_turn(Party::Agent, "Goedemiddag, wat vervelend.");
    let ongoing = follow(&LISTENER, drafted);
    assert_eq!(suggest_next(&LISTENER, &ongoing, &wish), alone);
}

#[test]
fn the_house_style_comes_after_the_customers_own_form() {
    let style = HouseStyle::parse(
        "address = \"je\"\nsign_off = \"Team Fiets\"\nobligatory = [\"Deze mail is 1 jaar geldig.\"]\navoid = [{ word = \"bericht\" }, { word = \"vriendelijke\" }]",
    )
    .unwrap();
    let with = |text: &str| some(&said(Channel::Email, "nl-NL", text), &style, 1, 1);
    let casual = &with(THREE_TIMES)[0];
    assert_eq!(casual.form, Form::Informal);
    assert!(
        casual.text.ends_with("Team Fiets") && casual.text.contains("Deze mail is 1 jaar geldig.")
    );
    let formal = with("Kunt u mij zeggen waar mijn factuur blijft? Ik wacht al drie weken.");
    assert!(formal.iter().all(|s| s.form == Form::Formal && !s.text.contains("bericht")));
}

#[test]
fn german_mail_goes_on_small_behind_the_salutation() {
    let text = "Guten Tag, welche Unterlagen muss ich zum Termin mitbringen?";
    let conversation = said(Channel::Email, "de-DE", text);
    let begins_so = |wanted: &str| {
        (0..8).any(|seed| {
            let all = some(&conversation, &HouseStyle::default(), seed, 1);
            all.iter().any(|s| s.text.contains(&format!(",\n\n{wanted} ")))
        })
    };
    assert!(begins_so("ich") && !begins_so("Ich"));
}

/// None is better than a wrong one: a joke, a "but" behind the thanks, thanks in mourning, a loss
/// that a complaint only mentions.
#[test]
fn what_is_not_understood_surely_gets_no_suggestion() {
    for text in [
        "Super gedaan hoor, weer drie weken wachten 👏 haha wat een service",
        "Bedankt, de verhuizers waren echt geweldig. Alleen de spiegel van mijn oma is stuk.",
        "Heel erg bedankt voor de mooie uitvaart van onze zoon, jullie waren geweldig.",
        "Wat een fijne avond was het, heel erg bedankt. Mogen wij nog een kopie van de rekening?",
    ] {
        let suggestion = one(Channel::Email, "nl-NL", text);
        let cheerful = suggestion.filter(|s| !s.text.contains("{antwoord}"));
        assert!(cheerful.is_none(), "{text}: {cheerful:?}");
    }
    assert!(one(Channel::Email, "nl-NL", "Heel erg bedankt, jullie waren geweldig.").is_some());
}

/// Who somebody is does not come back as if it were the point.
#[test]
fn an_age_does_not_come_back() {
    let text = "Ik ben negenenzeventig en ik heb nu drie keer gebeld over mijn factuur, nog \
        steeds geen antwoord.";
    let suggestion = one(Channel::Phone, "nl-NL", text).unwrap();
    // In an open place the agent sees the customer's own words and leaves out what is no point.
    let said: String =
        suggestion.text.split('{').filter_map(|p| p.split('}').next_back()).collect();
    assert!(!said.contains("negenenzeventig"), "{}", suggestion.text);
}

/// Masks come back as they are or not at all; nothing ends the program.
#[test]
fn hostile_input_gives_nothing_or_something_clean() {
    let long = "ik heb al drie keer gebeld over mijn factuur, ".repeat(2_000);
    let wide = "😡".repeat(3_000);
    let texts = [
        "",
        " ",
        "?",
        "😡😡😡",
        wide.as_str(),
        long.as_str(),
        "[naam-1]",
        "Ik ben [naam-1] en ik wacht al drie weken op mijn pakket van [adres-2], nog geen antwoord.",
        "NAME-M, <at_user> {naam} ik krijg steeds de rekening van PRS-ORG",
        "ik wacht I have been waiting ich warte j'attends 3 weeks sur mon colis",
        "<said> <topic> [u|je] {tijdstip} ik heb drie keer gebeld",
        "ik\u{0}heb\u{202e}drie keer gebeld\r\n\r\n",
        "''''\"\"\"\" ik heb 'drie keer \"gebeld",
        "Toen ik",
        "die",
        "nu je",
    ];
    for text in texts {
        for channel in [Channel::Email, Channel::Chat, Channel::Phone] {
            for suggestion in some(&said(channel, "nl-NL", text), &HouseStyle::default(), 3, 2) {
                assert!(!suggestion.text.contains("<said>") || text.contains("<said>"), "{text}");
                for mask in suggestion.text.split('[').skip(1) {
                    let mask = mask.split(']').next().unwrap_or_default();
                    assert!(text.contains(&format!("[{mask}]")), "{mask} of {text}");
                }
            }
        }
    }
    let nobody = Conversation::new("t", Channel::Chat);
    assert!(some(&nobody, &HouseStyle::default(), 0, 3).is_empty());
    let mut only_agent = Conversation::new("t", Channel::Chat);
    only_agent.turns.push(Turn::new(Party::Agent, "Hallo?"));
    assert!(some(&only_agent, &HouseStyle::default(), 0, 3).is_empty());
    assert!(
        some(&said(Channel::Chat, "nl-NL", THREE_TIMES), &HouseStyle::default(), u64::MAX, 0)
            .is_empty()
    );
    let _ = some(&said(Channel::Chat, "nl-NL", THREE_TIMES), &HouseStyle::default(), u64::MAX, 2);
}
