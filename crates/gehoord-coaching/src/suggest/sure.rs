//! Whether a run was understood well enough to suggest words for it. Where it was not, none is
//! better than a wrong one: a joke taken at its word, good news with a "but" in it, a loss that is
//! thanked for.

use gehoord_conversation::{CustomerTurn, Emotion, Label, Language, Signal, Source};

use super::asking::{asks_to_do, opens_question};
use super::kind::{FEW, Kind};
use super::words::{lower, sentences};

/// A feeling that is less sure than this gets no answer suggested: the wrong one hurts.
const FELT: f32 = 0.6;

/// The same for good news, where a mild answer hurts nobody.
const FELT_GOOD: f32 = 0.5;

/// The same where a judgement leans on the feeling alone, with no complaint beside it.
const FELT_ALONE: f32 = 0.7;

/// The same where something goes badly that nobody lays at the firm.
const FELT_UPSET: f32 = 0.7;

/// Two feelings that are as strong as this, one good and one bad, are mixed.
const MIXED: f32 = 0.45;

/// A complaint or earlier contacts that are as sure as this need no sure feeling beside them.
const TOLD: f32 = 0.7;

/// A trace of a complaint in good news: it may be meant otherwise.
const TRACE: f32 = 0.45;

/// The same for a trace of a feeling that weighs, beside whatever else is said.
const TRACE_FELT: f32 = 0.4;

/// The same where somebody does not understand: whoever is cross as well wants more than that.
const TRACE_BESIDE: f32 = 0.3;

/// The same for sadness in good news, which wants words of its own.
const TRACE_SAD: f32 = 0.2;

/// A question or errand of more words than this is more than one.
const ERRANDS: usize = 70;

/// A story of more words than this has more than one point.
const LONG: usize = 110;

/// Whether the kind is sure enough to answer it.
pub(super) fn is_sure(
    kind: Kind,
    strongest: &CustomerTurn,
    text: &str,
    language: Language,
    asks: bool,
) -> bool {
    let feeling =
        strongest.emotions.iter().find(|f| strongest.primary.is_some_and(|e| f.label == e.into()));
    let felt = |least: f32| feeling.is_some_and(|f| f.strength >= least);
    let by_word_only = feeling.is_some_and(|f| f.source == Source::Cue);
    let low = lower(text);
    let sarcastic = strongest.has(Signal::Sarcasm.into());
    let jokes = laughs(&low);
    let mixed = is_mixed(strongest);
    let mourning = mourns(&low, language);
    let lists = text.split_whitespace().count() > ERRANDS;
    let long = text.split_whitespace().count() > LONG;
    match kind {
        Kind::Abuse | Kind::Answer | Kind::Unclear | Kind::Remark => true,
        // A hashtag behind a question is a wink.
        Kind::Question => {
            let upset = [Emotion::Worry, Emotion::Anger, Emotion::Powerlessness, Emotion::Sadness];
            let cold = traces(strongest, &upset, TRACE_FELT);
            !cold && !mourning && !sarcastic && !lists && !jokes && !text.contains(" #")
        }
        Kind::Request => !mourning && !sarcastic && !lists && !jokes,
        Kind::Grief => {
            let loss = strongest.primary.is_none()
                || strongest.primary == Some(Emotion::Sadness) && felt(FELT);
            loss && strongest.intensity < 3
                && !low.contains("late ")
                && !mixed
                && !jokes
                && !complains(strongest)
        }
        Kind::Confusion => {
            let bad = [Signal::RepeatContact, Signal::ChurnRisk, Signal::BrokenPromise];
            let wrong = bad.iter().any(|&s| strongest.has(s.into()));
            let more = [Emotion::Worry, Emotion::Anger, Emotion::Annoyance, Emotion::Sadness];
            let besides = traces(strongest, &more, TRACE_BESIDE);
            !wrong && !besides && (asks || felt(FELT)) && !sarcastic && !jokes
        }
        Kind::Complaint => {
            let told = strongest.primary.is_none() || felt(FELT) || complains(strongest);
            let filed = strongest.primary.is_none() && lists;
            told && !sarcastic && !jokes && !mixed && !filed && !mourning
        }
        Kind::Upset => {
            let few = text.split_whitespace().count() <= FEW;
            let told = few || felt(FELT_UPSET) || complains(strongest);
            told && !sarcastic && !jokes && !mixed && !long && !mourning
        }
        Kind::Worry => felt(FELT) && !is_over(&low) && !sarcastic && !jokes && !mixed && !mourning,
        Kind::Sad => felt(FELT_ALONE) && !by_word_only && !jokes && !mixed && !sarcastic,
        Kind::Sorry => !sarcastic && !mixed,
        Kind::Glad | Kind::Relieved => {
            let passed_over = !asks
                && (text.contains('?')
                    || wishes(&low)
                    || asks_to_do(text, language)
                    || ends_asking(text, language));
            felt(FELT_GOOD)
                && !jokes
                && !sarcastic
                && !mixed
                && !passed_over
                && !turns(text, language)
                && !mourning
                && !traces(strongest, &[Emotion::Sadness], TRACE_SAD)
                && !traces_of_complaint(strongest)
        }
    }
}

