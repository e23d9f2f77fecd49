//! Beheer and the account: each form does what it says, says what was wrong, writes over nobody's
//! work, and what was decided is followed.

mod common;

use common::{Answer, COMPLAINT, Caller, PASSWORD, World};
use gehoord_store::{DocumentKind, Role, Viewer};
use serde_json::{Value, json};

/// The value of a field of a page that is the first of its name behind `from`.
fn field<'p>(page: &'p str, from: &str, name: &str) -> &'p str {
    let rest = page.split_once(from).unwrap_or_else(|| panic!("no {from} in {page}")).1;
    let rest = rest.split_once(&format!("name=\"{name}\" value=\"")).expect(name).1;
    rest.split('"').next().unwrap()
}

fn text_of(page: &str) -> String {
    let text = page.split("<textarea class=\"mono toml\"").nth(1).unwrap();
    let text = text.split_once(">\n").unwrap().1.split("</textarea>").next().unwrap();
    text.replace("&#34;", "\"")
        .replace("&#39;", "'")
        .replace("&#62;", ">")
        .replace("&#60;", "<")
        .replace("&#38;", "&")
}

fn location(answer: &Answer) -> &str {
    answer.headers["location"].to_str().unwrap()
}

async fn administrator(world: &World) -> Caller {
    world.somebody("beheer", Role::Administrator).await
}

