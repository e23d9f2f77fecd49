//! Antwoord: the reply check while writing. `assets/reply.js` talks to `/api/v1/compose`; without
//! JavaScript a form gets the same advice once. Nothing of it is kept.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use gehoord_coaching::compose::{Advice, Composer, Moment};
use gehoord_conversation::{Channel, Conversation, Party, Safety};
use gehoord_store::{Right, Viewer};
use serde::Deserialize;

use super::contact::channel;
use super::frame::Frame;
use super::problem::{PageError, page as shown};
use super::safety::{Card, cards};
use super::texts::{Lang, fill};
use super::visit::{Choice, Posted, Visit};
use super::when;
use crate::access::{Policy, csrf_word, policy};
use crate::api::compose::{LONGEST, country, now, stored};
use crate::api::extract::{Id, fits};
use crate::app::App;
use crate::aside::aside;
use crate::error::ApiError;
use crate::not_so::{NotSo, without};
use crate::suggesting::{self, Asked, Makers, ModelSaid, Offers};

/// A field to write a reply in.
pub(crate) struct Reply {
    /// Where the form goes.
    pub(crate) action: String,
    /// What is answered; none: what was pasted.
    pub(crate) conversation: Option<String>,
    /// What was pasted, and through which channel it came.
    pub(crate) customer: String,
    pub(crate) channels: Vec<(&'static str, &'static str, bool)>,
    pub(crate) draft: String,
    /// The safety signals that the writer says are not so.
    pub(crate) not_so: String,
    /// Under which name the browser keeps the draft: one's own, of this conversation.
    pub(crate) key: String,
    /// The page shows the protocol: nothing else is said as long as it does.
    pub(crate) first_safety: bool,
    /// To be filled in the browser.
    pub(crate) blank: Card,
    /// What there is to say about the draft, where it was sent without JavaScript.
    pub(crate) heard: Option<Heard>,
    /// What there is to begin with, where it was asked for without JavaScript.
    pub(crate) offered: Option<Offered>,
    /// A language model makes suggestions too.
    pub(crate) model: bool,
}

/// What there is to say about a draft, in words.
#[derive(Default)]
pub(crate) struct Heard {
    /// In place of all else.
    pub(crate) cards: Vec<Card>,
    /// Words of the draft, and what would be better.
    pub(crate) warnings: Vec<(String, String)>,
    pub(crate) missing: Vec<String>,
    pub(crate) promises: Vec<String>,
    /// Somebody asked what is missing.
    pub(crate) asked: bool,
}

/// A card to say of that it is not so, of a reply to this conversation.
type Deniable = (Safety, usize, Card);

/// What there is to begin a reply with.
pub(crate) struct Offered {
    pub(crate) list: Vec<Suggested>,
    /// Which others come next.
    pub(crate) next: u8,
    /// What else there is to say, such as that there is nothing.
    pub(crate) note: String,
}

/// One of them.
pub(crate) struct Suggested {
    pub(crate) text: String,
    /// The same in pieces, and whether each is a place that is still open.
    pub(crate) bits: Vec<(String, bool)>,
    pub(crate) by_model: bool,
}

impl Offered {
    /// What comes after so many others. The same question gives the same, so that nothing need be
    /// kept of those that were shown.
    async fn of(app: &App, lang: Lang, mut asked: Asked, round: u8) -> Result<Self, PageError> {
        const ROUNDS: u8 = 5;
        let t = &lang.texts().reply;
        let mut offers = Offers::default();
        for now in 0..=round.min(ROUNDS) {
            asked.makers = if now == round { Makers::Both } else { Makers::Own };
            asked.earlier.extend(offers.offers.drain(..).map(|one| one.suggestion.text));
            offers = suggesting::offers(app, &asked).await?;
        }
        let note = match (offers.offers.is_empty(), offers.model) {
            (true, _) if round > 0 => t.suggest_no_more.as_str(),
            (true, _) => &t.suggest_none,
            (_, Some(ModelSaid::Failed(_))) => &t.model_failed,
            (_, Some(ModelSaid::Refused(_))) => &t.model_dropped,
            _ => "",
        };
        let list = offers.offers.into_iter().map(|one| Suggested {
            bits: bits(&one.filled),
            text: one.filled,
            by_model: one.by_model,
        });
        Ok(Self { list: list.collect(), next: round.saturating_add(1), note: note.to_owned() })
    }
}

