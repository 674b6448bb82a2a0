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

/// The blocks that emoji come from. A symbol of these blocks that is no emoji has the same weight alone.
const fn is_picture(character: char) -> bool {
    matches!(character,
        '\u{203c}' | '\u{2049}' | '\u{2139}' | '\u{2194}'..='\u{21aa}' | '\u{231a}'..='\u{23ff}' | '\u{24c2}'
        | '\u{25aa}'..='\u{25fe}' | '\u{2600}'..='\u{265e}' | '\u{2660}'..='\u{27bf}' | '\u{2934}' | '\u{2935}'
        | '\u{2b05}'..='\u{2b55}' | '\u{3030}' | '\u{303d}' | '\u{3297}' | '\u{3299}'
        | '\u{1f004}'..='\u{1f0cf}' | '\u{1f170}'..='\u{1f1e5}' | '\u{1f200}'..='\u{1faff}')
}
