//! Writing a reply, without JavaScript too, and what comes before and after it where it is not safe.

mod common;

use common::{Answer, COMPLAINT, On, World};
use gehoord_store::Role;

/// What is said below the field.
fn advice(page: &str) -> &str {
    page.split("data-advice>").nth(1).unwrap().split("</form>").next().unwrap()
}

const CUSTOMER: &str = "Ik heb al drie keer gebeld over mijn pakket en er gebeurt niets.";
const DRAFT: &str = "Ik kijk het na en bel u morgen voor 12.00 uur terug. <b>Groet</b>";
const GAS: (&str, &str) = ("customer", "Ik ruik gas in de keuken, wat moet ik doen?");

#[tokio::test]
async fn without_javascript_a_form_gets_the_same_advice() {
    let world = World::new(On::Sqlite).await.unwrap();
    let agent = world.somebody("samira", Role::Agent).await;
    let empty = agent.page("/reply").await.expect(200).text;
    assert!(empty.contains("name=\"customer\"") && !advice(&empty).contains("niets gevonden"));
    let fields = [("customer", CUSTOMER), ("channel", "email"), ("draft", DRAFT)];
    let page = agent.form("/reply", &fields).await.expect(200).text;
    let said = advice(&page);
    assert!(
        said.contains("drie keer gebeld") && said.contains("staat nog niet in je antwoord"),
        "{said}"
    );
    assert!(said.contains("Toezegging: uiterlijk") && said.contains("12:00"), "{said}");
    assert!(page.contains("&#60;b&#62;Groet") && page.contains("value=\"email\" selected"));
    assert!(!page.contains(" / 100"), "never a number");
    let fields = [("customer", CUSTOMER), ("channel", "duif")];
    agent.form("/reply", &fields).await.expect(422);
    let id = agent.open("chat-1", &COMPLAINT[..1]).await;
    let path = format!("/contacts/{id}/reply");
    let page = agent.form(&path, &[("draft", "Goedemiddag, ik kijk het na.")]).await.expect(200);
    assert!(page.text.contains("derde keer") && page.text.contains(&format!("/contacts/{id}")));
    let elsewhere = world.somebody_of("ria", Role::Agent, Some(&world.other_team)).await;
    elsewhere.form(&path, &[("draft", "Goedemiddag.")]).await.expect(404);
}

#[tokio::test]
async fn safety_takes_the_place_of_all_other_advice() {
    let world = World::new(On::Sqlite).await.unwrap();
    let agent = world.somebody("samira", Role::Agent).await;
    let words = format!("{CUSTOMER} {}", GAS.1);
    let fields = [("customer", words.as_str()), ("draft", DRAFT)];
    let page = agent.form("/reply", &fields).await.expect(200).text;
    let page = page.split("<template").next().unwrap();
    assert!(page.contains("Er is nu gevaar") && page.contains("0800-9009"), "{page}");
    assert!(page.contains("Nog door niemand in je organisatie nagekeken"));
    assert!(!advice(page).contains("<li"));
    let id = agent.open("chat-1", &[COMPLAINT[0], GAS]).await;
    let page = agent.page(&format!("/contacts/{id}")).await.expect(200).text;
    let line = format!("Kun je met me meekijken? Er is nu gevaar. /contacts/{id}");
    assert!(page.contains(&line) && page.contains("0800-9009"), "{page}");
    agent.say(&id, "agent", "Ga naar buiten.").await.expect(201);
    agent.say(&id, "customer", "Ik sta al drie kwartier buiten te wachten!").await.expect(201);
    let fields = [("draft", "Wat vervelend voor u. Ik bel u morgen om 12.00 uur terug.")];
    let page = agent.form(&format!("/contacts/{id}/reply"), &fields).await.expect(200).text;
    assert!(page.contains("0800-9009") && !advice(&page).contains("<li"), "as long as it goes on");
    let manager = world.somebody("hanna", Role::Manager).await;
    let page = manager.page(&format!("/contacts/{id}")).await.expect(200).text;
    assert!(page.contains("0800-9009") && !page.contains("id=\"reply\""), "a manager writes not");
}

