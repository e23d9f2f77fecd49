//! What the document says is what happens, whatever is sent: requests made from the document
//! itself, right and wrong, from a fixed seed. Never a server error, never a status that the
//! document does not name, never a body of another form.

mod common;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use common::{COMPLAINT, Caller, On, World};
use gehoord_store::Role;
use serde_json::{Map, Value, json};

/// Numbers that look random and are the same each time (splitmix64).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((mixed ^ (mixed >> 31)) % sides as u64).unwrap()
    }

    fn pick<'v, T>(&mut self, values: &'v [T]) -> &'v T {
        &values[self.roll(values.len())]
    }

    /// True once in so many times.
    fn once_in(&mut self, times: usize) -> bool {
        self.roll(times) == 0
    }
}

/// Texts that break what does not expect them.
const TEXTS: [&str; 24] = [
    "",
    " ",
    "\0",
    "a\0b",
    "\u{1F621}\u{1F469}\u{200D}\u{1F4BB}",
    "'; DROP TABLE turn; --",
    "\"",
    "%",
    "_",
    "\\",
    "storing' OR \"x\" NEAR(",
    "a AND NOT b*",
    "^(:)",
    "null",
    "-1",
    "9223372036854775808",
    "2026-13-45T99:99:99Z",
    "9999-12-31T23:59:59.999999999Z",
    "-009999-01-02T00:00:00Z",
    "../../etc/passwd",
    "<script>",
    "\u{202E}om",
    "\u{FFFD}\u{0301}",
    "[naam-1]",
];
/// What a field of this name asks for.
const MEANT: [(&str, &[&str]); 22] = [
    ("role", &["agent", "coach", "manager", "product_owner", "administrator", "boss"]),
    ("party", &["customer", "agent", "colleague", "bot"]),
    ("status", &["open", "closed", "half"]),
    ("state", &["open", "kept", "broken", "withdrawn", "due"]),
    ("answer", &["yes", "partly", "no"]),
    ("kind", &["rubric", "house_style"]),
    ("channel", &["chat", "email", "phone", "fax"]),
    ("locale", &["nl-NL", "en-GB", "x-y-z-0"]),
    ("month", &["2026-03", "1999-12", "9999-12", "2026-13"]),
    ("from", &["2026-03-01T00:00:00Z", "-009999-01-02T00:00:00Z"]),
    ("until", &["2027-03-01T00:00:00Z", "9999-12-30T00:00:00Z"]),
    ("after", &["7fffffffffffffff", "0000019cae6c7800a"]),
    ("due", &["2026-03-02T12:00:00+01:00", "9999-12-30T22:00:00Z"]),
    ("expires_at", &["2027-03-02T12:00:00+01:00", "-009999-01-02T00:00:00Z"]),
    ("assessment_date", &["2026-03-01", "-009999-01-01"]),
    ("consent_date", &["2026-03-01"]),
    ("words", &["storing", "klaar", "a* OR \"b", "\u{1F621} keer"]),
    ("login", &["nieuw", "agent", "a@b.nl", "met spatie"]),
    ("password", &["lang genoeg om te raden", "kort"]),
    ("customer", &["chat-1@example.nl", "niemand"]),
    ("finding", &["0.annoyance.0", "x"]),
    ("reason", &["Omdat het zo was.", "Bel 0612345678 maar"]),
];
const NUMBERS: [i64; 9] = [i64::MIN, -1, 0, 1, 2, 50, 200, 1_000, i64::MAX];

/// One operation of the document.
struct Operation {
    method: String,
    path: String,
    /// Names and schemas of what follows the question mark.
    query: Vec<(String, Value)>,
    body: Option<Value>,
    responses: BTreeMap<u16, Option<Value>>,
}

/// Whether nothing ends it: tests/rights.rs opens these.
fn stays_open(operation: &Value) -> bool {
    let responses = &operation["responses"];
    let events = &responses["200"]["content"]["text/event-stream"];
    responses["101"].is_object() || events.is_object()
}

/// The document, and how to follow its references.
struct Document {
    schemas: Value,
    operations: Vec<Operation>,
}

impl Document {
    fn read() -> Self {
        let document = serde_json::to_value(gehoord_server::openapi()).unwrap();
        let mut operations = Vec::new();
        for (path, methods) in document["paths"].as_object().unwrap() {
            for (method, operation) in methods.as_object().unwrap() {
                if stays_open(operation) {
                    continue;
                }
                let schema =
                    |holder: &Value| holder["content"]["application/json"].get("schema").cloned();
                let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
                let query = parameters.iter().filter(|parameter| parameter["in"] == "query");
                let responses = operation["responses"].as_object().unwrap();
                operations.push(Operation {
                    method: method.to_uppercase(),
                    path: path.clone(),
                    query: query
                        .map(|p| (p["name"].as_str().unwrap().to_owned(), p["schema"].clone()))
                        .collect(),
                    body: schema(&operation["requestBody"]),
                    responses: responses
                        .iter()
                        .map(|(status, response)| (status.parse().unwrap(), schema(response)))
                        .collect(),
                });
            }
        }
        Self { schemas: document["components"]["schemas"].clone(), operations }
    }

