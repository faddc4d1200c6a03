//! Segments: how many groups of like rows there are, what sets each apart, and what the target is in it.

use super::shared::{count_cell, heads, words};
use crate::chart::{Figure, Series, figures};
use crate::error::Error;
use crate::report::block::{Block, Cell, Spans, TableBlock, strong, text};
use crate::report::format::{count, counted, fixed, number, percent};
use crate::report::suppress::{cells, withheld};
use crate::segment::{Found, Segment, Segmented, Trait, elbow, recommended};
use crate::task::{Task, TaskKind};
use serde_json::{Value, json};

/// Mean silhouettes up to which segments have no structure to speak of, a weak one, a reasonable one (Kaufman and Rousseeuw 1990, table 4).
const STRUCTURE: [(f64, &str); 3] =
    [(0.25, "no structure to speak of: rows lie in one cloud"), (0.5, "a weak structure that may be artificial"), (0.7, "a reasonable structure")];
const STRONG: &str = "a strong structure";

/// The blocks that follow the recipe.
#[must_use]
pub fn segments(task: &Task, all: &[Found]) -> Vec<Block> {
    let mut blocks = vec![Block::Heading { text: "Segments".to_owned() }];
    let found = known(all);
    let Some(best) = recommended(&found).and_then(|at| found.get(at)) else {
        let why = all.iter().find_map(|s| s.as_ref().err()).map_or_else(|| "No row could be judged.".to_owned(), Error::to_string);
        blocks.push(Block::Paragraph { text: vec![text(why)] });
        return blocks;
    };
    blocks.push(Block::Paragraph { text: statement(best) });
    blocks.push(Block::Table { table: table(task, best) });
    blocks.push(Block::Figure { figure: silhouettes(&found, best) });
    blocks.push(Block::Figure { figure: inertias(&found) });
    blocks.push(Block::Paragraph { text: how(&found, best) });
    blocks
}

fn known(all: &[Found]) -> Vec<&Segmented> {
    all.iter().filter_map(|s| s.as_ref().ok().map(Box::as_ref)).collect()
}

fn statement(best: &Segmented) -> Spans {
    let value = best.silhouette.unwrap_or(f64::NAN);
    let structure = STRUCTURE.iter().find(|(limit, _)| value <= *limit).map_or(STRONG, |(_, words)| words);
    vec![
        strong(counted(best.k.into(), "segment", "segments")),
        text(format!(" divide the rows best, of 2 to 10 that were tried: mean silhouette {}, {structure}.", fixed(value, 2))),
    ]
}

fn how(found: &[&Segmented], best: &Segmented) -> Spans {
    let judged = if best.n_judged < best.n_rows { format!("a draw of {} of them", count(best.n_judged)) } else { "all of them".to_owned() };
    let mut says = format!(
        "k-means on {} and {}, without a look at the target: each feature but flags at mean 0 and standard deviation 1, ten starts by k-means++. The silhouette is measured on {judged}. \
         A segment\u{2019}s means are told beside those of all rows, the furthest first, in the units of the features.",
        counted(best.n_rows, "training row", "training rows"),
        counted(best.n_features, "feature", "features")
    );
    if found.iter().any(|s| !s.settled) {
        let ks: Vec<String> = found.iter().filter(|s| !s.settled).map(|s| s.k.to_string()).collect();
        says += &format!(" With {} segments rows still changed after 100 rounds.", ks.join(", "));
    }
    vec![text(says)]
}

