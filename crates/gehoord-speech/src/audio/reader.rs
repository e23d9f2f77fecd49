//! Files of sound, block by block.

use std::io::{self, BufReader, Read, SeekFrom};
use std::panic::{AssertUnwindSafe, catch_unwind};

use symphonia::core::codecs::audio::well_known::CODEC_ID_AAC;
use symphonia::core::codecs::audio::{AudioDecoder, AudioDecoderOptions};
use symphonia::core::errors::Error;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, FormatReader, TrackType};
use symphonia::core::io::{MediaSource, MediaSourceStream};
use symphonia::core::meta::MetadataOptions;

use super::g711::Law;
use super::kind::Kind;
use super::sane;

/// The rates that are read, in samples a second.
const RATES: std::ops::RangeInclusive<u32> = 8_000..=192_000;
/// Raw bytes of G.711 in one block.
const RAW_BLOCK: usize = 4_000;
/// Samples with which every encoder of AAC begins, before the sound (ISO/IEC 14496-3); some put
/// more.
const AAC_START: usize = 1_024;
/// A file whose pieces are damaged one after another is not of its kind at all.
const MOST_DAMAGED: u32 = 1_000;

/// Why a file of sound cannot be read at all.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AudioError {
    /// Opus.
    #[error(
        "this is Opus, which is not read here; convert it first, for instance with \
         'ffmpeg -i call.opus call.flac'"
    )]
    Opus,
    /// The bytes are of no kind that is known.
    #[error(
        "no sound can be read from this ({0}); expected WAV, MP3, FLAC, Ogg Vorbis, M4A (AAC), or \
         raw G.711 with a name on .ulaw or .alaw"
    )]
    NotSound(String),
    /// A rate out of range.
    #[error("the sound has {0} samples a second; expected 8000 to 192000")]
    Rate(u32),
    /// Reading failed.
    #[error("the sound could not be read: {0}")]
    Io(#[from] io::Error),
}

/// A piece of sound: as many samples of −1 to 1 for each channel, one or two.
#[derive(Debug, Default)]
pub struct Block {
    /// The samples of each channel.
    pub channels: Vec<Vec<f32>>,
}

/// Reads a file of sound block by block, with memory that does not grow with its length.
pub struct AudioReader {
    rate: u32,
    channels: usize,
    source: Source,
    block: Block,
    planes: Vec<Vec<f32>>,
    /// Samples a channel that were read.
    read: u64,
    /// Samples a channel that the file says it has.
    told: Option<u64>,
    damaged: u32,
    /// What ended it before its end.
    broken: Option<String>,
    more_channels: usize,
    /// Samples that are left out before the first.
    skip: usize,
}

enum Source {
    Raw(Law, Box<dyn Read + Send>),
    Container { format: Box<dyn FormatReader>, decoder: Box<dyn AudioDecoder>, track: u32 },
    Ended,
}

impl std::fmt::Debug for AudioReader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AudioReader")
            .field("rate", &self.rate)
            .field("channels", &self.channels)
            .field("read", &self.read)
            .finish_non_exhaustive()
    }
}

impl AudioReader {
    /// Opens a file of sound. Raw G.711 is read as one channel of 8 kHz.
    ///
    /// # Errors
    /// When it is no sound that can be decoded, or its rate is out of range.
    pub fn open(kind: Kind, source: Box<dyn MediaSource>) -> Result<Self, AudioError> {
        match kind {
            Kind::Opus => Err(AudioError::Opus),
            Kind::Raw(law) => {
                Ok(Self::new(8_000, 1, Source::Raw(law, Box::new(BufReader::new(source)))))
            }
            // The decoders are not ours; what they do not foresee is an error like others.
            Kind::Container => catch_unwind(AssertUnwindSafe(|| Self::container(source)))
                .unwrap_or_else(|_| Err(AudioError::NotSound("the file is damaged".to_owned()))),
        }
    }

    fn new(rate: u32, channels: usize, source: Source) -> Self {
        Self {
            rate,
            channels,
            source,
            block: Block::default(),
            planes: Vec::new(),
            read: 0,
            told: None,
            damaged: 0,
            broken: None,
            more_channels: 0,
            skip: 0,
        }
    }

