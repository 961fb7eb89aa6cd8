# SPDX-FileCopyrightText: 2026 The parcorana authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A Bluesky callback: every run's detector file is correlated when the run ends.

    callback = CorrelateRuns("config.ts", trigger=parcorana.Trigger(profile="desy-online"))
    RE.subscribe(callback)
    ...
    callback.jobs["<uid of the run>"]["id"]          # job of each run
"""
import os

import parcorana


class CorrelateRuns:
    """Triggers one analysis per run from its documents; the RunEngine never waits for it, and an error never stops it."""

    def __init__(self, config, trigger, stream="primary", log=print):
        self.config = config
        self.trigger = trigger
        self.stream = stream
        self.log = log
        #: First record of the job of each run, by the run's uid.
        self.jobs = {}
        self._runs = {}

    def __call__(self, name, doc):
        method = getattr(self, name, None)
        if method is not None:
            method(doc)

    def start(self, doc):
        self._runs[doc["uid"]] = {"files": []}

    def resource(self, doc):
        """Files of area detectors (one per run is what `run` reads)."""
        path = os.path.join(doc.get("root", ""), doc["resource_path"].lstrip("/"))
        self._add(doc["run_start"], path)

    def stream_resource(self, doc):
        """The same in documents of newer versions: a file URI."""
        self._add(doc["run_start"], doc["uri"].replace("file://localhost", "", 1).replace("file://", "", 1))

    def stop(self, doc):
        run = self._runs.pop(doc["run_start"], None)
        if run is None or doc.get("exit_status", "success") != "success":
            return
        for path in run["files"]:
            output = os.path.splitext(path)[0] + "_g2.h5"
            try:
                job = self.trigger.run(["run", "-c", self.config, "-d", path, "-o", output])
            except parcorana.ParcoranaError as error:
                self.log("no analysis of %s: %s" % (path, error))
                continue
            self.jobs[doc["run_start"]] = job
            self.log("analysis of %s is job %s" % (path, job["id"]))

    def _add(self, uid, path):
        if uid in self._runs and path not in self._runs[uid]["files"]:
            self._runs[uid]["files"].append(path)
