"""Builds the site from the committed notebooks, README.md and results/: target/html, which works from file:// as well.
The Chinese notebooks and README.zh.md become a site of their own in its folder zh.

    build.py                  all of it
    build.py --slides         the slides alone, each looked at in Chromium, where there is one
    build.py --slides --pdf   and printed

What cannot be right fails by name: a link or a formula's id that does not exist, a figure without a text alternative, a
page of more than a megabyte, anything that would be fetched from elsewhere. The links that lead elsewhere are listed in
target/external-links.txt. REPOSITORY=https://… in the environment adds the buttons that need to know it.
"""

import contextlib
import csv
import html
import os
import posixpath
import re
import shutil
import sys
from collections import defaultdict
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import browser
import course
import slides
from course import HERE, LIVE, NOTEBOOKS, ROOT, Bad, ledger, write
from sphinx.cmd.build import build_main

TARGET = HERE / "target"
SOURCE, OUT = TARGET / "source", TARGET / "html"
SOURCE_ZH, OUT_ZH = TARGET / "source-zh", OUT / "zh"
API, LIVE_FIGURES = ROOT / "lib/target/api", ROOT / "lib/live/target/site"
REPOSITORY = os.environ.get("REPOSITORY", "").rstrip("/")
LARGEST = 1_000_000  # bytes of a page, without its pictures
LINK = re.compile(r"(?<=\]\()(?![a-z]+:|#)([^)#\s]+)(#[^)\s]+)?\)")  # in Markdown, to a file of the project
# The project's files that are no notebooks, as the site has them.
DOCUMENTS = {
    "notebooks/glossary.md": "glossary.md",
    "TEACHING.md": "teaching.md",
    "FAQ.md": "faq.md",
    "lib/BENCHMARK.md": "benchmark.md",
    "lib/CLUSTER.md": "cluster.md",
}
# And their pictures.
PICTURES = {
    path.relative_to(ROOT).as_posix(): path.name
    for path in [ROOT / "notebooks/results/10-decay.png", *sorted((ROOT / "lib/bench/machines").glob("*.svg"))]
}
PLACES = DOCUMENTS | {
    "README.md": "index.md",
    "README.zh.md": "zh/index.md",
    "notebooks/results/ledger.md": "ledger.md",
}
NOTEBOOK = re.compile(r"notebooks/(zh/)?\d\d-[^/]+\.ipynb")
LANGUAGES = re.compile(r"^\[?English\b.* · .*中文.*\n\n", re.MULTILINE)  # of a README: each page has its own
PAPER = re.compile(r"\b(?:arXiv:(\d{4}\.\d{4,5})|doi:(10\.[^\s,;*，；。、]*[^\s,;*.)，；。、）]))")


def main(arguments):
    if arguments not in ([], ["--slides"], ["--slides", "--pdf"]):
        print(__doc__, file=sys.stderr)
        return 1
    try:
        notebooks = course.read()
        found = decks(notebooks, "--pdf" in arguments) if arguments else site(notebooks)
    except (Bad, ledger.Damaged) as problem:
        found = [str(problem)]
    for problem in found:
        print(problem, file=sys.stderr)
    return 1 if found else 0


def decks(notebooks, pdf):
    """Writes the slides; returns a sentence for each that does not fit."""
    slides.write_all(notebooks, OUT / "slides")
    if not browser.executable():
        if pdf:
            return ["the slides are written, not printed: no Chromium (apt install chromium)"]
        print("slides: not looked at, no Chromium (apt install chromium)")
        return []
    with browser.chromium() as chromium:
        found = []
        for deck in sorted((OUT / "slides").glob("*.html")):
            found += browser.problems(chromium, deck)
            if pdf:
                browser.print_pdf(chromium, deck)
    return found


@contextlib.contextmanager
def kept(folder):
    """What is in a folder comes back if it cannot be made anew."""
    before = folder.with_name(folder.name + "-before")
    if folder.exists():
        shutil.rmtree(before, ignore_errors=True)
        folder.rename(before)
    try:
        yield
    except BaseException:
        if before.exists():
            shutil.rmtree(folder, ignore_errors=True)
            before.rename(folder)
        raise
    shutil.rmtree(before, ignore_errors=True)


def site(notebooks):
    """Writes the site; returns a sentence for each thing that cannot be right."""
    with kept(OUT):
        return write_site(notebooks)


