//! The normal and Student's t distribution, by way of the gamma and beta functions.

use std::f64::consts::{PI, SQRT_2};

/// The 97.5 % point of the normal distribution, with which an interval of 95 % is made.
pub const NORMAL_DEVIATE: f64 = 1.959_963_984_540_054;

/// Relative size of a term that no longer changes a sum or a fraction.
const EPSILON: f64 = 1e-16;

/// Stands for a zero that a continued fraction would divide by.
const TINY: f64 = 1e-300;

/// Most terms of a series or a fraction.
const TERMS: u32 = 10_000;

/// Coefficients of Lanczos's series with `g` = 7 and nine terms.
const LANCZOS: [f64; 8] = [
    676.520_368_121_885_1,
    -1_259.139_216_722_402_8,
    771.323_428_777_653_1,
    -176.615_029_162_140_6,
    12.507_343_278_686_905,
    -0.138_571_095_265_720_12,
    9.984_369_578_019_572e-6,
    1.505_632_735_149_311_6e-7,
];

/// The logarithm of the gamma function of a positive number.
///
/// Source: C. Lanczos, "A precision approximation of the gamma function", SIAM Journal on Numerical Analysis B 1 (1964).
pub fn ln_gamma(x: f64) -> f64 {
    if x < 0.5 {
        return libm::log(PI / libm::sin(PI * x)) - ln_gamma(1.0 - x);
    }
    let x = x - 1.0;
    let terms = (1_u32..).zip(LANCZOS).map(|(place, coefficient)| coefficient / (x + f64::from(place)));
    let sum: f64 = 0.999_999_999_999_809_9 + terms.sum::<f64>();
    let t = x + 7.5;
    0.5 * libm::log(2.0 * PI) + (x + 0.5) * libm::log(t) - t + libm::log(sum)
}

/// The probability that a standard normal deviate is at most `z`.
///
/// Source: M. Abramowitz, I. A. Stegun, "Handbook of Mathematical Functions" (1964), 26.2.10 (the series by odd
/// factorials, 26.2.11) near the middle and 26.2.14 (the continued fraction) in the tails.
pub fn normal(z: f64) -> f64 {
    if z.is_nan() {
        return z;
    }
    let size = z.abs();
    let density = libm::exp(-0.5 * size * size) / (2.0 * PI).sqrt();
    if size < 3.0 {
        let (mut term, mut sum) = (size, size);
        for step in 1..TERMS {
            term *= size * size / f64::from(2 * step + 1);
            sum += term;
            if term <= EPSILON * sum {
                break;
            }
        }
        return if z < 0.0 { 0.5 - density * sum } else { 0.5 + density * sum };
    }
    let fraction = (1..200_u32).rev().fold(size, |below, step| size + f64::from(step) / below);
    let tail = density / fraction;
    if z < 0.0 { tail } else { 1.0 - tail }
}

/// The standard normal deviate below which `p` lies: infinite for 0 and 1.
pub fn normal_quantile(p: f64) -> f64 {
    if p <= 0.0 {
        return f64::NEG_INFINITY;
    }
    if p >= 1.0 {
        return f64::INFINITY;
    }
    // The tail is computed exactly on the lower side only.
    if p > 0.5 {
        return -normal_quantile(1.0 - p);
    }
    bisected(-40.0, 0.0, |z| normal(z) < p)
}

/// The regularised incomplete beta function `I_x(a, b)`.
///
/// Source: NIST Digital Library of Mathematical Functions, 8.17.22 (the continued fraction), evaluated by the method of
/// W. J. Lentz, "Generating Bessel functions in Mie scattering calculations", Applied Optics 15 (1976).
pub fn incomplete_beta(a: f64, b: f64, x: f64) -> f64 {
    if x <= 0.0 || x >= 1.0 {
        return if x <= 0.0 { 0.0 } else { 1.0 };
    }
    if x > (a + 1.0) / (a + b + 2.0) {
        return 1.0 - incomplete_beta(b, a, 1.0 - x);
    }
    let front = a * libm::log(x) + b * libm::log1p(-x) + ln_gamma(a + b) - ln_gamma(a) - ln_gamma(b);
    let away = |value: f64| if value.abs() < TINY { TINY } else { value };
    let (mut c, mut d) = (1.0, 1.0 / away(1.0 - (a + b) * x / (a + 1.0)));
    let mut fraction = d;
    for step in 1..TERMS {
        let m = f64::from(step);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        let before = fraction;
        for numerator in [even, odd] {
            d = 1.0 / away(1.0 + numerator * d);
            c = away(1.0 + numerator / c);
            fraction *= c * d;
        }
        if (fraction - before).abs() <= EPSILON * fraction.abs() {
            break;
        }
    }
    libm::exp(front) * fraction / a
}

