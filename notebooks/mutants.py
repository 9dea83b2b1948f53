"""Breaks one formula after another in a notebook's code and says which claim notices.

    mutants.py [--limit N] [--seed S] [--workers N] NB ...

NB is the beginning of a file name. A mutant changes one place: a sign, a transposition, an index, a factor, a product,
a gate's name, a bound. One that does not compile does not count. The cells run as lib/mutants/Cells.java compiles them,
which prints what the kernel prints (that is checked first) in a fraction of its time. For each mutant:

    noticed            a claim failed, or the code did: by its message
    only the outputs   no claim failed, but what the notebook prints, shows or writes is another
    nothing            not even that

Of the code, only what a claim depends on is broken; not what is only drawn or printed, and not the wrong forms that
claims reject, for another wrong form is as wrong. mutants.tsv lists the mutants that no claim can notice, each with the
reason. Exit code 1 if one is noticed by nothing, or by the outputs only, and is not listed there.
"""

import argparse
import contextlib
import json
import random
import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from typing import NamedTuple

import ledger
import run

HERE = Path(__file__).resolve().parent
LIB = HERE.parent / "lib"
LISTED = HERE / "mutants.tsv"
ENDLESS = 60  # seconds that a broken cell has at least; and ten times what the unbroken one takes
DRAWS = re.compile(
    r"\b(?:Chart|HeatMap|Diagram|Table)\s*\.\s*(?:of|create)\b|\bprintln\b|\.(?:figure|node|edge|marked|note)\("
)
CLAIMS = re.compile(r"\bclaim\(|\.(?:agrees|(?:rejects|failsAsPrinted)(?:At(?:Most|Least))?|at(?:Most|Least))\(")
WRONG = re.compile(r"\.(?:rejects|failsAsPrinted)(?:At(?:Most|Least))?\(|\b(?:println|show)\(")
WORD = re.compile(r"(?<![.\w])[A-Za-z_]\w*")  # no method of an object
CARD = re.compile(r"[a-z]+\.\S+ · ")  # how the card of a claim begins
BOARD = "display: inline-flex"  # what the matrices of show(…) have
GATES = {"f": "i", "i": "f", "g": "o", "o": "g", "r": "z", "z": "r"}


class Mutant(NamedTuple):
    cell: int  # from 1, as everywhere
    line: str
    change: str  # what became what
    nth: int  # of the same changes on that line
    source: str  # the broken cell

    def text(self):
        return f"cell {self.cell}: {self.change}{f' ({self.nth})' if self.nth > 1 else ''} in {self.line}"


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--limit", type=positive, metavar="N", help="a random sample of so many mutants of each notebook"
    )
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="of that sample; default: 1")
    parser.add_argument("--workers", type=positive, default=1, metavar="N", help="processes at a time; default: 1")
    parser.add_argument("notebooks", nargs="+", metavar="NB", help="beginning of a file name")
    args = parser.parse_args(arguments)
    listed = read_listed(LISTED.read_text(encoding="utf-8"))
    try:
        return max([examine(path, args, listed) for path in run.select(args.notebooks)])
    except ledger.Damaged as damaged:
        sys.exit(str(damaged))


def positive(text):
    if not re.fullmatch("[1-9][0-9]*", text):
        raise argparse.ArgumentTypeError(f"expected 1 or more, got {text}")
    return int(text)


def examine(path, args, listed):
    """Prints what notices each mutant of a notebook; 1 if some are noticed by no claim and not listed."""
    cells = code_cells(path)
    mutants = list(breaks(cells))
    stale = [
        key for key in listed if key[0] == path.stem[:2] and key[1:] not in {(m.line, m.change, m.nth) for m in mutants}
    ]
    for _, line, change, _ in stale:
        print(f"mutants.tsv: {path.stem[:2]} has no {change} in {line} any more")
    if args.limit is not None and args.limit < len(mutants):
        chosen = set(random.Random(args.seed).sample(range(len(mutants)), args.limit))
        print(f"{path.name}: {args.limit} of {len(mutants)} mutants, seed {args.seed}")
        mutants = [m for n, m in enumerate(mutants) if n in chosen]
    counts = dict.fromkeys(("noticed", "only the outputs", "nothing", "listed", "not Java"), 0)
    survivors = []
    with ThreadPoolExecutor(args.workers) as threads:
        idle = SimpleQueue()
        for _ in range(args.workers):
            idle.put(Notebook(path, cells))

        def ask(mutant):
            notebook = idle.get()
            try:
                return mutant, notebook.verdict(mutant)
            finally:
                idle.put(notebook)

        for done, (mutant, (verdict, by)) in enumerate(threads.map(ask, mutants), 1):
            survives = verdict in ("only the outputs", "nothing")
            known = survives and (path.stem[:2], mutant.line, mutant.change, mutant.nth) in listed
            counts["listed" if known else verdict] += 1
            run.progress(f"{path.name}  mutant {done} of {len(mutants)}  {mutant.text()}")
            if survives and not known:
                survivors.append((verdict, by, mutant))
            elif verdict == "noticed":
                run.progress("")
                print(f"  {mutant.text()}\n      noticed: {by}", flush=True)
        changed = [notebook.end() for notebook in (idle.get() for _ in range(args.workers))]
    run.progress("")
    for verdict, by, mutant in survivors:
        print(f"  {mutant.text()}\n      {verdict}{': ' + by if by else ''}")
    tally = ", ".join(f"{n} {what}" for what, n in counts.items())
    print(f"{path.name}: {tally}")
    for difference in filter(None, changed):
        print(f"{path.name}: a broken cell changed what is made before it, so that {difference} came out otherwise")
    return 1 if survivors or stale or any(changed) else 0


