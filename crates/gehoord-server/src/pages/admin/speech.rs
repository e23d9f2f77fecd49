//! Spraak naar tekst: whether a model writes out recordings, which one, and how to get one. It is
//! set where the server is started, so nothing can be changed here.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::{Tab, at, tabs};
use crate::access::policy;
use crate::app::App;
use crate::pages::frame::Frame;
use crate::pages::problem::{PageError, page as shown};
use crate::pages::texts::{Lang, Texts, fill};
use crate::pages::visit::Visit;
use crate::speech_to_text::{
    Known, LICENCE, MADE, PUBLISHED, Publisher, SpeechModel, SpeechToText,
};

const PATH: &str = "/admin/speech";

#[derive(Template)]
#[template(path = "admin_speech.html")]
struct Speech {
    frame: Frame,
    tabs: Vec<Tab>,
    /// What is known of the model that is in force.
    model: Option<Vec<Fact>>,
    /// The file that was named and cannot be used, and why, as it was said at the start.
    trouble: Option<(String, String)>,
    /// The program has speech to text.
    built: bool,
    /// Models that were published: name, size, SHA-1.
    published: &'static [(&'static str, &'static str, &'static str)],
    made: &'static str,
    licence: &'static str,
}

/// One thing that is known.
struct Fact {
    name: &'static str,
    value: String,
    /// To be read letter by letter.
    exact: bool,
}

/// Shows it.
pub(crate) async fn page(
    State(app): State<App>,
    visit: Visit<policy::ManageSettings>,
) -> Result<Response, PageError> {
    let (viewer, frame) = (visit.door.viewer, visit.frame);
    app.store.request(&viewer, "settings.read").await?.finish().await?;
    let (t, lang) = (frame.t, frame.lang);
    let speech = &app.speech_to_text;
    let file = match speech {
        SpeechToText::NotBuilt(Some(file)) | SpeechToText::Broken { file, .. } => Some(file),
        _ => None,
    };
    let trouble = file.zip(speech.trouble());
    shown(&Speech {
        tabs: tabs(t, &viewer, PATH),
        model: speech.model().map(|model| facts(lang, model)),
        trouble: trouble.map(|(file, why)| (file.display().to_string(), why.to_owned())),
        built: !matches!(speech, SpeechToText::NotBuilt(_)),
        published: &PUBLISHED,
        made: MADE.1,
        licence: LICENCE,
        frame: at(frame, PATH, &t.admin.speech),
    })
}

fn facts(lang: Lang, model: &SpeechModel) -> Vec<Fact> {
    let t = &lang.texts().speech;
    let fact = |name, value: String| Fact { name, value, exact: false };
    let exact = |name, value: String| Fact { name, value, exact: true };
    let prints = model.prints();
    let known = prints.and_then(|prints| prints.known);
    let mut facts = vec![
        exact(&t.file, model.file.display().to_string()),
        fact(&t.size, size(lang, model.bytes)),
        match prints {
            Some(prints) => exact("SHA-256", prints.sha256.clone()),
            None => fact("SHA-256", t.counting.clone()),
        },
    ];
    match known {
        Some(known) => {
            facts.push(fact(&t.model, format!("Whisper {}", known.name)));
            facts.push(fact(&t.licence, format!("{LICENCE} (OpenAI)")));
            facts.push(fact(&t.known, from(lang.texts(), known).to_owned()));
        }
        None if prints.is_some() => facts.push(fact(&t.known, t.unknown.clone())),
        None => {}
    }
    if let Some(size) = model.size {
        let languages = if size.multilingual { &t.multilingual } else { &t.english };
        let built = [("size", &size.name() as &dyn std::fmt::Display), ("languages", languages)];
        facts.push(fact(&t.head, fill(&t.head_of, &built)));
    }
    facts
}

fn from(t: &'static Texts, known: Known) -> &'static str {
    match known.by {
        Publisher::WhisperCpp => &t.speech.by_whisper_cpp,
        Publisher::Script => &t.speech.by_script,
    }
}

/// `147,9 MB`, with all bytes.
fn size(lang: Lang, bytes: u64) -> String {
    let t = &lang.texts().speech;
    #[allow(clippy::cast_precision_loss, reason = "it is rounded anyway")]
    let mega = format!("{:.1}", bytes as f64 / 1e6);
    let mega = if lang == Lang::Nl { mega.replace('.', ",") } else { mega };
    fill(&t.size_of, &[("mega", &mega), ("bytes", &bytes)])
}
