//! An agent lays a moment before a coach, and the coach answers.

mod common;

use common::{Answer, COMPLAINT, On, World};
use gehoord_store::Role;
use serde_json::json;

const ANSWER: &str = "Vat eerst samen. <b>Bel</b> mij op 06-12345678.";

/// Where one is sent.
fn to(answer: &Answer) -> String {
    answer.headers["location"].to_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_coach_answers_once_and_the_agent_sees_it_at_that_moment_and_on_their_day() {
    for on in [On::Sqlite, On::Postgres] {
        let Some(world) = World::new(on).await else { continue };
        let agent = world.somebody("samira", Role::Agent).await;
        let colleague = world.somebody("kees", Role::Agent).await;
        let coach = world.somebody("carla", Role::Coach).await;
        let other = world.somebody("cor", Role::Coach).await;
        let officer = world.somebody("petra", Role::PrivacyOfficer).await;
        let id = agent.open("chat-1", &COMPLAINT).await;
        let share = json!({"conversation": id, "position": 1, "coach": coach.id,
            "question": "Wat kon beter?"});
        let share = agent.post("/shares", &share).await.expect(201).id();
        let (contact, way) = (format!("/contacts/{id}"), format!("/shares/{share}/answer"));
        let field = format!("action=\"{way}\"");
        let page = coach.page(&contact).await.expect(200).text;
        assert!(page.contains(&field) && page.contains("Wat kon beter?"), "{page}");
        assert!(!agent.page(&contact).await.expect(200).text.contains(&field));
        // Blanks bring the form back.
        let back = coach.form(&way, &[("answer", " \n ")]).await.expect(303);
        let back = coach.page(&to(&back)).await.expect(200).text;
        assert!(back.contains("Schrijf eerst je antwoord.</span>") && back.contains(&field));
        for who in [&agent, &colleague, &other] {
            who.form(&way, &[("answer", ANSWER)]).await.expect(404);
        }
        let answer = coach.form(&way, &[("answer", ANSWER)]).await.expect(303);
        assert_eq!(to(&answer), format!("{contact}?turn=1#turn-1"));
        coach.form(&way, &[("answer", "Nog iets.")]).await.expect(409);
        let page = coach.page(&contact).await.expect(200).text;
        assert!(page.contains("Jij antwoordde") && !page.contains(&field), "{page}");

        let today = agent.page("/today").await.expect(200).text;
        assert!(today.contains("Antwoord van je coach") && today.contains("carla antwoordde"));
        assert!(today.contains(&format!("{contact}?turn=1#turn-1")), "{today}");
        let page = agent.page(&contact).await.expect(200).text;
        let turn = page.split("id=\"turn-1\"").nth(1).unwrap().split("</article>").next().unwrap();
        assert!(turn.contains("Vat eerst samen. &#60;b&#62;"), "{turn}");
        assert!(!turn.contains("12345678"), "it is masked as everything is");
        let today = agent.page("/today").await.expect(200).text;
        assert!(!today.contains("carla antwoordde"), "what was read is no news");
        assert!(agent.page("/shared").await.expect(200).text.contains("Vat eerst samen."));
        for who in [&colleague, &officer] {
            assert!(!who.page(&contact).await.text.contains("Vat eerst samen"));
            assert!(!who.page("/today").await.text.contains("antwoordde"));
        }
        let audit = officer.get("/privacy/audit").await.expect(200).json;
        let mut rows = audit["requests"].as_array().unwrap().iter();
        let row = rows.find(|row| row["action"] == "shares.answer").expect("a row in the audit");
        assert_eq!(row["who"], coach.id);
        assert!(row["ids"].to_string().contains(&id) && !audit.to_string().contains("Vat eerst"));
        // What the agent takes back is the coach's no longer; the answer stays theirs.
        agent.delete(&format!("/shares/{share}")).await.expect(204);
        coach.page(&contact).await.expect(404);
        assert!(agent.page(&contact).await.expect(200).text.contains("Vat eerst samen"));
    }
}
