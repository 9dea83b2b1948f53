"""The slides: one reveal.js deck a notebook, from the same cells, in a folder that is complete in itself.

Here a notebook becomes ideas: a cell of text, or a cell of code and what it shows. Long paragraphs come as their first
sentence and those with something in bold; the whole is in the speaker's notes. Machinery is left out, what it shows is
not. slides.js lays the ideas out on slides, in the browser, where sizes are known. A cell's own slide_type comes before
these rules: skip, notes, or - to go on on the slide before.
"""

import html
import re
import shutil
from dataclasses import dataclass, field

from course import HERE, Bad, write
from jinja2 import Environment, FileSystemLoader
from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode
from mdit_py_plugins.dollarmath import dollarmath_plugin
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import JavaLexer

SHORT = 240  # characters of a paragraph that a slide shows whole
DISPLAYED = re.compile(r"\$\$(.+?)\$\$", re.DOTALL)
WHOLE = re.compile(r"\$[^$]+\$|`[^`]+`|\[[^]]*\]\([^)]*\)|\be\.g\.|\bi\.e\.|\bno\. |\bpp?\. ")  # is not parted
END = re.compile(r"(?<=[.!?])(?=\s)|(?<=[.!?][)*”\"])(?=\s)|(?<=[.!?]\*\*)(?=\s)")
LARGE, WIDTH = 24, 1140 / 0.603  # letters of code in CSS pixels, and how many of a pixel a line of code has room for
CODE = HtmlFormatter(nowrap=True, style="a11y-high-contrast-light")
VENDOR = (
    "mathjax/es5/tex-svg-full.js",
    "reveal.js/dist/reset.css",
    "reveal.js/dist/reveal.css",
    "reveal.js/dist/reveal.js",
    "reveal.js/dist/plugin/notes.js",
)


def formula(content, options):
    left, right = (r"\[", r"\]") if options["display_mode"] else (r"\(", r"\)")
    return f"{left}{html.escape(content)}{right}"


MARKDOWN = MarkdownIt("commonmark").enable("table").use(dollarmath_plugin, renderer=formula)


@dataclass
class Idea:
    title: str
    level: int  # of its heading: 1 and 2 begin a column of slides
    cell: str
    blocks: list[tuple[str, str]] = field(default_factory=list)  # kind and HTML
    notes: list[str] = field(default_factory=list)


def write_all(notebooks, folder):
    vendor = [*(HERE / "node_modules" / name for name in VENDOR), *(HERE / "static").glob("slides.*")]
    for file in vendor:
        if not file.exists():
            raise Bad(f"{file.relative_to(HERE)}: expected from npm ci, got none")
    shutil.rmtree(folder, ignore_errors=True)
    for file in vendor:
        write(folder / "vendor" / file.name, file.read_bytes())
    write(folder / "vendor/code.css", CODE.get_style_defs(".code"))
    template = Environment(loader=FileSystemLoader(HERE), autoescape=True, trim_blocks=True).get_template("slides.html")
    for notebook in notebooks:
        for figure in notebook.figures:
            write(folder / figure.file, figure.png)
        write(folder / f"{notebook.name}.html", template.render(title=notebook.title, columns=columns(notebook)))


def columns(notebook):
    """The ideas of a notebook, by the sections that they belong to."""
    found = []
    for idea in ideas(notebook):
        if idea.level <= 2 and not (found and found[-1][0].title == idea.title):
            found.append([])
        found[-1].append(idea)
    return found


def ideas(notebook):
    """Each with something to show."""
    found, title, level = [], notebook.title, 1
    for cell in notebook.content.cells:
        kind = cell.metadata.get("slideshow", {}).get("slide_type") or rule(cell)
        if kind == "skip":
            continue
        if kind == "notes":
            found[-1].notes.append(MARKDOWN.render(cell.source))
            continue
        idea = Idea(title, level, cell.id)
        made = list(take_text(idea, cell)) if cell.cell_type == "markdown" else [take_code(idea, cell)]
        if kind == "-":
            found[-1].blocks += made[0].blocks
            found[-1].notes += made.pop(0).notes
        found += made
        title, level = found[-1].title, found[-1].level
    return [idea for idea in found if idea.blocks or idea.level == 1]


def rule(cell):
    """The slide_type of a cell that says none."""
    if cell.cell_type == "raw" or cell.source.startswith("%load"):
        return "skip"
    return "slide" if re.match("#{1,3} ", cell.source) else "subslide"


