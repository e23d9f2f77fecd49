//! Workbooks made here, right and wrong.

use std::io::{Cursor, Write};

use proptest::prelude::*;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::*;
use crate::ColumnMap;
use crate::item::shown;

/// A workbook of parts.
fn packed(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

const ROOT: &str = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;

const RELATIONS: &str = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet2.xml"/></Relationships>"#;

const WORKBOOK: &str = r#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="Uitleg" sheetId="2" state="hidden" r:id="rId2"/><sheet name="Gesprekken" sheetId="1" r:id="rId1"/></sheets></workbook>"#;

const STYLES: &str = r#"<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="22"/></cellXfs></styleSheet>"#;

/// A workbook with this in the `<sheetData>` of its first sheet that is not hidden.
fn workbook(rows: &str) -> Vec<u8> {
    let sheet = |rows: &str| {
        format!(
            r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{rows}</sheetData></worksheet>"#
        )
    };
    let other = sheet(&format!("{}{}", row(1, &["role", "text"]), row(2, &["agent", "dag"])));
    packed(&[
        ("_rels/.rels", ROOT.as_bytes()),
        ("xl/workbook.xml", WORKBOOK.as_bytes()),
        ("xl/_rels/workbook.xml.rels", RELATIONS.as_bytes()),
        ("xl/styles.xml", STYLES.as_bytes()),
        ("xl/worksheets/sheet1.xml", sheet(rows).as_bytes()),
        ("xl/worksheets/sheet2.xml", other.as_bytes()),
    ])
}

/// A row of texts; what starts with `=` is a number, with `@` a date.
fn row(number: usize, cells: &[&str]) -> String {
    let cell = |(i, text): (usize, &&str)| {
        let at = format!("{}{number}", char::from(b'A' + i as u8));
        match text.split_at_checked(1) {
            None => String::new(),
            Some(("=", n)) => format!(r#"<c r="{at}"><v>{n}</v></c>"#),
            Some(("@", n)) => format!(r#"<c r="{at}" s="1"><v>{n}</v></c>"#),
            Some(_) => format!(r#"<c r="{at}" t="inlineStr"><is><t>{text}</t></is></c>"#),
        }
    };
    let cells: String = cells.iter().enumerate().map(cell).collect();
    format!(r#"<row r="{number}">{cells}</row>"#)
}

fn read_with(bytes: &[u8], map: &str) -> Vec<Item> {
    let map = ColumnMap::parse(map).unwrap();
    read_workbook(bytes, "x.xlsx", &Options { map: Some(map), ..Options::default() })
}

fn check(bytes: &[u8], map: &str) -> Vec<String> {
    shown(read_with(bytes, map))
}

#[test]
fn rows_are_read_as_those_of_any_table() {
    let rows = [
        row(1, &["Export van maart"]),
        row(3, &["ticket", "rol", "bericht", "datum", "", "klantnr"]),
        row(4, &["=1001", "Medewerker", "dag", "@46083.41875", "=7", "=1.5"]),
        row(5, &[]),
        row(6, &["=1001", "Klant", "hoi", "=46083.418055555556", "", "=12345678901"]),
        row(7, &["=1002", "Klant"]),
        row(9, &["=1003", "Klant", "hallo", "2-3-2026 10:02"]),
    ];
    let bytes = workbook(&rows.concat());
    assert_eq!(
        check(&bytes, ""),
        ["4 1001: customer hoi, agent dag", "7 no_turns", "9 1003: customer hallo"]
    );
    let items = read_with(&bytes, "");
    let Item::Conversation(imported) = &items[0] else { panic!("{items:?}") };
    let [first, last] = &imported.conversation.turns[..] else { panic!() };
    assert_eq!(first.at.as_ref().unwrap().datetime().to_string(), "2026-03-02T10:02:00");
    assert_eq!(last.at.as_ref().unwrap().datetime().to_string(), "2026-03-02T10:03:00");
    assert_eq!(
        (&first.meta["klantnr"], &last.meta["klantnr"]),
        (&"12345678901".into(), &"1.5".into())
    );
    let notes: Vec<_> = imported.notes.iter().map(ToString::to_string).collect();
    let notes = notes.join("; ");
    for expected in [
        "only the sheet 'Gesprekken' was read; use --map sheet=NAME for one of: Uitleg",
        "1 row above the names of the columns was left out (row 1)",
        "cells in columns without a name were left out (row 4)",
    ] {
        assert!(notes.contains(expected), "{notes}");
    }
}

#[test]
fn the_map_names_the_sheet_and_the_columns() {
    let bytes = workbook(&format!("{}{}", row(1, &["wie", "wat"]), row(2, &["extern", "hoi"])));
    assert_eq!(check(&bytes, "sheet=uitleg"), ["2 x.xlsx: agent dag"]);
    assert_eq!(check(&bytes, "text=wat,party.customer=extern"), ["2 x.xlsx: customer hoi"]);
    let items = read_with(&bytes, "sheet=Blad 9");
    let [Item::Problem(problem)] = &items[..] else { panic!("{items:?}") };
    assert_eq!(problem.code, "missing_sheet");
    assert!(problem.message.ends_with("the sheets are: Uitleg, Gesprekken"), "{problem}");
    assert_eq!(check(&bytes, "text=nergens"), ["1 missing_column"]);
}

#[test]
fn dates_are_counted_as_excel_counts_them() {
    for (days, from_1904, text) in [
        (46083.0, false, "2026-03-02"),
        (46_083.418_055_555_56, false, "2026-03-02 10:02:00"),
        (0.418055555556, false, "10:02:00"),
        (44621.0, true, "2026-03-02"),
        (-1.0, false, "-1"),
        (1e300, false, &format!("{}", 1e300)),
        (f64::NAN, false, "NaN"),
    ] {
        assert_eq!(crate::sheet::date_text(days, from_1904), text);
    }
}

#[test]
fn what_is_no_workbook_is_one_clear_problem() {
    let good = workbook(&row(1, &["role", "text"]));
    for (bytes, code) in [
        (&b""[..], "no_turns"),
        (b"zomaar iets", "invalid_workbook"),
        (b"PK\x03\x04", "invalid_workbook"),
        (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "invalid_workbook"),
        (&good[..good.len() / 2], "invalid_workbook"),
        (&packed(&[("a.txt", b"hoi")]), "invalid_workbook"),
        (&good, "no_turns"),
        (&workbook(""), "no_turns"),
        (&workbook(&row(1, &["a", "b"])), "missing_column"),
        (&workbook("<row"), "invalid_workbook"),
        (&workbook("<row><c r=\"ZZZZZZZZZ99999999999\"><v>1</v></c></row>"), "invalid_workbook"),
        (&workbook("<row r=\"4294967295\"><c><v>1</v></c></row>"), "invalid_workbook"),
    ] {
        let found = check(bytes, "");
        assert_eq!(found, [format!("1 {code}")], "{:?}", String::from_utf8_lossy(bytes));
    }
}

#[test]
fn what_grows_too_large_is_one_clear_problem() {
    let spaces = vec![b' '; 40 << 20];
    let many: Vec<String> = (0..10_001).map(|i| i.to_string()).collect();
    let many: Vec<(&str, &[u8])> = many.iter().map(|name| (name.as_str(), &b""[..])).collect();
    let styles =
        format!("<fonts><font name=\"{}\"/></fonts>{}", "a".repeat(9999), "<xf/>".repeat(200_000));
    for bytes in [
        packed(&[("xl/workbook.xml", &spaces)]),
        packed(&many),
        packed(&[("xl/styles.xml", styles.as_bytes())]),
    ] {
        assert_eq!(check(&bytes, ""), ["1 too_large"]);
    }
    // One text in many cells.
    let shared = format!("<sst><si><t>{}</t></si></sst>", "a".repeat(1 << 20));
    let rows: String =
        (1..=300).map(|i| format!("<row r=\"{i}\"><c t=\"s\"><v>0</v></c></row>")).collect();
    let sheet = format!("<worksheet><sheetData>{rows}</sheetData></worksheet>");
    let bytes = packed(&[
        ("_rels/.rels", ROOT.as_bytes()),
        ("xl/workbook.xml", WORKBOOK.as_bytes()),
        ("xl/_rels/workbook.xml.rels", RELATIONS.as_bytes()),
        ("xl/sharedStrings.xml", shared.as_bytes()),
        ("xl/worksheets/sheet1.xml", sheet.as_bytes()),
        ("xl/worksheets/sheet2.xml", sheet.as_bytes()),
    ]);
    assert_eq!(check(&bytes, ""), ["1 too_large"]);
    // One cell at the far end is no reason to hold all before it.
    let far = format!("{}<row><c r=\"XFD1048576\"><v>1</v></c></row>", row(1, &["role", "text"]));
    assert_eq!(check(&workbook(&far), ""), ["1 no_turns"]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn no_sheet_makes_the_reader_panic(pieces in prop::collection::vec(prop::sample::select(vec![
        "<row>", "<row r=\"3\">", "<row r=\"0\">", "<row r=\"-\">", "</row>", "<c>", "<c r=\"A1\">",
        "<c r=\"B2\" t=\"s\">", "<c r=\"é\">", "<c r=\"A\">", "<c s=\"1\">", "<c s=\"99\" t=\"d\">",
        "<c t=\"inlineStr\">", "<c t=\"b\">", "<c t=\"e\">", "<c t=\"str\">", "</c>", "<v>", "</v>",
        "<v/>", "<is>", "</is>", "<t>", "</t>", "<f>", "</f>", "1", "46083.5", "1e999", "-1", "true",
        "#N/A", "&amp;", "&x;", "role", "text", "hoi", "_x000D_", "<", ">", "]]>", "<![CDATA[", "<!--",
        "<mergeCell ref=\"A1:B\"/>", "</sheetData>", "\u{0}", "\u{1F600}",
    ]), 0..40)) {
        for start in [String::new(), row(1, &["role", "text", "datum"])] {
            let bytes = workbook(&format!("{start}{}", pieces.concat()));
            // Not by way of what catches a panic: there should be none.
            let items = conversations(&bytes, "x", &Options::default());
            prop_assert!(items.is_err() || items.is_ok_and(|items| !items.is_empty()));
        }
    }
}