/// What went wrong is in the words, whatever is felt.
fn complains(turn: &CustomerTurn) -> bool {
    let bad = [Signal::Complaint, Signal::RepeatContact];
    turn.signals.iter().any(|f| f.strength >= TOLD && bad.iter().any(|&s| f.label == s.into()))
}

/// A good and a bad feeling in one turn.
fn is_mixed(turn: &CustomerTurn) -> bool {
    let clear = |negative: bool| {
        let all = turn.emotions.iter().filter(|f| f.strength >= MIXED);
        all.filter_map(|f| match f.label {
            Label::Emotion(emotion) => Some(emotion),
            _ => None,
        })
        .any(|e| e != Emotion::Relief && e.is_negative() == negative)
    };
    clear(true) && clear(false)
}

/// Whether one of these feelings is there, as strong as `least`.
fn traces(turn: &CustomerTurn, feelings: &[Emotion], least: f32) -> bool {
    turn.emotions
        .iter()
        .any(|f| f.strength >= least && feelings.iter().any(|&e| f.label == e.into()))
}

fn traces_of_complaint(turn: &CustomerTurn) -> bool {
    if traces(turn, &[Emotion::Anger, Emotion::Annoyance, Emotion::Disappointment], TRACE_FELT) {
        return true;
    }
    let bad = [Signal::Complaint, Signal::ChurnRisk, Signal::BrokenPromise, Signal::RepeatContact];
    turn.signals.iter().any(|f| f.strength >= TRACE && bad.iter().any(|&s| f.label == s.into()))
}

/// "Dus een extra kan graag": good news with an errand in it.
fn wishes(low: &str) -> bool {
    let words = ["graag", "schrijft", "stuur", "please", "bitte", "svp"];
    low.split(|c: char| !c.is_alphanumeric()).any(|word| words.contains(&word))
}

/// "Ik was er doodsbang voor": a worry of the past, told because it came right.
fn is_over(low: &str) -> bool {
    let said = [
        "was doodsbang",
        "was bang",
        "was benauwd",
        "waren benauwd",
        "was er bang",
        "was er doodsbang",
        "was zo bang",
        "waren bang",
        "was scared",
        "was terrified",
        "was so scared",
        "was worried",
        "hatte angst",
        "hatte solche angst",
        "avais peur",
        "avait peur",
        "avais si peur",
    ];
    said.iter().any(|words| low.contains(words))
}

/// Somebody laughs: bad news is told as a joke.
fn laughs(low: &str) -> bool {
    let signs = ["😂", "🤣", "😅", "😆", "🙃", "😹", "😏", "😇", "🤡", "👏", "💀", "haha", "hihi"];
    let words = ["haha", "hahaha", "hihi", "lol", "lmao", "mdr", "ptdr", "hehe", "heh"];
    signs.iter().any(|sign| low.contains(sign))
        || low.split(|c: char| !c.is_alphanumeric()).any(|w| words.contains(&w))
}

/// "Alleen de spiegel is stuk": good news that goes on to something else.
fn turns(text: &str, language: Language) -> bool {
    let opens: &[&str] = match language {
        Language::Nl => &["maar", "alleen", "jammer", "helaas", "behalve", "wel", "intussen"],
        Language::En => &["but", "only", "except", "though", "shame", "pity", "still"],
        Language::De => &["aber", "nur", "leider", "allerdings", "bloß", "schade"],
        Language::Fr => &["mais", "sauf", "seulement", "dommage", "hélas", "par"],
    };
    sentences(text).iter().any(|sentence| {
        let first = sentence.words.first();
        first.is_some_and(|word| opens.contains(&word.low.as_str()))
    })
}

/// The last sentence asks without its mark.
fn ends_asking(text: &str, language: Language) -> bool {
    let last = sentences(text).pop();
    let word = last.and_then(|s| s.words.into_iter().next());
    word.is_some_and(|w| w.low != "is" && w.low != "zijn" && opens_question(&w.low, language))
        && !text.contains('!')
}

/// Mourning, which neither a cheerful nor a brisk word may answer.
fn mourns(low: &str, language: Language) -> bool {
    let words: &[&str] = match language {
        Language::Nl => &[
            "overleden",
            " rouw",
            "overlijden",
            "gestorven",
            "stierf",
            "begrafenis",
            "uitvaart",
            "afscheidsdienst",
            "kist",
            "crematie",
            "urne",
            "graf",
            "sterfbed",
            "laatste dag",
            "laatste nacht",
            "afscheid",
            "ingeslapen",
        ],
        Language::En => &[
            "died",
            "bereave",
            "condolence",
            "passed away",
            "funeral",
            "ashes",
            "coffin",
            "hospice",
            "the end",
            "last thing",
            "last day",
            "buried",
            "cremat",
            "memorial",
            "goodbye",
            "headstone",
        ],
        Language::De => &[
            "gestorben",
            "trauer",
            "verstorben",
            "beerdigung",
            "trauerfeier",
            "urne",
            "sarg",
            "abschied",
            "hospiz",
            "eingeschlafen",
            "bis zuletzt",
        ],
        Language::Fr => &[
            "décédé",
            "deuil",
            "décès",
            "obsèques",
            "enterrement",
            "cercueil",
            "cendres",
            "adieu",
            "est mort",
            "est parti",
            "funérarium",
        ],
    };
    words.iter().any(|word| low.contains(word))
}
