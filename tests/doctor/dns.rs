//! What the DNS says, from zones that the test has written.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use rundbrief::config::Config;
use rundbrief::doctor::dns::system::SystemZone;
use rundbrief::doctor::dns::{NoAnswer, Zone, checks};

use super::lines;

/// A zone as text: `name TXT …`, `name MX host`, `name A`, `name SILENT`; names without a dot at their end are below
/// `verband.de`, `@` is that itself.
#[derive(Default)]
struct Scripted {
    records: BTreeMap<(String, &'static str), Vec<String>>,
}

impl Scripted {
    fn new(text: &str) -> Scripted {
        let mut zone = Scripted::default();
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let mut words = line.splitn(3, ' ');
            let (name, kind, value) = (words.next().expect("a name"), words.next().expect("a kind"), words.next());
            let name = match (name, name.strip_suffix('.')) {
                ("@", _) => "verband.de".to_owned(),
                (_, Some(whole)) => whole.to_owned(),
                (below, None) => format!("{below}.verband.de"),
            };
            let kind = ["TXT", "MX", "A", "SILENT"].into_iter().find(|known| *known == kind).expect("a known kind");
            zone.records.entry((name, kind)).or_default().push(value.unwrap_or_default().to_owned());
        }
        zone
    }

    fn get(&self, name: &str, kind: &'static str) -> Result<Vec<String>, NoAnswer> {
        if self.records.contains_key(&(name.to_owned(), "SILENT")) {
            return Err(NoAnswer(format!("{name}: it took too long")));
        }
        Ok(self.records.get(&(name.to_owned(), kind)).cloned().unwrap_or_default())
    }
}

impl Zone for Scripted {
    async fn txt(&self, name: &str) -> Result<Vec<String>, NoAnswer> {
        self.get(name, "TXT")
    }

    async fn mx(&self, name: &str) -> Result<Vec<String>, NoAnswer> {
        self.get(name, "MX")
    }

    async fn has_address(&self, name: &str) -> Result<bool, NoAnswer> {
        Ok(!self.get(name, "A")?.is_empty())
    }
}

const KEY: &str = "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAyHnv3gRrxLcfLR0FVDBOFQZhGgNEF6kRBB3W8VjnRZ7qfU2bRJ1LJkFqRVyhA6vXVsB6H\
                   0K7PZ0bnqCXmVYQyqJ4HnYLvOq2c0xHwFvw9oY0i6jB3b3kQkHjKcI9pRzT0lJXzjG3RbnYlR8nCwQn1mXkJjv6Xcz7nG0qgkq1t2Qk2oFzq3mJ5rQ\
                   nq8k8xw7lXlR3dG9nYc0bqVw5ZkF6h1lY0nS8r2xJ0K3m4b5c6d7e8f9g0h1i2j3k4l5m6n7o8p9q0r1s2t3u4v5w6x7y8z9A0B1C2D3E4F5G6H7I8J9\
                   K0L1M2N3O4P5Q6R7S8T9U0V1W2X3Y4QIDAQAB";

/// A domain at IONOS where all is well; `{key}` is an RSA key of 2048 bits.
fn well() -> String {
    format!(
        "@ TXT v=spf1 include:_spf-eu.ionos.com ~all\n_spf-eu.ionos.com. TXT v=spf1 ip4:212.227.126.128/25 ip6:2001:8d8::/32 ?all\n\
         @ TXT google-site-verification=x\ns1-ionos._domainkey TXT v=DKIM1; k=rsa; p={KEY}\n\
         _dmarc TXT v=DMARC1; p=quarantine; rua=mailto:dmarc@verband.de\n@ MX mx00.ionos.de\n@ MX mx01.ionos.de\n"
    )
}

/// The domain's lines in `well()` that begin with `start` replaced.
fn but(start: &str, lines: &str) -> String {
    well().lines().filter(|line| !line.starts_with(start)).map(|line| format!("{line}\n")).collect::<String>() + lines
}

fn config(sender: &str, more: &str) -> Config {
    let text = format!(
        "[site]\nname = \"Verband\"\nurl = \"https://www.verband.de\"\nlang = \"de\"\n\
         [sender]\nfrom = \"newsletter@verband.de\"\n{sender}\n\
         [email]\ntransport = \"smtp\"\n[email.smtp]\nhost = \"smtp.ionos.de\"\nusername = \"x\"\npassword = \"env:X\"\n{more}\n"
    );
    Config::parse(Path::new("config.toml"), &text).unwrap_or_else(|findings| panic!("{findings:?}"))
}

