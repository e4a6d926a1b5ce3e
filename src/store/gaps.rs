//! Gaps between pieces of a stream as bytes: whole microseconds, seven bits to a byte, low bits first.
//!
//! A stream of 128 tokens takes about 300 bytes so.

use std::time::Duration;

/// The gaps as bytes; what is below a microsecond is cut.
pub(super) fn encode(gaps: &[Duration]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(gaps.len() * 2);
    for gap in gaps {
        let mut rest = u64::try_from(gap.as_micros()).unwrap_or(u64::MAX);
        while rest >= 0x80 {
            bytes.push((rest & 0x7f) as u8 | 0x80);
            rest >>= 7;
        }
        bytes.push(rest as u8);
    }
    bytes
}

/// The gaps of such bytes; what is cut off in the middle is left out.
pub(super) fn decode(bytes: &[u8]) -> Vec<Duration> {
    let mut gaps = Vec::new();
    let (mut value, mut shift) = (0_u64, 0_u32);
    for byte in bytes {
        value |= u64::from(byte & 0x7f).checked_shl(shift).unwrap_or(0);
        shift += 7;
        if byte & 0x80 == 0 {
            gaps.push(Duration::from_micros(value));
            (value, shift) = (0, 0);
        }
    }
    gaps
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn gaps_come_back(microseconds in proptest::collection::vec(0..u64::MAX, 0..50)) {
            let gaps: Vec<Duration> = microseconds.into_iter().map(Duration::from_micros).collect();
            proptest::prop_assert_eq!(decode(&encode(&gaps)), gaps);
        }

        #[test]
        fn no_bytes_are_too_odd(bytes in proptest::collection::vec(0..=255_u8, 0..50)) {
            decode(&bytes);
        }
    }

    #[test]
    fn usual_gaps_are_short() {
        assert_eq!(encode(&[Duration::from_micros(100), Duration::from_millis(12)]).len(), 3);
    }
}
