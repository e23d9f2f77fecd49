//! JSON Schema (draft 2020-12) of the contracts.

use serde_json::Value;

use super::{input::WireConversation, report::WireReport, voice::WireCall};

/// Schema of one conversation as `gehoord` reads it.
#[must_use]
pub fn input() -> Value {
    schemars::schema_for!(WireConversation).to_value()
}

/// Schema of one report as `gehoord` writes it.
#[must_use]
pub fn report() -> Value {
    schemars::schema_for!(WireReport).to_value()
}

/// Schema of what `gehoord` writes about a recording.
#[must_use]
pub fn call() -> Value {
    schemars::schema_for!(WireCall).to_value()
}
