"""Tests of the Chinese notebooks beside their originals. Run by make test."""

import re
import shutil
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import run
import zh

HERE = Path(__file__).resolve().parent
README = HERE.parent / "README.zh.md"
# What a translator copies. Words in a formula are translated, and a sentence may name a symbol once more or once less.
SHOWN = re.compile(r"\$\$.+?\$\$", re.DOTALL)
INLINE = re.compile(r"(?<!\$)\$[^$\n]+\$(?!\$)")
SPAN = re.compile(r"`[^`\n]+`")
ANCHOR = re.compile(r'<a id="[^"]+"></a>')
WORDS = re.compile(r"\\text\{[^}]*\}")
LINK = re.compile(r"(?<=\]\()[^)#\s]+")


def texts(notebook):
    return {cell.id: cell.source for cell in notebook.cells if cell.cell_type == "markdown"}


class Translations(unittest.TestCase):
    def setUp(self):
        self.pairs = {name: (zh.read(HERE / name), zh.read(zh.ZH / name)) for name in zh.translated()}
        self.assertTrue(self.pairs)

    def test_code_and_outputs_are_those_of_the_original(self):
        for name, (original, translation) in self.pairs.items():
            self.assertEqual(
                [cell.id for cell in original.cells],
                [cell.id for cell in translation.cells if not cell.id.startswith(zh.OWN)],
                f"zh/{name}: make zh",
            )
            theirs = {cell.id: cell for cell in translation.cells}
            for cell in original.cells:
                if cell.cell_type == "code" and cell != theirs[cell.id]:
                    self.fail(f"zh/{name}: the cell {cell.id} or its output is not that of the original: make zh")

    def test_it_is_said_what_is_translated(self):
        for name, (_, translation) in self.pairs.items():
            if translation != zh.follow(name):
                self.fail(f"zh/{name}: its links, cells or last line are not as they are to be: make zh")
            for line in zh.moved_on(name):
                print("", line, sep="\n")  # not behind the dots

    def test_formulas_and_anchors_are_those_of_the_original(self):
        for name, (original, translation) in self.pairs.items():
            theirs = texts(translation)
            for id_, text in texts(original).items():
                if translation.metadata.translates.get(id_) != zh.digest(text):
                    continue
                for kind in (SHOWN, ANCHOR):
                    expected, found = (kind.findall(WORDS.sub("", each)) for each in (text, theirs[id_]))
                    self.assertEqual(expected, found, f"zh/{name}, {id_}")
                for kind in (INLINE, SPAN):
                    expected, found = ({*kind.findall(SHOWN.sub("", each))} for each in (text, theirs[id_]))
                    self.assertEqual(expected, found, f"zh/{name}, {id_}")

    def test_links_lead_somewhere(self):
        pages = [(zh.ZH, f"zh/{n}, {i}", text) for n, (_, z) in self.pairs.items() for i, text in texts(z).items()]
        pages += [(README.parent, README.name, README.read_text(encoding="utf-8"))]
        for folder, where, text in pages:
            for target in LINK.findall(text):
                if not target.startswith("https://"):
                    self.assertTrue((folder / target).exists(), f"{where}: {target}")

    def test_the_words_of_the_glossary_are_used(self):
        row = re.compile(r"^\| [^|]+ \| ([^|]+) \|.*\]\(([\w-]+\.ipynb)\) \|$", re.MULTILINE)
        used = "".join(text for _, translation in self.pairs.values() for text in texts(translation).values())
        found = row.findall((HERE / "glossary.md").read_text(encoding="utf-8"))
        words = [word for words, name in found if name in self.pairs for word in re.split("[、（）]+", words) if word]
        self.assertEqual([], [word for word in words if word not in used])
        self.assertGreater(len(words), 10)

    def test_the_table_of_the_README_says_what_is_in_English(self):
        rows = re.findall(
            r"^\| .*\]\(notebooks/(zh/)?[0-9]{2}-[^)]*\)(（英文）)?", README.read_text(encoding="utf-8"), re.M
        )
        self.assertEqual(len(rows), len([*HERE.glob("[0-9][0-9]-*.ipynb")]), f"{README.name}: a row for each notebook")
        for in_chinese, marked in rows:
            self.assertNotEqual(
                bool(in_chinese), bool(marked), f"{README.name}: （英文） stands behind what is not translated"
            )

    def test_the_first_cell_and_the_results_are_found(self):
        self.assertEqual((zh.ZH / "setup.jshell").read_text(), (HERE / "solutions/setup.jshell").read_text())
        self.assertTrue((zh.ZH / "results/ledger.csv").is_file())


