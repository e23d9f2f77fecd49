//! Replies that an agent may begin with. Nothing is kept, and nothing is sent to a customer.

use axum::Json;
use axum::extract::State;
use gehoord_coaching::Form;
use gehoord_conversation::wire::input::{WireConversation, from_wire};
use gehoord_conversation::{Channel, Conversation, Party};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::compose::LONGEST;
use super::extract::{Body, fits};
use crate::access::{Guarded, policy};
use crate::app::App;
use crate::error::{ApiError, ErrorBody};
use crate::not_so::{self, NotSo};
use crate::suggesting::{Asked, MOST, Makers, Offer, offers};

/// So many texts of before may come along.
const EARLIER: usize = 100;

/// What is answered, one of three, and which suggestions are wanted.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SuggestBody {
    /// Id of a stored conversation.
    id: Option<String>,
    /// A conversation, in the form of `gehoord schema input`.
    #[schema(value_type = Option<Object>)]
    conversation: Option<Box<WireConversation>>,
    /// What a customer wrote elsewhere.
    customer: Option<String>,
    /// BCP 47 tag, beside `customer`; guessed from the words when absent.
    locale: Option<String>,
    /// Beside `customer`; `chat` when absent.
    channel: Option<String>,
    /// Which ones: the same number gives the same. When absent it follows from the words and from
    /// how many came before.
    #[schema(minimum = 0)]
    seed: Option<u32>,
    /// How many at most: 1 to 3, 3 when absent.
    #[schema(minimum = 1, maximum = 3)]
    count: Option<usize>,
    /// What was suggested or written lately: nothing like it is suggested again. Of a stored
    /// conversation your own replies are known already.
    #[serde(default)]
    earlier: Vec<String>,
    /// `own`, `language_model`, or `both` when absent.
    from: Option<String>,
    /// Safety signals of which you say that they are not so: the signal and the last turn in which
    /// it may have been heard (`danger.4`). For this question only.
    #[serde(default)]
    not_so: Vec<String>,
}

/// Replies to begin with, to be edited.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SuggestionsBody {
    /// None where nothing natural can be made, and where safety comes first.
    suggestions: Vec<SuggestionBody>,
    /// What became of the language model's: `kept`, why it was dropped (such as `fact`, `name`,
    /// `promise`, `listening`), or why there was none (`timeout`, `unreachable`, `status`,
    /// `unreadable`, `busy`). Null: none was asked.
    language_model: Option<&'static str>,
    /// What these are.
    note: &'static str,
}

/// A reply to begin with.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SuggestionBody {
    /// The words; of a stored conversation masked. Slots stand in braces (`{naam}`).
    text: String,
    /// The same with what you may see in the place of masks and slots.
    filled: String,
    /// The slots that are still open in `filled`, without braces.
    slots: Vec<String>,
    /// The customer's language.
    language: &'static str,
    /// `formal` (u, Sie, vous) or `informal` (je, du, tu).
    form: &'static str,
    /// The words of the customer that it takes up.
    takes_up: Vec<TakenBody>,
    /// `own` or `language_model`.
    from: &'static str,
}

/// Words of the customer.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TakenBody {
    /// The turn.
    turn: usize,
    /// First byte in the turn's text.
    start: usize,
    /// Just past the last one.
    end: usize,
    /// The words.
    text: String,
}

const NOTE: &str =
    "To be edited by who sends it: these take up words, and know nothing beyond them.";

impl SuggestionBody {
    fn new(offer: Offer, conversation: &Conversation) -> Self {
        let suggestion = offer.suggestion;
        let taken = suggestion.takes_up.iter().map(|place| TakenBody {
            turn: place.turn,
            start: place.span.start,
            end: place.span.end,
            text: place.span.of(&conversation.turns[place.turn].text).to_owned(),
        });
        let slots = offer.filled.split('{').skip(1).filter_map(|rest| rest.split_once('}'));
        Self {
            takes_up: taken.collect(),
            slots: slots.map(|(slot, _)| slot.to_owned()).collect(),
            language: suggestion.language.id(),
            form: match suggestion.form {
                Form::Formal => "formal",
                Form::Informal => "informal",
            },
            from: if offer.by_model { "language_model" } else { "own" },
            text: suggestion.text,
            filled: offer.filled,
        }
    }
}

