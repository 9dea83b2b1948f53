"""make test, with three of the notebooks and no browser, on machines that this one is not: locales, folders, JDKs.

    everywhere.py [WORD ...]    runs the variants whose name has one of the words, or all of them

Each runs in a copy of the project, two at a time, for most of it keeps one core busy. As each ends, one line says which
it was, how it went and how long it took; below it, if it failed, the end of what was said. JAVA25_HOME names a JDK 25,
if there is one. Exit code 0 if all went well, else 1.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = "00 01 08"  # a table, a diagram, charts and threads, in a minute
AT_ONCE = 2  # variants
LIMIT = 1800  # seconds for one variant
NO_FONTS = '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig/>\n'
NOT_COPIED = shutil.ignore_patterns(
    ".git", ".venv", ".scratch", "node_modules", "target", "__pycache__", "other", "checkpoints"
)


@dataclass
class Variant:
    name: str
    environment: dict = field(default_factory=dict)
    variables: tuple = ()
    folder: str = "bptt"
    umask: int = -1


def java(*options):
    return {"JAVA_TOOL_OPTIONS": " ".join(options)}


def variants(jdk25):
    found = [
        Variant("KERNEL=plain", variables=("KERNEL=plain",)),
        Variant("KERNEL=vector", variables=("KERNEL=vector",)),
        Variant("one processor", java("-XX:ActiveProcessorCount=1")),
        Variant("Turkish", java("-Duser.language=tr", "-Duser.country=TR")),
        Variant("Arabic of Egypt", java("-Duser.language=ar", "-Duser.country=EG")),
        Variant("UTC+14", {"TZ": "Pacific/Kiritimati"}),
        Variant("a folder “ä b”, LC_ALL=C", {"LC_ALL": "C"}, folder="ä b"),
        Variant("umask 077", umask=0o077),
        Variant("no system fonts", {"FONTCONFIG_FILE": "fonts.conf"}),
    ]
    if jdk25:
        found.append(Variant("JDK 25", {"JAVA_HOME": jdk25}, variables=(f"JAVA_HOME={jdk25}",)))
    return found


def main(words):
    chosen = [v for v in variants(os.environ.get("JAVA25_HOME")) if not words or any(w in v.name for w in words)]
    if not chosen:
        names = ", ".join(v.name for v in variants(os.environ.get("JAVA25_HOME")))
        sys.exit(f"expected words of {names}, got {' '.join(words)}")
    failures, running = 0, set()
    pool = ThreadPoolExecutor(AT_ONCE)
    runs = [pool.submit(run, variant, running) for variant in chosen]
    try:
        for ended in as_completed(runs):
            line, said = ended.result()
            print(line, flush=True)
            if said is not None:
                print("".join(f"  {line}\n" for line in said.splitlines()[-40:]), end="", flush=True)
                failures += 1
    finally:  # and so end what runs, too
        pool.shutdown(wait=False, cancel_futures=True)
        while not all(one.done() for one in runs):
            for made in list(running):
                with contextlib.suppress(ProcessLookupError):  # ended by itself
                    os.killpg(made.pid, signal.SIGTERM)
            time.sleep(0.2)
    return 1 if failures else 0


def run(variant, running):
    """Its line, and what it said if it failed."""
    started = time.monotonic()
    said = outcome(variant, running)
    return f"{variant.name:<26} {'ok' if said is None else 'FAILED':<7} {time.monotonic() - started:5.0f} s", said


def outcome(variant, running):
    """What a failing variant said, or None; its process is among those that run as long as it does."""
    with tempfile.TemporaryDirectory(prefix="bptt-") as parent:
        folder = Path(parent) / variant.folder
        shutil.copytree(ROOT, folder, ignore=NOT_COPIED)
        (folder / ".venv").symlink_to(ROOT / ".venv")
        (Path(parent) / "fonts.conf").write_text(NO_FONTS)
        environment = {name: v for name, v in os.environ.items() if not name.startswith("MAKE")} | variant.environment
        if "FONTCONFIG_FILE" in variant.environment:
            environment["FONTCONFIG_FILE"] = str(Path(parent) / "fonts.conf")
        with open(Path(parent) / "log", "w+", errors="replace") as log:
            made = subprocess.Popen(
                ["make", "test", f"NB={NOTEBOOKS}", "CHROMIUM=", "NODE=", *variant.variables],
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                umask=variant.umask,
                start_new_session=True,
            )
            running.add(made)
            try:
                code = made.wait(LIMIT)
            except subprocess.TimeoutExpired:
                os.killpg(made.pid, signal.SIGTERM)
                made.wait()
                code = f"expected an end within {LIMIT} s, got none"
            finally:
                running.discard(made)
            log.seek(0)
            return None if code == 0 else f"{log.read()}\n{code}"


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
