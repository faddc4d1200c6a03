//! Zip archives without compression: what a folder needs to travel as one file.
//!
//! Local headers, the files as they are (method 0, stored), the central directory and its end record, after PKWARE's APPNOTE 6.3.10, sections 4.3 and 4.4.
//! Names are UTF-8 (flag bit 11); the time is that of the format's epoch, 1 January 1980, so that equal files give equal bytes.

use crate::error::{Error, Result};
use flate2::Crc;

/// Version of the format that is needed to unpack: 2.0.
const NEEDED: u16 = 20;
/// Names are UTF-8.
const UTF8: u16 = 1 << 11;
/// 1 January 1980, as MS-DOS dates are written: year since 1980, month, day.
const EPOCH: u16 = (1 << 5) | 1;
/// Most files, and most bytes, of an archive without 64-bit fields.
const MOST_FILES: usize = 65_534;
const MOST_BYTES: usize = u32::MAX as usize - (1 << 20);

/// Files, by their path with slashes, as an archive.
///
/// # Errors
/// More than 65,534 files or 4 GiB, or a name that is empty, absolute or climbs out of its folder.
pub fn zip(files: &[(String, Vec<u8>)]) -> Result<Vec<u8>> {
    let total: usize = files.iter().map(|(name, bytes)| bytes.len() + 2 * name.len() + 128).sum();
    if files.len() > MOST_FILES || total > MOST_BYTES {
        return Err(Error::too_large_to_keep("4 GiB"));
    }
    let climbs = |name: &str| name.split('/').any(|part| part.is_empty() || part == "." || part == "..");
    if files.iter().any(|(name, _)| climbs(name) || name.len() > usize::from(u16::MAX)) {
        return Err(Error::internal("a name that cannot stand in an archive"));
    }
    let (mut archive, mut directory) = (Vec::with_capacity(total), Vec::new());
    for (name, bytes) in files {
        let offset = archive.len();
        let common = common(name, bytes);
        archive.extend_from_slice(b"PK\x03\x04");
        archive.extend_from_slice(&common);
        archive.extend_from_slice(name.as_bytes());
        archive.extend_from_slice(bytes);
        directory.extend_from_slice(b"PK\x01\x02");
        directory.extend_from_slice(&NEEDED.to_le_bytes());
        directory.extend_from_slice(&common);
        // No comment, first disk, no attributes.
        directory.extend_from_slice(&[0; 10]);
        directory.extend_from_slice(&long(offset));
        directory.extend_from_slice(name.as_bytes());
    }
    let (start, size) = (archive.len(), directory.len());
    archive.extend(directory);
    archive.extend_from_slice(b"PK\x05\x06\0\0\0\0");
    #[expect(clippy::cast_possible_truncation, reason = "bounded above")]
    let count = (files.len() as u16).to_le_bytes();
    archive.extend_from_slice(&count);
    archive.extend_from_slice(&count);
    archive.extend_from_slice(&long(size));
    archive.extend_from_slice(&long(start));
    archive.extend_from_slice(&[0; 2]);
    Ok(archive)
}

/// What a file's local header and its entry of the directory have in common: 26 bytes.
fn common(name: &str, bytes: &[u8]) -> Vec<u8> {
    let mut crc = Crc::new();
    crc.update(bytes);
    #[expect(clippy::cast_possible_truncation, reason = "names are bounded above")]
    let length = name.len() as u16;
    let mut header = Vec::with_capacity(26);
    // Version, flags, method 0, time 0:00, date.
    for short in [NEEDED, UTF8, 0, 0, EPOCH] {
        header.extend_from_slice(&short.to_le_bytes());
    }
    header.extend_from_slice(&crc.sum().to_le_bytes());
    header.extend_from_slice(&long(bytes.len()));
    header.extend_from_slice(&long(bytes.len()));
    // No extra field.
    header.extend_from_slice(&length.to_le_bytes());
    header.extend_from_slice(&[0; 2]);
    header
}

#[expect(clippy::cast_possible_truncation, reason = "bounded by the size of the archive")]
fn long(n: usize) -> [u8; 4] {
    (n as u32).to_le_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_archive_has_its_signatures_sizes_and_checksums_where_the_format_wants_them() {
        let archive = zip(&[("a/b.txt".to_owned(), b"123456789".to_vec()), ("c".to_owned(), Vec::new())]).unwrap();
        assert_eq!(&archive[..4], b"PK\x03\x04");
        // The check value of CRC-32.
        assert_eq!(&archive[14..18], &0xCBF4_3926_u32.to_le_bytes());
        assert_eq!(&archive[30..37], b"a/b.txt");
        assert_eq!(&archive[37..46], b"123456789");
        let end = archive.len() - 22;
        assert_eq!(&archive[end..end + 4], b"PK\x05\x06");
        let at = |i: usize| u32::from_le_bytes([archive[end + i], archive[end + i + 1], archive[end + i + 2], archive[end + i + 3]]) as usize;
        assert_eq!((archive[end + 10], at(12) + at(16)), (2, end), "two files, and the directory ends where its record begins");
        assert_eq!(&archive[at(16)..at(16) + 4], b"PK\x01\x02");
    }

    #[test]
    fn no_name_leads_out_of_the_folder() {
        for name in ["", "/etc", "a/../b", "a//b", "."] {
            assert!(zip(&[(name.to_owned(), Vec::new())]).is_err(), "{name}");
        }
    }
}
