//! seccomp: the system calls that computing and answering need, and no others.

use std::collections::BTreeMap;

use nix::libc;
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule, TargetArch, apply_filter,
};
use thiserror::Error;

/// The reason why there is no filter.
#[derive(Debug, Error)]
pub(super) enum FilterError {
    #[error("the processor `{0}` is not known")]
    UnknownProcessor(&'static str),
    #[error(transparent)]
    Filter(#[from] seccompiler::BackendError),
    #[error(transparent)]
    Kernel(#[from] seccompiler::Error),
}

/// Calls that are allowed whatever their arguments are: time, random numbers, memory that is given
/// back, locks within the process, signals to it, and its end.
const ALLOWED: &[libc::c_long] = &[
    libc::SYS_brk,
    libc::SYS_munmap,
    libc::SYS_mremap,
    libc::SYS_madvise,
    libc::SYS_futex,
    libc::SYS_clock_gettime,
    libc::SYS_getrandom,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_sigaltstack,
    libc::SYS_gettid,
    libc::SYS_close,
    libc::SYS_exit,
    libc::SYS_exit_group,
];

/// Allows the calling process to compute, to read its standard input and to write its standard
/// output. Every other call fails as one that is not permitted.
pub(super) fn allow_computing() -> Result<(), FilterError> {
    let filter = SeccompFilter::new(
        rules()?,
        // Not the end of the process: what fails is explained, what is killed is a riddle.
        SeccompAction::Errno(libc::EPERM.cast_unsigned()),
        SeccompAction::Allow,
        processor()?,
    )?;
    let program: BpfProgram = filter.try_into()?;
    // There is one thread; those that there could be later inherit the filter.
    Ok(apply_filter(&program)?)
}

type Rules = BTreeMap<i64, Vec<SeccompRule>>;

fn rules() -> Result<Rules, FilterError> {
    let mut rules: Rules = ALLOWED.iter().map(|call| (*call, Vec::new())).collect();
    rules.insert(libc::SYS_read, vec![first_argument_is(0)?]);
    rules.insert(
        libc::SYS_write,
        vec![first_argument_is(1)?, first_argument_is(2)?],
    );
    rules.insert(libc::SYS_mmap, vec![is_not_executable()?]);
    rules.insert(libc::SYS_mprotect, vec![is_not_executable()?]);
    Ok(rules)
}

fn first_argument_is(number: u64) -> Result<SeccompRule, FilterError> {
    let condition = SeccompCondition::new(0, SeccompCmpArgLen::Dword, SeccompCmpOp::Eq, number)?;
    Ok(SeccompRule::new(vec![condition])?)
}

/// Memory that is asked for or changed must not become code.
fn is_not_executable() -> Result<SeccompRule, FilterError> {
    let executable = u64::from(libc::PROT_EXEC.cast_unsigned());
    let condition = SeccompCondition::new(
        2,
        SeccompCmpArgLen::Dword,
        SeccompCmpOp::MaskedEq(executable),
        0,
    )?;
    Ok(SeccompRule::new(vec![condition])?)
}

fn processor() -> Result<TargetArch, FilterError> {
    let name = std::env::consts::ARCH;
    TargetArch::try_from(name).map_err(|_| FilterError::UnknownProcessor(name))
}
