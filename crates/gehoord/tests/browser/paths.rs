//! What one does on each page, with the keyboard alone.

use crate::Demo;
use crate::chromium::{Chromium, Look, Page};

/// A page, who does it, where it begins, and what is done there.
type Path = (&'static str, &'static str, &'static str, fn(&mut Page, &Demo));

/// The main path of each page that one does something on.
const PATHS: [Path; 14] = [
    ("log in", "", "/login", log_in),
    ("today to a contact", "samira", "/today", today),
    ("why words are marked", "samira", "/contacts/{contact}", why),
    ("a call that is listened to", "samira", "/contacts/{contact}", call),
    ("a promise", "samira", "/contacts/{contact}", promise),
    ("a list made shorter", "samira", "/contacts", contacts),
    ("search", "samira", "/search", search),
    ("a better reply", "samira", "/reply", reply),
    ("a danger that is none", "samira", "/reply", not_so),
    ("a note", "samira", "/note", note),
    ("words to begin with", "samira", "/reply", suggestion),
    ("a new team", "beheer", "/admin/teams", team),
    ("a house style", "beheer", "/admin/texts/house_style", house_style),
    ("a customer nobody knows", "mirjam", "/privacy/customer", customer),
];

/// Walks them all in a look; what stops one ends it.
pub(crate) fn walk(browser: &mut Chromium, demo: &Demo, look: Look) {
    for (name, login, path, steps) in PATHS {
        println!("{name}, {}", look.name());
        let mut page = demo.page(browser, login, look);
        page.go(&demo.address(path));
        steps(&mut page, demo);
        assert_eq!(page.complaints(), Vec::<String>::new(), "{name}");
    }
}

/// Goes where the focus leads and waits for the page there.
fn follow(page: &mut Page) {
    page.on_to(|page| page.press("Enter"));
}

fn path_of(page: &mut Page) -> String {
    page.text("location.pathname")
}

fn log_in(page: &mut Page, demo: &Demo) {
    // The first field has the focus already.
    page.write("samira");
    page.press("Tab");
    page.write(&demo.password);
    follow(page);
    assert_eq!(path_of(page), "/today");
    // The way past the menu, and out again.
    page.press("Tab");
    assert_eq!(page.text("document.activeElement.className"), "skip");
    page.press("Enter");
    page.until("location.hash === '#content'");
    page.go(&demo.address("/today"));
    page.tab_to(".me > summary");
    page.press("Enter");
    page.until("document.querySelector('.me').open");
    page.press("Escape");
    page.until("!document.querySelector('.me').open");
    page.press("Enter");
    page.tab_to("form[action='/logout'] button");
    follow(page);
    assert_eq!(path_of(page), "/login");
}

fn today(page: &mut Page, _: &Demo) {
    page.tab_to("a.line");
    follow(page);
    assert!(path_of(page).starts_with("/contacts/"));
    assert!(page.eval("document.querySelectorAll('.turn').length > 1") == true);
}

fn why(page: &mut Page, _: &Demo) {
    page.tab_to("a.mark");
    page.press("Enter");
    page.until("document.querySelector('.pop')?.matches(':popover-open')");
    assert!(page.text("document.querySelector('.pop').textContent").len() > 20);
    page.press("Escape");
    page.until("!document.querySelector('.pop').matches(':popover-open')");
    assert_eq!(page.eval("document.activeElement.matches('a.mark')"), true, "the focus is back");
    page.press(" ");
    page.until("document.querySelector('.pop').matches(':popover-open')");
    // From the words on to saying that it is wrong.
    page.tab_to(".pop a");
    follow(page);
    page.until("document.activeElement.matches('#doubt')");
    page.write("Dat bedoelt deze klant niet.");
    page.tab_to("form.doubt button");
    follow(page);
    assert!(page.eval("!document.querySelector('#doubt')") == true);
}

fn call(page: &mut Page, _: &Demo) {
    page.until("!document.querySelector('.lanes-seek').hidden");
    assert_eq!(
        page.eval("document.querySelector('#call audio').readyState"),
        0,
        "nobody listens before they play it"
    );
    page.tab_to("#call .lanes-seek input");
    for _ in 0..4 {
        page.press("ArrowRight");
    }
    page.until("Math.abs(document.querySelector('#call audio').currentTime - 4) < 0.1");
    // The line follows, and the turn that is being said is marked.
    let moved = "Number(document.querySelector('.lanes-now').getAttribute('x1')) > \
                 Number(document.querySelector('.lanes-box').dataset.left) + 5";
    page.until(moved);
    page.until("document.querySelector('#turn-0').matches('.saying[aria-current]')");
    // A time leads there, and it plays.
    page.tab_to("#turn-1 .turn-seek");
    page.press("Enter");
    page.until("!document.querySelector('#call audio').paused");
    page.until("document.querySelector('#turn-1').matches('.saying')");
    assert_eq!(page.eval("document.querySelectorAll('.turn.saying').length"), 1);
    page.eval("document.querySelector('#call audio').pause()");
    // All of it is in a table as well.
    page.eval("document.querySelector('#call').scrollIntoView(); 1");
    assert_eq!(page.eval("document.querySelectorAll('.call-turns tbody tr').length > 4"), true);
}

fn promise(page: &mut Page, _: &Demo) {
    page.tab_to("#promises summary");
    page.press("Enter");
    page.tab_to("#promises form.due button");
    follow(page);
    assert!(page.text("location.hash").starts_with("#promise-"));
    page.tab_to("#promises [name=state][value=kept]");
    follow(page);
    assert_eq!(page.eval("!!document.querySelector('#promises .tag.well')"), true);
    page.tab_to("#promises [name=state][value=open]");
    follow(page);
    assert_eq!(page.eval("!document.querySelector('#promises .tag.well')"), true);
}

fn contacts(page: &mut Page, _: &Demo) {
    let all = page.eval("document.querySelectorAll('a.line').length");
    page.tab_to("[name=status]");
    page.press("ArrowDown");
    page.tab_to("form.filters button");
    follow(page);
    let open = page.eval("document.querySelectorAll('a.line').length");
    assert!(open.as_i64() < all.as_i64() && open.as_i64() > Some(0), "{all} {open}");
}

fn search(page: &mut Page, _: &Demo) {
    page.tab_to("[name=words]");
    page.write("monteur");
    follow(page);
    assert_eq!(page.eval("document.querySelectorAll('a.line mark').length > 0"), true);
    page.tab_to("a.line");
    follow(page);
    assert!(path_of(page).starts_with("/contacts/"));
}

fn reply(page: &mut Page, _: &Demo) {
    page.tab_to("[name=customer]");
    page.write(
        "Ik bel nu voor de derde keer en er is nog steeds niets gebeurd. Ik word er moedeloos van.",
    );
    page.tab_to("#reply-draft");
    page.write("Ik begrijp het, maar dat is nu eenmaal ons beleid. ");
    page.until("document.querySelectorAll('.reply-line').length > 0");
    assert_eq!(page.eval("document.querySelectorAll('.reply-mirror mark').length > 0"), true);
    assert_eq!(page.eval("document.querySelectorAll('[data-lines] > li').length <= 2"), true);
    page.press("Control+Enter");
    page.until("document.querySelector('.reply [data-status]').textContent.length > 5");
}

/// Whoever writes knows better: the card goes for this message, and comes back for the next.
fn not_so(page: &mut Page, _: &Demo) {
    let cards = "document.querySelectorAll('[data-cards] [data-protocol]').length";
    page.tab_to("[name=customer]");
    page.write("Ik heb al drie keer gebeld en er gebeurt niets. Ik ruik gas in de keuken.");
    page.until(&format!("{cards} === 1"));
    assert_eq!(page.eval("document.querySelector('[data-suggest]').hidden"), true);
    page.tab_to("[data-ask]");
    page.press("Enter");
    page.until("document.querySelector('.reply [data-status]').textContent.length > 20");
    page.tab_to("[data-not-so]");
    page.press("Enter");
    page.until(&format!("{cards} === 0"));
    assert_eq!(page.eval("document.querySelector('[data-suggest]').hidden"), false);
    page.write("Goedemiddag, ik kijk het na.");
    page.until("document.querySelectorAll('[data-lines] > li').length > 0");
    page.press("Alt+Enter");
    page.until("document.querySelectorAll('[data-suggestion-list] > li').length > 0");
    assert_eq!(page.eval(cards), 0, "it stays away for this message");
    page.tab_to("[name=customer]");
    page.write(" Ik ruik gas!");
    page.until(&format!("{cards} === 1"));
}

fn note(page: &mut Page, _: &Demo) {
    page.tab_to("[name=matter]");
    page.write("Mevrouw stond aan de balie: haar pas doet het niet meer.");
    page.tab_to("[name=promise]");
    page.write("Ik bel u morgen voor 12.00 uur terug.");
    page.tab_to("form[action='/note'] button");
    follow(page);
    assert!(path_of(page).starts_with("/contacts/"));
    assert_eq!(page.eval("document.querySelectorAll('.promise').length"), 1);
}

fn team(page: &mut Page, _: &Demo) {
    let name = format!("Team {}", page.text("document.documentElement.lang"));
    page.tab_to("form[action='/admin/teams'] [name=name]");
    page.write(&name);
    follow(page);
    assert!(page.text("document.querySelector('main').innerText").contains(&name));
}

fn suggestion(page: &mut Page, _: &Demo) {
    page.tab_to("[name=customer]");
    page.write(
        "De lift staat al weken stil en mijn vrouw komt het huis niet meer uit, we hebben het twee keer gemeld. Wanneer komt er nu eindelijk iemand?",
    );
    page.tab_to("#reply-draft");
    page.press("Alt+Enter");
    page.until("document.querySelectorAll('[data-suggestion-list] > li').length > 0");
    // What is asked for right after pasting stays, also when the words have been looked at.
    page.until("(window.since ??= performance.now(), performance.now() - window.since > 900)");
    assert_eq!(
        page.eval("document.querySelectorAll('[data-suggestion-list] > li').length > 0"),
        true
    );
    // The customer's words stand on the page, and are not kept for other conversations.
    let quotes = "document.querySelector('[data-suggestion-list]').textContent.includes('“')";
    assert_eq!(page.eval(quotes), true);
    assert_eq!(page.eval("sessionStorage.getItem('suggested').includes('“')"), false);
    page.tab_to("[data-suggestion-list] button");
    page.press("Enter");
    page.until("document.querySelector('#reply-draft').value.length > 20");
}

/// A broken one says what is wrong and where, and is not kept.
fn house_style(page: &mut Page, _: &Demo) {
    page.tab_to("[name='all.salutation']");
    page.write("Beste {naam},");
    page.tab_to("#fill-in button[value=look]");
    follow(page);
    assert_eq!(
        page.eval("document.querySelector('.plain-words').textContent.includes('Beste {naam},')"),
        true
    );
    page.tab_to("details.as-text > summary");
    page.press("Enter");
    page.tab_to("textarea[name=text]");
    page.write("address = ");
    page.tab_to("form button[value=keep]");
    follow(page);
    assert_eq!(page.eval("document.querySelector('[aria-invalid=true]') !== null"), true);
    // What cannot be read is answered with 422, which the console tells.
    assert_eq!(page.complaints().len(), 1);
}

fn customer(page: &mut Page, _: &Demo) {
    page.tab_to("[name=customer]");
    page.write("niemand@voorbeeld.nl");
    page.tab_to("form[action='/privacy/customer'] button");
    follow(page);
    assert_eq!(page.eval("document.querySelector('.notice') !== null"), true);
    // Nobody of that name is answered with 404, which the console tells.
    assert_eq!(page.complaints().len(), 1);
}
