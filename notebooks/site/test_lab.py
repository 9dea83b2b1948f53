"""Tests of JupyterLab as make lab opens it, in a browser. Run by make test where there is one.

Notebooks are opened, run and saved in a copy of the project. Pictures of them are left in target/screenshots, to be
looked at.
"""

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import unittest
from pathlib import Path

import browser
import nbformat

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
SCREENSHOTS = HERE / "target/screenshots"
NOT_COPIED = shutil.ignore_patterns(".venv", "node_modules", "target", "__pycache__", ".ipynb_checkpoints", "other")
START = 600  # seconds, for a server, a page or a kernel on a busy machine
LONG = 1800  # seconds, for a notebook that takes one to three minutes on a machine that is not
SHORT = 300  # seconds, for what takes one or two
PICTURE = re.compile(r"(?<=data:image/png;base64,)[A-Za-z0-9+/=]+")  # whose bytes are another zlib's elsewhere

# The server is watched through its standard input, a pipe that ends when this process does, however it does. On SIGTERM
# a server ends its kernels.
WATCHED = 'exec 3<&0; "$@" </dev/null 3<&- & lab=$!; { cat <&3 >/dev/null; kill -TERM 0; } & wait $lab'

# make lab's own command, in a browser of the test's and not of the desktop's, without the popup that asks for news, and
# with every cell in the page, not only those in sight.
CONFIG = {"ServerApp": {"open_browser": False}, "LabApp": {"open_browser": False, "expose_app_in_browser": True}}
SETTINGS = {
    "apputils-extension/notification": {"fetchNews": "false"},
    "notebook-extension/tracker": {"windowingMode": "none"},
}

# The notebook in front: its kernel, the numbers of its cells, null before their end, what they say, a dialog before it.
STATE = """() => {
  const notebook = jupyterapp.shell.currentWidget, cells = [...notebook.content.model.cells];
  const code = cells.filter((cell) => cell.type === "code");
  return {
    kernel: notebook.sessionContext.session?.kernel?.status ?? "none",
    counts: Object.fromEntries(code.map((cell) => [cell.id, cell.executionCount])),
    outputs: Object.fromEntries(code.map((cell) => [cell.id, cell.outputs.toJSON()])),
    dirty: notebook.context.model.dirty,
    dialog: document.querySelector(".jp-Dialog-content")?.textContent ?? "",
  };
}"""

OPENED = "() => window.jupyterapp?.shell?.currentWidget?.content?.model?.cells?.length"
DRAWN = "() => [...document.querySelectorAll('.jp-Notebook img')].every((image) => image.complete)"

# What outputs show: how many of each, and the texts that stand for the pictures.
SHOWN = """() => {
  const notebook = jupyterapp.shell.currentWidget.node;
  const all = (what) => [...notebook.querySelectorAll(".jp-OutputArea-output " + what)];
  const images = all("img");
  return {
    images: images.filter((image) => image.naturalWidth > 0).length,
    alternatives: images.map((image) => image.alt),
    tables: all("table").length,
    cards: all("div[style*='border-left: 3px']").length,
    formulas: notebook.querySelectorAll("mjx-container").length,
    refused: [...notebook.querySelectorAll("mjx-merror, [data-mime-type$=stderr]")].map((part) => part.textContent),
  };
}"""


