//! How well labels, numbers and probabilities were met.

/// Right, wrong and missed answers for one label.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count {
    /// Heard and there.
    pub right: usize,
    /// Heard but not there.
    pub wrong: usize,
    /// There but not heard.
    pub missed: usize,
}

impl Count {
    /// Counts one answer.
    pub fn add(&mut self, heard: bool, gold: bool) {
        match (heard, gold) {
            (true, true) => self.right += 1,
            (true, false) => self.wrong += 1,
            (false, true) => self.missed += 1,
            (false, false) => {}
        }
    }

    /// Adds another count.
    pub fn merge(&mut self, other: Self) {
        self.right += other.right;
        self.wrong += other.wrong;
        self.missed += other.missed;
    }

    /// Number of times it was there.
    #[must_use]
    pub fn gold(&self) -> usize {
        self.right + self.missed
    }

    /// Share of what was heard that was there, 0–1; 0 when nothing was heard.
    #[must_use]
    pub fn precision(&self) -> f32 {
        share(self.right, self.right + self.wrong)
    }

    /// Share of what was there that was heard, 0–1.
    #[must_use]
    pub fn recall(&self) -> f32 {
        share(self.right, self.gold())
    }

    /// Harmonic mean of precision and recall, 0–1.
    #[must_use]
    pub fn f1(&self) -> f32 {
        share(2 * self.right, 2 * self.right + self.wrong + self.missed)
    }
}

fn share(part: usize, whole: usize) -> f32 {
    if whole == 0 { 0.0 } else { part as f32 / whole as f32 }
}

/// Pearson correlation of pairs; 0 where it is not defined.
#[must_use]
pub fn pearson(pairs: &[(f32, f32)]) -> f32 {
    let n = pairs.len().max(1) as f32;
    let mean = |f: fn(&(f32, f32)) -> f32| pairs.iter().map(f).sum::<f32>() / n;
    let (a, b) = (mean(|p| p.0), mean(|p| p.1));
    let (mut ab, mut aa, mut bb) = (0.0_f32, 0.0_f32, 0.0_f32);
    for (x, y) in pairs {
        ab += (x - a) * (y - b);
        aa += (x - a) * (x - a);
        bb += (y - b) * (y - b);
    }
    if aa <= 0.0 || bb <= 0.0 { 0.0 } else { ab / (aa * bb).sqrt() }
}

/// Spearman's rank correlation, ties at their mean rank.
#[must_use]
pub fn spearman(pairs: &[(f32, f32)]) -> f32 {
    let first = ranks(&pairs.iter().map(|p| p.0).collect::<Vec<_>>());
    let second = ranks(&pairs.iter().map(|p| p.1).collect::<Vec<_>>());
    pearson(&first.into_iter().zip(second).collect::<Vec<_>>())
}

fn ranks(values: &[f32]) -> Vec<f32> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    let mut ranks = vec![0.0; values.len()];
    let mut start = 0;
    while start < order.len() {
        let same = |&&i: &&usize| values[i] == values[order[start]];
        let end = start + order[start..].iter().take_while(same).count();
        for &i in &order[start..end] {
            ranks[i] = (start + end - 1) as f32 / 2.0;
        }
        start = end;
    }
    ranks
}

/// Mean absolute error of pairs.
#[must_use]
pub fn mean_error(pairs: &[(f32, f32)]) -> f32 {
    pairs.iter().map(|(a, b)| (a - b).abs()).sum::<f32>() / pairs.len().max(1) as f32
}

/// Brier skill: 1 − the squared error of the probabilities over that of always saying the base
/// rate. Above 0 is better than the base rate.
#[must_use]
pub fn brier_skill(probabilities: &[f32], gold: &[bool]) -> f32 {
    let n = gold.len().max(1) as f32;
    let as_number = |g: &bool| f32::from(u8::from(*g));
    let base = gold.iter().map(as_number).sum::<f32>() / n;
    let error = |p: f32, g: &bool| (p - as_number(g)) * (p - as_number(g));
    let ours: f32 = probabilities.iter().zip(gold).map(|(p, g)| error(*p, g)).sum();
    let reference: f32 = gold.iter().map(|g| error(base, g)).sum();
    if reference <= 0.0 { 0.0 } else { 1.0 - ours / reference }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_give_the_known_figures() {
        let mut count = Count::default();
        for (heard, gold) in [(true, true), (true, true), (true, false), (false, true)] {
            count.add(heard, gold);
        }
        assert!((count.f1() - 2.0 / 3.0).abs() < 1e-6);
        assert_eq!(Count::default().f1(), 0.0);
    }

    #[test]
    fn correlations_are_one_for_the_same_order() {
        let pairs = [(1.0, 2.0), (2.0, 4.0), (3.0, 6.0)];
        assert!((pearson(&pairs) - 1.0).abs() < 1e-6);
        assert!((spearman(&[(1.0, 1.0), (2.0, 8.0), (3.0, 9.0), (3.0, 9.0)]) - 1.0).abs() < 1e-6);
    }

    #[test]
    fn brier_skill_is_zero_for_the_base_rate() {
        let gold = [true, false, false, false];
        assert!(brier_skill(&[0.25; 4], &gold).abs() < 1e-6);
        assert!((brier_skill(&[1.0, 0.0, 0.0, 0.0], &gold) - 1.0).abs() < 1e-6);
    }
}
