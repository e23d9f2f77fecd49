//! Replies that were made elsewhere, as by a language model: what is taken, and what is not.

use std::sync::LazyLock;

use gehoord_coaching::{Addressed, Form, HouseStyle, Refused, Wish, addressed, consider};
use gehoord_conversation::{Channel, Conversation, Language, Party};
use gehoord_listening::Listener;

static LISTENER: LazyLock<Listener> = LazyLock::new(|| Listener::embedded().unwrap());

const CUSTOMER: &str = "Ik heb al drie keer gebeld over mijn factuur van 48 euro en ik krijg nog \
                        steeds geen antwoord. Kunt u mij zeggen wanneer ik mijn geld krijg? Els";

fn talk() -> Conversation {
    let mut talk = Conversation::new("t", Channel::Chat)
        .with_turn(Party::Customer, "Goedemiddag, ik heb een vraag over een factuur.")
        .with_turn(Party::Agent, "Goedemiddag. Ik zoek uw factuur voor u op. Waar gaat het over?")
        .with_turn(Party::Customer, CUSTOMER);
    talk.locale = "nl-NL".parse().ok();
    talk
}

fn taken(talk: &Conversation, style: &str, body: &str) -> Result<String, Refused> {
    let style = HouseStyle::parse(style).unwrap();
    let wish = Wish {
        style: &style,
        seed: 0,
        count: 1,
        earlier: &["Zo vaak bellen over uw factuur, dat is niet goed. Wat ik nu doe: {stap}."],
    };
    consider(&LISTENER, &talk.clone().into(), &wish, body).map(|suggestion| suggestion.text)
}

#[test]
fn what_only_says_what_was_said_is_taken() {
    let good = "U hebt al drie keer gebeld over uw factuur van 48 euro, zonder antwoord. Dat had \
                niet mogen gebeuren. Wat ik nu doe: {stap}.";
    assert_eq!(taken(&talk(), "", good).as_deref(), Ok(good));
    assert_eq!(taken(&talk(), "", &format!(" \"{good}\" ")).as_deref(), Ok(good));
    // A promise that was made already, and what the customer named, may come back.
    let kept = "Drie keer gebeld over uw factuur en nog geen antwoord: dat is niet goed. Ik zoek \
                uw factuur voor u op.";
    assert_eq!(taken(&talk(), "", kept).as_deref(), Ok(kept));
    let mail = Conversation { channel: Channel::Email, ..talk() };
    let style = "salutation = \"Beste {naam},\"\nsign_off = \"Groet, 3 fietsen\"\n\
                 avoid = [{ word = \"niet mogen gebeuren\", instead = \"anders gemoeten\" }]";
    let framed = taken(&mail, style, good).unwrap();
    assert!(framed.starts_with("Beste {naam},\n\nU hebt"), "{framed}");
    assert!(framed.contains("had anders gemoeten") && framed.ends_with("3 fietsen"), "{framed}");
}

