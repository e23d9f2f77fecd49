//! Suggestions for the reply to a conversation: our own, and where an administrator connected one,
//! those of a language model. Nothing of it is kept, and nothing is sent to a customer.
//!
//! The language model sees masked words only; what it makes is held against those (`consider`),
//! and dropped and counted where it says anything that nobody said.

mod slots;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use gehoord_coaching::{
    Addressed, Corrected, HouseStyle, Refused, Suggestion, Wish, addressed, consider,
    suggest_corrected,
};
use gehoord_conversation::{Conversation, Party, PersonalKind};
use gehoord_ingest::pseudonym::{ConversationMasker, Original, unmask};
use gehoord_store::ConversationView;

use crate::app::App;
use crate::aside::aside;
use crate::error::ApiError;
use crate::intake;
use crate::language_model::{Failed, LanguageModel};
use crate::not_so::{NotSo, denied};
use crate::telemetry;

/// At most so many at a time.
pub(crate) const MOST: usize = 3;
/// So many texts of before are looked at.
const EARLIER: usize = 60;

/// Who may make suggestions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Makers {
    /// Ourselves.
    Own,
    /// The language model.
    LanguageModel,
    /// Both.
    Both,
}

/// What suggestions are asked for.
#[derive(Clone)]
pub(crate) struct Asked {
    /// What is answered. One that is stored is in masked words.
    pub(crate) conversation: Conversation,
    /// What stands behind its masks, for who may see it.
    pub(crate) originals: BTreeMap<String, String>,
    /// Name of who writes.
    pub(crate) agent: Option<String>,
    /// Which ones; none: it follows from the words and how many came before.
    pub(crate) seed: Option<u64>,
    pub(crate) count: usize,
    /// What was suggested and written before: nothing like it comes again.
    pub(crate) earlier: Vec<String>,
    pub(crate) makers: Makers,
    /// Safety signals that are not so.
    pub(crate) not_so: Vec<NotSo>,
}

impl Asked {
    /// For what a customer wrote elsewhere.
    pub(crate) const fn pasted(conversation: Conversation, agent: Option<String>) -> Self {
        Self {
            conversation,
            originals: BTreeMap::new(),
            agent,
            seed: None,
            count: MOST,
            earlier: Vec::new(),
            makers: Makers::Both,
            not_so: Vec::new(),
        }
    }

    /// For a stored conversation, for somebody who may see all of it. What they wrote before in it
    /// and elsewhere does not come again.
    pub(crate) fn stored(
        view: &ConversationView,
        agent: Option<String>,
        replies: Vec<String>,
    ) -> Result<Self, ApiError> {
        // A coach sees what was shared with them, and writes no replies.
        if i64::try_from(view.turns.len()) != Ok(view.row.turns) {
            return Err(ApiError::NotFound("this conversation is not yours to answer".to_owned()));
        }
        let mut asked = Self::pasted(intake::dated(view)?, agent);
        asked.originals = view.originals.iter().map(|o| (o.mask.clone(), o.text.clone())).collect();
        let said = asked.conversation.turns.iter().rev();
        let said = said.filter(|turn| turn.party == Party::Agent).map(|turn| turn.text.clone());
        asked.earlier = said.chain(replies).collect();
        Ok(asked)
    }
}

/// One suggestion.
pub(crate) struct Offer {
    pub(crate) suggestion: Suggestion,
    /// Its text with everything that is known in its slots and behind its masks.
    pub(crate) filled: String,
    pub(crate) by_model: bool,
}

/// What became of the language model's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ModelSaid {
    /// It is among the offers.
    Kept,
    /// It was dropped.
    Refused(Refused),
    /// There was none.
    Failed(Failed),
}

impl ModelSaid {
    /// A stable name.
    pub(crate) const fn id(self) -> &'static str {
        match self {
            Self::Kept => "kept",
            Self::Refused(why) => why.id(),
            Self::Failed(why) => why.id(),
        }
    }
}

/// What there is to suggest.
#[derive(Default)]
pub(crate) struct Offers {
    pub(crate) offers: Vec<Offer>,
    /// None: it was not asked.
    pub(crate) model: Option<ModelSaid>,
}

/// Suggestions for the reply to the last words of the customer.
pub(crate) async fn offers(app: &App, asked: &Asked) -> Result<Offers, ApiError> {
    let style = app.in_force.house_style();
    let asked = Arc::new(asked.clone());
    let seed = asked.seed.unwrap_or_else(|| place(&asked.conversation, asked.earlier.len()));
    let model = app.language_model.as_ref().filter(|_| asked.makers != Makers::Own);
    let own = own(app, &asked, &style, seed);
    let (own, model) = match model {
        Some(model) => {
            let (own, model) = tokio::join!(own, modelled(app, model, &asked, &style, seed));
            (own?, model?)
        }
        None => (own.await?, None),
    };
    let mut offers: Vec<Offer> = own.into_iter().map(|one| asked.offer(one, false)).collect();
    let said = model.map(|answer| match answer {
        Ok((suggestion, originals)) => {
            offers.truncate(asked.count.saturating_sub(1));
            offers.push(asked.offer(unmasked(suggestion, &originals), true));
            ModelSaid::Kept
        }
        Err(why) => why,
    });
    Ok(Offers { offers, model: said })
}

