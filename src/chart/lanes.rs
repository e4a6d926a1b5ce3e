//! Lanes: spans that overlap in time side by side, and fewer pieces where pixels cannot show them all.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// The lane of each span, the lowest that is free at its start. Spans come ordered by start, then end.
pub fn pack(spans: &[(f64, f64)]) -> Vec<usize> {
    let mut by_end: Vec<usize> = (0..spans.len()).collect();
    by_end.sort_by(|one, other| spans[*one].1.total_cmp(&spans[*other].1).then(one.cmp(other)));
    let mut ending = by_end.into_iter().peekable();
    let mut free = BinaryHeap::new();
    let mut lanes = Vec::with_capacity(spans.len());
    let mut used = 0;
    for (index, (start, _)) in spans.iter().enumerate() {
        while let Some(ended) = ending.next_if(|span| *span < index && spans[*span].1 <= *start) {
            free.push(Reverse(lanes[ended]));
        }
        let lane = free.pop().map_or(used, |Reverse(lane)| lane);
        used = used.max(lane + 1);
        lanes.push(lane);
    }
    lanes
}

/// How many lanes each group shows: all of them, or at most as many as make `most` in total.
pub(super) fn lane_limit(groups: &[usize], most: usize) -> usize {
    let total = |limit: usize| groups.iter().map(|lanes| (*lanes).min(limit)).sum::<usize>();
    (1..=most).rev().find(|limit| total(*limit) <= most).unwrap_or(1)
}

/// The row of a lane when only `shown` of all `lanes` are drawn, evenly spaced.
pub(super) fn row(lane: usize, lanes: usize, shown: usize) -> Option<usize> {
    let row = (lane * shown).div_ceil(lanes.max(1));
    (row < shown && row * lanes / shown == lane).then_some(row)
}

/// A piece of a lane that is drawn in one colour, in pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Piece<T> {
    pub from: f64,
    pub to: f64,
    pub paint: T,
}

/// Joins the pieces of one lane, ordered in time, whose middles share a stretch of this width. The
/// joint piece has the paint that fills most of it; a paint that `reduced` knows and that lost
/// follows as a piece of its own, in its reduced form.
pub(super) fn merge<T: Copy + PartialEq>(
    pieces: &[Piece<T>],
    width: f64,
    reduced: impl Fn(T) -> Option<T>,
) -> Vec<Piece<T>> {
    let stretch = |piece: &Piece<T>| (f64::midpoint(piece.from, piece.to) / width).floor();
    let mut merged = Vec::new();
    for joined in pieces.chunk_by(|one, other| stretch(one) >= stretch(other)) {
        let Some(paint) = fullest(joined) else { continue };
        let to = joined.iter().map(|piece| piece.to).fold(f64::MIN, f64::max);
        merged.push(Piece { from: joined[0].from, to, paint });
        let lost = joined.iter().find_map(|piece| Some(Piece { paint: reduced(piece.paint)?, ..*piece }));
        merged.extend(lost.filter(|_| reduced(paint).is_none()));
    }
    merged
}

fn fullest<T: Copy + PartialEq>(pieces: &[Piece<T>]) -> Option<T> {
    let mut lengths: Vec<(T, f64)> = Vec::new();
    for piece in pieces {
        match lengths.iter_mut().find(|(paint, _)| *paint == piece.paint) {
            Some((_, length)) => *length += piece.to - piece.from,
            None => lengths.push((piece.paint, piece.to - piece.from)),
        }
    }
    lengths.into_iter().max_by(|one, other| one.1.total_cmp(&other.1)).map(|(paint, _)| paint)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_takes_the_lowest_lane_that_is_free() {
        let spans = [(0.0, 10.0), (0.0, 20.0), (5.0, 6.0), (6.0, 7.0), (10.0, 11.0), (10.0, 30.0)];
        assert_eq!(pack(&spans), [0, 1, 2, 2, 0, 2]);
        assert!(pack(&[]).is_empty());
    }

    #[test]
    fn spans_without_length_share_a_lane() {
        assert_eq!(pack(&[(0.0, 5.0), (5.0, 5.0), (5.0, 5.0), (5.0, 9.0)]), [0, 0, 0, 0]);
    }

    #[test]
    fn no_two_spans_of_a_lane_overlap() {
        let mut spans: Vec<(f64, f64)> = (0..500_u32)
            .map(|step| (f64::from(step * 7919 % 1000), f64::from(step * 104_729 % 90)))
            .map(|(start, length)| (start, start + length))
            .collect();
        spans.sort_by(|one, other| one.0.total_cmp(&other.0).then(one.1.total_cmp(&other.1)));
        let mut free_from = vec![f64::MIN; spans.len()];
        for (span, lane) in spans.iter().zip(pack(&spans)) {
            assert!(free_from[lane] <= span.0);
            free_from[lane] = span.1;
        }
    }

    #[test]
    fn lanes_that_do_not_fit_are_thinned_evenly() {
        assert_eq!(lane_limit(&[3, 4], 100), 100);
        assert_eq!(lane_limit(&[2, 1000, 1000], 22), 10);
        assert_eq!(lane_limit(&[5; 50], 10), 1);
        let rows: Vec<Option<usize>> = (0..7).map(|lane| row(lane, 7, 3)).collect();
        assert_eq!(rows, [Some(0), None, Some(1), None, Some(2), None, None]);
        assert!((0..5).all(|lane| row(lane, 5, 5) == Some(lane)));
        assert_eq!(row(0, 0, 0), None);
    }

    #[test]
    fn pieces_finer_than_a_pixel_join() {
        let piece = |from: f64, to: f64, paint: char| Piece { from, to, paint };
        let fine = [piece(0.0, 0.2, 'a'), piece(0.2, 0.6, 'b'), piece(0.6, 0.9, 'a'), piece(1.0, 40.0, 'b')];
        assert_eq!(merge(&fine, 1.0, |_| None), [piece(0.0, 0.9, 'a'), piece(1.0, 40.0, 'b')]);
        assert_eq!(merge(&fine, 0.01, |_| None), fine);
    }

    #[test]
    fn a_paint_that_must_not_vanish_is_kept_beside_the_fullest() {
        let piece = |from: f64, to: f64, paint: char| Piece { from, to, paint };
        let capital = |paint: char| (paint == 'f').then_some('F');
        let fine = [piece(0.0, 0.6, 'a'), piece(0.6, 0.7, 'f'), piece(0.7, 0.8, 'f')];
        assert_eq!(merge(&fine, 1.0, capital), [piece(0.0, 0.8, 'a'), piece(0.6, 0.7, 'F')]);
        assert_eq!(merge(&fine[1..], 1.0, capital), [piece(0.6, 0.8, 'f')]);
    }
}
