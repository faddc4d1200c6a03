//! A tree of depth 4 on the bins of one column: what rank correlation cannot see, such as an answer in the middle range.
//!
//! Splits lower the squared error, summed over the outputs (for class indicators that is the Gini criterion, Breiman et al. 1984).

/// Levels of splits: 16 leaves.
const DEPTH: usize = 4;

/// Rows and sums of each output in a bin.
#[derive(Clone, Debug)]
struct Bin {
    n: f64,
    sums: Vec<f64>,
}

/// Predictions of each output for each row by the tree fitted without the row's fold. `bins`: shape `(n_sample,)`, `None` missing
/// (predicted NaN); `outputs`: one a class or number, shape `(n_sample,)` each, empty ones stay empty.
pub(super) fn out_of_fold(bins: &[Option<u8>], n_bins: usize, outputs: &[Vec<f64>], folds: &[u32], n_folds: u32, least_leaf: f64) -> Vec<Vec<f64>> {
    let mut predictions: Vec<Vec<f64>> = outputs.iter().map(|o| vec![f64::NAN; o.len()]).collect();
    // Bins of every fold alone: zeros and ones, and ranks, add up exactly in any order, so a fold can be taken off the whole.
    let mut of_fold = vec![vec![Bin { n: 0.0, sums: vec![0.0; outputs.len()] }; n_bins]; n_folds as usize];
    for (row, (bin, &fold)) in bins.iter().zip(folds).enumerate() {
        if let Some(bin) = bin.and_then(|b| of_fold.get_mut(fold as usize)?.get_mut(b as usize)) {
            bin.n += 1.0;
            bin.sums.iter_mut().zip(outputs).for_each(|(s, o)| *s += o.get(row).copied().unwrap_or(0.0));
        }
    }
    let whole: Vec<Bin> = (0..n_bins).map(|b| total(of_fold.iter().filter_map(|bins| bins.get(b)))).collect();
    for (fold, own) in (0..n_folds).zip(&of_fold) {
        let counted: Vec<Bin> = whole.iter().zip(own).map(|(all, own)| without(all, own)).collect();
        let mut leaves = vec![Vec::new(); n_bins];
        grow(&counted, 0, DEPTH, least_leaf, &mut leaves);
        for (row, bin) in bins.iter().enumerate().filter(|(row, _)| folds[*row] == fold) {
            let Some(leaf) = bin.and_then(|b| leaves.get(b as usize)) else { continue };
            for (prediction, value) in predictions.iter_mut().zip(leaf) {
                if let Some(cell) = prediction.get_mut(row) {
                    *cell = *value;
                }
            }
        }
    }
    predictions
}

/// Splits bins `[from, from + bins.len())` and writes the mean of each leaf into its bins.
fn grow(bins: &[Bin], from: usize, depth: usize, least_leaf: f64, leaves: &mut [Vec<f64>]) {
    let whole = total(bins.iter());
    let split = if depth == 0 { None } else { best_split(bins, &whole, least_leaf) };
    if let Some(at) = split {
        let (left, right) = bins.split_at(at);
        grow(left, from, depth - 1, least_leaf, leaves);
        grow(right, from + at, depth - 1, least_leaf, leaves);
        return;
    }
    let mean: Vec<f64> = whole.sums.iter().map(|s| if whole.n > 0.0 { s / whole.n } else { f64::NAN }).collect();
    for leaf in leaves.iter_mut().skip(from).take(bins.len()) {
        leaf.clone_from(&mean);
    }
}

fn best_split(bins: &[Bin], whole: &Bin, least_leaf: f64) -> Option<usize> {
    let mut left = Bin { n: 0.0, sums: vec![0.0; whole.sums.len()] };
    let (mut best, mut at) = (quality(whole) * (1.0 + 1e-12), None);
    for (i, bin) in bins.iter().enumerate().take(bins.len().saturating_sub(1)) {
        left.n += bin.n;
        left.sums.iter_mut().zip(&bin.sums).for_each(|(l, b)| *l += b);
        if left.n >= least_leaf && whole.n - left.n >= least_leaf {
            let right = without(whole, &left);
            let found = quality(&left) + quality(&right);
            if found > best {
                (best, at) = (found, Some(i + 1));
            }
        }
    }
    at
}

/// Sum of squares explained by the mean.
fn quality(bin: &Bin) -> f64 {
    if bin.n > 0.0 { bin.sums.iter().map(|s| s * s).sum::<f64>() / bin.n } else { 0.0 }
}

fn total<'b>(mut bins: impl Iterator<Item = &'b Bin>) -> Bin {
    let Some(first) = bins.next() else { return Bin { n: 0.0, sums: Vec::new() } };
    bins.fold(first.clone(), |mut all, bin| {
        all.n += bin.n;
        all.sums.iter_mut().zip(&bin.sums).for_each(|(a, b)| *a += b);
        all
    })
}

fn without(all: &Bin, part: &Bin) -> Bin {
    Bin { n: all.n - part.n, sums: all.sums.iter().zip(&part.sums).map(|(a, p)| a - p).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_middle_range_is_found_out_of_fold() {
        let bins: Vec<Option<u8>> = (0..200_u8).map(|i| Some(i % 10)).collect();
        let y: Vec<f64> = (0..200).map(|i| f64::from(u8::from((4..6).contains(&(i % 10))))).collect();
        let folds: Vec<u32> = (0..200).map(|i| (i / 10) % 5).collect();
        let predictions = out_of_fold(&bins, 10, std::slice::from_ref(&y), &folds, 5, 2.0);
        assert!(predictions[0].iter().zip(&y).all(|(p, y)| (p - y).abs() < 1e-12));
    }

    #[test]
    fn missing_bins_are_not_predicted() {
        let predictions = out_of_fold(&[None, Some(0)], 1, &[vec![1.0, 2.0]], &[0, 1], 2, 1.0);
        assert!(predictions[0][0].is_nan());
    }
}
