//! The lineage graph: columns as nodes, derivations as edges, from the sources on the left to what is made of them on the right.
//!
//! Layout after Sugiyama, Tagawa and Toda 1981: a column stands one layer right of the last of its sources; an edge over several layers bends at each;
//! the order within a layer follows the mean place of the neighbours (four sweeps); heights move towards the neighbours and keep their distance.
//! Edges that would close a circle are drawn but do not count for the layers. Nothing is drawn by chance: equal graphs give equal bytes.

use super::paint::{attribute, fitted, width_of};
use crate::escape::visible;
use crate::math::sort;
use serde::{Deserialize, Serialize};

/// A column of the graph.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Node {
    /// Its name.
    pub name: String,
    /// Class that colours it: a severity's, "accent" for the target, "quiet" for what nothing was found about.
    pub class: String,
    /// What it is, in a word or two ("blocker", "target", "source").
    pub word: String,
    /// The finding about it.
    pub finding: Option<String>,
}

/// Columns and what they are made of.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Graph {
    /// The columns.
    pub nodes: Vec<Node>,
    /// Source, made, rows read ("t−2 to t"; empty for the same row).
    pub edges: Vec<(u32, u32, String)>,
    /// The graph in words.
    pub description: String,
}

/// Distance between nodes of a layer, and from an edge that passes, in pixels.
const STEP: f64 = 34.0;
const PASS: f64 = 20.0;
/// Height of a node, and room for the curves between two layers, beside what is written on the edges, in pixels.
const HEIGHT: f64 = 24.0;
const GAP: f64 = 60.0;
/// Widest node and size of names, in pixels.
const WIDEST: f64 = 190.0;
const SIZE: f64 = 12.0;
const SWEEPS: usize = 4;

/// Places of nodes and bends.
#[derive(Clone, Debug, PartialEq)]
pub struct Layout {
    /// Layer and height of every node.
    pub places: Vec<(usize, f64)>,
    /// Layer and height of the bends of every edge, its ends left out.
    pub bends: Vec<Vec<(usize, f64)>>,
    /// Layers.
    pub n_layers: usize,
    /// Height of the whole, in pixels.
    pub height: f64,
}

/// A place in a layer: a node, or a bend of an edge.
#[derive(Clone, Copy)]
struct Slot {
    layer: usize,
    y: f64,
    room: f64,
}

/// Where nodes and edges stand.
#[must_use]
pub fn layout(graph: &Graph) -> Layout {
    let n = graph.nodes.len();
    let edges: Vec<(usize, usize)> = graph.edges.iter().map(|e| (e.0 as usize, e.1 as usize)).collect();
    let forward = without_circles(n, &edges);
    let layers = layers(n, &edges, &forward);
    let n_layers = layers.iter().max().map_or(0, |l| l + 1);
    let mut slots: Vec<Slot> = layers.iter().map(|&layer| Slot { layer, y: 0.0, room: STEP }).collect();
    let mut links: Vec<(usize, usize)> = Vec::new();
    let mut bent: Vec<Vec<usize>> = vec![Vec::new(); edges.len()];
    for (at, &(a, b)) in edges.iter().enumerate().filter(|(at, _)| forward.get(*at).copied().unwrap_or(false)) {
        let mut before = a;
        for layer in layers[a] + 1..layers[b] {
            slots.push(Slot { layer, y: 0.0, room: PASS });
            links.push((before, slots.len() - 1));
            before = slots.len() - 1;
            bent[at].push(before);
        }
        links.push((before, b));
    }
    let mut order: Vec<Vec<usize>> = (0..n_layers).map(|l| (0..slots.len()).filter(|&s| slots[s].layer == l).collect()).collect();
    arrange(&mut order, &mut slots, &links);
    let top = slots.iter().map(|s| s.y).fold(f64::INFINITY, f64::min);
    let lowest = slots.iter().map(|s| s.y).fold(0.0, f64::max);
    let place = |s: &Slot| (s.layer, s.y - top + STEP / 2.0);
    Layout {
        places: slots.iter().take(n).map(place).collect(),
        bends: bent.iter().map(|b| b.iter().map(|&s| place(&slots[s])).collect()).collect(),
        n_layers,
        height: if n == 0 { 0.0 } else { lowest - top + STEP },
    }
}

