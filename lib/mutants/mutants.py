"""Breaks the library's classes, one instruction at a time (PIT), and says which of these mutants no test notices.

    mutants.py                      the classes changed since the last commit but one, HEAD~
    mutants.py --base REV           the classes changed since REV
    mutants.py --classes GLOB ...   these, for example 'bptt.train.*'
    mutants.py --all                all of them (between one hour and two, on two cores)
    mutants.py --store              keeps the scores as the new floors

equivalent.tsv lists the mutants that no test can notice, each with the reason; they do not count. A line is its class,
method, mutator, line of source, PIT's description, how many of that description survive on that line, the reason:
line numbers would not survive an edit. scores.tsv holds each class's floor. Exit code 1 if a class falls below it.

Not counted are the wrong forms that an exercise knows by name, and the methods that only these call, for another wrong
form is as wrong. Not broken is VectorTile, whose classes are made of its file, whatever PIT has made of itself:
ProductTest compares each of them.
"""

import argparse
import fnmatch
import re
import subprocess
import sys
from collections import Counter, defaultdict
from functools import cache
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

HERE = Path(__file__).resolve().parent
LIB = HERE.parent
SOURCES = ("src/main/java", "src/main/vector")
NEW_CLASS = 0.97  # the floor of a class that has none yet
TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|.', re.DOTALL)  # of Java: a string, or a character
METHOD = re.compile(
    r"^( +)private (?!record|class|enum|interface)[^;=\n]*?(\w+)\([^{;]*\{.*?^\1\}$", re.DOTALL | re.MULTILINE
)
RESULT = re.compile(r"PIT >> FINE : MutationIdentifier .*\bclazz=([\w.$]+),.*\] ([A-Z_]+)(?: by |$)")
UNBROKEN = {"bptt.math.VectorTile"}


class Kind(NamedTuple):
    """What tells mutants apart, but for those of one kind on one line."""

    owner: str
    method: str
    mutator: str
    line: str
    description: str


class Mutant(NamedTuple):
    kind: Kind
    number: int
    killed: bool

    @property
    def top(self):
        return self.kind.owner.split("$")[0]


class Class(NamedTuple):
    """The mutants of a file's class and the classes within it."""

    name: str
    total: int
    killed: int
    equivalent: int
    survivors: list

    @property
    def score(self):
        counted = self.total - self.equivalent
        return 1 if counted == 0 else self.killed / counted


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--all", action="store_true", help="all classes")
    which.add_argument("--classes", nargs="+", metavar="GLOB", help="the classes of these names")
    which.add_argument("--base", default="HEAD~", metavar="REV", help="the classes changed since; default: HEAD~")
    parser.add_argument("--store", action="store_true", help="keep the scores as the new floors")
    parser.add_argument("--report", nargs="+", metavar="XML", type=Path, help="read these, run nothing")
    args = parser.parse_args(arguments)

    if args.report:
        mutants = [mutant for report in args.report for mutant in read_report(report, source_line)]
    else:
        classes = chosen(args)
        if not classes:
            print(f"mutants: no class of the library changed since {args.base} (ALL=1, BASE=…, CLASSES=…)")
            return 0
        mutants = run(classes)
    found, stale = judge(mutants, read_equivalent((HERE / "equivalent.tsv").read_text(encoding="utf-8")))
    floors = read_floors((HERE / "scores.tsv").read_text(encoding="utf-8"))
    problems = show(found, stale, floors)
    if args.store and not stale:
        floors.update({c.name: c.score for c in found})
        names = {c.name for c in found} if args.all else floors.keys()
        (HERE / "scores.tsv").write_text(as_text(floors, names), encoding="utf-8")
        return 0
    return 1 if problems else 0


def chosen(args):
    """The names of the classes to break."""
    names = {
        ".".join(path.relative_to(LIB / folder).with_suffix("").parts): path
        for folder in SOURCES
        for path in sorted((LIB / folder).rglob("*.java"))
        if path.name != "package-info.java"
    }
    names = {name: path for name, path in names.items() if name not in UNBROKEN}
    if args.all:
        return list(names)
    if args.classes:
        wanted = [name for name in names if any(fnmatch.fnmatchcase(name, glob) for glob in args.classes)]
        if not wanted:
            sys.exit(f"CLASSES: no class is named {' or '.join(args.classes)}: expected for example 'bptt.train.*'")
        return wanted
    git = subprocess.run(
        ["git", "diff", "--name-only", "--relative", args.base, "--", *SOURCES], cwd=LIB, capture_output=True, text=True
    )
    if git.returncode:
        sys.exit(f"BASE: {git.stderr.strip()}")
    changed = {LIB / line for line in git.stdout.splitlines()}
    print(f"mutants of what changed since {args.base}")
    return [name for name, path in names.items() if path in changed]


def run(classes):
    """PIT on these classes and the classes within them; their mutants."""
    log, folder = LIB / "target/mutants.log", LIB / "target/pit-reports"
    log.parent.mkdir(exist_ok=True)
    targets = ",".join(f"{name},{name}$*" for name in classes)
    print(f"breaking {len(classes)} classes; what PIT says is in {log.relative_to(LIB.parent)}", flush=True)
    command = ["mvn", "-f", LIB / "pom.xml", "-B", "-ntp", "-Pmutants", f"-DtargetClasses={targets}", "-Dverbose=true"]
    command += ["test-compile", "org.pitest:pitest-maven:mutationCoverage"]
    with (
        log.open("w", encoding="utf-8") as out,
        subprocess.Popen(
            command,
            cwd=LIB.parent,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
        ) as pit,
    ):
        follow(pit.stdout, out)
    if pit.returncode:
        errors = [line for line in log.read_text(encoding="utf-8").splitlines() if "ERROR" in line]
        sys.exit("PIT failed:\n" + "\n".join(errors[:10]))
    return read_report(folder / "mutations.xml", source_line)


