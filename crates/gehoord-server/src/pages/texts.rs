//! Every text of the pages, one file a language: `texts/nl.toml`, `texts/en.toml`. A key that one
//! file lacks, or has too many, is an error as soon as the file is read; a key that no page uses does
//! not pass the compiler.

use std::fmt::{Display, Write as _};
use std::sync::LazyLock;

use gehoord_conversation::Language;
use gehoord_listening::Handbook;
use serde::Deserialize;

/// Language of the pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lang {
    Nl,
    En,
}

impl Lang {
    pub(crate) const ALL: [Self; 2] = [Self::Nl, Self::En];

    pub(crate) const fn id(self) -> &'static str {
        match self {
            Self::Nl => "nl",
            Self::En => "en",
        }
    }

    /// The language calls itself so.
    pub(crate) const fn own_name(self) -> &'static str {
        match self {
            Self::Nl => "Nederlands",
            Self::En => "English",
        }
    }

    pub(crate) fn of_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|lang| lang.id() == id)
    }

    /// The first of the languages that a browser asks for that there is; Dutch for any other.
    pub(crate) fn wanted(header: &str) -> Self {
        let tags = header.split(',').map(|tag| tag.trim());
        tags.filter_map(|tag| Self::of_id(tag.get(..2)?)).next().unwrap_or(Self::Nl)
    }

    /// The language as others know it.
    pub(crate) const fn language(self) -> Language {
        match self {
            Self::Nl => Language::Nl,
            Self::En => Language::En,
        }
    }

    pub(crate) fn texts(self) -> &'static Texts {
        static NL: LazyLock<Texts> = LazyLock::new(|| read(include_str!("../../texts/nl.toml")));
        static EN: LazyLock<Texts> = LazyLock::new(|| read(include_str!("../../texts/en.toml")));
        match self {
            Self::Nl => &NL,
            Self::En => &EN,
        }
    }

    /// What labels are called.
    pub(crate) fn handbook(self) -> Option<&'static Handbook> {
        static NL: LazyLock<Option<Handbook>> =
            LazyLock::new(|| Handbook::embedded(Language::Nl).ok());
        static EN: LazyLock<Option<Handbook>> =
            LazyLock::new(|| Handbook::embedded(Language::En).ok());
        match self {
            Self::Nl => NL.as_ref(),
            Self::En => EN.as_ref(),
        }
    }
}

#[expect(clippy::expect_used, reason = "the files are part of the program; a test reads them")]
fn read(file: &str) -> Texts {
    toml::from_str(file).expect("texts")
}

/// A text that depends on a number: `{n}` stands for it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Counted {
    one: String,
    other: String,
}

impl Counted {
    pub(crate) fn of(&self, n: i64) -> String {
        fill(if n == 1 { &self.one } else { &self.other }, &[("n", &n)])
    }
}

/// The text with a value in the place of each `{name}`.
pub(crate) fn fill(text: &str, values: &[(&str, &dyn Display)]) -> String {
    let mut filled = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some(start) = rest.find('{') {
        filled.push_str(&rest[..start]);
        let Some(end) = rest[start..].find('}') else { break };
        let name = &rest[start + 1..start + end];
        match values.iter().find(|(known, _)| *known == name) {
            Some((_, value)) => drop(write!(filled, "{value}")),
            None => filled.push_str(&rest[start..=start + end]),
        }
        rest = &rest[start + end + 1..];
    }
    filled.push_str(rest);
    filled
}

/// Sections with their texts; behind a semicolon those that depend on a number.
macro_rules! texts {
    ($($section:ident { $($key:ident),* $(; $($counted:ident),*)? })*) => {
        /// Every text, by section.
        #[derive(Debug, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub(crate) struct Texts { $(pub(crate) $section: sections::$section,)* }

        #[allow(non_camel_case_types, reason = "called as the section of the file")]
        mod sections {
            $(
                #[derive(Debug, serde::Deserialize)]
                #[serde(deny_unknown_fields)]
                pub(crate) struct $section {
                    $(pub(crate) $key: String,)*
                    $($(pub(crate) $counted: super::Counted,)*)?
                }
            )*
        }
    };
}

