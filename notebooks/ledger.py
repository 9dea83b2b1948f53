"""The ledger: what every claim of the executed notebooks found, one row per formula.

Collected from the printed lines of the notebooks as they are on disk, so it can be no better than they are. run.py
writes it to results/ledger.csv and, for people, results/ledger.md; with --check it compares instead.
"""

import csv
import io
import re
from pathlib import Path

import nbformat

HERE = Path(__file__).resolve().parent
FORMULAS = HERE.parent / "lib/src/main/resources/bptt/check/formulas.tsv"
INTRODUCTION = """\
# The ledger

What every claim found when the notebooks were last executed. An id links to the section that derives it.
“Error” is the largest relative error of the comparisons beside the bound they are held to; for a form that is
wrong as printed it is the error of that form, and the id with a prime is the corrected one. A statement that
rests on inequalities alone has the two sides of one there. “Rejected” counts the wrong forms that were refused.

| id | statement | verdict | error | bound | rejected |
|---|---|---|---|---|---|
"""
COLUMNS = ["id", "source", "statement", "verdict", "error", "bound", "rejected", "notebook", "section"]
SOURCES = {
    "elman": "an untitled note on the Elman network and BPTT",
    "flow": "循环神经网络的梯度消失及梯度爆炸问题",
    "scalar": "随时间反向传播（BPTT）算法",
    "delta": "权重梯度的计算",
    "softmax": "循环神经网络RNN进阶",
    "kinds": "循环神经网络RNN进阶",
    "lstm": "derived in this course",
    "gru": "derived in this course",
    "bptt": "derived in this course",
}
NUMBER = r"(-?\d+(?:\.\d+)?(?:e-?\d+)?)"
EQUAL = re.compile(rf"  ✓ .*: error {NUMBER} ≤ {NUMBER}")
HOLDS = re.compile(rf"  ✓ .*: {NUMBER} ≤ {NUMBER}")
PRINTED = re.compile(rf"  ✗ as printed, .*: (?:error )?{NUMBER} > {NUMBER}")
REJECTED = re.compile(rf"  ✗ .*: (?:error )?{NUMBER} > {NUMBER}, rejected")
MARKUP = re.compile(r"[\\`*_{}\[\]()<>#|~$&!]")  # what Markdown, its tables or its formulas would not leave as it is


def collect(paths):
    """One row per id, in the order of the list of formulas; the row of an id without a claim has an empty verdict."""
    rows = {}
    for line in FORMULAS.read_text(encoding="utf-8").splitlines()[1:]:
        id_, statement = line.split("\t")
        rows[id_] = dict.fromkeys(COLUMNS, "") | {
            "id": id_,
            "source": SOURCES[id_.split(".")[0]],
            "statement": statement,
            "rejected": 0,
        }
    for path in paths:
        section, claims = "", False
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "markdown":
                headings = re.findall(r"^#{1,3} (.+)$", cell.source, re.MULTILINE)
                section = headings[-1] if headings else section
                continue
            claims = claims or "claim(" in cell.source
            text = "".join(o.text for o in cell.outputs if o.output_type == "stream" and o.name == "stdout")
            if claims:
                add(rows, text, path.name, section)
    return list(rows.values())


def add(rows, text, notebook, section):
    """
    Reads claims as bptt.check.Claim prints them: the id and its statement, word for word, and then what was compared,
    line by line. A line of another form ends a claim, and nothing counts that only looks like one.
    """
    headers = {f"{row['id']} · {row['statement']}": row for row in rows.values()}
    row = None
    for line in text.splitlines():
        if line in headers:
            row = headers[line]
        elif row is None or not compared(row, line):
            row = None
        elif not row["notebook"]:
            row["notebook"], row["section"] = notebook, section


def compared(row, line):
    """Takes a line of a claim into its row; False if it is none."""
    for pattern in (EQUAL, PRINTED, HOLDS, REJECTED):
        if match := pattern.fullmatch(line):
            break
    else:
        return False
    left, right = float(match[1]), float(match[2])
    if left > right if pattern in (EQUAL, HOLDS) else left < right:  # equal after rounding is either
        return False
    if pattern is EQUAL:
        worse(row, match, "holds")
    elif pattern is PRINTED:
        worse(row, match, "wrong as printed")
    elif pattern is REJECTED:
        row["rejected"] += 1
    elif not row["verdict"]:
        row["verdict"], row["error"], row["bound"], row["inequality"] = "holds", match[1], match[2], True
    return True


def worse(row, match, verdict):
    """Keeps the largest error, before the sides of an inequality; one of a printed form decides the verdict."""
    if row["verdict"] == "wrong as printed" and verdict == "holds":
        return
    if row.pop("inequality", False) or row["verdict"] != verdict or float(match[1]) > float(row["error"] or 0):
        row["error"], row["bound"] = match[1], match[2]
    row["verdict"] = verdict


def problems(rows):
    return [f"{row['id']}: no claim in any notebook" for row in rows if not row["verdict"]]


def as_csv(rows):
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def as_markdown(rows):
    lines = INTRODUCTION.splitlines()
    for row in rows:
        link = f"../{row['notebook']}#{row['section'].replace(' ', '-')}"
        lines.append(
            f"| [{escape(row['id'])}](<{escape(link)}>) | {escape(row['statement'])} | {row['verdict']} "
            f"| {row['error']} | {row['bound']} | {row['rejected']} |"
        )
    return "\n".join(lines) + "\n"


def escape(text):
    """Text that Markdown shows as it is."""
    return MARKUP.sub(r"\\\g<0>", text)
