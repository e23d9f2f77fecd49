//! The pages in a real Chromium: in both languages, on a phone and a desk, light and dark, with the
//! keyboard alone and without scripts. Pictures of all of it come to `target/screenshots`.
//!
//! A new page is one line in [`PAGES`]; what one does there with the keyboard is one function in
//! `paths.rs`.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test says where it is, and what it skips"
)]

mod calls;
mod chromium;
mod paths;
mod practice;

#[path = "../common/mod.rs"]
mod common;
#[allow(dead_code, reason = "each test uses its own part")]
#[path = "../../../gehoord-store/tests/common/databases.rs"]
mod databases;
#[allow(dead_code, reason = "each test uses its own part")]
#[path = "../common/place.rs"]
mod place;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use chromium::{Chromium, Look, Page};
use place::{On, Place, Server};

/// A page: what its pictures are called, who looks, and where it is. `{contact}` is a contact of
/// that agent which is over, `{open}` one that goes on, `{danger}` one in which safety comes first.
pub(crate) const PAGES: [(&str, &str, &str); 32] = [
    ("login", "", "/login"),
    ("nothing-here", "samira", "/nergens"),
    ("forbidden", "samira", "/admin"),
    ("today", "samira", "/today"),
    ("today-of-a-team", "hanna", "/today?whose=team"),
    ("calls", "samira", "/calls"),
    ("contacts", "samira", "/contacts"),
    ("search", "samira", "/search?words=monteur"),
    ("contact", "samira", "/contacts/{contact}"),
    ("contact-open", "samira", "/contacts/{open}"),
    ("contact-danger", "samira", "/contacts/{danger}"),
    ("contact-of-a-team", "hanna", "/contacts/{contact}"),
    ("reply", "samira", "/reply"),
    ("note", "samira", "/note"),
    ("practice", "samira", "/practice"),
    ("shared", "noor", "/shared"),
    ("privacy", "mirjam", "/privacy"),
    ("privacy-mine", "samira", "/privacy/mine"),
    ("privacy-audit", "mirjam", "/privacy/audit"),
    ("privacy-kept", "mirjam", "/privacy/kept"),
    ("privacy-customer", "mirjam", "/privacy/customer"),
    ("import", "beheer", "/import"),
    ("admin", "beheer", "/admin"),
    ("admin-teams", "beheer", "/admin/teams"),
    ("admin-house-style", "beheer", "/admin/texts/house_style"),
    ("admin-rubric", "beheer", "/admin/texts/rubric"),
    ("admin-protocols", "beheer", "/admin/texts/protocols_nl"),
    ("admin-cultures", "beheer", "/admin/cultures"),
    ("admin-switches", "beheer", "/admin/switches"),
    ("admin-speech", "beheer", "/admin/speech"),
    ("admin-tokens", "beheer", "/admin/tokens"),
    ("account", "samira", "/account"),
];

/// Looks of which every two of language, width and light come together once.
const LOOKS: [Look; 4] = [
    Look::new("nl", Look::PHONE, false),
    Look::new("nl", Look::DESK, true),
    Look::new("en", Look::PHONE, true),
    Look::new("en", Look::DESK, false),
];

/// The demo, and who can look round in it.
pub(crate) struct Demo {
    server: Option<Server>,
    pub(crate) site: String,
    pub(crate) password: String,
    cookies: BTreeMap<&'static str, String>,
    /// What stands for the names in the addresses of [`PAGES`].
    contacts: Vec<(&'static str, String)>,
    // Dropped last.
    _place: Place,
}

impl Demo {
    fn start() -> Self {
        let place = Place::new(On::Sqlite).unwrap();
        let token = place.folder.join("token");
        std::fs::write(&token, calls::TOKEN).unwrap();
        let token = token.display().to_string();
        let telephony = ["--telephony-url", calls::URL, "--twilio-token-file", &token];
        let args = [&["--demo"], telephony.as_slice()].concat();
        let mut server = Server::start_with(&place, &args, "beheerder\n");
        let site = server.said.lines().next().unwrap().rsplit_once("http://").unwrap().1;
        let site = format!("http://{site}");
        let password = server.said.split("wachtwoord ").nth(1).unwrap();
        let password = password.split(' ').next().unwrap().to_owned();
        let mut cookies = BTreeMap::new();
        for (_, login, _) in PAGES.iter().filter(|(_, login, _)| !login.is_empty()) {
            cookies.entry(*login).or_insert_with(|| server.log_in(login, &password));
        }
        let path = "/api/v1/conversations?limit=200";
        let (_, _, page) = server.ask("GET", path, &[("cookie", &cookies["samira"])], "");
        let contact = |subject: &str| {
            let rows = page["conversations"].as_array().unwrap();
            let row = rows.iter().find(|row| row["subject"] == subject).expect(subject);
            row["id"].as_str().unwrap().to_owned()
        };
        let contacts = vec![
            ("{contact}", contact("Verhuizing en meterstanden")),
            ("{open}", contact("Internet, derde keer")),
            ("{danger}", contact("Gaslucht in huis")),
        ];
        Self { server: Some(server), site, password, cookies, contacts, _place: place }
    }

