//! The routes that stay open, as the document describes them: their messages fit in no schema of a
//! route that answers once.

use utoipa::openapi::path::{HttpMethod, OperationBuilder, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::security::SecurityRequirement;
use utoipa::openapi::{
    Content, OpenApi, OpenApiBuilder, PathItem, PathsBuilder, Ref, Required, ResponseBuilder,
};

/// What stays open.
enum Kind {
    /// A WebSocket.
    Socket,
    /// Server-sent events.
    Events,
}

/// One of these routes.
struct Stream {
    path: &'static str,
    tag: &'static str,
    kind: Kind,
    summary: &'static str,
    messages: &'static str,
}

const STREAMS: [Stream; 5] = [
    Stream {
        path: "/conversations/{id}/events",
        tag: "conversations",
        kind: Kind::Events,
        summary: "Follow a conversation, as server-sent events",
        messages: FOLLOWED,
    },
    Stream {
        path: "/conversations/{id}/socket",
        tag: "conversations",
        kind: Kind::Socket,
        summary: "Follow a conversation, over a WebSocket",
        messages: FOLLOWED,
    },
    Stream {
        path: "/compose",
        tag: "listen",
        kind: Kind::Socket,
        summary: "Advice beside a reply that is being written, over a WebSocket",
        messages: "Messages are JSON. The first one sent says what is answered: {conversation} (an id) or \
                   {customer, channel, locale} (what a customer wrote elsewhere), and the language of the \
                   screen ({language}: nl or en). The answer is {ready: true}. Then each message is the \
                   draft as it is now, {n, draft, paused, not_so}, and each gets one answer with the same \
                   n: {n, safety, warnings, missing, promises}. What goes wrong is told as {error}, and \
                   the socket closes. Nothing of it is kept.",
    },
    Stream {
        path: "/calls/events",
        tag: "calls",
        kind: Kind::Events,
        summary: "Follow your own telephone calls, as server-sent events",
        messages: "Events with JSON: first 'calls' as they stand, then 'call' whenever somebody begins or \
                   ends to speak, and each second.",
    },
    Stream {
        path: "/calls/words",
        tag: "calls",
        kind: Kind::Events,
        summary: "The words of your own telephone calls for the page that shows them, as server-sent \
                  events",
        messages: "Events with pieces of that page; programs follow /calls/events.",
    },
];

const FOLLOWED: &str = "Messages are JSON with a 'kind': first 'conversation' (the conversation as you may \
                        see it, and its promises), then 'turn' for each turn that comes in, with its \
                        findings, and 'promises' whenever one of them changed. Nothing need be sent.";

/// The part of the document about them.
pub(super) fn document() -> OpenApi {
    let paths = STREAMS.iter().fold(PathsBuilder::new(), |paths, stream| {
        paths.path(stream.path, PathItem::new(HttpMethod::Get, stream.operation()))
    });
    OpenApiBuilder::new().paths(paths.build()).build()
}

impl Stream {
    fn operation(&self) -> OperationBuilder {
        let refused = |why: &str| {
            let body = Content::new(Some(Ref::from_schema_name("ErrorBody")));
            ResponseBuilder::new().description(why).content("application/json", body)
        };
        let described = OperationBuilder::new()
            .tag(self.tag)
            .summary(Some(self.summary))
            .description(Some(self.messages))
            .security(SecurityRequirement::new::<_, [&str; 0], &str>("token", []))
            .security(SecurityRequirement::new::<_, [&str; 0], &str>("session", []))
            .response("401", refused("Nobody who is known asks"))
            .response("403", refused("The right is not there"));
        let described = match self.kind {
            Kind::Socket => {
                let opens = ResponseBuilder::new().description("The WebSocket opens");
                let plain = ResponseBuilder::new()
                    .description("The request does not ask for a WebSocket (Upgrade: websocket)");
                described.response("101", opens).response("400", plain)
            }
            Kind::Events => {
                let text = ObjectBuilder::new().schema_type(Type::String);
                let opens = ResponseBuilder::new()
                    .description("Events, for as long as they are listened to")
                    .content("text/event-stream", Content::new(Some(text)));
                described.response("200", opens)
            }
        };
        if !self.path.contains("{id}") {
            return described;
        }
        let id = ParameterBuilder::new()
            .name("id")
            .parameter_in(ParameterIn::Path)
            .required(Required::True)
            .schema(Some(ObjectBuilder::new().schema_type(Type::String)));
        described.parameter(id).response("404", refused("It is not there, as far as you may know"))
    }
}
