#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| gehoord_fuzz::run("ingest_eml", data));
