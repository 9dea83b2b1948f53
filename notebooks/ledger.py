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
wrong as printed it is the error of that form, and the id with a prime is the corrected one. A statement that is an
inequality has its two sides there. “Rejected” counts the wrong forms that were refused.

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
HEADER = re.compile(r"^([a-z]+\.[\w'-]+) · ")
EQUAL = re.compile(r"^  ✓ .*: error (\S+) ≤ (\S+)$")
HOLDS = re.compile(r"^  ✓ .*: (\S+) ≤ (\S+)$")
PRINTED = re.compile(r"^  ✗ as printed, .*: (?:error )?(\S+) > (\S+)$")
REJECTED = re.compile(r"^  ✗ ")


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
        section = ""
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "markdown":
                headings = re.findall(r"^#{1,3} (.+)$", cell.source, re.MULTILINE)
                section = headings[-1] if headings else section
                continue
            text = "".join(o.text for o in cell.outputs if o.output_type == "stream" and o.name == "stdout")
            add(rows, text, path.name, section)
    return list(rows.values())


def add(rows, text, notebook, section):
    row = None
    for line in text.splitlines():
        if header := HEADER.match(line):
            row = rows[header[1]]
            row["notebook"] = row["notebook"] or notebook
            row["section"] = row["section"] or section
        elif row and (match := EQUAL.match(line)):
            worse(row, match, "holds")
        elif row and (match := PRINTED.match(line)):
            worse(row, match, "wrong as printed")
        elif row and (match := HOLDS.match(line)):
            if not row["verdict"]:
                row["verdict"], row["error"], row["bound"], row["inequality"] = "holds", match[1], match[2], True
        elif row and REJECTED.match(line):
            row["rejected"] += 1


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
            f"| [{row['id']}](<{link}>) | {row['statement'].replace('|', chr(92) + '|')} | {row['verdict']} "
            f"| {row['error']} | {row['bound']} | {row['rejected']} |"
        )
    return "\n".join(lines) + "\n"
