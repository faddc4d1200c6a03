//! Two-valued features of which at most one is set in any row, as one-hot features are, in one column of codes (Ke et al. 2017, section 4, without conflicts).
//!
//! A histogram of the column has the sums of the rows where each feature is set; where it is not is the rest of the node. So a tree pays for a label's column once and not
//! for each of its levels.

/// Most features of a bundle: a code is one byte, 0 for none of them.
const MOST_FEATURES: usize = 255;

/// Columns of codes to make histograms of: bundles and features on their own.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Bundles {
    /// For each feature its column, and its code there when it is in a bundle.
    pub place: Vec<(u32, Option<u8>)>,
    /// For each column the bins it has and where its codes are.
    pub columns: Vec<Column>,
    /// Codes of all bundles, bundle by bundle, shape `(n_bundles, n_rows)`.
    pub codes: Vec<u8>,
}

/// One column to make histograms of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Column {
    /// Number of bins.
    pub n_bins: usize,
    /// The bundle or feature whose codes they are.
    pub of: Of,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Of {
    Feature(usize),
    Bundle(usize),
}

impl Bundles {
    /// Bundles neighbouring features that exclude one another; `codes` feature by feature, shape `(n_features, n_rows)`. `may` says which features have two values and
    /// nothing missing.
    pub fn new(codes: &[u8], n_rows: usize, n_bins: &[usize], may: &[bool]) -> Self {
        let mut bundles = Self { place: vec![(0, None); n_bins.len()], ..Self::default() };
        let (mut open, mut set) = (Vec::new(), vec![0_u8; n_rows]);
        for j in (0..n_bins.len()).filter(|&j| may[j]) {
            let own = &codes[j * n_rows..(j + 1) * n_rows];
            if open.len() == MOST_FEATURES || set.iter().zip(own).any(|(set, own)| *set != 0 && *own != 0) {
                bundles.close(&mut open, &mut set);
            }
            open.push(j);
            let code = open.len() as u8;
            set.iter_mut().zip(own).for_each(|(set, own)| *set += own * code);
        }
        bundles.close(&mut open, &mut set);
        for (j, &n_bins) in n_bins.iter().enumerate() {
            if bundles.place[j].1.is_none() {
                bundles.place[j] = (bundles.columns.len() as u32, None);
                bundles.columns.push(Column { n_bins, of: Of::Feature(j) });
            }
        }
        bundles
    }

    /// Ends a bundle; one feature is none.
    fn close(&mut self, open: &mut Vec<usize>, set: &mut [u8]) {
        if open.len() > 1 {
            for (at, &j) in open.iter().enumerate() {
                self.place[j] = (self.columns.len() as u32, Some((at + 1) as u8));
            }
            let number = self.columns.len();
            self.columns.push(Column { n_bins: open.len() + 1, of: Of::Bundle(number) });
            self.codes.extend_from_slice(set);
        }
        open.clear();
        set.fill(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn features_that_exclude_one_another_share_a_column() {
        // Three levels one-hot, a many-valued feature, then a flag that overlaps the next.
        let codes = [1, 0, 0, 0, 0, 1, 0, 0, 2, 1, 0, 2, 0, 0, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0];
        let bundles = Bundles::new(&codes, 4, &[2, 2, 3, 2, 2, 2], &[true, true, false, true, true, true]);
        assert_eq!(bundles.place, [(0, Some(1)), (0, Some(2)), (1, None), (0, Some(3)), (2, None), (3, None)]);
        assert_eq!(bundles.codes, [1, 2, 3, 0]);
        assert_eq!(bundles.columns.iter().map(|c| c.n_bins).collect::<Vec<_>>(), [4, 3, 2, 2]);
    }

    #[test]
    fn nothing_to_bundle_leaves_every_feature_on_its_own() {
        let bundles = Bundles::new(&[1, 1, 0, 1], 2, &[2, 2], &[true, true]);
        assert_eq!(bundles.place, [(0, None), (1, None)]);
        assert!(bundles.codes.is_empty());
        assert_eq!(Bundles::new(&[], 0, &[], &[]), Bundles::default());
    }
}
