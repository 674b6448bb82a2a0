//! What surrounds the program: files, variables of the environment, commands of every day. The manual alone says it.
//!
//! Comes in: nothing. Goes out: texts and tables. Never prints.

use crate::cli::reference::Examples;

/// What the program is, paragraph by paragraph.
pub const DESCRIPTION: &str = "\
Turns one post, a Markdown file with a header, into an e-mail, a teaser for each social network and an item of the feed, shows all \
of it before anything leaves the house, and delivers each piece once: by hand, from cron, or with workers on several machines.

What was begun and did not end, however it ended, goes on with the same command, and nobody gets a mail twice. Where nobody can \
know whether a mail arrived, it says so and asks.

Results are printed on standard output; logs and progress on standard error.";

/// What is read and written, relative to the folder of the configuration.
pub const FILES: &[(&str, &str)] = &[
    (
        "config.toml",
        "The configuration. Without it the built-in example organisation is used and nothing leaves this computer; \
         `run` and `work` then end with 78.",
    ),
    ("newsletters/", "The posts, each a Markdown file, with their pictures."),
    ("newsletters/lists/members.csv", "The member list that `init` begins. `[lists.NAME] file` names any other."),
    (
        "rundbrief.db",
        "The sending record: who got what. Back it up together with the key. What lies beside it under its name belongs to \
         it: rundbrief.db-workers/, rundbrief.db-wal, and for a month rundbrief.db.before-N, a copy from before a new version. \
         `[ledger] url` names another file, or a PostgreSQL database (postgres://...) that several machines share.",
    ),
    (
        "rundbrief.key",
        "The site key, made when it is first needed. It makes unsubscribe links, and recognises who must not be written to. \
         Every machine that sends needs the same one.",
    ),
    ("smtp.password, smtp.secret", "Secrets that were typed into `init`. The configuration names each: file:NAME."),
    (
        "out/",
        "What `build` and `send --dry-run` write to be looked at. out/outbox/ has the mails while no mail server is set up.",
    ),
    (
        "public/feed.xml",
        "The feed, where `[feed] path` says so. public/images/ has the pictures of mails that link them.",
    ),
    (
        "~/.local/state/rundbrief/",
        "How far each sending record was at its last use from this account; by this an old backup is recognised.",
    ),
    ("~/.cache/rundbrief/", "Prepared pictures. It can be deleted at any time."),
    ("~/.pgpass", "The password of a PostgreSQL database, as psql(1) finds it, if the configuration names none."),
];

/// Variables of the environment that change what is done.
pub const ENVIRONMENT: &[(&str, &str)] = &[
    ("RUNDBRIEF_LOG_FORMAT", "As --log-format, which wins over it: text or json."),
    (
        "RUST_LOG",
        "What is logged on standard error, whatever --verbose and --quiet say, such as debug or info,sqlx=warn.",
    ),
    ("NO_COLOR, CLICOLOR, CLICOLOR_FORCE", "Whether there are colours, unless --color says it."),
    ("SOURCE_DATE_EPOCH", "Seconds since 1970 that are taken as now, where a build must repeat itself."),
    (
        "USER, LOGNAME, USERNAME",
        "Who is noted as the one who stopped a send, and is suggested as the one who approves.",
    ),
    ("HOME, XDG_CACHE_HOME, XDG_STATE_HOME", "Where ~ is, and what takes the place of ~/.cache and ~/.local/state."),
    (
        "SSL_CERT_FILE, SSL_CERT_DIR",
        "Certificates that are trusted in place of the system's, where the configuration names none for a server.",
    ),
    (
        "PGHOST, PGPORT, PGUSER, PGDATABASE, PGPASSWORD, PGPASSFILE, PGSSLMODE, PGSSLROOTCERT ...",
        "What the address of a PostgreSQL database leaves open, as for psql(1).",
    ),
    (
        "SQLITE_TMPDIR, TMPDIR",
        "Where a list of more than 20,000 people lies while a plan is made of it, instead of /var/tmp.",
    ),
];

/// What else is read from the environment.
pub const SECRETS: &str = "The configuration names further variables for secrets, such as `password = \"env:SMTP_PASSWORD\"`; any name will do.";

/// The commands of every day.
pub const EVERYDAY: Examples = &[
    (
        "Send a post",
        &[
            ("rundbrief check 2026-11-herbsttagung", "what is wrong with it"),
            ("rundbrief preview 2026-11-herbsttagung --open", "how every reader will see it"),
            ("rundbrief send 2026-11-herbsttagung --test anna@example.org", "one mail, marked as a test"),
            ("rundbrief send 2026-11-herbsttagung", "shows who gets what, asks, and sends"),
            ("rundbrief status 2026-11-herbsttagung --watch", "from another terminal: how far it is"),
            ("rundbrief report 2026-11-herbsttagung --out report.html", "for the board"),
        ],
    ),
    (
        "Without anybody at the keyboard",
        &[
            ("*/5 * * * * cd /srv/rundbrief && rundbrief run", "in a crontab(5): sends what is due"),
            ("rundbrief work --connections 2", "on a further machine: helps with whatever is being sent"),
            ("rundbrief --format json status | jq", "for other programs"),
        ],
    ),
];