#[tokio::test]
async fn a_card_that_is_not_so_goes_and_help_comes_back() {
    let world = World::new(On::Sqlite).await.unwrap();
    let agent = world.somebody("samira", Role::Agent).await;
    let words = format!("{CUSTOMER} {}", GAS.1);
    let asked = [("customer", words.as_str()), ("draft", "Goedemiddag, ik kijk het na.")];
    let page = agent.form("/reply", &asked).await.expect(200).text;
    let page = page.split("<template").next().unwrap();
    assert!(page.contains("Veiligheid gaat voor."), "not silent while a card stands");
    assert!(page.contains("name=\"not_so_too\" value=\"danger.0\" data-not-so>Dit klopt niet"));
    let denied = [asked[0], asked[1], ("not_so_too", "danger.0")];
    let page = agent.form("/reply", &denied).await.expect(200).text;
    let page = page.split("<template").next().unwrap();
    assert!(!page.contains("0800-9009") && page.contains("data-suggest "), "{page}");
    assert!(advice(page).contains("drie keer gebeld"), "{page}");
    assert!(page.contains("name=\"not_so\" value=\"danger.0\""), "it is kept for this message");
    let kept = [asked[0], ("not_so", "danger.0"), ("suggest", "0")];
    let page = agent.form("/reply", &kept).await.expect(200).text;
    assert!(page.contains("name=\"take\""), "{page}");
    agent.form("/reply", &[asked[0], ("not_so", "vreugde.0")]).await.expect(422);
}

#[tokio::test]
async fn a_card_on_a_contact_goes_when_its_finding_is_not_so_and_the_finding_stays() {
    let world = World::new(On::Sqlite).await.unwrap();
    let agent = world.somebody("samira", Role::Agent).await;
    let colleague = world.somebody("kees", Role::Agent).await;
    let id = agent.open("chat-1", &[COMPLAINT[0], GAS]).await;
    let contact = format!("/contacts/{id}");
    let page = agent.page(&contact).await.expect(200).text;
    let card = page.split("id=\"safety\"").nth(1).unwrap().split("<nav").next().unwrap();
    assert!(card.contains("name=\"signal\" value=\"danger\">Dit klopt niet"), "{card}");
    agent.form(&format!("{contact}/feedback"), &[("signal", "danger")]).await.expect(303);
    let page = agent.page(&contact).await.expect(200).text;
    let before = page.split("<template").next().unwrap();
    assert!(!before.contains("0800-9009") && before.contains("data-suggest "), "{before}");
    assert!(page.contains("tag warm"), "what was heard stays in the record");
    let said = agent.get(&format!("/conversations/{id}/feedback")).await.expect(200).json;
    assert_eq!((&said[0]["position"], &said[0]["agrees"]), (&1.into(), &false.into()), "{said}");
    let asked = [("draft", "Goedemiddag, ik kijk het na.")];
    let page = agent.form(&format!("{contact}/reply"), &asked).await.expect(200).text;
    assert!(!page.split("<template").next().unwrap().contains("0800-9009"), "{page}");
    // Who did not say so, still sees it; and what is said next is heard as any other.
    assert!(colleague.page(&contact).await.expect(200).text.contains("0800-9009"));
    agent.say(&id, "customer", "Ik ruik gas in de kelder!").await.expect(201);
    assert!(agent.page(&contact).await.expect(200).text.contains("0800-9009"));
}