/// The lines of one family.
async fn told(config: &Config, zone: &str, families: &[&str]) -> String {
    let all = checks(config, &Scripted::new(zone)).await;
    let kept: Vec<_> = all.into_iter().filter(|check| families.contains(&check.check)).collect();
    lines(&kept)
}

async fn golden(families: &[&str], config: &Config, cases: &[(&str, String)]) -> String {
    let mut all = String::new();
    for (name, zone) in cases {
        writeln!(all, "{name}\n{}", told(config, zone, families).await).expect("is kept");
    }
    all
}

/// `include:a1.de include:a2.de …`, each with one address.
fn includes(number: usize) -> String {
    let terms: Vec<String> = (1..=number).map(|number| format!("include:a{number}.de")).collect();
    let zones = (1..=number).map(|number| format!("a{number}.de. TXT v=spf1 ip4:192.0.2.{number} -all\n"));
    format!("@ TXT v=spf1 include:_spf-eu.ionos.com {} ~all\n{}", terms.join(" "), zones.collect::<String>())
}

#[tokio::test]
async fn all_is_well() {
    let all = lines(&checks(&config("", ""), &Scripted::new(&well())).await);
    insta::assert_snapshot!(all);
}

#[tokio::test]
async fn spf() {
    let spf = |text: &str| but("@ TXT v=spf1", text);
    let nested = "@ TXT v=spf1 a mx include:_spf-eu.ionos.com include:b.de -all\n@ A\nb.de. TXT v=spf1 a:x.de mx include:c.de ~all\n\
                  x.de. A\nb.de. MX m\nc.de. TXT v=spf1 a mx exists:%{i}.c.de ptr redirect=d.de\nc.de. A\nc.de. MX m\n\
                  d.de. TXT v=spf1 ip4:192.0.2.1 -all\n";
    let cases = [
        ("none", spf("")),
        ("two", spf("@ TXT v=spf1 include:_spf-eu.ionos.com ~all\n@ TXT v=spf1 mx -all\n")),
        ("something like SPF", spf("@ TXT v=spf10 mx\n@ TXT spf1 mx\n")),
        ("capitals", spf("@ TXT V=SPF1 Include:_spf-eu.ionos.com -ALL\n")),
        ("ten look-ups", spf(&includes(9))),
        ("eleven look-ups", spf(&includes(10))),
        ("eleven in the depth", spf(nested)),
        ("a record that includes itself", spf("@ TXT v=spf1 include:verband.de -all\n")),
        ("three names that are not there", spf("@ TXT v=spf1 include:_spf-eu.ionos.com a:x.de mx:y.de a:z.de -all\n")),
        ("an include without a record", spf("@ TXT v=spf1 include:_spf-eu.ionos.com include:gone.de -all\n")),
        ("redirected", spf("@ TXT v=spf1 redirect=_spf-eu.ionos.com\n")),
        ("everybody", spf("@ TXT v=spf1 include:_spf-eu.ionos.com +all\n")),
        ("everybody, as it is mostly written", spf("@ TXT v=spf1 include:_spf-eu.ionos.com all\n")),
        ("nothing said of others", spf("@ TXT v=spf1 include:_spf-eu.ionos.com ?all\n")),
        ("no end", spf("@ TXT v=spf1 include:_spf-eu.ionos.com\n")),
        ("a typing mistake", spf("@ TXT v=spf1 inlcude:_spf-eu.ionos.com ~all\n")),
        ("a bad address", spf("@ TXT v=spf1 ip4:300.1.1.1 include:_spf-eu.ionos.com ~all\n")),
        ("another provider", spf("@ TXT v=spf1 include:a1.de -all\na1.de. TXT v=spf1 ip4:192.0.2.1 -all\n")),
        ("a silent server", spf("@ TXT v=spf1 include:a1.de -all\na1.de. SILENT\n")),
    ];
    insta::assert_snapshot!(golden(&["spf"], &config("", ""), &cases).await);
}

