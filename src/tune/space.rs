//! What is searched: one dimension a hyperparameter that was not set by hand, made from its [`ParamSpec`] alone.
//!
//! Samplers see coordinates: the number itself, its logarithm where the scale is logarithmic, the place in the list of words or switches. Whole
//! numbers take the interval from half below to half above, so that each has the same share of it.
//!
//! A domain says what is allowed, which is far wider than what is worth trying. Unless a range is given, a number on a logarithmic scale is
//! searched within a factor of [`REAL_FACTOR`] of its default, and a whole number whose domain spans more than [`WIDE`] within a factor of
//! [`WHOLE_FACTOR`], on the logarithmic scale too; a trial then costs a few fits at the default, not hundreds.

use crate::math::elementary::{exp, ln};
use crate::param::{Domain, Given, ParamSpec, Value};
use std::collections::BTreeMap;

/// A real number on a logarithmic scale is searched within this factor of its default.
const REAL_FACTOR: f64 = 1000.0;
/// A whole number of a wide domain is searched within this factor of its default.
const WHOLE_FACTOR: f64 = 5.0;
/// Greatest over least value from which the domain of a whole number is wide.
const WIDE: f64 = 50.0;
/// Significant digits of a real number that is tried, less one: more would be false precision, and nobody types them.
const DIGITS: usize = 3;

/// Ranges by hyperparameter, in the place of the usual ones.
pub type Ranges = BTreeMap<String, (f64, f64)>;
/// Words by hyperparameter, in the place of all of them.
pub type Choices = BTreeMap<String, Vec<String>>;

/// The range in which a number is searched when none is given, and whether on a logarithmic scale; `None` for words, switches and texts.
#[must_use]
pub fn usual_range(spec: &ParamSpec) -> Option<((f64, f64), bool)> {
    let dimension = Dimension::new(spec, None, None);
    dimension.n_options().is_none().then_some((dimension.range, dimension.log))
}

/// What the values of a dimension are.
#[derive(Clone, Debug, PartialEq)]
enum Form {
    Real,
    Whole,
    Options(Vec<Value>),
}

/// One hyperparameter that is searched.
#[derive(Clone, Debug, PartialEq)]
pub struct Dimension {
    /// Name in settings.
    pub id: &'static str,
    /// Name on screen.
    pub title: &'static str,
    /// Least and greatest value; places of the first and last option.
    range: (f64, f64),
    /// Whether the coordinate is the logarithm.
    log: bool,
    form: Form,
    default: Value,
}

impl Dimension {
    fn new(spec: &ParamSpec, range: Option<(f64, f64)>, words: Option<&Vec<String>>) -> Self {
        let (form, usual, log) = match spec.domain {
            Domain::Real { low, high, default, log } => {
                let centre = if default > 0.0 { default } else { 1.0 };
                let near = (low.max(centre / REAL_FACTOR), high.min(centre * REAL_FACTOR));
                (Form::Real, if log { near } else { (low, high) }, log)
            }
            Domain::Whole { low, high, default } => {
                let (low, high, centre) = (real(low), real(high), real(default).max(1.0));
                let wide = high / low.max(1.0) > WIDE;
                let near = (low.max((centre / WHOLE_FACTOR).round()).max(1.0), high.min(centre * WHOLE_FACTOR));
                (Form::Whole, if wide { near } else { (low, high) }, wide)
            }
            Domain::Switch { .. } | Domain::Choice { .. } => {
                let wanted = |word: &&&str| words.is_none_or(|words| words.iter().any(|w| w == **word));
                options(spec.words().iter().filter(wanted).map(|word| spec.of_word(word)).collect())
            }
            Domain::Text => options(vec![spec.default()]),
        };
        let range = range.filter(|_| !matches!(form, Form::Options(_))).unwrap_or(usual);
        Self { id: spec.id, title: spec.title, range, log: log && range.0 > 0.0, form, default: spec.default() }
    }

    /// Number of options; `None` for numbers.
    #[must_use]
    pub fn n_options(&self) -> Option<usize> {
        if let Form::Options(all) = &self.form { Some(all.len()) } else { None }
    }

    /// The interval from half below to half above the whole number at a coordinate; `None` for other dimensions.
    pub(super) fn step(&self, at: f64) -> Option<(f64, f64)> {
        let Value::Whole(n) = self.value(at) else { return None };
        Some((self.scaled(real(n) - 0.5), self.scaled(real(n) + 0.5)))
    }

    /// Least and greatest coordinate.
    pub(super) fn ends(&self) -> (f64, f64) {
        let half = if self.form == Form::Whole { 0.5 } else { 0.0 };
        (self.scaled(self.range.0 - half), self.scaled(self.range.1 + half))
    }

    fn scaled(&self, x: f64) -> f64 {
        if self.log { ln(x) } else { x }
    }

