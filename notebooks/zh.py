"""Keeps the Chinese notebooks, zh/, beside their originals.

    zh.py                  gives each the code cells and outputs of its original, and says whose text has moved on
    zh.py 10               begins one that is not there yet: with the original's text, to be translated
    zh.py --translated 10  notes that the text of one says what its original says now

A translation has the cells of its original, with their ids and in their order; the Markdown is the translator's. Cells
whose id begins with “zh-” are its own: captions in Chinese, and at the end the version that it translates.
"""

import argparse
import hashlib
import re
import sys
from pathlib import Path

import ledger
import nbformat
import run
from nbformat.v4 import new_markdown_cell, new_notebook

HERE = Path(__file__).resolve().parent
ZH = HERE / "zh"
README = HERE.parent / "README.zh.md"
OWN = "zh-"
VERSION = OWN + "version"
LINKED = r"(?:solutions/)?[0-9]{2}-[\w-]+\.ipynb|results/[\w.-]+"
NOTE = (
    "本文译自[英文原版](../{name})的版本 `{version}`（原版文字的 SHA-256 摘要）。"
    "代码和输出与原版逐字节相同，所以图表和卡片上的文字仍是英文。"
)


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--translated", action="store_true", help="the text says what the original says now")
    parser.add_argument("notebooks", nargs="*", metavar="NB", help="the number of a notebook")
    args = parser.parse_args(arguments)
    if args.translated and not args.notebooks:
        sys.exit("--translated: expected the numbers of notebooks, got none")
    asked = [original(number).name for number in args.notebooks]
    begun = translated()
    if args.translated and not set(asked) <= set(begun):
        sys.exit(f"--translated: expected notebooks that are begun, got {', '.join(sorted(set(asked) - set(begun)))}")
    lost = [name for name in begun if not (HERE / name).exists()]
    if lost:
        sys.exit(f"zh: expected translations of notebooks that there are, got {', '.join(lost)}: rename them, too")
    with run.scratch() as work:
        for name in asked:
            if name not in begun:
                write(ZH / name, new_notebook(), work)
            if args.translated:
                mark(name, work)
        for name in translated():
            write(ZH / name, follow(name), work)
            print("\n".join([f"zh/{name} follows its original", *moved_on(name)]))
        if README.exists():
            keep(README, relink(README.read_text(encoding="utf-8"), "notebooks/", "notebooks/zh/"), work)


def original(number):
    found = sorted(HERE.glob(f"{int(number):02}-*.ipynb")) if re.fullmatch("[0-9]+", number) else []
    if len(found) != 1:
        sys.exit(f"expected the number of a notebook, got {number}")
    return found[0]


def translated():
    """The names of the notebooks that there are in Chinese."""
    return sorted(path.name for path in ZH.glob("[0-9][0-9]-*.ipynb"))


def read(path):
    try:
        return ledger.read(path)
    except ledger.Damaged as damaged:
        sys.exit(f"zh: {damaged}")


def write(path, notebook, work):
    keep(path, nbformat.writes(notebook) + "\n", work)


def keep(path, text, work):
    """Writes what is another text, whole or not at all."""
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        run.replace(path, text.encode("utf-8"), work)


def digests(notebook):
    """By id what each text of an original says, in twelve digits."""
    texts = {cell.id: cell.source for cell in notebook.cells if cell.cell_type == "markdown"}
    return {id_: digest(text) for id_, text in texts.items()}


def digest(text):
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def mark(name, work):
    """Notes which texts the translation of a notebook has."""
    notebook = read(ZH / name)
    notebook.metadata.translates = digests(read(HERE / name))
    write(ZH / name, notebook, work)


def follow(name):
    """The translation as its original wants it: only the text in Chinese is kept, and what is its own."""
    source, notebook = read(HERE / name), read(ZH / name)
    known = notebook.metadata.get("translates", {})
    texts = {cell.id: cell for cell in notebook.cells if cell.cell_type == "markdown"}
    after = {}  # what is its own, by the cell that it comes after
    last = None
    for cell in notebook.cells:
        if not cell.id.startswith(OWN):
            last = cell.id
        elif cell.id != VERSION:
            after.setdefault(last, []).append(cell)
    id_of = {text: id_ for id_, text in known.items()}
    cells, translates = [], {}
    for cell in source.cells:
        was = cell.id
        if cell.cell_type == "markdown":
            if was not in texts:
                was = id_of.get(digest(cell.source), was)  # the same text under a new id
            if was in known:
                translates[cell.id] = known[was]
            cell.source = relink(texts.get(was, cell).source)
        cells += [cell, *after.get(was, [])]
    cells.append(new_markdown_cell(NOTE.format(name=name, version=digest("".join(translates.values()))), id=VERSION))
    return new_notebook(cells=cells, metadata=source.metadata | {"translates": translates})


def relink(text, to_original="../", to_translation=""):
    """Links lead to the translations that there are, and to the originals, and to what is beside them, if not."""
    there = translated()
    prefix = f"(?:{re.escape(to_translation)}|{re.escape(to_original)})?"
    return re.sub(
        rf"(?<=\]\(){prefix}({LINKED})",
        lambda found: (to_translation if found[1] in there else to_original) + found[1],
        text,
    )


def moved_on(name):
    """A line for those texts of an original that are not the ones that were translated."""
    known = read(ZH / name).metadata.get("translates", {})
    other = [id_ for id_, now in digests(read(HERE / name)).items() if known.get(id_) != now]
    return [f"zh/{name}: the original's text has moved on, or is not translated: {', '.join(other)}"] if other else []


if __name__ == "__main__":
    main()
