//! One connection, from the greeting to its end.

use std::future::pending;
use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

use super::link::Link;
use super::script::{Answer, Say, Script, Seen, Stage, Then, When};
use super::{Accepted, Record};

struct Talk {
    link: BufReader<Link>,
    connection: usize,
    script: Arc<Script>,
    record: Arc<Mutex<Record>>,
    mails: usize,
    mail: usize,
    from: String,
    parameters: String,
    to: Vec<String>,
    begun: bool,
    logged_in: bool,
}

/// An answer and its bytes.
struct Decided {
    answer: Answer,
    bytes: Vec<u8>,
}

impl Decided {
    /// The code that the bytes begin with; 0 if there is none.
    fn code(&self) -> u16 {
        let code = std::str::from_utf8(self.bytes.get(..3).unwrap_or_default());
        code.ok().and_then(|code| code.parse().ok()).unwrap_or(0)
    }
}

/// Ends with the connection; how it ended is nobody's business here.
pub async fn talk(socket: TcpStream, connection: usize, script: Arc<Script>, record: Arc<Mutex<Record>>) {
    let _ = socket.set_nodelay(true);
    let at_once = script.certificate.as_ref().filter(|(when, _)| *when == When::AtOnce);
    let link = match at_once {
        Some((_, certificate)) => match Link::Plain(socket).encrypt(certificate.config.clone()).await {
            Ok(link) => link,
            Err(_) => return,
        },
        None => Link::Plain(socket),
    };
    let link = BufReader::with_capacity(64 * 1024, link);
    let (from, parameters) = Default::default();
    let (mails, mail, to, begun, logged_in) = (0, 0, Vec::new(), false, false);
    let mut talk = Talk { link, connection, script, record, mails, mail, from, parameters, to, begun, logged_in };
    if talk.answer(Stage::Greeting, "", "220 scripted.example ESMTP").await.is_err() {
        return;
    }
    while let Ok(Some(line)) = talk.line().await {
        {
            let mut record = talk.record.lock().expect("no handler has panicked");
            record.lines.push((connection, line.clone()));
            if !talk.link.buffer().is_empty() {
                record.pipelined.insert(connection);
            }
        }
        match talk.command(line).await {
            Ok(next) => talk = next,
            Err(_) => return,
        }
    }
}

fn ended() -> io::Error {
    io::ErrorKind::ConnectionAborted.into()
}

impl Talk {
    async fn line(&mut self) -> io::Result<Option<String>> {
        let mut line = Vec::new();
        self.link.read_until(b'\n', &mut line).await?;
        Ok((!line.is_empty()).then(|| String::from_utf8_lossy(&line).trim_end().to_owned()))
    }

    /// Says what the script says, or `normal`; gives the code that went out.
    async fn answer(&mut self, stage: Stage, line: &str, normal: &str) -> io::Result<u16> {
        let decided = self.decide(stage, line, normal);
        let code = decided.code();
        self.carry_out(decided).await?;
        Ok(code)
    }

    fn decide(&self, stage: Stage, line: &str, normal: &str) -> Decided {
        let answer = self.script.ask(&Seen {
            stage,
            connection: self.connection,
            mail: self.mail,
            mail_of_connection: self.mails,
            line,
            from: &self.from,
            to: &self.to,
        });
        let bytes = match &answer.say {
            Say::Normal if normal.is_empty() => Vec::new(),
            Say::Normal => format!("{}\r\n", normal.replace('\n', "\r\n")).into_bytes(),
            Say::Bytes(bytes) => bytes.clone(),
        };
        Decided { answer, bytes }
    }

    async fn carry_out(&mut self, Decided { answer, bytes }: Decided) -> io::Result<()> {
        if !answer.late.is_zero() {
            sleep(answer.late).await;
        }
        self.link.write_all(&bytes).await?;
        self.link.flush().await?;
        match answer.then {
            Then::GoOn => Ok(()),
            Then::Close => {
                let _ = self.link.shutdown().await;
                Err(ended())
            }
            Then::Reset => {
                self.link.get_ref().end_with_reset();
                Err(ended())
            }
            Then::Hang => pending().await,
        }
    }