    fn container(mut source: Box<dyn MediaSource>) -> Result<Self, AudioError> {
        if let Some(plain) = short_wav(source.as_mut())? {
            if !RATES.contains(&plain.rate) {
                return Err(AudioError::Rate(plain.rate));
            }
            let bytes = BufReader::new(source).take(plain.bytes);
            let raw = Source::Raw(plain.law, Box::new(bytes));
            let mut reader = Self::new(plain.rate, plain.channels, raw);
            reader.told = Some(plain.bytes / plain.channels as u64);
            return Ok(reader);
        }
        let stream = MediaSourceStream::new(source, Default::default());
        let no = |error: Error| match error {
            Error::IoError(error) if error.kind() != io::ErrorKind::UnexpectedEof => error.into(),
            other => AudioError::NotSound(other.to_string()),
        };
        let format = symphonia::default::get_probe()
            .probe(&Hint::new(), stream, FormatOptions::default(), MetadataOptions::default())
            .map_err(no)?;
        let track = format
            .default_track(TrackType::Audio)
            .ok_or_else(|| AudioError::NotSound("it holds no sound".to_owned()))?;
        let told = track.num_frames;
        let id = track.id;
        let parameters = track.codec_params.as_ref().and_then(|codec| codec.audio());
        let parameters =
            parameters.ok_or_else(|| AudioError::NotSound("its sound is unknown".to_owned()))?;
        let codec = parameters.codec;
        let rate = parameters.sample_rate.unwrap_or_default();
        let channels = parameters.channels.as_ref().map_or(0, |channels| channels.count());
        let decoder = symphonia::default::get_codecs()
            .make_audio_decoder(parameters, &AudioDecoderOptions::default())
            .map_err(no)?;
        let source = Source::Container { format, decoder, track: id };
        let mut reader = Self::new(rate, channels.min(2), source);
        reader.more_channels = channels.saturating_sub(2);
        reader.told = told;
        if codec == CODEC_ID_AAC {
            reader.skip = AAC_START;
        }
        // Some files (AAC) say only in their sound how many channels and samples a second they have.
        if rate == 0 || channels == 0 {
            reader.decode();
        }
        if reader.channels == 0 {
            return Err(AudioError::NotSound("nothing in it can be decoded".to_owned()));
        }
        match RATES.contains(&reader.rate) {
            true => Ok(reader),
            false => Err(AudioError::Rate(reader.rate)),
        }
    }

    /// Samples a second.
    #[must_use]
    pub fn rate(&self) -> u32 {
        self.rate
    }

    /// How many channels a block has: one or two.
    #[must_use]
    pub fn channels(&self) -> usize {
        self.channels
    }

    /// The next piece; `None` at the end, or where nothing more can be read.
    pub fn next_block(&mut self) -> Option<&Block> {
        if self.block.channels.first().is_none_or(Vec::is_empty) || self.read > 0 {
            self.block.channels.iter_mut().for_each(Vec::clear);
            if !catch_unwind(AssertUnwindSafe(|| self.decode())).unwrap_or_else(|_| {
                self.broken = Some("the file is damaged".to_owned());
                self.source = Source::Ended;
                false
            }) {
                self.source = Source::Ended;
                return None;
            }
        }
        self.read += self.block.channels.first().map_or(0, |samples| samples.len() as u64);
        Some(&self.block)
    }

    /// Seconds that were read so far.
    #[must_use]
    pub fn seconds(&self) -> f64 {
        self.read as f64 / f64::from(self.rate.max(1))
    }