#[tokio::test]
async fn dkim() {
    let key = |text: &str| but("s1-ionos", text);
    let short = "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQC".to_owned() + &"A".repeat(177);
    let two = format!("s1-ionos._domainkey TXT v=DKIM1; p=\ns2-ionos._domainkey TXT p={KEY}\n");
    let cases = [
        ("no key under the usual names", key("")),
        ("the second name", key(&format!("s2-ionos._domainkey TXT v=DKIM1; p={KEY}\n"))),
        ("taken back, and a new one", key(&two)),
        ("taken back, under a usual name", key("s1-ionos._domainkey TXT v=DKIM1; k=rsa; p=\n")),
        ("silent", key("s1-ionos._domainkey SILENT\n")),
    ];
    let mut all = golden(&["dkim"], &config("", ""), &cases).await;
    let named = config("", "[doctor]\ndkim_selector = \"brief\"");
    let brief = |text: &str| well() + &format!("brief._domainkey TXT {text}\n");
    let cases = [
        ("the configured one", brief(&format!("v=DKIM1; k=rsa; p={KEY}"))),
        ("the configured one is not there", well()),
        ("taken back", brief("v=DKIM1; k=rsa; p=")),
        ("short", brief(&format!("v=DKIM1; p={short}"))),
        ("a test", brief(&format!("v=DKIM1; t=y:s; p={KEY}"))),
        ("cut off", brief("v=DKIM1; p=MIIBIjANBgkq§")),
        ("an unknown kind", brief("v=DKIM1; k=dsa; p=AAAA")),
        ("the new kind", brief("v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=")),
    ];
    all += &golden(&["dkim"], &named, &cases).await;
    let mut unknown = config("", "");
    unknown.email.transport = rundbrief::config::Transport::Outbox;
    all += &golden(&["dkim"], &unknown, &[("no name and no known provider", well())]).await;
    insta::assert_snapshot!(all);
}

#[tokio::test]
async fn dmarc() {
    let policy = |text: &str| but("_dmarc", text);
    let cases = [
        ("none", policy("")),
        ("only watched, without reports", policy("_dmarc TXT v=DMARC1; p=none\n")),
        ("refused", policy("_dmarc TXT v=DMARC1;p=reject;rua=mailto:x@verband.de\n")),
        ("two", policy("_dmarc TXT v=DMARC1; p=none\n_dmarc TXT v=DMARC1; p=reject\n")),
        ("no wish", policy("_dmarc TXT v=DMARC1; rua=mailto:x@verband.de\n")),
        ("an unknown wish", policy("_dmarc TXT v=DMARC1; p=maybe\n")),
        ("something else there", policy("_dmarc TXT hello\n")),
        ("silent", policy("_dmarc SILENT\n")),
    ];
    let families = ["dmarc", "alignment"];
    let mut all = golden(&families, &config("", ""), &cases).await;
    let below = "from = \"Verband <post@news.verband.de>\"";
    let mut news = config("", "");
    news.sender.from = "Verband <post@news.verband.de>".parse().expect("a mailbox");
    all += &format!("{below}\n\n");
    let cases = [
        ("the organisation's", policy("_dmarc TXT v=DMARC1; p=reject; sp=none; rua=mailto:x@verband.de\n")),
        ("its own", policy("_dmarc TXT v=DMARC1; p=none\n_dmarc.news TXT v=DMARC1; p=quarantine\n")),
    ];
    all += &golden(&families, &news, &cases).await;
    all += "bounces below the same domain\n\n";
    let cases = [
        ("relaxed", policy("_dmarc TXT v=DMARC1; p=reject; rua=mailto:x@verband.de\n")),
        ("strict", policy("_dmarc TXT v=DMARC1; p=reject; aspf=s; rua=mailto:x@verband.de\n")),
    ];
    all += &golden(&families, &config("bounce_address = \"b@bounce.verband.de\"", ""), &cases).await;
    let elsewhere = config("bounce_address = \"b@versand.net\"", "");
    all += &golden(&families, &elsewhere, &[("bounces elsewhere", well())]).await;
    insta::assert_snapshot!(all);
}

#[tokio::test]
async fn mx() {
    let mx = |text: &str| but("@ MX", text);
    let cases = [
        ("an address alone", mx("@ A\n")),
        ("nothing", mx("")),
        ("it takes no mail", mx("@ MX\n")),
        ("silent", mx("@ SILENT\n")),
    ];
    let mut all = golden(&["mx"], &config("", ""), &cases).await;
    let several = config(
        "reply_to = \"kontakt@verband.de\"\nbounce_address = \"b@bounce.verband.de\"\nunsubscribe = { mailto = \"ab@müller.de\" }",
        "",
    );
    all += &golden(&["mx"], &several, &[("several domains", well() + "xn--mller-kva.de. MX mx.müller.de\n")]).await;
    insta::assert_snapshot!(all);
}

