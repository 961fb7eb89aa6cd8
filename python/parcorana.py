# SPDX-FileCopyrightText: 2026 The parcorana authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""parcorana from Python: one file, standard library only. Copy it beside your macros.

    import parcorana
    done = parcorana.run("config.ts", dataset="hdf5:scan_1.h5", h5output="scan_1_g2.h5")
    print(done["output"], done["correlated"])
    curves = parcorana.read(done["output"])             # g2 per ring; needs h5py

    trigger = parcorana.Trigger(profile="desy-online")  # the reserved node of the open beamtime
    job = trigger.run(["/path/to/script.sh", "scan_1.h5"])
    for record in parcorana.follow(job["id"]):
        print(record["event"], record)

The command line does the work and speaks JSON, one record a line; it is found in $PARCORANA, else `parcorana` in PATH.
Arguments are passed as lists, never through a shell. Python 3.7 or newer.
"""
import json
import os
import subprocess

__all__ = ["ParcoranaError", "Trigger", "cancel", "command", "follow", "jobs", "read", "records", "run"]


class ParcoranaError(RuntimeError):
    """What the command line said when it failed: `exit_code`, and `record`, its last JSON record (with `code` and `next`)."""

    def __init__(self, message, exit_code=1, record=None):
        super().__init__(message)
        self.exit_code = exit_code
        self.record = record or {}


def command():
    """argv that starts parcorana: $PARCORANA (a path, or a JSON list), else `parcorana`."""
    given = os.environ.get("PARCORANA", "parcorana")
    return json.loads(given) if given.startswith("[") else [given]


def records(arguments, check=True, **options):
    """Run `parcorana ARGUMENTS --json` and yield its records as they come. Options go to subprocess.Popen (cwd, env).

    Raises ParcoranaError when it ends with anything but 0 (unless `check` is false). Closing the generator early ends the
    program with SIGTERM: a run then writes what it has.
    """
    words = [str(word) for word in arguments]
    cut = words.index("--") if "--" in words else len(words)
    argv = command() + words[:cut] + ["--json"] + words[cut:]
    try:
        process = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True, **options)
    except FileNotFoundError as error:
        raise ParcoranaError("%s is not installed here; set PARCORANA to its path" % argv[0], 127) from error
    last = None
    # What it says on stderr may be long: a thread reads it, so that neither side waits for the other.
    said = _Lines(process.stderr)
    try:
        for line in process.stdout:
            last = json.loads(line)
            yield last
        code = process.wait()
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait()
        said.join()
        process.stdout.close()
        process.stderr.close()
    if check and code != 0:
        record = last if isinstance(last, dict) else {}
        message = record.get("message") or record.get("error") or said.last() or "ended with exit code %d" % code
        raise ParcoranaError(message, code, record)


def run(config, on_record=None, cwd=None, env=None, **options):
    """Run a config to its end and return its last record: output, read, correlated, complete, ...

    Options are those of the command line with `_` for `-`: numevents=100, h5output="x.h5", overwrite=True. `on_record` gets
    every record (events, updates) on the way. Raises ParcoranaError.
    """
    last = {}
    for last in records(["run", "-c", config] + _flags(options), cwd=cwd, env=env):
        if on_record is not None:
            on_record(last)
    return last


def follow(job, check=False, cwd=None, env=None):
    """Records of a job until its end: event 'state', 'log', 'warning', last 'done' with state, exitCode, output and log.

    `job`: an id, or a record with one. With `check`, a job that failed raises ParcoranaError at the end.
    """
    return records(["job", _id(job), "--follow"], check=check, cwd=cwd, env=env)


def jobs(cwd=None, env=None):
    """Records of all jobs that were started from this account, the latest last."""
    return list(records(["jobs"], cwd=cwd, env=env))


def cancel(job, cwd=None, env=None):
    """End a job: SIGTERM, so that a run writes what it has. Returns its record."""
    return list(records(["job", _id(job), "--cancel"], cwd=cwd, env=env))[-1]


class Trigger:
    """Starts analyses on the reserved node of the open beamtime. Options as of `parcorana trigger`: root, method, profile, ...

    `method` takes our names and MENTO's (REMOTE_SBATCH_SCRIPT, REMOTE_COMMAND, LOCAL_BASH_SCRIPT).
    """

    def __init__(self, method=None, cwd=None, env=None, **options):
        self._options = dict(options)
        if method is not None:
            self._options["method"] = getattr(method, "name", method)
        self._where = {"cwd": cwd, "env": env}

    def run(self, arg_list, destination=None, job_name=None, job_time=None, job_dependency=None, log_file=None, wait=False,
            on_record=None, **options):
        """Start a script (or `["run", "-c", "config.ts"]`) and return the job's first record with its id; `wait`: its last.

        `arg_list` as MENTO takes it: ['cmd'], ['cmd a b'], ['cmd', [a, b]], ['cmd', a, b]; a path with spaces stays whole when
        it exists. Raises ParcoranaError; its `record["code"]` is NoBeamtime, HostUnreachable, ReservationInvalid, ...
        """
        named = {"destination": destination, "job_name": job_name, "time": job_time, "dependency": job_dependency, "log": log_file}
        given = {name: value for name, value in named.items() if value is not None}
        flags = _flags({**self._options, **given, **options, **({"wait": True} if wait else {})})
        found = []
        for record in records(["trigger"] + flags + ["--"] + _words(arg_list), check=not wait, **self._where):
            found.append(record)
            if on_record is not None:
                on_record(record)
        if wait and found and found[-1]["event"] == "error":
            raise ParcoranaError(found[-1]["message"], found[-1].get("exitCode", 1), found[-1])
        return found[-1] if wait else found[0]


def read(path):
    """g2 of a result file, by h5py: a dict with `delays`, and per ring `g2` and `error` (numpy arrays); `complete`."""
    try:
        import h5py
    except ImportError as error:
        raise ParcoranaError("read() needs h5py; install it (pip install h5py)") from error
    with h5py.File(path, "r") as file:
        groups = {"": file["user"]} if "final" in file["user"] else dict(file["user"])
        found = {name: _curves(group["final"]) for name, group in groups.items()}
        complete = bool(file["system/accounting/complete"][()])
    only = found.get("")
    return {**only, "complete": complete} if only is not None else {"analyses": found, "complete": complete}


def _curves(group):
    def by_ring(prefix):
        return {int(name[len(prefix):]): group[name][()] for name in group if name[len(prefix):].isdigit() and name.startswith(prefix)}

    return {"delays": group["delays"][()], "g2": by_ring("delay_curve_color_"), "error": by_ring("delay_curve_error_color_")}


def _id(job):
    return str(job["id"] if isinstance(job, dict) else job)


def _flags(options):
    words = []
    for name, value in options.items():
        flag = name.replace("_", "-")
        if value is True or value is False:
            words.append(("--" if value else "--no-") + flag)
        elif value is not None:
            words += ["--" + flag, str(value)]
    return words


def _words(arg_list):
    flat = []
    for item in arg_list if isinstance(arg_list, (list, tuple)) else [arg_list]:
        flat += _words(item) if isinstance(item, (list, tuple)) else [str(item)]
    if len(flat) == 1 and not os.path.exists(flat[0]):
        return flat[0].split()
    return flat


class _Lines:
    def __init__(self, stream):
        import threading

        self._lines = []
        self._thread = threading.Thread(target=lambda: self._lines.extend(stream), daemon=True)
        self._thread.start()

    def join(self):
        self._thread.join()

    def last(self):
        lines = [line.strip() for line in self._lines if line.strip()]
        return lines[-1].replace("parcorana: ", "", 1) if lines else ""
