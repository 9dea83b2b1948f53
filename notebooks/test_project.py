"""Tests of what lies around the notebooks and the library. Run by make test."""

import datetime
import importlib.util
import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path
from xml.etree import ElementTree

import nbformat
import yaml

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = ROOT / "notebooks"


TOLD = re.compile("MAKEFLAGS|MFLAGS|MAKELEVEL|JJAVA_JVM_OPTS|GIT_.*")


def around():
    """The environment as in a new shell, without what a make or a git around this test told it."""
    return {name: value for name, value in os.environ.items() if not TOLD.fullmatch(name)}


def make(*arguments, folder=ROOT, rules="", **environment):
    return subprocess.run(
        ["make", "-f", "Makefile", "-f", "-", *arguments],
        cwd=folder,
        env=around() | environment,
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


class Recipes(unittest.TestCase):
    """What make would hand to the shell, with a browser, npm and Node and without."""

    def test_each_is_a_command(self):
        with tempfile.TemporaryDirectory() as folder:
            for name in ("sh", "make", "java", "javac", "mvn", "grep", "awk", "find", "locale", "git", "id"):
                if shutil.which(name):
                    Path(folder, name).symlink_to(shutil.which(name))
            for path in (os.environ["PATH"], folder):
                targets = re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)
                self.assertIn("test", targets)
                for target in targets:
                    recipe = make("-n", "-B", target, PATH=path).stdout
                    shell = subprocess.run(["sh", "-n"], input=recipe, capture_output=True, text=True)
                    self.assertEqual(shell.stderr, "", f"make {target}:\n{recipe}")
            recipe = make("-n", "test", PATH=folder).stdout
            self.assertEqual(recipe.count("skipped"), 2)


class Variables(unittest.TestCase):
    """What the command line sets is read or refused."""

    def test_an_unknown_name_is_refused(self):
        for given in ("seed=7", "NBS=10", "nb=10"):
            run = make("-n", "run", given)
            self.assertNotEqual(run.returncode, 0)
            self.assertIn("expected one of the variables NB SEED SEEDS T H KERNEL", run.stderr)
            self.assertRegex(run.stderr, f"got {given.partition('=')[0]}\\.")
        self.assertEqual(make("-n", "run", "NB=00 10", "SEED=7", seed="7").returncode, 0)

    def test_the_port_is_a_number(self):
        self.assertIn("--port=8889 ", make("-n", "-o", "lib/target/.ready", "lab", "PORT=8889").stdout)
        self.assertNotIn("--port", make("-n", "lab", PORT="8889").stdout)
        run = make("-n", "lab", "PORT=http")
        self.assertNotEqual(run.returncode, 0)
        self.assertIn("PORT: expected a number, got http", run.stderr)

    def learn(self, *arguments, **environment):
        run = make(
            "-n", "-o", "lib/target/.ready", "-o", "lib/cluster/target/.ready", "learn", *arguments, **environment
        )
        return run.stdout + run.stderr

    def test_the_engine(self):
        for local in (self.learn(), self.learn("ENGINE=local"), self.learn(ENGINE="spark", MASTER="spark://a:1")):
            self.assertIn("bptt.train.Learn notebooks/results/learning", local)
            self.assertNotIn("cluster", local)
        spark = self.learn("ENGINE=spark", "MASTER=spark://a:1", "SHARD=2/3", "KERNEL=plain")
        self.assertIn("-Dspark.master='spark://a:1'", spark)
        self.assertIn('-Dspark.executor.extraJavaOptions="-Dbptt.kernel=plain"', spark)
        self.assertIn("bptt.cluster.SparkEngine notebooks/results/learning '2/3'", spark)
        self.assertNotIn("spark.master", self.learn("ENGINE=spark"))
        self.assertIn("ENGINE: expected local or spark, got Spark.", self.learn("ENGINE=Spark"))
        self.assertIn("MASTER: expected ENGINE=spark beside it, got ENGINE=local.", self.learn("MASTER=spark://a:1"))

    def test_the_locale_is_UTF_8(self):
        show = 'show:\n\t@echo "$$LC_ALL"\n'
        self.assertEqual(make("--no-print-directory", "-s", "show", rules=show, LC_ALL="C").stdout, "C.UTF-8\n")


