"""The committed notebooks as the site and the slides take them: never executed, never edited by hand.

A figure becomes a file with a number and its text alternative, a claim's card gets a class that a style sheet can
dress. A figure that tells nothing to those who cannot see it is refused, by the names of notebook and cell.
"""

import base64
import html
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path

import nbformat

HERE = Path(__file__).resolve().parent
NOTEBOOKS = HERE.parent
ROOT = NOTEBOOKS.parent
sys.path.append(str(NOTEBOOKS))

import ledger  # noqa: E402, it lies beside the notebooks

FIGURE = re.compile(r'<figure[^>]*>\s*<img([^>]*)src="data:image/png;base64,([^"]*)"[^>]*>(.*?)</figure>', re.DOTALL)
CAPTION = re.compile(r"<figcaption[^>]*>(.*?)</figcaption>", re.DOTALL)
CARD = re.compile(r'<div style="border-left: 3px solid (#\w+);[^"]*">\s*<div><code>([^<]+)</code> (.*?)</div>')
FAILED = "#D55E00"  # a card's border, see ClaimCard
# The live figures, and the notebooks whose formulas they compute.
LIVE = {"unrolled": ("01", "02", "03"), "check": ("06",), "cliff": ("07",), "decay": ("08", "09", "10")}
NAMED = re.compile(r'\.figure\("([^"]+)"')


class Bad(Exception):
    """Something in a notebook that its reader would stumble over; the message names notebook and cell."""


@dataclass
class Figure:
    number: str  # 07.3
    cell: str
    name: str  # of its files in results, if it has some
    alt: str
    caption: str  # HTML
    width: int
    height: int
    png: bytes

    @property
    def id(self):
        return f"figure-{self.number.split('.')[1]}"

    @property
    def file(self):
        return f"figures/{self.number.replace('.', '-')}.png"

    @property
    def title(self):
        """What is drawn, without the axes: the first sentence of the text alternative."""
        return re.split(r"\. (?=[A-Z])", self.alt.partition(": ")[2] or self.alt)[0]

    def html(self, folder=""):
        return (
            f'<figure class="picture" id="{self.id}">\n<img src="{folder}{self.file}" alt="{html.escape(self.alt)}"'
            f' width="{self.width}" height="{self.height}" loading="lazy">\n'
            f'<figcaption><a href="#{self.id}">Figure {self.number}</a> {self.caption}</figcaption>\n</figure>'
        )


@dataclass
class Notebook:
    path: Path
    content: nbformat.NotebookNode
    anchors: dict[str, str] = field(default_factory=dict)  # ids of formulas, and the section that each is in
    statements: dict[str, str] = field(default_factory=dict)  # ids of claims, and what they state, as HTML
    figures: list[Figure] = field(default_factory=list)

    @property
    def name(self):
        return self.path.stem

    @property
    def title(self):
        return self.content.cells[0].source.partition("\n")[0].removeprefix("# ")

    def section(self, index):
        """The heading above a cell, as its text."""
        for cell in reversed(self.content.cells[: index + 1]):
            found = re.findall(r"^##+ (.+)$", cell.source, re.MULTILINE) if cell.cell_type == "markdown" else []
            if found:
                return found[-1]
        return self.title


def read(paths=None):
    """The notebooks of the course, in their order."""
    return [take(path) for path in paths or sorted(NOTEBOOKS.glob("[0-9][0-9]-*.ipynb"))]


def take(path):
    notebook = Notebook(path, ledger.read(path))
    for index, cell in enumerate(notebook.content.cells):
        if cell.cell_type == "markdown":
            if re.search(r"!\[\s*\]\(|<img(?![^>]* alt=\"[^\"]+\")", cell.source):
                raise Bad(f"{path.name}, cell {cell.id}: expected a text alternative of the figure, got none")
            notebook.anchors |= dict.fromkeys(ledger.ANCHOR.findall(cell.source), notebook.section(index))
        for output in cell.get("outputs", []):
            for kind, data in output.get("data", {}).items():
                if kind.startswith("image/"):
                    raise Bad(f"{path.name}, cell {cell.id}: expected a figure with its text alternative, got {kind}")
                if kind == "text/html":
                    output.data[kind] = clean(notebook, cell, data)
    return notebook


def clean(notebook, cell, text):
    """The HTML of an output, its figures and cards taken out of their inline styles."""

    def figure(match):
        known = dict(re.findall(r'(\w+)="([^"]*)"', match[1]))
        alt = html.unescape(known.get("alt", "")).strip()
        caption = CAPTION.search(match[3])
        if not alt or not caption:
            missing = "caption" if alt else "text alternative"
            raise Bad(f"{notebook.path.name}, cell {cell.id}: expected a {missing} of the figure, got none")
        made = Figure(
            f"{notebook.name[:2]}.{len(notebook.figures) + 1}",
            cell.id,
            (NAMED.findall(cell.source) or [""])[-1],
            alt,
            caption[1],
            int(known["width"]),
            int(known["height"]),
            base64.b64decode(match[2]),
        )
        notebook.figures.append(made)
        return made.html()

    def card(match):
        notebook.statements[html.unescape(match[2])] = match[3]
        state = " failed" if match[1] == FAILED else ""
        return f'<div class="claim{state}">\n<div class="statement"><code>{match[2]}</code> {match[3]}</div>'

    made = CARD.sub(card, FIGURE.sub(figure, text))
    if re.search(r"<img(?![^>]* alt=\"[^\"]+\")", made):
        raise Bad(f"{notebook.path.name}, cell {cell.id}: expected a text alternative of the figure, got none")
    return made


def write(path, content):
    """Writes a file unless it is that already, so that what is made of it stays as new as it is."""
    data = content.encode() if isinstance(content, str) else content
    if not path.exists() or path.read_bytes() != data:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
