"""Tests of the site and the slides, most of them in a browser. Run by make test where there is one.

Pictures of every kind of page are left in target/screenshots, to be looked at.
"""

import contextlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import browser
import build
import course
import nbformat
import slides

HERE = Path(__file__).resolve().parent
AXE = HERE / "node_modules/axe-core/axe.min.js"
SCREENSHOTS = build.TARGET / "screenshots"
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 375, "height": 812}
KINDS = (
    ("index", "light", {}),
    ("03-the-error-term", "light", {}),
    ("03-the-error-term", "dark", {"color_scheme": "dark"}),
    ("03-the-error-term", "phone", {"is_mobile": True}),
    ("ledger", "dark", {"color_scheme": "dark"}),
    ("ledger", "phone", {"is_mobile": True}),
    ("data", "light", {}),
    ("zh/index", "light", {}),
    ("zh/10-gradient-decay-across-T", "light", {}),
    ("zh/10-gradient-decay-across-T", "dark", {"color_scheme": "dark"}),
    ("zh/10-gradient-decay-across-T", "phone", {"is_mobile": True}),
)
PRESENT = "section.present > section.present"  # the slide that is shown
DECK = "03-the-error-term.html"
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4//8/AAX+Av4N70a4AAAAAElFTkSuQmCC"


# TeX that is still to be seen, formulas that MathJax refused, and those in letters of less than 13 pixels.
UNSET = r"""() => {
  const article = document.querySelector("article"), text = article.cloneNode(true);
  text.querySelectorAll("pre, code, script, mjx-container").forEach((part) => part.remove());
  const size = (part) => parseFloat(getComputedStyle(part).fontSize);
  const small = [...article.querySelectorAll("mjx-container")].filter((formula) => size(formula) < 13);
  const bad = [...small, ...article.querySelectorAll("mjx-merror, .problematic")];
  return [...(text.textContent.match(/\S*(\$|\\\(|\\\[)\S*/g) ?? []), ...bad.map((part) => part.textContent)];
}"""

# What is wider than the page, in no box that scrolls.
CUT = """() => {
  const itself = (box) => /auto|scroll/.test(getComputedStyle(box).overflowX);
  const scrolls = (box) => box && (itself(box) || scrolls(box.parentElement.closest("article *")));
  const beyond = (part) => part.getBoundingClientRect().right > document.documentElement.clientWidth + 1;
  return [...document.querySelectorAll("article :is(p, pre, img, table, svg, .claim)")]
    .filter((part) => beyond(part) && !scrolls(part)).map((part) => part.outerHTML.slice(0, 80));
}"""


def markdown(text):
    return nbformat.v4.new_markdown_cell(text, id="bad")


def code(source, *outputs):
    return nbformat.v4.new_code_cell(source, outputs=list(outputs), id="bad")


def shown(html):
    return nbformat.v4.new_output("display_data", {"text/html": html, "text/plain": ""})