texts! {
    frame {
        skip, menu, today, contacts, search, shared, privacy, admin, language, theme, theme_auto, theme_light, theme_dark, leave,
        demo, words_only, display
    }
    role { agent, coach, manager, product_owner, privacy_officer, administrator }
    login {
        title, lead, login, password, enter, wrong, too_many, over, over_sent, first, first_where
    }
    account {
        title, password, old, new, ends, set, wrong, token_made, token_once, token_use,
        tokens_what, token_new, token_name, token_scopes, token_until, token_make,
        token_wrong
    }
    problem {
        not_found, not_found_why, forbidden, forbidden_why, invalid, invalid_why, stale,
        stale_why, large, large_why, failed, failed_why, due, due_past, due_far, due_unreadable, no_team, no_team_why, erased, erased_why, home
    }
    contact {
        untitled, customer, you, colleague, bot, nth, before, before_maybe, waits, yours, with, nobodys, closed, take,
        let_go, close, reopen, danger, asks_you, you_asked, you_answered, coach_answered, answer_at, about_turn, answer_coach, answer_what, answer_send, answer_blank, jump, talk, new_turn, earlier, later,
        unmasked, turn, time, how, needs, why, by_model, strength_clear, strength_likely,
        strength_maybe, boundary, doubt, doubt_why, doubt_send, doubted, well,
        well_none, well_plain, turned, eased, signals, met_of, met, missed, unanswered, answered_in,
        signal_met, signal_met_here, signal_missed, signal_open, course_title, course_up,
        course_down, course_hard, course_uneasy, course_even, course_good, course_glad, as_table,
        passed_over, own, share, share_what, share_whom, share_question, question_blank, share_send
    }
    promise {
        title, none, open, due, overdue, kept, broken, withdrawn, until, vague, timeless,
        by_colleague, by_firm, did_it, yes, no, none_such, confirm_when, later, by_when, set, undo, draft, draft_words
    }
    journey { title, waits, waited, other_team; broken, kept, open }
    channel { phone, email, chat, social, in_person }
    verdict {
        title, estimate, heard, partly, not, too_little, show, how, not_asked, sum, acknowledged,
        understood, explored, acted, tone, customer_yes, customer_partly, customer_no,
        customer_counts, how_weighed, part, came_to, weighs, adds, rest
    }
    today {
        whose, mine, team, coached, danger, promises, waits, promise_due, promise_over, empty, empty_what,
        well, well_about, signals, signals_what, own
    }
    contacts {
        list, status, all, open, closed, whose, of_team, mine, team, from, until, backwards, show, none,
        none_what, newest, older, pages
    }
    search { title, lead, words, party, anyone, us, look, nothing, nothing_what }
    shared {
        lead_coach, lead_agent, none, none_coach, none_agent, until, look, look_answer, answered, take_back
    }
    privacy {
        lead, rules, rule_own, rule_masks, rule_five, rule_here, named, named_on, named_off,
        assessment, consent, kept, kept_none, rule, who, what, yes, no, looked, when,
        person, action, count, operator, machine, tab_rules, tab_mine, tab_looked, tab_kept,
        tab_customer, looked_lead, everybody, contact_id, customer_id, customer_how, nobody,
        mine_lead, mine_none, which, voice_on, voice_off, kept_lead, terms, terms_whose,
        terms_wrong, terms_longer, choose, choose_how, tried, tried_none, nothing_kept, oldest, days, originals_days,
        goes_now, goes_week, goes_month, goes_originals, try_terms, keep_terms, daily, also_all;
        several, so_many, with_originals
    }
    action {
        read, list, search, promises, feedback, shares, people, login, logout, import,
        settings, customer, write, export, listen, people_seen, settings_seen, customer_found, customer_given, audit, sound
    }
    right {
        read_conversations, write_conversations, search, promises, feedback, share, listen,
        team_figures, read_people, manage_people, read_settings, manage_settings, retention,
        read_audit, customer_rights, import
    }
    admin {
        first, step_team, step_people, step_import, teams, name, parent, no_parent,
        add_team, people, role, team, no_team, no_team_agent, added_no_team, password, add_person, inactive, style,
        rubric, protocols, cultures, switches, speech, tokens, done, keep, add, change, active,
        logs_in_anew, new_password, new_password_what, set_password, sessions,
        sessions_what, end_sessions, teams_lead, no_members, login_taken, login_wrong,
        password_short, name_empty, last_administrator, somebody_first, team_first,
        team_wrong
    }
    reply {
        title, lead, yours, customer, channel, ask, ask_keys, copy, copy_keys, copied, copy_by_hand,
        nothing, safety_first, dismiss, to_words, others, promises, promise_due, lost, ended,
        too_long, back, first_safety, words_only, suggest, suggest_keys, suggestions, suggest_lead,
        suggest_take, suggest_taken, suggest_other, suggest_none, suggest_no_more, suggest_paste,
        suggest_close, slots_open, model, model_waits, model_dropped, model_failed
    }
    safety {
        checked, unchecked, not_so, not_so_done, along, along_what, along_line, along_copied, hard, hard_lead, pause,
        pause_what, talk, talk_what, report, report_what, report_text, report_words, report_copied,
        copy, done
    }
    call {
        title, sound, place, lanes, lanes_label, agent, all_voices, you, you_object, the_agent,
        hear_from, until, gone, wordless, one_voice, no_words, no_times, too_long, not_asked, ran_here,
        key_took, key_along, key_wait, key_silenced, happened, measured, own, turn_by_turn,
        begins, who, lasts, answered, paused, speaks, turns, longest, answers, at_most,
        interrupts, backchannels, pitch, pitch_moves, loudness, pace, syllables, pauses,
        hold_music, on_hold, long_silence, nobody_speaks, at_once, at_once_short, took_over, tried,
        mirroring, mirroring_how, too_few, no_mirroring, customer_followed, led_down,
        agent_followed, agent_followed_up, came_nearer, were_near, sound_only, was_said, made;
        silenced, and_more
    }
    sheet { title, contents, to_contents, about, none, last; turns }
    calls {
        title, nav, lead, none, none_what, unconnected, reload, running, waiting, ended_over,
        ended_lost, ended_no_sound, ended_too_long, ended_stops, gone, lanes, lanes_of, customer,
        you, ago, at_now, floor, floor_you, floor_they, floor_both, floor_nobody, floor_hold,
        floor_over, floor_unknown, share, share_of, pace, pace_of, pace_you, pace_they, both,
        both_of, quiet, quiet_of, hold, hold_of, hold_none, let_out, let_out_ago, let_out_now,
        let_out_none, unknown, said, said_what, lags, last_said, heard_by_model, open, left, left_what, advice, advice_what,
        advice_on, advice_off, is_on, is_off, silence, silence_keys, silent, rules, rule_own,
        rule_kept, rule_late, rule_feeling; cut_in
    }
    handover { title, lead, matter, tried, promised, known, weighs, copy, copied }
    note { title, lead, link, matter, matter_blank, promise, promise_how, customer, customer_how, keep }
    practice {
        title, lead, sound, sound_when, sound_where, sound_kept, sound_others, sound_measures,
        no_script, no_microphone, no_microphone_what, neutral, neutral_lead, neutral_heard,
        neutral_so_far, neutral_known, neutral_said, neutral_again, neutral_first, plain_first,
        plain_said, plain_again, neutral_to, smile, smile_lead, slow, slow_lead, silence,
        silence_lead, lower, lower_lead, customer, say, how, posture, why, source, twin, asked,
        ask_tone_higher, ask_tone_near, ask_pitch_lower, ask_pitch_near, ask_pitch_higher,
        ask_level_lower, ask_level_near, ask_level_higher, ask_pace_lower, ask_pace_near,
        ask_pace_higher, ask_before, ask_pause, start, start_plain, start_smile, stop, on, delay,
        done, too_little, tone, tone_both, tone_higher, tone_brighter, tone_lower, tone_near, pitch,
        pitch_lower, pitch_near, pitch_higher, level, level_lower, level_near, level_higher, pace,
        pace_lower, pace_near, pace_higher, before, waits, waited, pause, longest_pause, no_pause,
        second, third, semitones, syllables, pace_row, end_darker, end_brighter, end_lower, end_higher,
        end_softer, end_louder, end_slower, end_faster, end_neutral, show, figures, what, own, now,
        difference, refused, missing, insecure, lost, about, about_what, about_sources, about_false,
        about_not
    }
    import {
        title, lead, not_taken, no_teams, team, choose_team, give, drop, kinds, limit, larger,
        look, busy, nothing_yet, kept, before, wrong_none, wrong_slow, wrong_team, looking,
        waiting, running, done, stopped, failed, recognised, not_recognised, check, sum, count, locale_de_at, sheet,
        columns, columns_what, column, first_values, holds, values, who, first, masked, not_read,
        notes, left_out, guessed, converted, all_files, channel, locale, source, source_how, open,
        as_format, as_heard, start, look_again, cancel, line, field_none, field_conversation,
        field_party, field_text, field_at, field_speaker, field_customer, field_subject,
        field_channel, field_locale, field_external, party_unknown, party_customer, party_agent,
        party_colleague, party_bot, format_none, format_text, format_json, format_subtitles,
        format_mail, format_csv, format_xlsx, format_whatsapp, format_twitter, format_convokit, format_call,
        format_recording, words_of, with_words, without_words, writes_words,
        why_one_channel, why_not_written, why_no_words, why_unsure, writing, notes_of, recordings, agent_channel,
        call_of, call_of_unknown, call_of_how, agent_by_words, agent_first, agent_second, sound, sound_how, sound_none, why_sound,
        why_several, why_other_call,
        why_json, why_conversation, why_format, why_utf8, why_large, why_empty, why_speakers, why_column,
        why_row, why_mail, why_workbook, why_time, why_twice, why_refused, still, waiting_what,
        running_what, stopped_what, done_what, failed_right, failed_gone, failed_what, progress,
        again, stop, leave, result, added, changed, same, skipped, files_gone, skipped_what, file,
        place, why, another; files, conversations, turns, more_turns, more_wrong, erased, read_in, sound_days
    }
    document {
        style_lead, rubric_lead, protocols_lead, protocols_nl, protocols_be, check,
        check_why, check_do, check_again, check_by, check_day, check_keep, check_wrong,
        check_first, text, how, keep, look, looked, wrong_line, wrong_what, plain, ships,
        unreadable, source, versions, no_versions, in_force, shown, show, back_how, older,
        somebody_first, again, again_what, again_do, again_begun, begin
    }
    style {
        address, formal, informal, follows, salutation, sign_off, emoji, own_words, instead,
        never, obligatory, none, unsaid, yes, no, fill_in, everywhere, only_on, as_everywhere,
        no_salutation, no_sign_off, slots, avoid, avoid_how, one_a_line, as_text
    }
    rubric {
        weights, strong, mild, unnamed, neutral, positive, own, differs, as_shipped,
        off_the_tone, points
    }
    culture {
        lead, on, heard, people, sure, rather, unsure, switched, source, unseen, all_off,
        all_on, nl_nl, nl_be, en_gb, en_us, de_de, fr_fr, fr_be
    }
    switches {
        lead, on, off, switch_on, switch_off, named_what, named_seen, assessment_date,
        assessment_reference, consent_date, consent_reference, voice, voice_what,
        voice_notice, voice_example, history, was_on, was_off, incomplete
    }
    speech {
        lead, state, on_what, off_what, cannot, file, size, size_of, counting, model, licence,
        known, by_whisper_cpp, by_script, unknown, head, head_of, multilingual, english,
        heard_wrong, how, build, build_needs, get, get_what, start, start_or, which, which_what,
        list, list_what, made, source
    }
    tokens {
        lead, nobody, none, made, until, forever, over, revoke
    }
    customer {
        title, lead, find, name, name_how, look, found, pseudonym, contacts, when, period,
        who_looked, give, give_what, give_do, erase, erase_what, reason, choose, reference,
        reference_how, confirm, confirm_how, erase_do, past, nobody, not_confirmed,
        no_reason, reference_long, reason_request, reason_consent, reason_unlawful,
        reason_other, reason_none, proof, proof_lead, proof_id, erased_at, erased_by,
        removed, left_none, print_how, rows_conversation, rows_turn, rows_finding,
        rows_original, rows_promise, rows_answer, rows_feedback, rows_shared,
        rows_attachment, rows_search, rows_customer
    }
    when { today, yesterday, tomorrow, weekdays, weekday_names, months; minutes, hours, days }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_have_every_text_and_no_other() {
        for lang in Lang::ALL {
            assert!(!lang.texts().frame.skip.is_empty());
            assert!(lang.handbook().is_some());
        }
    }

    #[test]
    fn no_text_is_empty_and_both_languages_fill_the_same_places() {
        let flat = |file: &str| {
            let table: toml::Table = toml::from_str(file).unwrap();
            let mut all = Vec::new();
            walk("", &toml::Value::Table(table), &mut all);
            all
        };
        let (nl, en) =
            (flat(include_str!("../../texts/nl.toml")), flat(include_str!("../../texts/en.toml")));
        for ((key, nl), (other, en)) in nl.iter().zip(&en) {
            assert_eq!(key, other, "the files hold their texts in the same order");
            assert!(!nl.trim().is_empty() && !en.trim().is_empty(), "{key} is empty");
            assert_eq!(places(nl), places(en), "{key} fills other places");
        }
        assert_eq!(nl.len(), en.len());
    }

    fn walk(path: &str, value: &toml::Value, all: &mut Vec<(String, String)>) {
        match value {
            toml::Value::Table(table) => {
                for (key, value) in table {
                    walk(&format!("{path}.{key}"), value, all);
                }
            }
            toml::Value::String(text) => all.push((path.to_owned(), text.clone())),
            _ => panic!("{path} is no text"),
        }
    }

    fn places(text: &str) -> Vec<&str> {
        let mut found: Vec<&str> =
            text.split('{').skip(1).filter_map(|rest| rest.split('}').next()).collect();
        found.sort_unstable();
        found
    }

    #[test]
    fn a_place_is_filled_and_what_is_unknown_stays() {
        assert_eq!(fill("{a} en {b}{", &[("a", &1)]), "1 en {b}{");
        let counted = Counted { one: "één beurt".into(), other: "{n} beurten".into() };
        assert_eq!((counted.of(1), counted.of(3)), ("één beurt".into(), "3 beurten".into()));
    }

    #[test]
    fn a_browser_gets_the_first_language_that_there_is() {
        assert_eq!(Lang::wanted("fr-FR, en;q=0.8, nl;q=0.7"), Lang::En);
        assert_eq!(Lang::wanted(""), Lang::Nl);
    }
}