    async fn command(mut self, line: String) -> io::Result<Talk> {
        let word = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
        match word.as_str() {
            "EHLO" | "HELO" => {
                self.record.lock().expect("no handler has panicked").opened(self.connection);
                let normal = self.extensions();
                self.answer(Stage::Ehlo, &line, &normal).await?;
            }
            "STARTTLS" => return self.start_tls(&line).await,
            "AUTH" => self.auth(&line).await?,
            "MAIL" => self.mail(&line).await?,
            "RCPT" => self.rcpt(&line).await?,
            "DATA" => self.data(&line).await?,
            "RSET" => {
                self.forget();
                self.answer(Stage::Rset, &line, "250 2.0.0 Ok").await?;
            }
            "QUIT" => {
                self.answer(Stage::Quit, &line, "221 2.0.0 Bye").await?;
                return Err(ended());
            }
            "NOOP" => self.say("250 2.0.0 Ok").await?,
            _ => self.say("500 5.5.2 unknown command").await?,
        }
        Ok(self)
    }

    async fn say(&mut self, line: &str) -> io::Result<()> {
        self.link.write_all(format!("{line}\r\n").as_bytes()).await?;
        self.link.flush().await
    }

    fn extensions(&self) -> String {
        let mut lines = vec!["scripted.example".to_owned()];
        let encrypted = self.link.get_ref().is_encrypted();
        let starttls = self.script.certificate.as_ref().is_some_and(|(when, _)| *when == When::StartTls);
        if starttls && !encrypted {
            lines.push("STARTTLS".to_owned());
        }
        if self.script.demands_login() && (encrypted || !starttls) {
            lines.push(format!("AUTH {}", self.script.mechanisms));
        }
        lines.extend(self.script.extensions.iter().cloned());
        let last = lines.pop().unwrap_or_default();
        lines.iter().map(|line| format!("250-{line}\n")).collect::<String>() + &format!("250 {last}")
    }

    async fn start_tls(mut self, line: &str) -> io::Result<Talk> {
        let Some(config) = self.script.certificate.as_ref().map(|(_, certificate)| certificate.config.clone()) else {
            self.say("502 5.5.1 not offered").await?;
            return Ok(self);
        };
        if self.answer(Stage::StartTls, line, "220 2.0.0 go ahead").await? == 220 {
            let link = self.link.into_inner().encrypt(config).await?;
            self.link = BufReader::with_capacity(64 * 1024, link);
        }
        Ok(self)
    }

    async fn auth(&mut self, line: &str) -> io::Result<()> {
        let mut words = line.split(' ').skip(1);
        let (mechanism, first) = (words.next().unwrap_or_default().to_owned(), words.next().unwrap_or_default());
        let good = match mechanism.as_str() {
            "PLAIN" => {
                let said = decoded(first);
                let mut parts = said.split('\0').skip(1);
                let said = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
                self.script.password.as_ref().is_some_and(|(name, password)| said == (name.as_str(), password.as_str()))
            }
            "LOGIN" => {
                self.say("334 VXNlcm5hbWU6").await?;
                let name = decoded(&self.line().await?.unwrap_or_default());
                self.say("334 UGFzc3dvcmQ6").await?;
                let password = decoded(&self.line().await?.unwrap_or_default());
                self.script.password.as_ref() == Some(&(name, password))
            }
            "XOAUTH2" => {
                let said = decoded(first);
                let token = said.split("auth=Bearer ").nth(1).unwrap_or_default().trim_end_matches('\u{1}').to_owned();
                self.script.token.as_ref().is_some_and(|good| good(&token))
            }
            _ => false,
        };
        if !good && mechanism == "XOAUTH2" {
            self.say("334 eyJzdGF0dXMiOiI0MDEifQ==").await?;
            self.line().await?;
        }
        let normal = if good { "235 2.7.0 welcome" } else { "535 5.7.3 Authentication unsuccessful" };
        self.logged_in = self.answer(Stage::Auth, line, normal).await? == 235;
        Ok(())
    }