class Server:
    """make lab in a copy of the project, and nothing of it left when it is closed."""

    def __init__(self, folder):
        self.root = Path(folder) / "bptt"
        shutil.copytree(ROOT / "notebooks", self.root / "notebooks", ignore=NOT_COPIED)
        for name in ("Makefile", ".gitignore"):
            shutil.copy2(ROOT / name, self.root)
        for name in (".venv", "lib"):
            (self.root / name).symlink_to(ROOT / name)
        home = Path(folder) / "jupyter"
        for name, content in SETTINGS.items():
            file = home / f"settings/@jupyterlab/{name}.jupyterlab-settings"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(content))
        (home / "jupyter_lab_config.json").write_text(json.dumps(CONFIG))
        environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")} | {
            "JUPYTER_CONFIG_DIR": str(home),
            "JUPYTER_DATA_DIR": str(home / "data"),
            "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
            "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
            "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
        }
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.process = subprocess.Popen(
            ["sh", "-c", WATCHED, "sh", "make", "lab", f"PORT={port}"],
            cwd=self.root,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        self.said = []
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()
        self.runtime = str(home / "runtime")

    def read(self):
        for line in self.process.stdout:
            self.said.append(line)

    def url(self):
        """The address that make lab tells, with its token."""
        end = time.monotonic() + START
        while time.monotonic() < end and self.process.poll() is None:
            found = re.search(r"http://127\.0\.0\.1:\d+/lab/\S*token=\w+", "".join(self.said))
            if found:
                return found[0]
            time.sleep(0.2)
        raise AssertionError("expected the address of JupyterLab from make lab, got\n" + "".join(self.said[-20:]))

    def close(self):
        """Its output ends when the last of its processes does, kernels included."""
        self.process.stdin.close()
        self.reader.join(30)
        if self.reader.is_alive():
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            for line in subprocess.run(
                ["ps", "-A", "-o", "pid=,args="], capture_output=True, text=True
            ).stdout.splitlines():
                if self.runtime in line:  # a kernel, which has a group of its own
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(int(line.split()[0]), signal.SIGKILL)
        self.process.wait()
        self.reader.join(30)
        self.process.stdout.close()


class Lab(unittest.TestCase):
    """Notebooks in JupyterLab, by its menus."""

    @classmethod
    def setUpClass(cls):
        if not shutil.which("git"):
            raise unittest.SkipTest("no git")
        cls.folder = Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        cls.server = cls.enterClassContext(contextlib.closing(Server(cls.folder)))
        cls.notebooks = cls.server.root / "notebooks"
        cls.write("scratch.ipynb", **SCRATCH)
        cls.git("init", "--quiet")
        (cls.server.root / ".git/info/exclude").write_text("scratch.ipynb\n")  # which JupyterLab may save by itself
        cls.git("add", "--all")
        cls.url = cls.server.url()
        cls.chromium = cls.enterClassContext(browser.chromium())
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)

    @classmethod
    def write(cls, name, **cells):
        code = [nbformat.v4.new_code_cell(source, id=key) for key, source in cells.items()]
        java = {"display_name": "Java (jjava)", "language": "java", "name": "java"}
        nbformat.write(nbformat.v4.new_notebook(cells=code, metadata={"kernelspec": java}), cls.notebooks / name)

    @classmethod
    def git(cls, *arguments):
        return subprocess.run(
            ["git", *arguments], cwd=cls.server.root, check=True, capture_output=True, text=True
        ).stdout

    def changed(self):
        """What git status names, but for the files that were added."""
        return [line for line in self.git("status", "--porcelain").splitlines() if line[:2] != "A "]

    def open(self, name):
        """A notebook whose kernel is ready; it ends with the test."""
        context = self.chromium.new_context(viewport={"width": 1280, "height": 900})
        self.addCleanup(context.close)
        context.set_default_timeout(START * 1000)
        self.page = page = context.new_page()
        self.noted = []
        page.on("pageerror", lambda error: self.noted.append(str(error)))
        home = self.url.split("/lab/")[0]
        page.on("request", lambda r: r.url.startswith((home, "data:", "blob:")) or self.noted.append(r.url))
        page.goto(self.url.replace("00-start-here.ipynb?", f"{name}?reset&"))  # without the tabs of the test before
        page.wait_for_function(OPENED)
        page.evaluate("() => jupyterapp.shell.currentWidget.context.ready")
        page.evaluate("() => jupyterapp.shell.currentWidget.sessionContext.ready")
        self.addCleanup(page.evaluate, "() => jupyterapp.serviceManager.sessions.shutdownAll()")
        return page

    def choose(self, menu, item):
        self.page.locator(".lm-MenuBar-itemLabel").get_by_text(menu, exact=True).click()
        self.page.locator(".lm-Menu-itemLabel").get_by_text(item, exact=True).click()

    def state(self):
        return self.page.evaluate(STATE)

    def wait(self, seconds, reached):
        """Waits for a state of the notebook; returns it."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            state = self.state()
            if reached(state):
                return state
            self.assertEqual(state["dialog"], "")  # as of a kernel that has died
            time.sleep(0.2)
        self.picture("late")
        self.fail(f"within {seconds} s: expected another state than {state['kernel']}, cells {state['counts']}")

    def save(self):
        self.choose("File", "Save Notebook")
        self.wait(SHORT, lambda state: not state["dirty"])

    def pictures(self, name):
        """Its top, its first chart and its last output."""
        self.page.locator(".jp-Notebook .jp-Cell").first.scroll_into_view_if_needed()
        self.picture(f"{name}-top")
        for place in ("first", "last"):
            getattr(self.page.locator(".jp-OutputArea-output img"), place).scroll_into_view_if_needed()
            self.picture(f"{name}-{place}-chart")

    def picture(self, name):
        self.page.screenshot(path=SCREENSHOTS / f"lab-{name}.png", timeout=START * 1000)

    def shown(self, key):
        """A cell of the scratch notebook."""
        return self.page.locator(".jp-Notebook .jp-Cell").nth(list(SCRATCH).index(key))

    def execute(self, key):
        """Executes a cell, and does not wait for its end."""
        self.count = self.state()["counts"][key]
        self.shown(key).locator(".cm-content").click()
        self.page.keyboard.press("Control+Enter")

    def ended(self, key, seconds=SHORT):
        """Waits for the end of the cell that was executed last; returns its outputs."""
        return self.wait(seconds, lambda state: state["counts"][key] not in (None, self.count))["outputs"][key]

    def value(self, key):
        self.execute(key)
        (output,) = self.ended(key)
        return output["data"]["text/plain"]

    def interrupt(self, key):
        """By the menu; the cell says so."""
        self.choose("Kernel", "Interrupt Kernel")
        *_, said = self.ended(key)
        self.assertEqual(said["ename"], "EvaluationInterruptedException")

    def scratch(self):
        self.open("scratch.ipynb")
        self.choose("Edit", "Clear Outputs of All Cells")
        for key in ("setup", "variables"):
            self.execute(key)
            self.assertEqual(self.ended(key, START), [])

    def run_and_save(self, name):
        """Everything is shown, nothing fails, and the file is what it was, but for the pictures' bytes."""
        path = self.notebooks / name
        before = path.read_text(encoding="utf-8")
        self.addCleanup(path.write_text, before, encoding="utf-8")
        self.open(name)
        self.choose("Edit", "Clear Outputs of All Cells")
        self.choose("Run", "Run All Cells")
        outputs = self.wait(LONG, lambda state: all(state["counts"].values()) or errors(state["outputs"]))["outputs"]
        self.assertEqual(errors(outputs), [])
        self.page.wait_for_function(DRAWN)
        shown, expected = self.page.evaluate(SHOWN), committed(before)
        self.assertEqual({what: shown[what] for what in expected}, expected)
        self.assertTrue(all(len(alt) > 10 for alt in shown["alternatives"]), shown["alternatives"])
        self.assertGreater(shown["formulas"], 0)
        self.assertEqual(shown["refused"], [])
        self.pictures(name[:2])
        self.save()
        after = path.read_text(encoding="utf-8")
        self.assertEqual(PICTURE.sub("", after), PICTURE.sub("", before))
        self.assertEqual([line for line in self.changed() if not line.endswith(name)], [])
        self.assertEqual(self.noted, [])

    def test_00_runs(self):
        self.run_and_save("00-start-here.ipynb")

    def test_01_runs(self):
        self.run_and_save("01-two-steps-by-hand.ipynb")

    def test_10_runs(self):
        """As far as its trainings, which take longer than all before: run.py --check executes them."""
        path = self.notebooks / "10-gradient-decay-across-T.ipynb"
        notebook = nbformat.read(path, as_version=4)
        trained = [cell.source.startswith("## 8. After training") for cell in notebook.cells].index(True)
        notebook.cells = notebook.cells[:trained]
        self.addCleanup(path.write_text, path.read_text(encoding="utf-8"), encoding="utf-8")
        nbformat.write(notebook, path)
        self.run_and_save(path.name)

    def test_opening_and_saving_changes_no_file(self):
        for name in ("00-start-here.ipynb", "01-two-steps-by-hand.ipynb"):
            self.open(name)
            self.wait(START, lambda state: state["dirty"])  # the kernel has told its version
            self.save()
        self.assertEqual(self.changed(), [])

    def test_a_mistake_is_told_in_a_sentence(self):
        self.scratch()
        self.execute("wrong")
        (said,) = self.ended("wrong")
        self.picture("mistake")
        text = self.shown("wrong").locator(".jp-OutputArea-output").inner_text().splitlines()
        self.assertEqual(text[0], "java.lang.IllegalArgumentException: x at t = 1: expected 2×1, got 1×1")
        self.assertLess(len(text), 10)
        self.assertEqual(said["output_type"], "error")
        self.assertEqual(self.value("sum"), "2")

    def test_an_interrupted_kernel_lives(self):
        self.scratch()
        for key in ("sleeps", "passes", "trains"):
            self.execute(key)
            if key == "trains":
                self.progress()
            else:
                time.sleep(3)
            self.interrupt(key)
            self.picture(key)
            self.assertEqual(self.value("sum"), "2")
        passes, updates = reached = self.value("reached").split()
        self.assertGreater(int(passes), 0)
        self.assertGreater(int(updates), 0)
        time.sleep(2)
        self.assertEqual(self.value("reached").split(), reached, "what was interrupted goes on")

    def progress(self):
        """Waits until the line below the cell has told two updates between the first and the last."""
        seen = set()

        def two(state):
            texts = [output["data"]["text/plain"] for output in state["outputs"]["trains"]]
            found = re.search(r"LSTM \|(█*) *\| (\d+) of at most (\d+) updates", "".join(texts))
            if found and 0 < int(found[2]) < int(found[3]):
                seen.add(found[2])
            return len(seen) > 1

        self.wait(SHORT, two)
        self.assertIn("of at most", self.shown("trains").locator(".jp-OutputArea-output").inner_text())


