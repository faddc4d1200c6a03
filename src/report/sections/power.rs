//! What the audit would find in this table: recall of planted leaks by family and strength, and how often it accuses the innocent.

use super::shared::{heads, words};
use crate::audit::canary::families;
use crate::audit::power::{FamilyPower, Power};
use crate::finding::Share;
use crate::report::block::{Block, Cell, Spans, TableBlock, strong, text};
use crate::report::format::{count, counted};

/// The blocks that follow the checks, once the power was measured.
#[must_use]
pub fn power(power: &Power) -> Vec<Block> {
    let planted: Vec<&FamilyPower> = power.families.iter().filter(|f| f.why.is_none()).collect();
    let table = TableBlock {
        caption: "Planted leaks that the audit found, of those planted, by kind and strength".to_owned(),
        head: heads(&["Planted", "#full", "#medium", "#weak", "#innocent twins accused"]),
        rows: planted.iter().map(|f| row(f)).collect(),
        rule_after: 0,
    };
    let mut blocks = vec![
        Block::Heading { text: "What the audit would find here".to_owned() },
        Block::Paragraph { text: found(power) },
        Block::Paragraph { text: alarms(power) },
        Block::Table { table },
    ];
    let title = |f: &FamilyPower| families().find(|family| family.id == f.id).map_or(f.id.clone(), |family| family.title.to_owned());
    let missed = |f: &&FamilyPower| f.found.iter().any(|s| s.count < s.of) || f.twins.count > 0;
    details(&mut blocks, "What was missed, or accused without guilt", planted.iter().filter(|f| missed(f)).map(|f| (title(f), f.named.join("; "))));
    let left_out = power.families.iter().filter_map(|f| Some((title(f), f.why.clone()?)));
    details(&mut blocks, "What was not planted, and why", left_out);
    let strengths = families().filter(|family| planted.iter().any(|f| f.id == family.id)).map(|f| (f.title.to_owned(), f.doc.to_owned()));
    details(&mut blocks, "What full, medium and weak mean", strengths);
    if !power.false_findings.is_empty() {
        let all = [("findings under a permuted target".to_owned(), power.false_findings.join("; "))];
        details(&mut blocks, "What was found although nothing was there", all.into_iter());
    }
    blocks
}

fn row(f: &FamilyPower) -> Vec<Cell> {
    let title = families().find(|family| family.id == f.id).map_or(f.id.as_str(), |family| family.title);
    [words(title)].into_iter().chain(f.found.iter().chain([&f.twins]).map(|s| of(*s))).collect()
}

fn of(share: Share) -> Cell {
    if share.of == 0 {
        return words("–");
    }
    Cell::Number { text: format!("{} of {}", count(share.count), count(share.of)), value: Some(share.ratio()), fine: None }
}

fn found(power: &Power) -> Spans {
    let [full, medium, weak] = [0, 1, 2].map(|strength| power.recall(strength));
    let say = |s: Share| format!("{} of {}", count(s.count), count(s.of));
    let sample = format!(
        "Leaks of many kinds were planted, one at a time, into a copy of this table ({}, {}), and the audit ran again. It found ",
        counted(power.n_rows, "row", "rows"),
        counted(power.n_features, "feature", "features")
    );
    vec![
        text(sample),
        strong(format!("{} leaks of full strength", say(full))),
        text(format!(
            ", {} of medium and {} of weak strength. A leak of a kind that it misses here could be in this table unseen.",
            say(medium),
            say(weak)
        )),
    ]
}

fn alarms(power: &Power) -> Spans {
    let (twins, runs, flagged) = (power.twins(), power.alarmed, power.flagged);
    let accused = match twins.count {
        0 => format!("Of {} that only look like leaks none was accused.", counted(twins.of, "column or table", "columns and tables")),
        n => format!("Of {} that only look like leaks it accused {}.", counted(twins.of, "column or table", "columns and tables"), count(n)),
    };
    let permuted = format!(
        " The target was permuted {}, so that no column knows anything of it: the audit raised an alarm in {} and flagged {} of {}.",
        counted(runs.of, "time", "times"),
        match runs.count {
            0 => "none of them".to_owned(),
            n => count(n),
        },
        count(flagged.count),
        counted(flagged.of, "feature", "features"),
    );
    vec![text(accused), text(permuted)]
}

fn details(blocks: &mut Vec<Block>, summary: &str, facts: impl Iterator<Item = (String, String)>) {
    let facts: Vec<(String, Spans)> = facts.map(|(term, value)| (term, vec![text(value)])).collect();
    if !facts.is_empty() {
        blocks.push(Block::Details { summary: format!("{summary} ({})", count(facts.len() as u64)), blocks: vec![Block::Facts { facts }] });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::power::{PowerPart, n_parts};
    use crate::report::block::plain;

    fn measured() -> Power {
        let part = |i: u32| match i {
            0..4 => PowerPart { found: u64::from(i < 2), of: 2, named: vec!["copy of y".to_owned()], ..PowerPart::default() },
            _ => PowerPart { why: "the target is a class".to_owned(), ..PowerPart::default() },
        };
        Power::of(300, 5, &(0..n_parts()).map(part).collect::<Vec<_>>())
    }

    #[test]
    fn what_was_found_is_told_by_strength_and_what_was_not_planted_says_why() {
        let blocks = power(&measured());
        let Block::Paragraph { text } = &blocks[1] else { panic!("a paragraph") };
        assert!(plain(text).contains("1 of 2 leaks of full strength, 1 of 2 of medium and 0 of 2 of weak"), "{}", plain(text));
        let Block::Table { table } = &blocks[3] else { panic!("a table") };
        assert_eq!((table.rows.len(), table.rows[0].len()), (1, table.head.len()));
        assert!(matches!(blocks.get(5), Some(Block::Details { summary, .. }) if summary.starts_with("What was not planted")));
    }

    #[test]
    fn without_false_alarms_it_says_so() {
        let says = plain(&alarms(&measured()));
        assert!(says.contains("none was accused") && says.contains("10 times"), "{says}");
    }
}
