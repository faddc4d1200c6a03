//! Growing one tree on binned rows.
//!
//! Every open leaf knows its best cut; the one of largest gain is cut next (leaf-wise, for boosting) or the last one made (depth first, for forests without a limit of
//! leaves). When every cut may use every feature, only the smaller child's histogram is made and the larger one's is the difference to the parent's; features in a bundle
//! share one column of it. When a cut may use some features only, they are drawn from a stream, and features with one value in the node do not count, as in scikit-learn.

use super::cut::{Bounds, Cut, Limits, Question};
use super::histogram::{Shape, accumulate, places};
use super::levels::{LevelLimits, Levels, has};
use crate::features::Binned;
use crate::math::rng::Stream;
use std::ops::Range;

/// Gain below this share of the sum of squares at the root is rounding.
const LEAST_GAIN: f64 = 1e-12;

/// How far a tree may grow.
pub(super) struct Rules {
    /// What both sides of a cut keep.
    pub limits: Limits,
    /// Most leaves; `usize::MAX` for no limit.
    pub max_leaves: usize,
    /// Most cuts between root and leaf.
    pub max_depth: usize,
    /// Features looked at for each cut, and the stream that draws them; none: all.
    pub some_features: Option<(usize, Stream)>,
    /// Whether the cut of each feature looked at is drawn from the same stream instead of searched.
    pub random_cuts: bool,
    /// Features this tree may use, ascending; none: all.
    pub columns: Option<Vec<usize>>,
    /// For each feature whether leaf values must rise (1) or fall (-1) with it; empty when none asks for an order.
    pub monotone: Vec<i8>,
    /// Gain that counts as nothing, in units of the squared target times weight.
    pub least_gain: f64,
}

/// A node: a cut (with the gain it made) or a leaf.
#[derive(Clone, Debug)]
pub(super) struct Node {
    /// None in a leaf.
    pub cut: Option<Made>,
    /// Sums over the rows of the node, shape `(width,)`.
    pub sums: Vec<f64>,
    /// Between what its leaves' values lie.
    pub bounds: Bounds,
    /// Its rows in [`Grower::order`].
    pub rows: Range<usize>,
}

/// A cut that was made.
#[derive(Clone, Copy, Debug)]
pub(super) struct Made {
    /// Feature that was cut.
    pub feature: usize,
    /// Last bin of values that goes left.
    pub bin: usize,
    /// Whether missing values go right.
    pub missing_right: bool,
    /// Of a cut by levels those that go right; then the bin means nothing.
    pub levels: Option<Levels>,
    /// Left child; the right one follows it.
    pub left: usize,
    /// Gain it made.
    pub gain: f64,
}

/// The leaf a row falls into, for rows the tree was not grown on.
pub(super) fn leaf_of(binned: &Binned, nodes: &[Node], row: usize) -> usize {
    let mut node = 0;
    while let Some(cut) = nodes[node].cut {
        node = cut.left + usize::from(!goes_left(binned, &cut, usize::from(binned.column(cut.feature)[row])));
    }
    node
}

fn goes_left(binned: &Binned, cut: &Made, code: usize) -> bool {
    if binned.missing_bin(cut.feature) == Some(code) {
        return !cut.missing_right;
    }
    cut.levels.map_or(code <= cut.bin, |right| !has(&right, code))
}

/// A leaf that can be cut.
struct Open {
    node: usize,
    depth: usize,
    histogram: Option<Vec<f64>>,
    best: Candidate,
}

#[derive(Clone, Copy)]
struct Candidate {
    feature: usize,
    cut: Cut,
    gain: f64,
}

/// Grows trees on one table; keeps its buffers between trees.
pub(super) struct Grower<'a> {
    binned: &'a Binned,
    shape: Shape,
    places: Vec<Range<usize>>,
    n_cells: usize,
    /// Rows, node by node.
    pub order: Vec<u32>,
    spare: Vec<u32>,
    numbers: Vec<f64>,
    pool: Vec<Vec<f64>>,
    /// Features that may be cut, and the stored columns they are in.
    features: Vec<usize>,
    columns: Vec<usize>,
    floor: f64,
}

impl<'a> Grower<'a> {
    /// A grower for cells of this shape.
    pub fn new(binned: &'a Binned, shape: Shape) -> Self {
        let places = places((0..binned.n_stored()).map(|c| binned.stored_bins(c)), shape.width);
        let n_cells = places.last().map_or(0, |p| p.end);
        Self {
            binned,
            shape,
            places,
            n_cells,
            order: Vec::new(),
            spare: Vec::new(),
            numbers: Vec::new(),
            pool: Vec::new(),
            features: Vec::new(),
            columns: Vec::new(),
            floor: 0.0,
        }
    }

