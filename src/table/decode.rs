//! From the bytes of a file to UTF-8 text: gzip by its magic number, encoding by mark, by validity or by guess.
//!
//! Everything is pushed piece by piece, and decisions look at fixed windows only, so the text does not depend on how the file
//! was cut. The order: an encoding the person names; a byte order mark; UTF-16 by its zero bytes; UTF-8 while it is valid; at
//! the first byte that is not, if all before was ASCII, the guess of `chardetng`.

use super::limits::Limits;
use crate::error::{Error, Result};
use encoding_rs::{CoderResult, Encoding, UTF_8, UTF_16BE, UTF_16LE};
use flate2::write::MultiGzDecoder;
use std::io::Write;

/// Bytes an encoding is guessed from.
pub(crate) const WINDOW: usize = 64 << 10;
/// Compressed bytes unfolded between two looks at the budget: at most 1,032 times as many come out.
const GZIP_STEP: usize = 4 << 10;
/// Share of zero bytes in one half of all byte pairs from which text is UTF-16.
const UTF16_ZEROS: f64 = 0.4;

/// Unfolds gzip, or passes on what is not gzip.
#[derive(Debug)]
pub(crate) enum Unfold {
    /// Fewer than two bytes seen.
    Unknown(Vec<u8>),
    Plain,
    Gzip(Box<MultiGzDecoder<Vec<u8>>>),
}

impl Unfold {
    pub(crate) fn new() -> Self {
        Self::Unknown(Vec::new())
    }

    pub(crate) fn is_gzip(&self) -> bool {
        matches!(self, Self::Gzip(_))
    }

    /// Takes bytes of the file; hands on unfolded ones. `read` and `made` count bytes in and out so far.
    pub(crate) fn push(&mut self, bytes: &[u8], budget: &mut Budget, sink: &mut dyn FnMut(&[u8]) -> Result<()>) -> Result<()> {
        if let Self::Unknown(head) = self {
            head.extend_from_slice(bytes);
            if head.len() < 2 {
                return Ok(());
            }
            let head = std::mem::take(head);
            *self = if head.starts_with(&[0x1f, 0x8b]) { Self::Gzip(Box::new(MultiGzDecoder::new(Vec::new()))) } else { Self::Plain };
            return self.push(&head, budget, sink);
        }
        let Self::Gzip(gzip) = self else {
            budget.plain(bytes.len())?;
            return sink(bytes);
        };
        for step in bytes.chunks(GZIP_STEP) {
            gzip.write_all(step).map_err(|_| Error::damaged_gzip())?;
            budget.unfolded(step.len(), gzip.get_ref().len())?;
            sink(gzip.get_ref())?;
            gzip.get_mut().clear();
        }
        Ok(())
    }

    pub(crate) fn finish(&mut self, budget: &mut Budget, sink: &mut dyn FnMut(&[u8]) -> Result<()>) -> Result<()> {
        match self {
            Self::Unknown(head) => sink(head),
            Self::Plain => Ok(()),
            Self::Gzip(gzip) => {
                gzip.try_finish().map_err(|_| Error::damaged_gzip())?;
                budget.unfolded(0, gzip.get_ref().len())?;
                sink(gzip.get_ref())
            }
        }
    }
}

/// Bytes in and out so far, and how many may come out.
#[derive(Debug)]
pub(crate) struct Budget {
    limits: Limits,
    read: u64,
    made: u64,
}

impl Budget {
    pub(crate) fn new(limits: Limits) -> Self {
        Self { limits, read: 0, made: 0 }
    }

    fn plain(&mut self, n: usize) -> Result<()> {
        self.made += n as u64;
        if self.made > self.limits.bytes { Err(Error::file_too_large("bytes", self.limits.bytes)) } else { Ok(()) }
    }

    fn unfolded(&mut self, read: usize, made: usize) -> Result<()> {
        self.read += read as u64;
        self.made += made as u64;
        let limit = self.limits.unfolded(self.read);
        if self.made > limit { Err(Error::unfolds_too_far(limit)) } else { Ok(()) }
    }
}