/// A text cut where a slot begins or ends.
fn bits(text: &str) -> Vec<(String, bool)> {
    let mut bits = Vec::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('{') {
        let Some((slot, after)) = behind.split_once('}') else { break };
        bits.push((before.to_owned(), false));
        bits.push((format!("{{{slot}}}"), true));
        rest = after;
    }
    bits.push((rest.to_owned(), false));
    bits
}

impl Heard {
    /// The same where it is about the draft; who asked for something to begin with hears of danger
    /// only.
    fn about(self, written: &Written) -> Self {
        match written.suggest {
            Some(_) => Self { cards: self.cards, asked: false, ..Self::default() },
            None => Self { asked: written.take.is_empty(), ..self },
        }
    }

    /// Somebody asked, and safety comes first.
    pub(crate) fn safety_first(&self) -> bool {
        self.asked && !self.cards.is_empty()
    }

    fn of_safety(cards: Vec<Deniable>) -> Self {
        let beside = |(signal, turn, card): Deniable| card.beside_reply(signal, turn);
        Self { cards: cards.into_iter().map(beside).collect(), ..Self::default() }
    }

    pub(crate) fn nothing(&self) -> bool {
        self.asked && self.cards.is_empty() && self.warnings.is_empty() && self.missing.is_empty()
    }
}

impl Reply {
    /// Whether suggestions may be asked for: not where safety comes first.
    pub(crate) fn suggests(&self) -> bool {
        let safe = self.heard.as_ref().is_none_or(|heard| heard.cards.is_empty());
        safe && !self.first_safety
    }

    /// Nothing was offered, or nobody asked.
    pub(crate) fn nothing_offered(&self) -> bool {
        self.offered.as_ref().is_none_or(|offered| offered.list.is_empty())
    }

    fn new(app: &App, lang: Lang, viewer: &Viewer, conversation: Option<&str>) -> Self {
        let path = conversation.map(|id| format!("/contacts/{id}"));
        let person = viewer.person_id().unwrap_or_default();
        Self {
            action: format!("{}/reply", path.as_deref().unwrap_or_default()),
            conversation: conversation.map(str::to_owned),
            customer: String::new(),
            channels: channels(lang, Channel::Chat),
            draft: String::new(),
            not_so: String::new(),
            key: format!("reply {person} {}", conversation.unwrap_or_default()),
            first_safety: false,
            blank: Card::blank(lang, path.as_deref().unwrap_or_default()),
            heard: None,
            offered: None,
            model: app.language_model.is_some(),
        }
    }

    /// For a stored conversation.
    pub(crate) fn to_contact(
        app: &App,
        lang: Lang,
        viewer: &Viewer,
        id: &str,
        first_safety: bool,
    ) -> Self {
        Self { first_safety, ..Self::new(app, lang, viewer, Some(id)) }
    }
}

fn channels(lang: Lang, chosen: Channel) -> Vec<(&'static str, &'static str, bool)> {
    Channel::ALL
        .iter()
        .filter(|one| **one != Channel::InPerson)
        .map(|one| (one.id(), channel(lang.texts(), one.id()), *one == chosen))
        .collect()
}

#[derive(Template)]
#[template(path = "reply_page.html")]
struct ReplyPage {
    frame: Frame,
    reply: Reply,
    /// Where the conversation is.
    contact: Option<String>,
    /// The viewer may write notes.
    notes: bool,
}

