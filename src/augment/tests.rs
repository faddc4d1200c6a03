//! What every augmentation method promises.

use super::*;
use crate::features::Feature;
use crate::param::Value;
use crate::task::TaskKind;

/// What comes of it and how faithful it is; the same set as without measuring.
fn augment(set: TrainingSet, choice: &AugmentChoice, seed: u64) -> Result<(TrainingSet, Fidelity)> {
    let (measured, fidelity) = augment_measured(&set, choice, seed)?;
    assert_eq!(super::augment(&set, choice, seed)?, measured);
    Ok((measured, fidelity))
}

/// Columns: a skewed number, a whole number, a label of three levels as features of 0 and 1, an encoded label as one number.
fn example(n: usize, kind: TaskKind) -> TrainingSet {
    let about = |name: &str, step: &str, whole| Feature { name: name.into(), sources: vec![name.into()], step: step.into(), whole, levels: false };
    let level = |l: usize| (0..n).map(|i| f64::from(u8::from(i % 3 == l))).collect::<Vec<f64>>();
    let mut stream = Stream::new(11, "test", 0);
    let x: Vec<f64> = (0..n).map(|_| stream.normal()).collect();
    let columns = vec![
        x.iter().map(|v| v * v * 3.0).collect(),
        x.iter().map(|v| (v * 10.0).round()).collect(),
        level(0),
        level(1),
        level(2),
        (0..n).map(|i| (i % 5) as f64).collect(),
    ];
    let names = vec![
        about("size", "column", false),
        about("count", "impute", true),
        about("k=a", "encode", true),
        about("k=b", "encode", true),
        about("k=c", "encode", true),
        about("grade", "encode", true),
    ];
    let target =
        x.iter().enumerate().map(|(i, v)| if kind == TaskKind::Regression { v * 2.5 + 1.0 } else { f64::from(u8::from(i % 10 == 0)) }).collect();
    let weights = (0..n).map(|i| if i % 17 == 3 { 0.0 } else { 2.0 }).collect();
    let classes = if kind == TaskKind::Regression { 0 } else { 2 };
    TrainingSet::new(Features::from_columns(names, columns, n).unwrap(), target, weights, kind, classes, n).unwrap()
}

fn choice(id: &str, params: &[(&str, f64)]) -> AugmentChoice {
    AugmentChoice { id: id.into(), params: params.iter().map(|(k, v)| ((*k).to_owned(), Value::Real(*v))).collect() }
}

const KINDS: [TaskKind; 2] = [TaskKind::Regression, TaskKind::Binary];

/// Methods that make rows in proportion to those there are.
fn growing() -> impl Iterator<Item = &'static MethodEntry> {
    METHODS.iter().filter(|m| m.params.contains(&AMOUNT))
}

/// Methods that make rows for rarer classes.
fn balancing() -> impl Iterator<Item = &'static MethodEntry> {
    METHODS.iter().filter(|m| matches!(m.act, Act::Balance(..)))
}

/// Methods that leave rows out.
fn thinning() -> impl Iterator<Item = &'static MethodEntry> {
    METHODS.iter().filter(|m| matches!(m.act, Act::Thin(_)))
}

fn counted(set: &TrainingSet, class: f64) -> usize {
    set.target().iter().zip(set.weights()).filter(|(t, w)| **t == class && **w > 0.0).count()
}

#[test]
fn synthetic_rows_stand_after_the_real_ones_which_stay_as_they_were() {
    for method in growing() {
        for kind in KINDS {
            let real = example(200, kind);
            let (set, fidelity) = augment(real.clone(), &choice(method.id, &[]), 1).unwrap();
            let counted = real.weights().iter().filter(|w| **w > 0.0).count();
            assert_eq!((set.n_real(), set.n_rows()), (200, 200 + counted.div_ceil(2)), "half as many again");
            assert_eq!((fidelity.n_real, fidelity.n_synthetic), (counted as u64, counted.div_ceil(2) as u64));
            for j in 0..real.features().n_features() {
                assert_eq!(set.features().slice(j)[..200], *real.features().slice(j));
            }
            assert_eq!((&set.target()[..200], &set.weights()[..200]), (real.target(), real.weights()));
            assert!(set.weights()[200..].iter().all(|w| *w == 1.0));
        }
    }
}

