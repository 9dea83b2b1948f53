"use strict";

// Lays ideas out on slides, where sizes are known: whatever fonts a machine has, nothing leaves its sheet.
const SMALLEST = 15; // pixels: smaller letters are not read from afar, and what would need them does not fit

const slides = document.querySelector(".slides");
let sheet; // the one that is being filled
let column; // its section

function make(tag, name, parent) {
  const made = document.createElement(tag);
  made.className = name;
  parent.append(made);
  return made;
}

function begin(idea) {
  const section = make("section", "", column);
  sheet = make("div", idea.dataset.level === "1" && !column.previousElementSibling && !section.previousElementSibling ? "sheet first" : "sheet", section);
  sheet.dataset.cell = idea.dataset.cell;
  sheet.append(idea.querySelector("h2").cloneNode(true));
  sheet.body = make("div", "body", sheet);
  sheet.idea = idea;
}

const fits = () => sheet.body.scrollHeight <= sheet.body.clientHeight;

// For whoever looks through the deck before it is shown.
function refuse(block, why) {
  sheet.dataset.overflow = why;
  sheet.dataset.cell = block.dataset.cell;
}

// As wide as the sheet at most: a formula, a line of code or a table that is wider gets smaller letters.
function narrow(block) {
  for (const wide of block.querySelectorAll("mjx-container, pre, table, .claim, div")) {
    const size = parseFloat(getComputedStyle(wide).fontSize);
    for (let factor = 0.95; wide.scrollWidth > wide.clientWidth || wide.offsetWidth > block.clientWidth; factor -= 0.05) {
      if (factor * size < SMALLEST) {
        refuse(block, "too wide");
        break;
      }
      wide.style.fontSize = `${factor * size}px`;
    }
  }
}

function shrink(block) {
  const size = parseFloat(getComputedStyle(block.querySelector("pre") ?? block).fontSize);
  for (let factor = 0.95; !fits(); factor -= 0.05) {
    if (factor * size < SMALLEST) {
      refuse(block, "too high");
      return;
    }
    block.style.zoom = factor;
  }
}

// A picture takes the height that its caption, and what is above it, leave; returns the share of what it could have.
function stretch(block) {
  const image = block.querySelector("img"), body = sheet.body;
  const most = Math.min(body.clientHeight, (body.clientWidth * image.getAttribute("height")) / image.getAttribute("width"));
  image.style.width = "auto";
  image.style.height = "0";
  const left = body.clientHeight - (block.offsetTop + block.offsetHeight - body.offsetTop);
  image.style.height = `${Math.max(0, Math.min(most, left))}px`;
  return left / most;
}

// Rows of a table, points of a list or lines of a claim that are too many for one sheet go on on the next.
function rest(block) {
  const list = block.querySelector("tbody, ol, ul, .claim");
  if (!list || list.children.length < 2) {
    return null;
  }
  const other = block.cloneNode(true), next = other.querySelector("tbody, ol, ul, .claim");
  const head = list.matches(".claim") ? 1 : 0; // its statement is said again
  [...next.children].slice(head).forEach((child) => child.remove());
  while (!fits() && list.children.length > head + 1) {
    next.insertBefore(list.lastElementChild, next.children[head] ?? null);
  }
  if (list.matches("ol")) {
    next.start = list.start + list.children.length;
  }
  return next.children.length > head ? other : null;
}

function place(block, idea) {
  sheet.body.append(block);
  narrow(block);
  if (block.matches(".figure")) {
    if (stretch(block) >= 0.7 || sheet.body.children.length === 1) {
      return;
    }
  } else if (fits()) {
    return;
  }
  block.remove();
  const before = sheet.body.lastElementChild;
  if (before) {
    begin(idea);
    if (before.matches(".lead") && before.previousElementSibling) {
      sheet.body.append(before); // what leads to a formula stays with it
    }
    sheet.body.append(block);
    if (block.matches(".figure")) {
      stretch(block);
      return;
    }
  } else {
    sheet.body.append(block);
  }
  if (!fits()) {
    const other = rest(block);
    if (!fits()) {
      shrink(block);
    }
    if (other) {
      begin(idea);
      place(other, idea);
    }
  }
}

function layOut() {
  for (const ideas of [...slides.children]) {
    column = document.createElement("section");
    ideas.before(column);
    sheet = null;
    for (const idea of ideas.querySelectorAll(".idea")) {
      const heading = idea.querySelector("h2").textContent;
      // Prose leads to what comes next; everything else is an idea of its own.
      const prose = sheet && heading === sheet.querySelector("h2").textContent && [...sheet.body.children].every((b) => b.matches(".text"));
      if (!prose) {
        begin(idea);
      }
      const first = sheet.parentElement;
      for (const block of idea.querySelectorAll(":scope > .block")) {
        block.dataset.cell = idea.dataset.cell;
        place(block, idea);
      }
      const notes = idea.querySelector(".notes");
      if (notes) {
        // The speaker's window has no style sheet that would hide the second form of a formula.
        notes.querySelectorAll("mjx-assistive-mml").forEach((form) => form.remove());
        first.append(notes);
      }
    }
    ideas.remove();
  }
}

MathJax.startup.promise.then(async () => {
  await Promise.all([...document.images].map((image) => { image.loading = "eager"; return image.decode().catch(() => {}); }));
  layOut();
  document.body.classList.add("laid-out");
  await Reveal.initialize({
    width: 1280, height: 720, margin: 0, center: false, hash: true, transition: "none", slideNumber: "c/t",
    pdfMaxPagesPerSlide: 1, scrollActivationWidth: null, plugins: [RevealNotes],
  });
  document.body.classList.add("ready");
});