    /// Grows a tree on rows with these numbers, shape `(n_rows, width)`; rows that count 0 are absent. Children stand after their parent, in pairs.
    pub fn grow(&mut self, stats: &[f64], rules: &mut Rules) -> Vec<Node> {
        let width = self.shape.width;
        self.order.clear();
        self.order.extend((0..self.binned.n_rows() as u32).filter(|&i| stats[(i as usize + 1) * width - 1] > 0.0));
        self.features = match &rules.columns {
            Some(columns) => columns.clone(),
            None => (0..self.binned.n_features()).filter(|&j| self.binned.n_bins(j) > 1).collect(),
        };
        self.columns = self.features.iter().map(|&j| self.binned.place(j).0).collect();
        self.columns.sort_unstable();
        self.columns.dedup();
        let free = Limits { min_rows: 0.0, min_weight: 0.0, l1: 0.0, l2: 0.0, levels: LevelLimits::PLAIN };
        let power: f64 = stats.chunks_exact(width).map(|s| free.score(self.shape, s)).sum();
        self.floor = rules.least_gain.max(LEAST_GAIN * power);
        let mut nodes = vec![self.node(stats, 0..self.order.len())];
        let mut open = Vec::new();
        self.open_root(&nodes, stats, rules, &mut open);
        let mut leaves = 1;
        while leaves < rules.max_leaves
            && let Some(next) = pick(&open, rules.max_leaves == usize::MAX)
        {
            let leaf = open.swap_remove(next);
            let left = nodes.len();
            self.split(&mut nodes, leaf.node, leaf.best, stats, rules);
            leaves += 1;
            if leaves < rules.max_leaves {
                self.open_children(&nodes, left, leaf.depth + 1, leaf.histogram, stats, rules, &mut open);
            }
        }
        self.pool.extend(open.into_iter().filter_map(|leaf| leaf.histogram));
        nodes
    }

    fn node(&self, stats: &[f64], rows: Range<usize>) -> Node {
        let width = self.shape.width;
        let mut sums = vec![0.0; width];
        for &row in &self.order[rows.clone()] {
            for (sum, value) in sums.iter_mut().zip(&stats[row as usize * width..(row as usize + 1) * width]) {
                *sum += value;
            }
        }
        Node { cut: None, sums, bounds: Bounds::NONE, rows }
    }

    fn may_be_cut(&self, node: &Node, depth: usize, rules: &Rules) -> bool {
        depth < rules.max_depth && self.shape.rows(&node.sums) >= 2.0 * rules.limits.min_rows
    }

    fn open_root(&mut self, nodes: &[Node], stats: &[f64], rules: &mut Rules, open: &mut Vec<Open>) {
        if !self.may_be_cut(&nodes[0], 0, rules) {
            return;
        }
        if rules.some_features.is_some() {
            self.open_drawn(nodes, 0, 0, stats, rules, open);
        } else {
            let histogram = self.histogram(&nodes[0], stats);
            self.open_searched(nodes, 0, 0, histogram, rules, open);
        }
    }

    /// Opens both children of a cut made just now; `left` is the first of them.
    #[expect(clippy::too_many_arguments, reason = "one step of the loop above")]
    fn open_children(
        &mut self,
        nodes: &[Node],
        left: usize,
        depth: usize,
        parent: Option<Vec<f64>>,
        stats: &[f64],
        rules: &mut Rules,
        open: &mut Vec<Open>,
    ) {
        let may = [left, left + 1].map(|child| self.may_be_cut(&nodes[child], depth, rules));
        let Some(mut larger) = parent else {
            for child in (0..2).filter(|&c| may[c]).map(|c| left + c) {
                self.open_drawn(nodes, child, depth, stats, rules, open);
            }
            return;
        };
        if !may[0] && !may[1] {
            self.pool.push(larger);
            return;
        }
        let small = usize::from(nodes[left + 1].rows.len() < nodes[left].rows.len());
        let smaller = self.histogram(&nodes[left + small], stats);
        for (all, part) in larger.iter_mut().zip(&smaller) {
            *all -= part;
        }
        let pair = if small == 0 { [smaller, larger] } else { [larger, smaller] };
        for (child, histogram) in pair.into_iter().enumerate() {
            if may[child] {
                self.open_searched(nodes, left + child, depth, histogram, rules, open);
            } else {
                self.pool.push(histogram);
            }
        }
    }

