//! The tables of a TrueType file that a subset for PDF lacks, and the file around them (OpenType 1.9).

use std::collections::BTreeMap;

/// `cmap`: the glyph of each letter, as groups of neighbours (format 12).
pub(super) fn letters(glyphs: &BTreeMap<char, u16>) -> Vec<u8> {
    let mut groups: Vec<[u32; 3]> = Vec::new();
    for (letter, glyph) in glyphs {
        let (letter, glyph) = (u32::from(*letter), u32::from(*glyph));
        match groups.last_mut() {
            Some([first, last, start]) if *last + 1 == letter && glyph == *start + letter - *first => *last = letter,
            _ => groups.push([letter, letter, glyph]),
        }
    }
    let mut out = Vec::new();
    // Version, one table: of all of Unicode for Windows, 12 bytes from here.
    [0_u16, 1, 3, 10].into_iter().for_each(|number| out.extend(number.to_be_bytes()));
    out.extend(12_u32.to_be_bytes());
    [12_u16, 0].into_iter().for_each(|number| out.extend(number.to_be_bytes()));
    let count = groups.len() as u32;
    [16 + 12 * count, 0, count].into_iter().for_each(|number| out.extend(number.to_be_bytes()));
    groups.into_iter().flatten().for_each(|number| out.extend(number.to_be_bytes()));
    out
}

/// `post` without names of glyphs (version 3).
pub(super) fn post(whole: &[u8]) -> Vec<u8> {
    let kept = whole.get(4..32).unwrap_or_default();
    [&0x0003_0000_u32.to_be_bytes()[..], kept].concat()
}

/// `name`: texts in English for Windows.
pub(super) fn names(texts: &[(u16, String)]) -> Vec<u8> {
    let (mut records, mut storage): (Vec<u16>, Vec<u8>) = (Vec::new(), Vec::new());
    for (id, text) in texts {
        let bytes: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        records.extend([3, 1, 0x409, *id, bytes.len() as u16, storage.len() as u16]);
        storage.extend(bytes);
    }
    let count = texts.len() as u16;
    let header = [0, count, 6 + 12 * count];
    header.into_iter().chain(records).flat_map(u16::to_be_bytes).chain(storage).collect()
}

/// What the words of a whole file add up to.
const WHOLE: u32 = 0xB1B0_AFBA;

/// The file of these tables, each at a multiple of four bytes.
pub(super) fn file(mut tables: BTreeMap<[u8; 4], Vec<u8>>) -> Vec<u8> {
    // The sum of the whole counts as zero in the sums, and is set last.
    let sum_of_head = |tables: &mut BTreeMap<_, Vec<u8>>, sum: u32| {
        if let Some(place) = tables.get_mut(b"head").and_then(|head| head.get_mut(8..12)) {
            place.copy_from_slice(&sum.to_be_bytes());
        }
    };
    sum_of_head(&mut tables, 0);
    let directory = directory(&tables);
    let whole = tables.values().map(|bytes| checksum(bytes)).fold(checksum(&directory), u32::wrapping_add);
    sum_of_head(&mut tables, WHOLE.wrapping_sub(whole));
    let mut out = directory;
    for bytes in tables.values() {
        out.extend(bytes);
        out.resize(out.len().next_multiple_of(4), 0);
    }
    out
}

/// Which table stands where.
fn directory(tables: &BTreeMap<[u8; 4], Vec<u8>>) -> Vec<u8> {
    let count = tables.len() as u16;
    let power = count.max(1).ilog2();
    let range = 16 << power;
    let mut out = 0x0001_0000_u32.to_be_bytes().to_vec();
    [count, range, power as u16, count * 16 - range].into_iter().for_each(|number| out.extend(number.to_be_bytes()));
    let mut offset = 12 + 16 * tables.len();
    for (tag, bytes) in tables {
        out.extend(tag);
        let entry = [checksum(bytes), offset as u32, bytes.len() as u32];
        entry.into_iter().for_each(|number| out.extend(number.to_be_bytes()));
        offset += bytes.len().next_multiple_of(4);
    }
    out
}

fn checksum(bytes: &[u8]) -> u32 {
    let word =
        |part: &[u8]| part.iter().chain([0; 4].iter()).take(4).fold(0_u32, |sum, byte| sum << 8 | u32::from(*byte));
    bytes.chunks(4).map(word).fold(0, u32::wrapping_add)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_share_a_group() {
        let table = letters(&BTreeMap::from([('a', 4), ('b', 5), ('c', 7), ('é', 8)]));
        assert_eq!(table.len(), 12 + 16 + 3 * 12);
        assert_eq!(table[28..40], [0, 0, 0, 97, 0, 0, 0, 98, 0, 0, 0, 4]);
    }

    #[test]
    fn tables_stand_where_the_directory_says() {
        let file = file(BTreeMap::from([(*b"abcd", vec![1, 2, 3, 4, 5]), (*b"wxyz", vec![9])]));
        assert_eq!(file.len(), 12 + 32 + 8 + 4);
        let number = |at: usize| u32::from_be_bytes(file[at..at + 4].try_into().unwrap());
        assert_eq!([number(20), number(24)], [44, 5]);
        assert_eq!([number(36), number(40), u32::from(file[52])], [52, 1, 9]);
        assert_eq!(number(16), 0x0102_0304 + 0x0500_0000);
    }

    #[test]
    fn the_words_of_a_file_add_up() {
        let file = file(BTreeMap::from([(*b"glyf", vec![7; 10]), (*b"head", (0..54).collect())]));
        assert_eq!(checksum(&file), WHOLE);
    }
}