/// Shows an empty field.
pub(crate) async fn page(
    State(app): State<App>,
    visit: Visit<policy::Listen>,
) -> Result<Response, PageError> {
    let frame = visit.frame;
    let reply = Reply::new(&app, frame.lang, &visit.door.viewer, None);
    let title = frame.t.reply.title.clone();
    let notes = visit.door.viewer.may(Right::WriteConversations);
    shown(&ReplyPage { frame: frame.titled(&title), reply, contact: None, notes })
}

/// What somebody wrote, and what it answers.
#[derive(Deserialize)]
pub(crate) struct Pasted {
    #[serde(default)]
    customer: String,
    channel: Option<String>,
    #[serde(flatten)]
    written: Written,
}

/// Says what there is to say about a reply to what was pasted, or gives something to begin with.
pub(crate) async fn check(
    State(app): State<App>,
    choice: Choice,
    posted: Posted<policy::Listen, Pasted>,
) -> Result<Response, PageError> {
    let Pasted { customer, channel, written } = &posted.given;
    fits("customer", customer, LONGEST)?;
    let channel: Channel = match channel.as_deref() {
        Some(channel) => channel.parse().map_err(|_| wrong_channel())?,
        None => Channel::Chat,
    };
    let conversation =
        Conversation::new("reply", channel).with_turn(Party::Customer, customer.as_str());
    let mut reply = Reply::new(&app, choice.lang, &posted.door.viewer, None);
    reply.customer.clone_from(customer);
    reply.channels = channels(choice.lang, channel);
    let draft = written.with_taken();
    let not_so = written.not_so()?;
    let heard = advise(&app, choice.lang, conversation.clone(), &not_so, &draft, "").await?;
    if let Some(round) = written.round().filter(|_| heard.cards.is_empty()) {
        let agent = posted.door.person.as_ref().map(|person| person.name.clone());
        let asked = Asked { not_so, ..Asked::pasted(conversation, agent) };
        reply.offered = Some(Offered::of(&app, choice.lang, asked, round).await?);
    }
    reply.heard = Some(heard.about(written));
    reply.not_so = written.denied();
    answered(&app, choice, &posted, reply, "/reply", &draft)
}

fn wrong_channel() -> ApiError {
    ApiError::Invalid("channel: unknown".to_owned())
}

/// The draft of a reply in a conversation.
#[derive(Deserialize)]
pub(crate) struct Written {
    #[serde(default)]
    draft: String,
    /// Something to begin with is asked for, for so many more times.
    suggest: Option<String>,
    /// A suggestion to take into the draft.
    #[serde(default)]
    take: String,
    /// The safety signals that are not so, with a space between them.
    #[serde(default)]
    not_so: String,
    /// One more.
    #[serde(default)]
    not_so_too: String,
}

impl Written {
    fn denied(&self) -> String {
        format!("{} {}", self.not_so, self.not_so_too).trim().to_owned()
    }

    fn not_so(&self) -> Result<Vec<NotSo>, ApiError> {
        NotSo::read(self.denied().split_whitespace())
    }

    /// How many times something to begin with was asked for before; none: it is not asked for.
    fn round(&self) -> Option<u8> {
        self.suggest.as_ref().map(|before| before.parse().unwrap_or_default())
    }

    /// The draft with what is taken behind it.
    fn with_taken(&self) -> String {
        match (self.draft.trim_end(), self.take.as_str()) {
            (_, "") => self.draft.clone(),
            ("", taken) => taken.to_owned(),
            (draft, taken) => format!("{draft}\n\n{taken}"),
        }
    }
}