def write_site(notebooks):
    shutil.rmtree(SOURCE, ignore_errors=True)
    shutil.rmtree(SOURCE_ZH, ignore_errors=True)
    slides.write_all(notebooks, OUT / "slides")
    translations = course.read(sorted(NOTEBOOKS.glob("zh/[0-9][0-9]-*.ipynb")))
    pages(notebooks)
    pages_zh(translations)
    for notebook in notebooks + translations:
        write(OUT / notebook.path.relative_to(ROOT), notebook.path.read_bytes())
    for notebook in notebooks:
        for figure in notebook.figures:
            write(OUT / figure.file, figure.png)
    for folder, to in ((API, "api"), (LIVE_FIGURES, "live")):
        if folder.exists():
            shutil.copytree(folder, OUT / to)
    shutil.copytree(NOTEBOOKS / "results", OUT / "data", ignore=lambda folder, names: [n for n in names if not data(n)])
    options = ["--quiet", "--fail-on-warning", "--jobs=auto", f"--conf-dir={HERE}"]
    failed = build_main([*options, f"--doctree-dir={TARGET}/doctrees", str(SOURCE), str(OUT)])
    failed |= build_main([*options, "--tag=zh", f"--doctree-dir={TARGET}/doctrees-zh", str(SOURCE_ZH), str(OUT_ZH)])
    problems, elsewhere = check(OUT)
    write(TARGET / "external-links.txt", "".join(f"{link}  {', '.join(sorted(by))}\n" for link, by in elsewhere))
    return problems + ["Sphinx warned, see above"] * bool(failed)


def data(name):
    """Whether a name in results is that of data or of a folder that is tracked."""
    return name == "learning" or (name.endswith((".csv", ".json")) and not name.startswith("."))


def pages(notebooks):
    """What Sphinx reads: the notebooks, and the pages around them in Markdown."""
    for notebook in notebooks:
        page(notebook, SOURCE)
    sections = readme()
    live = ["live"] if LIVE_FIGURES.exists() else []
    beside = [*live, "ledger", "data", "glossary", "teaching", "running", "faq", "library", "benchmark", "cluster"]
    write(
        SOURCE / "index.md",
        f"{sections['']}\n\n## The course\n\n{sections['The course']}\n\n"
        + contents("The course", [notebook.name for notebook in notebooks])
        + contents("Beside it", beside),
    )
    for picture, name in PICTURES.items():
        shutil.copy(ROOT / picture, SOURCE / name)
    write(SOURCE / "running.md", f"# Two commands\n\n{sections['Two commands']}\n")
    api = '<p><a href="api/index.html">Javadoc of every class</a></p>\n\n' if API.exists() else ""
    write(SOURCE / "library.md", f"# The library\n\n{api}{sections['The library']}\n")
    for document, name in DOCUMENTS.items():
        write(SOURCE / name, links((ROOT / document).read_text(encoding="utf-8"), document))
    write(SOURCE / "ledger.md", ledger_page(notebooks))
    write(SOURCE / "data.md", data_page(notebooks))
    if live:
        write(SOURCE / "live.md", live_page())


def pages_zh(translations):
    """The same in Chinese: the notebooks that are translated, and the contents. Their figures are the originals'."""
    for notebook in translations:
        for cell in notebook.content.cells:
            for output in cell.get("outputs", []):
                if "text/html" in output.get("data", {}):
                    output.data["text/html"] = output.data["text/html"].replace('src="figures/', 'src="../figures/')
        page(notebook, SOURCE_ZH)
    text = links((ROOT / "README.zh.md").read_text(encoding="utf-8"), "README.zh.md", "zh/")
    write(
        SOURCE_ZH / "index.md",
        f"{LANGUAGES.sub('', text)}\n" + contents("课程", [notebook.name for notebook in translations]),
    )
    shutil.copy(NOTEBOOKS / "results/10-decay.png", SOURCE_ZH)


def page(notebook, folder):
    """Writes what Sphinx reads of a notebook."""
    path = notebook.path.relative_to(ROOT).as_posix()
    for cell in notebook.content.cells:
        if cell.cell_type == "markdown":
            cell.source = papers(links(cell.source, path, "zh/" if folder == SOURCE_ZH else ""))
    write(folder / notebook.path.name, course.nbformat.writes(notebook.content))


def contents(title, names):
    return "```{toctree}\n:hidden:\n:caption: " + "\n".join([title, "", *names]) + "\n```\n"