    /// What could not be read, for people; asked for at the end.
    #[must_use]
    pub fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if self.more_channels > 0 {
            let all = self.more_channels + 2;
            notes.push(format!("the sound has {all} channels; only the first two were heard"));
        }
        if self.damaged > 0 {
            notes.push(format!(
                "{} damaged piece(s) of the sound could not be read; silence was put in their place",
                self.damaged
            ));
        }
        if let Some(why) = &self.broken {
            notes.push(format!(
                "the sound ends after {:.1} s, because {why}; what came before was heard",
                self.seconds()
            ));
        } else if let Some(told) = self.told.filter(|told| told.saturating_sub(self.read) > u64::from(self.rate) / 10)
            // Files that were made while they were sent say a length that is none.
            && told < u64::from(self.rate) * 24 * 3600
        {
            notes.push(format!(
                "the file is cut off: it says {:.1} s of sound and {:.1} s could be read",
                told as f64 / f64::from(self.rate),
                self.seconds()
            ));
        }
        notes
    }

    /// Reads into `block`; false at the end.
    fn decode(&mut self) -> bool {
        match &mut self.source {
            Source::Ended => false,
            Source::Raw(law, reader) => {
                let mut bytes = [0; RAW_BLOCK];
                let mut filled = 0;
                while filled < RAW_BLOCK {
                    match reader.read(&mut bytes[filled..]) {
                        Ok(0) => break,
                        Ok(n) => filled += n,
                        Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                        Err(error) => {
                            self.broken = Some(format!("it could not be read ({error})"));
                            break;
                        }
                    }
                }
                let frames = bytes[..filled].chunks_exact(self.channels);
                self.block.channels = (0..self.channels)
                    .map(|channel| frames.clone().map(|frame| law.decode(frame[channel])).collect())
                    .collect();
                filled >= self.channels
            }
            Source::Container { .. } => self.decode_packet(),
        }
    }

    fn decode_packet(&mut self) -> bool {
        let Source::Container { format, decoder, track } = &mut self.source else { return false };
        loop {
            let packet = match format.next_packet() {
                Ok(Some(packet)) if packet.track_id == *track => packet,
                Ok(Some(_)) => continue,
                Ok(None) => return false,
                // Whether that was too early is told from the length that the file says it has.
                Err(Error::IoError(error)) if error.kind() == io::ErrorKind::UnexpectedEof => {
                    return false;
                }
                Err(Error::DecodeError(_)) if self.damaged < MOST_DAMAGED => {
                    self.damaged += 1;
                    continue;
                }
                Err(error) => {
                    self.broken = Some(format!("the file is damaged ({error})"));
                    return false;
                }
            };
            match decoder.decode(&packet) {
                Ok(sound) => {
                    let spec = sound.spec();
                    let (rate, planes) = (spec.rate(), sound.num_planes());
                    if planes == 0 || sound.frames() == 0 {
                        continue;
                    }
                    if self.channels == 0 || self.rate == 0 {
                        (self.rate, self.channels) = (rate, planes.min(2));
                        self.more_channels = planes.saturating_sub(2);
                    }
                    if rate != self.rate || planes < self.channels {
                        self.broken = Some("its rate or channels change there".to_owned());
                        return false;
                    }
                    sound.copy_to_vecs_planar(&mut self.planes);
                    self.block.channels.resize_with(self.channels, Vec::new);
                    let skip = self.skip.min(sound.frames());
                    self.skip -= skip;
                    for (samples, plane) in self.block.channels.iter_mut().zip(&self.planes) {
                        samples.clear();
                        samples.extend(plane[skip..].iter().map(|sample| sane(*sample)));
                    }
                    if self.block.channels[0].is_empty() {
                        continue;
                    }
                    return true;
                }
                Err(Error::DecodeError(_) | Error::IoError(_)) if self.damaged < MOST_DAMAGED => {
                    self.damaged += 1;
                    let missing = packet.dur.get().min(u64::from(self.rate));
                    if self.channels > 0 && missing > 0 {
                        let silence = vec![0.0; usize::try_from(missing).unwrap_or_default()];
                        self.block.channels = vec![silence; self.channels];
                        return true;
                    }
                }
                Err(error) => {
                    self.broken = Some(format!("the file is damaged ({error})"));
                    return false;
                }
            }
        }
    }
}

/// G.711 in a WAV file.
struct PlainWav {
    law: Law,
    rate: u32,
    channels: usize,
    bytes: u64,
}

/// A WAV file of G.711 whose head is as short as that of PCM, as some recorders of calls write it:
/// the decoders want two bytes more. Leaves `source` where its sound begins, or else at its start.
fn short_wav(source: &mut dyn MediaSource) -> io::Result<Option<PlainWav>> {
    if !source.is_seekable() {
        return Ok(None);
    }
    let found = read_short_wav(source);
    match found {
        Some(_) => {}
        None => drop(source.seek(SeekFrom::Start(0))?),
    }
    Ok(found)
}

fn read_short_wav(source: &mut dyn MediaSource) -> Option<PlainWav> {
    let mut head = [0; 36];
    source.read_exact(&mut head).ok()?;
    let word = |at: usize| u16::from_le_bytes([head[at], head[at + 1]]);
    let long = |at: usize| u32::from_le_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
    let plain = head.starts_with(b"RIFF") && &head[8..16] == b"WAVEfmt " && long(16) == 16;
    let law = match (plain, word(20)) {
        (true, 6) => Law::A,
        (true, 7) => Law::Mu,
        _ => return None,
    };
    let (channels, rate) = (usize::from(word(22)), long(24));
    // Other chunks may stand before the sound.
    for _ in 0..16 {
        let mut chunk = [0; 8];
        source.read_exact(&mut chunk).ok()?;
        let size = u32::from_le_bytes([chunk[4], chunk[5], chunk[6], chunk[7]]);
        if chunk.starts_with(b"data") {
            let fits = (1..=2).contains(&channels);
            return fits.then_some(PlainWav { law, rate, channels, bytes: size.into() });
        }
        source.seek(SeekFrom::Current(i64::from(size) + i64::from(size % 2))).ok()?;
    }
    None
}
