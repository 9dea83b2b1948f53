"""make learn on Apache Spark: a real master and two workers of one core each on the loopback.

Run by make test-cluster.
"""

import atexit
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import unittest
import zipfile
from pathlib import Path

import pyspark

CLUSTER = Path(__file__).resolve().parent
LIB = CLUSTER.parent
SPARK_HOME = Path(pyspark.__file__).parent
VECTOR = "--add-modules=jdk.incubator.vector"
EXPERIMENTS, T, UPDATES = 10, 30, 800
PATIENCE = 600


def eventually(condition, what, seconds=PATIENCE):
    """What the condition returns, as soon as it is true."""
    end = time.monotonic() + seconds
    while not (value := condition()):
        if time.monotonic() > end:
            raise AssertionError(f"expected {what} within {seconds} s")
        time.sleep(0.05)
    return value


class Cluster(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = Path(tempfile.mkdtemp())
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        cls.said(cls.sweep("local", "local"))
        cls.expected = cls.outcomes("local")

    @classmethod
    def start(cls, command, log):
        environment = os.environ | {
            "SPARK_HOME": str(SPARK_HOME),
            "SPARK_LOCAL_IP": "127.0.0.1",
            "SPARK_MASTER_OPTS": "-Dspark.master.rest.enabled=false",  # on a fixed port
        }
        with log.open("w") as out:
            process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, env=environment)
        process.log = log
        cls.addClassCleanup(process.wait)
        cls.addClassCleanup(process.kill)
        atexit.register(process.kill)  # after Ctrl-C there is no cleaning up
        return process

    @classmethod
    def daemon(cls, name, main, *arguments):
        options = ["--host", "127.0.0.1", "--port", "0", "--webui-port", "0"]
        command = [str(SPARK_HOME / "bin/spark-class"), f"org.apache.spark.deploy.{main}", *options, *arguments]
        return cls.start(command, cls.folder / f"{name}.log")

    def cluster(self, name, workers=2):
        master = self.daemon(f"{name}-master", "master.Master")
        url = eventually(
            lambda: re.search(r"Starting Spark master at (spark://\S+)", master.log.read_text()), "a master"
        )
        url = url[1]
        found = []
        for n in range(workers):
            work = self.folder / f"{name}-work{n}"
            limits = ["--cores", "1", "--memory", "1g", "--work-dir", str(work)]
            found.append(self.daemon(f"{name}-worker{n}", "worker.Worker", *limits, url))
            found[-1].work = work
        for worker in found:
            eventually(lambda worker=worker: "Successfully registered" in worker.log.read_text(), "a worker")
        for process in (master, *found):
            self.addCleanup(process.kill)
        return url, found

    @classmethod
    def java(cls, name, *arguments):
        parts = ("target/bptt.jar", "cluster/target/cluster.jar", "cluster/target/test-classes")
        parts = [str(LIB / part) for part in (*parts, "cluster/target/jars/*", "cluster/target/spark/*")]
        patience = f"-Dspark.scheduler.maxRegisteredResourcesWaitingTime={PATIENCE}s"
        options = [patience, f"@{CLUSTER / 'java.options'}", VECTOR, f"-Dspark.executor.extraJavaOptions={VECTOR}"]
        return cls.start(["java", *options, "-cp", ":".join(parts), *arguments], cls.folder / f"{name}.log")

    @classmethod
    def sweep(cls, folder, engine, master=None):
        name = f"{folder}-{len(list(cls.folder.iterdir()))}"
        small = ["bptt.cluster.SmallSweep", str(cls.folder / folder), engine, str(EXPERIMENTS), str(T), str(UPDATES)]
        return cls.java(name, *([f"-Dspark.master={master}"] if master else []), *small)

    @staticmethod
    def said(process, code=0):
        got = process.wait(PATIENCE)
        text = process.log.read_text().removeprefix("WARNING: Using incubator modules: jdk.incubator.vector\n")
        if got != code or "\tat " in text:
            raise AssertionError(f"expected exit code {code} without a stack trace, got {got} and\n{text}")
        return text

    @classmethod
    def outcomes(cls, folder):
        file = cls.folder / folder / "runs.json"
        return json.loads(file.read_text()) if file.exists() else []

    def assert_all_there(self, folder):
        self.assertEqual(len(self.expected), EXPERIMENTS)
        self.assertTrue(all(outcome["updates"] == UPDATES for outcome in self.expected))
        self.assertEqual(self.outcomes(folder), self.expected)

    @staticmethod
    def executor(worker):
        """The one child of a worker, or None."""
        children = subprocess.run(["pgrep", "-P", str(worker.pid)], capture_output=True, text=True).stdout.split()
        return int(children[0]) if children else None

    @staticmethod
    def tasks(worker, word):
        """Those of experiments: stage 0 asks what the workers have."""
        logs = worker.work.glob("*/*/stderr")
        return sum(len(re.findall(rf"{word} task \S+ in stage (?!0\.)", log.read_text())) for log in logs)

    def stopped_in_mid_run(self, worker):
        """Its executor, stopped, if it has finished an experiment and is at another; otherwise it goes on."""
        pid = self.executor(worker)
        if pid is None or not self.tasks(worker, "Finished"):
            return None
        os.kill(pid, signal.SIGSTOP)
        if self.tasks(worker, "Running") > self.tasks(worker, "Finished"):
            return pid
        os.kill(pid, signal.SIGCONT)
        return None

    def test_a_worker_is_killed_and_nothing_is_lost(self):
        master, workers = self.cluster("killed")
        driver = self.sweep("killed", "spark", master)
        pid = eventually(lambda: self.stopped_in_mid_run(workers[0]), "an executor at its second experiment")
        before = len(self.outcomes("killed"))
        os.kill(workers[0].pid, signal.SIGKILL)
        os.kill(pid, signal.SIGKILL)
        text = self.said(driver)
        self.assertIn("Lost executor", text)
        self.assertGreater(self.tasks(workers[0], "Running"), self.tasks(workers[0], "Finished"))
        self.assertTrue(0 < before < EXPERIMENTS - 1, before)
        self.assert_all_there("killed")
        self.assertEqual(text.count(f"{UPDATES} updates"), EXPERIMENTS)
        running, finished = (sum(self.tasks(w, word) for w in workers) for word in ("Running", "Finished"))
        self.assertEqual((finished, running), (EXPERIMENTS, EXPERIMENTS + 1))  # one began twice
        self.assertRegex(text, r"min +\d+ done, at most +\d+ and \d+ min to go")

    def test_a_stopped_sweep_goes_on(self):
        master, _ = self.cluster("stopped")
        driver = self.sweep("stopped", "spark", master)
        eventually(lambda: len(self.outcomes("stopped")) >= 3, "three outcomes")
        driver.send_signal(signal.SIGINT)
        self.said(driver, 130)
        before = self.outcomes("stopped")
        self.assertLess(len(before), EXPERIMENTS)
        text = self.said(self.sweep("stopped", "spark", master))
        self.assertIn(f"{EXPERIMENTS - len(before)} runs at most", text)
        self.assertEqual(text.count(f"{UPDATES} updates"), EXPERIMENTS - len(before))
        self.assert_all_there("stopped")

    def test_on_the_cores_of_this_machine(self):
        self.said(self.sweep("cores", "spark"))
        self.assert_all_there("cores")

    def refused(self, folder, *options):
        began = time.monotonic()
        text = self.said(
            self.java(f"refused-{time.monotonic_ns()}", *options, "bptt.cluster.SparkEngine", str(folder)), 1
        )
        self.assertLess(time.monotonic() - began, 180)
        self.assertEqual(len(text.splitlines()), 1, text)
        return text

    def test_a_worker_with_other_code_is_refused(self):
        url, _ = self.cluster("unlike", workers=1)
        other = self.folder / "other.jar"
        shutil.copy(LIB / "target/bptt.jar", other)
        with zipfile.ZipFile(other, "a") as jar:
            jar.writestr("other", "")
        folder = self.folder / "unlike"
        text = self.refused(folder, f"-Dspark.master={url}", f"-Dspark.executor.extraClassPath={other}")
        java = r"Java (\S+) and a bptt\.jar of CRC-32 (\w+)"
        self.assertRegex(text, rf"^MASTER: expected workers with {java}, got one with Java \1 .* (?!\2)\w+\n$")
        self.assertFalse(folder.exists())

    def test_what_is_no_master_or_no_result_is_one_sentence(self):
        folder = self.folder / "bad"
        for master in ("yarn", "spark://localhost", "local[0]", "http://localhost:7077"):
            text = self.refused(folder, f"-Dspark.master={master}")
            self.assertEqual(text, f"MASTER: expected spark://host:port or local[*], got {master}\n")
        with socket.socket() as closed:
            closed.bind(("127.0.0.1", 0))
            url = f"spark://127.0.0.1:{closed.getsockname()[1]}"
            text = self.refused(folder, f"-Dspark.master={url}")
            self.assertEqual(text, f"MASTER: expected one that can be reached, got {url} (Connection refused)\n")
            closed.listen()  # and never answers
            text = self.refused(folder, f"-Dspark.master={url}")
            self.assertEqual(text, f"MASTER: expected one that can be reached, got {url} (no answer within 30 s)\n")
        url, _ = self.cluster("empty", workers=0)
        text = self.refused(folder, f"-Dspark.master={url}", "-Dspark.scheduler.maxRegisteredResourcesWaitingTime=9s")
        self.assertEqual(text, f"MASTER: expected one with a core and 1g free, got {url}, which gave none in 9 s\n")
        folder.mkdir(exist_ok=True)
        (folder / "runs.json").write_text('[{"version": 2}]')
        text = self.refused(folder)
        self.assertIn(f"{folder / 'runs.json'}: expected a list of outcomes, got a file that", text)


if __name__ == "__main__":
    unittest.main()
