//! How far two raters agree beyond chance.

use std::collections::HashMap;
use std::hash::Hash;

/// Cohen's κ of two raters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Kappa {
    /// The number of things that both rated.
    pub n: usize,
    /// The share of things that both put into one class.
    pub observed: f64,
    /// The share that chance alone would give.
    pub expected: f64,
    /// (observed − expected) / (1 − expected): 1 for full agreement, 0 for that of chance.
    pub kappa: f64,
    /// The interval of 95 %, within −1 and 1.
    pub interval: (f64, f64),
}

/// The standard normal deviate of an interval of 95 %.
const DEVIATE: f64 = 1.959_963_984_540_054;

/// Cohen's κ of pairs of classes, one of each rater (Cohen 1960, "A Coefficient of Agreement for Nominal Scales",
/// Educational and Psychological Measurement 20).
///
/// The interval is κ ± 1.96 standard errors, with the large-sample variance of Fleiss, Cohen and Everitt 1969,
/// "Large Sample Standard Errors of Kappa and Weighted Kappa", Psychological Bulletin 72, equation 13:
///
/// ```text
/// n (1 − pe)⁴ var = Σi pii [(1 − pe) − (p.i + pi.)(1 − po)]²
///                 + (1 − po)² Σi≠j pij (p.i + pj.)²
///                 − (po pe − 2 pe + po)²
/// ```
///
/// It is narrow for few pairs, and of no width if all agree. `None` if there are no pairs, or if both raters use one
/// and the same class only: chance then explains all, and κ has no value.
pub fn kappa<T: Eq + Hash>(pairs: &[(T, T)]) -> Option<Kappa> {
    let table = Table::of(pairs)?;
    let (observed, expected) = (table.observed(), table.expected());
    if 1.0 - expected < 1e-12 {
        return None;
    }
    let kappa = (observed - expected) / (1.0 - expected);
    let error = table.variance(observed, expected).max(0.0).sqrt();
    let interval = ((kappa - DEVIATE * error).max(-1.0), (kappa + DEVIATE * error).min(1.0));
    Some(Kappa { n: pairs.len(), observed, expected, kappa, interval })
}

/// Shares of pairs by the class of the first rater and that of the second.
struct Table {
    n: f64,
    /// Share of each pair of classes that occurs.
    cells: HashMap<(usize, usize), f64>,
    /// Share of each class with the first rater, and with the second.
    margins: Vec<(f64, f64)>,
}

impl Table {
    #[expect(clippy::cast_precision_loss, reason = "numbers of ratings are far below 2^52")]
    fn of<T: Eq + Hash>(pairs: &[(T, T)]) -> Option<Self> {
        let n = pairs.len() as f64;
        if pairs.is_empty() {
            return None;
        }
        let mut classes: HashMap<&T, usize> = HashMap::new();
        let mut counts: HashMap<(usize, usize), usize> = HashMap::new();
        for (a, b) in pairs {
            let next = classes.len();
            let a = *classes.entry(a).or_insert(next);
            let next = classes.len();
            let b = *classes.entry(b).or_insert(next);
            *counts.entry((a, b)).or_insert(0) += 1;
        }
        let cells: HashMap<(usize, usize), f64> =
            counts.into_iter().map(|(cell, count)| (cell, count as f64 / n)).collect();
        let mut margins = vec![(0.0, 0.0); classes.len()];
        for ((a, b), share) in &cells {
            margins[*a].0 += share;
            margins[*b].1 += share;
        }
        Some(Self { n, cells, margins })
    }

    fn observed(&self) -> f64 {
        self.cells.iter().filter(|((a, b), _)| a == b).map(|(_, share)| share).sum()
    }

    fn expected(&self) -> f64 {
        self.margins.iter().map(|(first, second)| first * second).sum()
    }

    fn variance(&self, observed: f64, expected: f64) -> f64 {
        let (agree, chance) = (1.0 - observed, 1.0 - expected);
        let cells: f64 = self
            .cells
            .iter()
            .map(|((a, b), share)| {
                // The margins cross: the second rater's share of the first one's class, and the other way round.
                let margins = self.margins[*a].1 + self.margins[*b].0;
                share * if a == b { (chance - margins * agree).powi(2) } else { (agree * margins).powi(2) }
            })
            .sum();
        (cells - (observed * expected - 2.0 * expected + observed).powi(2)) / (self.n * chance.powi(4))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pairs with the counts of a table, whose rows are the classes of the first rater.
    fn pairs(table: &[&[usize]]) -> Vec<(usize, usize)> {
        let cells = table.iter().enumerate().flat_map(|(a, row)| row.iter().enumerate().map(move |(b, n)| (a, b, *n)));
        cells.flat_map(|(a, b, n)| std::iter::repeat_n((a, b), n)).collect()
    }

    fn near(value: f64, expected: f64, digits: i32) -> bool {
        (value - expected).abs() < 0.5 * 10_f64.powi(-digits)
    }

    #[test]
    fn a_published_table_of_two_classes() {
        // The example of `ci.kappa` in the R package statpsych, after Fleiss, Levin and Paik 2003.
        let found = kappa(&pairs(&[&[31, 12], &[4, 58]])).unwrap();
        assert!(near(found.kappa, 0.675_675_7, 7), "{found:?}");
        assert!(near(found.interval.0, 0.531_721_0, 7) && near(found.interval.1, 0.819_630_3, 7), "{found:?}");
    }

    #[test]
    fn a_published_table_of_four_classes() {
        // Two dermatologists and 88 patients: an example of the FREQ procedure in the SAS/STAT user's guide.
        let table: [&[usize]; 4] = [&[10, 4, 1, 0], &[5, 10, 12, 2], &[2, 4, 12, 5], &[0, 2, 6, 13]];
        let found = kappa(&pairs(&table)).unwrap();
        assert!(near(found.kappa, 0.3449, 4), "{found:?}");
        assert!(near(found.interval.0, 0.2030, 4) && near(found.interval.1, 0.4868, 4), "{found:?}");
    }

    #[test]
    fn bounds_and_what_has_no_value() {
        let full = kappa(&[("a", "a"), ("b", "b")]).unwrap();
        assert_eq!((full.kappa, full.interval), (1.0, (1.0, 1.0)));
        let none = kappa(&pairs(&[&[1, 1], &[1, 1]])).unwrap();
        assert!(none.kappa.abs() < 1e-12 && none.interval.0 >= -1.0 && none.interval.1 <= 1.0);
        assert_eq!(kappa(&[("a", "b"), ("b", "a")]).unwrap().kappa, -1.0);
        assert_eq!(kappa::<u8>(&[]), None);
        assert_eq!(kappa(&[("a", "a"), ("a", "a")]), None);
    }

    #[test]
    fn raters_may_be_exchanged() {
        let table = pairs(&[&[9, 4, 1], &[2, 7, 0], &[3, 1, 5]]);
        let swapped: Vec<_> = table.iter().map(|(a, b)| (*b, *a)).collect();
        let (one, other) = (kappa(&table).unwrap(), kappa(&swapped).unwrap());
        assert!(near(one.kappa, other.kappa, 12) && near(one.interval.0, other.interval.0, 12));
    }
}