    /// The value at a coordinate; coordinates beyond the ends give the value at the end.
    #[must_use]
    pub fn value(&self, at: f64) -> Value {
        let (low, high) = self.range;
        let x = if self.log { exp(at) } else { at };
        match &self.form {
            Form::Real => Value::Real(short(x).clamp(low, high)),
            Form::Whole => Value::Whole(whole(x.round().clamp(low, high))),
            Form::Options(all) => all.get(place(at, all.len())).unwrap_or(&self.default).clone(),
        }
    }

    /// The coordinate of a value, moved to the nearest end when it is outside of the range.
    #[must_use]
    pub fn coordinate(&self, value: &Value) -> f64 {
        let inside = |x: f64| self.scaled(x.clamp(self.range.0, self.range.1));
        match (&self.form, value) {
            (Form::Options(all), value) => position(all, value),
            (_, Value::Real(x)) => inside(*x),
            (_, Value::Whole(n)) => inside(real(*n)),
            _ => inside(self.range.0),
        }
    }

    /// At most `most` coordinates, evenly spaced from end to end, each of another value; all of a dimension of options.
    pub(super) fn levels(&self, most: usize) -> Vec<f64> {
        let (low, high) = (self.scaled(self.range.0), self.scaled(self.range.1));
        let n = self.n_options().unwrap_or(most.max(1));
        let step = |i: usize| if n < 2 { f64::midpoint(low, high) } else { low + (high - low) * count(i) / count(n - 1) };
        let mut levels: Vec<f64> = (0..n).map(|i| self.coordinate(&self.value(step(i)))).collect();
        levels.dedup();
        levels
    }
}

/// The dimensions of a learner's search, and what stays as it is.
#[derive(Clone, Debug, PartialEq)]
pub struct Space {
    /// What is searched, in the order of the specification.
    pub dimensions: Vec<Dimension>,
    /// What was set by hand.
    kept: Given,
    /// What has one word only; the learner as chosen need not have it.
    fixed: Given,
}

impl Space {
    /// The space of these hyperparameters: those in `kept` stay as they are, and those that say what is wanted unless they have a range; the others are searched. `ranges` are inside the domains.
    #[must_use]
    pub fn new(specs: &[ParamSpec], kept: &Given, ranges: &Ranges) -> Self {
        Self::of_words(specs, kept, ranges, &Choices::new())
    }

    /// As [`Space::new`], with words and switches limited to `choices`; those that say what is wanted are searched if they have some.
    #[must_use]
    pub fn of_words(specs: &[ParamSpec], kept: &Given, ranges: &Ranges, choices: &Choices) -> Self {
        let named = |s: &ParamSpec| ranges.contains_key(s.id) || choices.contains_key(s.id);
        let free = || specs.iter().filter(|s| !kept.contains_key(s.id) && (named(s) || !s.is_a_wish()));
        let dimension = |s: &ParamSpec| Dimension::new(s, ranges.get(s.id).copied(), choices.get(s.id));
        let dimensions = free().map(dimension).filter(|d| d.range.0 < d.range.1).collect();
        let only = |s: &ParamSpec| match choices.get(s.id)?.as_slice() {
            [word] => Some((s.id.to_owned(), s.of_word(word))),
            _ => None,
        };
        Self { dimensions, kept: kept.clone(), fixed: free().filter_map(only).collect() }
    }

    /// Hyperparameters at a point, shape `(n_dimensions,)`.
    #[must_use]
    pub fn given(&self, at: &[f64]) -> Given {
        let values = self.dimensions.iter().zip(at).map(|(d, &at)| (d.id.to_owned(), d.value(at)));
        self.kept.clone().into_iter().chain(self.fixed.clone()).chain(values).collect()
    }

    /// The defaults: hyperparameters and the point where they are.
    #[must_use]
    pub fn start(&self) -> (Given, Vec<f64>) {
        (self.kept.clone(), self.dimensions.iter().map(|d| d.coordinate(&d.default)).collect())
    }

    /// The same point with each coordinate at its value: whole numbers whole, real numbers short.
    #[must_use]
    pub fn settled(&self, at: &[f64]) -> Vec<f64> {
        self.dimensions.iter().zip(at).map(|(d, &at)| d.coordinate(&d.value(at))).collect()
    }
}

fn options(all: Vec<Value>) -> (Form, (f64, f64), bool) {
    let last = count(all.len().saturating_sub(1));
    (Form::Options(all), (0.0, last), false)
}

fn position(all: &[Value], value: &Value) -> f64 {
    count(all.iter().position(|v| v == value).unwrap_or(0))
}

/// A number with few digits.
fn short(x: f64) -> f64 {
    format!("{x:.DIGITS$e}").parse().unwrap_or(x)
}

#[expect(clippy::cast_precision_loss, reason = "hyperparameters are small")]
fn real(n: i64) -> f64 {
    n as f64
}

#[expect(clippy::cast_possible_truncation, reason = "hyperparameters are small")]
fn whole(x: f64) -> i64 {
    x as i64
}

#[expect(clippy::cast_precision_loss, reason = "lists are short")]
pub(super) fn count(n: usize) -> f64 {
    n as f64
}

