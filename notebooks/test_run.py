"""Tests of the runner and of the two lists of dependencies. Run by make test."""

import base64
import contextlib
import html
import io
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from importlib.metadata import metadata
from pathlib import Path
from unittest import mock

import everywhere
import ledger
import mistune
import nbformat
import run
import yaml
from nbclient import NotebookClient
from packaging.specifiers import SpecifierSet
from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
# A copy of the project: what a test writes is seen by no other run, and ends with the tests.
COPY = tempfile.TemporaryDirectory(prefix="bptt-")
HERE = Path(COPY.name).resolve() / "notebooks"
WAIT = 60  # seconds, for what takes one or two


def setUpModule():
    unittest.addModuleCleanup(COPY.cleanup)
    shutil.copytree(ROOT / "notebooks", HERE, ignore=everywhere.NOT_COPIED)
    (HERE.parent / "lib").symlink_to(ROOT / "lib")
    scratch = HERE.parent / run.SCRATCH.name
    for name, place in (("HERE", HERE), ("SCRATCH", scratch), ("GREEN", scratch / run.GREEN.name)):
        patch = mock.patch.object(run, name, place)
        patch.start()
        unittest.addModuleCleanup(patch.stop)


def notebook(*sources):
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    return nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": run.KERNEL})


def tidy_up():
    for pattern in ("9[89]-test-of-the-runner.ipynb", "results/9[89]-test.*"):
        for path in HERE.glob(pattern):
            path.unlink()


