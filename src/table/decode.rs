//! Decoding of text files.

/// Decodes `bytes` as UTF-8, UTF-16 with a byte order mark, or else Latin-1, into text whose lines end
/// in `\n`. Byte order marks and a final Ctrl-Z of DOS are removed.
///
/// # Errors
/// The reason why the file is not text.
pub fn decode(bytes: &[u8]) -> Result<String, String> {
    // A file in Latin-1 may have been given a mark by an editor.
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = match bytes {
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes),
        _ if bytes.contains(&0) => return Err("it is a binary file, not text".to_owned()),
        _ => String::from_utf8(bytes.to_vec())
            .unwrap_or_else(|_| bytes.iter().copied().map(char::from).collect()),
    };
    let text = text.replace('\u{feff}', "").replace("\r\n", "\n").replace('\r', "\n");
    Ok(text.trim_end_matches('\u{1a}').to_owned())
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let units = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
    char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn encodings_and_line_ends_do_not_matter() {
        let little: Vec<u8> = "\u{feff}a é\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = "\u{feff}a é\n".encode_utf16().flat_map(u16::to_be_bytes).collect();
        let texts = [
            b"\xef\xbb\xbfa \xe9\n",
            "\u{feff}a é\r\n".as_bytes(),
            "a é\r".as_bytes(),
            "a é\n\u{1a}".as_bytes(),
            b"a \xe9\n",
            &little,
            &big,
        ];
        for bytes in texts {
            assert_eq!(decode(bytes).unwrap(), "a é\n", "{bytes:?}");
        }
        assert!(decode(b"\x89HDF\r\n\x1a\n\0\0").unwrap_err().contains("binary"));
    }
}
