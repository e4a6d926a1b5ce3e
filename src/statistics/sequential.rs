//! An interval of a mean that holds at every moment of a run, so that it may be looked at and stopped by.

/// Chance that the mean is ever outside.
const ALPHA: f64 = 0.05;

/// Largest bet.
const LARGEST: f64 = 0.5;

/// The 95 % confidence sequence of the mean of values between 0 and 1, one value after the other: the chance that the
/// true mean is outside at any time is at most 5 %, however the time to stop is chosen. Each value has to have the same
/// mean given those before it, as draws in a random order have.
///
/// With bets `λ_t` that are known before `x_t` it is
/// `Σ λ_i x_i / Σ λ_i ± (ln(2/α) + Σ 4(x_i − μ̂_{i−1})²·ψ(λ_i)) / Σ λ_i` with `ψ(λ) = (−ln(1 − λ) − λ)/4`, intersected
/// with all that came before. The bets are `min(½, √(2·ln(2/α) / (σ̂²_{t−1}·t·ln(1 + t))))`, which serve every time alike
/// (the plug-in of the source), or, for an interval that is to reach `r` to either side, `min(½, r/σ̂²_{t−1})`: the
/// constant bet that is best at the time when it does, for which half as many values are needed.
///
/// Each end is a test supermartingale `exp(±Σ λ_i (x_i − m) − Σ 4(x_i − μ̂_{i−1})²·ψ(λ_i))`, which exceeds `1/p` with a
/// chance of at most `p` (Ville); so its largest value is an anytime-valid p value as well, which is below 5 % exactly
/// where the interval leaves `m` out.
///
/// Source: I. Waudby-Smith, A. Ramdas, "Estimating means of bounded random variables by betting", JRSS B 86 (2024),
/// theorem 2 (the predictable plug-in empirical Bernstein confidence sequence).
#[derive(Debug, Clone, PartialEq)]
pub struct Sequence {
    /// How far the interval is to reach to either side, where it is known.
    aim: Option<f64>,
    seen: u64,
    sum: f64,
    squares: f64,
    bets: f64,
    won: f64,
    paid: f64,
    /// What would have been won if each value had been what it was held against.
    expected: f64,
    /// The largest logarithms against a mean that is no larger, and no smaller, than what values were held against.
    above: f64,
    below: f64,
    interval: (f64, f64),
}

impl Sequence {
    /// The sequence of values, each held against a mean that is known before it, for an interval that is to reach so far.
    pub fn of(values: impl IntoIterator<Item = (f64, f64)>, aim: Option<f64>) -> Self {
        let [sum, squares, bets, won, paid, expected, above, below] = [0.0; 8];
        let interval = (0.0, 1.0);
        let mut sequence = Self { aim, seen: 0, sum, squares, bets, won, paid, expected, above, below, interval };
        values.into_iter().for_each(|(value, null)| sequence.observe(value, null));
        sequence
    }

    /// Takes one more value. One that is outside 0 and 1 counts as the nearer end, one that is no number not at all.
    fn observe(&mut self, value: f64, null: f64) {
        if value.is_nan() {
            return;
        }
        let value = value.clamp(0.0, 1.0);
        let before = self.seen as f64;
        // One half and a variance of one quarter stand in for a first value.
        let (mean, variance) = ((0.5 + self.sum) / (before + 1.0), (0.25 + self.squares) / (before + 1.0));
        let time = before + 1.0;
        let bet = bet(variance, time, self.aim);
        self.seen += 1;
        self.sum += value;
        self.squares += (value - (0.5 + self.sum) / (time + 1.0)).powi(2);
        self.bets += bet;
        self.won += bet * value;
        self.expected += bet * null;
        self.paid += (value - mean).powi(2) * price(bet);
        self.above = self.above.max(self.won - self.expected - self.paid);
        self.below = self.below.max(self.expected - self.won - self.paid);
        let (center, reach) = (self.won / self.bets, (doubt() + self.paid) / self.bets);
        let latest = ((center - reach).max(0.0), (center + reach).min(1.0));
        let both = (self.interval.0.max(latest.0), self.interval.1.min(latest.1));
        // No mean was inside all along, which happens in fewer than 5 % of runs: the latest interval is all there is.
        self.interval = if both.0 <= both.1 { both } else { latest };
    }

    /// The interval up to now.
    pub fn interval(&self) -> (f64, f64) {
        self.interval
    }

    /// One-sided p value of a mean that is no larger than what the values were held against.
    pub fn p_above(&self) -> f64 {
        libm::exp(-self.above).min(1.0)
    }

    /// Two-sided p value of the mean that the values were held against.
    pub fn p(&self) -> f64 {
        (2.0 * libm::exp(-self.above.max(self.below))).min(1.0)
    }
}

/// The confidence sequence of a mean of differences between −1 and 1, by way of `(d + 1)/2`; see [`Sequence`]. Its p value
/// is that of no difference.
#[derive(Debug, Clone, PartialEq)]
pub struct Differences(Sequence);

impl Differences {
    /// The sequence of these differences.
    pub fn of(differences: impl IntoIterator<Item = f64>, aim: Option<f64>) -> Self {
        let values = differences.into_iter().map(|difference| (f64::midpoint(difference, 1.0), 0.5));
        Self(Sequence::of(values, aim.map(|aim| aim / 2.0)))
    }

    /// The interval up to now.
    pub fn interval(&self) -> (f64, f64) {
        let (low, high) = self.0.interval();
        (2.0 * low - 1.0, 2.0 * high - 1.0)
    }