class Runner(unittest.TestCase):
    """Each test has a notebook of its own, which it removes."""

    def setUp(self):
        self.addCleanup(tidy_up)
        self.path = HERE / "99-test-of-the-runner.ipynb"
        self.result = HERE / "results" / "99-test.csv"

    def test_a_damaged_notebook_is_named(self):
        for text in ("", self.save("1 + 1")[:200]):
            self.path.write_text(text)
            said = "99-test-of-the-runner.ipynb: expected a notebook, got a file that ends early or is damaged"
            for options in ([], ["--check"]):
                try:
                    code, out = self.run_it(*options)
                except SystemExit as refused:
                    code, out = 1, str(refused)
                self.assertIn(said, out)
                self.assertEqual((code, self.path.read_text()), (1, text))

    def save(self, *sources):
        nbformat.write(notebook(*sources), self.path)
        return self.path.read_text(encoding="utf-8")

    def run_it(self, *options):
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            code = run.main([*options, "99"])
        return code, out.getvalue()

    def test_outputs_and_results_are_written_and_reproduce(self):
        self.save(
            "%load setup.jshell",
            'Results.csv("99-test", Table.create("t", IntColumn.create("n", 1, 2)));',
            'System.out.println("one");\nSystem.out.println("two");',
            "1 + 1",
        )
        code, _ = self.run_it()
        self.assertEqual(code, 0)
        cells = nbformat.read(self.path, as_version=4).cells
        self.assertEqual([c.execution_count for c in cells], [1, 2, 3, 4])
        self.assertEqual(cells[2].outputs[0].text, "one\ntwo\n")
        self.assertEqual(cells[3].outputs[0].data["text/plain"], "2")
        self.assertEqual(self.result.read_text(), "n\n1\n2\n")
        written = self.path.read_text(encoding="utf-8")

        code, out = self.run_it("--check")
        self.assertEqual((code, self.path.read_text(encoding="utf-8")), (0, written), out)

        self.path.write_text(written.replace('"two\\n"', '"three\\n"'), encoding="utf-8")
        self.result.write_text("n\n1\n3\n")
        code, out = self.run_it("--check")
        self.assertEqual(code, 1)
        self.assertRegex(out, r"(?s)cell 3, stdout differs:.*-three.*\+two")
        self.assertRegex(out, r"(?s)results/99-test.csv differs:.*-3.*\+2")

    def test_a_failure_names_cell_source_and_error_and_changes_nothing(self):
        before = self.save(
            "int fine = 1;",
            '%load setup.jshell\nResults.csv("99-test", Table.create("t", IntColumn.create("n", 1)));',
            'throw new IllegalArgumentException("expected 2, got 3");',
        )
        code, out = self.run_it()
        self.assertEqual(code, 1)
        self.assertIn("99-test-of-the-runner.ipynb", out)
        self.assertIn("cell 3 of 3:", out)
        self.assertIn('throw new IllegalArgumentException("expected 2, got 3");', out)
        self.assertRegex(out, "IllegalArgumentException.*expected 2, got 3")
        self.assertIn("notebooks: 0 passed, 1 failed", out)
        self.assertEqual(self.path.read_text(encoding="utf-8"), before)
        self.assertFalse(self.result.exists())

    def test_an_identity_hash_is_refused(self):
        before = self.save("new Object()")
        code, out = self.run_it()
        self.assertEqual(code, 1)
        self.assertRegex(out, r"cell 1: its output java.lang.Object@\w+ is another on every run")
        self.assertEqual(self.path.read_text(encoding="utf-8"), before)

    def test_other_parameters_leave_what_is_committed(self):
        before = self.save(
            "%load setup.jshell",
            'int n = Integer.parseInt(System.getenv().getOrDefault("SEED", "1"));',
            'Results.csv("99-test", Table.create("t", IntColumn.create("n", new int[] {n})));\nn',
        )
        self.addCleanup(shutil.rmtree, HERE / "results/other/99-SEED7", ignore_errors=True)
        code, out = self.run_it("--set", "SEED=7")
        self.assertEqual(code, 0, out)
        self.assertEqual(self.path.read_text(encoding="utf-8"), before)
        self.assertFalse(self.result.exists())
        aside = HERE / "results/other/99-SEED7"
        self.assertEqual((aside / "99-test.csv").read_text(), "n\n7\n")
        shown = nbformat.read(aside / self.path.name, as_version=4).cells[2].outputs[0]
        self.assertEqual(shown.data["text/plain"], "7")
        for setting, message in (("SEED", "expected NAME=VALUE, got SEED"), ("X=1", "has no parameter X")):
            with self.assertRaisesRegex(SystemExit, message):
                self.run_it("--set", setting)

    def test_a_result_that_is_not_made_is_a_failure(self):
        before = self.save("1 + 1", 'class Fig { void figure(String name) {} }\nnew Fig().figure("99-other");')
        self.result.write_text("n\n1\n")
        code, out = self.run_it()
        self.assertEqual(code, 1)
        for name in ("test.csv: expected from this run, got none; delete the old", "other.svg: expected from this run"):
            self.assertIn("results/99-" + name, out)
        self.assertEqual(self.path.read_text(encoding="utf-8"), before)
        self.assertEqual(self.result.read_text(), "n\n1\n")

    def test_a_folder_that_cannot_be_written_in_is_named(self):
        self.save("1 + 1")
        self.addCleanup(setattr, run, "SCRATCH", run.SCRATCH)
        run.SCRATCH = self.path / ".scratch"  # below a file: not even root can
        with self.assertRaisesRegex(
            SystemExit, f"expected a folder that can be written in, got {self.path}: Not a dir"
        ):
            self.run_it()

    def test_a_number_is_one_notebook_and_a_name_may_be_short(self):
        def chosen(*wanted):
            return [path.name[:2] for path in run.select(wanted)]

        self.assertEqual(chosen("1"), ["01"])
        self.assertEqual(chosen("01", "10", "1"), ["01", "10"])
        self.assertEqual(chosen("0", "01"), ["01", "00"])  # 00 shows the ledger of the others
        self.assertEqual(chosen("10-grad"), ["10"])
        all_of_them = [*HERE.glob("[0-9][0-9]-*.ipynb"), *HERE.glob("solutions/[0-9][0-9]-*.ipynb")]
        self.assertEqual(len(chosen()), len(all_of_them))
        self.assertEqual(
            [run.called(p)[:12] for p in run.select(["solutions/02", "2"])], ["02-unrolling", "solutions/02"]
        )
        for wanted, among in (
            ("77", "00-start-here.ipynb, 01-"),
            ("1x", "00-start"),
            ("", "00-start"),
            ("0.", "00-st"),
        ):
            with self.assertRaisesRegex(
                SystemExit, f"expected the number or .* of {among}.*, got {re.escape(wanted)}$"
            ):
                run.select([wanted])

    def test_parameters_are_checked_before_a_kernel_starts(self):
        self.save(
            'long SEED = Long.parseLong(System.getenv().getOrDefault("SEED", "1"));',
            'int T = Integer.parseInt(System.getenv().getOrDefault("T", "1"));',
            'String name = System.getenv().getOrDefault("NAME", "x");',
        )
        for setting, message in (
            ("SEED=abc", "SEED: expected a whole number of 64 bits, got abc"),
            ("T=1.5", "T: expected a whole number of 32 bits, got 1.5"),
            (f"T={2**31}", f"T: expected a whole number of 32 bits, got {2**31}"),
        ):
            with self.assertRaisesRegex(SystemExit, message):
                run.read_parameters([setting], [self.path])
        settings = [f"SEED={2**31}", "T=-1", "NAME=y"]
        expected = {"SEED": str(2**31), "T": "-1", "NAME": "y"}
        self.assertEqual(run.read_parameters(settings, [self.path]), expected)

    def test_without_the_library_a_sentence_says_so(self):
        with tempfile.TemporaryDirectory() as folder:
            shutil.copytree(HERE, Path(folder) / "notebooks", ignore=shutil.ignore_patterns("results", "*.ipynb"))
            nbformat.write(notebook("1 + 1"), Path(folder) / "notebooks/99-x.ipynb")
            command = [sys.executable, str(Path(folder) / "notebooks/run.py"), "99"]
            went = subprocess.run(command, capture_output=True, text=True)
        said = "the library is not built: run “make jar” in the project's folder\n"
        self.assertEqual((went.returncode, went.stdout, went.stderr), (1, "", said))

    def test_without_the_library_the_first_cell_says_so(self):
        executed = notebook("%load setup.jshell")
        with tempfile.TemporaryDirectory() as folder, open(os.devnull, "w") as nowhere:
            shutil.copy(HERE / "setup.jshell", folder)
            client = NotebookClient(
                executed, kernel_name="java", allow_errors=True, resources={"metadata": {"path": folder}}
            )
            client.execute(stderr=nowhere)
        lines = "\n".join(executed.cells[0].outputs[0].traceback).split("\n")
        for line in (lines[0], lines[-1]):
            self.assertIn("the library is not built: run “make jar” in the project's folder", line)
        self.assertLess(len(lines), 16)

    def test_a_chart_of_XChart_itself_needs_no_font_either(self):
        self.save(
            "%load setup.jshell",
            "var raw = new org.knowm.xchart.XYChart(300, 200);\n"
            'raw.setTitle("A line");\nraw.addSeries("a", new double[] {1, 2}, new double[] {3, 4});\nraw',
            'Chart.of("t", "x", "y").line("a", new double[] {1, 2}, new double[] {3, 4}).figure("99-test", "A line.");',
        )
        with tempfile.TemporaryDirectory() as folder:
            none = Path(folder) / "fonts.conf"
            none.write_text(everywhere.NO_FONTS)
            with mock.patch.dict(os.environ, {"FONTCONFIG_FILE": str(none)}):
                code, out = self.run_it()
        self.assertEqual(code, 0, out)

    def test_a_kernel_that_does_not_start_gets_a_second_chance(self):
        self.save("1 + 1")
        started, begin = [], run.NotebookClient.async_execute
        self.addCleanup(setattr, run.NotebookClient, "async_execute", begin)

        async def late(client, **options):
            started.append(client)
            if len(started) < 2:
                raise RuntimeError("Kernel didn't respond in 60 seconds")
            await begin(client, **options)

        run.NotebookClient.async_execute = late
        self.assertRegex(self.run_it()[1], r"\n99-\S+ +ok ")
        self.assertEqual(len(started), 2)

    def test_without_a_terminal_the_beginning_is_said(self):
        self.save("1 + 1")
        self.assertRegex(self.run_it()[1], r"^99-\S+ +begun\n99-\S+ +ok ")

    def test_what_was_checked_is_executed_again_when_an_input_changes(self):
        self.save("%load setup.jshell", 'Results.csv("99-test", Table.create("t", IntColumn.create("n", 1)));')
        self.assertEqual(self.run_it()[0], 0)
        as_before = r"^99-\S+ +ok +as before, for nothing has changed\nnotebooks: 1 passed, 0 failed\n$"
        executed = r"^99-\S+ +begun\n"
        checks = ("--check", "--changed")
        for expected in (executed, as_before):  # what make run made is not checked yet
            self.assertRegex(self.run_it(*checks)[1], expected)
        self.assertRegex(self.run_it("--check")[1], executed)
        changed = nbformat.read(self.path, as_version=4)
        changed.cells.append(nbformat.v4.new_markdown_cell("text"))
        nbformat.write(changed, self.path)
        self.assertRegex(self.run_it(*checks)[1], as_before)
        self.result.write_text("n\n2\n")
        for _ in range(2):  # what fails is not green
            self.assertRegex(self.run_it(*checks)[1], executed + r"99-\S+ +FAILED")
        run.GREEN.write_text("damaged")
        self.assertEqual(run.green(), {})

    def test_inputs(self):
        self.save("1 + 1", 'read("results/ledger.csv")')
        before = run.inputs(self.path)
        self.assertEqual(run.inputs(self.path), before)
        for name, value in (("JJAVA_JVM_OPTS", "-Xmx1g"), ("TZ", "UTC-3")):
            self.addCleanup(os.environ.update, {name: os.environ[name]} if name in os.environ else {})
            self.addCleanup(os.environ.pop, name, None)
            os.environ[name] = value
            self.assertNotEqual(run.inputs(self.path), before, name)
            before = run.inputs(self.path)
        self.result.write_text("n\n1\n")
        self.assertNotEqual(run.inputs(self.path), before)
        others = self.result.with_name("98-test.csv")  # which no cell names
        self.addCleanup(others.unlink, missing_ok=True)
        before = run.inputs(self.path)
        others.write_text("n\n1\n")
        self.assertEqual(run.inputs(self.path), before)
        self.save("1 + 1", 'read("results/98-test.csv")')
        before = run.inputs(self.path)
        others.write_text("n\n2\n")
        self.assertNotEqual(run.inputs(self.path), before)

    def test_jobs(self):
        with self.assertRaisesRegex(SystemExit, "--jobs: expected 1 or more, got 0"):
            self.run_it("--jobs=0")
        self.assertGreaterEqual(run.side_by_side(), 1)

    def test_saving_in_JupyterLab_writes_what_a_run_writes(self):
        for path in HERE.glob("[0-9][0-9]-*.ipynb"):
            self.assertEqual(nbformat.read(path, as_version=4).metadata, run.METADATA, path.name)
        opened = {"display_name": "Java", "language": "java", "name": "java"}, {"name": "Java", "version": "25+36"}
        result = {"output_type": "execute_result", "execution_count": 1, "metadata": {}}
        empty, two = result | {"data": {"text/plain": "", "text/html": ""}}, result | {"data": {"text/plain": "2"}}
        cell = {"cell_type": "code", "source": "1 + 1", "execution_count": 1}
        cells = [cell | {"metadata": {"execution": {}}, "outputs": [empty, two]}]
        content = {"metadata": {"kernelspec": opened[0], "language_info": opened[1]}, "cells": cells}
        model = {"type": "notebook", "content": content}
        run.before_saving(model, path="x", contents_manager=None)
        written = {"metadata": run.METADATA, "cells": [cell | {"metadata": {}, "outputs": [two]}]}
        self.assertEqual(model["content"], written)
        other = {"metadata": {"kernelspec": {"name": "python3"}}}
        run.before_saving({"type": "notebook", "content": other})
        self.assertEqual(other, {"metadata": {"kernelspec": {"name": "python3"}}})


