//! Landlock and seccomp.

use super::Confinement;
use landlock::{ABI, Access, AccessFs, AccessNet, Ruleset, RulesetAttr, RulesetError, RulesetStatus, Scope};
use libc::{EPERM, MAP_ANONYMOUS, PROT_EXEC};
use seccompiler::{
    BackendError, BpfProgram,
    SeccompCmpArgLen::Dword,
    SeccompCmpOp::{Eq, MaskedEq},
    SeccompCondition, SeccompFilter, SeccompRule,
};
use std::{collections::BTreeMap, env::consts::ARCH};

/// Calls that are harmless whatever they are asked.
const CALLS: &[i64] = &[
    libc::SYS_brk,
    libc::SYS_clock_gettime,
    libc::SYS_exit,
    libc::SYS_exit_group,
    libc::SYS_futex,
    libc::SYS_getpid,
    libc::SYS_getrandom,
    libc::SYS_gettid,
    libc::SYS_madvise,
    libc::SYS_mremap,
    libc::SYS_munmap,
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_sched_yield,
    libc::SYS_sigaltstack,
];

pub(super) fn confine() -> Result<Confinement, String> {
    let landlock = no_files().map_err(|error| format!("Landlock fails: {error}"))?;
    few_calls().map_err(|error| format!("system calls cannot be filtered: {error}"))?;
    Ok(if landlock == RulesetStatus::NotEnforced { Confinement::SystemCalls } else { Confinement::Whole })
}

/// No files, no TCP, no signals and no abstract sockets of processes outside; as much of it as the kernel knows.
fn no_files() -> Result<RulesetStatus, RulesetError> {
    // What the kernel does not know of this, the crate leaves out.
    let all = ABI::V6;
    let rules = Ruleset::default()
        .handle_access(AccessFs::from_all(all))?
        .handle_access(AccessNet::from_all(all))?
        .scope(Scope::from_all(all))?;
    Ok(rules.create()?.restrict_self()?.ruleset)
}

/// Nothing but [`CALLS`] and those of [`checked`]; all others fail.
fn few_calls() -> seccompiler::Result<()> {
    seccompiler::apply_filter(&filter()?)
}

fn filter() -> Result<BpfProgram, BackendError> {
    use seccompiler::SeccompAction::{Allow, Errno};
    let rules = CALLS.iter().map(|call| (*call, vec![])).chain(checked()?).collect();
    SeccompFilter::new(rules, Errno(EPERM as u32), Allow, ARCH.try_into()?)?.try_into()
}

/// Calls that may be asked for one thing only.
fn checked() -> Result<BTreeMap<i64, Vec<SeccompRule>>, BackendError> {
    let is = |argument, value| SeccompCondition::new(argument, Dword, Eq, value);
    let no_code = || SeccompCondition::new(2, Dword, MaskedEq(PROT_EXEC as u64), 0);
    let no_file = SeccompCondition::new(3, Dword, MaskedEq(MAP_ANONYMOUS as u64), MAP_ANONYMOUS as u64)?;
    let one = |condition| SeccompRule::new(vec![condition]);
    Ok(BTreeMap::from([
        (libc::SYS_read, vec![one(is(0, 0)?)?]),
        (libc::SYS_write, vec![one(is(0, 1)?)?, one(is(0, 2)?)?]),
        (libc::SYS_mmap, vec![SeccompRule::new(vec![no_code()?, no_file])?]),
        (libc::SYS_mprotect, vec![one(no_code()?)?]),
        // How a process ends itself.
        (libc::SYS_tgkill, vec![one(is(0, std::process::id().into())?)?]),
    ]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use nix::{
        sys::{ptrace, signal},
        unistd::{Pid, execv},
    };
    use std::{
        fs::{self, File},
        io,
        net::{SocketAddr, TcpListener, TcpStream, UdpSocket},
        os::unix::net::{UnixListener, UnixStream},
        path::Path,
        process::Command,
        thread,
    };

    /// What something comes to in a thread that is confined first.
    fn inside<T: Send>(confine: impl FnOnce() + Send, attempt: impl FnOnce() -> T + Send) -> T {
        let confined = || {
            confine();
            attempt()
        };
        thread::scope(|scope| scope.spawn(confined).join().unwrap())
    }

    type Attempts = Vec<(&'static str, io::Result<()>)>;

    /// What needs a path, or the address of somebody else.
    fn reach(file: &Path, server: SocketAddr) -> Attempts {
        let name = |name| file.with_file_name(name);
        vec![
            ("read a file", fs::read(file).map(drop)),
            ("read the environment", fs::read("/proc/self/environ").map(drop)),
            ("write a file", fs::write(file, "")),
            ("make a file", File::create(name("new")).map(drop)),
            ("make a folder", fs::create_dir(name("folder"))),
            ("list a folder", fs::read_dir("/").map(drop)),
            ("rename a file", fs::rename(file, name("other"))),
            ("remove a file", fs::remove_file(file)),
            ("bind a path", UnixListener::bind(name("socket")).map(drop)),
            ("connect", TcpStream::connect(server).map(drop)),
            ("listen", TcpListener::bind("127.0.0.1:0").map(drop)),
            // Where it succeeds, there is no test any more.
            ("become another program", execv(c"/bin/true", &[c"true"]).map(drop).map_err(Into::into)),
        ]
    }

    /// What needs neither.
    fn act() -> Attempts {
        let other = Pid::parent();
        vec![
            ("send datagrams", UdpSocket::bind("127.0.0.1:0").map(drop)),
            ("make sockets", UnixStream::pair().map(drop)),
            ("make pipes", io::pipe().map(drop)),
            ("start a program", Command::new("/bin/true").spawn().map(drop)),
            ("start a thread", thread::Builder::new().spawn(|| ()).map(drop)),
            ("signal another process", signal::kill(other, None).map_err(Into::into)),
            ("trace another process", ptrace::attach(other).map_err(Into::into)),
            ("be traced", ptrace::traceme().map_err(Into::into)),
        ]
    }

    /// Whether a thread that is confined first is refused what it attempts.
    fn refused(confine: impl FnOnce() + Send, attempts: impl FnOnce(&Path, SocketAddr) -> Attempts + Send) {
        let file = tempfile::NamedTempFile::new().unwrap();
        let server = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = server.local_addr().unwrap();
        for (attempt, result) in inside(confine, || attempts(file.path(), address)) {
            let kind = result.as_ref().map_err(io::Error::kind);
            assert_eq!(kind, Err(io::ErrorKind::PermissionDenied), "{attempt}: {result:?}");
        }
    }

    fn everything(file: &Path, server: SocketAddr) -> Attempts {
        [reach(file, server), act()].into_iter().flatten().collect()
    }

    #[test]
    fn nothing_breaks_out() {
        refused(|| _ = confine().unwrap(), everything);
    }

    #[test]
    fn the_filter_alone_is_enough() {
        refused(|| few_calls().unwrap(), everything);
    }

    /// The rest is not even tried: a thread that is traced by another process is one that this one cannot end.
    #[test]
    fn landlock_alone_keeps_files_and_connections_away() {
        // The kernel may have none, or an early one.
        if inside(|| (), || no_files().unwrap()) == RulesetStatus::FullyEnforced {
            refused(|| _ = no_files().unwrap(), reach);
        }
    }
}