    /// Cells of all features over the rows of a node.
    fn histogram(&mut self, node: &Node, stats: &[f64]) -> Vec<f64> {
        let mut cells = self.pool.pop().unwrap_or_default();
        cells.clear();
        cells.resize(self.n_cells, 0.0);
        self.gather(node, stats);
        for &c in &self.columns {
            accumulate(&mut cells[self.places[c].clone()], self.binned.stored(c), &self.order[node.rows.clone()], &self.numbers, self.shape.width);
        }
        cells
    }

    /// The numbers of a node's rows, side by side.
    fn gather(&mut self, node: &Node, stats: &[f64]) {
        let width = self.shape.width;
        self.numbers.clear();
        if node.rows.len() * width == stats.len() {
            self.numbers.extend_from_slice(stats);
            return;
        }
        for &row in &self.order[node.rows.clone()] {
            self.numbers.extend_from_slice(&stats[row as usize * width..(row as usize + 1) * width]);
        }
    }

    fn open_searched(&mut self, nodes: &[Node], node: usize, depth: usize, histogram: Vec<f64>, rules: &Rules, open: &mut Vec<Open>) {
        let mut best: Option<(usize, Cut)> = None;
        let (width, sums) = (self.shape.width, &nodes[node].sums);
        let mut pair = vec![0.0; 2 * width];
        for &j in &self.features {
            let (column, set) = self.binned.place(j);
            let mut cells = &histogram[self.places[column].clone()];
            if let Some(bin) = set {
                let above = &cells[bin * width..(bin + 1) * width];
                pair.iter_mut().zip(sums.iter().zip(above)).for_each(|(below, (all, above))| *below = all - above);
                pair[width..].copy_from_slice(above);
                cells = &pair;
            }
            if let Some(cut) = self.question(j, cells, &nodes[node], rules).best()
                && best.is_none_or(|b| cut.score > b.1.score)
            {
                best = Some((j, cut));
            }
        }
        match self.worth(&nodes[node], best, rules) {
            Some(best) => open.push(Open { node, depth, histogram: Some(histogram), best }),
            None => self.pool.push(histogram),
        }
    }

    fn question<'q>(&self, j: usize, cells: &'q [f64], node: &'q Node, rules: &'q Rules) -> Question<'q> {
        let held = rules.monotone.get(j).map(|&direction| (node.bounds, direction));
        Question {
            cells,
            missing: self.binned.missing_bin(j).is_some(),
            levels: self.binned.is_levels(j),
            node: &node.sums,
            shape: self.shape,
            limits: &rules.limits,
            held,
        }
    }

    /// Opens a leaf whose cut may use some features only.
    fn open_drawn(&mut self, nodes: &[Node], node: usize, depth: usize, stats: &[f64], rules: &mut Rules, open: &mut Vec<Open>) {
        let Some((mut wanted, mut stream)) = rules.some_features.take() else { return };
        let many = wanted;
        let rows = nodes[node].rows.clone();
        self.gather(&nodes[node], stats);
        let mut cells = self.pool.pop().unwrap_or_default();
        let mut best: Option<(usize, Cut)> = None;
        for i in 0..self.features.len() {
            if wanted == 0 {
                break;
            }
            let drawn = i + stream.below((self.features.len() - i) as u32) as usize;
            self.features.swap(i, drawn);
            let j = self.features[i];
            cells.clear();
            cells.resize(self.binned.n_bins(j) * self.shape.width, 0.0);
            accumulate(&mut cells, self.binned.column(j), &self.order[rows.clone()], &self.numbers, self.shape.width);
            if cells.chunks_exact(self.shape.width).filter(|c| self.shape.rows(c) > 0.0).nth(1).is_none() {
                continue;
            }
            wanted -= 1;
            let question = self.question(j, &cells, &nodes[node], rules);
            let cut = if rules.random_cuts { question.random(&mut stream) } else { question.best() };
            if let Some(cut) = cut
                && best.is_none_or(|b| cut.score > b.1.score)
            {
                best = Some((j, cut));
            }
        }
        self.pool.push(cells);
        if let Some(best) = self.worth(&nodes[node], best, rules) {
            open.push(Open { node, depth, histogram: None, best });
        }
        rules.some_features = Some((many, stream));
    }

    /// The candidate, if its gain is more than rounding.
    fn worth(&self, node: &Node, best: Option<(usize, Cut)>, rules: &Rules) -> Option<Candidate> {
        let (feature, cut) = best?;
        let gain = cut.score - self.question(feature, &[], node, rules).score_of_node();
        (gain > self.floor).then_some(Candidate { feature, cut, gain })
    }

    /// Cuts a leaf: its rows keep their order on either side.
    fn split(&mut self, nodes: &mut Vec<Node>, node: usize, best: Candidate, stats: &[f64], rules: &Rules) {
        let rows = nodes[node].rows.clone();
        let Cut { bin, missing_right, levels, .. } = best.cut;
        let made = Made { feature: best.feature, bin, missing_right, levels, left: nodes.len(), gain: best.gain };
        let binned = self.binned;
        let codes = binned.column(best.feature);
        let kept = match binned.missing_bin(best.feature) {
            _ if levels.is_some() => self.part(rows.clone(), |row| goes_left(binned, &made, usize::from(codes[row]))),
            Some(missing) if !missing_right => self.part(rows.clone(), |row| usize::from(codes[row]) <= bin || usize::from(codes[row]) == missing),
            _ => self.part(rows.clone(), |row| usize::from(codes[row]) <= bin),
        };
        nodes[node].cut = Some(made);
        let mut children = [self.node(stats, rows.start..kept), self.node(stats, kept..rows.end)];
        if let Some(&direction) = rules.monotone.get(best.feature) {
            hold_children(&rules.limits, nodes[node].bounds, direction, &mut children);
        }
        nodes.extend(children);
    }

    /// Puts the rows that go left before the others; where the others begin.
    fn part(&mut self, rows: Range<usize>, goes_left: impl Fn(usize) -> bool) -> usize {
        self.spare.clear();
        let mut kept = rows.start;
        for at in rows.clone() {
            let row = self.order[at];
            if goes_left(row as usize) {
                self.order[kept] = row;
                kept += 1;
            } else {
                self.spare.push(row);
            }
        }
        self.order[kept..rows.end].copy_from_slice(&self.spare);
        kept
    }
}

