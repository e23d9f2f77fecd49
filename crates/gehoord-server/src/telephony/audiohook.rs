//! Genesys AudioHook.

use axum::extract::ws::{Message, WebSocket, rejection::WebSocketUpgradeRejection};
use axum::extract::{State, WebSocketUpgrade};
use axum::http::HeaderMap;
use axum::response::Response;
use gehoord_speech::telephony::audiohook::Session;

use super::signature::Signed;
use super::{AUDIOHOOK, Line, Next, Then, let_in, next};
use crate::app::App;
use crate::telemetry;

/// A call comes in.
pub(super) async fn socket(
    State(app): State<App>,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    let now = jiff::Timestamp::now().as_second();
    let check = |ours: &std::sync::Arc<super::Telephony>| ours.audiohook(AUDIOHOOK, &headers, now);
    let signed = app.telephony.as_ref().map_or(Signed::Off, check);
    let_in(signed, upgrade, move |socket| hear(socket, app))
}

async fn hear(mut socket: WebSocket, app: App) {
    let mut ended = app.live.ended();
    let (mut session, mut line) = (Session::default(), Line::default());
    loop {
        let heard = match next(&mut socket, &mut ended).await {
            Next::Message(Message::Text(text)) => {
                session.text(&text).map(|turn| (turn.said, turn.answer))
            }
            Next::Message(Message::Binary(bytes)) => session.bytes(&bytes).map(|said| (said, None)),
            Next::Message(_) => continue,
            Next::Gone => break,
            Next::Stops => {
                line.stop();
                let goodbye = session.disconnect("completed", "the server stops");
                let _ = socket.send(Message::Text(goodbye.into())).await;
                break;
            }
        };
        let then = match heard {
            Ok((said, answer)) => match line.take(&app, said).await {
                Ok(then) => {
                    if let Some(answer) = answer
                        && socket.send(Message::Text(answer.into())).await.is_err()
                    {
                        break;
                    }
                    Ok(then)
                }
                Err(why) => Err(why),
            },
            Err(error) => Err(error.to_string()),
        };
        let goodbye = match then {
            Ok(Then::GoesOn) => continue,
            Ok(Then::Ends) => break,
            Ok(Then::Away) => {
                session.disconnect("completed", "another socket has this call, or it is over")
            }
            Err(why) => {
                telemetry::call_refused("audiohook", &why);
                session.disconnect("error", &why)
            }
        };
        let _ = socket.send(Message::Text(goodbye.into())).await;
        break;
    }
    let _ = socket.send(Message::Close(None)).await;
}
