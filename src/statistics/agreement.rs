//! How far raters agree beyond chance.

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;

use super::special::NORMAL_DEVIATE;

/// κ of two or more raters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Kappa {
    /// The number of things that all rated.
    pub n: usize,
    /// The share of things that both put into one class; of more raters, the mean share of pairs that do.
    pub observed: f64,
    /// The share that chance alone would give.
    pub expected: f64,
    /// (observed − expected) / (1 − expected): 1 for full agreement, 0 for that of chance.
    pub kappa: f64,
    /// The interval of 95 %, within −1 and 1.
    pub interval: (f64, f64),
}

/// Cohen's κ of pairs of classes, one of each rater (Cohen 1960, "A Coefficient of Agreement for Nominal Scales",
/// Educational and Psychological Measurement 20). `clusters` says which pairs belong together, such as those on answers to
/// one question.
///
/// The interval is κ ± 1.96 standard errors by linearization: with the influence of a pair of classes (a, b)
///
/// ```text
/// i(a, b) = ([a = b] − po) / (1 − pe) − (1 − po) (p.a + pb. − 2 pe) / (1 − pe)²
/// ```
///
/// the variance is the sum over clusters of the squared sum of influences, over n². Where each pair is a cluster of its own,
/// that is the large-sample variance of Fleiss, Cohen and Everitt 1969, "Large Sample Standard Errors of Kappa and Weighted
/// Kappa", Psychological Bulletin 72, equation 13.
///
/// It is narrow for few pairs, and of no width if all agree, or if one rater uses one class only, where κ is 0. `None` if there are no pairs, or if both raters use one
/// and the same class only: chance then explains all, and κ has no value.
pub fn kappa<T: Eq + Hash>(pairs: &[(T, T)], clusters: &[u64]) -> Option<Kappa> {
    let n = pairs.len() as f64;
    let (mut first, mut second) = (HashMap::new(), HashMap::new());
    for (a, b) in pairs {
        *first.entry(a).or_insert(0.0) += 1.0;
        *second.entry(b).or_insert(0.0) += 1.0;
    }
    let count = |of: &HashMap<&T, f64>, class: &T| of.get(class).copied().unwrap_or(0.0);
    let share = |of: &HashMap<&T, f64>, class: &T| count(of, class) / n;
    // Counts are summed exactly, in any order.
    let expected = pairs.iter().map(|(a, _)| count(&second, a)).sum::<f64>() / (n * n);
    let things = pairs.iter().map(|(a, b)| Thing {
        alike: f64::from(u8::from(a == b)),
        by_chance: f64::midpoint(share(&second, a), share(&first, b)),
    });
    estimate(&things.collect::<Vec<_>>(), expected, clusters)
}

/// Cohen's weighted κ of pairs of numbers on a scale, with quadratic weights: of two numbers a and b on a scale of the width s,
/// `w(a, b) = 1 − (a − b)² / s²` stands for the 1 or 0 of [`kappa`], in what is observed and in what chance gives (Cohen 1968,
/// "Weighted Kappa: Nominal Scale Agreement with Provision for Scaled Disagreement or Partial Credit", Psychological Bulletin
/// 70). The interval is that of [`kappa`] with these weights, and without clusters the large-sample one of Fleiss, Cohen and
/// Everitt 1969, equation 8. `None` as there, and on a scale without width.
pub fn quadratic_kappa(pairs: &[(i32, i32)], (min, max): (i32, i32), clusters: &[u64]) -> Option<Kappa> {
    let width = f64::from(max) - f64::from(min);
    if width <= 0.0 {
        return None;
    }
    let n = pairs.len() as f64;
    let weight = |a: i32, b: i32| 1.0 - ((f64::from(a) - f64::from(b)) / width).powi(2);
    let (mut first, mut second) = (BTreeMap::new(), BTreeMap::new());
    for (a, b) in pairs {
        *first.entry(*a).or_insert(0.0) += 1.0;
        *second.entry(*b).or_insert(0.0) += 1.0;
    }
    // The weight that a number has on average with those of the other rater.
    let against = |number: i32, others: &BTreeMap<i32, f64>| {
        others.iter().map(|(other, count)| weight(number, *other) * count).sum::<f64>() / n
    };
    let of_first: BTreeMap<i32, f64> = first.keys().map(|number| (*number, against(*number, &second))).collect();
    let of_second: BTreeMap<i32, f64> = second.keys().map(|number| (*number, against(*number, &first))).collect();
    let expected = first.iter().map(|(number, count)| of_first[number] * count).sum::<f64>() / n;
    let things =
        pairs.iter().map(|(a, b)| Thing { alike: weight(*a, *b), by_chance: f64::midpoint(of_first[a], of_second[b]) });
    estimate(&things.collect::<Vec<_>>(), expected, clusters)
}

