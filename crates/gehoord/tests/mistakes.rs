//! Everyday mistakes, and what the command says of them in Dutch.

mod common;

use std::path::Path;
use std::process::{Command, Stdio};

use common::{folder, text};

/// What `gehoord` says on standard error, run within `folder`.
fn said(folder: &Path, ui: &str, args: &str) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_gehoord"))
        .args(args.split(' '))
        .args(["--ui", ui])
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert_ne!(output.status.code(), Some(0), "{args}");
    text(&output.stderr)
}

/// Each mistake with what is said of it in Dutch; nowhere is there a word of the machine.
fn check(folder: &Path, mistakes: &[(&str, &str)]) {
    for (args, dutch) in mistakes {
        let told = said(folder, "nl", args);
        assert!(told.contains(dutch), "{args}: {told}");
        let english = said(folder, "en", args);
        assert_ne!(told, english, "{args}: nobody wrote this in Dutch");
        for term in ["os error", "invalid type", "missing field", "struct ", "panicked"] {
            assert!(!told.contains(term) && !english.contains(term), "{args}: {told}{english}");
        }
    }
}

#[test]
fn a_wrong_file_is_told_in_dutch() {
    let folder = folder("mistakes");
    for (name, contents) in [
        ("leeg.txt", &b""[..]),
        ("leeg.json", b""),
        ("ding.bin", b"\0\x01\x02"),
        ("latin1.txt", b"caf\xe9\n"),
        ("tabel.csv", b"a,b\n1,2\n"),
        ("chat.txt", b"Klant: Hallo\nMedewerker: Goedemiddag\n"),
        ("fout.json", br#"{"turns": [{"party": "customer", "text": 5}]}"#),
        ("partij.json", br#"{"turns": [{"party": "klant", "text": "x"}]}"#),
        ("taal.json", br#"{"turns": [], "locale": "Nederlands"}"#),
        ("kanaal.json", br#"{"turns": [], "channel": "fax"}"#),
        ("komma.json", br#"{"turns": [],}"#),
    ] {
        std::fs::write(folder.join(name), contents).unwrap();
    }
    let missing = "dat bestand of die map is er niet";
    check(
        &folder,
        &[
            ("listen weg.txt", missing),
            ("listen leeg.txt", "hier staat niets in"),
            ("listen leeg.json", "hier staat geen gesprek in"),
            ("listen ding.bin", "niet te zien wat voor bestand"),
            ("listen tabel.csv", "geen kolom 'text'"),
            ("listen tabel.csv --map text=z", "geen kolom 'z'"),
            ("listen fout.json", "turns[0].text hoort een tekst tussen aanhalingstekens te zijn"),
            ("listen partij.json", "kies uit: customer"),
            ("listen taal.json", "geen aanduiding van een taal"),
            ("listen kanaal.json", "'fax' is onbekend"),
            ("listen komma.json", "er staat een komma te veel"),
            ("listen .", "is een map; noem de bestanden erin"),
            ("listen chat.txt --out leeg.txt", "er is al iets met die naam"),
            ("listen chat.txt --model weg", missing),
            ("listen chat.txt --model chat.txt", "dit is geen model van gehoord"),
            ("listen chat.txt --transcript leeg.txt", "leeg.txt:1: hier staat niets in"),
            ("check --customer a --reply-file weg", missing),
            ("check --customer a --reply-file latin1.txt", "geen tekst in UTF-8"),
            ("check --customer-file - --reply-file -", "niet allebei"),
            ("mask weg", missing),
            ("mask latin1.txt", "latin1.txt:1: dit is geen tekst in UTF-8"),
            ("mask ding.bin", "hier staan NUL-bytes in"),
            ("mask .", "het is een map, geen bestand"),
            ("explain foo", "is geen label"),
            ("bench weg", missing),
            ("bench .", "is een map"),
            ("bench chat.txt", "geen labels gevonden"),
            ("bench fout.json", "geen gesprekken in fout.json"),
            ("learn weg --out model", missing),
            ("learn chat.txt --out model", "geen labels gevonden"),
        ],
    );
}

#[test]
fn a_mistake_about_what_is_kept_is_told_in_dutch() {
    let folder = folder("mistakes-kept");
    std::fs::write(folder.join("chat.txt"), "Klant: Hallo\nMedewerker: Goedemiddag\n").unwrap();
    std::fs::write(folder.join("fout.toml"), "databse = \"x\"\n").unwrap();
    std::fs::write(folder.join("lang.json"), "{\"turns\": 5}").unwrap();
    check(
        &folder,
        &[
            ("export", "geen database van gehoord"),
            ("backup kopie", "geen database van gehoord"),
            ("user list", "geen database van gehoord"),
            ("import weg.txt --team A", "dat bestand of die map is er niet"),
            ("restore chat.txt", "dit is geen reservekopie van gehoord"),
            ("import lang.json --team A", "turns hoort een rij"),
            ("user add x --role agent", "een wachtwoord wordt gevraagd in een terminal"),
            ("user add x --role agent --password-stdin", "een wachtwoord heeft minstens 12 tekens"),
            ("user deactivate x", "niemand heeft de inlognaam 'x'"),
            ("export --team Nergens", "geen team heet 'Nergens'"),
            ("export --customer niemand", "van een klant met die naam is niets bewaard"),
            ("erase --customer niemand", "bij wissen wordt eerst iets gevraagd"),
            ("erase --customer niemand --yes --reason x", "van een klant met die naam"),
            ("backup chat.txt", "chat.txt is er al; --force schrijft eroverheen"),
            ("restore weg", "dat bestand of die map is er niet"),
            ("user list --database foo", "'foo' is geen database die hier bekend is"),
            (
                "user list --database sqlite:chat.txt --key-file gehoord.key",
                "geen database van gehoord",
            ),
            ("user list --database sqlite:weg/x.db", "de map weg is er niet; maak die eerst"),
            ("config --config weg.toml", "de instellingen in weg.toml kunnen niet gelezen worden"),
            ("config --config fout.toml", "'databse' is geen instelling; kies uit: database"),
            ("serve --listen foo", "'foo' is geen adres om op te draaien"),
            ("serve --listen 192.0.2.1:80", "geen adres van deze machine"),
            ("serve --tier diep", "'diep' is niet fast en niet deep"),
        ],
    );
}
