//! What every augmentation method promises.

use super::*;
use crate::features::Feature;
use crate::param::Value;
use crate::task::TaskKind;

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

#[test]
fn synthetic_rows_stand_after_the_real_ones_which_stay_as_they_were() {
    for method in METHODS {
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
        let mut params = vec![("amount", 3.0)];
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
    for method in METHODS {
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
    for method in METHODS {
        let run = |seed| augment(example(120, TaskKind::Regression), &choice(method.id, &[]), seed).unwrap();
        assert_eq!(run(3), run(3));
        assert_ne!(run(3).0, run(4).0);
    }
}

#[test]
fn defaults_are_faithful_and_absurd_noise_is_doubtful() {
    for kind in KINDS {
        for method in METHODS {
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
        assert!(!method.title.is_empty() && method.doc.len() > 40 && method.params.contains(&AMOUNT));
        for kind in KINDS {
            let empty = example(0, kind);
            assert!(augment(empty, &choice(method.id, &[]), 1).unwrap_err().message.contains("no training rows"));
            let (set, fidelity) = augment(example(1, kind), &choice(method.id, &[]), 1).unwrap();
            assert_eq!((set.n_rows(), fidelity.verdict), (2, Verdict::Doubtful));
            let constant = Features::from_columns(set.features().about.clone(), vec![vec![4.0; 40]; 6], 40).unwrap();
            let same = TrainingSet::new(constant, vec![1.0; 40], vec![1.0; 40], kind, set.n_classes(), 40).unwrap();
            let (set, fidelity) = augment(same, &choice(method.id, &[("amount", 1.0)]), 1).unwrap();
            assert!(set.features().matrix().iter().all(|v| *v == 4.0) && fidelity.verdict == Verdict::Faithful);
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