#[derive(Debug)]
enum Stage {
    /// Collects a window; `first`: the start of the file, where a mark may stand.
    Probe {
        window: Vec<u8>,
        first: bool,
    },
    /// UTF-8 with at most three bytes of an unfinished character; `fixed` once a character beyond ASCII was valid or the person chose it.
    Utf8 {
        carry: Vec<u8>,
        fixed: bool,
    },
    Other(Box<encoding_rs::Decoder>),
}

/// Decodes text.
#[derive(Debug)]
pub(crate) struct Decode {
    stage: Stage,
    chosen: Option<&'static Encoding>,
    /// Name of the encoding in use.
    pub(crate) encoding: &'static str,
    /// Whether the encoding was guessed from the letters' frequencies.
    pub(crate) guessed: bool,
    /// Whether the file began with a byte order mark.
    pub(crate) marked: bool,
    /// Places where bytes made no character and U+FFFD stands instead.
    pub(crate) n_replaced: u64,
}

impl Decode {
    /// A decoder; `label` names the encoding if the person did.
    pub(crate) fn new(label: Option<&str>) -> Result<Self> {
        let chosen = label.map(|l| Encoding::for_label(l.trim().as_bytes()).ok_or_else(|| Error::unknown_encoding(l))).transpose()?;
        let stage = Stage::Probe { window: Vec::new(), first: true };
        Ok(Self { stage, chosen, encoding: UTF_8.name(), guessed: false, marked: false, n_replaced: 0 })
    }

    /// Takes bytes; appends text.
    pub(crate) fn push(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        match &mut self.stage {
            Stage::Probe { window, .. } => {
                let (now, later) = bytes.split_at(bytes.len().min(WINDOW.saturating_sub(window.len())));
                window.extend_from_slice(now);
                if window.len() >= WINDOW {
                    self.decide(false, out);
                    self.push(later, out);
                }
            }
            Stage::Utf8 { .. } => self.utf8(bytes, false, out),
            Stage::Other(_) => self.other(bytes, false, out),
        }
    }

    /// The file has ended.
    pub(crate) fn finish(&mut self, out: &mut Vec<u8>) {
        while matches!(self.stage, Stage::Probe { .. }) {
            self.decide(true, out);
        }
        match self.stage {
            Stage::Other(_) => self.other(&[], true, out),
            _ => self.utf8(&[], true, out),
        }
    }

    /// Chooses an encoding from the window, then decodes it.
    fn decide(&mut self, last: bool, out: &mut Vec<u8>) {
        let Stage::Probe { window, first } = &mut self.stage else { return };
        let (window, first) = (std::mem::take(window), *first);
        let marked = if first { Encoding::for_bom(&window) } else { None };
        let skip = marked.map_or(0, |(_, n)| n);
        self.marked |= skip > 0;
        let encoding = match (marked, self.chosen) {
            (Some((encoding, _)), _) => encoding,
            (None, Some(chosen)) => chosen,
            (None, None) if first => utf16(&window).unwrap_or(UTF_8),
            _ => self.guess(&window, last),
        };
        self.encoding = encoding.name();
        self.stage = if encoding == UTF_8 {
            Stage::Utf8 { carry: Vec::new(), fixed: !first || marked.is_some() || self.chosen.is_some() }
        } else {
            Stage::Other(Box::new(encoding.new_decoder_without_bom_handling()))
        };
        self.push(window.get(skip..).unwrap_or_default(), out);
    }

