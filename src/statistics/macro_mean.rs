//! The mean over datasets, each of which counts alike.

/// An estimate of one dataset with its 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// The estimate.
    pub value: f64,
    /// The ends of its interval.
    pub interval: (f64, f64),
}

/// The unweighted mean of independent estimates with the 95 % interval that follows from theirs: the distances of
/// their ends, divided by the number of datasets, are squared and added, for either side on its own. With Wilson
/// intervals of proportions it stays inside 0 and 1. `None` without estimates.
///
/// Source: G. Y. Zou, A. Donner, "Construction of confidence limits about effect measures: a general approach",
/// Statistics in Medicine 27 (2008) 1693–1702 (the method of variance estimates recovery).
pub fn macro_mean(estimates: &[Estimate]) -> Option<Estimate> {
    let count = Some(estimates.len() as f64).filter(|count| *count > 0.0)?;
    let value = estimates.iter().map(|estimate| estimate.value).sum::<f64>() / count;
    let reach = |distance: fn(&Estimate) -> f64| {
        estimates.iter().map(|estimate| (distance(estimate) / count).powi(2)).sum::<f64>().sqrt()
    };
    let (below, above) = (reach(|one| one.value - one.interval.0), reach(|one| one.interval.1 - one.value));
    Some(Estimate { value, interval: (value - below, value + above) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::wilson;

    #[test]
    fn recovered_intervals_agree_with_an_independent_computation() {
        // numpy, from statsmodels' proportion_confint(k, n, method="wilson") and the formula of the paper.
        let estimates = [(8_u32, 10_u32), (45, 60), (110, 300)].map(|(k, n)| {
            let value = f64::from(k) / f64::from(n);
            Estimate { value, interval: wilson(value, u64::from(n)).unwrap() }
        });
        let found = macro_mean(&estimates).unwrap();
        assert!((found.value - 0.638888888888889).abs() < 1e-12);
        assert!((found.interval.0 - 0.5264806347776989).abs() < 1e-9, "{found:?}");
        assert!((found.interval.1 - 0.6986771183215071).abs() < 1e-9, "{found:?}");
        assert_eq!((macro_mean(&estimates[..1]).map(|one| one.value), macro_mean(&[])), (Some(0.8), None));
    }
}
