//! Folds inside a training set, for learners that judge or join models on rows these have not seen.

use super::{Features, TrainingSet};
use crate::error::{Error, Result};
use crate::math::rng::Stream;
use crate::math::sort;
use std::collections::BTreeMap;

/// Rows to learn from and rows to judge; positions in the training set, ascending.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct InnerFold {
    /// Learned from.
    pub learn: Vec<usize>,
    /// Judged: none of them is learned from, nor any row of their entity.
    pub judge: Vec<usize>,
}

impl TrainingSet {
    /// The set of these rows, in this order.
    pub(crate) fn of_rows(&self, rows: &[usize]) -> Result<Self> {
        let take = |values: &[f64]| rows.iter().map(|&i| values[i]).collect::<Vec<f64>>();
        let columns = (0..self.features.n_features()).map(|j| take(self.features.slice(j))).collect();
        let features = Features::from_columns(self.features.about.clone(), columns, rows.len())?;
        let n_real = rows.iter().filter(|&&i| i < self.n_real).count();
        let set = Self::new(features, take(&self.target), take(&self.weights), self.kind, self.n_classes, n_real)?;
        let groups = rows.iter().filter_map(|&i| self.groups.get(i).copied()).collect();
        let moments = rows.iter().filter_map(|&i| self.moments.get(i).copied()).collect();
        Ok(set.ordered(self.in_time_order).grouped(groups).at_moments(moments))
    }

    /// Deals the real rows to `k` folds; synthetic ones, which are made of real rows, are neither learned from nor judged.
    ///
    /// Rows in the order of time: `k + 1` blocks, of which each but the first is judged by what was learned from all before it; rows of one moment are in one block. Rows of entities: whole
    /// entities in random order, each to the fold with the fewest rows. Else by chance, classes in equal shares.
    ///
    /// # Errors
    /// Fewer rows or entities than the folds need.
    pub(crate) fn inner_folds(&self, k: usize, seed: u64) -> Result<Vec<InnerFold>> {
        let n = self.n_real;
        let mut stream = Stream::new(seed, "inner folds", 0);
        let fold_of = if self.in_time_order {
            // Block 0 is never judged.
            (0..n).map(|i| self.first_of_moment(i) * (k + 1) / n).collect()
        } else if self.groups.len() == n && n > 0 {
            self.dealt_by_group(k, &mut stream)
        } else {
            let order = self.dealt_by_class(&mut stream);
            let mut fold_of = vec![0; n];
            order.iter().enumerate().for_each(|(at, &i)| fold_of[i] = at % k);
            fold_of
        };
        let folds: Vec<InnerFold> = (0..k).map(|fold| self.inner_fold(&fold_of, fold)).collect();
        if folds.iter().any(|f| f.learn.is_empty() || f.judge.is_empty()) {
            let why = format!("there are too few rows or entities for {k} folds inside the training rows");
            return Err(Error::not_computable("An ensemble", &why, "Choose fewer folds, or another learner."));
        }
        Ok(folds)
    }

    /// Holds about this share of the real rows out of learning, to judge it. Shape `(n_rows,)`; none when no row would be left on either side.
    ///
    /// Rows in the order of time: the last, those of one moment together. Rows of entities: whole entities by chance, as long as that brings their rows nearer to the share. Else
    /// by chance, classes in equal shares.
    pub(crate) fn held_out(&self, share: f64, stream: &mut Stream) -> Option<Vec<bool>> {
        let n = self.n_real;
        let wanted = (n as f64 * share).round() as usize;
        if wanted == 0 || wanted >= n {
            return None;
        }
        let mut held = vec![false; self.n_rows()];
        if self.in_time_order {
            let first = match self.first_of_moment(n - wanted) {
                // One moment reaches from the beginning into the last rows: those after it.
                0 => (n - wanted..n).find(|&i| self.first_of_moment(i) > 0)?,
                first => first,
            };
            held[first..n].fill(true);
        } else if self.groups.len() == n {
            self.hold_entities(wanted, stream, &mut held);
        } else {
            for (at, i) in self.dealt_by_class(stream).into_iter().enumerate() {
                held[i] = (at + 1) * wanted / n > at * wanted / n;
            }
        }
        let out = held.iter().filter(|held| **held).count();
        (out > 0 && out < n).then_some(held)
    }

    fn hold_entities(&self, wanted: usize, stream: &mut Stream, held: &mut [bool]) {
        let mut out = 0_usize;
        let groups = self.entities(stream);
        let fits = |out: usize, group: &[usize]| (out + group.len()).abs_diff(wanted) < wanted.abs_diff(out);
        let smallest = groups.iter().min_by_key(|group| group.len());
        let none_fits = !groups.iter().any(|group| fits(0, group));
        for group in groups.iter().filter(|group| !none_fits || Some(*group) == smallest) {
            if none_fits || fits(out, group) {
                out += group.len();
                group.iter().for_each(|&i| held[i] = true);
            }
        }
    }

    /// The first real row of the moment of row `i`.
    fn first_of_moment(&self, i: usize) -> usize {
        self.moments.get(i).map_or(i, |moment| self.moments.partition_point(|m| m < moment))
    }