/// Which edges do not close a circle, in the order given.
fn without_circles(n: usize, edges: &[(usize, usize)]) -> Vec<bool> {
    let mut kept: Vec<Vec<usize>> = vec![Vec::new(); n];
    edges
        .iter()
        .map(|&(a, b)| {
            let (mut seen, mut open) = (vec![false; n], vec![b]);
            while let Some(at) = open.pop() {
                if at >= n || at == a {
                    return false;
                }
                if !std::mem::replace(&mut seen[at], true) {
                    open.extend(&kept[at]);
                }
            }
            let fits = a < n;
            if fits {
                kept[a].push(b);
            }
            fits
        })
        .collect()
}

/// Layer of every node: one right of the last of its sources.
fn layers(n: usize, edges: &[(usize, usize)], forward: &[bool]) -> Vec<usize> {
    let mut layers = vec![0; n];
    for _ in 0..n {
        let before = layers.clone();
        for (&(a, b), _) in edges.iter().zip(forward).filter(|(_, f)| **f) {
            layers[b] = layers[b].max(layers[a] + 1);
        }
        if layers == before {
            break;
        }
    }
    layers
}

/// Orders every layer and gives every slot its height.
fn arrange(order: &mut [Vec<usize>], slots: &mut [Slot], links: &[(usize, usize)]) {
    let mut neighbours: Vec<[Vec<usize>; 2]> = vec![[Vec::new(), Vec::new()]; slots.len()];
    for &(a, b) in links {
        neighbours[b][0].push(a);
        neighbours[a][1].push(b);
    }
    for layer in order.iter() {
        stack(layer, slots);
    }
    for sweep in 0..2 * SWEEPS {
        let side = sweep % 2;
        let wanted: Vec<usize> = if side == 0 { (1..order.len()).collect() } else { (0..order.len().saturating_sub(1)).rev().collect() };
        for layer in wanted {
            let aim = |s: usize| {
                let near = &neighbours[s][side];
                #[expect(clippy::cast_precision_loss, reason = "columns are few")]
                let mean = near.iter().map(|&o| slots[o].y).sum::<f64>() / near.len() as f64;
                if near.is_empty() { slots[s].y } else { mean }
            };
            let mut aims: Vec<(usize, f64)> = order[layer].iter().map(|&s| (s, aim(s))).collect();
            if sweep < SWEEPS {
                sort::by(&mut aims, |a, b| a.1.total_cmp(&b.1));
            }
            settle(&aims, slots);
            order[layer] = aims.into_iter().map(|a| a.0).collect();
        }
    }
}

fn distance(a: &Slot, b: &Slot) -> f64 {
    f64::midpoint(a.room, b.room)
}

fn stack(layer: &[usize], slots: &mut [Slot]) {
    let mut y = 0.0;
    for pair in layer.windows(2) {
        y += distance(&slots[pair[0]], &slots[pair[1]]);
        slots[pair[1]].y = y;
    }
}

/// As near to the heights aimed at as distances allow: the mean of what is pushed down and what is pushed up.
fn settle(aims: &[(usize, f64)], slots: &mut [Slot]) {
    let (mut down, mut up): (Vec<f64>, Vec<f64>) = aims.iter().map(|a| (a.1, a.1)).unzip();
    for i in 1..aims.len() {
        down[i] = down[i].max(down[i - 1] + distance(&slots[aims[i - 1].0], &slots[aims[i].0]));
    }
    for i in (1..aims.len()).rev() {
        up[i - 1] = up[i - 1].min(up[i] - distance(&slots[aims[i - 1].0], &slots[aims[i].0]));
    }
    for (i, aim) in aims.iter().enumerate() {
        slots[aim.0].y = f64::midpoint(down[i], up[i]);
    }
}

/// The address a node leads to.
pub type Link<'a> = &'a dyn Fn(&Node) -> Option<String>;

