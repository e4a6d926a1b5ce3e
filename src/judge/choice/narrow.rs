//! Several choices that are left, of which the answer then denies all but one, or chooses one.

use super::view::{Mention, Stand};
use crate::judge::verdict::Rank;

/// `This leaves B or C. C fails.`: of what is left, all but one is denied.
pub(super) fn narrow(mentions: &mut [Mention]) {
    /// The most mentions that may deny what is left.
    const REACH: usize = 4;
    // `That leaves C or D; D is shorter, so C.`
    let settles = |other: &Mention| {
        let concludes = other.rank.is_some_and(|(rank, _)| rank <= Rank::Conclusion);
        other.stand == Stand::Asserted && concludes && !other.group.several()
    };
    // The next mention that settles what is left: it only moves on, so that all of them are looked at once.
    let mut next = 0;
    for index in 0..mentions.len() {
        let (before, rest) = mentions.split_at_mut(index + 1);
        let Some(mention) = before.last_mut() else { continue };
        let left = mention.stand == Stand::Asserted && mention.rank.is_some_and(|(rank, _)| rank == Rank::Conclusion);
        if !left || !mention.group.several() {
            continue;
        }
        let denied = rest.iter().take(REACH).filter(|other| other.stand == Stand::Denied);
        let open = denied.fold(mention.group.choices, |open, other| open & !other.group.choices);
        next = next.max(index + 1);
        next += rest.iter().skip(next - index - 1).take_while(|other| !settles(other)).count();
        let settled = rest.get(next - index - 1);
        if let Some(other) = settled.filter(|other| other.group.choices & mention.group.choices != 0) {
            mention.group.choices = other.group.choices;
            mention.group.first = other.group.first;
            continue;
        }
        if open.count_ones() == 1 {
            mention.group.choices = open;
            mention.group.first = u8::try_from(open.trailing_zeros()).unwrap_or_default();
        }
    }
}
