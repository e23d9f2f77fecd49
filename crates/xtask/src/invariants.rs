//! What must be true of the scores, checked over the examples.

#[cfg(test)]
mod tests {
    use gehoord_conversation::wire::WireReport;
    use gehoord_conversation::wire::report::StreamedReport;
    use gehoord_conversation::{
        Breaker, Channel, Conversation, Emotion, Label, Locale, Need, Party, Report, Safety,
        Signal, Technique, Turn, TurnReport,
    };
    use gehoord_listening::Listener;

    use crate::evaluate::{read, root};
    use crate::examples;

    const CUSTOMER: &str = "Ik heb al drie keer contact opgenomen met jullie klantenservice en ik krijg nog steeds geen reactie op mijn probleem.";
    const WELL: &str = "Ik begrijp dat je gefrustreerd bent omdat je nog steeds geen reactie hebt ontvangen. Ik zal dit meteen voor je oppakken en ervoor zorgen dat je zo snel mogelijk een oplossing krijgt.";
    const BETTER: &str = "Drie keer gemeld en nog geen antwoord: dat had niet mogen gebeuren. Ik zoek nu uit waar het is blijven liggen en bel je vandaag vóór 16.00 uur, ook als het dan nog niet is opgelost.";

    fn listen(turns: &[(Party, &str)]) -> Report {
        let listener = Listener::embedded().unwrap();
        let mut conversation = Conversation::new("t", Channel::Phone);
        conversation.locale = "nl-NL".parse::<Locale>().ok();
        conversation.turns = turns.iter().map(|(party, text)| Turn::new(*party, *text)).collect();
        gehoord_coaching::review(&listener, &conversation)
    }

    fn reply(text: &str) -> Report {
        listen(&[(Party::Customer, CUSTOMER), (Party::Agent, text)])
    }

    fn score(report: &Report) -> f32 {
        match report.turns.last() {
            Some(TurnReport::Agent(turn)) => turn.score.unwrap(),
            other => panic!("{other:?}"),
        }
    }

