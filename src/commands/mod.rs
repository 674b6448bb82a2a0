//! One file a subcommand: load, call, print. The only place, beside `main`, that prints, reads the environment and
//! looks at the clock.

use std::path::{Path, PathBuf};
use std::rc::Rc;

use jiff::{Timestamp, Zoned};
use tokio::runtime::Runtime;

use crate::cli::{Cli, Command, Format};
use crate::dispatch::Clock;
use crate::error::{Error, Exit};
use crate::ledger::PostgresLedger;
use crate::metrics::Metrics;
use crate::project::Project;

mod approval;
mod approve;
mod audience;
mod build;
mod check;
mod completions;
mod correct;
mod doctor;
mod explain;
mod figures;
mod gone;
mod import;
mod init;
mod ledger;
mod links;
mod logging;
mod man;
mod members;
mod networks;
mod new;
mod new_file;
mod notify;
mod once;
mod posted;
mod preview;
mod progress;
mod ready;
mod record;
mod released;
mod report;
mod resolve;
mod revisions;
mod run;
mod sample;
mod screen;
mod send;
mod signals;
mod stage;
mod staging;
mod status;
mod stop;
mod stopped;
mod survey;
mod table;
mod terms;
mod told;
mod ways;
mod when;
mod work;

use screen::Screen;

/// The variable that tells a run what time it is.
const SET_TIME: &str = "SOURCE_DATE_EPOCH";

/// What every command works with.
struct Context {
    project: Rc<Project>,
    screen: Screen,
    /// The time this run takes as now, in the site's zone.
    now: Zoned,
    /// Goes on from there.
    clock: Clock,
    /// Where prepared pictures are kept between runs.
    cache: Option<PathBuf>,
    /// Counts what is sent, for whoever watches this process.
    metrics: Metrics,
}

impl Context {
    /// For a project, from now on.
    fn of(project: Project, screen: Screen) -> Result<Context, Error> {
        let now = now()?.to_zoned(project.config.site.zone.clone());
        let clock = Clock::starting(&now);
        Ok(Context {
            project: Rc::new(project),
            screen,
            now,
            clock,
            cache: picture_cache(),
            metrics: Metrics::default(),
        })
    }

    /// For a thread of its own: a project at this moment, printing nothing.
    fn alone(project: Project, cache: Option<PathBuf>) -> Result<Context, Error> {
        Ok(Context { cache, ..Context::of(project, Screen::plain(Format::Human).silent())? })
    }

    /// The same, at this moment, and printing nothing.
    fn silently(&self) -> Context {
        Context {
            project: self.project.clone(),
            screen: self.screen.silent(),
            now: self.clock.zoned(),
            clock: self.clock.clone(),
            cache: self.cache.clone(),
            metrics: self.metrics.clone(),
        }
    }
}

/// Runs a command and says how it ended; errors are printed here.
pub fn run(cli: Cli) -> Exit {
    let screen = Screen::new(&cli.global);
    logging::start(&cli.global, screen.colors_logs());
    let exit = match answer(cli, screen) {
        Ok(exit) => exit,
        Err(error) => {
            screen.error(&error);
            error.exit()
        }
    };
    with_loss(exit, screen)
}

/// How a command ended, if its answer could not be written: the worse of the two.
fn with_loss(exit: Exit, screen: Screen) -> Exit {
    let Some(error) = screen::loss() else { return exit };
    screen.failure(&error);
    exit.max(error.exit())
}

/// How it ended that a help text was printed.
pub fn printed(help: std::io::Result<()>) -> Exit {
    screen::keep_loss(help);
    with_loss(Exit::Settled, Screen::plain(Format::Human))
}

/// Whether a command writes times into the record or compares its own with them.
fn goes_by_the_record(command: &Command) -> bool {
    match command {
        Command::Members(crate::cli::Members::Check { .. }) => false,
        Command::Send(_)
        | Command::Correct(_)
        | Command::Run
        | Command::Approve(_)
        | Command::Stop(_)
        | Command::Status(_)
        | Command::Resolve(_)
        | Command::Posted(_)
        | Command::Report(_)
        | Command::Explain(_)
        | Command::Members(_) => true,
        // It waits for a database that does not answer yet, and asks it for the time then.
        Command::Work(_)
        | Command::Init(_)
        | Command::New(_)
        | Command::Import(_)
        | Command::Check(_)
        | Command::Build(_)
        | Command::Preview(_)
        | Command::Ledger(_)
        | Command::Doctor(_)
        | Command::Completions(_)
        | Command::Man(_) => false,
    }
}

/// Answers a command line that cannot be read.
pub fn refuse(message: String, json: bool) -> Exit {
    let format = if json { Format::Json } else { Format::Human };
    let (error, screen) = (Error::Usage(message), Screen::plain(format));
    screen.error(&error);
    with_loss(error.exit(), screen)
}

