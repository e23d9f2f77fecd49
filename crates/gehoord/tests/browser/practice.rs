//! Voice practice with a microphone that plays a file: a plain voice first, then the same one with
//! the mouth that a smile makes. And what the page says when there is no microphone.

use gehoord_speech::synthesis::voice::{self, Manner, RATE};
use gehoord_speech::synthesis::{Dice, Form, wav};

use crate::chromium::{Chromium, Page};
use crate::{Demo, LOOKS, common, picture};

/// A woman, plain, for so many milliseconds from the start of the file.
const PLAIN: Manner = Manner { pitch: 205.0, movement: 4.0, pace: 4.6, level: -20.0, length: 0.87 };
const PLAIN_MS: u32 = 8_000;
/// The same with a smile.
const SMILING: Manner = Manner { pitch: 246.0, length: 0.78, ..PLAIN };

/// What the microphone hears, as a file: two sentences again and again.
fn recording() -> Vec<u8> {
    let mut samples = vec![0.0; RATE as usize / 4];
    for sentence in 0.. {
        let at = samples.len() as u32 / (RATE / 1000);
        if at > 50_000 {
            break;
        }
        let manner = if at < PLAIN_MS { PLAIN } else { SMILING };
        samples.extend(voice::say(9, manner, &mut Dice::new(1 + sentence % 2)).samples);
        samples.resize(samples.len() + RATE as usize / 4, 0.0);
    }
    let mut dice = Dice::new(1);
    samples.iter_mut().for_each(|sample| *sample += 0.002 * (dice.unit() - 0.5));
    wav(&[&samples], RATE, Form::Pcm)
}

/// Asked of the panel of an exercise.
fn of(panel: &str, what: &str, then: &str) -> String {
    format!("document.querySelector('[data-panel=\"{panel}\"] {what}'){then}")
}

fn words(page: &mut Page, panel: &str) -> String {
    page.text(&of(panel, "[data-words]", "?.textContent"))
}

#[test]
fn somebody_practises_with_a_microphone_and_sees_the_meters_move() {
    let file = common::folder("browser-practice").join("voice.wav");
    std::fs::write(&file, recording()).unwrap();
    let microphone = [
        "--use-fake-device-for-media-stream".to_owned(),
        "--use-fake-ui-for-media-stream".to_owned(),
        format!("--use-file-for-fake-audio-capture={}", file.display()),
    ];
    let Some(mut browser) = Chromium::start_with(&microphone) else { return };
    let demo = Demo::start();
    let look = LOOKS[0];
    let mut page = demo.page(&mut browser, "samira", look);
    page.go(&demo.address("/practice"));
    // Without a neutral voice there is nothing to compare with.
    page.tab_to("#number > summary");
    page.press("Enter");
    page.tab_to("#number [data-go]");
    page.press("Enter");
    page.until(&of("number", "[data-said]", ".textContent.includes('neutrale stem')"));
    page.tab_to("#number [data-first] a");
    page.press("Enter");
    page.tab_to("#neutral [data-go]");
    page.press("Enter");
    page.until(&of("", "[data-on]", ".hidden === false"));
    page.until(&of("", "[data-words]", "?.textContent.startsWith('genoeg')"));
    page.press("Enter");
    page.until(&of("", "[data-said]", ".textContent.includes('bekend')"));
    assert_eq!(page.eval(&of("", "[data-on]", ".hidden")), true, "the microphone is off");
    assert_eq!(page.eval(&of("", "[data-go]", ".matches(':focus')")), true);
    // With a smile: first the same words as usual.
    page.tab_to("#good_news > summary");
    page.press("Enter");
    page.tab_to("#good_news [data-plain]");
    page.press("Enter");
    page.until(&of("good_news", "[data-words]", "?.textContent.startsWith('genoeg')"));
    page.press("Enter");
    page.until(&of("good_news", "[data-said]", ".textContent.includes('bekend')"));
    // The file begins anew, plain first, and then with the smile.
    page.tab_to("#good_news [data-go]");
    page.press("Enter");
    page.until(&of("good_news", "[data-meter]", "?.hidden === false"));
    let first = page.eval(&format!("+{}", of("good_news", "circle", ".getAttribute('cx')")));
    page.until(&of("good_news", "[data-words]", ".textContent.startsWith('hoger en')"));
    let last = page.eval(&format!("+{}", of("good_news", "circle", ".getAttribute('cx')")));
    assert!(last.as_f64() > first.as_f64().map(|first| first + 30.0), "{first} {last}");
    page.press("Escape");
    page.until(&of("good_news", "[data-said]", ".textContent.startsWith('Klaar')"));
    assert!(words(&mut page, "good_news").contains("dan je neutrale stem"));
    page.tab_to("#good_news [data-figures] > summary");
    page.press("Enter");
    let cells = page.text(&of("good_news", "tbody", ".innerText"));
    assert!(cells.contains("Hz") && cells.contains("halve toon"), "{cells}");
    page.picture(&picture("practice-done", look));
    assert_eq!(page.complaints(), Vec::<String>::new());
}

#[test]
fn without_a_microphone_the_page_says_what_to_do() {
    let Some(mut browser) = Chromium::start() else { return };
    let demo = Demo::start();
    let mut page = demo.page(&mut browser, "samira", LOOKS[3]);
    page.go(&demo.address("/practice"));
    for (wrong, says) in [
        ("() => Promise.reject(new DOMException('x', 'NotAllowedError'))", "no permission"),
        ("() => Promise.reject(new DOMException('x', 'NotFoundError'))", "No microphone was found"),
        ("undefined", "secure address"),
    ] {
        page.eval(&format!("navigator.mediaDevices.getUserMedia = {wrong}; 1"));
        page.eval("document.querySelector('#neutral [data-go]').click()");
        page.until(&of("", "[data-said]", &format!(".textContent.includes('{says}')")));
        assert_eq!(page.eval(&of("", "[data-on]", ".hidden")), true);
        assert_eq!(page.text(&of("", "[data-go]", ".textContent")), "Start");
    }
    assert_eq!(page.complaints(), Vec::<String>::new());
}