    fn guess(&mut self, window: &[u8], last: bool) -> &'static Encoding {
        let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
        detector.feed(window, last);
        self.guessed = true;
        detector.guess(None, chardetng::Utf8Detection::Deny)
    }

    fn utf8(&mut self, bytes: &[u8], last: bool, out: &mut Vec<u8>) {
        let Stage::Utf8 { carry, fixed } = &mut self.stage else { return };
        let joined: Vec<u8>;
        let mut rest = if carry.is_empty() {
            bytes
        } else {
            carry.extend_from_slice(bytes);
            joined = std::mem::take(carry);
            &joined
        };
        loop {
            let Err(error) = std::str::from_utf8(rest) else {
                *fixed |= !rest.is_ascii();
                out.extend_from_slice(rest);
                return;
            };
            let (valid, bad) = rest.split_at(error.valid_up_to());
            *fixed |= !valid.is_ascii();
            out.extend_from_slice(valid);
            let skip = match error.error_len() {
                Some(n) => n,
                None if last => bad.len(),
                None => {
                    *carry = bad.to_vec();
                    return;
                }
            };
            if !*fixed {
                self.stage = Stage::Probe { window: Vec::new(), first: false };
                self.push(bad, out);
                if last {
                    self.finish(out);
                }
                return;
            }
            out.extend_from_slice("\u{fffd}".as_bytes());
            self.n_replaced += 1;
            rest = bad.get(skip..).unwrap_or_default();
        }
    }

    fn other(&mut self, bytes: &[u8], last: bool, out: &mut Vec<u8>) {
        let Stage::Other(decoder) = &mut self.stage else { return };
        let mut rest = bytes;
        loop {
            let room = decoder.max_utf8_buffer_length(rest.len()).unwrap_or(WINDOW).max(16);
            let start = out.len();
            out.resize(start + room, 0);
            let (result, read, written, replaced) = decoder.decode_to_utf8(rest, out.get_mut(start..).unwrap_or_default(), last);
            out.truncate(start + written);
            self.n_replaced += u64::from(replaced);
            rest = rest.get(read..).unwrap_or_default();
            if result == CoderResult::InputEmpty {
                return;
            }
        }
    }
}

/// UTF-16 without a mark: zeros stand in one half of the byte pairs (the high bytes of ASCII) and hardly in the other.
fn utf16(window: &[u8]) -> Option<&'static Encoding> {
    let n_pairs = window.len() / 2;
    let zeros = |offset: usize| window.iter().skip(offset).step_by(2).filter(|&&b| b == 0).count();
    #[expect(clippy::cast_precision_loss, reason = "the window is small")]
    let many = |n: usize| n_pairs > 1 && n as f64 >= UTF16_ZEROS * n_pairs as f64;
    match (many(zeros(0)), many(zeros(1))) {
        (false, true) => Some(UTF_16LE),
        (true, false) => Some(UTF_16BE),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(bytes: &[u8], step: usize) -> (String, &'static str, u64) {
        let mut decode = Decode::new(None).unwrap();
        let mut out = Vec::new();
        bytes.chunks(step).for_each(|c| decode.push(c, &mut out));
        decode.finish(&mut out);
        (String::from_utf8(out).unwrap(), decode.encoding, decode.n_replaced)
    }

    #[test]
    fn marks_name_the_encoding() {
        assert_eq!(decode(b"\xef\xbb\xbfa,\xc3\xa9", 1), ("a,é".into(), "UTF-8", 0));
        assert_eq!(decode(b"\xff\xfea\0,\0\xe9\0", 1), ("a,é".into(), "UTF-16LE", 0));
        assert_eq!(decode(b"\xfe\xff\0a\0,\0\xe9", 3), ("a,é".into(), "UTF-16BE", 0));
    }

    #[test]
    fn utf16_without_a_mark_is_seen_by_its_zeros() {
        let bytes: Vec<u8> = "name,city\nJosé,Köln\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(decode(&bytes, 7).0, "name,city\nJosé,Köln\n");
    }

    #[test]
    fn a_legacy_byte_after_pure_ascii_is_guessed() {
        let (text, encoding, replaced) = decode(b"name,city\nJos\xe9,K\xf6ln\nAndr\xe9,M\xfcnchen\n", 5);
        assert_eq!((text.as_str(), encoding, replaced), ("name,city\nJosé,Köln\nAndré,München\n", "windows-1252", 0));
    }

    #[test]
    fn broken_utf8_is_replaced_and_counted() {
        assert_eq!(decode(b"\xc3\xa9,\xff,\xc3", 2), ("é,\u{fffd},\u{fffd}".into(), "UTF-8", 2));
    }

    #[test]
    fn a_gzip_bomb_is_refused() {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        packer.write_all(&vec![0; 64 << 20]).unwrap();
        let bomb = packer.finish().unwrap();
        let mut budget = Budget::new(Limits::default());
        let error = Unfold::new().push(&bomb, &mut budget, &mut |_| Ok(())).unwrap_err();
        assert!(error.message.contains("unfolds"), "{error}");
    }
}