def code_cells(path):
    """The sources of the code cells; the first, which loads setup.jshell, as the words that this loads."""
    notebook = ledger.read(path)
    cells = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    cells[0] = (HERE / "words.jshell").read_text(encoding="utf-8")
    return cells


class Notebook:
    """A process that holds the notebook compiled and runs it from a broken cell on, once for each mutant."""

    def __init__(self, path, cells):
        self.path, self.cells, self.process = path, cells, None

    def start(self):
        self.folder = Path(tempfile.mkdtemp())
        work = self.folder / "notebooks"
        shutil.copytree(
            HERE / "results", work / "results", ignore=shutil.ignore_patterns("bench", "other", "checkpoints")
        )
        (self.folder / "lib").symlink_to(LIB)
        classpath = f"{LIB}/target/bptt.jar:{LIB}/target/jars/*"
        modules = "--add-modules=jdk.incubator.vector,jdk.compiler,jdk.jshell"
        self.log = (self.folder / "log").open("w")
        self.process = subprocess.Popen(
            ["java", modules, "-Xmx1500m", "-XX:+UseSerialGC", "-cp", classpath, LIB / "mutants/Cells.java"],
            cwd=work,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.log,
        )
        answer = self.ask({"cells": self.cells, "endless": ENDLESS})
        if answer is None or "error" in answer:
            sys.exit(f"{self.path.name}: {answer and answer['error']}\n{(self.folder / 'log').read_text()[-1000:]}")
        difference = self.unlike_the_kernel(answer["printed"])
        if difference:
            sys.exit(f"{self.path.name}: {difference}; make run NB={self.path.stem[:2]} if the notebook changed")

    def unlike_the_kernel(self, printed):
        """The first cell that printed other lines, or compared other values, than are committed."""
        notebook = ledger.read(self.path)
        code = [cell for cell in notebook.cells if cell.cell_type == "code"]
        for number, (cell, text) in enumerate(zip(code, printed, strict=True), 1):
            streams = "".join(o.text for o in cell.outputs if o.output_type == "stream" and o.name == "stdout")
            shown = [o.data for o in cell.outputs if o.output_type == "display_data" and "text/html" in o.data]
            cards = "\n".join(
                data["text/plain"] for data in shown if CARD.match(data["text/plain"]) or BOARD in data["text/html"]
            )
            lines, _, claims = text.split("\f")
            if number > 1 and (streams.strip(), cards) != (lines.strip(), claims):
                return f"cell {number} prints other lines than are committed:\n{lines}{claims}"
        return None

    def ask(self, request):
        """The answer, or None if the process ended."""
        self.process.stdin.write(json.dumps(request).encode() + b"\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        return json.loads(line) if line else None

    def verdict(self, mutant):
        if self.process is None:
            self.start()
        answer = self.ask({"cell": mutant.cell, "source": mutant.source})
        if answer is None:
            self.close()
            return "noticed", "it does not end"
        if "rejected" in answer:
            return "not Java", answer["rejected"]
        if "failed" in answer:
            return "noticed", f"cell {answer['at']}, {answer['failed']}"
        return ("only the outputs", answer["differs"]) if "differs" in answer else ("nothing", "")

    def end(self):
        """What came out otherwise in the run that the broken cells went on from; None if all is as it was."""
        answer = self.ask({"end": True}) if self.process else {}
        self.close()
        return "nothing" if answer is None else answer.get("differs")

    def close(self):
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            for stream in (self.process.stdin, self.process.stdout, self.log):
                with contextlib.suppress(OSError):  # what it was asked last may be in the pipe still
                    stream.close()
            shutil.rmtree(self.folder)
            self.process = None


def read_listed(text):
    """The keys (notebook, line, change, nth) of a table whose last column is a reason."""
    listed = {}
    for row in (line.split("\t") for line in text.splitlines() if line and not line.startswith("#")):
        if len(row) != 5 or not row[4].strip():
            sys.exit(f"mutants.tsv: expected 5 columns, the last a reason, got {row}")
        listed[row[0], row[1], row[2], int(row[3])] = row[4]
    return listed


# What is broken


def breaks(cells):
    """All mutants of the code that a claim depends on."""
    units = [(number, start, end) for number, cell in enumerate(cells, 1) for start, end in split(mask(cell))]
    texts = {unit: erase(mask(cells[unit[0] - 1]))[unit[1] : unit[2]] for unit in units}
    claiming = {name for text in texts.values() if CLAIMS.search(text) and (name := method(text))}
    methods = {method(text) for unit, text in texts.items() if unit[0] > 1 and not DRAWS.search(text)}
    used, before = set(), None
    while used != before:  # once more, as a method may be declared later than one that calls it
        before = used
        live = set(used)
        wanted = []
        for number, start, end in reversed(units):
            text = texts[number, start, end]
            if number == 1:
                continue  # words.jshell
            claims = CLAIMS.search(text) or claiming & set(re.findall(r"(\w+)\(", text))
            if claims or (not DRAWS.search(text) and live & defines(text)):
                live |= set(WORD.findall(text))
                loop = claims and re.match(r"\s*for \(", text)  # over cases: fewer of them are no wrong formula
                wanted.append((number, start + closing(text, loop.end() - 1) if loop else start, end))
        used = live & methods
    for number, start, end in reversed(wanted):
        yield from of_unit(number, cells[number - 1], start, end)


def mask(code):
    """As long as the code, without comments and what stands in texts; short words stay: they may name gates."""

    def hide(match):
        text = match[0]
        if text.startswith("//") or text.startswith("/*"):
            return " " * len(text)
        return text if re.fullmatch(r'"[\w]{1,5}"', text) else '"' + "·" * (len(text) - 2) + '"'

    return re.sub(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'', hide, code, flags=re.DOTALL)


def erase(masked):
    """Without wrong forms (rejected, printed, chosen by a test or a case), without seeds and the words of claims."""
    for match in WRONG.finditer(masked):
        masked = blank(masked, match.end(), closing(masked, match.end() - 1))
    for match in re.finditer(r'!?\bis\.test\("·*"\)[^?;{}]*\?', masked):
        masked = blank(masked, match.start(), closing(masked, match.end() - 1, ":"))
    for match in re.finditer(r'\bcase "·+" ->|\bif (?=\(wrong\.equals\("·+"\))|\bwrong\.equals\("·+"\)', masked):
        start = masked.find("{", match.end()) if match[0] == "if " else match.start()
        masked = blank(masked, match.start(), closing(masked, start, "}" if match[0] == "if " else ";"))
    for match in re.finditer(r"\bnew Random\(", masked):
        masked = blank(masked, match.end(), closing(masked, match.end() - 1))
    for match in re.finditer(r"\.(?:agrees|at(?:Most|Least))\(", masked):
        masked = blank(masked, match.end(), closing("(" + masked[match.end() :], 0, ",") + match.end() - 1)
    return masked


def blank(text, start, end):
    return text[:start] + " " * (end - start) + text[end:]


def closing(text, start, ends=")"):
    """Where what is open at start ends: at its bracket, or at another sign that is in none of its own."""
    depth = 0
    for at in range(start, len(text)):
        depth += (text[at] in "([{") - (text[at] in ")]}")
        if at > start and text[at] in ends and depth == (text[start] == "(" and ends != ")"):
            return at
    return len(text)


def split(masked):
    """Start and end of each statement or declaration."""
    depth = start = 0
    for at, sign in enumerate(masked):
        depth += (sign in "([{") - (sign in ")]}")
        if depth == 0 and (
            sign == ";" or (sign == "}" and not re.match(r"\s*(?:[;,).]|else\b|catch\b|finally\b)", masked[at + 1 :]))
        ):
            yield start, at + 1
            start = at + 1
    if masked[start:].strip():
        yield start, len(masked)


def defines(unit):
    """The names that a unit declares, assigns or fills; those of a loop or between braces are nobody else's."""
    if method(unit):
        return {method(unit)}
    own = unit if re.match(r"\s*(?:for|while|if|try)\b", unit) else unit.partition("{")[2]
    kind = r"(?:\b(?:int|long|double|boolean|var)|\b[A-Z]\w*(?:<[^;()]*>)?)(?:\[\])*"
    return set(names(unit)) - set(re.findall(kind + r"\s+(\w+)\s*[=:,]", own)) - set(re.findall(r", (\w+) =", own))


def method(unit):
    """The name of the method that this is, or None."""
    found = re.match(r"\s*(?!(?:for|while|if|try|else)\b)[\w.<>\[\], ]+?\s(\w+)\s*\([^()]*\)\s*\{", unit)
    return found and found[1]


def names(unit):
    yield from re.findall(r"\b(\w+)\s*(?:\[[^\]]*\]\s*)*[-+*/]?=(?!=)", unit)
    yield from re.findall(r"\b(\w+)(?:\.get\([^()]*\))?\.(?:add|put|set|merge|append)\(", unit)
    yield from re.findall(r"\b(?:record|enum|interface|class)\s+(\w+)", unit)
    yield from re.findall(r"^\s*[\w.<>\[\]]+\s+(\w+)\s*;", unit)
    yield from (name for name in re.findall(r"\b(\w+)\.forEach\(", unit))


PLACES = [  # what to look for, and what one of its groups, or all of it, becomes
    (r"(?<=[\w)\]] )\+(?= (?!1e-1)[\w(.])", lambda m: "-"),  # 1 + 1e-12 is a tolerance, also as a factor
    (r"(?<=[\w)\]] )-(?= [\w(.])", lambda m: "+"),
    (r"\+=", lambda m: "-="),
    (r"-=", lambda m: "+="),
    (r"(?<=[(=,?:] )-(?=[A-Za-z(])|(?<=\()-(?=[\w(])", lambda m: ""),  # not of numbers in a list: they are data
    (r"(?<=[\w)]) \* (?!\(1 \+ 1e-)(?=[\w(])", lambda m: " * 2 * "),
    (r"\.plus(?=\()", lambda m: ".minus"),
    (r"\.minus(?=\()", lambda m: ".plus"),
    (r"\.elementMult(?=\()", lambda m: ".mult"),
    (r"\.mult(?=\()", lambda m: ".elementMult"),
    (r"\.transpose\(\)", lambda m: ""),
    (r"(?<=\.mult\()\w+(?:\[[^\]]*\])?(?=\))", lambda m: m[0] + ".transpose()"),
    (r"\b[A-Z]\w*(?:\[[^\]]*\])?(?=\.mult\()", lambda m: m[0] + ".transpose()"),
    (r"\b[a-z] [-+] 1\b", lambda m: m[0][0]),
    (r"(?<=[(\[, ])[tkij](?=\]|\)| ?, [a-z]\b)", lambda m: m[0] + " - 1"),
    (r"(?<=[gs]et\()(\w), (\w)(?=[,)])", lambda m: f"{m[2]}, {m[1]}"),
    (r"\[(\w)\]\[(\w)\]", lambda m: f"[{m[2]}][{m[1]}]"),
    (r"\bMath\.min\b", lambda m: "Math.max"),
    (r"\bMath\.max\b", lambda m: "Math.min"),
    (r" <= ", lambda m: " < "),
    (r" < ", lambda m: " <= "),
    (r" >= ", lambda m: " > "),
    (r" > ", lambda m: " >= "),
    (r"\brangeClosed\b", lambda m: "range"),
    (r"\brange(?=\()", lambda m: "rangeClosed"),
    (r"(?<=\bint [a-z] = )0(?=;)", lambda m: "1"),
    (r"(?<=\bint [a-z] = )1(?=;)", lambda m: "2"),
    (r"(?<=\bint [a-z] = )[A-Za-z](?=;)", lambda m: m[0] + " - 1"),
    (r'(?<=")(?:[Wb]_[xh]?)?[figorz](?=")', lambda m: m[0][:-1] + GATES[m[0][-1]]),
    (r"(?<=\.)[figorz](?=\(\))", lambda m: GATES[m[0]]),
    (r"\bby[FI]\b", lambda m: {"byF": "byI", "byI": "byF"}[m[0]]),
    (r"\b[fi](?=\.elementMult)", lambda m: GATES[m[0]]),
    (r"(?<=\.scale\()|(?<=\.divide\()", None),  # twice what stands in the brackets
]


def of_unit(number, cell, start, end):
    """The mutants of one statement or declaration."""
    text = erase(mask(cell))
    seen = {}
    for at, stop, new in sorted(places(text, start, end)):
        source = cell[:at] + new + cell[stop:]
        from_, to = cell.rfind("\n", 0, at) + 1, cell.find("\n", at)
        line = cell[from_ : to if to >= 0 else len(cell)].strip()
        change = f"{cell[at:stop].strip() or '∅'} → {new.strip() or '∅'}"
        if cell[at:stop] == new:
            continue
        seen[line, change] = seen.get((line, change), 0) + 1
        yield Mutant(number, line, change, seen[line, change], source)


def places(text, start, end):
    for pattern, becomes in PLACES:
        for match in re.compile(pattern).finditer(text, start, end):
            if becomes is not None:
                yield match.start(), match.end(), becomes(match)
            else:
                close = closing(text, match.start() - 1)
                if text[match.start() : close].strip() not in ("", "0"):  # twice nothing is nothing
                    yield match.start(), close, f"2 * ({text[match.start() : close]})"


if __name__ == "__main__":
    sys.exit(main())