/// The place in a list of `n` that a coordinate means.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place in a short list")]
pub(super) fn place(at: f64, n: usize) -> usize {
    (at.max(0.0).round() as usize).min(n.saturating_sub(1))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in super::super) const SPECS: &[ParamSpec] = &[
        ParamSpec { id: "trees", title: "Trees", help: "", domain: Domain::Whole { low: 1, high: 2000, default: 100 } },
        ParamSpec { id: "depth", title: "Depth", help: "", domain: Domain::Whole { low: 1, high: 30, default: 6 } },
        ParamSpec { id: "alpha", title: "Alpha", help: "", domain: Domain::Real { low: 0.0, high: 1e6, default: 1.0, log: true } },
        ParamSpec { id: "mix", title: "Mix", help: "", domain: Domain::Real { low: 0.0, high: 1.0, default: 0.5, log: false } },
        ParamSpec { id: "kind", title: "Kind", help: "", domain: Domain::Choice { options: &["a", "b", "c"], default: "b" } },
        ParamSpec { id: "fast", title: "Fast", help: "", domain: Domain::Switch { default: true } },
    ];

    #[test]
    fn a_wide_domain_is_searched_near_its_default_and_a_narrow_one_whole() {
        let space = Space::new(SPECS, &Given::new(), &Ranges::new());
        let ranges: Vec<(f64, f64)> = space.dimensions.iter().map(|d| d.range).collect();
        assert_eq!(ranges, [(20.0, 500.0), (1.0, 30.0), (1e-3, 1e3), (0.0, 1.0), (0.0, 2.0), (0.0, 1.0)]);
    }

    #[test]
    fn what_was_set_by_hand_stays_and_a_range_that_was_given_is_kept() {
        let kept = Given::from([("depth".into(), Value::Whole(3)), ("kind".into(), Value::Word("a".into()))]);
        let space = Space::new(SPECS, &kept, &Ranges::from([("trees".into(), (5.0, 9.0))]));
        assert_eq!(space.dimensions.iter().map(|d| d.id).collect::<Vec<_>>(), ["trees", "alpha", "mix", "fast"]);
        let given = space.given(&[99.0, 0.0, 0.25, 0.0]);
        assert_eq!(given["trees"], Value::Whole(9));
        assert_eq!(given["depth"], Value::Whole(3));
        assert_eq!(given["fast"], Value::Switch(false));
    }

    #[test]
    fn of_some_words_these_are_searched_and_one_alone_is_taken_but_not_by_the_learner_as_chosen() {
        let choices = Choices::from([("kind".into(), vec!["a".into(), "c".into()]), ("fast".into(), vec!["false".into()])]);
        let space = Space::of_words(SPECS, &Given::new(), &Ranges::new(), &choices);
        assert_eq!(space.dimensions.iter().map(|d| d.id).collect::<Vec<_>>(), ["trees", "depth", "alpha", "mix", "kind"]);
        assert_eq!(space.dimensions[4].levels(9).iter().map(|at| space.dimensions[4].value(*at).to_string()).collect::<Vec<_>>(), ["a", "c"]);
        let (given, at) = space.start();
        assert!(given.is_empty() && space.given(&at)["fast"] == Value::Switch(false));
        let wish = [ParamSpec { id: "loss", title: "Loss", help: "", domain: Domain::Choice { options: &["a", "b"], default: "a" } }];
        assert!(Space::new(&wish, &Given::new(), &Ranges::new()).dimensions.is_empty());
        let both = Choices::from([("loss".into(), vec!["a".into(), "b".into()])]);
        assert_eq!(Space::of_words(&wish, &Given::new(), &Ranges::new(), &both).dimensions.len(), 1);
    }

    #[test]
    fn the_usual_range_is_told_with_its_scale() {
        assert_eq!(
            SPECS.iter().map(usual_range).collect::<Vec<_>>()[1..4],
            [Some(((1.0, 30.0), false)), Some(((1e-3, 1e3), true)), Some(((0.0, 1.0), false))]
        );
        assert_eq!(usual_range(&SPECS[4]), None);
    }

    #[test]
    fn the_defaults_are_a_point_and_values_come_back_from_their_coordinates() {
        let space = Space::new(SPECS, &Given::new(), &Ranges::new());
        let (given, at) = space.start();
        assert!(given.is_empty());
        for dimension in &space.dimensions {
            assert_eq!(dimension.value(dimension.coordinate(&dimension.default)), dimension.default, "{}", dimension.id);
        }
        assert_eq!(space.settled(&at), at);
    }

    #[test]
    fn levels_go_from_end_to_end_without_repeats() {
        let space = Space::new(SPECS, &Given::new(), &Ranges::from([("depth".into(), (1.0, 2.0))]));
        let values =
            |i: usize, n: usize| space.dimensions[i].levels(n).into_iter().map(|at| space.dimensions[i].value(at).to_string()).collect::<Vec<_>>();
        assert_eq!(values(0, 3), ["20", "100", "500"]);
        assert_eq!(values(1, 5), ["1", "2"]);
        assert_eq!(values(2, 3), ["0.001", "1", "1000"]);
        assert_eq!(values(4, 2), ["a", "b", "c"]);
    }
}
