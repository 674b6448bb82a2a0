//! Addresses good and bad, as they stand in real lists.

use proptest::prelude::{any, proptest};

use super::{Address, AddressError, Mailbox};

fn parse(text: &str) -> Result<Address, AddressError> {
    Address::parse(text)
}

/// As the mail's headers take it.
fn lettre(address: &Address) -> String {
    lettre::Address::new(address.local(), address.domain()).expect("lettre takes it").to_string()
}

#[test]
fn a_good_address_is_read_whatever_stands_around_it() {
    let cases = [
        ("anna@example.org", "anna@example.org"),
        ("Anna.Beispiel@Example.ORG", "Anna.Beispiel@example.org"),
        ("anna+rundbrief@example.org", "anna+rundbrief@example.org"),
        ("o'neill@example.org", "o'neill@example.org"),
        ("a!#$%&'*+/=?^_`{|}~-b@example.org", "a!#$%&'*+/=?^_`{|}~-b@example.org"),
        ("1@2.example", "1@2.example"),
        ("anna@sub.domain.example.co.uk", "anna@sub.domain.example.co.uk"),
        ("  anna@example.org \t", "anna@example.org"),
        ("anna@example.org\u{a0}", "anna@example.org"),
        ("\u{feff}anna@example.org\u{200b}", "anna@example.org"),
        ("\u{202a}anna@example.org\u{202c}", "anna@example.org"),
        ("mailto:anna@example.org", "anna@example.org"),
        ("MailTo: anna@example.org?subject=Hallo", "anna@example.org"),
        ("<anna@example.org>", "anna@example.org"),
        ("'anna@example.org'", "anna@example.org"),
        ("\"anna@example.org\"", "anna@example.org"),
        ("anna@example.org;", "anna@example.org"),
        ("anna@example.org , ", "anna@example.org"),
        ("anna@müller.example", "anna@xn--mller-kva.example"),
        ("anna@STRASSE.example", "anna@strasse.example"),
        ("anna@straße.example", "anna@xn--strae-oqa.example"),
        ("anna@例え.テスト", "anna@xn--r8jz45g.xn--zckzah"),
        ("jörg@example.org", "jörg@example.org"),
        ("用户@example.org", "用户@example.org"),
        ("anna@exam\u{ad}ple.org", "anna@example.org"),
    ];
    for (text, expected) in cases {
        assert_eq!(parse(text).as_ref().map(Address::as_str), Ok(expected), "{text:?}");
    }
}

#[test]
fn a_bad_address_is_refused_with_a_sentence_that_helps() {
    let cases = [
        ("", "there is no e-mail address"),
        (" \u{a0}", "there is no e-mail address"),
        ("-", "“-” has no @"),
        ("anna.example.org", "“anna.example.org” has no @"),
        ("anna(at)example.org", "spells the @ out"),
        ("anna at example.org", "spells the @ out"),
        ("anna＠example.org", "wide @"),
        ("anna@@example.org", "more than one @"),
        ("anna@home@example.org", "more than one @"),
        ("anna@example.org; bert@example.org", "two addresses in one cell: “anna@example.org; bert@example.org”"),
        ("anna@example.org,bert@example.org", "two addresses in one cell"),
        ("anna@example.org / bert@example.org", "two addresses in one cell"),
        ("anna@example.org bert@example.org", "two addresses in one cell"),
        ("anna@example.org\u{a0}bert@example.org", "two addresses in one cell"),
        ("anna@example.org und bert@example.org", "two addresses in one cell"),
        ("Anna <anna@example.org>, Bert <bert@example.org>", "two addresses in one cell"),
        ("anna@example.org <bert@example.org>", "two addresses in one cell"),
        ("anna@example.org\r\nbert@example.org", "two addresses in one cell"),
        ("anna @example.org", "has a space in it"),
        ("anna beispiel@example.org", "has a space in it"),
        ("anna@example.org (privat)", "has a space in it"),
        ("@example.org", "nothing before the @"),
        ("anna@", "nothing after the @"),
        ("anna@example,org", "has a comma for a dot; is anna@example.org meant?"),
        ("anna,beispiel@example.org", "a comma, perhaps for a dot, before the @"),
        ("anna@example", "no dot after the @"),
        ("anna@localhost", "no dot after the @"),
        ("anna@example.org.", "ends with a dot"),
        ("anna@example..org", "“example..org” is not a domain name"),
        ("anna@.example.org", "is not a domain name"),
        ("anna@-example.org", "is not a domain name"),
        ("anna@exa_mple.org", "is not a domain name"),
        ("anna@example.org:25", "is not a domain name"),
        ("anna@http://example.org", "is not a domain name"),
        ("anna@xn--a.org", "is not a domain name"),
        (".anna@example.org", "a dot too many before the @"),
        ("anna.@example.org", "a dot too many before the @"),
        ("anna..b@example.org", "a dot too many before the @"),
        ("\"anna b\"@example.org", "quotation marks before the @"),
        ("anna(b)@example.org", "the character “(”"),
        ("o’neill@example.org", "typographic apostrophe"),
        ("anna–b@example.org", "the dash –"),
        ("an\u{200b}na@example.org", "an invisible character (U+200B)"),
        ("anna@[192.0.2.1]", "IP address"),
        ("anna@192.0.2.1", "IP address"),
        ("anna@example.123", "IP address"),
        ("Anna <anna@example.org", "angle brackets that do not match"),
        ("Anna anna@example.org>", "angle brackets that do not match"),
        ("Anna <>", "there is no e-mail address"),
        ("anna@example.org\r\nBcc: bert@example.org", "a line break"),
        ("anna@example.org\n", "a line break"),
        ("anna\0@example.org", "another control character"),
        ("anna\u{85}@example.org", "another control character"),
    ];
    for (text, expected) in cases {
        let error = parse(text).expect_err(text).to_string();
        assert!(error.contains(expected), "{text:?}: {error}");
        assert!(!error.chars().any(char::is_control), "{text:?}: {error:?}");
    }
}