    fn follow<'s>(&'s self, schema: &'s Value) -> &'s Value {
        match schema["$ref"].as_str() {
            Some(name) => {
                let name = name.rsplit('/').next().unwrap();
                self.schemas.get(name).unwrap_or_else(|| panic!("no schema '{name}'"))
            }
            None => schema,
        }
    }

    /// Whether `value` is what `schema` says; `place` is for the message.
    fn check(&self, schema: &Value, value: &Value, place: &str) -> Result<(), String> {
        let schema = self.follow(schema);
        for all in schema["allOf"].as_array().into_iter().flatten() {
            self.check(all, value, place)?;
        }
        if let Some(some) = schema["oneOf"].as_array().or(schema["anyOf"].as_array())
            && !some.iter().any(|one| self.check(one, value, place).is_ok())
        {
            return Err(format!("{place} is none of what it may be: {value}"));
        }
        let fits = |kind: &str| match kind {
            "object" => value.is_object(),
            "array" => value.is_array(),
            "string" => value.is_string(),
            "integer" => value.is_i64() || value.is_u64(),
            "number" => value.is_number(),
            "boolean" => value.is_boolean(),
            "null" => value.is_null(),
            other => panic!("the document has a type '{other}'"),
        };
        let right = match &schema["type"] {
            Value::String(kind) => fits(kind),
            Value::Array(kinds) => kinds.iter().any(|kind| fits(kind.as_str().unwrap())),
            _ => true,
        };
        if !right {
            return Err(format!("{place} should be {}: {value}", schema["type"]));
        }
        for name in schema["required"].as_array().into_iter().flatten() {
            let name = name.as_str().unwrap();
            if value.is_object() && value.get(name).is_none() {
                return Err(format!("{place}.{name} is missing"));
            }
        }
        if let (Some(fields), Some(given)) = (schema["properties"].as_object(), value.as_object()) {
            for (name, field) in fields {
                if let Some(value) = given.get(name) {
                    self.check(field, value, &format!("{place}.{name}"))?;
                }
            }
        }
        if let (Some(items), Some(given)) = (schema.get("items"), value.as_array()) {
            for (index, value) in given.iter().enumerate() {
                self.check(items, value, &format!("{place}[{index}]"))?;
            }
        }
        Ok(())
    }

    /// A value for a field or parameter: mostly one that its name asks for.
    fn field(&self, dice: &mut Dice, name: &str, schema: &Value, ids: &[String]) -> Value {
        match MEANT.iter().find(|(of, _)| *of == name) {
            Some((_, meant)) if !dice.once_in(3) => json!(*dice.pick(meant)),
            _ => self.make(dice, schema, ids),
        }
    }

    /// A value of this schema, or now and then one that is not.
    fn make(&self, dice: &mut Dice, schema: &Value, ids: &[String]) -> Value {
        if dice.once_in(12) {
            return wrong(dice);
        }
        let schema = self.follow(schema);
        if let Some(some) = schema["oneOf"].as_array().or(schema["anyOf"].as_array()) {
            let some = dice.pick(some);
            return self.make(dice, some, ids);
        }
        let kinds: Vec<&str> = match &schema["type"] {
            Value::String(kind) => vec![kind],
            Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
            _ => vec!["null"],
        };
        match *dice.pick(&kinds) {
            "string" => Value::String(text(dice, ids)),
            "integer" => json!(*dice.pick(&NUMBERS)),
            "number" => json!(0.5),
            "boolean" => json!(dice.once_in(2)),
            "array" => {
                let count = dice.roll(3);
                (0..count).map(|_| self.make(dice, &schema["items"], ids)).collect()
            }
            "object" => {
                let mut made = Map::new();
                for (name, field) in schema["properties"].as_object().into_iter().flatten() {
                    if !dice.once_in(10) {
                        let value = self.field(dice, name, field, ids);
                        made.insert(name.clone(), value);
                    }
                }
                if dice.once_in(20) {
                    made.insert("onbekend".to_owned(), json!(1));
                }
                Value::Object(made)
            }
            _ => Value::Null,
        }
    }
}

fn text(dice: &mut Dice, ids: &[String]) -> String {
    match dice.roll(10) {
        0..3 => (*dice.pick(&TEXTS)).to_owned(),
        3 => "listen".to_owned(),
        4 => "Ik ben hier echt klaar mee!".to_owned(),
        6 if dice.once_in(8) => "zeer lang ".repeat(3_000),
        _ => dice.pick(ids).clone(),
    }
}

fn wrong(dice: &mut Dice) -> Value {
    match dice.roll(6) {
        0 => Value::Null,
        1 => json!(-1.5e300),
        2 => json!([[], {}]),
        3 => json!({"": {"\0": []}}),
        4 => json!(u64::MAX),
        _ => json!("x"),
    }
}