#[test]
fn values_stay_in_range_whole_numbers_whole_and_labels_valid() {
    for method in METHODS {
        let real = example(300, TaskKind::Binary);
        let mut params = if method.params.contains(&AMOUNT) { vec![("amount", 3.0)] } else { Vec::new() };
        if method.params.iter().any(|p| p.id == "share") {
            params.push(("share", 2.0));
        }
        let (set, _) = augment(real.clone(), &choice(method.id, &params), 5).unwrap();
        let source = Source::new(&real);
        for (j, (low, high)) in source.ranges.iter().enumerate() {
            let made = &set.features().slice(j)[300..];
            assert!(made.iter().all(|v| (*low..=*high).contains(v)), "{} {j}", method.id);
            assert!(!set.features().about[j].whole || made.iter().all(|v| v.fract() == 0.0), "{} {j}", method.id);
        }
        for row in 300..set.n_rows() {
            let levels: f64 = (2..5).map(|j| set.features().slice(j)[row]).sum();
            assert_eq!(levels, 1.0, "exactly one level of a label holds");
        }
    }
}

#[test]
fn classes_keep_their_labels_and_shares() {
    for method in growing().filter(|m| !["mixup", "block_bootstrap"].contains(&m.id)) {
        let (set, _) = augment(example(340, TaskKind::Binary), &choice(method.id, &[("amount", 1.0)]), 5).unwrap();
        let made = &set.target()[340..];
        assert!(made.iter().all(|t| *t == 0.0 || *t == 1.0));
        let source = example(340, TaskKind::Binary);
        let positives = |t: &[f64]| t.iter().filter(|v| **v == 1.0).count();
        let counted: Vec<f64> = source.target().iter().zip(source.weights()).filter(|(_, w)| **w > 0.0).map(|(t, _)| *t).collect();
        assert_eq!(positives(made), positives(&counted), "each row is a parent once");
    }
}

#[test]
fn classes_are_balanced_as_far_as_asked_and_the_most_frequent_one_stays_as_it_is() {
    for method in balancing() {
        for (balance, share) in [(1.0, 1.0), (0.5, 0.5)] {
            let real = example(340, TaskKind::Binary);
            let (set, fidelity) = augment(real.clone(), &choice(method.id, &[("balance", balance)]), 5).unwrap();
            let (many, few) = (counted(&real, 0.0), counted(&real, 1.0));
            assert_eq!(counted(&set, 0.0), many, "{}", method.id);
            assert_eq!(counted(&set, 1.0), share_of(share, many), "{}", method.id);
            assert_eq!(fidelity.n_synthetic as usize, counted(&set, 1.0) - few);
        }
        let (same, fidelity) = augment(example(340, TaskKind::Binary), &choice(method.id, &[("balance", 0.05)]), 5).unwrap();
        assert_eq!((same.n_rows(), fidelity.verdict), (340, Verdict::Unchanged));
        let refused = augment(example(90, TaskKind::Regression), &choice(method.id, &[]), 1).unwrap_err();
        assert!(refused.message.contains("number"), "{}", refused.message);
    }
}

/// Two clouds of one number, 100 rows around 0 and 20 around 3, and rows of the one inside of the other.
fn clouds(inside: usize) -> TrainingSet {
    let mut stream = Stream::new(4, "test", 0);
    let mut x: Vec<f64> = (0..100).map(|_| stream.normal() * 0.3).collect();
    x.extend((0..20).map(|_| 3.0 + stream.normal() * 0.3));
    let mut target: Vec<f64> = (0..120).map(|i| f64::from(u8::from(i >= 100))).collect();
    // Rows of the rare class amid the frequent one.
    x.extend((0..inside).map(|_| stream.normal() * 0.3));
    target.extend(vec![1.0; inside]);
    let n = x.len();
    let about = vec![Feature { name: "x".into(), sources: vec!["x".into()], step: "column".into(), whole: false, levels: false }];
    TrainingSet::new(Features::from_columns(about, vec![x], n).unwrap(), target, vec![1.0; n], TaskKind::Binary, 2, n).unwrap()
}

#[test]
fn adasyn_starts_from_rows_among_strangers_and_smote_from_all_alike() {
    let made_near_zero = |id: &str| {
        let (set, _) = augment(clouds(3), &choice(id, &[]), 1).unwrap();
        let made = &set.features().slice(0)[123..];
        made.iter().filter(|x| **x < 1.5).count() as f64 / made.len() as f64
    };
    assert!(made_near_zero("smote") < 0.25);
    assert!(made_near_zero("adasyn") > 0.6);
}

