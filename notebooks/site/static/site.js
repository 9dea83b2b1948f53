"use strict";

// The search shows where it found something by fetching the page, which a browser refuses to files.
if (location.protocol === "file:") {
  DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
}

// What is wider than the page scrolls in its box, and so must be reached by the keyboard.
function reachable() {
  for (const box of document.querySelectorAll("mjx-container, pre, .output, .wide, .claim, .table-wrapper")) {
    if (box.scrollWidth > box.clientWidth + 1) {
      box.tabIndex = 0;
    } else {
      box.removeAttribute("tabindex");
    }
  }
}

addEventListener("load", async () => {
  await window.MathJax?.startup?.promise;
  reachable();
  addEventListener("resize", reachable);
  document.addEventListener("toggle", reachable, true);
});

// The ledger's rows that have all the words, and the verdict.
addEventListener("DOMContentLoaded", () => {
  const table = document.getElementById("ledger");
  if (!table) {
    return;
  }
  const words = document.getElementById("words"), verdict = document.getElementById("verdict");
  function filter() {
    const wanted = words.value.toLowerCase().split(/\s+/);
    let shown = 0;
    for (const row of table.tBodies[0].rows) {
      const text = row.textContent.toLowerCase();
      row.hidden = !wanted.every((word) => text.includes(word)) || (verdict.value && row.cells[2].textContent !== verdict.value);
      shown += !row.hidden;
    }
    document.getElementById("shown").textContent = `${shown} of ${table.tBodies[0].rows.length} rows`;
  }
  words.addEventListener("input", filter);
  verdict.addEventListener("change", filter);
  filter();
});