/// A conversation in the contract's form, which the document leaves open, right or nearly so.
fn conversation(dice: &mut Dice, ids: &[String]) -> Value {
    let turns = dice.roll(4);
    let turns: Vec<Value> = (0..turns)
        .map(|_| {
            let mut turn = json!({"party": "customer", "text": text(dice, ids)});
            for name in ["party", "at", "speaker", "external_id"] {
                if dice.once_in(4) {
                    turn[name] = json!(text(dice, ids));
                }
            }
            turn
        })
        .collect();
    let mut conversation = json!({"id": text(dice, ids), "turns": turns});
    for name in ["locale", "channel", "customer", "subject", "external_id", "meta", "turns"] {
        if dice.once_in(6) {
            conversation[name] = if dice.once_in(8) { wrong(dice) } else { json!(text(dice, ids)) };
        }
    }
    conversation
}

/// `text` as it may stand in an address.
fn quoted(text: &str) -> String {
    text.bytes().fold(String::new(), |mut all, byte| {
        let _ = write!(all, "%{byte:02X}");
        all
    })
}

/// Somebody who sends, and what to send with.
struct Sender {
    role: Role,
    caller: Caller,
}

/// Of the routes `at_least` so many must be gone through, not only be refused at.
async fn send_many(world: &World, seed: u64, count: usize, at_least: usize) {
    let document = Document::read();
    let mut dice = Dice(seed);
    let mut senders = Vec::new();
    for role in [Role::Agent, Role::Administrator, Role::PrivacyOfficer, Role::ProductOwner] {
        senders.push(Sender { role, caller: world.somebody(role.id(), role).await });
    }
    let coach = world.somebody("coach", Role::Coach).await;
    let agent = &senders[0].caller;
    let mut ids = vec![world.team.clone(), agent.id.clone(), coach.id];
    for name in ["chat-1", "chat-2"] {
        let id = agent.open(name, &COMPLAINT).await;
        let promises = agent.get(&format!("/conversations/{id}/promises")).await;
        ids.push(promises.json[0]["id"].as_str().unwrap().to_owned());
        ids.push(id);
    }
    let mut seen: BTreeMap<(String, u16), usize> = BTreeMap::new();
    for _ in 0..count {
        let operation = dice.pick(&document.operations);
        let sender = dice.pick(&senders);
        let id = if dice.once_in(4) { text(&mut dice, &ids) } else { dice.pick(&ids).clone() };
        // These would take the senders their session or their role.
        let ends = match operation.path.as_str() {
            "/api/v1/people/{id}" => senders.iter().any(|sender| sender.caller.id == id),
            path => path == "/api/v1/session" && operation.method == "DELETE",
        };
        if ends {
            continue;
        }
        let id = quoted(&id);
        let mut address = operation.path.replace("{id}", &id);
        for (index, (name, schema)) in operation.query.iter().enumerate() {
            if !dice.once_in(4) {
                let value = match document.field(&mut dice, name, schema, &ids) {
                    Value::String(text) => text,
                    other => other.to_string(),
                };
                let mark = if index == 0 || !address.contains('?') { '?' } else { '&' };
                let _ = write!(address, "{mark}{name}={}", quoted(&value));
            }
        }
        let body = operation.body.as_ref().map(|schema| {
            let open = document.follow(schema).get("properties").is_none()
                && document.follow(schema)["type"] == "object";
            match open {
                true if !dice.once_in(10) => conversation(&mut dice, &ids).to_string(),
                _ => document.make(&mut dice, schema, &ids).to_string(),
            }
        });
        let body = body.unwrap_or_default();
        // An address may be so long and no longer: what does not fit in one is not sent.
        if address.len() > 60_000 {
            continue;
        }
        let headers = [("content-type", "application/json")];
        let answer = sender.caller.send_raw(&operation.method, &address, &headers, body.clone());
        let answer = answer.await;
        let status = answer.status.as_u16();
        let what = || {
            let body: String = body.chars().take(2_000).collect();
            let text: String = answer.text.chars().take(500).collect();
            format!("{}: {} {address}\n{body}\n-> {status} {text}", sender.role, operation.method)
        };
        assert!(status < 500, "{}", what());
        let Some(schema) = operation.responses.get(&status) else {
            panic!("the document does not name {status}: {}", what());
        };
        if let Some(schema) = schema {
            document.check(schema, &answer.json, "body").unwrap_or_else(|why| {
                panic!("{why}: {}", what());
            });
        }
        *seen.entry((format!("{} {}", operation.method, operation.path), status)).or_default() += 1;
        if status == 201 && answer.json["id"].is_string() && ids.len() < 25 {
            ids.push(answer.id());
        }
    }
    // The requests were not all refused: most routes were also gone through.
    let good = seen.keys().filter(|(_, status)| *status < 300).count();
    assert!(good >= at_least, "{good} routes gave an answer: {seen:#?}");
    world.store.check_integrity().await.unwrap();
}

#[tokio::test]
async fn what_is_sent_gets_an_answer_that_the_document_names() {
    send_many(&World::new(On::Sqlite).await.unwrap(), 20_260_301, 7_500, 36).await;
}

#[tokio::test]
async fn on_postgres_too() {
    let Some(world) = World::new(On::Postgres).await else { return };
    send_many(&world, 7, 1_500, 28).await;
}
