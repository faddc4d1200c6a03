//! Which rows and features a boosted tree sees, and which rows say when to stop.

use super::boost::BoostSize;
use crate::features::Binned;
use crate::math::rng::Stream;
use crate::model::TrainingSet;

/// The real rows held out to judge every round, shape `(n_rows,)`; none when nothing is judged or no row would be left on either side. See [`TrainingSet::held_out`].
pub(super) fn held_out(train: &TrainingSet, size: &BoostSize<'_>, seed: u64) -> Option<Vec<bool>> {
    if size.patience == 0 {
        return None;
    }
    train.held_out(size.held_out, &mut Stream::new(seed, "boosting/held_out", 0))
}

/// Rows of one sample without replacement, each in it with probability `share`; only those of `among`.
pub(super) fn drawn_rows(n_rows: usize, among: Option<&[bool]>, share: f64, seed: u64, sample: u64) -> Vec<bool> {
    let mut stream = Stream::new(seed, "boosting/rows", sample);
    (0..n_rows).map(|i| stream.chance(share) && among.is_none_or(|among| among[i])).collect()
}

/// Features of one tree, ascending: the share nearest to `share` of those that vary, at least one; none for all.
pub(super) fn drawn_columns(binned: &Binned, share: f64, seed: u64, tree: u64) -> Option<Vec<usize>> {
    if share >= 1.0 {
        return None;
    }
    let mut columns: Vec<usize> = (0..binned.n_features()).filter(|&j| binned.n_bins(j) > 1).collect();
    let wanted = ((columns.len() as f64 * share).round() as usize).max(1);
    Stream::new(seed, "boosting/features", tree).shuffle(&mut columns);
    columns.truncate(wanted);
    columns.sort_unstable();
    Some(columns)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::tests_support::features;
    use crate::task::TaskKind;

    fn set(n: usize, n_real: usize) -> TrainingSet {
        let x: Vec<f64> = (0..n).map(|i| i as f64).collect();
        TrainingSet::new(features(std::slice::from_ref(&x)), x.clone(), vec![1.0; n], TaskKind::Regression, 0, n_real).unwrap()
    }

    #[test]
    fn rows_in_the_order_of_time_hold_out_the_last_real_ones() {
        let size = BoostSize { patience: 5, held_out: 0.2, ..BoostSize::USUAL };
        let held = held_out(&set(12, 10).ordered(true), &size, 1).unwrap();
        assert_eq!((0..12).filter(|&i| held[i]).collect::<Vec<_>>(), [8, 9]);
        let drawn = held_out(&set(1200, 1000), &size, 1).unwrap();
        assert_eq!(drawn.iter().filter(|h| **h).count(), 200);
        assert!(drawn[1000..].iter().all(|h| !h) && drawn[..500].contains(&true));
        assert_eq!(held_out(&set(2, 2), &size, 1), None);
        assert_eq!(held_out(&set(100, 100), &BoostSize { patience: 0, ..size }, 1), None);
    }

    #[test]
    fn samples_have_their_share_of_rows_and_features() {
        let rows = drawn_rows(10_000, None, 0.3, 1, 0);
        assert!((2800..3200).contains(&rows.iter().filter(|r| **r).count()));
        assert_ne!(rows, drawn_rows(10_000, None, 0.3, 1, 1));
        let none = vec![false; 100];
        assert!(drawn_rows(100, Some(&none), 0.9, 1, 0).iter().all(|r| !r));
        let binned = Binned::new(&features(&[vec![1.0, 2.0], vec![1.0, 1.0], vec![3.0, 4.0], vec![5.0, 4.0], vec![5.0, 4.0]]));
        let columns = drawn_columns(&binned, 0.5, 1, 3).unwrap();
        assert!(columns.len() == 2 && columns[0] < columns[1] && !columns.contains(&1));
        assert_eq!(drawn_columns(&binned, 1.0, 1, 3), None);
    }
}