class SetUp(unittest.TestCase):
    """What is missing is said before anything is fetched."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        for path in ("Makefile", "lib/pom.xml", "notebooks/requirements.txt"):
            (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / path, self.folder / path)
        (self.folder / "lib/src/main").mkdir(parents=True)
        self.bin = self.folder / "bin"
        self.bin.mkdir()

    def stand_in(self, name, script):
        path = self.bin / name
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)

    def run_it(self):
        path = f"{self.bin}{os.pathsep}{os.environ['PATH']}"
        return make("run", folder=self.folder, PATH=path, JAVA_HOME=str(self.folder))

    def test_Java_and_Maven_come_before_Python(self):
        self.stand_in("python3", "touch asked; exit 1")
        self.stand_in("javac", "echo javac 11.0.2")
        self.assertIn("JDK 17 or newer is needed, found javac 11.0.2", self.run_it().stderr)
        self.assertFalse((self.folder / "asked").exists())
        self.stand_in("javac", "echo javac 21.0.2")
        self.stand_in("mvn", "exit 0")
        self.assertIn("Python 3.10 or newer is needed", self.run_it().stderr)
        self.assertTrue((self.folder / "asked").exists())

    def test_set_up_says_little(self):
        self.stand_in("javac", "echo javac 21.0.2")
        self.stand_in("mvn", "mkdir -p lib/target; case $* in *-q*) ;; *) seq 50 ;; esac")
        made = (
            "mkdir -p .venv/bin && ln -sf ../../bin/python3 .venv/bin/python && ln -sf /bin/true .venv/bin/jupyter-lab"
        )
        self.stand_in(
            "python3", f"case $* in *venv\\ --clear*) {made} ;; *pip\\ install*-q*) ;; *pip\\ install*) seq 50 ;; esac"
        )
        went = self.run_it()
        self.assertEqual((went.returncode, went.stderr), (0, ""))
        self.assertLessEqual(len(went.stdout.splitlines()), 10, went.stdout)

    @unittest.skipIf(os.geteuid() == 0, "root may write anywhere")
    def test_a_folder_that_cannot_be_written_in_is_named(self):
        self.folder.chmod(0o555)
        self.addCleanup(self.folder.chmod, 0o755)
        self.assertIn(f"expected a folder that can be written in, got {self.folder}", self.run_it().stderr)


class Clean(unittest.TestCase):
    """make clean removes what make makes and nothing else, whether git tracks the folder or not."""

    TRACKED = (
        "Makefile",
        ".gitignore",
        "lib/src/main/java/A.java",
        "notebooks/00-a.ipynb",
        "notebooks/results/00-a.csv",
        "notebooks/results/10-decay.png",
    )
    OWN = (
        "notebooks/12-own.ipynb",
        "notebooks/results/12-own.csv",
        "own/n.ipynb",
        "own/private.txt",
        "notebooks/results/learning/checkpoints/lstm.json",
        "assignments/submitted/hopper/02-a/02-a.ipynb",
        "assignments/gradebook.db",
    )
    MADE = (
        ".venv/.ready",
        ".scratch/00-a/notebooks/kernel.log",
        ".ruff_cache/CACHEDIR.TAG",
        "lib/target/bptt.jar",
        "lib/bench/target/classes/a.class",
        "lib/bench/__pycache__/bench.pyc",
        "lib/cluster/.venv/.ready",
        "lib/cluster/__pycache__/test_cluster.pyc",
        "lib/cluster/target/cluster.jar",
        "lib/live/node_modules/uplot/package.json",
        "lib/live/target/site/bptt.js",
        "notebooks/__pycache__/run.pyc",
        "notebooks/site/.venv/.ready",
        "notebooks/site/node_modules/a.js",
        "notebooks/site/target/html/index.html",
        "notebooks/.ipynb_checkpoints/00-a-checkpoint.ipynb",
        "notebooks/results/00-a.svg",
        "notebooks/results/00 a.png",
        "notebooks/results/bench/table.md",
        "notebooks/results/other/11-SEED7/11-a.ipynb",
        "assignments/source/02-a/lib/bptt.jar",
        "assignments/solutions/02-a/02-a.ipynb",
        "assignments/nbgrader_config.py",
    )

    def setUp(self):
        parent = tempfile.TemporaryDirectory()
        self.addCleanup(parent.cleanup)
        self.folder = Path(parent.name) / "bptt"
        for name in (*self.TRACKED, *self.OWN, *self.MADE):
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
        for name in ("Makefile", ".gitignore"):
            shutil.copy(ROOT / name, self.folder)

    def assert_clean(self):
        for _ in range(2):  # the second time there is nothing to do
            run = make("clean", folder=self.folder)
            self.assertEqual((run.returncode, run.stderr), (0, ""))
        files = (path.relative_to(self.folder) for path in self.folder.rglob("*") if path.is_file())
        self.assertEqual({str(f) for f in files if f.parts[0] != ".git"}, {*self.TRACKED, *self.OWN})

    def track(self, repository):
        if not shutil.which("git"):
            self.skipTest("no git")
        for arguments in (["init", "-q", repository], ["add", *self.TRACKED]):
            subprocess.run(["git", *arguments], cwd=self.folder, env=around(), check=True)
        (repository / ".git/info/exclude").write_text("private.txt\n")  # ignored, but not by the project

    def test_with_git(self):
        self.track(self.folder)
        self.assert_clean()

    def test_in_a_larger_repository(self):
        self.track(self.folder.parent)
        self.assert_clean()

    def test_without_git(self):
        self.assert_clean()


class Everywhere(unittest.TestCase):
    """How make test-everywhere reports; what it runs takes half an hour."""

    def begin(self, *words, recipe):
        parent = tempfile.TemporaryDirectory()
        self.addCleanup(parent.cleanup)
        folder, self.copies = Path(parent.name) / "project", Path(parent.name) / "copies"
        (folder / "notebooks").mkdir(parents=True)
        self.copies.mkdir()
        shutil.copy(ROOT / "notebooks/everywhere.py", folder / "notebooks")
        (folder / "Makefile").write_text(f"test:\n\t{recipe}\n")
        return subprocess.Popen(
            [sys.executable, str(folder / "notebooks/everywhere.py"), *words],
            env=around() | {"JAVA25_HOME": "", "TMPDIR": str(self.copies)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run_it(self, *words, recipe):
        made = self.begin(*words, recipe=recipe)
        out, err = made.communicate()
        return subprocess.CompletedProcess(made.args, made.returncode, out, err)

    def test_each_variant_takes_one_line(self):
        run = self.run_it(recipe="@true")
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        for line in run.stdout.splitlines():
            self.assertRegex(line, r"^\S.* ok +\d+ s$")
        self.assertIn("Turkish", run.stdout)
        self.assertNotIn("JDK 25", run.stdout)

    def test_a_failure_says_why(self):
        run = self.run_it("077", recipe='@echo "$(NB) in $(notdir $(CURDIR)), `umask`" && false')
        self.assertEqual(run.returncode, 1)
        self.assertRegex(run.stdout, r"^umask 077 +FAILED +\d+ s\n  00 01 08 in bptt, 0?077\n")

    def test_what_runs_ends_with_it(self):
        made = self.begin(recipe="@touch ../begun && sleep 600")
        while len(list(self.copies.glob("*/begun"))) < 2:
            self.assertIsNone(made.poll())
            time.sleep(0.1)
        made.terminate()
        out, err = made.communicate(timeout=60)
        self.assertEqual((made.returncode, out, err), (128 + signal.SIGTERM, "", ""))
        self.assertEqual(list(self.copies.iterdir()), [])

    def test_an_unknown_variant_is_refused(self):
        run = self.run_it("Mars", recipe="@true")
        self.assertEqual(run.returncode, 1)
        self.assertRegex(run.stderr, "^expected words of KERNEL=plain, .*, got Mars\n$")


class Cells(unittest.TestCase):
    """Cells that fit a projector. What only prepares or draws is tagged “machinery”, so that it can be folded."""

    def test_code_fits_a_slide(self):
        for path in [*NOTEBOOKS.glob("[01][0-9]-*.ipynb"), *NOTEBOOKS.glob("solutions/*.ipynb")]:
            lengths = []
            for cell in nbformat.read(path, as_version=4).cells:
                if cell.cell_type != "code":
                    continue
                lines = cell.source.split("\n")
                where = f"{path.name}, {cell.id}"
                self.assertLessEqual(max(map(len, lines)), 92, where)
                self.assertLessEqual(len(lines), 20, where)
                if "machinery" not in cell.metadata.get("tags", []):
                    lengths.append(len(lines))
            self.assertLessEqual(statistics.median(lengths), 8 if path.name < "07" else 10, path.name)

    def test_machinery_is_folded(self):
        for path in sorted(NOTEBOOKS.glob("[0-9][0-9]-*.ipynb")):
            for cell in nbformat.read(path, as_version=4).cells:
                if "machinery" in cell.metadata.get("tags", []):
                    self.assertIn("hide-input", cell.metadata.tags, f"{path.name}, {cell.id}")
                    self.assertTrue(cell.metadata.jupyter.source_hidden, f"{path.name}, {cell.id}")


class Benchmark(unittest.TestCase):
    """The page of make bench, from what was measured."""

    def setUp(self):
        spec = importlib.util.spec_from_file_location("page", ROOT / "lib/bench/page.py")
        self.page = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(self.page)

    def test_the_page_is_what_the_measurements_make(self):
        tables = self.page.read()
        if tables:
            self.assertEqual(self.page.PAGE.read_text(encoding="utf-8"), self.page.text(tables))

    def test_a_line_is_fitted_exactly(self):
        a, b = self.page.fit([(t, 3 + 0.5 * t) for t in (100, 1000, 100_000)])
        self.assertAlmostEqual(a, 3, 6)
        self.assertAlmostEqual(b, 0.5, 9)

    def test_what_a_peer_lacks_is_a_dash(self):
        page = self.page
        medians = {page.OURS: 10.0, page.PLAIN: 20.0, "PyTorch 2.7 f64, 1 thread": 50.0, "PyTorch f32": 5.0}
        found = {
            "machine": "a machine",
            "date": "2026-01-01",
            "java": 'openjdk version "17.0.1" 2021',
            "kernel": "vector-4x3",
            "turns": 3,
            "peak": 200.0,
            "bandwidth": 30.0,
            "times": {page.title("lstm", *page.MAIN): medians},
            "chains": {},
            "memory": {},
        }
        made = page.text([found])
        self.assertIn("| lstm (100, 16, 400) | 10.0 | 20.0 | 50.0 | – | 5.0 | – | – | – | – |", made)
        self.assertIn("| lstm (100, 16, 400): PyTorch f64 / bptt | 5.0 × | 5 × |", made)
        self.assertIn(
            "PyTorch in single precision is faster than this library in double at lstm (100, 16, 400) 2.0 ×.", made
        )
        self.assertIn("| lstm (100, 16, 400): share of the FMA peak | 78 % | 60 % |", made)


class Sources(unittest.TestCase):
    def test_no_line_of_Java_is_longer_than_the_formatter_makes_them(self):
        found = [
            f"{path.relative_to(ROOT)}:{number}: {len(line)} characters, at most 120"
            for folder in ("lib/src", "lib/bench/src", "lib/cluster/src", "lib/live/src")
            for path in sorted((ROOT / folder).rglob("*.java"))
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
            if len(line) > 120
        ]
        if found:
            self.fail("\n" + "\n".join(found))

    def test_texts_are_the_same_in_every_locale(self):
        asks_for_it = re.compile(r"\.formatted\(|\bprintf\((?!Locale)|String\.format\((?!Locale)")
        found = [
            f"{path.relative_to(ROOT)}:{number}: Numbers.format"
            for source in ("lib/src", "lib/cluster/src")
            for path in sorted((ROOT / source).rglob("*.java"))
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
            if asks_for_it.search(line.replace("Tables.formatted(", ""))
        ]
        if found:
            self.fail("\n" + "\n".join(found))


def read_pom(path):
    return ElementTree.fromstring(re.sub(r' xmlns="[^"]*"', "", (ROOT / path).read_text(encoding="utf-8")))


class Dependencies(unittest.TestCase):
    def test_who_takes_the_jar_gets_EJML_alone(self):
        taken = [
            dependency.findtext("groupId")
            for dependency in read_pom("lib/pom.xml").iterfind("dependencies/dependency")
            if dependency.findtext("scope") != "test" and dependency.findtext("optional") != "true"
        ]
        self.assertEqual(set(taken), {"org.ejml"})


class Version(unittest.TestCase):
    """The library's version, what to cite and the newest entry of the changelog agree; a SNAPSHOT has no date."""

    def setUp(self):
        self.pom = read_pom("lib/pom.xml")
        self.version = self.pom.findtext("version")
        self.cite = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))

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

    def test_what_to_cite_has_its_form(self):
        needed = {"cff-version", "message", "title", "authors"}  # of the Citation File Format 1.2.0
        known = {
            "abstract",
            "date-released",
            "doi",
            "identifiers",
            "keywords",
            "license",
            "repository-code",
            "type",
            "url",
        }
        self.assertEqual(self.cite["cff-version"], "1.2.0")
        self.assertEqual(needed - set(self.cite), set())
        self.assertEqual(set(self.cite) - needed - known - {"version"}, set())
        self.assertTrue(all(author.get("name") or author.get("family-names") for author in self.cite["authors"]))

    def test_what_is_built_on_the_jar_takes_this_version(self):
        for path in ("lib/bench/pom.xml", "lib/cluster/pom.xml", "lib/live/pom.xml"):
            pom = read_pom(path)
            jar = pom.find("dependencies/dependency[artifactId='bptt']")
            self.assertEqual((pom.findtext("version"), jar.findtext("version")), (self.version, self.version), path)


