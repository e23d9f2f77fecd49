//! Speech to text as tests have it: answers that were written before, and one that does not come.

use std::path::Path;
use std::sync::{Arc, Condvar, Mutex};

use gehoord_server::{SpeechModel, SpeechToText, app};
use gehoord_speech::transcribe::{ModelSize, Said, Scripted, TranscribeError, Transcriber};

use super::{Caller, World};

/// What was said in a stretch: words with their times.
pub(crate) type Answer = &'static [(&'static str, u32, u32)];

/// A model that is in force.
pub(crate) fn model(transcriber: &Arc<impl Transcriber + 'static>) -> SpeechToText {
    let transcriber = Arc::clone(transcriber) as Arc<dyn Transcriber>;
    let size = ModelSize { multilingual: true, audio_layers: 6, text_layers: 6 };
    let file = Path::new("/modellen/ggml-eigen.bin");
    SpeechToText::On(Arc::new(SpeechModel::new(transcriber, file, b"abc".to_vec(), Some(size))))
}

/// The same world with speech to text.
pub(crate) fn with(mut world: World, speech_to_text: SpeechToText) -> World {
    world.state = world.state.clone().with_speech_to_text(speech_to_text);
    world.router = app(world.state.clone());
    world
}

/// Somebody at the doors of this world.
pub(crate) fn at(world: &World, caller: Caller) -> Caller {
    Caller { router: world.router.clone(), ..caller }
}

/// Writes out the first stretch, and then waits until it is freed.
#[derive(Default)]
pub(crate) struct Stuck {
    scripted: Scripted,
    free: Mutex<bool>,
    freed: Condvar,
}

impl Stuck {
    pub(crate) fn new(answers: &[Answer]) -> Arc<Self> {
        Arc::new(Self { scripted: Scripted::new(answers), ..Self::default() })
    }

    /// Frees it when this goes, whatever becomes of the test.
    pub(crate) fn until_here(self: &Arc<Self>) -> Freed {
        Freed(Arc::clone(self))
    }
}

pub(crate) struct Freed(Arc<Stuck>);

impl Drop for Freed {
    fn drop(&mut self) {
        *self.0.free.lock().unwrap() = true;
        self.0.freed.notify_all();
    }
}

impl Transcriber for Stuck {
    fn transcribe(&self, samples: &[f32], language: Option<&str>) -> Result<Said, TranscribeError> {
        if !self.scripted.asked().is_empty() {
            let free = self.free.lock().unwrap();
            drop(self.freed.wait_while(free, |free| !*free).unwrap());
        }
        self.scripted.transcribe(samples, language)
    }
}
