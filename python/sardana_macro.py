# SPDX-FileCopyrightText: 2026 The parcorana authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A Sardana macro that measures a scan and has its frames correlated while the next scan runs.

    Door> xpcs_scan 100 0.01 /path/to/config.ts
    Door> xpcs_result                                # waits for the last analysis and shows where its result is

The detector writes one file per scan; its name is taken from the environment variable LastScanFile of the door.
"""
from sardana.macroserver.macro import Macro, Type

import parcorana


class xpcs_scan(Macro):
    """Take frames (`ct`-like scan of the active measurement group), then trigger the analysis and return at once."""

    param_def = [
        ["frames", Type.Integer, None, "number of frames"],
        ["integ_time", Type.Float, None, "exposure of a frame in seconds"],
        ["config", Type.String, None, "config of parcorana"],
    ]

    def run(self, frames, integ_time, config):
        self.execMacro("timescan", frames - 1, integ_time)
        path = self.getEnv("LastScanFile")
        options = self.getEnv("ParcoranaOptions")
        trigger = parcorana.Trigger(**options)
        try:
            job = trigger.run(["run", "-c", config, "-d", path, "-o", path.rsplit(".", 1)[0] + "_g2.h5"])
        except parcorana.ParcoranaError as error:
            # The measurement is safe; only the analysis is not under way.
            self.warning("no analysis of %s: %s", path, error)
            return
        self.setEnv("ParcoranaJob", job["id"])
        self.output("analysis of %s is job %s, log %s", path, job["id"], job["log"])


class xpcs_result(Macro):
    """Wait for the last analysis; show its states, and the path of its result."""

    def run(self):
        for record in parcorana.follow(self.getEnv("ParcoranaJob")):
            self.checkPoint()
            if record["event"] == "state":
                self.output("job %s is %s", record["id"], record["state"])
            elif record["event"] == "warning":
                self.warning("%s", record["message"])
        if record["exitCode"] != 0:
            self.error("analysis failed (%s): %s; its log is %s", record["exitCode"], record["error"], record["log"])
            return
        self.setEnv("ParcoranaResult", record["output"])
        self.output("result %s", record["output"])