def take_code(idea, cell):
    if cell.source and "machinery" not in cell.metadata.get("tags", []):
        size = min(LARGE, int(WIDTH / max(map(len, cell.source.split("\n")))))
        code = highlight(cell.source, JavaLexer(), CODE)
        idea.blocks.append(("code", f'<pre class="code" style="font-size: {size}px">{code}</pre>'))
    for output in cell.outputs:
        if output.output_type == "stream":
            idea.blocks.append(("output", f'<pre class="stream">{html.escape(output.text)}</pre>'))
        elif output.output_type == "error":
            idea.blocks.append(("output", f'<pre class="stream">{html.escape(output.evalue)}</pre>'))
        elif "text/html" in output.data:
            take_html(idea, output.data["text/html"])
        else:
            shown = html.escape(output.data.get("text/plain", ""))
            idea.blocks.append(("output", f'<pre class="stream">{shown}</pre>'))
    return idea


def take_html(idea, text):
    if "<figure" in text:
        caption = re.search(r"</a> (.*?)</figcaption>", text, re.DOTALL)
        shown = shortened(caption[1])
        if shown != caption[1]:
            idea.notes.append(f"<p>{caption[1]}</p>")
        idea.blocks.append(("figure", text[: caption.start(1)] + shown + text[caption.end(1) :]))
    else:
        opened = re.sub(r"</?details>\n?|<summary>(.*?)</summary>", "", text)  # a slide has no room for what opens
        idea.blocks.append(("card" if 'class="claim' in text else "output", opened))


def shortened(text):
    """The first sentences, as many as are short together; at least one."""
    shown = ""
    for sentence in sentences(text):
        if shown and len(re.sub("<[^>]*>", "", shown + sentence)) > SHORT:
            break
        shown = f"{shown} {sentence}".strip()
    return shown


def take_text(idea, cell):
    """Ideas of a Markdown cell: one, and another for each heading below the first block."""
    nodes = SyntaxTreeNode(MARKDOWN.parse(cell.source)).children
    for number, node in enumerate(nodes):
        following = nodes[number + 1].type if number + 1 < len(nodes) else ""
        if node.type == "heading":
            if idea.blocks:
                yield idea
            idea = Idea(MARKDOWN.renderInline(node.children[0].content), int(node.tag[1]), cell.id)
        elif node.type == "paragraph":
            text, *more = DISPLAYED.split(node.children[0].content)
            take_paragraph(idea, text, "math_block" if more else following)
            for formula_, text in zip(more[::2], more[1::2], strict=True):
                idea.blocks.append(("formula", formula(formula_, {"display_mode": True})))
                take_paragraph(idea, text, following)
        elif node.type != "html_block":
            text = MARKDOWN.renderer.render(node.to_tokens(), MARKDOWN.options, {})
            kind = {"math_block": "formula", "table": "output", "fence": "code"}.get(node.type, "text")
            idea.blocks.append((kind, decks(text)))
    yield idea


def take_paragraph(idea, text, following):
    text = re.sub(r"<a id=[^>]*></a>", "", text).strip()
    if not text:
        return
    parts = sentences(text)
    if len(text) > SHORT:
        last = len(parts) - 1 if following == "math_block" else 0  # leads to the formula
        shown = [part for i, part in enumerate(parts) if i in (0, last) or "**" in part]
        idea.notes.append(f"<p>{decks(MARKDOWN.renderInline(text))}</p>")
    else:
        shown = [text]
    for number, part in enumerate(shown, 1):
        leads = number == len(shown) and (following == "math_block" or part.rstrip("*").endswith((":", ",")))
        idea.blocks.append(("text lead" if leads else "text", f"<p>{decks(MARKDOWN.renderInline(part))}</p>"))


def sentences(text):
    """A text's sentences. What is in parentheses or bold stays together, and a title in bold with what it begins."""
    kept = []

    def keep(match):
        kept.append(match[0])
        return f"\0{len(kept) - 1}\0"

    found = [""]
    for part in END.split(WHOLE.sub(keep, text)):
        found[-1] += part
        title = re.fullmatch(r"\s*\*\*[^*]{1,50}\*\*", found[-1])  # of what it begins
        if found[-1].count("(") <= found[-1].count(")") and found[-1].count("**") % 2 == 0 and not title:
            found.append("")
    whole = [re.sub("\0(\\d+)\0", lambda m: kept[int(m[1])], part).strip() for part in found]
    return [part for part in whole if part]


def decks(text):
    """Links to notebooks of the course as links to their decks; what is not beside a deck is not linked."""
    text = re.sub(r'href="(\d\d-[^"#/]+)\.ipynb(?:#[^"]*)?"', r'href="\1.html"', text)
    return re.sub(r'<a href="(?!https?:)[^"]*(?<!\.html)">(.*?)</a>', r"\1", text)