def alive(pid):
    """Whether a process runs; one that has ended and was not asked for its end yet does not."""
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True).stdout.strip()
    return bool(state) and not state.startswith("Z")


class Runs(unittest.TestCase):
    """Whole runs, as processes of their own."""

    SLOW = (
        "1 + 1",
        'java.nio.file.Files.writeString(java.nio.file.Path.of("@"), "" + ProcessHandle.current().pid());\n'
        "Thread.sleep(600_000);",
    )

    def setUp(self):
        told = tempfile.TemporaryDirectory()
        self.addCleanup(told.cleanup)
        self.told = Path(told.name)

    def notebook(self, number, *sources):
        path = HERE / f"{number}-test-of-the-runner.ipynb"
        self.addCleanup(tidy_up)
        nbformat.write(notebook(*(source.replace("@", str(self.told / str(number))) for source in sources)), path)
        return path

    def start(self, *arguments):
        command = [sys.executable, str(HERE / "run.py"), *arguments]
        # As from a terminal: what runs in a shell's background ignores SIGINT, and so would all that it starts.
        process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def wait(self, what, why):
        end = time.monotonic() + WAIT
        while not what():
            self.assertLess(time.monotonic(), end, why)
            time.sleep(0.1)

    def kernel(self, number):
        """The process of the kernel that a notebook of SLOW cells runs on."""
        file = self.told / str(number)
        self.wait(lambda: file.exists() and file.read_text(), "the notebook did not come to its slow cell")
        return int(file.read_text())

    def test_two_at_a_time(self):
        wait = 'while (!java.nio.file.Files.exists(java.nio.file.Path.of("@"))) Thread.sleep(100);\n'
        figure = (
            'Chart.of("t", "x", "y").line("a", new double[] {1, 2}, new double[] {1, 2}).figure("98-test", "A line.")'
        )
        begun = 'java.nio.file.Files.writeString(java.nio.file.Path.of("@begun"), "");'
        slow = self.notebook(98, "%load setup.jshell", begun, wait + figure)
        self.notebook(99, "1 + 1")
        first = self.start("98")
        self.wait((self.told / "98begun").exists, "the slow notebook did not begin")
        second = self.start("99")
        self.assertEqual(second.wait(WAIT), 0, second.stdout.read())
        (self.told / "98").touch()
        self.assertEqual(first.wait(WAIT), 0, first.stdout.read())
        self.assertIn("data:image/png", nbformat.read(slow, as_version=4).cells[2].outputs[0].data["text/html"])
        for kind in ("csv", "svg", "png"):
            self.assertTrue((HERE / "results" / f"98-test.{kind}").exists(), kind)

    def test_side_by_side_in_order(self):
        told = 'java.nio.file.Files.writeString(java.nio.file.Path.of("@"), "");'
        wait = 'while (!java.nio.file.Files.exists(java.nio.file.Path.of("%s"))) Thread.sleep(100);'
        self.notebook(98, told, wait % (self.told / "99"), "Thread.sleep(500);")
        self.notebook(99, told, wait % (self.told / "98"))
        process = self.start("--jobs=2", "99", "98")
        self.assertEqual(process.wait(WAIT), 0)
        names = [(line[:2], line.split()[1]) for line in process.stdout.read().splitlines()]
        self.assertEqual(names[:4], [("98", "begun"), ("99", "begun"), ("98", "ok"), ("99", "ok")])

    def test_a_run_leaves_what_others_have_made_meanwhile(self):
        wait = 'while (!java.nio.file.Files.exists(java.nio.file.Path.of("@"))) Thread.sleep(100);'
        self.notebook(99, "1 + 1")
        result = HERE / "results/99-test.csv"
        result.write_text("old\n")
        self.notebook(98, 'java.nio.file.Files.writeString(java.nio.file.Path.of("@begun"), "");', wait)
        process = self.start("98")
        self.wait((self.told / "98begun").exists, "the notebook did not begin")
        result.write_text("new\n")
        (self.told / "98").touch()
        self.assertEqual(process.wait(WAIT), 0)
        self.assertEqual(result.read_text(), "new\n")

    def test_a_signal_ends_all_kernels(self):
        paths = [self.notebook(number, *self.SLOW) for number in (98, 99)]
        process = self.start("--jobs=2", "98", "99")
        kernels = [self.kernel(98), self.kernel(99)]
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(WAIT), 130)
        names = ", ".join(path.name for path in paths)
        last = process.stdout.read().splitlines()[-1]
        self.assertEqual(last, f"stopped: {names} were not finished; files are as they were, or whole")
        for kernel in kernels:
            self.assertFalse(alive(kernel))

    def test_a_signal_ends_the_kernel_and_changes_nothing(self):
        path = self.notebook(98, *self.SLOW)
        before = path.read_bytes()
        for number in (signal.SIGINT, signal.SIGTERM):
            process = self.start("98")
            kernel = self.kernel(98)
            process.send_signal(number)
            self.assertEqual(process.wait(WAIT), 128 + number)
            out = process.stdout.read().splitlines()
            self.assertEqual(out[-1], f"stopped: {path.name} was not finished; files are as they were, or whole")
            self.assertLessEqual(len(out), 2, out)  # begun, and this
            self.assertFalse(alive(kernel))
            self.assertEqual(path.read_bytes(), before)
            (self.told / "98").unlink()

    def test_a_killed_run_takes_its_kernel_along_and_the_next_one_tidies_up(self):
        self.notebook(98, *self.SLOW)
        process = self.start("98")
        kernel = self.kernel(98)
        folder = Path(os.readlink(f"/proc/{kernel}/cwd")) if Path("/proc").exists() else None
        process.kill()
        process.wait()
        self.wait(lambda: not alive(kernel), "the kernel lived on")
        with run.scratch() as own:
            self.assertTrue(own.is_dir())
            self.assertFalse(folder and folder.exists())
            with run.scratch() as other:
                self.assertNotEqual(own, other)
                self.assertTrue(own.is_dir())
        self.assertFalse(own.exists())

    def test_a_dead_kernel_takes_one_sentence(self):
        path = self.notebook(98, "1 + 1", "System.exit(3);")
        before = path.read_bytes()
        process = self.start("98")
        out, _ = process.communicate(timeout=WAIT)
        self.assertEqual(process.returncode, 1)
        self.assertRegex(
            out, r"^98-\S+ +begun\n98-\S+ +FAILED +[\d.]+ s\n  the kernel died in cell 2 of 2\nnotebooks: "
        )
        self.assertEqual(path.read_bytes(), before)


