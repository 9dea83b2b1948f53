"""The ledger: what every claim of the executed notebooks found, one row per formula.

Collected from the printed lines of the notebooks as they are on disk, so it can be no better than they are. run.py
writes it to results/ledger.csv and, for people, results/ledger.md; with --check it compares instead.
"""

import csv
import io
import re
from pathlib import Path

import nbformat
from nbformat.reader import NotJSONError

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
    "rate": "derived in this course",
    "learn": "Kingma and Ba 2015, Tieleman and Hinton 2012",
}
NUMBER = r"(-?\d+(?:\.\d+)?(?:e-?\d+)?)"
HOLDS = re.compile(rf"  ✓ .*: (error )?{NUMBER} ([≤≥]) {NUMBER}")
REJECTED = re.compile(rf"  ✗ .*: (error ){NUMBER} (>) {NUMBER}, rejected")
PRINTED = re.compile(rf"  ≠ as printed, .*: (error ){NUMBER} (>) {NUMBER}; .*")
REFUTED = re.compile(rf"  [✗≠] (as printed, )?.*: expected ([≤≥]) {NUMBER}, measured {NUMBER}(, rejected|: refuted)")
ANCHOR = re.compile(r'<a id="([^"]+)"></a>')  # in the section that derives the formula of this id
MARKUP = re.compile(r"[\\`*_{}\[\]()<>#|~$&!]")  # what Markdown, its tables or its formulas would not leave as it is


class Damaged(Exception):
    """A file that is no notebook, or has a place of a formula that there is not; the message says which."""


def read(path):
    try:
        return nbformat.read(path, as_version=4)
    except (NotJSONError, nbformat.ValidationError) as error:
        why = str(error).split("\n")[0][:100]
        raise Damaged(f"{path.name}: expected a notebook, got a file that ends early or is damaged ({why})") from None


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
        for cell in read(path).cells:
            if cell.cell_type == "markdown":
                headings = re.findall(r"^#{1,3} (.+)$", cell.source, re.MULTILINE)
                section = headings[-1] if headings else section
                for id_ in ANCHOR.findall(cell.source):
                    if id_ not in rows:
                        raise Damaged(f"{path.name}: expected an id of {FORMULAS.name} in a place, got {id_}")
                    rows[id_]["notebook"], rows[id_]["section"] = path.name, section
                continue
            claims = claims or "claim(" in cell.source
            for output in cell.outputs if claims else []:
                if output.output_type == "display_data":
                    add(rows, output.data.get("text/plain", ""), path.name, section)
    return list(rows.values())


def add(rows, text, notebook, section):
    """
    Reads a claim as its card shows it: the id and its statement, word for word, and then what was compared, line by
    line. Nothing counts that only looks like one, and nothing after a line of another form.
    """
    title, *lines = text.splitlines() or [""]
    row = next((row for row in rows.values() if title == f"{row['id']} · {row['statement']}"), None)
    for line in lines if row else []:
        if not compared(row, line):
            break
        if not row["notebook"]:
            row["notebook"], row["section"] = notebook, section


def compared(row, line):
    """Takes a line of a claim into its row; False if it is none, or says what its numbers do not."""
    if match := HOLDS.fullmatch(line) or REJECTED.fullmatch(line) or PRINTED.fullmatch(line):
        error, measured, relation, bound = match.groups()
        verdict = {"✓": "holds", "✗": "rejected", "≠": "wrong as printed"}[line.lstrip()[0]]
        is_so = true(measured, relation, bound)
    elif match := REFUTED.fullmatch(line):
        printed, relation, bound, measured, _ = match.groups()
        error, verdict = None, "wrong as printed" if printed else "rejected"
        is_so = true(measured, "≤" if relation == "≥" else "≥", bound)
    else:
        return False
    if is_so and verdict == "rejected":
        row["rejected"] += 1
    elif is_so:
        worse(row, measured, bound, verdict, inequality=not error)
    return is_so


def true(left, relation, right):
    """Whether it can be, of rounded numbers."""
    return float(left) <= float(right) if relation == "≤" else float(left) >= float(right)


def worse(row, measured, bound, verdict, inequality):
    """Keeps the largest error, before the sides of an inequality; one of a printed form decides the verdict."""
    if (row["verdict"] == "wrong as printed" and verdict == "holds") or (row["verdict"] == verdict and inequality):
        return
    if row.pop("inequality", inequality) or row["verdict"] != verdict or float(measured) > float(row["error"] or 0):
        row["error"], row["bound"] = measured, bound
    row["verdict"] = verdict
    if inequality:
        row["inequality"] = True


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