fn table(task: &Task, best: &Segmented) -> TableBlock {
    let target = match task.kind {
        TaskKind::Regression => format!("#mean {}", task.target),
        TaskKind::Binary => format!("#share of {}", task.classes.last().map_or("", String::as_str)),
        TaskKind::Multiclass => "most frequent class".to_owned(),
    };
    let sizes: Vec<u64> = best.segments.iter().map(|s| s.n_rows).collect();
    let hidden = withheld(&sizes);
    let row = |(at, (segment, size)): (usize, (&Segment, Option<String>))| {
        let is_hidden = hidden.get(at).copied().unwrap_or(true);
        vec![
            words(format!("segment {}", at + 1)),
            if is_hidden { words(size.unwrap_or_else(|| "\u{2013}".to_owned())) } else { count_cell(segment.n_rows) },
            Cell::Number { text: segment.silhouette.map_or_else(|| "\u{2013}".to_owned(), |s| fixed(s, 2)), value: segment.silhouette, fine: None },
            words(apart(segment)),
            of_target(task, &segment.target),
        ]
    };
    let shown = cells(&sizes);
    let mut rows: Vec<Vec<Cell>> = best.segments.iter().zip(shown).enumerate().map(row).collect();
    let whole = Cell::Number { text: best.silhouette.map_or_else(|| "\u{2013}".to_owned(), |s| fixed(s, 2)), value: best.silhouette, fine: None };
    rows.push(vec![words("all rows"), count_cell(best.n_rows), whole, words("\u{2013}"), of_target(task, &best.target)]);
    TableBlock {
        caption: format!("Segments, largest first: {} of them", best.k),
        head: heads(&["Segment", "#rows", "#silhouette", "what sets it apart (all rows)", &target]),
        rows,
        rule_after: best.segments.len(),
    }
}

/// What sets a segment apart, as a phrase.
fn apart(segment: &Segment) -> String {
    let one = |t: &Trait| {
        let value = |x: f64| if t.is_flag { percent(x) } else { number(x) };
        format!("{} {} ({})", t.feature, value(t.mean), value(t.whole))
    };
    match (segment.traits.is_empty(), segment.target.is_empty()) {
        (true, true) => "too few rows to be told of".to_owned(),
        (true, false) => "near the mean in every feature".to_owned(),
        _ => segment.traits.iter().map(one).collect::<Vec<_>>().join("; "),
    }
}

fn of_target(task: &Task, target: &[f64]) -> Cell {
    let value = |text: String, value: f64| Cell::Number { text, value: Some(value), fine: None };
    match (task.kind, target) {
        (_, []) => words("\u{2013}"),
        (TaskKind::Regression, [mean, ..]) => value(number(*mean), *mean),
        (TaskKind::Binary, [.., share]) => value(percent(*share), *share),
        (TaskKind::Multiclass, shares) => {
            let best = shares.iter().enumerate().fold((0, f64::NEG_INFINITY), |b, (k, &s)| if s > b.1 { (k, s) } else { b });
            words(format!("{} ({})", task.classes.get(best.0).map_or("", String::as_str), percent(best.1)))
        }
    }
}

fn line(name: &str, points: Vec<(f64, f64)>) -> Vec<Series> {
    vec![Series { name: name.to_owned(), points, band: Vec::new(), quiet: false }]
}

fn silhouettes(found: &[&Segmented], best: &Segmented) -> Figure {
    let points = found.iter().filter_map(|s| Some((f64::from(s.k), s.silhouette?))).collect();
    let title = format!("The silhouette is highest with {} segments", best.k);
    let caption = format!(
        "Mean over {} of how much nearer a row is to its own segment than to the next one, from -1 to 1 (Rousseeuw 1987).",
        counted(best.n_judged, "row", "rows")
    );
    figures::line_interval("segments-silhouette", &title, &caption, ("number of segments", "mean silhouette"), line("silhouette", points))
}

fn inertias(found: &[&Segmented]) -> Figure {
    let points: Vec<(f64, f64)> = found.iter().map(|s| (f64::from(s.k), s.inertia)).collect();
    let title = match elbow(&points).and_then(|at| found.get(at)) {
        Some(bend) => format!("The sum of squares bends most at {} segments", bend.k),
        None => "The sum of squares does not bend".to_owned(),
    };
    let caption = "Sum of squared distances of rows to the mean of their segment, in scaled features. It always falls; the bend is furthest below the straight line from its first to its last point.";
    figures::line_interval(
        "segments-elbow",
        &title,
        caption,
        ("number of segments", "sum of squares within segments"),
        line("sum of squares", points),
    )
}

