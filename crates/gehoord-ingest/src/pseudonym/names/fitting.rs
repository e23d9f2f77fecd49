//! Makes the weights of the model of names from texts whose names are known.

use gehoord_conversation::{Language, PersonalKind, Span};

use super::super::engine::Pseudonymiser;
use super::super::rules::Use;
use super::super::words::Known;
use super::context::{Context, may_be_name};
use super::weights::CELLS;

/// A text whose names are known.
#[derive(Debug, Clone)]
pub struct Lesson {
    /// The text.
    pub text: String,
    /// Its language.
    pub language: Option<Language>,
    /// Where its names stand, in order and apart, on character borders.
    pub names: Vec<Span>,
    /// How much it counts beside others: above 0.
    pub weight: f32,
    /// In how many further ways it is taught, with other names in it.
    pub variants: usize,
    /// Its names were found by the rules: what looks like one and was not found may be one.
    pub guessed: bool,
}

/// Above this the letters of an unknown word may well be a name: a logit.
const DOUBTFUL: f32 = 1.0;
const EPOCHS: usize = 6;
const STEP: f32 = 0.2;
const DECAY: f32 = 2e-5;

/// One word as it is taught.
struct Example {
    cells: Vec<u32>,
    name: bool,
    weight: f32,
}

/// Fits the weights. The same lessons give the same weights.
///
/// Every text is taught as it stands and in small letters, and again with other names in the place
/// of its own: listed ones, rare ones, and made-up ones that are in no list.
#[must_use]
pub fn fit_names(finder: &Pseudonymiser, lessons: &[Lesson]) -> Vec<u8> {
    let mut chance = Chance(0x2545_F491_4F6C_DD1D);
    let pools = Pools::new(finder);
    let mut examples = Vec::new();
    for lesson in lessons {
        let variants = if lesson.names.is_empty() { 0 } else { lesson.variants };
        for variant in 0..=variants {
            let mut taught = lesson.clone();
            if variant > 0 {
                pools.rename(&mut taught, &mut chance);
            }
            teach(finder, &taught, &mut examples);
            let small = in_small(&taught);
            if small.text != taught.text && variant % 2 == 0 {
                teach(finder, &small, &mut examples);
            }
        }
    }
    fit(&examples, &mut chance)
}

fn teach(finder: &Pseudonymiser, lesson: &Lesson, out: &mut Vec<Example>) {
    let mut scene = finder.scene(&lesson.text, lesson.language);
    Pseudonymiser::all_but_names(&mut scene);
    super::by_rules(&mut scene);
    let context = Context::new(&scene);
    for index in 0..scene.len() {
        let span = scene.tokens.all[index].span();
        let taken = scene.taken(span).is_some_and(|kind| kind != PersonalKind::Name);
        if taken || scene.is_quiet(index) || !may_be_name(&scene, index) {
            continue;
        }
        let name = lesson.names.iter().any(|n| n.overlaps(&span));
        if name && scene.is(index, Use::Particle) {
            continue;
        }
        let token = &scene.tokens.all[index];
        let like = token.known.name() && !scene.ordinary(index)
            || token.known.nothing() && scene.likeness(index) > DOUBTFUL;
        if lesson.guessed && !name && !token.capital && like {
            continue;
        }
        let mut features = Vec::new();
        context.features(&scene, index, &mut features);
        features.iter_mut().for_each(|f| *f %= CELLS as u32);
        out.push(Example { cells: features, name, weight: lesson.weight });
    }
}

/// Logistic regression with steps that shrink by cell (AdaGrad).
fn fit(examples: &[Example], chance: &mut Chance) -> Vec<u8> {
    let mut weights = vec![0.0_f32; CELLS];
    let mut squares = vec![1e-4_f32; CELLS];
    let mut order: Vec<usize> = (0..examples.len()).collect();
    for _ in 0..EPOCHS {
        for i in (1..order.len()).rev() {
            order.swap(i, chance.below(i + 1));
        }
        for &i in &order {
            let example = &examples[i];
            let sum: f32 = example.cells.iter().map(|c| weights[*c as usize]).sum();
            let guess = 1.0 / (1.0 + (-sum.clamp(-30.0, 30.0)).exp());
            let slope = (guess - f32::from(u8::from(example.name))) * example.weight;
            for cell in &example.cells {
                let cell = *cell as usize;
                let step = slope + DECAY * weights[cell];
                squares[cell] += step * step;
                weights[cell] -= STEP * step / squares[cell].sqrt();
            }
        }
    }
    weights
        .iter()
        .map(|w| ((w * 16.0).round().clamp(-127.0, 127.0) as i8).cast_unsigned())
        .collect()
}

