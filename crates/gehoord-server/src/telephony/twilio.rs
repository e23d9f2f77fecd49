//! Twilio Media Streams.

use axum::extract::ws::{Message, WebSocket, rejection::WebSocketUpgradeRejection};
use axum::extract::{State, WebSocketUpgrade};
use axum::http::HeaderMap;
use axum::response::Response;
use gehoord_speech::telephony::twilio::Stream;

use super::signature::Signed;
use super::{Line, Next, TWILIO, Then, let_in, next};
use crate::app::App;
use crate::telemetry;

/// A call comes in.
pub(super) async fn socket(
    State(app): State<App>,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    let signed = app.telephony.as_ref().map_or(Signed::Off, |ours| ours.twilio(TWILIO, &headers));
    let_in(signed, upgrade, move |socket| hear(socket, app))
}

async fn hear(mut socket: WebSocket, app: App) {
    let mut ended = app.live.ended();
    let (mut stream, mut line) = (Stream::default(), Line::default());
    loop {
        let text = match next(&mut socket, &mut ended).await {
            Next::Message(Message::Text(text)) => text,
            Next::Message(_) => continue,
            Next::Gone => break,
            Next::Stops => {
                line.stop();
                break;
            }
        };
        let said = stream.message(&text).map_err(|error| error.to_string());
        let then = match said {
            Ok(said) => line.take(&app, said).await,
            Err(why) => Err(why),
        };
        match then {
            Ok(Then::GoesOn) => {}
            Ok(Then::Ends | Then::Away) => break,
            Err(why) => {
                telemetry::call_refused("twilio", &why);
                break;
            }
        }
    }
    let _ = socket.send(Message::Close(None)).await;
}