    async fn mail(&mut self, line: &str) -> io::Result<()> {
        if self.begun {
            return self.say("503 5.5.1 nested MAIL").await;
        }
        (self.from, self.parameters) = path(line);
        self.mails += 1;
        self.mail = {
            let mut record = self.record.lock().expect("no handler has panicked");
            record.mails += 1;
            record.mails
        };
        let refused = self.script.demands_login() && !self.logged_in;
        let normal = if refused { "530 5.7.0 log in first" } else { "250 2.1.0 Ok" };
        self.begun = self.answer(Stage::Mail, line, normal).await? / 100 == 2;
        Ok(())
    }

    async fn rcpt(&mut self, line: &str) -> io::Result<()> {
        if !self.begun {
            return self.say("503 5.5.1 MAIL first").await;
        }
        self.to.push(path(line).0);
        if self.answer(Stage::Rcpt, line, "250 2.1.5 Ok").await? / 100 != 2 {
            self.to.pop();
        }
        Ok(())
    }

    async fn data(&mut self, line: &str) -> io::Result<()> {
        if self.to.is_empty() && !self.script.invites_all {
            return self.say("554 5.5.1 no valid recipients").await;
        }
        if self.answer(Stage::Data, line, "354 go ahead").await? != 354 {
            return Ok(());
        }
        let bytes = self.content().await?;
        if self.to.is_empty() {
            self.record.lock().expect("no handler has panicked").unaddressed.push(bytes);
            self.forget();
            return self.say("554 5.5.1 no valid recipients").await;
        }
        let decided = self.decide(Stage::End, ".", &format!("250 2.0.0 Ok: queued as {}", self.mail));
        // Under TLS it comes in a record of its own; a late answer leaves time for that.
        let late = if self.link.get_ref().is_encrypted() { decided.answer.late } else { Duration::ZERO };
        let more = timeout(late, self.link.fill_buf()).await;
        if more.is_ok_and(|more| more.is_ok_and(|more| !more.is_empty())) {
            self.record.lock().expect("no handler has panicked").told_ahead.insert(self.connection);
        }
        // Before the answer goes out, so that who has it finds the mail here.
        if decided.code() / 100 == 2 || decided.answer.taken {
            let accepted = Accepted {
                connection: self.connection,
                mail: self.mail,
                from: self.from.clone(),
                to: self.to.clone(),
                parameters: self.parameters.clone(),
                bytes,
            };
            self.record.lock().expect("no handler has panicked").accepted.push(accepted);
        }
        self.carry_out(decided).await?;
        self.answer(Stage::Answered, "", "").await?;
        self.forget();
        Ok(())
    }

    /// Up to the final dot, CR LF before and after it.
    async fn content(&mut self) -> io::Result<Vec<u8>> {
        if self.link.fill_buf().await?.is_empty() {
            return Err(ended());
        }
        self.record.lock().expect("no handler has panicked").contents += 1;
        self.answer(Stage::Content, "", "").await?;
        let (mut bytes, mut line, mut complete) = (Vec::new(), Vec::new(), true);
        loop {
            line.clear();
            if self.link.read_until(b'\n', &mut line).await? == 0 {
                return Err(ended());
            }
            if complete && line == b".\r\n" {
                return Ok(bytes);
            }
            let doubled = usize::from(complete && line.starts_with(b"."));
            complete = line.ends_with(b"\r\n");
            if self.script.keep_contents {
                bytes.extend_from_slice(&line[doubled..]);
            }
        }
    }

    fn forget(&mut self) {
        self.begun = false;
        self.to.clear();
    }
}

fn decoded(text: &str) -> String {
    String::from_utf8_lossy(&STANDARD.decode(text).unwrap_or_default()).into_owned()
}

/// `<address>` and what follows it.
fn path(line: &str) -> (String, String) {
    let (_, rest) = line.split_once('<').unwrap_or(("", line));
    let (address, parameters) = rest.split_once('>').unwrap_or((rest, ""));
    (address.to_owned(), parameters.trim().to_owned())
}