#[tokio::test]
async fn after_a_hard_conversation_there_is_care_for_who_had_it_and_nobody_else() {
    let world = World::new(On::Sqlite).await.unwrap();
    let agent = world.somebody("samira", Role::Agent).await;
    let colleague = world.somebody("kees", Role::Agent).await;
    let id = agent.open("chat-1", &[GAS]).await;
    let (contact, after) = (format!("/contacts/{id}"), format!("/contacts/{id}/after"));
    let to = |answer: &Answer| answer.headers["location"].to_str().unwrap().to_owned();
    assert_eq!(to(&agent.page(&after).await.expect(303)), contact, "not while it goes on");
    let closed = [("status", "closed")];
    let answer = agent.form(&format!("{contact}/status"), &closed).await.expect(303);
    assert_eq!(to(&answer), after);
    let page = agent.page(&after).await.expect(200).text;
    assert!(page.contains("Dat was een zwaar gesprek") && page.contains("“Ik ruik gas"), "{page}");
    assert!(!page.contains("<form class=\"stack\""), "nothing of it is sent");
    assert_eq!(to(&colleague.page(&after).await.expect(303)), contact);
    assert!(!agent.page(&contact).await.expect(200).text.contains("zwaar gesprek"));
    let id = agent.open("chat-2", &COMPLAINT).await;
    let answer = agent.form(&format!("/contacts/{id}/status"), &closed).await.expect(303);
    assert_eq!(to(&answer), format!("/contacts/{id}"), "not after any other");
}

#[tokio::test]
async fn whoever_takes_over_gets_five_lines_in_masked_words() {
    let world = World::new(On::Sqlite).await.unwrap();
    let agent = world.somebody("samira", Role::Agent).await;
    let said = format!("{CUSTOMER} Mijn nummer is 06-12345678. Ik word er moedeloos van.");
    let turns = [
        ("customer", said.as_str()),
        ("agent", "Wat is uw ordernummer?"),
        ("customer", "Dat is 4455667."),
        ("agent", "Ik bel u morgen voor 12.00 uur terug."),
    ];
    let id = agent.open("chat-1", &turns).await;
    let path = format!("/conversations/{id}/handover");
    let lines = agent.get(&path).await.expect(200).json;
    assert!(lines["tried"]["text"].as_str().unwrap().contains("drie keer gebeld"), "{lines}");
    assert!(lines["promised"]["text"].as_str().unwrap().contains(" 12.00 uur)"), "{lines}");
    assert!(lines["matter"]["text"].as_str().unwrap().contains("er gebeurt niets"), "{lines}");
    assert_ne!(lines["weighs"]["text"], "", "{lines}");
    assert!(lines["known"]["evidence"][0]["turn"].is_u64(), "{lines}");
    assert!(!lines.to_string().contains("12345678"), "{lines}");
    agent.get(&format!("{path}?language=klingon")).await.expect(422);
    let elsewhere = world.somebody_of("ria", Role::Agent, Some(&world.other_team)).await;
    elsewhere.get(&path).await.expect(404);
    let contact = format!("/contacts/{id}");
    // It is made when it is asked for.
    let page = agent.page(&contact).await.expect(200).text;
    assert!(page.contains("href=\"?handover=yes#handover\"") && !page.contains("handover-line"));
    let asked = format!("{contact}?handover=yes");
    let page = agent.page(&asked).await.expect(200).text;
    let sheet = page.split("id=\"handover\"").nth(1).unwrap().split("</details>").next().unwrap();
    for words in ["Wat speelt er", "Waar de klant mee zit", "drie keer gebeld", "[nummer-1]"] {
        assert!(sheet.contains(words), "{words}: {sheet}");
    }
    let manager = world.somebody("hanna", Role::Manager).await;
    assert!(!manager.page(&asked).await.expect(200).text.contains("id=\"handover\""));
}