#[test]
fn what_lies_amid_another_class_is_edited_and_a_link_is_cut_at_its_frequent_end() {
    let edited = |set: TrainingSet| {
        let n = set.n_rows();
        let (out, fidelity) = augment(set, &choice("edited_neighbours", &[]), 1).unwrap();
        assert_eq!(out.n_rows(), n);
        (counted(&out, 0.0), counted(&out, 1.0), fidelity.n_left_out)
    };
    assert_eq!(edited(clouds(0)), (100, 20, 0), "nothing contradicts its surroundings");
    let x = vec![0.0, 0.1, 0.3, 1.0, 1.05, 2.0, 2.1, 2.25, 9.0];
    let target = vec![0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 0.0, 0.0];
    let about = vec![Feature { name: "x".into(), sources: vec!["x".into()], step: "column".into(), whole: false, levels: false }];
    let set = TrainingSet::new(Features::from_columns(about, vec![x], 9).unwrap(), target, vec![1.0; 9], TaskKind::Binary, 2, 9).unwrap();
    let (out, fidelity) = augment(set.clone(), &choice("tomek_links", &[]), 1).unwrap();
    let gone: Vec<usize> = (0..9).filter(|&i| out.weights()[i] == 0.0).collect();
    assert_eq!((gone, fidelity.n_left_out), (vec![3], 1), "1.0 and 1.05 are each other's nearest; 2.25 and 2.1 are not, for 2.1 is nearer to 2.0");
}

#[test]
fn rows_are_left_out_of_frequent_classes_only_and_those_that_stay_are_as_they_were() {
    for method in thinning() {
        let real = example(340, TaskKind::Binary);
        let (set, fidelity) = augment(real.clone(), &choice(method.id, &[]), 5).unwrap();
        assert_eq!((set.features(), set.target()), (real.features(), real.target()));
        assert_eq!(counted(&set, 1.0), counted(&real, 1.0), "{}", method.id);
        assert_eq!(fidelity.n_left_out as usize, counted(&real, 0.0) - counted(&set, 0.0));
        assert!(set.weights().iter().zip(real.weights()).all(|(now, before)| now == before || *now == 0.0));
    }
    let (set, _) = augment(example(340, TaskKind::Binary), &choice("under_sampling", &[("times", 2.0)]), 5).unwrap();
    assert_eq!(counted(&set, 0.0), 2 * counted(&set, 1.0));
}

#[test]
fn labels_that_never_met_are_not_put_together_and_the_majority_of_near_rows_decides() {
    let (set, _) = augment(example(340, TaskKind::Binary), &choice("smote_nc", &[]), 2).unwrap();
    for row in 340..set.n_rows() {
        let level = (2..5).position(|j| set.features().slice(j)[row] == 1.0).unwrap();
        assert!((0..340).any(|real| set.features().slice(2 + level)[real] == 1.0 && set.features().slice(5)[real] == set.features().slice(5)[row]));
    }
}

#[test]
fn a_stretch_of_a_series_is_copied_as_it_stands() {
    let real = example(300, TaskKind::Regression);
    let params: Given = [("length".to_owned(), Value::Whole(6)), ("amount".to_owned(), Value::Real(0.2))].into();
    let (set, _) = augment(real.clone(), &AugmentChoice { id: "block_bootstrap".into(), params }, 3).unwrap();
    let made: Vec<f64> = set.target()[300..].to_vec();
    let there: Vec<f64> = real.target().iter().zip(real.weights()).filter(|(_, w)| **w > 0.0).map(|(t, _)| *t).collect();
    for stretch in made.chunks(6) {
        assert!(there.windows(stretch.len()).any(|w| w == stretch));
    }
}

#[test]
fn copies_are_told_by_their_distance_and_strangers_by_a_model() {
    let of = |id: &str, params: &[(&str, f64)]| augment(example(600, TaskKind::Regression), &choice(id, params), 2).unwrap().1.together;
    assert!(of("block_bootstrap", &[("amount", 1.0)]).nearest.unwrap() < 1e-9, "copies");
    let (little, much) = (of("noise", &[("amount", 1.0)]), of("noise", &[("amount", 1.0), ("share", 2.0)]));
    assert!(little.domain_auc.unwrap() < 0.65 && much.domain_auc.unwrap() > DOMAIN_BAR, "{little:?} {much:?}");
    assert!(little.correlation_change.unwrap() < 0.05 && much.correlation_change.unwrap() > 0.05);
}

