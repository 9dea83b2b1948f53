"""Tests of what lies around the notebooks and the library. Run by make test."""

import datetime
import os
import re
import subprocess
import unittest
from pathlib import Path
from xml.etree import ElementTree

import yaml

ROOT = Path(__file__).resolve().parent.parent


def make(*arguments, folder=ROOT, rules="", **environment):
    """Runs make as from a shell: what the make around this test was told is not passed on."""
    around = {k: v for k, v in os.environ.items() if k not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "JJAVA_JVM_OPTS")}
    return subprocess.run(
        ["make", "-f", "Makefile", "-f", "-", *arguments],
        cwd=folder,
        env=around | environment,
        input=rules,
        capture_output=True,
        text=True,
    )


class Kernel(unittest.TestCase):
    """KERNEL=plain and KERNEL=vector reach the library's tests and the notebooks."""

    def options(self, *arguments, **environment):
        show = 'show:\n\t@echo "$$JJAVA_JVM_OPTS"\n'
        run = make("--no-print-directory", "-s", "show", *arguments, rules=show, **environment)
        self.assertEqual(run.returncode, 0, run.stderr)
        commands = make("-n", "test", *arguments, **environment).stdout.splitlines()
        return run.stdout.split(), next(line for line in commands if line.startswith("mvn") and " test " in line)

    def test_plain(self):
        for environment in ({}, {"JJAVA_JVM_OPTS": "-Xmx2g"}):
            notebooks, tests = self.options("KERNEL=plain", **environment)
            self.assertEqual(notebooks[-1], "-Dbptt.kernel=plain")
            self.assertIn('-Dkernel.options="-Dbptt.kernel=plain"', tests)
            self.assertNotIn("vector", " ".join(notebooks) + tests)

    def test_vector(self):
        notebooks, tests = self.options("KERNEL=vector")
        self.assertEqual(notebooks[-2:], ["-Dbptt.kernel=vector", "--add-modules=jdk.incubator.vector"])
        self.assertIn('-Dkernel.options="-Dbptt.kernel=vector --add-modules=jdk.incubator.vector"', tests)

    def test_only_the_command_line_counts(self):
        self.assertNotIn("bptt.kernel", " ".join(self.options(KERNEL="plain")[0]))

    def test_another_word_is_refused(self):
        run = make("help", "KERNEL=fast")
        self.assertNotEqual(run.returncode, 0)
        self.assertIn("KERNEL: expected plain or vector, got fast", run.stderr)


class Version(unittest.TestCase):
    """The library's version, what to cite and the newest entry of the changelog agree; a SNAPSHOT has no date."""

    def setUp(self):
        self.pom, self.bench = (self.read_pom(path) for path in ("lib/pom.xml", "lib/bench/pom.xml"))
        self.version = self.pom.findtext("version")
        self.cite = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))

    @staticmethod
    def read_pom(path):
        return ElementTree.fromstring(re.sub(r' xmlns="[^"]*"', "", (ROOT / path).read_text(encoding="utf-8")))

    def test_same_version(self):
        self.assertEqual(self.cite["version"], self.version)
        changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
        newest, date = re.search(r"^## (\S+) \((.+)\)$", changes, re.MULTILINE).groups()
        self.assertEqual(newest, self.version.removesuffix("-SNAPSHOT"))
        if self.version.endswith("-SNAPSHOT"):
            self.assertEqual(date, "unreleased")
            self.assertNotIn("date-released", self.cite)
        else:
            self.assertEqual(datetime.date.fromisoformat(date), self.cite["date-released"])

    def test_the_bench_measures_this_version(self):
        jar = self.bench.find("dependencies/dependency[artifactId='bptt']")
        self.assertEqual((self.bench.findtext("version"), jar.findtext("version")), (self.version, self.version))


if __name__ == "__main__":
    unittest.main()
