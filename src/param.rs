//! Hyperparameters described as data: one description serves forms, command-line flags, bounds, documentation and search.

use crate::error::{Error, Result};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::BTreeMap;

/// What values a hyperparameter may take.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Domain {
    /// A whole number in `low..=high`.
    Whole {
        /// Least value.
        low: i64,
        /// Greatest value.
        high: i64,
        /// Value when none is given.
        default: i64,
    },
    /// A real number in `low..=high`; `log` when search and sliders should work on its logarithm.
    Real {
        /// Least value.
        low: f64,
        /// Greatest value.
        high: f64,
        /// Value when none is given.
        default: f64,
        /// Whether its logarithm is the natural scale.
        log: bool,
    },
    /// Yes or no.
    Switch {
        /// Value when none is given.
        default: bool,
    },
    /// One of a few words.
    Choice {
        /// The words allowed.
        options: &'static [&'static str],
        /// Word when none is given.
        default: &'static str,
    },
    /// Any words, up to [`LONGEST_TEXT`] bytes; none when not given.
    Text,
}

/// Most bytes of a text.
pub const LONGEST_TEXT: usize = 4096;

/// One hyperparameter: its name in settings, how people call it, what it does and what it may be.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct ParamSpec {
    /// Name in settings files and flags.
    pub id: &'static str,
    /// Name on screen.
    pub title: &'static str,
    /// One sentence: what it does, with unit.
    pub help: &'static str,
    /// What it may be.
    pub domain: Domain,
}

/// Names of hyperparameters that say what is wanted, what may be spent, or by another limit what a searched one says already.
const WISHES: [&str; 14] = [
    "loss",
    "quantile",
    "choose_alpha",
    "power",
    "class_weights",
    "patience",
    "held_out",
    "rows_every",
    "most_depth",
    "min_weight",
    "min_gain",
    "monotone",
    "bootstrap",
    "members",
];

/// A value given for a hyperparameter. In text formats it is written as itself (`true`, `5`, `0.1`, `"l2"`).
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Yes or no.
    Switch(bool),
    /// A whole number.
    Whole(i64),
    /// A real number.
    Real(f64),
    /// A word.
    Word(String),
}

/// As it stands in text formats, where what is written says what it is.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Written {
    Switch(bool),
    Whole(i64),
    Real(f64),
    Word(String),
}

/// As it stands in the packed messages between page and workers, which hold nothing but values.
#[derive(Serialize, Deserialize)]
enum Packed {
    Switch(bool),
    Whole(i64),
    Real(f64),
    Word(String),
}

/// The same value in both enums.
macro_rules! same_value {
    ($from:ident => $to:ident, $value:expr) => {
        match $value {
            $from::Switch(v) => $to::Switch(v),
            $from::Whole(v) => $to::Whole(v),
            $from::Real(v) => $to::Real(v),
            $from::Word(v) => $to::Word(v),
        }
    };
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> core::result::Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            same_value!(Self => Written, self.clone()).serialize(serializer)
        } else {
            same_value!(Self => Packed, self.clone()).serialize(serializer)
        }
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> core::result::Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            Written::deserialize(deserializer).map(|v| same_value!(Written => Self, v))
        } else {
            Packed::deserialize(deserializer).map(|v| same_value!(Packed => Self, v))
        }
    }
}

/// Values by name, as the user gave them: only what differs from the defaults need be there.
pub type Given = BTreeMap<String, Value>;

/// Checked values: every hyperparameter of a specification has one inside its domain.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Params(BTreeMap<String, Value>);

impl Params {
    /// Checks `given` against `specs` and fills the rest with defaults.
    ///
    /// # Errors
    /// A name no specification has, a value of the wrong type or outside of its domain.
    pub fn check(specs: &[ParamSpec], given: &Given) -> Result<Self> {
        for name in given.keys() {
            if !specs.iter().any(|s| s.id == name) {
                return Err(Error::unknown("hyperparameter", name, &specs.iter().map(|s| s.id).collect::<Vec<_>>()));
            }
        }
        specs.iter().map(|s| Ok((s.id.to_owned(), s.check(given.get(s.id))?))).collect::<Result<_>>().map(Self)
    }

    /// The defaults of `specs`.
    #[must_use]
    pub fn defaults(specs: &[ParamSpec]) -> Self {
        Self(specs.iter().map(|s| (s.id.to_owned(), s.default())).collect())
    }

    /// A whole number; 0 if `id` is not one (a broken promise of the caller's specification).
    #[must_use]
    pub fn whole(&self, id: &str) -> i64 {
        match self.0.get(id) {
            Some(Value::Whole(v)) => *v,
            _ => 0,
        }
    }

    /// A whole number as a count; 0 if negative.
    #[must_use]
    pub fn count(&self, id: &str) -> usize {
        usize::try_from(self.whole(id)).unwrap_or(0)
    }

    /// A real number; NaN if `id` is not one.
    #[must_use]
    pub fn real(&self, id: &str) -> f64 {
        match self.0.get(id) {
            Some(Value::Real(v)) => *v,
            #[expect(clippy::cast_precision_loss, reason = "hyperparameters are small")]
            Some(Value::Whole(v)) => *v as f64,
            _ => f64::NAN,
        }
    }

    /// A switch; off if `id` is not one.
    #[must_use]
    pub fn switch(&self, id: &str) -> bool {
        matches!(self.0.get(id), Some(Value::Switch(true)))
    }

    /// A word; empty if `id` is not one.
    #[must_use]
    pub fn word(&self, id: &str) -> &str {
        match self.0.get(id) {
            Some(Value::Word(w)) => w,
            _ => "",
        }
    }

