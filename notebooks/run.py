"""Executes the notebooks on the kernel named "java", each in a scratch copy of this folder.

    run.py [NB ...]           writes outputs and results back if the notebook succeeded
    run.py --check [NB ...]   compares them with the committed ones instead, and changes nothing
    run.py --check --changed  does so with those whose inputs are not those of an earlier check that went well
    run.py --set SEED=7 NB    gives a notebook other parameters; what it makes goes to results/other/

NB is a number, for example 10, or the beginning of one file name, for example solutions/10. Notebooks run side by
side, as many as there are cores and memory for, and are reported in their order. A failing notebook is reported, the
others still run, and what it had before stays. Several runs at a time do not meet: each works in a folder of its own,
from which only whole files move out. Exit code 0 if all is well, 130 after Ctrl-C, 1 otherwise.
"""

import signal
import sys

if __name__ == "__main__":
    if sys.platform == "win32":
        sys.exit("expected Linux or macOS, got Windows: use WSL")
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C before there is anything to tidy up

import argparse
import asyncio
import atexit
import base64
import contextlib
import difflib
import fcntl
import functools
import hashlib
import io
import json
import locale
import os
import re
import shutil
import subprocess
import tempfile
import time
import zipfile
from pathlib import Path

import ledger
import nbformat
from jupyter_client import AsyncKernelManager
from jupyter_client.kernelspec import NoSuchKernel
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from PIL import Image, ImageChops

HERE = Path(__file__).resolve().parent
SCRATCH = HERE.parent / ".scratch"
KERNEL = {"display_name": "Java (jjava)", "language": "java", "name": "java"}
# What JupyterLab writes when it opens a notebook on the JJava kernel, but for the version of the JDK.
METADATA = {
    "kernelspec": KERNEL,
    "language_info": {
        "codemirror_mode": "java",
        "file_extension": ".jshell",
        "mimetype": "text/x-java-source",
        "name": "Java",
        "pygments_lexer": "java",
    },
}
PICTURE = re.compile(r"(?<=data:image/png;base64,)[A-Za-z0-9+/=]+")  # in the HTML of a figure
CELL_TIMEOUT = 1800  # seconds
START = "00"  # shows the ledger of all the others, so it comes last
LONG = ("10", "11")  # minutes each, so they begin first
KERNEL_MEMORY = 2 << 30  # bytes: a heap of 1 GB, what the JVM has beside it, and room for other programs
GREEN = SCRATCH / "green.json"  # by notebook the fingerprint of what it was checked with and found well
JVM = ("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "JJAVA_JVM_OPTS", "LANG", "LC_ALL", "TZ")
# The kernel's standard input is a pipe from this process. It ends when this process does, however it does, and then the
# whole group of processes around the kernel is killed.
WATCHED = 'exec 3<&0; "$@" </dev/null 3<&- & kernel=$!; { cat <&3 >/dev/null; kill -9 0; } & wait $kernel'


class Failed(Exception):
    """A notebook did not run to its end; the message says where and why."""


class Stopped(BaseException):
    """A signal ended the run."""


class WatchedKernel(AsyncKernelManager):
    def format_kernel_cmd(self, extra_arguments=None):
        return ["sh", "-c", WATCHED, "sh", *super().format_kernel_cmd(extra_arguments)]


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="compare with the committed outputs, change nothing")
    parser.add_argument("--changed", action="store_true", help="with --check: only those whose inputs have changed")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="a parameter of the notebook")
    parser.add_argument("--jobs", type=int, metavar="N", help="how many run side by side")
    parser.add_argument("notebooks", nargs="*", metavar="NB", help="a number or the beginning of a name; default: all")
    args = parser.parse_args(arguments)
    if args.jobs is not None and args.jobs < 1:
        sys.exit(f"--jobs: expected 1 or more, got {args.jobs}")

    chosen = select(args.notebooks)
    parameters = read_parameters(args.set, chosen)
    if not (HERE.parent / "lib/target/bptt.jar").exists():
        sys.exit("the library is not built: run “make jar” in the project's folder")
    run = Run(chosen, args.check, args.changed, parameters, args.jobs or side_by_side())
    try:
        with raising_on_signals(), scratch() as work:
            failures = asyncio.run(run.all(work))
            for problem in [] if failures or parameters else settle_ledger(args.check, work):
                print("ledger: " + problem)
                failures += 1
    except ledger.Damaged as damaged:
        progress("")
        sys.exit(str(damaged))
    except Stopped as stopped:
        progress("")
        names = ", ".join(called(path) for path in run.running())
        what = f"{names} {'were' if ',' in names else 'was'} not finished" if names else "the ledger may be stale"
        print(f"stopped: {what}; files are as they were, or whole", file=sys.stderr)
        return 128 + stopped.args[0]
    print(f"notebooks: {max(0, len(chosen) - failures)} passed, {failures} failed")
    return 1 if failures else 0