class Following(unittest.TestCase):
    """What make zh does when an original changes, and when there is no translation yet."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        here = Path(folder.name)
        (here / "zh").mkdir()
        for name in ("00-start-here.ipynb", "01-two-steps-by-hand.ipynb", "zh/00-start-here.ipynb"):
            shutil.copy(HERE / name, here / name)
        (here / "README.zh.md").write_text("[1](notebooks/01-two-steps-by-hand.ipynb) [l](lib/README.md)")
        for module, name, value in (
            (zh, "HERE", here),
            (zh, "ZH", here / "zh"),
            (zh, "README", here / "README.zh.md"),
            (run, "SCRATCH", here / ".scratch"),
        ):
            patch = mock.patch.object(module, name, value)
            patch.start()
            self.addCleanup(patch.stop)
        self.here = here

    def run_it(self, *arguments):
        with mock.patch("builtins.print") as say:
            zh.main(arguments)
        return "\n".join(call.args[0] for call in say.call_args_list)

    def change(self, name, id_, **fields):
        notebook = zh.read(self.here / name)
        next(cell for cell in notebook.cells if cell.id == id_).update(fields)
        zh.write(self.here / name, notebook, self.here)

    def test_code_follows_and_a_text_that_moved_on_is_named(self):
        self.run_it()  # links to 01 lead to the original now
        before = texts(zh.read(zh.ZH / "00-start-here.ipynb"))
        self.change("00-start-here.ipynb", "network-run", source="int one = 1;", outputs=[])
        self.change("00-start-here.ipynb", "map", source="Another map.")
        said = self.run_it()
        self.assertRegex(said, "zh/00-start-here.ipynb: .* moved on, or is not translated: map$")
        after = zh.read(zh.ZH / "00-start-here.ipynb")
        self.assertEqual(next(cell.source for cell in after.cells if cell.id == "network-run"), "int one = 1;")
        self.assertEqual(texts(after), before)
        self.assertNotIn("moved on", self.run_it("--translated", "0"))

    def test_a_text_under_a_new_id_keeps_its_translation(self):
        before = texts(zh.read(zh.ZH / "00-start-here.ipynb"))
        self.change("00-start-here.ipynb", "network", id="first")
        self.assertNotIn("moved on", self.run_it())
        self.assertEqual(texts(zh.read(zh.ZH / "00-start-here.ipynb"))["first"], before["network"])

    def test_a_translation_is_begun(self):
        said = self.run_it("1")
        self.assertRegex(said, "zh/01-two-steps-by-hand.ipynb: .* not translated: title, network, ")
        self.assertIn("](../solutions/01-two-steps", texts(zh.read(zh.ZH / "01-two-steps-by-hand.ipynb"))["exercises"])
        self.assertIn("](01-two-steps", texts(zh.read(zh.ZH / "00-start-here.ipynb"))["map"])
        self.assertEqual(zh.README.read_text(), "[1](notebooks/zh/01-two-steps-by-hand.ipynb) [l](lib/README.md)")
        (zh.ZH / "01-two-steps-by-hand.ipynb").unlink()
        self.run_it()
        self.assertIn("](../01-two-steps", texts(zh.read(zh.ZH / "00-start-here.ipynb"))["map"])

    def test_what_is_as_it_should_be_is_not_written_again(self):
        self.run_it()
        files = [zh.README, *zh.ZH.glob("*.ipynb")]
        before = [path.stat().st_mtime_ns for path in files]
        self.run_it()
        self.assertEqual([path.stat().st_mtime_ns for path in files], before)

    def test_a_full_disk_costs_nothing(self):
        self.change("00-start-here.ipynb", "network-run", source="int one = 1;", outputs=[])
        path = zh.ZH / "00-start-here.ipynb"
        before = path.read_bytes()
        with mock.patch.object(Path, "write_bytes", side_effect=OSError("no space")), self.assertRaises(OSError):
            self.run_it()
        self.assertEqual(path.read_bytes(), before)

    def test_English_is_not_taken_for_a_translation(self):
        with self.assertRaisesRegex(SystemExit, "expected notebooks that are begun, got 01-two-steps-by-hand.ipynb"):
            zh.main(["--translated", "1"])
        self.assertFalse((zh.ZH / "01-two-steps-by-hand.ipynb").exists())

    def test_a_translation_of_nothing_and_a_damaged_one_are_named(self):
        path = zh.ZH / "00-start-here.ipynb"
        path.write_text(path.read_text()[:1000])
        with self.assertRaisesRegex(SystemExit, "00-start-here.ipynb: expected a notebook, got a file that ends early"):
            zh.main([])
        path.rename(zh.ZH / "00-begin.ipynb")
        with self.assertRaisesRegex(SystemExit, "notebooks that there are, got 00-begin.ipynb: rename them, too"):
            zh.main([])

    def test_an_unknown_notebook_is_refused(self):
        for arguments in (["77"], ["start"], ["--translated"]):
            with self.assertRaisesRegex(SystemExit, "expected the numbers? of"):
                zh.main(arguments)


if __name__ == "__main__":
    unittest.main()
