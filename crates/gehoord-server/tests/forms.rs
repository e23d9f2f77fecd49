//! What a form says that cannot be taken: what is wrong, where, and what to do. Nothing typed is lost.

mod common;

use common::{Answer, COMPLAINT, On, World};
use gehoord_store::Role;
use serde_json::json;

/// Where one is sent.
fn to(answer: &Answer) -> String {
    answer.headers["location"].to_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_promise_is_for_a_moment_to_come() {
    let world = World::new(On::Sqlite).await.unwrap();
    let agent = world.somebody("samira", Role::Agent).await;
    let id = agent.open("chat-1", &COMPLAINT).await;
    let promises = agent.get(&format!("/conversations/{id}/promises")).await.expect(200).json;
    let path = format!("/promises/{}/due", promises[0]["id"].as_str().unwrap());
    let page = agent.page(&format!("/contacts/{id}")).await.expect(200).text;
    let field = page.split("name=\"due\"").nth(1).unwrap().split('>').next().unwrap();
    assert!(field.contains("min=\"20"), "{field}");
    for (due, why) in [
        ("2019-01-01T09:00", "is al voorbij"),
        ("9019-01-01T09:00", "meer dan tien jaar vooruit"),
        ("morgen", "niet te lezen"),
    ] {
        let page = agent.form(&path, &[("due", due)]).await.expect(422).text;
        assert!(page.contains("Dat moment kan niet") && page.contains(why), "{due}: {page}");
    }
    let after = agent.get(&format!("/conversations/{id}/promises")).await.expect(200).json;
    assert_eq!(after[0]["due"], promises[0]["due"], "nothing has changed");
}

#[tokio::test]
async fn a_form_without_words_comes_back_with_what_was_typed() {
    let world = World::new(On::Sqlite).await.unwrap();
    let agent = world.somebody("samira", Role::Agent).await;
    let coach = world.somebody("carla", Role::Coach).await;
    let fields = [("matter", " \n "), ("promise", "Ik bel u <morgen>."), ("customer", "k-12")];
    let page = agent.form("/note", &fields).await.expect(422).text;
    assert!(page.contains("role=\"alert\">Schrijf eerst wat er speelde."), "{page}");
    assert!(page.contains("Ik bel u &#60;morgen&#62;.</textarea>"), "{page}");
    assert!(page.contains("value=\"k-12\"") && page.contains("data-blank="), "{page}");
    let id = agent.open("chat-1", &COMPLAINT).await;
    let share = format!("/contacts/{id}/share");
    let fields = [("coach", coach.id.as_str()), ("question", "  ")];
    let answer = agent.form(&share, &fields).await.expect(303);
    let page = agent.page(&to(&answer)).await.expect(200).text;
    assert!(page.contains("id=\"share\" open") && page.contains("Schrijf eerst je vraag.</small>"));
    // Browsers count a line as one character and send two.
    let long = "Regel.\r\n".repeat(210);
    let fields = [("coach", coach.id.as_str()), ("question", &long)];
    let answer = agent.form(&share, &fields).await.expect(303);
    assert!(!to(&answer).contains("refused"));
    assert_eq!(agent.get("/shares").await.expect(200).json.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn an_agent_without_a_team_is_told_so_before_they_write() {
    let world = World::new(On::Sqlite).await.unwrap();
    let admin = world.somebody("beheer", Role::Administrator).await;
    let fields =
        [("login", "lot"), ("name", "Lot"), ("role", "agent"), ("password", "lang genoeg!")];
    let page = admin.page("/admin").await.expect(200).text;
    assert!(page.contains("Een medewerker zonder team ziet geen contacten"), "{page}");
    let added = admin.form("/admin/people", &fields).await.expect(303);
    let page = admin.page(&to(&added)).await.expect(200).text;
    assert!(page.contains("Let op: zonder team ziet deze medewerker geen contacten."), "{page}");
    let agent = world.somebody_of("los", Role::Agent, None).await;
    for page in [
        agent.page("/note").await.expect(403).text,
        agent.form("/note", &[("matter", "Een vraag")]).await.expect(403).text,
    ] {
        assert!(page.contains("Je hoort nog bij geen team"), "{page}");
        assert!(!page.contains("hoort bij een andere rol"), "{page}");
    }
}

#[tokio::test]
async fn days_that_stand_the_wrong_way_round_are_told() {
    let world = World::new(On::Sqlite).await.unwrap();
    let agent = world.somebody("samira", Role::Agent).await;
    for path in ["/search?words=internet&", "/contacts?"] {
        let asked = |from: &str, until: &str| format!("{path}from={from}&until={until}");
        let page = agent.page(&asked("2026-05-02", "2026-05-01")).await.expect(200).text;
        assert!(page.contains("De datums staan verkeerd om"), "{page}");
        assert!(!page.contains("Niets gevonden") && !page.contains("Hier staat niets"), "{page}");
        let page = agent.page(&asked("2026-05-01", "2026-05-01")).await.expect(200).text;
        assert!(!page.contains("verkeerd om"), "{page}");
    }
}

#[tokio::test]
async fn a_term_that_cannot_be_names_its_field_and_promises_nothing() {
    let world = World::new(On::Sqlite).await.unwrap();
    let officer = world.somebody("petra", Role::PrivacyOfficer).await;
    let path = "/privacy/kept";
    for (days, masks, why) in [
        ("veel", "3", "Chat: “"),
        ("30", "", "in allebei de velden"),
        ("30", "60", "niet meer dan bij"),
    ] {
        let fields = [("do", "try"), ("seen", "0"), ("chat_days", days), ("chat_originals", masks)];
        let page = officer.form(path, &fields).await.expect(422).text;
        assert!(page.contains("Chat: “") && page.contains(why), "{days} {masks}: {page}");
        assert!(!page.contains("Dit zou er weggaan"), "{days} {masks}");
    }
    let page = officer.form(path, &[("do", "try"), ("seen", "0")]).await.expect(200).text;
    assert!(page.contains("Zonder termijnen gaat er niets vanzelf weg."), "{page}");
}

#[tokio::test]
async fn a_turn_of_which_nobody_knows_when_it_was_said_shows_no_time() {
    let world = World::new(On::Sqlite).await.unwrap();
    let agent = world.somebody("samira", Role::Agent).await;
    let turns = json!([
        {"party": "customer", "text": "Waar blijft het?", "at": "2020-03-02T10:00:00+01:00"},
        {"party": "agent", "text": "Ik kijk het na."},
        {"party": "customer", "text": "Dank u.", "at": "2020-03-02T10:07:00+01:00"},
    ]);
    let body = json!({"id": "oud", "locale": "nl-NL", "channel": "chat", "turns": turns});
    let id = agent.post("/conversations", &body).await.expect(201).id();
    let page = agent.page(&format!("/contacts/{id}")).await.expect(200).text;
    let talk = page.split("id=\"talk\"").nth(1).unwrap().split("id=\"reply\"").next().unwrap();
    assert_eq!(talk.matches("<time ").count(), 2, "{talk}");
    assert_eq!(talk.matches("class=\"day\"").count(), 1, "{talk}");
}

#[tokio::test]
async fn what_may_be_so_is_told_as_a_maybe() {
    let world = World::new(On::Sqlite).await.unwrap();
    let agent = world.somebody("samira", Role::Agent).await;
    let id = agent.open("chat-1", &COMPLAINT[..1]).await;
    let page = agent.page(&format!("/contacts/{id}")).await.expect(200).text;
    assert!(page.contains("<li>was hier eerder over</li>"), "{page}");
    let list = agent.page("/contacts").await.expect(200).text;
    assert!(list.contains("was hier misschien eerder over"), "a list does not know: {list}");
    assert!(page.contains("In dit contact is niets toegezegd."), "{page}");
}