    fn agent(report: &Report) -> &gehoord_conversation::AgentTurn {
        match report.turns.last() {
            Some(TurnReport::Agent(turn)) => turn,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_report_written_turn_by_turn_is_the_same_report() {
        let heard = listen(&[
            (Party::Customer, CUSTOMER),
            (Party::Agent, BETTER),
            (Party::Bot, "Een moment."),
            (Party::Customer, "Dank u wel!"),
        ]);
        let mut conversation = Conversation::new("t", Channel::Phone);
        for words in [CUSTOMER, BETTER, "Een moment.", "Dank u wel!"] {
            conversation = conversation.with_turn(Party::Customer, words);
        }
        let whole = serde_json::to_string(&WireReport::new(&heard, &conversation)).unwrap();
        let streamed = serde_json::to_string(&StreamedReport::new(&heard, &conversation)).unwrap();
        assert_eq!(streamed, whole);
    }

    /// Talk of any order is tried where turns are heard one by one, in `gehoord-coaching`.
    #[test]
    fn a_dialogue_heard_turn_by_turn_is_the_same_report() {
        let listener = Listener::embedded().unwrap();
        let dialogues = crate::corpus::cases(crate::corpus::Part::Train).unwrap();
        let dialogues: Vec<_> = dialogues.into_iter().filter(|d| d.turns.len() > 3).collect();
        assert!(dialogues.len() > 150, "only {}", dialogues.len());
        for whole in &dialogues {
            let start = Conversation { turns: Vec::new(), ..whole.clone() };
            let mut ongoing = gehoord_coaching::follow(&listener, start);
            let mut written = WireReport::new(ongoing.report(), ongoing.conversation());
            for turn in &whole.turns {
                let first = gehoord_coaching::hear(&listener, &mut ongoing, turn.clone());
                written.update(ongoing.report(), ongoing.conversation(), first);
            }
            let report = gehoord_coaching::review(&listener, whole);
            assert_eq!(*ongoing.report(), report);
            assert_eq!(written, WireReport::new(&report, whole));
        }
    }

    #[test]
    fn the_missions_example_is_well_heard() {
        let report = reply(WELL);
        let TurnReport::Customer(customer) = &report.turns[0] else { panic!() };
        let upset =
            [Emotion::Annoyance, Emotion::Powerlessness, Emotion::Disappointment, Emotion::Anger];
        assert!(upset.iter().any(|&e| customer.has(e.into())));
        assert!(customer.repeat_contact && customer.cause.is_some());
        assert!(customer.needs.contains(&Need::Recognition));
        let turn = agent(&report);
        for technique in
            [Technique::AcknowledgeFeeling, Technique::Restate, Technique::PromiseAction]
        {
            assert!(turn.has(technique), "{technique}: {:?}", turn.techniques);
        }
        assert!(turn.breakers.is_empty(), "{:?}", turn.breakers);
        let promise = &report.promises[0];
        assert!(promise.complete && promise.who.id() == "agent", "{promise:?}");
        assert!(score(&report) >= 85.0, "{}", score(&report));
        assert_eq!(report.moments.len(), 1);
        assert_eq!(report.moments[0].met, Some(true));
        let hints: Vec<&str> = turn.hints.iter().map(|h| h.text.as_str()).collect();
        for words in ["drie keer", "zo snel mogelijk", "misging"] {
            assert!(hints.iter().any(|h| h.contains(words)), "no hint on '{words}': {hints:#?}");
        }
    }

    #[test]
    fn naming_the_story_and_a_time_is_better_still() {
        assert!(
            score(&reply(BETTER)) >= score(&reply(WELL)) + 5.0,
            "{} {}",
            score(&reply(BETTER)),
            score(&reply(WELL))
        );
    }

    #[test]
    fn without_the_first_sentence_the_moment_is_missed() {
        let without = reply(WELL.split_once(". ").unwrap().1);
        assert!(score(&without) <= score(&reply(WELL)) - 10.0);
        assert_eq!(without.moments[0].met, Some(false));
    }

    #[test]
    fn policy_instead_of_help_is_not_heard() {
        let report = reply("Ik begrijp het, maar dat is nu eenmaal ons beleid.");
        assert!(score(&report) < 25.0);
        assert!(agent(&report).has(Breaker::ButClause) && agent(&report).has(Breaker::PolicyWall));
    }

    #[test]
    fn a_neutral_question_wants_a_short_warm_answer() {
        let ask = "Goedemiddag, tot hoe laat is de winkel zaterdag open?";
        let short = listen(&[
            (Party::Customer, ask),
            (Party::Agent, "Goedemiddag! Zaterdag zijn we open tot 17.00 uur. Tot dan!"),
        ]);
        let heavy = listen(&[
            (Party::Customer, ask),
            (
                Party::Agent,
                "Wat vervelend dat u hiermee zit, ik begrijp heel goed hoe frustrerend dit voor u moet zijn. Zaterdag zijn we open tot 17.00 uur.",
            ),
        ]);
        assert!(score(&short) >= 75.0, "{}", score(&short));
        assert!(score(&heavy) <= score(&short) - 10.0, "{} {}", score(&heavy), score(&short));
        assert!(agent(&heavy).has(Breaker::Scripted));
    }

    #[test]
    fn a_story_in_pieces_is_one_moment() {
        let pieces = [
            "Nou, vorige week is mijn wasmachine stukgegaan.",
            "Toen heb ik jullie gebeld en er zou iemand komen.",
            "Daar heb ik een vrije dag voor genomen, en er kwam niemand.",
            "En nu zit ik al tien dagen zonder wasmachine, met een baby, ik ben het helemaal zat.",
        ];
        let summary = "Tien dagen zonder wasmachine, met een baby, en een vrije dag gekost aan een monteur die niet kwam: logisch dat u het zat bent. Ik regel nu een monteur en bel u vandaag voor 17.00 uur met de tijd.";
        let mut told = Vec::new();
        for piece in pieces {
            told.push((Party::Customer, piece));
            told.push((Party::Agent, "Hm-hm."));
        }
        told.pop();
        told.push((Party::Agent, summary));
        let in_pieces = listen(&told);
        let whole = pieces.join(" ");
        let at_once = listen(&[(Party::Customer, whole.as_str()), (Party::Agent, summary)]);
        assert_eq!(in_pieces.moments.len(), 1, "{:?}", in_pieces.moments);
        assert_eq!(in_pieces.moments[0].met, Some(true));
        assert!(
            in_pieces.heard.score >= at_once.heard.score - 0.01,
            "{} {}",
            in_pieces.heard.score,
            at_once.heard.score
        );
        let mut parroted = Vec::new();
        for piece in pieces {
            parroted.push((Party::Customer, piece));
            parroted.push((Party::Agent, "Ik begrijp dat dat vervelend is."));
        }
        parroted.pop();
        parroted.push((Party::Agent, summary));
        let parroted = listen(&parroted);
        assert!(
            parroted.heard.score <= in_pieces.heard.score,
            "{} {}",
            parroted.heard.score,
            in_pieces.heard.score
        );
        let scripted = parroted
            .turns
            .iter()
            .any(|t| matches!(t, TurnReport::Agent(a) if a.has(Breaker::Scripted)));
        assert!(scripted);
    }

    /// Property over all examples: what a reply has already is worth nothing a second time.
    #[test]
    fn a_second_acknowledgement_or_a_needless_question_never_raises_a_score() {
        let rises = rises(&Listener::embedded().unwrap(), 1);
        assert!(rises.len() >= 60, "only {} additions tried", rises.len());
        for (what, rise) in rises {
            assert!(rise <= 0.01, "{what}: {rise}");
        }
    }

    /// The deep tier weighs more, so now and then a label comes just over its threshold. Never by
    /// much, and seldom. It is slow as well, so it hears one example of eight.
    #[test]
    fn what_is_said_twice_is_worth_little_to_the_deep_tier_too() {
        let rises = rises(&Listener::embedded().unwrap().deeper(), 8);
        assert!(rises.len() >= 8, "only {} additions tried", rises.len());
        let above: Vec<_> = rises.iter().filter(|(_, rise)| *rise > 0.5).collect();
        assert!(above.len() * 20 <= rises.len(), "{} of {}: {above:?}", above.len(), rises.len());
        assert!(above.iter().all(|(_, rise)| *rise <= 10.0), "{above:?}");
    }

    /// By how much the score of each reply rises when something needless is added, over each
    /// `step`th example.
    fn rises(listener: &Listener, step: usize) -> Vec<(String, f32)> {
        let mut rises = Vec::new();
        for conversation in examples::conversations().unwrap().into_iter().step_by(step) {
            let before = listener.listen(&conversation);
            let english =
                conversation.locale.as_ref().is_some_and(|l| l.as_str().starts_with("en"));
            for (i, turn) in before.turns.iter().enumerate() {
                let TurnReport::Agent(turn) = turn else { continue };
                let Some(was) = turn.score else { continue };
                let mut additions = Vec::new();
                if turn.has(Technique::AcknowledgeFeeling) {
                    additions.push(if english {
                        " I understand that this is annoying."
                    } else {
                        " Ik begrijp dat dit vervelend is."
                    });
                }
                if was >= 70.0 && (turn.has(Technique::Solve) || turn.has(Technique::PromiseAction))
                {
                    additions.push(if english {
                        " What is your date of birth?"
                    } else {
                        " Wat is uw geboortedatum?"
                    });
                }
                for addition in additions {
                    let mut longer: Conversation = conversation.clone();
                    longer.turns[i].text.push_str(&format!("\n{}", addition.trim()));
                    // What comes after the answer does not change its score, and costs time.
                    let answered = |turn: &Turn| turn.party == Party::Customer;
                    let end = longer.turns[i..].iter().position(answered);
                    longer.turns.truncate(end.map_or(longer.turns.len(), |end| i + end));
                    let after = listener.listen(&longer);
                    let TurnReport::Agent(after) = &after.turns[i] else { panic!() };
                    let is = after.score.unwrap();
                    rises.push((format!("{} [{i}] '{addition}'", conversation.id), is - was));
                }
            }
        }
        rises
    }

    /// Architecture invariant: no empathy hint before safety.
    #[test]
    fn safety_gets_no_empathy_hint() {
        let listener = Listener::embedded().unwrap();
        let mut flagged = 0;
        for language in ["nl", "en"] {
            let path = root().join(format!("corpus/safety/{language}.jsonl"));
            for mut conversation in read(&path).unwrap() {
                conversation
                    .turns
                    .push(Turn::new(Party::Agent, "Ik noteer het. / I have noted it."));
                let report = gehoord_coaching::review(&listener, &conversation);
                let TurnReport::Customer(customer) = &report.turns[0] else { panic!() };
                if customer.safety.is_empty() {
                    continue;
                }
                flagged += 1;
                let hints = &agent(&report).hints;
                assert!(
                    matches!(hints.first().map(|h| h.label), Some(Label::Safety(_))),
                    "{}: {hints:?}",
                    conversation.id
                );
                let empathy = [
                    Technique::AcknowledgeFeeling,
                    Technique::Restate,
                    Technique::OpenQuestion,
                    Technique::TakeOwnership,
                ];
                let wrong = hints.iter().find(|h| empathy.iter().any(|&t| h.label == t.into()));
                assert!(wrong.is_none(), "{}: {wrong:?}", conversation.id);
            }
        }
        assert!(flagged >= 250, "only {flagged} turns were flagged");
    }

    const GAS: (Party, &str) =
        (Party::Customer, "Ik ruik gas in de meterkast en word er misselijk van.");

    #[test]
    fn who_is_in_danger_is_brought_to_safety_first() {
        let safe = "Ga nu naar buiten en laat de deur open. Raak geen lichtknop aan. Bel buiten 0800-9009. Ik blijf aan de lijn.";
        let report = listen(&[GAS, (Party::Agent, safe)]);
        let heard = agent(&report);
        assert!(heard.has(Signal::ToSafety), "{heard:?}");
        assert!(heard.breakers.is_empty() && heard.hints.is_empty(), "{heard:?}");
        assert!(report.moments.iter().all(|m| m.met == Some(true)), "{:?}", report.moments);
        assert!(report.heard.score >= 75.0, "{:?}", report.heard);
    }

    #[test]
    fn an_appointment_is_no_answer_to_danger() {
        let later = "Ik plan dan een monteur in, morgen tussen 8 en 12 kan ik u aanbieden.";
        let at_once = listen(&[GAS, (Party::Agent, later)]);
        assert!(at_once.heard.score < 40.0, "{:?}", at_once.heard);
        assert_eq!(agent(&at_once).hints[0].label, Label::Safety(Safety::Danger));
        // Nor after a question in between.
        let asked = listen(&[
            GAS,
            (Party::Agent, "Mag ik eerst uw klantnummer?"),
            (Party::Customer, "Eh, dat heb ik niet bij de hand."),
            (Party::Agent, later),
        ]);
        assert!(asked.heard.score < 40.0 && !asked.trajectory.eased, "{:?}", asked.heard);
        // Where nobody is in danger it is a good one.
        let plain = listen(&[
            (Party::Customer, "Mijn verwarming tikt een beetje, kan daar iemand naar kijken?"),
            (Party::Agent, later),
        ]);
        assert!(plain.heard.score > 70.0, "{:?}", plain.heard);
    }

    #[test]
    fn a_light_word_is_no_formula_where_something_is_broken() {
        let broken = (Party::Customer, "Mijn internet doet het niet");
        let light = "Dat is vervelend. Ik kijk direct even met u mee. Welke lampjes branden er?";
        let report = listen(&[broken, (Party::Agent, light)]);
        assert!(agent(&report).breakers.is_empty(), "{:?}", agent(&report).breakers);
        // A formula for a bare question still is.
        let question = (Party::Customer, "Hoe laat gaat de winkel morgen open?");
        let heavy = "Wat vervelend voor u. Wij begrijpen uw frustratie. Wij zijn open om 9 uur.";
        let report = listen(&[question, (Party::Agent, heavy)]);
        assert!(agent(&report).has(Breaker::Scripted), "{:?}", agent(&report).breakers);
    }

    /// Forms do not tell: "welke kleur?" is as open a form as "wat is er gebeurd?".
    #[test]
    fn questions_are_told_by_what_they_ask() {
        use Technique::{CheckUnderstanding, ClosedQuestion, OpenQuestion};
        for (asks, question) in [
            (OpenQuestion, "Wat is er precies gebeurd?"),
            (OpenQuestion, "Hoe kan ik u daar het beste mee helpen?"),
            (ClosedQuestion, "Welke maat heeft u besteld?"),
            (ClosedQuestion, "Wanneer heeft u hem gekocht?"),
            (ClosedQuestion, "Wat is uw postcode en huisnummer?"),
            (CheckUnderstanding, "Klopt het zo?"),
            (CheckUnderstanding, "Doet hij het nu weer?"),
            (CheckUnderstanding, "Is het zo duidelijk?"),
        ] {
            let report = reply(&format!("Ik kijk het voor u na. {question}"));
            let heard = [OpenQuestion, ClosedQuestion, CheckUnderstanding];
            let heard = heard.iter().filter(|&&kind| agent(&report).has(kind));
            assert_eq!(heard.collect::<Vec<_>>(), [&asks], "{question}");
        }
    }

    #[test]
    fn what_is_begun_now_and_told_later_is_due_later() {
        for told in [
            "Ik zoek nu uit waar het is blijven liggen en bel je vandaag vóór 16.00 uur.",
            "I'm looking now into where it got stuck and will call you today before 4 pm.",
        ] {
            let customer = "Ik heb al drie keer gebeld en krijg geen reactie.";
            let report = listen(&[(Party::Customer, customer), (Party::Agent, told)]);
            let [promise] = &report.promises[..] else { panic!("{:?}", report.promises) };
            assert!(promise.complete, "{promise:?}");
            let when = promise.when.as_deref().unwrap();
            assert!(when.contains("16.00") || when.contains("4 pm"), "{promise:?}");
        }
    }

    #[test]
    fn what_the_customer_may_choose_is_no_promise_yet() {
        let offer = "Zal ik een nieuwe sturen of stort ik het geld vandaag terug?";
        assert!(reply(offer).promises.is_empty());
        let chosen = "Ik stuur vandaag een nieuwe, of dat nu past of niet.";
        assert_eq!(reply(chosen).promises.len(), 1);
    }

    #[test]
    fn only_our_side_promises() {
        let promised = |customer: &str, agent: &str| {
            listen(&[(Party::Customer, customer), (Party::Agent, agent)]).promises
        };
        let train = promised(
            "Van welk spoor gaat de trein naar Gent?",
            "Hij vertrekt vandaag van spoor 9, om 10.12 uur.",
        );
        assert!(train.is_empty(), "{train:?}");
        let fitter = promised(
            "Wanneer komt er iemand?",
            "De monteur is al ingelicht. Hij komt morgen om 9 uur.",
        );
        assert!(fitter.iter().any(|p| p.complete), "{fitter:?}");
    }

    /// A guard against falling back, on the turns written for this project, both parts together.
    /// The aim is .95; EVALUATION.md says what is reached.
    #[test]
    fn threats_and_self_harm_are_heard() {
        let listener = Listener::embedded().unwrap();
        for flag in [Safety::Threat, Safety::SelfHarm] {
            let (mut there, mut heard) = (0, 0);
            for language in ["nl", "en"] {
                for conversation in
                    read(&root().join(format!("corpus/safety/{language}.jsonl"))).unwrap()
                {
                    let gold = conversation.turns[0].gold["safety"].as_array().unwrap().clone();
                    if !gold.iter().any(|g| g.as_str() == Some(flag.id())) {
                        continue;
                    }
                    let report = listener.listen(&conversation);
                    let TurnReport::Customer(customer) = &report.turns[0] else { panic!() };
                    there += 1;
                    heard += usize::from(customer.safety.contains(&flag));
                }
            }
            assert!(there >= 60);
            assert!(heard * 100 >= there * 78, "{flag}: {heard} of {there}");
        }
    }
}