/// The graph as SVG. `link` gives the address a node leads to; without one, nodes are buttons for a script, the first of them in the order of tabs.
#[must_use]
pub fn svg(graph: &Graph, link: Option<Link<'_>>) -> String {
    let placed = &layout(graph);
    let widths: Vec<f64> = graph.nodes.iter().map(|n| (width_of(&n.name, SIZE) * 1.08 + 18.0 + extra(&n.class)).min(WIDEST)).collect();
    let widest = |layer: usize| placed.places.iter().zip(&widths).filter(|(p, _)| p.0 == layer).map(|(_, w)| *w).fold(0.0, f64::max);
    let ends_in = |layer: usize| graph.edges.iter().filter(move |e| placed.places.get(e.1 as usize).is_some_and(|p| p.0 == layer));
    let written = |layer: usize| ends_in(layer).map(|e| width_of(&e.2, SIZE)).fold(0.0, f64::max);
    let lefts: Vec<f64> = (0..placed.n_layers).scan(1.0, |x, l| Some(std::mem::replace(x, *x + widest(l) + GAP + written(l + 1)))).collect();
    let left = |layer: usize| lefts.get(layer).copied().unwrap_or(0.0);
    let width = (0..placed.n_layers).map(|l| left(l) + widest(l)).fold(0.0, f64::max) + 1.0;
    let mut lines = vec![String::new(); graph.nodes.len()];
    for (at, (a, b, words)) in graph.edges.iter().enumerate() {
        let (a, b) = (*a as usize, *b as usize);
        let (Some(from), Some(to), Some(node)) = (placed.places.get(a), placed.places.get(b), graph.nodes.get(b)) else { continue };
        let mut points = vec![(left(from.0) + widths[a], from.1), (left(from.0) + widest(from.0), from.1)];
        for &(layer, y) in &placed.bends[at] {
            points.extend([(left(layer), y), (left(layer) + widest(layer), y)]);
        }
        // The last piece is straight, with room for what is written on it.
        points.extend([(left(to.0) - width_of(words, SIZE) - 16.0, to.1), (left(to.0), to.1)]);
        lines[b] += &edge(&points, node, (a, b), words);
    }
    let mut inside = String::new();
    for (at, node) in graph.nodes.iter().enumerate() {
        let (layer, y) = placed.places[at];
        let drawn = boxed(node, left(layer), y, widths[at]);
        let says = visible(&attribute(&format!("{} {}", node.name, node.word)));
        inside += &match link.map(|link| link(node)) {
            Some(Some(to)) => format!("<a class=\"gn {}\" href=\"{to}\" aria-label=\"{says}\">{}{drawn}</a>", node.class, lines[at]),
            Some(None) => format!("<g class=\"gn {}\">{}{drawn}</g>", node.class, lines[at]),
            None => {
                let tab = if at == 0 { 0 } else { -1 };
                let finding = visible(&attribute(node.finding.as_deref().unwrap_or("")));
                format!(
                    "<g class=\"gl {0}\">{1}</g><g class=\"gn {0}\" role=\"button\" tabindex=\"{tab}\" data-node=\"{at}\" data-finding=\"{finding}\" aria-label=\"{says}\">{drawn}</g>",
                    node.class, lines[at]
                )
            }
        };
    }
    let says = visible(&attribute(&graph.description));
    format!(
        "<svg class=\"fig graph\" width=\"{width:.0}\" height=\"{0:.0}\" viewBox=\"0 0 {width:.0} {0:.0}\" role=\"group\" aria-label=\"{says}\">{inside}</svg>",
        placed.height
    )
}

/// An edge as a curve through its points, with its arrow and the rows it reads.
fn edge(points: &[(f64, f64)], node: &Node, ends: (usize, usize), words: &str) -> String {
    let mut path = String::new();
    for (at, &(x, y)) in points.iter().enumerate() {
        let flat = at > 0 && points.get(at - 1).is_some_and(|p| p.1.total_cmp(&y).is_eq());
        path += &match points.get(at.wrapping_sub(1)) {
            None => format!("M{x:.1} {y:.1}"),
            Some(_) if flat => format!("H{x:.1}"),
            Some(&(px, py)) => format!("C{0:.1} {py:.1} {0:.1} {y:.1} {x:.1} {y:.1}", f64::midpoint(px, x)),
        };
    }
    let Some(&(x, y)) = points.last() else { return String::new() };
    let dash = if node.class == "warning" || node.class == "ask" { " stroke-dasharray=\"5 3\"" } else { "" };
    let thick = if node.class == "blocker" { "2.2" } else { "1.3" };
    let mut drawn =
        format!("<path class=\"g-line\" d=\"{path}\" stroke-width=\"{thick}\"{dash}/><path class=\"g-fill\" d=\"M{x:.1} {y:.1}l-8 -4v8z\"/>");
    if !words.is_empty() {
        drawn += &format!("<text class=\"end halo\" x=\"{:.1}\" y=\"{:.1}\">{}</text>", x - 11.0, y - 4.0, visible(&attribute(words)));
    }
    format!("<g class=\"ge\" data-ends=\"{} {}\">{drawn}</g>", ends.0, ends.1)
}