fn in_small(lesson: &Lesson) -> Lesson {
    // Letters whose small form has another length stay, so that places hold.
    let text = lesson.text.chars().map(|c| {
        let mut small = c.to_lowercase();
        match (small.next(), small.next()) {
            (Some(one), None) if one.len_utf8() == c.len_utf8() => one,
            _ => c,
        }
    });
    Lesson { text: text.collect(), ..lesson.clone() }
}

/// Names to put in the place of others.
struct Pools {
    near: [Vec<String>; 2],
    far: [Vec<String>; 2],
    /// Usual names that are ordinary words too, by language: "Roos", "Mr White".
    words: [[Vec<String>; 2]; 4],
}

impl Pools {
    fn new(finder: &Pseudonymiser) -> Self {
        let mut pools =
            Self { near: Default::default(), far: Default::default(), words: Default::default() };
        finder.words().each(|word, known| {
            let plain = word.len() > 2 && word.bytes().all(|b| b.is_ascii_lowercase());
            for (which, bit) in [Known::FIRST, Known::LAST].into_iter().enumerate() {
                if known.is(bit) && plain && !known.is(Known::STOP) {
                    let near = known.is(Known::NEAR);
                    let pool = if near { &mut pools.near } else { &mut pools.far };
                    pool[which].push(word.to_owned());
                    for language in Language::ALL.iter().filter(|l| near && known.ordinary(**l)) {
                        pools.words[*language as usize][which].push(word.to_owned());
                    }
                }
            }
        });
        pools
    }

    fn name(&self, last: usize, language: Option<Language>, chance: &mut Chance) -> String {
        let pick = |pool: &[Vec<String>; 2], chance: &mut Chance| match pool[last].len() {
            0 => String::new(),
            n => pool[last][chance.below(n)].clone(),
        };
        match chance.below(16) {
            0..=5 => pick(&self.near, chance),
            6..=8 => pick(&self.words[language.unwrap_or(Language::Nl) as usize], chance),
            9..=11 => pick(&self.far, chance),
            _ => {
                let (head, tail) = (pick(&self.far, chance), pick(&self.near, chance));
                format!("{}{}", &head[..head.len().div_ceil(2)], &tail[tail.len() / 2..])
            }
        }
    }

    /// Puts other names in the place of those of a lesson, written as they were.
    fn rename(&self, lesson: &mut Lesson, chance: &mut Chance) {
        let mut text = String::new();
        let mut names = Vec::new();
        let mut done = 0;
        for span in &lesson.names {
            text.push_str(&lesson.text[done..span.start]);
            let start = text.len();
            for (i, word) in span.of(&lesson.text).split(' ').enumerate() {
                text.push_str(if i > 0 { " " } else { "" });
                let plain = word.chars().count() > 2 && word.chars().all(char::is_alphabetic);
                let particle = i > 0
                    && word.chars().next().is_some_and(char::is_lowercase)
                    && span.of(&lesson.text).chars().any(char::is_uppercase);
                if !plain || particle || is_small_word(word) {
                    text.push_str(word);
                    continue;
                }
                let name = self.name(usize::from(i > 0), lesson.language, chance);
                let mut letters = name.chars();
                let upper = word.chars().all(char::is_uppercase);
                let capital = word.chars().next().is_some_and(char::is_uppercase);
                match letters.next() {
                    Some(first) if capital => text.extend(first.to_uppercase()),
                    Some(first) => text.push(first),
                    None => {}
                }
                let rest = letters.as_str();
                text.push_str(&if upper { rest.to_uppercase() } else { rest.to_owned() });
            }
            names.push(Span::new(start, text.len()));
            done = span.end;
        }
        text.push_str(&lesson.text[done..]);
        lesson.text = text;
        lesson.names = names;
    }
}

/// "van", "der", "den": words within names that are no name themselves.
fn is_small_word(word: &str) -> bool {
    matches!(word.to_lowercase().as_str(), "van" | "von" | "der" | "den" | "del" | "ter" | "ten")
}

/// A row of numbers that look like chance (xorshift64).
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end as u64) as usize
    }
}
