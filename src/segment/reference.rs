//! Silhouettes and inertias against scikit-learn (`tests/reference/make_segments.py`).

use super::{kmeans, silhouette};
use serde::Deserialize;
#[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
use wasm_bindgen_test::wasm_bindgen_test as test;

#[derive(Deserialize)]
struct Reference {
    tables: Vec<Vec<Vec<f64>>>,
    silhouettes: Vec<SilhouetteCase>,
    groups: Vec<GroupCase>,
}

#[derive(Deserialize)]
struct SilhouetteCase {
    table: usize,
    labels: Vec<u32>,
    mean: f64,
    each: Vec<f64>,
}

#[derive(Deserialize)]
struct GroupCase {
    table: usize,
    k: usize,
    inertia: f64,
    centres: Vec<Vec<f64>>,
}

fn slices(table: &[Vec<f64>]) -> Vec<&[f64]> {
    table.iter().map(Vec::as_slice).collect()
}

fn reference() -> Reference {
    serde_json::from_str(include_str!("../../tests/reference/segments.json")).unwrap()
}

#[test]
fn silhouettes_are_those_of_scikit_learn() {
    let reference = reference();
    for case in &reference.silhouettes {
        let rows: Vec<usize> = (0..case.labels.len()).collect();
        let k = case.labels.iter().max().unwrap() + 1;
        let found = silhouette(&slices(&reference.tables[case.table]), &case.labels, &rows, k as usize).unwrap();
        assert!((found.mean - case.mean).abs() < 1e-10, "{} {}", found.mean, case.mean);
        found.each.iter().zip(&case.each).for_each(|(a, b)| assert!((a - b).abs() < 1e-10, "{a} {b}"));
    }
    assert!(reference.silhouettes.len() >= 4);
}

#[test]
fn separated_groups_have_the_centres_and_inertia_of_scikit_learn() {
    let reference = reference();
    for case in &reference.groups {
        let table = &reference.tables[case.table];
        let found = kmeans(&slices(table), table[0].len(), case.k, 1, &|| {}).unwrap();
        assert!((found.inertia / case.inertia - 1.0).abs() < 1e-10, "{} {}", found.inertia, case.inertia);
        for centre in &case.centres {
            let near = |c: &Vec<f64>| c.iter().zip(centre).all(|(a, b)| (a - b).abs() < 1e-9);
            assert!(found.centres.iter().any(near), "{centre:?}");
        }
    }
    assert!(reference.groups.len() >= 3);
}
