//! Features as a person reads them: a feature a level in the place of codes, and gaps filled, with a feature that says where they were.
//!
//! Trees take codes of levels and missing values as they are; a rule that is read needs "city=Rome" and "age is missing". What is filled in is the median of the rows it was
//! learned from. Features without codes and gaps stay as they are.

use crate::error::Result;
use crate::features::{Feature, Features};
use crate::math::rank::median;
use crate::math::sum::present;
use crate::prepare::{FittedRecipe, FittedStep};

/// What a missing label is called.
const MISSING: &str = "missing";
/// Characters of a level shown.
const SHOWN: usize = 60;

/// How one feature becomes readable.
enum Way {
    Same,
    /// A feature for each of these codes (`None`: missing), by name.
    Levels(Vec<(Option<usize>, String)>),
    /// What gaps are filled with.
    Gaps(f64),
}

/// Learned from the features of some rows.
pub(super) struct Readable(Vec<Way>);

impl Readable {
    /// Learns from features that a recipe gave.
    pub fn new(recipe: &FittedRecipe, features: &Features) -> Self {
        let way = |(j, about): (usize, &Feature)| {
            let values = features.slice(j);
            let gaps = values.iter().any(|v| v.is_nan());
            if let Some(levels) = about.levels.then(|| levels_of(recipe, &about.name)).flatten() {
                let mut named: Vec<(Option<usize>, String)> = levels.into_iter().enumerate().map(|(code, name)| (Some(code), name)).collect();
                named.extend(gaps.then(|| (None, MISSING.to_owned())));
                // Of two levels, one says it all.
                return Way::Levels(named.split_off(usize::from(named.len() == 2)));
            }
            let there = present(values);
            if gaps && !there.is_empty() { Way::Gaps(median(&there)) } else { Way::Same }
        };
        Self(features.about.iter().enumerate().map(way).collect())
    }

    /// Readable features of any rows.
    ///
    /// # Errors
    /// Other features than those learned from.
    pub fn apply(&self, features: &Features) -> Result<Features> {
        let (mut about, mut columns) = (Vec::new(), Vec::new());
        for (j, (way, own)) in self.0.iter().zip(&features.about).enumerate() {
            let values = features.slice(j);
            let mut made = |name: String, column: Vec<f64>| {
                about.push(Feature { name, levels: false, ..own.clone() });
                columns.push(column);
            };
            let switch = |is: &dyn Fn(&f64) -> bool| values.iter().map(|v| f64::from(u8::from(is(v)))).collect::<Vec<f64>>();
            match way {
                Way::Same => made(own.name.clone(), values.to_vec()),
                Way::Levels(levels) => {
                    for (code, name) in levels {
                        let is = |v: &f64| code.map_or(v.is_nan(), |code| v.total_cmp(&(code as f64)).is_eq());
                        made(format!("{}={}", own.name, name.chars().take(SHOWN).collect::<String>()), switch(&is));
                    }
                }
                Way::Gaps(fill) => {
                    made(own.name.clone(), values.iter().map(|v| if v.is_nan() { *fill } else { *v }).collect());
                    made(format!("{} is missing", own.name), switch(&|v| v.is_nan()));
                }
            }
        }
        Features::from_columns(about, columns, features.n_rows())
    }
}

fn levels_of(recipe: &FittedRecipe, column: &str) -> Option<Vec<String>> {
    let names = recipe.steps().iter().find_map(|step| if let FittedStep::Encode(encode) = step { encode.names_of_codes(column) } else { None });
    names.map(|names| names.into_iter().map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::tests_support::features;

    #[test]
    fn gaps_are_filled_and_told_of_and_levels_have_names() {
        let table = features(&[vec![0.0, 1.0, f64::NAN, 1.0], vec![3.0, f64::NAN, 5.0, 7.0], vec![1.0; 4]]);
        let named = vec![(Some(0), "red".to_owned()), (Some(1), "blue".to_owned()), (None, MISSING.to_owned())];
        let readable = Readable(vec![Way::Levels(named), Way::Gaps(4.0), Way::Same]).apply(&table).unwrap();
        let names: Vec<&str> = readable.about.iter().map(|f| f.name.as_str()).collect();
        assert_eq!(names, ["x0=red", "x0=blue", "x0=missing", "x1", "x1 is missing", "x2"]);
        assert_eq!((readable.slice(1), readable.slice(2)), ([0.0, 1.0, 0.0, 1.0].as_slice(), [0.0, 0.0, 1.0, 0.0].as_slice()));
        assert_eq!((readable.slice(3), readable.slice(4)), ([3.0, 4.0, 5.0, 7.0].as_slice(), [0.0, 1.0, 0.0, 0.0].as_slice()));
    }
}
