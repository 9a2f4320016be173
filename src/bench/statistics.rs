//! Statistics of times.

/// What a list of times comes to.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// The middle.
    pub median: f64,
    /// The shortest.
    pub best: f64,
    /// The distance of the quartiles, relative to the median.
    pub spread: f64,
}

impl Sample {
    /// None if there are no times.
    pub fn of(times: &[f64]) -> Option<Self> {
        let mut sorted = times.to_vec();
        sorted.sort_by(f64::total_cmp);
        let &best = sorted.first()?;
        let median = quantile(&sorted, 0.5);
        let spread = (quantile(&sorted, 0.75) - quantile(&sorted, 0.25)) / median;
        Some(Self { median, best, spread })
    }
}

/// The value below which that part of the sorted values lies, between two of them if need be.
fn quantile(sorted: &[f64], part: f64) -> f64 {
    let place = part * (sorted.len() - 1) as f64;
    let (below, above) = (sorted[place.floor() as usize], sorted[place.ceil() as usize]);
    below + (above - below) * place.fract()
}

/// The geometric mean: that of ratios, so that twice as fast and half as fast come to one.
pub fn geometric_mean(ratios: &[f64]) -> Option<f64> {
    let sum: f64 = ratios.iter().map(|ratio| ratio.ln()).sum();
    (!ratios.is_empty()).then(|| (sum / ratios.len() as f64).exp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_lie_between() {
        assert_eq!(Sample::of(&[]), None);
        assert_eq!(Sample::of(&[2.0]), Some(Sample { median: 2.0, best: 2.0, spread: 0.0 }));
        let sample = Sample::of(&[4.0, 1.0, 2.0, 3.0]).expect("times");
        assert_eq!((sample.median, sample.best), (2.5, 1.0));
        assert!((sample.spread - 1.5 / 2.5).abs() < 1e-12);
    }

    #[test]
    fn the_mean_is_geometric() {
        let mean = geometric_mean(&[0.5, 2.0, 1.0]).expect("there are ratios");
        assert!((mean - 1.0).abs() < 1e-12);
        assert_eq!(geometric_mean(&[]), None);
    }
}
