"""Tests of what breaks the formulas and the classes, and counts what notices. Run by make test."""

import argparse
import contextlib
import io
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import mutants
import nbformat
import run

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "lib/mutants"))
sys.modules.pop("mutants")
import mutants as classes  # noqa: E402  (lib/mutants/mutants.py)

sys.modules["mutants"] = mutants


class Formulas(unittest.TestCase):
    def made(self, *cells):
        return {(m.cell, m.change) for m in mutants.breaks(["", *cells])}

    def test_what_becomes_what(self):
        claim = 'claim("a").agrees("x" + (t + 1), a, b, 1 + 1e-12);'
        for code, changes in (
            ("double a = b + c;", {"+ → -"}),
            ("double a = b[t - 1];", {"- → +", "t - 1 → t"}),
            ("SimpleMatrix a = W.mult(c).transpose();", {
                "W → W.transpose()", "c → c.transpose()", ".mult → .elementMult", ".transpose() → ∅",
            }),
            ("double a = c.get(i, j);", {"i, j → j, i", "i → i - 1", "j → j - 1"}),
            ("SimpleMatrix a = c.scale(0.5);", {"0.5 → 2 * (0.5)"}),
            ("SimpleMatrix a = c.scale(0);", set()),
            ("double a = b * (1 + 1e-12);", set()),
            ('SimpleMatrix a = p.get("W_hf");', {"W_hf → W_hi"}),
            ("int a = IntStream.range(0, n);", {"range → rangeClosed"}),
            ('String a = "b + c"; // + d', set()),
        ):  # fmt: skip
            self.assertEqual(self.made(code, claim), {(2, change) for change in changes}, code)

    def test_what_no_claim_needs_stays_whole(self):
        self.assertEqual(
            self.made("double a = b + c, d;", 'claim("x.y").agrees("a", x, y, 1e-12).rejects("w", a);'), set()
        )
        for code in (
            'double a = switch (wrong) { case "a slip" -> b + c; default -> b; };',
            'double a = b;\nif (wrong.equals("a slip") && b < c) { a = b + c; }',
            'boolean a = wrong.equals("a slip") && b < c;',
            "Random a = new Random(100 + t);",
            "rows.forEach(r -> {\n double a = b + c;\n column.append(a);\n});",
        ):
            self.assertEqual(self.made(code, "claim(a);"), set(), code)
        self.assertEqual(
            self.made('double a = switch (wrong) { case "a slip" -> b + c; default -> b - c; };', "claim(a);"),
            {(2, "- → +")},
        )
        self.assertEqual(self.made("double a = b + c;", 'Chart.of("t", "x", "y").line("a", a, a);'), set())
        self.assertEqual(self.made("double f(double x) { double a = x + c; return x; }", "claim(a);"), set())
        self.assertEqual(self.made("void row(int t) { d.node(t + 1, y); }", "claim(row(1, 2));"), set())

    def test_what_reaches_a_claim_through_others_is_broken(self):
        made = self.made(
            "double a = b + c;", "double f(double x) {\n return a * x;\n}", 'claim("x.y").atMost("f", f(1), 2);'
        )
        self.assertEqual(made, {(2, "+ → -"), (3, "* → * 2 *")})

    def test_a_damaged_notebook_is_named(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "98-test.ipynb"
            path.write_text('{"cells": [')
            refused = self.assertRaisesRegex(
                SystemExit, "98-test.ipynb: expected a notebook, got a file that ends early"
            )
            with mock.patch.object(run, "select", return_value=[path]), refused:
                mutants.main(["98"])

    def notebook(self, folder, *sources, outputs):
        """A file with these cells after the usual first one; outputs by the cell's number."""
        made = nbformat.v4.new_notebook()
        made.cells = [nbformat.v4.new_code_cell(source) for source in ("%load setup.jshell", *sources)]
        for number, output in outputs.items():
            made.cells[number - 1].outputs = output
        path = Path(folder) / "98-test.ipynb"
        nbformat.write(made, path)
        return path

    def card(self, claim, *lines):
        statement = next(line for line in run.ledger.FORMULAS.read_text().splitlines() if line.startswith(claim + "\t"))
        text = "\n  ".join((f"{claim} · {statement.split(chr(9))[1]}", *lines))
        return nbformat.v4.new_output("display_data", data={"text/plain": text, "text/html": "<div></div>"})

    def examined(self, path, listed=None, limit=None):
        with contextlib.redirect_stdout(io.StringIO()) as out:
            code = mutants.examine(path, argparse.Namespace(limit=limit, seed=1, workers=1), listed or {})
        return code, out.getvalue()

    def test_verdicts(self):
        board = {"text/plain": "b = [  0.0000 ]", "text/html": '<div style="display: inline-flex"></div>'}
        with tempfile.TemporaryDirectory() as folder:
            path = self.notebook(
                folder,
                "double a = 3 + 1, b = 0 * a;\nSystem.out.println(b);\ndouble four() { return a * one(); }\n"
                'show("b", row(b));',
                "double one() { return 5 - 4; }\nSimpleMatrix number(double v) { return "
                "new SimpleMatrix(new double[][] {{v}}); }",
                'claim("flow.cec")\n.agrees("four", number(four()), number(4), 1e-12)\n.atMost("none", b, 1);',
                outputs={
                    2: [
                        nbformat.v4.new_output("stream", name="stdout", text="0.0\n"),
                        nbformat.v4.new_output("display_data", data=board),
                    ],
                    4: [self.card("flow.cec", "✓ four: error 0 ≤ 1e-12", "✓ none: 0 ≤ 1")],
                },
            )
            zero = ("98", "double a = 3 + 1, b = 0 * a;", "* → * 2 *", 1)
            for listed, code, last in (
                ({}, 1, "3 noticed, 0 only the outputs, 1 nothing, 0 listed, 0 not Java"),
                ({zero: "twice nothing"}, 0, "3 noticed, 0 only the outputs, 0 nothing, 1 listed, 0 not Java"),
            ):
                got, said = self.examined(path, listed)
                self.assertEqual(got, code, said)
                self.assertIn("98-test.ipynb: " + last, said)
                for error in "0.5", "0.889":
                    self.assertIn(f"noticed: cell 4, flow.cec does not hold: four: error {error} > 1e-12", said)
            code, said = self.examined(path, {zero: "twice nothing", ("98", "gone", "a → b", 1): "old"}, 0)
            self.assertEqual(code, 1)
            self.assertIn("mutants.tsv: 98 has no a → b in gone any more", said)

    def test_a_broken_cell_finds_what_a_whole_run_would_have_made(self):
        """Dice, list and claim of cell 2 are another in cell 3."""
        with tempfile.TemporaryDirectory() as folder:
            path = self.notebook(
                folder,
                "Random dice = new Random(1);\nList<Integer> all = new ArrayList<>();\n"
                'Claim holds = claim("flow.cec").atMost("none", 0, 1);',
                'int n = all.size() + 1;\nall.add(n);\nholds.atMost("one", n, 1);\nint thrown = dice.nextInt(1000);',
                "int box = n + 1;\nSystem.out.println(thrown);\n"
                'claim("flow.product").atMost("two", Math.abs(box - 2), 0.5);',
                outputs={
                    2: [self.card("flow.cec", "✓ none: 0 ≤ 1", "✓ one: 1 ≤ 1")],
                    4: [
                        nbformat.v4.new_output("stream", name="stdout", text="985\n"),
                        self.card("flow.product", "✓ two: 0 ≤ 0.5"),
                    ],
                },
            )
            code, said = self.examined(path)
            self.assertEqual(code, 0, said)
            self.assertEqual(said.count("noticed: cell 4, flow.product does not hold"), 4)
            self.assertIn("4 noticed, 0 only the outputs, 0 nothing, 0 listed", said)

    def test_a_cell_that_does_not_end_is_noticed(self):
        with tempfile.TemporaryDirectory() as folder, mock.patch.object(mutants, "ENDLESS", 2):
            path = self.notebook(
                folder,
                "double a = 0;\nfor (double z = 0; z <= 3; z += 1) { a = z; }",
                'claim("flow.product").atMost("three", Math.abs(a - 3), 0.5);',
                outputs={3: [self.card("flow.product", "✓ three: 0 ≤ 0.5")]},
            )
            code, said = self.examined(path)
            self.assertEqual(code, 0, said)
            self.assertIn("z += 1) { a = z; }\n      noticed: it does not end", said)
            self.assertIn("3 noticed, 0 only the outputs, 0 nothing", said)

    def test_what_only_its_own_loader_sees(self):
        with tempfile.TemporaryDirectory() as folder:
            path = self.notebook(
                folder,
                "class Box { int held; Box(int of) { held = of; } }",
                'int box = new Box(1 + 1).held;\nclaim("flow.product").atMost("two", Math.abs(box - 2), 0.5);',
                outputs={3: [self.card("flow.product", "✓ two: 0 ≤ 0.5")]},
            )
            code, said = self.examined(path)
            self.assertEqual(code, 0, said)
            self.assertEqual(said.count("noticed: cell 3, flow.product does not hold"), 2)

    def test_cells_before_a_broken_one_are_run_twice_for_all(self):
        with tempfile.TemporaryDirectory() as folder:
            runs = Path(folder) / "runs"
            path = self.notebook(
                folder,
                'claim("flow.cec").atMost("none", 0, 1);',
                f'java.nio.file.Files.writeString(java.nio.file.Path.of("{runs}"), "x", '
                "java.nio.file.StandardOpenOption.CREATE, java.nio.file.StandardOpenOption.APPEND);",
                'double a = 3 + 1 - 2, b = 2 * a;\nclaim("flow.product").atMost("four", Math.abs(b - 4), 0.5);',
                outputs={
                    2: [self.card("flow.cec", "✓ none: 0 ≤ 1")],
                    4: [self.card("flow.product", "✓ four: 0 ≤ 0.5")],
                },
            )
            code, said = self.examined(path)
            self.assertEqual(code, 0, said)
            self.assertIn("4 noticed", said)
            self.assertEqual(runs.read_text(), "xx")

    def test_what_a_broken_cell_changes_before_it_is_told(self):
        """Nobody sees what a counter holds."""
        with tempfile.TemporaryDirectory() as folder:
            path = self.notebook(
                folder,
                "class Counter { private int held; public int more(int n) { held += n; return held; } }\n"
                "Counter counter = new Counter();",
                'int n = 1 + 0;\nint held = counter.more(n);\nclaim("flow.cec").atMost("one", held + n, 2);',
                outputs={3: [self.card("flow.cec", "✓ one: 2 ≤ 2")]},
            )
            code, said = self.examined(path)
            self.assertEqual(code, 1)
            self.assertIn("98-test.ipynb: a broken cell changed what is made before it, so that ", said)


class Classes(unittest.TestCase):
    LINES = ("for (int j = 0; j < n; j++) {", "return a + b;")

    def mutants(self, *of):
        """One of each (line, killed)."""
        entries = "".join(
            f"<mutation detected='{str(killed).lower()}'><sourceFile>A.java</sourceFile>"
            f"<mutatedClass>p.A$B</mutatedClass><mutatedMethod>lambda$f$3</mutatedMethod><lineNumber>{line}</lineNumber><mutator>x.MathMutator</mutator>"
            "<description>d</description></mutation>"
            for line, killed in of
        )
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "mutations.xml"
            path.write_text(f"<mutations>{entries}</mutations>")
            return classes.read_report(path, lambda owner, file, number: self.LINES[number])

    def judged(self, mutants, *listed):
        text = "".join(f"p.A$B\tf\tMath\t{line}\td\t{count}\tthe reason\n" for line, count in listed)
        (found,), stale = classes.judge(mutants, classes.read_equivalent("# a comment\n" + text))
        return found, stale

    def test_equivalent_ones_do_not_count(self):
        made = self.mutants((0, True), (0, False), (0, False), (1, False))
        found, stale = self.judged(made, (self.LINES[0], 1))
        self.assertEqual((found.name, found.total, found.killed, found.equivalent), ("p.A", 4, 1, 1))
        self.assertEqual([m.number for m in found.survivors], [0, 1])
        self.assertEqual((found.score, stale), (1 / 3, []))

    def test_a_wrong_form_does_not_count(self):
        source = """right(a + b)
            .wrong("its name, with a ) and a \\" in it", q -> f(
                    a - b))
            .byHand(a * b);"""
        self.assertEqual(classes.wrong_forms(source), {2, 3})
        self.assertEqual(classes.wrong_forms("right(a)"), set())

    def test_what_only_a_wrong_form_calls_does_not_count(self):
        def source(truth):
            lines = ["a = of(%s)", "  .wrong(name, up(b));", "", "    private static A up(B b) {"]
            lines += [
                "        return down(b);",
                "    }",
                "",
                "    private static A down(B b) {",
                "        return b;",
                "    }",
            ]
            return "\n".join(lines) % truth

        self.assertEqual(classes.wrong_forms(source("right(b)")), {2, 4, 5, 6, 8, 9, 10})
        for truth in ("down(b)", "This::down"):
            self.assertEqual(classes.wrong_forms(source(truth)), {2, 4, 5, 6})
        self.assertEqual(classes.wrong_forms(source("up(b)")), {2})
        within = source("right(b)").replace("    private static", "        private").replace("\n    }", "\n        }")
        self.assertEqual(classes.wrong_forms(within), {2, 4, 5, 6, 8, 9, 10})

    def test_an_entry_that_fits_nothing_is_stale(self):
        found, stale = self.judged(self.mutants((1, True)), ("gone();", 1), (self.LINES[1], 1))
        self.assertEqual([kind.line for kind in stale], ["gone();"])
        self.assertEqual(found.score, 1)

    def test_an_entry_needs_a_reason(self):
        with self.assertRaisesRegex(SystemExit, "the last a reason"):
            classes.read_equivalent("p.A\tf\tMath\tl\td\t1\t \n")

    def test_a_class_below_its_floor_fails(self):
        found, stale = self.judged(self.mutants((0, True), (1, False)))
        for floors, problems in (({"p.A": 0.5}, 0), ({"p.A": 0.51}, 1), ({}, 1)):
            with contextlib.redirect_stdout(io.StringIO()) as out:
                self.assertEqual(classes.show([found], stale, floors), problems)
            self.assertIn("A.java:1 f: d\n      return a + b;", out.getvalue())

    def test_a_long_run_says_how_far_it_is(self):
        step = (
            "8:21 PM PIT >> FINE : {}MutationIdentifier [location=Location [clazz={}, method=f], mutator=x.Math] {}\n"
        )
        lines = [step.format("", "p.A$B", "KILLED by [p.ATest]")] * 97 + [step.format("", "p.A", "SURVIVED")] * 2
        lines += ["stderr  : " + step.format("Mutation ", "p.A", "detected = SURVIVED by []"), "INFO : made\n"]
        lines += [step.format("", "p.C", "TIMED_OUT by [p.CTest]")] * 2
        with contextlib.redirect_stdout(io.StringIO()) as out:
            classes.follow(lines, log := io.StringIO())
        self.assertEqual(out.getvalue(), "100 mutants, 2 of them not noticed, now p.C\n")
        self.assertEqual(log.getvalue(), "INFO : made\n")

    def test_the_lists_are_of_classes_that_are(self):
        names = classes.chosen(mock.Mock(all=True))
        listed = {
            kind.owner.split("$")[0] for kind in classes.read_equivalent((classes.HERE / "equivalent.tsv").read_text())
        }
        self.assertEqual(
            (listed | classes.read_floors((classes.HERE / "scores.tsv").read_text()).keys()) - set(names), set()
        )


class Arguments(unittest.TestCase):
    def test_a_sample_of_nothing_is_refused(self):
        for option in ("--limit", "--workers"):
            for number in ("0", "-1", "x"):
                said = io.StringIO()
                with contextlib.redirect_stderr(said), self.assertRaises(SystemExit):
                    mutants.main([option, number, "07"])
                self.assertIn(f"argument {option}: expected 1 or more, got {number}", said.getvalue())


if __name__ == "__main__":
    unittest.main()