/// What the values of the leaves below a cut are held to: on a feature that asks for an order, the middle of both sides' values parts them.
fn hold_children(limits: &Limits, bounds: Bounds, direction: i8, children: &mut [Node; 2]) {
    let [left, right] = [0, 1].map(|side: usize| bounds.hold(limits.value(&children[side].sums, 1.0)));
    let middle = left / 2.0 + right / 2.0;
    children.iter_mut().for_each(|child| child.bounds = bounds);
    if direction != 0 {
        let (lower, upper) = if direction > 0 { (0, 1) } else { (1, 0) };
        children[lower].bounds.high = middle;
        children[upper].bounds.low = middle;
    }
}

/// The leaf to cut next: the last made, or the one of largest gain (the first made of equals).
fn pick(open: &[Open], last: bool) -> Option<usize> {
    if last {
        return open.len().checked_sub(1);
    }
    (0..open.len()).max_by(|&a, &b| open[a].best.gain.total_cmp(&open[b].best.gain).then(open[b].node.cmp(&open[a].node)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::tests_support::features;

    #[test]
    fn bundled_features_grow_the_tree_they_grow_on_their_own() {
        let mut stream = Stream::new(3, "bundled", 0);
        let n = 2000;
        let (mut columns, mut stats) = (vec![Vec::new(); 9], Vec::new());
        for _ in 0..n {
            // The last level of the second label has no column.
            let (x, level, other) = (stream.normal(), stream.below(6) as usize, stream.below(3) as usize);
            for (j, column) in columns.iter_mut().enumerate() {
                column.push(if j == 0 { x } else { f64::from(u8::from(j == 1 + level || (other < 2 && j == 7 + other))) });
            }
            stats.extend([x + level as f64 * other as f64 + stream.normal(), 1.0]);
        }
        let table = features(&columns);
        let (bundled, single) = (Binned::new(&table), Binned::new(&table).unbundled());
        assert_eq!((bundled.n_stored(), single.n_stored()), (3, 9));
        let grown = |binned: &Binned| {
            let limits = Limits { min_rows: 20.0, min_weight: 0.0, l1: 0.0, l2: 1.0, levels: LevelLimits::PLAIN };
            let mut rules = Rules {
                limits,
                max_leaves: 31,
                max_depth: 9,
                some_features: None,
                random_cuts: false,
                columns: None,
                monotone: Vec::new(),
                least_gain: 0.0,
            };
            let nodes = Grower::new(binned, Shape { outputs: 1, width: 2 }).grow(&stats, &mut rules);
            assert_eq!(nodes.len(), 61);
            (0..n).flat_map(|row| nodes[leaf_of(binned, &nodes, row)].sums.clone()).collect::<Vec<_>>()
        };
        // Where two levels are left, a cut on either is the same cut: rows are compared, not cuts.
        assert!(grown(&bundled).iter().zip(grown(&single)).all(|(a, b)| (a - b).abs() < 1e-9));
    }
}
