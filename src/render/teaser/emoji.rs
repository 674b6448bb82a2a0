//! Emoji as networks count them: a whole sequence is one picture.
//!
//! Comes in: a grapheme cluster. Goes out: how much of it is one emoji (Unicode Technical Standard 51, section 1.4.9).

/// The length in bytes of the emoji at the beginning of a grapheme cluster; 0 if there is none.
pub fn prefix_len(grapheme: &str) -> usize {
    let Some(first) = grapheme.chars().next() else { return 0 };
    if matches!(first, '0'..='9' | '#' | '*') {
        return if grapheme.ends_with('\u{20e3}') { grapheme.len() } else { 0 };
    }
    if is_regional(first) {
        return grapheme.chars().take(2).take_while(|c| is_regional(*c)).map(char::len_utf8).sum();
    }
    let mut len = element_len(grapheme);
    while len > 0 && grapheme[len..].starts_with('\u{200d}') {
        match element_len(&grapheme[len + '\u{200d}'.len_utf8()..]) {
            0 => break,
            joined => len += '\u{200d}'.len_utf8() + joined,
        }
    }
    len
}

/// One element of a ZWJ sequence: a picture, its presentation selector, its skin tone, the tags of a regional flag.
fn element_len(text: &str) -> usize {
    let mut characters = text.chars().peekable();
    let Some(base) = characters.next() else { return 0 };
    let selected = characters.peek() == Some(&'\u{fe0f}');
    if !(is_picture(base) || (selected && is_picture_when_selected(base))) {
        return 0;
    }
    let modifier = |c: &char| matches!(c, '\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}' | '\u{e0020}'..='\u{e007f}');
    base.len_utf8() + characters.take_while(modifier).map(char::len_utf8).sum::<usize>()
}

const fn is_regional(character: char) -> bool {
    matches!(character, '\u{1f1e6}'..='\u{1f1ff}')
}

/// Text characters that are an emoji only with U+FE0F behind them.
const fn is_picture_when_selected(character: char) -> bool {
    matches!(character, '©' | '®' | '™' | '♟')
}

/// The characters that emoji begin with. Where a whole block is named, its other symbols weigh the same on X.
const fn is_picture(character: char) -> bool {
    let dingbat = matches!(character as u32,
        0x2702 | 0x2705 | 0x2708..=0x270d | 0x270f | 0x2712 | 0x2714 | 0x2716 | 0x271d | 0x2721 | 0x2728 | 0x2733
        | 0x2734 | 0x2744 | 0x2747 | 0x274c | 0x274e | 0x2753..=0x2755 | 0x2757 | 0x2763..=0x2767 | 0x2795..=0x2797
        | 0x27a1 | 0x27b0 | 0x27bf);
    let symbol = matches!(character as u32,
        0x203c | 0x2049 | 0x2139 | 0x2194..=0x2199 | 0x21a9 | 0x21aa | 0x231a | 0x231b | 0x2328 | 0x23cf
        | 0x23e9..=0x23f3 | 0x23f8..=0x23fa | 0x24c2 | 0x25aa | 0x25ab | 0x25b6 | 0x25c0 | 0x25fb..=0x25fe
        | 0x2600..=0x265e | 0x2660..=0x2685 | 0x2690..=0x26ff | 0x2934 | 0x2935 | 0x2b05..=0x2b07 | 0x2b1b | 0x2b1c
        | 0x2b50 | 0x2b55 | 0x3030 | 0x303d | 0x3297 | 0x3299);
    let picture = matches!(character as u32, 0x1f004..=0x1f0cf | 0x1f170..=0x1f1e5 | 0x1f200..=0x1faff);
    dingbat || symbol || picture
}