#[test]
fn a_row_between_two_of_one_class_lies_between_them() {
    // Two far groups, one of each class: interpolated rows stay in their class's group.
    let x: Vec<f64> = (0..60).map(|i| if i % 2 == 0 { f64::from(i) * 0.01 } else { 100.0 + f64::from(i) * 0.01 }).collect();
    let about = vec![Feature { name: "x".into(), sources: vec!["x".into()], step: "column".into(), whole: false, levels: false }];
    let features = Features::from_columns(about, vec![x], 60).unwrap();
    let target = (0..60).map(|i| f64::from(i % 2)).collect();
    let set = TrainingSet::new(features, target, vec![1.0; 60], TaskKind::Binary, 2, 60).unwrap();
    let (set, _) = augment(set, &choice("interpolation", &[("amount", 2.0)]), 1).unwrap();
    for (x, t) in set.features().slice(0)[60..].iter().zip(&set.target()[60..]) {
        assert!(if *t == 0.0 { *x < 1.0 } else { *x > 99.0 });
    }
}

#[test]
fn the_same_seed_gives_the_same_bits_and_another_seed_others() {
    for method in growing() {
        let run = |seed| augment(example(120, TaskKind::Regression), &choice(method.id, &[]), seed).unwrap();
        assert_eq!(run(3), run(3));
        assert_ne!(run(3).0, run(4).0);
    }
}

#[test]
fn defaults_are_faithful_and_absurd_noise_is_doubtful() {
    for kind in KINDS {
        // Between any two rows there are fewer extremes, and stretches are drawn with luck: what comes of these two depends on the table.
        for method in growing().filter(|m| !["mixup", "block_bootstrap"].contains(&m.id)) {
            let (_, fidelity) = augment(example(600, kind), &choice(method.id, &[("amount", 1.0)]), 2).unwrap();
            assert_eq!((fidelity.verdict, fidelity.n_off), (Verdict::Faithful, 0), "{} {fidelity:?}", method.id);
        }
        let (_, absurd) = augment(example(600, kind), &choice("noise", &[("share", 2.0), ("amount", 1.0)]), 2).unwrap();
        assert_eq!(absurd.verdict, Verdict::Doubtful);
        assert!(absurd.n_off >= 1 && absurd.features[0].off && absurd.features[0].mean_difference.unwrap() > absurd.features[0].mean_allowed);
        assert!(absurd.features[0].ks_p < 1e-6);
    }
}

#[test]
fn few_rows_are_doubtful_because_nothing_can_be_said() {
    let (_, fidelity) = augment(example(30, TaskKind::Regression), &choice("noise", &[]), 2).unwrap();
    assert!(fidelity.verdict == Verdict::Doubtful && !fidelity.enough_rows && fidelity.widened && fidelity.n_off == 0);
}

#[test]
fn no_method_panics_on_degenerate_training_sets() {
    for method in METHODS {
        assert!(!method.title.is_empty() && method.doc.len() > 40 && !method.tasks.is_empty());
        for kind in KINDS.into_iter().filter(|kind| method.tasks.contains(kind)) {
            let empty = example(0, kind);
            assert!(augment(empty, &choice(method.id, &[]), 1).unwrap_err().message.contains("no training rows"));
            let (set, fidelity) = augment(example(1, kind), &choice(method.id, &[]), 1).unwrap();
            assert!((1..=2).contains(&set.n_rows()) && [Verdict::Doubtful, Verdict::Unchanged].contains(&fidelity.verdict));
            let constant = Features::from_columns(example(1, kind).features().about.clone(), vec![vec![4.0; 40]; 6], 40).unwrap();
            let same = TrainingSet::new(constant, vec![1.0; 40], vec![1.0; 40], kind, set.n_classes(), 40).unwrap();
            let (set, fidelity) = augment(same, &choice(method.id, &[]), 1).unwrap();
            assert!(set.features().matrix().iter().all(|v| *v == 4.0) && fidelity.n_off == 0);
            let none = TrainingSet::new(Features::from_columns(vec![], vec![], 40).unwrap(), vec![1.0; 40], vec![1.0; 40], kind, set.n_classes(), 40);
            assert!(augment(none.unwrap(), &choice(method.id, &[]), 1).is_ok());
        }
    }
}

#[test]
fn unknown_methods_and_amounts_are_refused_by_name() {
    assert!(augment(example(9, TaskKind::Binary), &choice("smoot", &[]), 1).unwrap_err().hint.contains("interpolation"));
    assert!(augment(example(9, TaskKind::Binary), &choice("noise", &[("amount", 9.0)]), 1).is_err());
}
