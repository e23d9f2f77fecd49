//! What was given beside the words of a conversation: fields with a name and a value.

use gehoord_conversation::PersonalKind;
use serde_json::{Map, Value};

use super::conversation::ConversationMasker;

/// Names of fields that hold the name of a person, in small letters without signs.
const PEOPLE: [&str; 36] = [
    "name",
    "naam",
    "nom",
    "firstname",
    "lastname",
    "surname",
    "fullname",
    "voornaam",
    "achternaam",
    "prenom",
    "vorname",
    "nachname",
    "klantnaam",
    "customername",
    "contact",
    "contactpersoon",
    "contactname",
    "customer",
    "klant",
    "kunde",
    "client",
    "agent",
    "agentname",
    "medewerker",
    "employee",
    "from",
    "sender",
    "afzender",
    "author",
    "auteur",
    "user",
    "username",
    "assignee",
    "behandelaar",
    "owner",
    "requester",
];
/// How the names of fields end that hold a number of somebody.
const NUMBERS: [&str; 5] = ["nummer", "number", "nr", "no", "id"];
/// The deepest that fields are looked into; what lies deeper is taken out.
const DEEPEST: usize = 32;

impl ConversationMasker<'_> {
    /// Masks what fields say. A field's name says what its value is: "klantnummer", "phone".
    pub(super) fn fields(&mut self, fields: &mut Map<String, Value>) {
        for (name, value) in fields {
            self.field(name, value, 0);
        }
    }

    fn field(&mut self, name: &str, value: &mut Value, depth: usize) {
        match value {
            Value::Array(_) | Value::Object(_) if depth > DEEPEST => *value = Value::Null,
            Value::Array(values) => {
                values.iter_mut().for_each(|value| self.field(name, value, depth + 1));
            }
            Value::Object(fields) => {
                fields.iter_mut().for_each(|(name, value)| self.field(name, value, depth + 1));
            }
            Value::String(text) => *text = self.value(name, text),
            Value::Number(number) => {
                let masked = self.number(name, &number.to_string());
                if let Some(masked) = masked {
                    *value = Value::String(masked);
                }
            }
            Value::Null | Value::Bool(_) => {}
        }
    }

    /// Who the customer is: a name, an address, a number of digits alone is masked; a pseudonym of
    /// letters and digits stays.
    pub(super) fn customer(&mut self, customer: &str) -> String {
        let letters = customer.chars().any(char::is_alphabetic);
        let speaker = self.speaker(customer);
        if !speaker.spans.is_empty() {
            return speaker.text;
        }
        let found = self.found(customer);
        let id = letters && found.iter().all(|d| d.kind == PersonalKind::Number);
        if id { customer.to_owned() } else { self.labelled("customer", customer) }
    }

    /// The value of one field, masked.
    fn value(&mut self, name: &str, text: &str) -> String {
        if PEOPLE.contains(&plain(name).as_str()) {
            let masked = self.speaker(text);
            if !masked.spans.is_empty() {
                return masked.text;
            }
        }
        self.labelled(&spaced(name), text)
    }

    /// A number, when the field says that it is somebody's.
    fn number(&mut self, name: &str, number: &str) -> Option<String> {
        let label = format!("{}: ", spaced(name));
        let found = self.found(&format!("{label}{number}"));
        let whole = found.iter().find(|d| d.span.start == label.len())?;
        let plain = plain(name);
        let somebodys =
            whole.kind != PersonalKind::Number || NUMBERS.iter().any(|n| plain.ends_with(n));
        somebodys.then(|| self.labelled(&spaced(name), number))
    }
}

/// "Customer_Name" as "customername".
fn plain(name: &str) -> String {
    name.chars().filter(|c| c.is_alphabetic()).flat_map(char::to_lowercase).collect()
}

/// "order_number" and "orderNumber" as "order number".
fn spaced(name: &str) -> String {
    let mut words = String::new();
    let mut small = false;
    for c in name.chars() {
        if c.is_uppercase() && small || !c.is_alphanumeric() {
            words.push(' ');
        }
        if c.is_alphanumeric() {
            words.extend(c.to_lowercase());
        }
        small = c.is_lowercase();
    }
    words
}