fn boxed(node: &Node, x: f64, y: f64, width: f64) -> String {
    let stroke = if node.class == "blocker" || node.class == "accent" { 2 } else { 1 };
    let top = y - HEIGHT / 2.0;
    let shown = fitted(&node.name, SIZE * 1.08, width - 12.0 - extra(&node.class));
    let name = visible(&attribute(&shown));
    let mut drawn = format!(
        "<rect class=\"g-paper\" x=\"{x:.1}\" y=\"{top:.1}\" width=\"{width:.1}\" height=\"{HEIGHT}\"/><rect class=\"g-line\" x=\"{x:.1}\" y=\"{top:.1}\" width=\"{width:.1}\" height=\"{HEIGHT}\" stroke-width=\"{stroke}\"/>"
    );
    let mark = has_mark(&node.class);
    if mark {
        drawn += &format!("<use href=\"#m-{}\" x=\"{:.1}\" y=\"{:.1}\" width=\"13\" height=\"13\"/>", node.class, x + 6.0, y - 6.5);
    }
    drawn += &format!("<text class=\"m\" x=\"{:.1}\" y=\"{:.1}\">{name}</text>", x + if mark { 24.0 } else { 9.0 }, y + 4.0);
    if node.class == "accent" {
        drawn += &format!("<text class=\"end accent b\" x=\"{:.1}\" y=\"{:.1}\"> {}</text>", x + width - 8.0, y + 4.0, node.word);
    }
    if shown != node.name {
        drawn += &format!("<title>{}</title>", visible(&attribute(&node.name)));
    }
    drawn
}

/// Whether a class has a mark of its own among the symbols of the page.
fn has_mark(class: &str) -> bool {
    matches!(class, "blocker" | "warning" | "ask" | "safe")
}

/// Room beside the name: for the mark, or for the word "target".
fn extra(class: &str) -> f64 {
    match class {
        "accent" => 44.0,
        _ if has_mark(class) => 15.0,
        _ => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph(n: usize, edges: &[(u32, u32)]) -> Graph {
        let node = |i: usize| Node { name: format!("column_{i}"), class: "safe".into(), word: "safe".into(), finding: None };
        Graph {
            nodes: (0..n).map(node).collect(),
            edges: edges.iter().map(|&(a, b)| (a, b, "t\u{2212}1".into())).collect(),
            description: "a graph".into(),
        }
    }

    #[test]
    fn sources_stand_left_of_what_is_made_of_them() {
        let placed = layout(&graph(4, &[(0, 1), (1, 2), (0, 2), (3, 2)]));
        let layers: Vec<usize> = placed.places.iter().map(|p| p.0).collect();
        assert_eq!(layers, [0, 1, 2, 0]);
        assert_eq!(placed.bends[2].len(), 1, "an edge over two layers bends once");
    }

    #[test]
    fn no_two_nodes_of_a_layer_overlap_at_sixty_columns() {
        let edges: Vec<(u32, u32)> = (3..60).map(|i| (i % 3, i)).chain((20..40).map(|i| (i, i + 20))).collect();
        let placed = layout(&graph(60, &edges));
        for (i, a) in placed.places.iter().enumerate() {
            for b in placed.places.iter().skip(i + 1).filter(|b| b.0 == a.0) {
                assert!((a.1 - b.1).abs() >= HEIGHT, "{a:?} and {b:?}");
            }
        }
        assert!(placed.height < 60.0 * STEP + 400.0 && placed.places.iter().all(|p| p.1 >= 0.0), "{}", placed.height);
    }

    #[test]
    fn a_circle_is_drawn_and_does_not_hang() {
        let placed = layout(&graph(3, &[(0, 1), (1, 2), (2, 0), (1, 1)]));
        assert_eq!(placed.places.iter().map(|p| p.0).collect::<Vec<_>>(), [0, 1, 2]);
        assert!(svg(&graph(3, &[(0, 1), (1, 2), (2, 0), (9, 1)]), None).contains("data-ends=\"2 0\""));
    }

    #[test]
    fn the_drawing_is_the_same_every_time_and_nothing_is_drawn_of_nothing() {
        let one = graph(5, &[(0, 2), (1, 2), (2, 3), (0, 4)]);
        assert_eq!(svg(&one, None), svg(&one, None));
        assert_eq!(layout(&Graph::default()).height, 0.0);
    }

    #[test]
    fn hostile_names_stay_text() {
        let mut one = graph(2, &[(0, 1)]);
        one.nodes[0].name = "<script>\"".into();
        one.edges[0].2 = "<b>".into();
        one.nodes[1].finding = Some("\" onclick=\"x".into());
        let drawn = svg(&one, None);
        assert!(!drawn.contains("<script") && !drawn.contains("<b>") && !drawn.contains("\" onclick=\"x"), "{drawn}");
    }
}
