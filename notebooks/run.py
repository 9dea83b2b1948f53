"""Executes the notebooks on the kernel named "java", each in a scratch copy of this folder.

    run.py [NB ...]           writes outputs and results back if the notebook succeeded
    run.py --check [NB ...]   compares them with the committed ones instead, and changes nothing
    run.py --set SEED=7 NB    gives a notebook other parameters; what it makes goes to results/other/

NB is the beginning of a file name, for example 10. A failing notebook is reported, the others still run, and what it
had before stays. Exit code 0 if all is well, 1 otherwise.
"""

import argparse
import base64
import difflib
import io
import os
import re
import shutil
import sys
import time
from pathlib import Path

import ledger
import nbformat
from jupyter_client.kernelspec import NoSuchKernel
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError
from PIL import Image, ImageChops

HERE = Path(__file__).resolve().parent
SCRATCH = HERE.parent / ".scratch"
KERNEL = {"display_name": "Java", "language": "java", "name": "java"}
CELL_TIMEOUT = 1800  # seconds
START = "00"  # shows the ledger of all the others, so it comes last


class Failed(Exception):
    """A notebook did not run to its end; the message says where and why."""


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="compare with the committed outputs, change nothing")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="a parameter of the notebook")
    parser.add_argument("notebooks", nargs="*", metavar="NB", help="beginning of a file name; default: all")
    args = parser.parse_args(arguments)

    chosen = select(args.notebooks)
    parameters = read_parameters(args.set, chosen)
    failures = 0
    for path in chosen:
        if path.name.startswith(START) and not failures and not args.check and not parameters:
            settle_ledger(check=False)
        started = time.monotonic()
        try:
            executed, folder = execute(path, parameters)
            if parameters:
                problems = write_aside(path, executed, folder, parameters)
            else:
                problems = compare(path, executed, folder) if args.check else write_back(path, executed, folder)
        except Failed as failure:
            problems = [str(failure)]
        progress("")
        verdict = "FAILED" if problems else "ok"
        print(f"{path.name:<32} {verdict:<7} {time.monotonic() - started:5.1f} s", flush=True)
        for problem in problems:
            print("  " + problem.replace("\n", "\n  "), flush=True)
        failures += bool(problems)
    shutil.rmtree(SCRATCH, ignore_errors=True)
    for problem in [] if failures or parameters else settle_ledger(args.check):
        print("ledger: " + problem)
        failures += 1
    print(f"notebooks: {max(0, len(chosen) - failures)} passed, {failures} failed")
    return 1 if failures else 0


def settle_ledger(check):
    """Writes the ledger, or compares it; problems are ids without a claim and, when comparing, a stale ledger."""
    rows = ledger.collect(sorted(HERE.glob("[0-9][0-9]-*.ipynb")))
    found = ledger.problems(rows)
    for name, text in (("ledger.csv", ledger.as_csv(rows)), ("ledger.md", ledger.as_markdown(rows))):
        path = HERE / "results" / name
        old = path.read_text(encoding="utf-8") if path.exists() else ""
        if check:
            found += compare_text(f"results/{name}", old, text)
        elif old != text:
            replace(path, text.encode("utf-8"))
    return found


def select(prefixes):
    notebooks = sorted(HERE.glob("[0-9][0-9]-*.ipynb"))
    chosen = [p for p in notebooks if not prefixes or any(p.name.startswith(prefix) for prefix in prefixes)]
    if not chosen:
        names = ", ".join(p.name for p in notebooks)
        sys.exit(f"no notebook begins with {' or '.join(prefixes)}: expected one of {names}")
    return sorted(chosen, key=lambda p: p.name.startswith(START))


def read_parameters(settings, chosen):
    """NAME=VALUE texts as a dictionary; each notebook chosen has to read each name."""
    parameters = {}
    for setting in settings:
        name, equals, value = setting.partition("=")
        if not equals or not value:
            sys.exit(f"--set: expected NAME=VALUE, got {setting}")
        parameters[name] = value
        for path in chosen:
            if f'getOrDefault(\\"{name}\\"' not in path.read_text(encoding="utf-8"):
                sys.exit(f"{path.name} has no parameter {name}: choose a notebook that has, for example NB=11")
    return parameters


