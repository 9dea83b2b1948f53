"""Tests of what comes from elsewhere: locked, listed, licensed. Run by make test, offline."""

import contextlib
import io
import json
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "lib"))
import supply  # noqa: E402


class Python(unittest.TestCase):
    def setUp(self):
        self.asked = (ROOT / "notebooks/requirements.in").read_text(encoding="utf-8").split()
        self.locked = (ROOT / "notebooks/requirements.txt").read_text(encoding="utf-8")

    def test_what_is_asked_for_is_locked(self):
        for pin in self.asked:
            self.assertRegex(self.locked, rf"(?m)^{re.escape(pin)} ", "make lock after a change of requirements.in")

    def test_every_package_has_a_version_and_a_hash(self):
        for entry in re.split(r"\n(?=\S)", re.sub(r"(?m)^ *#.*\n", "", self.locked).rstrip()):
            self.assertRegex(entry, r"^[\w.-]+==[\w.]+ (;.*)?\\\n( +--hash=sha256:[0-9a-f]{64}( \\\n)?)+$")

    def test_a_file_of_another_hash_is_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            requirements = Path(folder) / "requirements.txt"
            requirements.write_text("six==1.17.0 --hash=sha256:" + "0" * 64)
            package = Path(folder) / "six-1.17.0-py2.py3-none-any.whl"
            package.write_bytes(b"another")
            command = [
                sys.executable,
                "-m",
                "pip",
                "install",
                "--isolated",
                "--no-index",
                "--dry-run",
                "--require-hashes",
            ]
            run = subprocess.run(
                [*command, "--target", folder, "--find-links", folder, "-r", requirements],
                capture_output=True,
                text=True,
            )
        self.assertNotEqual(run.returncode, 0)
        self.assertIn("DO NOT MATCH THE HASHES", run.stderr)


class Java(unittest.TestCase):
    def setUp(self):
        self.list = supply.LIST.read_text(encoding="utf-8")

    def test_the_list_is_one(self):
        lines = self.list.splitlines()
        for line in lines:
            self.assertRegex(line, r"^[0-9a-f]{64}  \w[\w./+-]+\.(jar|pom)$")
        self.assertEqual(lines, sorted(lines, key=lambda line: Path(line.split("  ")[1])))

    def test_what_the_pom_names_is_listed(self):
        pom = re.sub(r' xmlns="[^"]*"', "", (ROOT / "lib/pom.xml").read_text(encoding="utf-8"))
        tree = ElementTree.fromstring(pom)
        versions = {p.tag: p.text for p in tree.find("properties")}
        build = [*tree.iterfind("dependencies/dependency"), *tree.iterfind("build/plugins/plugin")]
        self.assertGreater(len(build), 10)
        for one in build:
            group, name = one.findtext("groupId", "org.apache.maven.plugins"), one.findtext("artifactId")
            version = re.sub(r"\$\{(.+)\}", lambda m: versions[m[1]], one.findtext("version"))
            path = f"{group.replace('.', '/')}/{name}/{version}/{name}-{version}.jar"
            self.assertIn(path, self.list, "make lock after a change of lib/pom.xml")

    def test_what_the_notebooks_load_is_listed(self):
        listed = {Path(line).name for line in self.list.splitlines()}
        for jar in (ROOT / "lib/target/jars").glob("*.jar"):
            self.assertTrue(jar.name in listed, f"{jar.name} is not listed")

    def test_another_file_is_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            jar = Path(folder) / "g/a/1/a-1.jar"
            jar.parent.mkdir(parents=True)
            jar.write_bytes(b"one")
            listed = supply.lock(Path(folder))
            self.assertEqual(supply.wrong(Path(folder), listed + "0" * 64 + "  not/there/yet.jar\n"), [])
            jar.write_bytes(b"two")
            (sentence,) = supply.wrong(Path(folder), listed)
        self.assertIn("a-1.jar is not the file that lib/checksums.txt lists: expected SHA-256 ", sentence)

    def test_an_empty_list_is_refused(self):
        with tempfile.TemporaryDirectory() as folder, mock.patch.object(supply, "LIST", Path(folder) / "list"):
            supply.LIST.write_text(self.list)
            said = io.StringIO()
            with contextlib.redirect_stderr(said):
                self.assertEqual(supply.main(["lock", folder + "/nowhere"]), 1)
            self.assertIn("lock: expected a Maven repository, got ", said.getvalue())
            self.assertEqual(supply.LIST.read_text(), self.list)
            (Path(folder) / "a.jar").touch()
            self.assertEqual(supply.main(["lock", folder]), 0)
            self.assertRegex(supply.LIST.read_text(), "^[0-9a-f]{64}  a.jar\n$")
        (sentence,) = supply.wrong(Path("."), "")
        self.assertIn("expected a list, got an empty file", sentence)

    def test_the_repository_is_the_settings(self):
        with tempfile.TemporaryDirectory() as folder:
            settings = Path(folder) / "settings.xml"
            self.assertEqual(supply.repository(settings), supply.HOME / "repository")
            settings.write_text('<settings xmlns="x"><localRepository>/a/b</localRepository></settings>')
            self.assertEqual(supply.repository(settings), Path("/a/b"))


class Licences(unittest.TestCase):
    def found(self, *licences):
        component = {"name": "a", "version": "1", "licenses": list(licences)}
        return supply.licences([json.loads(json.dumps({"components": [component]}))])

    def test_known_ones(self):
        for licence, name in (
            ({"license": {"id": "MIT"}}, "MIT"),
            ({"license": {"name": "License :: OSI Approved :: BSD License"}}, "BSD-3-Clause"),
            ({"expression": "Apache-2.0 OR (MIT AND ISC)"}, "Apache-2.0, ISC, MIT"),
        ):
            names, unknown = self.found(licence)
            self.assertEqual((dict(names), unknown), ({name: {"a 1"}}, []))

    def test_an_unknown_one_and_none_are_refused(self):
        for licence, name in (
            ({"expression": "MIT AND BUSL-1.1"}, "BUSL-1.1"),
            ({"license": {"name": "Mine"}}, "Mine"),
        ):
            self.assertEqual(self.found(licence)[1], [f"a 1: “{name}” is no licence that lib/supply.py knows"])
        self.assertEqual(len(self.found()[1]), 1)


if __name__ == "__main__":
    unittest.main()