    /// The real rows by chance, class after class.
    fn dealt_by_class(&self, stream: &mut Stream) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.n_real).collect();
        stream.shuffle(&mut order);
        if self.kind.is_classification() {
            sort::along(&mut order, &|i| self.target[i]);
        }
        order
    }

    /// The real rows of each entity, entities by chance.
    fn entities(&self, stream: &mut Stream) -> Vec<Vec<usize>> {
        let mut rows: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
        self.groups.iter().enumerate().for_each(|(i, &group)| rows.entry(group).or_default().push(i));
        let mut groups: Vec<Vec<usize>> = rows.into_values().collect();
        stream.shuffle(&mut groups);
        groups
    }

    fn inner_fold(&self, fold_of: &[usize], fold: usize) -> InnerFold {
        let rows = |wanted: &dyn Fn(usize) -> bool| (0..self.n_real).filter(|&i| wanted(fold_of[i])).collect();
        if self.in_time_order {
            InnerFold { learn: rows(&|f| f <= fold), judge: rows(&|f| f == fold + 1) }
        } else {
            InnerFold { learn: rows(&|f| f != fold), judge: rows(&|f| f == fold) }
        }
    }

    fn dealt_by_group(&self, k: usize, stream: &mut Stream) -> Vec<usize> {
        let groups = self.entities(stream);
        let (mut fold_of, mut sizes) = (vec![0; self.n_real], vec![0_usize; k]);
        for group in groups {
            let fold = (0..k).min_by_key(|&f| sizes[f]).unwrap_or(0);
            sizes[fold] += group.len();
            group.iter().for_each(|&i| fold_of[i] = fold);
        }
        fold_of
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests_support::features;
    use super::*;
    use crate::task::TaskKind;

    fn set(n: usize, n_real: usize) -> TrainingSet {
        let x: Vec<f64> = (0..n).map(|i| i as f64).collect();
        let target = x.iter().map(|i| f64::from(u8::from(i % 5.0 == 0.0))).collect();
        TrainingSet::new(features(&[x]), target, vec![1.0; n], TaskKind::Binary, 2, n_real).unwrap()
    }

    #[test]
    fn every_real_row_is_judged_once_by_rows_without_it_and_classes_are_dealt_alike() {
        let folds = set(120, 100).inner_folds(4, 1).unwrap();
        let mut judged: Vec<usize> = folds.iter().flat_map(|f| f.judge.clone()).collect();
        judged.sort_unstable();
        assert_eq!(judged, (0..100).collect::<Vec<_>>());
        for fold in &folds {
            assert!(fold.learn.iter().all(|i| *i < 100 && !fold.judge.contains(i)), "synthetic rows stay out");
            assert_eq!(fold.judge.iter().filter(|i| *i % 5 == 0).count(), 5);
        }
    }

    #[test]
    fn in_time_order_only_earlier_rows_teach() {
        let folds = set(100, 100).ordered(true).inner_folds(4, 1).unwrap();
        assert!(folds.iter().all(|f| f.learn.iter().max() < f.judge.iter().min()));
        assert_eq!((folds[0].learn.len(), folds[3].judge.last()), (20, Some(&99)));
    }

    #[test]
    fn rows_of_one_moment_are_never_on_both_sides() {
        // Days of 7 rows.
        let moments: Vec<u32> = (0..105).map(|i| i / 7).collect();
        let ordered = set(105, 105).ordered(true).at_moments(moments.clone());
        for fold in ordered.inner_folds(4, 1).unwrap() {
            assert!(fold.learn.iter().all(|i| fold.judge.iter().all(|j| moments[*i] < moments[*j])));
        }
        let held = ordered.held_out(0.1, &mut Stream::new(1, "held", 0)).unwrap();
        assert_eq!((0..105).filter(|&i| held[i]).collect::<Vec<_>>(), (91..105).collect::<Vec<_>>());
        let mut stream = Stream::new(1, "held", 0);
        let long = |first: u32| set(100, 100).ordered(true).at_moments((0..100).map(|i| u32::from(i >= first)).collect());
        assert_eq!(long(95).held_out(0.2, &mut stream).unwrap().iter().filter(|h| **h).count(), 5);
        assert_eq!(long(100).held_out(0.2, &mut stream), None);
        assert!(long(100).inner_folds(3, 1).is_err());
        assert_eq!(ordered.of_rows(&[0, 7, 8]).unwrap().moments(), [0, 1, 1]);
    }

    #[test]
    fn whole_entities_and_equal_shares_of_classes_are_held_out() {
        let mut stream = Stream::new(1, "held", 0);
        let groups: Vec<u32> = (0..900).map(|i| i / 6).collect();
        let held = set(1000, 900).grouped(groups.clone()).held_out(0.2, &mut stream).unwrap();
        assert!((0..900).all(|i| held[i] == held[i / 6 * 6]) && held[900..].iter().all(|h| !h));
        assert_eq!(held.iter().filter(|h| **h).count(), 180);
        // One entity is nearly all: the other is held out.
        let two = set(100, 100).grouped((0..100).map(|i| u32::from(i < 5)).collect()).held_out(0.2, &mut stream).unwrap();
        assert!((0..100).all(|i| two[i] == (i < 5)));
        assert_eq!(set(50, 50).grouped(vec![1; 50]).held_out(0.5, &mut stream), None);
        let held = set(1000, 1000).held_out(0.1, &mut stream).unwrap();
        assert_eq!([true, false].map(|rare| (0..1000).filter(|i| held[*i] && (i % 5 == 0) == rare).count()), [20, 80]);
    }

    #[test]
    fn an_entity_is_on_one_side_only_and_too_few_entities_are_refused() {
        let groups: Vec<u32> = (0..90).map(|i| i / 6).collect();
        let grouped = set(90, 90).grouped(groups.clone());
        for fold in grouped.inner_folds(3, 1).unwrap() {
            assert!(fold.judge.iter().all(|i| !fold.learn.iter().any(|j| groups[*j] == groups[*i])));
        }
        assert!(grouped.of_rows(&[0, 1, 2, 3]).unwrap().inner_folds(2, 1).is_err(), "all of one entity");
        assert!(set(3, 1).inner_folds(2, 1).is_err());
    }
}