def follow(lines, log):
    """Keeps what PIT says, but for its steps, and prints at every hundredth mutant how far it is."""
    broken = survived = 0
    for line in lines:
        if " FINE : " not in line:
            log.write(line)
        elif not line.startswith("stderr") and (result := RESULT.search(line)):
            broken += 1
            survived += result[2] in ("SURVIVED", "NO_COVERAGE")
            if broken % 100 == 0:
                print(f"{broken} mutants, {survived} of them not noticed, now {result[1]}", flush=True)


def source_line(owner, file, number):
    """A line of source, None within a wrong form."""
    package = owner.rpartition(".")[0].replace(".", "/")
    for folder in SOURCES:
        path = LIB / folder / package / file
        if path.exists():
            text = path.read_text(encoding="utf-8")
            return None if number in wrong_forms(text) else text.splitlines()[number - 1].strip()
    return ""


@cache
def wrong_forms(text):
    """The lines of the calls of .wrong(…), and of the methods that nothing else calls."""
    lines = set()
    for call in re.finditer(r"\.wrong\(", text):
        depth, end = 1, call.end()
        while depth:
            token = TOKEN.match(text, end)
            depth += {"(": 1, ")": -1}.get(token[0], 0)
            end = token.end()
        lines.update(range(text.count("\n", 0, call.start()) + 1, text.count("\n", 0, end) + 2))
    methods, before = defaultdict(set), None
    for method in METHOD.finditer(text):
        first = text.count("\n", 0, method.start()) + 1
        methods[method[2]].update(range(first, first + method[0].count("\n") + 1))
    while before != lines:
        before = set(lines)
        for name, own in methods.items():
            calls = re.finditer(rf"\b{name}\(|::{name}\b", text)
            by = {text.count("\n", 0, call.start()) + 1 for call in calls} - own
            if by and by <= lines:
                lines |= own
    return frozenset(lines)


def read_report(path, line_of):
    """The mutants of PIT's XML, but for those whose line of source is None."""
    found = []
    for entry in ElementTree.parse(path).iterfind("mutation"):
        owner, number = entry.findtext("mutatedClass"), int(entry.findtext("lineNumber"))
        line = line_of(owner, entry.findtext("sourceFile"), number)
        if line is None:
            continue
        kind = Kind(
            owner,
            re.sub(r"lambda\$(.+)\$\d+", r"\1", entry.findtext("mutatedMethod")),  # its number is no name
            entry.findtext("mutator").rpartition(".")[2].removesuffix("Mutator"),
            line,
            entry.findtext("description"),
        )
        found.append(Mutant(kind, number, entry.get("detected") == "true"))
    return found


def read_equivalent(text):
    """Kind to number of survivors, of a table whose last column is a reason."""
    allowed = {}
    for row in rows(text):
        *kind, count, reason = row
        if len(kind) != len(Kind._fields) or not reason.strip():
            sys.exit(f"equivalent.tsv: expected 7 columns, the last a reason, got {row}")
        allowed[Kind(*kind)] = int(count)
    return allowed


def read_floors(text):
    return {name: float(score) for name, score in rows(text)}


def rows(text):
    return [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]


def judge(mutants, allowed):
    """The classes with what survived, and the entries of the list that fit no mutant of these classes."""
    alive = Counter(m.kind for m in mutants if not m.killed)
    spare = {kind: min(count, alive[kind]) for kind, count in allowed.items()}
    by_class = defaultdict(list)
    for mutant in sorted(mutants, key=lambda m: (m.top, m.number)):
        by_class[mutant.top].append(mutant)
    found = []
    for name, members in by_class.items():
        survivors, equivalent = [], 0
        for mutant in members:
            if mutant.killed:
                continue
            if spare.get(mutant.kind, 0):
                spare[mutant.kind] -= 1
                equivalent += 1
            else:
                survivors.append(mutant)
        killed = sum(m.killed for m in members)
        found.append(Class(name, len(members), killed, equivalent, survivors))
    known = {m.kind for m in mutants}
    stale = [kind for kind in allowed if kind.owner.split("$")[0] in by_class and kind not in known]
    return found, stale


def show(found, stale, floors):
    """Prints the classes, then what survived; the number of problems."""
    problems = 0
    for c in found:
        floor = floors.get(c.name, NEW_CLASS)
        below = c.score < floor - 5e-5
        problems += below
        verdict = f"  FAILED: below its {floor:.2%}" if below else ""
        print(f"{c.name:<32} {c.killed:4} of {c.total - c.equivalent:4} {c.score:8.2%}{verdict}")
    for c in found:
        for m in c.survivors:
            print(f"  {c.name.rpartition('.')[2]}.java:{m.number} {m.kind.method}: {m.kind.description}")
            print(f"      {m.kind.line}")
    for kind in stale:
        problems += 1
        print(f"equivalent.tsv: no such mutant any more: {' · '.join(kind)}")
    killed, counted = sum(c.killed for c in found), sum(c.total - c.equivalent for c in found)
    print(f"mutants: {killed} of {counted} noticed, {sum(c.equivalent for c in found)} equivalent")
    return problems


def as_text(floors, names):
    head = "# class, share of its mutants that the tests notice: make mutants STORE=1 writes it\n"
    return head + "".join(f"{name}\t{floors[name]:.4f}\n" for name in sorted(names))


if __name__ == "__main__":
    sys.exit(main())