/// Fleiss' κ of things that the same number of raters put into classes (Fleiss 1971, "Measuring Nominal Scale Agreement
/// among Many Raters", Psychological Bulletin 76); the interval as that of [`kappa`]. `None` as there, and with fewer than two
/// raters.
pub fn fleiss<T: Eq + Hash>(ratings: &[Vec<T>], clusters: &[u64]) -> Option<Kappa> {
    let raters = ratings.first().map(Vec::len).filter(|raters| *raters > 1)? as f64;
    let mut classes: HashMap<&T, f64> = HashMap::new();
    for class in ratings.iter().flatten() {
        *classes.entry(class).or_insert(0.0) += 1.0;
    }
    let all = raters * ratings.len() as f64;
    let things = ratings.iter().map(|rated| {
        let others = |class: &T| rated.iter().filter(|other| *other == class).count() as f64 - 1.0;
        let mean = |of: &dyn Fn(&T) -> f64| rated.iter().map(of).sum::<f64>() / raters;
        Thing {
            alike: mean(&|class| others(class) / (raters - 1.0)),
            by_chance: mean(&|class| classes.get(class).copied().unwrap_or(0.0)) / all,
        }
    });
    let things: Vec<Thing> = things.collect();
    let expected = things.iter().map(|thing| thing.by_chance).sum::<f64>() / things.len() as f64;
    estimate(&things, expected, clusters)
}

/// A thing that was rated.
struct Thing {
    /// The share of pairs of raters that agree on it.
    alike: f64,
    /// The share that would by chance, given its classes.
    by_chance: f64,
}

fn estimate(things: &[Thing], expected: f64, clusters: &[u64]) -> Option<Kappa> {
    if things.is_empty() || 1.0 - expected < 1e-12 {
        return None;
    }
    let n = things.len() as f64;
    let observed = things.iter().map(|thing| thing.alike).sum::<f64>() / n;
    let chance = 1.0 - expected;
    let kappa = (observed - expected) / chance;
    let influence = |thing: &Thing| {
        (thing.alike - observed) / chance - (1.0 - observed) * 2.0 * (thing.by_chance - expected) / chance.powi(2)
    };
    let mut sums: BTreeMap<u64, f64> = BTreeMap::new();
    for (thing, cluster) in things.iter().zip(clusters) {
        *sums.entry(*cluster).or_default() += influence(thing);
    }
    let variance = sums.values().map(|sum| sum * sum).sum::<f64>() / (n * n);
    // What rounding leaves of zero is no width.
    let variance = if variance < 1e-24 { 0.0 } else { variance };
    let error = few(sums.len(), things.len()).map(|factor| (variance * factor).sqrt());
    let end = |sign: f64| error.map_or(sign, |error| (kappa + sign * NORMAL_DEVIATE * error).clamp(-1.0, 1.0));
    Some(Kappa { n: things.len(), observed, expected, kappa, interval: (end(-1.0), end(1.0)) })
}

