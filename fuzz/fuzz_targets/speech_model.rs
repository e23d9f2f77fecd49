#![no_main]

libfuzzer_sys::fuzz_target!(init: gehoord_fuzz::start(), |data: &[u8]| gehoord_fuzz::run("speech_model", data));