fn answer(cli: Cli, screen: Screen) -> Result<Exit, Error> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Error::io("start in", Path::new("."), error))?;
    let exit = answer_on(&runtime, cli, screen);
    // However it ended: the next command finds nothing that this one still holds.
    runtime.block_on(PostgresLedger::all_given_back());
    exit
}

fn answer_on(runtime: &Runtime, cli: Cli, screen: Screen) -> Result<Exit, Error> {
    match &cli.command {
        Command::Completions(arguments) => return Ok(completions::run(arguments, screen)),
        Command::Man(arguments) => return man::run(arguments, screen),
        _ => {}
    }
    if let Command::Init(arguments) = &cli.command {
        return runtime.block_on(init::run(arguments, cli.global.config.as_deref(), screen));
    }
    let project = Project::open(cli.global.config.as_deref(), Path::new(""))?;
    match &project.config_file {
        Some(file) => tracing::info!("the configuration is {}", file.display()),
        None => tracing::info!("there is no config.toml; the built-in example organisation is used"),
    }
    let context = Context::of(project, screen)?;
    let _offered = figures::offer(&context, &cli.command)?;
    let context =
        if goes_by_the_record(&cli.command) { runtime.block_on(record::by_its_clock(context))? } else { context };
    match &cli.command {
        Command::Init(_) | Command::Completions(_) | Command::Man(_) => {
            unreachable!("it needs no configuration and was run above")
        }
        Command::New(arguments) => new::run(arguments, &context),
        Command::Import(arguments) => runtime.block_on(import::run(arguments, &context)),
        Command::Check(arguments) => runtime.block_on(check::run(arguments, &context)),
        Command::Build(arguments) => runtime.block_on(build::run(arguments, &context)),
        Command::Preview(arguments) => runtime.block_on(preview::run(arguments, &context)),
        Command::Send(arguments) => runtime.block_on(send::run(arguments, &context)),
        Command::Correct(arguments) => runtime.block_on(correct::run(arguments, &context)),
        Command::Run => runtime.block_on(run::run(&context)),
        Command::Approve(arguments) => runtime.block_on(approve::run(arguments, &context)),
        Command::Work(arguments) => runtime.block_on(work::run(arguments, &context)),
        Command::Stop(arguments) => runtime.block_on(stop::run(arguments, &context)),
        Command::Status(arguments) => runtime.block_on(status::run(arguments, &context)),
        Command::Resolve(arguments) => runtime.block_on(resolve::run(arguments, &context)),
        Command::Posted(arguments) => runtime.block_on(posted::run(arguments, &context)),
        Command::Report(arguments) => runtime.block_on(report::run(arguments, &context)),
        Command::Explain(arguments) => runtime.block_on(explain::run(arguments, &context)),
        Command::Ledger(arguments) => runtime.block_on(ledger::run(arguments, &context)),
        Command::Members(arguments) => runtime.block_on(members::run(arguments, &context)),
        Command::Doctor(arguments) => Ok(runtime.block_on(doctor::run(arguments, &context))),
    }
}

/// Whether this run is told what time it is.
fn time_is_set() -> bool {
    std::env::var_os(SET_TIME).is_some()
}

/// The clock, or `SOURCE_DATE_EPOCH` (seconds since 1970; reproducible-builds.org) where a build must repeat itself.
fn now() -> Result<Timestamp, Error> {
    let Ok(written) = std::env::var(SET_TIME) else { return Ok(Timestamp::now()) };
    let seconds = written.parse().ok().and_then(|seconds| Timestamp::from_second(seconds).ok());
    seconds.ok_or_else(|| Error::Usage("SOURCE_DATE_EPOCH must be a number of seconds since 1970".to_owned()))
}

/// From 0 to 1. Without random numbers, everything is tried again at the same time.
fn random() -> f64 {
    getrandom::u32().map_or(0.5, |number| f64::from(number) / f64::from(u32::MAX))
}

/// Who is logged in at this computer, where that is known (POSIX, section 8.3: LOGNAME).
fn login_name() -> Option<String> {
    let named = |name: &str| std::env::var(name).ok().filter(|value| !value.trim().is_empty());
    let name = named("USER").or_else(|| named("LOGNAME"))?;
    Some(name.trim().chars().filter(|c| !c.is_control()).take(100).collect())
}

/// `$XDG_CACHE_HOME/rundbrief/pictures`, or below `~/.cache`.
fn picture_cache() -> Option<PathBuf> {
    Some(own_folder("XDG_CACHE_HOME", ".cache")?.join("pictures"))
}

/// `$XDG_STATE_HOME/rundbrief`, or below `~/.local/state`: what outlives a project's folder.
fn state_folder() -> Option<PathBuf> {
    own_folder("XDG_STATE_HOME", ".local/state")
}

/// The program's folder in the one that a variable names, else in the user's home (XDG Base Directory Specification).
fn own_folder(variable: &str, below_home: &str) -> Option<PathBuf> {
    let absolute = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let base = absolute(variable).or_else(|| absolute("HOME").map(|home| home.join(below_home)))?;
    Some(base.join("rundbrief"))
}