/// The segments as numbers, with sizes as they may be shared.
#[must_use]
pub fn segments_json(all: &[Found]) -> Value {
    let found = known(all);
    let best = recommended(&found).and_then(|at| found.get(at)).map(|s| s.k);
    let one = |s: &&Segmented| {
        let sizes: Vec<u64> = s.segments.iter().map(|s| s.n_rows).collect();
        let shown = withheld(&sizes).into_iter().zip(&sizes).map(|(hidden, n)| (!hidden).then_some(*n));
        let told = s.segments.iter().zip(shown);
        let told = told.map(|(s, n)| json!({ "n_rows": n, "silhouette": s.silhouette, "traits": s.traits, "target": s.target }));
        json!({
            "k": s.k, "inertia": s.inertia, "silhouette": s.silhouette, "n_judged": s.n_judged, "settled": s.settled,
            "n_rows": s.n_rows, "n_features": s.n_features, "target": s.target, "segments": told.collect::<Vec<_>>(),
        })
    };
    let refused: Vec<String> = all.iter().filter_map(|s| s.as_ref().err()).map(|e| e.message.clone()).collect();
    json!({ "recommended": best, "tried": found.iter().map(one).collect::<Vec<_>>(), "refused": refused })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::block::plain;

    fn segmented(k: u32, silhouette: f64, sizes: &[u64]) -> Found {
        let told = |n: &u64| Segment {
            n_rows: *n,
            silhouette: Some(silhouette),
            traits: if *n < 5 { Vec::new() } else { vec![Trait { feature: "age".into(), is_flag: false, mean: 45.0, whole: 38.0, apart: 0.9 }] },
            target: if *n < 5 { Vec::new() } else { vec![0.75, 0.25] },
        };
        let n_rows: u64 = sizes.iter().sum();
        Ok(Box::new(Segmented {
            k,
            inertia: 100.0 / f64::from(k),
            silhouette: Some(silhouette),
            n_judged: n_rows.min(50),
            settled: true,
            n_rows,
            n_features: 3,
            target: vec![0.8, 0.2],
            segments: sizes.iter().map(told).collect(),
        }))
    }

    fn task() -> Task {
        let classes = vec!["no".into(), "yes".into()];
        Task {
            target: "bought".into(),
            kind: TaskKind::Binary,
            classes,
            time: None,
            entity: None,
            weight: None,
            horizon: 0,
            features: Vec::new(),
            ignored: Vec::new(),
        }
    }

    #[test]
    fn the_best_number_is_named_with_what_it_is_worth_and_each_segment_with_what_sets_it_apart() {
        let blocks = segments(&task(), &[segmented(2, 0.4, &[60, 40]), segmented(3, 0.66, &[50, 30, 20]), Err(Error::internal("x"))]);
        let said: Vec<String> = blocks.iter().filter_map(|b| if let Block::Paragraph { text } = b { Some(plain(text)) } else { None }).collect();
        assert!(said[0].starts_with("3 segments divide the rows best") && said[0].contains("0.66, a reasonable structure"), "{said:?}");
        assert!(said[1].contains("a draw of 50 of them"), "{said:?}");
        let Block::Table { table } = &blocks[2] else { panic!("no table") };
        assert_eq!((table.rows.len(), table.rule_after), (4, 3));
        assert!(format!("{table:?}").contains("age 45 (38)") && format!("{table:?}").contains("share of yes"));
    }

    #[test]
    fn a_segment_of_under_five_rows_takes_a_second_size_with_it() {
        let all = [segmented(3, 0.9, &[60, 37, 3])];
        let Block::Table { table } = &segments(&task(), &all)[2] else { panic!("no table") };
        let sizes: Vec<String> = table.rows.iter().map(|row| format!("{:?}", row[1])).collect();
        assert!(sizes[0].contains("60") && !sizes[1].contains("37") && sizes[2].contains("< 5"), "{sizes:?}");
        let json = segments_json(&all);
        let sizes = json["tried"][0]["segments"].as_array().unwrap().iter().map(|s| s["n_rows"].as_u64()).collect::<Vec<_>>();
        assert_eq!(sizes, [Some(60), None, None]);
    }

    #[test]
    fn where_no_number_works_the_reason_is_told() {
        let refused = || Err(Error::not_computable("A segmentation", "no feature has two values", "Use another table."));
        let blocks = segments(&task(), &[refused(), refused()]);
        assert!(matches!(&blocks[1], Block::Paragraph { text } if plain(text).contains("no feature has two values")) && blocks.len() == 2);
    }
}
