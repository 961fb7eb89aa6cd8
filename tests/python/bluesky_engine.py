# SPDX-FileCopyrightText: 2026 The parcorana authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A run engine that emits the documents of three runs: one with `resource`, one with `stream_resource`, one that was aborted.

Arguments: config, file of each run (two), options of the trigger as JSON.
"""
import json
import sys

import bluesky_callback
import parcorana

config, first, second, options = sys.argv[1], sys.argv[2], sys.argv[3], json.loads(sys.argv[4])
said = []
callback = bluesky_callback.CorrelateRuns(config, trigger=parcorana.Trigger(**options), log=said.append)


def emit(uid, documents, exit_status="success"):
    callback("start", {"uid": uid, "time": 0.0, "plan_name": "count"})
    callback("descriptor", {"uid": uid + "-d", "run_start": uid, "name": "primary"})
    for name, doc in documents:
        callback(name, dict(doc, run_start=uid, uid=uid + "-r"))
    callback("event", {"descriptor": uid + "-d", "seq_num": 1})
    callback("stop", {"run_start": uid, "exit_status": exit_status})


folder, name = first.rsplit("/", 1)
emit("one", [("resource", {"root": folder, "resource_path": "/" + name, "spec": "NPY"})])
emit("two", [("stream_resource", {"uri": "file://localhost" + second, "data_key": "detector"})])
emit("three", [("resource", {"root": folder, "resource_path": name})], exit_status="abort")
ends = {uid: list(parcorana.follow(job))[-1] for uid, job in callback.jobs.items()}
print(json.dumps({"said": said, "ends": ends}))
