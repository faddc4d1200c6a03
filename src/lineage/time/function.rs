//! What a window makes of the values in it, with the size of its rounding.

use super::super::formula::Point;
use super::axis::real;
use super::prefix::Moments;
use serde::{Deserialize, Serialize};

/// A function of the values in a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Function {
    /// Arithmetic mean.
    Mean,
    /// Sum.
    Sum,
    /// Least value.
    Min,
    /// Largest value.
    Max,
    /// Median; of an even number of values the mean of the middle two.
    Median,
    /// Largest less least value.
    Range,
    /// Standard deviation, n - 1.
    Std,
    /// Standard deviation, n.
    StdPopulation,
    /// Variance, n - 1.
    Variance,
    /// Variance, n.
    VariancePopulation,
    /// Number of distinct values.
    Distinct,
    /// A value less the window's mean.
    LessMean,
    /// A value divided by the window's mean.
    OverMean,
    /// A value less the mean, divided by the standard deviation with n - 1.
    ZScore,
    /// A value less the mean, divided by the standard deviation with n.
    ZScorePopulation,
}

/// What is known of a window's values. Fields a function does not need may be NaN.
#[derive(Clone, Copy, Debug)]
pub(super) struct Contents {
    pub moments: Moments,
    pub least: f64,
    pub most: f64,
    pub median: f64,
    pub distinct: f64,
}

impl Contents {
    pub(super) fn of(moments: Moments) -> Self {
        Self { moments, least: f64::NAN, most: f64::NAN, median: f64::NAN, distinct: f64::NAN }
    }
}

impl Function {
    /// All, simplest first.
    pub const ALL: [Self; 15] = [
        Self::Mean,
        Self::Sum,
        Self::Min,
        Self::Max,
        Self::Median,
        Self::Range,
        Self::Std,
        Self::StdPopulation,
        Self::Variance,
        Self::VariancePopulation,
        Self::Distinct,
        Self::LessMean,
        Self::OverMean,
        Self::ZScore,
        Self::ZScorePopulation,
    ];
    /// Those that set a value against its window.
    pub(super) const RELATIVE: [Self; 4] = [Self::LessMean, Self::OverMean, Self::ZScore, Self::ZScorePopulation];

    /// The word for a function of the window alone, as in settings; `None` for one that sets a value against it.
    #[must_use]
    pub fn id(self) -> Option<&'static str> {
        Some(match self {
            Self::Mean => "mean",
            Self::Sum => "sum",
            Self::Min => "min",
            Self::Max => "max",
            Self::Median => "median",
            Self::Range => "range",
            Self::Std => "std",
            Self::StdPopulation => "std_population",
            Self::Variance => "variance",
            Self::VariancePopulation => "variance_population",
            Self::Distinct => "distinct",
            Self::LessMean | Self::OverMean | Self::ZScore | Self::ZScorePopulation => return None,
        })
    }

    /// The function of that word.
    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|f| f.id() == Some(id))
    }

    /// Whether it sets a value against its window.
    #[must_use]
    pub fn is_relative(self) -> bool {
        Self::RELATIVE.contains(&self)
    }

    /// Whether it needs the least and largest value.
    pub(super) fn needs_extremes(self) -> bool {
        matches!(self, Self::Min | Self::Max | Self::Range)
    }

    /// Whether it needs the values in order.
    pub(super) fn needs_order(self) -> bool {
        matches!(self, Self::Median | Self::Distinct)
    }

    /// How much less simple it is than a mean, as a cost.
    pub(super) fn step(self) -> f64 {
        0.01 * real(Self::ALL.iter().position(|&f| f == self).unwrap_or(0))
    }

    /// Its value for a window; `now` is the value that is set against it, `blur` half a unit of the source.
    pub(super) fn point(self, window: &Contents, now: f64, blur: f64) -> Option<Point> {
        let m = &window.moments;
        let n = real(m.n);
        let point = |value: f64, magnitude: f64, blur: f64| value.is_finite().then_some(Point { value, magnitude, blur });
        match self {
            Self::Mean => point(m.mean(), m.size(), blur / n.sqrt()),
            Self::Sum => point(m.sum, m.size() * n.sqrt(), blur * n.sqrt()),
            Self::Min => point(window.least, window.least.abs(), blur),
            Self::Max => point(window.most, window.most.abs(), blur),
            Self::Median => point(window.median, window.median.abs(), blur),
            Self::Range => point(window.most - window.least, window.most.abs().max(window.least.abs()), 1.5 * blur),
            Self::Std | Self::StdPopulation => {
                let free = self.free(n)?;
                point((m.scatter / free).sqrt(), m.size(), blur / free.sqrt())
            }
            Self::Variance | Self::VariancePopulation => {
                let free = self.free(n)?;
                let variance = m.scatter / free;
                point(variance, variance.max(variance.sqrt() * m.size()), 2.0 * variance.sqrt() * blur / free.sqrt())
            }
            Self::Distinct => point(window.distinct, 1.0, 0.0),
            Self::LessMean => point(now - m.mean(), now.abs().max(m.size()), blur),
            Self::OverMean => {
                let (value, mean) = (now / m.mean(), m.mean().abs());
                point(value, value.abs() * (m.size() / mean).max(1.0), blur / mean * (1.0 + value * value / n).sqrt())
            }
            Self::ZScore | Self::ZScorePopulation => {
                let std = (m.scatter / self.free(n)?).sqrt();
                let value = (now - m.mean()) / std;
                point(value, now.abs().max(m.size()) / std, blur / std * (1.0 + value * value / (2.0 * n)).sqrt())
            }
        }
    }

    /// Degrees of freedom of a spread; `None` below one.
    fn free(self, n: f64) -> Option<f64> {
        let free = if matches!(self, Self::Std | Self::Variance | Self::ZScore) { n - 1.0 } else { n };
        (free >= 1.0).then_some(free)
    }
}

/// Median of ascending values.
pub(super) fn median(ascending: &[f64]) -> f64 {
    let half = ascending.len() / 2;
    let middle = ascending.get(half).copied().unwrap_or(f64::NAN);
    if ascending.len() % 2 == 1 { middle } else { half.checked_sub(1).map_or(f64::NAN, |i| (ascending[i] + middle) / 2.0) }
}

/// Number of distinct values of ascending values.
pub(super) fn distinct(ascending: &[f64]) -> f64 {
    real(ascending.chunk_by(|a, b| a == b).count())
}