#[tokio::test]
async fn a_note_after_a_talk_is_a_contact_whose_promises_are_followed() {
    let world = World::new(On::Sqlite).await.unwrap();
    let agent = world.somebody("samira", Role::Agent).await;
    let matter =
        "Mevrouw Jansen kwam langs en was woedend over de rekening. <b>Bel</b> 06-12345678.";
    let promise = "Ik bel u morgen voor 12.00 uur terug.";
    let fields = [("matter", matter), ("promise", promise), ("customer", "jansen@example.nl")];
    let answer = agent.form("/note", &fields).await.expect(303);
    let to = answer.headers["location"].to_str().unwrap().to_owned();
    let id = to.strip_prefix("/contacts/").unwrap().split('#').next().unwrap();
    let kept = agent.get(&format!("/conversations/{id}")).await.expect(200).json;
    assert_eq!((&kept["channel"], &kept["status"]), (&"in_person".into(), &"closed".into()));
    let told = &kept["items"][0];
    assert_eq!((&told["party"], told["person"].as_str()), (&"colleague".into(), Some(&*agent.id)));
    let words = kept["items"].to_string();
    assert!(!words.contains("12345678") && !words.contains("jansen@"), "{words}");
    assert!(!told.to_string().contains("anger"), "no feeling from hearsay: {told}");
    let promises = agent.get(&format!("/conversations/{id}/promises")).await.expect(200).json;
    assert!(promises[0]["due"].as_str().unwrap().contains("T12:00"), "{promises}");
    let page = agent.page(&format!("/contacts/{id}")).await.expect(200).text;
    assert!(page.contains("&#60;b&#62;") && page.contains("Aan de balie"), "{page}");
    agent.form("/note", &[("matter", "  ")]).await.expect(422);
}

#[tokio::test]
async fn without_javascript_a_form_gives_something_to_begin_with() {
    let world = World::new(On::Sqlite).await.unwrap();
    let agent = world.somebody("samira", Role::Agent).await;
    let taken = |page: &str| -> Vec<String> {
        let all = page.split("name=\"take\" value=\"").skip(1);
        all.map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
    };
    let empty = agent.page("/reply").await.expect(200).text;
    assert!(empty.contains("data-suggestions") && empty.contains("data-model=\"false\""));
    let asked =
        |round: &'static str| [("customer", CUSTOMER), ("draft", "Dag."), ("suggest", round)];
    let page = agent.form("/reply", &asked("0")).await.expect(200).text;
    let first = taken(&page);
    assert_eq!(first.len(), 3, "{page}");
    assert!(first.iter().all(|text| text.to_lowercase().contains("drie keer")), "{first:?}");
    assert!(
        page.contains("<mark class=\"slot\">{")
            && !advice(&page).contains("<li class=\"reply-line")
    );
    assert!(page.contains("name=\"suggest\" value=\"1\""), "others come next");
    let page = agent.form("/reply", &asked("1")).await.expect(200).text;
    let second = taken(&page);
    assert!(!second.is_empty() && second.iter().all(|text| !first.contains(text)), "{second:?}");
    let page = agent.form("/reply", &asked("veel")).await.expect(200).text;
    assert_eq!(taken(&page), first);
    let fields = [("customer", CUSTOMER), ("draft", "Dag."), ("take", first[0].as_str())];
    let page = agent.form("/reply", &fields).await.expect(200).text;
    let field = page.split("id=\"reply-draft\"").nth(1).unwrap();
    let field = field.split("</textarea>").next().unwrap();
    assert!(field.contains(&format!("Dag.\n\n{}", first[0])), "{field}");
    // Danger: the protocol, and nothing to begin with.
    let fields = [("customer", GAS.1), ("suggest", "0")];
    let page = agent.form("/reply", &fields).await.expect(200).text;
    assert!(page.contains("0800-9009") && !page.contains("name=\"suggest\""), "{page}");
    let id = agent.open("chat-1", &[COMPLAINT[0], GAS]).await;
    let page = agent.page(&format!("/contacts/{id}")).await.expect(200).text;
    assert!(page.contains("id=\"reply\"") && !page.contains("name=\"suggest\""), "{page}");
    let path = format!("/contacts/{id}/reply");
    let page = agent.form(&path, &[("suggest", "0")]).await.expect(200).text;
    assert!(taken(&page).is_empty() && page.contains("0800-9009"));
    let id = agent.open("chat-2", &COMPLAINT[..1]).await;
    let path = format!("/contacts/{id}/reply");
    let page = agent.form(&path, &[("suggest", "0")]).await.expect(200).text;
    assert!(!taken(&page).is_empty(), "{page}");
    let elsewhere = world.somebody_of("ria", Role::Agent, Some(&world.other_team)).await;
    elsewhere.form(&path, &[("suggest", "0")]).await.expect(404);
}
