//! A sender from a name and an address, as the configuration wants it.

use std::str::FromStr;

use lettre::message::Mailbox;

/// `Name <address>`, the name in quotation marks where it needs them (RFC 5322 section 3.4). A text that is no bare
/// address comes back as it is.
pub fn sender_of(name: &str, written: &str) -> String {
    match lettre::Address::from_str(written.trim()) {
        Ok(address) => Mailbox::new(Some(name.to_owned()), address).to_string(),
        Err(_) => written.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bare_address_gets_the_name_and_a_written_sender_keeps_its_own() {
        let sender = |written| sender_of("Müller, Töchter & Co. e.V.", written);
        assert_eq!(
            Mailbox::from_str(&sender("a@b.de")).expect("a sender").name.as_deref(),
            Some("Müller, Töchter & Co. e.V.")
        );
        assert_eq!(sender("Wir <a@b.de>"), "Wir <a@b.de>");
        assert_eq!(sender("a@"), "a@");
    }
}