def errors(outputs):
    """The first line of each error."""
    return [o["traceback"][0] for some in outputs.values() for o in some if o["output_type"] == "error"]


def committed(notebook):
    """How many images, tables and cards the outputs of a notebook hold."""
    cells = nbformat.reads(notebook, as_version=4).cells
    data = [o.get("data", {}) for cell in cells if cell.cell_type == "code" for o in cell.outputs]
    html = "".join(d.get("text/html", "") for d in data)
    return {"images": html.count("<img"), "tables": html.count("<table"), "cards": html.count("border-left: 3px")}


SCRATCH = {
    "setup": "%load setup.jshell",
    "variables": """int passes = 0;
Parameters p = Init.uniform(Rnn.tanh(2, 8), 1, new Random(1));
Training training = new Training(Study.experiment(Tasks.RECALL, Networks.LSTM, 200, 1e-3, 1));""",
    "wrong": "Bptt.forward(p, List.of(column(1)))",
    "sleeps": "while (true) { Thread.sleep(10); }",
    "passes": """while (!Thread.currentThread().isInterrupted()) {
    Trace trace = Bptt.forward(p, Collections.nCopies(10_000, column(1, 1)));
    Bptt.backward(trace, Loss.meanSquared(column(1)));
    passes++;
}""",
    "trains": """training.run(progress("LSTM"))""",
    "sum": "1 + 1",
    "reached": """passes + " " + training.updates()""",
}


if __name__ == "__main__":
    unittest.main()