/// Replies that you may begin with: in the customer's language and form of address and the house
/// style, taking up the customer's own words. They invent nothing; what is not known is a slot. On
/// threat, self-harm and danger there are none, unless you say that it is not so. Nothing is kept.
#[utoipa::path(
    post, path = "/suggest", tag = "listen", request_body = SuggestBody,
    responses(
        (status = 200, body = SuggestionsBody), (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody), (status = 404, body = ErrorBody),
        (status = 400, body = ErrorBody), (status = 422, body = ErrorBody),
    ),
    security(("token" = []), ("session" = []))
)]
pub(crate) async fn suggest(
    State(app): State<App>,
    guarded: Guarded<policy::Listen>,
    Body(body): Body<SuggestBody>,
) -> Result<Json<SuggestionsBody>, ApiError> {
    let count = body.count.unwrap_or(MOST);
    if !(1..=MOST).contains(&count) {
        return Err(ApiError::Invalid(format!("count must be 1 to {MOST}")));
    }
    if body.earlier.len() > EARLIER {
        return Err(ApiError::Invalid(format!("earlier may hold {EARLIER} texts at most")));
    }
    for text in &body.earlier {
        fits("earlier", text, LONGEST)?;
    }
    let makers = match body.from.as_deref() {
        None | Some("both") => Makers::Both,
        Some("own") => Makers::Own,
        Some("language_model") => Makers::LanguageModel,
        Some(_) => {
            let message = "from must be own, language_model or both";
            return Err(ApiError::Invalid(message.to_owned()));
        }
    };
    let agent = guarded.person.as_ref().map(|person| person.name.clone());
    let mut asked = match (body.id, body.conversation, body.customer) {
        (Some(id), None, None) => {
            let mut request = app.store.request(&guarded.viewer, "conversation.suggest").await?;
            let view = request.conversation(&id).await?;
            let replies = request.own_replies().await?;
            let said = not_so::said(&mut request, &id).await?;
            request.finish().await?;
            let mut asked = Asked::stored(&view, agent, replies)?;
            asked.not_so = not_so::of_feedback(&view, &said);
            asked
        }
        (None, Some(wire), None) => {
            let conversation =
                from_wire(*wire, "text").map_err(|error| ApiError::Invalid(error.message))?;
            Asked::pasted(conversation, agent)
        }
        (None, None, Some(words)) => {
            Asked::pasted(pasted(&words, body.channel.as_deref(), body.locale.as_deref())?, agent)
        }
        _ => {
            let message = "say what is answered: one of `id`, `conversation` and `customer`";
            return Err(ApiError::Invalid(message.to_owned()));
        }
    };
    asked.seed = body.seed.map(u64::from);
    asked.count = count;
    asked.makers = makers;
    asked.not_so.extend(NotSo::read(body.not_so.iter().map(String::as_str))?);
    asked.earlier.extend(body.earlier);
    let all = offers(&app, &asked).await?;
    let suggestions = all.offers.into_iter();
    Ok(Json(SuggestionsBody {
        suggestions: suggestions.map(|one| SuggestionBody::new(one, &asked.conversation)).collect(),
        language_model: all.model.map(crate::suggesting::ModelSaid::id),
        note: NOTE,
    }))
}

fn pasted(
    words: &str,
    channel: Option<&str>,
    locale: Option<&str>,
) -> Result<Conversation, ApiError> {
    let invalid = |error: &dyn std::fmt::Display| ApiError::Invalid(error.to_string());
    fits("customer", words, LONGEST)?;
    let channel: Channel = channel.unwrap_or("chat").parse().map_err(|error| invalid(&error))?;
    let mut conversation = Conversation::new("suggest", channel).with_turn(Party::Customer, words);
    conversation.locale = locale.map(str::parse).transpose().map_err(|error| invalid(&error))?;
    Ok(conversation)
}
