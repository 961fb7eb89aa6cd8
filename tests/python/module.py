# SPDX-FileCopyrightText: 2026 The parcorana authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the module promises, one scene per word of the command line; prints JSON."""
import json
import sys

import parcorana


def run(config):
    seen = []
    done = parcorana.run(config, numevents=300, overwrite=True, on_record=lambda record: seen.append(record["event"]))
    curves = parcorana.read(done["output"])
    rings = {ring: [list(curves["g2"][ring]), list(curves["error"][ring])] for ring in curves["g2"]}
    return {"done": done, "seen": seen, "delays": list(map(int, curves["delays"])), "rings": rings, "complete": curves["complete"]}


def failure(*arguments):
    try:
        parcorana.run(*arguments)
    except parcorana.ParcoranaError as error:
        return {"message": str(error), "exit_code": error.exit_code, "record": error.record}


def stop(config):
    """The reader goes away after the first update: the run ends and keeps what it has."""
    records = parcorana.records(["run", "-c", config])
    for record in records:
        if record["event"] == "update":
            break
    records.close()
    return record


def trigger(script, folder):
    trigger = parcorana.Trigger(method="LOCAL_BASH_SCRIPT", beamtime=False, folder=folder)
    shapes = [[script], [script, [1, "a b"]], [script, 2.5, "it's"], ["%s x y" % script]]
    jobs = [trigger.run(shape, job_name="shape") for shape in shapes]
    ends = [list(parcorana.follow(job))[-1] for job in jobs]
    waited = trigger.run([script, "fail"], wait=True)
    try:
        trigger.run([script + ".none"])
        refused = None
    except parcorana.ParcoranaError as error:
        refused = {"code": error.record["code"], "exit_code": error.exit_code, "message": str(error)}
    return {"logs": [open(end["log"]).read() for end in ends], "ends": ends, "waited": waited, "refused": refused,
            "known": [job["id"] for job in parcorana.jobs()], "ids": [job["id"] for job in jobs]}


print(json.dumps({"run": run, "failure": failure, "stop": stop, "trigger": trigger}[sys.argv[1]](*sys.argv[2:])))
