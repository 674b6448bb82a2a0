//! A body of several parts: fields, and a file (RFC 7578).
//!
//! Comes in: the parts, and digits that stand nowhere in them. Goes out: the media type and the body. Names and file
//! names are the program's own; what would end their quotes is taken out all the same.

/// A field, or a file with its name and media type.
#[derive(Debug, Clone, Copy)]
pub struct Part<'a> {
    pub name: &'a str,
    /// The file's name and media type.
    pub file: Option<(&'a str, &'a str)>,
    pub value: &'a [u8],
}

/// The media type with its boundary, and the body.
pub fn multipart(parts: &[Part<'_>], digits: &str) -> (String, Vec<u8>) {
    let boundary = format!("rundbrief-{digits}");
    let quoted = |text: &str| text.replace(['"', '\\', '\r', '\n'], "_");
    let mut body = Vec::new();
    for part in parts {
        let mut head = format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{}\"", quoted(part.name));
        if let Some((name, media_type)) = part.file {
            head += &format!("; filename=\"{}\"\r\nContent-Type: {}", quoted(name), quoted(media_type));
        }
        body.extend_from_slice((head + "\r\n\r\n").as_bytes());
        body.extend_from_slice(part.value);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    (format!("multipart/form-data; boundary={boundary}"), body)
}

#[cfg(test)]
mod tests {
    use super::{Part, multipart};

    #[test]
    fn a_field_and_a_file_stand_between_boundaries() {
        let alt = Part { name: "description", file: None, value: "Ein Saal,\nvoll".as_bytes() };
        let file = Part { name: "file", file: Some(("a\".jpg", "image/jpeg")), value: b"\xFF\xD8" };
        let (media_type, body) = multipart(&[alt, file], "0f");
        assert_eq!(media_type, "multipart/form-data; boundary=rundbrief-0f");
        let expected =
            b"--rundbrief-0f\r\nContent-Disposition: form-data; name=\"description\"\r\n\r\nEin Saal,\nvoll\r\n\
            --rundbrief-0f\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a_.jpg\"\r\n\
            Content-Type: image/jpeg\r\n\r\n\xFF\xD8\r\n--rundbrief-0f--\r\n";
        assert_eq!(body, expected);
    }
}