    /// Two-sided p value of no difference.
    pub fn p(&self) -> f64 {
        self.0.p()
    }
}

/// How many values of a variance make an interval that reaches no further than this to either side, as far as can be
/// expected; `None` if `most` do not. It is what is aimed at, or not known beforehand.
pub fn expected(variance: f64, (reach, is_aim): (f64, bool), most: u64) -> Option<u64> {
    let aim = Some(reach).filter(|_| is_aim);
    let (mut bets, mut paid) = (0.0, 0.0);
    (1..=most).find(|time| {
        let bet = bet(variance.max(1e-9), *time as f64, aim);
        bets += bet;
        paid += variance * price(bet);
        (doubt() + paid) / bets <= reach
    })
}

fn doubt() -> f64 {
    libm::log(2.0 / ALPHA)
}

/// How much is bet at a time, by the variance so far.
fn bet(variance: f64, time: f64, aim: Option<f64>) -> f64 {
    let any_time = || (2.0 * doubt() / (variance * time * libm::log1p(time))).sqrt();
    aim.map_or_else(any_time, |aim| aim / variance).min(LARGEST)
}

/// `4ψ(λ)`.
fn price(bet: f64) -> f64 {
    -libm::log1p(-bet) - bet
}

#[cfg(test)]
mod tests {
    use rand_chacha::ChaCha8Rng;
    use rand_chacha::rand_core::{Rng, SeedableRng};

    use super::*;

    fn coin(random: &mut ChaCha8Rng, percent: u32) -> f64 {
        f64::from(u8::from(random.next_u32() % 100 < percent))
    }

    /// The interval of values, held against nothing.
    fn interval(values: impl IntoIterator<Item = f64>, aim: Option<f64>) -> (f64, f64) {
        Sequence::of(values.into_iter().map(|value| (value, 0.5)), aim).interval()
    }

    #[test]
    fn the_mean_is_inside_at_every_moment() {
        let mut random = ChaCha8Rng::seed_from_u64(5);
        for (percent, aim) in [(2, None), (30, None), (50, None), (90, None), (2, Some(0.05)), (50, Some(0.1))] {
            let truth = f64::from(percent) / 100.0;
            let missed = (0..500).filter(|_| {
                let sequence = Sequence::of((0..1000).map(|_| (coin(&mut random, percent), truth)), aim);
                // The intersection holds the mean exactly if every interval did; so do the p values.
                let (low, high) = sequence.interval();
                let is_inside = low <= truth && truth <= high;
                assert_eq!(is_inside, sequence.p() >= ALPHA, "{percent}");
                !is_inside
            });
            let missed = missed.count();
            assert!(missed <= 35, "{percent} {aim:?} {missed}");
        }
    }

    #[test]
    fn guessing_is_seldom_taken_for_knowledge() {
        let mut random = ChaCha8Rng::seed_from_u64(6);
        let mut alarms = |percent: u32| {
            let mut is_alarm =
                || Sequence::of((0..600).map(|_| (coin(&mut random, percent), 0.25)), None).p_above() < ALPHA;
            (0..500).filter(|_| is_alarm()).count()
        };
        assert!(alarms(25) <= 35 && alarms(20) <= 35);
        assert!(alarms(40) >= 475);
    }

    #[test]
    fn the_interval_shrinks_to_the_mean() {
        assert_eq!(interval([], None), (0.0, 1.0));
        let (low, high) = interval((0..10_000).map(|index| f64::from(index % 4 / 3)), None);
        assert!(low < 0.25 && 0.25 < high && high - low < 0.05, "{low} {high}");
        let differences = Differences::of((0..10_000).map(|index| f64::from(index % 3 - 1)), None);
        let (low, high) = differences.interval();
        assert!(low < 0.0 && 0.0 < high && high - low < 0.12 && differences.p() > 0.5, "{low} {high}");
        assert!(Differences::of((0..400).map(|index| f64::from(index % 2)), None).p() < 0.001);
    }

    #[test]
    fn what_is_expected_comes_true() {
        let mut random = ChaCha8Rng::seed_from_u64(7);
        let values: Vec<f64> = (0..20_000).map(|_| coin(&mut random, 30)).collect();
        for (width, is_aim) in [(0.2, false), (0.1, false), (0.2, true), (0.1, true), (0.04, true)] {
            let (reach, aim) = (width / 2.0, Some(width / 2.0).filter(|_| is_aim));
            let guess = expected(0.21, (reach, is_aim), 20_000).unwrap() as usize;
            let mut sequence = Sequence::of([], aim);
            let needed = values.iter().position(|value| {
                sequence.observe(*value, 0.5);
                sequence.interval().1 - sequence.interval().0 <= width
            });
            let ratio = needed.unwrap() as f64 / guess as f64;
            assert!((0.7..1.3).contains(&ratio), "{width} {is_aim}: {guess} {ratio}");
        }
        assert_eq!(expected(0.25, (0.01, true), 1000), None);
        // Looking at every moment takes about twice the questions of Wilson's interval.
        assert!((8000..9000).contains(&expected(0.25, (0.015, true), 20_000).unwrap()));
    }

    #[test]
    fn values_out_of_bounds_do_no_harm() {
        let sequence = Sequence::of([f64::NAN, f64::INFINITY, -7.0].map(|value| (value, 0.5)), None);
        assert_eq!((sequence.seen, sequence.sum), (2, 1.0));
        // A mean that moves leaves no interval empty.
        let (low, high) = interval((0..4000).map(|index| f64::from(u8::from(index >= 2000))), None);
        assert!(low < high);
    }
}