def readme():
    """The README's sections by their headings, with the site's links."""
    text = links((ROOT / "README.md").read_text(encoding="utf-8"), "README.md")
    first, *others = re.split(r"^## ", LANGUAGES.sub("", text), flags=re.MULTILINE)
    return {"": first.strip()} | {title: body.strip() for title, _, body in (s.partition("\n") for s in others)}


def links(text, document, folder=""):
    """
    A document's links to the project's files as the site has them, read from its folder "" or "zh/", each a site of its
    own; to those it has not, in the repository, if that is known.
    """

    def replaced(match):
        path = posixpath.normpath(posixpath.join(posixpath.dirname(document), match[1]))
        fragment = match[2] or ""
        if path in PICTURES:
            return f"{PICTURES[path]})"
        name = path.removeprefix("notebooks/") if NOTEBOOK.fullmatch(path) else PLACES.get(path)
        if not name:
            return f"{REPOSITORY}/blob/HEAD/{path}{fragment})" if REPOSITORY else ")"
        if name.startswith("zh/") == bool(folder):
            return f"{name.removeprefix(folder)}{fragment})"
        return f"{'../' if folder else ''}{name.rpartition('.')[0]}.html{fragment}){{.external}}"

    linked = LINK.sub(replaced, text)
    lost = re.search(r"!\[([^]]*)\]\(\)", linked)
    if lost:
        raise Bad(f"{document}: expected a picture of {', '.join(PICTURES)}, got that of “{lost[1]}”")
    return re.sub(r"\[([^]]*)\]\(\)", r"\1", linked)


def papers(text):
    """Identifiers of papers as links."""
    return PAPER.sub(
        lambda m: f"[{m[0]}](https://arxiv.org/abs/{m[1]})" if m[1] else f"[{m[0]}](<https://doi.org/{m[2]}>)", text
    )