impl Asked {
    /// The conversation, masked or not, in which what is not so was taken back.
    fn corrected(&self, conversation: Conversation) -> Corrected {
        Corrected { conversation, denied: denied(&self.not_so) }
    }

    fn wish<'w>(&self, style: &'w HouseStyle, seed: u64, earlier: &'w [&'w str]) -> Wish<'w> {
        Wish { style, seed, count: self.count.min(MOST), earlier }
    }

    fn earlier(&self) -> Vec<&str> {
        self.earlier.iter().rev().take(EARLIER).map(String::as_str).collect()
    }

    fn offer(&self, suggestion: Suggestion, by_model: bool) -> Offer {
        let filled = slots::filled(
            &suggestion.text,
            &self.conversation,
            &self.originals,
            self.agent.as_deref(),
        );
        Offer { suggestion, filled, by_model }
    }
}

async fn own(
    app: &App,
    asked: &Arc<Asked>,
    style: &Arc<HouseStyle>,
    seed: u64,
) -> Result<Vec<Suggestion>, ApiError> {
    if asked.makers == Makers::LanguageModel {
        return Ok(Vec::new());
    }
    let (listener, asked, style) = (app.listener(), Arc::clone(asked), Arc::clone(style));
    let work = move || {
        let earlier = asked.earlier();
        let given = asked.corrected(asked.conversation.clone());
        suggest_corrected(&listener, &given, &asked.wish(&style, seed, &earlier))
    };
    aside(work).await
}

/// What the language model makes, with what stands behind its masks; none where it is not asked.
type Modelled = Result<(Suggestion, Vec<Original>), ModelSaid>;

async fn modelled(
    app: &App,
    model: &LanguageModel,
    asked: &Arc<Asked>,
    style: &Arc<HouseStyle>,
    seed: u64,
) -> Result<Option<Modelled>, ApiError> {
    let (state, given, house) = (app.clone(), Arc::clone(asked), Arc::clone(style));
    let masked = aside(move || {
        let corrected = given.corrected(given.conversation.clone());
        let to = addressed(&state.listener(), &corrected, &house);
        let masker = ConversationMasker::new(&state.pseudonymiser, to.map(|to| to.language));
        (to, masker.conversation(&given.conversation))
    });
    let (to, masked) = masked.await?;
    let Some(to) = to else { return Ok(None) };
    let began = Instant::now();
    let answer = model.reply(&masked.conversation, to).await;
    let (state, given, house) = (app.clone(), Arc::clone(asked), Arc::clone(style));
    let said = match answer {
        Ok(body) => {
            aside(move || {
                let earlier = given.earlier();
                let wish = given.wish(&house, seed, &earlier);
                let corrected = given.corrected(masked.conversation);
                held_against(&state, &corrected, to, &wish, &body)
                    .map(|suggestion| (suggestion, masked.originals))
                    .map_err(ModelSaid::Refused)
            })
            .await?
        }
        Err(why) => {
            telemetry::language_model_failed(&why.to_string());
            Err(ModelSaid::Failed(why))
        }
    };
    let result = said.as_ref().map_or_else(|why| why.id(), |_| ModelSaid::Kept.id());
    telemetry::language_model_answered(result, began.elapsed());
    Ok(Some(said))
}

/// What may be suggested of what the language model made. It has seen masks only: whatever it holds
/// that could be somebody's is made up.
fn held_against(
    app: &App,
    masked: &Corrected,
    to: Addressed,
    wish: &Wish<'_>,
    body: &str,
) -> Result<Suggestion, Refused> {
    if let Some(datum) = app.pseudonymiser.find(body, Some(to.language)).first() {
        return Err(match datum.kind {
            PersonalKind::Name => Refused::Name,
            _ => Refused::Fact,
        });
    }
    consider(&app.listener(), masked, wish, body)
}

/// The same with the words of the customer, who wrote them to whoever pasted them here.
fn unmasked(mut suggestion: Suggestion, originals: &[Original]) -> Suggestion {
    suggestion.text = unmask(&suggestion.text, originals).text;
    suggestion
}

/// Which suggestions a conversation gets first (FNV-1a of the customer's last words), and how many
/// came before: two customers with the same question are not answered the same.
fn place(conversation: &Conversation, earlier: usize) -> u64 {
    let last = conversation.turns.iter().rev().find(|turn| turn.party == Party::Customer);
    let words = last.map_or("", |turn| turn.text.as_str());
    let hash = words
        .bytes()
        .fold(0xCBF2_9CE4_8422_2325, |h: u64, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01B3));
    (hash >> 32).wrapping_add(earlier as u64)
}