class Ledger(unittest.TestCase):
    def rows(self, *lines):
        row = dict.fromkeys(ledger.COLUMNS, "") | {"id": "delta.5", "statement": "statement", "rejected": 0}
        rows = {"delta.5": row, "delta.6": dict(row, id="delta.6")}
        ledger.add(rows, "\n".join(lines), "03-x.ipynb", "A section")
        return rows

    def test_the_worst_error_and_the_rejections_are_kept(self):
        rows = self.rows(
            "delta.5 · statement",
            "  ✓ one: error 1e-16 ≤ 1e-12",
            "  ✓ two: with a colon: error 3e-16 ≤ 1e-12",
            "  ✗ wrong: error 0.5 > 1e-12, rejected",
            "  ✗ wrong too: expected ≤ 1, measured 2, rejected",
        )
        row = rows["delta.5"]
        self.assertEqual((row["verdict"], row["error"], row["bound"], row["rejected"]), ("holds", "3e-16", "1e-12", 2))
        self.assertEqual((row["notebook"], row["section"]), ("03-x.ipynb", "A section"))
        self.assertEqual(ledger.problems(rows.values()), ["delta.6: no claim in any notebook"])

    def test_a_place_of_no_formula_is_named(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "03-x.ipynb"
            cell = nbformat.v4.new_markdown_cell('<a id="my.place"></a>')
            nbformat.write(nbformat.v4.new_notebook(cells=[cell]), path)
            with self.assertRaisesRegex(ledger.Damaged, "03-x.ipynb: expected an id of formulas.tsv .*, got my.place"):
                ledger.collect([path])

    def test_a_form_wrong_as_printed_stays_wrong(self):
        rows = self.rows(
            "delta.5 · statement",
            "  ≠ as printed, t = 1: error 0.8 > 1e-12; 1.2 times as long, at 3°",
            "  ✓ but at t = T: error 1e-16 ≤ 1e-12",
        )
        self.assertEqual((rows["delta.5"]["verdict"], rows["delta.5"]["error"]), ("wrong as printed", "0.8"))

    def sides(self, *lines):
        row = self.rows(*lines)["delta.5"]
        return row["verdict"], row["error"], row["bound"]

    def test_an_inequality_counts(self):
        def sides(*lines):
            return self.sides("delta.5 · statement", *lines)

        self.assertEqual(sides("  ✓ x: 1 ≤ 2", "  ✓ y: 3 ≤ 4"), ("holds", "1", "2"))
        self.assertEqual(sides("  ✓ x: 1 ≤ 2", "  ✓ y: error 1e-16 ≤ 1e-12"), ("holds", "1e-16", "1e-12"))
        self.assertEqual(sides("  ✓ x: 3 ≥ 2"), ("holds", "3", "2"))
        refuted = "  ≠ as printed, z: expected ≥ 4, measured 1e-9: refuted"
        self.assertEqual(sides("  ✓ x: 1 ≤ 2", refuted), ("wrong as printed", "1e-9", "4"))

    def test_what_only_looks_like_a_claim_does_not_count(self):
        holds = "  ✓ x: error 1e-16 ≤ 1e-12"
        for lines in (
            [holds],  # no header
            ["see.also · another list", holds],
            ["delta.5 · another statement", holds],
            [" delta.5 · statement", holds],
            ["delta.5 · statement", "and now for something else", holds],
            ["delta.5 · statement", "  ✓ as expected"],
            ["delta.5 · statement", "  ✓ x: error small ≤ 1e-12"],
            ["delta.5 · statement", "  ✓ x: error 1 ≤ 1e-12"],
            ["delta.5 · statement", "  ✓ x: 1 ≥ 2"],
            ["delta.5 · statement", "  ≠ as printed, x: error 1e-16 > 1e-12; 1 times as long, at 0°"],
            ["delta.5 · statement", "  ≠ as printed, x: expected ≤ 2, measured 1: refuted"],
            ["delta.5 · statement", "  ✗ x: expected ≥ 2, measured 3, rejected"],
            ["delta.5 · statement", "  ✘ x: error 1e-16 ≤ 1e-12"],
            ["delta.5 · statement", "  ✗ never mind"],
        ):
            row = self.rows(*lines)["delta.5"]
            self.assertEqual([row[k] for k in ("verdict", "error", "rejected", "notebook")], ["", "", 0, ""], lines)
        between = self.rows("delta.5 · statement", holds, "see.also · another list", "  ✗ x: error 2 > 1, rejected")
        self.assertEqual((between["delta.5"]["verdict"], between["delta.5"]["rejected"]), ("holds", 0))

    def test_a_notebook_without_a_claim_makes_none(self):
        id_, statement = ledger.FORMULAS.read_text(encoding="utf-8").splitlines()[1].split("\t")
        card = {"text/plain": f"{id_} · {statement}\n  ✓ x: error 1e-16 ≤ 1e-12"}
        for source, verdict in (("display(text);", ""), (f'claim("{id_}").agrees(a, b);', "holds")):
            made = notebook(source)
            made.cells[0].outputs = [nbformat.v4.new_output("display_data", data=card)]
            with tempfile.TemporaryDirectory() as folder:
                nbformat.write(made, Path(folder) / "99.ipynb")
                rows = ledger.collect([Path(folder) / "99.ipynb"])
            self.assertEqual(next(row for row in rows if row["id"] == id_)["verdict"], verdict)

    def test_an_id_links_to_the_section_with_its_anchor(self):
        id_, statement = ledger.FORMULAS.read_text(encoding="utf-8").splitlines()[1].split("\t")
        made = notebook(f'claim("{id_}").agrees(a, b);')
        card = {"text/plain": f"{id_} · {statement}\n  ✓ x: error 1e-16 ≤ 1e-12"}
        made.cells[0].outputs = [nbformat.v4.new_output("display_data", data=card)]
        made.cells.insert(0, nbformat.v4.new_markdown_cell("## A toy"))
        made.cells.append(nbformat.v4.new_markdown_cell(f'## The derivation\n\n<a id="{id_}"></a>'))
        with tempfile.TemporaryDirectory() as folder:
            nbformat.write(made, Path(folder) / "99.ipynb")
            rows = ledger.collect([Path(folder) / "99.ipynb"])
        row = next(row for row in rows if row["id"] == id_)
        self.assertEqual((row["verdict"], row["section"]), ("holds", "The derivation"))

    def test_Markdown_shows_every_statement_as_it_is(self):
        rows = ledger.collect([])
        rows.append(
            dict(rows[0], id="a.b_c", statement=r"_a_ *b* `c` [d](e) <f> \g |h| $i$ ~~j~~ &amp; ![k]", section="|_l_|")
        )
        page = mistune.html(ledger.as_markdown(rows))
        cells = re.findall(r"<tr>\s*<td>(.*?)</td>\s*<td>(.*?)</td>", page, re.DOTALL)
        shown = [[html.unescape(re.sub("<[^>]*>", "", cell)) for cell in row] for row in cells]
        self.assertEqual(shown, [[row["id"], row["statement"]] for row in rows])
        self.assertNotIn("<em>", page)


class Comparison(unittest.TestCase):
    @staticmethod
    def picture(colour, size=(4, 3), **options):
        out = io.BytesIO()
        Image.new("RGB", size, colour).save(out, "png", **options)
        return base64.b64encode(out.getvalue()).decode()

    def test_pictures_are_compared_by_pixels(self):
        one = self.picture("red")
        other_bytes = self.picture("red", compress_level=0)
        self.assertNotEqual(one, other_bytes)
        self.assertEqual(run.compare_pictures("p", one, other_bytes), [])
        self.assertIn("differs in the pixels", run.compare_pictures("p", one, self.picture("blue"))[0])
        self.assertIn("4×3 pixels committed, 5×3", run.compare_pictures("p", one, self.picture("red", (5, 3)))[0])

    def test_a_missing_output_is_a_difference(self):
        stream = nbformat.v4.new_output("stream", name="stdout", text="a\n")
        self.assertEqual(run.compare_outputs("c", [stream], [stream]), [])
        self.assertEqual(len(run.compare_outputs("c", [stream], [])), 1)
        self.assertEqual(len(run.compare_outputs("c", [], [stream])), 1)


class Dependencies(unittest.TestCase):
    """environment.yml and requirements.in name the same tools in agreeing versions; only the kernel differs."""

    def setUp(self):
        lines = (HERE / "requirements.in").read_text().split()
        self.pins = dict(line.split("==") for line in lines)
        self.environment = yaml.safe_load((ROOT / "environment.yml").read_text())
        parts = (re.fullmatch(r"([\w-]+)(?:=([\d.]+))?", d) for d in self.environment["dependencies"])
        self.conda = {part[1]: part[2] for part in parts}

    def test_same_tools(self):
        self.assertEqual(
            self.pins.keys() - {"jjava"}, self.conda.keys() - {"ijava", "python", "openjdk", "maven", "make"}
        )

    def test_agreeing_versions(self):
        for name in self.pins.keys() & self.conda.keys():
            version = self.conda[name]
            self.assertTrue(version is None or (self.pins[name] + ".").startswith(version + "."), name)

    def test_every_promised_Python_can_have_them(self):
        for name in self.pins:
            takes = SpecifierSet(metadata(name)["Requires-Python"] or "")
            for python in ("3.10.0", "3.11.0", "3.12.0", "3.13.0", "3.14.0"):
                self.assertIn(python, takes, f"{name}=={self.pins[name]}")

    def test_what_the_project_needs_is_there(self):
        self.assertEqual(self.environment["channels"], ["conda-forge"])
        self.assertGreaterEqual(int(self.conda["openjdk"]), 17)
        self.assertIn("JDK_JAVA_OPTIONS", self.environment["variables"])


if __name__ == "__main__":
    unittest.main()
