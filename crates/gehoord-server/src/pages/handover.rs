//! Overdracht: five lines for whoever takes a contact over, to be edited and copied.

use gehoord_conversation::Conversation;
use gehoord_store::ConversationView;

use super::problem::PageError;
use super::safety::language;
use super::texts::Lang;
use crate::api::handover::of;
use crate::app::App;
use crate::intake;

/// The five lines: what each is called, and what was heard for it.
pub(crate) async fn sheet(
    app: &App,
    view: &ConversationView,
    lang: Lang,
) -> Result<Vec<(&'static str, String)>, PageError> {
    lines(app, intake::dated(view)?, lang).await
}

/// The same of what is known of a conversation.
pub(crate) async fn lines(
    app: &App,
    conversation: Conversation,
    lang: Lang,
) -> Result<Vec<(&'static str, String)>, PageError> {
    let lines = of(app, conversation, language(lang)).await?;
    let t = &lang.texts().handover;
    Ok(vec![
        (&t.matter, lines.matter.text),
        (&t.tried, lines.tried.text),
        (&t.promised, lines.promised.text),
        (&t.known, lines.known.text),
        (&t.weighs, lines.weighs.text),
    ])
}
