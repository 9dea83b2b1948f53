"""What comes from elsewhere: that it is what was listed, and under which licences.

    supply.py check            every file of the local Maven repository that checksums.txt lists, against its SHA-256
    supply.py lock REPOSITORY  writes checksums.txt from a repository that this project's build alone has filled
    supply.py licences SBOM …  the licences of the components of CycloneDX files; one that is not known fails

A listed file that is not there yet is no fault: Maven fetches it, and the next check sees it. Lines are as sha256sum
writes them. Exit code 1 with a sentence if something is wrong.
"""

import hashlib
import json
import re
import sys
from collections import defaultdict
from pathlib import Path
from xml.etree import ElementTree

HERE = Path(__file__).resolve().parent
LIST = HERE / "checksums.txt"
HOME = Path.home() / ".m2"

# SPDX identifiers that the project accepts, and what else packages call them.
LICENCES = {
    "0BSD": [],
    "Apache-2.0": ["License :: OSI Approved :: Apache Software License"],
    "BSD-2-Clause": [],
    "BSD-3-Clause": ["License :: OSI Approved :: BSD License"],
    "BSD-4-Clause": [],
    "CC0-1.0": [],
    "EPL-2.0": [],
    "GPL": ["License :: OSI Approved :: GNU General Public License (GPL)"],  # of docutils a mode for Emacs, unused
    "ICU": ["Unicode/ICU License"],
    "ISC": ["License :: OSI Approved :: ISC License (ISCL)"],
    "LGPL": ["GNU Library or Lesser General Public License (LGPL)"],  # VectorGraphics2D, unchanged
    "MIT": ["License :: OSI Approved :: MIT License"],
    "MIT-0": [],
    "MIT-CMU": [],
    "MPL-2.0": [
        "Mozilla Public License version 2.0",
        "License :: OSI Approved :: Mozilla Public License 2.0 (MPL 2.0)",
    ],
    "PSF-2.0": [],
    "Public-Domain": ["License :: Public Domain"],
    "Python-2.0": ["License :: OSI Approved :: Python Software Foundation License"],
    "Unlicense": [],
}
# Packages that name none in a field that a program can read; read from the licence in the package.
SILENT = {"asttokens": "Apache-2.0", "bleach": "Apache-2.0", "overrides": "Apache-2.0"}


def main(arguments):
    match arguments:
        case ["check"]:
            found = wrong(repository(), LIST.read_text(encoding="utf-8"))
        case ["lock", folder]:
            text = lock(Path(folder))
            found = [] if text else [f"lock: expected a Maven repository, got {folder}, which has no jar"]
            if text:
                new = LIST.with_suffix(".new")
                new.write_text(text, encoding="utf-8")
                new.replace(LIST)
        case ["licences", *paths] if paths:
            names, found = licences(json.loads(Path(path).read_text(encoding="utf-8")) for path in paths)
            for licence, components in sorted(names.items()):
                print(f"{licence}: {', '.join(sorted(components, key=str.lower))}")
        case _:
            found = [__doc__]
    for sentence in found:
        print(sentence, file=sys.stderr)
    return 1 if found else 0


def repository(settings=None):
    """Maven's local repository: the settings', or ~/.m2/repository."""
    settings = settings or HOME / "settings.xml"
    if settings.exists():
        text = re.sub(r' xmlns="[^"]*"', "", settings.read_text(encoding="utf-8"))
        named = ElementTree.fromstring(text).findtext("localRepository")
        if named and named.strip():
            return Path(named.strip().replace("${user.home}", str(Path.home())))
    return HOME / "repository"


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def wrong(folder, text):
    """A sentence for each file that is not what was listed."""
    found = [] if text.strip() else ["lib/checksums.txt: expected a list, got an empty file; make lock writes one"]
    for line in text.splitlines():
        expected, name = line.split("  ")
        path = folder / name
        if path.exists() and digest(path) != expected:
            found.append(
                f"{path} is not the file that lib/checksums.txt lists: expected SHA-256 {expected}, got "
                f"{digest(path)}. Delete it, and Maven fetches it again; if the list is wrong, make lock."
            )
    return found


def lock(folder):
    files = sorted(path for path in folder.rglob("*") if path.suffix in (".jar", ".pom"))
    return "".join(f"{digest(path)}  {path.relative_to(folder).as_posix()}\n" for path in files)


def licences(boms):
    """Components by licence, and a sentence for each whose licence is not known."""
    spdx = {name: identifier for identifier, others in LICENCES.items() for name in (identifier, *others)}
    names, found = defaultdict(set), []
    for bom in boms:
        for component in bom.get("components", []):
            of = [entry.get("expression") or named(entry["license"]) for entry in component.get("licenses", [])]
            what = f"{component['name']} {component['version']}"
            terms = of or [SILENT.get(component["name"], "")]
            parts = {
                part
                for term in terms
                for part in ([term] if term in spdx else re.split(r"[() ]+(?:AND|OR)[() ]+", term.strip("()")))
            }
            unknown = sorted(part for part in parts if part not in spdx)
            if unknown:
                found.append(f"{what}: “{', '.join(unknown)}” is no licence that lib/supply.py knows")
            else:
                names[", ".join(sorted({spdx[part] for part in parts}))].add(what)
    return names, found


def named(licence):
    return licence.get("id") or licence.get("name", "")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
