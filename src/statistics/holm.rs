//! Adjusting p values for the number of tests.

/// p values adjusted by Holm's method: the probability of even one false alarm in the family stays at the level that
/// the adjusted values are held against. In the order of the input.
///
/// Source: S. Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of Statistics 6
/// (1979) 65–70.
pub fn holm(p: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p.len()).collect();
    order.sort_by(|a, b| p[*a].total_cmp(&p[*b]));
    let mut adjusted = vec![0.0; p.len()];
    let mut largest = 0f64;
    for (rank, place) in order.into_iter().enumerate() {
        largest = largest.max(p[place] * (p.len() - rank) as f64).min(1.0);
        adjusted[place] = largest;
    }
    adjusted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_agree_with_statsmodels() {
        // statsmodels.stats.multitest.multipletests(p, method="holm")[1]
        let found = holm(&[0.04, 0.001, 0.03, 0.5, 0.012]);
        for (found, expected) in found.iter().zip([0.09, 0.005, 0.09, 0.5, 0.048]) {
            assert!((found - expected).abs() < 1e-12, "{found} {expected}");
        }
        assert!(holm(&[]).is_empty());
    }
}
