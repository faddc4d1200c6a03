//! Built-in samples: small stories with a known truth, made by our own generators, the same bytes everywhere.
//!
//! A sample is a function from a number of rows to the bytes of a CSV file; everything after that treats it as any other file. A new
//! sample is one file plus two lines here.

mod claims;
mod clean;
mod sessions;
mod studio;

use crate::math::rng::Stream;

/// Seed of all samples: they are files, not draws, and never change with a person's seed.
pub(crate) const SEED: u64 = 2019;

/// A built-in table.
#[derive(Clone, Copy, Debug)]
pub struct Sample {
    /// Name on the command line and in settings.
    pub id: &'static str,
    /// Name on screen.
    pub title: &'static str,
    /// What it is, in a sentence or two.
    pub doc: &'static str,
    /// Column to predict.
    pub target: &'static str,
    /// Column that orders rows in time.
    pub time: Option<&'static str>,
    /// Column that names entities.
    pub entity: Option<&'static str>,
    /// Steps between the prediction moment and the target.
    pub horizon: u32,
    /// Rows when none are asked for.
    pub default_rows: u32,
    /// Most rows it can make.
    pub max_rows: u32,
    /// What it is good for seeing.
    pub shows: &'static str,
    /// Makes the bytes of a CSV file with this many rows (at most `max_rows`).
    pub make: fn(rows: u32) -> Vec<u8>,
}

/// All samples in the order of the opening screen.
pub const SAMPLES: &[Sample] = &[studio::SAMPLE, sessions::SAMPLE, claims::SAMPLE, clean::SAMPLE];

impl Sample {
    /// A sample by its id.
    #[must_use]
    pub fn find(id: &str) -> Option<&'static Self> {
        SAMPLES.iter().find(|s| s.id == id)
    }

    /// The bytes of its CSV file; 0 rows means its usual size.
    #[must_use]
    pub fn bytes(&self, rows: u32) -> Vec<u8> {
        (self.make)(if rows == 0 { self.default_rows } else { rows.min(self.max_rows) })
    }
}

/// Draws one of these words by weight.
fn pick<T: Copy, const N: usize>(stream: &mut Stream, words: &[(T, f64); N]) -> T {
    let total: f64 = words.iter().map(|(_, w)| w).sum();
    let mut left = stream.uniform() * total;
    for (word, weight) in words {
        left -= weight;
        if left < 0.0 {
            return *word;
        }
    }
    words[N - 1].0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::{CsvOptions, Kind, read};

    #[test]
    fn every_sample_reads_without_a_note_and_has_its_columns() {
        for sample in SAMPLES {
            let loaded = read(&sample.bytes(0), &CsvOptions::default()).unwrap();
            assert_eq!(loaded.table.n_rows(), sample.default_rows as usize, "{}", sample.id);
            assert_eq!((loaded.facts.n_rejected, loaded.facts.notes.len()), (0, 0), "{}", sample.id);
            assert!(loaded.table.position(sample.target).is_some());
            if let Some(time) = sample.time {
                assert_eq!(loaded.table.column(time).unwrap().kind(), Kind::Timestamp);
            }
            if let Some(entity) = sample.entity {
                assert_eq!(loaded.table.column(entity).unwrap().kind(), Kind::Identifier);
            }
        }
    }

    #[test]
    fn every_sample_is_the_same_each_time_and_grows_at_its_end() {
        for sample in SAMPLES {
            assert_eq!(sample.bytes(60), sample.bytes(60));
            assert_eq!(sample.bytes(1).iter().filter(|&&b| b == b'\n').count(), 2);
        }
        let (short, long) = (Sample::find("sessions").unwrap().bytes(60), Sample::find("sessions").unwrap().bytes(61));
        assert!(long.starts_with(&short));
    }

    #[test]
    fn an_unknown_sample_is_not_found() {
        assert!(Sample::find("nothing").is_none());
    }
}