def side_by_side():
    """As many as there are cores, and as there is memory for."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return max(1, min(cores, memory // KERNEL_MEMORY))


class Run:
    """Executes notebooks side by side and says how each went, in their order."""

    def __init__(self, chosen, check, changed, parameters, jobs):
        self.chosen = chosen
        self.check, self.changed, self.parameters, self.jobs = check, changed, parameters, jobs
        self.cells = {}  # by notebook that runs: where it is
        self.reports = {}  # by notebook that has ended: its lines, and whether it went well
        self.said = 0
        self.stopped = []

    def running(self):
        """Those that were begun and have not ended."""
        return sorted(self.cells)

    async def all(self, work):
        """Runs them all; returns how many failed."""
        loop = asyncio.get_running_loop()

        def refuse(*_):  # or nbclient would kill the kernel and report a dead one; so it takes this for no main thread
            raise RuntimeError

        loop.add_signal_handler = refuse
        free = asyncio.Semaphore(self.jobs)
        tasks = {}

        def stop(number, frame):
            self.stopped.append(number)
            for task in tasks.values():
                loop.call_soon_threadsafe(task.cancel)

        with raising_on_signals(stop):
            for path in sorted(
                self.chosen, key=lambda p: (called(p).startswith(START), not called(p).startswith(LONG), p)
            ):
                before = list(tasks.values()) if self.shows_ledger(path) else []
                tasks[path] = asyncio.create_task(self.one(path, work, free, before))
            await asyncio.gather(*tasks.values(), return_exceptions=True)
        if self.stopped:
            raise Stopped(self.stopped[0])
        for task in tasks.values():
            task.result()  # an exception that is no Failed
        return sum(not well for _, well in self.reports.values())

    def shows_ledger(self, path):
        """Whether a notebook is to show the ledger that the others make now."""
        return called(path).startswith(START) and not self.check and not self.parameters

    async def one(self, path, work, free, before):
        """Executes a notebook after others and does with it what was asked for."""
        await asyncio.gather(*before, return_exceptions=True)
        async with free:
            if self.shows_ledger(path) and all(well for _, well in self.reports.values()):
                settle_ledger(check=False, work=work)
            fingerprint = inputs(path) if self.check else None
            if self.changed and fingerprint == green().get(called(path)):
                self.report(path, "ok      as before, for nothing has changed", [], True)
                return
            started = time.monotonic()
            self.at(path, "begins")
            if not sys.stdout.isatty():
                print(f"{called(path):<32} begun", flush=True)
            notes = []
            try:
                executed, folder = await execute(path, work, self.at, self.parameters)
                problems = missing(path, executed, folder)
                if self.check:
                    problems += compare(path, executed, folder)
                elif not problems and self.parameters:
                    notes = [write_aside(path, executed, folder, self.parameters)]
                elif not problems:
                    write_back(path, executed, folder)
            except (Failed, ledger.Damaged) as failure:
                problems = [str(failure)]
            except OSError as error:
                problems = [f"expected files that can be read and written, got {error}"]
            if self.stopped:
                return
            if self.check and not problems:
                remember(path, fingerprint)
            del self.cells[path]
            how = f"{'FAILED' if problems else 'ok':<7} {time.monotonic() - started:5.1f} s"
            self.report(path, how, notes + problems, not problems)

    def at(self, path, where, line=""):
        """Notes where a notebook is, and shows on one line what the run waits for."""
        self.cells[path] = where
        if len(self.cells) == 1:
            progress(f"{called(path)}  {where}  {line}")
        else:
            to_begin = len(self.chosen) - len(self.reports) - len(self.cells)
            places = [f"{re.sub('-.*', '', called(other))} ({place})" for other, place in sorted(self.cells.items())]
            progress(f"waiting for {' and '.join(places)}" + (f", {to_begin} more to begin" if to_begin else ""))

    def report(self, path, how, notes, well):
        """Says how notebooks went, as far as all before them have ended."""
        lines = [f"{called(path):<32} {how}"] + ["  " + note.replace("\n", "\n  ") for note in notes]
        self.reports[path] = lines, well
        progress("")
        while self.said < len(self.chosen) and self.chosen[self.said] in self.reports:
            print("\n".join(self.reports[self.chosen[self.said]][0]), flush=True)
            self.said += 1


def inputs(path):
    """A fingerprint of what a check of a notebook depends on: code, outputs, results it reads, the library, the JVM."""
    notebook = ledger.read(path)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    code = "\n".join(cell.source for cell in cells)
    seen = hashlib.sha256(json.dumps([[cell.source, cell.outputs] for cell in cells], sort_keys=True).encode())
    for result in sorted((HERE / "results").rglob("*")):
        inner = result.relative_to(HERE / "results")
        own = inner.name.startswith(path.name[:3]) and result.suffix in (".csv", ".json")
        named = inner.name in code or f"results/{inner.parts[0]}" in code
        if result.is_file() and (own or named):
            seen.update(f"{inner}\n".encode() + result.read_bytes())
    for file in (path.parent / "setup.jshell", HERE / "words.jshell", HERE / "requirements.txt", Path(__file__)):
        seen.update(file.read_bytes())
    jars = sorted(jar.name for jar in (HERE.parent / "lib/target/jars").glob("*"))
    with zipfile.ZipFile(HERE.parent / "lib/target/bptt.jar") as jar:  # whose dates change with every build
        classes = sorted((entry.filename, entry.CRC) for entry in jar.infolist())
    seen.update(repr((jars, classes, java_version(), [os.environ.get(name) for name in JVM])).encode())
    return seen.hexdigest()


@functools.cache
def java_version():
    try:
        return subprocess.run(["java", "-version"], capture_output=True, text=True).stderr
    except OSError:
        return "none"


def green():
    try:
        return json.loads(GREEN.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def remember(path, fingerprint):
    """Notes that a check went well."""
    with entrance():
        new = GREEN.with_suffix(".new")
        new.write_text(json.dumps(green() | {called(path): fingerprint}, indent=1), encoding="utf-8")
        os.replace(new, GREEN)


@contextlib.contextmanager
def raising_on_signals(handler=None):
    """Ctrl-C and its kind raise Stopped here, or do what the handler does."""

    def stop(number, frame):
        raise Stopped(number)

    chosen = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, handler or stop) for number in chosen}
    try:
        yield
    finally:
        for number, old in before.items():
            signal.signal(number, old)


@contextlib.contextmanager
def entrance():
    """One run at a time looks around below .scratch, moves in or leaves a note."""
    with open(SCRATCH / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextlib.contextmanager
def scratch():
    """A folder below .scratch that is this run's alone; it goes at the end, and so do those that killed runs left."""
    try:
        SCRATCH.mkdir(exist_ok=True)
        with entrance():
            for other in SCRATCH.iterdir():
                if other.is_dir() and abandoned(other):
                    shutil.rmtree(other, ignore_errors=True)
            own = Path(tempfile.mkdtemp(prefix="run-", dir=SCRATCH))
            alive = open(own / "alive", "w")  # noqa: SIM115, the lock lasts as long as it is open
            fcntl.flock(alive, fcntl.LOCK_EX)
    except OSError as error:
        sys.exit(f"expected a folder that can be written in, got {SCRATCH.parent}: {error.strerror}")
    try:
        yield own
    finally:
        shutil.rmtree(own, ignore_errors=True)
        alive.close()