    /// The value of a hyperparameter; `None` if the specification has none of that name.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Value> {
        self.0.get(id)
    }
}

impl ParamSpec {
    /// The value used when none is given.
    #[must_use]
    pub fn default(&self) -> Value {
        match self.domain {
            Domain::Whole { default, .. } => Value::Whole(default),
            Domain::Real { default, .. } => Value::Real(default),
            Domain::Switch { default } => Value::Switch(default),
            Domain::Choice { default, .. } => Value::Word(default.to_owned()),
            Domain::Text => Value::Word(String::new()),
        }
    }

    /// Whether it says what is wanted, what may be spent, or what another says already, rather than how to get the best of it: a search leaves it
    /// as it is, unless a range names it.
    #[must_use]
    pub fn is_a_wish(&self) -> bool {
        WISHES.contains(&self.id)
    }

    /// The words it may be, those of a switch too; none of numbers and texts.
    #[must_use]
    pub fn words(&self) -> &'static [&'static str] {
        match self.domain {
            Domain::Choice { options, .. } => options,
            Domain::Switch { .. } => &["false", "true"],
            _ => &[],
        }
    }

    /// The value that a word means.
    #[must_use]
    pub fn of_word(&self, word: &str) -> Value {
        if let Domain::Switch { .. } = self.domain { Value::Switch(word == "true") } else { Value::Word(word.to_owned()) }
    }

    /// The allowed values in words: "between 1 and 64".
    #[must_use]
    pub fn allowed(&self) -> String {
        match self.domain {
            Domain::Whole { low, high, .. } => format!("a whole number between {low} and {high}"),
            Domain::Real { low, high, .. } => format!("a number between {low} and {high}"),
            Domain::Switch { .. } => "true or false".to_owned(),
            Domain::Choice { options, .. } => format!("one of {}", options.join(", ")),
            Domain::Text => "words".to_owned(),
        }
    }

    /// Whether a number is in the domain; never for words and switches.
    #[must_use]
    pub fn holds(&self, x: f64) -> bool {
        match self.domain {
            #[expect(clippy::cast_precision_loss, reason = "hyperparameters are small")]
            Domain::Whole { low, high, .. } => (low as f64..=high as f64).contains(&x) && x.fract() == 0.0,
            Domain::Real { low, high, .. } => (low..=high).contains(&x),
            Domain::Switch { .. } | Domain::Choice { .. } | Domain::Text => false,
        }
    }

    fn check(&self, given: Option<&Value>) -> Result<Value> {
        let Some(given) = given else { return Ok(self.default()) };
        #[expect(clippy::cast_precision_loss, reason = "hyperparameters are small")]
        let checked = match (self.domain, given) {
            (Domain::Whole { low, high, .. }, Value::Whole(v)) => (low..=high).contains(v).then_some(Value::Whole(*v)),
            (Domain::Real { low, high, .. }, Value::Real(v)) => (low..=high).contains(v).then_some(Value::Real(*v)),
            (Domain::Real { low, high, .. }, Value::Whole(v)) => (low..=high).contains(&(*v as f64)).then_some(Value::Real(*v as f64)),
            (Domain::Switch { .. }, Value::Switch(v)) => Some(Value::Switch(*v)),
            (Domain::Choice { options, .. }, Value::Word(w)) => options.contains(&w.as_str()).then(|| Value::Word(w.clone())),
            (Domain::Text, Value::Word(w)) => (w.len() <= LONGEST_TEXT).then(|| Value::Word(w.clone())),
            _ => None,
        };
        checked.ok_or_else(|| Error::out_of_range(self.id, &given.to_string(), &self.allowed()))
    }
}

impl std::fmt::Display for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Switch(v) => write!(f, "{v}"),
            Self::Whole(v) => write!(f, "{v}"),
            Self::Real(v) => write!(f, "{v}"),
            Self::Word(v) => f.write_str(v),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPECS: &[ParamSpec] = &[
        ParamSpec { id: "depth", title: "Depth", help: "Levels of the tree.", domain: Domain::Whole { low: 1, high: 30, default: 6 } },
        ParamSpec { id: "rate", title: "Rate", help: "Share of each step.", domain: Domain::Real { low: 0.0, high: 1.0, default: 0.1, log: true } },
    ];

    #[test]
    fn what_is_not_given_is_the_default() {
        let params = Params::check(SPECS, &Given::from([("rate".into(), Value::Whole(1))])).unwrap();
        assert_eq!((params.count("depth"), params.real("rate")), (6, 1.0));
    }

    #[test]
    fn a_text_is_any_words_up_to_its_length() {
        let specs = [ParamSpec { id: "monotone", title: "Order", help: "Features with a sign.", domain: Domain::Text }];
        let word = |text: String| Params::check(&specs, &Given::from([("monotone".into(), Value::Word(text))]));
        assert_eq!(word("+age, -price".into()).unwrap().word("monotone"), "+age, -price");
        assert_eq!(Params::defaults(&specs).word("monotone"), "");
        assert!(word("x".repeat(LONGEST_TEXT + 1)).is_err() && specs[0].is_a_wish());
    }

    #[test]
    fn values_outside_of_the_domain_are_refused_by_name() {
        let error = Params::check(SPECS, &Given::from([("depth".into(), Value::Whole(99))])).unwrap_err();
        assert_eq!(error.place.unwrap().name.as_deref(), Some("depth"));
        assert!(Params::check(SPECS, &Given::from([("detph".into(), Value::Whole(9))])).unwrap_err().to_string().contains("detph"));
        assert!(Params::check(SPECS, &Given::from([("rate".into(), Value::Real(f64::NAN))])).is_err());
    }
}
