//! One column from two others: +, -, x, /.
//!
//! What two columns give at an anchor row is looked up among the columns' values there, so that pairs are formed at a few rows
//! only. A hit where one of the two is neutral (0 in a sum, 1 in a product) says nothing about the pair and is left to other anchors.

use super::{RowFormula, tried};
use crate::lineage::confirm::Derivation;
use crate::lineage::formula::Point;
use crate::lineage::frame::Frame;
use crate::lineage::screen::Subject;
use crate::math::sort;
use std::collections::BTreeSet;

const RELATIVE: f64 = 1e-9;
/// Standard deviations of the sources' rounding allowed.
const BLUR: f64 = 2.5;

/// What is done with two columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Operation {
    Plus,
    Minus,
    Times,
    Over,
}

impl Operation {
    /// What the pair gives at an anchor, unless one of the two is neutral. A flag that switches the other on is 1 wherever it tells.
    fn of(self, a: f64, b: f64, blur: (f64, f64), has_flag: bool) -> Option<Point> {
        let neutral = match self {
            Self::Plus | Self::Minus => b == 0.0 || (a == 0.0 && self == Self::Plus),
            Self::Times => a == 0.0 || b == 0.0 || (!has_flag && (a == 1.0 || b == 1.0)),
            Self::Over => a == 0.0 || b == 0.0 || b == 1.0,
        };
        if neutral { None } else { self.point(a, b, blur) }
    }

    fn point(self, a: f64, b: f64, blur: (f64, f64)) -> Option<Point> {
        let (value, magnitude, blur) = match self {
            Self::Plus => (a + b, a.abs().max(b.abs()), blur.0.abs() + blur.1.abs()),
            Self::Minus => (a - b, a.abs().max(b.abs()), blur.0.abs() + blur.1.abs()),
            Self::Times => (a * b, (a * b).abs(), (b * blur.0).abs() + (a * blur.1).abs()),
            Self::Over => (a / b, (a / b).abs(), ((blur.0 / b).abs() + (a / b * blur.1 / b).abs())),
        };
        value.is_finite().then_some(Point { value, magnitude, blur })
    }

    fn formula(self, a: usize, b: usize) -> RowFormula {
        let signed = |second: f64| {
            let mut terms = vec![(a, 1.0), (b, second)];
            sort::by_key(&mut terms, |t| t.0);
            terms
        };
        match self {
            Self::Plus => RowFormula::Linear { terms: signed(1.0), constant: 0.0 },
            Self::Minus => RowFormula::Linear { terms: signed(-1.0), constant: 0.0 },
            Self::Times => RowFormula::Product { terms: signed(1.0), factor: 1.0 },
            Self::Over => RowFormula::Product { terms: signed(-1.0), factor: 1.0 },
        }
    }
}

/// Subjects of one rounding class at an anchor: value and place in the list of subjects, ascending.
struct Shelf {
    half_unit: f64,
    values: Vec<(f64, usize)>,
}

fn shelves(subjects: &[Subject<'_>], anchor: usize) -> Vec<Shelf> {
    let mut shelves: Vec<Shelf> = Vec::new();
    for (i, subject) in subjects.iter().enumerate().filter(|(_, s)| s.is_telling(anchor)) {
        let entry = (subject.values[anchor], i);
        match shelves.iter_mut().find(|s| s.half_unit == subject.half_unit) {
            Some(shelf) => shelf.values.push(entry),
            None => shelves.push(Shelf { half_unit: subject.half_unit, values: vec![entry] }),
        }
    }
    for shelf in &mut shelves {
        shelf.values.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    }
    shelves
}

/// A source: its position, its values and what rounding may have done to them.
struct Source<'a> {
    column: usize,
    values: &'a [f64],
    blur: f64,
    is_flag: bool,
}

type Seen = BTreeSet<(usize, usize, usize, Operation)>;

/// Columns that are the sum, difference, product or quotient of two others.
pub(super) fn search(frame: &Frame<'_>, subjects: &[Subject<'_>], sources: &[usize], anchors: &[usize]) -> Vec<Derivation> {
    let source = |&column: &usize| {
        let series = frame.series.get(column)?.as_ref()?;
        Some(Source { column, values: &series.values, blur: frame.blur(column), is_flag: series.n_distinct <= 2 })
    };
    let sources: Vec<Source<'_>> = sources.iter().filter_map(source).collect();
    let mut seen = Seen::new();
    for &anchor in anchors {
        let shelves = shelves(subjects, anchor);
        let here: Vec<&Source<'_>> = sources.iter().filter(|s| s.values.get(anchor).is_some_and(|v| !v.is_nan())).collect();
        for (i, a) in here.iter().enumerate() {
            for b in here.iter().skip(i + 1) {
                for (operation, a, b) in [
                    (Operation::Plus, a, b),
                    (Operation::Minus, a, b),
                    (Operation::Minus, b, a),
                    (Operation::Times, a, b),
                    (Operation::Over, a, b),
                    (Operation::Over, b, a),
                ] {
                    look_up(subjects, &shelves, anchor, (operation, a, b), &mut seen);
                }
            }
        }
    }
    let subject_of = |y: usize| subjects.iter().find(|s| s.column == y);
    seen.into_iter().filter_map(|(y, a, b, operation)| tried(frame, subject_of(y)?, operation.formula(a, b))).collect()
}

/// Adds the columns that stand at the anchor where the pair does and go with it at their tests.
fn look_up(subjects: &[Subject<'_>], shelves: &[Shelf], anchor: usize, pair: (Operation, &Source<'_>, &Source<'_>), seen: &mut Seen) {
    let (operation, a, b) = pair;
    let blur = (a.blur, b.blur);
    let Some(point) = operation.of(a.values[anchor], b.values[anchor], blur, a.is_flag != b.is_flag) else { return };
    for shelf in shelves {
        let slack = shelf.half_unit + RELATIVE * point.magnitude + BLUR * point.blur;
        let from = shelf.values.partition_point(|v| v.0 < point.value - slack);
        for &(value, i) in shelf.values.iter().skip(from) {
            if value > point.value + slack {
                break;
            }
            let Some(subject) = subjects.get(i).filter(|s| s.column != a.column && s.column != b.column) else { continue };
            let at = |p: usize| {
                let (a, b) = (*a.values.get(p)?, *b.values.get(p)?);
                if (a + b).is_nan() { None } else { operation.point(a, b, blur) }
            };
            if subject.survives(&at) {
                seen.insert((subject.column, a.column, b.column, operation));
            }
        }
    }
}