#[tokio::test]
async fn a_sender_of_the_example_is_not_looked_up() {
    let example = Config::parse(Path::new("config.toml"), rundbrief::config::BUILT_IN).expect("is valid");
    let all = lines(&checks(&example, &Scripted::default()).await);
    assert!(all.contains("not checked dns: example.org belongs to nobody"), "{all}");
}

/// The whole way over a socket: a server that says one thing to everybody (RFC 1035, section 4.1.1).
async fn server_saying(code: Option<u8>) -> std::net::SocketAddr {
    server(code, |_| Vec::new()).await
}

/// The same with records of the type that was asked for: their data, without name, type and length.
async fn server(code: Option<u8>, records: fn(u8) -> Vec<Vec<u8>>) -> std::net::SocketAddr {
    let socket = tokio::net::UdpSocket::bind("127.0.0.1:0").await.expect("a port");
    let address = socket.local_addr().expect("an address");
    tokio::spawn(async move {
        let mut buffer = [0; 1500];
        while let Ok((length, from)) = socket.recv_from(&mut buffer).await {
            let Some(code) = code else { continue };
            let mut answer = buffer[..length].to_vec();
            answer[2] |= 0x80;
            answer[3] = 0x80 | code;
            // Without the question's own additional record (EDNS), whose bytes stand at the end.
            let question = 12 + answer[12..].iter().position(|byte| *byte == 0).expect("a name ends") + 5;
            answer.truncate(question);
            answer[6..12].fill(0);
            let kind = answer[question - 3];
            for data in records(kind) {
                answer[7] += 1;
                let length = u8::try_from(data.len()).expect("is short");
                // The name of the question, its type, class IN, an hour.
                answer.extend_from_slice(&[0xc0, 12, 0, kind, 0, 1, 0, 0, 14, 16, 0, length]);
                answer.extend_from_slice(&data);
            }
            let _ = socket.send_to(&answer, from).await;
        }
    });
    address
}

#[tokio::test]
async fn records_are_read_whole_and_in_their_order() {
    let records = |kind| match kind {
        1 => vec![vec![192, 0, 2, 1]],
        15 => vec![b"\0\x14\x03mx2\xc0\x0c".to_vec(), b"\0\x0a\x03mx1\xc0\x0c".to_vec()],
        16 => vec![b"\x0cv=spf1 a:x.d\x06e -all".to_vec(), b"\x01x".to_vec()],
        _ => Vec::new(),
    };
    let zone = SystemZone::at(server(Some(0), records).await).expect("a zone");
    assert_eq!(zone.txt("verband.de").await, Ok(vec!["v=spf1 a:x.de -all".to_owned(), "x".to_owned()]));
    assert_eq!(zone.mx("verband.de").await, Ok(vec!["mx1.verband.de".to_owned(), "mx2.verband.de".to_owned()]));
    assert_eq!(zone.has_address("verband.de").await, Ok(true));
}

#[tokio::test]
async fn a_name_that_is_not_there_has_no_records_and_a_server_that_fails_gives_no_answer() {
    let zone = SystemZone::at(server_saying(Some(3)).await).expect("a zone");
    assert_eq!(zone.txt("verband.de").await, Ok(Vec::new()));
    assert_eq!((zone.mx("verband.de").await, zone.has_address("verband.de").await), (Ok(Vec::new()), Ok(false)));
    for code in [2, 5] {
        let zone = SystemZone::at(server_saying(Some(code)).await).expect("a zone");
        let error = zone.txt("verband.de").await.expect_err("it fails");
        assert!(error.0.starts_with("verband.de: the DNS server says "), "{error:?}");
    }
}

#[tokio::test]
async fn a_server_that_says_nothing_keeps_nobody_waiting() {
    let zone = SystemZone::at(server_saying(None).await).expect("a zone");
    let began = std::time::Instant::now();
    let all = checks(&config("", ""), &zone).await;
    assert!(began.elapsed() < std::time::Duration::from_secs(12), "{:?}", began.elapsed());
    assert!(all.iter().all(|check| check.state == rundbrief::doctor::State::NotChecked), "{}", lines(&all));
    let families: Vec<&str> = all.iter().map(|check| check.check).collect();
    assert_eq!(families, ["spf", "dkim", "dmarc", "mx"]);
}