class Copy:
    """The project with short notebooks, to break something in."""

    def __init__(self, folder):
        self.root = Path(folder)
        site = self.root / "notebooks/site"
        ignored = shutil.ignore_patterns("target", "node_modules", ".venv", "__pycache__")
        shutil.copytree(HERE, site, ignore=ignored)
        (site / "node_modules").symlink_to(HERE / "node_modules")
        formulas = "lib/src/main/resources/bptt/check/formulas.tsv"
        for name in ("README.md", "README.zh.md", *build.DOCUMENTS, *build.PICTURES, formulas):
            self.take(name)
        for name in ("ledger.py", "results/ledger.csv"):
            self.take(f"notebooks/{name}")
        (self.root / "notebooks/zh").mkdir()
        for pattern in ("[0-9][0-9]-*.ipynb", "zh/[0-9][0-9]-*.ipynb"):
            for path in build.NOTEBOOKS.glob(pattern):
                self.write(path.relative_to(build.NOTEBOOKS).as_posix())

    def take(self, name):
        (self.root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(build.ROOT / name, self.root / name)

    def write(self, name, *cells):
        notebook = nbformat.read(build.NOTEBOOKS / name, as_version=4)
        notebook.cells = [nbformat.v4.new_markdown_cell(f"# {Path(name).name[:2]} · A title", id="title"), *cells]
        nbformat.write(notebook, self.root / "notebooks" / name)

    def build(self, *arguments, **environment):
        command = [sys.executable, str(self.root / "notebooks/site/build.py"), *arguments]
        return subprocess.run(command, env=os.environ | environment, capture_output=True, text=True)


class BadInput(unittest.TestCase):
    """What a reader would stumble over fails the build, by its name."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.copy = Copy(folder.name)

    def refused(self, *cells, arguments=(), name="03-the-error-term.ipynb"):
        if arguments:  # a deck leads to no other notebook
            for path in (self.copy.root / "notebooks").glob("*.ipynb"):
                path.unlink()
        self.copy.write(name, *cells)
        run = self.copy.build(*arguments)
        self.assertEqual(run.returncode, 1, run.stderr)
        return re.sub(r"\x1b\[[\d;]*m", "", run.stderr)

    def test_a_damaged_notebook_is_named(self):
        (self.copy.root / "notebooks/03-the-error-term.ipynb").write_text('{"cells": [')
        run = self.copy.build()
        self.assertEqual(run.returncode, 1)
        self.assertRegex(run.stderr, r"^03-the-error-term\.ipynb: expected a notebook, got a file that ends .*\n$")

    def test_links_and_ids_that_do_not_exist(self):
        said = self.refused(
            markdown(
                '<a id="delta.net"></a>\n\n[there](02-unrolling-an-elman-network.ipynb) [here](#delta.net) '
                "[no id](02-unrolling-an-elman-network.ipynb#elman.99) [no formula](#delta.99) [no file](99-no.ipynb)"
            )
        )
        for name in ("elman.99", "delta.99", "99-no"):
            self.assertRegex(said, rf"(?m)^.*03-the-error-term\.ipynb.*{re.escape(name)}")
        self.assertNotIn("delta.net", said)

    def test_a_figure_without_a_text_alternative(self):
        figure = '<figure>\n<img width="1" height="1" alt="{}" src="data:image/png;base64,' + PIXEL + '">\n{}</figure>'
        caption = "<figcaption>See.</figcaption>"
        picture = nbformat.v4.new_output("display_data", {"image/png": PIXEL, "text/plain": ""})
        for cell, what in (
            (code("", shown(figure.format(" ", caption))), "a text alternative of the figure, got none"),
            (code("", shown(figure.format("A dot", ""))), "a caption of the figure, got none"),
            (code("", shown("<p><img src='a.png'></p>")), "a text alternative of the figure, got none"),
            (code("", picture), "a figure with its text alternative, got image/png"),
            (markdown("![](a.png)"), "a text alternative of the figure, got none"),
        ):
            said = self.refused(cell, arguments=["--slides"])
            self.assertEqual(said, f"03-the-error-term.ipynb, cell bad: expected {what}\n")

    def test_a_slide_that_does_not_fit(self):
        tall = "<div>" + "<p>line</p>" * 60 + "</div>"
        wide = "<pre style='white-space: pre'>" + "0" * 300 + "</pre>"
        for output, what in ((tall, "too high"), (wide, "too wide")):
            said = self.refused(code("int a;", shown(output)), arguments=["--slides"])
            self.assertRegex(said, rf"^slides/03-the-error-term\.html: slide \d, cell bad: {what}\n$")

    def test_a_page_that_loads_from_elsewhere_or_is_too_large(self):
        said = self.refused(
            code(
                "",
                shown('<script src="https://example.org/a.js"></script><a href="nowhere.html">a</a>'),
                shown('<a href="01-two-steps-by-hand.html#nowhere">b</a>'),
                shown(f"<p>{'0' * build.LARGEST}</p>"),
            ),
        )
        self.assertIn("03-the-error-term.html: expected nothing from elsewhere, got https://example.org/a.js\n", said)
        self.assertIn("03-the-error-term.html: nowhere.html leads nowhere\n", said)
        self.assertIn(
            "03-the-error-term.html: 01-two-steps-by-hand.html#nowhere leads to no place in that page\n", said
        )
        self.assertRegex(said, r"03-the-error-term\.html: expected at most 1000000 bytes, got 10\d{5}\n")

    def test_the_repository_brings_its_buttons(self):
        run = self.copy.build(REPOSITORY="https://example.org/a/bptt")
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        page = (self.copy.root / "notebooks/site/target/html/03-the-error-term.html").read_text(encoding="utf-8")
        self.assertIn(
            "/v2/git/https%3A%2F%2Fexample.org%2Fa%2Fbptt/HEAD?labpath=notebooks%2F03-the-error-term.ipynb", page
        )


class Kept(unittest.TestCase):
    def test_the_last_good_site_comes_back(self):
        with tempfile.TemporaryDirectory() as parent:
            site = Path(parent) / "html"
            with build.kept(site):  # the first one
                site.mkdir()
            (site / "index.html").touch()
            with self.assertRaises(KeyboardInterrupt), build.kept(site):
                site.mkdir()
                raise KeyboardInterrupt
            self.assertTrue((site / "index.html").exists())
            with build.kept(site):
                site.mkdir()
            self.assertEqual(list(Path(parent).rglob("*")), [site])


class Text(unittest.TestCase):
    """What a text of the project becomes."""

    def test_links_lead_within_a_language_and_out_of_it(self):
        chart = next(picture for picture in build.PICTURES.values() if picture.endswith("-ms.svg"))
        for document, folder, link, leads in (
            ("notebooks/03-a.ipynb", "", "04-b.ipynb#c", "(04-b.ipynb#c)"),
            ("notebooks/zh/03-a.ipynb", "zh/", "04-b.ipynb", "(04-b.ipynb)"),
            ("notebooks/zh/03-a.ipynb", "zh/", "../04-b.ipynb#c", "(../04-b.html#c){.external}"),
            ("notebooks/zh/03-a.ipynb", "zh/", "../results/ledger.md", "(../ledger.html){.external}"),
            ("README.zh.md", "zh/", "notebooks/zh/04-b.ipynb", "(04-b.ipynb)"),
            ("README.zh.md", "zh/", "README.md", "(../index.html){.external}"),
            ("README.md", "", "README.zh.md", "(zh/index.html){.external}"),
            ("notebooks/glossary.md", "", "00-a.ipynb", "(00-a.ipynb)"),
            ("lib/BENCHMARK.md", "", f"bench/machines/{chart}", f"({chart})"),
        ):
            self.assertEqual(build.links(f"[d]({link})", document, folder), f"[d]{leads}")
        self.assertEqual(build.links("[d](../LICENSE)", "notebooks/00-a.ipynb"), "d")
        with self.assertRaisesRegex(course.Bad, "^README.md: expected a picture of .*10-decay.png.*, got that of “d”$"):
            build.links("![d](e.png)", "README.md")
        with mock.patch.object(build, "REPOSITORY", "https://e"):
            found = build.links("[d](../solutions/00-a.ipynb)", "notebooks/zh/00-a.ipynb", "zh/")
        self.assertEqual(found, "[d](https://e/blob/HEAD/notebooks/solutions/00-a.ipynb)")

    def test_an_identifier_ends_where_a_sentence_goes_on(self):
        for after in (". B", "; B", "；B", "。", "，B"):
            self.assertEqual(build.papers(f"doi:10.1/a.b{after}"), f"[doi:10.1/a.b](<https://doi.org/10.1/a.b>){after}")


class Slides(unittest.TestCase):
    """What a cell becomes."""

    def test_sentences(self):
        for text, parts in {
            "One. Two? Three": 3,
            "See $a. B$ and `c. D`. E.": 2,
            "(A. B.) C.": 2,
            "**Title.** It begins. It ends.": 2,
            "**A point in bold. It is longer than any title would be.** C.": 2,
            "Numbers, e.g. $\\pi$, of 0.5 and 1.5.": 1,
        }.items():
            self.assertEqual(len(slides.sentences(text)), parts, text)
            self.assertEqual(" ".join(slides.sentences(text)), text)

    def ideas(self, *cells):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "99-a.ipynb"
            nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# A"), *cells]), path)
            return slides.ideas(course.take(path))[1:]

    def test_a_long_paragraph_goes_to_the_notes(self):
        long = "The first sentence. " + "Words. " * 40 + "**The point.** Of it. It ends."
        (idea,) = self.ideas(nbformat.v4.new_markdown_cell(long))
        self.assertEqual(
            [re.sub("<.*?>", "", html) for _, html in idea.blocks], ["The first sentence.", "The point. Of it."]
        )
        self.assertIn("Words. Words.", idea.notes[0])

    def test_links_lead_to_decks(self):
        (idea,) = self.ideas(
            nbformat.v4.new_markdown_cell("[a](07-b.ipynb#c) [d](solutions/07-b.ipynb) [e](https://e)")
        )
        self.assertEqual(idea.blocks, [("text", '<p><a href="07-b.html">a</a> d <a href="https://e">e</a></p>')])

    def test_machinery_is_left_out_and_what_it_shows_is_not(self):
        cell = nbformat.v4.new_code_cell("int a;", outputs=[shown("<p>b</p>")], metadata={"tags": ["machinery"]})
        (idea,) = self.ideas(cell)
        self.assertEqual(idea.blocks, [("output", "<p>b</p>")])

    def test_a_heading_begins_a_slide_and_its_type_comes_first(self):
        tagged = {
            kind: nbformat.v4.new_markdown_cell(f"is {kind}", metadata={"slideshow": {"slide_type": kind}})
            for kind in ("skip", "-", "notes")
        }
        found = self.ideas(nbformat.v4.new_markdown_cell("One\n\n## B\n\nTwo\n\n### C\n\nThree"), *tagged.values())
        self.assertEqual([(i.title, i.level) for i in found], [("A", 1), ("B", 2), ("C", 3)])
        self.assertEqual([html for _, html in found[-1].blocks], ["<p>Three</p>", "<p>is -</p>"])
        self.assertEqual(found[-1].notes, ["<p>is notes</p>\n"])


class Site(unittest.TestCase):
    """The finished site, from its files, without any server."""

    @classmethod
    def setUpClass(cls):
        said = io.StringIO()
        with contextlib.redirect_stderr(said):
            built = build.main([])
        if built:
            raise AssertionError(said.getvalue())
        cls.chromium = cls.enterClassContext(browser.chromium())
        SCREENSHOTS.mkdir(exist_ok=True)
        cls.pages = [*sorted(build.OUT.glob("*.html")), *sorted(build.OUT_ZH.glob("*.html"))]

    def page(self, viewport=DESKTOP, **options):
        """A page on which everything that goes wrong is noted."""
        context = self.chromium.new_context(viewport=viewport, **options)
        context.set_default_timeout(browser.READY)
        self.addCleanup(context.close)
        page = context.new_page()
        self.noted = []
        page.on(
            "request",
            lambda r: r.url.startswith(("file:", "data:", "blob:")) or self.noted.append(f"asked for {r.url}"),
        )
        page.on("console", lambda message: message.type == "error" and self.noted.append(message.text))
        page.on("pageerror", lambda error: self.noted.append(str(error)))
        return page

    def open(self, page, name):
        page.goto(f"{build.OUT.as_uri()}/{name}")
        page.evaluate("() => window.MathJax?.startup?.promise")
        return page

    def picture(self, page, name):
        page.screenshot(path=SCREENSHOTS / f"{name}.png", timeout=browser.READY)

    def test_every_page_on_a_phone(self):
        page = self.page(PHONE, is_mobile=True, has_touch=True)
        for path in self.pages:
            name = path.relative_to(build.OUT).as_posix()
            with self.subTest(name):
                self.open(page, name)
                self.assertEqual(page.evaluate("document.documentElement.scrollWidth"), PHONE["width"])
                self.assertEqual(page.evaluate(CUT), [])
                self.assertEqual(page.evaluate(UNSET), [], "formulas that were not set, or too small")
                images = page.locator("article img").evaluate_all(
                    "all => Promise.all(all.map(async (i) => { i.loading = 'eager'; await i.decode(); return i.alt; }))"
                )
                self.assertTrue(all(len(alt) > 10 for alt in images), images)
                self.assertEqual(self.noted, [])

    def test_figures_are_numbered_from_one(self):
        page = self.open(self.page(), "03-the-error-term.html")
        labels = page.locator("figcaption > a").all_inner_texts()
        self.assertEqual(labels, [f"Figure 03.{n}" for n in range(1, len(labels) + 1)])

    def test_search(self):
        page = self.open(self.page(), "index.html")
        page.locator(".sidebar-search").first.fill("constant error carousel")
        page.keyboard.press("Enter")
        first = page.locator("#search-results li a").first
        first.wait_for()
        self.assertIn("09", first.inner_text())
        self.picture(page, "search")
        first.click()
        page.wait_for_url("**/09-the-LSTM.html*")
        self.assertEqual(self.noted, [])

    def test_search_in_Chinese(self):
        page = self.open(self.page(), "zh/index.html")
        page.locator(".sidebar-search").first.fill("谱半径")
        page.keyboard.press("Enter")
        first = page.locator("#search-results li a").first
        first.wait_for()
        first.click()
        page.wait_for_url("**/zh/10-gradient-decay-across-T.html*")
        self.open(page, "zh/search.html?q=径半谱")
        page.locator("#search-results h2").wait_for()
        self.assertEqual(page.locator("#search-results li a").count(), 0)
        self.assertEqual(self.noted, [])

    def test_to_Chinese_and_back_by_keys(self):
        for view, options in ((DESKTOP, {}), (PHONE, {"is_mobile": True})):
            page = self.open(self.page(view, **options), "10-gradient-decay-across-T.html")
            for leads, language in (("zh/10-gradient", "zh-CN"), ("10-gradient", "en")):
                switch = page.locator(".languages a")
                self.assertTrue(switch.is_visible())
                self.assertEqual(switch.get_attribute("hreflang"), language)
                page.locator(".skip-to-content").focus()
                while not page.evaluate("document.activeElement.matches('.languages a')"):
                    self.assertFalse(
                        page.evaluate("document.activeElement.closest('article')"), "the switch was passed"
                    )
                    page.keyboard.press("Tab")
                page.keyboard.press("Enter")
                page.wait_for_url(f"{build.OUT.as_uri()}/{leads}*")
                self.assertEqual(page.evaluate("document.documentElement.lang"), language)
                self.assertIn("10 · ", page.locator("h1").inner_text())
            self.assertEqual(self.noted, [])

    def test_every_page_has_its_languages(self):
        for path in self.pages:
            chinese = path.parent == build.OUT_ZH
            other = (build.OUT if chinese else build.OUT_ZH) / path.name
            expected = other if other.exists() else build.OUT_ZH / "index.html"
            found = re.findall(r'<nav class="languages".*?href="([^"]+)"', path.read_text(encoding="utf-8"))
            self.assertEqual([(path.parent / link).resolve() for link in found], [expected.resolve()], path.name)

    def test_from_the_ledger_to_the_formula(self):
        page = self.open(self.page(), "ledger.html")
        page.locator("#words").fill("delta.3' descending")
        page.get_by_role("link", name="delta.3'", exact=True).click()
        page.wait_for_url("**/03-the-error-term.html#delta.3'")
        page.evaluate("() => MathJax.startup.promise")
        page.wait_for_timeout(300)
        self.assertIsNotNone(page.get_by_role("link", name="delta.3'", exact=True).first.bounding_box())
        place = page.locator('[id="delta.3\'"]').evaluate("e => e.getBoundingClientRect().top")
        self.assertTrue(0 <= place < 900, place)

    def test_the_ledger_is_sorted_and_filtered(self):
        page = self.open(self.page(), "ledger.html")
        total = len((build.NOTEBOOKS / "results/ledger.csv").read_text(encoding="utf-8").splitlines()) - 1
        self.assertEqual(page.locator("#shown").inner_text(), f"{total} of {total} rows")
        page.locator("#verdict").select_option("wrong as printed")
        page.locator("#words").fill("GRADIENT")
        rows = page.locator("#ledger tbody tr:visible")
        self.assertTrue(0 < rows.count() < total)
        for text in rows.all_inner_texts():
            self.assertIn("gradient", text.lower())
            self.assertIn("wrong as printed", text)
        page.locator("#words").fill("")
        page.locator("#verdict").select_option("")
        error = page.get_by_role("columnheader").nth(3)
        for key, order in (("Enter", 1), ("Enter", -1)):
            error.press(key)
            page.wait_for_timeout(100)
            values = page.locator("#ledger tbody tr td:nth-child(4)").evaluate_all(
                "all => all.map((c) => c.dataset.sort)"
            )
            numbers = [float(value) for value in values if value]
            self.assertEqual(numbers, sorted(numbers, reverse=order < 0))

    def test_machinery_is_folded_and_opens_by_key(self):
        page = self.open(self.page(), "03-the-error-term.html")
        hidden = page.locator("details.hide").first
        self.assertFalse(hidden.locator("pre").is_visible())
        hidden.locator("summary").press("Enter")
        self.assertTrue(hidden.locator("pre").is_visible())

    def test_the_notebook_can_be_taken_away(self):
        page = self.open(self.page(), "03-the-error-term.html")
        link = page.get_by_role("link", name="Notebook", exact=True).get_attribute("href")
        self.assertEqual((build.OUT / link).read_bytes(), (build.NOTEBOOKS / "03-the-error-term.ipynb").read_bytes())
        self.assertEqual(page.get_by_role("link", name="Run on Binder").count(), 0)  # nobody has said where

    def test_dark_by_the_system_and_by_the_button(self):
        page = self.open(self.page(color_scheme="dark"), "03-the-error-term.html")
        dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
        self.picture(page, "dark")
        page.emulate_media(color_scheme="light")
        light = page.evaluate("getComputedStyle(document.body).backgroundColor")
        self.assertGreater(sum(map(int, re.findall(r"\d+", light)[:3])), 600)
        self.assertLess(sum(map(int, re.findall(r"\d+", dark)[:3])), 100)
        page.locator(".content-icon-container .theme-toggle").click(click_count=1)
        page.wait_for_timeout(100)
        self.assertIn(page.evaluate("document.body.dataset.theme"), ("dark", "light"))

    def test_on_paper(self):
        page = self.open(self.page(), "03-the-error-term.html")
        page.emulate_media(media="print")
        self.assertFalse(page.locator(".sidebar-drawer").is_visible())
        for name in (".buttons", ".languages", ".skip-to-content"):
            self.assertFalse(page.locator(name).is_visible(), name)
        page.set_viewport_size({"width": 700, "height": 900})
        wide = page.evaluate("""() => {
          const edge = document.querySelector("article").getBoundingClientRect().right + 1;
          const right = (formula) => formula.getBoundingClientRect().right;
          return [...document.querySelectorAll("article svg")].filter((formula) => right(formula) > edge).length;
        }""")
        self.assertEqual(wide, 0, "formulas that the paper cuts")
        page.pdf(path=SCREENSHOTS / "print.pdf", format="A4")

    def test_no_serious_barrier(self):
        for name, view, options in KINDS:
            with self.subTest(f"{name}, {view}"):
                page = self.page(PHONE if view == "phone" else DESKTOP, **options)
                self.open(page, f"{name}.html")
                self.picture(page, f"{name.replace('/', '-')}-{view}")
                self.assertEqual(serious(page), [])

    def test_every_slide_fits(self):
        for deck in sorted((build.OUT / "slides").glob("*.html")):
            with self.subTest(deck.name):
                self.assertEqual(browser.problems(self.chromium, deck), [])

    def test_a_deck_by_keys(self):
        page = self.page({"width": 1280, "height": 720})
        page.goto((build.OUT / "slides" / DECK).as_uri())
        page.wait_for_selector("body.ready")
        self.picture(page, "slides-title")
        self.assertEqual(page.locator(PRESENT + " h2").inner_text(), "03 · The error term")
        page.keyboard.press("ArrowRight")
        self.assertIn("1. The pre-activation", page.locator(PRESENT + " h2").inner_text())
        self.assertGreater(page.locator(PRESENT + " mjx-container").count(), 2)
        self.picture(page, "slides-formula")
        page.keyboard.press("ArrowDown")
        self.assertTrue(page.locator(PRESENT + " pre.code").count())
        self.picture(page, "slides-code")
        self.assertGreater(page.locator("aside.notes mjx-container").count(), 5)
        self.assertEqual(page.locator("aside.notes mjx-assistive-mml").count(), 0, "formulas twice in the notes")
        self.assertEqual(serious(page), [])
        self.assertEqual(self.noted, [])

    def test_a_deck_on_paper_has_a_page_a_slide(self):
        with tempfile.TemporaryDirectory() as folder:
            shutil.copytree(build.OUT / "slides", folder, dirs_exist_ok=True)
            deck = Path(folder) / DECK
            browser.print_pdf(self.chromium, deck)
            pages = len(re.findall(rb"/Type\s*/Page\b", deck.with_suffix(".pdf").read_bytes()))
            page = browser.show(self.chromium, deck)
            self.assertEqual(pages, page.evaluate("Reveal.getTotalSlides()"))


def serious(page):
    """What axe-core finds that keeps people out."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate(
        "() => axe.run({ exclude: [['mjx-container']] }, { preload: false, resultTypes: ['violations'] })"
    )["violations"]
    return [
        f"{violation['id']}: {json.dumps([node['target'] for node in violation['nodes'][:3]])}"
        for violation in found
        if violation["impact"] in ("serious", "critical")
    ]


if __name__ == "__main__":
    unittest.main()