class Papers(unittest.TestCase):
    """Every paper can be found: by a DOI or an arXiv id in its form, unless it has neither."""

    NEITHER = (
        "循环",
        "权重",
        "随时间",
        "untitled",
        "Goodfellow",
        "Jozefowicz",
        "Hochreiter 1991",
        "Saxe",
        "Tieleman",
        "Karpathy",
    )

    def test_ids(self):
        for path in sorted(NOTEBOOKS.glob("[0-9]*.ipynb")):
            cells = nbformat.read(path, 4).cells
            listed = [c.source.partition("**Sources.**")[2] for c in cells if "**Sources.**" in c.source]
            for source in re.split(r";(?![^(]*\))", " ".join(listed)):
                with self.subTest(notebook=path.name, source=source.strip()[:60]):
                    ids = re.findall(r"\b(doi|arXiv):([^\s,;]+)", source)
                    for kind, name in ids:
                        form = r"10\.\d{4,9}/\S*\w" if kind == "doi" else r"\d{4}\.\d{4,5}"
                        self.assertRegex(name.rstrip("."), f"^{form}$")
                    if re.search(r"\b(19|20)\d\d\b", source) and not any(word in source for word in self.NEITHER):
                        self.assertTrue(ids, "expected a DOI or an arXiv id")


if __name__ == "__main__":
    unittest.main()