/// Says what there is to say about a reply in a stored conversation, or gives something to begin
/// with.
pub(crate) async fn check_contact(
    State(app): State<App>,
    choice: Choice,
    Id(id): Id,
    posted: Posted<policy::WriteConversations, Written>,
) -> Result<Response, PageError> {
    let written = &posted.given;
    let draft = written.with_taken();
    let (conversation, said) = stored(&app, &posted.door.viewer, &id).await?;
    let not_so = [said, written.not_so()?].concat();
    let last = conversation.turns.iter().rev().find(|turn| turn.party == Party::Customer);
    let mut reply = Reply::new(&app, choice.lang, &posted.door.viewer, Some(&id));
    reply.customer = last.map(|turn| turn.text.clone()).unwrap_or_default();
    let path = format!("/contacts/{id}");
    let mut heard = advise(&app, choice.lang, conversation, &not_so, &draft, &path).await?;
    // What was said earlier is as dangerous as what was said last, as long as it goes on.
    let mut request = app.store.request(&posted.door.viewer, "conversation.compose").await?;
    let view = request.conversation(&id).await?;
    let replies = request.own_replies().await?;
    let cards = cards(&app.in_force, &view, &not_so, choice.lang, request.now());
    request.finish().await?;
    if !cards.is_empty() {
        heard = Heard::of_safety(cards);
    }
    if let Some(round) = written.round().filter(|_| heard.cards.is_empty()) {
        let agent = posted.door.person.as_ref().map(|person| person.name.clone());
        let asked = Asked { not_so, ..Asked::stored(&view, agent, replies)? };
        reply.offered = Some(Offered::of(&app, choice.lang, asked, round).await?);
    }
    reply.heard = Some(heard.about(written));
    reply.not_so = written.denied();
    answered(&app, choice, &posted, reply, &path, &draft)
}

fn answered<P: Policy, T>(
    app: &App,
    choice: Choice,
    posted: &Posted<P, T>,
    mut reply: Reply,
    path: &str,
    draft: &str,
) -> Result<Response, PageError> {
    draft.clone_into(&mut reply.draft);
    let door = &posted.door;
    let word = door.pass.session().map(csrf_word).unwrap_or_default();
    let frame = Frame::new(choice, app, path).with(&door.viewer, door.person.as_ref(), word);
    let title = frame.t.reply.title.clone();
    let contact = reply.conversation.is_some().then(|| path.to_owned());
    let notes = door.viewer.may(Right::WriteConversations);
    shown(&ReplyPage { frame: frame.titled(&title), reply, contact, notes })
}

async fn advise(
    app: &App,
    lang: Lang,
    conversation: Conversation,
    not_so: &[NotSo],
    draft: &str,
    path: &str,
) -> Result<Heard, PageError> {
    fits("draft", draft, LONGEST)?;
    let (listener, words) = (app.listener(), draft.to_owned());
    let country = country(&conversation);
    let turn = NotSo::last_turn(&conversation);
    let at = now();
    let now = at.timestamp().as_millisecond();
    let not_so = not_so.to_vec();
    let work = move || {
        let conversation = without(conversation, &not_so);
        let mut composer = Composer::new(&listener, conversation).speaking(lang.language());
        composer.advise(&listener, &words, Some(at), Moment::Paused)
    };
    let advice = aside(work).await?;
    let protocols = app.in_force.protocols(&country);
    let cards = advice.safety.iter();
    let cards =
        cards.map(|signal| (*signal, turn, Card::new(lang, &protocols, *signal, path, now)));
    let cards: Vec<Deniable> = cards.collect();
    if !cards.is_empty() {
        return Ok(Heard::of_safety(cards));
    }
    Ok(in_words(&advice, lang, draft, now))
}

fn in_words(advice: &Advice, lang: Lang, draft: &str, now: i64) -> Heard {
    let t = &lang.texts().reply;
    let dues = advice.promises.iter().filter_map(|promise| promise.due.as_ref());
    let promises = dues.map(|due| {
        let due = when::weekday_and_moment(lang, due.timestamp().as_millisecond(), now);
        fill(&t.promise_due, &[("when", &due)])
    });
    let warnings = advice.warnings.iter();
    Heard {
        cards: Vec::new(),
        asked: true,
        warnings: warnings.map(|one| (one.span.of(draft).to_owned(), one.text.clone())).collect(),
        missing: advice.missing.iter().map(|one| one.text.clone()).collect(),
        promises: promises.collect(),
    }
}