/// What a variance over few clusters is multiplied by; none where one cluster tells nothing of it.
fn few(clusters: usize, things: usize) -> Option<f64> {
    let count = clusters as f64;
    match clusters {
        _ if clusters == things => Some(1.0),
        0 | 1 => None,
        _ => Some(count / (count - 1.0)),
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

    /// κ of pairs that have nothing to do with each other.
    fn kappa<T: Eq + Hash>(pairs: &[(T, T)]) -> Option<Kappa> {
        super::kappa(pairs, &(0..pairs.len() as u64).collect::<Vec<_>>())
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
    fn weighted_kappa_agrees_with_statsmodels() {
        // statsmodels.stats.inter_rater.cohens_kappa(table, wt="quadratic"): kappa, kappa_low, kappa_upp.
        let dermatologists: [&[usize]; 4] = [&[10, 4, 1, 0], &[5, 10, 12, 2], &[2, 4, 12, 5], &[0, 2, 6, 13]];
        let small: [&[usize]; 3] = [&[9, 4, 1], &[2, 7, 0], &[3, 1, 5]];
        for (table, expected) in [
            (&dermatologists[..], [0.660_722_891_566_265_1, 0.539_905_160_123_907, 0.781_540_623_008_623_1]),
            (&small[..], [0.432_098_765_432_098_8, 0.085_677_404_869_709_48, 0.778_520_125_994_488]),
        ] {
            let number = |class: usize| i32::try_from(class).unwrap() + 1;
            let pairs: Vec<_> = pairs(table).into_iter().map(|(a, b)| (number(a), number(b))).collect();
            let clusters: Vec<u64> = (0..pairs.len() as u64).collect();
            let found = quadratic_kappa(&pairs, (1, number(table.len() - 1)), &clusters).unwrap();
            for (value, expected) in [found.kappa, found.interval.0, found.interval.1].into_iter().zip(expected) {
                assert!(near(value, expected, 9), "{found:?}");
            }
            // The width of the scale changes what is observed and expected, and not κ.
            let wider = quadratic_kappa(&pairs, (0, 10), &clusters).unwrap();
            assert!(near(wider.kappa, found.kappa, 9) && wider.observed > found.observed);
        }
        assert_eq!(quadratic_kappa(&[(3, 3), (3, 3)], (1, 5), &[0, 1]), None);
        assert_eq!(quadratic_kappa(&[(1, 1)], (1, 1), &[0]), None);
        assert_eq!(quadratic_kappa(&[], (1, 5), &[]), None);
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

    #[test]
    fn a_rater_of_one_class_agrees_by_chance_alone() {
        let found = kappa(&pairs(&[&[96, 24], &[0, 0]])).unwrap();
        assert_eq!((found.observed, found.kappa, found.interval), (0.8, 0.0, (0.0, 0.0)));
    }

    #[test]
    fn pairs_of_one_question_count_once() {
        let once = pairs(&[&[31, 12], &[4, 58]]);
        let thrice: Vec<_> = once.iter().flat_map(|pair| [*pair; 3]).collect();
        let clusters: Vec<u64> = (0..thrice.len() as u64).map(|pair| pair / 3).collect();
        let (one, many) = (kappa(&once).unwrap(), super::kappa(&thrice, &clusters).unwrap());
        assert!(near(one.kappa, many.kappa, 9));
        let width = |kappa: &Kappa| kappa.interval.1 - kappa.interval.0;
        // The same but for the correction of few clusters, of which there are 105.
        assert!(near(width(&many) / width(&one), (105.0_f64 / 104.0).sqrt(), 9));
        assert!(width(&kappa(&thrice).unwrap()) < 0.6 * width(&one));
        assert_eq!(super::kappa(&once, &vec![1; once.len()]).unwrap().interval, (-1.0, 1.0));
    }

    #[test]
    fn a_published_table_of_many_raters() {
        // Fourteen raters, ten things, five classes: the worked example of Fleiss' κ in Wikipedia.
        let table = [
            [0, 0, 0, 0, 14],
            [0, 2, 6, 4, 2],
            [0, 0, 3, 5, 6],
            [0, 3, 9, 2, 0],
            [2, 2, 8, 1, 1],
            [7, 7, 0, 0, 0],
            [3, 2, 6, 3, 0],
            [2, 5, 3, 2, 2],
            [6, 5, 2, 1, 0],
            [0, 2, 2, 3, 7],
        ];
        let rated =
            table.map(|row| row.iter().enumerate().flat_map(|(class, n)| std::iter::repeat_n(class, *n)).collect());
        let clusters: Vec<u64> = (0..10).collect();
        let found = fleiss::<usize>(&rated, &clusters).unwrap();
        assert!(
            near(found.observed, 0.378, 3) && near(found.expected, 0.213, 3) && near(found.kappa, 0.210, 3),
            "{found:?}"
        );
        assert!(found.interval.0 < found.kappa && found.kappa < found.interval.1);
    }

    #[test]
    fn raters_who_agree_or_never_differ() {
        let full = fleiss(&[vec!["a"; 3], vec!["b"; 3]], &[0, 1]).unwrap();
        assert_eq!((full.kappa, full.interval), (1.0, (1.0, 1.0)));
        assert_eq!(fleiss(&[vec!["a"; 3], vec!["a"; 3]], &[0, 1]), None);
        assert_eq!(fleiss(&[vec!["a"]], &[0]), None);
        assert_eq!(fleiss::<u8>(&[], &[]), None);
    }
}