#[test]
fn lengths_are_those_of_rfc_5321() {
    let local = "a".repeat(64);
    assert!(parse(&format!("{local}@example.org")).is_ok());
    assert!(matches!(parse(&format!("{local}a@example.org")), Err(AddressError::LocalTooLong { octets: 65, .. })));
    // Bytes count, not characters.
    assert!(matches!(parse(&format!("{}@example.org", "ö".repeat(33))), Err(AddressError::LocalTooLong { .. })));

    let label = "b".repeat(63);
    let domain = format!("{label}.{label}.{label}");
    assert!(matches!(parse(&format!("{local}@{domain}")), Err(AddressError::TooLong { octets: 256, most: 254 })));
    assert!(parse(&format!("{}@{domain}", "a".repeat(62))).is_ok());
    assert!(matches!(parse(&format!("a@{label}b.org")), Err(AddressError::Domain { .. })));
}

#[test]
fn a_display_name_is_handed_back() {
    let name = |text: &str| Mailbox::parse(text).expect(text).name;
    assert_eq!(name("Anna Beispiel <anna@example.org>").as_deref(), Some("Anna Beispiel"));
    assert_eq!(name("\"Beispiel, Anna\" <anna@example.org>").as_deref(), Some("Beispiel, Anna"));
    assert_eq!(name("Anna\u{a0}<mailto:anna@example.org>").as_deref(), Some("Anna"));
    assert_eq!(name("\"Anna \\\"Änne\\\" Beispiel\" <anna@example.org>").as_deref(), Some("Anna \"Änne\" Beispiel"));
    assert_eq!(name("Anna@Example.org <anna@example.org>"), None);
    assert_eq!(name("<anna@example.org>"), None);
    assert_eq!(name("anna@example.org"), None);
}

#[test]
fn two_spellings_of_one_mailbox_have_one_identity() {
    let identity = |text: &str| parse(text).expect(text).normalized();
    assert_eq!(identity("Anna.Beispiel@EXAMPLE.org"), identity("anna.beispiel@example.org"));
    assert_eq!(identity("anna@Müller.example"), identity("ANNA@xn--mller-kva.example"));
    assert_eq!(identity("JÖRG@example.org"), "jörg@example.org");
}

#[test]
fn parts_json_and_smtputf8_are_told() {
    let address = parse("Jörg@Müller.example").expect("an address");
    assert_eq!((address.local(), address.domain()), ("Jörg", "xn--mller-kva.example"));
    assert!(address.needs_smtputf8());
    assert!(!parse("joerg@müller.example").expect("an address").needs_smtputf8());
    assert_eq!(serde_json::to_string(&address).expect("a string"), "\"Jörg@xn--mller-kva.example\"");
    assert_eq!(lettre(&address), address.as_str());
}

proptest! {
    #[test]
    fn any_text_is_an_answer_and_an_address_reads_back_as_itself(text in any::<String>()) {
        if let Ok(address) = parse(&text) {
            assert_eq!(parse(address.as_str()).as_ref(), Ok(&address));
            assert!(!address.as_str().chars().any(|c| c.is_control() || c.is_whitespace()));
        }
    }

    #[test]
    fn lettre_takes_every_ascii_address(local in "[a-zA-Z0-9!#$%&'*+/=?^_`{|}~-]{1,20}", domain in "[a-z]([a-z0-9-]{0,8}[a-z0-9])?\\.[a-z]{2,6}") {
        if let Ok(address) = parse(&format!("{local}@{domain}")) {
            assert_eq!(lettre(&address), address.as_str());
        } else {
            // Only labels such as `ab--c` and reserved punycode are refused here.
            assert!(domain.contains("--"), "{local}@{domain}");
        }
    }
}