def ledger_page(notebooks):
    by_file = {notebook.path.name: notebook for notebook in notebooks}
    statements = {id_: text for notebook in notebooks for id_, text in notebook.statements.items()}
    head = ("id", "statement", "verdict", "error", "bound", "rejected", "source")
    rows, verdicts = [], set()
    with open(NOTEBOOKS / "results/ledger.csv", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            notebook = by_file[row["notebook"]]
            anchor = f"#{row['id']}" if row["id"] in notebook.anchors else ""
            cells = (
                f'<a href="{notebook.name}.html{anchor}">{html.escape(row["id"])}</a>',
                statements.get(row["id"], html.escape(row["statement"])),
                row["verdict"],
                number(row["error"]),
                number(row["bound"]),
                row["rejected"],
                html.escape(row["source"]),
            )
            rows.append("<tr>" + "".join(c if c.startswith("<td") else f"<td>{c}</td>" for c in cells) + "</tr>")
            verdicts.add(row["verdict"])
    introduction = ledger.INTRODUCTION.partition("\n\n| id |")[0]
    return (
        f"{introduction}\n\n"
        '<div class="filter">\n<label>Filter <input type="search" id="words"></label>\n'
        '<label>Verdict <select id="verdict"><option value="">all</option>'
        + "".join(f"<option>{verdict}</option>" for verdict in sorted(verdicts))
        + '</select></label>\n<span role="status" id="shown"></span>\n</div>\n\n'
        '<div class="wide">\n<table class="sortable asc n-last" id="ledger">\n<thead><tr>'
        + "".join(f'<th scope="col">{name}</th>' for name in head)
        + "</tr></thead>\n<tbody>\n"
        + "\n".join(rows)
        + "\n</tbody>\n</table>\n</div>\n"
    )


def number(text):
    """A cell of a table: 1.2e-16 as people write it, and as it is to be sorted."""
    shown = re.sub(r"^(?:1|(.+))e(-?)(\d+)$", power, text)
    return f'<td data-sort="{text}">{shown}</td>'


def power(match):
    return f"{match[1] + '·' if match[1] else ''}10<sup>{'−' if match[2] else ''}{match[3]}</sup>"


def data_page(notebooks):
    rows = []
    for path in sorted((NOTEBOOKS / "results").rglob("*")):
        name = path.relative_to(NOTEBOOKS / "results").as_posix()
        if not path.is_file() or not data(path.name) or name.startswith(("other/", "bench/")):
            continue
        what, columns = origin(name, notebooks), "–"
        if path.suffix == ".csv":
            with open(path, encoding="utf-8", newline="") as file:
                header, *records = csv.reader(file)
            columns = f"{len(records)} rows of {ledger.escape(', '.join(header))}"
        rows.append(f'| <a href="data/{name}">{name}</a> | {what} | {columns} |\n')
    return (
        "# The experiments' data\n\nWhat the figures draw and the experiments measured, as the notebooks wrote it when"
        " they were last executed: numbers in full precision, the same on every machine.\n\n"
        "| file | what it holds | rows and columns |\n|---|---|---|\n" + "".join(rows)
    )


def origin(name, notebooks):
    """Where a file of results comes from: the figure of its name, or the section whose code names it."""
    if name == "ledger.csv":
        return "[the ledger](ledger.md): what every claim of the course found"
    if name.startswith("learning/"):
        return "the outcomes of `make learn`, each with the experiment that made it"
    stem = Path(name).stem
    for notebook in notebooks:
        for figure in notebook.figures:
            if figure.name == stem:
                place = f"{notebook.name}.html#{figure.id}"
                return f'<a href="{place}">Figure {figure.number}</a>: {ledger.escape(figure.title)}'
    for notebook in notebooks:
        for index, cell in enumerate(notebook.content.cells):
            if cell.cell_type == "code" and re.search(rf'"(results/)?{re.escape(stem)}[".]', cell.source):
                return f"[{notebook.name[:2]}]({notebook.path.name}), {notebook.section(index)}"
    return "–"


def live_page():
    """The live figures, as each says itself what it is, with the picture that it shows where no scripts run."""
    parts = ["# Live figures\n\nComputed in the page by the course's own Java, compiled to JavaScript."]
    for name, numbers in LIVE.items():
        text = (LIVE_FIGURES / f"{name}.html").read_text(encoding="utf-8")
        title, about = re.search(r"<h1>(.*?)</h1>\s*<p>(.*?)</p>", text, re.DOTALL).groups()
        picture = re.search(r"<img[^>]*>", text)[0].replace('src="', 'src="live/')
        of = ", ".join(f"[{number}]({next(NOTEBOOKS.glob(number + '-*.ipynb')).name})" for number in numbers)
        parts.append(
            f'## {title}\n\n<p class="live"><a href="live/{name}.html">{picture}<span>Open it</span></a></p>\n\n'
            f"<p>{about}</p>\n\nIt belongs to {of}."
        )
    return "\n\n".join(parts) + "\n"


class Page(HTMLParser):
    """What a page can be reached by, and where it leads."""

    def __init__(self, path):
        super().__init__()
        self.ids, self.leads, self.loads = set(), [], []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attributes):
        named = {name: value or "" for name, value in attributes}
        self.ids |= {named[name] for name in ("id", "name") if name in named}
        leads = tag == "a" or named.get("rel") in ("next", "prev", "search", "index")
        for name in ("href", "src"):
            if named.get(name) and tag != "base":
                (self.leads if leads else self.loads).append(named[name])


def check(folder):
    """Problems of the finished pages, each a sentence, and the links out of the site with the pages that have them."""
    found, elsewhere = [], defaultdict(set)
    parsed = {path: Page(path) for path in sorted(folder.rglob("*.html")) if not {"api", "live"} & set(path.parts)}
    for path, page in parsed.items():
        name = path.relative_to(folder).as_posix()
        if path.stat().st_size > LARGEST:
            found.append(f"{name}: expected at most {LARGEST} bytes, got {path.stat().st_size}")
        for link in page.leads + page.loads:
            parts = urlsplit(link)
            if parts.scheme in ("http", "https") or parts.netloc:
                elsewhere[link].add(name)
                if link in page.loads:
                    found.append(f"{name}: expected nothing from elsewhere, got {link}")
            elif not parts.scheme:
                to = (path.parent / unquote(parts.path)).resolve() if parts.path else path
                to = to / "index.html" if to.is_dir() else to
                if not to.exists():
                    found.append(f"{name}: {link} leads nowhere")
                elif parts.fragment and to in parsed and not reaches(parsed[to], unquote(parts.fragment)):
                    found.append(f"{name}: {link} leads to no place in that page")
    return found, sorted(elsewhere.items())


def reaches(page, fragment):
    return fragment in page.ids or fragment.startswith("/")  # slides are numbered when they are shown


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