on_both! {
    async fn somebody_new_is_told_what_was_wrong_and_keeps_what_they_filled_in(world) {
        let admin = administrator(world).await;
        let new = async |login: &str, name: &str, password: &str| {
            let role = ("role", "coach");
            let fields = [("login", login), ("name", name), role, ("password", password)];
            admin.form("/admin/people", &fields).await
        };
        let short = new("jan", "Jan <b>", "kort").await.expect(422).text;
        assert!(short.contains("Kies minstens 12 tekens. Er is niets veranderd"), "{short}");
        assert!(short.contains("value=\"Jan &#60;b&#62;\"") && !short.contains("value=\"kort\""));
        assert!(short.contains("value=\"coach\" selected"));
        assert!(new("jan!", "Jan", PASSWORD).await.expect(422).text.contains("letters, cijfers"));
        assert!(new("jan", " ", PASSWORD).await.expect(422).text.contains("Vul een naam in"));
        new("jan", "Jan", PASSWORD).await.expect(303);
        let taken = new("jan", "Jan", PASSWORD).await.expect(409).text;
        assert!(taken.contains("al van iemand anders"));
        let fields = [("login", "x"), ("name", "X"), ("role", "baas"), ("password", PASSWORD)];
        admin.form("/admin/people", &fields).await.expect(422);
        world.log_in("jan").await;
    }

    async fn a_person_is_changed_and_two_who_do_so_at_once_do_not_write_over_each_other(world) {
        let admin = administrator(world).await;
        let agent = world.somebody("samira", Role::Agent).await;
        let path = format!("/admin/people/{}", agent.id);
        let page = admin.page(&path).await.expect(200).text;
        let seen = field(&page, &format!("action=\"{path}\""), "seen").to_owned();
        let change = |name: &'static str, role: &'static str, seen: &str| {
            let seen = seen.to_owned();
            let (admin, path) = (admin.clone(), path.clone());
            async move {
                let fields = [("name", name), ("role", role), ("active", "yes"), ("seen", &seen)];
                admin.form(&path, &fields).await
            }
        };
        let (one, other) = tokio::join!(
            change("Samira Haddad", "coach", &seen),
            change("Samira H.", "agent", &seen)
        );
        let mut both = [one.status.as_u16(), other.status.as_u16()];
        both.sort_unstable();
        assert_eq!(both, [303, 409], "one of them is told");
        let told = if one.status == 409 { one } else { other };
        assert!(told.text.contains("Iemand anders was je net voor"), "{}", told.text);
        agent.page("/account").await.expect(303);
        let again = field(&told.text, &format!("action=\"{path}\""), "seen");
        let nobody = change(" ", "agent", again).await.expect(422).text;
        assert!(nobody.contains("Vul een naam in"));
        change("Samira", "agent", again).await.expect(303);
        // A tick that is not there takes the way in away.
        let page = admin.page(&path).await.expect(200).text;
        let seen = field(&page, &format!("action=\"{path}\""), "seen");
        let fields = [("name", "Samira"), ("role", "agent"), ("seen", seen)];
        admin.form(&path, &fields).await.expect(303);
        assert!(admin.page("/admin").await.text.contains("kan niet inloggen"));
        let body = json!({"login": "samira", "password": PASSWORD});
        world.nobody().post("/session", &body).await.expect(401);
    }

    async fn the_last_administrator_stays(world) {
        let admin = administrator(world).await;
        let path = format!("/admin/people/{}", admin.id);
        let page = admin.page(&path).await.expect(200).text;
        let seen = field(&page, &format!("action=\"{path}\""), "seen");
        let fields = [("name", "Beheer"), ("role", "agent"), ("active", "yes"), ("seen", seen)];
        let page = admin.form(&path, &fields).await.expect(409).text;
        assert!(page.contains("één beheerder overblijven"), "{page}");
        admin.page("/admin").await.expect(200);
        admin.page("/admin/people/niemand").await.expect(404);
    }

    async fn a_new_password_and_an_end_of_sessions_hold_at_once(world) {
        let admin = administrator(world).await;
        let agent = world.somebody("samira", Role::Agent).await;
        let path = format!("/admin/people/{}", agent.id);
        let short = admin.form(&format!("{path}/password"), &[("password", "kort")]).await;
        assert!(short.expect(422).text.contains("minstens 12 tekens"));
        agent.page("/today").await.expect(200);
        admin.form(&format!("{path}/sessions"), &[]).await.expect(303);
        assert!(location(&agent.page("/today").await.expect(303)).starts_with("/login"));
        let word = "een heel ander wachtwoord";
        admin.form(&format!("{path}/password"), &[("password", word)]).await.expect(303);
        let body = |password: &str| json!({"login": "samira", "password": password});
        world.nobody().post("/session", &body(PASSWORD)).await.expect(401);
        world.nobody().post("/session", &body(word)).await.expect(201);
        admin.form("/admin/people/niemand/sessions", &[]).await.expect(404);
    }

    async fn a_team_gets_another_name_and_never_stands_below_itself(world) {
        let admin = administrator(world).await;
        world.somebody("samira", Role::Agent).await;
        let (team, other) = (world.team.clone(), world.other_team.clone());
        let action = |id: &str| format!("action=\"/admin/teams/{id}\"");
        let page = admin.page("/admin/teams").await.expect(200).text;
        assert!(page.contains(">samira</a>"), "its members are named");
        let seen = field(&page, &action(&team), "seen").to_owned();
        let change = async |id: &str, name: &str, parent: &str, seen: &str| {
            let fields = [("name", name), ("parent", parent), ("seen", seen)];
            admin.form(&format!("/admin/teams/{id}"), &fields).await
        };
        change(&team, "Klantenservice", "", &seen).await.expect(303);
        let late = change(&team, "Service 2", "", &seen).await.expect(409).text;
        assert!(late.contains("Iemand anders was je net voor") && late.contains("Klantenservice"));
        let under = field(&late, &action(&other), "seen").to_owned();
        change(&other, "Techniek", &team, &under).await.expect(303);
        let page = admin.page("/admin/teams").await.text;
        let seen = field(&page, &action(&team), "seen");
        for parent in [&team, &other] {
            let page = change(&team, "Klantenservice", parent, seen).await.expect(422).text;
            assert!(page.contains("niet bij zichzelf horen"));
        }
        change(&team, "Techniek", "", seen).await.expect(409);
        change(&team, " ", "", seen).await.expect(422);
        admin.form("/admin/teams", &[("name", "")]).await.expect(422);
        admin.form("/admin/teams", &[("name", "Balie")]).await.expect(303);
    }

    async fn a_house_style_is_shown_in_words_and_a_broken_one_is_not_put_in_force(world) {
        let admin = administrator(world).await;
        let path = "/admin/texts/house_style";
        let page = admin.page(path).await.expect(200).text;
        assert!(page.contains("Er is nog geen huisstijl") && page.contains("zoals de klant"));
        let keep = async |text: &str, seen: &str, what: &str| {
            admin.form(path, &[("text", text), ("seen", seen), ("do", what)]).await
        };
        let broken = "emoji = true\r\naddress = \"jullie\"\r\n";
        let page = keep(broken, "", "keep").await.expect(422).text;
        assert!(page.contains("Er klopt iets niet op regel 2:"), "{page}");
        assert!(page.contains("jullie"));
        assert!(page.contains("Wat in gebruik is, blijft in gebruik"));
        let text = "address = \"je\"\navoid = [{ word = \"technieker\", instead = \"monteur\" }]\n\
                    [channel.email]\naddress = \"u\"\n\
                    obligatory = [\"<b>Uw kenmerk staat boven.\"]\n";
        let looked = keep(text, "", "look").await.expect(200).text;
        assert!(
            looked.contains("Er is nog niets veranderd")
                && looked.contains("monteur, niet technieker")
        );
        assert!(looked.contains("&#60;b&#62;Uw kenmerk") && !looked.contains("<b>Uw kenmerk"));
        assert!(admin.page(path).await.text.contains("Er is nog geen eigen versie"));
        let kept = keep(text, "", "keep").await.expect(303);
        assert_eq!(location(&kept), "/admin/texts/house_style?done=kept");
        let page = admin.page(location(&kept)).await.expect(200).text;
        assert_eq!(text_of(&page), text);
        assert!(
            page.contains("Vastgelegd.") && page.contains("in gebruik") && page.contains(">beheer<")
        );

        // Somebody else was first: nothing is written over, and nothing that was typed is lost.
        let mine = "address = \"u\"\nemoji = true\n";
        let late = keep(mine, "", "keep").await.expect(409).text;
        assert!(late.contains("Iemand anders zette intussen") && text_of(&late) == mine);
        let seen = field(&late, "<h2 id=\"h-text\"", "seen").to_owned();
        tokio::time::sleep(std::time::Duration::from_millis(3)).await;
        keep(mine, &seen, "keep").await.expect(303);
        // Back to the older version: it is looked at and put in force again.
        let older = admin.page(&format!("{path}?version={seen}")).await.expect(200).text;
        assert!(older.contains("Die is nu niet in gebruik") && text_of(&older) == text);
        let now = field(&older, "<h2 id=\"h-text\"", "seen").to_owned();
        assert_ne!(now, seen);
        tokio::time::sleep(std::time::Duration::from_millis(3)).await;
        keep(text, &now, "keep").await.expect(303);
        assert_eq!(text_of(&admin.page(path).await.text), text);
        admin.page("/admin/texts/gedicht").await.expect(404);
        keep("emoji = \u{0}", &seen, "keep").await.expect(422);
    }

    async fn a_house_style_can_be_filled_in_and_comes_back_so(world) {
        let admin = administrator(world).await;
        let path = "/admin/texts/house_style";
        let fields = [
            ("all.address", "formal"),
            ("all.salutation", "Beste {naam},"),
            ("all.avoid", "helaas\r\ntechnieker = monteur"),
            ("chat.address", "informal"),
            ("chat.no_salutation", "yes"),
            ("seen", ""),
        ];
        let send = async |what: &str, more: &[(&str, &str)]| {
            let all: Vec<_> = fields.iter().chain(more).copied().chain([("do", what)]).collect();
            admin.form(path, &all).await
        };
        let looked = send("look", &[]).await.expect(200).text;
        assert!(looked.contains("Er is nog niets veranderd"), "{looked}");
        assert!(looked.contains("monteur, niet technieker"), "{looked}");
        send("keep", &[]).await.expect(303);
        let page = admin.page(path).await.expect(200).text;
        assert!(page.contains("name=\"all.salutation\" value=\"Beste {naam},\""), "{page}");
        assert!(page.contains("name=\"chat.no_salutation\" value=\"yes\" checked"), "{page}");
        assert!(page.contains("helaas\ntechnieker = monteur"), "{page}");
        let odd = send("keep", &[("phone.avoid", " = x")]).await.expect(422).text;
        assert!(odd.contains("Er klopt iets niet op regel"), "{odd}");
    }

    async fn a_rubric_in_force_is_what_replies_are_held_against(world) {
        let admin = administrator(world).await;
        let draft = json!({"customer": "Ik bel al voor de derde keer en ben er klaar mee!",
            "reply": "Drie keer bellen, dat had niet mogen. Ik bel u morgen voor 12.00 uur.",
            "locale": "nl-NL"});
        let before = admin.post("/check", &draft).await.expect(200).json;
        let text = text_of(&admin.page("/admin/texts/rubric").await.expect(200).text);
        let path = "/admin/texts/rubric";
        let wrong = text.replace("policy_wall = 40", "policy_wall = 400");
        let page =
            admin.form(path, &[("text", &wrong), ("seen", ""), ("do", "keep")]).await.expect(422);
        assert!(page.text.contains("from 0 to 100"), "{}", page.text);
        let own = text.replace("promised_complete = 100", "promised_complete = 10");
        admin.form(path, &[("text", &own), ("seen", ""), ("do", "keep")]).await.expect(303);
        let page = admin.page(path).await.expect(200).text;
        assert!(
            page.contains("acted.promised_complete") && page.contains("10 in plaats van 100"),
            "{page}"
        );
        let after = admin.post("/check", &draft).await.expect(200).json;
        assert_eq!(before["versions"]["rubric"], "default-1");
        assert!(after["versions"]["rubric"].as_str().unwrap().starts_with("default-1+"), "{after}");
        let score = |report: &Value| report["turns"][1]["score"].as_f64().unwrap();
        assert!(score(&after) < score(&before), "{before} {after}");
        // Another process over the same store follows it too.
        let store = world.reopen().await;
        let in_force = gehoord_server::InForce::new(world.state.ears().0);
        in_force.follow(&store).await.unwrap();
        assert_eq!(in_force.listener().rubric().version, after["versions"]["rubric"]);
        admin.form("/admin/listen-again", &[]).await.expect(303);
        assert_eq!(admin.get("/jobs").await.expect(200).json[0]["kind"], "listen_again");
    }

    async fn protocols_of_the_organisation_are_what_agents_see_and_say_who_checked_them(world) {
        let admin = administrator(world).await;
        let agent = world.somebody("samira", Role::Agent).await;
        let gas = ("customer", "Ik ruik gas in de keuken, wat moet ik doen?");
        let id = agent.open("gas", &[gas]).await;
        let path = "/admin/texts/protocols_nl";
        let page = admin.page(path).await.expect(200).text;
        assert!(page.contains("Controleer dit") && page.contains("Nog door niemand"));
        let contact = async || agent.page(&format!("/contacts/{id}")).await.expect(200).text;
        assert!(contact().await.contains("Nog door niemand in je organisatie nagekeken"));
        let check = async |by: &str, day: &str, seen: &str| {
            let fields = [("by", by), ("day", day), ("seen", seen)];
            admin.form(&format!("{path}/checked"), &fields).await
        };
        for (by, day) in [("", "2026-05-01"), ("Noor", "mei"), ("Noor", "2999-01-01")] {
            let page = check(by, day, "").await.expect(422).text;
            assert!(page.contains("een dag die niet in de toekomst ligt"), "{by} {day}");
        }
        check("Noor <b>", "2026-05-01", "").await.expect(303);
        let said = contact().await;
        assert!(said.contains("Nagekeken op 1 mei"), "{said}");
        assert!(said.contains("(Noor &#60;b&#62;)"));
        check("Joris", "2026-05-02", "").await.expect(409);

        let page = admin.page(path).await.text;
        let seen = field(&page, "<h2 id=\"h-text\"", "seen").to_owned();
        let own = text_of(&page).replace("0800-9009", "0800-1234");
        let without = own.replace("signal = \"threat\"", "signal = \"abuse\"");
        let form = |text: &str, seen: &str| {
            let fields =
                [("text", text.to_owned()), ("seen", seen.to_owned()), ("do", "keep".to_owned())];
            let admin = admin.clone();
            async move {
                let fields: Vec<(&str, &str)> =
                    fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
                admin.form(path, &fields).await
            }
        };
        assert!(form(&without, &seen).await.expect(422).text.contains("expected one [[protocol]]"));
        let belgian = own.replace("country = \"NL\"", "country = \"BE\"");
        assert!(form(&belgian, &seen).await.expect(422).text.contains("op regel"));
        tokio::time::sleep(std::time::Duration::from_millis(3)).await;
        form(&own, &seen).await.expect(303);
        let said = contact().await;
        assert!(said.contains("0800-1234") && !said.contains("0800-9009"), "{said}");
        assert!(said.contains("Nog door niemand"), "who changes it has it checked anew");
        let belgium = admin.page("/admin/texts/protocols_be").await.expect(200).text;
        assert!(belgium.contains("Zelfmoordlijn"));
        assert!(belgium.contains("Dit is wat gehoord meelevert"));
        admin
            .form("/admin/texts/rubric/checked", &[("by", "N"), ("day", "2026-05-01"), ("seen", "")])
            .await
            .expect(404);
        // What cannot be read any more is not used.
        let operator = Viewer::operator();
        let mut request = world.store.request(&operator, "settings.document").await.unwrap();
        request.write_document(DocumentKind::ProtocolsNl, "kapot").await.unwrap();
        request.finish().await.unwrap();
        world.state.follow_decisions().await.unwrap();
        assert!(contact().await.contains("0800-9009"));
    }

    async fn a_rule_of_a_culture_that_is_off_is_held_against_nobody(world) {
        let admin = administrator(world).await;
        let path = "/admin/cultures";
        let customer = "Wat een waardeloze service, ik ben woedend dat mijn pakket weg is!";
        let draft = json!({"customer": customer,
            "reply": "Goed nieuws! Uw pakket is gevonden! Morgen is het bij u!",
            "locale": "nl-NL"});
        let rules = async || {
            let report = admin.post("/check", &draft).await.expect(200).json;
            let breakers = report["turns"][1]["breakers"].as_array().unwrap().clone();
            breakers.iter().map(|one| one["rule"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        let cheer = "culture/nl-NL/no_cheer_to_upset".to_owned();
        let page = admin.page(path).await.expect(200).text;
        assert!(
            page.contains("Weinig uitroeptekens")
                && page.contains("Tijdschrift voor Taalbeheersing")
        );
        let seen = field(&page, "id=\"nl-NL\"", "seen").to_owned();
        let heard = rules().await;
        assert!(heard.contains(&cheer), "{heard:?}");
        let fields = [("locale", "nl-NL"), ("seen", seen.as_str()), ("all", "off")];
        admin.form(path, &fields).await.expect(303);
        assert!(!rules().await.iter().any(|rule| rule.starts_with("culture/")));
        let late = admin.form(path, &fields).await.expect(409).text;
        assert!(
            late.contains("Iemand anders was je net voor") && late.contains("door jullie gewijzigd")
        );
        let seen = field(&late, "id=\"nl-NL\"", "seen").to_owned();
        tokio::time::sleep(std::time::Duration::from_millis(3)).await;
        let one = [("locale", "nl-NL"), ("seen", &seen), ("rule_no_cheer_to_upset", "on")];
        admin.form(path, &one).await.expect(303);
        assert!(rules().await.contains(&cheer));
        let settings = admin.page("/privacy").await;
        settings.expect(200);
        admin.form(path, &[("locale", "tlh"), ("seen", "0"), ("all", "off")]).await.expect(404);
    }

    async fn what_the_law_asks_for_is_on_only_with_its_record(world) {
        let admin = administrator(world).await;
        let agent = world.somebody("samira", Role::Agent).await;
        let path = "/admin/switches";
        let named = format!("{path}/named_review");
        let half = [
            ("switch", "on"),
            ("seen", "0"),
            ("assessment_date", "2026-03-01"),
            ("assessment_reference", "DPIA <7>"),
        ];
        let page = admin.form(&named, &half).await.expect(422).text;
        assert!(page.contains("Vul alles in") && page.contains("value=\"2026-03-01\""), "{page}");
        assert_eq!(agent.get("/me").await.json["named_review"], Value::Null);
        let mut whole = half.to_vec();
        whole.extend([("consent_date", "2026-04-01"), ("consent_reference", "OR 12")]);
        admin.form(&named, &whole).await.expect(303);
        assert!(agent.get("/me").await.json["named_review"].is_object());
        let seen_by_all = agent.page("/privacy").await.expect(200).text;
        assert!(seen_by_all.contains("DPIA &#60;7&#62;") && seen_by_all.contains("door beheer"));
        let late = admin.form(&named, &[("switch", "off"), ("seen", "0")]).await.expect(409).text;
        assert!(late.contains("Iemand anders was je net voor"));
        let seen = field(&late, "/named_review", "seen");
        admin.form(&named, &[("switch", "off"), ("seen", seen)]).await.expect(303);
        assert_eq!(agent.get("/me").await.json["named_review"], Value::Null);
        assert!(admin.page(path).await.text.contains("uitgezet door beheer"));
        admin.form(&named, &[("switch", "misschien"), ("seen", "0")]).await.expect(422);

        let voice = format!("{path}/customer_voice");
        let mut record = vec![
            ("switch", "on"),
            ("seen", "0"),
            ("assessment_date", "2026-03-01"),
            ("assessment_reference", "DPIA 8"),
        ];
        admin.form(&voice, &record).await.expect(422);
        record.push(("notice", "We luisteren mee <i>"));
        admin.form(&voice, &record).await.expect(303);
        let page = agent.page("/privacy").await.expect(200).text;
        assert!(page.contains("We luisteren mee &#60;i&#62;"), "{page}");
    }

    async fn a_token_is_shown_once_does_what_it_may_and_can_be_taken_away(world) {
        let admin = administrator(world).await;
        let agent = world.somebody("samira", Role::Agent).await;
        let account = agent.page("/account").await.expect(200).text;
        assert!(account.contains("scope_write_conversations"));
        assert!(!account.contains("scope_read_audit"));
        for wrong in [
            vec![("name", ""), ("scope_listen", "on")],
            vec![("name", "Kassa")],
            vec![("name", "Kassa"), ("scope_read_audit", "on")],
            vec![("name", "Kassa"), ("scope_listen", "on"), ("until", "2020-01-01")],
            vec![("name", "Kassa"), ("scope_listen", "on"), ("until", "straks")],
        ] {
            let page = agent.form("/account/tokens", &wrong).await.expect(422).text;
            assert!(page.contains("Er is niets gemaakt"), "{wrong:?}");
        }
        let fields = [("name", "Kassa <b>"), ("scope_listen", "on"), ("until", "2099-12-31")];
        let made = agent.form("/account/tokens", &fields).await.expect(200).text;
        let word = made.split("token-word").nth(1).unwrap().split('>').nth(1).unwrap();
        let word = word.split('<').next().unwrap().to_owned();
        assert!(word.len() > 30 && made.contains("Je ziet het maar één keer"));
        let program = agent.with_token(&word);
        program.get("/me").await.expect(200);
        program.get("/conversations").await.expect(403);
        program.page("/account").await.expect(403);
        for (caller, path) in [(&agent, "/account"), (&admin, "/admin/tokens")] {
            let page = caller.page(path).await.expect(200).text;
            assert!(page.contains("Kassa &#60;b&#62;") && page.contains("31 december 2099"), "{page}");
            assert!(!page.contains(&word), "the word itself is nowhere again");
        }
        let page = admin.page("/admin/tokens").await.text;
        assert!(page.contains("samira"));
        let revoke = page.split("action=\"").find(|part| part.contains("/revoke\"")).unwrap();
        let revoke = revoke.split('"').next().unwrap();
        let own = revoke.replace("/admin/", "/account/");
        let colleague = world.somebody("kees", Role::Agent).await;
        colleague.form(&own, &[]).await.expect(404);
        colleague.form(revoke, &[]).await.expect(403);
        program.get("/me").await.expect(200);
        admin.form(revoke, &[]).await.expect(303);
        program.get("/me").await.expect(401);
        assert!(!agent.page("/account").await.text.contains("Kassa"));
    }

    async fn no_form_is_taken_without_the_word_of_its_session(world) {
        let admin = administrator(world).await;
        let officer = world.somebody("mirjam", Role::PrivacyOfficer).await;
        world.somebody("samira", Role::Agent).await.open("chat-1", &COMPLAINT).await;
        let person = format!("/admin/people/{}", officer.id);
        for path in [
            "/admin/people",
            &person,
            &format!("{person}/password"),
            &format!("{person}/sessions"),
            "/admin/teams",
            "/admin/texts/rubric",
            "/admin/texts/protocols_nl/checked",
            "/admin/cultures",
            "/admin/switches/named_review",
            "/admin/switches/customer_voice",
            "/admin/listen-again",
            "/account/tokens",
        ] {
            admin.but("x-csrf-token", None).form(path, &[]).await.expect(403);
            admin.but("x-csrf-token", Some("geraden")).form(path, &[]).await.expect(403);
        }
        for path in [
            "/privacy/kept",
            "/privacy/customer",
            "/privacy/customer/export",
            "/privacy/customer/erase",
        ] {
            let fields = [("customer", "chat-1@example.nl")];
            officer.but("x-csrf-token", None).form(path, &fields).await.expect(403);
            officer.but("x-csrf-token", Some("geraden")).form(path, &fields).await.expect(403);
        }
    }
}
