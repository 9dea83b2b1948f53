"""Makes an assignment of a notebook's exercises: a folder that needs nothing but a Java kernel.

    assignment.py [--solutions] [NB ...]

writes assignments/source/NAME, as a student gets it, or with --solutions assignments/solutions/NAME, for who teaches.
The cells carry nbgrader's metadata: `nbgrader generate_assignment NAME` in assignments/ hands it out, and
`nbgrader autograde NAME` gives a point for each answer that its check takes.
"""

import argparse
import shutil
import sys
from pathlib import Path

import ledger
import nbformat
import run
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

HERE = Path(__file__).resolve().parent
ASSIGNMENTS = HERE.parent / "assignments"
LIBRARY = HERE.parent / "lib/target"
INTRODUCTION = (
    "\n\nPut your answer in place of `null` and run the cell: it says whether it is right, or which mistake it is, or"
    ' how far off it is. `exercise("{id}").hint()` gives a hint, and another one each time.'
)
README = """\
# {title}

Needs a JDK, 17 or newer, and JupyterLab with a Java kernel: `pip install jupyterlab {kernel}`, then `jupyter lab` in
this folder. Everything else is here, and no network is needed.
"""
CONFIG = """\
c = get_config()
c.CourseDirectory.course_id = "bptt"
c.ClearSolutions.enabled = False  # there is none to clear, and a stub says by itself that it has no answer yet
c.ExecutePreprocessor.timeout = 300  # seconds; a Java kernel on a busy machine begins slowly
"""


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--solutions", action="store_true", help="with the answers")
    parser.add_argument("notebooks", nargs="*", metavar="NB", help="a number or the beginning of a name; default: all")
    args = parser.parse_args(arguments)
    chosen = [path for path in run.select(args.notebooks) if path.parent == HERE]
    without = [path.name for path in chosen if not solved(path).exists()]
    if args.notebooks and without:
        sys.exit(f"expected notebooks with exercises that are checked, got {', '.join(without)}")
    if not (LIBRARY / "bptt.jar").exists():
        sys.exit("the library is not built: run “make jar” in the project's folder")
    try:
        with run.scratch() as work:
            for path in chosen:
                if path.name not in without:
                    print(write(path, args.solutions, ASSIGNMENTS, work).relative_to(HERE.parent))
    except ledger.Damaged as damaged:
        sys.exit(str(damaged))


def solved(path):
    return path.parent / "solutions" / path.name


def exercises(path):
    """The cells with the exercises: all between the heading and what is to be tried, or the whole notebook."""
    cells = ledger.read(path).cells
    ids = [cell.id for cell in cells]
    first = ids.index("exercises") + 1 if "exercises" in ids else ids.index("setup") + 1
    last = next((n for n, id_ in enumerate(ids) if n > first and id_ in ("to-try", "sources", "close")), len(ids))
    return cells[first:last]


def make(path, with_solutions):
    """The notebook of an assignment."""
    cells, answers = [], 0
    for cell in exercises(solved(path) if with_solutions else path):
        if cell.cell_type == "markdown":
            cells.append(locked(new_markdown_cell(cell.source, id=cell.id)))
            continue
        if not cell.id.startswith("answer-"):
            cells.append(locked(new_code_cell(cell.source, id=cell.id, metadata=cell.metadata)))
            continue
        answers += 1
        answer = new_code_cell(cell.source, id=cell.id)
        answer.metadata["nbgrader"] = graded(cell.id, solution=True, locked=False)
        points = new_code_cell(checked(cell) + ".points()", id=cell.id.replace("answer-", "points-"))
        points.metadata["nbgrader"] = graded(points.id, grade=True, points=1)
        cells += [answer, points]
    first = checked(next(cell for cell in cells if cell.id.startswith("answer-"))).split('"')[1]
    head = [
        locked(new_markdown_cell("# " + heading(path) + INTRODUCTION.format(id=first), id="title")),
        locked(new_code_cell("%load setup.jshell", id="setup")),
    ]
    return new_notebook(cells=head + cells, metadata=run.METADATA)


def heading(path):
    return ledger.read(path).cells[0].source.split("\n")[0].removeprefix("# ")


def checked(cell):
    """exercise("…") as a cell has it."""
    begin = cell.source.rindex('exercise("')
    return cell.source[begin : cell.source.index(")", begin) + 1]


def graded(id_, grade=False, solution=False, locked=True, **more):
    """nbgrader's metadata; see the section “Cell metadata” of its documentation."""
    return {
        "schema_version": 3,
        "grade_id": id_,
        "grade": grade,
        "solution": solution,
        "locked": locked,
        "task": False,
        **more,
    }


def locked(cell):
    cell.metadata["nbgrader"] = graded(cell.id)
    return cell


def write(path, with_solutions, parent, work):
    """The folder of an assignment: notebook, first cell, library. The old one stays until the new one is whole."""
    kept = parent / ("solutions" if with_solutions else "source") / path.stem
    folder = work / path.stem
    (folder / "lib").mkdir(parents=True)
    nbformat.write(make(path, with_solutions), folder / path.name)
    kernel = next(line for line in (HERE / "requirements.in").read_text().split() if line.startswith("jjava"))
    readme = README.format(title=heading(path), kernel=kernel)
    (folder / "README.md").write_text(readme, encoding="utf-8")
    setup = (HERE / "setup.jshell").read_text(encoding="utf-8")
    (folder / "setup.jshell").write_text(setup.replace("../lib/target/", "lib/"), encoding="utf-8")
    shutil.copy(HERE / "words.jshell", folder)
    shutil.copy(LIBRARY / "bptt.jar", folder / "lib")
    shutil.copytree(LIBRARY / "jars", folder / "lib/jars")
    kept.parent.mkdir(parents=True, exist_ok=True)
    if kept.exists():
        kept.rename(work / (path.stem + ".old"))
    folder.rename(kept)
    run.replace(parent / "nbgrader_config.py", CONFIG.encode(), work)
    return kept


if __name__ == "__main__":
    main()
