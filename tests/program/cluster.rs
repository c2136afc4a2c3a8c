//! A SLURM of one node, started by hand for a test and ended with it, beside any other that the
//! machine may have.

use crate::ensure;
use crate::place::{Outcome, Place, check};
use crate::support::mpirun::Job;
use libtest_mimic::Failed;
use rustix::process::{Pid, Signal, geteuid, kill_process};
use std::fs::{self, File};
use std::io::Read;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The longest that one command of SLURM may take.
const COMMAND: Duration = Duration::from_secs(30);

/// A node of two processors, whatever the machine has; times as short as they can be.
const CONFIGURATION: &str = "\
ClusterName=one
SlurmctldHost=@HOST@(127.0.0.1)
SlurmctldPort=@CONTROL@
SlurmdPort=@NODE@
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=@HERE@/munge.socket,cred_expire=5
CredType=cred/munge
StateSaveLocation=@HERE@/state
SlurmdSpoolDir=@HERE@/spool
SlurmctldPidFile=@HERE@/slurmctld.pid
SlurmdPidFile=@HERE@/slurmd.pid
SlurmdParameters=config_overrides
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerType=sched/backfill
SchedulerParameters=bf_interval=2,sched_interval=2,batch_sched_delay=0
MpiDefault=none
SwitchType=switch/none
ReturnToService=2
JobRequeue=0
KillWait=3
MinJobAge=600
NodeName=@HOST@ NodeAddr=127.0.0.1 CPUs=2 Boards=1 SocketsPerBoard=1 CoresPerSocket=2 ThreadsPerCore=1 \
RealMemory=4000
PartitionName=main Nodes=@HOST@ Default=YES MaxTime=INFINITE State=UP
";

pub struct Cluster {
    directory: tempfile::TempDir,
    /// In the order in which they were started.
    daemons: Vec<Child>,
}

impl Cluster {
    /// None where SLURM is not installed, or may not be started.
    pub fn start() -> Result<Option<Self>, Failed> {
        let is_there = |name: &&str| {
            Command::new(name).arg("-V").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok()
        };
        if let Some(missing) = ["munged", "slurmctld", "slurmd", "sbatch"].iter().find(|name| !is_there(name))
        {
            eprintln!("skipped: {missing} is not installed (Debian: slurm-wlm and munge)");
            return Ok(None);
        }
        if !geteuid().is_root() {
            eprintln!("skipped: only root can start a SLURM of its own");
            return Ok(None);
        }
        let mut cluster = Self { directory: tempfile::tempdir()?, daemons: Vec::new() };
        cluster.configure()?;
        let path = |name: &str| cluster.at(name).to_string_lossy().into_owned();
        let [key, socket, pid, log, seed, conf] =
            ["munge.key", "munge.socket", "munged.pid", "munged.log", "munge.seed", "slurm.conf"].map(path);
        cluster.daemon(&format!(
            "munged --foreground --force --key-file={key} --socket={socket} --pid-file={pid} \
             --log-file={log} --seed-file={seed}"
        ))?;
        cluster.daemon(&format!("slurmctld -D -c -f {conf}"))?;
        cluster.daemon(&format!("slurmd -D -c -f {conf}"))?;
        let begin = Instant::now();
        while !cluster.slurm("sinfo -h -o %T").is_ok_and(|state| state.trim() == "idle") {
            ensure!(begin.elapsed() < Duration::from_secs(60), "SLURM does not start: {}", cluster.log());
            std::thread::sleep(Duration::from_millis(100));
        }
        Ok(Some(cluster))
    }

    fn at(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn configure(&self) -> Outcome {
        let host = String::from_utf8(Command::new("hostname").arg("-s").output()?.stdout)?;
        // Both are taken at once, so that they differ.
        let ports = [TcpListener::bind("127.0.0.1:0")?, TcpListener::bind("127.0.0.1:0")?];
        let [control, node] =
            [ports[0].local_addr()?.port().to_string(), ports[1].local_addr()?.port().to_string()];
        let here = self.directory.path().to_string_lossy();
        let values = [("@HOST@", host.trim()), ("@HERE@", &here), ("@CONTROL@", &control), ("@NODE@", &node)];
        let text =
            values.iter().fold(CONFIGURATION.to_owned(), |text, (name, value)| text.replace(name, value));
        fs::write(self.at("slurm.conf"), text)?;
        fs::write(self.at("cgroup.conf"), "")?;
        // munged serves all users through its socket.
        fs::set_permissions(self.directory.path(), fs::Permissions::from_mode(0o755))?;
        fs::create_dir(self.at("state"))?;
        fs::create_dir(self.at("spool"))?;
        let mut key = vec![0; 1024];
        File::open("/dev/urandom")?.read_exact(&mut key)?;
        fs::write(self.at("munge.key"), key)?;
        Ok(fs::set_permissions(self.at("munge.key"), fs::Permissions::from_mode(0o600))?)
    }

    /// Starts a daemon that ends with this process, however this ends.
    fn daemon(&mut self, command: &str) -> Outcome {
        let log = File::options().create(true).append(true).open(self.at("daemons.log"))?;
        let mut daemon = Command::new("setpriv");
        daemon
            .args(["--pdeathsig", "TERM"])
            .args(command.split(' '))
            .env("SLURM_CONF", self.at("slurm.conf"));
        self.daemons.push(daemon.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log).spawn()?);
        Ok(())
    }

