"""Sphinx's settings, and the little that it lacks for this course. Run by build.py."""

import os
import re
import sys
from pathlib import Path
from urllib.parse import quote

from docutils import nodes
from sphinx.transforms import SphinxTransform

sys.path.append(str(Path(__file__).resolve().parent))

from course import LIVE, NOTEBOOKS, ledger

REPOSITORY = os.environ.get("REPOSITORY", "").rstrip("/")

project = "Back-propagation through time"
html_title = project
extensions = ["myst_nb", "sphinx_copybutton"]
language = "en"

nb_execution_mode = "off"
nb_merge_streams = True
nb_render_markdown_format = "myst"
nb_code_prompt_show = "Code that only prepares or draws"
nb_code_prompt_hide = "Hide this code"
myst_enable_extensions = ["dollarmath"]
myst_dmath_double_inline = True  # $$ … $$ right below a line of text
myst_heading_anchors = 3

html_theme = "furo"
html_theme_options = {"source_repository": REPOSITORY + "/"} if REPOSITORY else {}
html_static_path = [
    "static/site.css",
    "static/site.js",
    "node_modules/mathjax/es5/tex-svg-full.js",
    "node_modules/sortable-tablesort/dist/sortable.min.js",
    "node_modules/sortable-tablesort/dist/sortable.a11y.min.js",
    "node_modules/sortable-tablesort/dist/sortable-base.min.css",
]
html_css_files = ["sortable-base.min.css", "site.css"]
html_js_files = ["sortable.min.js", "sortable.a11y.min.js", "site.js"]
html_copy_source = False
html_show_sourcelink = False
html_show_copyright = False
copybutton_selector = ".cell_input pre"
pygments_style = "a11y-high-contrast-light"
pygments_dark_style = "a11y-high-contrast-dark"

mathjax_path = "tex-svg-full.js"
mathjax3_config = {"options": {"enableMenu": False}, "svg": {"fontCache": "local"}}


class Formulas(SphinxTransform):
    """An <a id="…"></a> of a notebook becomes a place that links reach by Markdown, and shows its id."""

    default_priority = 500  # before MyST looks for what #id may mean

    def apply(self):
        for raw in list(self.document.findall(nodes.raw)):
            found = ledger.ANCHOR.match(raw.astext() + "</a>")
            if not found:
                continue
            place = nodes.target("", "", ids=[found[1]], names=[found[1]])
            self.document.note_explicit_target(place, place)
            shown = nodes.reference("", found[1], refuri=f"#{found[1]}", classes=["formula"])
            raw.parent.children.remove(raw.next_node(descend=False, siblings=True))  # its </a>
            raw.replace_self([place, shown])


def add_buttons(app, page, template, context, doctree):
    """Below the title of a notebook's page: the notebook itself, its slides, its live figures, Binder."""
    path = NOTEBOOKS / f"{page}.ipynb"
    if not path.exists() or "body" not in context:
        return
    buttons = [("Notebook", f"notebooks/{path.name}", " download"), ("Slides", f"slides/{page}.html", "")]
    buttons += [
        ("Live figure", f"live/{name}.html", "")
        for name, numbers in LIVE.items()
        if page[:2] in numbers and (Path(app.outdir) / "live").exists()
    ]
    if REPOSITORY:
        url = f"https://mybinder.org/v2/git/{quote(REPOSITORY, safe='')}/HEAD?labpath=notebooks%2F{quote(path.name)}"
        buttons.append(("Run on Binder", url, ""))
    row = "".join(f'<a href="{href}"{more}>{label}</a>' for label, href, more in buttons)
    context["body"] = context["body"].replace("</h1>", f'</h1>\n<p class="buttons">{row}</p>', 1)


def mend(app, page, template, context, doctree):
    """What axe-core finds in the pages that the theme and MyST-NB make."""
    context["furo_navigation_tree"] = context["furo_navigation_tree"].replace(
        'role="heading"', 'role="heading" aria-level="2"'
    )
    if "body" in context:
        context["body"] = context["body"].replace(' aria-label="Toggle hidden content"', "")


def link_claims(app, page, template, context, doctree):
    """The id on a claim's card leads to the formula, where this page has it."""
    if "body" in context:
        places = set(re.findall(r'<span class="target" id="([^"]+)"', context["body"]))
        context["body"] = re.sub(
            r'(?<=<div class="statement">)<code>([^<]+)</code>',
            lambda m: f'<a href="#{m[1]}">{m[0]}</a>' if m[1] in places else m[0],
            context["body"],
        )


def setup(app):
    app.add_transform(Formulas)
    app.connect("html-page-context", add_buttons)
    app.connect("html-page-context", link_claims)
    app.connect("html-page-context", mend, priority=900)  # after the theme
    return {"parallel_read_safe": True, "parallel_write_safe": True}
