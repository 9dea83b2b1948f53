"""Tests of the exercises in the notebooks: what a stub says, what a solution gets, and what a student is handed."""

import re
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import assignment
import ledger
import nbformat

HERE = Path(__file__).resolve().parent
SOLVED = sorted((HERE / "solutions").glob("[0-9][0-9]-*.ipynb"))
EXERCISES = [(HERE / path.name, path) for path in SOLVED]
FEWEST = 4


def answers(path):
    """By id, the cells in which something is answered."""
    return {c.id: c for c in nbformat.read(path, as_version=4).cells if c.id.startswith("answer-")}


def said(cell):
    """The one card below a cell, as text."""
    (output,) = cell.outputs
    return output.data["text/plain"].split("\n")


class Exercises(unittest.TestCase):
    def test_there_are_enough(self):
        numbers = {course.name[:2] for course, _ in EXERCISES}
        self.assertLessEqual({f"{n:02}" for n in range(14)}, numbers)
        for course, solved in EXERCISES:
            self.assertGreaterEqual(len(answers(course)), FEWEST, course.name)
            self.assertEqual(answers(course).keys(), answers(solved).keys(), course.name)

    def test_a_stub_says_kindly_that_it_has_no_answer_yet(self):
        for course, _ in EXERCISES:
            for cell in answers(course).values():
                self.assertRegex(cell.source, r"= null;|return null;|new TreeMap<>\(\);[^\n]*\n\n", cell.id)
                title, line = said(cell)
                id_ = assignment.checked(cell).split('"')[1]
                self.assertTrue(title.startswith(f"exercise {id_} · "), title)
                self.assertEqual(line, f'  ○ no answer yet; exercise("{id_}").hint() gives a hint')

    def test_a_solution_is_right(self):
        for _, solved in EXERCISES:
            for cell in answers(solved).values():
                self.assertRegex(said(cell)[1], "^  ✓ right", f"{solved.name}, {cell.id}")

    def test_a_solution_answers_the_same_question(self):
        for course, solved in EXERCISES:
            texts = [
                {c.id: c.source for c in nbformat.read(path, as_version=4).cells if c.id.startswith("exercise-")}
                for path in (course, solved)
            ]
            self.assertEqual(*texts)
            for id_, cell in answers(course).items():
                self.assertEqual(assignment.checked(cell), assignment.checked(answers(solved)[id_]))
            for text in texts[0].values():
                self.assertNotIn("](", text, "a link of an exercise leads nowhere from the other folders")

    def test_the_first_cells_differ_in_their_paths_alone(self):
        here, there = ((HERE / name).read_text(encoding="utf-8") for name in ("setup.jshell", "solutions/setup.jshell"))
        self.assertEqual(here.replace("../lib", "../../lib").replace("%load ", "%load ../"), there)


class Assignment(unittest.TestCase):
    """What make assignment and make solutions write."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.parent = Path(folder.name)
        library = self.parent / "library"
        (library / "jars").mkdir(parents=True)
        for name in ("bptt.jar", "jars/ejml.jar"):
            (library / name).touch()
        self.addCleanup(setattr, assignment, "LIBRARY", assignment.LIBRARY)
        assignment.LIBRARY = library

    def write(self, path):
        return assignment.write(path, False, self.parent, Path(tempfile.mkdtemp(dir=self.parent)))

    def test_the_old_one_stays_until_the_new_one_is_whole(self):
        course = EXERCISES[0][0]
        folder = self.write(course)
        (folder / "old").touch()
        with mock.patch.object(assignment, "heading", side_effect=ledger.Damaged), self.assertRaises(ledger.Damaged):
            self.write(course)
        self.assertTrue((folder / "old").exists())
        self.assertEqual(self.write(course), folder)
        self.assertFalse((folder / "old").exists())

    def test_no_solution_is_in_a_students_folder(self):
        for course, solved in EXERCISES:
            folder = self.write(course)
            handed = "\n".join(p.read_text(encoding="utf-8") for p in folder.glob("*.*"))
            stubs = answers(course)
            for id_, cell in answers(solved).items():
                for line in set(cell.source.split("\n")) - set(stubs[id_].source.split("\n")):
                    if len(line.strip()) > 10:  # not a bracket
                        self.assertNotIn(line.strip(), handed, f"{course.name}, {id_}")
            self.assertNotIn("✓", handed)

    def test_the_folder_needs_nothing_around_it(self):
        folder = self.write(EXERCISES[0][0])
        names = {str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()}
        library = {"lib/bptt.jar", "lib/jars/ejml.jar"}
        self.assertEqual(names, {EXERCISES[0][0].name, "README.md", "setup.jshell", "words.jshell", *library})
        self.assertNotIn("..", (folder / "setup.jshell").read_text(encoding="utf-8"))

    def test_each_answer_is_followed_by_its_points(self):
        for with_solutions in (False, True):
            for course, solved in EXERCISES:
                cells = assignment.make(course, with_solutions).cells
                data = [cell.metadata.nbgrader for cell in cells]
                self.assertEqual(len({d.grade_id for d in data}), len(cells), course.name)
                self.assertEqual(sum(d.grade for d in data), len(answers(solved)))
                for cell, d, following in zip(cells, data, [*data[1:], None], strict=True):
                    self.assertEqual(d.locked, not d.solution)
                    self.assertEqual(cell.get("outputs", []), [])
                    if d.solution:
                        self.assertEqual((following.grade, following.points), (True, 1))
                        id_ = assignment.checked(cell)
                        points = next(c for c in cells if c.metadata.nbgrader is following)
                        self.assertEqual(points.source, f"{id_}.points()")

    def test_a_notebook_without_exercises_is_refused(self):
        self.addCleanup(setattr, assignment, "solved", assignment.solved)
        assignment.solved = lambda path: self.parent / path.name
        with self.assertRaisesRegex(SystemExit, "expected notebooks with exercises .*, got 10-gradient-decay.*ipynb$"):
            assignment.main(["10"])

    def test_a_library_that_is_not_built_is_named(self):
        (assignment.LIBRARY / "bptt.jar").unlink()
        with self.assertRaisesRegex(SystemExit, "the library is not built: run “make jar”"):
            assignment.main(["02"])


class Numbers(unittest.TestCase):
    def test_an_exercise_has_the_number_of_its_place(self):
        for course, _ in EXERCISES:
            for n, cell in enumerate(answers(course).values(), 1):
                id_ = assignment.checked(cell).split('"')[1]
                self.assertTrue(id_.startswith(course.name[:2] + "."), id_)
                if re.fullmatch(r"answer-\d+", cell.id):
                    self.assertEqual((cell.id, id_), (f"answer-{n}", f"{course.name[:2]}.{n}"))


if __name__ == "__main__":
    unittest.main()