    /// Kills what is left of jobs: processes that have this configuration in their environment.
    fn kill_jobs(&self) {
        let mark = format!("SLURM_CONF={}", self.at("slurm.conf").display());
        for process in fs::read_dir("/proc").into_iter().flatten().flatten() {
            let environment = fs::read(process.path().join("environ")).unwrap_or_default();
            let id = process.file_name().to_str().and_then(|name| name.parse().ok()).and_then(Pid::from_raw);
            if let Some(id) = id
                .filter(|_| environment.split(|byte| *byte == 0).any(|variable| variable == mark.as_bytes()))
            {
                let _ = kill_process(id, Signal::KILL);
            }
        }
    }

    fn log(&self) -> String {
        fs::read_to_string(self.at("daemons.log")).unwrap_or_default()
    }

    /// What a command of SLURM prints; that it fails is an error.
    pub fn slurm(&self, command: &str) -> Result<String, Failed> {
        let mut words = command.split(' ');
        let mut program = Command::new(words.next().unwrap_or_default());
        let finished =
            Job::start(program.args(words).env("SLURM_CONF", self.at("slurm.conf")), COMMAND)?.finish()?;
        check(&finished, 0, &[])
            .map_err(|error| format!("`{command}`: {}", error.message().unwrap_or_default()))?;
        Ok(finished.output)
    }

    /// The ids of the jobs that `rogallo submit case.toml --dir run` and these words submit, with
    /// further environment variables.
    pub fn submit(
        &self,
        place: &Place,
        words: &str,
        environment: &[(&str, &str)],
    ) -> Result<Vec<String>, Failed> {
        let conf = self.at("slurm.conf").to_string_lossy().into_owned();
        let environment = [&[("SLURM_CONF", &*conf)], environment].concat();
        let finished =
            place.start_in(1, &format!("submit case.toml --dir run {words}"), &environment)?.finish()?;
        check(&finished, 0, &["process grid", "show the job"])?;
        let line = finished.output.lines().find(|line| line.starts_with("job  ")).ok_or("no job")?;
        Ok(line.split([' ', ',']).filter(|word| word.parse::<u32>().is_ok()).map(str::to_owned).collect())
    }

    /// What SLURM knows of a job under this name, as in `JobState=RUNNING`.
    pub fn of(&self, job: &str, name: &str) -> Result<String, Failed> {
        let text = self.slurm(&format!("scontrol show job {job}"))?;
        let value = text.split_whitespace().find_map(|word| word.strip_prefix(name)?.strip_prefix('='));
        Ok(value.ok_or_else(|| format!("no {name} in {text}"))?.to_owned())
    }

    /// Waits until a job is in one of these states.
    pub fn wait_for(&self, job: &str, states: &[&str]) -> Outcome {
        let begin = Instant::now();
        loop {
            let state = self.of(job, "JobState")?;
            if states.contains(&&*state) {
                return Ok(());
            }
            ensure!(
                begin.elapsed() < Duration::from_secs(100),
                "job {job} is {state}, not {states:?}\n{}",
                self.log()
            );
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// Fails unless a job ends with this exit code.
    pub fn ends(&self, job: &str, code: i32) -> Outcome {
        self.wait_for(job, &["COMPLETED", "FAILED", "CANCELLED", "TIMEOUT", "NODE_FAIL"])?;
        let found = self.of(job, "ExitCode")?;
        ensure!(found == format!("{code}:0"), "job {job} ended with {found}, not with {code}");
        Ok(())
    }
}

impl Drop for Cluster {
    /// Jobs first: they may outlive the daemons.
    fn drop(&mut self) {
        let begin = Instant::now();
        let _ = self.slurm("scancel --user=root");
        while self.slurm("squeue -h").is_ok_and(|jobs| !jobs.trim().is_empty())
            && begin.elapsed() < Duration::from_secs(15)
        {
            std::thread::sleep(Duration::from_millis(100));
        }
        for mut daemon in self.daemons.drain(..).rev() {
            let _ = kill_process(Pid::from_child(&daemon), Signal::TERM);
            let begin = Instant::now();
            while matches!(daemon.try_wait(), Ok(None)) && begin.elapsed() < Duration::from_secs(5) {
                std::thread::sleep(Duration::from_millis(50));
            }
            let _ = daemon.kill();
            let _ = daemon.wait();
        }
        self.kill_jobs();
    }
}
