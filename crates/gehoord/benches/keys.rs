//! From the last key to marks on screen, in a real browser, in a mail of three thousand words:
//! `cargo bench -p gehoord --bench keys`. A report, not a test: it ends well whatever it measures.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a report")]

#[path = "../tests/browser/chromium.rs"]
mod chromium;
#[path = "../tests/common/mod.rs"]
mod common;
#[allow(dead_code, reason = "each user has its own part")]
#[path = "../../gehoord-store/tests/common/databases.rs"]
mod databases;
#[allow(dead_code, reason = "each user has its own part")]
#[path = "../tests/common/place.rs"]
mod place;

use chromium::{Chromium, Look, Page};
use place::{On, Place, Server};

/// Sentences that are typed.
const TIMES: usize = 40;
/// Words that the mail has before that.
const SIZES: [usize; 2] = [30, 3_000];
/// What is aimed at, in milliseconds, at the median.
const AIM: f64 = 80.0;

/// Notes when the last key came, and when what was heard in its sentence is painted (a mark, or a
/// promise below the field; one answer brings both): two frames after the page was changed, so a
/// frame too much rather than too little.
const WATCH: &str = "(() => {
  const field = document.querySelector('#reply-draft');
  const seen = '[data-mirror] mark, [data-promises] li';
  const count = () => document.querySelectorAll(seen).length;
  let before = count();
  let typed;
  field.addEventListener('keydown', (event) => { typed = event.timeStamp; before = count(); });
  const watch = new MutationObserver(() => {
    if (count() <= before) return;
    before = count();
    requestAnimationFrame(() => requestAnimationFrame((now) => { globalThis.took = now - typed; }));
  });
  for (const list of document.querySelectorAll('[data-mirror], [data-promises]')) watch.observe(list, { childList: true });
})()";

fn main() {
    let Some(mut browser) = Chromium::start() else { return };
    let place = Place::new(On::Sqlite).unwrap();
    let mut server = Server::start_with(&place, &["--demo"], "beheerder\n");
    let site = server.said.lines().next().unwrap().rsplit_once("http://").unwrap().1.to_owned();
    let site = format!("http://{site}");
    let password = server.said.split("wachtwoord ").nth(1).unwrap();
    let password = password.split(' ').next().unwrap().to_owned();
    let cookie = server.log_in("samira", &password);
    for words in SIZES {
        let mut page = browser.page(Look::new("nl", Look::DESK, false));
        page.come_in(&site, &cookie);
        page.go(&format!("{site}/reply"));
        let mut took = typed(&mut page, words);
        took.sort_by(f64::total_cmp);
        let at = |share: usize| took[(took.len() - 1) * share / 100];
        println!(
            "{words:>5} words: median {:.0} ms, 95 % {:.0} ms, most {:.0} ms, {} sentences (aim {AIM} ms at the median)",
            at(50),
            at(95),
            at(100),
            took.len()
        );
    }
    // Asked to stop, it takes its folder with it.
    server.stop();
}

/// Milliseconds from the last key of a sentence to its mark, for each sentence.
fn typed(page: &mut Page, words: usize) -> Vec<f64> {
    page.tab_to("[name=customer]");
    page.write(
        "Ik bel nu voor de derde keer over mijn internet en er is nog steeds niets gebeurd.",
    );
    page.tab_to("#reply-draft");
    page.write(&mail(words));
    page.until("document.querySelector('.reply-line') !== null");
    page.eval(WATCH);
    let mut took = Vec::with_capacity(TIMES);
    for n in 0..TIMES {
        // Nothing of the sentence before is still under way.
        std::thread::sleep(std::time::Duration::from_millis(300));
        page.eval("globalThis.took = undefined; 1");
        let (day, hour) = (n % 28 + 1, n % 12 + 9);
        page.write(&format!(" Ik bel u op {day} maart 2031 voor {hour}.00 uur over punt {n}"));
        // The sentence ends before half of it would be looked at by itself.
        page.press(".");
        let started = std::time::Instant::now();
        let mark = loop {
            let mark = page.eval("globalThis.took ?? null");
            if mark.is_number() || started.elapsed().as_secs() > 2 {
                break mark;
            }
            std::thread::sleep(std::time::Duration::from_millis(10));
        };
        took.extend(mark.as_f64());
    }
    took
}

/// A mail of about so many words, no two sentences the same.
fn mail(words: usize) -> String {
    const PARTS: [&str; 6] = [
        "Bedankt voor uw bericht van dag {n} over de storing in straat {n}.",
        "U schrijft dat het internet om {n} uur wegviel en dat dit de vorige week ook zo was.",
        "Ik heb in het systeem gezien dat er op die dag {n} meldingen uit uw wijk kwamen.",
        "De monteur heeft toen kast {n} nagekeken en een kabel vervangen die nat was geworden.",
        "Daarna was de verbinding volgens de meting {n} dagen goed.",
        "Wat merkt u zelf nog op de momenten dat het misgaat in kamer {n}?",
    ];
    let mut mail = String::new();
    for (n, part) in (1..).zip(PARTS.iter().cycle()) {
        if mail.split(' ').count() >= words {
            break;
        }
        mail += &part.replace("{n}", &n.to_string());
        mail.push(if n % 6 == 0 { '\n' } else { ' ' });
    }
    // Something to be heard at once, so that it shows when the page is ready.
    mail + "Ik begrijp het, maar dat is nu eenmaal ons beleid."
}