def execute(path, parameters=None):
    """Runs a notebook in its own copy of this folder and returns it with that copy."""
    folder = SCRATCH / path.stem / HERE.name
    shutil.rmtree(folder.parent, ignore_errors=True)
    folder.mkdir(parents=True)
    made = shutil.ignore_patterns("*.svg", "*.png", "bench", "other", "checkpoints")
    shutil.copytree(HERE / "results", folder / "results", ignore=made)
    shutil.copy(HERE / "setup.jshell", folder)
    (folder.parent / "lib").symlink_to(HERE.parent / "lib")

    notebook = nbformat.read(path, as_version=4)
    total = sum(cell.cell_type == "code" for cell in notebook.cells)
    code = (n for n in range(1, total + 1))

    def show_cell(cell, cell_index):
        if cell.cell_type == "code":
            first_line = cell.source.strip().split("\n")[0]
            progress(f"{path.name}  cell {next(code)} of {total}  {first_line}")

    notebook.metadata.kernelspec = KERNEL
    client = NotebookClient(
        notebook,
        timeout=CELL_TIMEOUT,
        kernel_name=KERNEL["name"],
        resources={"metadata": {"path": str(folder)}},
        coalesce_streams=True,
        record_timing=False,
        shutdown_kernel="immediate",
        on_cell_start=show_cell,
    )
    environment = {k: v for k, v in os.environ.items() if k not in ("SEED", "T")} | (parameters or {})
    log = folder / "kernel.log"
    try:
        with log.open("w") as stderr:
            client.execute(stderr=stderr, env=environment)
    except NoSuchKernel:
        raise Failed('no Jupyter kernel is named "java": make env installs one') from None
    except (CellExecutionError, DeadKernelError, RuntimeError, TimeoutError) as error:
        raise Failed(describe(notebook, error, log.read_text())) from None
    require_reproducible(notebook)
    return clean(notebook), folder


def require_reproducible(notebook):
    """Refuses the commonest output that no two runs share: the hash of an object without a text of its own."""
    for number, cell in enumerate((c for c in notebook.cells if c.cell_type == "code"), 1):
        for output in cell.outputs:
            for kind, data in contents(output).items():
                found = not kind.startswith("image/") and re.search(r"[\w.$]+@[0-9a-f]{5,8}\b", data)
                if found:
                    raise Failed(f"cell {number}: its output {found[0]} is another on every run; print something else")


def progress(line):
    """Shows what is happening on one line, rewritten in place; only on a terminal."""
    if sys.stdout.isatty():
        width = shutil.get_terminal_size().columns - 1
        print("\r" + line[:width].ljust(width) + ("" if line else "\r"), end="", flush=True)


def describe(notebook, error, log):
    """The failing cell, its source and what Java said; nbclient's own message holds only kernel internals."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for number, cell in enumerate(code, 1):
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                source = "\n".join("    " + line for line in cell.source.split("\n"))
                said = re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(output.traceback)) or f"{output.ename}: {output.evalue}"
                return f"cell {number} of {len(code)}:\n{source}\n{said}"
    return f"{type(error).__name__}: {error}\nThe kernel wrote:\n{log[-2000:]}"


def clean(notebook):
    """Drops what changes from run to run or from machine to machine."""
    notebook.metadata = {
        "kernelspec": KERNEL,
        "language_info": {"file_extension": ".jshell", "mimetype": "text/x-java-source", "name": "java"},
    }
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        for output in cell.get("outputs", []):
            output.pop("transient", None)
    return notebook


def write_back(path, executed, folder):
    text = nbformat.writes(executed) + "\n"
    if path.read_text(encoding="utf-8") != text:
        replace(path, text.encode("utf-8"))
    for result in sorted((folder / "results").rglob("*")):
        if result.is_file():
            target = HERE / "results" / result.relative_to(folder / "results")
            if not target.exists() or target.read_bytes() != result.read_bytes():
                target.parent.mkdir(parents=True, exist_ok=True)
                replace(target, result.read_bytes())
    return []


def write_aside(path, executed, folder, parameters):
    """The notebook and the results that differ from the committed ones, in a folder named after the parameters."""
    aside = HERE / "results/other" / "-".join([path.stem[:2], *(name + value for name, value in parameters.items())])
    aside.mkdir(parents=True, exist_ok=True)
    replace(aside / path.name, (nbformat.writes(executed) + "\n").encode("utf-8"))
    for result in sorted((folder / "results").glob("*.*")):
        committed = HERE / "results" / result.name
        if not committed.exists() or committed.read_bytes() != result.read_bytes():
            replace(aside / result.name, result.read_bytes())
    print(f"  written to {aside.relative_to(HERE.parent)}")
    return []


def replace(path, content):
    """Writes beside, then moves, so that an interrupted run leaves the old file whole."""
    beside = path.with_name(path.name + ".new")
    beside.write_bytes(content)
    os.replace(beside, path)


def compare(path, executed, folder):
    """All differences between a fresh run and what is committed, as readable texts."""
    committed = nbformat.read(path, as_version=4)
    problems = []
    number = 0
    for old, new in zip(committed.cells, executed.cells, strict=False):
        if new.cell_type == "code":
            number += 1
            problems += compare_outputs(f"cell {number}", old.get("outputs", []), new.outputs)
    for result in sorted(p for p in (folder / "results").rglob("*") if p.suffix in (".csv", ".json")):
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
            if kind == "image/png" and kind in old_data and kind in new_data:
                problems += compare_pictures(what, old_data[kind], new_data[kind])
            else:
                problems += compare_text(what, old_data.get(kind, ""), new_data.get(kind, ""))
    return problems


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
