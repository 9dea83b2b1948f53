"""Sphinx's settings, and the little that it lacks for this course. Run by build.py."""

import os
import re
import sys
from itertools import pairwise
from pathlib import Path
from urllib.parse import quote

from docutils import nodes
from sphinx.locale import _
from sphinx.search.en import SearchEnglish
from sphinx.transforms import SphinxTransform

sys.path.append(str(Path(__file__).resolve().parent))

from course import LIVE, NOTEBOOKS, ledger

REPOSITORY = os.environ.get("REPOSITORY", "").rstrip("/")
CHINESE = tags.has("zh")  # noqa: F821, Sphinx puts it here

project = "时间反向传播" if CHINESE else "Back-propagation through time"
html_title = project
extensions = ["myst_nb", "sphinx_copybutton"]
language = "zh_CN" if CHINESE else "en"

nb_execution_mode = "off"
nb_merge_streams = True
nb_render_markdown_format = "myst"
nb_code_prompt_show = "只作准备或绘图的代码" if CHINESE else "Code that only prepares or draws"
nb_code_prompt_hide = "收起代码" if CHINESE else "Hide this code"
myst_enable_extensions = ["dollarmath", "attrs_inline"]
myst_dmath_double_inline = True  # $$ … $$ right below a line of text
myst_heading_anchors = 3

html_theme = "furo"
templates_path = ["templates"]
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
html_use_index = False
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


class Chinese(SearchEnglish):
    """Words, and of Chinese, which has no spaces, each character and each two that stand together."""

    lang = "zh"
    js_splitter_code = r"""
function splitQuery(query) {
  const runs = query.match(/\p{Script=Han}+|(?:(?!\p{Script=Han})[\p{Letter}\p{Number}_])+/gu) ?? [];
  const pairs = (run) => Array.from(run).slice(1).map((character, i) => Array.from(run)[i] + character);
  return runs.flatMap((run) => (/\p{Script=Han}{2}/u.test(run) ? pairs(run) : [run]));
}
"""

    def split(self, text):
        runs = re.findall(r"[\u4e00-\u9fff]+|[^\W\u4e00-\u9fff]+", text)
        return [part for run in runs for part in ([*run, *map("".join, pairwise(run))] if run > "\u4e00" else [run])]


def add_buttons(app, page, template, context, doctree):
    """Below the title of a notebook's page: the notebook itself, its slides, its live figures, Binder."""
    path = NOTEBOOKS / ("zh" if CHINESE else "") / f"{page}.ipynb"
    if not path.exists() or "body" not in context:
        return
    here, up = path.relative_to(NOTEBOOKS).as_posix(), "../" if CHINESE else ""
    notebook, deck, figure, binder = (
        ("笔记本", "幻灯片（英文）", "动态图（英文）", "在 Binder 上运行")
        if CHINESE
        else ("Notebook", "Slides", "Live figure", "Run on Binder")
    )
    buttons = [(notebook, f"{up}notebooks/{here}", " download"), (deck, f"{up}slides/{page}.html", "")]
    buttons += [
        (figure, f"{up}live/{name}.html", "")
        for name, numbers in LIVE.items()
        if page[:2] in numbers and (Path(app.outdir) / up / "live").exists()
    ]
    if REPOSITORY:
        url = (
            f"https://mybinder.org/v2/git/{quote(REPOSITORY, safe='')}/HEAD?labpath=notebooks%2F{quote(here, safe='')}"
        )
        buttons.append((binder, url, ""))
    row = "".join(f'<a href="{href}"{more}>{label}</a>' for label, href, more in buttons)
    context["body"] = context["body"].replace("</h1>", f'</h1>\n<p class="buttons">{row}</p>', 1)


def add_languages(app, page, template, context, doctree):
    """Above a page: the course's languages. What is not translated leads to the contents in Chinese."""
    translated = page in ("index", "search") or (NOTEBOOKS / "zh" / f"{page}.ipynb").exists()
    if CHINESE:
        english = f'<a href="../{page}.html" rel="alternate" hreflang="en" lang="en">English</a>'
        chinese = '<span aria-current="true">中文</span>'
    else:
        english = '<span aria-current="true">English</span>'
        where, rel, named = (page, ' rel="alternate"', "中文") if translated else ("index", "", "中文目录")
        chinese = f'<a href="zh/{where}.html"{rel} hreflang="zh-CN" lang="zh-CN">{named}</a>'
    label = "语言" if CHINESE else "Language"
    context["languages"] = f'<nav class="languages" aria-label="{label}">{english} · {chinese}</nav>\n'


def in_chinese(app, page, template, context, doctree):
    """The theme's words in Chinese, what is English marked as such, and no line that begins with a comma."""
    words = {
        "Next": "下一页",
        "Previous": "上一页",
        "Home": "首页",
        "On this page": "本页内容",
        "Back to top": "回到顶部",
        "Skip to content": "跳到正文",
    }
    context["_"] = context["gettext"] = lambda text: words.get(text) or _(text)
    if "body" in context:
        body = context["body"].replace('<div class="cell ', '<div lang="en" class="cell ')
        short = r'（?<span class="math[^>]*>[^<]{1,30}</span>[，。；：、？）]*'
        context["body"] = re.sub(short, r'<span class="together">\g<0></span>', body)


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
    app.connect("html-page-context", add_languages)
    app.connect("html-page-context", add_buttons)
    app.connect("html-page-context", link_claims)
    app.connect("html-page-context", mend, priority=900)  # after the theme
    if CHINESE:
        app.add_search_language(Chinese)
        app.connect("html-page-context", in_chinese)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