#[test]
fn what_was_not_said_is_not_taken() {
    let cases = [
        ("Uw factuur van 84 euro, dat is vervelend. Wat ik nu doe: {stap}.", Refused::Fact),
        ("U belde al zevenendertig keer over uw factuur.", Refused::Fact),
        ("Dit is de derde keer dat u belt over uw factuur.", Refused::Fact),
        ("U hebt gebeld over uw factuur. Dinsdag weet ik meer.", Refused::Fact),
        ("U hebt gebeld over uw factuur. Binnen een week is er antwoord.", Refused::Fact),
        ("U hebt gebeld over uw factuur. Kijk op www.fiets.nl.", Refused::Fact),
        ("U hebt gebeld over uw factuur, [naam-1].", Refused::Fact),
        ("U hebt gebeld over uw factuur, {Jan}.", Refused::Fact),
        ("U hebt gebeld over uw factuur en mijn collega Kees weet ervan.", Refused::Name),
        ("Beste Jan, u hebt al drie keer gebeld over uw factuur.", Refused::Name),
        ("Drie keer gebeld over uw factuur. Ik bel u {tijdstip} terug.", Refused::Promise),
        ("Drie keer gebeld over uw factuur. U krijgt uw geld terug.", Refused::Promise),
        ("Drie keer gebeld over uw factuur. U krijgt een tegoedbon.", Refused::Promise),
        ("Drie keer gebeld over uw factuur. Uw factuur wordt kwijtgescholden.", Refused::Promise),
        ("Drie keer gebeld over uw factuur. Dat garandeer ik u.", Refused::Promise),
        ("Je hebt al drie keer gebeld over je factuur zonder antwoord.", Refused::Form),
        ("You have called about your invoice and you still have no answer.", Refused::Language),
        ("Ik begrijp het, maar dat is nu eenmaal ons beleid.", Refused::Listening),
        ("**U hebt gebeld** over uw factuur.", Refused::Shape),
        ("- U hebt gebeld\n- over uw factuur", Refused::Shape),
        ("…", Refused::Shape),
        ("", Refused::Shape),
        (
            "Zo vaak bellen over uw factuur, dat is niet goed. Wat ik nu doe: {stap}.",
            Refused::Alike,
        ),
    ];
    for (body, why) in cases {
        assert_eq!(taken(&talk(), "", body), Err(why), "{body}");
    }
    let long = "U hebt gebeld over uw factuur. ".repeat(60);
    assert_eq!(taken(&talk(), "", &long), Err(Refused::Shape));
    let house = taken(&talk(), "avoid = [{ word = \"factuur\" }]", "U belde over uw factuur.");
    assert_eq!(house, Err(Refused::House));
}

#[test]
fn safety_comes_before_any_words() {
    let style = HouseStyle::default();
    for words in ["Ik ruik gas in de keuken, wat moet ik doen?", "Ik kom je opzoeken, sukkel."] {
        let talk = talk().with_turn(Party::Customer, words);
        assert_eq!(addressed(&LISTENER, &talk.clone().into(), &style), None, "{words}");
        assert_eq!(taken(&talk, "", "U belde over uw factuur."), Err(Refused::NotHere));
    }
    let nobody = Conversation::new("t", Channel::Chat);
    assert_eq!(addressed(&LISTENER, &nobody.into(), &style), None);
    let how = addressed(&LISTENER, &talk().into(), &style);
    assert_eq!(how, Some(Addressed { language: Language::Nl, form: Form::Formal }));
}

/// In each language a number, a promise and what a firm gives are found.
#[test]
fn it_is_the_same_in_each_language() {
    let cases = [
        (
            "en-GB",
            "I have called about my invoice and I still have no answer.",
            "You have called about your invoice and you still have no answer. That should not \
             have happened. What I do now: {step}.",
            [
                ("You have called twenty-three times.", Refused::Fact),
                ("You will get a full refund.", Refused::Promise),
                ("You have called about your invoice, and Peter knows.", Refused::Name),
            ],
        ),
        (
            "de-DE",
            "Ich habe wegen meiner Rechnung angerufen und immer noch keine Antwort bekommen.",
            "Sie haben wegen Ihrer Rechnung angerufen und immer noch keine Antwort bekommen. Das \
             hätte nicht passieren dürfen. Das mache ich jetzt: {Schritt}.",
            [
                ("Sie haben dreiundzwanzig Mal angerufen.", Refused::Fact),
                ("Sie erhalten eine Gutschrift.", Refused::Promise),
                ("Am Montag ist Ihre Rechnung da.", Refused::Fact),
            ],
        ),
        (
            "fr-FR",
            "J'ai appelé pour ma facture et je n'ai toujours pas de réponse.",
            "Vous avez appelé pour votre facture et vous n'avez toujours pas de réponse. Ce n'est \
             pas normal. Ce que je fais maintenant : {étape}.",
            [
                ("Vous avez appelé trois fois.", Refused::Fact),
                ("Vous recevrez un remboursement.", Refused::Promise),
                ("Vous avez appelé et mon collègue Pierre le sait.", Refused::Name),
            ],
        ),
    ];
    for (locale, customer, good, bad) in cases {
        let mut talk = Conversation::new("t", Channel::Chat).with_turn(Party::Customer, customer);
        talk.locale = locale.parse().ok();
        assert_eq!(taken(&talk, "", good).as_deref(), Ok(good), "{locale}");
        for (body, why) in bad {
            assert_eq!(taken(&talk, "", body), Err(why), "{locale}: {body}");
        }
    }
}