    /// The whole address of a path of [`PAGES`].
    pub(crate) fn address(&self, path: &str) -> String {
        let known = |path: String, (name, id): &(&str, String)| path.replace(name, id);
        format!("{}{}", self.site, self.contacts.iter().fold(path.to_owned(), known))
    }

    /// A page of somebody, who is logged in.
    pub(crate) fn page(&self, browser: &mut Chromium, login: &str, look: Look) -> Page {
        let mut page = browser.page(look);
        if let Some(cookie) = self.cookies.get(login) {
            page.come_in(&self.site, cookie);
        }
        page
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        // Asked to stop, it takes its folder with it.
        if let Some(server) = self.server.take() {
            server.stop();
        }
    }
}

/// Where pictures go.
fn picture(name: &str, look: Look) -> PathBuf {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    target.join("screenshots").join(format!("{name}-{}.png", look.name()))
}

/// axe-core, where it is at hand: it comes out of a package at test time and is never kept.
fn axe() -> Option<String> {
    let file = std::env::var_os("GEHOORD_TEST_AXE");
    let axe = file.and_then(|file| std::fs::read_to_string(file).ok());
    if axe.is_none() {
        eprintln!(
            "skipped: axe-core, because GEHOORD_TEST_AXE names no file (scripts/test gets it)"
        );
    }
    axe
}

/// What axe-core finds, one line each.
fn found_by_axe(page: &mut Page, axe: &str) -> Vec<String> {
    page.eval(&format!("{axe};1"));
    let found = page.eval(
        "axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', \
         'best-practice'], resultTypes: ['violations']}).then(all => all.violations.flatMap(v => \
         v.nodes.slice(0, 3).map(n => v.id + ': ' + n.html.slice(0, 160) + ' ' + \
         (n.any[0]?.message ?? '').slice(0, 160))))",
    );
    let found = found.as_array().cloned().unwrap_or_default();
    found.iter().filter_map(|line| line.as_str()).map(str::to_owned).collect()
}

/// What is looked at within a page.
const CHECKS: &str = include_str!("checks.js");

/// What stands beyond the right edge of the window, or is too small to tap.
fn out_of_size(page: &mut Page) -> Vec<String> {
    page.eval(&format!("{CHECKS} 1"));
    let found = page.eval("checks.sizes()");
    let found = found.as_array().cloned().unwrap_or_default();
    found.iter().filter_map(|line| line.as_str()).map(str::to_owned).collect()
}

/// Goes through the page with the tabulator; tells what is reached without being seen.
fn walked_through(page: &mut Page) -> Vec<String> {
    let mut wrong = Vec::new();
    page.eval(&format!("{CHECKS} checks.anew(); 1"));
    for _ in 0..400 {
        page.press("Tab");
        let at = page.text("checks.focus()");
        match at.as_str() {
            "end" => return wrong,
            "" => {}
            _ => wrong.push(at),
        }
    }
    wrong.push("the keyboard never comes to the end".to_owned());
    wrong
}

#[test]
fn every_page_is_sound_on_a_phone() {
    sound(&LOOKS.map(|look| (look.width == Look::PHONE).then_some(look)));
}

#[test]
fn every_page_is_sound_at_a_desk() {
    sound(&LOOKS.map(|look| (look.width == Look::DESK).then_some(look)));
}

/// No error in the console, nothing that axe-core finds, nothing out of size, and the focus is seen
/// wherever the keyboard leads.
fn sound(looks: &[Option<Look>]) {
    let Some(mut browser) = Chromium::start() else { return };
    let demo = Demo::start();
    let axe = axe();
    let mut wrong = Vec::new();
    for look in looks.iter().copied().flatten() {
        let mut page = browser.page(look);
        let mut who = "";
        for (name, login, path) in PAGES {
            if login != who {
                page = demo.page(&mut browser, login, look);
                who = login;
            }
            page.go(&demo.address(path));
            let mut found = page.complaints();
            // That a page is not there, or not for this person, is told as an error as well.
            found.retain(|line| !line.contains("status of 404") && !line.contains("status of 403"));
            let lang = page.text("document.documentElement.lang");
            if lang != look.lang {
                found.push(format!("it is in {lang}"));
            }
            page.picture(&picture(name, look));
            for detail in ["true", "false"] {
                let open = format!(
                    "for (const d of document.querySelectorAll('main details')) d.open = {detail}"
                );
                page.eval(&open);
                found.extend(out_of_size(&mut page));
                if let (Some(axe), "true") = (&axe, detail) {
                    found.extend(found_by_axe(&mut page, axe));
                }
            }
            if look.width == Look::DESK && look.dark || look.width == Look::PHONE && !look.dark {
                found.extend(walked_through(&mut page));
            }
            found.sort();
            found.dedup();
            wrong.extend(found.iter().map(|line| format!("{name} {}: {line}", look.name())));
        }
    }
    assert!(wrong.is_empty(), "{} things:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn what_one_does_on_a_page_one_can_do_with_the_keyboard() {
    let Some(mut browser) = Chromium::start() else { return };
    for look in [LOOKS[1], LOOKS[2]] {
        // What was done stays done, so each look begins anew.
        let demo = Demo::start();
        paths::walk(&mut browser, &demo, look);
    }
}

#[test]
fn pages_that_only_show_do_so_without_scripts() {
    let Some(mut browser) = Chromium::start() else { return };
    let demo = Demo::start();
    let words = "document.querySelector('main').innerText.replaceAll(/\\s+/g, ' ').trim()";
    for (name, login, path) in PAGES.iter().filter(|(name, ..)| *name != "reply") {
        let mut said = Vec::new();
        for scripts in [true, false] {
            let look = Look { scripts, ..LOOKS[1] };
            let mut page = demo.page(&mut browser, login, look);
            page.go(&demo.address(path));
            let complaints = page.complaints();
            assert!(
                scripts || complaints.iter().all(|line| line.contains("status of 40")),
                "{complaints:?}"
            );
            // What only helps to write a reply is left out; so is what passes with the minutes.
            page.eval("for (const e of document.querySelectorAll('.reply, [data-copy], .handover-line, time')) e.remove()");
            said.push(page.text(words));
        }
        // Who looked a moment ago is on the page of privacy, so a little may differ.
        let (with, without) = (said[0].len(), said[1].len());
        assert!(
            with > 20 && without * 100 > with * 95,
            "{name}: {with} letters, without {without}"
        );
    }
    // Each mark is a link to its reasons, which open where they are.
    let look = Look { scripts: false, ..LOOKS[0] };
    let mut page = demo.page(&mut browser, "samira", look);
    page.go(&demo.address("/contacts/{contact}"));
    page.tab_to("a.mark");
    page.press("Enter");
    page.until("location.hash.startsWith('#f-')");
    page.until("document.querySelector(location.hash).closest('details').open");
    assert!(page.text("document.querySelector(location.hash).innerText").len() > 10);
}

#[test]
fn a_report_as_a_file_is_sound_and_asks_for_nothing() {
    let Some(mut browser) = Chromium::start() else { return };
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/nl-NL");
    let files =
        ["third-contact.json", "lectured-about-the-rent.json", "stairlift-in-four-pieces.json"];
    let files: Vec<String> =
        files.iter().map(|file| examples.join(file).display().to_string()).collect();
    let folder = common::folder("browser-report");
    let axe = axe();
    for look in LOOKS {
        let mut args = vec!["listen", "--format", "html", "--ui", look.lang];
        args.extend(files.iter().map(String::as_str));
        let file = folder.join("report.html");
        std::fs::write(&file, common::run(&args, "").stdout).unwrap();
        let mut page = browser.page(look);
        page.go(&format!("file://{}", file.display()));
        let asked = page.asked_for();
        assert!(asked.iter().all(|one| one.starts_with("file:") || one == "data:,"), "{asked:?}");
        assert_eq!(page.complaints(), Vec::<String>::new(), "its rules allow what is in it");
        page.picture(&picture("report", look));
        let colour = page.text("getComputedStyle(document.body).backgroundColor");
        assert_ne!(colour, "rgba(0, 0, 0, 0)", "the style sheet counts");
        let mut wrong = out_of_size(&mut page);
        page.eval("for (const d of document.querySelectorAll('details')) d.open = true");
        if let Some(axe) = &axe {
            wrong.extend(found_by_axe(&mut page, axe));
        }
        wrong.extend(walked_through(&mut page));
        assert!(wrong.is_empty(), "{}: {wrong:#?}", look.name());
        page.go(&format!("file://{}", file.display()));
        page.on_paper();
        let shut =
            "[...document.querySelectorAll('.why')].find(d => !d.open).querySelector('.reason')";
        assert_eq!(page.eval(&format!("{shut}.checkVisibility()")), true, "why is printed");
        let sum = "document.querySelector('.sum').checkVisibility()";
        assert_eq!(page.eval(sum), false, "the sum is printed where it was opened");
    }
}

/// A check that finds nothing anywhere would find nothing here either.
#[test]
fn what_is_wrong_is_found() {
    let Some(mut browser) = Chromium::start() else { return };
    let mut page = browser.page(LOOKS[3]);
    page.go("data:text/html,<title>x</title><style>a:focus{outline:none}</style><a href=a>een</a><p style='width:3000px;color:%23eee'>te breed<button style='padding:0;width:9px'></button><script>console.error('mis')</script>");
    assert_eq!(page.complaints().len(), 1);
    assert!(out_of_size(&mut page).len() >= 2);
    assert!(walked_through(&mut page).iter().any(|line| line.starts_with("no ring")));
    if let Some(axe) = axe() {
        let found = found_by_axe(&mut page, &axe);
        for rule in ["html-has-lang", "button-name", "color-contrast"] {
            assert!(found.iter().any(|line| line.starts_with(rule)), "{rule}: {found:?}");
        }
    }
}