/// The 97.5 % point of Student's t distribution, with which an interval of 95 % is made; that of the normal
/// distribution where there are enough degrees of freedom for both to be one.
pub fn t_deviate(freedom: f64) -> f64 {
    if freedom > 1e9 {
        return NORMAL_DEVIATE;
    }
    let below = |t: f64| incomplete_beta(freedom / 2.0, 0.5, freedom / (freedom + t * t)) > 0.05;
    // One degree of freedom has 12.7; half of one has about 200.
    let mut high = 16.0;
    while below(high) && high < 1e12 {
        high *= 4.0;
    }
    bisected(SQRT_2, high, below)
}

/// The place between two, to the last digit, up to which a condition holds.
fn bisected(mut low: f64, mut high: f64, holds: impl Fn(f64) -> bool) -> f64 {
    for _ in 0..100 {
        let middle = f64::midpoint(low, high);
        if middle <= low || middle >= high {
            break;
        }
        if holds(middle) { low = middle } else { high = middle }
    }
    f64::midpoint(low, high)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(found: f64, expected: f64) -> bool {
        (found - expected).abs() <= 1e-12 * expected.abs().max(1.0)
    }

    #[test]
    fn functions_agree_with_scipy() {
        // scipy.special.gammaln, scipy.special.betainc
        for (x, expected) in [
            (0.1, 2.252712651734206),
            (0.5, 0.5723649429247),
            (3.7, 1.428072326665388),
            (50.0, 144.56574394634487),
            (7021.0, 55158.107058731955),
        ] {
            assert!(near(ln_gamma(x), expected), "{x} {}", ln_gamma(x));
        }
        for (a, b, x, expected) in [
            (0.5, 0.5, 0.3, 0.36901011956554536),
            (2.0, 3.0, 0.9, 0.9963),
            (50.0, 0.5, 0.97, 0.08169933372182264),
            (500.0, 400.0, 0.55, 0.3678576196996226),
        ] {
            assert!(near(incomplete_beta(a, b, x), expected), "{a} {b} {x} {}", incomplete_beta(a, b, x));
        }
    }

    #[test]
    fn distributions_agree_with_scipy() {
        // scipy.stats.norm.cdf, norm.ppf and t.ppf(0.975, ...)
        for (z, expected) in [
            (-8.0, 6.22096057427174e-16),
            (-3.0, 0.0013498980316300933),
            (-2.9, 0.0018658133003840375),
            (-1.0, 0.15865525393145707),
            (0.3, 0.6179114221889526),
            (3.5, 0.9997673709209645),
        ] {
            assert!((normal(z) - expected).abs() < 1e-15, "{z} {}", normal(z));
        }
        for (p, expected) in [
            (1e-10, -6.361340902404056),
            (0.025, -1.9599639845400545),
            (0.3, -0.5244005127080409),
            (0.9, 1.2815515655446004),
            (0.999, 3.090232306167813),
        ] {
            assert!(near(normal_quantile(p), expected), "{p} {}", normal_quantile(p));
        }
        for (freedom, expected) in [
            (1.0, 12.706204736174694),
            (2.0, 4.302652729749462),
            (4.5, 2.6589123472044034),
            (9.0, 2.262157162798205),
            (99.0, 1.9842169515864174),
            (14041.0, 1.9601329520111468),
        ] {
            assert!((t_deviate(freedom) - expected).abs() < 1e-10, "{freedom} {}", t_deviate(freedom));
        }
    }
}
