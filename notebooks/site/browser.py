"""A headless Chromium of this machine, and what only a browser knows of the slides."""

import os
import shutil
from contextlib import contextmanager

from playwright.sync_api import sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")  # as the Makefile has them
READY = 120_000  # milliseconds, for a deck on a busy machine

# Goes through the deck and returns a sentence for every slide with something beyond its sheet or cut off.
MEASURE = """() => Reveal.getSlides().map((slide, index) => {
  const { h, v } = Reveal.getIndices(slide);
  Reveal.slide(h, v);
  const sheet = slide.querySelector(".sheet"), body = sheet.querySelector(".body"), edge = body.getBoundingClientRect();
  const where = `slide ${index + 1}, cell ${sheet.dataset.cell}`, beyond = body.scrollHeight - body.clientHeight;
  if (sheet.dataset.overflow || beyond > 1) {
    return `${where}: ${sheet.dataset.overflow ?? `${beyond} pixels too high`}`;
  }
  for (const part of body.querySelectorAll("*")) {
    const box = part.getBoundingClientRect();
    if (box.width && (box.right > edge.right + 1 || box.left < edge.left - 1) && !part.closest("mjx-assistive-mml")) {
      return `${where}: <${part.tagName.toLowerCase()}> reaches beyond the edge`;
    }
  }
}).filter(Boolean)"""


def executable():
    """Where Chromium is, or None."""
    return next(filter(None, map(shutil.which, NAMES)), None)


@contextmanager
def chromium():
    """A browser; as root it does without the sandbox, which root has not."""
    with sync_playwright() as playwright:
        options = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=executable(), args=options)
        try:
            yield browser
        finally:
            browser.close()


def show(browser, deck, query=""):
    """A page with a deck that has been laid out."""
    page = browser.new_page(viewport={"width": 1280, "height": 720})
    page.set_default_timeout(READY)
    page.goto(deck.as_uri() + query)
    page.wait_for_selector("body.ready")
    return page


def problems(browser, deck):
    """A sentence for each slide of a deck that does not fit."""
    page = show(browser, deck)
    found = page.evaluate(MEASURE)
    page.close()
    return [f"slides/{deck.name}: {problem}" for problem in found]


def print_pdf(browser, deck):
    """A deck's PDF beside it, a page a slide."""
    page = show(browser, deck, "?print-pdf")
    page.pdf(path=deck.with_suffix(".pdf"), prefer_css_page_size=True, print_background=True)
    page.close()