def abandoned(folder):
    """Whether no run holds the lock in it: the system lets go of a lock when its process ends."""
    try:
        with open(folder / "alive", "r+") as alive:
            fcntl.flock(alive, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return True


def settle_ledger(check, work):
    """Writes the ledger, or compares it; problems are ids without a claim and, when comparing, a stale ledger."""
    rows = ledger.collect(sorted(HERE.glob("[0-9][0-9]-*.ipynb")))
    found = ledger.problems(rows)
    for name, text in (("ledger.csv", ledger.as_csv(rows)), ("ledger.md", ledger.as_markdown(rows))):
        path = HERE / "results" / name
        old = path.read_text(encoding="utf-8") if path.exists() else ""
        if check:
            found += compare_text(f"results/{name}", old, text)
        elif old != text:
            replace(path, text.encode("utf-8"), work)
    return found


def called(path):
    """How a notebook is called: the solutions of a notebook have its name, in a folder of their own."""
    return path.relative_to(HERE).as_posix()


def select(wanted):
    """The notebooks of these numbers or names, each once; all of them if none is wanted."""
    notebooks = sorted(HERE.glob("[0-9][0-9]-*.ipynb")) + sorted(HERE.glob("solutions/[0-9][0-9]-*.ipynb"))
    chosen = set() if wanted else set(notebooks)
    for text in wanted:
        if re.fullmatch("[0-9]+", text):
            found = [p for p in notebooks if p.parent == HERE and int(p.name[:2]) == int(text)]
        else:
            found = [p for p in notebooks if called(p).startswith(text)]
        if len(found) != 1:
            names = ", ".join(called(p) for p in found or notebooks)
            sys.exit(f"expected the number or the beginning of the name of one notebook of {names}, got {text}")
        chosen.update(found)
    return sorted(chosen, key=lambda p: (called(p).startswith(START), p.parent != HERE, p))


def read_parameters(settings, chosen):
    """NAME=VALUE texts as a dictionary; each notebook chosen has to read each name, and can do so."""
    parameters = {}
    for setting in settings:
        key, equals, value = setting.partition("=")
        if not equals or not value:
            sys.exit(f"--set: expected NAME=VALUE, got {setting}")
        parameters[key] = value
        for path in chosen:
            code = path.read_text(encoding="utf-8")
            read = re.search(rf'(?:(\w+)\()?System.getenv\(\).getOrDefault\(\\"{re.escape(key)}\\"', code)
            if not read:
                sys.exit(f"{path.name} has no parameter {key}: choose a notebook that has, for example NB=11")
            bits = {"parseInt": 31, "parseLong": 63}.get(read[1])
            if bits and not (re.fullmatch("[+-]?[0-9]+", value) and -(2**bits) <= int(value) < 2**bits):
                sys.exit(f"{key}: expected a whole number of {bits + 1} bits, got {value}")
    return parameters


async def execute(path, work, at, parameters=None):
    """Runs a notebook in its own copy of this folder and returns it with that copy; tells `at` where it is."""
    folder = work / called(path).replace("/", "-").removesuffix(".ipynb") / HERE.name
    inside = folder / path.parent.relative_to(HERE)
    inside.mkdir(parents=True)
    # Without what this notebook makes: an old file must not pass for a new one.
    made = shutil.ignore_patterns("*.svg", "*.pdf", "*.png", "bench", "other", "checkpoints", f"{path.name[:2]}-*")
    shutil.copytree(HERE / "results", folder / "results", ignore=made, copy_function=copy_as_old)
    shutil.copy(HERE / "words.jshell", folder)
    shutil.copy(path.parent / "setup.jshell", inside)
    (folder.parent / "lib").symlink_to(HERE.parent / "lib")

    notebook = ledger.read(path)
    total = sum(cell.cell_type == "code" for cell in notebook.cells)
    begun = 0

    def show_cell(cell, cell_index):
        nonlocal begun
        if cell.cell_type == "code":
            begun += 1
            first_line = cell.source.strip().split("\n")[0]
            at(path, f"cell {begun} of {total}", first_line)

    notebook.metadata.kernelspec = KERNEL
    environment = {k: v for k, v in os.environ.items() if k not in ("SEED", "SEEDS", "T", "H")} | (parameters or {})
    if locale.nl_langinfo(locale.CODESET) != "UTF-8":  # a JVM of such a locale cannot open a file whose name has an é
        environment["LC_ALL"] = "C.UTF-8"
    log = folder / "kernel.log"
    try:
        try:
            await on_kernel(notebook, inside, log, environment, show_cell)
        except RuntimeError:
            if begun:
                raise
            # Jupyter chooses free ports some time before the kernel takes them, and another's may have been faster.
            await on_kernel(notebook, inside, log, environment, show_cell)
    except NoSuchKernel:
        raise Failed('no Jupyter kernel is named "java": make env installs one') from None
    except CellExecutionError as error:
        raise Failed(describe(notebook, error)) from None
    except TimeoutError:
        raise Failed(f"cell {begun} of {total}: expected an end within {CELL_TIMEOUT} s, got none") from None
    except RuntimeError:  # which a dead kernel is, whether it lived before or not
        where = f"the kernel died in cell {begun} of {total}" if begun else "the kernel did not start"
        raise Failed("\n".join([where, *last_words(log)])) from None
    require_reproducible(notebook)
    return clean(notebook), folder


def copy_as_old(source, target):
    """Copies a result, so that made() can tell it from those of a notebook."""
    shutil.copyfile(source, target)
    os.utime(target, (0, 0))


def made(folder):
    """The results that a notebook wrote in its folder, not those that it was given."""
    found = (p for p in sorted((folder / "results").rglob("*")) if p.is_file())
    return [path for path in found if path.stat().st_mtime > 0]


async def on_kernel(notebook, folder, log, environment, show_cell):
    """Executes the cells on a kernel of their own."""
    client = NotebookClient(
        notebook,
        timeout=CELL_TIMEOUT,
        kernel_name=KERNEL["name"],
        kernel_manager_class=WatchedKernel,
        resources={"metadata": {"path": str(folder)}},
        coalesce_streams=True,
        record_timing=False,
        shutdown_kernel="immediate",
        on_cell_start=show_cell,
    )
    watched, watch = os.pipe()
    try:
        with log.open("w") as said:
            await client.async_execute(stdin=watched, stdout=said, stderr=said, env=environment)
    finally:
        atexit.unregister(client._cleanup_kernel)  # nbclient leaves it there when a kernel does not start
        os.close(watch)
        os.close(watched)


def require_reproducible(notebook):
    """Refuses the commonest output that no two runs share: the hash of an object without a text of its own."""
    for number, cell in enumerate((c for c in notebook.cells if c.cell_type == "code"), 1):
        for output in cell.outputs:
            for data in contents(output).values():
                found = re.search(r"[\w.$]+@[0-9a-f]{5,8}\b", PICTURE.sub("", data))
                if found:
                    raise Failed(f"cell {number}: its output {found[0]} is another on every run; print something else")


def progress(line):
    """Shows what is happening on one line, rewritten in place; only on a terminal."""
    if sys.stdout.isatty():
        width = shutil.get_terminal_size().columns - 1
        print("\r" + line[:width].ljust(width) + ("" if line else "\r"), end="", flush=True)


def describe(notebook, error):
    """The failing cell, its source and what Java said; nbclient's own message holds only kernel internals."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for number, cell in enumerate(code, 1):
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                source = "\n".join("    " + line for line in cell.source.split("\n"))
                said = re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(output.traceback)) or f"{output.ename}: {output.evalue}"
                return f"cell {number} of {len(code)}:\n{source}\n{said}"
    return str(error)


def last_words(log):
    """What a dead kernel wrote, without its diary."""
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    diary = ("[I ", "Picked up ", "WARNING: Using incubator modules")
    return [line for line in lines if line.strip() and not line.startswith(diary)][-5:]


def clean(notebook):
    """Drops what changes from run to run or from machine to machine."""
    notebook.metadata = nbformat.from_dict(METADATA)
    tidy(notebook.cells)
    return notebook


def tidy(cells):
    """Drops from the cells what nobody sees."""
    for cell in cells:
        cell.metadata.pop("execution", None)
        if cell.cell_type == "code":
            cell.outputs = [output for output in cell.outputs if not is_empty(output)]
            for output in cell.outputs:
                output.pop("transient", None)


def is_empty(output):
    """Whether nothing is shown of it, as of a claim whose card is there already."""
    return output.output_type == "execute_result" and not any(contents(output).values())


def missing(path, executed, folder):
    """The results that were to be made and were not: those of the last run, and the figures that the cells name."""
    kinds = ("csv", "json") if path.parent == HERE else ()  # solutions make none
    own = {p.name for kind in kinds for p in (HERE / "results").glob(f"{path.name[:2]}-*.{kind}")}
    code = "\n".join(cell.source for cell in executed.cells if cell.cell_type == "code")
    figures = {f"{name}.{kind}" for name in re.findall(r'\.figure\("([^"]+)"', code) for kind in ("svg", "png")}
    return [
        f"results/{name}: expected from this run, got none"
        + ("; delete the old one if the notebook no longer makes it" if name in own else "")
        for name in sorted(own | figures)
        if not (folder / "results" / name).is_file()
    ]


def before_saving(model, **_):
    """For JupyterLab: a notebook opened on another JDK or kernel, run and saved is written as run.py writes it."""
    if model["type"] == "notebook" and model["content"]["metadata"].get("kernelspec", {}).get("name") == KERNEL["name"]:
        model["content"] = nbformat.from_dict(model["content"])
        model["content"].metadata.update(nbformat.from_dict(METADATA))
        tidy(model["content"].cells)


def write_back(path, executed, folder):
    text = nbformat.writes(executed) + "\n"
    if path.read_text(encoding="utf-8") != text:
        replace(path, text.encode("utf-8"), folder)
    for result in made(folder):
        target = HERE / "results" / result.relative_to(folder / "results")
        if not target.exists() or target.read_bytes() != result.read_bytes():
            target.parent.mkdir(parents=True, exist_ok=True)
            replace(target, result.read_bytes(), folder)


def write_aside(path, executed, folder, parameters):
    """The notebook and the results that differ from the committed ones, in a folder named after the parameters."""
    aside = HERE / "results/other" / "-".join([path.stem[:2], *(name + value for name, value in parameters.items())])
    aside.mkdir(parents=True, exist_ok=True)
    replace(aside / path.name, (nbformat.writes(executed) + "\n").encode("utf-8"), folder)
    for result in made(folder):
        committed = HERE / "results" / result.name
        if not committed.exists() or committed.read_bytes() != result.read_bytes():
            replace(aside / result.name, result.read_bytes(), folder)
    return f"written to {aside.relative_to(HERE.parent)}"


def replace(path, content, work):
    """Writes in this run's folder, then moves: an interrupted run leaves the old file whole and nothing beside it."""
    new = work / (path.name + ".new")
    new.write_bytes(content)
    os.replace(new, path)


def compare(path, executed, folder):
    """All differences between a fresh run and what is committed, as readable texts."""
    committed = ledger.read(path)
    problems = []
    number = 0
    for old, new in zip(committed.cells, executed.cells, strict=False):
        if new.cell_type == "code":
            number += 1
            problems += compare_outputs(f"cell {number}", old.get("outputs", []), new.outputs)
    for result in (p for p in made(folder) if p.suffix in (".csv", ".json")):
        name = result.relative_to(folder)
        target = HERE / name
        old = target.read_text(encoding="utf-8") if target.exists() else ""
        problems += compare_text(str(name), old, result.read_text(encoding="utf-8"))
    return problems


def compare_outputs(where, old, new):
    problems = []
    if len(old) != len(new):
        problems.append(f"{where}: {len(old)} outputs committed, {len(new)} from this run")
    for old_output, new_output in zip(old, new, strict=False):
        old_data, new_data = contents(old_output), contents(new_output)
        for kind in sorted(old_data.keys() | new_data.keys()):
            what = f"{where}, {kind}"
            (old_text, old_pictures), (new_text, new_pictures) = apart(old_data, kind), apart(new_data, kind)
            problems += compare_text(what, old_text, new_text)
            for old_picture, new_picture in zip(old_pictures, new_pictures, strict=False):
                problems += compare_pictures(what, old_picture, new_picture)
    return problems


def apart(data, kind):
    """The text of one media type, and the pictures in it: two files of the same pixels may differ."""
    text = data.get(kind, "")
    return PICTURE.sub("", text), PICTURE.findall(text)


def contents(output):
    """What an output shows, by media type."""
    if output.output_type == "stream":
        return {output.name: output.text}
    if output.output_type == "error":
        return {"error": output.evalue}
    return {kind: data if isinstance(data, str) else "".join(data) for kind, data in output.data.items()}


def compare_text(what, old, new):
    if old == new:
        return []
    lines = difflib.unified_diff(old.splitlines(), new.splitlines(), "committed", "this run", lineterm="", n=0)
    shown = list(lines)[:20]
    return [what + " differs:\n" + "\n".join(shown)]


def compare_pictures(what, old, new):
    a, b = (Image.open(io.BytesIO(base64.b64decode(data))).convert("RGB") for data in (old, new))
    if a.size != b.size:
        return [f"{what} differs: {a.size[0]}×{a.size[1]} pixels committed, {b.size[0]}×{b.size[1]} from this run"]
    box = ImageChops.difference(a, b).getbbox()
    return [f"{what} differs in the pixels within {box} (left, top, right, bottom)"] if box else []


if __name__ == "__main__":
    sys.exit(main())
